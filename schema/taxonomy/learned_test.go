package taxonomy

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules/source"
)

func count(t *testing.T, rules ...string) *Census {
	t.Helper()
	var c Census
	for _, r := range rules {
		name, fields, _ := strings.Cut(r, ": ")
		k, ok := ParseKey(name)
		if !ok {
			t.Fatal(name)
		}
		c.Add(k, strings.Fields(fields))
	}
	return &c
}

func TestACensusTeachesLogsourcesAndFields(t *testing.T) {
	lesson := count(t,
		"Acme/doorlock/*: badge_id door badge_id", "acme/doorlock/*: badge_id door", "acme/doorlock/*: badge_id", "acme/doorlock/*: badge_Id", "acme/doorlock/*: badgeid door_1", "acme/doorlock/*: door_1 door_2",
		"acme/doorlok/*: badge_id",
		"windows/process_creation/*: Image CommandLine OrgUnit", "windows/process_creation/*: OrgUnit Commandline ParentImge",
		"linux/process_creation/*: Image",
		"*/*/*: Image",
	).Learn(2)
	if lesson.Bundled != 1 || len(lesson.Logsources) != 2 {
		t.Fatalf("%+v", lesson)
	}
	door, process := lesson.Logsources[0], lesson.Logsources[1]
	if door.Rules != 6 || door.Fields["badge_id"] != 3 || door.Fields["badge_Id"] != 1 || door.Overrules != nil {
		t.Errorf("%+v", door)
	}
	if process.Rules != 2 || len(process.Fields) != 0 || len(process.Overrules) != 1 || process.Overrules["OrgUnit"] != 2 {
		t.Errorf("%+v", process)
	}
	var slips []string
	for _, s := range lesson.Slips {
		left := ""
		if s.Left {
			left = " left"
		}
		slips = append(slips, s.Key.String()+" "+s.Field+" like "+s.Like+left)
	}
	want := []string{
		"acme/doorlok/*  like acme/doorlock/* left",
		"acme/doorlock/* badge_Id like badge_id", "acme/doorlock/* badgeid like badge_id",
		"windows/process_creation/* Commandline like CommandLine left", "windows/process_creation/* ParentImge like ParentImage left",
	}
	if !slices.Equal(slips, want) {
		t.Errorf("%q", slips)
	}
}

func TestWhatWasLearnedSurvivesItsFile(t *testing.T) {
	learned := count(t, "acme/door/*: badge_id 'odd\"name", "windows/process_creation/*: OrgUnit", "acme/*/gate: a.b[0]").Learn(1).Learned
	learned.Logsources[0].Complete = true
	file := source.Parse(LearnedName, learned.JSON(), source.Limits{})
	back, problems := ReadLearned(file)
	if len(problems) > 0 || !bytes.Equal(back.JSON(), learned.JSON()) {
		t.Errorf("%v\n%s", problems, learned.JSON())
	}
}

func TestALearnedTableKeepsWhatIsKnown(t *testing.T) {
	learned := &Learned{Minimum: 2, Logsources: []LearnedLogsource{
		{Key: Key{"acme", "door", ""}, Fields: map[string]int{"badge_id": 2, "colour": 1}},
		{Key: Key{"acme", "gate", ""}, Fields: map[string]int{"badge_id": 2, "colour": 1}, Complete: true},
		{Key: Key{"windows", "process_creation", ""}, Overrules: map[string]int{"OrgUnit": 2}},
		{Key: Key{"windows", "process_creation", "edr"}, Overrules: map[string]int{"Score": 5}},
	}}
	table := learned.Table()
	for _, c := range []struct {
		key      Key
		field    string
		complete bool
		finding  Finding
	}{
		{Key{"acme", "door", ""}, "badge_id", false, Known},
		{Key{"acme", "door", ""}, "colour", false, Unknown}, // one rule is fewer than two, and of a taught log source nothing is complete
		{Key{"acme", "gate", ""}, "colour", true, Known},
		{Key{"windows", "process_creation", ""}, "OrgUnit", true, Known},
		{Key{"windows", "process_creation", ""}, "CommandLine", true, Known},
		{Key{"windows", "process_creation", ""}, "commandline", true, Casing},
		{Key{"windows", "process_creation", "edr"}, "Score", true, Known},
		{Key{"windows", "process_creation", "edr"}, "CommandLine", true, Known},
	} {
		l, match := table.Lookup(c.key.Product, c.key.Category, c.key.Service)
		if match != Exact || l.Complete != c.complete {
			t.Errorf("%v: match %v, complete %v", c.key, match, l.Complete)
			continue
		}
		want := c.finding
		if got := l.Explain(c.field); got.Finding != want && !(want == Unknown && got.Finding == Elsewhere) {
			t.Errorf("%v %s: %+v", c.key, c.field, got)
		}
		if len(table.CheckLogsource(c.key.Product, c.key.Category, c.key.Service)) > 0 {
			t.Errorf("%v: in doubt", c.key)
		}
	}
	if _, match := Default().Lookup("acme", "door", ""); match == Exact {
		t.Error("the bundled table changed")
	}
	if (*Learned)(nil).Table() != Default() || (*Learned)(nil).Digest() != "" || learned.Digest() == "" {
		t.Error("nil is no bundled table")
	}
}

