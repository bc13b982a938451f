package match

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sigtune/sigtune/rules"
)

// The evaluator below follows spec/sigma-semantics.md sections 4 to 7 to the letter and shares no code with the package: it reads
// values from the author's text and compares rune by rune with backtracking. Both must always agree.

// simpleRune is one rune of a pattern, or a wildcard.
type simpleRune struct {
	r        rune
	wildcard bool
}

// simpleScan reads a value's escapes (section 5).
func simpleScan(value string) []simpleRune {
	var out []simpleRune
	runes := []rune(value)
	for i := 0; i < len(runes); i++ {
		switch r := runes[i]; {
		case r == '\\' && i+1 < len(runes) && (runes[i+1] == '\\' || runes[i+1] == '*' || runes[i+1] == '?'):
			i++
			out = append(out, simpleRune{r: runes[i]})
		case r == '*' || r == '?':
			out = append(out, simpleRune{r, true})
		default:
			out = append(out, simpleRune{r: r})
		}
	}
	return out
}

// simpleDashes lists every spelling under windash (section 7.3).
func simpleDashes(p []simpleRune) [][]simpleRune {
	out := [][]simpleRune{nil}
	word := func(i int) bool {
		return i >= 0 && i < len(p) && !p[i].wildcard && (p[i].r == '_' || p[i].r >= '0' && p[i].r <= '9' || strings.ToUpper(string(p[i].r)) != strings.ToLower(string(p[i].r)))
	}
	for i, c := range p {
		choices := []rune{c.r}
		if !c.wildcard && strings.ContainsRune("-/–—―", c.r) && !word(i-1) && word(i+1) {
			choices = []rune("-/–—―")
		}
		var next [][]simpleRune
		for _, before := range out {
			for _, r := range choices {
				next = append(next, append(append([]simpleRune(nil), before...), simpleRune{r, c.wildcard}))
			}
		}
		out = next
	}
	return out
}

func simpleMatch(p []simpleRune, text []rune, cased bool) bool {
	if len(p) == 0 {
		return len(text) == 0
	}
	if p[0].wildcard && p[0].r == '*' {
		for i := 0; i <= len(text); i++ {
			if simpleMatch(p[1:], text[i:], cased) {
				return true
			}
		}
		return false
	}
	if len(text) == 0 {
		return false
	}
	same := p[0].wildcard || p[0].r == text[0] || !cased && strings.EqualFold(string(p[0].r), string(text[0]))
	return same && simpleMatch(p[1:], text[1:], cased)
}

// simpleText is a text test: a value under modifiers against one text.
func simpleText(value string, modifiers []string, text string) bool {
	star := simpleRune{'*', true}
	spellings := [][]simpleRune{simpleScan(value)}
	cased := false
	for _, m := range modifiers {
		if m == "windash" {
			spellings = simpleDashes(spellings[0])
		}
	}
	for i, p := range spellings {
		for _, m := range modifiers {
			switch m {
			case "contains":
				p = append(append([]simpleRune{star}, p...), star)
			case "startswith":
				p = append(append([]simpleRune(nil), p...), star)
			case "endswith":
				p = append([]simpleRune{star}, p...)
			case "cased":
				cased = true
			}
		}
		spellings[i] = p
	}
	for _, p := range spellings {
		if simpleMatch(p, []rune(text), cased) {
			return true
		}
	}
	return false
}

// random draws texts whose alphabet makes hits likely and holds what is special: escapes, dashes, case pairs of
// different lengths, a line break.
type random struct{ *rand.Rand }

var alphabet = []string{"a", "A", "b", "B", "k", "K", "\u212a", "s", "\u017f", "é", "É", "σ", "ς", "/", "-", "–", " ", "\n", ".", "\\", "*", "?", "_", "1"}

func (r random) text(most int) string {
	var b strings.Builder
	for range r.Intn(most + 1) {
		b.WriteString(alphabet[r.Intn(len(alphabet))])
	}
	return b.String()
}

