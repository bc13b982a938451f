package evidence

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// chunk is the text that the binary XML of its records points into.
type chunk struct {
	data      []byte
	templates map[int]*template // by their offset in the chunk
	budget    int               // elements that the current record may still have
}

// maxElements bounds the elements of one record; templates inside templates could multiply. The largest records of the published logs have
// some 300.
const maxElements = 1 << 14

// part is a piece of content: text, an element, or a hole that a value of the record fills.
type part struct {
	text  any
	child *pattern
	hole  int // index of the value, when isHole
	kind  partKind
}

type partKind uint8

const (
	textPart partKind = iota
	childPart
	holePart
)

// pattern is an element with holes.
type pattern struct {
	name       string
	attributes []holed
	content    []part
}

type holed struct {
	name  string
	parts []part
}

// template is what many records share.
type template struct {
	root *pattern
	end  int // behind it in the chunk
}

// cursor reads from a range of a chunk. After the first fault it reads zeros, and err tells.
type cursor struct {
	*chunk
	at, end int
	err     error
}

var errShort = errors.New("it ends in the middle of a value")

func (c *cursor) fail(err error) {
	if c.err == nil {
		c.err = err
	}
	c.at = c.end
}

func (c *cursor) bytes(n int) []byte {
	if n < 0 || c.at+n > c.end {
		c.fail(errShort)
		return nil
	}
	out := c.data[c.at : c.at+n]
	c.at += n
	return out
}

func (c *cursor) u8() int {
	if b := c.bytes(1); b != nil {
		return int(b[0])
	}
	return 0
}

func (c *cursor) u16() int {
	if b := c.bytes(2); b != nil {
		return int(binary.LittleEndian.Uint16(b))
	}
	return 0
}

func (c *cursor) u32() int {
	if b := c.bytes(4); b != nil {
		return int(binary.LittleEndian.Uint32(b))
	}
	return 0
}

func (c *cursor) peek() int {
	if c.at >= c.end {
		return -1
	}
	return int(c.data[c.at])
}

// Tokens of binary XML ([MS-EVEN6] 2.2.12). The bit moreData says that attributes, or more content, follow.
const (
	tokenEnd             = 0x00
	tokenOpen            = 0x01
	tokenCloseStart      = 0x02
	tokenCloseEmpty      = 0x03
	tokenEndElement      = 0x04
	tokenValue           = 0x05
	tokenAttribute       = 0x06
	tokenCDATA           = 0x07
	tokenCharacter       = 0x08
	tokenEntity          = 0x09
	tokenInstructionName = 0x0a
	tokenInstructionData = 0x0b
	tokenTemplate        = 0x0c
	tokenHole            = 0x0d
	tokenOptionalHole    = 0x0e
	tokenFragment        = 0x0f
	moreData             = 0x40
)

// record reads the fragment of one record and fills its template.
func (c *chunk) record(at, end int) (*element, error) {
	c.budget = maxElements
	return c.fragment(at, end, 0)
}

// fragment reads what stands in a record or in a value of type binary XML: a template with its values, or plain elements.
func (c *chunk) fragment(at, end, depth int) (*element, error) {
	if depth > maxDepth {
		return nil, errDepth
	}
	in := &cursor{chunk: c, at: at, end: end}
	for in.err == nil {
		switch token := in.peek(); token {
		case tokenFragment:
			in.bytes(4) // the token, the version twice, flags
		case tokenTemplate:
			return in.instance(depth)
		case tokenOpen, tokenOpen | moreData:
			p := in.element(false, depth)
			if in.err != nil {
				return nil, in.err
			}
			return c.fill(p, nil, depth)
		case -1, tokenEnd:
			return nil, errors.New("it holds no element")
		default:
			return nil, fmt.Errorf("0x%02x is no token", token)
		}
	}
	return nil, in.err
}

