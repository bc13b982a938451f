package checks

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// conventionPathChecks look at the names of files and folders.
var conventionPathChecks = []*lint.Check{
	{
		Code: "SIG1407", Name: "status-folder", Severity: lint.Warning, Profiles: q,
		Doc: lint.Doc{
			Title: "Status and folder contradict each other",
			What: "`status` is deprecated or unsupported and the file stands outside a folder of that name, or another status stands inside such a folder. Whole folder names " +
				"count, the innermost first; where the path has none, those of the working directory.",
			Why:  "Deployments take whole folders: a retired rule goes live, or a live one is lost.",
			Bad:  changed("status: test", "status: deprecated"),
			Good: clean,
			Path: "rules/linux/process_creation/proc_creation_lnx_example.yml",
			Fix:  "Move the file, or correct the status.",
		},
		Document: statusFolder,
	},
	{
		Code: "SIG1415", Name: "filename-length", Severity: lint.Warning, Profiles: q,
		Options: []lint.Option{
			{Name: "min", Meaning: "the shortest file name with its extension, in characters", Default: 14, Min: 1},
			{Name: "max", Meaning: "the longest file name with its extension, in characters", Default: 90, Min: 1},
		},
		Doc: lint.Doc{
			Title: "File name too short or too long",
			What:  "The file name with its extension has fewer than 14 or more than 90 characters.",
			Why:   "A short name says nothing, a long one breaks tools and paths on Windows.",
			Fix:   "Rename the file.",
		},
		Document: fileNameLength,
	},
	{
		Code: "SIG1416", Name: "filename-pattern", Severity: lint.Warning, Profiles: q,
		YieldsTo: []string{"filename-length", "file-extension"},
		Doc: lint.Doc{
			Title: "File name outside the usual characters",
			What: "The file name is not 10 to 90 lower-case letters, digits and underscores followed by `.yml`, as a whole, or it has no underscore. `.yml.yml` is " +
				"let pass: a published rule has it.",
			Why: "Names that differ by case are one file on Windows and macOS; blanks and signs break scripts.",
			Fix: "Rename the file.",
		},
		Document: fileNamePattern,
	},
	{
		Code: "SIG1417", Name: "filename-prefix", Severity: lint.Warning, Profiles: q,
		Options: []lint.Option{{Name: "all-logsources", Meaning: "1 to look also at log sources with few published rules, or with names that differ", Default: 0, Max: 1}},
		Doc: lint.Doc{
			Title: "File name that does not begin with its log source",
			What: "The file name of a rule does not begin as the names of the published rules of the same log source do. Only log sources count for which five published rules " +
				"at least agree without exception. With the option also those with fewer, and log sources of a product whose names all begin alike.",
			Why:     "Rules of one log source are found, sorted and switched by the beginning of their name.",
			Assumes: "The names of the published rules, read at SigmaHQ 8eaafff1f.",
			Bad:     strings.Replace(clean, "product: linux", "product: macos", 1),
			Good:    clean,
			Path:    "rules/linux/process_creation/proc_creation_lnx_example.yml",
			Fix:     "Rename the file, or correct the log source.",
		},
		Document: fileNamePrefix,
	},
	{
		Code: "SIG1418", Name: "correlation-filename", Severity: lint.Warning, Profiles: q,
		Options: []lint.Option{{Name: "prefixes", Meaning: "how the names of files with correlations begin", Default: []string{"correlation_", "mr_"}}},
		Doc: lint.Doc{
			Title: "Correlation in a file with another name",
			What:  "The first document of the file is a correlation, and the file name begins neither with `correlation_` nor with `mr_`, as the specification writes it.",
			Why:   "Deployments that know no correlations leave them out by name.",
			Fix:   "Rename the file.",
		},
		Document: correlationFileName,
	},
	{
		Code: "SIG1419", Name: "file-extension", Severity: lint.Warning, Profiles: q,
		Doc: lint.Doc{
			Title: "Rule file with another extension",
			What:  "The file name does not end in `.yml`.",
			Why:   "Tools that collect `*.yml` leave the rule out without a word.",
			Fix:   "Rename the file.",
		},
		Document: fileExtension,
	},
}

// folderStatuses are the statuses that have a folder of their own.
var folderStatuses = []string{"deprecated", "unsupported"}

