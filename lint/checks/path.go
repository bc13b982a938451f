package checks

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// selectOnWindows is a whole rule on Windows processes whose selection tests an image and one more thing.
func selectOnWindows(lines string) string {
	return onWindows("category: process_creation", "        Image|endswith: '\\openfiles.exe'\n        "+strings.ReplaceAll(lines, "\n", "\n        ")+"\n")
}

// pathChecks look at values that are paths: backslashes, separators, ends.
var pathChecks = []*lint.Check{
	{
		Code: "SIG0643", Name: "escaped-wildcard", Severity: lint.Warning, Profiles: rqs,
		Doc: lint.Doc{
			Title: "A wildcard that a backslash makes literal",
			What: "`\\*` or `\\?` in a value of a path or registry field, or in a value that begins with a drive, with `%NAME%\\` or with a hive. " +
				"Quiet behind a doubled backslash, where the author knew, in other fields, where a literal star is often meant, and under `re`. In profile sigmahq any field " +
				"but those under `re` counts.",
			Why:  "A separator and a wildcard were meant; a literal star is in no path, so the value never matches.",
			Bad:  selectOnWindows("ParentImage|startswith: 'C:\\Tools\\*'"),
			Good: selectOnWindows("ParentImage|startswith: 'C:\\Tools\\'"),
		},
		Document: escapedWildcard,
	},
	{
		Code: "SIG0644", Name: "unc-backslashes", Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "A network path with half of its backslashes",
			What: "A value that is compared from its start and begins with exactly two backslashes, a host name and another backslash. Device paths and pipes, " +
				"which begin with one backslash, are left alone.",
			Why:  "`\\\\` is one backslash in Sigma: the value begins with one, and a network path with two, so it never matches.",
			Bad:  selectOnWindows("ParentImage|startswith: '\\\\fileserver\\tools\\'"),
			Good: selectOnWindows("ParentImage|startswith: '\\\\\\\\fileserver\\tools\\'"),
		},
		Document: uncBackslashes,
	},
	{
		Code: "SIG0645", Name: "collapsed-backslash", Severity: lint.Info, Profiles: s,
		Doc: lint.Doc{
			Title: "Two backslashes that are read as one",
			What:  "`\\\\` inside a value, before an ordinary character. Not at its start, and not under `re`.",
			Why:   "It means the same as one backslash; the author may have thought of two.",
			Bad:   selectOnWindows("ParentImage|endswith: '\\Tools\\\\agent.exe'"),
			Good:  selectOnWindows("ParentImage|endswith: '\\Tools\\agent.exe'"),
		},
		Document: collapsedBackslash,
	},
	{
		Code: "SIG0646", Name: "missing-path-separator", Severity: lint.Warning, Profiles: s,
		Doc: lint.Doc{
			Title: "A file name without its separator",
			What: "`endswith` on a path field with a whole file name and no separator before it. Quiet when the value begins with `_`, `-`, `.` or a blank, or is longer than " +
				"20 characters. An info for names without extension on image fields.",
			Why:  "Longer names match too: `cmd.exe` is the end of `notcmd.exe`, in a selection as in an exclusion.",
			Bad:  selectOnWindows("ParentImage|endswith: 'agent.exe'"),
			Good: selectOnWindows("ParentImage|endswith: '\\agent.exe'"),
		},
		Document: missingSeparator,
	},
	{
		Code: "SIG0647", Name: "surrounding-space", Severity: lint.Warning, Profiles: rs, YieldsTo: []string{"value-outside-field-domain"},
		Doc: lint.Doc{
			Title: "A blank at the anchored end of a value",
			What: "A value of a path, registry, time, hash, address or account field, or a path in any other field, begins or ends with a blank on a side that the modifier anchors. One finding per item. Quiet for a value of " +
				"blanks only and for free text.",
			Why:  "Such fields are written without outer blanks, so the value hardly ever matches.",
			Bad:  selectOnWindows("User|endswith: '\\backup '"),
			Good: selectOnWindows("User|endswith: '\\backup'"),
		},
		Document: surroundingSpace,
	},
	{
		Code: "SIG0648", Name: "truncated-extension", Severity: lint.Info, Profiles: rs,
		Doc: lint.Doc{
			Title: "An extension without its last letter",
			What:  "A value that is anchored at its end ends in the extension of a program or script minus its last letter: `.ex`, `.dl`, `.sy`, `.ba`, `.cm`, `.ht`.",
			Why:   "Hardly any file ends so: the value was cut off, and never matches.",
			Bad:   selectOnWindows("ParentImage|endswith: '\\agent.ex'"),
			Good:  selectOnWindows("ParentImage|endswith: '\\agent.exe'"),
		},
		Document: truncatedExtension,
	},
}

