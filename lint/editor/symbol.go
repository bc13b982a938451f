package editor

import (
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// SymbolKind is what a symbol stands for.
type SymbolKind int

// The kinds.
const (
	DocumentSymbol SymbolKind = iota
	AttributeSymbol
	IdentifierSymbol
	ConditionSymbol
)

// Symbol is a part of a file with a name, for an outline.
type Symbol struct {
	Kind         SymbolKind
	Name, Detail string
	Span, At     source.Span // of the whole part, and of its name
	Children     []Symbol
}

// Symbols are the documents of a file with their keys and identifiers.
func (f File) Symbols() []Symbol {
	var out []Symbol
	for _, d := range f.Rules {
		out = append(out, documentSymbol(d))
	}
	return out
}

func documentSymbol(d rules.Document) Symbol {
	head := d.Base()
	s := Symbol{Kind: DocumentSymbol, Name: head.Title.Value, Span: head.Root.Span, At: head.Anchor()}
	if head.Title.Present() {
		s.At = head.Title.Span()
	}
	if s.Name == "" {
		s.Name = "document without a title"
	}
	all := detections(d)
	switch d := d.(type) {
	case *rules.Rule:
		s.Detail = d.Logsource.String()
	case *rules.Filter:
		s.Detail = "filter for " + d.Logsource.String()
	case *rules.Correlation:
		s.Detail = "correlation"
	}
	for _, e := range head.Root.Entries {
		child := Symbol{Kind: AttributeSymbol, Name: e.Key.Value, Span: e.Span(), At: e.Key.Span}
		if e.Value != nil && e.Value.Kind == source.Scalar {
			child.Detail = cut(firstLine(e.Value.Value), longestLens)
		}
		if all != nil && all.Key != nil && e.Key == all.Key {
			child.Children = identifierSymbols(all)
		}
		s.Children = append(s.Children, child)
	}
	return s
}

func identifierSymbols(all *rules.Detections) []Symbol {
	var out []Symbol
	if all.Node == nil {
		return nil
	}
	for _, e := range all.Node.Entries {
		s := Symbol{Kind: IdentifierSymbol, Name: e.Key.Value, Span: e.Span(), At: e.Key.Span}
		if e.Key.Value == "condition" {
			s.Kind = ConditionSymbol
			if e.Value != nil && e.Value.Kind == source.Scalar {
				s.Detail = cut(firstLine(e.Value.Value), longestLens)
			}
		}
		out = append(out, s)
	}
	return out
}

func firstLine(s string) string {
	for i, c := range s {
		if c == '\n' || c == '\r' {
			return s[:i]
		}
	}
	return s
}
