package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// update rewrites the expected output in the scripts: go test ./cmd/sigtune -update
var update = flag.Bool("update", false, "rewrite the expected output of the test scripts")

// today is the date of every test run, so that what is printed can be written down.
func today() time.Time { return time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC) }

// scriptCommands are programs that scripts and tests can start: this test binary again, with today's date fixed.
var scriptCommands = map[string]func(){
	"sigtune": func() { os.Exit(newCLI(today).run(os.Args[1:])) },
}

func TestMain(m *testing.M) { testscript.Main(m, scriptCommands) }

// TestScripts runs every testdata/script/*.txtar: commands as a user types them, with everything they print.
func TestScripts(t *testing.T) {
	page, err := filepath.Abs(filepath.FromSlash("../../testdata/hunt/system-network-connections-discovery.txt"))
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Vars = append(env.Vars, "PAGE="+page)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
	})
}

// exits runs a command and asks for its exit code: `exits 2 sigtune lint --nonsense`. Output is compared as after exec.
func exits(ts *testscript.TestScript, negated bool, args []string) {
	if negated || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARGUMENT…]")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := "0"
	if err != nil {
		code = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if code != args[0] {
		ts.Fatalf("exit code %s, want %s", code, args[0])
	}
}

// command is a finished run in this process.
type command struct {
	stdout, stderr string
	code           int
}

// sigtune runs a command line in this process.
func sigtune(stdin string, args ...string) command {
	return sigtuneAt(today, stdin, args...)
}

func sigtuneAt(now func() time.Time, stdin string, args ...string) command {
	var stdout, stderr bytes.Buffer
	c := &cli{stdin: strings.NewReader(stdin), stdout: &stdout, stderr: &stderr, now: now}
	code := c.run(args)
	return command{stdout.String(), stderr.String(), code}
}
