package lsp

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"github.com/sourcegraph/jsonrpc2"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/config"
	"github.com/sigtune/sigtune/lint/editor"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// document is what an editor has open.
type document struct {
	uri, path string
	mu        sync.Mutex // taken before that of the server where both are
	current   *snapshot
	slow      bool // proofs take longer than a reader should wait
	known     bool // it was linted once
	heavy     bool // reading it takes longer than a pause: a large text in which the place of an error is searched for
	published published
	cross     *cross // what the other files of the tree say about a text of this document

	quickly, fully chan struct{} // each holds at most one order to lint
	closed         chan struct{}
}

// snapshot is one version of a document. It never changes, so any number of requests may read it; what is derived from it is computed once, when it
// is first asked for.
type snapshot struct {
	server   *server
	uri      string
	path     string
	name     string // the path, or the URI of a document without one, for findings
	version  int
	text     text
	settings *settings
	language string

	file  func() *source.File
	rules func() []rules.Document
	quick func() *lint.Result // without the proofs
	full  func() *lint.Result
	took  time.Duration // of full, once it was asked for
	read  time.Duration // of file
}

func (s *server) newSnapshot(uri, language string, version int, t text) *snapshot {
	snap := &snapshot{server: s, uri: uri, path: pathOf(uri), version: version, text: t, language: language}
	snap.settings = s.settings.of(snap.path)
	if snap.name = snap.path; snap.name == "" {
		snap.name = uri
	}
	snap.file = sync.OnceValue(func() *source.File {
		start := time.Now()
		defer func() { snap.read = time.Since(start) }()
		return source.Parse(snap.name, t.data, snap.settings.config.Limits)
	})
	snap.rules = sync.OnceValue(func() []rules.Document {
		documents, _ := rules.Parse(snap.file())
		return documents
	})
	snap.quick = sync.OnceValue(func() *lint.Result { return snap.lint(snap.settings.quick) })
	snap.full = sync.OnceValue(func() *lint.Result {
		start := time.Now()
		defer func() { snap.took = time.Since(start) }()
		return snap.lint(snap.settings.document)
	})
	return snap
}

// again is the same text under other settings.
func (s *snapshot) again() *snapshot {
	return s.server.newSnapshot(s.uri, s.language, s.version, s.text)
}

// lint runs checks that look at one document.
func (s *snapshot) lint(chosen []*lint.Check) *lint.Result {
	engine := s.settings.engine(chosen, s.server.options.Now())
	engine.Jobs = 1
	result := engine.Files(s.file())
	result.Findings = s.settings.fresh(result.Findings)
	return result
}

// isConfiguration reports our configuration file.
func (s *snapshot) isConfiguration() bool { return filepath.Base(s.name) == config.Name }

// linted reports a document that is a rule, or was called one by the user. Editors send every YAML file.
func (s *snapshot) linted() bool {
	if s.isConfiguration() || s.path != "" && s.settings.leftOut(s.path) {
		return false
	}
	return s.language == "sigma" || editor.IsSigma(s.text.data)
}

// snapshot is the present version of an open document.
func (s *server) snapshot(uri string) (*snapshot, error) {
	s.mu.Lock()
	d := s.documents[uri]
	s.mu.Unlock()
	if d == nil {
		return nil, &jsonrpc2.Error{Code: jsonrpc2.CodeInvalidParams, Message: fmt.Sprintf("%s is not open", uri)}
	}
	return d.now(), nil
}

func (d *document) now() *snapshot {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.current
}

func (d *document) close() { close(d.closed) }

// opened are the open documents.
func (s *server) opened() []*document {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []*document
	for _, d := range s.documents {
		out = append(out, d)
	}
	return out
}