func (r random) value() string {
	var b strings.Builder
	for range r.Intn(5) {
		switch r.Intn(4) {
		case 0:
			b.WriteString([]string{"*", "?", `\*`, `\\`, `\?`, " -a", "/b"}[r.Intn(7)])
		default:
			b.WriteString(alphabet[r.Intn(len(alphabet))])
		}
	}
	return b.String()
}

func (r random) modifiers() []string {
	var out []string
	if r.Intn(3) == 0 {
		out = append(out, "windash")
	}
	if shape := []string{"", "contains", "startswith", "endswith"}[r.Intn(4)]; shape != "" {
		out = append(out, shape)
	}
	if r.Intn(4) == 0 {
		out = append(out, "cased")
	}
	return out
}

// near is a text made from the value, so that many cases match.
func (r random) near(value string) string {
	var b strings.Builder
	for _, p := range simpleScan(value) {
		switch {
		case p.wildcard && p.r == '*':
			b.WriteString(r.text(2))
		case p.wildcard:
			b.WriteString(alphabet[r.Intn(len(alphabet))])
		case r.Intn(12) > 0:
			b.WriteRune(p.r)
		}
	}
	switch r.Intn(4) {
	case 0:
		return r.text(2) + b.String()
	case 1:
		return b.String() + r.text(2)
	case 2:
		return strings.ToUpper(b.String())
	}
	return b.String()
}

func quoteYAML(s string) string {
	quoted, _ := json.Marshal(s) // JSON strings are YAML's double-quoted ones
	return string(quoted)
}

func itemKey(modifiers []string) string {
	out := "f"
	for _, m := range modifiers {
		out += "|" + m
	}
	return out
}

func TestTheFastEvaluatorAgreesWithTheSimpleOne(t *testing.T) {
	const cases, textsPerValue = 20_000, 20
	r := random{rand.New(rand.NewSource(1))}
	matched := 0
	for range cases / textsPerValue {
		value, modifiers := r.value(), r.modifiers()
		m := compile(t, selectionRule(itemKey(modifiers)+": "+quoteYAML(value)))
		for range textsPerValue {
			text := r.text(5)
			if r.Intn(2) == 0 {
				text = r.near(value)
			}
			want := simpleText(value, modifiers, text)
			if want {
				matched++
			}
			e := NewEvent(map[string]any{"f": text})
			if got := m.Match(e); got != want {
				t.Fatalf("%s: %q on %q: fast %v, simple %v", itemKey(modifiers), value, text, got, want)
			}
			if m.Match(e) != want || m.Explain(e).Matched != want {
				t.Fatalf("%s: %q on %q: the second answer or the explanation differs", itemKey(modifiers), value, text)
			}
		}
	}
	if matched < cases/5 || matched > cases*4/5 {
		t.Errorf("%d of %d cases match: too lopsided to prove much", matched, cases)
	}
}

func TestManyValuesAnswerLikeOneAfterTheOther(t *testing.T) {
	r := random{rand.New(rand.NewSource(2))}
	for range 60 {
		modifiers := r.modifiers()
		if r.Intn(2) == 0 {
			modifiers = []string{"contains"}
		}
		var values []string
		body := itemKey(modifiers) + ":\n"
		for range 40 {
			v := r.value() + r.text(3)
			if len(modifiers) == 1 {
				v = strings.NewReplacer("*", "x", "?", "y").Replace(v) + "abcd"[:r.Intn(5)]
			}
			values = append(values, v)
			body += "  - " + quoteYAML(v) + "\n"
		}
		m := compile(t, selectionRule(body))
		for range 40 {
			text := r.near(values[r.Intn(len(values))])
			if r.Intn(2) == 0 {
				text = r.text(6)
			}
			want := false
			for _, v := range values {
				want = want || simpleText(v, modifiers, text)
			}
			if got := m.Match(NewEvent(map[string]any{"f": text})); got != want {
				t.Fatalf("%s on %q: sets %v, one by one %v", body, text, got, want)
			}
		}
	}
}

