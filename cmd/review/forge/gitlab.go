package forge

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

// gitLab is a merge request.
type gitLab struct {
	*api
	root string // of its addresses
	url  string
	refs struct {
		Base  string `json:"base_sha"`
		Start string `json:"start_sha"`
		Head  string `json:"head_sha"`
	}
	user int64
	was  map[string]string // old paths by new ones
}

var gitLabHelp = map[int]string{
	http.StatusUnauthorized: "GITLAB_TOKEN is not valid, or expired; CI_JOB_TOKEN may not write comments, so a project or personal access token is needed",
	http.StatusForbidden:    "the token needs the scope `api` and the role Reporter or higher",
	http.StatusNotFound:     "check project and number of the merge request, and that the token may read it",
}

// NewGitLab speaks to the REST API of GitLab.com or of an instance of your own, from version 15.7 on.
func NewGitLab(e Environment) (Request, error) {
	header := http.Header{}
	header.Set("Private-Token", e.Token)
	header.Set("User-Agent", "sigtune")
	a, err := newAPI(e.API, header, gitLabHelp)
	if err != nil {
		return nil, fmt.Errorf("CI_API_V4_URL: %w", err)
	}
	if e.Repository == "" {
		return nil, fmt.Errorf("the project is not known; set CI_PROJECT_ID, or write --repository group/name")
	}
	return &gitLab{api: a, root: fmt.Sprintf("/projects/%s/merge_requests/%d", url.PathEscape(e.Repository), e.Number), was: map[string]string{}}, nil
}

func (g *gitLab) URL() string { return g.url }

func (g *gitLab) Open(ctx context.Context) error {
	var merge struct {
		URL  string `json:"web_url"`
		Refs *struct {
			Base  string `json:"base_sha"`
			Start string `json:"start_sha"`
			Head  string `json:"head_sha"`
		} `json:"diff_refs"`
	}
	if _, err := g.do(ctx, http.MethodGet, g.root, nil, &merge); err != nil {
		return err
	}
	g.url = merge.URL
	if merge.Refs == nil {
		return fmt.Errorf("%s: GitLab has not prepared the diff yet; run again in a minute", merge.URL)
	}
	g.refs = *merge.Refs
	var user struct{ ID int64 }
	_, err := g.do(ctx, http.MethodGet, "/user", nil, &user)
	g.user = user.ID
	return err
}

func (g *gitLab) Changes(ctx context.Context) ([]Change, error) {
	files, err := list[struct {
		Was  string `json:"old_path"`
		Path string `json:"new_path"`
		Diff string
	}](ctx, g.api, g.root+"/diffs?per_page=100")
	var out []Change
	for _, f := range files {
		g.was[f.Path] = f.Was
		out = append(out, Change{f.Was, f.Path, added(f.Diff)})
	}
	return out, err
}

type gitLabNote struct {
	ID       int64
	Body     string
	System   bool
	Author   struct{ ID int64 }
	Position *struct {
		Path string `json:"new_path"`
		Line *int   `json:"new_line"`
		Head string `json:"head_sha"`
	}
}

func (g *gitLab) Own(ctx context.Context) (comments, summaries []Existing, err error) {
	threads, err := list[struct {
		ID    string
		Notes []gitLabNote
	}](ctx, g.api, g.root+"/discussions?per_page=100")
	for _, t := range threads {
		if len(t.Notes) == 0 {
			continue
		}
		n := t.Notes[0]
		m := markOf(n.Body)
		if n.System || n.Author.ID != g.user || m == "" {
			continue
		}
		e := Existing{id: strconv.FormatInt(n.ID, 10), thread: t.ID, Body: n.Body}
		for _, other := range t.Notes[1:] {
			e.Answered = e.Answered || !other.System
		}
		switch {
		case m == summaryMark:
			summaries = append(summaries, e)
		case n.Position != nil:
			e.Path = n.Position.Path
			if n.Position.Line != nil {
				e.To = *n.Position.Line // where it hangs; its suggestion says how far up it reaches
			}
			comments = append(comments, e)
		}
	}
	return comments, summaries, err
}

func (g *gitLab) send(ctx context.Context, method, path string, fields map[string]any) error {
	_, err := g.do(ctx, method, path, fields, nil)
	return err
}

func (g *gitLab) Summarise(ctx context.Context, body string) error {
	return g.send(ctx, http.MethodPost, g.root+"/notes", map[string]any{"body": body})
}

func (g *gitLab) Resummarise(ctx context.Context, e Existing, body string) error {
	return g.send(ctx, http.MethodPut, g.root+"/notes/"+e.id, map[string]any{"body": body})
}

// Comment hangs on the last line. Of an added line GitLab wants the new number alone, and both paths.
func (g *gitLab) Comment(ctx context.Context, c Comment, body string) error {
	was := g.was[c.Path]
	if was == "" {
		was = c.Path
	}
	return g.send(ctx, http.MethodPost, g.root+"/discussions", map[string]any{"body": body, "position": map[string]any{
		"position_type": "text", "base_sha": g.refs.Base, "start_sha": g.refs.Start, "head_sha": g.refs.Head,
		"old_path": was, "new_path": c.Path, "new_line": c.To,
	}})
}

func (g *gitLab) Edit(ctx context.Context, e Existing, body string) error {
	return g.send(ctx, http.MethodPut, g.root+"/discussions/"+url.PathEscape(e.thread)+"/notes/"+e.id, map[string]any{"body": body})
}

func (g *gitLab) Delete(ctx context.Context, e Existing) error {
	_, err := g.do(ctx, http.MethodDelete, g.root+"/discussions/"+url.PathEscape(e.thread)+"/notes/"+e.id, nil, nil)
	return err
}

// Suggest counts the lines above the one that the comment hangs on.
func (g *gitLab) Suggest(from, to int, lines []string) string {
	return block(fmt.Sprintf("suggestion:-%d+0", to-from), lines)
}
