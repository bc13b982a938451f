package forge

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// stub is a forge with one request, as far as the public documentation of its API goes: it keeps comments, pages its lists, and checks
// what it is sent.
type stub struct {
	t    *testing.T
	kind string
	*httptest.Server
	mutex    sync.Mutex
	next     int64
	lines    []note // on lines
	all      []note // on the whole request
	asked    []string
	answer   func(w http.ResponseWriter, r *http.Request, nth int) bool // instead of the usual; nth is the number of the request
	perPage  int
	app      bool // GitHub: the token is that of an app
	rejected int  // status for new comments on lines, or 0
}

type note struct {
	id       int64
	author   string
	bot      bool
	body     string
	path     string
	from, to int
	reply    int64
	gone     bool // its lines are gone
}

var patches = map[string]string{
	"rules/a.yml": "@@ -1,2 +1,4 @@\n title: x\n+level: hihg\n+status: test\n+author: a\n-level: low\n\\ No newline at end of file",
	"rules/b.yml": "@@ -0,0 +1 @@\n+title: b",
}

func newStub(t *testing.T, kind string) *stub {
	s := &stub{t: t, kind: kind, next: 100, perPage: 100}
	mux := http.NewServeMux()
	map[string]func(*http.ServeMux){"github": s.gitHub, "gitlab": s.gitLab}[kind](mux)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mutex.Lock()
		defer s.mutex.Unlock()
		s.asked = append(s.asked, r.Method+" "+r.URL.Path)
		if s.answer != nil && s.answer(w, r, len(s.asked)) {
			return
		}
		if token := r.Header.Get("Authorization") + r.Header.Get("Private-Token"); strings.TrimPrefix(token, "Bearer ") != "secret" {
			reply(w, http.StatusUnauthorized, map[string]any{"message": "Bad credentials"})
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *stub) request() Request {
	kind, err := Find(s.kind)
	if err != nil {
		s.t.Fatal(err)
	}
	r, err := kind.Open(Environment{Token: "secret", API: s.URL + "/api", Repository: "team/rules", Number: 7})
	if err != nil {
		s.t.Fatal(err)
	}
	quick := func(context.Context, time.Duration) error { return nil }
	switch r := r.(type) {
	case *gitHub:
		r.wait = quick
	case *gitLab:
		r.wait = quick
	}
	return r
}

// page writes a part of a list with the link to the next.
func (s *stub) page(w http.ResponseWriter, r *http.Request, all []any) {
	if r.URL.Query().Get("per_page") != "100" {
		s.t.Errorf("%s asks for pages of %q", r.URL, r.URL.Query().Get("per_page"))
	}
	n, _ := strconv.Atoi(r.URL.Query().Get("page"))
	n = max(n, 1)
	from, to := min((n-1)*s.perPage, len(all)), min(n*s.perPage, len(all))
	if to < len(all) {
		address := s.URL + r.URL.EscapedPath() + "?per_page=100&page="
		w.Header().Set("Link", fmt.Sprintf(`<%s1>; rel="first", <%s%d>; rel="next"`, address, address, n+1))
	}
	reply(w, http.StatusOK, append([]any{}, all[from:to]...))
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body)
}

func (s *stub) sent(r *http.Request) map[string]any {
	var out map[string]any
	data, _ := io.ReadAll(r.Body)
	if err := json.Unmarshal(data, &out); err != nil {
		s.t.Errorf("%s %s: %v: %s", r.Method, r.URL, err, data)
	}
	return out
}

func (s *stub) id() int64 { s.next++; return s.next }

// find is the position of a note by its id in a path.
func find(list []note, r *http.Request) int {
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
	return slices.IndexFunc(list, func(n note) bool { return n.id == id })
}

// edits and deletes work on either list, which grows meanwhile.
func (s *stub) edits(list *[]note) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		(*list)[find(*list, r)].body = s.sent(r)["body"].(string)
		reply(w, 200, map[string]any{})
	}
}

