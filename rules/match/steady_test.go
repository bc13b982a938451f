package match

import (
	"fmt"
	"math/rand"
	"runtime"
	"slices"
	"testing"
	"time"
)

// processEvents are made process creation events of 20 fields and about 1 KB, every one with values of its own.
func processEvents(from, to int) []string {
	x := rand.New(rand.NewSource(int64(from)))
	var out []string
	for i := from; i < to; i++ {
		p := x.Intn(400)
		out = append(out, fmt.Sprintf(`{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","Provider_Name":"Microsoft-Windows-Sysmon","UtcTime":"2026-02-%02d 08:%02d:%02d.%03d","Computer":"WS%03d.corp.example","User":"CORP\\user%d",`+
			`"ProcessId":"%d","ProcessGuid":"{6F2E51E0-38D3-1796-24F8-%012X}","LogonId":"0x3e7","Image":"C:\\Program Files\\Vendor%d\\bin\\program%d.exe","FileVersion":"10.0.22621.1 (WinBuild.160101.0800)","Description":"Program of vendor %d","Product":"Vendor® Suite","Company":"Vendor Corporation",`+
			`"OriginalFileName":"program%d.exe","CommandLine":"\"C:\\Program Files\\Vendor%d\\bin\\program%d.exe\" --collect inventory --job %d --output C:\\ProgramData\\Vendor\\inventory%x.json","CurrentDirectory":"C:\\Windows\\system32\\","IntegrityLevel":"System",`+
			`"Hashes":"SHA1=%040X,MD5=%032X","ParentImage":"C:\\Windows\\System32\\services.exe","ParentCommandLine":"\"C:\\Program Files\\Vendor%d\\bin\\agent.exe\" service %d"}`,
			1+i%28, i/60%60, i%60, i%1000, x.Intn(500), x.Intn(300), 1000+i%30000, i, p%40, p, p%40, p, p%40, p, i, x.Int63(), x.Int63(), x.Int63(), p%40, i))
	}
	return out
}

// An event costs as much after many as after few, in time and in memory: nothing that a Reader keeps grows with the events.
func TestManyEventsCostWhatFewDo(t *testing.T) {
	const blocks, events = 12, 5000
	r := NewSet(publishedSet(t)).Reader(ReaderOptions{})
	var spent []time.Duration
	var held []uint64
	for b := range blocks {
		lines := processEvents(b*events, (b+1)*events)
		start := processorTime()
		for _, line := range lines {
			if !r.Scan(line) {
				t.Fatalf("not scanned: %s", line)
			}
			r.Hits()
		}
		spent = append(spent, processorTime()-start)
		lines = nil
		runtime.GC()
		var memory runtime.MemStats
		runtime.ReadMemStats(&memory)
		held = append(held, memory.HeapAlloc)
	}
	// Other work on the machine only adds to the time, so the fastest block of each half tells.
	early, late := slices.Min(spent[:blocks/2]), slices.Min(spent[blocks/2:])
	t.Logf("%v an event, then %v; %d MB held, then %d", early/events, late/events, held[1]>>20, held[blocks-1]>>20)
	if early > 0 && late > 2*early {
		t.Errorf("%v an event at first, %v later: %v", early/events, late/events, spent)
	}
	const slack = 4 << 20
	if held[blocks-1] > held[1]+slack {
		t.Errorf("%d bytes are held after %d events, %d after %d", held[blocks-1], blocks*events, held[1], 2*events)
	}
}

// Verdicts of all published rules on so many events, made as they are needed.
func BenchmarkManyEvents(b *testing.B) {
	s := NewSet(publishedSet(b))
	for _, n := range []int{1e4, 1e5, 1e6} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			spent := time.Duration(0)
			for b.Loop() {
				r := s.Reader(ReaderOptions{})
				const block = 10_000
				for from := 0; from < n; from += block {
					lines := processEvents(from, from+block)
					start := processorTime()
					for _, line := range lines {
						r.Scan(line)
						r.Hits()
					}
					spent += processorTime() - start
				}
			}
			b.ReportMetric(float64(spent.Nanoseconds())/float64(n*b.N), "cpu-ns/event")
		})
	}
}
