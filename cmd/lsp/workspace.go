package lsp

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/editor"
)

// tree is what is known of the folders of a session. It is looked at in the background: when it is opened, when a file is saved or changed outside, and
// when nobody has typed for a while.
type tree struct {
	mu        sync.Mutex
	folders   []string
	timer     *time.Timer
	running   bool
	again     bool // something changed while it ran
	took      time.Duration
	cache     memory
	sigma     map[string]looked
	published map[string][]diagnostic // of files that are not open, by URI
}

// looked remembers whether a file is a rule, while it stays as it is.
type looked struct {
	size    int64
	changed time.Time
	sigma   bool
}

// cross is what the other files of the tree say about one text of a document.
type cross struct {
	text     []byte
	settings *settings
	findings []lint.Finding
}

// about reports that it is about this version, word for word.
func (c *cross) about(s *snapshot) bool {
	return c != nil && c.settings == s.settings && bytes.Equal(c.text, s.text.data)
}

// maxTree is how many files a tree may have. A folder with more is something else than a collection of rules.
const maxTree = 20_000

// idle is the least time without a keystroke after which a tree is looked at, and idleFactor how many times as long as the last look it has to be: looking
// never takes more than a fifth of a processor.
const (
	idle       = 500 * time.Millisecond
	idleFactor = 4
)

func (t *tree) add(folders []workspaceFolder) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, f := range folders {
		if path := pathOf(f.URI); path != "" && !slices.Contains(t.folders, path) {
			t.folders = append(t.folders, path)
		}
	}
}

func (t *tree) remove(folders []workspaceFolder) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, f := range folders {
		t.folders = slices.DeleteFunc(t.folders, func(path string) bool { return path == pathOf(f.URI) })
	}
}

// forget makes a file that was open count as one about which nothing was said.
func (t *tree) forget(uri string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.published, uri)
}

func (s *server) didChangeWorkspaceFolders(raw json.RawMessage) error {
	var p didChangeWorkspaceFoldersParams
	if err := decode(raw, &p); err != nil {
		return err
	}
	s.tree.remove(p.Event.Removed)
	s.tree.add(p.Event.Added)
	s.index(0)
	return nil
}

// indexWhenIdle looks at the tree when nobody has typed for a while.
func (s *server) indexWhenIdle() {
	s.tree.mu.Lock()
	wait := max(idle, idleFactor*s.tree.took)
	s.tree.mu.Unlock()
	s.index(wait)
}

// index looks at the tree after a while; an order that waits is replaced.
func (s *server) index(wait time.Duration) {
	if o := s.client.Options; o != nil && o.WorkspaceDiagnostics != nil && !*o.WorkspaceDiagnostics {
		return
	}
	t := &s.tree
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.timer != nil {
		t.timer.Stop()
	}
	t.timer = time.AfterFunc(wait, func() {
		t.mu.Lock()
		if t.running {
			t.again = true
			t.mu.Unlock()
			return
		}
		t.running = true
		t.mu.Unlock()
		start := time.Now()
		if err := s.guard("looking at the tree", func() error { s.lintTree(); return nil }); err != nil {
			s.log.Printf("%v", err)
		}
		t.mu.Lock()
		t.running, t.took = false, time.Since(start)
		again := t.again
		t.again = false
		t.mu.Unlock()
		if again {
			s.indexWhenIdle()
		}
	})
}

// lintTree lints the folders, with the texts of open documents in place of their files.
func (s *server) lintTree() {
	s.tree.mu.Lock()
	folders := slices.Clone(s.tree.folders)
	s.tree.mu.Unlock()
	if len(folders) == 0 {
		return
	}
	files, _ := lint.Walk(folders) // what cannot be read is a finding
	if len(files) > maxTree {
		s.log.Printf("%d files are no collection of rules; only open documents are linted", len(files))
		return
	}
	open := map[string]*snapshot{}
	for _, d := range s.opened() {
		if snap := d.now(); snap.path != "" && snap.linted() {
			open[snap.path] = snap
		}
	}
	groups := map[*settings][]string{}
	var order []*settings
	for _, path := range files {
		set := s.settings.of(path)
		if open[path] == nil && (set.leftOut(path) || !s.tree.isSigma(path)) {
			continue
		}
		if groups[set] == nil {
			order = append(order, set)
		}
		groups[set] = append(groups[set], path)
	}
	if s.options.Expect != nil {
		s.options.Expect(len(files))
	}
	around := lint.Surround(folders, files)
	byPath := map[string][]lint.Finding{}
	s.tree.cache.begin()
	for _, set := range order {
		engine := set.engine(set.chosen, s.options.Now())
		engine.Facts.Complete = around.Complete
		engine.Jobs = max(1, runtime.GOMAXPROCS(0)-1) // somebody may be typing
		engine.Cache = s.tree.cache.of(set)
		var inputs []lint.Input
		for _, other := range order {
			for _, path := range groups[other] {
				in := lint.Input{Path: path, Context: other != set}
				if snap := open[path]; snap != nil {
					in.File = snap.file()
				}
				inputs = append(inputs, in)
			}
		}
		for _, path := range around.Context {
			inputs = append(inputs, lint.Input{Path: absolute(path), Context: true})
		}
		for _, f := range set.fresh(engine.Run(inputs).Findings) {
			byPath[f.File.Path] = append(byPath[f.File.Path], f)
		}
	}
	s.tree.cache.end()
	s.publishTree(open, byPath)
}