func statusFolder(p *lint.Pass) {
	head := p.Document.Base()
	status := head.Status
	if !writtenText(status) || strings.HasPrefix(head.File.Path, "<") || head.File.Path == "-" {
		return
	}
	directory := filepath.Dir(head.File.Path)
	if !strings.Contains(filepath.ToSlash(head.File.Path), "/") {
		if working, err := filepath.Abs(directory); err == nil {
			directory = working
		}
	}
	folders := strings.Split(filepath.ToSlash(directory), "/")
	// The repository may itself lie below such a folder, so the innermost counts.
	folder := ""
	for _, name := range slices.Backward(folders) {
		if slices.Contains(folderStatuses, name) {
			folder = name
			break
		}
	}
	f := lint.Finding{Span: status.Node.Span}
	switch {
	case status.Value == folder:
		return
	case slices.Contains(folderStatuses, status.Value):
		f.Message = fmt.Sprintf("the rule is `%s` and stands outside a folder `%s`", status.Value, status.Value)
		f.Help = fmt.Sprintf("move the file below `%s`", status.Value)
	case folder != "" && slices.Contains([]string{"stable", "test", "experimental"}, status.Value):
		f.Message = fmt.Sprintf("the rule is `%s` and stands below the folder `%s`", status.Value, folder)
		f.Help = fmt.Sprintf("write `status: %s`, or move the file", folder)
	default:
		return
	}
	p.Report(f)
}

// ruleFileName is the base name of the file of a document, empty where it has none or another document of the file speaks for it.
func ruleFileName(p *lint.Pass) string {
	head := p.Document.Base()
	name := filepath.Base(filepath.ToSlash(head.File.Path))
	if head.File.Path == "" || name == "-" || strings.HasPrefix(name, "<") || !layoutOf(p).first() {
		return ""
	}
	return name
}

// reportName is a finding about the name of the file: it has no place of its own, so the first key of the document stands for it.
func reportName(p *lint.Pass, message, help string) {
	p.Report(lint.Finding{Span: p.Document.Base().Anchor(), Message: message, Help: help})
}

func fileNameLength(p *lint.Pass) {
	name := ruleFileName(p)
	n, least, most := utf8.RuneCountInString(name), p.Int("min"), p.Int("max")
	switch {
	case name == "":
	case n < least:
		reportName(p, fmt.Sprintf("the file name `%s` has %d characters, fewer than %d", shorter(name), n, least), "say in the name what the rule detects")
	case n > most:
		reportName(p, fmt.Sprintf("the file name `%s` has %d characters, more than %d", shorter(name), n, most), "rename the file")
	}
}

var usualFileName = regexp.MustCompile(`^[a-z0-9_]{10,90}(?:\.yml)+$`)

func fileNamePattern(p *lint.Pass) {
	name := ruleFileName(p)
	switch {
	case name == "":
	case !usualFileName.MatchString(name):
		reportName(p, fmt.Sprintf("the file name `%s` is not made of 10 to 90 lower-case letters, digits and underscores, and `.yml`", shorter(name)), "rename the file")
	case !strings.Contains(name, "_"):
		reportName(p, fmt.Sprintf("the file name `%s` has no underscore", shorter(name)), "begin the name with the log source and an underscore")
	}
}

func fileNamePrefix(p *lint.Pass) {
	name := ruleFileName(p)
	if p.Rule == nil || name == "" {
		return
	}
	row, ok := expectedPrefix(p.Rule.Logsource)
	if !ok || !row.settled && p.Int("all-logsources") == 0 || strings.HasPrefix(name, row.prefix) {
		return
	}
	at := p.Rule.Logsource.Node.Span
	for _, part := range []rules.Text{p.Rule.Logsource.Service, p.Rule.Logsource.Product, p.Rule.Logsource.Category} {
		if part.Present() {
			at = part.Node.Span
		}
	}
	p.Report(lint.Finding{
		Span:    at,
		Message: fmt.Sprintf("file names of `%s` begin with `%s`; this one is `%s`", p.Rule.Logsource, row.prefix, shorter(name)),
		Help:    "rename the file, or correct the log source",
	})
}

func correlationFileName(p *lint.Pass) {
	name := ruleFileName(p)
	if _, ok := p.Document.(*rules.Correlation); !ok || name == "" {
		return
	}
	prefixes := p.Strings("prefixes")
	if len(prefixes) == 0 || slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) }) {
		return
	}
	p.Report(lint.Finding{
		Span:    p.Document.Base().Attribute("correlation").Key.Span,
		Message: fmt.Sprintf("the file with this `correlation` is named `%s`, without `%s`", shorter(name), source.Shorten(prefixes[0])),
		Help:    fmt.Sprintf("rename the file to `%s…`", source.Shorten(prefixes[0])),
	})
}

func fileExtension(p *lint.Pass) {
	if name := ruleFileName(p); name != "" && !strings.HasSuffix(name, ".yml") {
		reportName(p, fmt.Sprintf("the file name `%s` does not end in `.yml`", shorter(name)), "rename the file")
	}
}