// instance reads a template, here or where it was first used, and the values for it.
func (c *cursor) instance(depth int) (*element, error) {
	c.bytes(2) // token, version
	c.u32()    // id; the offset identifies a template just as well, ids repeat
	offset := c.u32()
	if c.err != nil {
		return nil, c.err
	}
	t := c.templates[offset]
	if t == nil || offset == c.at {
		var err error
		if t, err = c.template(offset); err != nil {
			return nil, err
		}
		c.templates[offset] = t
	}
	if offset == c.at {
		c.at = t.end
	}
	values, err := c.values(depth)
	if err != nil {
		return nil, err
	}
	return c.fill(t.root, values, depth)
}

// templateHead is the offset of the next template, a GUID and the size.
const templateHead = 4 + 16 + 4

func (c *chunk) template(offset int) (*template, error) {
	if offset < chunkHeader || offset+templateHead > len(c.data) {
		return nil, fmt.Errorf("its template would stand at byte %d of the chunk", offset)
	}
	size := int(binary.LittleEndian.Uint32(c.data[offset+templateHead-4:]))
	start := offset + templateHead
	if size > len(c.data)-start {
		return nil, fmt.Errorf("its template says it has %d bytes", size)
	}
	in := &cursor{chunk: c, at: start, end: start + size}
	if in.peek() == tokenFragment {
		in.bytes(4)
	}
	if token := in.peek() &^ moreData; token != tokenOpen {
		return nil, errors.New("its template begins with no element")
	}
	root := in.element(true, 0)
	return &template{root, start + size}, in.err
}

// value of a record, decoded when a hole asks for it.
type slot struct {
	kind byte
	data []byte
	at   int
}

func (c *cursor) values(depth int) ([]any, error) {
	n := c.u32()
	if c.err == nil && n > (c.end-c.at)/4 { // four bytes of each are in the list
		return nil, fmt.Errorf("it says it has %d values", n)
	}
	slots := make([]slot, n)
	sizes := make([]int, n)
	for i := range slots {
		sizes[i] = c.u16()
		slots[i].kind = byte(c.u8())
		c.u8()
	}
	for i := range slots {
		slots[i].at = c.at
		slots[i].data = c.bytes(sizes[i])
	}
	if c.err != nil {
		return nil, c.err
	}
	out := make([]any, n)
	for i, s := range slots {
		if s.kind == typeBinaryXML {
			if len(s.data) == 0 {
				continue
			}
			inner, err := c.fragment(s.at, s.at+len(s.data), depth+1)
			if err != nil {
				return nil, err
			}
			out[i] = inner
			continue
		}
		out[i] = binaryValue(s.kind, s.data)
	}
	return out, nil
}

// name reads a name, which stands at an offset of the chunk: often right here.
func (c *cursor) name() string {
	offset := c.u32()
	if c.err != nil {
		return ""
	}
	in := &cursor{chunk: c.chunk, at: offset, end: len(c.data)}
	in.bytes(4 + 2) // the next name with the same hash, the hash
	text := utf16Text(in.bytes(2 * in.u16()))
	in.bytes(2) // a null
	if in.err != nil {
		c.fail(fmt.Errorf("a name would stand at byte %d of the chunk", offset))
		return ""
	}
	if offset == c.at {
		c.at = in.at
	}
	return text
}

// element reads an element from its opening token to its end. Those of templates have a dependency identifier.
func (c *cursor) element(inTemplate bool, depth int) *pattern {
	if depth > maxDepth {
		c.fail(errDepth)
	}
	token := c.u8()
	if inTemplate {
		c.u16() // the dependency identifier
	}
	c.u32() // the size
	p := &pattern{name: c.name()}
	if token&moreData != 0 {
		c.u32() // the size of the attributes
		for c.err == nil && c.peek()&^moreData == tokenAttribute && c.peek() > 0 {
			c.u8()
			p.attributes = append(p.attributes, holed{c.name(), c.content()})
		}
	}
	switch token := c.u8(); token {
	case tokenCloseEmpty:
		return p
	case tokenCloseStart:
	default:
		c.fail(fmt.Errorf("0x%02x stands where the start of `%s` should end", token, p.name))
		return p
	}
	for c.err == nil {
		p.content = append(p.content, c.content()...)
		switch c.peek() {
		case tokenOpen, tokenOpen | moreData:
			p.content = append(p.content, part{kind: childPart, child: c.element(inTemplate, depth+1)})
		case tokenEndElement:
			c.u8()
			return p
		default:
			if c.err == nil {
				c.fail(fmt.Errorf("0x%02x is no token of the content of `%s`", max(c.peek(), 0), p.name))
			}
		}
	}
	return p
}

