package fix

import (
	"crypto/sha256"
	"fmt"
	"sort"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/edit"
	"github.com/sigtune/sigtune/rules/source"
)

// Options of Apply.
type Options struct {
	// Unsafe also applies fixes that may change what the document means.
	Unsafe bool
	// Tree are findings about the file that run cannot give, because they need the other files. Their places are those of the file as
	// it is handed in. That they are gone afterwards is not verified here; everything else is.
	Tree []lint.Finding
	// Verify lints for the comparison of before and after; nil stands for run. A caller that lints with a few checks hands in all of them, so
	// that no fix trades a defect that was asked for against one that was not.
	Verify func(*source.File) []lint.Finding
	Limits source.Limits
}

// Outcome is what became of a file.
type Outcome struct {
	File      *source.File   // the result, parsed; the file that was handed in when nothing was applied
	Applied   []Applied      // in the order in which they were applied
	Rejected  []Rejected     // in the order in which they were tried
	Remaining []lint.Finding // what run finds in the result
	Rounds    int            // rounds that changed something
	Stopped   string         // why the rounds ended before everything was tried; empty when nothing was left to try
}

// Applied is a finding that was repaired.
type Applied struct {
	Finding lint.Finding // as it was before its round; its spans belong to its File
	Round   int          // 1-based
}

// Rejected is a finding whose fix was tried and not applied.
type Rejected struct {
	Finding lint.Finding
	Reason  string // a clause: what would have happened
}

// Data is the bytes of the result.
func (o *Outcome) Data() []byte { return o.File.Data }

// Count is how many fixes of a check were applied and rejected.
type Count struct {
	Check             *lint.Check
	Applied, Rejected int
}

// Counts sums up by check, in the order of the codes.
func (o *Outcome) Counts() []Count {
	byCode := map[string]*Count{}
	row := func(c *lint.Check) *Count {
		if byCode[c.Code] == nil {
			byCode[c.Code] = &Count{Check: c}
		}
		return byCode[c.Code]
	}
	for _, a := range o.Applied {
		row(a.Finding.Check).Applied++
	}
	for _, r := range o.Rejected {
		row(r.Finding.Check).Rejected++
	}
	out := make([]Count, 0, len(byCode))
	for _, c := range byCode {
		out = append(out, *c)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Check.Code < out[j].Check.Code })
	return out
}

// maxRounds bounds the rounds that change something (spec/yaml-positions.md section 9). A round takes every second of adjacent removals, so
// ten settle runs of a thousand.
const maxRounds = 10

// Apply repairs a file: it lints, applies the fixes that do not touch each other, lints the result, and goes on until nothing
// applicable is left. The same input gives the same result. Suppressed findings are left alone.
func Apply(file *source.File, run func(*source.File) []lint.Finding, o Options) Outcome {
	s := session{run: run, options: o, rejected: map[string]bool{}}
	s.tree = append(s.tree, o.Tree...)
	current := s.look(file)
	seen := map[[sha256.Size]byte]bool{sha256.Sum256(file.Data): true}
	for {
		chosen := s.choose(current)
		if len(chosen) == 0 {
			break
		}
		if s.out.Rounds == maxRounds {
			s.out.Stopped = fmt.Sprintf("there is still something to fix after %d rounds; run the command again", maxRounds)
			break
		}
		accepted, next := s.settle(current, nil, nil, chosen)
		if len(accepted) == 0 {
			continue // all of them are remembered as rejected
		}
		sum := sha256.Sum256(next.file.Data)
		if seen[sum] {
			s.out.Stopped = "the fixes undo each other: " + names(accepted)
			break
		}
		seen[sum] = true
		s.out.Rounds++
		for _, c := range accepted {
			s.out.Applied = append(s.out.Applied, Applied{Finding: c.finding, Round: s.out.Rounds})
		}
		s.rebase(accepted)
		current = next
	}
	s.out.File, s.out.Remaining = current.file, current.findings
	return s.out
}

// names lists the checks of candidates.
func names(list []candidate) string {
	var out []string
	for _, c := range list {
		out = append(out, c.finding.Check.Name)
	}
	return strings.Join(out, ", ")
}

// session is one call of Apply.
type session struct {
	run      func(*source.File) []lint.Finding
	options  Options
	tree     []lint.Finding  // those of Options.Tree that wait, at their places in the current file
	rejected map[string]bool // by candidate.key
	out      Outcome
}

// settle adds to the accepted candidates those of a group that can be applied with them. One that fails alone is rejected; one that
// fails only beside others waits for the next round. best is the state with the accepted ones applied.
func (s *session) settle(from *state, accepted []candidate, best *state, group []candidate) ([]candidate, *state) {
	all := append(accepted[:len(accepted):len(accepted)], group...)
	next, reason := s.attempt(from, all)
	switch {
	case reason == "":
		return all, next
	case len(group) > 1:
		middle := len(group) / 2
		accepted, best = s.settle(from, accepted, best, group[:middle])
		return s.settle(from, accepted, best, group[middle:])
	case len(accepted) > 0:
		if _, reason = s.attempt(from, group); reason == "" {
			return accepted, best
		}
	}
	s.reject(group[0], reason)
	return accepted, best
}

func (s *session) reject(c candidate, reason string) {
	if !s.rejected[c.key()] {
		s.rejected[c.key()] = true
		s.out.Rejected = append(s.out.Rejected, Rejected{Finding: c.finding, Reason: reason})
	}
}

// attempt applies candidates to a state. The reason says why the result is not acceptable, empty when it is.
func (s *session) attempt(from *state, list []candidate) (*state, string) {
	var edits []source.Edit
	for _, c := range list {
		edits = append(edits, c.finding.Fix.Edits...)
	}
	data, err := edit.Apply(from.file.Data, edits)
	if err != nil {
		return nil, err.Error()
	}
	next := s.look(source.Parse(from.file.Path, data, s.options.Limits))
	return next, verify(from, next, list)
}
