package match

import (
	"strings"
	"testing"
)

func TestExplainSaysWhy(t *testing.T) {
	for _, tc := range []struct{ name, rule, event, want string }{
		{"a filter suppresses", detectionRule(`selection:
  Image|endswith:
    - '\cmd.exe'
    - '\pwsh.exe'
  CommandLine|contains|all:
    - ' /c '
    - whoami
filter_main_monit:
  ParentImage|startswith: 'C:\Monit\'
  User: null
condition: selection and not 1 of filter_main_*`),
			`{"Image":"C:\\Windows\\System32\\CMD.exe","CommandLine":"cmd /c whoami","ParentImage":"C:\\Monit\\m.exe"}`, `
- rule
  - condition
    - and
      + selection
        + Image|endswith: ` + "`Image`" + ` is 'C:\Windows\System32\CMD.exe'
          + '\cmd.exe': 'C:\Windows\System32\CMD.exe' ends with '\cmd.exe'
          - '\pwsh.exe': 'C:\Windows\System32\CMD.exe' does not end with '\pwsh.exe'
        + CommandLine|contains|all: ` + "`CommandLine`" + ` is 'cmd /c whoami'
          + ' /c ': 'cmd /c whoami' contains ' /c '
          + 'whoami': 'cmd /c whoami' contains 'whoami'
      - not
        + 1 of filter_main_*
          + filter_main_monit
            + ParentImage|startswith: ` + "`ParentImage`" + ` is 'C:\Monit\m.exe'
              + 'C:\Monit\': 'C:\Monit\m.exe' begins with 'C:\Monit\'
            + User: the event has no ` + "`User`" + `
              + null: the event has no ` + "`User`" + `
`},
		{"values of every kind", selectionRule(`a: 5
b|gt: 10
c|cidr: 10.0.0.0/8
d|re: x+
e|hour: 7
f|fieldref: g
h|exists: true
i: true
j|cased: Cmd
k|neq: v
l: w`),
			`{"a":4,"b":"many","c":"host","d":"y","e":1764229210,"f":"a","i":"no","j":"cmd","k":"V","l":["x",{}]}`, `
- rule
  - condition
    - selection
      - a: ` + "`a`" + ` is 4
        - 5: 4 is not equal to 5
      - b|gt: ` + "`b`" + ` is 'many'
        - 10: 'many' is no number
      - c|cidr: ` + "`c`" + ` is 'host'
        - '10.0.0.0/8': 'host' is no IP address
      - d|re: ` + "`d`" + ` is 'y'
        - 'x+': 'y' does not match the expression 'x+'
      - e|hour: ` + "`e`" + ` is 1764229210
        - 7: 1764229210 is no written time to read the hour from
      - f|fieldref: ` + "`f`" + ` is 'a'
        - 'g': 'a' does not equal the other field; the event has no ` + "`g`" + `
      - h|exists: the event has no ` + "`h`" + `
        - true: the event has no ` + "`h`" + `
      - i: ` + "`i`" + ` is 'no'
        - true: 'no' is not equal to true
      - j|cased: ` + "`j`" + ` is 'cmd'
        - 'Cmd': 'cmd' does not equal 'Cmd': only the case differs
      - k|neq: ` + "`k`" + ` is 'V'
        + 'v': 'V' equals 'v'
      - l: ` + "`l`" + ` is an array of 2
        - 'w': 'x' does not equal 'w' (none of the 2 elements matches)
`},
		{"keywords name the field", selectionRule("- foo\n- bar"), `{"b":"bar","a":{"c":["x","a FOO"]}}`, `
+ rule
  + condition
    + selection
      + keywords: searched in every text of the event
        + 'foo': occurs in ` + "`a.c`" + `
        + 'bar': occurs in ` + "`b`" + `
`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := compile(t, tc.rule)
			if got := m.Explain(event(t, tc.event)).String(); got != strings.TrimPrefix(tc.want, "\n") {
				t.Errorf("got\n%s\nwant%s", got, tc.want)
			}
		})
	}
}

func TestExplanationsNeverPrintControlCharacters(t *testing.T) {
	m := compile(t, selectionRule("f: v"))
	if got := m.Explain(event(t, `{"f":"a\u001b[2Jb\u202e"}`)).String(); strings.ContainsAny(got, "\x1b\u202e") {
		t.Errorf("%q", got)
	}
}

func TestSpansPointIntoTheRule(t *testing.T) {
	r := parseRule(t, selectionRule("f|contains: value"))
	m, err := Compile(r)
	if err != nil {
		t.Fatal(err)
	}
	x := m.Explain(event(t, text))
	for x.Kind != ValueResult {
		x = x.Parts[0]
	}
	if got := x.Head.File.Text(x.Span); got != "value" {
		t.Errorf("the span covers %q", got)
	}
}
