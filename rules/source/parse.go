package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"sort"
	"strings"

	"gopkg.in/yaml.v3"
)

// Limits bound what one file may cost. The zero value of a field means its default.
type Limits struct {
	Bytes int // size of a file; default 4 MiB, some 400 times the largest published rule
	Depth int // nesting of collections; default 64
	Nodes int // nodes of one document after alias expansion; default 100,000

	Documents int // documents of a file; default 5,000, more than all published rules together
}

// The default limits are those of check limit-exceeded in the catalogue.
const (
	defaultBytes = 4 << 20
	defaultDepth = 64
	defaultNodes = 100_000

	defaultDocuments = 5_000
)

func (l Limits) orDefault() Limits {
	if l.Bytes == 0 {
		l.Bytes = defaultBytes
	}
	if l.Depth == 0 {
		l.Depth = defaultDepth
	}
	if l.Nodes == 0 {
		l.Nodes = defaultNodes
	}
	if l.Documents == 0 {
		l.Documents = defaultDocuments
	}
	return l
}

// Read parses what r gives, never more than the byte limit. An unreadable or oversized input gives a File without
// documents and a Problem that says so.
func Read(path string, r io.Reader, limits Limits) *File {
	limits = limits.orDefault()
	data, err := limits.ReadAll(r)
	if err != nil {
		f := newFile(path, nil)
		f.report(Problem{Kind: KindUnreadable, Message: "cannot read the file: " + reason(err)})
		return f
	}
	return Parse(path, data, limits)
}

// usualSize is room for most rules: nine of ten published ones have less.
const usualSize = 4 << 10

// ReadAll reads what r gives, and no more than one byte beyond the limit, which Parse reports.
func (l Limits) ReadAll(r io.Reader) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(usualSize)
	_, err := b.ReadFrom(io.LimitReader(r, int64(l.MaxBytes())+1))
	return b.Bytes(), err
}

// Load opens and parses a file of the file system.
func Load(path string, limits Limits) *File {
	file, err := os.Open(path)
	if err != nil {
		f := newFile(path, nil)
		f.report(Problem{Kind: KindUnreadable, Message: "cannot open the file: " + reason(err)})
		return f
	}
	defer file.Close()
	return Read(path, file, limits)
}

// reason leaves the path out of a file system error: whoever prints the problem names the file.
func reason(err error) string {
	if e := (*os.PathError)(nil); errors.As(err, &e) {
		return e.Err.Error()
	}
	return err.Error()
}

// Parse reads every document of a file. It is total: whatever the bytes are, the result holds what could be read
// and a Problem for everything that could not.
func Parse(path string, data []byte, limits Limits) *File {
	limits = limits.orDefault()
	if len(data) > limits.Bytes {
		f := newFile(path, nil)
		f.report(Problem{
			Kind:    KindLimit,
			Message: fmt.Sprintf("the file is larger than %d bytes", limits.Bytes),
			Help:    "a rule is a few kilobytes; split the file, or name the rule alone",
		})
		return f
	}
	f := newFile(path, data)
	if f.checkEncoding() {
		p := parser{file: f, limits: limits}
		p.documents()
	}
	sort.SliceStable(f.Problems, func(i, j int) bool { return f.Problems[i].Span.Start < f.Problems[j].Span.Start })
	return f
}

type parser struct {
	file   *File
	limits Limits
}

// documents reads the whole stream at once, and only when that fails reads it piece by piece: a syntax error must not
// hide the documents behind it.
func (p *parser) documents() {
	roots, err := decodeAll(p.file.Data, p.limits.Documents+1)
	if err == nil {
		for _, root := range roots {
			if !p.room(p.file.Offset(max(root.Line, 1), 1)) {
				return
			}
			p.add(root, 0)
		}
		p.reportEmpty(len(roots))
		return
	}
	for _, piece := range p.pieces() {
		data := p.file.Data[piece.Start:piece.End]
		firstLine := p.file.LineAt(piece.Start) - 1
		roots, err := decodeAll(data, p.limits.Documents+1)
		for _, root := range roots {
			if !p.room(piece.Start) {
				return
			}
			p.add(root, firstLine)
		}
		if err != nil && !p.room(piece.Start) {
			return
		}
		if err != nil {
			p.file.Documents = append(p.file.Documents, &Document{
				Index: len(p.file.Documents), Span: piece, Broken: true,
			})
			p.file.report(p.locate(piece, err))
		}
	}
}

