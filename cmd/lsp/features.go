package lsp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/sigtune/sigtune/lint/editor"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// editorFile is the parsed document for package editor.
func (s *snapshot) editorFile() editor.File { return editor.File{File: s.file(), Rules: s.rules()} }

func (s *snapshot) world() editor.World {
	return editor.World{Checks: s.settings.all, Taxonomy: s.settings.taxonomy, Domains: s.settings.domains}
}

func (s *snapshot) location(span source.Span) location {
	return location{s.uri, s.text.textRange(span)}
}

// hover answers nil where there is nothing to say. It does not wait for proofs that are not there yet: those findings have their own message.
func (s *snapshot) hover(offset int) (*hover, error) {
	if !s.linted() {
		return nil, nil
	}
	note, ok := s.world().Hover(s.editorFile(), s.present(), offset)
	if !ok {
		return nil, nil
	}
	return &hover{markdown(note.Markdown), s.text.textRange(note.Span)}, nil
}

// completionKinds are the signs that editors draw.
var completionKinds = map[editor.ProposalKind]int{
	editor.KeyProposal: 10, editor.WordProposal: 20, editor.FieldProposal: 5, editor.ModifierProposal: 24, editor.IdentifierProposal: 6,
	editor.OperatorProposal: 14, editor.TagProposal: 21,
}

func (s *snapshot) completion(offset int) (completionList, error) {
	list := completionList{Items: []completionItem{}}
	if s.isConfiguration() || s.path != "" && s.settings.leftOut(s.path) {
		return list, nil
	}
	for i, p := range s.world().Complete(s.text.data, offset) {
		item := completionItem{
			Label: p.Label, Kind: completionKinds[p.Kind], Detail: p.Detail, SortText: fmt.Sprintf("%05d", i), FilterText: p.Filter,
			TextEdit: &textEdit{s.text.textRange(p.Span), p.Text},
		}
		if p.Text == "" {
			item.TextEdit.NewText = p.Label
		}
		list.IsIncomplete = list.IsIncomplete || p.Kind == editor.TagProposal
		list.Items = append(list.Items, item)
	}
	return list, nil
}

func (s *snapshot) definition(offset int) ([]location, error) {
	out := []location{}
	for _, span := range s.editorFile().Definitions(offset) {
		out = append(out, s.location(span))
	}
	return out, nil
}

func (s *server) references(raw json.RawMessage) (work, error) {
	var p referenceParams
	snap, err := s.decoded(raw, &p, &p.TextDocument)
	if err != nil {
		return nil, err
	}
	return func(context.Context) (any, error) {
		out := []location{}
		for _, span := range snap.editorFile().References(snap.text.offset(p.Position), p.Context.IncludeDeclaration) {
			out = append(out, snap.location(span))
		}
		return out, nil
	}, nil
}

func (s *snapshot) highlights(offset int) ([]documentHighlight, error) {
	const asText = 1
	out := []documentHighlight{}
	for _, span := range s.editorFile().References(offset, true) {
		out = append(out, documentHighlight{s.text.textRange(span), asText})
	}
	return out, nil
}

func (s *snapshot) prepareRename(offset int) (*prepareRenameResult, error) {
	f := s.editorFile()
	id, ok := f.IdentifierAt(offset)
	if !ok {
		if list, _ := f.Selected(offset); len(list) > 0 {
			return nil, errors.New("this stands for several identifiers; rename each at its own key")
		}
		return nil, nil
	}
	return &prepareRenameResult{s.text.textRange(id.At), id.Detection.Name}, nil
}

func (s *server) rename(raw json.RawMessage) (work, error) {
	var p renameParams
	snap, err := s.decoded(raw, &p, &p.TextDocument)
	if err != nil {
		return nil, err
	}
	return func(context.Context) (any, error) {
		f := snap.editorFile()
		id, ok := f.IdentifierAt(snap.text.offset(p.Position))
		if !ok {
			return nil, errors.New("only search identifiers can be renamed")
		}
		edits, err := f.Rename(id, p.NewName)
		if err != nil {
			return nil, err
		}
		return snap.edit(edits), nil
	}, nil
}

