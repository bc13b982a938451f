package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// excluding is a whole rule on Windows processes with one exclusion, whose lines are given.
func excluding(lines string) string {
	rule := selectOnWindows("CommandLine|contains: ' /query'")
	rule = strings.Replace(rule, "    condition: selection\n", "    filter_main_agent:\n        "+strings.ReplaceAll(lines, "\n", "\n        ")+"\n    condition: selection and not 1 of filter_main_*\n", 1)
	return strings.Replace(rule, "level: low", "level: medium", 1)
}

const (
	goodParent = "ParentImage|startswith: 'C:\\Program Files\\Acme Agent\\'"
	goodImage  = "Image: 'C:\\Windows\\System32\\openfiles.exe'\n" + goodParent

	assumesDefaults = "The default access rights of a Windows installation: which directories users may write to and create (the tables of schema/taxonomy)."
	witnessed       = " A finding needs an event that an attacker can make, that the rule finds without this exclusion and that this exclusion alone hides; " +
		"it is checked by evaluating the rule. Tests on other fields that are out of an attacker's reach make the exclusion sound."
)

// exclusionPathChecks look at where the files lie that an exclusion names.
var exclusionPathChecks = []*lint.Check{
	{
		Code: "SIG1002", Name: "exclusion-prefix-without-separator", Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "A protected directory without its last separator",
			What: "A path in an exclusion names `C:\\Windows`, `C:\\Program Files` or `C:\\Program Files (x86)`, stops before the separator and goes on with anything. " +
				"Quiet for short names such as `C:\\PROGRA~2`. A finding needs an event that this exclusion alone hides.",
			Why:     "It also matches `C:\\Program FilesX\\`, which any user can create and fill.",
			Assumes: assumesDefaults,
			Bad:     excluding("ParentImage|startswith: 'C:\\Program Files'"),
			Good:    excluding(goodParent),
			Fix:     "Write the separator. `C:\\Program Files` without it was also `C:\\Program Files (x86)`: write that one as well where it was meant.",
		},
		Document: reportPlace(besideProtected, func(i *excluded, t *rules.Test, at placed) (string, string) {
			told := writtenValue(t)
			help := "write `" + source.Shorten(told) + "\\`"
			if strings.HasSuffix(strings.ToLower(told), `\program files`) {
				help += ", and `" + source.Shorten(told) + " (x86)\\` where that is meant as well"
			}
			return fmt.Sprintf("`%s` also matches `%sX\\…`, a directory that any user can create", shorter(told), shorter(at.directory)), help
		}),
	},
	{
		Code: "SIG1003", Name: "exclusion-unanchored-system-path", Severity: lint.Info, Profiles: rs,
		Doc: lint.Doc{
			Title: "A system directory excluded wherever it lies",
			What: "A protected directory of Windows (Windows, System32, SysWOW64, WinSxS, Program Files) in an exclusion, by contains or endswith and without the drive. " +
				"Quiet for fields that hold device paths, and for values with a directory of a profile." + witnessed,
			Why:     "Whoever builds `C:\\Users\\Public\\Windows\\System32\\` is excluded like the system itself.",
			Assumes: assumesDefaults,
			Bad:     excluding("ParentImage|contains: '\\Windows\\System32\\'"),
			Good:    excluding("ParentImage|startswith: 'C:\\Windows\\System32\\'"),
		},
		Document: reportPlace(copiedTree, func(i *excluded, t *rules.Test, at placed) (string, string) {
			return fmt.Sprintf("`%s` under `%s` also matches a copy such as `%s`", shorter(writtenValue(t)), shorter(i.KeyText()), shorter(exampleOf(at))),
				"anchor it with the drive: `" + source.Shorten(i.Field) + "|startswith: 'C:\\…'`"
		}),
	},
	{
		Code: "SIG1004", Name: "exclusion-user-writable-path", Severity: lint.Info, Profiles: rs,
		Doc: lint.Doc{
			Title: "A directory of users as the only anchor",
			What: "A program or library in an exclusion is anchored in nothing but a directory into which any user writes: a profile, AppData, Temp, Public, Downloads, `/tmp`. " +
				"One finding for a field of an exclusion. Other path fields in the profile strict and in filter documents. A value that names a product below such a directory, and is not " +
				"anchored in it by another, is exclusion-unanchored-vendor-path." + witnessed,
			Why:     "It is the first place where an attacker puts a program, and the rule says nothing about it there.",
			Assumes: assumesDefaults,
			Bad:     excluding("ParentImage|contains: '\\AppData\\Local\\Temp\\'"),
			Good:    excluding(goodParent),
			Fix:     "Add what a user cannot choose: the parent, a checked signature, or a protected directory.",
		},
		Document: reportPlace(userDirectory, func(i *excluded, t *rules.Test, at placed) (string, string) {
			return fmt.Sprintf("`%s` under `%s` excludes files in a directory into which any user writes", shorter(writtenValue(t)), shorter(i.KeyText())),
				"add what a user cannot choose: the parent, a checked signature, or a protected directory"
		}),
	},
	{
		Code: "SIG1005", Name: "exclusion-writable-system-directory", Severity: lint.Warning, Profiles: s,
		Doc: lint.Doc{
			Title:   "A writable directory inside a system directory",
			What:    "A path in an exclusion lies in a directory of the Windows tree into which users may write all the same: `Windows\\Temp`, `Tasks`, `Tracing`, `spool\\drivers\\color` and others." + witnessed,
			Why:     "It looks protected and is not: these directories are the usual way around path rules.",
			Bad:     excluding("ParentImage|startswith: 'C:\\Windows\\Temp\\'"),
			Good:    excluding("ParentImage|startswith: 'C:\\Windows\\System32\\wbem\\'"),
			Fix:     "Add what tells the program: its file name and its parent, or its signature.",
			Assumes: assumesDefaults,
		},
		Document: reportPlace(systemHole, func(i *excluded, t *rules.Test, at placed) (string, string) {
			return fmt.Sprintf("`%s` lies in the protected tree, but any user writes to `%s`", shorter(writtenValue(t)), shorter("C:"+at.directory)),
				"name the program as well, and its parent or its signature"
		}),
	},
	{
		Code: "SIG1008", Name: "exclusion-root-level-directory", Severity: lint.Info, Profiles: s,
		Doc: lint.Doc{
			Title:   "A directory directly below the root of the drive",
			What:    "A path in an exclusion begins with a directory below `C:\\` that is none of the system's own." + witnessed,
			Why:     "The default rights let any user create it where the product is not installed, and often write to it where it is.",
			Bad:     excluding("ParentImage|startswith: 'C:\\Acme\\'"),
			Good:    excluding(goodParent),
			Fix:     "Install the product below `C:\\Program Files\\`, or add what tells the program: its parent, its signature.",
			Assumes: assumesDefaults,
		},
		Options: []lint.Option{{Name: "directories", Meaning: "names of directories below the root of the drive to which only administrators write", Default: []string{}}},
		Document: reportPlace(rootDirectory, func(i *excluded, t *rules.Test, at placed) (string, string) {
			return fmt.Sprintf("`%s` is excluded, and any user can create `%s\\` where it is missing", shorter(writtenValue(t)), shorter(at.directory)),
				"add a test that tells the program: its parent, its signature"
		}),
	},
	{
		Code: "SIG1009", Name: "exclusion-file-name-only", Severity: lint.Info, Profiles: s, YieldsTo: []string{"missing-path-separator"},
		Doc: lint.Doc{
			Title: "A program excluded by its file name only",
			What: "A path field in an exclusion is tested for a file name and nothing else. Quiet for the program that the rule looks for itself. A warning in `filter_optional*` of rules of level high or " +
				"critical that do not test the metadata or the hash of the program." + witnessed,
			Why:  "A renamed copy of any program is excluded.",
			Bad:  excluding("ParentImage|endswith: '\\services.exe'"),
			Good: excluding("ParentImage: 'C:\\Windows\\System32\\services.exe'"),
		},
		Document: reportFileNames,
	},
	{
		Code: "SIG1010", Name: "exclusion-unanchored-vendor-path", Severity: lint.Info, Profiles: s,
		Doc: lint.Doc{
			Title:   "The directory of a product excluded wherever it lies",
			What:    "A path in an exclusion names directories of a product without what they lie in, or below a directory of users." + witnessed,
			Why:     "Whoever creates the same directories below a place of their own is excluded.",
			Bad:     excluding("ParentImage|contains: '\\Acme Agent\\bin\\'"),
			Good:    excluding("ParentImage|startswith: 'C:\\Program Files\\Acme Agent\\bin\\'"),
			Assumes: assumesDefaults,
		},
		Document: reportPlace(vendorDirectory, func(i *excluded, t *rules.Test, at placed) (string, string) {
			message := fmt.Sprintf("`%s` under `%s` also matches `%s`", shorter(writtenValue(t)), shorter(i.KeyText()), shorter(exampleOf(at)))
			if at.users {
				return message, "add what a user cannot choose: the parent, a checked signature, or a protected directory"
			}
			return message, "anchor it with the directory in which the product is installed"
		}),
	},
	{
		Code: "SIG1016", Name: "exclusion-drive-unanchored", Severity: lint.Info, Profiles: s,
		Doc: lint.Doc{
			Title:   "A system directory excluded on any drive",
			What:    "A protected directory in an exclusion begins with `:\\`, so that any drive will do. It is the house style of SigmaHQ. A finding needs an event that this exclusion alone hides.",
			Why:     "A mounted disk image or a USB drive has a `Program Files` of its own.",
			Bad:     excluding("ParentImage|contains: ':\\Program Files\\Acme Agent\\'"),
			Good:    excluding(goodParent),
			Assumes: assumesDefaults,
		},
		Document: reportPlace(anyDrive, func(i *excluded, t *rules.Test, at placed) (string, string) {
			return fmt.Sprintf("`%s` under `%s` also matches `%s`", shorter(writtenValue(t)), shorter(i.KeyText()), shorter(exampleOf(at))),
				"anchor it with the drive of the system: `" + source.Shorten(i.Field) + "|startswith: 'C:\\…'`"
		}),
	},
}

