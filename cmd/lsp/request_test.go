package lsp

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sourcegraph/jsonrpc2"
)

func TestAnEditorCompletesAfterATextOutsideTheBasicPlane(t *testing.T) {
	for _, e := range []encoding{utf8Units, utf16Units, utf32Units} {
		c := connect(t, "", func(params map[string]any) {
			params["capabilities"].(map[string]any)["general"] = map[string]any{"positionEncodings": []encoding{e, utf16Units}}
		})
		if c.encoding != e {
			t.Errorf("offered %s, agreed on %s", e, c.encoding)
		}
		uri := c.open("/rules/open.yml", strings.Replace(openFiles, "'/lsof'", "'/𝔘𝔘'", 1))
		c.replace(uri, "𝔘𝔘'", "𝔘x𝔘' # 𝔘")
		c.replace(uri, "𝔘 Listing", "Listing")
		c.replace(uri, "condition: all of selection_*", "condition: all of ")
		var list completionList
		c.call("textDocument/completion", c.at(uri, "all of ", 7), &list)
		if !slices.ContainsFunc(list.Items, func(i completionItem) bool { return i.Label == "selection_*" }) {
			t.Errorf("%s: proposed is %+v", e, list.Items)
		}
		for _, i := range list.Items {
			if i.Label == "selection_*" {
				if got := c.edited(uri, []textEdit{*i.TextEdit}); !strings.Contains(got, "condition: all of selection_*\n") || !strings.Contains(got, "'/𝔘x𝔘' # 𝔘\n") {
					t.Errorf("%s: %s", e, got)
				}
			}
		}
		c.leave()
	}
}

func TestAnEditorFindsAndRenamesIdentifiers(t *testing.T) {
	for _, breaks := range []string{"\n", "\r\n"} {
		c := connect(t, "", nil)
		uri := c.open("/rules/open.yml", strings.ReplaceAll(openFiles, "\n", breaks))
		var places []location
		c.call("textDocument/definition", c.at(uri, "selection_*", 3), &places)
		if len(places) != 2 {
			t.Errorf("a pattern is defined at %v", places)
		}
		params := c.at(uri, "selection_cli", 3)
		params["context"] = map[string]any{"includeDeclaration": true}
		c.call("textDocument/references", params, &places)
		if len(places) != 2 {
			t.Errorf("an identifier is mentioned at %v", places)
		}
		var prepared prepareRenameResult
		c.call("textDocument/prepareRename", c.at(uri, "selection_cli", 3), &prepared)
		if prepared.Placeholder != "selection_cli" {
			t.Errorf("to be renamed is %+v", prepared)
		}
		params = c.at(uri, "selection_cli", 3)
		params["newName"] = "cli"
		if err := c.try("textDocument/rename", params, nil); err == nil || !strings.Contains(err.Error(), "would not select `cli`") {
			t.Errorf("renaming out of a pattern says %v", err)
		}
		params["newName"] = "selection_line"
		var e workspaceEdit
		c.call("textDocument/rename", params, &e)
		if got := c.applied(uri, &e); got != strings.Replace(string(c.texts[uri].data), "selection_cli", "selection_line", 1) {
			t.Errorf("renamed is\n%s", got)
		}
		c.leave()
	}
}

// actions asks for the actions on words of a document.
func (c *client) actions(uri, words string, only ...string) []codeAction {
	c.t.Helper()
	at := indexOf(c.t, c.texts[uri], words)
	var out []codeAction
	c.call("textDocument/codeAction", map[string]any{
		"textDocument": map[string]any{"uri": uri}, "range": textRange{c.texts[uri].position(at), c.texts[uri].position(at + len(words))},
		"context": map[string]any{"diagnostics": []any{}, "only": only},
	}, &out)
	return out
}

