package sql_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules"
	rulesql "github.com/sigtune/sigtune/rules/sql"
)

// rule has an item, or several lines of an identifier, as its selection.
func rule(t *testing.T, condition string, items ...string) *rules.Rule {
	return parse(t, "title: T\nlogsource:\n    category: test\ndetection:\n    a:\n        "+strings.Join(items, "\n        ")+"\n    condition: "+condition+"\n")
}

func TestTestsAsSQL(t *testing.T) {
	for _, c := range []struct{ condition, item, want string }{
		{"a", `f: abC`, `lower("f") = 'abc'`},
		{"a", `f: [x, Y, x]`, `lower("f") IN ('x', 'y')`},
		{"a", `f|contains: '100%_!'`, `lower("f") LIKE '%100!%!_!!%' ESCAPE '!'`},
		{"a", `f|endswith: '\cmd.exe'`, `lower("f") LIKE '%\cmd.exe'`},
		{"a", `f|startswith|cased: A'`, `"f" LIKE 'A''%'`},
		{"a", `f|cased: A`, `"f" = 'A'`},
		{"a", `f|contains|windash: ' -x'`, `lower("f") LIKE '% -x%' OR lower("f") LIKE '% /x%' OR lower("f") LIKE '% –x%' OR lower("f") LIKE '% —x%' OR lower("f") LIKE '% ―x%'`},
		{"a", `f|contains|all: [x, y]`, `lower("f") LIKE '%x%' AND lower("f") LIKE '%y%'`},
		{"a", `f: "a\nb"`, `lower("f") = U&'a\000Ab'`},
		{"a", `'say "x"': y`, `lower("say ""x""") = 'y'`},
		{"a", `f: 4625`, `lower("f") = '4625'`},
		{"a", `f|gt: 5`, `(regexp_like("f", '\A-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,9})?\z') AND TRY_CAST("f" AS double) > 5)`},
		{"a", `f: null`, `"f" IS NULL`},
		{"a", `f|exists: true`, `"f" IS NOT NULL`},
		{"a", `f|cidr: 10.1.2.3/8`, `contains('10.0.0.0/8', TRY_CAST(split_part("f", '%', 1) AS ipaddress))`},
		{"a", `f|re: '\d$'`, `regexp_like("f", '[0-9]\z')`},
		{"a", `f|fieldref: g`, `lower("f") = lower("g")`},
		{"not a", `f: x`, `NOT (COALESCE(lower("f") = 'x', FALSE))`},
		{"a", `f|neq: x`, `NOT (COALESCE(lower("f") = 'x', FALSE))`},
		{"not a", `f: null`, `NOT ("f" IS NULL)`},
		{"not a", "f: x\n        g: y", `NOT (COALESCE(lower("f") = 'x', FALSE) AND COALESCE(lower("g") = 'y', FALSE))`},
	} {
		got, _, err := rulesql.Rule(rule(t, c.condition, c.item), rulesql.Options{})
		if err != nil || got != c.want {
			t.Errorf("%s, %s:\n got %s, %v\nwant %s", c.condition, c.item, got, err, c.want)
		}
	}
}

func TestColumnsWithTypes(t *testing.T) {
	o := rulesql.Options{Raw: "record", Columns: map[string]rulesql.Column{
		"Text": {Name: "text"}, "Number": {Name: "number", Type: rulesql.Integer}, "Yes": {Name: "yes", Type: rulesql.Bool}, "List": {Name: "list", Type: rulesql.Other},
	}}
	for _, c := range []struct{ item, want string }{
		{`Text: x`, `lower("text") = 'x'`},
		{`Number: 7`, `"number" = 7`},
		{`Number|lte: 7`, `"number" <= 7`},
		{`Number|startswith: 46`, `lower(CAST("number" AS varchar)) LIKE '46%'`},
		{`Number|cidr: 10.0.0.0/8`, `FALSE`},
		{`Yes: true`, `"yes" = TRUE`},
		{`Yes: 'true'`, `lower(CAST("yes" AS varchar)) = 'true'`},
		{`Yes: 1`, `FALSE`},
		{`List: null`, `"list" IS NULL`},
	} {
		got, _, err := rulesql.Rule(rule(t, "a", c.item), o)
		if err != nil || got != c.want {
			t.Errorf("%s:\n got %s, %v\nwant %s", c.item, got, err, c.want)
		}
	}
	keywords := parse(t, "title: T\nlogsource:\n    category: test\ndetection:\n    k:\n        - 'fail%'\n        - 7\n    condition: not k\n")
	got, notes, err := rulesql.Rule(keywords, o)
	want := `NOT (COALESCE(lower("record") LIKE '%fail!%%' ESCAPE '!', FALSE) OR COALESCE(lower("record") LIKE '%7%', FALSE))`
	if err != nil || got != want || !strings.Contains(notesText(notes), "in the column record alone") {
		t.Errorf("keywords:\n got %s, %v, %v\nwant %s", got, notes, err, want)
	}
}

