package report

import (
	"io"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/source"
)

// The GitLab Code Quality report: a list of these.
type (
	gitLabIssue struct {
		Description string      `json:"description"`
		CheckName   string      `json:"check_name"`
		Fingerprint string      `json:"fingerprint"`
		Severity    string      `json:"severity"`
		Location    gitLabPlace `json:"location"`
	}
	gitLabPlace struct {
		Path  string      `json:"path"`
		Lines gitLabLines `json:"lines"`
	}
	gitLabLines struct {
		Begin int `json:"begin"`
		End   int `json:"end"`
	}
)

// gitLabSeverities are among info, minor, major, critical and blocker.
var gitLabSeverities = map[lint.Severity]string{lint.Error: "critical", lint.Warning: "major", lint.Info: "info"}

func writeGitLab(w io.Writer, result *lint.Result, o Options) error {
	prints := fingerprints(result, o)
	issues := []gitLabIssue{}
	for i := range result.Findings {
		f := &result.Findings[i]
		issues = append(issues, gitLabIssue{
			Description: f.Check.Code + " " + oneLine(f), CheckName: f.Check.Name, Fingerprint: prints[f],
			Severity: gitLabSeverities[f.Severity],
			Location: gitLabPlace{source.Visible(o.relative(f.File.Path)), gitLabLines{at(f.File, f.Span.Start).Line, lastLine(f)}},
		})
	}
	return encode(w, issues)
}