func (s *stub) deletes(list *[]note) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		i := find(*list, r)
		*list = slices.Delete(*list, i, i+1)
		w.WriteHeader(http.StatusNoContent)
	}
}

func (s *stub) gitHub(mux *http.ServeMux) {
	const pull = "/api/repos/team/rules/pulls/7"
	object := func(n note) any {
		kind := "User"
		if n.bot {
			kind = "Bot"
		}
		out := map[string]any{"id": n.id, "body": n.body, "user": map[string]any{"login": n.author, "type": kind}}
		if n.path != "" {
			out["path"], out["line"], out["start_line"] = n.path, n.to, nil
			if n.from < n.to {
				out["start_line"] = n.from
			}
			if n.gone {
				out["line"] = nil
			}
		}
		if n.reply != 0 {
			out["in_reply_to_id"] = n.reply
		}
		return out
	}
	objects := func(list []note) (out []any) {
		for _, n := range list {
			out = append(out, object(n))
		}
		return out
	}
	author := func() note {
		if s.app {
			return note{id: s.id(), author: "github-actions[bot]", bot: true}
		}
		return note{id: s.id(), author: "sigtune-user"}
	}
	mux.HandleFunc("GET "+pull, func(w http.ResponseWriter, r *http.Request) {
		reply(w, 200, map[string]any{"html_url": "https://forge.example/team/rules/pull/7", "head": map[string]any{"sha": "abc123"}})
	})
	mux.HandleFunc("GET /api/user", func(w http.ResponseWriter, r *http.Request) {
		if s.app {
			reply(w, 403, map[string]any{"message": "Resource not accessible by integration"})
			return
		}
		reply(w, 200, map[string]any{"login": "sigtune-user"})
	})
	mux.HandleFunc("GET "+pull+"/files", func(w http.ResponseWriter, r *http.Request) {
		var out []any
		for _, path := range []string{"rules/a.yml", "rules/b.yml"} {
			out = append(out, map[string]any{"filename": path, "status": "modified", "patch": patches[path]})
		}
		s.page(w, r, append(out, map[string]any{"filename": "binary.evtx", "status": "added"})) // without a patch
	})
	mux.HandleFunc("GET "+pull+"/comments", func(w http.ResponseWriter, r *http.Request) { s.page(w, r, objects(s.lines)) })
	mux.HandleFunc("GET /api/repos/team/rules/issues/7/comments", func(w http.ResponseWriter, r *http.Request) { s.page(w, r, objects(s.all)) })
	mux.HandleFunc("POST /api/repos/team/rules/issues/7/comments", func(w http.ResponseWriter, r *http.Request) {
		n := author()
		n.body = s.sent(r)["body"].(string)
		s.all = append(s.all, n)
		reply(w, 201, object(n))
	})
	mux.HandleFunc("PATCH /api/repos/team/rules/issues/comments/{id}", s.edits(&s.all))
	mux.HandleFunc("POST "+pull+"/comments", func(w http.ResponseWriter, r *http.Request) {
		f := s.sent(r)
		if s.rejected != 0 {
			reply(w, s.rejected, map[string]any{"message": "Validation Failed", "errors": []any{map[string]any{"field": "line"}}})
			return
		}
		if f["commit_id"] != "abc123" || f["side"] != "RIGHT" {
			s.t.Errorf("a comment without its place: %v", f)
		}
		n := author()
		n.body, n.path, n.to = f["body"].(string), f["path"].(string), int(f["line"].(float64))
		n.from = n.to
		if start, ok := f["start_line"].(float64); ok {
			n.from = int(start)
		}
		s.lines = append(s.lines, n)
		reply(w, 201, object(n))
	})
	mux.HandleFunc("PATCH /api/repos/team/rules/pulls/comments/{id}", s.edits(&s.lines))
	mux.HandleFunc("DELETE /api/repos/team/rules/pulls/comments/{id}", s.deletes(&s.lines))
}

