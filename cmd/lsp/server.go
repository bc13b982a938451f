package lsp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"runtime/debug"
	"sync"
	"time"

	"github.com/sourcegraph/jsonrpc2"

	"github.com/sigtune/sigtune/lint/config"
)

// Options of Serve.
type Options struct {
	Version string           // of the program, for the editor; empty when it is not known
	Now     func() time.Time // what lies in the future; nil is the clock
	Log     io.Writer        // what went wrong inside; nil is nowhere
	Expect  func(files int)  // told how many files a tree has; may be nil
}

// ErrNotShutDown is the end of a session that the editor left without a shutdown request.
var ErrNotShutDown = errors.New("the editor ended the session without shutting it down")

// server is one session.
type server struct {
	conn     *jsonrpc2.Conn
	context  context.Context // of the session
	options  Options
	log      *log.Logger
	settings settingsOf

	unanswered sync.WaitGroup // requests

	mu         sync.Mutex
	state      state
	encoding   encoding
	client     initializeParams
	documents  map[string]*document
	cancels    map[jsonrpc2.ID]context.CancelFunc
	tree       tree
	complained map[string]bool // configurations that the user was told about
}

// state is how far a session is.
type state int

const (
	started state = iota
	initialized
	shutDown
)

// Codes of errors that the protocol adds to those of JSON-RPC.
const (
	codeNotInitialized   = -32002
	codeRequestCancelled = -32800
	codeRequestFailed    = -32803
)

// Serve speaks with an editor until it leaves. The error is nil after a session that was shut down as the protocol wants it.
func Serve(ctx context.Context, in io.Reader, out io.Writer, o Options) error {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = io.Discard
	}
	s := &server{
		options: o, log: log.New(o.Log, "sigtune lsp: ", 0), encoding: utf16Units,
		documents: map[string]*document{}, cancels: map[jsonrpc2.ID]context.CancelFunc{}, complained: map[string]bool{},
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ready := make(chan struct{}) // the connection reads before it is returned
	handler := handlerFunc(func(ctx context.Context, _ *jsonrpc2.Conn, r *jsonrpc2.Request) {
		<-ready
		s.handle(ctx, r)
	})
	s.context = ctx
	outgoing := newOutbox(out)
	stream := jsonrpc2.NewBufferedStream(streams{incoming{in, s.settle}, outgoing}, jsonrpc2.VSCodeObjectCodec{})
	s.conn = jsonrpc2.NewConn(ctx, stream, handler, jsonrpc2.SetLogger(s.log))
	close(ready)
	<-s.conn.DisconnectNotify()
	outgoing.close()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.documents {
		d.close()
	}
	if s.state != shutDown {
		return ErrNotShutDown
	}
	return nil
}

// incoming holds back the end of the input until what was asked before it is answered.
type incoming struct {
	io.Reader
	atEnd func()
}

func (i incoming) Read(p []byte) (int, error) {
	n, err := i.Reader.Read(p)
	if err != nil && n == 0 {
		i.atEnd()
	}
	return n, err
}

// settle waits until every request is answered, but not long.
func (s *server) settle() {
	done := make(chan struct{})
	go func() {
		s.unanswered.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(farewell):
	}
}

type handlerFunc func(context.Context, *jsonrpc2.Conn, *jsonrpc2.Request)

func (f handlerFunc) Handle(ctx context.Context, c *jsonrpc2.Conn, r *jsonrpc2.Request) { f(ctx, c, r) }

// streams are the two directions as one. Closing is left to the owner of each.
type streams struct {
	io.Reader
	io.Writer
}

func (streams) Close() error { return nil }

// work is the part of a request that is done beside others.
type work func(ctx context.Context) (any, error)

// requests are answered in two steps: the first reads the parameters and takes the text as it is now, in the order of messages; the work that it returns
// runs beside that of other requests.
var requests map[string]func(*server, json.RawMessage) (work, error)

// notifications are taken in order.
var notifications map[string]func(*server, json.RawMessage) error

