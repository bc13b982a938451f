package lsp

import (
	"slices"
	"time"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/config"
	"github.com/sigtune/sigtune/lint/report"
	"github.com/sigtune/sigtune/rules/source"
)

// What is published about a document comes in stages, each of them complete for what it knows: without the proofs where these take long, then with
// them, then with what the other files of the tree say. A stage is published only for the version that is still the present one.
type stage int

const (
	stageNone stage = iota
	stageQuick
	stageFull
)

// published is what the editor knows of a document.
type published struct {
	version int
	stage   stage
}

// closedVersion is above every version: nothing is published any more.
const closedVersion = 1<<31 - 1

// patience is how long proofs may take before a document gets its other diagnostics first: with the messages around them, a reader has an answer
// after 50 ms.
const patience = 25 * time.Millisecond

// pause is how long somebody has to stop typing before proofs that take long begin. It is what he needs for a few keystrokes.
const pause = 100 * time.Millisecond

// order has the present version of a document linted.
func (d *document) order() {
	select {
	case d.quickly <- struct{}{}:
	default: // an order is waiting, and will find this version
	}
	d.orderFull()
}

func (d *document) orderFull() {
	select {
	case d.fully <- struct{}{}:
	default:
	}
}

// watch lints a document whenever it is told to, until it is closed.
func (s *server) watch(d *document) {
	run := func(orders chan struct{}, lint func(*document)) {
		for {
			select {
			case <-d.closed:
				return
			case <-orders:
				if err := s.guard("linting", func() error { lint(d); return nil }); err != nil {
					s.log.Printf("%v", err)
				}
			}
		}
	}
	go run(d.quickly, s.lintQuickly)
	go run(d.fully, s.lintFully)
	d.order()
}

// lintQuickly publishes what needs no proof, where proofs take long.
func (s *server) lintQuickly(d *document) {
	d.mu.Lock()
	needed, heavy := d.slow || !d.known, d.heavy
	d.mu.Unlock()
	if heavy { // what is read meanwhile would be overtaken, and keep the present version waiting
		s.untilQuiet(d)
	}
	snap := d.now()
	if !needed || !snap.linted() {
		return
	}
	found := snap.quick().Findings
	d.mu.Lock()
	d.heavy = snap.read > pause
	d.mu.Unlock()
	s.publish(d, snap, stageQuick, found)
}

func (s *server) lintFully(d *document) {
	d.mu.Lock()
	slow := d.slow
	d.mu.Unlock()
	if slow {
		s.untilQuiet(d)
	}
	snap := d.now()
	switch {
	case snap.isConfiguration():
		_, problems := config.Read(snap.file(), snap.settings.all)
		s.publishDiagnostics(d, snap, stageFull, func() []diagnostic { return s.ofConfiguration(snap.text, problems) })
		return
	case !snap.linted():
		s.publishDiagnostics(d, snap, stageFull, func() []diagnostic { return []diagnostic{} })
		return
	}
	found := snap.full().Findings
	d.mu.Lock()
	d.slow, d.known = snap.took > patience, true
	d.mu.Unlock()
	s.publish(d, snap, stageFull, found)
}

// untilQuiet waits until a document has not changed for a while.
func (s *server) untilQuiet(d *document) {
	for {
		before := d.now()
		select {
		case <-d.closed:
			return
		case <-time.After(pause):
		}
		if d.now() == before {
			return
		}
	}
}

// publish sends the findings about one version.
func (s *server) publish(d *document, snap *snapshot, at stage, found []lint.Finding) {
	s.publishDiagnostics(d, snap, at, func() []diagnostic {
		all := slices.Clone(found)
		if d.cross.about(snap) {
			all = append(all, d.cross.findings...)
		}
		return s.diagnostics(snap.text, all)
	})
}

// publishDiagnostics sends diagnostics unless they are overtaken. The lock is held while they are sent, so that they arrive in order.
func (s *server) publishDiagnostics(d *document, snap *snapshot, at stage, render func() []diagnostic) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.current != snap || d.published.version == closedVersion || d.published.version == snap.version && d.published.stage > at {
		return
	}
	d.published = published{snap.version, at}
	version := snap.version
	s.notify("textDocument/publishDiagnostics", publishDiagnosticsParams{URI: snap.uri, Version: &version, Diagnostics: render()})
}

var severities = map[lint.Severity]int{lint.Error: severityError, lint.Warning: severityWarning, lint.Info: severityInformation}

// unnecessary are the families and names of checks whose mark is something that can go.
var unnecessary = map[string]bool{
	"dead-identifier": true, "dead-alternative": true, "dead-value": true, "subsumed-value": true, "implied-all-value": true, "implied-item": true,
	"exclusion-never-applies": true, "dead-exclusion-value": true, "unused-identifier": true, "unused-suppression": true, "duplicate-value": true,
}

// diagnostics renders findings about one text.
func (s *server) diagnostics(t text, found []lint.Finding) []diagnostic {
	out := make([]diagnostic, 0, len(found))
	for i := range found {
		out = append(out, s.diagnostic(t, &found[i]))
	}
	return out
}

func (s *server) diagnostic(t text, f *lint.Finding) diagnostic {
	d := diagnostic{
		Range: t.textRange(f.Span), Severity: severities[f.Severity], Code: f.Check.Code, Source: "sigtune",
		Message: source.Visible(f.Message), CodeDescription: &codeDescription{report.Page(f.Check)},
	}
	if f.Help != "" {
		d.Message += "\n" + source.Visible(f.Help)
	}
	if unnecessary[f.Check.Name] {
		d.Tags = []int{tagUnnecessary}
	}
	for _, r := range f.Related {
		where := location{URI: s.uri(r.File.Path)}
		if r.File == f.File || r.File.Path == f.File.Path {
			where.Range = t.textRange(r.Span)
		} else {
			where.Range = newText(r.File.Data, s.encoding).textRange(r.Span)
		}
		d.RelatedInformation = append(d.RelatedInformation, relatedInformation{where, source.Visible(r.Message)})
	}
	return d
}

// uri is that of the file that findings name: a path, or the URI of a document that has none.
func (s *server) uri(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for uri, d := range s.documents {
		if uri == name || d.path != "" && d.path == absolute(name) {
			return uri
		}
	}
	return uriOf(absolute(name))
}

// ofConfiguration renders what is wrong with a configuration.
func (s *server) ofConfiguration(t text, problems []source.Problem) []diagnostic {
	out := []diagnostic{}
	for _, p := range problems {
		d := diagnostic{Range: t.textRange(p.Span), Severity: severityError, Code: p.Kind, Source: "sigtune", Message: p.Message}
		if p.Help != "" {
			d.Message += "\n" + p.Help
		}
		out = append(out, d)
	}
	return out
}
