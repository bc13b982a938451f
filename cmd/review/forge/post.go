package forge

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Draft is what a review wants to say.
type Draft struct {
	Summary  string // Markdown
	Comments []Comment
}

// Comment is Markdown about lines that the change wrote.
type Comment struct {
	Path        string // from the root of the repository
	From, To    int    // 1-based lines of the new version, both included
	Body        string
	Suggests    bool
	Suggestion  []string // what to write for the lines; none removes them
	Fingerprint string   // tells comments of a review apart, across pushes
}

// Existing is a comment that is on the forge.
type Existing struct {
	id, thread string // as the forge names it
	Body       string
	Path       string
	From, To   int  // To is zero when its lines are gone, From where the forge does not tell
	Answered   bool // somebody wrote below it
}

// Change is what a request does to one file.
type Change struct {
	Was, Path string
	Lines     map[int]string // lines that it writes, by their number in the new version
}

// Request is a pull or merge request on a forge. Its methods fail with sentences that say what to do.
type Request interface {
	// Open looks the request up, and who we are. It comes before everything else.
	Open(context.Context) error
	// Changes are the files that the request touches.
	Changes(context.Context) ([]Change, error)
	// Own are the comments of ours, those on lines and summaries.
	Own(context.Context) (comments, summaries []Existing, err error)

	Summarise(ctx context.Context, body string) error
	Resummarise(ctx context.Context, e Existing, body string) error
	Comment(ctx context.Context, c Comment, body string) error
	Edit(ctx context.Context, e Existing, body string) error
	Delete(ctx context.Context, e Existing) error

	// Suggest is a suggestion as this forge reads it.
	Suggest(from, to int, lines []string) string
	// URL is where people see the request.
	URL() string
}

// Outcome counts what was done.
type Outcome struct {
	URL                             string
	Created, Updated, Deleted, Kept int
	Refused                         int  // comments that the forge did not take; the summary has their findings
	New                             bool // the summary is new
}

func (o Outcome) String() string {
	summary := "summary updated"
	if o.New {
		summary = "summary written"
	}
	text := fmt.Sprintf("%s: %s; comments: %d new, %d updated, %d as they were, %d removed", o.URL, summary, o.Created, o.Updated, o.Kept, o.Deleted)
	if o.Refused > 0 {
		text += fmt.Sprintf("; %d refused by the forge, see the summary", o.Refused)
	}
	return text
}

// mark is what our comments end with. Forges do not show it.
func mark(kind string) string { return "\n<!-- sigtune:" + kind + " -->\n" }

const summaryMark = "summary"

var marked = regexp.MustCompile(`<!-- sigtune:([0-9a-z-]{1,64}) -->\s*$`)

// markOf is the mark of a comment, or empty. It stands at the end, where text of rules cannot be: all of it is escaped.
func markOf(body string) string {
	if m := marked.FindStringSubmatch(body); m != nil {
		return m[1]
	}
	return ""
}

// gone is what becomes of a comment that somebody answered: deleting it would tear the conversation.
const gone = "No longer found."

// Post brings the comments of a request to what the draft says.
func Post(ctx context.Context, r Request, draft func(written func(path string, line int, text string) bool) (Draft, error)) (Outcome, error) {
	var out Outcome
	if err := r.Open(ctx); err != nil {
		return out, err
	}
	out.URL = r.URL()
	changes, err := r.Changes(ctx)
	if err != nil {
		return out, err
	}
	lines := map[string]map[int]string{}
	for _, c := range changes {
		lines[c.Path] = c.Lines
	}
	d, err := draft(func(path string, line int, text string) bool {
		there, ok := lines[path][line]
		return ok && there == text
	})
	if err != nil {
		return out, err
	}
	comments, summaries, err := r.Own(ctx)
	if err != nil {
		return out, err
	}
	// The summary first: with no right to write, nothing else is tried.
	body := d.Summary + mark(summaryMark)
	switch {
	case len(summaries) == 0:
		out.New, err = true, r.Summarise(ctx, body)
	case !same(summaries[0].Body, body):
		err = r.Resummarise(ctx, summaries[0], body)
	}
	if err != nil {
		return out, err
	}
	return out, reconcile(ctx, r, d.Comments, comments, &out)
}

// reconcile creates, updates and deletes comments on lines.
func reconcile(ctx context.Context, r Request, wanted []Comment, there []Existing, out *Outcome) error {
	byMark := map[string]*Existing{}
	var stale []Existing
	for i := range there {
		if m := markOf(there[i].Body); byMark[m] == nil {
			byMark[m] = &there[i]
		} else {
			stale = append(stale, there[i]) // two runs at once may have written it twice
		}
	}
	for _, c := range wanted {
		body := c.Body
		if c.Suggests {
			body += "\n\n" + r.Suggest(c.From, c.To, c.Suggestion)
		}
		body = strings.TrimSuffix(body, "\n") + mark(c.Fingerprint)
		e := byMark[c.Fingerprint]
		delete(byMark, c.Fingerprint)
		if e != nil && e.Path == c.Path && e.To == c.To && (e.From == 0 || e.From == c.From) {
			if same(e.Body, body) {
				out.Kept++
				continue
			}
			if err := r.Edit(ctx, *e, body); err != nil {
				return err
			}
			out.Updated++
			continue
		}
		if e != nil {
			stale = append(stale, *e)
		}
		err := r.Comment(ctx, c, body)
		var refused *StatusError
		switch {
		case errors.As(err, &refused) && (refused.Status == 422 || refused.Status == 400):
			out.Refused++ // a push between our look and our comment: the lines are others now
		case err != nil:
			return err
		default:
			out.Created++
		}
	}
	for _, e := range there {
		if byMark[markOf(e.Body)] != nil && byMark[markOf(e.Body)].id == e.id {
			stale = append(stale, e)
		}
	}
	for _, e := range stale {
		if e.Answered {
			body := gone + mark(markOf(e.Body))
			if same(e.Body, body) {
				out.Kept++
				continue
			}
			if err := r.Edit(ctx, e, body); err != nil {
				return err
			}
			out.Updated++
			continue
		}
		if err := r.Delete(ctx, e); err != nil {
			return err
		}
		out.Deleted++
	}
	return nil
}

// same compares texts as forges keep them: with other line ends, and without space at the end.
func same(a, b string) bool {
	return strings.TrimSpace(strings.ReplaceAll(a, "\r\n", "\n")) == strings.TrimSpace(strings.ReplaceAll(b, "\r\n", "\n"))
}
