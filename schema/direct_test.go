package schema

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/xeipuuv/gojsonschema"
)

// directly holds the documents of a text against the outline and against gojsonschema: the outline may give up, and must never accept what the library
// refuses.
func directly(t *testing.T, path, text string) (documents, accepted int) {
	t.Helper()
	all, _ := rules.Parse(source.Parse(path, []byte(text), source.Limits{}))
	for _, doc := range all {
		d := newDocument(doc)
		documents++
		if !d.plainlyValid() {
			continue
		}
		accepted++
		s, err := compiled[d.kind]()
		if err != nil {
			t.Fatal(err)
		}
		result, err := s.Validate(gojsonschema.NewRawLoader(jsonDocument(d.Root)))
		if err != nil || !result.Valid() {
			t.Errorf("%s is called valid, and is not: %v %v\n%s", path, err, result.Errors(), text)
		}
	}
	return documents, accepted
}

const wellFormedRule = `title: Open Files
id: 6f1f7c3e-4c3f-4a53-9a55-2a7c8f6f0d11
status: test
level: low
description: Lists open files
references:
    - https://example.com/lsof
author: A
date: 2024-02-29
modified: 2024-03-01
tags:
    - attack.discovery
falsepositives:
    - Administrators
related:
    - id: 7a1f7c3e-4c3f-4a53-9a55-2a7c8f6f0d11
      type: similar
logsource:
    product: linux
    category: process_creation
detection:
    selection:
        Image|endswith: '/lsof'
        CommandLine|contains:
            - ' -i'
            - 4
    keywords:
        - one
        - 2
    filter:
        - User: null
        - Port: true
    condition: selection and not filter
`

// spoilers are what values are replaced by.
var spoilers = []string{"", "''", "' '", "1", "1.5", "null", "true", "[]", "{}", "[a, 1]", "{a: b}", "[[a]]", "2024-13-01", "2023-02-29", "stable", "x y", "'\u00a0'", ".inf", "!!str 1", "&a b", "2001-01-01"}

// mutated changes some lines: a value, a key, the depth, or whether the line is there.
func mutated(random *rand.Rand, text string) string {
	lines := strings.SplitAfter(text, "\n")
	for range 1 + random.IntN(2) {
		i := random.IntN(len(lines))
		line := lines[i]
		switch random.IntN(5) {
		case 0:
			lines[i] = ""
		case 1:
			lines[i] = line + line
		case 2:
			lines[i] = "    " + line
		case 3:
			lines[i] = strings.Replace(line, ":", " x:", 1)
		default:
			if key, _, ok := strings.Cut(line, ":"); ok {
				lines[i] = key + ": " + spoilers[random.IntN(len(spoilers))] + "\n"
			} else if before, _, ok := strings.Cut(line, "- "); ok {
				lines[i] = before + "- " + spoilers[random.IntN(len(spoilers))] + "\n"
			}
		}
	}
	return strings.Join(lines, "")
}

func TestDirectValidationIsNeverMoreLenient(t *testing.T) {
	if _, accepted := directly(t, "rule.yml", wellFormedRule); accepted != 1 {
		t.Error("a well-formed rule goes to the library")
	}
	random := rand.New(rand.NewPCG(1, 2))
	all, accepted := 0, 0
	for range 4_000 {
		n, k := directly(t, "rule.yml", mutated(random, wellFormedRule))
		all, accepted = all+n, accepted+k
	}
	if accepted < all/20 || accepted > all*19/20 {
		t.Errorf("%d of %d mutations are valid: they test nothing", accepted, all)
	}
}

func TestDirectValidationOfPublishedRules(t *testing.T) {
	corpus := corpustest.Open(t)
	random := rand.New(rand.NewPCG(1, 2))
	all, accepted := 0, 0
	for _, f := range append(corpus.LiveRules(t), corpus.LegacyRules(t)...) {
		n, k := directly(t, f.Path, string(f.Data))
		all, accepted = all+n, accepted+k
		directly(t, f.Path, mutated(random, string(f.Data)))
	}
	t.Logf("%d of %d documents need no library", accepted, all)
	if accepted < all*9/10 {
		t.Errorf("only %d of %d documents need no library", accepted, all)
	}
}
