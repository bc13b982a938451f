package evidence

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/sigtune/sigtune/schema/taxonomy"
)

func benchmark(b *testing.B, data []byte, o Options) {
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n = 0
		for range Read("f", bytes.NewReader(data), o).Records() {
			n++
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

func BenchmarkSigmaJSONLines(b *testing.B) {
	var in bytes.Buffer
	for i := range 1000 {
		fmt.Fprintf(&in, `{"EventID": 1, "Image": "C:\\Windows\\System32\\cmd%d.exe", "CommandLine": "cmd /c echo %d", "ParentImage": "C:\\Windows\\explorer.exe", "User": "CORP\\user%d"}`+"\n", i, i, i)
	}
	benchmark(b, in.Bytes(), Options{})
}

func BenchmarkElasticJSONLines(b *testing.B) {
	var in bytes.Buffer
	for i := range 1000 {
		fmt.Fprintf(&in, `{"_index":"i","_source":{"@timestamp":"2026-01-12T08:00:00Z","event":{"category":["process"],"type":["start"]},"process":{"executable":"C:\\a%d.exe","command_line":"a","parent":{"executable":"p"}},"user":{"name":"u","domain":"D"},"host":{"name":"h"}}}`+"\n", i)
	}
	benchmark(b, in.Bytes(), Options{Logsource: taxonomy.Key{Category: "process_creation", Product: "windows"}})
}

func BenchmarkEVTX(b *testing.B) {
	var fragments [][]byte
	at := chunkHeader
	for range 100 {
		f := plainRecord(at+recordHeader, `C:\Windows\System32\cmd.exe`)
		fragments = append(fragments, f)
		at += recordHeader + len(f) + recordTrailer
	}
	benchmark(b, evtxFile(fragments...), Options{})
}

// A pipe that gives one event and stays open must give it out.
func TestJSONLinesAreNotHeldBack(t *testing.T) {
	from, to := io.Pipe()
	got := make(chan *Record)
	go func() {
		for r := range Read("f", from, Options{}).Records() {
			got <- r
		}
		close(got)
	}()
	_, _ = to.Write([]byte("{\"a\": 1}\n"))
	select {
	case <-got:
	case <-time.After(10 * time.Second):
		t.Error("the event is held back")
	}
	_ = to.Close()
}

// What is read twice is the same: no order of a map may show.
func TestReadingIsDeterministic(t *testing.T) {
	in := `{"a": {"b": 1, "c.d": 2, "c": {"d": 3}}, "a.b": 4, "x": {"y.z": {"q": 1}, "y": {"z.q": 2}}, "l": [{"m": 1}, [2], {"m": [3]}]}`
	want := `a.b=4 a.c.d=2 l=[2] l.m=[1,3] x.y.z.q=2`
	for range 50 {
		s := Read("f", strings.NewReader(in), Options{})
		for r := range s.Records() {
			if got := fieldsText(r.Fields()); got != want {
				t.Fatalf("got  %s\nwant %s", got, want)
			}
		}
	}
}