// exampleOf is a path of a place, its wildcards left open.
func exampleOf(at placed) string {
	var b strings.Builder
	for _, t := range at.paths {
		if t.Kind == rules.Literal {
			b.WriteString(t.Text)
		} else if !strings.HasSuffix(b.String(), "…") {
			b.WriteString("…")
		}
	}
	return b.String()
}

// reportPlace reports the values of exclusions that lie in one kind of place, once an item.
func reportPlace(kind place, say func(i *excluded, t *rules.Test, at placed) (message, help string)) func(*lint.Pass) {
	return func(p *lint.Pass) {
		x := exclusionsOf(p)
		x.eachPlaced(p, kind, func(e exclusion, i *excluded, tests []int, f lint.Finding) {
			t, at := i.Tests[tests[0]], i.places[tests[0]]
			f.Message, f.Help = say(i, t, at)
			f.Fix = placeFix(x, i, kind)
			x.report(p, f)
		})
	}
}

// eachPlaced visits the items of exclusions with values in one kind of place, with a finding that has its places and its witness.
func (x *exclusions) eachPlaced(p *lint.Pass, kind place, visit func(e exclusion, i *excluded, tests []int, f lint.Finding)) {
	for _, e := range x.list {
		told := map[string]bool{}
		for _, i := range e.items {
			if !x.speaks(p, kind, i) || kind == userDirectory && told[i.Field] || kind == vendorDirectory && e.inUserDirectory(i.Field) {
				continue
			}
			if kind == rootDirectory && vouchedFor(p, i) {
				continue
			}
			tests, event := x.placedTests(e, i, kind)
			if len(tests) == 0 {
				continue
			}
			f := lint.Finding{Span: valueSpan(i.Item, i.Tests[tests[0]]), Related: []lint.Related{{Span: e.detection.Key.Span, Message: "hides an event with " + hidden(event, i.Field)}}}
			spans := []source.Span{f.Span}
			for _, k := range tests[1:] {
				spans = append(spans, valueSpan(i.Item, i.Tests[k]))
				f.Related = append(f.Related, lint.Related{Span: valueSpan(i.Item, i.Tests[k]), Message: "and so does this value"})
			}
			f.Place = lint.LeastPlace(p.Document, spans...)
			told[i.Field] = true
			visit(e, i, tests, f)
		}
	}
}