// pathTypes are the types of fields that hold a path of files or of the registry.
var pathTypes = []taxonomy.Type{taxonomy.Path, taxonomy.Image, taxonomy.Registry}

// typeOf is what the taxonomy thinks a field holds: a hint.
func (s sourced) typeOf(field string) taxonomy.Type {
	if s.table == nil {
		return taxonomy.Text
	}
	f, _ := s.table.Field(field)
	return f.Type
}

// eachText visits every text value that is compared as text, with its field's type.
func eachText(p *lint.Pass, visit func(i *rules.Item, v *rules.Value, t taxonomy.Type)) {
	s, _ := sourceOf(p.Document)
	eachItem(p, func(_ *rules.Detection, i *rules.Item) {
		if i.Has("re") || i.Has("cidr") || i.Has("fieldref") {
			return
		}
		t := s.typeOf(i.Field)
		for _, v := range i.Values {
			if v.Kind == rules.TextValue {
				visit(i, v, t)
			}
		}
	})
}

// anchored reports which ends of an item's values its modifier and the value itself leave closed.
func anchored(i *rules.Item, v *rules.Value) (start, end bool) {
	_, openStart, openEnd, _ := shapeOf(i)
	return !openStart && !strings.HasPrefix(v.Text, "*"), !openEnd && !strings.HasSuffix(v.Text, "*")
}

// rewrite is the fix that replaces a part of a value, nil where the text does not stand in the file as it is.
func rewrite(v *rules.Value, at, end int, text string, safe bool) *source.Fix {
	n := v.Node
	if n.Alias != nil || !n.Mapped() || n.Style == source.DoubleQuoted {
		return nil
	}
	return &source.Fix{Title: "write `" + source.Shorten(text) + "`", Safe: safe, Edits: []source.Edit{{Span: n.Range(at, end), New: text}}}
}

// rooted is the beginning of a value that is a path wherever it stands.
var rooted = regexp.MustCompile(`(?i)^(?:[a-z]:\\|%[a-z0-9_()]+%\\|HK(?:LM|U|CU|CR|CC)\\|HKEY_)`)

func escapedWildcard(p *lint.Pass) {
	every := literal(p.Facts)
	eachText(p, func(i *rules.Item, v *rules.Value, t taxonomy.Type) {
		if !every && !slices.Contains(pathTypes, t) && !rooted.MatchString(v.Text) {
			return
		}
		for k := 0; k+1 < len(v.Text); k++ {
			if v.Text[k] != '\\' {
				continue
			}
			next := v.Text[k+1]
			if (next == '*' || next == '?') && (every || !strings.HasSuffix(v.Text[:k], `\\`)) {
				p.Report(lint.Finding{
					Span:    v.Node.Range(k, k+2),
					Message: fmt.Sprintf("`\\%c` in `%s` is a literal `%c`, not a separator and a wildcard", next, shorter(v.Text), next),
					Help:    fmt.Sprintf("write `\\\\%c` for a separator and a wildcard", next),
					Fix:     rewrite(v, k, k+2, `\\`+string(next), false),
				})
				return
			}
			if next == '\\' {
				k++
			}
		}
	})
}

// shared is a network path as it is often written: host and share behind two backslashes.
var shared = regexp.MustCompile(`^\\\\([A-Za-z0-9][A-Za-z0-9._$-]*)\\`)

// kernelRoots are names behind a single leading backslash, which `\\` is.
var kernelRoots = []string{"device", "systemroot", "registry", "global", "dosdevices", "namedpipe", "pipe"}

func uncBackslashes(p *lint.Pass) {
	eachText(p, func(i *rules.Item, v *rules.Value, t taxonomy.Type) {
		start, _ := anchored(i, v)
		m := shared.FindStringSubmatch(v.Text)
		if !start || m == nil || i.Keyword() || t == taxonomy.Pipe || t == taxonomy.Registry || slices.Contains(kernelRoots, strings.ToLower(m[1])) {
			return
		}
		p.Report(lint.Finding{
			Span:    v.Node.Span,
			Message: fmt.Sprintf("`%s` begins with one backslash only: `\\\\` stands for one", shorter(v.Text)),
			Help:    `write four backslashes for the two of a network path`,
			Fix:     rewrite(v, 0, 2, `\\\\`, false),
		})
	})
}

