package mine

import (
	"bytes"
	"fmt"
	"io"
	"math/rand"
	"runtime"
	"testing"
	"time"

	"github.com/sigtune/sigtune/tuning"
	"github.com/sigtune/sigtune/tuning/evidence"
)

// alerts writes n events of the test rule as JSON lines without keeping them: of 40 programs, on 500 hosts. A share of distinct holds a
// command line that no other has.
func alerts(n int, distinct float64) io.Reader {
	r, w := io.Pipe()
	go func() {
		random := rand.New(rand.NewSource(1))
		var b bytes.Buffer
		for i := range n {
			program := random.Intn(40)
			line := fmt.Sprintf(`vendor%d.exe --collect accounts --job %d`, program%8, program)
			if random.Float64() < distinct {
				line += fmt.Sprintf(" --ticket T%d", i)
			}
			fmt.Fprintf(&b, `{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","UtcTime":"2026-02-%02d 08:00:%02d.%03d","Computer":"WS%03d","User":"CORP\\user%d",`+
				`"ProcessId":"%d","ProcessGuid":"{6F2E51E0-38D3-1796-24F8-%012X}","Image":"C:\\Windows\\System32\\whoami.exe","CommandLine":"whoami /groups",`+
				`"ParentImage":"C:\\Program Files\\Vendor%d\\vendor%d.exe","ParentCommandLine":"%s","IntegrityLevel":"High"}`+"\n",
				1+i%28, i%60, i%1000, random.Intn(500), random.Intn(3), 1000+i%30000, i, program%8, program%8, line)
			if b.Len() > 1<<16 {
				if _, err := w.Write(b.Bytes()); err != nil {
					return
				}
				b.Reset()
			}
		}
		_, _ = w.Write(b.Bytes())
		_ = w.Close()
	}()
	return r
}

func mineAlerts(t testing.TB, n int, distinct float64) *tuning.Result {
	t.Helper()
	r, err := tuning.Tune(tuning.Input{Path: "rule.yml", Text: whoamiRule, Today: testDay, GivenOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	m, err := New(r, Options{})
	if err != nil {
		t.Fatal(err)
	}
	Feed(evidence.Read("alerts", alerts(n, distinct), evidence.Options{Logsource: Logsource(r.Rule)}), m.FalsePositive, nil)
	m.Mine()
	if r.Events.FP.Given != n || r.Events.FP.Kept != n {
		t.Fatalf("%+v", r.Events.FP)
	}
	return r
}

// A hundred thousand alerts are read and mined in seconds, and memory follows the distinct ones.
func TestManyAlerts(t *testing.T) {
	for _, distinct := range []float64{0, .2} {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		start := time.Now()
		r := mineAlerts(t, 100_000, distinct)
		took := time.Since(start)
		runtime.GC()
		runtime.ReadMemStats(&after)
		kept := int64(after.HeapAlloc) - int64(before.HeapAlloc)
		t.Logf("%.0f %% distinct: %v, %d rows, %d MB kept", 100*distinct, took, r.Events.FP.Distinct, kept>>20)
		if took > 60*time.Second || kept > 100<<20 {
			t.Errorf("%v, %d bytes kept", took, kept)
		}
	}
}

func BenchmarkMine(b *testing.B) {
	for _, x := range []struct {
		name     string
		distinct float64
	}{{"copies", 0}, {"fifth", .2}} {
		b.Run(x.name, func(b *testing.B) {
			for b.Loop() {
				mineAlerts(b, 1_000_000, x.distinct)
			}
			b.ReportMetric(float64(1_000_000*b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
