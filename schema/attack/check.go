package attack

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/sigtune/sigtune/rules/nearest"
)

// Context is what surrounds the tags of a document.
type Context struct {
	// Product of the logsource. A mobile product keeps `defense-evasion`; windows, linux and macos are
	// compared with the platforms of techniques. Empty when the document has none.
	Product string
	// Namespaces are accepted besides those of the specification.
	Namespaces []string
	// Year of the run; CVE tags may be one year ahead. Zero: any year.
	Year int
	// TLP says which version of the protocol counts.
	TLP TLP
	// AllowTLP are the labels that tlp-not-allowed accepts; nil means `clear` alone, as SigmaHQ has it.
	AllowTLP []string
	// Attack and D3FEND are the tables to judge by; nil means the bundled ones.
	Attack *Table
	D3FEND *D3FEND
}

// Check judges the tags of one document. It reports every problem of the catalogue that it can see from tags and
// logsource, whatever the profile; one tag may have several. The result is sorted by tag, offset and problem.
func Check(tags []string, ctx Context) []Issue {
	r := read(tags, ctx)
	for i := range r.tags {
		r.judge(i)
	}
	r.oneLabel(tlpNamespace, ConflictingTLPTags)
	r.oneLabel(detectionNamespace, ConflictingDetectionTags)
	r.judgeCoverage()
	sort.SliceStable(r.issues, func(i, j int) bool {
		a, b := r.issues[i], r.issues[j]
		switch {
		case a.Index != b.Index:
			return a.Index < b.Index
		case a.Start != b.Start:
			return a.Start < b.Start
		}
		return a.Problem < b.Problem
	})
	return r.issues
}

// reading is the state of one Check: the tags in lower case and what the verdicts so far make of them.
type reading struct {
	Context
	written []string
	tags    []Tag          // lower case
	first   map[string]int // lower-case text → first index
	issues  []Issue

	techniques []technique
	// blind is set when a tag of the rule is, or may be meant as, a technique that the table does not know: it
	// could belong to any domain and tactic.
	blind bool
	// tactics are the short names that are tagged, or will be once the fixes are applied, with the index of the
	// tag that brings them.
	tactics map[string]int
	// brought are the tags that fixes so far put into the list.
	brought map[string]bool
}

// technique is a technique tag that the table knows.
type technique struct {
	index  int
	object *Object
	// live is what the tag means today: the object itself, its live successor, or nil.
	live *Object
}

func read(tags []string, ctx Context) *reading {
	r := &reading{
		Context: ctx,
		written: tags,
		tags:    make([]Tag, len(tags)),
		first:   make(map[string]int, len(tags)),
		tactics: map[string]int{},
		brought: map[string]bool{},
	}
	r.Product = lower(strings.TrimSpace(ctx.Product))
	if r.Attack == nil {
		r.Attack = Bundled()
	}
	if r.D3FEND == nil {
		r.D3FEND = BundledD3FEND()
	}
	for i, text := range tags {
		text = lower(text)
		tag, ok := ParseTag(text)
		r.tags[i] = tag
		if _, again := r.first[text]; !again {
			r.first[text] = i
		}
		switch {
		case !ok, nearest.Distance(tag.Namespace, attackNamespace) == 1:
			r.blind = true // what the tag was meant to be is only a guess
		case tag.Namespace == attackNamespace:
			r.noteTechnique(i, tag.Name)
		}
	}
	return r
}

// noteTechnique remembers a technique tag before any tag is judged: the fate of old tactics depends on them all.
func (r *reading) noteTechnique(i int, name string) {
	kind, meant := meantAsID(name)
	if !meant || kind != Technique {
		return
	}
	o := r.Attack.find(name)
	if o == nil {
		r.blind = true
		return
	}
	if r.first[r.tags[i].Text] != i {
		return
	}
	t := technique{index: i, object: o}
	if last := r.Attack.chainEnd(o.ID); last != nil && last.Status == Live {
		t.live = last
	}
	r.techniques = append(r.techniques, t)
}

// judge finds what is wrong with one tag by itself.
func (r *reading) judge(i int) {
	tag := r.tags[i]
	if first := r.first[tag.Text]; first != i {
		r.report(i, DuplicateTag, 0, len(tag.Text), Issue{
			Message: fmt.Sprintf("%s is already in the list.", quote(r.written[i])),
			Help:    "Remove the repetition.",
			Related: []int{first},
			Fix:     Fix{Safety: Safe, Action: Remove},
		})
		return
	}
	if start, end, bad := badPart(tag.Text); bad || tag.Name == "" {
		r.malformed(i, start, end)
		return
	}
	r.capitals(i)
	if judge, known := namespaces[tag.Namespace]; known {
		judge(r, i, tag)
		return
	}
	r.judgeNamespace(i, tag)
}

