package evidence

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// fuzzForm reads inputs with one reader, whatever they look like: no panic, no error that ends the stream, and no record without fields.
func fuzzForm(f *testing.F, read func(t *text, limit int, emit emit) error, seeds ...string) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	n := newNaming(Options{})
	f.Fuzz(func(t *testing.T, data []byte) {
		in, err := unwrap(bytes.NewReader(data))
		if err != nil {
			return
		}
		count := 0
		err = read(in, 1<<16, func(object any, line int, problem error) bool {
			if problem == nil {
				record, err := n.recordOf(object)
				if object == nil || (record == nil) == (err == nil) {
					t.Error("nothing was given as an event")
				}
			}
			count++
			return true
		})
		if err != nil {
			t.Error(err)
		}
		if count > len(data)+2 {
			t.Errorf("%d records in %d bytes", count, len(data))
		}
	})
}

func FuzzJSONLines(f *testing.F) {
	fuzzForm(f, readJSONLines, "{\"a\": 1}\n{", `{"_index":"i","_source":{"a":[{"b":1}]}}`, `{"Event":{"System":{"EventID":1},"EventData":{"Image":"x"}}}`)
}

func FuzzJSONDocument(f *testing.F) {
	fuzzForm(f, func(t *text, limit int, emit emit) error {
		sample, _ := t.Peek(sampleSize)
		e, _ := envelopeOf(sample)
		return readJSONDocument(e)(t, limit, emit)
	}, "[{\"a\": 1}, 3", "{\n\"a\": \"}\"}", `{"hits":{"hits":[{"_source":{}}]}}`, `{"tables":[{"columns":[{"name":"a"}],"rows":[["1"]]}]}`, `{"Results":[{}]}`, `{"fields":["a"],"rows":[[1]]}`)
}

func FuzzCSV(f *testing.F) {
	fuzzForm(f, func(t *text, limit int, emit emit) error {
		sample, _ := t.Peek(sampleSize)
		if d, ok := dialectOf(sample, len(sample) < sampleSize); ok {
			return d.read(t, limit, emit)
		}
		return nil
	}, "a,b\n1,\"2\n\"\n", "sep=;\na;b\n1;2", "a\tb\n")
}

func FuzzXML(f *testing.F) {
	fuzzForm(f, readXML, windowsEvent, "<Events><Event/><Event>", "<Event a='1'>x</Event>")
}

func FuzzEVTX(f *testing.F) {
	fuzzForm(f, func(t *text, limit int, emit emit) error {
		data := make([]byte, headerBlock+chunkSize) // mutations go to the records, not to 4 KiB of zeros
		n, _ := t.Read(data[headerBlock+chunkHeader:])
		copy(data, evtxMagic)
		binary.LittleEndian.PutUint16(data[38:], supportedVersion)
		binary.LittleEndian.PutUint16(data[40:], headerBlock)
		copy(data[headerBlock:], chunkMagic)
		binary.LittleEndian.PutUint32(data[headerBlock+chunkFree:], uint32(chunkHeader+n))
		inner, err := unwrap(bytes.NewReader(data))
		if err != nil {
			return err
		}
		return readEVTX(inner, limit, emit)
	}, string(evtxFile(plainRecord(chunkHeader+recordHeader, "a"))[headerBlock+chunkHeader:headerBlock+chunkHeader+512]))
}

func FuzzAnyInput(f *testing.F) {
	for _, s := range []string{"", "{}", "\x1f\x8b", "\xff\xfe{\x00", zipped("{}"), evtxMagic, "a,b\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(_ *testing.T, data []byte) { drain(data) })
}

func FuzzNames(f *testing.F) {
	f.Add("schema a\nseen b\ncategory *\n  C = d\n")
	f.Fuzz(func(_ *testing.T, text string) { _, _ = readNames(text) })
}
