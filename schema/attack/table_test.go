package attack

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestBundledTablesSayWhichVersionTheyAre(t *testing.T) {
	if got := Bundled().Version; got != Version {
		t.Errorf("data/attack.tsv is version %q, the constant says %q", got, Version)
	}
	if got := Bundled().Previous; got != "18.1" {
		t.Errorf("earlier tactics come from %q, want 18.1", got)
	}
	if got := BundledD3FEND().Version; got != D3FENDVersion {
		t.Errorf("data/d3fend.tsv is version %q, the constant says %q", got, D3FENDVersion)
	}
}

func TestBundledTableCarriesBothOfMITREsTexts(t *testing.T) {
	got := strings.Join(Bundled().Notice, "\n\n")
	if got != Notice {
		t.Errorf("the notice in data/attack.tsv differs from the one the program shows:\n%s", got)
	}
	if len(BundledD3FEND().Notice) == 0 {
		t.Error("data/d3fend.tsv carries no notice")
	}
}

func TestBundledTableIsSound(t *testing.T) {
	if err := Bundled().Validate(); err != nil {
		t.Fatal(err)
	}
}

func TestBundledTableHasTheNumbersOfTheSpecification(t *testing.T) {
	live := map[Domain]int{}
	status := map[Status]int{}
	perKind := map[Kind]int{}
	for _, o := range Bundled().Objects() {
		perKind[o.Kind]++
		if o.Kind != Technique {
			continue
		}
		status[o.Status]++
		if o.Status == Live {
			live[o.Domains]++
		}
	}
	for _, c := range []struct {
		what      string
		got, want int
	}{
		{"live techniques", status[Live], 918},
		{"of them enterprise", live[Enterprise], 697},
		{"of them mobile", live[Mobile], 124},
		{"of them ICS", live[ICS], 97},
		{"revoked", status[Revoked], 211},
		{"deprecated", status[Deprecated], 37},
		{"tactics", perKind[Tactic], 41},
		{"groups", perKind[Group], 191},
		{"software", perKind[Software], 920},
		{"campaigns", perKind[Campaign], 56},
		{"mitigations", perKind[Mitigation], 110},
		{"data components", perKind[DataComponent], 122},
		{"data sources", perKind[DataSource], 42},
		{"enterprise tactics", len(Bundled().liveTactics(Enterprise)), 15},
		{"highest technique", Bundled().highest[Technique], 1695},
		{"highest group", Bundled().highest[Group], 1053},
		{"highest software", Bundled().highest[Software], 1249},
		{"highest campaign", Bundled().highest[Campaign], 59},
		{"highest mitigation", Bundled().highest[Mitigation], 1060},
		{"highest data component", Bundled().highest[DataComponent], 119}, // DC0120 to DC0122 are deprecated
	} {
		if c.got != c.want {
			t.Errorf("%s: %d, want %d", c.what, c.got, c.want)
		}
	}
}

func TestTechniquesOfOldDefenseEvasionWentToOneTacticOrNone(t *testing.T) {
	fate := map[string]int{}
	for _, o := range Bundled().Objects() {
		if !slices.Contains(o.LegacyTactics, "defense-evasion") {
			continue
		}
		var now []string
		for _, tactic := range o.Tactics {
			if tactic == "stealth" || tactic == "defense-impairment" {
				now = append(now, tactic)
			}
		}
		fate[strings.Join(now, "+")]++
	}
	if want := map[string]int{"stealth": 144, "defense-impairment": 41, "": 13}; !reflect.DeepEqual(fate, want) {
		t.Errorf("%v, want %v", fate, want)
	}
}

func TestTextFormRoundTrips(t *testing.T) {
	var attack, d3fend bytes.Buffer
	if err := Bundled().Write(&attack); err != nil {
		t.Fatal(err)
	}
	if attack.String() != bundledAttack {
		t.Error("writing the parsed data/attack.tsv gives other bytes")
	}
	if err := BundledD3FEND().Write(&d3fend); err != nil {
		t.Fatal(err)
	}
	if d3fend.String() != bundledD3FEND {
		t.Error("writing the parsed data/d3fend.tsv gives other bytes")
	}
}

