package evidence

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// Types of values in binary XML ([MS-EVEN6] 2.2.12). The bit arrayType makes it a list.
const (
	typeNull       = 0x00
	typeString     = 0x01
	typeANSI       = 0x02
	typeBinary     = 0x0e
	typeGUID       = 0x0f
	typeSize       = 0x10
	typeFileTime   = 0x11
	typeSystemTime = 0x12
	typeSID        = 0x13
	typeHex32      = 0x14
	typeHex64      = 0x15
	typeBinaryXML  = 0x21
	arrayType      = 0x80
)

// numberType is how a fixed-size type is decoded; size is in bytes.
type numberType struct {
	size   int
	decode func(b []byte) any
}

func integer[T int8 | int16 | int32 | int64](v T) any {
	return json.Number(strconv.FormatInt(int64(v), 10))
}

func natural[T uint8 | uint16 | uint32 | uint64](v T) any {
	return json.Number(strconv.FormatUint(uint64(v), 10))
}

func real64(f float64) any {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return fmt.Sprint(f)
	}
	return json.Number(strconv.FormatFloat(f, 'g', -1, 64))
}

var le = binary.LittleEndian

// numberTypes decode as Windows' own rendering: hexadecimal types keep `0x`, which rules write too.
var numberTypes = map[byte]numberType{
	0x03:         {1, func(b []byte) any { return integer(int8(b[0])) }},
	0x04:         {1, func(b []byte) any { return natural(b[0]) }},
	0x05:         {2, func(b []byte) any { return integer(int16(le.Uint16(b))) }},
	0x06:         {2, func(b []byte) any { return natural(le.Uint16(b)) }},
	0x07:         {4, func(b []byte) any { return integer(int32(le.Uint32(b))) }},
	0x08:         {4, func(b []byte) any { return natural(le.Uint32(b)) }},
	0x09:         {8, func(b []byte) any { return integer(int64(le.Uint64(b))) }},
	0x0a:         {8, func(b []byte) any { return natural(le.Uint64(b)) }},
	0x0b:         {4, func(b []byte) any { return real64(float64(math.Float32frombits(le.Uint32(b)))) }},
	0x0c:         {8, func(b []byte) any { return real64(math.Float64frombits(le.Uint64(b))) }},
	0x0d:         {4, func(b []byte) any { return le.Uint32(b) != 0 }},
	typeGUID:     {16, func(b []byte) any { return guid(b) }},
	typeFileTime: {8, func(b []byte) any { return fileTime(le.Uint64(b)) }},
	typeSystemTime: {16, func(b []byte) any {
		return time.Date(int(le.Uint16(b)), time.Month(le.Uint16(b[2:])), int(le.Uint16(b[6:])), int(le.Uint16(b[8:])), int(le.Uint16(b[10:])),
			int(le.Uint16(b[12:])), int(le.Uint16(b[14:]))*int(time.Millisecond), time.UTC).Format(timeForm)
	}},
	typeHex32: {4, func(b []byte) any { return fmt.Sprintf("0x%x", le.Uint32(b)) }},
	typeHex64: {8, func(b []byte) any { return fmt.Sprintf("0x%x", le.Uint64(b)) }},
}

// timeForm is how times are written in the JSON of other EVTX tools.
const timeForm = "2006-01-02T15:04:05.000000Z"

// epochDifference is from 1601, where Windows counts from, to 1970, in 100 ns.
const epochDifference = 116444736000000000

func fileTime(t uint64) string {
	ticks := int64(t) - epochDifference
	return time.Unix(ticks/1e7, ticks%1e7*100).UTC().Format(timeForm)
}

func guid(b []byte) string {
	return fmt.Sprintf("%08X-%04X-%04X-%X-%X", le.Uint32(b), le.Uint16(b[4:]), le.Uint16(b[6:]), b[8:10], b[10:16])
}

// binaryValue decodes a value. Data that does not fit its type is shown in hexadecimal rather than dropped.
func binaryValue(kind byte, data []byte) any {
	if kind&arrayType != 0 {
		return list(kind&^arrayType, data)
	}
	switch kind {
	case typeNull:
		return nil
	case typeString:
		return utf16Text(data)
	case typeANSI:
		return ansiText(data)
	case typeSID:
		return sid(data)
	case typeSize:
		switch len(data) {
		case 4:
			kind = typeHex32
		case 8:
			kind = typeHex64
		}
	}
	if t, ok := numberTypes[kind]; ok && len(data) >= t.size {
		return t.decode(data)
	}
	return strings.ToUpper(hex.EncodeToString(data))
}

func list(kind byte, data []byte) any {
	out := []any{}
	switch t, fixed := numberTypes[kind]; {
	case kind == typeString:
		for _, s := range strings.Split(strings.TrimSuffix(string(utf16.Decode(units(data))), "\x00"), "\x00") {
			out = append(out, s)
		}
	case fixed:
		for ; len(data) >= t.size; data = data[t.size:] {
			out = append(out, t.decode(data))
		}
	default:
		return strings.ToUpper(hex.EncodeToString(data))
	}
	return out
}

func units(data []byte) []uint16 {
	out := make([]uint16, len(data)/2)
	for i := range out {
		out[i] = le.Uint16(data[2*i:])
	}
	return out
}

// utf16Text decodes up to the nulls that fill the end.
func utf16Text(data []byte) string {
	return strings.TrimRight(string(utf16.Decode(units(data))), "\x00")
}

// ansiText reads Latin-1: the code page of the machine that wrote it is not in the file.
func ansiText(data []byte) string {
	out := make([]rune, 0, len(data))
	for _, b := range data {
		out = append(out, rune(b))
	}
	return strings.TrimRight(string(out), "\x00")
}

// sid writes a security identifier: revision, authority in six bytes, and a list of parts.
func sid(b []byte) any {
	const head = 8
	if len(b) < head || len(b) < head+4*int(b[1]) {
		return strings.ToUpper(hex.EncodeToString(b))
	}
	authority := uint64(0)
	for _, x := range b[2:head] {
		authority = authority<<8 | uint64(x)
	}
	var out strings.Builder
	fmt.Fprintf(&out, "S-%d-%d", b[0], authority)
	for i := range int(b[1]) {
		fmt.Fprintf(&out, "-%d", le.Uint32(b[head+4*i:]))
	}
	return out.String()
}