// report adds an issue about the bytes start to end of tag i.
func (r *reading) report(i int, p Problem, start, end int, issue Issue) {
	issue.Problem, issue.Index, issue.Start, issue.End = p, i, start, end
	sort.Ints(issue.Related)
	r.issues = append(r.issues, issue)
}

// replace is the fix that writes tags instead of tag i. Tags that the list holds already, or gets from an earlier
// fix, are left out; when none is left the tag is removed.
func (r *reading) replace(i int, safety Safety, tags ...string) Fix {
	var fresh []string
	for _, tag := range tags {
		if name, ours := strings.CutPrefix(tag, attackNamespace+"."); ours && r.Attack.tacticDomains(name) != 0 {
			if _, tagged := r.tactics[name]; !tagged {
				r.tactics[name] = i
			}
		}
		if at, present := r.first[tag]; present && at != i || r.brought[tag] {
			continue
		}
		r.brought[tag] = true
		fresh = append(fresh, tag)
	}
	if fresh == nil {
		return Fix{Safety: safety, Action: Remove}
	}
	return Fix{Safety: safety, Action: Replace, Tags: fresh}
}

// instead is the help text for a replacement.
func instead(tags ...string) string { return "Write " + quoteTags(tags) + "." }

// judgeNamespace reports a namespace that neither the specification nor the configuration knows.
func (r *reading) judgeNamespace(i int, tag Tag) {
	if slices.Contains(r.Namespaces, tag.Namespace) {
		return
	}
	issue := Issue{
		Message: fmt.Sprintf("The specification has no tag namespace %s.", quote(tag.Namespace)),
		Help:    "Use one of " + list(namespaceNames) + ", or allow the namespace in the configuration.",
		Grade:   GradeInfo,
	}
	for _, known := range append(append([]string(nil), namespaceNames...), r.Namespaces...) {
		if nearest.Distance(tag.Namespace, known) != 1 {
			continue
		}
		meant := known + "." + tag.Name
		issue.Grade = GradeWarning
		issue.Message = fmt.Sprintf("Unknown tag namespace %s; did you mean %s?", quote(tag.Namespace), quote(known))
		issue.Help = instead(meant)
		issue.Fix = r.replace(i, Unsafe, meant)
		break
	}
	r.report(i, UnknownTagNamespace, 0, len(tag.Namespace), issue)
}

// capitals reports upper-case letters; the name of a D3FEND artifact may have them.
func (r *reading) capitals(i int) {
	text := r.written[i]
	legal := len(text)
	if prefix := d3fendNamespace + "." + artifactPrefix; strings.HasPrefix(r.tags[i].Text, prefix) {
		legal = len(prefix)
	}
	start, end, found := capitals(text[:legal])
	if !found {
		return
	}
	small := lower(text[:legal]) + text[legal:]
	r.report(i, TagNotLowercase, start, end, Issue{
		Message: fmt.Sprintf("%s has capital letters; tags are lower case.", quote(text)),
		Help:    instead(small),
		Fix:     Fix{Safety: Safe, Action: Replace, Tags: []string{small}},
	})
}

// malformed reports a text that is no tag at all, and what it may have been meant to be.
func (r *reading) malformed(i, start, end int) {
	text := r.written[i]
	issue := Issue{Help: "Write `namespace.name` with the letters a-z, digits, `_`, `-` and dots."}
	switch {
	case text == "":
		issue.Message = "The tag is empty."
	case r.tags[i].Name == "" && strings.IndexByte(text, '.') < 0 && start == 0 && end == len(text):
		issue.Message = fmt.Sprintf("%s has no namespace; a tag is `namespace.name`.", quote(text))
	case text[start] == '.':
		issue.Message = fmt.Sprintf("%s has an empty part beside a dot.", quote(text))
	default:
		issue.Message = fmt.Sprintf("%s holds %s, which no tag may contain.", quote(text), quoteShort(text[start:end]))
	}
	if meant := r.repairTag(r.tags[i].Text); meant != "" {
		issue.Help = instead(meant)
		issue.Fix = r.replace(i, Unsafe, meant)
	}
	r.report(i, MalformedTag, start, end, issue)
}

// shortQuote keeps the second quotation of a message from filling it.
const shortQuote = 4

func quoteShort(text string) string {
	runes := []rune(text)
	if len(runes) > shortQuote {
		runes = runes[:shortQuote]
	}
	return quote(string(runes))
}
