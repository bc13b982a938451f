package mine

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/tuning/evidence"
	"github.com/sigtune/sigtune/tuning/scenario"
)

// Atomics reads the tests of a checkout of Atomic Red Team (atomics/T*/T*.yaml) for the techniques that the rule is tagged with. The process
// events that their commands leave are inferred: the shell with the whole command, and the programs that it names. Those on which the rule
// fires must keep firing. It fails when the directory holds no tests; a rule that is not about processes, or has no technique, is a note.
func (x *Miner) Atomics(dir string) error {
	m := x.m
	if root := filepath.Join(dir, "atomics"); isDir(root) {
		dir = root
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		if e := (*fs.PathError)(nil); errors.As(err, &e) {
			return fmt.Errorf("%s: %w", dir, e.Err)
		}
		return err
	}
	techniques := m.techniques()
	product := m.rule.Logsource.Product.Value
	switch {
	case !m.startsProcesses():
		m.notes = append(m.notes, "no attack simulation was used: commands tell process events, and the rule reads others")
		return nil
	case len(techniques) == 0:
		m.notes = append(m.notes, "no attack simulation was used: the rule is not tagged with a technique")
		return nil
	}
	files, tests, inferred, fired := 0, 0, 0, 0
	for _, e := range entries {
		if !atomicName.MatchString(e.Name()) || !e.IsDir() {
			continue
		}
		files++
		if !tagged(techniques, strings.ToLower(e.Name())) {
			continue
		}
		path := filepath.Join(dir, e.Name(), e.Name()+".yaml")
		for _, t := range readAtomics(path, product) {
			tests++
			for _, event := range t.events(product) {
				inferred++
				record := evidence.NewRecord(event, evidence.Place{Path: path, Line: t.line, Number: tests})
				if m.matcher.Match(record.Event) {
					fired++
					x.TruePositive(record)
				}
			}
		}
	}
	if files == 0 {
		return fmt.Errorf("%s: holds no directory of tests (T1003 and so on)", dir)
	}
	m.notes = append(m.notes, fmt.Sprintf("%s inferred from %s of Atomic Red Team for %s; the rule fires on %d of them, and they must stay",
		plural(inferred, "process event"), plural(tests, "test"), strings.ToUpper(strings.Join(techniques, ", ")), fired))
	return nil
}

var (
	atomicName = regexp.MustCompile(`^T[0-9]{4}(\.[0-9]{3})?$`)
	technique  = regexp.MustCompile(`(?i)^attack\.(t[0-9]{4}(\.[0-9]{3})?)$`)
)

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func (m *miner) techniques() []string {
	var out []string
	for _, t := range m.rule.Tags {
		if found := technique.FindStringSubmatch(t.Value); found != nil {
			out = append(out, strings.ToLower(found[1]))
		}
	}
	return out
}

// tagged reports a technique of the rule, or a sub-technique of one.
func tagged(techniques []string, name string) bool {
	for _, t := range techniques {
		if name == t || strings.HasPrefix(name, t+".") {
			return true
		}
	}
	return false
}

// atomic is one test.
type atomic struct {
	executor string
	command  string
	line     int
}

// readAtomics reads the tests of a file for a platform; what does not look like one is passed over.
func readAtomics(path, product string) []atomic {
	file := source.Load(path, source.Limits{})
	var out []atomic
	for _, d := range file.Documents {
		if d.Root == nil || d.Root.Find("atomic_tests") == nil {
			continue
		}
		for _, n := range d.Root.Find("atomic_tests").Items {
			platforms, executor := n.Find("supported_platforms"), n.Find("executor")
			if platforms == nil || executor == nil || !lists(platforms, product) {
				continue
			}
			name, command := executor.Find("name"), executor.Find("command")
			if name == nil || command == nil {
				continue // a manual test
			}
			out = append(out, atomic{name.Value, filled(command.Value, n.Find("input_arguments")), file.Pos(n.Span.Start).Line})
		}
	}
	return out
}

func lists(n *source.Node, value string) bool {
	for _, x := range n.Items {
		if strings.EqualFold(x.Value, value) {
			return true
		}
	}
	return false
}

// filled puts the defaults of a test's arguments into its command.
func filled(command string, arguments *source.Node) string {
	if arguments != nil {
		for _, e := range arguments.Entries {
			if d := e.Value.Find("default"); d != nil {
				command = strings.ReplaceAll(command, "#{"+e.Key.Value+"}", d.Value)
			}
		}
	}
	return strings.NewReplacer("$PathToAtomicsFolder", `C:\AtomicRedTeam\atomics`, "PathToAtomicsFolder", `C:\AtomicRedTeam\atomics`).Replace(command)
}

// executors are the programs behind the names of executors, by platform: where they are, and how they are handed a command.
var executors = map[string]map[string][2]string{
	"windows": {
		"command_prompt": {`C:\Windows\System32\cmd.exe`, `"cmd.exe" /c %s`},
		"powershell":     {`C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe`, `"powershell.exe" & {%s}`},
	},
	"linux": {"sh": {"/bin/sh", "sh -c %s"}, "bash": {"/bin/bash", "bash -c %s"}},
	"macos": {"sh": {"/bin/sh", "sh -c %s"}, "bash": {"/bin/bash", "bash -c %s"}},
}

// between stands between the commands of a line.
var between = regexp.MustCompile(`\r?\n|&&|\|\||[|;&]`)

// events are the processes that a test starts, as far as its text tells: the shell, and each program that a command begins with.
func (t atomic) events(product string) []map[string]any {
	shell, known := executors[product][t.executor]
	command := strings.TrimSpace(t.command)
	if !known || command == "" {
		return nil
	}
	line := fmt.Sprintf(shell[1], command)
	out := []map[string]any{{"Image": shell[0], "CommandLine": line, "ParentImage": shell[0]}}
	for _, c := range between.Split(command, -1) {
		c = strings.TrimSpace(c)
		if image := program(c, product); image != "" {
			out = append(out, map[string]any{"Image": image, "CommandLine": c, "ParentImage": shell[0], "ParentCommandLine": line})
		}
	}
	return out
}

// word is the first word of a command: a program, perhaps with its path and in quotes.
var word = regexp.MustCompile(`^"([^"]+)"|^([^\s"']+)`)

// program guesses the image of the program that a command begins with: a whole path as it stands, the name of a program of the system where
// those are; empty for what may be anything.
func program(command, product string) string {
	found := word.FindStringSubmatch(command)
	if found == nil {
		return ""
	}
	name := found[1] + found[2]
	switch {
	case strings.ContainsAny(name, "%$#(){}=<>*"):
		return ""
	case product == "windows" && len(name) > 3 && name[1] == ':' && name[2] == '\\' && strings.HasSuffix(strings.ToLower(name), ".exe"):
		return name
	case strings.ContainsAny(name, `\:`):
		return ""
	case product == "windows":
		file := strings.ToLower(name)
		if !strings.HasSuffix(file, ".exe") {
			file += ".exe"
		}
		if strings.Contains(name, "/") || !scenario.WindowsProgram(file) && !scenario.Tool(strings.TrimSuffix(file, ".exe")) {
			return ""
		}
		return `C:\Windows\System32\` + file
	case strings.HasPrefix(name, "/"):
		return name
	case strings.Contains(name, "/") || !scenario.Tool(name):
		return ""
	}
	return "/usr/bin/" + name
}
