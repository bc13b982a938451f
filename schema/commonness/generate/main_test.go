package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/schema/commonness"
)

func TestSharesReplaceEstimatesWhereEnoughWasSeen(t *testing.T) {
	var events strings.Builder
	for k := range 80 {
		image := `C:\\Windows\\System32\\svchost.exe`
		if k%2 == 0 {
			image = `C:\\Tools\\other.exe`
		}
		fmt.Fprintf(&events, `{"Image": "%s", "Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": %d, "Initiated": true}`+"\n", image, 1+2*(k%4))
	}
	c := newCounts()
	if err := c.read(strings.NewReader(events.String())); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	c.print(&out)
	cmd, _ := commonness.Of(commonness.Program, "cmd.exe")
	for _, want := range []string{
		"program\tsvchost.exe\t1\t", "event\tsysmon/1\t2\t", "value\tinitiated/true\t0\t",
		fmt.Sprintf("program\tcmd.exe\t%g\t", cmd.Bits), // not seen: the estimate stays
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no line %q", want)
		}
	}
	if n := strings.Count(out.String(), "\n"); n != len(commonness.Rows()) {
		t.Errorf("%d lines for %d rows", n, len(commonness.Rows()))
	}
	if err := newCounts().read(strings.NewReader("[]\n")); err == nil {
		t.Error("a list is taken for an event")
	}
}
