package forge

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// gitHub is a pull request.
type gitHub struct {
	*api
	repository string // owner/name
	number     int
	head       string // commit that comments belong to
	url        string
	login      string // ours, or empty for an app, whose token may not ask
}

const gitHubRights = "the token needs `pull-requests: write`; on a pull request from a fork it never has it, see docs/pull-requests.md"

var gitHubHelp = map[int]string{
	http.StatusUnauthorized: "GITHUB_TOKEN is not valid, or expired",
	http.StatusForbidden:    gitHubRights,
	http.StatusNotFound:     "check repository and number of the pull request, and that the token may read it",
}

// NewGitHub speaks to the REST API of GitHub or of a GitHub Enterprise Server.
func NewGitHub(e Environment) (Request, error) {
	header := http.Header{}
	header.Set("Authorization", "Bearer "+e.Token)
	header.Set("Accept", "application/vnd.github+json")
	header.Set("X-GitHub-Api-Version", "2022-11-28")
	header.Set("User-Agent", "sigtune")
	a, err := newAPI(e.API, header, gitHubHelp)
	if err != nil {
		return nil, fmt.Errorf("GITHUB_API_URL: %w", err)
	}
	owner, name, ok := strings.Cut(e.Repository, "/")
	if !ok || owner == "" || name == "" || strings.ContainsAny(e.Repository, "?#%") || strings.Contains(name, "/") {
		return nil, fmt.Errorf("`%s` is no repository; write owner/name", e.Repository)
	}
	return &gitHub{api: a, repository: e.Repository, number: e.Number}, nil
}

func (g *gitHub) pull(rest string) string {
	return fmt.Sprintf("/repos/%s/pulls/%d%s", g.repository, g.number, rest)
}

func (g *gitHub) URL() string { return g.url }

func (g *gitHub) Open(ctx context.Context) error {
	var pull struct {
		URL  string `json:"html_url"`
		Head struct{ SHA string }
	}
	if _, err := g.do(ctx, http.MethodGet, g.pull(""), nil, &pull); err != nil {
		return err
	}
	g.url, g.head = pull.URL, pull.Head.SHA
	var user struct{ Login string }
	_, err := g.do(ctx, http.MethodGet, "/user", nil, &user)
	if refused := (*StatusError)(nil); errors.As(err, &refused) && (refused.Status == http.StatusForbidden || refused.Status == http.StatusNotFound) {
		return nil // the token of a workflow or an app
	}
	g.login = user.Login
	return err
}

func (g *gitHub) Changes(ctx context.Context) ([]Change, error) {
	files, err := list[struct {
		Name  string `json:"filename"`
		Was   string `json:"previous_filename"`
		Patch string
	}](ctx, g.api, g.pull("/files?per_page=100"))
	var out []Change
	for _, f := range files {
		was := f.Was
		if was == "" {
			was = f.Name
		}
		out = append(out, Change{was, f.Name, added(f.Patch)})
	}
	return out, err
}

type gitHubComment struct {
	ID    int64
	Body  string
	Path  string
	Line  *int
	Start *int   `json:"start_line"`
	Reply *int64 `json:"in_reply_to_id"`
	User  struct{ Login, Type string }
}

// ours goes by the account; an app cannot ask for its own, so any app's comment with our mark is ours.
func (g *gitHub) ours(c gitHubComment) bool {
	if markOf(c.Body) == "" {
		return false
	}
	if g.login != "" {
		return c.User.Login == g.login
	}
	return c.User.Type == "Bot"
}

func (g *gitHub) Own(ctx context.Context) (comments, summaries []Existing, err error) {
	onLines, err := list[gitHubComment](ctx, g.api, g.pull("/comments?per_page=100"))
	if err != nil {
		return nil, nil, err
	}
	answered := map[int64]bool{}
	for _, c := range onLines {
		if c.Reply != nil {
			answered[*c.Reply] = true
		}
	}
	for _, c := range onLines {
		if !g.ours(c) || c.Reply != nil {
			continue
		}
		e := Existing{id: strconv.FormatInt(c.ID, 10), Body: c.Body, Path: c.Path, Answered: answered[c.ID]}
		if c.Line != nil {
			e.From, e.To = *c.Line, *c.Line
		}
		if c.Start != nil {
			e.From = *c.Start
		}
		comments = append(comments, e)
	}
	onAll, err := list[gitHubComment](ctx, g.api, fmt.Sprintf("/repos/%s/issues/%d/comments?per_page=100", g.repository, g.number))
	for _, c := range onAll {
		if g.ours(c) && markOf(c.Body) == summaryMark {
			summaries = append(summaries, Existing{id: strconv.FormatInt(c.ID, 10), Body: c.Body})
		}
	}
	return comments, summaries, err
}

func (g *gitHub) send(ctx context.Context, method, path string, fields map[string]any) error {
	_, err := g.do(ctx, method, path, fields, nil)
	return err
}

func (g *gitHub) Summarise(ctx context.Context, body string) error {
	return g.send(ctx, http.MethodPost, fmt.Sprintf("/repos/%s/issues/%d/comments", g.repository, g.number), map[string]any{"body": body})
}

func (g *gitHub) Resummarise(ctx context.Context, e Existing, body string) error {
	return g.send(ctx, http.MethodPatch, fmt.Sprintf("/repos/%s/issues/comments/%s", g.repository, e.id), map[string]any{"body": body})
}

func (g *gitHub) Comment(ctx context.Context, c Comment, body string) error {
	fields := map[string]any{"body": body, "commit_id": g.head, "path": c.Path, "side": "RIGHT", "line": c.To}
	if c.From < c.To {
		fields["start_line"], fields["start_side"] = c.From, "RIGHT"
	}
	return g.send(ctx, http.MethodPost, g.pull("/comments"), fields)
}

func (g *gitHub) Edit(ctx context.Context, e Existing, body string) error {
	return g.send(ctx, http.MethodPatch, fmt.Sprintf("/repos/%s/pulls/comments/%s", g.repository, e.id), map[string]any{"body": body})
}

func (g *gitHub) Delete(ctx context.Context, e Existing) error {
	_, err := g.do(ctx, http.MethodDelete, fmt.Sprintf("/repos/%s/pulls/comments/%s", g.repository, e.id), nil, nil)
	return err
}

func (g *gitHub) Suggest(_, _ int, lines []string) string { return block("suggestion", lines) }
