package logic

import (
	"testing"

	"github.com/sigtune/sigtune/rules"
)

// Each row is one identifier and whether an event can match it. The proof or the reason is part of the specification.
var predicates = []struct {
	name, block string
	want        Verdict
	says        string // the proof, or the reason
}{
	{"wildcards", "    a: 'x*y?z'", Yes, ""},
	{"two endings", "    a|endswith|all: ['/netstat', '/nmap']", No, "`a` cannot end in `/netstat` and in `/nmap` at once"},
	{"two beginnings", "    a|startswith|all: ['C:\\Windows', 'D:\\']", No, "`a` cannot begin with `C:\\Windows` and with `D:\\` at once"},
	{"begin and end overlap", "    a|startswith: 'abc'\n    a|endswith: 'bcd'", Yes, ""},
	{"exact and contains", "    a: 'foo'\n    a|contains: 'bar'", No, "`a` cannot be `foo` and contain `bar` at once"},
	{"all on exact values", "    a|all: ['x', 'y']", No, "`a` cannot be `x` and `y` at once"},
	{"case is ignored", "    a: 'FOO'\n    a|contains: 'foo'", Yes, ""},
	{"cased", "    a|cased: 'FOO'\n    a|contains|cased: 'foo'", No, "`a` cannot be `FOO` and contain `foo` at once (case counts)"},
	{"one character", "    a: '?'\n    a|endswith: 'ab'", No, "`a` cannot be one character long and end in `ab` at once"},
	{"star takes line breaks", "    a: 'x*y'\n    a|re: 'x\\ny'", Yes, ""},
	{"dot takes no line break", "    a|re: '^x.y$'\n    a|contains: \"\\n\"", No, "`a` cannot match `^x.y$` and contain `\\x0a` at once"},
	{"dot takes one under s", "    a|re|s: '^x.y$'\n    a|contains: \"\\n\"", Yes, ""},
	{"dollar is the very end", "    a|re: 'x$'\n    a|endswith: \"\\n\"", No, "`a` cannot match `x$` and end in `\\x0a` at once"},
	{"dollar at lines under m", "    a|re|m: 'x$'\n    a|endswith: \"\\n\"", Yes, ""},
	{"regular expressions search", "    a|re: 'b'\n    a: 'abc'", Yes, ""},
	{"regular expressions mind case", "    a|re: '^B'\n    a|startswith|cased: 'b'", No, "`a` cannot match `^B` and begin with `b` at once"},
	{"word boundaries", "    a|re: '\\bfoo\\b'\n    a: 'xfoo*'", Yes, ""},
	{"word boundaries cannot be met", "    a|re: '\\bfoo\\b'\n    a: 'xfoo'", No, "`a` cannot match `\\bfoo\\b` and be `xfoo` at once"},
	{"i of re folds the Kelvin sign", "    a|re|i: '^k$'\n    a|cased: \"\u212a\"", Yes, ""},
	{"text may fold the Kelvin sign or not", "    a: 'k'\n    a|cased: \"\u212a\"", Unknown, "it depends on whether the back-end folds upper and lower case beyond ASCII"},
	{"dashes", "    a|windash: ' -f'\n    a|cased: ' /f'", Yes, ""},
	{"dashes are few", "    a|windash: ' -f'\n    a|cased: ' +f'", No, "`a` cannot be ` -f` and ` +f` at once"},
	{"base64", "    a|base64: 'foo'\n    a|cased: 'Zm9v'", Yes, ""},
	{"base64offset is one of three", "    a|base64offset|contains: 'foobar'\n    a|re: '^[a-zA-Z]*$'", No, "`a` cannot meet `foobar` and match `^[a-zA-Z]*$` at once"},
	{"networks apart", "    a|cidr: '10.0.0.0/8'\n    a|cidr|neq: '0.0.0.0/0'", No, "every `a` that lies in `10.0.0.0/8` also lies in `0.0.0.0/0`"},
	{"networks of both kinds", "    a|cidr|all: ['10.0.0.0/8', 'fe80::/10']", No, "`a` cannot lie in `10.0.0.0/8` and in `fe80::/10` at once"},
	{"IPv4 inside IPv6", "    a|cidr: '10.0.0.0/8'\n    a|contains: ':'", Yes, ""},
	{"halves cover a network", "    a|cidr: 'fe80::/10'\n    a|cidr|neq: ['fe80::/11', 'fea0::/11']", No, "every `a` that lies in `fe80::/10` also lies in one of `fe80::/11`, `fea0::/11`"},
	{"network and text", "    a|cidr: '192.168.0.0/16'\n    a|startswith: '192.168.7.'", Yes, ""},
	{"numbers are their text", "    a: 4625\n    a|startswith: '46'", Yes, ""},
	{"numbers have no zeros in front", "    a: 4625\n    a|startswith: '0'", No, "`a` cannot be `4625` and begin with `0` at once"},
	{"comparisons", "    a|gt: 10\n    a|lt: 9", No, "`a` cannot be greater than `10` and be less than `9` at once"},
	{"comparisons meet", "    a|gte: 10\n    a|lte: 10\n    a|re: '^1'", Yes, ""},
	{"fractions lie between", "    a|gt: 10\n    a|lt: 11", Yes, ""},
	{"numbers only", "    a|gt: 10\n    a|re: '^[a-z]*$'", No, "`a` cannot be greater than `10` and match `^[a-z]*$` at once"},
	{"exponents count", "    a|gt: 10\n    a: '1e3'", Yes, ""},
	{"booleans in any case", "    a: true\n    a|re: 'TRUE'", Yes, ""},
	{"null and a value", "    a: null\n    a|contains: 'x'", No, "`a` cannot be absent or null and contain `x` at once"},
	{"null is present", "    a: null\n    a|exists: true", Yes, ""},
	{"empty is not null", "    a: null\n    a|re: '^$'", No, "`a` cannot be absent or null and match `^$` at once"},
	{"exists and does not", "    a|exists: true\n    a|exists|neq: true", No, "`a` would have to be present, and at the same time must not"},
	{"not a value holds for absence", "    a|neq: 'x'\n    a|exists: false", Yes, ""},
	{"everything is excluded", "    a|contains: 'x'\n    a|neq: '*'", No, "every `a` that contains `x` also is a text"},
	{"placeholders may mean anything", "    a|expand: '%x%'", Unknown, "possible, but it depends on a part that cannot be evaluated: the placeholder `%x%` is filled in by the environment"},
	{"placeholders do not save a contradiction", "    a|expand: '%x%'\n    b: 'x'\n    b|endswith: 'y'", No, "`b` cannot be `x` and end in `y` at once"},
	{"look-ahead may mean anything", "    a|re: 'x(?=y)'", Unknown, "possible, but it depends on a part that cannot be evaluated: a regular expression with look-ahead, which RE2 does not have"},
	{"fieldref", "    a|fieldref: b", Unknown, "possible, but it depends on a part that cannot be evaluated: `a` is compared with the field `b`"},
	{"keywords are independent", "    - 'foo'\n    - 'bar'", Yes, ""},
	{"keywords under all", "    '|all': ['foo', 'bar*baz']", Yes, ""},
}

