package taxonomy

import (
	"slices"
	"strings"
	"testing"
)

// must looks up a log source that the table has.
func must(t testing.TB, key string) *Logsource {
	t.Helper()
	k, _ := ParseKey(key)
	l, ok := Default().Get(k)
	if !ok {
		t.Fatalf("no log source %s", key)
	}
	return l
}

func TestLookupFallsBackAndSaysSo(t *testing.T) {
	for _, c := range []struct {
		name, product, category, service string
		want                             string // "" for none
		match                            Match
	}{
		{"exact", "windows", "process_creation", "", "windows/process_creation/*", Exact},
		{"letter case does not matter", "Windows", "Process_Creation", "", "windows/process_creation/*", Exact},
		{"the service goes first", "windows", "process_creation", "sysmon", "windows/process_creation/*", DroppedService},
		{"then the category", "windows", "something_new", "security", "windows/*/security", DroppedCategory},
		{"then the product", "zscaler", "proxy", "", "*/proxy/*", DroppedProduct},
		{"two parts when one is not enough", "zscaler", "proxy", "nss", "*/proxy/*", DroppedService | DroppedProduct},
		{"product alone", "linux", "", "", "linux/*/*", Exact},
		{"never everything", "nobody", "knows", "this", "", NotFound},
		{"nothing asked", "", "", "", "", NotFound},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, match := Lookup(c.product, c.category, c.service)
			got := ""
			if l != nil {
				got = l.Key.String()
			}
			if got != c.want || match != c.match {
				t.Errorf("found %q with match %d, want %q with %d", got, match, c.want, c.match)
			}
		})
	}
}

func TestOnlyTheOwnLogsourceIsAuthoritative(t *testing.T) {
	for m, want := range map[Match]bool{Exact: true, DroppedService: true, DroppedProduct: false, DroppedCategory: false, DroppedService | DroppedProduct: false, NotFound: false} {
		if m.Authoritative() != want {
			t.Errorf("match %d: authoritative is %v, want %v", m, !want, want)
		}
	}
}

func TestExplainTakesTheFirstExplanationThatFits(t *testing.T) {
	for _, c := range []struct {
		name, logsource, field string
		finding                Finding
		names                  []string
		logsources             []string
	}{
		{"known", "windows/process_creation/*", "CommandLine", Known, nil, nil},
		{"known from the event header", "windows/process_creation/*", "Computer", Known, nil, nil},
		{"known single hash", "windows/image_load/*", "sha256", Known, nil, nil},
		{"known from a sensor", "windows/process_creation/*", "GrandparentImage", Known, nil, nil},
		{"other letter case", "windows/process_creation/*", "Commandline", Casing, []string{"CommandLine"}, nil},
		{"other letter case in a list that is not complete", "linux/*/auditd", "Type", Casing, []string{"type"}, nil},
		{"another log source of the product", "windows/process_creation/*", "TargetObject", Elsewhere, nil, []string{"windows/registry_set/*"}},
		{"another log source comes before a near miss", "windows/process_creation/*", "Images", Misspelt, []string{"Image"}, nil},
		{"a near miss", "windows/process_creation/*", "ComandLine", Misspelt, []string{"CommandLine"}, nil},
		{"a near miss by swapped letters", "windows/registry_set/*", "TragetObject", Misspelt, []string{"TargetObject"}, nil},
		{"too short for a guess", "windows/process_creation/*", "Usr", Unknown, nil, nil},
		{"nothing like it", "windows/process_creation/*", "FavouriteColour", Unknown, nil, nil},
		{"fields of other products do not count", "linux/process_creation/*", "TargetObject", Unknown, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := must(t, c.logsource).Explain(c.field)
			if got.Finding != c.finding {
				t.Fatalf("%s in %s: finding %d, want %d (%+v)", c.field, c.logsource, got.Finding, c.finding, got)
			}
			if c.names != nil && !slices.Equal(got.Names, c.names) {
				t.Errorf("names are %q, want %q", got.Names, c.names)
			}
			if c.logsources != nil && got.Logsources[0].String() != c.logsources[0] {
				t.Errorf("log sources are %v, want %s first", got.Logsources, c.logsources)
			}
			if len(got.Names) > 3 || len(got.Logsources) > 3 {
				t.Errorf("more than three suggestions: %+v", got)
			}
		})
	}
}