// simpleRule evaluates a whole rule over fields f, g, h: every item is one text test with its values.
func simpleRule(e *rules.Expr, event map[string]any) bool {
	switch e.Op {
	case rules.And:
		for _, a := range e.Args {
			if !simpleRule(a, event) {
				return false
			}
		}
		return true
	case rules.Or:
		for _, a := range e.Args {
			if simpleRule(a, event) {
				return true
			}
		}
		return false
	case rules.Not:
		return !simpleRule(e.Args[0], event)
	}
	count := 0
	for _, d := range e.Selected {
		if simpleBlock(d.Block, event) {
			count++
		}
	}
	if e.All {
		return count == len(e.Selected)
	}
	return count > 0
}

func simpleBlock(b *rules.Block, event map[string]any) bool {
	if b.Shape == rules.ListShape {
		for _, a := range b.Alternatives {
			if simpleBlock(a, event) {
				return true
			}
		}
		return false
	}
	for _, i := range b.Items {
		if !simpleItem(i, event) {
			return false
		}
	}
	return true
}

func simpleItem(i *rules.Item, event map[string]any) bool {
	var modifiers []string
	all, negated := false, false
	for _, m := range i.Modifiers {
		switch m.Name {
		case "all":
			all = true
		case "neq":
			negated = true
		default:
			modifiers = append(modifiers, m.Name)
		}
	}
	count := 0
	for _, v := range i.Values {
		field, present := event[i.Field]
		var elements []any
		switch field := field.(type) {
		case []any:
			elements = field
		default:
			elements = []any{field}
		}
		hit := false
		switch {
		case len(modifiers) == 1 && modifiers[0] == "exists":
			hit = present == v.Bool
		case v.Kind == rules.NullValue:
			for _, element := range elements {
				hit = hit || element == nil
			}
		default:
			for _, element := range elements {
				text, isText := element.(string)
				hit = hit || isText && simpleText(v.Text, modifiers, text)
			}
		}
		if hit {
			count++
		}
	}
	holds := count > 0
	if all {
		holds = count == len(i.Values)
	}
	return holds != negated
}

func (r random) item(field string) string {
	switch r.Intn(10) {
	case 0:
		return field + "|exists: " + []string{"true", "false"}[r.Intn(2)]
	case 1:
		return field + ": null"
	}
	item := field + strings.TrimPrefix(itemKey(r.modifiers()), "f")
	if r.Intn(4) == 0 {
		item += "|all"
	}
	if r.Intn(5) == 0 {
		item += "|neq"
	}
	var values []string
	for range 1 + r.Intn(3) {
		values = append(values, quoteYAML(r.text(1)))
	}
	return item + ": [" + strings.Join(values, ", ") + "]"
}

func (r random) block() string {
	var b strings.Builder
	list := r.Intn(3) == 0
	for range 1 + r.Intn(2) {
		begin := ""
		if list {
			begin = "- "
		}
		for _, field := range []string{"f", "g", "h"}[r.Intn(3):] {
			b.WriteString(begin + r.item(field) + "\n")
			if list {
				begin = "  "
			}
		}
		if !list {
			break
		}
	}
	return b.String()
}

func (r random) event() map[string]any {
	event := map[string]any{}
	for _, field := range []string{"f", "g", "h"} {
		switch r.Intn(8) {
		case 0:
		case 1:
			event[field] = nil
		case 2:
			event[field] = []any{r.text(1), nil, r.text(2)}[:r.Intn(4)]
		default:
			event[field] = r.text(2)
		}
	}
	return event
}

