package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// changedRules is a git repository with one commit, and changes on top of it. The test runs in it.
func changedRules(t *testing.T, base, now map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	t.Chdir(dir)
	for _, name := range []string{"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"} {
		t.Setenv(name, os.DevNull)
	}
	git := func(arguments ...string) {
		if out, err := exec.Command("git", append([]string{"-c", "user.name=anna", "-c", "user.email=anna@sigtune.example"}, arguments...)...).CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v\n%s", arguments, err, out)
		}
	}
	git("init", "-q", "-b", "main")
	for path, text := range base {
		put(t, filepath.Join(dir, path), text)
	}
	git("add", "-A")
	git("commit", "-q", "-m", "base")
	for path, text := range now {
		put(t, filepath.Join(dir, path), text)
	}
	return dir
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestReviewJSONFollowsItsSchema(t *testing.T) {
	listed := strings.Replace(flawed, "level: hihg", "falsepositives:\n    - curl started by /usr/sbin/zabbix_agentd\nlevel: high", 1)
	changedRules(t, map[string]string{"rules/a.yml": listed, "gone.yml": strings.Replace(listed, "3b9e7d52", "4b9e7d52", 1)}, map[string]string{"rules/a.yml": flawed, "new.yml": strings.Replace(listed, "3b9e7d52", "5b9e7d52", 1)})
	if err := os.Remove("gone.yml"); err != nil {
		t.Fatal(err)
	}
	text := sigtune("", "review", "--since", "HEAD", "--format", "json", "--select", "ALL", "--no-cache").stdout
	var out struct{ Lint, Diff, Tests json.RawMessage }
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	t.Chdir(packageDir)
	follows(t, "review.schema.json", text, nil)
	follows(t, "lint.schema.json", string(out.Lint), nil)
	follows(t, "diff.schema.json", string(out.Diff), nil)
	follows(t, "test.schema.json", string(out.Tests), nil)
}

// packageDir is where the tests of this package start.
var packageDir, _ = os.Getwd()

// Whoever writes a pull request writes its tests. None of them may have the review quote a file of the machine that it runs on.
func TestReviewReadsNothingOutsideTheRepository(t *testing.T) {
	const secret = "TOKEN=hunter2"
	const rule = "title: Curl\nid: 3b9e7d52-6a0f-4c51-9d77-51c9b5a8f2c4\nlogsource:\n    category: process_creation\n    product: linux\ndetection:\n    selection:\n        Image|endswith: '/curl'\n    condition: selection\nlevel: low\n"
	outside := filepath.Join(t.TempDir(), "secret.yml")
	put(t, outside, secret+"\n\t- "+secret+": [\n")
	for _, test := range []struct {
		name  string
		files map[string]string
		links map[string]string
	}{
		{"events", map[string]string{"sigtune-test.yml": "rule: a.yml\nkept: " + outside + "\n"}, nil},
		{"a rule", map[string]string{"sigtune-test.yml": "- rule: [a.yml, " + outside + "]\n  kept: b.ndjson\n"}, nil},
		{"a map of names", map[string]string{"sigtune-test.yml": "rule: a.yml\nkept: b.ndjson\nmap: " + outside + "\n", "b.ndjson": "{}\n"}, nil},
		{"a link to events", map[string]string{"sigtune-test.yml": "rule: a.yml\nkept: events.ndjson\n"}, map[string]string{"events.ndjson": outside}},
		{"a link to a directory", map[string]string{"sigtune-test.yml": "rule: a.yml\nkept: up/secret.yml\n"}, map[string]string{"up": filepath.Dir(outside)}},
		{"a regression set", map[string]string{"a.yml": rule + "regression_tests_path: " + outside + "\n"}, nil},
		{"a regression set from the root", map[string]string{"a.yml": rule + "regression_tests_path: " + strings.TrimPrefix(outside, "/") + "\n"}, nil},
		{"a linked regression set", map[string]string{"a.yml": rule + "regression_tests_path: tests/info.yml\n"}, map[string]string{"tests/info.yml": outside}},
		{"events of a regression set", map[string]string{"a.yml": rule + "regression_tests_path: tests/info.yml\n", "tests/info.yml": "regression_tests_info:\n    - path: " + outside + "\n"}, nil},
		{"a linked rule", map[string]string{"b.ndjson": "{}\n"}, map[string]string{"linked.yml": outside}},
		{"the repository's own secrets", map[string]string{"sigtune-test.yml": "rule: a.yml\nkept: .git/config\n"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			changedRules(t, map[string]string{"a.yml": rule, ".sigtune.yml": "profile: recommended\n"}, test.files)
			put(t, "a.yml", strings.Replace(readOr(t, "a.yml", rule), "'/curl'", "'/bin/curl'", 1))
			for link, to := range test.links {
				if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.Symlink(to, link); err != nil {
					t.Skipf("LOUD: symbolic links cannot be made here (%v): that reviews do not follow them was NOT tested", err)
				}
			}
			for _, format := range []string{"text", "markdown", "json", "github"} {
				got := sigtune("", "review", "--since", "HEAD", "--format", format, "--no-cache")
				if strings.Contains(got.stdout+got.stderr, "hunter2") || strings.Contains(got.stdout+got.stderr, "repositoryformatversion") {
					t.Errorf("%s quotes it:\n%s%s", format, got.stdout, got.stderr)
				}
				if len(test.links) == 0 && format == "json" && strings.Contains(test.name, "events") && got.code != exitFailed {
					t.Errorf("exit code %d: %s", got.code, got.stdout)
				}
			}
		})
	}
}

