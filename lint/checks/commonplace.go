package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/commonness"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// commonplaceChecks find branches that ask only for what is everyday: table commonness says what is.
var commonplaceChecks = []*lint.Check{
	{
		Code: "SIG0906", Name: "high-volume-event-only", Severity: lint.Info, Profiles: rs,
		Doc: lint.Doc{
			Title: "A branch asks only for an event of high volume",
			What: "A branch tests only EventID, and Channel or Provider_Name, and one of the ids is among those of which that channel is full: Security 4624, 4625, " +
				"4634, 4648, 4656 to 4663, 4672, 4688 to 4690, 4703, 4768, 4769, 4776, 5140, 5145 and 5152 to 5158, System 7036, PowerShell 4103 and 4104, " +
				"Sysmon 1, 3, 5, 7, 10 to 14, 22 and 23.",
			Why:     "Such a branch matches the ordinary work of every computer, thousands of events an hour.",
			Bad:     onWindows("service: security", "        EventID: 4624\n"),
			Good:    onWindows("service: security", "        EventID: 4624\n        LogonProcessName: 'Advapi32'\n        TargetUserName: 'breakglass'\n"),
			Fix:     "Test a field of the event as well.",
			Assumes: "the table of everyday values of " + commonness.Version,
		},
		Document: highVolumeEventOnly,
	},
	{
		Code: "SIG0907", Name: "common-process-only", Severity: lint.Info, Profiles: rs,
		Doc: lint.Doc{
			Title: "A branch asks only for an everyday program",
			What: "A branch tests only image fields (the program, its parent, the program it acts on), all of whose values are everyday programs (shells, svchost, explorer, " +
				"browsers, interpreters, download tools, the small commands of shell scripts), and the rule has no exclusion. A value with a directory counts only where the " +
				"directory is one of the system's; the program of a loaded library does not count.",
			Why:     "The rule reports ordinary work: there is no host on which such a program does not run.",
			Bad:     example("    selection:\n        Image|endswith: '/bash'\n    condition: selection\n"),
			Good:    example("    selection:\n        Image|endswith: '/bash'\n        CommandLine|contains: 'lsof -i'\n    condition: selection\n"),
			Fix:     "Add a test of the command line, or of who runs it.",
			Assumes: "the table of everyday values of " + commonness.Version,
		},
		Document: commonProcessOnly,
	},
	{
		Code: "SIG0908", Name: "common-extension-only", Severity: lint.Info, Profiles: rs,
		Doc: lint.Doc{
			Title: "A branch asks only for an everyday extension",
			What:  "All tests of a branch are suffix tests on an extension, and one of them takes an everyday one (.exe, .dll, .tmp, .txt, .log, .dat, .js, .ps1, .php, .asp and the like).",
			Why:   "Installers, updates and browsers write such files all day.",
			Bad: strings.Replace(example("    selection:\n        TargetFilename|endswith:\n            - '.tmp'\n            - '.lockbit'\n    condition: selection\n"),
				"process_creation", "file_event", 1),
			Good: strings.Replace(example("    selection:\n        TargetFilename|startswith: '/etc/'\n        TargetFilename|endswith: '.tmp'\n    condition: selection\n"),
				"process_creation", "file_event", 1),
			Fix:     "Also test the directory, or the program that writes the file.",
			Assumes: "the table of everyday values of " + commonness.Version,
		},
		Document: commonExtensionOnly,
	},
	{
		Code: "SIG0914", Name: "writable-directory-only", Severity: lint.Info, Profiles: s,
		Doc: lint.Doc{
			Title: "A branch asks only for a writable directory",
			What: "A branch has one test, and a value of it is nothing but a directory that any user or program writes to: temporary files, profiles, downloads, public folders. " +
				"A directory of its own below such a one is not meant, nor are those that hold scheduled tasks.",
			Why:  "Installers and updates run from there as well: the branch reports each of them.",
			Bad:  example("    selection:\n        Image|startswith: '/tmp/'\n    condition: selection\n"),
			Good: example("    selection:\n        Image|startswith: '/tmp/'\n        ParentImage|endswith: '/nginx'\n    condition: selection\n"),
			Fix:  "Add what distinguishes the program: its parent, its command line, that it is not signed.",
		},
		Document: writableDirectoryOnly,
	},
}

// channelFields name where an event comes from, which the log source says already.
var channelFields = map[string]bool{"channel": true, "provider_name": true, "source": true, "log_name": true, "provider": true}

