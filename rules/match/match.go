package match

import (
	"errors"
	"fmt"

	"github.com/sigtune/sigtune/rules"
)

// Matcher is a compiled rule, filter, detection or condition. It is safe for many goroutines.
type Matcher struct {
	// Filters are the filter documents that apply to the rule, in the order they were given to With.
	Filters []*rules.Filter

	rule   *rules.Rule // nil unless a whole rule was compiled
	env    environment
	scopes []*scope // all must hold: the rule, then its filters
}

// Option changes what Compile makes of a rule.
type Option func(*environment)

// environment is what a rule leaves to the site that runs it.
type environment struct {
	placeholders map[string][]string
	fields       *fields // that the matcher asks for
}

// WithPlaceholders gives the values of `%name%` under `expand`, by name without the percent signs. Several values are an
// OR. Values are literal text: wildcards and backslashes in them stand for themselves.
func WithPlaceholders(values map[string][]string) Option {
	return func(e *environment) { e.placeholders = values }
}

// Compile prepares a detection rule. The error is a sentence that names what cannot be evaluated.
func Compile(rule *rules.Rule, options ...Option) (*Matcher, error) {
	m, err := CompileDetections(&rule.Detection, options...)
	if err != nil {
		return nil, err
	}
	m.rule = rule
	m.scopes[0].head = &rule.Head
	return m, nil
}

// CompileDetections prepares what stands under `detection` of a rule or `filter` of a filter document, condition
// included.
func CompileDetections(d *rules.Detections, options ...Option) (*Matcher, error) {
	m := &Matcher{env: environment{fields: newFields()}}
	for _, o := range options {
		o(&m.env)
	}
	s, err := compileScope(d, &m.env)
	if err != nil {
		return nil, err
	}
	m.scopes = []*scope{s}
	return m, nil
}

// CompileDetection prepares one search identifier alone, whatever the condition makes of it.
func CompileDetection(d *rules.Detection, options ...Option) (*Matcher, error) {
	e := &rules.Expr{Op: rules.Name, Pattern: d.Name, Selected: []*rules.Detection{d}}
	if d.Key != nil {
		e.Span, e.PatternAt = d.Key.Span, d.Key.Span
	}
	return CompileExpr(e, options...)
}

// CompileExpr prepares a condition or a part of one, such as `1 of filter_main_*`.
func CompileExpr(e *rules.Expr, options ...Option) (*Matcher, error) {
	return CompileDetections(&rules.Detections{Conditions: []*rules.Condition{{Root: e}}}, options...)
}

// With is the matcher with filter documents ANDed to it (spec/sigma-semantics.md section 11). Filters that do not apply to
// the rule are left out, see Applies; an applying one that cannot be evaluated is an error. The matcher itself stays as it is.
func (m *Matcher) With(filters ...*rules.Filter) (*Matcher, error) {
	if m.rule == nil {
		return nil, errors.New("only a whole rule takes filters: it is its log source, id and name that they apply to")
	}
	out := *m
	out.scopes = append([]*scope(nil), m.scopes...)
	out.Filters = append([]*rules.Filter(nil), m.Filters...)
	out.env.fields = m.env.fields.clone()
	for _, f := range filters {
		if Applies(f, m.rule) != nil {
			continue
		}
		if len(f.Detection.Conditions) > 1 {
			return nil, fmt.Errorf("the filter %s has several conditions; a filter has one", title(f.Base()))
		}
		s, err := compileScope(&f.Detection, &out.env)
		if err != nil {
			return nil, fmt.Errorf("the filter %s: %w", title(f.Base()), err)
		}
		s.head = &f.Head
		out.scopes = append(out.scopes, s)
		out.Filters = append(out.Filters, f)
	}
	return &out, nil
}

// Match reports whether the event matches.
func (m *Matcher) Match(e *Event) bool {
	for _, s := range m.scopes {
		if !s.matches(e) {
			return false
		}
	}
	return true
}

func (s *scope) matches(e *Event) bool {
	for _, c := range s.conditions {
		if c.matches(e) {
			return true
		}
	}
	return false
}

func (x *expr) matches(e *Event) bool {
	switch x.op {
	case rules.And:
		for _, a := range x.args {
			if !a.matches(e) {
				return false
			}
		}
		return true
	case rules.Or:
		for _, a := range x.args {
			if a.matches(e) {
				return true
			}
		}
		return false
	case rules.Not:
		return !x.args[0].matches(e)
	}
	// One identifier, or the ones a pattern stands for.
	for _, d := range x.selected {
		if d.block.matches(e) != x.all {
			return !x.all
		}
	}
	return x.all
}

func (b *block) matches(e *Event) bool {
	if b.list {
		for _, a := range b.alternatives {
			if a.matches(e) {
				return true
			}
		}
		return false
	}
	for _, i := range b.items {
		if !i.matches(e) {
			return false
		}
	}
	return true
}

func (i *item) matches(e *Event) bool {
	var holds bool
	switch {
	case i.keyword:
		holds = i.holdsAnywhere(e)
	case i.all:
		holds = i.holdsAll(e.of(&i.field), e)
	default:
		holds = i.holdsAny(e.of(&i.field), e)
	}
	return holds != i.negated
}

func (i *item) holdsAll(v *value, e *Event) bool {
	for _, t := range i.tests {
		if !t.matches(v, e) {
			return false
		}
	}
	return true
}

func (i *item) holdsAny(v *value, e *Event) bool {
	if i.sets != nil && i.sets.has(v) || i.plains.patterns != nil && i.plains.has(v) {
		return true
	}
	for _, t := range i.rest {
		if t.matches(v, e) {
			return true
		}
	}
	return false
}