// room reports whether one more document may be read. Where none may, the problem says from where on the file is not read.
func (p *parser) room(from int) bool {
	if len(p.file.Documents) < p.limits.Documents {
		return true
	}
	p.file.report(Problem{
		Kind: KindLimit, Span: Span{from, min(from+1, len(p.file.Data))},
		Message: fmt.Sprintf("more than %d documents in one file; from here on they are not read", p.limits.Documents),
		Help:    "split the file: rules are usually kept one to a file",
	})
	return false
}

// pieces cuts the file before each `---` line. In a block scalar or a quoted value at column 1 that is a document
// marker for YAML too.
func (p *parser) pieces() []Span {
	var pieces []Span
	start := p.file.starts[0]
	for n := 2; n <= p.file.Lines(); n++ {
		line := p.file.LineSpan(n)
		if isDocumentStart(p.file.Data[line.Start:line.End]) {
			pieces = append(pieces, Span{start, line.Start})
			start = line.Start
		}
	}
	return append(pieces, Span{start, len(p.file.Data)})
}

func isDocumentStart(line []byte) bool {
	return bytes.HasPrefix(line, []byte("---")) && (len(line) == 3 || line[3] == ' ' || line[3] == '\t')
}

// decodeAll gives the document nodes of a stream up to its first error, no more than most.
func decodeAll(data []byte, most int) (roots []*yaml.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("yaml: the YAML library failed: %v", r)
		}
	}()
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	for len(roots) < most {
		node := new(yaml.Node)
		if err := decoder.Decode(node); err != nil {
			if errors.Is(err, io.EOF) {
				return roots, nil
			}
			return roots, err
		}
		roots = append(roots, node)
	}
	return roots, nil
}

// WellFormed reports that data is YAML without a syntax error. It costs a fraction of Parse, which searches for the place of an error.
func WellFormed(data []byte) bool {
	_, err := decodeAll(data, math.MaxInt)
	return err == nil
}

// reportEmpty warns about a file without any document.
func (p *parser) reportEmpty(documents int) {
	if documents > 0 {
		return
	}
	p.file.report(Problem{
		Kind:    KindEmptyDocument,
		Span:    Span{p.file.starts[0], p.file.starts[0]},
		Message: "the file holds no document",
		Help:    "write a rule into it, or remove the file",
	})
}

// add turns one yaml.v3 document into nodes of ours. firstLine is the number of lines before the decoded piece.
func (p *parser) add(root *yaml.Node, firstLine int) {
	doc := &Document{Index: len(p.file.Documents)}
	p.file.Documents = append(p.file.Documents, doc)
	if len(root.Content) == 0 {
		return
	}
	top := root.Content[0]
	c := converter{file: p.file, limits: p.limits, firstLine: firstLine}
	if count, plain := c.count(top, 0, 0); plain {
		c.room = make([]Node, count)
	} else if problem, ok := c.bounded(top, 0); !ok {
		doc.Broken = true
		doc.Span = problem.Span
		p.file.report(problem)
		return
	}
	doc.Root = c.node(top)
	doc.Span = doc.Root.Span
	if doc.Root.IsNull() {
		p.file.report(Problem{
			Kind: KindEmptyDocument, Span: doc.Root.Span,
			Message: "the document is empty",
			Help:    "remove the extra `---`",
			Fix:     p.file.removeMarker(doc.Root.Span),
		})
		doc.Root = nil
		return
	}
}

// removeMarker is the fix that takes the `---` line of an empty document away, nil where something is written in the document.
func (f *File) removeMarker(at Span) *Fix {
	if at.Len() > 0 {
		return nil
	}
	line := f.LineAt(at.Start)
	if line > 1 && f.LineSpan(line).Start == at.Start {
		line-- // the marker of the next document, or the end of the file
	}
	for ; line >= 1; line-- {
		text := strings.TrimRight(f.LineText(line), " \t")
		if text == "---" {
			lines := Span{f.LineSpan(line).Start, len(f.Data)}
			if line < f.Lines() {
				lines.End = f.LineSpan(line + 1).Start
			}
			return &Fix{Title: "remove the `---`", Safe: true, Edits: []Edit{{Span: lines}}}
		}
		if text != "" && !strings.HasPrefix(strings.TrimLeft(text, " "), "#") {
			return nil
		}
	}
	return nil
}