func highVolumeEventOnly(p *lint.Pass) {
	if !strings.EqualFold(p.Logsource().Product.Value, "windows") {
		return
	}
	seen := once{}
	eachBranch(p, func(b branch) {
		if !onlyFields(b, func(field string) bool { return channelFields[field] || eventIDFields[field] }) {
			return
		}
		channels := []string{p.Logsource().Service.Value}
		var ids []*rules.Item
		for _, t := range b.positive {
			if eventIDFields[strings.ToLower(t.item.Field)] {
				ids = append(ids, t.item)
				continue
			}
			for _, v := range t.item.Values {
				channels = append(channels, v.Text)
			}
		}
		if len(ids) != 1 {
			return
		}
		values, _ := plainValues(ids[0])
		for k, v := range values {
			if row, ok := eventOf(channels, v); ok && seen.first(ids[0].Values[k].Node.Span) {
				p.Report(lint.Finding{
					Span:    ids[0].Values[k].Node.Span,
					Message: fmt.Sprintf("`%s: %s` is all that the branch asks for, an everyday event: %s", source.Shorten(ids[0].KeyText()), source.Shorten(v), row.Why),
					Help:    "also test a field of the event",
				})
				return
			}
		}
	})
}

func eventOf(channels []string, id string) (commonness.Row, bool) {
	for _, c := range channels {
		if row, ok := commonness.OfEvent(c, id); ok {
			return row, true
		}
	}
	return commonness.Row{}, false
}

// onlyFields reports a branch all of whose tests are on such fields, given in lower case.
func onlyFields(b branch, of func(field string) bool) bool {
	for _, t := range b.positive {
		if !of(strings.ToLower(t.item.Field)) {
			return false
		}
	}
	return len(b.positive) > 0
}

// programFields hold the path or the file name of a program that runs. A loaded library is not among them.
var programFields = map[string]bool{
	"image": true, "parentimage": true, "sourceimage": true, "targetimage": true, "originalfilename": true, "newprocessname": true,
	"parentprocessname": true, "processname": true, "exe": true, "grandparentimage": true,
}

func commonProcessOnly(p *lint.Pass) {
	if p.Rule == nil || hasExclusion(p.Rule) {
		return
	}
	platform, ok := taxonomy.PlatformOf(p.Logsource().Product.Value)
	if !ok {
		return
	}
	seen := once{}
	eachBranch(p, func(b branch) {
		if len(b.negative) > 0 || !onlyFields(b, func(f string) bool { return programFields[f] }) {
			return
		}
		for _, t := range b.positive {
			if t.item.All || t.item.Negated {
				return
			}
			for _, v := range t.item.Tests {
				if _, ok := everydayProgram(platform, v); !ok {
					return
				}
			}
		}
		t := b.positive[0]
		k := weakestValue(t.item)
		row, _ := everydayProgram(platform, t.item.Tests[k])
		at := t.item.Tests[k].Value.Node.Span
		if !seen.first(at) {
			return
		}
		p.Report(lint.Finding{
			Span:    at,
			Message: fmt.Sprintf("%s names an everyday program, and the branch asks for nothing else", describeShort(t.item, t.item.Tests[k])),
			Help:    fmt.Sprintf("add a test of the command line, or of who runs it; of the program: %s", row.Why),
		})
	})
}

// everydayBits is how many bits a program may take to count as everyday by itself: one process in 32 or more.
const everydayBits = 5

// everydayProgram is the row of the program that a test of an image field asks for, false where it is none of the everyday ones, or in a
// directory where that program does not belong.
func everydayProgram(platform *taxonomy.Platform, t *rules.Test) (commonness.Row, bool) {
	if t.Kind != rules.TextTest || len(t.Patterns) != 1 {
		return commonness.Row{}, false
	}
	pattern := t.Patterns[0]
	open := pattern.StartsOpen()
	if open {
		pattern = pattern[1:]
	}
	text, plain := pattern.Plain()
	at := strings.LastIndex(text, platform.Separator) + 1
	directory, name := text[:at], text[at:]
	if !plain || len(directory) > len(platform.Separator) {
		if _, protected := platform.ProtectedDirectory(text); !plain || open || !protected {
			return commonness.Row{}, false
		}
	}
	row, ok := commonness.Of(commonness.Program, name)
	return row, ok && row.Bits <= everydayBits
}

// describeShort says a test in Sigma terms, with room for more words.
func describeShort(i *rules.Item, t *rules.Test) string {
	text := "null"
	if t.Value != nil && t.Value.Kind != rules.NullValue {
		text = shorter(t.Value.Node.Text())
	}
	if i.Keyword() {
		return "the keyword `" + text + "`"
	}
	return "`" + shorter(i.KeyText()) + ": " + text + "`"
}

