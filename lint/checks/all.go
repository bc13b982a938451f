package checks

import (
	"github.com/sigtune/sigtune/lint"
)

// families are the declarations by family, in the order of their codes.
var families = [][]*lint.Check{
	engineChecks, yamlChecks, structureChecks, metadataChecks, tagChecks, logsourceChecks,
	itemChecks, conditionChecks, logicChecks, breadthChecks, exclusionChecks, correlationChecks, filterChecks, filterEffectChecks, treeChecks, changeChecks, conventionChecks, formatChecks, suppressionChecks,
	{successorCheck, vagueTechnique},
	commonplaceChecks, keywordChecks, looseValueChecks, listChecks, volumeChecks,
}

// All is every check, in the order of the codes.
func All() []*lint.Check {
	var all []*lint.Check
	for _, family := range families {
		all = append(all, family...)
	}
	lint.Sort(all)
	return all
}

// Reporters feed the checks that have no function of their own.
func Reporters() []lint.Reporter {
	return []lint.Reporter{reportStructure, reportTags, reportLogsource}
}

// Profiles by short names, as the catalogue writes them.
const (
	rs  = lint.Recommended | lint.Strict
	rqs = lint.Recommended | lint.SigmaHQ | lint.Strict
	qs  = lint.SigmaHQ | lint.Strict
	q   = lint.SigmaHQ
	s   = lint.Strict
)

// proved is the profile of the warnings that the solver gives: each was read on the published rules and holds (docs/sigmahq-report.md).
const proved = rs

// example is a whole, clean rule with this detection (indented by four spaces already).
func example(detection string) string {
	return exampleRule("", detection)
}

// exampleRule is a whole rule whose metadata end in the given lines.
func exampleRule(metadata, detection string) string {
	return `title: Listing of Open Files by a Shell
id: 6f1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11
status: test
description: Detects a shell that lists open files, which intruders do to find network connections
references:
    - https://example.org/notes/open-files
author: sigtune
date: 2026-01-10
tags:
    - attack.discovery
    - attack.t1049
` + metadata + `logsource:
    category: process_creation
    product: linux
detection:
` + detection + `falsepositives:
    - Administrators
level: low
`
}