func readOr(t *testing.T, path, otherwise string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		return otherwise
	}
	return string(data)
}

// A change may loosen the configuration; it is reviewed by the one before. That file may be new, gone, or a link by now.
func TestTheConfigurationOfTheBaseCounts(t *testing.T) {
	typo := strings.Replace(flawed, "level: hihg", "level: lwo", 1)
	for _, test := range []struct {
		name, base, now string
		link            bool
		found           bool
	}{
		{"loosened", "profile: recommended\n", "ignore: [invalid-level]\n", false, true},
		{"tightened", "ignore: [invalid-level]\n", "profile: recommended\n", false, false},
		{"as it was", "ignore: [invalid-level]\n", "ignore: [invalid-level]\n", false, false},
		{"new", "", "ignore: [invalid-level]\n", false, true},
		{"gone", "ignore: [invalid-level]\n", "", false, false},
		{"a link by now", "profile: recommended\n", "ignore: [invalid-level]\n", true, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			base := map[string]string{"rules/a.yml": flawed}
			if test.base != "" {
				base[".sigtune.yml"] = test.base
			}
			changedRules(t, base, map[string]string{"rules/a.yml": typo})
			os.Remove(".sigtune.yml")
			switch {
			case test.link:
				put(t, "other.txt", test.now)
				if err := os.Symlink("other.txt", ".sigtune.yml"); err != nil {
					t.Skipf("LOUD: symbolic links cannot be made here (%v): a linked configuration was NOT tested", err)
				}
			case test.now != "":
				put(t, ".sigtune.yml", test.now)
			}
			got := sigtune("", "review", "--since", "HEAD", "--no-cache", "rules")
			if found := strings.Contains(got.stdout, "lwo"); got.code > exitFindings || strings.Contains(got.stdout, "SIG0306") != test.found {
				t.Errorf("%d, found %t:\n%s%s", got.code, found, got.stdout, got.stderr)
			}
			if told := strings.Contains(got.stdout, "was reviewed with the configuration of the base revision"); told != (test.base != test.now || test.link) {
				t.Errorf("told %t:\n%s", told, got.stdout)
			}
		})
	}
}

// The whole way of a pipeline: the environment of GitHub Actions, a suggestion on a changed line, and the summary.
func TestReviewPostsToAPullRequest(t *testing.T) {
	rule := strings.Replace(flawed, "    - attack.t1105\n    - attack.t1105\n", "    - attack.t1105\n", 1)
	changedRules(t, map[string]string{"rules/a.yml": rule}, map[string]string{"rules/a.yml": strings.Replace(rule, "attack.t1105", "Attack.T1105", 1)})
	sent := map[string]map[string]any{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer ghs_secret" {
			t.Errorf("%s without a token", r.URL)
		}
		w.Header().Set("Content-Type", "application/json")
		switch call := r.Method + " " + r.URL.Path; {
		case call == "GET /repos/team/rules/pulls/12":
			w.Write([]byte(`{"html_url":"https://forge.example/team/rules/pull/12","head":{"sha":"abc"}}`))
		case call == "GET /user":
			w.WriteHeader(http.StatusForbidden)
			w.Write([]byte(`{"message":"Resource not accessible by integration"}`))
		case call == "GET /repos/team/rules/pulls/12/files":
			w.Write([]byte(`[{"filename":"rules/a.yml","patch":"@@ -9,3 +9,3 @@\n date: x\n tags:\n-    - attack.t1105\n+    - Attack.T1105"}]`))
		case r.Method == "GET":
			w.Write([]byte(`[]`))
		default:
			var body map[string]any
			if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
				t.Error(err)
			}
			sent[call] = body
			w.WriteHeader(http.StatusCreated)
			w.Write([]byte(`{}`))
		}
	}))
	defer server.Close()
	for name, value := range map[string]string{"GITHUB_TOKEN": "ghs_secret", "GITHUB_API_URL": server.URL, "GITHUB_REPOSITORY": "team/rules", "GITHUB_REF": "refs/pull/12/merge"} {
		t.Setenv(name, value)
	}
	got := sigtune("", "review", "--since", "HEAD", "--post", "github", "--no-cache")
	if !strings.Contains(got.stderr, "https://forge.example/team/rules/pull/12: summary written; comments: 1 new") {
		t.Errorf("%d: %s%s", got.code, got.stdout, got.stderr)
	}
	comment := sent["POST /repos/team/rules/pulls/12/comments"]
	if comment == nil || comment["path"] != "rules/a.yml" || comment["line"] != 11.0 || !strings.Contains(comment["body"].(string), "```suggestion\n    - attack.t1105\n```") {
		t.Errorf("comment: %v", comment)
	}
	if summary := sent["POST /repos/team/rules/issues/12/comments"]; summary == nil || !strings.HasPrefix(summary["body"].(string), "### sigtune: ") {
		t.Errorf("summary: %v", summary)
	}
	t.Setenv("GITHUB_API_URL", "http://git.example/api")
	if got := sigtune("", "review", "--since", "HEAD", "--post", "github"); got.code != exitUsage || !strings.Contains(got.stderr, "begins with https://") {
		t.Errorf("%d: %s", got.code, got.stderr)
	}
}