func TestEveryRowResolvesInEitherCase(t *testing.T) {
	table := Bundled()
	for _, o := range table.Objects() {
		for _, id := range []string{o.ID, strings.ToLower(o.ID)} {
			if got, ok := table.Lookup(id); !ok || !reflect.DeepEqual(got, o) {
				t.Fatalf("Lookup(%q) = %+v, %v", id, got, ok)
			}
		}
		if parts, ok := parseID(o.ID); !ok || parts.kind != o.Kind {
			t.Errorf("%s is not the shape of an id", o.ID)
		}
		if table.Newer(o.ID) {
			t.Errorf("%s is in the table and yet newer", o.ID)
		}
		if Describe(o.ID) == "" {
			t.Errorf("%s has no description", o.ID)
		}
	}
	for _, row := range BundledD3FEND().rows {
		if _, ok := BundledD3FEND().Lookup(strings.ToUpper(row.ID)); !ok {
			t.Errorf("%s does not resolve", row.ID)
		}
	}
	for _, wrong := range []string{"", "T", "T9999", "T1059.001.002", strings.Repeat("T", 400)} {
		if _, ok := table.Lookup(wrong); ok {
			t.Errorf("Lookup(%q) found something", wrong)
		}
	}
}

func TestRevocationsAreFollowedToALiveObject(t *testing.T) {
	for _, c := range []struct{ id, want string }{
		{"T1562.001", "T1685"},
		{"t1070.001", "T1685.005"},
		{"T1073", "T1574.001"},
		{"S9000", "S0508"},
		{"T1059", ""}, // live
		{"T1454", ""}, // revoked without successor
		{"T1431", ""}, // its successor T1476 is deprecated
		{"T0001", ""}, // unknown
	} {
		got, ok := Bundled().Successor(c.id)
		if got != c.want || ok != (c.want != "") {
			t.Errorf("Successor(%s) = %q, %v; want %q", c.id, got, ok, c.want)
		}
	}
	dead := 0
	for _, o := range Bundled().Objects() {
		if o.Kind == Technique && o.Status == Revoked {
			if _, ok := Bundled().Successor(o.ID); !ok {
				dead++
			}
		}
	}
	if dead != 9 {
		t.Errorf("%d revoked techniques without live successor, want 8 ending in a deprecated one and T1454", dead)
	}
}

func TestACircleOfRevocationsEnds(t *testing.T) {
	table := NewTable(Header{Version: "0"}, []Object{
		{ID: "T0001", Name: "a", Kind: Technique, Domains: Enterprise, Status: Revoked, Successor: "T0002"},
		{ID: "T0002", Name: "b", Kind: Technique, Domains: Enterprise, Status: Revoked, Successor: "T0001"},
	})
	if got, ok := table.Successor("T0001"); ok {
		t.Errorf("got %q", got)
	}
	if got := table.Describe("T0001"); got != "T0001 a (revoked, no successor)" {
		t.Errorf("got %q", got)
	}
	Check([]string{"attack.t0001"}, Context{Attack: table})
}

func TestTacticsAreLookedUpPerDomain(t *testing.T) {
	for _, c := range []struct {
		name string
		live Domain
	}{
		{"collection", Enterprise | Mobile | ICS},
		{"defense-evasion", Mobile},
		{"evasion", ICS},
		{"stealth", Enterprise},
		{"defense-impairment", Enterprise},
		{"network-effects", 0},
		{"nonsense", 0},
	} {
		if got := Bundled().tacticDomains(c.name); got != c.live {
			t.Errorf("%s is live in %q, want %q", c.name, got, c.live)
		}
	}
	if got := Bundled().TacticsOf("t1562.001"); !reflect.DeepEqual(got, []string{"defense-impairment"}) {
		t.Errorf("a revoked technique has the tactics of its successor, got %v", got)
	}
	if got := Bundled().TacticsOf("T1476"); got != nil {
		t.Errorf("a deprecated technique has no tactics, got %v", got)
	}
}

func TestSubtechniquesAreTheLiveOnes(t *testing.T) {
	if got := strings.Join(Bundled().Subtechniques("t1685"), " "); got != "T1685.001 T1685.002 T1685.003 T1685.004 T1685.005 T1685.006" {
		t.Errorf("got %s", got)
	}
	for _, none := range []string{"T1049", "T1562", "T1685.001", "G0001", "T9999"} {
		if got := Bundled().Subtechniques(none); got != nil {
			t.Errorf("%s: got %v", none, got)
		}
	}
}

