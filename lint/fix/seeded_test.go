package fix

import (
	"cmp"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/checks"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/edit"
	"github.com/sigtune/sigtune/rules/source"
)

const (
	// guarded is how many tries of a mutation are linted with all checks before and after; the others with the check alone, which is ten times
	// as fast and still shows whether the finding goes, comments stay and nothing else changes.
	guarded       = 2
	requiredShort = 12 // tries of a check under -short
	// Every longest rule in bytes takes the time of many short ones, with the solver's checks above all.
	longest, longestProving = 4000, 2500
)

// oneCheck seeds the defects of one check, for whoever works on its fix.
var oneCheck = flag.String("check", "", "seed the defects of this check alone")

// published is a rule of the corpus as the tests see it: one of four spellings of its line ends and comments.
type published struct {
	path, text string
	parse      func() *rules.Rule // nil for files with anything but one rule
}

func publishedRules(corpus []corpustest.File) []published {
	out := make([]published, len(corpus))
	for i, f := range corpus {
		p := published{path: f.Path, text: string(f.Data)}
		switch i % 4 {
		case 1:
			p.text = crlf(strings.ReplaceAll(p.text, "\r", ""))
		case 2:
			p.text = strings.TrimRight(p.text, "\r\n")
		case 3:
			p.text = "# a comment above\n" + p.text
			if strings.HasSuffix(p.text, "\n") {
				p.text += "# and one below\n"
			}
		}
		p.parse = sync.OnceValue(func() *rules.Rule { return ruleOf(p.path, p.text) })
		out[i] = p
	}
	return out
}

// TestFixesOfSeededDefects seeds each defect into published rules and fixes it.
func TestFixesOfSeededDefects(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // a quarter of the time went into collecting small garbage
	corpus := publishedRules(corpustest.Open(t).LiveRules(t))
	var work []*lint.Check
	for _, c := range checks.All() {
		if len(mutationsOf(c)) > 0 && (*oneCheck == "" || *oneCheck == c.Name) {
			work = append(work, c)
		}
	}
	for _, m := range mutations {
		if lint.Find(checks.All(), m.check) == nil {
			t.Errorf("no check is named %s", m.check)
		}
	}
	full := map[bool]func(*source.File) []lint.Finding{true: linter(), false: without("08", "13")}
	tried, rulesTried := map[string]int{}, map[string]bool{}
	var mutex sync.Mutex
	var workers sync.WaitGroup
	todo := make(chan *lint.Check)
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for c := range todo {
				n, paths := seeded(t, c, corpus, full[proving(c)])
				mutex.Lock()
				tried[c.Name] = n
				for _, p := range paths {
					rulesTried[p] = true
				}
				mutex.Unlock()
			}
		})
	}
	slices.SortStableFunc(work, func(a, b *lint.Check) int { // the slow ones first
		return strings.Compare(fmt.Sprint(!proving(a), a.Code), fmt.Sprint(!proving(b), b.Code))
	})
	for _, c := range work {
		todo <- c
	}
	close(todo)
	workers.Wait()
	report(t, tried, len(rulesTried))
}

// proving are the families that need the solver, or several documents.
func proving(c *lint.Check) bool { return slices.Contains([]string{"08", "10", "13"}, c.Family()) }

func mutationsOf(c *lint.Check) []mutation {
	return slices.DeleteFunc(slices.Clone(mutations), func(m mutation) bool { return m.check != c.Name })
}

// wantedOf is how many tries a check needs.
func wantedOf(c *lint.Check) int {
	wanted := required
	if f, ok := fewer[c.Name]; ok {
		wanted = f.tries
	}
	if testing.Short() {
		wanted = min(wanted, requiredShort)
	}
	return wanted
}

// sowing is one mutation on its way through the rules of the corpus in an order of its own.
type sowing struct {
	mutation
	order []int
	tries int
	over  bool // it failed; one kind of failure is enough
}

// seeded tries the mutations of one check, each on different rules, and gives the number of tries and the rules. The mutations share the tries;
// those that find no more places leave theirs to the others.
func seeded(t *testing.T, check *lint.Check, corpus []published, full func(*source.File) []lint.Finding) (done int, paths []string) {
	length := longest
	if proving(check) {
		length = longestProving
	}
	var list []*sowing
	for k, m := range mutationsOf(check) {
		random := rand.New(rand.NewPCG(uint64(k), uint64(len(check.Name))))
		list = append(list, &sowing{mutation: m, order: random.Perm(len(corpus))})
	}
	wanted := wantedOf(check)
	for before := -1; done < wanted && done > before; {
		before = done
		share := (wanted - done + len(list) - 1) / len(list)
		for _, s := range list {
			for more := min(share, wanted-done); more > 0 && len(s.order) > 0 && !s.over; {
				original := corpus[s.order[0]]
				s.order = s.order[1:]
				if len(original.text) <= length && s.try(t, check, original, full) {
					done++
					more--
					paths = append(paths, original.path)
				}
			}
		}
	}
	return done, paths
}