func TestAnEditorRepairsAndSilences(t *testing.T) {
	c := connect(t, "", nil)
	uri := c.open("/rules/open.yml", strings.NewReplacer("- attack.discovery", "- attack.Discovery", "level: low", "level: LOW").Replace(openFiles))
	c.settled(uri, "there is something to repair", func(list []diagnostic) bool { return len(list) > 1 })
	var fixes, silencers []codeAction
	for _, a := range c.actions(uri, "attack.Discovery", "quickfix") {
		if strings.HasPrefix(a.Title, "Silence") {
			silencers = append(silencers, a)
		} else {
			fixes = append(fixes, a)
		}
	}
	if len(fixes) != 1 || !fixes[0].IsPreferred || len(fixes[0].Diagnostics) != 1 {
		t.Fatalf("fixes: %+v", fixes)
	}
	if got := c.applied(uri, fixes[0].Edit); !strings.Contains(got, "- attack.discovery\n") {
		t.Errorf("repaired is\n%s", got)
	}
	if len(silencers) != 1 {
		t.Fatalf("silencers: %+v", silencers)
	}
	if got := c.applied(uri, silencers[0].Edit); !strings.Contains(got, "- attack.Discovery # sigtune:ignore SIG04") {
		t.Errorf("silenced is\n%s", got)
	}
	all := c.actions(uri, "title", "source.fixAll")
	if len(all) != 1 || all[0].Kind != "source.fixAll.sigtune" || all[0].Edit != nil {
		t.Fatalf("to fix everything: %+v", all)
	}
	var resolved codeAction
	c.call("codeAction/resolve", all[0], &resolved)
	got := c.applied(uri, resolved.Edit)
	if !strings.Contains(got, "- attack.discovery\n") || !strings.Contains(got, "level: low\n") {
		t.Errorf("everything fixed is\n%s", got)
	}
	c.replace(uri, "attack.Discovery", "attack.discovery")
	if err := c.try("codeAction/resolve", all[0], nil); err == nil {
		t.Error("an action of an earlier version is carried out")
	}
	c.leave()
}

func TestAnEditorFormats(t *testing.T) {
	c := connect(t, "", nil)
	uri := c.open("/rules/open.yml", strings.NewReplacer("level: low", "level:   low   ", "title: ", "title: \u00a0").Replace(openFiles))
	var edits []textEdit
	params := map[string]any{"textDocument": map[string]any{"uri": uri}, "options": map[string]any{"tabSize": 4, "insertSpaces": true}}
	c.call("textDocument/formatting", params, &edits)
	if got := c.edited(uri, edits); !strings.Contains(got, "\nlevel: low\n") || !strings.Contains(got, "all of selection_*\n") {
		t.Errorf("formatted is\n%s", got)
	}
	tidy := c.open("/rules/tidy.yml", openFiles)
	params["textDocument"] = map[string]any{"uri": tidy}
	c.call("textDocument/formatting", params, &edits)
	if len(edits) != 0 {
		t.Errorf("a tidy rule is changed: %+v", edits)
	}
	c.leave()
}

func TestAnEditorShowsWhatIsProved(t *testing.T) {
	c := connect(t, "", nil)
	uri := c.open("/rules/open.yml", openFiles+"---\n"+strings.Replace(openFiles, "CommandLine|contains: ' -i'", "Image|endswith: '/netstat'", 1))
	var lenses []codeLens
	c.call("textDocument/codeLens", map[string]any{"textDocument": map[string]any{"uri": uri}}, &lenses)
	want := []string{"matches e.g. {", "can never match"}
	if len(lenses) != len(want) {
		t.Fatalf("%d lenses", len(lenses))
	}
	for i := range lenses {
		var resolved codeLens
		c.call("codeLens/resolve", lenses[i], &resolved)
		if resolved.Command == nil || !strings.HasPrefix(resolved.Command.Title, want[i]) {
			t.Errorf("lens %d: %+v", i, resolved.Command)
		}
	}
	c.has(uri, "SIG0801")
	var symbols []documentSymbol
	c.call("textDocument/documentSymbol", map[string]any{"textDocument": map[string]any{"uri": uri}}, &symbols)
	if len(symbols) != 2 || symbols[0].Name != "Open Files 𝔘 Listing" || len(symbols[0].Children) != 10 {
		t.Errorf("symbols: %+v", symbols)
	}
	c.leave()
}

