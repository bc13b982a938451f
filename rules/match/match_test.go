package match

import (
	"strings"
	"sync"
	"testing"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// parse reads the documents of a YAML text.
func parse(t testing.TB, text string) []rules.Document {
	t.Helper()
	documents := documentsOf(text)
	if len(documents) == 0 {
		t.Fatalf("no document in:\n%s", text)
	}
	return documents
}

func documentsOf(text string) []rules.Document {
	documents, _ := rules.Parse(source.Parse("test.yml", []byte(text), source.Limits{}))
	return documents
}

func parseRule(t testing.TB, text string) *rules.Rule {
	t.Helper()
	r, ok := parse(t, text)[0].(*rules.Rule)
	if !ok {
		t.Fatalf("no rule:\n%s", text)
	}
	return r
}

func indent(text, by string) string {
	return by + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n"+by) + "\n"
}

// detection wraps the lines of a `detection` map.
func detectionRule(lines string) string {
	return "title: T\nlogsource:\n  category: test\ndetection:\n" + indent(lines, "  ")
}

// selection wraps the body of one identifier.
func selectionRule(body string) string {
	return detectionRule("selection:\n" + indent(body, "  ") + "condition: selection")
}

func compile(t testing.TB, text string, options ...Option) *Matcher {
	t.Helper()
	m, err := Compile(parseRule(t, text), options...)
	if err != nil {
		t.Fatalf("not evaluable: %v\n%s", err, text)
	}
	return m
}

func event(t testing.TB, text string) *Event {
	t.Helper()
	e, err := ParseEvent([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return e
}

// check compares Match, and Explain along with it.
func check(t *testing.T, m *Matcher, text string, want bool) {
	t.Helper()
	e := event(t, text)
	if got := m.Match(e); got != want {
		t.Errorf("match is %v, want %v, for %s\n%s", got, want, text, m.Explain(e))
	}
	if explained := m.Explain(e); explained.Matched != want {
		t.Errorf("the explanation says %v, want %v, for %s\n%s", explained.Matched, want, text, explained)
	}
}

// cases are bodies of a selection with events that match and events that do not.
type cases []struct {
	body string
	yes  []string
	no   []string
}

func (c cases) run(t *testing.T, options ...Option) {
	t.Helper()
	for _, tc := range c {
		t.Run(tc.body, func(t *testing.T) {
			m := compile(t, selectionRule(tc.body), options...)
			for _, e := range tc.yes {
				check(t, m, e, true)
			}
			for _, e := range tc.no {
				check(t, m, e, false)
			}
		})
	}
}

const (
	absent  = `{"other": "x"}`
	null    = `{"f": null}`
	empty   = `{"f": ""}`
	text    = `{"f": "v"}`
	textual = `{"f": "w"}`
)

func TestNullEmptyAndMissingFollowTheTable(t *testing.T) {
	cases{
		{"f: null", []string{absent, null}, []string{empty, text}},
		{"f: ''", []string{empty}, []string{absent, null, text}},
		{"f: '*'", []string{empty, text}, []string{absent, null}},
		{"f|exists: true", []string{null, empty, text}, []string{absent}},
		{"f|exists: false", []string{absent}, []string{null, empty, text}},
		{"f|neq: v", []string{absent, null, empty, textual}, []string{text}},
		{"f: v", []string{text}, []string{absent, null, empty, textual}},
		{"f|contains: v", []string{text}, []string{absent, null, empty}},
		{"f|re: '.*'", []string{text, empty}, []string{absent, null}},
		{"f|neq: null", []string{empty, text}, []string{absent, null}},
		{"f|neq: ''", []string{absent, null, text}, []string{empty}},
		{"f: '-'", []string{`{"f":"-"}`}, []string{absent, null, empty}},
		{"f: 5", []string{`{"f":5}`}, []string{absent, null, empty}},
	}.run(t)
}

func TestStringsAreUnescapedOnce(t *testing.T) {
	cases{
		{`f: 'a\b'`, []string{`{"f":"A\\B"}`}, []string{`{"f":"ab"}`}},
		{`f: 'a\\b'`, []string{`{"f":"a\\b"}`}, []string{`{"f":"a\\\\b"}`}},
		{`f: 'a\\\\b'`, []string{`{"f":"a\\\\b"}`}, []string{`{"f":"a\\b"}`}},
		{`f: 'C:\x\*'`, []string{`{"f":"c:\\x*"}`}, []string{`{"f":"c:\\x\\y"}`}},
		{`f: 'C:\x\\*'`, []string{`{"f":"c:\\X\\y"}`, `{"f":"c:\\x\\"}`}, []string{`{"f":"c:\\x*"}`, `{"f":"c:\\xy"}`}},
		{`f: 'a*c'`, []string{`{"f":"ac"}`, `{"f":"a\nb\nC"}`}, []string{`{"f":"acd"}`, `{"f":"xac"}`}},
		{`f: 'a?c'`, []string{`{"f":"abc"}`, `{"f":"aéc"}`, `{"f":"a\nc"}`}, []string{`{"f":"ac"}`, `{"f":"abbc"}`}},
		{`f: '*a?b*c'`, []string{`{"f":"xxa1b--c"}`, `{"f":"aab a2bc"}`}, []string{`{"f":"abc"}`, `{"f":"a1bcd"}`}},
		{`f: '?a?'`, []string{`{"f":"aaa"}`}, []string{`{"f":"aa"}`, `{"f":"aaaa"}`}},
		{`f: 'a*a'`, []string{`{"f":"aa"}`}, []string{`{"f":"a"}`}},
		{`f|contains: 'a\x\'`, []string{`{"f":"1A\\x\\2"}`}, []string{`{"f":"a\\x"}`}},
		{`f|startswith: 'a*b'`, []string{`{"f":"a--bc"}`}, []string{`{"f":"xab"}`}},
		{`f|endswith: 'a?b'`, []string{`{"f":"xxa1b"}`}, []string{`{"f":"a1bx"}`}},
	}.run(t)
}

func TestCaseFoldsByCodePoint(t *testing.T) {
	cases{
		{`f: 'ÄRGER'`, []string{`{"f":"ärger"}`}, []string{`{"f":"arger"}`}},
		{`f: 'straße'`, []string{`{"f":"STRAẞE"}`}, []string{`{"f":"STRASSE"}`}},
		{`f|endswith: 'k'`, []string{`{"f":"K"}`, "{\"f\":\"\u212a\"}"}, nil},
		{"f: '\u212aelvin'", []string{`{"f":"kelvin"}`}, nil},
		{`f|endswith: '\windows'`, []string{"{\"f\":\"x\\\\window\u017f\"}"}, nil},
		{`f: 'ΣΑΣ'`, []string{`{"f":"σας"}`}, nil},
		{`f|cased: 'Cmd'`, []string{`{"f":"Cmd"}`}, []string{`{"f":"cmd"}`}},
		{`f|contains|cased: 'Cmd'`, []string{`{"f":"xCmdx"}`}, []string{`{"f":"xcmdx"}`}},
		{`f|cased: 'C?d*'`, []string{`{"f":"Cmd"}`}, []string{`{"f":"cmd"}`}},
	}.run(t)
}

func TestNumbersAndBooleans(t *testing.T) {
	cases{
		{"f: 4625", []string{`{"f":4625}`, `{"f":"4625"}`, `{"f":4625.0}`, `{"f":4.625e3}`, `{"f":[1,4625]}`},
			[]string{`{"f":"4625.0"}`, `{"f":"04625"}`, `{"f":46250}`, `{"f":true}`, `{"f":"0x1211"}`}},
		{"f: '4625'", []string{`{"f":4625}`, `{"f":"4625"}`}, []string{`{"f":4625.0}`}},
		{"f|endswith: '25'", []string{`{"f":4625}`}, nil},
		{"f: -1", []string{`{"f":-1}`, `{"f":"-1"}`}, []string{`{"f":1}`}},
		{"f: 0", []string{`{"f":0}`, `{"f":-0}`, `{"f":0.0}`, `{"f":0e9}`}, []string{`{"f":""}`, `{"f":false}`}},
		{"f: 1.5", []string{`{"f":1.5}`, `{"f":"1.5"}`, `{"f":15e-1}`}, []string{`{"f":1}`}},
		{"f: 9007199254740993", []string{`{"f":9007199254740993}`}, []string{`{"f":9007199254740992}`}},
		{"f: 18446744073709551615", []string{`{"f":18446744073709551615}`, `{"f":"18446744073709551615"}`}, []string{`{"f":18446744073709551616}`}},
		{"f: 0x10", []string{`{"f":16}`, `{"f":"16"}`}, []string{`{"f":"0x10"}`}},
		{"f: '0x17'", []string{`{"f":"0X17"}`}, []string{`{"f":23}`}},
		{"f: true", []string{`{"f":true}`, `{"f":"TRUE"}`}, []string{`{"f":false}`, `{"f":1}`, `{"f":"yes"}`}},
		{"f: 'false'", []string{`{"f":false}`, `{"f":"False"}`}, []string{`{"f":0}`}},
		{"f|contains: 46", []string{`{"f":"x46y"}`, `{"f":4625}`}, nil},
	}.run(t)
}

func TestComparisonsReadDecimalNumbersOnly(t *testing.T) {
	cases{
		{"f|gt: 10", []string{`{"f":11}`, `{"f":"11"}`, `{"f":10.5}`, `{"f":"0011"}`, `{"f":1e99}`}, []string{`{"f":10}`, `{"f":"9"}`, `{"f":"0xff"}`, `{"f":"12 "}`, `{"f":"1_1"}`, `{"f":true}`, `{"f":null}`, absent}},
		{"f|gte: 10", []string{`{"f":10}`, `{"f":"10.0"}`}, []string{`{"f":9.99}`}},
		{"f|lt: 0", []string{`{"f":-1}`, `{"f":"-0.5"}`}, []string{`{"f":0}`, `{"f":-0.0}`}},
		{"f|lte: -5", []string{`{"f":-5}`, `{"f":-6}`}, []string{`{"f":-4}`}},
		{"f|lt|neq: 10", []string{`{"f":10}`, `{"f":"many"}`, absent}, []string{`{"f":9}`}},
		{"f|gt: 9007199254740992", []string{`{"f":9007199254740993}`}, []string{`{"f":9007199254740992}`}},
		{"f|lt: 100\ng|gte: 1", []string{`{"f":99,"g":1}`}, []string{`{"f":99}`}},
	}.run(t)
}

func TestTimePartsAreTakenAsWritten(t *testing.T) {
	cases{
		{"f|hour: 7", []string{`{"f":"2025-11-27T07:40:10.165324Z"}`, `{"f":"2025-11-27 07:40:10.132"}`, `{"f":"2025-11-27T07:40:10+05:30"}`, `{"f":"2025-11-27 07:40"}`, `{"f":"2025-11-27 07:40:10,5 +0100"}`, `{"f":"2025-11-27 07:40:60 UTC"}`},
			[]string{`{"f":"2025-11-27"}`, `{"f":1764229210}`, `{"f":"1764229210"}`, `{"f":"27/Nov/2025:07:40:10"}`, `{"f":"07:40:10"}`, `{"f":"2025-11-27T07:4"}`, `{"f":"2025-11-27T07:40:1"}`, `{"f":"2025-11-27T07:40:10 noon"}`, `{"f":"2025-11-27T07:40:10."}`}},
		{"f|minute: 40", []string{`{"f":"2025-11-27T07:40:10Z"}`}, []string{`{"f":"2025-11-27T07:41:10Z"}`}},
		{"f|day: 27", []string{`{"f":"2025-11-27"}`}, []string{`{"f":"2025-11-28"}`}},
		{"f|month|gte: 11", []string{`{"f":"2025-11-27"}`, `{"f":"2025-12-27"}`}, []string{`{"f":"2025-10-27"}`, `{"f":"2025-13-27"}`}},
		{"f|year|neq: 2025", []string{`{"f":"2024-02-29"}`, `{"f":"2025-02-29"}`}, []string{`{"f":"2025-02-28"}`}},
		{"f|week: 1", []string{`{"f":"2024-12-30"}`, `{"f":"2026-01-01"}`}, []string{`{"f":"2027-01-01"}`}},
		{"f|week: 53", []string{`{"f":"2027-01-01"}`}, nil},
		{"f|hour|lt: 6", []string{`{"f":"2025-11-27T00:00:00Z"}`}, []string{`{"f":"2025-11-27T06:00:00Z"}`}},
	}.run(t)
}

func TestNetworks(t *testing.T) {
	cases{
		{"f|cidr: 10.0.0.0/8", []string{`{"f":"10.1.2.3"}`, `{"f":"::ffff:10.1.2.3"}`}, []string{`{"f":"11.0.0.1"}`, `{"f":"10.1.2.3:443"}`, `{"f":"10.1"}`, `{"f":"::1"}`, `{"f":10}`}},
		{"f|cidr: 'fe80::/10'", []string{`{"f":"fe80::1%eth0"}`, `{"f":"FEBF::1"}`}, []string{`{"f":"fec0::1"}`, `{"f":"10.0.0.1"}`}},
		{"f|cidr: '::ffff:10.0.0.0/104'", []string{`{"f":"10.1.2.3"}`}, []string{`{"f":"11.1.2.3"}`}},
		{"f|cidr: ['10.0.0.1', '::1']", []string{`{"f":"10.0.0.1"}`, `{"f":"0:0::1"}`}, []string{`{"f":"10.0.0.2"}`}},
		{"f|cidr|neq: 10.0.0.0/8", []string{`{"f":"8.8.8.8"}`, `{"f":"-"}`, absent}, []string{`{"f":["8.8.8.8","10.0.0.1"]}`}},
	}.run(t)
}

func TestRegularExpressionsAreSearched(t *testing.T) {
	cases{
		{`f|re: 'a.c'`, []string{`{"f":"xabcx"}`}, []string{`{"f":"ABC"}`, `{"f":"a\nc"}`}},
		{`f|re|i: 'a.c'`, []string{`{"f":"ABC"}`}, nil},
		{`f|re|s: 'a.c'`, []string{`{"f":"a\nc"}`}, nil},
		{`f|re|m: '^b$'`, []string{`{"f":"a\nb\nc"}`}, []string{`{"f":"abc"}`}},
		{`f|re: '^\d+$'`, []string{`{"f":12}`}, []string{`{"f":"12a"}`}},
		{"f|re|all:\n  - a\n  - b", []string{`{"f":"ba"}`, `{"f":["a","b"]}`}, []string{`{"f":"a"}`}},
	}.run(t)
}

func TestEncodingsAndDashes(t *testing.T) {
	cases{
		{"f|base64: foo", []string{`{"f":"Zm9v"}`}, []string{`{"f":"xZm9v"}`}},
		{"f|base64offset|contains: föö", []string{`{"f":"..ZsO2w7.."}`, `{"f":"bDtsO2"}`, `{"f":"mw7bDt"}`}, []string{`{"f":"ZsO2w"}`}},
		{"f|wide|base64offset|contains: ab", []string{`{"f":"YQBiAA=="}`}, []string{`{"f":"YWI="}`}},
		{"f|base64offset|contains|all: [foo, bar]", []string{`{"f":"Zm9v YmFy"}`}, []string{`{"f":"Zm9v Zvb"}`}},
		{"f|windash|contains: ' -enc '", []string{`{"f":"x -ENC y"}`, `{"f":"x /enc y"}`, `{"f":"x –enc y"}`, `{"f":"x ―enc y"}`}, []string{`{"f":"x enc y"}`, `{"f":"x _enc y"}`}},
		{"f|windash|contains|all: ['-a', '/b']", []string{`{"f":"/a -b"}`}, []string{`{"f":"/a"}`}},
		{"f|windash: '-a-b'", []string{`{"f":"/a-b"}`}, []string{`{"f":"/a/b"}`}},
	}.run(t)
}

func TestFieldsOfTheEventAreCompared(t *testing.T) {
	cases{
		{"f|fieldref: g", []string{`{"f":"A","g":"a"}`, `{"f":1,"g":1.0}`, `{"f":"1","g":1}`, `{"f":["x","y"],"g":["z","Y"]}`, `{"f":"","g":""}`},
			[]string{`{"f":"a","g":"b"}`, `{"f":"a"}`, `{"g":"a"}`, `{"f":null,"g":null}`, `{}`}},
		{"f|fieldref|cased: g", []string{`{"f":"A","g":"A"}`}, []string{`{"f":"A","g":"a"}`}},
		{"f|fieldref|contains: g", []string{`{"f":"xAx","g":"a"}`}, []string{`{"f":"a","g":"xax"}`}},
		{"f|fieldref|startswith: g.h", []string{`{"f":"abc","g":{"h":"AB"}}`}, []string{`{"f":"abc","g":{"h":"bc"}}`}},
		{"f|fieldref|endswith: g", []string{`{"f":"abc","g":"BC"}`}, []string{`{"f":"abc","g":"ab"}`}},
		{"f|fieldref|neq: g", []string{`{"f":"a","g":"b"}`, `{"f":"a"}`}, []string{`{"f":"a","g":"A"}`}},
	}.run(t)
}

func TestLookUpTakesTheExactKeyThenThePath(t *testing.T) {
	cases{
		{"a.b: 1", []string{`{"a.b":1,"a":{"b":2}}`, `{"a":{"b":1}}`, `{"a":[{"b":2},{"b":1}]}`, `{"a":{"b":[0,[1]]}}`}, []string{`{"a.b":2,"a":{"b":1}}`, `{"A":{"b":1}}`, `{"a":1}`}},
		{"a.b.c: 1", []string{`{"a.b":{"c":1}}`, `{"a":{"b.c":1}}`, `{"a":{"x":0},"a.b":{"c":1}}`}, []string{`{"a":{"b":{"c":2}},"a.b":{"c":1}}`}},
		{"a.b: null", []string{`{}`, `{"a":{}}`, `{"a":null}`, `{"a":{"b":null}}`, `{"a":[{"b":1},{"b":null}]}`, `{"a":[]}`}, []string{`{"a":{"b":0}}`, `{"a":{"b":[]}}`, `{"a":{"b":{}}}`, `{"a":[{"b":1},{}]}`}},
		{"a.b|exists: true", []string{`{"a":{"b":null}}`, `{"a":{"b":[]}}`, `{"a":[{},{"b":{}}]}`}, []string{`{"a":{}}`, `{"a":"b"}`}},
		{"f: x", []string{`{"f":["y","X"]}`}, []string{`{"f":[]}`, `{"f":{"x":"x"}}`, `{"F":"x"}`}},
		{"f|neq: x", []string{`{"f":["y","z"]}`, `{"f":[]}`}, []string{`{"f":["y","X"]}`}},
		{"f|contains|all: [a, b]", []string{`{"f":"ba"}`, `{"f":["xa","xb"]}`}, []string{`{"f":"a"}`, `{"f":["a","c"]}`}},
		{"f|contains|all|neq: [a, b]", []string{`{"f":"a"}`, absent}, []string{`{"f":"ab"}`}},
		{"'a..b': 1", []string{`{"a":{"":{"b":1}}}`}, nil},
	}.run(t)
}

func TestKeywordsOccurAnywhere(t *testing.T) {
	cases{
		{"- foo\n- bar", []string{`{"x":"a FOO b"}`, `{"x":{"y":[{"z":"bar"}]}}`, `{"message":"bar","x":"y"}`}, []string{`{"foo":"x"}`, `{"message":"x","y":"foo"}`, `{"_raw":"x","message":"foo"}`, `{}`}},
		{"'|all':\n  - foo\n  - bar", []string{`{"x":"foo","y":"bar"}`, `{"x":"barfoo"}`}, []string{`{"x":"foo"}`, `{"_raw":"foo","x":"bar"}`}},
		{"- 'a*c'", []string{`{"x":"1abc2"}`}, []string{`{"x":"a","y":"c"}`}},
		{"- 4625", []string{`{"x":4625}`, `{"x":"id 4625"}`}, []string{`{"x":46250}`}},
		{"- '4625'", []string{`{"x":"id 4625"}`}, []string{`{"x":4625}`}},
		{"'|re': 'a.c'", []string{`{"x":"1abc2"}`}, []string{`{"x":"ABC"}`}},
		{"- foo\n- f: v", []string{`{"x":"foo"}`, text}, []string{absent}},
		{"- event.original", []string{`{"event":{"original":"an event.original"}}`}, nil},
		{"'|contains|neq': foo", []string{absent}, []string{`{"x":"foo"}`}},
	}.run(t)
}

func TestLongKeywordListsAnswerLikeShortOnes(t *testing.T) {
	body := "- '*x?z*'\n- 77\n"
	for c := 'a'; c <= 'z'; c++ {
		body += "- 'KEY" + string(c) + "word'\n"
	}
	m := compile(t, selectionRule(body))
	for _, e := range []string{`{"a":{"b":["..keyQword.."]}}`, `{"message":"keyaWORD"}`, `{"a":"xyz"}`, `{"a":77}`} {
		check(t, m, e, true)
	}
	for _, e := range []string{`{"a":"key1word"}`, `{"message":"-","a":"keyaword"}`, `{"keyaword":"a"}`, `{"a":"key"}`} {
		check(t, m, e, false)
	}
}

func TestConditionsCombineIdentifiers(t *testing.T) {
	base := "sel_a:\n  a: 1\nsel_b:\n  b: 1\n_hidden:\n  c: 1\nfilter:\n  - d: 1\n    e: 1\n  - f: 1\n"
	for _, tc := range []struct {
		condition string
		yes, no   []string
	}{
		{"sel_a and sel_b", []string{`{"a":1,"b":1}`}, []string{`{"a":1}`}},
		{"1 of sel_*", []string{`{"a":1}`, `{"b":1}`}, []string{`{"c":1}`}},
		{"any of sel_*", []string{`{"b":1}`}, []string{`{}`}},
		{"all of sel_*", []string{`{"a":1,"b":1}`}, []string{`{"a":1}`}},
		{"1 of them", []string{`{"f":1}`}, []string{`{"c":1}`}},
		{"_hidden", []string{`{"c":1}`}, []string{`{}`}},
		{"sel_a and not filter", []string{`{"a":1}`, `{"a":1,"d":1}`}, []string{`{"a":1,"d":1,"e":1}`, `{"a":1,"f":1}`}},
		{"not 1 of sel_*", []string{`{}`}, []string{`{"a":1}`}},
		{"not all of sel_*", []string{`{"a":1}`}, []string{`{"a":1,"b":1}`}},
		{"sel_a or sel_b and _hidden", []string{`{"a":1}`, `{"b":1,"c":1}`}, []string{`{"b":1}`}},
		{"not (sel_a or sel_b)", []string{`{}`}, []string{`{"b":1}`}},
		{"[sel_a, sel_b]", []string{`{"a":1}`, `{"b":1}`}, []string{`{}`}},
	} {
		m := compile(t, detectionRule(base+"condition: "+tc.condition))
		for _, e := range tc.yes {
			check(t, m, e, true)
		}
		for _, e := range tc.no {
			check(t, m, e, false)
		}
	}
}

func TestPlaceholdersNeedValues(t *testing.T) {
	values := WithPlaceholders(map[string][]string{"Servers": {`srv*1`, `SRV\2`}, "d": {"-", "+"}, "none": {}})
	cases{
		{"f|expand: '%Servers%'", []string{`{"f":"SRV*1"}`, `{"f":"srv\\2"}`}, []string{`{"f":"srv01"}`}},
		{"f|contains|expand: 'on %Servers%%d%'", []string{`{"f":"x on srv*1+"}`}, []string{`{"f":"on srv*1"}`}},
		{"f|expand: '%Servers%*'", []string{`{"f":"srv*1.lan"}`}, []string{`{"f":"xsrv*1"}`}},
		{`f|expand: '\%d%d%'`, []string{`{"f":"%d+"}`}, []string{`{"f":"%d%d%"}`}},
		{"f: '%Servers%'", []string{`{"f":"%servers%"}`}, nil},
	}.run(t, values)
	for body, want := range map[string]string{
		"f|expand: '%JumpServers%'":                     "the placeholder %JumpServers% has no value here; known: %Servers%, %d%",
		"f|expand: '%none%'":                            "the placeholder %none% has no value here",
		"f|expand: '" + strings.Repeat("%d%", 20) + "'": "multiply to more than 100000",
	} {
		_, err := Compile(parseRule(t, selectionRule(body)), values)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", body, err, want)
		}
	}
}

func TestWhatHasNoCertainMeaningIsRefused(t *testing.T) {
	for body, want := range map[string]string{
		"f|startwith: a":      "`startwith` is no modifier",
		"f|re: '(?<=a)b'":     "look-behind",
		"f|re: '('":           "invalid regular expression",
		"f: {a: b}":           "a map",
		"f: []":               "empty",
		"'|exists': true":     "needs a field",
		"'|cidr': 10.0.0.0/8": "needs a field",
		"'|gt': 5":            "needs a field",
		"'|fieldref': g":      "needs a field",
		"- null\n- a":         "needs a field",
		"f|gt: many":          "without a number",
		"f|cidr: nonsense":    "an invalid network",
		"f|exists: 'true'":    "without true or false",
		"f|fieldref: 'a*'":    "plain name",
		"f|expand: '%x% %y%'": "%x%",
		"- f: 1\n- g|foo: 1":  "foo",
		"'|startswith': null": "null under",
	} {
		_, err := Compile(parseRule(t, selectionRule(body)))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", body, err, want)
		}
	}
	for _, lines := range []string{
		"selection:\n  f: 1\ncondition: selection and",
		"selection:\n  f: 1\ncondition: selection and 1 of filter_*",
		"selection:\n  f: 1\ncondition: selection | count() > 5",
		"selection:\n  f: 1",
		"selection: {}\ncondition: selection",
	} {
		if m, err := Compile(parseRule(t, detectionRule(lines))); err == nil {
			t.Errorf("compiled to %v:\n%s", m, lines)
		}
	}
}

func TestOnlyWhatTheConditionReachesMustBeEvaluable(t *testing.T) {
	m := compile(t, detectionRule("selection:\n  f: v\nunused:\n  f|nonsense: 1\ncondition: selection"))
	check(t, m, text, true)
}

func TestPartsOfARuleCompileAlone(t *testing.T) {
	r := parseRule(t, detectionRule("selection:\n  a: 1\nfilter_a:\n  b: 1\nfilter_b:\n  c: 1\ncondition: selection and not 1 of filter_*"))
	filters := r.Detection.Conditions[0].Root.Args[1].Args[0]
	m, err := CompileExpr(filters)
	if err != nil {
		t.Fatal(err)
	}
	check(t, m, `{"c":1}`, true)
	check(t, m, `{"a":1}`, false)
	if m, err = CompileDetection(r.Detection.Find("selection")); err != nil {
		t.Fatal(err)
	}
	check(t, m, `{"a":1,"b":1}`, true)
	if _, err := m.With(); err == nil {
		t.Error("a selection took filters")
	}
}

func TestOneMatcherServesManyGoroutines(t *testing.T) {
	m := compile(t, selectionRule("f|contains: ['MIDDLE', zzz]\nh.i|endswith: é"))
	e := event(t, `{"f":"in the middle","h":{"i":"CAFÉ"}}`)
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 100 {
				if !m.Match(e) {
					t.Error("no match")
					return
				}
			}
		})
	}
	wait.Wait()
}
