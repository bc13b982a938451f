package mine

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// atom is a word, or a run of what stands between words, of a text.
type atom struct {
	begin, end int
	word       bool
	breaks     bool // no common part goes across it: a line break, a user's name, an identifier
}

func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// atoms cuts a text at the edges of words. What changes from event to event breaks.
func atoms(text string) []atom {
	var out []atom
	for i := 0; i < len(text); {
		r, width := utf8.DecodeRuneInString(text[i:])
		begin := i
		i += width
		word, breaks := isWord(r), r == '\n' || r == '\r' || r == '\t' || r == 0 || r == utf8.RuneError
		if n := len(out); n > 0 && out[n-1].word == word && !breaks && !out[n-1].breaks {
			out[n-1].end = i
			continue
		}
		out = append(out, atom{begin, i, word, breaks})
	}
	for _, at := range volatileParts.FindAllStringIndex(text, -1) {
		for i := range out {
			if out[i].begin < at[1] && out[i].end > at[0] && (out[i].word || out[i].begin >= at[0] && out[i].end <= at[1]) {
				out[i].breaks = true
			}
		}
	}
	for i := range out {
		a := &out[i]
		if !a.word {
			continue
		}
		w := text[a.begin:a.end]
		if made(w) && len(w) >= 5 {
			a.breaks = true
		}
		if i >= 2 && i+1 < len(out) && strings.ContainsAny(text[out[i-1].begin:out[i-1].end], `\/`) && strings.ContainsAny(text[out[i+1].begin:out[i+1].end], `\/.-`) &&
			profileRoots[strings.ToLower(text[out[i-2].begin:out[i-2].end])] && !commonProfiles[strings.ToLower(w)] {
			a.breaks = true
		}
	}
	return out
}

// longestText is how much of a text is looked at: command lines end at 32 KiB, scripts do not, and their first pages tell them apart.
const longestText = 4096

// commonParts are the longest runs of atoms that all texts hold at the edges of words, in the order of the first text. Letter case does not
// count. from is where in the first text to begin.
func commonParts(texts []string, from int) []string {
	base := texts[0]
	if len(base) > longestText {
		base = base[:longestText]
		for !utf8.ValidString(base) {
			base = base[:len(base)-1]
		}
	}
	others := make([]string, 0, len(texts)-1)
	for _, t := range texts[1:] {
		others = append(others, strings.ToLower(t))
	}
	list := atoms(base)
	lower := strings.ToLower(base)
	if len(lower) != len(base) {
		lower = base // folding moved the bytes: compare as written
	}
	var out []string
	for i := 0; i < len(list); {
		if list[i].breaks || list[i].begin < from {
			i++
			continue
		}
		j := i
		for j < len(list) && !list[j].breaks && everywhere(others, lower[list[i].begin:list[j].end]) {
			j++
		}
		if j == i {
			i++
			continue
		}
		out = append(out, base[list[i].begin:list[j-1].end])
		// The next run may begin inside this one only if it reaches further, which it does where this one stopped.
		i = max(i+1, j)
	}
	return out
}

// everywhere reports that every text holds a part, and not only inside longer words.
func everywhere(texts []string, part string) bool {
	first, _ := utf8.DecodeRuneInString(part)
	last, _ := utf8.DecodeLastRuneInString(part)
	for _, t := range texts {
		found := false
		for at := 0; at <= len(t)-len(part); {
			k := strings.Index(t[at:], part)
			if k < 0 {
				break
			}
			begin, end := at+k, at+k+len(part)
			before, _ := utf8.DecodeLastRuneInString(t[:begin])
			after, _ := utf8.DecodeRuneInString(t[end:])
			if !(isWord(first) && begin > 0 && isWord(before)) && !(isWord(last) && end < len(t) && isWord(after)) {
				found = true
				break
			}
			at = begin + 1
		}
		if !found {
			return false
		}
	}
	return true
}

// keptParts is how many parts of one text make a condition.
const keptParts = 3

// tellingParts are the parts that name something, the longest first chosen, in their order, tidied at the edges.
func tellingParts(parts []string) []string {
	type scored struct {
		text  string
		bits  int
		place int
	}
	var list []scored
	for i, p := range parts {
		p = tidyPart(p)
		if bits := letters(p); bits >= 2 && len(p) >= 3 {
			list = append(list, scored{p, bits, i})
		}
	}
	sort.SliceStable(list, func(a, b int) bool { return list[a].bits > list[b].bits })
	if len(list) > keptParts {
		list = list[:keptParts]
	}
	sort.Slice(list, func(a, b int) bool { return list[a].place < list[b].place })
	var out []string
	for _, s := range list {
		out = append(out, s.text)
	}
	return out
}

// emptyWords say nothing on a command line or in a script: extensions, interpreters' switches, and places that every program shares.
var emptyWords = func() map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(`exe dll bat cmd com msi sys ps1 vbs tmp log txt http https www c d x86 program files true false null and or the mozilla microsoft tcp udp dword qword binary data`) {
		set[w] = true
	}
	for w := range genericSegments {
		set[w] = true
	}
	return set
}()

// letters counts letters and digits of the words of a part that name something.
func letters(part string) int {
	n := 0
	for _, w := range strings.FieldsFunc(part, func(r rune) bool { return !isWord(r) }) {
		if !emptyWords[strings.ToLower(w)] {
			n += utf8.RuneCountInString(w)
		}
	}
	return n
}

// tidyPart leaves out blanks and quotes at the edges, but for the blank before an option: ` -c` is not part of `--color-c`.
func tidyPart(p string) string {
	p = strings.TrimRight(p, " \"'")
	trimmed := strings.TrimLeft(p, " \"'")
	if strings.HasPrefix(trimmed, "-") || strings.HasPrefix(trimmed, "/") {
		if lead := p[:len(p)-len(trimmed)]; strings.HasSuffix(lead, " ") {
			return " " + trimmed
		}
	}
	return trimmed
}

// words are the words of a text that name something and do not change from event to event.
func words(text string) []string {
	if len(text) > longestText {
		text = text[:longestText]
	}
	var out []string
	for _, a := range atoms(text) {
		if w := strings.ToLower(text[a.begin:a.end]); a.word && !a.breaks && len(w) >= 3 && !emptyWords[w] {
			out = append(out, w)
		}
	}
	return out
}

// behindProgram is where the arguments of a command line begin.
func behindProgram(text string) int {
	if strings.HasPrefix(text, `"`) {
		if k := strings.IndexByte(text[1:], '"'); k >= 0 {
			return k + 2
		}
		return len(text)
	}
	lower := strings.ToLower(text)
	for _, extension := range []string{".exe", ".com", ".bat", ".cmd"} {
		if k := strings.Index(lower, extension); k >= 0 && !strings.Contains(lower[:k], " -") && !strings.Contains(lower[:k], " /") {
			if end := k + len(extension); end == len(text) || text[end] == ' ' || text[end] == '"' {
				return end
			}
		}
	}
	if k := strings.IndexByte(text, ' '); k >= 0 {
		return k
	}
	return len(text)
}