func init() { // not in the declarations: the handlers reach the tables through the session
	requests = map[string]func(*server, json.RawMessage) (work, error){
		"initialize":                     (*server).initialize,
		"shutdown":                       (*server).shutdown,
		"textDocument/hover":             at((*snapshot).hover),
		"textDocument/completion":        at((*snapshot).completion),
		"textDocument/definition":        at((*snapshot).definition),
		"textDocument/references":        (*server).references,
		"textDocument/documentHighlight": at((*snapshot).highlights),
		"textDocument/prepareRename":     at((*snapshot).prepareRename),
		"textDocument/rename":            (*server).rename,
		"textDocument/documentSymbol":    of((*snapshot).symbols),
		"textDocument/formatting":        of((*snapshot).formatting),
		"textDocument/codeAction":        (*server).codeAction,
		"codeAction/resolve":             (*server).resolveAction,
		"textDocument/codeLens":          of((*snapshot).lenses),
		"codeLens/resolve":               (*server).resolveLens,
	}
	notifications = map[string]func(*server, json.RawMessage) error{
		"initialized":                         (*server).initialized,
		"exit":                                (*server).exit,
		"$/cancelRequest":                     (*server).cancelRequest,
		"textDocument/didOpen":                (*server).didOpen,
		"textDocument/didChange":              (*server).didChange,
		"textDocument/didSave":                (*server).didSave,
		"textDocument/didClose":               (*server).didClose,
		"workspace/didChangeWatchedFiles":     (*server).didChangeWatchedFiles,
		"workspace/didChangeWorkspaceFolders": (*server).didChangeWorkspaceFolders,
		"workspace/didChangeConfiguration":    func(*server, json.RawMessage) error { return nil },
		"$/setTrace":                          func(*server, json.RawMessage) error { return nil },
	}
}

// at makes a request of a function about a place in a document.
func at[T any](answer func(*snapshot, int) (T, error)) func(*server, json.RawMessage) (work, error) {
	return func(s *server, raw json.RawMessage) (work, error) {
		var p documentAt
		snap, err := s.decoded(raw, &p, &p.TextDocument)
		if err != nil {
			return nil, err
		}
		return func(context.Context) (any, error) { return answer(snap, snap.text.offset(p.Position)) }, nil
	}
}

// of makes a request of a function about a document.
func of[T any](answer func(*snapshot) (T, error)) func(*server, json.RawMessage) (work, error) {
	return func(s *server, raw json.RawMessage) (work, error) {
		var p documentParams
		snap, err := s.decoded(raw, &p, &p.TextDocument)
		if err != nil {
			return nil, err
		}
		return func(context.Context) (any, error) { return answer(snap) }, nil
	}
}

// decoded reads parameters and finds the document that they name.
func (s *server) decoded(raw json.RawMessage, params any, d *textDocument) (*snapshot, error) {
	if err := decode(raw, params); err != nil {
		return nil, err
	}
	return s.snapshot(d.URI)
}

func decode(raw json.RawMessage, params any) error {
	if err := json.Unmarshal(raw, params); err != nil {
		return &jsonrpc2.Error{Code: jsonrpc2.CodeInvalidParams, Message: err.Error()}
	}
	return nil
}

// handle takes one message.
func (s *server) handle(ctx context.Context, r *jsonrpc2.Request) {
	params := json.RawMessage("null")
	if r.Params != nil {
		params = *r.Params
	}
	if r.Notif {
		if take := notifications[r.Method]; take != nil {
			if err := s.guard(r.Method, func() error { return take(s, params) }); err != nil {
				s.log.Printf("%s: %v", r.Method, err)
			}
		}
		return
	}
	if err := s.admit(r.Method); err != nil {
		s.reply(ctx, r.ID, nil, err)
		return
	}
	var todo work
	err := s.guard(r.Method, func() (err error) {
		todo, err = requests[r.Method](s, params)
		return err
	})
	if err != nil {
		s.reply(ctx, r.ID, nil, err)
		return
	}
	s.answer(ctx, r, todo)
}

// admit says why a request is not answered now.
func (s *server) admit(method string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.state == started && method != "initialize":
		return &jsonrpc2.Error{Code: codeNotInitialized, Message: "the session is not initialized"}
	case s.state != started && method == "initialize", s.state == shutDown:
		return &jsonrpc2.Error{Code: jsonrpc2.CodeInvalidRequest, Message: "the session does not take this request now"}
	case requests[method] == nil:
		return &jsonrpc2.Error{Code: jsonrpc2.CodeMethodNotFound, Message: "no such method: " + method}
	}
	return nil
}

// answer does the work of a request. One that is cancelled is answered at once: what its work still finds is dropped.
func (s *server) answer(ctx context.Context, r *jsonrpc2.Request, todo work) {
	ctx, cancel := context.WithCancel(ctx)
	s.mu.Lock()
	s.cancels[r.ID] = cancel
	s.mu.Unlock()
	type outcome struct {
		result any
		err    error
	}
	done := make(chan outcome, 1)
	s.unanswered.Add(1)
	go func() {
		var o outcome
		o.err = s.guard(r.Method, func() (err error) {
			o.result, err = todo(ctx)
			return err
		})
		done <- o
	}()
	go func() {
		defer s.unanswered.Done()
		defer cancel()
		var o outcome
		select {
		case o = <-done:
		case <-ctx.Done():
			o.err = &jsonrpc2.Error{Code: codeRequestCancelled, Message: "cancelled"}
		}
		s.mu.Lock()
		delete(s.cancels, r.ID)
		s.mu.Unlock()
		s.reply(context.Background(), r.ID, o.result, o.err)
	}()
}

