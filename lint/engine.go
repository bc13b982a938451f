package lint

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sigtune/sigtune/lint/volume"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/domain"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// Facts is what a run knows besides the rules. Checks only read it.
type Facts struct {
	// Today decides what lies in the future. It is a fact of the run, so that a run can be repeated.
	Today time.Time
	// Profile is the chosen one: some checks say more in a stricter profile. Zero means Recommended.
	Profile Profile
	// Complete says that the run sees a whole tree, so that a reference to nothing is a finding.
	Complete bool
	// Options are values of options of checks, by the names of check and option, where a configuration sets them.
	Options map[string]map[string]any
	// Namespaces are tag namespaces, Logsources log sources that the user's own rules have besides the known ones.
	Namespaces []string
	Logsources []taxonomy.Key
	// Attributes are top-level keys that the user's own rules have.
	Attributes []string
	// Domains is what the fields of a log source hold; nil is the bundled table.
	Domains *domain.Table
	// Learned are the log sources and fields of the user's own rules; nil is nothing but the bundled table.
	Learned *taxonomy.Learned
	// Events is what was counted of the rules in recorded events; nil when there are none.
	Events *volume.Baseline
}

// Engine runs a set of checks.
type Engine struct {
	Checks    []*Check   // the chosen ones
	Reporters []Reporter // feed the checks that have no function of their own
	Facts     Facts
	Limits    source.Limits
	Jobs      int // files in parallel; zero means one per processor

	// All is every check there is, chosen or not: directives may name any of them.
	All []*Check
	// Policy is what directives in files may do.
	Policy Policy
	// Adjust changes a finding as the configuration says: another severity, a suppression. False drops it.
	Adjust func(*Finding) bool
	// Progress is told from time to time how many files are done. It is called from one goroutine at a time.
	Progress func(done, of int)
	// Cache answers for files that did not change; nil lints everything.
	Cache Cache
	// Changes are the documents that differ from a base revision. Checks that need one look at nothing else.
	Changes []Change
	// Closer are checks that filter documents and changed documents get whether chosen or not, and whose infos are warnings there: noise that is
	// unacceptable on an old collection is wanted on a new exclusion (spec/checks.md, severity and profile policy).
	Closer []*Check
}

// Input is one file of a run.
type Input struct {
	Path    string
	File    *source.File // when it is in memory already
	Context bool         // only looked at for what other files refer to
}

// Result is what a run found.
type Result struct {
	Findings   []Finding
	Suppressed []Finding // those that were silenced; each says by whom
	Files      int
	Documents  int
	IDs        []string // of the linted documents, as written
	Tests      int      // files that were left out as tests of rules, where who called the engine counted them
}

// Add puts more findings into their places.
func (r *Result) Add(more ...Finding) {
	r.Findings = append(r.Findings, more...)
	sort.SliceStable(r.Findings, func(i, j int) bool { return less(&r.Findings[i], &r.Findings[j]) })
	sort.SliceStable(r.Suppressed, func(i, j int) bool { return less(&r.Suppressed[i], &r.Suppressed[j]) })
}

// Count is the number of findings of each severity.
func (r *Result) Count() map[Severity]int {
	count := map[Severity]int{}
	for _, f := range r.Findings {
		count[f.Severity]++
	}
	return count
}

// Worst is the highest severity found, zero when there is none.
func (r *Result) Worst() Severity {
	worst := Severity(0)
	for _, f := range r.Findings {
		worst = max(worst, f.Severity)
	}
	return worst
}

// Paths lints files of the file system.
func (e *Engine) Paths(paths []string) *Result {
	inputs := make([]Input, len(paths))
	for i, p := range paths {
		inputs[i] = Input{Path: p}
	}
	return e.Run(inputs)
}

// Files lints files that are already read.
func (e *Engine) Files(files ...*source.File) *Result {
	inputs := make([]Input, len(files))
	for i, f := range files {
		inputs[i] = Input{Path: f.Path, File: f}
	}
	return e.Run(inputs)
}

// run is one run of an engine.
type run struct {
	*Engine
	byName map[string]*Check
	gather []*Check // those that put something by
	broken *Check
}

// linted is what became of one file.
type linted struct {
	held       *held
	context    bool
	entries    []*Entry
	findings   []Finding
	directives []Directive
	key        Key // of the content, for the cache
}

