package interactive

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/sigtune/sigtune/tuning"
)

// verb is what an answer asks for.
type verb uint8

const (
	unclear verb = iota
	take         // a proposal
	show         // its diff
	change       // its values
	skip
	quit
	explain
)

// answer is a line that was typed. proposal is nil where there is no such one.
type answer struct {
	verb     verb
	proposal *tuning.Proposal
}

var verbs = map[string]verb{
	"d": show, "diff": show, "e": change, "edit": change, "s": skip, "skip": skip, "q": quit, "quit": quit, "?": explain, "h": explain, "help": explain,
}

const help = `  1, 2, …   use that proposal
  Enter     use the recommended one; where there is none, skip
  d 1       show what proposal 1 changes in the rule
  e 1       write proposal 1 with other values; it is judged again
  s         skip this scenario
  q         stop; nothing is written`

// parse reads an answer about a scenario. Where there is one proposal, d and e need no number.
func parse(line string, o *tuning.Outcome) answer {
	fields := strings.Fields(strings.ToLower(line))
	switch {
	case len(fields) == 0:
		if p := recommended(o); p != nil {
			return answer{take, p}
		}
		return answer{verb: skip}
	case len(fields) > 2:
		return answer{}
	}
	v, known := verbs[fields[0]]
	if !known {
		v = take
	}
	number := fields[len(fields)-1]
	switch {
	case v == skip || v == quit || v == explain:
		if len(fields) > 1 {
			return answer{}
		}
		return answer{verb: v}
	case known && len(fields) == 1 && len(o.Proposals) == 1:
		number = "1"
	case !known && len(fields) > 1:
		return answer{}
	}
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > len(o.Proposals) {
		return answer{}
	}
	return answer{v, &o.Proposals[n-1]}
}

func recommended(o *tuning.Outcome) *tuning.Proposal {
	for k := range o.Proposals {
		if o.Proposals[k].Recommended {
			return &o.Proposals[k]
		}
	}
	return nil
}

// question is the prompt: what can be answered, and what Enter does.
func question(o *tuning.Outcome) string {
	byDefault := "skip"
	if p := recommended(o); p != nil {
		byDefault = strconv.Itoa(p.Rank)
	}
	switch n := len(o.Proposals); n {
	case 0:
		return "Nothing to choose. [Enter] goes on, q stops: "
	case 1:
		return fmt.Sprintf("Use it? [1, d, e, s, q; Enter: %s] ", byDefault)
	default:
		return fmt.Sprintf("Use which? [1-%d, d N, e N, s, q; Enter: %s] ", n, byDefault)
	}
}
