package rules

import (
	"math/rand/v2"
	"strings"
	"testing"
	"testing/quick"
)

// Every row of spec/sigma-semantics.md section 5. In want ⟨*⟩ and ⟨?⟩ are wildcards, everything else is literal.
func TestStringSyntax(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{``, ``},
		{`a`, `a`},
		{`\`, `\`},
		{`\\`, `\`},
		{`\\\`, `\\`},
		{`\\\\`, `\\`},
		{`\\\\\\`, `\\\`},
		{`*`, `⟨*⟩`},
		{`?`, `⟨?⟩`},
		{`**`, `⟨*⟩⟨*⟩`},
		{`\*`, `*`},
		{`\?`, `?`},
		{`\\*`, `\⟨*⟩`},
		{`\\\*`, `\*`},
		{`\\\\*`, `\\⟨*⟩`},
		{`\**`, `*⟨*⟩`},
		{`C:\Windows\*`, `C:\Windows*`},
		{`C:\Windows\\*`, `C:\Windows\⟨*⟩`},
		{`\\server\share`, `\server\share`},
		{`\\\\server\share`, `\\server\share`},
		{`a\nb`, `a\nb`},
		{`\%x%`, `\%x%`},
		{`é*`, `é⟨*⟩`},
		{`a\`, `a\`},
	} {
		pattern := ParsePattern(c.text)
		var got strings.Builder
		for _, token := range pattern {
			got.WriteString(tokenText(token))
		}
		if got.String() != c.want {
			t.Errorf("%q is %q, want %q", c.text, got.String(), c.want)
		}
		end := 0
		for _, token := range pattern {
			if token.At != end || token.End <= token.At || token.End > len(c.text) {
				t.Errorf("%q: token %+v does not follow %d", c.text, token, end)
			}
			end = token.End
		}
		if end != len(c.text) {
			t.Errorf("%q: tokens end at %d", c.text, end)
		}
	}
}

func TestPatternsAreWrittenSparingly(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`C:\Windows\cmd.exe`, `C:\Windows\cmd.exe`},
		{`C:\\Windows`, `C:\Windows`},
		{`\\\\server\\share`, `\\\\server\share`},
		{`C:\Windows\\*`, `C:\Windows\\*`},
		{`\\\*`, `\\\*`},
		{`\\?`, `\\?`},
		{`100\*`, `100\*`},
		{`a\\`, `a\`},
	} {
		if got := ParsePattern(c.text).String(); got != c.want {
			t.Errorf("%q is written %q, want %q", c.text, got, c.want)
		}
	}
}

// joined is a pattern in the form that parsing gives: neighbouring literals are one.
func joined(p Pattern) Pattern {
	var out Pattern
	for _, t := range p {
		if t.Kind == Literal && t.Text == "" {
			continue
		}
		if n := len(out); n > 0 && out[n-1].Kind == Literal && t.Kind == Literal {
			out[n-1].Text += t.Text
			continue
		}
		out = append(out, Token{Kind: t.Kind, Text: t.Text})
	}
	return out
}

func randomPattern(r *rand.Rand) Pattern {
	texts := []string{`\`, `\\`, `\\\`, "*", "?", "a", `\*`, "é", "%x%", "/"}
	var p Pattern
	for range r.IntN(8) {
		switch r.IntN(3) {
		case 0:
			p = append(p, Token{Kind: AnyRun})
		case 1:
			p = append(p, Token{Kind: AnyOne})
		default:
			p = append(p, Token{Kind: Literal, Text: texts[r.IntN(len(texts))] + texts[r.IntN(len(texts))]})
		}
	}
	return joined(p)
}

// parse(write(tokens)) = tokens, the property of section 5.
func TestWhatIsWrittenIsReadBack(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 50_000 {
		p := randomPattern(r)
		if back := ParsePattern(p.String()); !back.Equal(p) {
			t.Fatalf("%v is written %q and read %v", p, p.String(), back)
		}
	}
	stable := func(text string) bool {
		p := ParsePattern(text)
		return ParsePattern(p.String()).Equal(p)
	}
	if err := quick.Check(stable, nil); err != nil {
		t.Error(err)
	}
}

func FuzzPattern(f *testing.F) {
	f.Add(`C:\\*\\\?a`)
	f.Fuzz(func(t *testing.T, text string) {
		p := ParsePattern(text)
		if !ParsePattern(p.String()).Equal(p) {
			t.Fatalf("%q is read %v and written %q", text, p, p.String())
		}
	})
}

// Spec/sigma-semantics.md section 7.1: what is broken everywhere, and what only some engines lack.
func TestRegularExpressions(t *testing.T) {
	for _, c := range []struct {
		text    string
		want    string // "compiles", "broken", or "cannot tell"
		lacking string // part of the name of the first construct
	}{
		{`a.*b`, "compiles", ""},
		{`\d+\.\d+`, "compiles", ""},
		{`(?:a|b){2,3}\b`, "compiles", ""},
		{`(?i)abc`, "compiles", ""},
		{`a(?i)b`, "compiles", "inline flags"},
		{`[]a]`, "compiles", ""},
		{`[^]a]`, "compiles", ""},
		{`[[:alpha:]]`, "compiles", ""},
		{`(?P<n>x)`, "compiles", ""},
		{`\p{L}`, "compiles", "Unicode class"},
		{`\Qa.b\E`, "compiles", `\Q…\E`},
		{`(?<=x)y`, "cannot tell", "look-behind"},
		{`(?<!x)y`, "cannot tell", "negative look-behind"},
		{`x(?=y)`, "cannot tell", "look-ahead"},
		{`x(?!y)`, "cannot tell", "negative look-ahead"},
		{`(?>x)`, "cannot tell", "atomic group"},
		{`a++`, "cannot tell", "possessive"},
		{`a{2}+`, "cannot tell", "possessive"},
		{`(a)\1`, "cannot tell", "back-reference"},
		{`a\Z`, "cannot tell", `\Z`},
		{`\h`, "cannot tell", `\h`},
		{`\R`, "cannot tell", `\R`},
		{`\K`, "cannot tell", `\K`},
		{`\e`, "cannot tell", `\e`},
		{`\u0041`, "cannot tell", `\u0041`},
		{`(?x)a b`, "cannot tell", "inline flags"},
		{`(?#note)a`, "cannot tell", "comment"},
		{`a{1001}`, "cannot tell", "repeat count"},
		{`(?(1)a|b)`, "cannot tell", "conditional"},
		{`(`, "broken", ""},
		{`a)`, "broken", ""},
		{`[a`, "broken", ""},
		{`a\`, "broken", ""},
		{`*a`, "broken", ""},
		{`x{2,1}`, "broken", ""},
		{`[z-a]`, "broken", ""},
		{`(?<=x`, "broken", "look-behind"},
	} {
		r := CompileRegex(c.text, "")
		got := "compiles"
		switch {
		case r.Broken != "":
			got = "broken"
		case r.Program == nil:
			got = "cannot tell"
		}
		if got != c.want {
			t.Errorf("%s: %s (%s), want %s", c.text, got, r.Broken, c.want)
		}
		name := ""
		if len(r.Nonportable) > 0 {
			name = r.Nonportable[0].Name
			if n := r.Nonportable[0]; n.At < 0 || n.End > len(c.text) || n.At >= n.End {
				t.Errorf("%s: the construct stands at %d to %d", c.text, n.At, n.End)
			}
		}
		if !strings.Contains(name, c.lacking) || c.lacking == "" && name != "" {
			t.Errorf("%s: construct %q, want %q", c.text, name, c.lacking)
		}
	}
	for flags, matches := range map[string]string{"i": "A", "s": "x\ny", "m": "y\nz"} {
		text := map[string]string{"i": "^a$", "s": "x.y", "m": "^z$"}[flags]
		if !CompileRegex(text, flags).Program.MatchString(matches) {
			t.Errorf("flag %s has no effect", flags)
		}
		if CompileRegex(text, "").Program.MatchString(matches) {
			t.Errorf("without flag %s it matches too", flags)
		}
	}
}

func FuzzRegex(f *testing.F) {
	for _, s := range []string{`(?<=a)b{2}+`, `[^]]\Q`, `(?#`, `(?(`, `\p{`, `a{1,99999}`} {
		f.Add(s, "i")
	}
	f.Fuzz(func(t *testing.T, text, flags string) {
		if strings.Trim(flags, "ims") != "" {
			flags = ""
		}
		r := CompileRegex(text, flags)
		if r.Broken != "" && (r.BrokenAt < 0 || r.BrokenAt > len(text)) {
			t.Fatalf("broken at %d of %d", r.BrokenAt, len(text))
		}
		if r.Broken == "" && r.Program == nil && len(r.Nonportable) == 0 {
			t.Fatal("cannot be evaluated, and nothing says why")
		}
		for _, c := range r.Nonportable {
			if c.At < 0 || c.End > len(text) || c.At > c.End {
				t.Fatalf("%s stands at %d to %d of %d", c.Name, c.At, c.End, len(text))
			}
		}
	})
}