func (s *server) didOpen(raw json.RawMessage) error {
	var p didOpenParams
	if err := decode(raw, &p); err != nil {
		return err
	}
	in := p.TextDocument
	if len(in.Text) > maxText {
		return fmt.Errorf("%s has more than %d bytes and is not looked at", in.URI, maxText)
	}
	d := &document{
		uri: in.URI, path: pathOf(in.URI), quickly: make(chan struct{}, 1), fully: make(chan struct{}, 1), closed: make(chan struct{}),
	}
	d.current = s.newSnapshot(in.URI, in.LanguageID, in.Version, newText([]byte(in.Text), s.encoding))
	s.mu.Lock()
	if before := s.documents[in.URI]; before != nil {
		before.close()
	}
	s.documents[in.URI] = d
	s.mu.Unlock()
	s.complain(d.current.settings)
	s.watch(d)
	s.index(0)
	return nil
}

func (s *server) didChange(raw json.RawMessage) error {
	var p didChangeParams
	if err := decode(raw, &p); err != nil {
		return err
	}
	s.mu.Lock()
	d := s.documents[p.TextDocument.URI]
	s.mu.Unlock()
	if d == nil {
		return fmt.Errorf("%s is not open", p.TextDocument.URI)
	}
	before := d.now()
	changed, err := before.text.changed(p.ContentChanges)
	if err != nil {
		return err
	}
	snap := s.newSnapshot(before.uri, before.language, p.TextDocument.Version, changed)
	d.mu.Lock()
	d.current = snap
	d.mu.Unlock()
	d.order()
	s.indexWhenIdle()
	return nil
}

func (s *server) didSave(raw json.RawMessage) error {
	var p documentParams
	if err := decode(raw, &p); err != nil {
		return err
	}
	if filepath.Base(pathOf(p.TextDocument.URI)) == config.Name {
		s.reconfigure()
	}
	s.index(0)
	return nil
}

func (s *server) didClose(raw json.RawMessage) error {
	var p documentParams
	if err := decode(raw, &p); err != nil {
		return err
	}
	s.mu.Lock()
	d := s.documents[p.TextDocument.URI]
	delete(s.documents, p.TextDocument.URI)
	s.mu.Unlock()
	if d != nil {
		d.close()
		d.mu.Lock()
		d.published.version = closedVersion
		d.mu.Unlock()
		s.notify("textDocument/publishDiagnostics", publishDiagnosticsParams{URI: p.TextDocument.URI, Diagnostics: []diagnostic{}})
		s.tree.forget(p.TextDocument.URI)
		s.index(0) // what the file on disk says counts again
	}
	return nil
}

// didChangeWatchedFiles looks at the tree again, and reads configurations again when one may have changed: whatever is not a rule may be part of one.
func (s *server) didChangeWatchedFiles(raw json.RawMessage) error {
	var p didChangeWatchedFilesParams
	if err := decode(raw, &p); err != nil {
		return err
	}
	for _, c := range p.Changes {
		if name := filepath.Base(pathOf(c.URI)); name == config.Name || filepath.Ext(name) != ".yml" && filepath.Ext(name) != ".yaml" {
			s.reconfigure()
			break
		}
	}
	s.index(0)
	return nil
}

// reconfigure reads all configurations again and lints what is open under them.
func (s *server) reconfigure() {
	s.settings.forget()
	s.mu.Lock()
	clear(s.complained)
	s.mu.Unlock()
	for _, d := range s.opened() {
		d.mu.Lock()
		d.current = d.current.again()
		d.published = published{version: d.current.version - 1}
		d.cross = nil
		settings := d.current.settings
		d.mu.Unlock()
		s.complain(settings)
		d.order()
	}
}

// complain tells once about a configuration that cannot be used: its own file shows where.
func (s *server) complain(set *settings) {
	if set.file == nil {
		return
	}
	s.mu.Lock()
	told := s.complained[set.file.Path]
	s.complained[set.file.Path] = true
	open := s.documents[uriOf(set.file.Path)] != nil
	s.mu.Unlock()
	if told {
		return
	}
	if !open {
		s.notify("textDocument/publishDiagnostics", publishDiagnosticsParams{
			URI: uriOf(set.file.Path), Diagnostics: s.ofConfiguration(newText(set.file.Data, s.encoding), set.problems),
		})
	}
	if len(set.problems) > 0 {
		s.notify("window/showMessage", messageParams{messageError, fmt.Sprintf("sigtune: %s cannot be used and counts as absent: %s", set.file.Path, set.problems[0].Message)})
	}
}
