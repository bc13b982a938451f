package fix

import (
	"strings"
	"testing"
)

// fixed applies every fix of every check.
func fixed(t *testing.T, text string) string {
	t.Helper()
	out := Apply(parse(text), linter(), Options{Unsafe: true})
	if out.Stopped != "" {
		t.Error(out.Stopped)
	}
	for _, r := range out.Rejected {
		t.Logf("refused: %s: %s", r.Finding.Check.Name, r.Reason)
	}
	return string(out.Data())
}

func detected(block string) string {
	return with("    selection:\n        ParentImage|endswith:\n            - '/bash' # the usual one\n            - '/zsh'\n        Image|endswith: '/lsof'\n        CommandLine|contains: ' -i'\n", block)
}

// A fixer that removes entries by their index, one after the other, takes the wrong ones: every removal shifts those behind it.
func TestRemovingSeveralEntriesInOneGoTakesTheRightOnes(t *testing.T) {
	for _, c := range []struct{ name, before, after string }{
		{
			"references",
			with("    - https://example.org/notes/lsof\n", "    - https://example.org/notes/open-files\n    - https://example.org/notes/lsof\n    - https://example.org/notes/open-files/\n    - https://example.org/notes/ss\n"),
			with("    - https://example.org/notes/lsof\n", "    - https://example.org/notes/lsof\n    - https://example.org/notes/ss\n"),
		},
		{
			"tags",
			with("    - attack.t1049\n", "    - attack.discovery\n    - attack.t1049\n    - attack.t1049\n    - attack.discovery\n    - attack.t1057\n"),
			with("    - attack.t1049\n", "    - attack.t1049\n    - attack.t1057\n"),
		},
		{
			"neighbours in braces",
			with("falsepositives:\n    - Administrators\n", "falsepositives: [Administrators, administrators, Operators, Administrators, operators, Auditors]\n"),
			with("falsepositives:\n    - Administrators\n", "falsepositives: [Administrators, Operators, Auditors]\n"),
		},
		{
			"values",
			with("            - '/zsh'\n", "            - '/zsh'\n            - '/BASH'\n            - '/ksh'\n            - '/zsh'\n            - '/dash'\n"),
			with("            - '/zsh'\n", "            - '/zsh'\n            - '/ksh'\n            - '/dash'\n"),
		},
		{
			"related rules",
			with("status:", "related:\n    - id: 6f1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11\n      type: similar\n    - id: 7b2c9a52-1f6e-4b7a-8c41-5e2f9b7d6a31\n      type: derived\n    - id: 7b2c9a52-1f6e-4b7a-8c41-5e2f9b7d6a31\n      type: derived\n    - id: 8b2c9a52-1f6e-4b7a-8c41-5e2f9b7d6a32\n      type: obsolete\nstatus:"),
			with("status:", "related:\n    - id: 7b2c9a52-1f6e-4b7a-8c41-5e2f9b7d6a31\n      type: derived\n    - id: 8b2c9a52-1f6e-4b7a-8c41-5e2f9b7d6a32\n      type: obsolete\nstatus:"),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, text := range [][2]string{{c.before, c.after}, {crlf(c.before), crlf(c.after)}} {
				if got := fixed(t, text[0]); got != text[1] {
					t.Errorf("%s", Diff("rule.yml", []byte(text[1]), []byte(got)))
				}
			}
		})
	}
}