// vouchedFor reports directories of the root that the configuration vouches for.
func vouchedFor(p *lint.Pass, i *excluded) bool {
	names := p.Strings("directories")
	return len(names) > 0 && !slices.ContainsFunc(i.places, func(at placed) bool {
		return at.place == rootDirectory && !slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(`C:\`+n, at.directory) })
	})
}

// inUserDirectory reports that a field is tied to a directory of users by another value, of which exclusion-user-writable-path speaks.
func (e exclusion) inUserDirectory(field string) bool {
	return slices.ContainsFunc(e.items, func(i *excluded) bool {
		return i.Field == field && (i.All || len(e.items) > 1) && slices.ContainsFunc(i.places, func(at placed) bool { return at.place == userDirectory })
	})
}

// speaks says which fields a kind of place is reported of.
func (x *exclusions) speaks(p *lint.Pass, kind place, i *excluded) bool {
	switch kind {
	case bareFile:
		return !i.shared
	case userDirectory:
		return i.typ == taxonomy.Image || x.filter || p.Facts.Profile == lint.Strict
	case copiedTree:
		return i.Field != deviceField
	}
	return true
}

// deviceField holds `\device\harddiskvolume1\…` in events of the filtering platform: a drive has no place there.
const deviceField = "Application"

// placedTests are the tests of an item in one kind of place, if an attacker can use the first of them.
func (x *exclusions) placedTests(e exclusion, i *excluded, kind place) (tests []int, event map[string]any) {
	for k := range i.Tests {
		if i.places[k].place == kind {
			tests = append(tests, k)
		}
	}
	if len(tests) == 0 {
		return nil, nil
	}
	limits, ok := x.limits(e, i)
	if !ok && kind != besideProtected && kind != anyDrive {
		return nil, nil
	}
	if !ok {
		limits = nil
	}
	// The first value with a witness stands for all: the values after it are weak in the same way.
	for n, k := range tests {
		if event := x.trap(e).witness(append(limits, liesIn(i.Field, i.places[k]))...); event != nil {
			return append([]int{k}, append(append([]int(nil), tests[:n]...), tests[n+1:]...)...), event
		}
		if n+1 == triedValues {
			break
		}
	}
	return nil, nil
}

// triedValues bounds the values of one item that are tried. On the published rules the first two decide.
const triedValues = 8

func reportFileNames(p *lint.Pass) {
	x := exclusionsOf(p)
	x.eachPlaced(p, bareFile, func(e exclusion, i *excluded, tests []int, f lint.Finding) {
		t := i.Tests[tests[0]]
		what := "file"
		if i.typ == taxonomy.Image {
			what = "program"
		}
		f.Message = fmt.Sprintf("`%s` under `%s` also excludes any other %s of that name", shorter(writtenValue(t)), shorter(i.KeyText()), what)
		f.Help = "write the full path"
		if p.Rule != nil && strings.HasPrefix(e.detection.Name, "filter_optional") && (p.Rule.Level.Value == "high" || p.Rule.Level.Value == "critical") && !x.testsContent() {
			f.Severity = lint.Warning
		}
		f.Fix = placeFix(x, i, bareFile)
		x.report(p, f)
	})
}

// testsContent reports a selection that tests what a program says of itself, or its hash: a renamed one is still found.
func (x *exclusions) testsContent() bool {
	d, found := x.document.Detections(), false
	for _, named := range d.Named {
		if d.Polarity(named)&rules.Positive != 0 {
			named.Block.Each(func(i *rules.Item) {
				if x.source.table != nil {
					f, _ := x.source.table.Field(i.Field)
					found = found || f.Role == taxonomy.RoleMetadata || f.Role == taxonomy.RoleHash || f.Role == taxonomy.RoleSignature
				}
			})
		}
	}
	return found
}
