package checks

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/attack"
)

// tagChecks are family 04. All but the last two are judged by schema/attack.
var tagChecks = []*lint.Check{
	{
		Code: "SIG0401", Name: string(attack.MalformedTag), Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Text that is no tag",
			What:  "A tag that is not `namespace.name` of `a-z`, `0-9`, `_`, `-` and dots, has an empty part, or is an ATT&CK id of the wrong shape (`attack.t1059.1`, `attack.ta0007`). Capital letters are tag-not-lowercase; the name of a D3FEND artifact may have them.",
			Why:   "A tag that nothing can read drops the rule out of coverage maps and of every selection by tag.",
			Bad:   tagged("attack.discovery", "attack.t1049", "t1057"),
			Good:  tagged("attack.discovery", "attack.t1049", "attack.t1057"),
		},
	},
	{
		Code: "SIG0402", Name: string(attack.TagNotLowercase), Severity: lint.Warning, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Tag with capital letters",
			What:  "A tag holds upper-case letters outside the name of a D3FEND artifact.",
			Why:   "Tags are compared as text: `attack.T1049` and `attack.t1049` are two tags to most tools, and the schema refuses the first.",
			Bad:   tagged("attack.discovery", "attack.T1049"),
			Good:  clean,
		},
	},
	{
		Code: "SIG0403", Name: string(attack.UnknownTagNamespace), Severity: lint.Warning, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Unknown tag namespace",
			What:  "The namespace is none of attack, car, cve, d3fend, detection, stp and tlp. A warning when it is one edit from one of them, else an info, as own namespaces are legal.",
			Why:   "A misspelt namespace hides the tag from everything that looks for the right one.",
			Bad:   tagged("attack.discovery", "attack.t1049", "atack.t1057"),
			Good:  tagged("attack.discovery", "attack.t1049", "attack.t1057"),
		},
	},
	{
		Code: "SIG0404", Name: string(attack.UnknownAttackTag), Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Tag that ATT&CK does not have",
			What:  "The name is no tactic, technique, group, software, mitigation or other object of any ATT&CK domain, live or retired. A warning for an unknown sub-technique of a live technique. An info for an id newer than the bundled data and for campaigns and data components, which the specification has no tag for. Of assets only the shape is checked.",
			Why:   "The rule counts for no technique in a coverage map, or for none that exists.",
			Bad:   tagged("attack.discovery", "attack.t1049", "attack.discoveries"),
			Good:  clean,
		},
	},
	{
		Code: "SIG0405", Name: string(attack.RevokedAttackTag), Severity: lint.Warning, Profiles: rqs,
		Doc: lint.Doc{
			Title: "ATT&CK tag that was revoked",
			What:  "The technique or other object was revoked; the message names its successor. The fix is safe when there is one live successor without sub-techniques.",
			Why:   "Coverage maps of a current ATT&CK version no longer show the rule.",
			Bad:   tagged("attack.discovery", "attack.t1049", "attack.stealth", "attack.t1562.009"),
			Good:  clean,
		},
	},
	{
		Code: "SIG0406", Name: string(attack.DeprecatedAttackTag), Severity: lint.Warning, Profiles: rqs,
		Doc: lint.Doc{
			Title: "ATT&CK tag that was given up",
			What:  "The object is deprecated and has no successor. All data sources (`attack.ds####`) are.",
			Why:   "Coverage maps of a current ATT&CK version do not know the tag.",
			Bad:   tagged("attack.discovery", "attack.t1049", "attack.ds0009"),
			Good:  clean,
		},
	},
	{
		Code: "SIG0407", Name: string(attack.LegacyAttackTactic), Severity: lint.Warning, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Old spelling of an ATT&CK tactic",
			What:  "A tactic is written with underscores, or by a name that ATT&CK has changed since (`defense-evasion`). What to write follows from the technique tags. A rule about mobile devices keeps `defense-evasion`.",
			Why:   "The rule drops out of its tactic in every coverage map.",
			Bad:   tagged("attack.command_and_control", "attack.t1071"),
			Good:  tagged("attack.command-and-control", "attack.t1071"),
		},
	},
	{
		Code: "SIG0408", Name: string(attack.AttackDomainMismatch), Severity: lint.Error, Profiles: rs,
		Doc: lint.Doc{
			Title: "Tactic of another ATT&CK domain",
			What:  "A tactic of Mobile or ICS is tagged without any technique of that domain. An info when the log source is an enterprise one and all tags are of Mobile or ICS.",
			Why:   "The rule is counted in a matrix it has nothing to do with.",
			Bad:   tagged("attack.discovery", "attack.t1049", "attack.evasion"),
			Good:  clean,
		},
	},
	{
		Code: "SIG0409", Name: string(attack.AttackPlatformMismatch), Severity: lint.Info, Profiles: rs,
		Doc: lint.Doc{
			Title: "Technique of another operating system",
			What:  "All platforms of the technique are among Windows, Linux and macOS, and the rule's product is not one of them. Techniques that also exist in a cloud, on network devices or ESXi, or before an intrusion, are exempt.",
			Why:   "The tag is usually a slip for a neighbouring technique, and the coverage map claims what the rule cannot see.",
			Bad:   tagged("attack.persistence", "attack.t1543.004"),
			Good:  tagged("attack.persistence", "attack.t1543.002"),
		},
	},
	{
		Code: "SIG0410", Name: string(attack.TechniqueWithoutTactic), Severity: lint.Info, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Technique without any of its tactics",
			What:  "None of the tactics of a tagged technique is tagged. One finding per rule.",
			Why:   "A selection by tactic misses the rule.",
			Bad:   tagged("attack.execution", "attack.t1049"),
			Good:  clean,
		},
	},
	{
		Code: "SIG0411", Name: string(attack.IncompleteTactics), Severity: lint.Warning, Profiles: q,
		Doc: lint.Doc{
			Title: "Technique with some of its tactics",
			What:  "Some, but not all tactics of a tagged technique are tagged. SigmaHQ wants all of them.",
			Why:   "A selection by one of the missing tactics does not find the rule.",
			Bad:   tagged("attack.persistence", "attack.t1543.002"),
			Good:  tagged("attack.persistence", "attack.privilege-escalation", "attack.t1543.002"),
		},
	},
	{
		Code: "SIG0412", Name: string(attack.UnsupportedTactic), Severity: lint.Info, Profiles: s,
		Doc: lint.Doc{
			Title: "Tactic to which no tagged technique belongs",
			What:  "Technique tags are there, and none of them belongs to this tactic. Silent when the bundled data do not know a tagged technique.",
			Why:   "Either the technique that explains the tactic is missing, or the tactic is wrong.",
			Bad:   tagged("attack.discovery", "attack.impact", "attack.t1049"),
			Good:  clean,
		},
	},
	{
		Code: "SIG0413", Name: string(attack.NoAttackTechnique), Severity: lint.Info, Profiles: s,
		Doc: lint.Doc{
			Title: "No ATT&CK technique",
			What:  "A rule or correlation carries no technique tag. Filter documents need none.",
			Why:   "The rule appears in no technique of a coverage map.",
			Bad:   tagged("attack.discovery"),
			Good:  clean,
		},
	},
	{
		Code: "SIG0414", Name: string(attack.RedundantParentTechnique), Severity: lint.Info, Profiles: s,
		Doc: lint.Doc{
			Title: "Technique beside its own sub-technique",
			What:  "A technique and one of its sub-techniques are both tagged.",
			Why:   "The sub-technique says it all; the parent makes counts of techniques too high.",
			Bad:   tagged("attack.execution", "attack.t1059", "attack.t1059.004"),
			Good:  tagged("attack.execution", "attack.t1059.004"),
		},
	},
	{
		Code: "SIG0416", Name: string(attack.DuplicateTag), Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Tag twice",
			What:  "The same tag stands in the list twice, compared without regard to case.",
			Why:   "The schema wants unique tags; tools that validate refuse the rule.",
			Bad:   tagged("attack.discovery", "attack.t1049", "attack.discovery"),
			Good:  clean,
		},
	},
	{
		Code: "SIG0417", Name: string(attack.InvalidCVETag), Severity: lint.Warning, Profiles: rqs,
		Doc: lint.Doc{
			Title: "CVE tag that is no CVE id",
			What:  "Not `cve.YYYY-N…` with a year from 1999 to the next one and at least four digits.",
			Why:   "A search for the CVE does not find the rule.",
			Bad:   tagged("attack.discovery", "attack.t1049", "cve.2021.44228"),
			Good:  tagged("attack.discovery", "attack.t1049", "cve.2021-44228"),
		},
	},
	{
		Code: "SIG0418", Name: string(attack.InvalidCARTag), Severity: lint.Warning, Profiles: rqs,
		Doc: lint.Doc{
			Title: "CAR tag that is no analytic",
			What:  "Not `car.YYYY-MM-NNN` with a month from 01 to 12.",
			Why:   "The link to the analytic of MITRE's Cyber Analytics Repository leads nowhere.",
			Bad:   tagged("attack.discovery", "attack.t1049", "car.2016-4-5"),
			Good:  tagged("attack.discovery", "attack.t1049", "car.2016-04-005"),
		},
	},
	{
		Code: "SIG0419", Name: string(attack.InvalidSTPTag), Severity: lint.Warning, Profiles: rqs, YieldsTo: []string{string(attack.TagNotLowercase)},
		Doc: lint.Doc{
			Title: "STP tag that is no level",
			What:  "Not `stp.` with a level from 1 to 5 and, optionally, `a`, `u` or `k` behind it.",
			Why:   "The robustness rating of Summiting the Pyramid cannot be read.",
			Bad:   tagged("attack.discovery", "attack.t1049", "stp.7"),
			Good:  tagged("attack.discovery", "attack.t1049", "stp.3k"),
		},
	},
	{
		Code: "SIG0420", Name: string(attack.InvalidD3FENDTag), Severity: lint.Warning, Profiles: rqs,
		Doc: lint.Doc{
			Title: "D3FEND tag that is none",
			What:  "Not the shape of a D3FEND tactic, technique or artifact. An info when the shape is right and the bundled table does not have the name, as it may be newer. Letter case does not count.",
			Why:   "The countermeasure the rule claims cannot be looked up.",
			Bad:   tagged("attack.discovery", "attack.t1049", "d3fend.t1049"),
			Good:  tagged("attack.discovery", "attack.t1049", "d3fend.d3-psa"),
		},
	},
	{
		Code: "SIG0421", Name: string(attack.InvalidTLPTag), Severity: lint.Warning, Profiles: rqs,
		Options: []lint.Option{{Name: "tlp", Meaning: "which labels count: `v2`, `v1` or `any` of the two", Default: "v2"}},
		Doc: lint.Doc{
			Title: "Label that TLP 2.0 does not have",
			What:  "Not red, amber, amber-strict, green or clear. `white` is TLP 1 and is clear now.",
			Why:   "Whoever shares the rule cannot tell how far it may go.",
			Bad:   tagged("attack.discovery", "attack.t1049", "tlp.white"),
			Good:  tagged("attack.discovery", "attack.t1049", "tlp.clear"),
		},
	},
	{
		Code: "SIG0422", Name: string(attack.InvalidDetectionTag), Severity: lint.Warning, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Unknown detection tag",
			What:  "Not exactly `detection.dfir`, `detection.emerging-threats` or `detection.threat-hunting`.",
			Why:   "Pipelines that keep hunting rules out of alerting look for exactly these.",
			Bad:   tagged("attack.discovery", "attack.t1049", "detection.threat_hunting"),
			Good:  tagged("attack.discovery", "attack.t1049", "detection.threat-hunting"),
		},
	},
	{
		Code: "SIG0423", Name: string(attack.ConflictingTLPTags), Severity: lint.Warning, Profiles: rqs,
		Doc: lint.Doc{
			Title: "More than one TLP label",
			What:  "A document carries two different `tlp` tags.",
			Why:   "Only one of them can be meant, and the wrong one leaks.",
			Bad:   tagged("attack.discovery", "attack.t1049", "tlp.clear", "tlp.amber"),
			Good:  tagged("attack.discovery", "attack.t1049", "tlp.amber"),
		},
	},
	{
		Code: "SIG0424", Name: string(attack.ConflictingDetectionTags), Severity: lint.Warning, Profiles: rqs,
		Doc: lint.Doc{
			Title: "More than one detection tag",
			What:  "A document carries two different `detection` tags.",
			Why:   "The tag decides where the rule is deployed; two contradict each other.",
			Bad:   tagged("attack.discovery", "attack.t1049", "detection.dfir", "detection.threat-hunting"),
			Good:  tagged("attack.discovery", "attack.t1049", "detection.threat-hunting"),
		},
	},
	{
		Code: "SIG0425", Name: string(attack.TLPNotAllowed), Severity: lint.Warning, Profiles: q,
		Options: []lint.Option{{Name: "labels", Meaning: "labels that the repository takes, without `tlp.`", Default: []string{"clear"}}},
		Doc: lint.Doc{
			Title: "TLP label that the repository does not take",
			What:  "A TLP label other than `tlp.clear`.",
			Why:   "SigmaHQ's rules are public: only clear may be shared without limit.",
			Bad:   tagged("attack.discovery", "attack.t1049", "tlp.amber"),
			Good:  tagged("attack.discovery", "attack.t1049", "tlp.clear"),
		},
	},
	{
		Code: "SIG0426", Name: "detection-tag-folder", Severity: lint.Warning, Profiles: q,
		Options: []lint.Option{{Name: "tags", Meaning: "detection tags, without `detection.`, that a folder `rules-…` of the same name asks for",
			Default: []string{"dfir", "emerging-threats", "threat-hunting"}}},
		Doc: lint.Doc{
			Title: "Folder and detection tag disagree",
			What:  "A file below `rules-dfir`, `rules-emerging-threats` or `rules-threat-hunting` without the matching `detection` tag.",
			Why:   "Who deploys by tag gets a rule that its folder keeps out of alerting.",
			Fix:   "Add the tag that the folder names, such as `detection.threat-hunting` below `rules-threat-hunting`, or move the file.",
		},
		Document: checkDetectionFolder,
	},
	{
		Code: "SIG0427", Name: "missing-cve-tag", Severity: lint.Info, Profiles: s,
		Doc: lint.Doc{
			Title: "Title names a CVE that is not tagged",
			What:  "The title holds a CVE id, and the tag for it is missing, or has another id.",
			Why:   "A search by tag does not find the rule for the vulnerability.",
			Bad:   changed("title: Listing of Open Files by a Shell", "title: Exploitation of CVE-2021-44228 by a Shell"),
			Good: strings.Replace(tagged("attack.discovery", "attack.t1049", "cve.2021-44228"),
				"title: Listing of Open Files by a Shell", "title: Exploitation of CVE-2021-44228 by a Shell", 1),
		},
		Document: checkCVETag,
	},
}

