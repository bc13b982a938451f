package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/schema/attack"
)

var update = flag.Bool("update", false, "rewrite the expected tables")

func TestBundlesBecomeATable(t *testing.T) {
	table, err := readSTIX(inputs{bundles: fileList{"testdata/enterprise.json", "testdata/mobile.json"}, source: "invented"})
	if err != nil {
		t.Fatal(err)
	}
	if err := table.Validate(); err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/fresh.tsv", table)
}

// earlier is the table that the bundles follow.
const earlier = `# version: 19.1
# previous: 18.1
TA0002	Execution	e			execution
TA0005	Stealth	e			stealth			defense-evasion
TA0103	Evasion	i			evasion
T0820	Exploitation	i			evasion
T1027	Obfuscated Files	e			stealth	defense-evasion
T1059	Command and Scripting Interpreter	e			execution
T1086	Old One	e			execution
T1203	Given Up	e			execution
T1204	Forgotten	e			execution
T1205	Long Gone	e	revoked	~T1059	execution		Linux		-19.0
`

func TestHistoryComesFromTheEarlierTable(t *testing.T) {
	previous, err := attack.ParseTable("earlier", earlier)
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := readSTIX(inputs{bundles: fileList{"testdata/enterprise.json", "testdata/mobile.json"}})
	if err != nil {
		t.Fatal(err)
	}
	var notes bytes.Buffer
	table := carryOver(fresh, previous, &notes)
	if err := table.Validate(); err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/merged.tsv", table)
	if got := notes.String(); !strings.Contains(got, "T1204 Forgotten is missing from the bundles; kept as deprecated") ||
		!strings.Contains(got, "3 objects carried over from the table of 19.1") {
		t.Errorf("notes: %s", got)
	}
}

func golden(t *testing.T, file string, table *attack.Table) {
	t.Helper()
	var got bytes.Buffer
	if err := table.Write(&got); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("%s differs (run with -update to accept):\n%s", file, got.String())
	}
}

func TestNothingIsLostWhenABundleIsEmpty(t *testing.T) {
	empty := attack.NewTable(attack.Header{Version: "19.1", Notice: attack.Bundled().Notice}, nil)
	var notes bytes.Buffer
	table := carryOver(empty, attack.Bundled(), &notes)
	if got, want := len(table.Objects()), len(attack.Bundled().Objects()); got != want {
		t.Errorf("%d rows, want %d", got, want)
	}
	if table.Previous != attack.Bundled().Previous {
		t.Errorf("earlier version %q", table.Previous)
	}
}

func TestCommandWritesAFileAndExplainsItsErrors(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return file
	}
	noVersion := write("noversion.json", `{"objects": []}`)
	noDomain := write("nodomain.json", `{"objects": [{"type": "campaign", "id": "c", "name": "x", "external_references": [{"source_name": "mitre-attack", "external_id": "C0001"}]}]}`)
	other := write("other.json", `{"objects": [{"type": "x-mitre-collection", "x_mitre_version": "3.0"}]}`)
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "name one kind of input"},
		{[]string{"-stix", noVersion, "-seed", noVersion}, "name one kind of input"},
		{[]string{"extra"}, `unexpected argument "extra"`},
		{[]string{"-stix", "testdata/absent.json"}, "testdata/absent.json"},
		{[]string{"-stix", "testdata/README.md"}, "testdata/README.md: not the JSON"},
		{[]string{"-stix", noVersion}, "give it with -version"},
		{[]string{"-stix", noDomain, "-version", "20.0"}, "C0001 (c) states no domain"},
		{[]string{"-stix", "testdata/enterprise.json", "-stix", other}, `other.json holds ATT&CK "3.0", the bundles before it "20.0"`},
	} {
		var out, notes bytes.Buffer
		err := run(c.args, &out, &notes)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: got %v, want %q", c.args, err, c.want)
		}
	}

	seed := write("seed.json", `{"version": "19.1", "sources": {"all": "invented"},
		"tactics": [{"id": "TA0005", "shortname": "stealth", "name": "Stealth", "domain": "enterprise", "aliases": [{"shortname": "defense-evasion"}]}],
		"techniques": [
			{"id": "T1027", "name": "Files", "domain": "enterprise", "tactics": ["stealth"], "tactics_18": ["defense-evasion"], "platforms": ["None"], "former_name": "Old Files"},
			{"id": "T1562", "name": "Gone", "domain": "enterprise", "tactics": ["defense-evasion"], "revoked": true, "revoked_by": "T1027", "removed": "19.0"}],
		"groups": [{"id": "G0001", "name": "Kettle", "domains": ["enterprise", "ics"], "aliases": ["Pot"]}]}`)
	file := filepath.Join(dir, "out.tsv")
	if err := run([]string{"-seed", seed, "-o", file}, nil, os.Stderr); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []string{
		"# source: all: invented",
		"TA0005\tStealth\te\t\t\tstealth\t\t\tdefense-evasion",
		"T1027\tFiles\te\t\t\tstealth\tdefense-evasion\t\tOld Files",
		"T1562\tGone\te\trevoked\t~T1027\tdefense-evasion\t\t\t\t-19.0",
		"G0001\tKettle\tei\t\t\t\t\t\tPot",
	} {
		if !strings.Contains(string(text), row+"\n") {
			t.Errorf("no row %q in\n%s", row, text)
		}
	}

	d3fend := write("d3fend.json", `{"version": "1.0", "source": "invented", "tactics": {"Harden": "Harden"}, "techniques": {"D3-X": "X"}, "artifacts": {"d3f-Y": "Y"}}`)
	var out bytes.Buffer
	if err := run([]string{"-d3fend", d3fend}, &out, os.Stderr); err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(out.String(), "D3-X\tX\nHarden\tHarden\nd3f-Y\tY\n") {
		t.Errorf("got %s", out.String())
	}
}