func TestPredicates(t *testing.T) {
	for _, row := range predicates {
		t.Run(row.name, func(t *testing.T) {
			for _, search := range []bool{false, true} {
				p := NewProver(Options{})
				p.noGuess = search
				a := p.Satisfiable(parsed(t, row.block))
				if a.Verdict != row.want || a.Explain() != row.says {
					t.Errorf("search %v: %v %v %q", search, a.Verdict, a.Witness, a.Explain())
				}
			}
		})
	}
}

func TestOpaquePartsAreOneUnknownNotTwo(t *testing.T) {
	rule := parseRule(t, `
detection:
  selection:
    User|expand: '%admins%'
  filter:
    User|expand: '%admins%'
  condition: selection and not filter
`)
	a := Satisfiable(FromRule(rule))
	if a.Verdict != No || len(a.Assumptions) != 1 || a.Assumptions[0].Kind != Opaque {
		t.Errorf("%+v %s", a, a.Explain())
	}
}

func TestOpaquePartsAreAvoidedWhereAnotherWayIsOpen(t *testing.T) {
	rule := parseRule(t, `
detection:
  one:
    User|expand: '%admins%'
  two:
    User: root
  condition: one or two
`)
	if a := Satisfiable(FromRule(rule)); a.Verdict != Yes || a.Witness["User"] != "root" {
		t.Errorf("%+v", a)
	}
}

