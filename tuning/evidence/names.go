package evidence

import (
	"bufio"
	_ "embed" // the table of names
	"fmt"
	"strings"
	"sync"
)

//go:embed names.txt
var namesText string

// nameSchema is how one product calls the fields of Sigma.
type nameSchema struct {
	name     string
	seen     []string
	prefixes []prefix
	rows     []nameRow
	values   []valueRow
}

type prefix struct {
	text  string
	upper bool
}

// nameRow says where a Sigma field comes from.
type nameRow struct {
	categories []string // `*` is any
	field      string
	names      []string // the first that is there
	joined     bool     // names are two halves
	replace    bool
}

// valueRow translates a value of a field.
type valueRow struct {
	categories []string
	field      string
	from, to   string
	start      bool // of the value, else the whole
}

func covers(categories []string, category string) bool {
	for _, c := range categories {
		if c == "*" || c == category && category != "" {
			return true
		}
	}
	return false
}

var nameSchemas = sync.OnceValue(func() []nameSchema {
	out, err := readNames(namesText)
	if err != nil {
		panic("names.txt: " + err.Error()) // a test reads it
	}
	return out
})

// readNames reads the form that the head of names.txt describes. Errors name the line.
func readNames(text string) ([]nameSchema, error) {
	var out []nameSchema
	var categories []string
	lines := bufio.NewScanner(strings.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line, _, _ := strings.Cut(lines.Text(), "#")
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if words[0] == "schema" && len(words) == 2 {
			out, categories = append(out, nameSchema{name: words[1]}), nil
			continue
		}
		if len(out) == 0 {
			return nil, fmt.Errorf("line %d: `%s` stands before the first `schema`", n, words[0])
		}
		s := &out[len(out)-1]
		switch {
		case words[0] == "seen":
			s.seen = append(s.seen, words[1:]...)
		case words[0] == "prefix" && len(words) <= 3 && len(words) > 1:
			s.prefixes = append(s.prefixes, prefix{words[1], len(words) == 3})
		case words[0] == "category":
			categories = words[1:]
		case categories == nil:
			return nil, fmt.Errorf("line %d: `%s` stands before the first `category`", n, words[0])
		case (words[0] == "value" || words[0] == "start") && len(words) == 5 && words[3] == "=":
			s.values = append(s.values, valueRow{categories, words[1], words[2], words[4], words[0] == "start"})
		case len(words) > 2 && words[1] == "=":
			row := nameRow{categories: categories, field: words[0], names: words[2:]}
			if row.field, row.replace = strings.CutPrefix(words[0], "!"); len(words) == 5 && words[3] == `\` {
				row.names, row.joined = []string{words[2], words[4]}, true
			}
			s.rows = append(s.rows, row)
		default:
			return nil, fmt.Errorf("line %d: `%s` is no line of the table", n, strings.Join(words, " "))
		}
	}
	return out, lines.Err()
}

// recognises reports whether an event is of the schema.
func (s *nameSchema) recognises(fields map[string]any) bool {
	for _, name := range s.seen {
		start, open := strings.CutSuffix(name, "*")
		if !open {
			if _, ok := fields[name]; ok {
				return true
			}
			continue
		}
		for field := range fields {
			if strings.HasPrefix(field, start) {
				return true
			}
		}
	}
	return false
}
