package lsp

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/sourcegraph/jsonrpc2"

	"github.com/sigtune/sigtune/rules/edit"
	"github.com/sigtune/sigtune/rules/source"
)

// client is an editor: it speaks with a server through pipes and keeps its own copy of every text, as an editor does.
type client struct {
	t        testing.TB
	conn     *jsonrpc2.Conn
	served   chan error
	encoding encoding
	texts    map[string]text
	versions map[string]int

	mu        sync.Mutex
	published map[string][]publishDiagnosticsParams
	messages  []string
	arrived   chan struct{}
}

// patience of tests is long: the machine may be busy.
const testPatience = 20 * time.Second

var testDay = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// connect starts a session. change may alter what the client offers.
func connect(t testing.TB, root string, change func(map[string]any)) *client {
	t.Helper()
	toServer, fromClient := io.Pipe()
	toClient, fromServer := io.Pipe()
	c := &client{
		t: t, served: make(chan error, 1), texts: map[string]text{}, versions: map[string]int{},
		published: map[string][]publishDiagnosticsParams{}, arrived: make(chan struct{}, 1),
	}
	go func() {
		err := Serve(context.Background(), toServer, fromServer, Options{Version: "test", Now: func() time.Time { return testDay }, Log: testLog{t}})
		fromServer.Close()
		c.served <- err
	}()
	stream := jsonrpc2.NewBufferedStream(pipes{toClient, fromClient}, jsonrpc2.VSCodeObjectCodec{})
	c.conn = jsonrpc2.NewConn(context.Background(), stream, handlerFunc(c.receive))
	capabilities := map[string]any{
		"general": map[string]any{"positionEncodings": []string{"utf-16"}},
		"workspace": map[string]any{
			"didChangeWatchedFiles": map[string]any{"dynamicRegistration": true}, "workspaceEdit": map[string]any{"documentChanges": true},
		},
		"textDocument": map[string]any{"codeAction": map[string]any{"resolveSupport": map[string]any{"properties": []string{"edit"}}}},
	}
	params := map[string]any{"processId": nil, "capabilities": capabilities}
	if root != "" {
		params["workspaceFolders"] = []any{map[string]any{"uri": uriOf(root), "name": "rules"}}
	}
	if change != nil {
		change(params)
	}
	var result struct {
		Capabilities struct {
			PositionEncoding encoding `json:"positionEncoding"`
		} `json:"capabilities"`
	}
	c.call("initialize", params, &result)
	c.encoding = result.Capabilities.PositionEncoding
	c.tell("initialized", map[string]any{})
	return c
}

type pipes struct {
	io.Reader
	io.WriteCloser
}

// testLog shows what goes wrong inside: nothing should.
type testLog struct{ testing.TB }

func (l testLog) Write(p []byte) (int, error) {
	l.Errorf("the server says: %s", p)
	return len(p), nil
}

func (c *client) receive(ctx context.Context, conn *jsonrpc2.Conn, r *jsonrpc2.Request) {
	if !r.Notif {
		conn.Reply(ctx, r.ID, nil)
		return
	}
	c.mu.Lock()
	switch r.Method {
	case "textDocument/publishDiagnostics":
		var p publishDiagnosticsParams
		if err := json.Unmarshal(*r.Params, &p); err != nil {
			c.t.Errorf("diagnostics: %v", err)
		}
		c.published[p.URI] = append(c.published[p.URI], p)
	case "window/showMessage":
		var p messageParams
		json.Unmarshal(*r.Params, &p)
		c.messages = append(c.messages, p.Message)
	}
	c.mu.Unlock()
	select {
	case c.arrived <- struct{}{}:
	default:
	}
}

func (c *client) call(method string, params, result any) {
	c.t.Helper()
	if err := c.try(method, params, result); err != nil {
		c.t.Fatalf("%s: %v", method, err)
	}
}

func (c *client) try(method string, params, result any) error {
	ctx, cancel := context.WithTimeout(context.Background(), testPatience)
	defer cancel()
	return c.conn.Call(ctx, method, params, result)
}

func (c *client) tell(method string, params any) {
	c.t.Helper()
	if err := c.conn.Notify(context.Background(), method, params); err != nil {
		c.t.Fatalf("%s: %v", method, err)
	}
}