// Run lints the inputs: first every file for itself, in parallel, then what only all of them together can tell.
func (e *Engine) Run(inputs []Input) *Result {
	r := run{Engine: e, byName: map[string]*Check{}}
	for _, c := range e.Checks {
		r.byName[c.Name] = c
		if c.Gather != nil {
			r.gather = append(r.gather, c)
		}
	}
	r.broken = r.byName[source.KindInternalFailed]
	results := make([]linted, len(inputs))
	var done atomic.Int64
	var telling sync.Mutex
	r.inParallel(len(inputs), func(i int) {
		results[i] = r.input(inputs[i])
		if n := int(done.Add(1)); e.Progress != nil && n%progressEvery == 0 && telling.TryLock() {
			e.Progress(n, len(inputs))
			telling.Unlock()
		}
	})
	return r.collect(results)
}

// inParallel does n things, as many at once as the engine may.
func (r *run) inParallel(n int, do func(i int)) {
	jobs := r.Jobs
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(jobs, max(n, 1)) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	workers.Wait()
}

// known is every check that a directive may name.
func (r *run) known() []*Check {
	if r.All != nil {
		return r.All
	}
	return r.Checks
}

// progressEvery is how many files pass between two reports of progress.
const progressEvery = 32

// input reads and lints one file, or remembers what came of it before.
func (r *run) input(in Input) linted {
	h := &held{path: in.Path, limits: r.Limits}
	out := linted{held: h, context: in.Context}
	file := in.File
	switch {
	case file == nil && r.Cache != nil || in.Context:
		file = r.unparsed(in, h, &out)
		if file == nil {
			return out
		}
	case file != nil && r.Cache != nil:
		h.bare, out.key = file, contentKey(in.Path, file.Data)
		if r.recall(&out, file.Data) {
			return out
		}
	}
	if file == nil {
		file = source.Load(in.Path, r.Limits)
	}
	var documents []rules.Document
	if in.Context {
		documents, _ = rules.Parse(file)
		for _, d := range documents {
			out.entries = append(out.entries, newEntry(d, h))
		}
	} else {
		documents = r.file(file, &out)
		out.directives = Directives(file, documents, r.known())
	}
	r.hold(h, file, documents, &out, in)
	r.remember(&out)
	for _, e := range out.entries {
		e.Context = in.Context
	}
	return out
}

// unparsed reads the bytes of a file and asks the cache. It returns nil when there is nothing left to do.
func (r *run) unparsed(in Input, h *held, out *linted) *source.File {
	if in.File != nil {
		return in.File
	}
	f, err := os.Open(in.Path)
	if err != nil {
		return source.Load(in.Path, r.Limits) // says what is wrong
	}
	defer f.Close()
	data, err := r.Limits.ReadAll(f)
	if err != nil {
		return source.Load(in.Path, r.Limits)
	}
	if in.Context && !mayBeSigma(data) {
		return nil
	}
	out.key = contentKey(in.Path, data)
	if r.recall(out, data) {
		return nil
	}
	return source.Parse(in.Path, data, r.Limits)
}

// mayBeSigma looks for a word that every Sigma document has: a tree holds other YAML files too.
func mayBeSigma(data []byte) bool {
	for _, word := range []string{"detection", "correlation", "filter"} {
		if bytes.Contains(data, []byte(word)) {
			return true
		}
	}
	return false
}

// hold keeps of a file what a later question needs: everything when there is no file to read again, the text when findings show places in it, else
// nothing.
func (r *run) hold(h *held, file *source.File, documents []rules.Document, out *linted, in Input) {
	if in.File != nil {
		h.bare, h.documents = file, documents
		return
	}
	if len(out.findings) == 0 {
		return
	}
	h.bare = source.Bare(file.Path, file.Data)
	for i := range out.findings {
		f := &out.findings[i]
		f.File = h.bare
		for k := range f.Related {
			f.Related[k].File = h.bare
		}
	}
}

