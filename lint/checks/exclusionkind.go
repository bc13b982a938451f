package checks

import (
	"fmt"
	"slices"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// exclusionKindChecks look at what kind of fields an exclusion rests on.
var exclusionKindChecks = []*lint.Check{
	{
		Code: "SIG1011", Name: "exclusion-free-text-only", Severity: lint.Info, Profiles: s, YieldsTo: []string{"exclusion-tiny-literal", "exclusion-short-literal"},
		Doc: lint.Doc{
			References: []string{"SigmaFilterCheck (2019), which looked for values that begin with a wildcard"},
			Title:      "An exclusion by words of the attacker's choice",
			What: "All tests of an exclusion are on command lines, scripts, addresses of requests or user agents, tests for the program that the rule looks for aside. " +
				"A finding needs an event that this exclusion alone hides.",
			Why:  "Whoever writes the command line adds the words, in a comment or as a parameter that does nothing, and is excluded.",
			Bad:  excluding("CommandLine|contains: 'acmeagent'"),
			Good: excluding("CommandLine|contains: 'acmeagent'\n" + goodParent),
			Fix:  "Add a test that an attacker cannot meet: an anchored path of the parent or the program. Which one cannot be told from the rule, so there is no automatic fix.",
		},
		Document: reportKind(freeText, "is text that whoever runs the command chooses", "add an anchored path of the program or its parent"),
	},
	{
		Code: "SIG1012", Name: "exclusion-metadata-only", Severity: lint.Info, Profiles: s,
		Doc: lint.Doc{
			Title: "An exclusion by what a program says of itself",
			What: "All tests of an exclusion are on the version resource of a program: Company, Product, Description, OriginalFileName, tests for the program that the rule looks for aside. " +
				"A finding needs an event that this exclusion alone hides.",
			Why:  "The author of a program writes its resource: malware says Microsoft of itself.",
			Bad:  excluding("Company: 'Acme Corporation'"),
			Good: excluding("Company: 'Acme Corporation'\n" + goodParent),
			Fix:  "Add an anchored path or a checked signature. Which one cannot be told from the rule, so there is no automatic fix.",
		},
		Document: reportKind(metadata, "is what a program says of itself", "add an anchored path or a checked signature"),
	},
	{
		Code: "SIG1013", Name: "exclusion-account-name-only", Severity: lint.Info, Profiles: s,
		Doc: lint.Doc{
			Title: "An exclusion by an account only",
			What:  "All tests of an exclusion are on names or SIDs of accounts, tests for the program that the rule looks for aside. A finding needs an event that this exclusion alone hides.",
			Why:   "Everything that the account does is excluded, also after it was taken over; a name can be given to a new account.",
			Bad:   excluding("User|contains: 'svc_acme'"),
			Good:  excluding("User|contains: 'svc_acme'\n" + goodParent),
			Fix:   "Add what the account does: the program, its parent.",
		},
		Document: reportKind(account, "excludes whatever the account does", "add the program that the account is expected to run, or its parent"),
	},
	{
		Code: "SIG1014", Name: "exclusion-parent-only", Severity: lint.Info, Profiles: s, YieldsTo: []string{
			"exclusion-free-text-only", "exclusion-matches-everything", "exclusion-prefix-without-separator", "exclusion-unanchored-system-path", "exclusion-user-writable-path",
			"exclusion-writable-system-directory", "exclusion-root-level-directory", "exclusion-file-name-only", "exclusion-unanchored-vendor-path",
		},
		Doc: lint.Doc{
			Title: "An exclusion by the parent only",
			What: "All tests of an exclusion are on the parent process or its ancestors, tests for the program that the rule looks for aside. An info in filter documents too, where the parent " +
				"lies in a protected directory. A finding needs an event that this exclusion alone hides.",
			Why:  "Whatever the parent starts is excluded: a plug-in, a script, or what was injected into it.",
			Bad:  excluding(goodParent),
			Good: excluding(goodParent + "\nCommandLine|contains: ' /query /v'"),
			Fix:  "Add what the parent is expected to run.",
		},
		Document: reportKind(parent, "excludes whatever this parent starts", "add the command line that the parent is expected to run"),
	},
	{
		Code: "SIG1015", Name: "exclusion-null-only", Severity: lint.Info, Profiles: s,
		Doc: lint.Doc{
			Title: "An exclusion of events that lack a field",
			What:  "All tests of an exclusion are for an absent, null or empty field, or `-`. A finding needs an event that this exclusion alone hides.",
			Why:   "Where the sensor does not fill the field, the rule is silent.",
			Bad:   excluding("ParentImage: null"),
			Good:  excluding("ParentImage: null\nUser|contains: 'SYSTEM'"),
			Fix:   "Make sure that the log source has the field, or add what the excluded events have.",
		},
		Document: reportKind(absent, "silences the rule wherever the field is not recorded", "add what the excluded events have"),
	},
}

// kindOf reports an item of a kind of exclusion.
type kindOf func(i *excluded) bool

func freeText(i *excluded) bool {
	switch i.role {
	case taxonomy.RoleCommandLine, taxonomy.RoleParentCommandLine, taxonomy.RoleScript, taxonomy.RoleURL, taxonomy.RoleUserAgent:
		return !absentOnly(i.Item)
	case taxonomy.RoleAncestor:
		return i.typ == taxonomy.CommandLine
	}
	return false
}

func metadata(i *excluded) bool { return i.role == taxonomy.RoleMetadata && !absentOnly(i.Item) }

func account(i *excluded) bool {
	switch i.role {
	case taxonomy.RoleUser, taxonomy.RoleParentUser, taxonomy.RoleTargetUser:
		return !absentOnly(i.Item)
	}
	return false
}

func parent(i *excluded) bool {
	switch i.role {
	case taxonomy.RoleParentImage, taxonomy.RoleParentCommandLine, taxonomy.RoleAncestor, taxonomy.RoleParentUser:
		return !absentOnly(i.Item)
	}
	return false
}

func absent(i *excluded) bool { return absentOnly(i.Item) }

// reportKind reports exclusions whose items are all of one kind, or limit what is hidden to programs that the rule looks for.
func reportKind(is kindOf, says, help string) func(*lint.Pass) {
	return func(p *lint.Pass) {
		x := exclusionsOf(p)
		for _, e := range x.list {
			at := slices.IndexFunc(e.items, is)
			if at < 0 || !e.all(func(i *excluded) bool { return is(i) || i.shared && !slices.ContainsFunc(i.places, placed.below) }) {
				continue
			}
			event := x.trap(e).witness()
			if event == nil {
				continue
			}
			i := e.items[at]
			x.report(p, lint.Finding{
				Severity: x.anchoredParent(e),
				Span:     e.span(),
				Message:  fmt.Sprintf("%s %s", e.written(p), says),
				Help:     help + " to `" + source.Shorten(e.detection.Name) + "`",
				Related:  []lint.Related{{Span: e.detection.Key.Span, Message: "hides an event with " + hidden(event, i.Field)}},
			})
		}
	}
}

// written is an exclusion as a message quotes it: its one item with the value, or the keys of its items.
func (e exclusion) written(p *lint.Pass) string {
	if text := p.Document.Base().File.Text(e.span()); len(e.items) == 1 && e.items[0].Node.Kind != source.List {
		return "`" + source.Shorten(text) + "`"
	}
	return e.words()
}

// anchoredParent keeps the finding about a parent in a protected directory an info in a filter document too: such a parent is what the family
// asks for.
func (x *exclusions) anchoredParent(e exclusion) lint.Severity {
	if x.platform != nil && x.filter && slices.ContainsFunc(e.items, func(i *excluded) bool {
		return !i.Negated && len(i.Tests) > 0 && (i.role == taxonomy.RoleParentImage || i.role == taxonomy.RoleAncestor) &&
			!slices.ContainsFunc(i.Tests, func(t *rules.Test) bool { return !x.isProtected(t) })
	}) {
		return lint.Info
	}
	return 0
}

// isProtected reports a value that lies in a protected directory, whatever its wildcards stand for.
func (x *exclusions) isProtected(t *rules.Test) bool {
	if t.Kind != rules.TextTest || len(t.Patterns) != 1 || len(t.Patterns[0]) == 0 || t.Patterns[0][0].Kind != rules.Literal {
		return false
	}
	if text, exact := t.Patterns[0].Plain(); exact {
		return x.platform.PathControl(text) == taxonomy.Hard
	}
	control, _ := x.platform.PrefixControl(t.Patterns[0][0].Text)
	return control == taxonomy.Hard
}
