package lint

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/sigtune/sigtune/rules/source"
)

// Names of the checks that look at directives and recorded findings. Documentation and severity are declared in lint/checks.
const (
	MalformedSuppression     = "malformed-suppression"
	UnknownCheck             = "unknown-check"
	UnusedSuppression        = "unused-suppression"
	SuppressionWithoutReason = "suppression-without-reason"
	ExpiredSuppression       = "expired-suppression"
	UnsuppressibleCheck      = "unsuppressible-check"
	BlanketSuppression       = "blanket-suppression"
	FarExpiry                = "far-expiry"
)

// Policy is what whoever runs the linter allows the comments in the files to do. The zero value allows everything.
type Policy struct {
	NoDirectives  bool            // comments silence nothing
	Protected     map[string]bool // codes that no comment may silence
	RequireReason bool            // a comment without a reason silences nothing
}

// never are the codes outside the families 00 and 16 that nothing can silence: of such a document nothing else is known.
var never = map[string]bool{"SIG0101": true, "SIG0105": true}

const suppressionFamily = "16"

// Recordable reports whether a baseline may hold findings of a check: an error of the run, and a file that cannot be read, must never
// look like a clean run.
func Recordable(c *Check) bool { return c.Family() != engineFamily && !never[c.Code] }

// Suppressible reports whether a comment may silence findings of a check. What is wrong with comments cannot be silenced by comments.
func Suppressible(c *Check) bool { return Recordable(c) && c.Family() != suppressionFamily }

// longestWait is how far ahead the last day of a suppression may lie, in years, before far-expiry calls it forever (spec/checks.md, 1608).
const longestWait = 1

// suppress sorts the findings of one file into those that are shown and those that a directive of the file silences, and adds what is
// wrong with the directives to the first. file needs no more than its lines. ran are the checks that really looked at this file: leave
// out those of a whole tree when the run saw only a part of it, or their directives look unused. today is the day of the run.
func suppress(file *source.File, findings []Finding, directives []Directive, policy Policy, ran map[*Check]bool, today time.Time) (kept, suppressed []Finding) {
	if len(directives) == 0 {
		return findings, nil
	}
	s := silencer{file: file, policy: policy, today: today, ran: map[string]bool{}, checks: map[string]*Check{}}
	for c, chosen := range ran {
		if chosen {
			s.ran[c.Code], s.checks[c.Name] = true, c
		}
	}
	for i := range directives {
		s.uses = append(s.uses, &use{Directive: &directives[i], words: make([]bool, len(directives[i].Words))})
	}
	sort.SliceStable(s.uses, func(i, j int) bool { return s.uses[i].Scope < s.uses[j].Scope })
	for _, f := range findings {
		if silencedBy := s.silence(&f); silencedBy != nil {
			f.Suppressed = &Suppression{By: ByDirective, Reason: silencedBy.Reason, Until: silencedBy.Until, Span: silencedBy.Span}
			suppressed = append(suppressed, f)
		} else {
			kept = append(kept, f)
		}
	}
	for _, u := range s.uses {
		s.judge(u)
	}
	kept = append(kept, s.found...)
	sort.SliceStable(kept, func(i, j int) bool { return less(&kept[i], &kept[j]) })
	return kept, suppressed
}

// use is a directive and what it did, or would do if it were in force.
type use struct {
	*Directive
	words    []bool        // those that matched a finding
	silenced []source.Span // of the findings
}

type silencer struct {
	file   *source.File
	policy Policy
	today  time.Time
	ran    map[string]bool
	checks map[string]*Check
	uses   []*use // the narrowest first
	found  []Finding
}

// silence finds the directive that silences a finding, or nil.
func (s *silencer) silence(f *Finding) *use {
	if !Suppressible(f.Check) || s.policy.Protected[f.Check.Code] {
		return nil
	}
	for _, u := range s.uses {
		word, ok := u.matches(f)
		if !ok {
			continue
		}
		if word >= 0 {
			u.words[word] = true
		}
		u.silenced = append(u.silenced, f.Span)
		if s.inForce(u.Directive) {
			return u
		}
	}
	return nil
}

