package evidence

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf16"
)

// evtxFile is a file of one chunk with the given fragments as records.
func evtxFile(fragments ...[]byte) []byte {
	head := make([]byte, headerBlock)
	copy(head, evtxMagic)
	binary.LittleEndian.PutUint16(head[36:], 1)
	binary.LittleEndian.PutUint16(head[38:], supportedVersion)
	binary.LittleEndian.PutUint16(head[40:], headerBlock)
	chunk := make([]byte, chunkSize)
	copy(chunk, chunkMagic)
	at := chunkHeader
	for i, f := range fragments {
		size := recordHeader + len(f) + recordTrailer
		copy(chunk[at:], recordMagic)
		binary.LittleEndian.PutUint32(chunk[at+4:], uint32(size))
		binary.LittleEndian.PutUint64(chunk[at+8:], uint64(i+1))
		copy(chunk[at+recordHeader:], f)
		binary.LittleEndian.PutUint32(chunk[at+size-4:], uint32(size))
		at += size
	}
	binary.LittleEndian.PutUint32(chunk[chunkFree:], uint32(at))
	return append(head, chunk...)
}

// binaryWriter writes binary XML whose names stand where they are used. base is the offset in the chunk of its first byte.
type binaryWriter struct {
	bytes.Buffer
	base int
}

func (w *binaryWriter) put(values ...any) {
	for _, v := range values {
		_ = binary.Write(w, binary.LittleEndian, v)
	}
}

func (w *binaryWriter) name(s string) {
	units := utf16.Encode([]rune(s))
	w.put(uint32(w.base+w.Len()+4), uint32(0), uint16(0), uint16(len(units)), units, uint16(0))
}

func (w *binaryWriter) open(name string) {
	w.put(uint8(tokenOpen), uint32(0))
	w.name(name)
	w.put(uint8(tokenCloseStart))
}

func (w *binaryWriter) text(s string) {
	units := utf16.Encode([]rune(s))
	w.put(uint8(tokenValue), uint8(typeString), uint16(len(units)), units)
}

func (w *binaryWriter) close() { w.put(uint8(tokenEndElement)) }

// plainRecord is <Event><System><EventID>7</EventID></System><EventData><Image>…</Image></EventData></Event> without a template.
func plainRecord(at int, image string) []byte {
	w := &binaryWriter{base: at}
	w.put([]byte{tokenFragment, 1, 1, 0})
	w.open("Event")
	w.open("System")
	w.open("EventID")
	w.text("7")
	w.close()
	w.close()
	w.open("EventData")
	w.open("Image")
	w.text(image)
	w.put(uint8(tokenEntity))
	w.name("amp")
	w.put(uint8(tokenCharacter), uint16('x'))
	w.close()
	w.close()
	w.close()
	return w.Bytes()
}

func TestEVTXOfOurOwnIsRead(t *testing.T) {
	data := evtxFile(plainRecord(chunkHeader+recordHeader, `C:\a.exe`))
	want := "EVTX\n0 EventID=\"7\" Image=\"C:\\\\a.exe\\u0026x\"\n"
	if got := shown(Read("f", bytes.NewReader(data), Options{})); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestDamagedEVTXGivesProblemsAndWhatIsWhole(t *testing.T) {
	first := plainRecord(chunkHeader+recordHeader, "a")
	second := plainRecord(chunkHeader+2*recordHeader+recordTrailer+len(first), "b")
	whole := evtxFile(first, second)
	at := headerBlock + chunkHeader // of the first record
	record := "0 EventID=\"7\" Image=\"a\\u0026x\"\n"
	after := "0 EventID=\"7\" Image=\"b\\u0026x\"\n"
	damage := func(offset int, b ...byte) []byte {
		out := bytes.Clone(whole)
		copy(out[offset:], b)
		return out
	}
	for _, c := range []struct {
		name string
		in   []byte
		want string
	}{
		{"only a head", whole[:100], "EVTX\n! f: record 1: the input ends early: unexpected EOF\n"},
		{"no chunk", whole[:headerBlock], "EVTX\n"},
		{"cut in the second record", whole[:at+recordHeader+recordTrailer+len(first)+60], "EVTX\n" + record + "! f: record 2: the record at byte "},
		{"cut behind the second record", whole[:at+2*recordHeader+2*recordTrailer+len(first)+len(second)], "EVTX\n" + record + after + "! f: record 3: the file ends in the middle of a chunk"},
		{"no chunk magic", damage(headerBlock, 'x'), "EVTX\n! f: record 1: a chunk does not begin with ElfChnk; its records are lost\n"},
		{"another version", damage(38, 9), "EVTX\n! f: record 1: EVTX version 9 is not known; export the log again with Windows 7 or later\n"},
		{"no record magic", damage(at, 'x'), "EVTX\n" + after + "! f: record 1: the record at byte 512 of a chunk does not begin as one\n"},
		{"a token that is none", damage(at+recordHeader+4, 0x3f), "EVTX\n" + after + "! f: record 1: record id 1: 0x3f is no token\n"},
		{"a record of 4 GB", damage(at+4, 0xff, 0xff, 0xff, 0xff), "EVTX\n" + after + "! f: record 1: the record at byte 512 of a chunk says it has 4294967295 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := shown(Read("f", bytes.NewReader(c.in), Options{})); !strings.HasPrefix(got, c.want) {
				t.Errorf("got\n%swant\n%s", got, c.want)
			}
		})
	}
}

// A template that says it has four thousand million values, or holds itself, ends as a problem and soon.
func TestEVTXThatClaimsTooMuchIsRefused(t *testing.T) {
	at := chunkHeader + recordHeader
	w := &binaryWriter{base: at}
	w.put([]byte{tokenFragment, 1, 1, 0, tokenTemplate, 1}, uint32(1), uint32(at+4+10), uint32(0), [16]byte{}, uint32(0))
	sizeAt := w.Len() - 4
	w.put([]byte{tokenFragment, 1, 1, 0}, uint8(tokenOpen), uint16(0xffff), uint32(0))
	w.name("Event")
	w.put(uint8(tokenCloseStart), uint8(tokenHole), uint16(0), uint8(typeBinaryXML), uint8(tokenEndElement), uint8(tokenEnd))
	body := w.Len() - sizeAt - 4
	w.put(uint32(0xffffffff))
	data := w.Bytes()
	binary.LittleEndian.PutUint32(data[sizeAt:], uint32(body))
	if got := shown(Read("f", bytes.NewReader(evtxFile(data)), Options{})); !strings.Contains(got, "says it has 4294967295 values") {
		t.Error(got)
	}
}

func TestRandomBytesNeverPanic(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	whole := evtxFile(plainRecord(chunkHeader+recordHeader, "a"))
	for range 3000 {
		data := bytes.Clone(whole[:headerBlock+1024])
		for range 1 + random.IntN(8) {
			data[headerBlock+random.IntN(1024)] = byte(random.Uint32())
		}
		drain(data)
	}
	for range 300 {
		data := make([]byte, random.IntN(5000))
		for i := range data {
			data[i] = byte(random.Uint32())
		}
		drain(data)
	}
}

func drain(data []byte) (records, broken int) {
	s := Read("f", bytes.NewReader(data), Options{Limits: Limits{Record: 1 << 16}})
	for range s.Records() {
		records++
	}
	return records, s.Broken
}
