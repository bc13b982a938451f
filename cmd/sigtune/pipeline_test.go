package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules/source"
)

// pipelines are the examples that people copy, and the action that they use.
var pipelines = []string{"action.yml", "docs/ci/gitlab.yml", "docs/ci/azure-pipelines.yml", "docs/pull-requests.md"}

// Whatever a pipeline uses is named by a commit: a tag can be moved by whoever takes over its repository.
func TestPipelinesUseCommits(t *testing.T) {
	uses := regexp.MustCompile(`uses:\s*(\S+)(.*)`)
	pinned := regexp.MustCompile(`^[\w.-]+/[\w./-]+@[0-9a-f]{40}$`)
	for _, path := range pipelines {
		for _, m := range uses.FindAllStringSubmatch(readPipeline(t, path), -1) {
			if m[1] != "sigtune/sigtune@COMMIT" && (!pinned.MatchString(m[1]) || !strings.Contains(m[2], "# v")) {
				t.Errorf("%s uses %s%s", path, m[1], m[2])
			}
		}
	}
}

// An expression within a script is text that somebody else wrote, run by a shell.
func TestTheActionHasNoExpressionInAScript(t *testing.T) {
	for _, step := range actionSteps(t) {
		if run := step.Find("run"); run != nil && strings.Contains(run.Value, "${{") {
			t.Errorf("%s: %s", step.Find("name").Value, run.Value)
		}
	}
}

// The script of the action, with inputs that a shell would stumble over.
func TestTheScriptOfTheActionReviews(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("LOUD: there is no bash here: the script of the action was NOT tested")
	}
	program, err := exec.LookPath("sigtune") // this test binary again, see TestMain
	if err != nil {
		t.Fatal(err)
	}
	steps := actionSteps(t)
	script := steps[len(steps)-1].Find("run").Value
	dir := changedRules(t, map[string]string{"rules/a b.yml": flawed, "rules/-c.yml": strings.Replace(flawed, "3b9e7d52", "4b9e7d52", 1)},
		map[string]string{"rules/a b.yml": strings.Replace(flawed, "level: hihg", "level: lwo", 1)})
	out := t.TempDir()
	summary := filepath.Join(out, "step summary.md")
	put(t, summary, "before\n")
	for _, test := range []struct {
		name  string
		set   []string
		code  int
		shown string
	}{
		{"a finding", []string{"PATHS=rules/a b.yml\nrules/-c.yml\n"}, exitFindings, "invalid-level"},
		{"everything, never failing", []string{"FAIL_ON=never", "PATHS="}, exitClean, "invalid-level"},
		{"a base instead of a revision", []string{"SINCE=", "BASE=HEAD", "PATHS="}, exitFindings, "invalid-level"},
		{"a hostile path", []string{"PATHS=$(touch " + filepath.Join(out, "owned") + "); --help"}, exitFailed, ""},
		{"a hostile revision", []string{"SINCE=--upload-pack=touch " + filepath.Join(out, "owned"), "PATHS="}, exitFailed, ""},
		{"comments from a fork", []string{"COMMENT=true", "FORK=true", "PATHS="}, exitFindings, "invalid-level"},
		{"comments without a token", []string{"COMMENT=true", "PATHS="}, exitUsage, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			command := exec.Command(bash, "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script)
			command.Dir = dir
			command.Env = append(os.Environ(), "PROGRAM="+program, "SUMMARY="+filepath.Join(out, "summary.md"), "GITHUB_STEP_SUMMARY="+summary, "SINCE=HEAD", "BASE=",
				"FAIL_ON=", "FAIL_ON_LOST=false", "COMMENT=false", "FORK=false", "SARIF="+filepath.Join(out, "a.sarif"), "GITHUB_TOKEN=", "XDG_CACHE_HOME="+out)
			command.Env = append(command.Env, test.set...)
			text, _ := command.CombinedOutput()
			if code := command.ProcessState.ExitCode(); code != test.code || !strings.Contains(string(text), test.shown) {
				t.Errorf("exit code %d:\n%s", code, text)
			}
			if _, err := os.Stat(filepath.Join(out, "owned")); err == nil {
				t.Error("an input was run")
			}
		})
	}
	if text := readOr(t, summary, ""); !strings.HasPrefix(text, "before\n### sigtune: ") {
		t.Errorf("the summary of the job: %s", text)
	}
}

func readPipeline(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(packageDir, "..", "..", filepath.FromSlash(path)))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func actionSteps(t *testing.T) []*source.Node {
	t.Helper()
	file := source.Parse("action.yml", []byte(readPipeline(t, "action.yml")), source.Limits{})
	if len(file.Problems) > 0 {
		t.Fatal(file.Problems)
	}
	return file.Documents[0].Root.Find("runs").Find("steps").Items
}