func notesText(notes []rulesql.Note) string {
	var b strings.Builder
	for _, n := range notes {
		b.WriteString(n.ID + ": " + n.Message + "\n")
	}
	return b.String()
}

func TestWhatSQLCannotSayIsRefusedAtItsPlace(t *testing.T) {
	columns := map[string]rulesql.Column{"Image": {Name: "image"}, "List": {Name: "list", Type: rulesql.Other}}
	for _, c := range []struct {
		name, item, kind, says string
		o                      rulesql.Options
	}{
		{"a field without a column", `Imgae: x`, rulesql.CauseColumn, "6:9: field `Imgae` has no column; nearest: Image", rulesql.Options{Columns: columns}},
		{"a list", `List: x`, rulesql.CauseUnsupported, "the column list is neither text", rulesql.Options{Columns: columns}},
		{"a placeholder", `Image|expand: '%admins%'`, rulesql.CausePlaceholder, "has no value", rulesql.Options{}},
		{"bytes that are no text", `Image|utf16le|base64offset|contains: ab`, "", "", rulesql.Options{}}, // base64 makes them text
		{"UTF-16 as it is", `Image|utf16le|contains: ab`, rulesql.CauseValue, "bytes that are no text", rulesql.Options{}},
		{"too many dashes", `Image|windash: ' -a -b -c -d -e'`, rulesql.CauseTooLarge, "625", rulesql.Options{}},
		{"addresses in SQLite", `Image|cidr: 10.0.0.0/8`, rulesql.CauseUnsupported, "SQLite has no addresses", rulesql.Options{Dialect: rulesql.SQLite}},
		{"a time", `Image|hour: 7`, rulesql.CauseUnsupported, "parts of times", rulesql.Options{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			text, _, err := rulesql.Rule(rule(t, "a", c.item), c.o)
			var e *rulesql.Error
			if c.kind == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if !errors.As(err, &e) || e.Causes[0].Kind != c.kind || !strings.Contains(err.Error(), c.says) || text != "" {
				t.Errorf("%q, %v", text, err)
			}
		})
	}
	if _, _, err := rulesql.Rule(parse(t, "title: T\nlogsource:\n    category: test\ndetection:\n    k: [word]\n    condition: k\n"), rulesql.Options{}); err == nil || !strings.Contains(err.Error(), "keywords") {
		t.Errorf("keywords without a raw column: %v", err)
	}
}

func TestRegularExpressionsAreWrittenAsAllEnginesReadThem(t *testing.T) {
	for _, c := range []struct{ written, want string }{
		{`\w+`, `(?:[0-9A-Z_a-z])+`},
		{`^a.b$`, `\Aa[^\n]b\z`},
		{`(?i)ks`, `[Kk` + "\u212a" + `][Ss` + "\u017f" + `]`},
		{`(x|yy){2,}?`, `(?:(?:x|yy)){2,}`},
		{`\.exe\\`, `\.exe\\`},
	} {
		got, _, err := rulesql.Rule(rule(t, "a", "f|re: '"+c.written+"'"), rulesql.Options{})
		if want := `regexp_like("f", '` + c.want + `')`; err != nil || got != want {
			t.Errorf("%s:\n got %s, %v\nwant %s", c.written, got, err, want)
		}
	}
}
