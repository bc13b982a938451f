package interactive

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/sigtune/sigtune/rules/edit"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/tuning"
	"github.com/sigtune/sigtune/tuning/report"
	"github.com/sigtune/sigtune/tuning/safety"
)

// ErrQuit says that the analyst stopped, or did not want the change: nothing is to be written.
var ErrQuit = errors.New("stopped by the analyst")

// Session is one walk through a result.
type Session struct {
	In      io.Reader
	Out     io.Writer
	Palette report.Palette
	Result  *tuning.Result
	Target  string        // the file that the result goes to, for the last question; empty asks nothing
	Diff    func() string // the change as it stands, for the last question

	lines     *bufio.Reader
	decisions []Decision
}

// Run asks about every scenario and leaves what was chosen in the Result. The decisions are complete as far as they were made, also with
// an error. The error is ErrQuit, or one of the streams.
func (s *Session) Run() ([]Decision, error) {
	s.lines = bufio.NewReader(s.In)
	r := s.Result
	s.say("%s", s.Palette.Strong(source.Visible(r.Rule.Title.Value)))
	s.say("Scenarios: %d, one after the other. Type ? for help.", len(r.Outcomes))
	var chosen []tuning.Choice
	for k := range r.Outcomes {
		p, err := s.scenario(k)
		if err != nil {
			r.Choose(nil)
			return s.decisions, err
		}
		if p != nil {
			chosen = append(chosen, tuning.Choice{Outcome: &r.Outcomes[k], Proposal: p})
		}
	}
	r.Choose(chosen)
	return s.decisions, s.finish(len(chosen))
}

// scenario shows one and asks until there is a decision; nil means that nothing was chosen.
func (s *Session) scenario(k int) (*tuning.Proposal, error) {
	o := &s.Result.Outcomes[k]
	s.say("")
	if err := report.Scenario(s.Out, s.Result, k, s.Palette); err != nil {
		return nil, err
	}
	for {
		line, err := s.ask(question(o))
		if err != nil {
			return nil, err
		}
		a := parse(line, o)
		switch {
		case a.verb == quit:
			s.decisions = append(s.decisions, decision(o, Stopped, nil))
			return nil, ErrQuit
		case a.verb == skip:
			s.decisions = append(s.decisions, decision(o, Skipped, nil))
			return nil, nil
		case a.verb == explain:
			s.say("%s", help)
		case a.proposal == nil:
			s.say("`%s` is no answer here; type ? for help.", source.Shorten(line))
		case a.verb == show:
			s.say("%s", visibleLines(edit.Diff("rule.yml", "rule.yml", []byte(s.Result.RuleText), []byte(a.proposal.RuleAfter))))
		case a.verb == change:
			if err := s.edit(o, a.proposal); err != nil {
				return nil, err
			}
		default:
			if ok, err := s.agrees(a.proposal); err != nil {
				return nil, err
			} else if ok {
				s.decisions = append(s.decisions, decision(o, Chosen, a.proposal))
				return a.proposal, nil
			}
		}
	}
}

// agrees asks again where a proposal cannot be used as it is, or should not be.
func (s *Session) agrees(p *tuning.Proposal) (bool, error) {
	if len(p.Fill) > 0 {
		s.say("%s has to be filled in first: type e %d.", strings.Join(p.Fill, ", "), p.Rank)
		return false, nil
	}
	if p.Safety.Grade != safety.C {
		return true, nil
	}
	return s.yes(s.Palette.Warn("An attacker can meet all of it.")+" Use it anyway? [y/N] ", false)
}

// edit asks for other values of one condition, and adds what comes of it to the proposals when it can be vouched for.
func (s *Session) edit(o *tuning.Outcome, p *tuning.Proposal) error {
	type place struct{ group, condition int }
	var places []place
	for g := range p.Conditions {
		for c := range p.Conditions[g] {
			places = append(places, place{g, c})
			s.say("  %d. %s", len(places), source.Visible(tuning.ConditionText(p.Conditions[g][c])))
		}
	}
	at := 0
	if len(places) > 1 {
		line, err := s.ask("Which condition? ")
		if err != nil {
			return err
		}
		n, err := strconv.Atoi(line)
		if err != nil || n < 1 || n > len(places) {
			s.say("There is no condition `%s`; nothing was changed.", source.Shorten(line))
			return nil
		}
		at = n - 1
	}
	s.say("Its values, one a line, as a rule has them (`*` is a wildcard); an empty line ends.")
	var values []string
	for {
		line, err := s.ask("  - ")
		if err != nil {
			return err
		}
		if line == "" {
			break
		}
		values = append(values, line)
	}
	revised, err := s.Result.Revise(tuning.Choice{Outcome: o, Proposal: p}, places[at].group, places[at].condition, values)
	if err != nil {
		s.say("Nothing was changed: %s.", source.Visible(err.Error()))
		return nil
	}
	revised.Rank = len(o.Proposals) + 1
	for k := range o.Proposals {
		o.Proposals[k].Recommended = o.Proposals[k].Recommended && !revised.Recommended // who edits means the edited one
	}
	o.Proposals = append(o.Proposals, revised)
	return report.Proposal(s.Out, &o.Proposals[len(o.Proposals)-1], s.Palette)
}

// finish shows the change and asks whether it is meant.
func (s *Session) finish(chosen int) error {
	if chosen == 0 {
		s.say("\nNothing was chosen; the rule stays as it is.")
		return nil
	}
	s.say("\n%s\n", strings.TrimRight(s.Diff(), "\n"))
	if s.Target == "" {
		return nil
	}
	ok, err := s.yes(fmt.Sprintf("Write this to %s? [Y/n] ", source.Visible(s.Target)), true)
	if err == nil && !ok {
		err = ErrQuit
	}
	if err != nil {
		s.Result.Choose(nil)
		s.decisions = append(s.decisions, Decision{Action: Discarded})
	}
	return err
}

func (s *Session) say(format string, args ...any) { fmt.Fprintf(s.Out, format+"\n", args...) }

// ask reads one line. The end of the input is an answer, too: to stop.
func (s *Session) ask(prompt string) (string, error) {
	fmt.Fprint(s.Out, prompt)
	line, err := s.lines.ReadString('\n')
	if errors.Is(err, io.EOF) && line == "" {
		s.say("")
		return "", ErrQuit
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("the answer could not be read: %w", err)
	}
	return strings.TrimSpace(line), nil
}

func (s *Session) yes(prompt string, byDefault bool) (bool, error) {
	line, err := s.ask(prompt)
	switch strings.ToLower(line) {
	case "":
		return byDefault && err == nil, err
	case "y", "yes":
		return true, err
	}
	return false, err
}

// visibleLines makes hidden characters visible, but for the ends of lines.
func visibleLines(text string) string {
	var out []string
	for _, l := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		out = append(out, source.Visible(strings.TrimSuffix(l, "\r")))
	}
	return strings.Join(out, "\n")
}