// collect runs the checks of the whole tree and orders everything.
func (r *run) collect(results []linted) *Result {
	sort.SliceStable(results, func(i, j int) bool { return results[i].held.path < results[j].held.path })
	out := &Result{}
	pass := TreePass{Facts: &r.Facts, Shared: map[string]any{}}
	perFile := map[string]*linted{}
	for i := range results {
		l := &results[i]
		pass.Entries = append(pass.Entries, l.entries...)
		if l.context {
			continue
		}
		out.Files++
		out.Documents += len(l.entries)
		for _, e := range l.entries {
			if e.ID.Value != "" {
				out.IDs = append(out.IDs, e.ID.Value)
			}
		}
		perFile[l.held.path] = l
	}
	var tree []Finding
	pass.findings = &tree
	for _, c := range r.Checks {
		if c.Tree != nil && c.Gather == nil {
			r.tree(&pass, c)
		}
	}
	r.gathered(&pass, results)
	r.changes(perFile)
	for _, f := range tree {
		l := perFile[f.File.Path]
		switch {
		case l != nil:
			l.findings = append(l.findings, f)
		case f.Check == r.broken && f.Check != nil:
			out.Findings = append(out.Findings, f)
		}
	}
	for i := range results {
		if !results[i].context {
			r.finish(&results[i], out)
		}
	}
	sort.SliceStable(out.Findings, func(i, j int) bool { return less(&out.Findings[i], &out.Findings[j]) })
	sort.SliceStable(out.Suppressed, func(i, j int) bool { return less(&out.Suppressed[i], &out.Suppressed[j]) })
	out.Findings, out.Suppressed = distinct(out.Findings), distinct(out.Suppressed)
	return out
}

// finish applies to the findings of a file what configuration and directives say.
func (r *run) finish(l *linted, out *Result) {
	findings := yield(l.findings)
	if r.Adjust != nil {
		kept := findings[:0:0]
		for _, f := range findings {
			switch {
			case !r.Adjust(&f):
			case f.Suppressed != nil:
				out.Suppressed = append(out.Suppressed, f)
			default:
				kept = append(kept, f)
			}
		}
		findings = kept
	}
	if len(l.directives) > 0 {
		kept, suppressed := suppress(l.held.file(), findings, l.directives, r.Policy, r.ranOn(l), r.Facts.Today)
		findings = kept
		out.Suppressed = append(out.Suppressed, suppressed...)
	}
	out.Findings = append(out.Findings, findings...)
}

// ranOn is the checks that really looked at a file: where the run saw no whole tree, those that need one did not. What a check of changes finds
// is gone with the next revision, so its directives are never unused.
func (r *run) ranOn(l *linted) map[*Check]bool {
	ran := map[*Check]bool{}
	for _, c := range r.Checks {
		probe := Finding{Check: c, Severity: c.Severity, File: l.held.file()}
		ran[c] = (c.Tree == nil || r.Facts.Complete) && c.Change == nil && (r.Adjust == nil || r.Adjust(&probe))
	}
	return ran
}

// tree runs one check of the whole tree. A broken check must not take the run with it.
func (r *run) tree(pass *TreePass, c *Check) {
	pass.check = c
	from := len(*pass.findings)
	r.guarded(c, &source.File{}, pass.findings, func() { c.Tree(pass) })
	for i := range (*pass.findings)[from:] {
		f := &(*pass.findings)[from+i]
		first, _ := slices.BinarySearchFunc(pass.Entries, f.File.Path, func(e *Entry, path string) int { return strings.Compare(e.held.path, path) })
		for _, e := range pass.Entries[first:] {
			if e.held.path != f.File.Path {
				break
			}
			if e.Index+1 == f.Subject.Document {
				if d := e.Document(); d != nil {
					f.Place = placeIn(f, d.Base().Root)
				}
			}
		}
	}
}

// guarded runs a check, and turns a panic into a finding about a file.
func (r *run) guarded(c *Check, file *source.File, findings *[]Finding, check func()) {
	defer func() {
		if problem := recover(); problem != nil && r.broken != nil {
			*findings = append(*findings, Finding{
				Check: r.broken, Severity: Error, File: file,
				Message: fmt.Sprintf("the check %s failed: %v", c.Name, problem), Help: reportBug,
			})
		}
	}()
	check()
}

// gathered runs the checks of the whole tree for which something was put by, unless no file changed since they last ran.
func (r *run) gathered(pass *TreePass, results []linted) {
	if len(r.gather) == 0 {
		return
	}
	key := treeKey(results)
	if r.recallTree(key, pass, results) {
		return
	}
	r.inParallel(len(results), func(i int) { r.catchUp(&results[i]) })
	from := len(*pass.findings)
	for _, c := range r.Checks {
		if c.Tree != nil && c.Gather != nil {
			r.tree(pass, c)
		}
	}
	r.rememberTree(key, (*pass.findings)[from:])
}

// catchUp gathers from the documents of a file that the cache answered for.
func (r *run) catchUp(l *linted) {
	for _, e := range l.entries {
		if l.context || e.gathered {
			continue
		}
		if d := e.Document(); d != nil {
			r.guarded(r.gather[0], e.File(), &l.findings, func() { r.gatherFrom(newPass(d, &r.Facts, &l.findings), e) })
		}
	}
}

