package commonness

import (
	"slices"
	"strings"
	"testing"
)

func TestTheTableIsSortedAndReasoned(t *testing.T) {
	rows, err := parse(text)
	if err != nil {
		t.Fatal(err)
	}
	kinds := []Kind{Event, Extension, Program, Value}
	for i, r := range rows {
		if !slices.Contains(kinds, r.Kind) || r.Name != strings.ToLower(r.Name) || r.Why == "" || strings.HasSuffix(r.Why, ".") || r.Bits > 10 {
			t.Errorf("%+v", r)
		}
		if i > 0 && string(rows[i-1].Kind)+"\t"+rows[i-1].Name >= string(r.Kind)+"\t"+r.Name {
			t.Errorf("%s %s: not sorted, or twice", r.Kind, r.Name)
		}
	}
}

func TestLookUp(t *testing.T) {
	for _, c := range []struct {
		kind Kind
		name string
		want bool
	}{
		{Program, "CMD.exe", true},
		{Program, "cmd", false},
		{Extension, ".TMP", true},
		{Program, "lsof", false},
		{Value, "IntegrityLevel/High", true},
	} {
		if _, ok := Of(c.kind, c.name); ok != c.want {
			t.Errorf("%s %s: %v", c.kind, c.name, ok)
		}
	}
	for _, channel := range []string{"security", "Security", "Microsoft-Windows-Security-Auditing"} {
		if r, ok := OfEvent(channel, "4624"); !ok || r.Bits > 5 {
			t.Errorf("%s: %+v", channel, r)
		}
	}
	if _, ok := OfEvent("security", "1102"); ok {
		t.Error("the audit log is not cleared every day")
	}
}

// Every event of the list of the check high-volume-event-only is here (catalogue, 0906).
func TestHighVolumeEvents(t *testing.T) {
	for channel, ids := range map[string]string{
		"security":   "4624 4625 4634 4648 4656 4657 4658 4659 4660 4661 4662 4663 4672 4688 4689 4690 4703 4768 4769 4776 5140 5145 5152 5153 5154 5155 5156 5157 5158",
		"system":     "7036",
		"powershell": "4103 4104",
		"sysmon":     "1 3 5 7 10 11 12 13 14 22 23",
	} {
		for _, id := range strings.Fields(ids) {
			if _, ok := OfEvent(channel, id); !ok {
				t.Errorf("%s %s is missing", channel, id)
			}
		}
	}
}

// FuzzParse: no text of a table makes the reader fail in another way than with an error.
func FuzzParse(f *testing.F) {
	f.Add("program\tx\t3\ty\n")
	f.Fuzz(func(_ *testing.T, s string) { _, _ = parse(s) })
}