func TestCheckLogsource(t *testing.T) {
	for _, c := range []struct {
		name, product, category, service string
		want                             []Problem
	}{
		{"a known log source", "windows", "process_creation", "", nil},
		{"letter case is another check's business", "Windows", "Process_Creation", "", nil},
		{"no part at all is another check's business", "", "", "", nil},
		{"a misspelt category", "windows", "process_creaton", "", []Problem{{Doubt: PartMisspelt, Part: Category, Value: "process_creaton", Suggestions: []string{"process_creation"}}}},
		{"a misspelt product", "windwos", "process_creation", "", []Problem{{Doubt: PartMisspelt, Part: Product, Value: "windwos", Suggestions: []string{"windows"}}}},
		{"a short word that would fit", "linx", "process_creation", "", []Problem{{Doubt: PartMisspelt, Part: Product, Value: "linx", Suggestions: []string{"linux"}}}},
		{"a misspelt service", "windows", "", "securty", []Problem{{Doubt: PartMisspelt, Part: Service, Value: "securty", Suggestions: []string{"security"}}}},
		{"a product in category", "", "windows", "security", []Problem{{Doubt: PartSwapped, Part: Category, Value: "windows", Belongs: Product}}},
		{"a category in service", "windows", "", "process_creation", []Problem{{Doubt: PartSwapped, Part: Service, Value: "process_creation", Belongs: Category}}},
		{"a value that resembles nothing", "mainframe", "process_creation", "", []Problem{{Doubt: UnknownPart, Part: Product, Value: "mainframe"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Default().CheckLogsource(c.product, c.category, c.service)
			if len(got) != len(c.want) {
				t.Fatalf("problems are %+v, want %+v", got, c.want)
			}
			for i := range got {
				if got[i].Doubt != c.want[i].Doubt || got[i].Part != c.want[i].Part || got[i].Value != c.want[i].Value ||
					got[i].Belongs != c.want[i].Belongs || !slices.Equal(got[i].Suggestions, c.want[i].Suggestions) {
					t.Errorf("problem is %+v, want %+v", got[i], c.want[i])
				}
			}
		})
	}
	t.Run("an unknown combination of known values", func(t *testing.T) {
		got := Default().CheckLogsource("linux", "registry_set", "")
		if len(got) != 1 || got[0].Doubt != UnknownCombination || len(got[0].Known) == 0 || len(got[0].Known) > 3 {
			t.Errorf("problems are %+v, want one unknown combination with up to three known ones", got)
		}
	})
}

func TestGenericCategory(t *testing.T) {
	for _, c := range []struct {
		service   string
		id        int
		eventType string
		want      string
	}{
		{"sysmon", 1, "", "process_creation"},
		{"sysmon", 11, "", "file_event"},
		{"sysmon", 18, "", "pipe_created"},
		{"sysmon", 26, "", "file_delete_detected"},
		{"sysmon", 12, "", "registry_event"},
		{"sysmon", 12, "CreateKey", "registry_add"},
		{"sysmon", 12, "DeleteValue", "registry_delete"},
		{"sysmon", 13, "SetValue", "registry_set"},
		{"sysmon", 14, "RenameKey", "registry_rename"},
		{"security", 4688, "", "process_creation"},
		{"security", 4624, "", ""},
		{"sysmon", 4, "", ""}, {"sysmon", 16, "", ""}, {"sysmon", 27, "", ""}, {"sysmon", 28, "", ""}, {"sysmon", 29, "", ""}, {"sysmon", 255, "", ""},
		{"system", 1, "", ""},
	} {
		got, ok := GenericCategory("windows", c.service, c.id, c.eventType)
		if got != c.want || ok != (c.want != "") {
			t.Errorf("%s %d %s: category %q, want %q", c.service, c.id, c.eventType, got, c.want)
		}
		if c.want != "" {
			must(t, "windows/"+c.want+"/*")
		}
	}
	if _, ok := GenericCategory("linux", "sysmon", 1, ""); ok {
		t.Error("only Windows has the services")
	}
}

func TestRedundantIsWhatTheCategoryAlreadyFixes(t *testing.T) {
	for _, c := range []struct {
		logsource, field string
		want             bool
	}{
		{"windows/process_creation/*", "EventID", true},
		{"windows/process_creation/*", "Channel", true},
		{"windows/process_creation/*", "Image", false},
		{"windows/registry_set/*", "EventType", true},
		{"windows/registry_event/*", "EventType", false},
		{"windows/registry_event/*", "EventID", false}, // one of three: it narrows
		{"windows/registry_event/*", "Channel", true},
		{"windows/ps_script/*", "EventID", true},
		{"windows/ps_script/*", "Channel", false}, // two channels
		{"windows/*/security", "EventID", false},
		{"windows/*/security", "Channel", false},
		{"linux/file_event/*", "EventID", true},
	} {
		if got := must(t, c.logsource).Redundant(c.field); got != c.want {
			t.Errorf("%s in %s: redundant is %v, want %v", c.field, c.logsource, got, c.want)
		}
	}
	if got := must(t, "windows/registry_event/*").Implied("EventID"); !slices.Equal(got, []string{"12", "13", "14"}) {
		t.Errorf("registry_event implies event ids %q", got)
	}
}

func TestEventNarrowsAChannelToWhatWasSeen(t *testing.T) {
	e, ok := must(t, "windows/*/security").Event(4624)
	if !ok || e.Seen == 0 || !slices.Contains(e.Fields, "LogonType") {
		t.Errorf("event 4624 of the security channel is %+v, %v", e, ok)
	}
	if _, ok := must(t, "windows/*/security").Event(99999); ok {
		t.Error("an event that nobody saw was found")
	}
}

func TestWithExtendsWithoutTouchingTheDefault(t *testing.T) {
	own, err := Default().With(
		Addition{Key: Key{Product: "acme", Service: "audit"}, Fields: []string{"actor_id", "actor_name"}, Complete: true},
		Addition{Key: Key{Product: "windows", Category: "process_creation"}, Fields: []string{"HouseField"}},
	)
	if err != nil {
		t.Fatal(err)
	}
	l, match := own.Lookup("acme", "", "audit")
	if match != Exact || !l.Complete || l.Explain("actor_nmae").Finding != Misspelt {
		t.Errorf("the own log source is %+v with match %d", l, match)
	}
	if len(own.CheckLogsource("acme", "", "audti")) == 0 {
		t.Error("a misspelt own service is not noticed")
	}
	process, _ := own.Lookup("windows", "process_creation", "")
	if f, ok := process.Field("HouseField"); !ok || f.Why != User {
		t.Errorf("the own field is %+v, %v", f, ok)
	}
	if f, _ := process.Field("Image"); f.Why&User != 0 || f.Count == 0 {
		t.Errorf("an embedded field changed: %+v", f)
	}
	if process.Explain("TargetObject").Finding != Elsewhere {
		t.Error("the extended log source lost its neighbours")
	}
	if _, ok := must(t, "windows/process_creation/*").Field("HouseField"); ok {
		t.Error("the default table changed")
	}
	if _, match := Lookup("acme", "", "audit"); match != NotFound {
		t.Error("the default table has the own log source")
	}
	if own.Version.Additions != 2 || !strings.Contains(own.Version.String(), "2 own log sources") {
		t.Errorf("the version does not tell of the additions: %s", own.Version)
	}
	for _, bad := range []Addition{{}, {Key: Key{Product: "acme"}, Fields: []string{" "}}} {
		if _, err := Default().With(bad); err == nil {
			t.Errorf("addition %+v was accepted", bad)
		}
	}
}

func TestTheEmbeddedTextIsSound(t *testing.T) {
	table := Default()
	if v := Version(); v.Specification == "" || v.Rules == "" {
		t.Errorf("versions are missing: %+v", v)
	}
	for _, k := range table.Logsources() {
		l, _ := table.Get(k)
		if l.Complete && l.Authority == "" {
			t.Errorf("%s is complete without an authority", k)
		}
		if l.Complete && len(l.Fields()) < 3 {
			t.Errorf("%s is complete with %d fields", k, len(l.Fields()))
		}
		for _, n := range l.Fields() {
			f, _ := l.Field(n)
			if f.Why == 0 {
				t.Errorf("%s: field %s is known for no reason", k, n)
			}
			if strings.TrimSpace(n) != n || n == "" {
				t.Errorf("%s: field %q has blanks around it", k, n)
			}
		}
	}
}

func TestParseRefusesDamage(t *testing.T) {
	for name, text := range map[string]string{
		"field without log source": "Image\t1\ts\n",
		"not a key":                "= windows/process_creation\t1\n",
		"event id is no number":    "= a/b/c\t1\t\t\tone\n",
	} {
		if _, err := parse(text); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	for name, text := range map[string]string{
		"event without channel": "1\t2\tImage\n",
		"event id is no number": "= Security\none\t2\tImage\n",
	} {
		if _, err := parseEvents(text); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(logsourceData[:3000])
	f.Add(eventData[:2000])
	f.Fuzz(func(t *testing.T, text string) {
		parseEvents(text)
		table, err := parse(text)
		if err != nil {
			return
		}
		for _, k := range table.Logsources() {
			l, _ := table.Get(k)
			l.Explain("CommandLien")
		}
	})
}

func BenchmarkLookup(b *testing.B) {
	Default()
	for b.Loop() {
		l, _ := Lookup("windows", "process_creation", "sysmon")
		l.Field("CommandLine")
	}
}

func BenchmarkExplainMisspelt(b *testing.B) {
	l := must(b, "windows/process_creation/*")
	for b.Loop() {
		l.Explain("ComandLine")
	}
}

// The start of every command pays for this: it has to stay below 5 ms.
func BenchmarkParse(b *testing.B) {
	for b.Loop() {
		if _, err := parse(logsourceData); err != nil {
			b.Fatal(err)
		}
	}
}

// The worst a run can pay: every log source and every event.
func BenchmarkParseEverything(b *testing.B) {
	for b.Loop() {
		table, err := parse(logsourceData)
		if err != nil {
			b.Fatal(err)
		}
		for _, k := range table.keys {
			table.logsources[k].Fields()
		}
		if _, err := parseEvents(eventData); err != nil {
			b.Fatal(err)
		}
	}
}