func (s *server) reply(ctx context.Context, id jsonrpc2.ID, result any, err error) {
	switch e := (*jsonrpc2.Error)(nil); {
	case err == nil:
		err = s.conn.Reply(ctx, id, result)
	case errors.As(err, &e):
		err = s.conn.ReplyWithError(ctx, id, e)
	default:
		err = s.conn.ReplyWithError(ctx, id, &jsonrpc2.Error{Code: codeRequestFailed, Message: err.Error()})
	}
	if err != nil && !errors.Is(err, jsonrpc2.ErrClosed) {
		s.log.Printf("answering: %v", err)
	}
}

// guard turns a panic into an error: a session must survive any text.
func (s *server) guard(what string, do func() error) (err error) {
	defer func() {
		if problem := recover(); problem != nil {
			s.log.Printf("%s: %v\n%s", what, problem, debug.Stack())
			err = &jsonrpc2.Error{Code: jsonrpc2.CodeInternalError, Message: fmt.Sprintf("%s failed: %v; this is a bug in sigtune, please report it with the rule", what, problem)}
		}
	}()
	return do()
}

func (s *server) notify(method string, params any) {
	if err := s.conn.Notify(context.Background(), method, params); err != nil && !errors.Is(err, jsonrpc2.ErrClosed) {
		s.log.Printf("%s: %v", method, err)
	}
}

// capabilities is what this server does.
func capabilities(e encoding) map[string]any {
	return map[string]any{
		"positionEncoding": e,
		"textDocumentSync": map[string]any{"openClose": true, "change": 2, "save": map[string]any{"includeText": false}},
		"hoverProvider":    true,
		"completionProvider": map[string]any{
			"triggerCharacters": []string{"|", ":", ".", " ", "-"},
		},
		"definitionProvider":         true,
		"referencesProvider":         true,
		"documentHighlightProvider":  true,
		"renameProvider":             map[string]any{"prepareProvider": true},
		"documentSymbolProvider":     true,
		"documentFormattingProvider": true,
		"codeActionProvider": map[string]any{
			"codeActionKinds": []string{kindQuickFix, kindFixAll}, "resolveProvider": true,
		},
		"codeLensProvider": map[string]any{"resolveProvider": true},
		"workspace": map[string]any{
			"workspaceFolders": map[string]any{"supported": true, "changeNotifications": true},
		},
	}
}

func (s *server) initialize(raw json.RawMessage) (work, error) {
	var p initializeParams
	if err := decode(raw, &p); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.client, s.state = p, initialized
	s.encoding = agree(p.Capabilities.General.PositionEncodings)
	folders := p.WorkspaceFolders
	if len(folders) == 0 && p.RootURI != "" {
		folders = []workspaceFolder{{URI: p.RootURI}}
	}
	s.tree.add(folders)
	result := initializeResult{capabilities(s.encoding), serverInfo{"sigtune", s.options.Version}}
	return func(context.Context) (any, error) { return result, nil }, nil
}

// initialized asks to be told of changed files, and looks at the tree.
func (s *server) initialized(json.RawMessage) error {
	if s.client.Capabilities.Workspace.DidChangeWatchedFiles.DynamicRegistration {
		type watcher struct {
			GlobPattern string `json:"globPattern"`
		}
		watchers := []watcher{{"**/*.{yml,yaml}"}, {"**/" + config.Name}, {"**/.sigtune*.json"}}
		register := registrationParams{[]registration{{
			ID: "sigtune-files", Method: "workspace/didChangeWatchedFiles", RegisterOptions: map[string]any{"watchers": watchers},
		}}}
		go func() {
			if err := s.conn.Call(context.Background(), "client/registerCapability", register, nil); err != nil && !errors.Is(err, jsonrpc2.ErrClosed) {
				s.log.Printf("watching files: %v", err)
			}
		}()
	}
	s.index(0)
	return nil
}

func (s *server) shutdown(json.RawMessage) (work, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state = shutDown
	return func(context.Context) (any, error) { return nil, nil }, nil
}

func (s *server) exit(json.RawMessage) error {
	go func() { // not from within its own reading
		s.settle()
		s.conn.Close()
	}()
	return nil
}

func (s *server) cancelRequest(raw json.RawMessage) error {
	var p struct {
		ID jsonrpc2.ID `json:"id"`
	}
	if err := json.Unmarshal(raw, &p); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if cancel := s.cancels[p.ID]; cancel != nil {
		cancel()
	}
	return nil
}