func TestWholeRulesAgreeWithTheSimpleEvaluator(t *testing.T) {
	r := random{rand.New(rand.NewSource(3))}
	conditions := []string{"a and not b", "1 of a* or c", "all of them", "not (a or b) and c", "a or b and not 1 of c*", "not all of them", "1 of them and not a"}
	matched, total := 0, 0
	for range 400 {
		condition := conditions[r.Intn(len(conditions))]
		text := detectionRule(fmt.Sprintf("a:\n%sb:\n%sc:\n%scondition: %s",
			indent(r.block(), "  "), indent(r.block(), "  "), indent(r.block(), "  "), condition))
		rule := parseRule(t, text)
		m, err := Compile(rule)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		for range 10 {
			fields := r.event()
			want := simpleRule(rule.Detection.Conditions[0].Root, fields)
			total++
			if want {
				matched++
			}
			e := NewEvent(fields)
			if got := m.Match(e); got != want || m.Explain(e).Matched != want {
				t.Fatalf("fast %v, simple %v for %v\n%s\n%s", got, want, fields, text, m.Explain(e))
			}
		}
	}
	if matched < total/10 {
		t.Errorf("only %d of %d match", matched, total)
	}
}

func TestFoldIsEqualFold(t *testing.T) {
	r := random{rand.New(rand.NewSource(4))}
	for range 20_000 {
		a, b := r.text(4), r.text(4)
		if (fold(a) == fold(b)) != strings.EqualFold(a, b) {
			t.Fatalf("%q %q", a, b)
		}
	}
	for c := rune(0); c <= utf8.MaxRune; c++ {
		if folded := foldRune(c); folded != c && !strings.EqualFold(string(c), string(folded)) {
			t.Fatalf("%U folds to %U", c, folded)
		}
	}
}

func FuzzEvent(f *testing.F) {
	for _, seed := range []string{`{"a":1}`, `{"a":{"b":[1,"x",null,{"c":true}]},"a.b":"y"}`, `{"":{"":0}}`, `[]`, `{"a":1e999,"b":-0}`, `{"f":"\ud800"}`} {
		f.Add(seed, "a.b.c")
	}
	m := compile(f, selectionRule("- a.b: 1\n- a|contains: x\n- a.b.c|re: t\n- a|gt: 3\n- a|cidr: 10.0.0.0/8\n- a|hour: 3\n- a|fieldref: b\n- kw\n- '|all': [a, b]\n- b|exists: false"))
	f.Fuzz(func(t *testing.T, text, field string) {
		e, err := ParseEvent([]byte(text))
		if err != nil {
			return
		}
		e.Texts(field)
		x := m.Explain(e)
		if m.Match(e) != x.Matched {
			t.Fatalf("match and explanation differ:\n%s", x)
		}
		if x.String() != m.Explain(e).String() {
			t.Fatal("the explanation is not deterministic")
		}
	})
}

func FuzzMatch(f *testing.F) {
	f.Add("f|contains: a*b", "xxaybz")
	f.Add("f|windash|endswith: ' -x?'", " /xy")
	f.Add("f|utf16|base64offset|contains: foo", "Zm9v")
	f.Add("f|wide: ü*", "\xfc\x00")
	f.Add("- f: '?*?'\n- x", "\xff\xc3")
	f.Add("f|lt: 1e3", "999.9")
	f.Fuzz(func(t *testing.T, body, text string) {
		if len(body) > 1000 || len(text) > 1000 {
			return
		}
		documents := documentsOf(selectionRule(body))
		if len(documents) == 0 {
			return
		}
		r, ok := documents[0].(*rules.Rule)
		if !ok {
			return
		}
		m, err := Compile(r, WithPlaceholders(map[string][]string{"a": {"b", "c"}}))
		if err != nil {
			return
		}
		e := NewEvent(map[string]any{"f": text, "g": []any{text, nil, 5}})
		first := m.Match(e)
		if x := m.Explain(e); x.Matched != first || m.Match(e) != first {
			t.Fatalf("match and explanation differ:\n%s", x)
		}
	})
}