func (s *stub) gitLab(mux *http.ServeMux) {
	users := map[string]int{"sigtune-user": 5, "mallory": 6}
	object := func(n note) any {
		out := map[string]any{"id": n.id, "body": n.body, "system": false, "author": map[string]any{"id": users[n.author], "username": n.author}}
		if n.path != "" {
			position := map[string]any{"new_path": n.path, "new_line": n.to, "head_sha": "head"}
			if n.gone {
				position["new_line"] = nil
			}
			out["position"] = position
		}
		return out
	}
	route := func(method, rest string, f http.HandlerFunc) {
		mux.HandleFunc(method+" /api/projects/{project}/merge_requests/7"+rest, func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasPrefix(r.URL.EscapedPath(), "/api/projects/team%2Frules/merge_requests/7") {
				s.t.Errorf("the project is not escaped: %s", r.URL.EscapedPath())
			}
			f(w, r)
		})
	}
	route("GET", "", func(w http.ResponseWriter, r *http.Request) {
		reply(w, 200, map[string]any{"web_url": "https://forge.example/team/rules/-/merge_requests/7", "diff_refs": map[string]any{"base_sha": "base", "start_sha": "start", "head_sha": "head"}})
	})
	mux.HandleFunc("GET /api/user", func(w http.ResponseWriter, r *http.Request) {
		reply(w, 200, map[string]any{"id": 5, "username": "sigtune-user"})
	})
	route("GET", "/diffs", func(w http.ResponseWriter, r *http.Request) {
		s.page(w, r, []any{
			map[string]any{"old_path": "rules/old.yml", "new_path": "rules/a.yml", "diff": patches["rules/a.yml"]},
			map[string]any{"old_path": "rules/b.yml", "new_path": "rules/b.yml", "diff": patches["rules/b.yml"]},
		})
	})
	route("GET", "/discussions", func(w http.ResponseWriter, r *http.Request) {
		var out []any
		for _, n := range slices.Concat(s.all, s.lines) {
			if n.reply != 0 {
				continue
			}
			notes := []any{object(n)}
			for _, other := range s.lines {
				if other.reply == n.id {
					notes = append(notes, object(other))
				}
			}
			out = append(out, map[string]any{"id": fmt.Sprint("d", n.id), "individual_note": n.path == "", "notes": notes})
		}
		s.page(w, r, out)
	})
	route("POST", "/notes", func(w http.ResponseWriter, r *http.Request) {
		n := note{id: s.id(), author: "sigtune-user", body: s.sent(r)["body"].(string)}
		s.all = append(s.all, n)
		reply(w, 201, object(n))
	})
	route("PUT", "/notes/{id}", s.edits(&s.all))
	route("POST", "/discussions", func(w http.ResponseWriter, r *http.Request) {
		f := s.sent(r)
		if s.rejected != 0 {
			reply(w, s.rejected, map[string]any{"message": `400 Bad request - Note {:line_code=>["can't be blank"]}`})
			return
		}
		p := f["position"].(map[string]any)
		for key, want := range map[string]any{"position_type": "text", "base_sha": "base", "start_sha": "start", "head_sha": "head"} {
			if p[key] != want {
				s.t.Errorf("%s is %v", key, p[key])
			}
		}
		if p["new_path"] == "rules/a.yml" && p["old_path"] != "rules/old.yml" {
			s.t.Errorf("old path %v", p["old_path"])
		}
		n := note{id: s.id(), author: "sigtune-user", body: f["body"].(string), path: p["new_path"].(string), to: int(p["new_line"].(float64))}
		s.lines = append(s.lines, n)
		reply(w, 201, map[string]any{})
	})
	route("PUT", "/discussions/{thread}/notes/{id}", s.edits(&s.lines))
	route("DELETE", "/discussions/{thread}/notes/{id}", s.deletes(&s.lines))
}
