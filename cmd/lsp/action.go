package lsp

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/editor"
	"github.com/sigtune/sigtune/lint/fix"
	"github.com/sigtune/sigtune/rules/source"
)

// Kinds of code actions.
const (
	kindQuickFix = "quickfix"
	kindFixAll   = "source.fixAll.sigtune"
)

// document is the open document that this is a version of, or nil once it is closed.
func (s *snapshot) document() *document {
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	return s.server.documents[s.uri]
}

// present is what is known to be wrong with this version, without waiting for what takes long.
func (s *snapshot) present() []lint.Finding {
	d := s.document()
	if d == nil {
		return nil
	}
	d.mu.Lock()
	at := d.published
	d.mu.Unlock()
	found := s.quick
	if at.version == s.version && at.stage == stageFull {
		found = s.full
	}
	return append(append([]lint.Finding{}, found().Findings...), s.crossFindings()...)
}

// crossFindings are what the other files of the tree say about exactly this text.
func (s *snapshot) crossFindings() []lint.Finding {
	d := s.document()
	if d == nil {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.cross.about(s) {
		return nil
	}
	return d.cross.findings
}

// wanted reports that the editor asked for actions of a kind: the kind itself or one above it.
func wanted(only []string, kind string) bool {
	for _, o := range only {
		if kind == o || strings.HasPrefix(kind, o+".") || o == "" {
			return true
		}
	}
	return len(only) == 0
}

func (s *server) codeAction(raw json.RawMessage) (work, error) {
	var p codeActionParams
	snap, err := s.decoded(raw, &p, &p.TextDocument)
	if err != nil {
		return nil, err
	}
	return func(context.Context) (any, error) {
		out := []codeAction{}
		if !snap.linted() {
			return out, nil
		}
		var found []lint.Finding
		span := snap.text.span(p.Range)
		all := append(append([]lint.Finding{}, snap.full().Findings...), snap.crossFindings()...)
		for _, f := range all {
			if f.Span.Start <= span.End && span.Start <= f.Span.End {
				found = append(found, f)
			}
		}
		if wanted(p.Context.Only, kindQuickFix) {
			out = append(out, snap.quickFixes(found)...)
		}
		if wanted(p.Context.Only, kindFixAll) {
			action, err := snap.fixAll(all, len(p.Context.Only) > 0)
			if err != nil {
				return nil, err
			}
			out = append(out, action...)
		}
		return out, nil
	}, nil
}

// quickFixes repair single findings, or silence them.
func (s *snapshot) quickFixes(found []lint.Finding) []codeAction {
	var fixes, silencers []codeAction
	world, file := s.world(), s.editorFile()
	silenced := map[string]bool{}
	for i := range found {
		f := &found[i]
		shown := []diagnostic{s.server.diagnostic(s.text, f)}
		if f.Fix != nil && len(f.Fix.Edits) > 0 {
			title := upperFirst(source.Visible(f.Fix.Title))
			if !f.Fix.Safe {
				title += " (may change what the rule matches)"
			}
			fixes = append(fixes, codeAction{Title: title, Kind: kindQuickFix, Diagnostics: shown, IsPreferred: f.Fix.Safe, Edit: s.edit(f.Fix.Edits)})
		}
		if silenced[f.Check.Code] {
			continue
		}
		if e, ok := world.Suppress(file, f); ok {
			silenced[f.Check.Code] = true
			silencers = append(silencers, codeAction{
				Title: "Silence " + f.Check.Code + " (" + f.Check.Name + ") here with a comment", Kind: kindQuickFix, Diagnostics: shown, Edit: s.edit([]source.Edit{e}),
			})
		}
	}
	return append(fixes, silencers...)
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// actionData finds the document of an action again.
type actionData struct {
	URI     string `json:"uri"`
	Version int    `json:"version"`
}

// fixAll repairs everything that can be repaired without changing what the document means. What it writes takes several rounds of linting to find, so it
// is found when the user picks the action, where the editor can wait for that, or asked for nothing else.
func (s *snapshot) fixAll(found []lint.Finding, asked bool) ([]codeAction, error) {
	var shown []diagnostic
	for i := range found {
		if f := &found[i]; f.Fix != nil && f.Fix.Safe {
			shown = append(shown, s.server.diagnostic(s.text, f))
		}
	}
	if len(shown) == 0 {
		return nil, nil
	}
	action := codeAction{Title: "Fix everything that is safe to fix", Kind: kindFixAll, Diagnostics: shown}
	if s.server.resolvesEdits() {
		data, err := json.Marshal(actionData{s.uri, s.version})
		if err != nil {
			return nil, err
		}
		action.Data = data
		return []codeAction{action}, nil
	}
	if !asked {
		return nil, nil
	}
	action.Edit = s.edit(s.safeFixes())
	return []codeAction{action}, nil
}

func (s *server) resolvesEdits() bool {
	if r := s.client.Capabilities.TextDocument.CodeAction.ResolveSupport; r != nil {
		for _, property := range r.Properties {
			if property == "edit" {
				return true
			}
		}
	}
	return false
}

func (s *server) resolveAction(raw json.RawMessage) (work, error) {
	var action codeAction
	if err := decode(raw, &action); err != nil {
		return nil, err
	}
	if len(action.Data) == 0 {
		return func(context.Context) (any, error) { return action, nil }, nil
	}
	var data actionData
	if err := decode(action.Data, &data); err != nil {
		return nil, err
	}
	snap, err := s.snapshot(data.URI)
	if err != nil {
		return nil, err
	}
	return func(context.Context) (any, error) {
		if snap.version != data.Version {
			return nil, errors.New("the document has changed; ask for the action again")
		}
		action.Edit = snap.edit(snap.safeFixes())
		return action, nil
	}, nil
}

// safeFixes are the changes of `sigtune lint --fix`.
func (s *snapshot) safeFixes() []source.Edit {
	return s.repaired(s.settings.document)
}

// formatFamily are the checks of white space and indentation.
const formatFamily = "15"

// formatting repairs white space and indentation, byte by byte: nothing goes through a YAML encoder, and a text that needs nothing gets no edits.
func (s *snapshot) formatting() ([]textEdit, error) {
	if !s.linted() {
		return []textEdit{}, nil
	}
	chosen, err := lint.Selection{Profile: lint.None, Select: []string{formatFamily}, Ignore: s.settings.config.Ignore}.Apply(s.settings.all)
	if err != nil {
		return nil, err
	}
	return s.text.edits(s.repaired(chosen)), nil
}

// repaired are the changes that the safe fixes of some checks make, verified as `sigtune lint --fix` verifies them.
func (s *snapshot) repaired(chosen []*lint.Check) []source.Edit {
	run := func(f *source.File) []lint.Finding {
		engine := s.settings.engine(chosen, s.server.options.Now())
		engine.Jobs = 1
		return s.settings.fresh(engine.Files(f).Findings)
	}
	outcome := fix.Apply(s.file(), run, fix.Options{Limits: s.settings.config.Limits})
	if len(outcome.Applied) == 0 {
		return nil
	}
	return editor.Edits(s.text.data, outcome.Data())
}
