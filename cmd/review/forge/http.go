package forge

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// StatusError is an answer that is no success.
type StatusError struct {
	Method, URL string
	Status      int
	Message     string // of the forge
	Help        string // what to do; may be empty
}

func (e *StatusError) Error() string {
	text := fmt.Sprintf("%s %s: %d %s", e.Method, e.URL, e.Status, http.StatusText(e.Status))
	if e.Message != "" {
		text += ": " + e.Message
	}
	if e.Help != "" {
		text += "; " + e.Help
	}
	return text
}

const (
	maxAnswer   = 32 << 20         // bytes of one answer: a page of 100 patches stays below
	maxPages    = 100              // of one list, each of up to 100 entries: more than any review reads
	maxTries    = 4                // of one request
	maxPatience = 2 * time.Minute  // that a forge may ask us to wait; a job that waits longer costs more than it gives
	timeout     = 30 * time.Second // of one try
)

// api is one forge's interface over HTTP.
type api struct {
	base   *url.URL
	header http.Header
	help   map[int]string // by status
	client *http.Client
	wait   func(context.Context, time.Duration) error
	now    func() time.Time
}

func newAPI(base string, header http.Header, help map[int]string) (*api, error) {
	u, err := url.Parse(strings.TrimSuffix(base, "/"))
	if err != nil || u.Scheme != "https" && !(u.Scheme == "http" && local(u.Hostname())) || u.Host == "" {
		return nil, fmt.Errorf("`%s` is no address of an API; it begins with https://, because a token goes there", base)
	}
	a := &api{base: u, header: header, help: help, wait: sleep, now: time.Now}
	a.client = &http.Client{Timeout: timeout, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if r.URL.Host != u.Host || r.URL.Scheme != u.Scheme || len(via) > 3 {
			return errors.New("the server sends us elsewhere; name the address of its API")
		}
		return nil
	}}
	return a, nil
}

func local(host string) bool { return host == "localhost" || host == "127.0.0.1" || host == "::1" }

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// do sends one request, waits where the forge says so, and decodes the answer.
func (a *api) do(ctx context.Context, method, path string, send, into any) (next string, err error) {
	var body []byte
	if send != nil {
		if body, err = json.Marshal(send); err != nil {
			return "", err
		}
	}
	address := path
	if !strings.HasPrefix(path, a.base.String()+"/") {
		address = a.base.String() + path
	}
	for try := 1; ; try++ {
		answer, data, err := a.once(ctx, method, address, body)
		if err != nil {
			if try < maxTries && method == http.MethodGet && ctx.Err() == nil { // a write may have arrived
				if err := a.wait(ctx, time.Duration(try)*time.Second); err != nil {
					return "", err
				}
				continue
			}
			return "", fmt.Errorf("%s %s: %w", method, address, hideToken(err))
		}
		if answer.StatusCode < 300 {
			if into != nil {
				if err := json.Unmarshal(data, into); err != nil {
					return "", fmt.Errorf("%s %s: the answer is not what the API documents: %v", method, address, err)
				}
			}
			return a.next(answer), nil
		}
		pause, limited := a.pause(answer, try)
		if limited && try < maxTries && pause <= maxPatience {
			if err := a.wait(ctx, pause); err != nil {
				return "", err
			}
			continue
		}
		failed := &StatusError{Method: method, URL: address, Status: answer.StatusCode, Message: message(data), Help: a.help[answer.StatusCode]}
		if limited {
			failed.Help = fmt.Sprintf("the rate limit is used up; run again in %s", pause.Round(time.Second))
			if answer.StatusCode >= 500 {
				failed.Help = "the forge has a problem of its own; run again later"
			}
		}
		return "", failed
	}
}

func (a *api) once(ctx context.Context, method, address string, body []byte) (*http.Response, []byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	request.Header = a.header.Clone()
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	answer, err := a.client.Do(request)
	if err != nil {
		return nil, nil, err
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer+1))
	if err == nil && len(data) > maxAnswer {
		err = fmt.Errorf("the answer has more than %d bytes", maxAnswer)
	}
	return answer, data, err
}

// pause is how long an answer asks us to wait, if it is about a limit or about a fault that passes.
func (a *api) pause(answer *http.Response, try int) (time.Duration, bool) {
	h := answer.Header
	switch status := answer.StatusCode; {
	case status == http.StatusTooManyRequests, status == http.StatusForbidden && (h.Get("Retry-After") != "" || h.Get("X-Ratelimit-Remaining") == "0"):
	case status == http.StatusBadGateway, status == http.StatusServiceUnavailable, status == http.StatusGatewayTimeout:
		if answer.Request.Method == http.MethodPost {
			return 0, false // it may have been done
		}
	default:
		return 0, false
	}
	if seconds, err := strconv.Atoi(h.Get("Retry-After")); err == nil && seconds >= 0 {
		return time.Duration(seconds) * time.Second, true
	}
	for _, name := range []string{"X-Ratelimit-Reset", "Ratelimit-Reset"} { // GitHub, GitLab
		if at, err := strconv.ParseInt(h.Get(name), 10, 64); err == nil && answer.StatusCode < 500 {
			return max(time.Unix(at, 0).Sub(a.now()), time.Second), true
		}
	}
	return time.Duration(1<<try) * time.Second, true
}

var linkNext = regexp.MustCompile(`<([^>]+)>\s*;[^,]*rel="?next"?`)

// next is the address of the next page, if it is on the same server.
func (a *api) next(answer *http.Response) string {
	m := linkNext.FindStringSubmatch(answer.Header.Get("Link"))
	if m == nil || !strings.HasPrefix(m[1], a.base.String()+"/") {
		return ""
	}
	return m[1]
}

// message is what a forge says went wrong: text in `message` or `error`, or a list or an object of reasons.
func message(data []byte) string {
	var body struct {
		Message, Error json.RawMessage
		Errors         json.RawMessage
	}
	if json.Unmarshal(data, &body) != nil {
		return ""
	}
	var parts []string
	for _, raw := range []json.RawMessage{body.Message, body.Error, body.Errors} {
		var text string
		switch {
		case len(raw) == 0:
		case json.Unmarshal(raw, &text) == nil:
			parts = append(parts, text)
		default:
			parts = append(parts, string(raw))
		}
	}
	text := strings.Join(parts, ": ")
	if len(text) > maxMessage {
		text = text[:maxMessage] + "…"
	}
	return strings.ToValidUTF8(text, "")
}

// maxMessage is how many bytes of a forge's words stand in an error.
const maxMessage = 500

// hideToken takes the address out of an error of net/http; ours names it, and without a query.
func hideToken(err error) error {
	if e := (*url.Error)(nil); errors.As(err, &e) {
		return e.Err
	}
	return err
}

// list reads all pages.
func list[T any](ctx context.Context, a *api, path string) ([]T, error) {
	var out []T
	for page := 0; path != ""; page++ {
		if page == maxPages {
			return nil, fmt.Errorf("%s%s: more than %d pages", a.base, path, maxPages)
		}
		var some []T
		next, err := a.do(ctx, http.MethodGet, path, nil, &some)
		if err != nil {
			return nil, err
		}
		out = append(out, some...)
		path = next
	}
	return out, nil
}
