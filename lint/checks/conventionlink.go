package checks

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/edit"
	"github.com/sigtune/sigtune/rules/nearest"
	"github.com/sigtune/sigtune/rules/source"
)

// referenceWords are what SigmaHQ keeps out of descriptions.
var referenceWords = []string{"http://", "https://", "internal research"}

// referenceText finds what is a reference: an address by its beginning, or a word.
func referenceText(words []string) *regexp.Regexp {
	var choices []string
	for _, w := range words {
		choice := "(?i:" + regexp.QuoteMeta(w) + ")"
		if strings.HasSuffix(w, "://") {
			choice += `[^\s<>"'` + "`" + `]+`
		}
		choices = append(choices, choice)
	}
	return regexp.MustCompile(strings.Join(choices, "|"))
}

func linkInDescription(p *lint.Pass) {
	head := p.Document.Base()
	description := head.Description
	references := head.Root.Find("references")
	words := slices.DeleteFunc(slices.Clone(p.Strings("words")), func(w string) bool { return strings.TrimSpace(w) == "" })
	if !writtenText(description) || references != nil && !blankAttribute(references) || len(words) == 0 || misspeltReferences(head) {
		return
	}
	found := referenceText(words).FindAllStringIndex(description.Value, -1)
	if len(found) == 0 {
		return
	}
	text := func(m []int) string { return strings.TrimRight(description.Value[m[0]:m[1]], ".,;:)]") }
	f := lint.Finding{
		Span:    description.Node.Range(found[0][0], found[0][0]+len(text(found[0]))),
		Message: fmt.Sprintf("`%s` stands in the description, and `references` is empty", source.Shorten(text(found[0]))),
		Help:    "list it under `references`",
	}
	if len(found) == 1 { // several links make several entries, which no single edit can add
		link := text(found[0])
		if !strings.HasPrefix(link, "http") {
			link = firstUpper(strings.ToLower(link))
		}
		if edits, err := edit.AppendListEntry(p.Document, "references", link); err == nil && len(edits) > 0 {
			f.Fix = &source.Fix{Title: "list it under `references`", Edits: edits}
			if e, ok := dropLastWords(description.Node, found[0][0]); ok {
				f.Fix.Edits = append(f.Fix.Edits, e)
			}
		}
	}
	p.Report(f)
}

// misspeltReferences reports a list of references under a key with a slip, which has a finding of its own.
func misspeltReferences(head *rules.Head) bool {
	return slices.ContainsFunc(head.Root.Entries, func(e source.Entry) bool {
		return e.Key.Value != "references" && nearest.Distance(strings.ToLower(e.Key.Value), "references") <= 2 && e.Value.Kind == source.List
	})
}

// dropLastWords takes the end of a text away from an offset on, with the words that only led to it. It is false where the text goes on behind
// it or has several lines.
func dropLastWords(n *source.Node, from int) (source.Edit, bool) {
	if n.Alias != nil || !n.Mapped() || n.Style == source.Literal || n.Style == source.Folded || strings.Contains(strings.TrimSpace(n.Value[from:]), " ") {
		return source.Edit{}, false
	}
	kept := strings.TrimRight(n.Value[:from], " ,;:(-")
	for _, word := range []string{" see", " See"} {
		kept = strings.TrimRight(strings.TrimSuffix(kept, word), " ,;:(-")
	}
	at := n.Range(len(kept), len(n.Value))
	if kept == "" || n.Style == source.Plain && !plainText(kept) {
		return source.Edit{}, false
	}
	return source.Edit{Span: at}, true
}

// pinnedExtensions are those of files that the published rules always link by commit.
var pinnedExtensions = []string{
	"bat", "c", "cpp", "cs", "csv", "go", "h", "html", "js", "json", "lua", "md", "pdf", "profile", "ps1", "psd1", "psm1", "py", "rb", "rs", "sh", "txt", "vbs",
	"xml", "yar", "yara", "yml",
}

var (
	githubLink = regexp.MustCompile(`^https?://(?:www\.)?github\.com/[^/]+/[^/]+/(blob|tree|raw)/([^/?#]+)`)
	commit     = regexp.MustCompile(`^[0-9a-f]{40}$`)
	extension  = regexp.MustCompile(`\.([A-Za-z0-9]+)$`)
)

func unpinnedLink(p *lint.Pass) {
	extensions := p.Strings("extensions")
	for _, r := range p.Document.Base().References {
		m := githubLink.FindStringSubmatchIndex(r.Value)
		if m == nil || commit.MatchString(r.Value[m[4]:m[5]]) {
			continue
		}
		file := extension.FindStringSubmatch(r.Value[m[1]:])
		listed := r.Value[m[2]:m[3]] != "tree" && file != nil && slices.Contains(extensions, strings.ToLower(file[1])) && !strings.ContainsAny(r.Value, "#?")
		if !listed && !slices.Contains(extensions, "*") {
			continue
		}
		p.Report(lint.Finding{
			Span:    r.Node.Range(m[4], m[5]),
			Message: fmt.Sprintf("the link follows `%s`, which changes, instead of naming a commit", source.Shorten(r.Value[m[4]:m[5]])),
			Help:    "link the file at a commit, with its 40 digits",
		})
	}
}

var (
	attackAddress = regexp.MustCompile(`(?i)^https?://attack\.mitre\.org(?:/|$)`)
	attackObject  = regexp.MustCompile(`(?i)/(?:techniques/(T\d{4})(?:/(\d{3}))?|groups/(G\d{4})|software/(S\d{4})|campaigns/(C\d{4}))/?$`)
)

func attackLink(p *lint.Pass) {
	head := p.Document.Base()
	for _, r := range head.References {
		if !attackAddress.MatchString(r.Value) {
			continue
		}
		f := lint.Finding{
			Span:    r.Node.Span,
			Message: fmt.Sprintf("the reference `%s` leads to ATT&CK; tags say that", source.Shorten(r.Value)),
			Help:    "write the technique into `tags`",
		}
		if m := attackObject.FindStringSubmatch(r.Value); m != nil {
			tag := "attack." + strings.ToLower(m[1]+m[3]+m[4]+m[5])
			if m[2] != "" {
				tag += "." + m[2]
			}
			f.Help = "write the tag `" + tag + "` instead"
			f.Fix = linkToTag(p.Document, r.Value, tag)
		}
		p.Report(f)
	}
}

// linkToTag is the fix that writes a tag in the place of a reference, nil where one of the two lists cannot be changed.
func linkToTag(d rules.Document, reference, tag string) *source.Fix {
	edits, err := edit.RemoveEntry(d, "references", reference)
	if err != nil {
		return nil
	}
	if !hasTag(d.Base(), tag) {
		add, err := edit.AppendListEntry(d, "tags", tag)
		if err != nil {
			return nil
		}
		edits = append(edits, add...)
	}
	return &source.Fix{Title: "write the tag `" + tag + "` instead", Edits: edits}
}
