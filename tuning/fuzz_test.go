package tuning

import (
	"os"
	"strings"
	"testing"
)

// Whatever the text is, as a page, as a rule or as a scenario: no panic, and a result or a sentence that says why not.
func FuzzTune(f *testing.F) {
	page, err := os.ReadFile("../testdata/hunt/system-network-connections-discovery.txt")
	if err == nil {
		f.Add(string(page))
	}
	f.Add(listing)
	f.Add("Exclude netstat started by monit or systemd, or where user != root and the command line contains 'a' or 'b'.")
	f.Add("title: x\ndetection:\nselection:\nImage|endswith: '/x'\ncondition: selection\nScenario: y\nFilter/Exclusion: x by z.")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4<<10 {
			return // the cost of long rules is measured elsewhere
		}
		for _, in := range []Input{{Text: text}, {Text: listing, Scenarios: []string{text}}} {
			in.Path, in.Today = "fuzz.txt", testDay
			r, err := Tune(in)
			if err != nil {
				if strings.TrimSpace(err.Error()) == "" {
					t.Error("an error without a sentence")
				}
				continue
			}
			for _, o := range r.Outcomes {
				if o.Verdict == "" || o.Proof.Statement == "" {
					t.Errorf("scenario %s has no verdict or no proof", o.ID)
				}
			}
		}
	})
}