// matches reports whether a directive means a finding, and by which of its words: -1 when it means every check.
func (d *Directive) matches(f *Finding) (word int, ok bool) {
	if d.Problem != nil || f.Span.Start < d.Reach.Start || f.Span.Start >= d.Reach.End {
		return 0, false
	}
	for i, w := range d.Words {
		if slices.Contains(w.Codes, f.Check.Code) {
			return i, true
		}
	}
	return -1, len(d.Words) == 0
}

func (s *silencer) inForce(d *Directive) bool {
	return !s.policy.NoDirectives && !s.expired(d) && (!s.policy.RequireReason || d.Reason != "")
}

func (s *silencer) expired(d *Directive) bool {
	return !d.Until.IsZero() && d.Until.Before(day(s.today))
}

func day(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// report adds a finding about a directive when its check was chosen.
func (s *silencer) report(name string, d *Directive, f Finding) {
	c := s.checks[name]
	if c == nil {
		return
	}
	f.Check, f.Severity, f.File, f.Subject = c, c.Severity, s.file, d.Subject
	for i := range f.Related {
		f.Related[i].File = s.file
	}
	f.Place = placeOf(s.file, nil, f.Span)
	s.found = append(s.found, f)
}

// judge reports what is wrong with a directive. The comments of other tools are theirs: of those only the reach is reported.
func (s *silencer) judge(u *use) {
	d := u.Directive
	switch {
	case d.Problem != nil:
		s.report(MalformedSuppression, d, Finding{Span: d.Problem.Span, Message: d.Problem.Message, Help: d.Problem.Help})
		return
	case s.policy.NoDirectives:
		if d.Peer == "" {
			s.report(UnsuppressibleCheck, d, Finding{
				Span: d.Span, Message: "the comment silences nothing: the configuration has switched such comments off",
				Help: "remove it, and record the exception where your configuration is kept", Fix: removal(d),
			})
		}
		return
	}
	s.judgeReach(u)
	if d.Peer != "" {
		return
	}
	for i, w := range d.Words {
		s.judgeWord(d, i, w)
	}
	if d.Reason == "" {
		message := "the comment does not say why"
		if s.policy.RequireReason {
			message += ", so it silences nothing"
		}
		s.report(SuppressionWithoutReason, d, Finding{Span: d.Span, Message: message, Help: "end it in `-- ` and the reason for accepting this"})
	}
	unused, all := s.unused(u)
	if len(unused) > 0 {
		s.reportUnused(u, unused, all)
	}
	last := d.Until.Format(dateLayout)
	switch {
	case d.Until.IsZero() || all:
	case s.expired(d):
		s.report(ExpiredSuppression, d, Finding{
			Span: d.Dated, Message: fmt.Sprintf("the comment silences nothing since `%s`", last),
			Help: "repair what it hid and remove the comment, or give a later date",
		})
	case !s.today.IsZero() && d.Until.After(day(s.today).AddDate(longestWait, 0, 0)):
		s.report(FarExpiry, d, Finding{
			Span: d.Dated, Message: fmt.Sprintf("`%s` is more than a year ahead", last),
			Help: "give a date within a year, or none",
		})
	}
}

// judgeReach reports directives that silence more than they have to.
func (s *silencer) judgeReach(u *use) {
	d := u.Directive
	if len(d.Words) == 0 {
		s.report(BlanketSuppression, d, Finding{
			Span: d.Span, Message: "the comment silences every check", Help: "name the checks that it is about",
		})
		return
	}
	if d.Scope != DocumentScope || d.Peer != "" || len(u.silenced) == 0 {
		return
	}
	// What a document lacks is reported on its first line: nobody looks for a comment there.
	line := s.file.LineAt(u.silenced[0].Start)
	for _, span := range u.silenced {
		if n := s.file.LineAt(span.Start); n != line || n <= s.file.LineAt(d.Subject.Span.Start) {
			return
		}
	}
	s.report(BlanketSuppression, d, Finding{
		Span: d.Span, Message: "the comment covers the document, and silences findings on one line only",
		Help:    "write `# sigtune:ignore` at the end of that line",
		Related: []Related{{Span: u.silenced[0], Message: "what it silences"}},
	})
}

func (s *silencer) judgeWord(d *Directive, i int, w DirectiveWord) {
	if len(w.Codes) == 0 {
		f := Finding{Span: w.Span, Message: w.Message, Help: w.Help}
		if w.Nearest != "" {
			f.Fix = &source.Fix{Title: "write `" + w.Nearest + "`", Edits: []source.Edit{{Span: w.Span, New: w.Nearest}}}
		}
		s.report(UnknownCheck, d, f)
		return
	}
	message := ""
	switch c := (&Check{Code: w.Codes[0]}); {
	case !Suppressible(c):
		message = "`%s` cannot be silenced"
	case s.policy.Protected[c.Code]:
		message = "the configuration does not let comments silence `%s`"
	default:
		return
	}
	s.report(UnsuppressibleCheck, d, Finding{
		Span: w.Span, Message: fmt.Sprintf(message, source.Shorten(w.Text)),
		Help: "repair what it reports, and remove it here", Fix: s.without(d, []int{i}),
	})
}

// unused are the words of a directive whose check ran and found nothing within its reach; all says that this is each of them. A comment
// for every check is never called unused, as no run has every check.
func (s *silencer) unused(u *use) (words []int, all bool) {
	for i, w := range u.Words {
		if len(w.Codes) > 0 && !u.words[i] && s.ran[w.Codes[0]] && Suppressible(&Check{Code: w.Codes[0]}) && !s.policy.Protected[w.Codes[0]] {
			words = append(words, i)
		}
	}
	return words, len(words) > 0 && len(words) == len(u.Words)
}

func (s *silencer) reportUnused(u *use, unused []int, all bool) {
	d := u.Directive
	var names []string
	for _, i := range unused {
		names = append(names, "`"+source.Shorten(d.Words[i].Text)+"`")
	}
	const shown = 2 // names that leave the sentence within its 140 characters
	if more := len(names) - shown; more > 0 {
		names = append(names[:shown], fmt.Sprintf("%d more", more))
	}
	where := map[Scope]string{LineScope: "the line", DocumentScope: "the document"}[d.Scope]
	f := Finding{
		Span: d.Words[unused[0]].Span, Message: fmt.Sprintf("%s has no finding of %s to silence", where, joined(names)),
		Help: "remove it from the comment", Fix: s.without(d, unused),
	}
	if all {
		f.Span, f.Help = d.Span, "remove the comment"
	}
	s.report(UnusedSuppression, d, f)
}

func joined(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// without is the fix that takes words out of the list of a directive, or the directive when none is left.
func (s *silencer) without(d *Directive, drop []int) *source.Fix {
	if len(drop) == len(d.Words) {
		return removal(d)
	}
	list := source.Span{Start: d.Words[0].Span.Start, End: d.Words[len(d.Words)-1].Span.End}
	comma := s.file.Text(source.Span{Start: d.Words[0].Span.End, End: d.Words[1].Span.Start})
	var left []string
	for i, w := range d.Words {
		if !slices.Contains(drop, i) {
			left = append(left, w.Text)
		}
	}
	return &source.Fix{Title: "remove it from the comment", Safe: true, Edits: []source.Edit{{Span: list, New: strings.Join(left, comma)}}}
}

func removal(d *Directive) *source.Fix {
	return &source.Fix{Title: "remove the comment", Safe: true, Edits: []source.Edit{{Span: d.Removal}}}
}
