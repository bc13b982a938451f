package logic

import (
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/match"
)

// rechecker evaluates witnesses with package match, which shares nothing with this one: every identifier of a rule is decided there, and
// only what joins them, and parts of identifiers, here.
type rechecker struct {
	matchers map[*rules.Detection]*match.Matcher // nil where match refuses
}

// confirm decides the formula on an event. Package match folds case as Unicode does, so ASCII folding is left to Eval alone.
func (r *rechecker) confirm(f *Formula, e Event, folding Folding) Truth {
	if t := f.Eval(e, folding); t != Holds || folding == ASCIIFolding {
		return t
	}
	return r.decide(f, e, match.NewEvent(e))
}

func (r *rechecker) decide(f *Formula, e Event, event *match.Event) Truth {
	for _, part := range f.parts {
		if d, ok := part.(*rules.Detection); ok {
			if m := r.matcher(f, d); m != nil {
				return truth(m.Match(event))
			}
		}
	}
	switch f.op {
	case opNot:
		return r.decide(f.args[0], e, event).not()
	case opAnd, opOr:
		return joined(f.op, len(f.args), func(i int) Truth { return r.decide(f.args[i], e, event) })
	}
	return f.Eval(e, UnicodeFolding)
}

// matcher is the matcher of an identifier, or nil when match refuses it or something in it was substituted.
func (r *rechecker) matcher(f *Formula, d *rules.Detection) *match.Matcher {
	m, ok := r.matchers[d]
	if !ok {
		m, _ = match.CompileDetection(d)
		r.matchers[d] = m
	}
	if m == nil || f.substituted() {
		return nil
	}
	return m
}

// substituted reports that a part of the formula was replaced by a constant.
func (f *Formula) substituted() bool {
	found := false
	f.each(func(g *Formula) { found = found || g.was != nil })
	return found
}