func TestNewerMeansAboveTheHighestLiveID(t *testing.T) {
	for id, want := range map[string]bool{
		"T1696": true, "t1700.001": true, "G1054": true, "S1250": true, "S9001": true, "C0060": true, "M1061": true,
		"DC0123": true, "TA0113": true,
		"T1695": false, "T1694.009": false, "T0999": false, "S1248": false, "DS0050": false, "A0001": false, "X0001": false, "": false,
	} {
		if got := Bundled().Newer(id); got != want {
			t.Errorf("Newer(%q) = %v", id, got)
		}
	}
}

func TestNearestOffersSwapsThenSingleDigits(t *testing.T) {
	for _, c := range []struct {
		name, want string
	}{
		{"T1549", "T1594"},
		{"T1685.010", "T1685.001"},
		{"execusion", "execution"},
		{"persistance", "persistence"},
		{"somethingelse", ""},
	} {
		got := strings.Join(Bundled().Nearest(c.name, 1), " ")
		if got != c.want {
			t.Errorf("Nearest(%s) = %q, want %q", c.name, got, c.want)
		}
	}
}

func TestDescribeIsOneLine(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"t1049", "T1049 System Network Connections Discovery (discovery)"},
		{"T1059.001", "T1059.001 Command and Scripting Interpreter: PowerShell (execution)"},
		{"t1562.001", "T1562.001 Impair Defenses: Disable or Modify Tools (revoked, now T1685 Disable or Modify Tools)"},
		{"t1454", "T1454 Malicious SMS Message (revoked, no successor)"},
		{"g0010", "G0010 Turla (group)"},
		{"ta0005", "TA0005 Stealth (Enterprise tactic)"},
		{"stealth", "Stealth (tactic: Enterprise TA0005)"},
		{"ds0005", "DS0005 WMI (deprecated data source)"},
		{"nothing", ""},
	} {
		if got := Describe(c.name); got != c.want {
			t.Errorf("Describe(%s) = %q, want %q", c.name, got, c.want)
		}
	}
}

func TestBrokenTablesSayWhereAndWhy(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"T1059\tx\te", "mine.tsv:1: no `# version:` line"},
		{"# version: 1\nX1\tx\te", "mine.tsv:2: a row begins with an ATT&CK id"},
		{"# version: 1\nG001\tx\te", "mine.tsv:2: a row begins with an ATT&CK id"},
		{"# version: 1\nt1059\tx\te", "mine.tsv:2: a row begins with an ATT&CK id"},
		{"# version: 1\nT1059\tx\tq", "mine.tsv:2: T1059: domain 'q'"},
		{"# version: 1\nT1059\tx\te\tgone", "mine.tsv:2: T1059: state \"gone\""},
		{"# version: 1\nT1059\tx\te\t\t\t\t\t\t\t19", "neither +version nor -version"},
		{"# version: 1\nT1059" + strings.Repeat("\tx", 10), "more than 10 columns"},
	} {
		_, err := ParseTable("mine.tsv", c.text)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: got %v, want %q", c.text, err, c.want)
		}
	}
	for _, c := range []struct{ rows, want string }{
		{"T1059\tx\te", "a live technique needs a tactic"},
		{"TA0001\tx\te\t\t\tone\nT1059\tx\tm\t\t\tone", "is not live in Mobile"},
		{"T1059\tx\te\trevoked\tT1060", "successor T1060 is not in the table"},
		{"T1059.001\tx\te\trevoked", "parent T1059 is not in the table"},
		{"G0001\tx\te\nG0001\ty\te", "the id is in two rows"},
		{"G0001\tx", "no domain"},
	} {
		table, err := ParseTable("mine.tsv", "# version: 1\n"+c.rows)
		if err == nil {
			err = table.Validate()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: got %v, want %q", c.rows, err, c.want)
		}
	}
	if _, err := ParseD3FEND("mine.tsv", "# version: 1\nD3-X"); err == nil || !strings.Contains(err.Error(), "mine.tsv:2:") {
		t.Errorf("got %v", err)
	}
}

// slowestLoad bounds the first use of the table, with room for a busy machine; the benchmark has the figure.
const slowestLoad = 50 * time.Millisecond

func TestLoadingIsFast(t *testing.T) {
	start := time.Now()
	if _, err := ParseTable("data/attack.tsv", bundledAttack); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took > slowestLoad {
		t.Errorf("parsing took %s", took)
	}
}

func BenchmarkParseTable(b *testing.B) {
	b.ReportAllocs()
	for range b.N {
		if _, err := ParseTable("data/attack.tsv", bundledAttack); err != nil {
			b.Fatal(err)
		}
	}
}