func TestListsOfValuesMeetDemandsWithDifferentElements(t *testing.T) {
	f := parsed(t, "    a|endswith|all: ['x', 'y']")
	scalar := Satisfiable(f)
	if scalar.Verdict != No || len(scalar.Assumptions) != 1 || scalar.Assumptions[0] != (Assumption{OneValue, "a", "`a` holds one value at a time"}) {
		t.Errorf("%+v", scalar)
	}
	lists := NewProver(Options{Lists: func(field string) bool { return field == "a" }})
	if a := lists.Satisfiable(f); a.Verdict != Yes || len(a.Witness["a"].([]any)) != 2 {
		t.Errorf("%+v", a)
	}
	// An empty list is neither null nor any text.
	hollow := FromRule(parseRule(t, "detection:\n  n:\n    a: null\n  x:\n    a: '*'\n  condition: not n and not x\n"))
	if a := Satisfiable(hollow); a.Verdict != No || len(a.Assumptions) != 1 {
		t.Errorf("%+v", a)
	}
	if a := lists.Satisfiable(hollow); a.Verdict != Yes {
		t.Errorf("%+v", a)
	}
	// A single demand against what is excluded fails for lists too, so the proof assumes nothing.
	a := lists.Satisfiable(parsed(t, "    a|endswith: 'xy'\n    a|endswith|neq: 'y'"))
	if a.Verdict != No || len(a.Assumptions) != 0 {
		t.Errorf("%+v", a)
	}
}

func TestFoldingIsPartOfTheProof(t *testing.T) {
	// Under Unicode folding the second value is the first one again.
	f := parsed(t, "    a|cased: \"\u0130\"\n    a: \"\u0130\"")
	if a := Satisfiable(f); a.Verdict != Yes {
		t.Errorf("%+v", a)
	}
	covered := parsed(t, "    a|contains: \"\u00c9\"\n    a|contains|neq: \"\u00e9\"")
	for folding, want := range map[Folding]Verdict{UnicodeFolding: No, ASCIIFolding: Yes, BothFoldings: Unknown} {
		if a := NewProver(Options{Folding: folding}).Satisfiable(covered); a.Verdict != want {
			t.Errorf("folding %d: %+v", folding, a)
		}
	}
}

func TestDomainsAndAxiomsAreNamedInTheProof(t *testing.T) {
	path := rules.ParsePattern(`?:\\*`)
	options := Options{Domain: func(field string) *Formula {
		if field == "Image" {
			return Or(Absent(field), Matches(field, path))
		}
		return nil
	}}
	p := NewProver(options)
	if a := p.Satisfiable(parsed(t, "    Image|endswith: '\\cmd.exe'")); a.Verdict != Yes || a.Witness["Image"] != `C:\Windows\System32\cmd.exe` {
		t.Errorf("%+v", a)
	}
	a := p.Satisfiable(parsed(t, "    Image: '\\cmd.exe'"))
	if a.Verdict != No || len(a.Assumptions) != 1 || a.Assumptions[0].Kind != Axiom || a.Explain() != "`Image` cannot be `\\cmd.exe` and match `?:\\\\*` at once" {
		t.Errorf("%+v %s", a, a.Explain())
	}
	if a := NewProver(Options{Axioms: []*Formula{Matches("x", path)}}).Satisfiable(True); a.Verdict != Yes || a.Witness["x"] == nil {
		t.Errorf("%+v", a)
	}
}

func TestKeywordsAreSearchedInFieldsToo(t *testing.T) {
	rule := parseRule(t, `
detection:
  selection:
    Image: foo
  keywords:
    - foo
  condition: selection and not keywords
`)
	if a := Satisfiable(FromRule(rule)); a.Verdict != Unknown {
		t.Errorf("%+v", a)
	}
}