// hasExclusion reports an identifier that the condition negates.
func hasExclusion(r *rules.Rule) bool {
	for _, d := range r.Detection.Named {
		if r.Detection.Polarity(d)&rules.Negative != 0 {
			return true
		}
	}
	return false
}

func commonExtensionOnly(p *lint.Pass) {
	s, ok := sourceOf(p.Document)
	if !ok {
		return
	}
	seen := once{}
	eachBranch(p, func(b branch) {
		var item *rules.Item
		var common *rules.Test
		for _, t := range b.positive {
			if t.item.Negated || len(t.item.Tests) == 0 || !s.namesFile(t.item.Field) {
				return
			}
			for _, v := range t.item.Tests {
				extension, ok := onlyExtension(v)
				if !ok {
					return
				}
				if _, known := commonness.Of(commonness.Extension, extension); known && common == nil {
					item, common = t.item, v
				}
			}
		}
		if common == nil || !seen.first(common.Value.Node.Span) {
			return
		}
		p.Report(lint.Finding{
			Span:    common.Value.Node.Span,
			Message: fmt.Sprintf("%s takes every file with that extension, and the branch asks for nothing else", describeShort(item, common)),
			Help:    "also test the directory, or the program that writes the file",
		})
	})
}

// namesFile reports a field that holds the path or the name of a file.
func (s sourced) namesFile(field string) bool {
	switch s.typeOf(field) {
	case taxonomy.Path, taxonomy.Image:
		return true
	}
	return strings.HasSuffix(strings.ToLower(field), "filename")
}

// onlyExtension is the extension that a test asks for and nothing more, `.tmp` of `*.tmp`.
func onlyExtension(t *rules.Test) (string, bool) {
	if t.Kind != rules.TextTest || len(t.Patterns) != 1 || !t.Patterns[0].StartsOpen() {
		return "", false
	}
	text, plain := t.Patterns[0][1:].Plain()
	return text, plain && len(text) > 1 && text[0] == '.' && !strings.ContainsAny(text[1:], `./\ `)
}

func writableDirectoryOnly(p *lint.Pass) {
	s, ok := sourceOf(p.Document)
	if !ok {
		return
	}
	platform, ok := taxonomy.PlatformOf(s.Product.Value)
	if !ok {
		return
	}
	seen := once{}
	eachBranch(p, func(b branch) {
		if len(b.positive) != 1 || b.positive[0].item.Keyword() || b.positive[0].item.All || b.positive[0].item.Negated {
			return
		}
		i := b.positive[0].item
		switch s.typeOf(i.Field) {
		case taxonomy.Path, taxonomy.Image:
		default:
			return
		}
		for _, t := range i.Tests {
			if !writableDirectory(platform, t) {
				continue
			}
			if seen.first(t.Value.Node.Span) {
				p.Report(lint.Finding{
					Span:    t.Value.Node.Span,
					Message: fmt.Sprintf("%s is a directory that any user writes to, and the branch asks for nothing else", describeShort(i, t)),
					Help:    "add what distinguishes the program: its parent, its command line, its signature",
				})
			}
			return
		}
	})
}

// profileDirectories hold the files of programs, whoever runs them. The platform tables name the directories around them.
var profileDirectories = []string{
	`\appdata\local\`, `\appdata\locallow\`, `\appdata\roaming\`, `\users\default\`, `\users\all users\`, `\perflogs\`, `\documents\`, `\temporary internet files\`,
}

// writableDirectory reports a test that asks for a directory that any user or program writes to, and for nothing below it.
func writableDirectory(platform *taxonomy.Platform, t *rules.Test) bool {
	if t.Kind != rules.TextTest || len(t.Patterns) != 1 || !t.Patterns[0].EndsOpen() {
		return false
	}
	text := strings.ToLower(t.Patterns[0].LiteralText())
	is := func(directory string) bool { return strings.HasSuffix(text, strings.ToLower(directory)) }
	return slices.ContainsFunc(platform.Writable, func(f taxonomy.Fact) bool { return !slices.Contains(scheduledTasks, f.Value) && is(f.Value) }) ||
		slices.ContainsFunc(platform.WritableFragments, is) || platform.Separator == `\` && slices.ContainsFunc(profileDirectories, is)
}

// scheduledTasks hold a file for each scheduled task: to look there is to ask for tasks.
var scheduledTasks = []string{`\Windows\System32\Tasks\`, `\Windows\SysWOW64\Tasks\`}