// gatherFrom lets the checks put by what they need of a document.
func (r *run) gatherFrom(pass *Pass, e *Entry) {
	e.gathered, pass.entry = true, e
	for _, c := range r.gather {
		pass.check = c
		c.Gather(pass)
	}
}

// distinct drops repetitions from sorted findings: documents that share a template repeat what is wrong with it.
func distinct(findings []Finding) []Finding {
	kept := findings[:0]
	for _, f := range findings {
		if n := len(kept); n > 0 && f.File == kept[n-1].File && f.Span == kept[n-1].Span && f.Check == kept[n-1].Check && f.Message == kept[n-1].Message {
			continue
		}
		kept = append(kept, f)
	}
	return kept
}

const reportBug = "this is a bug in sigtune; please report it with the rule"

func less(a, b *Finding) bool {
	switch {
	case a.File.Path != b.File.Path:
		return a.File.Path < b.File.Path
	case a.Span.Start != b.Span.Start:
		return a.Span.Start < b.Span.Start
	case a.Check.Code != b.Check.Code:
		return a.Check.Code < b.Check.Code
	}
	return a.Message < b.Message
}

// file runs everything that looks at one file.
func (r *run) file(f *source.File, out *linted) (documents []rules.Document) {
	current := "the parser"
	pass := &Pass{}
	defer func() {
		if problem := recover(); problem != nil && r.broken != nil {
			if pass.check != nil {
				current = "the check " + pass.check.Name
			}
			out.findings = append(out.findings, Finding{
				Check: r.broken, Severity: Error, File: f,
				Message: fmt.Sprintf("%s failed on this file: %v", current, problem), Help: reportBug,
			})
		}
	}()
	fromProblem := func(d rules.Document, p source.Problem, severity Severity) {
		c := r.byName[p.Kind]
		if c == nil {
			return
		}
		if p.Warning && severity == 0 {
			severity = min(Warning, c.Severity)
		}
		pass := Pass{Document: d, check: c, findings: &out.findings}
		finding := Finding{Span: p.Span, Message: p.Message, Help: p.Help, Fix: p.Fix, Severity: severity}
		for _, place := range p.Related {
			finding.Related = append(finding.Related, Related{File: f, Span: place.Span, Message: place.Message})
		}
		if d == nil {
			finding.Check, finding.File = c, f
			if severity == 0 {
				finding.Severity = c.Severity
			}
			out.findings = append(out.findings, finding)
			return
		}
		pass.Report(finding)
	}
	documents, problems := rules.Parse(f)
	for _, p := range f.Problems {
		fromProblem(nil, p, 0)
	}
	for _, p := range problems {
		fromProblem(nil, p, 0)
	}
	for _, d := range documents {
		out.entries = append(out.entries, newEntry(d, out.held))
	}
	for i, d := range documents {
		for _, p := range d.Base().Problems {
			fromProblem(d, p, 0)
		}
		current = "the reporters"
		for _, report := range r.Reporters {
			for _, p := range report(d, &r.Facts) {
				fromProblem(d, p.Problem, p.Severity)
			}
		}
		// The checks of a document share one pass: there are hundreds, and most of them only look at it.
		pass = newPass(d, &r.Facts, &out.findings)
		for _, c := range r.checksOf(d) {
			if c.Document != nil {
				pass.check = c
				c.Document(pass)
			}
		}
		r.gatherFrom(pass, out.entries[i])
		pass = &Pass{}
	}
	settle(out.findings, documents)
	return documents
}

// checksOf are the chosen checks, and those that look closer at a filter document: all of it is an exclusion.
func (r *run) checksOf(d rules.Document) []*Check {
	if _, ok := d.(*rules.Filter); !ok || len(r.Closer) == 0 {
		return r.Checks
	}
	more := slices.DeleteFunc(slices.Clone(r.Closer), func(c *Check) bool { return r.byName[c.Name] != nil })
	return append(more, r.Checks...)
}

// yield drops findings whose place a more specific check has reported: one defect, one finding.
func yield(findings []Finding) []Finding {
	kept := findings[:0:0]
	for _, f := range findings {
		if !superfluous(f, findings) {
			kept = append(kept, f)
		}
	}
	return kept
}

func superfluous(f Finding, among []Finding) bool {
	for _, name := range f.Check.YieldsTo {
		for _, other := range among {
			if other.Check.Name == name && other.Subject.Document == f.Subject.Document && overlap(f.Span, other.Span) {
				return true
			}
		}
	}
	return false
}

func overlap(a, b source.Span) bool {
	return a.Start <= b.End && b.Start <= a.End
}
