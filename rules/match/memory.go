package match

import "strings"

// memory is where a Reader keeps the texts that it makes of its events: what was written with escapes, and what was folded. It belongs to one
// goroutine. Nothing is ever written over, so that the texts live as long as anybody holds them.
type memory struct {
	chunk  strings.Builder
	held   []byte   // for texts on their way to the chunk
	folded []string // of the current event
}

const (
	chunkLength = 64 << 10        // some fifty events
	ownChunk    = chunkLength / 8 // texts from here on are allocated alone, so that little of a chunk is left unused
)

// forget begins another event.
func (m *memory) forget() { m.folded = m.folded[:0] }

// keep makes a text of what is held.
func (m *memory) keep() string {
	if len(m.held) >= ownChunk {
		text := string(m.held)
		m.held = nil
		return text
	}
	if m.chunk.Cap()-m.chunk.Len() < len(m.held) {
		m.chunk.Reset()
		m.chunk.Grow(chunkLength)
	}
	from := m.chunk.Len()
	m.chunk.Write(m.held)
	return m.chunk.String()[from:]
}

func (m *memory) unescape(s string) string {
	m.held = appendUnescaped(m.held[:0], s)
	return m.keep()
}

// fold is where the folded form of a text without one stands until the next event.
func (m *memory) fold(s string) *string {
	m.held = appendFolded(m.held[:0], s)
	m.folded = append(m.folded, m.keep())
	return &m.folded[len(m.folded)-1]
}
