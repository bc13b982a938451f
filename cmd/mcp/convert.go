package mcp

import (
	"errors"
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/kql"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/domain"
)

// ConvertSchema names the form of the answer of `convert`, documented in docs/mcp.md. The form stays additive.
const ConvertSchema = "sigtune.convert/1"

type (
	conversion struct {
		Schema  string  `json:"schema"`
		Target  string  `json:"target"`
		Queries []query `json:"queries"` // one for each condition that asks for anything, in the order of the text
		Notes   []note  `json:"notes"`   // what is not as in the rule
		Errors  []note  `json:"errors"`  // why a rule has no query
	}
	query struct {
		ID    string `json:"id"` // of the rule
		Title string `json:"title"`
		Table string `json:"table"`
		Text  string `json:"text"`
	}
	note struct {
		Message string `json:"message"`
		Help    string `json:"help,omitempty"`
		Line    int    `json:"line"`
		Column  int    `json:"column"`
	}
)

// targets are the dialects by the names of `sigtune convert --to`.
var targets = map[string]kql.Dialect{"kql-asim": kql.ASIM, "kql-xdr": kql.XDR}

type convertCall struct {
	Text string `json:"text,omitempty" jsonschema:"the YAML text of one or several rules"`
	Path string `json:"path,omitempty" jsonschema:"instead of the text: a file below the opened directory"`
	To   string `json:"to,omitempty" jsonschema:"kql-asim (Microsoft Sentinel, the default) or kql-xdr (Defender XDR)"`
}

func (s *server) convert(in convertCall) (answer, error) {
	file, err := s.readable(text{"text", in.Text, in.Path, ""})
	if err != nil {
		return answer{}, err
	}
	if in.To == "" {
		in.To = "kql-asim"
	}
	found := rulesOf(file)
	if len(found) == 0 {
		return answer{}, errNoRule
	}
	out := conversion{Schema: ConvertSchema, Target: in.To, Queries: []query{}, Notes: []note{}, Errors: []note{}}
	for _, r := range found {
		queries, notes, err := kql.Translate(r, kql.Options{Dialect: targets[in.To]})
		if e := (*kql.Error)(nil); errors.As(err, &e) {
			for _, c := range e.Causes {
				out.Errors = append(out.Errors, placed(file, c.Span, c.Message, c.Help))
			}
			continue
		} else if err != nil {
			return answer{}, err
		}
		for _, q := range queries {
			out.Queries = append(out.Queries, query{r.ID.Value, r.Title.Value, q.Table, q.Text})
		}
		for _, n := range notes {
			out.Notes = append(out.Notes, placed(file, n.Span, n.Message, ""))
		}
	}
	object, err := encode(out)
	return answer{object, out.words()}, err
}

func placed(f *source.File, at source.Span, message, help string) note {
	pos := f.Pos(at.Start)
	return note{message, help, pos.Line, pos.Column}
}

// words is a conversion for a reader.
func (c conversion) words() string {
	var parts []string
	for _, q := range c.Queries {
		parts = append(parts, q.Text)
	}
	for _, list := range []struct {
		title string
		notes []note
	}{{"not converted", c.Errors}, {"note", c.Notes}} {
		for _, n := range list.notes {
			line := fmt.Sprintf("%s: line %d: %s", list.title, n.Line, n.Message)
			if n.Help != "" {
				line += "; " + n.Help
			}
			parts = append(parts, line)
		}
	}
	if len(parts) == 0 {
		return "there is nothing to ask for: the rule only names event ids"
	}
	return strings.Join(parts, "\n\n")
}

// rulesOf are the detection rules of a file.
func rulesOf(file *source.File) []*rules.Rule {
	documents, _ := rules.Parse(file)
	var out []*rules.Rule
	for _, d := range documents {
		if r, ok := d.(*rules.Rule); ok {
			out = append(out, r)
		}
	}
	return out
}

// domains is what the configuration knows of fields, nil for the bundled table.
func (s *server) domains() *domain.Table {
	if len(s.Config.Fields.Domains)+len(s.Config.Fields.Lists) == 0 {
		return nil
	}
	table, _ := s.Config.Fields.Table() // reading the configuration has reported a row that does not compile
	return table
}