// clean is the rule from which most examples differ by one line.
var clean = example(plainSelection)

// changed is the clean rule with one text replaced.
func changed(old, new string) string { return strings.Replace(clean, old, new, 1) }

// tagged is the clean rule with these tags.
func tagged(tags ...string) string {
	return changed("    - attack.discovery\n    - attack.t1049\n", "    - "+strings.Join(tags, "\n    - ")+"\n")
}

// grades are the severities that schema/attack chooses itself; GradeDefault leaves the check's own.
var grades = map[attack.Grade]lint.Severity{attack.GradeInfo: lint.Info, attack.GradeWarning: lint.Warning}

// versionsOfTLP are the values of the option `tlp`.
var versionsOfTLP = map[string]attack.TLP{"v1": attack.TLP1, "v2": attack.TLP2, "any": attack.TLPAny}

// reportTags gives the tags to the vocabularies and puts their issues into the document.
func reportTags(d rules.Document, facts *lint.Facts) []lint.Reported {
	head := d.Base()
	list := head.Root.Find("tags")
	if list != nil && list.Kind != source.List && !blankAttribute(list) {
		return nil // of the wrong type: schema says so
	}
	nodes, texts := textNodes(list)
	ctx := attack.Context{
		Year: facts.Today.Year(), Namespaces: facts.Namespaces,
		TLP:      versionsOfTLP[facts.Text(lint.Find(tagChecks, string(attack.InvalidTLPTag)), "tlp")],
		AllowTLP: facts.Strings(lint.Find(tagChecks, string(attack.TLPNotAllowed)), "labels"),
	}
	if facts.Today.IsZero() {
		ctx.Year = 0
	}
	if r, ok := d.(*rules.Rule); ok {
		ctx.Product = r.Logsource.Product.Value
	}
	var out []lint.Reported
	for _, issue := range attack.Check(texts, ctx) {
		if issue.Problem == attack.NoAttackTechnique && !wantsTechnique(d) {
			continue
		}
		p := source.Problem{
			Kind: string(issue.Problem), Span: listSpan(head, "tags"),
			Message: clause(issue.Message), Help: clause(issue.Help),
		}
		if issue.Index != attack.WholeList {
			p.Span = nodes[issue.Index].Range(issue.Start, issue.End)
			p.Fix = tagFix(head.File, list, nodes[issue.Index], issue.Fix)
		}
		for _, other := range issue.Related {
			p.Related = append(p.Related, source.Related{Span: nodes[other].Span, Message: "see also this tag"})
		}
		severity := grades[issue.Grade]
		if issue.Problem == attack.TechniqueWithoutTactic {
			severity = gate(facts)
		}
		out = append(out, lint.Reported{Problem: p, Severity: severity})
	}
	return out
}