// converter builds our nodes from those of yaml.v3.
type converter struct {
	file      *File
	limits    Limits
	firstLine int
	done      map[*yaml.Node]*Node // anchored nodes, for their aliases
	sizes     map[*yaml.Node]int   // nodes after expansion; growing = -1
	room      []Node               // for the nodes of a document whose number is known
}

// count gives the number of nodes of a document without an alias that is within the limits; false for any other.
func (c *converter) count(n *yaml.Node, depth, before int) (after int, plain bool) {
	after = before + 1
	if n.Kind == yaml.AliasNode || depth > c.limits.Depth || after > c.limits.Nodes {
		return after, false
	}
	for _, child := range n.Content {
		if after, plain = c.count(child, depth+1, after); !plain {
			return after, false
		}
	}
	return after, true
}

// new is room for one more node.
func (c *converter) new() *Node {
	if len(c.room) == 0 {
		return &Node{}
	}
	n := &c.room[0]
	c.room = c.room[1:]
	return n
}

const growing = -1

// bounded checks depth and expanded size before anything walks the tree: an alias bomb costs its source size here.
func (c *converter) bounded(n *yaml.Node, depth int) (Problem, bool) {
	var problem Problem
	c.sizes = map[*yaml.Node]int{}
	var size func(n *yaml.Node, depth int) int
	size = func(n *yaml.Node, depth int) int {
		if problem.Kind != "" {
			return 0
		}
		if depth > c.limits.Depth {
			problem = Problem{
				Kind: KindLimit, Span: c.at(n),
				Message: fmt.Sprintf("nested deeper than %d levels", c.limits.Depth),
				Help:    "no rule needs this depth; look for a stray bracket or an indentation slip",
			}
			return 0
		}
		if known, ok := c.sizes[n]; ok {
			if known == growing {
				problem = Problem{
					Kind: KindSyntax, Span: c.at(n),
					Message: fmt.Sprintf("anchor `%s` contains itself", Shorten(n.Anchor)),
					Help:    "write the value out instead of the alias",
				}
			}
			return known
		}
		c.sizes[n] = growing
		total := 1
		if n.Kind == yaml.AliasNode && n.Alias != nil {
			total += size(n.Alias, depth+1)
		}
		for _, child := range n.Content {
			total += size(child, depth+1)
			if total > c.limits.Nodes && problem.Kind == "" {
				problem = Problem{
					Kind: KindLimit, Span: c.at(child),
					Message: fmt.Sprintf("more than %d nodes in one document after expanding aliases", c.limits.Nodes),
					Help:    "write fewer values, or split the rule",
				}
			}
		}
		c.sizes[n] = total
		return total
	}
	size(n, depth)
	return problem, problem.Kind == ""
}

// at is the first byte of a node as a span, for problems found before extents are known.
func (c *converter) at(n *yaml.Node) Span {
	o := c.offset(n)
	return Span{o, min(o+1, len(c.file.Data))}
}

func (c *converter) offset(n *yaml.Node) int { return c.file.Offset(n.Line+c.firstLine, n.Column) }

// node converts one node. bounded has run: there is no cycle and no bomb.
func (c *converter) node(n *yaml.Node) *Node {
	if n.Kind == yaml.AliasNode {
		return c.alias(n)
	}
	if done, ok := c.done[n]; ok {
		return done
	}
	out := c.new()
	*out = Node{
		file: c.file, Tag: n.ShortTag(), Value: n.Value, Anchor: n.Anchor,
		Explicit: n.Style&yaml.TaggedStyle != 0,
		Flow:     n.Style&yaml.FlowStyle != 0,
		Style:    styleOf(n.Style),
	}
	start := c.offset(n)
	if n.Anchor != "" || out.Explicit {
		start = c.file.skipProperties(start)
	}
	switch n.Kind {
	case yaml.ScalarNode:
		out.Kind = Scalar
		c.file.place(out, start)
	case yaml.MappingNode:
		out.Kind = Map
		c.entries(out, n)
		c.file.enclose(out, start)
	case yaml.SequenceNode:
		out.Kind = List
		out.Items = make([]*Node, 0, len(n.Content))
		for _, child := range n.Content {
			out.Items = append(out.Items, c.node(child))
		}
		c.file.enclose(out, start)
	}
	if n.Anchor != "" {
		if c.done == nil {
			c.done = map[*yaml.Node]*Node{}
		}
		c.done[n] = out
	}
	return out
}

