package evidence

import (
	"encoding/binary"
	"io"
	"runtime"
	"strings"
	"testing"
)

// What people feed by accident: each names the record and the cause, costs nothing but that record, and loses nothing silently.
func TestDamagedInputsSayWhatIsWrong(t *testing.T) {
	good := "{\"a\": 1}\n"
	evtx := string(evtxFile(plainRecord(chunkHeader+recordHeader, "a")))
	for _, c := range []struct {
		name, in     string
		read, broken int
		says         string
	}{
		{"EVTX cut in its header", evtx[:1000], 0, 1, "the input ends early"},
		{"EVTX cut in a chunk", evtx[:len(evtx)-100], 1, 1, "the file ends in the middle of a chunk"},
		{"Latin-1 among UTF-8", good + "{\"a\": \"caf\xe9\"}\n" + good, 2, 1, "f:2: byte 11 of the record, 0xe9, is no UTF-8"},
		{"UTF-16 that ends in half a character", encode16(good+good, binary.LittleEndian) + "{", 2, 0, ""},
		{"gzip cut short", zipped(strings.Repeat(good, 5))[:20], 1, 1, "f:2: the input ends early"},
		{"gzip inside gzip cut short", zipped(zipped(strings.Repeat(good, 5))[:20]), 1, 1, "f:2: the input ends early"},
		{"binary data", "\x00\x01\x02\xff\xfe\n", 0, 1, "no UTF-8"},
		{"CSV with a quoted line break", "a,b\n\"1\n2\",3\n4,5\n", 2, 0, ""},
		{"CSV that is cut in a quote", "a,b\n1,2\n3,\"4\n5", 1, 1, "a quote is not closed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, set := judgeSet(t, false)
			for _, way := range []string{"records", "judge"} {
				s := Read("f", strings.NewReader(c.in), Options{})
				if way == "records" {
					for range s.Records() {
					}
				} else {
					for range s.Judge(set, 2) {
					}
				}
				said := ""
				if len(s.First) > 0 {
					said = s.First[0].Error()
				}
				if s.Read != c.read || s.Broken != c.broken || !strings.Contains(said, c.says) || s.Err() != nil {
					t.Errorf("%s: %d read, %d broken, %q, error %v; want %d, %d, %q", way, s.Read, s.Broken, said, s.Err(), c.read, c.broken, c.says)
				}
			}
		})
	}
}

func TestGzipInGzipInGzipIsRefused(t *testing.T) {
	_, set := judgeSet(t, false)
	s := Read("f", strings.NewReader(zipped(zipped(zipped("{}")))), Options{})
	for range s.Judge(set, 2) {
	}
	if s.Read != 0 || s.Err() == nil || s.Err().Error() != "f: it is compressed with gzip more than 2 times; unpack it first" {
		t.Errorf("%d read, error %v", s.Read, s.Err())
	}
}

// endless repeats a byte so many times.
type endless struct{ left int }

func (e *endless) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n := min(len(p), e.left)
	for i := range n {
		p[i] = 'x'
	}
	e.left -= n
	return n, nil
}

// A line of 100 MB is refused with the limit, the events around it are read, and memory stays near the limit.
func TestALineOf100MBIsRefusedInBoundedMemory(t *testing.T) {
	_, set := judgeSet(t, false)
	in := io.MultiReader(strings.NewReader("{\"Image\": \"cmd.exe\"}\n{\"a\": \""), &endless{100 << 20}, strings.NewReader("\"}\n{\"Image\": \"cmd.exe\"}\n"))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	s := Read("f", in, Options{})
	for range s.Judge(set, 2) {
	}
	runtime.ReadMemStats(&after)
	if s.Read != 2 || s.Broken != 1 || !strings.Contains(s.First[0].Error(), "f:2: the line is longer than 4194304 bytes") {
		t.Errorf("%d read, %d broken, %v", s.Read, s.Broken, s.First)
	}
	if spent := after.TotalAlloc - before.TotalAlloc; spent > 64<<20 {
		t.Errorf("%d MB were allocated in all", spent>>20)
	}
}