// wantsTechnique reports documents that detect something themselves.
func wantsTechnique(d rules.Document) bool {
	switch d.(type) {
	case *rules.Rule, *rules.Correlation:
		return true
	}
	return false
}

// textNodes are the entries of a list that are text; schema reports the others.
func textNodes(list *source.Node) (nodes []*source.Node, texts []string) {
	if list == nil {
		return nil, nil
	}
	for _, n := range list.Items {
		if n.IsString() {
			nodes, texts = append(nodes, n), append(texts, n.Value)
		}
	}
	return nodes, texts
}

// listSpan is the key of a list attribute, or the head of the document where it has none.
func listSpan(head *rules.Head, key string) source.Span {
	if e := head.Attribute(key); e != nil {
		return e.Key.Span
	}
	return head.Anchor()
}

// clause makes a sentence of another package look like ours: no capital, no full stop.
func clause(sentence string) string {
	sentence = strings.TrimSuffix(sentence, ".")
	first, n := utf8.DecodeRuneInString(sentence)
	second, _ := utf8.DecodeRuneInString(sentence[n:])
	if unicode.IsUpper(first) && (unicode.IsLower(second) || second == ' ') {
		return string(unicode.ToLower(first)) + sentence[n:]
	}
	return sentence
}

func tagFix(f *source.File, list, node *source.Node, fix attack.Fix) *source.Fix {
	if fix.Safety == attack.NoFix {
		return nil
	}
	at := slices.Index(list.Items, node)
	var edits []source.Edit
	title := "write " + quoteAll(fix.Tags)
	switch fix.Action {
	case attack.Replace:
		edits = replaceEntry(f, list, at, fix.Tags)
	case attack.Remove:
		edits, title = removeEntry(f, list, at), "remove the tag"
	case attack.Add:
		edits, title = addEntries(f, list, at, fix.Tags), "add "+quoteAll(fix.Tags)
	}
	if edits == nil {
		return nil
	}
	return &source.Fix{Title: title, Safe: fix.Safety == attack.Safe, Edits: edits}
}