func TestAConfigurationIsReadAgainWhenItChanges(t *testing.T) {
	dir := t.TempDir()
	path := writeFile(t, dir, "rules/open.yml", openFiles)
	c := connect(t, dir, nil)
	uri := c.open(path, strings.Replace(openFiles, "attack.discovery", "attack.Discovery", 1))
	code := c.settled(uri, "there is a finding", func(list []diagnostic) bool { return len(list) == 1 })[0].Code
	configuration := writeFile(t, dir, ".sigtune.yml", "ignore: ["+code+"]\n")
	c.tell("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{map[string]any{"uri": uriOf(configuration), "type": 1}}})
	c.settled(uri, "nothing is left", func(list []diagnostic) bool { return len(list) == 0 })
	writeFile(t, dir, ".sigtune.yml", "ignor: ["+code+"]\n")
	c.tell("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{map[string]any{"uri": uriOf(configuration), "type": 2}}})
	c.settled(uri, "the finding is back", func(list []diagnostic) bool { return len(list) == 1 })
	c.settled(uriOf(configuration), "the slip is shown in the configuration", func(list []diagnostic) bool {
		return len(list) == 1 && strings.Contains(list[0].Message, "ignor")
	})
	c.leave()
}

func TestFilesThatAreNotOpenAreReportedToo(t *testing.T) {
	dir := t.TempDir()
	other := writeFile(t, dir, "another.yml", strings.Replace(openFiles, "level: low", "level: LOW", 1))
	path := writeFile(t, dir, "open.yml", openFiles)
	writeFile(t, dir, "compose.yml", "services:\n    web:\n        image: x\n")
	c := connect(t, dir, nil)
	uri := c.open(path, openFiles)
	d := c.has(uri, "SIG1301") // the id stands in both files
	if len(d.RelatedInformation) == 0 || d.RelatedInformation[0].Location.URI != uriOf(other) {
		t.Errorf("the other file is not named: %+v", d)
	}
	c.has(uriOf(other), "SIG0306")
	c.replace(uri, "6f1f7c3e", "7a1f7c3e")
	c.hasNot(uri, "SIG1301")
	c.replace(uri, "7a1f7c3e", "6f1f7c3e")
	c.has(uri, "SIG1301") // without saving: the tree is looked at when nobody types
	if err := os.WriteFile(other, []byte(strings.Replace(openFiles, "6f1f7c3e", "7a1f7c3e", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	c.tell("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{map[string]any{"uri": uriOf(other), "type": 2}}})
	c.hasNot(uri, "SIG1301")
	c.settled(uriOf(other), "nothing is left", func(list []diagnostic) bool { return len(list) == 0 })
	c.mu.Lock()
	if list := c.published[uriOf(filepath.Join(dir, "compose.yml"))]; len(list) > 0 {
		t.Errorf("a file of something else is reported: %+v", list)
	}
	c.mu.Unlock()
	c.leave()
}

// TestNothingThatIsTypedEndsASession types a rule letter by letter, takes pieces out of it, and asks on the way.
func TestNothingThatIsTypedEndsASession(t *testing.T) {
	c := connect(t, "", nil)
	uri := c.open("/rules/typed.yml", "")
	points := []rune(openFiles)
	for i, r := range points {
		end := c.texts[uri].position(len(c.texts[uri].data))
		c.versions[uri]++
		change := contentChange{Range: &textRange{end, end}, Text: string(r)}
		c.texts[uri], _ = c.texts[uri].changed([]contentChange{change})
		c.tell("textDocument/didChange", map[string]any{
			"textDocument": map[string]any{"uri": uri, "version": c.versions[uri]}, "contentChanges": []contentChange{change},
		})
		if i%7 == 0 {
			for _, method := range []string{"hover", "completion", "definition", "documentHighlight", "prepareRename"} {
				params := map[string]any{"textDocument": map[string]any{"uri": uri}, "position": c.texts[uri].position(len(c.texts[uri].data) - 1)}
				if err := c.try("textDocument/"+method, params, nil); err != nil && !strings.Contains(err.Error(), "several identifiers") {
					t.Fatalf("%s: %v", method, err)
				}
			}
			for _, method := range []string{"documentSymbol", "codeLens", "formatting"} {
				c.call("textDocument/"+method, map[string]any{"textDocument": map[string]any{"uri": uri}}, nil)
			}
		}
	}
	c.settled(uri, "the version that was typed last is judged", func([]diagnostic) bool { return true })
	if got := string(c.texts[uri].data); got != openFiles {
		t.Errorf("typed is %q", got)
	}
	c.leave()
}

func TestWhatTheProtocolForbidsIsRefused(t *testing.T) {
	c := connect(t, "", nil)
	for method, code := range map[string]int64{"initialize": jsonrpc2.CodeInvalidRequest, "textDocument/nonsense": jsonrpc2.CodeMethodNotFound, "textDocument/hover": jsonrpc2.CodeInvalidParams} {
		err := c.try(method, map[string]any{"textDocument": map[string]any{"uri": "file:///not/open.yml"}}, nil)
		if e, ok := err.(*jsonrpc2.Error); !ok || e.Code != code {
			t.Errorf("%s: %v", method, err)
		}
	}
	c.call("shutdown", nil, nil)
	if err := c.try("textDocument/hover", nil, nil); err == nil {
		t.Error("a request after shutdown is answered")
	}
	c.tell("exit", nil)
	if err := <-c.served; err != nil {
		t.Error(err)
	}
}

func TestAnEditorThatLeavesWithoutAWordIsNoticed(t *testing.T) {
	c := connect(t, "", nil)
	c.conn.Close()
	select {
	case err := <-c.served:
		if err != ErrNotShutDown {
			t.Errorf("the session ended with %v", err)
		}
	case <-time.After(testPatience):
		t.Error("the server does not end")
	}
}

func TestACancelledRequestIsAnsweredAtOnce(t *testing.T) {
	s := &server{cancels: map[jsonrpc2.ID]context.CancelFunc{}}
	done := make(chan struct{})
	s.cancels[jsonrpc2.ID{Num: 7}] = func() { close(done) }
	raw, _ := json.Marshal(map[string]any{"id": 7})
	if err := s.cancelRequest(raw); err != nil {
		t.Fatal(err)
	}
	select {
	case <-done:
	default:
		t.Error("the request goes on")
	}
}

func TestPositions(t *testing.T) {
	const content = "a𝔘b\r\nç\u2028d\re\n"
	for _, row := range []struct {
		encoding        encoding
		words           string
		line, character int
	}{
		{utf16Units, "b", 0, 3}, {utf8Units, "b", 0, 5}, {utf32Units, "b", 0, 2},
		{utf16Units, "d", 1, 2}, {utf8Units, "d", 1, 5}, {utf16Units, "e", 2, 0},
	} {
		text := newText([]byte(content), row.encoding)
		at := strings.Index(content, row.words)
		want := position{row.line, row.character}
		if got := text.position(at); got != want || text.offset(want) != at {
			t.Errorf("%s: %s stands at %v and at %d; wanted %v and %d", row.encoding, row.words, got, text.offset(want), want, at)
		}
	}
	text := newText([]byte(content), utf16Units)
	for p, want := range map[position]int{{0, 2}: 1, {0, 99}: 6, {9, 0}: len(content), {-1, 5}: 0, {3, 4}: len(content)} {
		if got := text.offset(p); got != want {
			t.Errorf("%v is %d, not %d", p, got, want)
		}
	}
}

// FuzzChange applies changes at any place: offsets and positions agree, and the text is what a simple replacement gives.
func FuzzChange(f *testing.F) {
	f.Add("a\r\n𝔘b\n", 0, 1, 1, 2, "x\n")
	f.Fuzz(func(t *testing.T, content string, line, character, line2, character2 int, new string) {
		for _, e := range []encoding{utf8Units, utf16Units, utf32Units} {
			before := newText([]byte(content), e)
			r := textRange{position{line, character}, position{line2, character2}}
			s := before.span(r)
			after, err := before.changed([]contentChange{{Range: &r, Text: new}})
			if want := content[:s.Start] + new + content[s.End:]; err != nil || string(after.data) != want {
				t.Fatalf("%q gives %q, not %q, %v", content, after.data, want, err)
			}
			if fresh := newText(after.data, e); fmt.Sprint(fresh.starts) != fmt.Sprint(after.starts) {
				t.Fatalf("lines of %q: %v", after.data, after.starts)
			}
		}
	})
}