// edit changes this version of the document, and no other where the editor can tell them apart.
func (s *snapshot) edit(edits []source.Edit) *workspaceEdit {
	list := s.text.edits(edits)
	if !s.server.client.Capabilities.Workspace.WorkspaceEdit.DocumentChanges {
		return &workspaceEdit{Changes: map[string][]textEdit{s.uri: list}}
	}
	change := textDocumentEdit{Edits: list}
	change.TextDocument.URI, change.TextDocument.Version = s.uri, s.version
	return &workspaceEdit{DocumentChanges: []textDocumentEdit{change}}
}

// symbolKinds are the signs that editors draw.
var symbolKinds = map[editor.SymbolKind]int{editor.DocumentSymbol: 5, editor.AttributeSymbol: 7, editor.IdentifierSymbol: 13, editor.ConditionSymbol: 17}

func (s *snapshot) symbols() ([]documentSymbol, error) {
	if !s.linted() {
		return []documentSymbol{}, nil
	}
	return s.symbolsOf(s.editorFile().Symbols()), nil
}

func (s *snapshot) symbolsOf(list []editor.Symbol) []documentSymbol {
	out := []documentSymbol{}
	for _, symbol := range list {
		d := documentSymbol{
			Name: symbol.Name, Detail: symbol.Detail, Kind: symbolKinds[symbol.Kind], Range: s.text.textRange(symbol.Span), SelectionRange: s.text.textRange(symbol.At),
		}
		if len(symbol.Children) > 0 {
			d.Children = s.symbolsOf(symbol.Children)
		}
		out = append(out, d)
	}
	return out
}

// lensData finds the rule of a lens again.
type lensData struct {
	URI     string `json:"uri"`
	Version int    `json:"version"`
	Index   int    `json:"index"` // of the document in its file
}

// relations are the checks whose findings stand above a rule, as what they say is about the rule as a whole.
var relations = map[string]bool{
	"duplicate-rule": true, "subsumed-by-higher-rule": true, "subsumed-by-equal-rule": true, "undeclared-narrower-rule": true,
}

// lenses stand above rules. What they say of events is a proof, which is looked for when the lens is shown.
func (s *snapshot) lenses() ([]codeLens, error) {
	out := []codeLens{}
	if o := s.server.client.Options; !s.linted() || o != nil && o.CodeLens != nil && !*o.CodeLens {
		return out, nil
	}
	for _, d := range s.rules() {
		r, ok := d.(*rules.Rule)
		if !ok {
			continue
		}
		data, err := json.Marshal(lensData{s.uri, s.version, r.Index})
		if err != nil {
			return nil, err
		}
		where := s.text.textRange(r.Anchor())
		out = append(out, codeLens{Range: where, Data: data})
		for _, f := range s.crossFindings() {
			if relations[f.Check.Name] && f.Subject.Document == r.Index+1 {
				out = append(out, codeLens{Range: where, Command: &command{Title: source.Visible(f.Message)}})
			}
		}
	}
	return out, nil
}

func (s *server) resolveLens(raw json.RawMessage) (work, error) {
	var lens codeLens
	if err := decode(raw, &lens); err != nil {
		return nil, err
	}
	var data lensData
	if err := decode(lens.Data, &data); err != nil {
		return nil, err
	}
	snap, err := s.snapshot(data.URI)
	if err != nil {
		return nil, err
	}
	return func(context.Context) (any, error) {
		lens.Command = &command{Title: "the rule has changed"}
		if snap.version != data.Version {
			return lens, nil
		}
		for _, d := range snap.rules() {
			if r, ok := d.(*rules.Rule); ok && r.Index == data.Index {
				if lens.Command.Title = editor.LensOf(r, snap.settings.domains); lens.Command.Title == "" {
					lens.Command.Title = "not decided whether any event matches"
				}
			}
		}
		return lens, nil
	}, nil
}