func absolute(path string) string {
	if a, err := filepath.Abs(path); err == nil {
		return a
	}
	return path
}

// isSigma reports a file that is a rule: a tree holds other YAML files too.
func (t *tree) isSigma(path string) bool {
	info, err := os.Stat(path)
	if err != nil {
		return true // linting says what is wrong
	}
	t.mu.Lock()
	known, ok := t.sigma[path]
	t.mu.Unlock()
	if ok && known.size == info.Size() && known.changed.Equal(info.ModTime()) {
		return known.sigma
	}
	data, err := os.ReadFile(path)
	now := looked{info.Size(), info.ModTime(), err != nil || editor.IsSigma(data)}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.sigma == nil {
		t.sigma = map[string]looked{}
	}
	t.sigma[path] = now
	return now.sigma
}

// publishTree hands what concerns several files to the open documents, and sends what changed about the others.
func (s *server) publishTree(open map[string]*snapshot, byPath map[string][]lint.Finding) {
	openURIs := map[string]bool{}
	for _, d := range s.opened() {
		openURIs[d.uri] = true
		snap := open[d.path]
		if snap == nil || snap.uri != d.uri {
			continue
		}
		var found []lint.Finding
		for _, f := range byPath[snap.path] {
			if f.Check.Tree != nil {
				found = append(found, f)
			}
		}
		d.mu.Lock()
		silent := len(found) == 0 && (d.cross == nil || len(d.cross.findings) == 0)
		d.cross = &cross{snap.text.data, snap.settings, found}
		d.mu.Unlock()
		if !silent {
			d.orderFull()
		}
	}
	fresh := map[string][]diagnostic{}
	for path, found := range byPath {
		uri := uriOf(path)
		if open[path] == nil && !openURIs[uri] {
			fresh[uri] = s.diagnostics(newText(found[0].File.Data, s.encoding), found)
		}
	}
	s.tree.mu.Lock()
	before := s.tree.published
	s.tree.published = fresh
	s.tree.mu.Unlock()
	for uri, list := range fresh {
		if !reflect.DeepEqual(list, before[uri]) {
			s.notify("textDocument/publishDiagnostics", publishDiagnosticsParams{URI: uri, Diagnostics: list})
		}
	}
	for uri := range before {
		if fresh[uri] == nil && !openURIs[uri] {
			s.notify("textDocument/publishDiagnostics", publishDiagnosticsParams{URI: uri, Diagnostics: []diagnostic{}})
		}
	}
	if len(openURIs) > 0 && s.client.Capabilities.Workspace.CodeLens.RefreshSupport {
		go s.conn.Call(s.context, "workspace/codeLens/refresh", nil, nil)
	}
}

// memory remembers what linting gave, for as long as each look at the tree asks for it.
type memory struct {
	mu        sync.Mutex
	old, kept map[memoryKey][]byte
}

type memoryKey struct {
	settings *settings
	key      lint.Key
}

func (m *memory) begin() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.kept = map[memoryKey][]byte{}
}

// end drops what nobody asked for.
func (m *memory) end() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.old, m.kept = m.kept, nil
}

func (m *memory) of(s *settings) lint.Cache { return part{m, s} }

// part is the memory of one configuration: under another one the same bytes give other findings.
type part struct {
	*memory
	settings *settings
}

func (p part) Get(k lint.Key) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := memoryKey{p.settings, k}
	value := p.old[key]
	if value == nil {
		value = p.kept[key]
	}
	if value != nil && p.kept != nil {
		p.kept[key] = value
	}
	return value
}

func (p part) Put(k lint.Key, value []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.kept != nil {
		p.kept[memoryKey{p.settings, k}] = value
	}
}