// try seeds the defect into one rule and fixes it. It is false where the rule has no place for the defect.
func (s *sowing) try(t *testing.T, check *lint.Check, original published, full func(*source.File) []lint.Finding) bool {
	rule := original.parse()
	if rule == nil {
		return false
	}
	edits := s.seed(rule)
	if edits == nil {
		return false
	}
	text, err := edit.Apply([]byte(original.text), edits)
	if err != nil || string(text) == original.text {
		return false // two of its edits have no room beside each other here
	}
	guard := alone(check, rule)
	if s.tries < guarded && check.Change == nil {
		guard = full
	}
	guard = remembering(guard)
	c := trial{check: check, path: original.path, text: string(text), guard: guard}
	if !c.offered() || count(guard(rule.File), check, 0) > 0 { // the published rule may have the defect already
		return false
	}
	s.tries++
	s.over = !c.holdsFrom(t, s.back, rule, original.text)
	return true
}

// holdsFrom fixes a trial and compares the result with the rule that the defect was seeded into.
func (c *trial) holdsFrom(t *testing.T, wanted back, rule *rules.Rule, original string) bool {
	result := c.hold(t)
	switch {
	case result == nil:
		return false
	case wanted == bytewise && string(result.Data) != original:
		t.Errorf("%s: the published rule does not come back\n%s", c.check.Name, Diff(c.path, []byte(original), result.Data))
		return false
	case wanted == meaning:
		if reason := compare(read(rule.File), read(result), nil); reason != "" {
			t.Errorf("%s: %s\n%s", c.check.Name, reason, Diff(c.path, []byte(original), result.Data))
			return false
		}
	}
	return true
}

// alone lints with one check and those that it needs. A check of changes compares with the published rule.
func alone(check *lint.Check, published *rules.Rule) func(*source.File) []lint.Finding {
	engine := lint.Engine{Checks: []*lint.Check{check}, All: everything(), Facts: lint.Facts{Today: testDay, Complete: true}, Jobs: 1}
	for _, name := range companions[check.Name] {
		engine.Checks = append(engine.Checks, lint.Find(everything(), name))
	}
	if check.Document == nil && check.Tree == nil && check.Change == nil {
		engine.Reporters = checks.Reporters()
	}
	if check.Change == nil {
		return func(f *source.File) []lint.Finding { return engine.Files(f).Findings }
	}
	return func(f *source.File) []lint.Finding {
		if documents, _ := rules.Parse(f); len(documents) > 0 {
			engine.Changes = []lint.Change{{Old: published, New: documents[0]}}
		}
		return engine.Files(f).Findings
	}
}

// everything is all checks, sorted once.
var everything = sync.OnceValue(checks.All)

// report logs how often each fix was tried, and fails where that is less than it has to be.
func report(t *testing.T, tried map[string]int, published int) {
	var b strings.Builder
	total, least := 0, math.MaxInt
	for _, row := range fixable() {
		if *oneCheck != "" && *oneCheck != row.check.Name {
			continue
		}
		n := tried[row.check.Name]
		total += n
		least = min(least, n)
		note := fewer[row.check.Name].why
		if n < wantedOf(row.check) {
			note = fmt.Sprintf("FEWER THAN %d", wantedOf(row.check))
			t.Errorf("%s %s: its fix was tried %d times, want %d: add a mutation, or the reason to the table", row.check.Code, row.check.Name, n, wantedOf(row.check))
		}
		fmt.Fprintf(&b, "%s %-34s %4d  %s\n", row.check.Code, row.check.Name, n, note)
	}
	t.Logf("%d fixes of %d checks on %d published rules, at least %d of each:\n%s", total, len(fixable()), published, least, b.String())
}

// fix is a check with the fixes that its bad example is offered.
type offering struct {
	check        *lint.Check
	safe, unsafe bool
}

// fixable are the checks that offer a fix for their own bad example or for a seeded defect, in the order of the codes.
var fixable = func() func() []offering {
	var rows []offering
	return func() []offering {
		if rows != nil {
			return rows
		}
		full := remembering(linter())
		for _, c := range checks.All() {
			row, run := offering{check: c}, full
			switch {
			case c.Change != nil:
				run = alone(c, ruleOf(examplePath(c), cmp.Or(c.Doc.Before, base)))
			case c.Family() == "14" || c.Family() == "15":
				run = alone(c, nil)
			}
			for i, text := range examplesOf(c) {
				path := examplePath(c)
				if i == 0 && c.Doc.Bad == "" { // checks that look at the folder
					path, text = "rules-threat-hunting/rule.yml", base
				}
				for _, f := range run(source.Parse(path, []byte(text), source.Limits{})) {
					if f.Check == c && f.Fix != nil {
						row.safe, row.unsafe = row.safe || f.Fix.Safe, row.unsafe || !f.Fix.Safe
					}
				}
			}
			if row.safe || row.unsafe {
				rows = append(rows, row)
			}
		}
		return rows
	}
}()

// examplesOf are the bad example of a check and what its mutations make of the base rule.
func examplesOf(c *lint.Check) []string {
	texts := []string{c.Doc.Bad}
	for _, text := range []string{base, windows} {
		rule := ruleOf("rule.yml", text)
		for _, m := range mutations {
			if m.check != c.Name {
				continue
			}
			if edits := m.seed(rule); edits != nil {
				if out, err := edit.Apply([]byte(text), edits); err == nil {
					texts = append(texts, string(out))
				}
			}
		}
	}
	return texts
}