func quoteAll(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = "`" + source.Shorten(w) + "`"
	}
	return strings.Join(quoted, ", ")
}

// A blockEntry is a list entry that has its lines to itself.
type blockEntry struct {
	lines   source.Span // with the line break
	prefix  string      // indentation and dash
	end     int         // before the line break
	newline string
}

// blockEntryOf is false where the entry shares its lines with something else, a comment included.
func blockEntryOf(f *source.File, n *source.Node) (blockEntry, bool) {
	first, last := f.LineAt(n.Span.Start), f.LineAt(max(n.Span.Start, n.Span.End-1))
	prefix := f.Text(source.Span{Start: f.LineSpan(first).Start, End: n.Span.Start})
	end := f.LineSpan(last).End
	behind := f.Text(source.Span{Start: n.Span.End, End: end})
	if n.Alias != nil || strings.TrimSpace(prefix) != "-" || strings.TrimSpace(behind) != "" {
		return blockEntry{}, false
	}
	next := len(f.Data)
	if last < f.Lines() {
		next = f.LineSpan(last + 1).Start
	}
	e := blockEntry{
		lines: source.Span{Start: f.LineSpan(first).Start, End: next}, prefix: prefix, end: end,
		newline: f.Text(source.Span{Start: end, End: next}),
	}
	if e.newline == "" {
		e.newline = "\n"
	}
	return e, true
}

