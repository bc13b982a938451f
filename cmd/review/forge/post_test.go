package forge

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func drafted(d Draft) func(func(string, int, string) bool) (Draft, error) {
	return func(func(string, int, string) bool) (Draft, error) { return d, nil }
}

var (
	typo  = Comment{Path: "rules/a.yml", From: 2, To: 2, Body: "**error**: a typo", Suggests: true, Suggestion: []string{"level: high"}, Fingerprint: "aaa"}
	order = Comment{Path: "rules/a.yml", From: 3, To: 4, Body: "warning: order", Suggests: true, Suggestion: []string{"author: a", "status: ```test```"}, Fingerprint: "bbb"}
)

// each runs a test against both forges.
func each(t *testing.T, test func(t *testing.T, s *stub)) {
	for _, k := range Kinds {
		t.Run(k.Name, func(t *testing.T) { test(t, newStub(t, k.Name)) })
	}
}

func post(t *testing.T, s *stub, d Draft) Outcome {
	t.Helper()
	out, err := Post(t.Context(), s.request(), drafted(d))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// writes are the requests that changed something since it was last asked.
func (s *stub) writes() (out []string) {
	for _, a := range s.asked {
		if !strings.HasPrefix(a, "GET ") {
			out = append(out, a)
		}
	}
	s.asked = nil
	return out
}

func TestCommentsAreWrittenOnceAndFollowTheReview(t *testing.T) {
	each(t, func(t *testing.T, s *stub) {
		first := Draft{Summary: "### all", Comments: []Comment{typo, order}}
		if out := post(t, s, first); out.Created != 2 || !out.New || out.URL == "" {
			t.Errorf("first: %s", out)
		}
		if len(s.lines) != 2 || len(s.all) != 1 || !strings.HasPrefix(s.all[0].body, "### all\n") {
			t.Fatalf("%+v %+v", s.all, s.lines)
		}
		want := map[string]string{"github": "```suggestion\nlevel: high\n```", "gitlab": "```suggestion:-0+0\nlevel: high\n```"}[s.kind]
		if !strings.Contains(s.lines[0].body, want) {
			t.Errorf("the suggestion: %s", s.lines[0].body)
		}
		want = map[string]string{"github": "````suggestion\nauthor: a\nstatus: ```test```\n````", "gitlab": "````suggestion:-1+0\nauthor: a\nstatus: ```test```\n````"}[s.kind]
		if !strings.Contains(s.lines[1].body, want) || s.lines[1].to != 4 {
			t.Errorf("the suggestion for two lines: %+v", s.lines[1])
		}
		s.writes()

		if out := post(t, s, first); out.Kept != 2 || len(s.writes()) != 0 {
			t.Errorf("the same again: %s", out)
		}

		changed := typo
		changed.Body = "**error**: worse"
		if out := post(t, s, Draft{Summary: "### one", Comments: []Comment{changed}}); out.Updated != 1 || out.Deleted != 1 || out.New {
			t.Errorf("another: %s", out)
		}
		if len(s.lines) != 1 || !strings.Contains(s.lines[0].body, "worse") || len(s.all) != 1 || !strings.HasPrefix(s.all[0].body, "### one\n") {
			t.Errorf("%+v %+v", s.all, s.lines)
		}

		moved := changed
		moved.From, moved.To = 3, 3
		if out := post(t, s, Draft{Summary: "### one", Comments: []Comment{moved}}); out.Created != 1 || out.Deleted != 1 || len(s.lines) != 1 || s.lines[0].to != 3 {
			t.Errorf("moved: %s %+v", out, s.lines)
		}

		s.lines[0].gone = true // a push took the lines away
		if out := post(t, s, Draft{Summary: "### one", Comments: []Comment{moved}}); out.Created != 1 || out.Deleted != 1 || len(s.lines) != 1 {
			t.Errorf("lines gone: %s %+v", out, s.lines)
		}

		// Somebody answered: the comment stays, and says that it is over.
		s.lines = append(s.lines, note{id: 999, author: "mallory", body: "why?", path: "rules/a.yml", reply: s.lines[0].id})
		if out := post(t, s, Draft{Summary: "### none"}); out.Updated != 1 || out.Deleted != 0 || !strings.HasPrefix(s.lines[0].body, gone) {
			t.Errorf("answered: %s %+v", out, s.lines)
		}
		s.writes()
		if out := post(t, s, Draft{Summary: "### none"}); out.Kept != 1 || len(s.writes()) != 0 {
			t.Errorf("answered, again: %s", out)
		}
	})
}

// A mark alone makes no comment ours: whoever opens a request could otherwise have us overwrite what somebody wrote, or keep a summary of his own.
func TestCommentsOfOthersAreNotTouched(t *testing.T) {
	each(t, func(t *testing.T, s *stub) {
		for _, app := range []bool{false, true} {
			s.app = app && s.kind == "github"
			s.all = []note{{id: 1, author: "mallory", body: "### all is well" + mark(summaryMark)}}
			s.lines = []note{{id: 2, author: "mallory", body: "fine" + mark("aaa"), path: "rules/a.yml", from: 2, to: 2}}
			out := post(t, s, Draft{Summary: "### not at all", Comments: []Comment{typo}})
			if !out.New || out.Created != 1 || s.all[0].body != "### all is well"+mark(summaryMark) || len(s.lines) != 2 {
				t.Errorf("%s %+v %+v", out, s.all, s.lines)
			}
			s.writes()
			if post(t, s, Draft{Summary: "### not at all", Comments: []Comment{typo}}); len(s.writes()) != 0 {
				t.Error("not the same again")
			}
		}
	})
}

func TestListsAreReadToTheirEnd(t *testing.T) {
	each(t, func(t *testing.T, s *stub) {
		s.perPage = 1
		var lines []string
		for range 2 {
			_, err := Post(t.Context(), s.request(), func(written func(string, int, string) bool) (Draft, error) {
				for _, l := range []struct {
					path string
					line int
					text string
				}{
					{"rules/a.yml", 1, "title: x"}, {"rules/a.yml", 2, "level: hihg"}, {"rules/a.yml", 2, "level: high"},
					{"rules/a.yml", 4, "author: a"}, {"rules/b.yml", 1, "title: b"}, {"rules/c.yml", 1, ""},
				} {
					if written(l.path, l.line, l.text) {
						lines = append(lines, fmt.Sprint(l.path, ":", l.line))
					}
				}
				return Draft{Summary: "### x", Comments: []Comment{typo, order}}, nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		want := []string{"rules/a.yml:2", "rules/a.yml:4", "rules/b.yml:1"}
		if !slices.Equal(lines, append(want, want...)) {
			t.Errorf("written: %v", lines)
		}
		if len(s.lines) != 2 || len(s.all) != 1 {
			t.Errorf("%d comments, %d summaries", len(s.lines), len(s.all))
		}
	})
}

func TestACommentThatTheForgeRefusesIsLeftToTheSummary(t *testing.T) {
	each(t, func(t *testing.T, s *stub) {
		s.rejected = map[string]int{"github": 422, "gitlab": 400}[s.kind]
		if out := post(t, s, Draft{Summary: "### x", Comments: []Comment{typo}}); out.Refused != 1 || !strings.Contains(out.String(), "refused") {
			t.Errorf("%s", out)
		}
	})
}

// What a forge answers, how often it is asked then, and what the user reads.
func TestAnswersThatAreNoSuccess(t *testing.T) {
	each(t, func(t *testing.T, s *stub) {
		for _, test := range []struct {
			name    string
			status  int
			header  map[string]string
			body    string
			times   int // the answer comes so often; 0 always
			asked   int // requests in all, 0 for any number
			message string
		}{
			{"a wrong token", 401, nil, `{"message":"Bad credentials"}`, 0, 1, "is not valid, or expired"},
			{"no right", 403, nil, `{"message":"Resource not accessible by integration"}`, 0, 1, "the token needs"},
			{"no such request", 404, nil, `{"message":"Not Found"}`, 0, 1, "404 Not Found: Not Found; check"},
			{"reasons in an object", 409, nil, `{"message":{"base":["is locked"]}}`, 0, 1, `{"base":["is locked"]}`},
			{"a limit that passes", 429, map[string]string{"Retry-After": "2"}, `{}`, 2, 0, ""},
			{"a second limit that passes", 403, map[string]string{"Retry-After": "1"}, `{}`, 1, 0, ""},
			{"a limit that stays", 429, map[string]string{"Retry-After": "1"}, `{"message":"slow down"}`, 0, 4, "rate limit is used up"},
			{"a limit that lasts", 403, map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "99999999999"}, `{}`, 0, 1, "rate limit is used up; run again in"},
			{"a fault that passes", 502, nil, `<html>`, 1, 0, ""},
			{"a fault that stays", 503, nil, `<html>`, 0, 4, "the forge has a problem of its own"},
			{"an answer of another kind", 200, nil, `<html>`, 0, 1, "not what the API documents"},
			{"a redirect to elsewhere", 302, map[string]string{"Location": "https://elsewhere.example/"}, ``, 0, 0, "sends us elsewhere"},
		} {
			t.Run(test.name, func(t *testing.T) {
				s.asked = nil
				s.answer = func(w http.ResponseWriter, r *http.Request, nth int) bool {
					if test.times > 0 && nth > test.times {
						return false
					}
					for name, value := range test.header {
						w.Header().Set(name, value)
					}
					w.WriteHeader(test.status)
					fmt.Fprint(w, test.body)
					return true
				}
				_, err := Post(t.Context(), s.request(), drafted(Draft{Summary: "### x"}))
				switch {
				case test.message == "" && err != nil:
					t.Error(err)
				case test.message != "" && (err == nil || !strings.Contains(err.Error(), test.message)):
					t.Errorf("%v", err)
				}
				if err != nil && strings.Contains(err.Error(), "secret") {
					t.Errorf("the token is in the message: %v", err)
				}
				if test.asked > 0 && len(s.asked) != test.asked {
					t.Errorf("asked %d times: %v", len(s.asked), s.asked)
				}
			})
		}
	})
}

// A comment may have arrived although the answer is a fault: sent again, it would stand there twice.
func TestWritesAreNotRepeatedAfterAFault(t *testing.T) {
	each(t, func(t *testing.T, s *stub) {
		posts := 0
		s.answer = func(w http.ResponseWriter, r *http.Request, _ int) bool {
			if r.Method != http.MethodPost {
				return false
			}
			posts++
			w.WriteHeader(http.StatusBadGateway)
			return true
		}
		if _, err := Post(t.Context(), s.request(), drafted(Draft{Summary: "### x"})); err == nil || posts != 1 {
			t.Errorf("%d posts, %v", posts, err)
		}
	})
}

func TestTheEnvironmentOfPipelines(t *testing.T) {
	type variables map[string]string
	for _, test := range []struct {
		name, kind string
		variables  variables
		given      Environment
		want       Environment
		message    string
	}{
		{"a pull request", "github", variables{"GITHUB_TOKEN": "t", "GITHUB_REPOSITORY": "a/b", "GITHUB_REF": "refs/pull/12/merge"}, Environment{},
			Environment{"t", "https://api.github.com", "a/b", 12}, ""},
		{"an enterprise server", "github", variables{"GITHUB_TOKEN": "t", "GITHUB_REPOSITORY": "a/b", "GITHUB_REF": "refs/pull/12/merge", "GITHUB_API_URL": "https://git.example/api/v3"}, Environment{},
			Environment{"t", "https://git.example/api/v3", "a/b", 12}, ""},
		{"by hand", "github", variables{"GITHUB_TOKEN": "t"}, Environment{Repository: "c/d", Number: 3}, Environment{"t", "https://api.github.com", "c/d", 3}, ""},
		{"no token", "github", variables{"GITHUB_REPOSITORY": "a/b"}, Environment{}, Environment{}, "GITHUB_TOKEN is not set"},
		{"a token with a line end", "github", variables{"GITHUB_TOKEN": "t\n"}, Environment{}, Environment{}, "no token has"},
		{"a push", "github", variables{"GITHUB_TOKEN": "t", "GITHUB_REPOSITORY": "a/b", "GITHUB_REF": "refs/heads/main"}, Environment{}, Environment{}, "--request NUMBER"},
		{"a merge request from a fork", "gitlab", variables{"GITLAB_TOKEN": "t", "CI_API_V4_URL": "https://git.example/api/v4", "CI_PROJECT_ID": "1", "CI_MERGE_REQUEST_PROJECT_ID": "2", "CI_MERGE_REQUEST_IID": "4"}, Environment{},
			Environment{"t", "https://git.example/api/v4", "2", 4}, ""},
		{"a branch", "gitlab", variables{"GITLAB_TOKEN": "t", "CI_PROJECT_ID": "1"}, Environment{}, Environment{}, "CI_MERGE_REQUEST_IID does not tell it"},
		{"nothing", "gitlab", nil, Environment{}, Environment{}, "GITLAB_TOKEN is not set"},
	} {
		t.Run(test.name, func(t *testing.T) {
			kind, err := Find(test.kind)
			if err != nil {
				t.Fatal(err)
			}
			got, err := kind.Environment(func(name string) string { return test.variables[name] }, test.given)
			switch {
			case test.message != "":
				if err == nil || !strings.Contains(err.Error(), test.message) {
					t.Errorf("%v", err)
				}
			case err != nil || got != test.want:
				t.Errorf("%+v %v", got, err)
			}
		})
	}
}

func TestATokenGoesToNoAddressInTheClear(t *testing.T) {
	for _, k := range Kinds {
		for _, address := range []string{"http://git.example/api", "git.example", "ftp://git.example", ""} {
			if _, err := k.Open(Environment{Token: "t", API: address, Repository: "a/b", Number: 1}); err == nil || !strings.Contains(err.Error(), "https://") {
				t.Errorf("%s %q: %v", k.Name, address, err)
			}
		}
	}
}

func TestLinesThatAPatchWrites(t *testing.T) {
	for _, test := range []struct{ name, patch, want string }{
		{"a hunk", "@@ -1,2 +1,3 @@ detection:\n a\n+b\n c", "map[2:b]"},
		{"two hunks", "@@ -1 +1 @@\n-a\n+b\n@@ -10,2 +10,2 @@\n x\n-y\n+z", "map[1:b 11:z]"},
		{"lines that look like headers", "@@ -0,0 +1,3 @@\n+++ b\n+@@ -1 +9 @@\n+-- c", "map[1:++ b 2:@@ -1 +9 @@ 3:-- c]"},
		{"an empty line", "@@ -0,0 +1,2 @@\n+\n+b", "map[1: 2:b]"},
		{"no end of line", "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file", "map[1:b]"},
		{"nothing", "", "map[]"},
	} {
		if got := fmt.Sprint(added(test.patch)); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}
