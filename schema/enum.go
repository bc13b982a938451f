package schema

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/rules/nearest"
	"github.com/sigtune/sigtune/rules/source"
)

// slips are words that authors write for another one and that no spelling distance finds.
var slips = map[string]map[string]string{
	"level":  {"info": "informational", "informal": "informational", "information": "informational", "med": "medium", "moderate": "medium", "crit": "critical", "severe": "critical"},
	"status": {"testing": "test", "tested": "test", "production": "stable", "exp": "experimental", "obsolete": "deprecated"},
	"type":   {"obsoletes": "obsolete", "obsoleted": "obsolete", "duplicate": "similar", "derives": "derived"},
}

// word explains a value that is not in the list of its attribute.
func word(attribute, kind string) explanation {
	return func(v *violation) *Problem {
		switch {
		case v.node.Kind != source.Scalar:
			return v.problem(WrongType, fmt.Sprintf("`%s` is %s, not text", attribute, shape(v.node)), "one of "+choice(codes(v.allowed())))
		case blank(v.node):
			return v.empty()
		}
		return v.word(kind, article(attribute)+" `"+attribute+"`", slips[attribute])
	}
}

func article(word string) string {
	if strings.ContainsRune("aeiou", rune(word[0])) {
		return "an"
	}
	return "a"
}

// word finds what a word outside the list may have meant. what follows "is not".
func (v *violation) word(kind, what string, slips map[string]string) *Problem {
	n, allowed := v.node, v.allowed()
	tidy := strings.ToLower(strings.TrimSpace(n.Value))
	for _, a := range allowed {
		if tidy == a {
			return v.problem(kind, fmt.Sprintf("%s has to be written `%s`", written(n), a), "write `"+a+"`").
				warning().fixed(v, "write `"+a+"`", true, rewrite(v.doc.File, n, a))
		}
	}
	var near []string
	if slip, ok := slips[tidy]; ok {
		near = []string{slip}
	} else {
		near = nearest.Of(tidy, allowed, nearest.Suggestions)
	}
	p := v.problem(kind, fmt.Sprintf("%s is not %s", written(n), what), "one of "+choice(codes(allowed)))
	if len(near) > 0 {
		p.Help = didYouMean(near)
		p.fixed(v, "write `"+near[0]+"`", false, rewrite(v.doc.File, n, near[0]))
	}
	return p
}

// allowed are the words that the schema lists at this place.
func (v *violation) allowed() []string {
	list, _ := v.err.Details()["allowed"].(string)
	var words []string
	if err := json.Unmarshal([]byte("["+list+"]"), &words); err != nil {
		return nil // not an enum error
	}
	return words
}
