package recover

// keyset is the keys of a map so far.
type keyset struct {
	key  string
	next *keyset
}

// frame is an open map or list. Frames never change; a map with one more key is a new frame.
type frame struct {
	up    *frame
	place place
	name  string // the key it stands under
	col   int    // of its keys or dashes
	keys  *keyset
	rank  int // root: the order of the last known key
	shape byte
	depth int
}

// maxDepth bounds the nesting. A rule needs 5 levels: detection, identifier, list entry, field, values.
const maxDepth = 8

// open is a new frame below f.
func (f *frame) open(at place, name string, col int) *frame {
	return &frame{up: f, place: at, name: name, col: col, depth: f.depth + 1}
}

// What a list holds, by its first entry.
const (
	shapeUnknown byte = iota
	shapeScalars
	shapeMaps
)

func (f *frame) has(key string) bool {
	for k := f.keys; k != nil; k = k.next {
		if k.key == key {
			return true
		}
	}
	return false
}

func (f *frame) isList() bool {
	switch f.place {
	case fieldMaps, values, texts, relations, customList:
		return true
	}
	return false
}

// inDetection is the frame of identifiers around f, or f itself when there is none.
func (f *frame) inDetection() *frame {
	for g := f; g != nil; g = g.up {
		if g.place == identifiers || g.place == filterKeys {
			return g
		}
	}
	return f
}

// mode is what a hypothesis is in the middle of.
type mode uint8

const (
	between mode = iota
	inPlain
	inBlock
	inQuote
	inFlow
)

// pending is a key or a dash without a value so far.
type pending struct {
	open bool
	at   place
	key  string
	col  int // of the key, or of what would follow the dash
	dash bool
	list place // dash: the list it belongs to
}

// step is one line put somewhere.
type step struct {
	before *step
	line   int
	col    int
	text   bool // the line is text of a block, a quote or a plain value
	place  place
	parent string // the key that the line stands under
}

// hypothesis is one way to read the lines so far.
type hypothesis struct {
	top     *frame
	pending pending
	mode    mode
	textCol int // column of the text that goes on
	open    scan
	cost    int
	last    *step
	lead    int // of the last structural line
	col     int
}
