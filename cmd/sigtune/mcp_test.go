package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// A client as assistants have it: the program is started, spoken to over its standard streams, and ends when the client hangs up.
func TestAnAssistantTalksToTheProgram(t *testing.T) {
	program, err := exec.LookPath("sigtune") // this test binary again, see TestMain
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(program, "mcp")
	var complaints strings.Builder
	command.Stderr = &complaints
	command.Env = append(os.Environ(), "HOME="+t.TempDir())
	session, err := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(), &mcp.CommandTransport{Command: command}, nil)
	if err != nil {
		t.Fatal(err)
	}
	list, err := session.ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, tool := range list.Tools {
		names = append(names, tool.Name)
	}
	if got := strings.Join(names, " "); got != "convert diff explain lint prove tune" {
		t.Errorf("tools: %s", got)
	}
	result, err := session.CallTool(t.Context(), &mcp.CallToolParams{Name: "lint", Arguments: map[string]any{"text": flawed, "select": []string{"ALL"}}})
	if err != nil {
		t.Fatal(err)
	}
	object, err := json.Marshal(result.StructuredContent)
	if err != nil {
		t.Fatal(err)
	}
	follows(t, "lint.schema.json", string(object), nil)
	// The same as from the command line: the two may not drift apart.
	var here, there any
	follows(t, "lint.schema.json", sigtune(flawed, "lint", "-", "--stdin-filename", "rule.yml", "--format", "json", "--select", "ALL").stdout, &here)
	follows(t, "lint.schema.json", string(object), &there)
	if a, b := asJSON(t, here), asJSON(t, there); a != b {
		t.Errorf("sigtune lint says\n%s\nand the tool says\n%s", a, b)
	}
	if err := session.Close(); err != nil {
		t.Errorf("the program ended with %v", err)
	}
	if complaints.Len() > 0 {
		t.Errorf("on standard error: %s", complaints.String())
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestMCPRefusesARootThatIsNone(t *testing.T) {
	got := sigtune("", "mcp", "--root", "no/such/directory")
	if got.code != exitFailed || !strings.Contains(got.stderr, "--root: no/such/directory: no such file or directory") {
		t.Errorf("%d: %s", got.code, got.stderr)
	}
}