// A review does not lint the whole tree. What a change makes wrong elsewhere, and what it repeats of others, is found all the same.
func TestAReviewFindsWhatAChangeDoesToOtherFiles(t *testing.T) {
	rule := func(id, title, image, more string) string {
		return "title: " + title + "\nid: " + id + "-6a0f-4c51-9d77-51c9b5a8f2c4\nstatus: test\ndescription: Detects the start of a program by its path\nreferences:\n    - https://sigtune.example/" + image +
			"\nauthor: The sigtune authors\ndate: 2026-01-12\ntags:\n    - attack.execution\n    - attack.t1059\nlogsource:\n    category: process_creation\n    product: linux\ndetection:\n    selection:\n        Image|endswith: '/" + image +
			"'\n    condition: selection\nlevel: low\n" + more
	}
	base := map[string]string{
		"gone.yml":        rule("00000001", "Gone", "gone", ""),
		"names-gone.yml":  rule("00000002", "Names Gone", "other", "related:\n    - id: 00000001-6a0f-4c51-9d77-51c9b5a8f2c4\n      type: similar\n"),
		"lister.yml":      rule("00000003", "Lister", "zlister", ""),
		"unrelated.yml":   rule("00000004", "Unrelated", "unrelated", ""),
		"windows.yml":     strings.Replace(rule("00000005", "Windows", "zlister", ""), "linux", "windows", 1),
		"correlation.yml": "title: Many Gone\nid: 00000006-6a0f-4c51-9d77-51c9b5a8f2c4\nstatus: test\ncorrelation:\n    type: event_count\n    rules:\n        - 00000001-6a0f-4c51-9d77-51c9b5a8f2c4\n    group-by: [User]\n    timespan: 5m\n    condition:\n        gte: 5\nlevel: low\n",
	}
	now := map[string]string{
		"repeats.yml": rule("00000007", "Repeats", "zlister", ""),
		"title.yml":   rule("00000008", "Unrelated", "title", ""),
		"id.yml":      rule("00000004", "Same Id", "same", ""),
	}
	changedRules(t, base, now)
	if err := os.Remove("gone.yml"); err != nil {
		t.Fatal(err)
	}
	findings := func(arguments ...string) (out []string) {
		var result struct {
			Lint struct {
				Findings []struct{ Name, Path, Message string }
				Summary  struct{ Files int }
			}
		}
		text := sigtune("", append([]string{"review", "--since", "HEAD", "--format", "json", "--no-cache"}, arguments...)...).stdout
		if err := json.Unmarshal([]byte(text), &result); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		for _, f := range result.Lint.Findings {
			out = append(out, f.Path+" "+f.Name+": "+f.Message)
		}
		if narrowed := result.Lint.Summary.Files < 8; narrowed != (len(arguments) == 0) {
			t.Errorf("%v: %d files are linted", arguments, result.Lint.Summary.Files)
		}
		return out
	}
	narrow, whole := strings.Join(findings(), "\n"), strings.Join(findings("--whole-tree"), "\n")
	if narrow != whole {
		t.Errorf("of some files:\n%s\nof all:\n%s", narrow, whole)
	}
	for _, want := range []string{"names-gone.yml dangling-related", "correlation.yml unresolved-correlation-rule", "duplicate-rule", "duplicate-title", "duplicate-id"} {
		if !strings.Contains(narrow, want) {
			t.Errorf("%s is missing in\n%s", want, narrow)
		}
	}
}
