package mine

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/tuning"
)

const atomicFile = `attack_technique: T1033
display_name: System Owner/User Discovery
atomic_tests:
- name: Ask who
  supported_platforms: [windows]
  input_arguments:
    out:
      type: path
      default: C:\Temp\who.txt
  executor:
    name: command_prompt
    command: |
      whoami /all > #{out} & hostname
      "C:\Users\Public\x.exe" -q
- name: Elsewhere
  supported_platforms:
  - linux
  executor:
    name: sh
    command: whoami
- name: By hand
  supported_platforms: [windows]
  executor:
    name: manual
    steps: look
`

func TestEventsOfAttackSimulations(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "atomics", "T1033", "T1033.yaml")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(atomicFile), 0o644); err != nil {
		t.Fatal(err)
	}
	var images []string
	for _, a := range readAtomics(path, "windows") {
		for _, e := range a.events("windows") {
			images = append(images, e["Image"].(string)+" "+strings.ReplaceAll(e["CommandLine"].(string), "\n", "~"))
		}
	}
	want(t, "what the test starts", strings.Join(images, "\n"), strings.Join([]string{
		`C:\Windows\System32\cmd.exe "cmd.exe" /c whoami /all > C:\Temp\who.txt & hostname~"C:\Users\Public\x.exe" -q`,
		`C:\Windows\System32\whoami.exe whoami /all > C:\Temp\who.txt`,
		`C:\Windows\System32\hostname.exe hostname`,
		`C:\Users\Public\x.exe "C:\Users\Public\x.exe" -q`,
	}, "\n"))

	rule := strings.Replace(whoamiRule, "level: medium", "tags:\n    - attack.discovery\n    - attack.t1033\nlevel: medium", 1)
	r, err := tuning.Tune(tuning.Input{Path: "rule.yml", Text: rule, Today: testDay, GivenOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	m, err := New(r, Options{AcceptWeak: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Atomics(dir); err != nil {
		t.Fatal(err)
	}
	feed(t, r.Rule, many(5, func(int) map[string]any { return map[string]any{"ParentImage": `C:\Windows\System32\cmd.exe`} }), m.FalsePositive)
	m.Mine()
	if r.Events.TP.Given != 2 || r.Events.TP.Kept != 2 {
		t.Errorf("the events of the attack are not kept: %+v\n%s", r.Events.TP, first(r, 0))
	}
	if !strings.Contains(strings.Join(r.Events.Notes, " "), "4 process events inferred from 1 test of Atomic Red Team for T1033; the rule fires on 2 of them") {
		t.Errorf("%q", r.Events.Notes)
	}
	if err := m.Atomics(t.TempDir()); err == nil {
		t.Error("an empty directory is no checkout")
	}
}