func (c *client) open(path, content string) string {
	uri := uriOf(path)
	c.texts[uri], c.versions[uri] = newText([]byte(content), c.encoding), 1
	c.tell("textDocument/didOpen", map[string]any{"textDocument": map[string]any{"uri": uri, "languageId": "yaml", "version": 1, "text": content}})
	return uri
}

// replace types over a part of a document, as an incremental change.
func (c *client) replace(uri, old, new string) {
	c.t.Helper()
	at := indexOf(c.t, c.texts[uri], old)
	r := c.texts[uri].textRange(source.Span{Start: at, End: at + len(old)})
	c.versions[uri]++
	change := contentChange{Range: &r, Text: new}
	c.texts[uri], _ = c.texts[uri].changed([]contentChange{change})
	c.tell("textDocument/didChange", map[string]any{
		"textDocument": map[string]any{"uri": uri, "version": c.versions[uri]}, "contentChanges": []contentChange{change},
	})
}

func indexOf(t testing.TB, in text, words string) int {
	t.Helper()
	for i := 0; i+len(words) <= len(in.data); i++ {
		if string(in.data[i:i+len(words)]) == words {
			return i
		}
	}
	t.Fatalf("%q does not stand in\n%s", words, in.data)
	return -1
}

// at is the place of words in a document, and so many bytes behind it.
func (c *client) at(uri, words string, behind int) map[string]any {
	c.t.Helper()
	return map[string]any{
		"textDocument": map[string]any{"uri": uri}, "position": c.texts[uri].position(indexOf(c.t, c.texts[uri], words) + behind),
	}
}

// settled waits for diagnostics of the present version that satisfy the question.
func (c *client) settled(uri, want string, ok func([]diagnostic) bool) []diagnostic {
	c.t.Helper()
	timeout := time.After(testPatience)
	for {
		c.mu.Lock()
		list := c.published[uri]
		c.mu.Unlock()
		if n := len(list); n > 0 {
			last := list[n-1]
			if last.Version == nil && c.versions[uri] == 0 || last.Version != nil && *last.Version == c.versions[uri] {
				if ok(last.Diagnostics) {
					return last.Diagnostics
				}
			}
		}
		select {
		case <-c.arrived:
		case <-time.After(20 * time.Millisecond):
		case <-timeout:
			c.t.Fatalf("no diagnostics of %s version %d in which %s; last: %+v", uri, c.versions[uri], want, list)
		}
	}
}

func (c *client) has(uri, code string) diagnostic {
	c.t.Helper()
	var found diagnostic
	c.settled(uri, code+" is there", func(list []diagnostic) bool {
		for _, d := range list {
			if d.Code == code {
				found = d
				return true
			}
		}
		return false
	})
	return found
}

func (c *client) hasNot(uri, code string) {
	c.t.Helper()
	c.settled(uri, code+" is not there", func(list []diagnostic) bool {
		for _, d := range list {
			if d.Code == code {
				return false
			}
		}
		return true
	})
}

// applied is the text of a document after a workspace edit.
func (c *client) applied(uri string, e *workspaceEdit) string {
	c.t.Helper()
	if e == nil {
		c.t.Fatal("no edit")
	}
	list := e.Changes[uri]
	for _, d := range e.DocumentChanges {
		if d.TextDocument.URI != uri || d.TextDocument.Version != c.versions[uri] {
			c.t.Fatalf("an edit for %s version %d", d.TextDocument.URI, d.TextDocument.Version)
		}
		list = append(list, d.Edits...)
	}
	return c.edited(uri, list)
}

func (c *client) edited(uri string, list []textEdit) string {
	c.t.Helper()
	var edits []source.Edit
	for _, e := range list {
		edits = append(edits, source.Edit{Span: c.texts[uri].span(e.Range), New: e.NewText})
	}
	out, err := edit.Apply(c.texts[uri].data, edits)
	if err != nil {
		c.t.Fatal(err)
	}
	return string(out)
}

// leave ends the session as the protocol wants it.
func (c *client) leave() {
	c.t.Helper()
	c.call("shutdown", nil, nil)
	c.tell("exit", nil)
	select {
	case err := <-c.served:
		if err != nil {
			c.t.Errorf("the session ended with %v", err)
		}
	case <-time.After(testPatience):
		c.t.Error("the server does not end")
	}
}

func writeFile(t testing.TB, dir, name, content string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}