// removeEntry takes an entry out of a list, nil when that would leave nothing or hit something else.
func removeEntry(f *source.File, list *source.Node, at int) []source.Edit {
	if len(list.Items) < 2 {
		return nil
	}
	n := list.Items[at]
	if !list.Flow {
		if e, ok := blockEntryOf(f, n); ok {
			return []source.Edit{{Span: e.lines}}
		}
		return nil
	}
	if at > 0 { // with the comma before it
		return []source.Edit{{Span: source.Span{Start: list.Items[at-1].Span.End, End: n.Span.End}}}
	}
	return []source.Edit{{Span: source.Span{Start: n.Span.Start, End: list.Items[1].Span.Start}}}
}

// replaceEntry writes plain words in the place of an entry.
func replaceEntry(f *source.File, list *source.Node, at int, words []string) []source.Edit {
	n := list.Items[at]
	separator := ", "
	if !list.Flow && len(words) > 1 {
		e, ok := blockEntryOf(f, n)
		if !ok {
			return nil
		}
		separator = e.newline + e.prefix
	}
	if n.Alias != nil || n.Anchor != "" || n.Explicit {
		return nil
	}
	return []source.Edit{{Span: n.Span, New: strings.Join(words, separator)}}
}

// addEntries writes plain words behind an entry.
func addEntries(f *source.File, list *source.Node, at int, words []string) []source.Edit {
	n := list.Items[at]
	if list.Flow {
		return []source.Edit{{Span: source.Span{Start: n.Span.End, End: n.Span.End}, New: ", " + strings.Join(words, ", ")}}
	}
	e, ok := blockEntryOf(f, n)
	if !ok {
		return nil
	}
	text := ""
	for _, w := range words {
		text += e.newline + e.prefix + w
	}
	return []source.Edit{{Span: source.Span{Start: e.end, End: e.end}, New: text}}
}