// alias is a copy of its target that stands where the alias stands.
func (c *converter) alias(n *yaml.Node) *Node {
	target := c.node(n.Alias)
	out := *target
	out.Alias, out.Anchor = target, ""
	start := c.offset(n)
	out.Span = Span{start, min(start+1+len(n.Value), len(c.file.Data))}
	out.unmapped = true // its value stands at the anchor, not here
	return &out
}

func styleOf(s yaml.Style) Style {
	switch {
	case s&yaml.DoubleQuotedStyle != 0:
		return DoubleQuoted
	case s&yaml.SingleQuotedStyle != 0:
		return SingleQuoted
	case s&yaml.LiteralStyle != 0:
		return Literal
	case s&yaml.FoldedStyle != 0:
		return Folded
	}
	return Plain
}

// entries converts the keys of a map, expands merge keys and finds duplicates.
func (c *converter) entries(out *Node, n *yaml.Node) {
	var merged []*Node
	first := keysOf(len(n.Content) / 2)
	if len(n.Content) > 0 {
		out.Entries = make([]Entry, 0, len(n.Content)/2)
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := c.node(n.Content[i]), c.node(n.Content[i+1])
		if key.Tag == TagMerge && key.Kind == Scalar {
			merged = append(merged, value)
			continue
		}
		c.checkKey(key)
		if before := first.find(key.Value); before != nil && key.Kind == Scalar {
			c.file.report(Problem{
				Kind: KindDuplicateKey, Span: key.Span,
				Message: fmt.Sprintf("`%s` occurs twice in this map; engines keep only one of them", Shorten(key.Value)),
				Help:    "merge both into one key, or rename one",
				Related: []Related{{before.Span, "first used here"}},
			})
		} else {
			first.add(key)
		}
		out.Entries = append(out.Entries, Entry{Key: key, Value: value})
	}
	for _, source := range merged {
		maps := []*Node{source}
		if source.Kind == List {
			maps = source.Items
		}
		for _, m := range maps {
			for _, e := range m.Entries {
				if first.find(e.Key.Value) != nil {
					continue // the map's own key wins, as the YAML merge type says
				}
				first.add(e.Key)
				out.Entries = append(out.Entries, Entry{Key: e.Key, Value: e.Value, Merged: true})
			}
		}
	}
}

// keys are those of a map, each by its first place. Only of many a table is made.
type keys struct {
	list  []*Node
	table map[string]*Node
}

// fewKeys are compared one by one: published rules have no map with more.
const fewKeys = 24

func keysOf(n int) *keys {
	if n > fewKeys {
		return &keys{table: make(map[string]*Node, n)}
	}
	return &keys{list: make([]*Node, 0, n)}
}

func (k *keys) find(key string) *Node {
	if k.table != nil {
		return k.table[key]
	}
	for _, n := range k.list {
		if n.Value == key {
			return n
		}
	}
	return nil
}

// add makes a key the last with its name.
func (k *keys) add(key *Node) {
	if k.table == nil && len(k.list) < fewKeys {
		for i, n := range k.list {
			if n.Value == key.Value {
				k.list[i] = key
				return
			}
		}
		k.list = append(k.list, key)
		return
	}
	if k.table == nil {
		k.table = make(map[string]*Node, 2*fewKeys)
		for _, n := range k.list {
			k.table[n.Value] = n
		}
	}
	k.table[key.Value] = key
}

// checkKey reports keys that other readers would not take as text.
func (c *converter) checkKey(key *Node) {
	if key.IsString() {
		return
	}
	text := Shorten(key.Text())
	p := Problem{
		Kind: KindNonStringKey, Span: key.Span,
		Message: fmt.Sprintf("the key `%s` is not text", text),
		Help:    "a key is a name; write a plain word",
	}
	if key.Kind == Scalar {
		p.Message = fmt.Sprintf("the key `%s` is read as %s, not as text", text, typeName(key.Tag))
		p.Help = "quote it: " + Quote(key.Text())
		p.Fix = &Fix{Title: "quote the key", Edits: []Edit{{key.Span, Quote(key.Text())}}}
	}
	c.file.report(p)
}

func typeName(tag string) string {
	switch tag {
	case TagInt, TagFloat:
		return "a number"
	case TagBool:
		return "a boolean"
	case TagNull:
		return "null"
	case TagTimestamp:
		return "a date"
	}
	return "a value of type " + tag
}

// MaxBytes is the size above which a file is not read.
func (l Limits) MaxBytes() int { return l.orDefault().Bytes }
