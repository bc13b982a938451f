package attack

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Problem is the name of a check of family 04xx; see the check catalogue for what each one means.
type Problem string

// The problems that Check finds, in the order of the catalogue.
const (
	MalformedTag             Problem = "malformed-tag"
	TagNotLowercase          Problem = "tag-not-lowercase"
	UnknownTagNamespace      Problem = "unknown-tag-namespace"
	UnknownAttackTag         Problem = "unknown-attack-tag"
	RevokedAttackTag         Problem = "revoked-attack-tag"
	DeprecatedAttackTag      Problem = "deprecated-attack-tag"
	LegacyAttackTactic       Problem = "legacy-attack-tactic"
	AttackDomainMismatch     Problem = "attack-domain-mismatch"
	AttackPlatformMismatch   Problem = "attack-platform-mismatch"
	TechniqueWithoutTactic   Problem = "technique-without-tactic"
	IncompleteTactics        Problem = "incomplete-tactics"
	UnsupportedTactic        Problem = "unsupported-tactic"
	NoAttackTechnique        Problem = "no-attack-technique"
	RedundantParentTechnique Problem = "redundant-parent-technique"
	DuplicateTag             Problem = "duplicate-tag"
	InvalidCVETag            Problem = "invalid-cve-tag"
	InvalidCARTag            Problem = "invalid-car-tag"
	InvalidSTPTag            Problem = "invalid-stp-tag"
	InvalidD3FENDTag         Problem = "invalid-d3fend-tag"
	InvalidTLPTag            Problem = "invalid-tlp-tag"
	InvalidDetectionTag      Problem = "invalid-detection-tag"
	ConflictingTLPTags       Problem = "conflicting-tlp-tags"
	ConflictingDetectionTags Problem = "conflicting-detection-tags"
	TLPNotAllowed            Problem = "tlp-not-allowed"
)

// Problems lists them all, in the order of the catalogue.
var Problems = []Problem{
	MalformedTag, TagNotLowercase, UnknownTagNamespace, UnknownAttackTag, RevokedAttackTag, DeprecatedAttackTag,
	LegacyAttackTactic, AttackDomainMismatch, AttackPlatformMismatch, TechniqueWithoutTactic, IncompleteTactics,
	UnsupportedTactic, NoAttackTechnique, RedundantParentTechnique, DuplicateTag, InvalidCVETag, InvalidCARTag,
	InvalidSTPTag, InvalidD3FENDTag, InvalidTLPTag, InvalidDetectionTag, ConflictingTLPTags,
	ConflictingDetectionTags, TLPNotAllowed,
}

// Grade overrides the catalogue's severity for the problems whose severity depends on the case.
type Grade uint8

// The grades. Only unknown-tag-namespace, unknown-attack-tag, attack-domain-mismatch and invalid-d3fend-tag ever
// differ from GradeDefault.
const (
	GradeDefault Grade = iota
	GradeInfo
	GradeWarning
)

// WholeList is the Index of an issue about the list of tags rather than one tag.
const WholeList = -1

// Issue is one thing wrong with the tags of a document.
type Issue struct {
	Problem Problem
	// Index is the tag's place in the list, or WholeList. Start and End are byte offsets inside the tag of the
	// part that is wrong, half open.
	Index      int
	Start, End int
	Related    []int  // other tags the issue is about, ascending
	Message    string // one sentence, at most 140 characters
	Help       string // what to write, or how to decide; may be empty
	Grade      Grade
	Fix        Fix
}

// Safety says whether a fix may be applied without asking.
type Safety uint8

const (
	// NoFix: nothing can be proposed.
	NoFix Safety = iota
	// Unsafe: a proposal that a person has to confirm.
	Unsafe
	// Safe: the one possible outcome; the meaning of the tags stays.
	Safe
)

// Action is what a fix does to the list of tags.
type Action uint8

const (
	// Replace puts Fix.Tags in the place of the tag at Issue.Index.
	Replace Action = iota
	// Remove takes the tag at Issue.Index out of the list.
	Remove
	// Add puts Fix.Tags behind the tag at Issue.Index.
	Add
)

// Fix is a change of the list of tags. Without Safety it is empty.
type Fix struct {
	Safety Safety
	Action Action
	Tags   []string // whole tags, lower case, never one the list already holds
}

// Limits of messages (spec, "Messages").
const (
	longestMessage = 140
	longestQuote   = 60
)

// quote shows text of the document in backticks, shortened in the middle, invisible characters escaped.
func quote(text string) string {
	var shown strings.Builder
	for _, r := range text {
		switch {
		case r == utf8.RuneError, r == '`', !unicode.IsPrint(r):
			shown.WriteString(fmt.Sprintf("\\u%04x", r))
		default:
			shown.WriteRune(r)
		}
	}
	runes := []rune(shown.String())
	if len(runes) > longestQuote {
		half := (longestQuote - 1) / 2
		runes = append(append(runes[:half:half], '…'), runes[len(runes)-half:]...)
	}
	return "`" + string(runes) + "`"
}

// mostListed is how many entries a sentence lists before it says "and N more" (spec, "Messages").
const mostListed = 5

// quoteTags lists tags in backticks: "`attack.execution` and `attack.impact`".
func quoteTags(tags []string) string {
	var quoted []string
	for i, tag := range tags {
		if i == mostListed && len(tags) > mostListed+1 {
			quoted = append(quoted, fmt.Sprintf("%d more", len(tags)-mostListed))
			break
		}
		quoted = append(quoted, quote(tag))
	}
	return list(quoted)
}
