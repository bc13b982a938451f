package lint

import (
	"fmt"
	"runtime"
	"sort"
	"sync"
	"time"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/domain"
)

// Facts is what a run knows besides the rules. Checks only read it.
type Facts struct {
	// Today decides what lies in the future. It is a fact of the run, so that a run can be repeated.
	Today time.Time
	// Complete says that the run sees a whole tree, so that a reference to nothing is a finding.
	Complete bool
	// Domains is what the fields of a log source hold; nil is the bundled table.
	Domains *domain.Table
}

// Engine runs a set of checks.
type Engine struct {
	Checks    []*Check   // the chosen ones
	Reporters []Reporter // feed the checks that have no function of their own
	Facts     Facts
	Limits    source.Limits
	Jobs      int // files in parallel; zero means one per processor
}

// Result is what a run found.
type Result struct {
	Findings  []Finding
	Files     int
	Documents int
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
	return e.run(len(paths), func(i int) *source.File { return source.Load(paths[i], e.Limits) })
}

// Files lints files that are already read.
func (e *Engine) Files(files ...*source.File) *Result {
	return e.run(len(files), func(i int) *source.File { return files[i] })
}

// linted is what became of one file.
type linted struct {
	file      *source.File
	documents []rules.Document
	findings  []Finding
}

func (e *Engine) run(n int, load func(i int) *source.File) *Result {
	byName := map[string]*Check{}
	for _, c := range e.Checks {
		byName[c.Name] = c
	}
	results := make([]linted, n)
	jobs := e.Jobs
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(jobs, max(n, 1)) {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for i := range next {
				results[i] = e.file(load(i), byName)
			}
		}()
	}
	for i := range n {
		next <- i
	}
	close(next)
	workers.Wait()
	return e.collect(results, byName)
}

// collect runs the checks of the whole tree and orders everything.
func (e *Engine) collect(results []linted, byName map[string]*Check) *Result {
	sort.SliceStable(results, func(i, j int) bool { return results[i].file.Path < results[j].file.Path })
	out := &Result{Files: len(results)}
	var documents []rules.Document
	for _, r := range results {
		documents = append(documents, r.documents...)
		out.Findings = append(out.Findings, r.findings...)
	}
	out.Documents = len(documents)
	perFile := len(out.Findings)
	shared := map[string]any{}
	for _, c := range e.Checks {
		if c.Tree != nil {
			pass := &TreePass{Documents: documents, Facts: &e.Facts, Shared: shared, check: c, findings: &out.Findings}
			guard(byName, out, c, func() { c.Tree(pass) })
		}
	}
	settle(out.Findings[perFile:], documents)
	sort.SliceStable(out.Findings, func(i, j int) bool { return less(&out.Findings[i], &out.Findings[j]) })
	out.Findings = distinct(out.Findings)
	return out
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

// guard turns the panic of a tree check into a finding: one broken check must not take the run with it.
func guard(byName map[string]*Check, out *Result, c *Check, run func()) {
	defer func() {
		if r := recover(); r != nil {
			if check := byName[source.KindInternalFailed]; check != nil {
				out.Findings = append(out.Findings, Finding{
					Check: check, Severity: Error, File: &source.File{},
					Message: fmt.Sprintf("the check %s failed: %v", c.Name, r), Help: reportBug,
				})
			}
		}
	}()
	run()
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
func (e *Engine) file(f *source.File, byName map[string]*Check) (out linted) {
	out.file = f
	current := "the parser"
	defer func() {
		if r := recover(); r != nil {
			if check := byName[source.KindInternalFailed]; check != nil {
				out.findings = append(out.findings, Finding{
					Check: check, Severity: Error, File: f,
					Message: fmt.Sprintf("%s failed on this file: %v", current, r), Help: reportBug,
				})
			}
		}
	}()
	fromProblem := func(d rules.Document, p source.Problem, severity Severity) {
		c := byName[p.Kind]
		if c == nil {
			return
		}
		if p.Warning && severity == 0 {
			severity = min(Warning, c.Severity)
		}
		pass := Pass{Document: d, check: c, findings: &out.findings}
		finding := Finding{Span: p.Span, Message: p.Message, Help: p.Help, Fix: p.Fix, Severity: severity}
		for _, r := range p.Related {
			finding.Related = append(finding.Related, Related{File: f, Span: r.Span, Message: r.Message})
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
	out.documents = documents
	for _, p := range f.Problems {
		fromProblem(nil, p, 0)
	}
	for _, p := range problems {
		fromProblem(nil, p, 0)
	}
	for _, d := range documents {
		for _, p := range d.Base().Problems {
			fromProblem(d, p, 0)
		}
		current = "the reporters"
		for _, report := range e.Reporters {
			for _, p := range report(d, &e.Facts) {
				fromProblem(d, p.Problem, p.Severity)
			}
		}
		rule, _ := d.(*rules.Rule)
		shared := map[string]any{}
		for _, c := range e.Checks {
			if c.Document == nil {
				continue
			}
			current = "the check " + c.Name
			c.Document(&Pass{
				Document: d, Rule: rule, Facts: &e.Facts, Shared: shared, check: c, findings: &out.findings,
			})
		}
	}
	out.findings = yield(out.findings)
	settle(out.findings, documents)
	return out
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