// addTag is the fix that appends a tag, nil where there is no list to append to.
func addTag(head *rules.Head, tag string) *source.Fix {
	list := head.Root.Find("tags")
	if list == nil || len(list.Items) == 0 {
		return nil
	}
	edits := addEntries(head.File, list, len(list.Items)-1, []string{tag})
	if edits == nil {
		return nil
	}
	return &source.Fix{Title: "add `" + tag + "`", Safe: true, Edits: edits}
}

func hasTag(head *rules.Head, tag string) bool {
	return slices.ContainsFunc(head.Tags, func(t rules.Text) bool { return strings.EqualFold(t.Value, tag) })
}

// checkDetectionFolder looks at whole folder names only, the innermost first: the repository may itself lie below such a folder.
func checkDetectionFolder(p *lint.Pass) {
	head := p.Document.Base()
	folders := strings.Split(filepath.ToSlash(filepath.Dir(head.File.Path)), "/")
	known := p.Strings("tags")
	for i := len(folders) - 1; i >= 0; i-- {
		name, ok := strings.CutPrefix(folders[i], "rules-")
		if !ok || !slices.Contains(known, name) {
			continue
		}
		tag := "detection." + name
		if !hasTag(head, tag) {
			p.Report(lint.Finding{
				Span:    listSpan(head, "tags"),
				Message: fmt.Sprintf("the rule stands below `%s` and lacks the tag `%s`", folders[i], tag),
				Help:    "add `" + tag + "`, or move the file",
				Fix:     addTag(head, tag),
			})
		}
		return
	}
}

var cveInText = regexp.MustCompile(`(?i)\bCVE[-_ ](\d{4})[-_](\d{4,})\b`)

func checkCVETag(p *lint.Pass) {
	head := p.Document.Base()
	title := head.Title
	for _, m := range cveInText.FindAllStringSubmatchIndex(title.Value, -1) {
		tag := "cve." + title.Value[m[2]:m[3]] + "-" + title.Value[m[4]:m[5]]
		if hasTag(head, tag) {
			continue
		}
		f := lint.Finding{
			Span:    title.Node.Range(m[0], m[1]),
			Message: fmt.Sprintf("the title names `%s`, but the rule does not carry its tag", title.Value[m[0]:m[1]]),
			Help:    "add the tag `" + tag + "`",
		}
		if other, ok := otherCVE(head, title.Value); ok {
			f.Message = fmt.Sprintf("the title names `%s`, and the tag is `%s`", title.Value[m[0]:m[1]], source.Shorten(other.Value))
			f.Help = "correct the one that is wrong, or tag both"
			f.Related = []lint.Related{{Span: other.Node.Span, Message: "the tag"}}
		} else {
			f.Fix = addTag(head, tag)
		}
		p.Report(f)
	}
}

// otherCVE is a CVE tag whose id the title does not name: one of the two probably has a slip.
func otherCVE(head *rules.Head, title string) (rules.Text, bool) {
	for _, t := range head.Tags {
		if id, ok := strings.CutPrefix(strings.ToLower(t.Value), "cve."); ok && !strings.Contains(title, id) {
			return t, true
		}
	}
	return rules.Text{}, false
}