// `all` on a list of expressions, suffixes or wildcards joins them by AND. A fixer that removes it as useless turns that into OR.
func TestAllIsNeverTakenFromAList(t *testing.T) {
	for name, block := range map[string]string{
		"expressions": "    selection:\n        CommandLine|re|all:\n            - 'lsof\\s+-[a-z]'\n            - '[0-9]{2}:[0-9]{4}'\n",
		"suffixes":    "    selection:\n        CommandLine|endswith|all:\n            - 'sof -i :22'\n            - ' -i :22'\n",
		"wildcards":   "    selection:\n        CommandLine|all:\n            - 'lsof*-i*'\n            - '*:22??'\n",
		"networks":    "    selection:\n        DestinationIp|cidr|all:\n            - '10.0.0.0/8'\n            - '10.2.0.0/16'\n",
		"keywords":    "    selection:\n        '|all':\n            - 'lsof'\n            - 'network'\n",
	} {
		t.Run(name, func(t *testing.T) {
			if got := fixed(t, detected(block)); !strings.Contains(got, "all") || strings.Count(got, "            - ") != strings.Count(detected(block), "            - ") {
				t.Errorf("%s", Diff("rule.yml", []byte(detected(block)), []byte(got)))
			}
		})
	}
	t.Run("a check that offers it is refused", func(t *testing.T) {
		text := detected("    selection:\n        CommandLine|re|all:\n            - 'lsof\\s+-[a-z]'\n            - '[0-9]{2}:[0-9]{4}'\n")
		run, check := offers(true, replacing("|re|all", "|re"))
		out := Apply(parse(text), run, Options{Unsafe: true})
		if string(out.Data()) != text || len(out.Rejected) != 1 || out.Rejected[0].Finding.Check != check {
			t.Errorf("%+v", out.Rejected)
		}
	})
}

// A value of only wildcards becomes `exists: true` where nothing else is said. Beside other modifiers, or in a list, it means something else.
func TestAWildcardBecomesExistsOnlyWhereItStandsAlone(t *testing.T) {
	for name, block := range map[string]string{
		"contains":        "    selection:\n        Image|endswith: '/lsof'\n        CommandLine|contains: '*'\n",
		"startswith":      "    selection:\n        Image|endswith: '/lsof'\n        CommandLine|startswith: '*'\n",
		"cased":           "    selection:\n        Image|endswith: '/lsof'\n        CommandLine|cased: '*'\n",
		"neq":             "    selection:\n        Image|endswith: '/lsof'\n        CommandLine|neq: '*'\n",
		"windash":         "    selection:\n        Image|endswith: '/lsof'\n        CommandLine|windash: '*'\n",
		"re":              "    selection:\n        Image|endswith: '/lsof'\n        CommandLine|re: '*'\n",
		"a list":          "    selection:\n        Image|endswith: '/lsof'\n        CommandLine:\n            - '*'\n            - 'x'\n",
		"a list of all":   "    selection:\n        Image|endswith: '/lsof'\n        CommandLine|all:\n            - '*'\n            - '*x*'\n",
		"a question mark": "    selection:\n        Image|endswith: '/lsof'\n        CommandLine: '?*'\n",
	} {
		t.Run(name, func(t *testing.T) {
			out := Apply(parse(detected(block)), linter("presence-only-value"), Options{Unsafe: true, Verify: linter()})
			if strings.Contains(string(out.Data()), "exists") {
				t.Errorf("%s", Diff("rule.yml", []byte(detected(block)), out.Data()))
			}
		})
	}
	alone := detected("    selection:\n        Image|endswith: '/lsof'\n        CommandLine: '*'\n")
	if got, want := fixed(t, alone), strings.Replace(alone, "CommandLine: '*'", "CommandLine|exists: true", 1); got != want {
		t.Errorf("%s", Diff("rule.yml", []byte(want), []byte(got)))
	}
	if out := Apply(parse(alone), linter(), Options{}); string(out.Data()) != alone {
		t.Error("that is not safe: `exists` also holds for empty values")
	}
}

// The specification allows attributes of one's own. A fixer that renames what looks like a known one destroys them.
func TestCustomKeysAreNeverRenamed(t *testing.T) {
	for _, line := range []string{
		"data: 2026-01-10", "state: open", "levels: 3", "file: rule.yml", "tag: x", "names: y", "regression_tests_path: tests/a.yml",
		"referenced: https://example.org", "Owner: blue team", "x-Status: reviewed", "simulation:\n    - type: atomic",
	} {
		before := with("level: low\n", line+"\nlevel: low\n")
		if got := fixed(t, before); got != before {
			t.Errorf("%s\n%s", line, Diff("rule.yml", []byte(before), []byte(got)))
		}
	}
}
