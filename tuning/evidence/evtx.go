package evidence

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// The EVTX file format: a header block, then chunks of 64 KiB, each with its own strings and templates, each record with the magic ** and its
// size at both ends. Described by the libevtx project ("Windows XML Event Log (EVTX) format") and, for the XML in it, by Microsoft in
// [MS-EVEN6] 2.2.12.
const (
	evtxMagic        = "ElfFile\x00"
	chunkMagic       = "ElfChnk\x00"
	recordMagic      = "\x2a\x2a\x00\x00"
	headerBlock      = 4096
	chunkSize        = 64 << 10
	chunkHeader      = 512
	chunkFree        = 48 // offset of the end of the records in a chunk's header
	recordHeader     = 24
	recordTrailer    = 4
	supportedVersion = 3
)

// readEVTX reads chunk by chunk. A damaged record costs itself, a damaged chunk its records.
func readEVTX(t *text, _ int, emit emit) error {
	head := make([]byte, headerBlock)
	if _, err := io.ReadFull(t, head); err != nil {
		return endOf(err, 0, emit)
	}
	if major := binary.LittleEndian.Uint16(head[38:]); major != supportedVersion {
		emit(nil, 0, fmt.Errorf("EVTX version %d is not known; export the log again with Windows 7 or later", major))
		return nil
	}
	if size := int64(binary.LittleEndian.Uint16(head[40:])); size > headerBlock {
		if _, err := io.CopyN(io.Discard, t, size-headerBlock); err != nil {
			return endOf(err, 0, emit)
		}
	}
	data := make([]byte, chunkSize)
	for {
		n, err := io.ReadFull(t, data)
		if errors.Is(err, io.EOF) {
			return nil
		}
		truncated := errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !truncated {
			return endOf(err, 0, emit)
		}
		if !readChunk(data[:n], emit) {
			return nil
		}
		if truncated {
			if n < chunkHeader || !allZero(data[:n]) {
				emit(nil, 0, fmt.Errorf("the file ends in the middle of a chunk, after %d of %d bytes", n, chunkSize))
			}
			return nil
		}
	}
}

func allZero(data []byte) bool { return len(bytes.Trim(data, "\x00")) == 0 }

// readChunk reads the records of one chunk, which may be cut short.
func readChunk(data []byte, emit emit) bool {
	if len(data) < chunkHeader || allZero(data[:len(chunkMagic)]) { // space that was set aside and never used
		return true
	}
	if !bytes.HasPrefix(data, []byte(chunkMagic)) {
		return emit(nil, 0, errors.New("a chunk does not begin with ElfChnk; its records are lost"))
	}
	end := int(binary.LittleEndian.Uint32(data[chunkFree:]))
	if end < chunkHeader || end > chunkSize {
		end = chunkSize
	}
	end = min(end, len(data))
	c := &chunk{data: data, templates: map[int]*template{}}
	for at := chunkHeader; at+recordHeader <= end; {
		if string(data[at:at+len(recordMagic)]) != recordMagic {
			next := bytes.Index(data[at:end], []byte(recordMagic))
			if next < 0 {
				return allZero(data[at:end]) || emit(nil, 0, fmt.Errorf("what follows byte %d of a chunk is no record", at))
			}
			if !emit(nil, 0, fmt.Errorf("the record at byte %d of a chunk does not begin as one", at)) {
				return false
			}
			at += next
			continue
		}
		size := int(binary.LittleEndian.Uint32(data[at+4:]))
		if size < recordHeader+recordTrailer || at+size > len(data) {
			if !emit(nil, 0, fmt.Errorf("the record at byte %d of a chunk says it has %d bytes; there are %d", at, size, len(data)-at)) {
				return false
			}
			at += len(recordMagic)
			continue
		}
		root, err := c.record(at+recordHeader, at+size-recordTrailer)
		var fields map[string]any
		if err == nil {
			fields = map[string]any{"Event": root.value(0)}
		} else {
			err = fmt.Errorf("record id %d: %w", binary.LittleEndian.Uint64(data[at+8:]), err)
		}
		if !emit(fields, 0, err) {
			return false
		}
		at += size
	}
	return true
}