func TestAFileThatDoesNotFitIsRefusedWithItsPlace(t *testing.T) {
	for text, want := range map[string]string{
		`- a`:                          "the file is no taxonomy",
		`{"schema": "sigtune.lint/1"}`: "does not say",
		`{"schema": "sigtune.taxonomy/1", "minimum": 0}`:                                                                               "whole number of at least 1",
		`{"schema": "sigtune.taxonomy/1", "logsources": []}`:                                                                           "has to be a mapping",
		`{"schema": "sigtune.taxonomy/1", "logsource": {}}`:                                                                            "has no key `logsource`",
		`{"schema": "sigtune.taxonomy/1", "logsources": {"acme": {}}}`:                                                                 "is no log source",
		`{"schema": "sigtune.taxonomy/1", "logsources": {"acme/*/*": {"fields": {"a": "b"}}}}`:                                         "whole number",
		`{"schema": "sigtune.taxonomy/1", "logsources": {"acme/*/*": {"complete": 1}}}`:                                                "true or false",
		`{"schema": "sigtune.taxonomy/1", "logsources": {"acme/*/*": {}, "ACME/*/*": {}}}`:                                             "twice",
		`{"schema": "sigtune.taxonomy/1", "logsources": {"windows/process_creation/*": {"fields": {"OrgUnit": 3}}}}`:                   "is complete and lacks `OrgUnit`",
		`{"schema": "sigtune.taxonomy/1", "logsources": {"windows/process_creation/*": {"overrules": {"OrgUnit": 3}}}}`:                "",
		`{"schema": "sigtune.taxonomy/1", "$schema": "x", "minimum": 3, "logsources": {"acme/*/*": {"rules": 1, "fields": {"a": 3}}}}`: "",
		`{"schema": `: "",
	} {
		l, problems := ReadLearned(source.Parse(LearnedName, []byte(text), source.Limits{}))
		switch {
		case text == `{"schema": `:
			if len(problems) == 0 {
				t.Errorf("%s: read", text)
			}
		case want == "" && (l == nil || len(problems) > 0), want != "" && (len(problems) == 0 || l != nil || !strings.Contains(problems[0].Message, want)):
			t.Errorf("%s: %v, want %q", text, problems, want)
		}
	}
}

func FuzzReadLearned(f *testing.F) {
	f.Add([]byte(`{"schema": "sigtune.taxonomy/1", "minimum": 2, "logsources": {"acme/door/*": {"rules": 1, "fields": {"a": 3}}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, problems := ReadLearned(source.Parse(LearnedName, data, source.Limits{}))
		if (l == nil) != (len(problems) > 0) {
			t.Fatal("read and refused")
		}
		if l == nil {
			return
		}
		l.Table()
		again, problems := ReadLearned(source.Parse(LearnedName, l.JSON(), source.Limits{}))
		if len(problems) > 0 || !bytes.Equal(again.JSON(), l.JSON()) {
			t.Errorf("%v\n%s", problems, l.JSON())
		}
	})
}
