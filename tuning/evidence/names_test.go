package evidence

import (
	"strings"
	"testing"
	"time"

	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// Every field that the table gives out is one of the taxonomy, in at least one of the categories of its row.
func TestEveryRowGivesAFieldOfTheTaxonomy(t *testing.T) {
	known := func(category, field string) bool {
		for _, product := range []string{"windows", "linux", ""} {
			if l, m := taxonomy.Lookup(product, category, ""); l != nil && m&taxonomy.DroppedCategory == 0 {
				if _, ok := l.Field(field); ok {
					return true
				}
			}
		}
		return false
	}
	rows := 0
	for _, s := range nameSchemas() {
		if len(s.seen) == 0 {
			t.Errorf("schema %s: no event is of it", s.name)
		}
		for _, r := range s.rows {
			rows++
			found := false
			for _, c := range r.categories {
				if c == "*" {
					c = "process_creation"
				}
				found = found || known(c, r.field)
			}
			if !found {
				t.Errorf("schema %s: %v have no field %s", s.name, r.categories, r.field)
			}
		}
	}
	t.Logf("%d schemas, %d rows", len(nameSchemas()), rows)
}

func TestReadNamesNamesTheBadLine(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"A = b\n", "line 1: `A` stands before the first `schema`"},
		{"schema x\nA = b\n", "line 2: `A` stands before the first `category`"},
		{"schema x\ncategory *\nA b\n", "line 3: `A b` is no line of the table"},
	} {
		if _, err := readNames(c.in); err == nil || err.Error() != c.want {
			t.Errorf("%q: %v, want %s", c.in, err, c.want)
		}
	}
}

func userMap(t *testing.T, text string) (*Map, error) {
	t.Helper()
	return ReadMap(source.Parse("names.yml", []byte(text), source.Limits{}))
}

func TestUserNamesGoBeforeEverythingElse(t *testing.T) {
	m, err := userMap(t, "exe: Image\n'odd name': CommandLine\nwho: [User, ParentUser]\nother: Image\n")
	if err != nil {
		t.Fatal(err)
	}
	s := Read("f", strings.NewReader(`{"exe": "x", "odd name": "y", "who": "u", "other": "z", "Image": "before", "process": {"executable": "e"}}`),
		Options{Map: m, Logsource: taxonomy.Key{Category: "process_creation"}})
	for r := range s.Records() {
		want := `CommandLine="y" Image="x" ParentUser="u" User="u" other="z" process.executable="e"`
		if got := fieldsText(r.Fields()); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if v, _ := r.Event.Texts("exe"); len(v) != 1 || v[0] != "x" {
			t.Errorf("the event has lost its own name: %v", v)
		}
	}
}

func TestABadMapOfNamesIsRefusedWithItsPlace(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"- a\n", "names.yml: a map of names is a YAML mapping, such as `process.executable: Image`"},
		{"", "names.yml: a map of names is a YAML mapping"},
		{"a: b\nc:\n", "names.yml:2:"},
		{"a: b\nc: {d: e}\n", "names.yml:2:4: `c` stands for no name; write a Sigma field"},
		{"a: [\n", "names.yml:"},
	} {
		if _, err := userMap(t, c.in); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%q: %v, want %s", c.in, err, c.want)
		}
	}
}

func TestTimeHostAndUserAreFound(t *testing.T) {
	at := time.Date(2026, 1, 12, 8, 0, 0, 500e6, time.UTC)
	for _, c := range []struct {
		in, host, user string
		at             time.Time
	}{
		{`{"UtcTime": "2026-01-12 08:00:00.500", "Computer": "h", "User": "D\\u"}`, "h", `D\u`, at},
		{`{"@timestamp": "2026-01-12T09:00:00.500+01:00", "host": {"name": "h"}, "user": {"name": "u"}}`, "h", "u", at},
		{`{"_time": "1768204800.500", "host": "h", "user": "-"}`, "h", "", at},
		{`{"time": 1768204800500}`, "", "", at},
		{`{"TimeGenerated": "yesterday"}`, "", "", time.Time{}},
	} {
		for r := range Read("f", strings.NewReader(c.in), Options{}).Records() {
			if !r.Time().Equal(c.at) || r.Host() != c.host || r.User() != c.user {
				t.Errorf("%s: %v, %q, %q", c.in, r.Time(), r.Host(), r.User())
			}
		}
	}
}