// content reads text and holes up to the next other token.
func (c *cursor) content() []part {
	var out []part
	for c.err == nil {
		switch token := c.peek(); token {
		case tokenValue, tokenValue | moreData:
			c.u8()
			kind := c.u8()
			if kind != typeString {
				c.fail(fmt.Errorf("a text has the type 0x%02x", kind))
			}
			out = append(out, part{text: utf16Text(c.bytes(2 * c.u16()))})
		case tokenCDATA, tokenCDATA | moreData:
			c.u8()
			out = append(out, part{text: utf16Text(c.bytes(2 * c.u16()))})
		case tokenCharacter, tokenCharacter | moreData:
			c.u8()
			out = append(out, part{text: string(rune(c.u16()))})
		case tokenEntity, tokenEntity | moreData:
			c.u8()
			name := c.name()
			text, known := entities[name]
			if !known {
				text = "&" + name + ";"
			}
			out = append(out, part{text: text})
		case tokenInstructionName:
			c.u8()
			c.name()
		case tokenInstructionData:
			c.u8()
			c.bytes(2 * c.u16())
		case tokenHole, tokenOptionalHole:
			c.u8()
			out = append(out, part{kind: holePart, hole: c.u16()})
			c.u8() // the type; the value has its own
		default:
			return out
		}
	}
	return out
}

var entities = map[string]string{"amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'"}

// fill makes the element of a record from a pattern and its values.
func (c *chunk) fill(p *pattern, values []any, depth int) (*element, error) {
	if c.budget--; c.budget < 0 {
		return nil, fmt.Errorf("it has more than %d elements", maxElements)
	}
	if depth > maxDepth {
		return nil, errDepth
	}
	e := &element{name: p.name, weight: 1}
	for _, a := range p.attributes {
		if v := join(a.parts, values); v != nil {
			e.attributes = append(e.attributes, attribute{a.name, v})
		}
	}
	var texts []part
	for _, x := range p.content {
		switch {
		case x.kind == childPart:
			child, err := c.fill(x.child, values, depth+1)
			if err != nil {
				return nil, err
			}
			e.children = append(e.children, child)
			e.weight += child.weight
		case x.kind == holePart && x.hole < len(values):
			if inner, ok := values[x.hole].(*element); ok {
				e.children = append(e.children, inner)
				e.weight += inner.weight
				continue
			}
			texts = append(texts, x)
		default:
			texts = append(texts, x)
		}
	}
	if e.weight > maxElements { // one value in several holes is counted for each
		return nil, fmt.Errorf("it has more than %d elements", maxElements)
	}
	e.text = join(texts, values)
	return e, nil
}

// join is the value of a content: that of a single hole with its type, else text.
func join(parts []part, values []any) any {
	if len(parts) == 1 {
		return parts[0].value(values)
	}
	var out any
	for _, p := range parts {
		if v := p.value(values); v != nil {
			before, _ := out.(string)
			out = before + fmt.Sprint(v)
		}
	}
	return out
}

func (p part) value(values []any) any {
	if p.kind != holePart {
		return p.text
	}
	if p.hole >= len(values) {
		return nil
	}
	if _, isElement := values[p.hole].(*element); isElement {
		return nil
	}
	return values[p.hole]
}
