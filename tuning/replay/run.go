package replay

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/sigtune/sigtune/rules/match"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/taxonomy"
	"github.com/sigtune/sigtune/tuning/evidence"
)

// Status of a test that was run.
type Status string

// The statuses.
const (
	Passed  Status = "passed"
	Failed  Status = "failed" // an expectation does not hold
	Errored Status = "error"  // something could not be read or evaluated
)

// Result is a test that was run.
type Result struct {
	*Test
	Status   Status
	Events   int // read
	Matched  int
	Problems []Problem // why it did not pass; of many events of one kind the first few
	Notes    []string  // what is odd and no failure
}

// Problem is one reason.
type Problem struct {
	Message string
	Place   evidence.Place // of the event; its Path is empty when the problem is not about one
	Explain *match.Result  // why the rule did or did not match; nil when the problem is not about that
}

// maxShown events of one expectation are told one by one; a broken rule misses all of them for one reason.
const maxShown = 3

// Run runs a test.
func Run(t *Test, limits evidence.Limits) *Result {
	r := &Result{Test: t, Status: Passed}
	if t.Err != nil {
		r.errored("%v", t.Err)
		return r
	}
	m, err := match.Compile(t.Rule.Rule)
	if err != nil {
		r.errored("%s: %v; `sigtune lint` shows what to repair", t.Rule.Path, err)
		return r
	}
	options := evidence.Options{Limits: limits, Logsource: logsource(t.Rule)}
	if t.Map != "" {
		if options.Map, err = evidence.ReadMap(source.Load(t.Map, source.Limits{})); err != nil {
			r.errored("%v", err)
			return r
		}
	}
	for _, set := range t.Sets {
		r.run(set, m, options)
	}
	return r
}

func logsource(r *Rule) taxonomy.Key {
	l := r.Logsource
	return taxonomy.Key{Product: l.Product.Value, Category: l.Category.Value, Service: l.Service.Value}
}

func (r *Result) errored(message string, args ...any) {
	r.Status = Errored
	r.Problems = append(r.Problems, Problem{Message: fmt.Sprintf(message, args...)})
}

func (r *Result) failed(p Problem) {
	if r.Status == Passed {
		r.Status = Failed
	}
	r.Problems = append(r.Problems, p)
}

// run holds the events of one set against its expectation.
func (r *Result) run(set Set, m *match.Matcher, options evidence.Options) {
	stream, err := evidence.Open(set.Files, options)
	if err != nil {
		r.errored("%s", fileError(err))
		return
	}
	events, matched, wrong := 0, 0, 0
	var last *evidence.Record
	for record := range stream.Records() {
		events++
		held := m.Match(record.Event)
		if held {
			matched++
		} else {
			last = record
		}
		if set.Expect == Every && !held || set.Expect == None && held {
			if wrong++; wrong <= maxShown {
				message := "the rule does not match an event that it should keep"
				if held {
					message = "the rule matches an event that it should leave out"
				}
				r.failed(Problem{message, record.Source, m.Explain(record.Event)})
			}
		}
	}
	r.Events += events
	r.Matched += matched
	if more := wrong - maxShown; more > 0 {
		r.failed(Problem{Message: fmt.Sprintf("and %d more events", more)})
	}
	for _, p := range stream.First {
		r.errored("%v", p)
	}
	if more := stream.Broken - len(stream.First); more > 0 {
		r.errored("%d more records of %s are no events", more, strings.Join(set.Files, ", "))
	}
	if err := stream.Err(); err != nil {
		r.errored("%v", err)
	}
	switch {
	case events == 0 && stream.Broken == 0:
		r.errored("%s: holds no events", strings.Join(set.Files, ", "))
	case set.Expect == AtLeast && matched < set.Count:
		p := Problem{Message: fmt.Sprintf("%d of %d events match, %d should", matched, events, set.Count)}
		if last != nil {
			p.Place, p.Explain = last.Source, m.Explain(last.Event)
		}
		r.failed(p)
	case set.Expect == AtLeast && matched > set.Count:
		r.Notes = append(r.Notes, fmt.Sprintf("%d events match, the test counts %d", matched, set.Count))
	}
}

// fileError is an error of the file system as a sentence.
func fileError(err error) string {
	if e := (*fs.PathError)(nil); errors.As(err, &e) {
		if errors.Is(err, fs.ErrNotExist) {
			return e.Path + ": no such file or directory"
		}
		return e.Path + ": " + e.Err.Error()
	}
	return err.Error()
}