func collapsedBackslash(p *lint.Pass) {
	eachText(p, func(i *rules.Item, v *rules.Value, _ taxonomy.Type) {
		for k := 1; k+2 < len(v.Text); k++ {
			if v.Text[k] != '\\' || v.Text[k+1] != '\\' {
				continue
			}
			end := k
			for end < len(v.Text) && v.Text[end] == '\\' {
				end++
			}
			if end == k+2 && end < len(v.Text) && v.Text[end] != '*' && v.Text[end] != '?' {
				p.Report(lint.Finding{
					Span:    v.Node.Range(k, end),
					Message: fmt.Sprintf("`\\\\` in `%s` is read as one backslash", shorter(v.Text)),
					Help:    `write one, or four where the field has two`,
					Fix:     rewrite(v, k, end, `\`, true),
				})
				return
			}
			k = end - 1
		}
	})
}

// fileName is a whole name with an extension and nothing that a pattern has.
var fileName = regexp.MustCompile(`^[^\\/*?:%]+\.[A-Za-z][A-Za-z0-9]{1,4}$`)

// bareName is one without.
var bareName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_+-]*$`)

// longestDoubtfulName bounds the names that are probably part of a longer one: nothing ends by chance in more than 20
// characters (checks catalogue, missing-path-separator).
const longestDoubtfulName = 20

func missingSeparator(p *lint.Pass) {
	separator := `\`
	if l := p.Logsource().Product.Value; l != "" && !strings.EqualFold(l, "windows") {
		separator = "/"
	}
	eachText(p, func(i *rules.Item, v *rules.Value, t taxonomy.Type) {
		if !i.Has("endswith") || t != taxonomy.Image && t != taxonomy.Path || len([]rune(v.Text)) > longestDoubtfulName || strings.ContainsAny(v.Text[:min(1, len(v.Text))], "_-. ") {
			return
		}
		if first, _ := utf8.DecodeRuneInString(v.Text); unicode.IsControl(first) {
			return // the separator was lost to an escape: double-quoted-escape
		}
		severity := lint.Severity(0)
		switch {
		case fileName.MatchString(v.Text):
		case t == taxonomy.Image && bareName.MatchString(v.Text):
			severity = lint.Info
		default:
			return
		}
		p.Report(lint.Finding{
			Span: v.Node.Span, Severity: severity,
			Message: fmt.Sprintf("`%s: %s` also matches longer names, such as `x%s`", source.Shorten(i.KeyText()), source.Shorten(v.Text), source.Shorten(v.Text)),
			Help:    "write `" + separator + source.Shorten(v.Text) + "`",
			Fix:     rewrite(v, 0, 0, separator, false),
		})
	})
}

// trimmedTypes are the types whose values no sensor writes with outer blanks.
var trimmedTypes = append([]taxonomy.Type{taxonomy.DateTime, taxonomy.Hash, taxonomy.Hashes, taxonomy.IP, taxonomy.Account}, pathTypes...)

// pathDepth is how many backslashes make a value a path in a field of which nothing is known.
const pathDepth = 2

func surroundingSpace(p *lint.Pass) {
	told := map[*rules.Item]bool{}
	eachText(p, func(i *rules.Item, v *rules.Value, t taxonomy.Type) {
		path := t == taxonomy.Text && strings.Count(v.Text, `\`) >= pathDepth
		if told[i] || i.Keyword() || !path && !slices.Contains(trimmedTypes, t) || strings.TrimSpace(v.Text) == "" {
			return
		}
		start, end := anchored(i, v)
		for _, side := range []struct {
			closed bool
			word   string
			at     [2]int
		}{
			{start, "begins", [2]int{0, len(v.Text) - len(strings.TrimLeft(v.Text, " \t"))}},
			{end, "ends", [2]int{len(strings.TrimRight(v.Text, " \t")), len(v.Text)}},
		} {
			if side.closed && side.at[1] > side.at[0] {
				told[i] = true
				p.Report(lint.Finding{
					Span:    v.Node.Span,
					Message: fmt.Sprintf("`%s` %s with a blank, which `%s` hardly ever does", shorter(v.Text), side.word, source.Shorten(i.Field)),
					Help:    "remove the blank",
					Fix:     rewrite(v, side.at[0], side.at[1], "", false),
				})
				return
			}
		}
	})
}

// cutExtensions are extensions of programs and scripts without their last letter, where that is no extension itself.
var cutExtensions = map[string]string{".ex": "e", ".dl": "l", ".sy": "s", ".ba": "t", ".cm": "d", ".ht": "a"}

func truncatedExtension(p *lint.Pass) {
	eachText(p, func(i *rules.Item, v *rules.Value, t taxonomy.Type) {
		if _, end := anchored(i, v); !end || i.Keyword() || len(v.Text) < 4 {
			return
		}
		dot := strings.LastIndexByte(v.Text, '.')
		if dot < 1 {
			return
		}
		letter, ok := cutExtensions[strings.ToLower(v.Text[dot:])]
		if !ok {
			return
		}
		p.Report(lint.Finding{
			Span:    v.Node.Span,
			Message: fmt.Sprintf("`%s` ends in an extension without its last letter", shorter(v.Text)),
			Help:    "write `" + source.Shorten(v.Text[dot:]+letter) + "`",
			Fix:     rewrite(v, len(v.Text), len(v.Text), letter, false),
		})
	})
}
