//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/sigtune/sigtune/lint/report"
)

// What a run over hostile files may cost. Measured on two busy cores: 5 to 8 s and 170 to 190 MB, of which reading a value of 100,000 wildcards and texts,
// once for every check that asks for its pattern, takes most.
const (
	hostileFiles  = 200
	hostileMemory = 200 << 20
	hostileTime   = 20 * time.Second
)

// hostileTexts are contents of every kind that a reader of YAML can trip over.
func hostileTexts() map[string]string {
	nested := func(open, end string, depth int) string {
		return "title: Deep\ndetection:\n    sel: " + strings.Repeat(open, depth) + "x" + strings.Repeat(end, depth) + "\n    condition: sel\n"
	}
	var keys, indented strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&keys, "k%d: v\n", i)
	}
	for i := range 3_000 {
		indented.WriteString(strings.Repeat(" ", i) + "k:\n")
	}
	second := strings.NewReplacer("0f5b6c1e-9d3a-4a53-8a6e-6b1b4c3f9a10", "1f5b6c1e-9d3a-4a53-8a6e-6b1b4c3f9a11", "Process Listing", "Another Listing", "/ps'", "/pstree'").Replace(healthy)
	value := func(v string) string { return strings.Replace(healthy, "'www-data'", v, 1) }
	title := func(v string) string { return strings.Replace(healthy, "Process Listing By A Service Account", v, 1) }
	return map[string]string{
		"empty": "", "only comments": "# nothing\n# at all\n", "only blanks": "   \n\n   \n", "only a tab": "\t", "only marks": "---\n---\n---\n...\n",
		"null": "null\n", "a scalar": "text\n", "a list": "- a\n- b\n", "a list of rules": "-\n  " + strings.ReplaceAll(healthy, "\n", "\n  "), "a number": "1e999999999\n",
		"binary": "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "an ELF head": "\x7fELF\x02\x01\x01\x00", "all bytes": allBytes(), "NUL inside": value("'www\x00data'"), "NUL at the end": healthy + "\x00",
		"UTF-16": inUTF16("\ufeff" + healthy), "UTF-16 without mark": inUTF16(healthy), "UTF-32": "\xff\xfe\x00\x00t\x00\x00\x00", "UTF-16, odd length": inUTF16("\ufeff"+healthy) + "x",
		"a mark": "\ufeff" + healthy, "two marks": "\ufeff\ufeff" + healthy, "a mark inside": value("'\ufeffwww'"), "only a mark": "\ufeff", "half a mark": "\xef\xbb" + healthy,
		"latin-1": value("'www-d\xe4ta'"), "an overlong sequence": value("'\xc0\xaf'"), "a surrogate": value("'\xed\xa0\x80'"), "beyond Unicode": value("'\xf4\x90\x80\x80'"), "half a character": healthy + "# \xe2\x80",
		"surrogate escapes": value(`"\ud83d\ude00"`), "half an escape": value(`"\ud83d"`), "an escape beyond": value(`"\UFFFFFFFF"`), "an unknown escape": value(`"C:\Windows\q"`), "a NUL escape": value(`"a\0b"`),
		"control escapes": value(`"\e[31m\a\b\x9b2J"`), "raw escape codes": value("'\x1b[2J\x1b]0;owned\x07'"), "raw C1": value("'\u009b31m\u0085'"), "bidi": value("'\u202emoc.exe\u2066'"), "zero width": value("'www\u200b\u2060-data'"),
		"escape codes in the title": title(`"\e[31mred\e[0m \x9b31m"`), "bidi in the title": title("'\u202eeltit\u202c'"), "line separators": title("\"a\\Lb\\Pc\\Nd\""), "escape codes in the id": strings.Replace(healthy, "id: 0f5b", `id: "\e[5m`, 1) + "#\"",
		"escape codes in a key": strings.Replace(healthy, "User:", `"Us\e[31mer|cont\x07ains":`, 1), "bidi in a key": strings.Replace(healthy, "User:", "'\u202eresU':", 1), "escape codes in a tag": strings.Replace(healthy, "attack.t1057", `"attack.\e[31mt1057"`, 1),
		"escape codes in an identifier": strings.ReplaceAll(healthy, "selection", `"sel\e[31m"`), "escape codes in a comment": strings.Replace(healthy, "level:", "# \u202e sigtune:ignore \u009b31m -- \u202e\nlevel:", 1),
		"escape codes in the log source": strings.Replace(healthy, "linux", `"lin\e]8;;http://x\aux"`, 1), "escape codes in the condition": strings.Replace(healthy, "condition: selection", `condition: "selection \e[31m and \u202e"`, 1),
		"an open quote": strings.Replace(healthy, "'www-data'", "'www-data", 1), "an open double quote": "title: \"open\n" + healthy, "an open list": "tags: [a, b\n" + healthy, "an open map": "{title: a\n", "a closing bracket": "title: ]\n", "an open flow of 100000": "[" + strings.Repeat("a, ", 100_000),
		"an open block": "title: |2\n x\n", "an anchor without value": "a: &\n", "an alias without anchor": "a: *nobody\n", "a directive": "%YAML 9.9\n---\n" + healthy, "an unknown directive": "%TAG ! x\n%FOO\n" + healthy,
		"a tag bomb": "a: !!python/object/apply:os.system ['true']\n", "a binary tag": "a: !!binary '####'\n", "a float tag": "title: !!float x\n", "a set": "? a\n? b\n", "keys that are maps": "{a: b}: c\n? [x, y]\n: z\n",
		"tabs": strings.ReplaceAll(healthy, "    ", "\t"), "one tab": strings.Replace(healthy, "    category", "\tcategory", 1), "CRLF": strings.ReplaceAll(healthy, "\n", "\r\n"), "CR": strings.ReplaceAll(healthy, "\n", "\r"),
		"mixed line ends": mixed(healthy), "NEL": strings.ReplaceAll(healthy, "\n", "\u0085"), "LS": strings.ReplaceAll(healthy, "\n", "\u2028"), "no line end": strings.TrimSuffix(healthy, "\n"), "form feeds": strings.ReplaceAll(healthy, "\n", "\f\n"),
		"deep brackets": nested("[", "]", 50), "deeper brackets": nested("[", "]", 5_000), "a million brackets": strings.Repeat("[", 1_000_000), "deep braces": nested("{a: ", "}", 2_000), "deep lists": "a:\n" + strings.Repeat("- ", 20_000) + "x\n", "deep indents": indented.String(),
		"deep parentheses": strings.Replace(healthy, "condition: selection", "condition: "+strings.Repeat("(", 20_000)+"selection"+strings.Repeat(")", 20_000), 1), "many nots": strings.Replace(healthy, "condition: selection", "condition: "+strings.Repeat("not ", 20_000)+"selection", 1),
		"many ands": strings.Replace(healthy, "condition: selection", "condition: selection"+strings.Repeat(" and selection", 500), 1), "many modifiers": strings.Replace(healthy, "endswith", strings.Repeat("endswith|", 5_000)+"all", 1),
		"a bomb of aliases": bomb(), "a bomb of maps": mapBomb(), "a cycle": "a: &a [*a]\n", "a cycle by merging": "a: &a\n  <<: *a\n  b: c\n", "a cycle of two": "a: &a {b: &b {c: *a, <<: *a}}\n", "a merge of text": "a: {<<: text}\n", "a merge of merges": "a: &a {x: 1}\nb: &b {<<: [*a, *a, *a]}\nc: {<<: [*b, [*a]]}\n",
		"100000 keys": keys.String(), "100000 values": strings.Replace(healthy, "'www-data'", "\n"+strings.Repeat("            - x\n", 100_000), 1), "equal keys": strings.Repeat("title: a\n", 1_000), "one long line": "title: " + strings.Repeat("x", 1<<20) + "\n", "one line of 10 MB": "title: " + strings.Repeat("x", 10<<20) + "\n",
		"a long value": value("'" + strings.Repeat("a*", 50_000) + "'"), "a long key": strings.Replace(healthy, "User", strings.Repeat("U", 1<<20), 1), "a long comment": "#" + strings.Repeat("x", 1<<20) + "\n" + healthy, "50 MB": large(), "many documents": strings.Repeat("---\na: b\n", 20_000), "many empty documents": strings.Repeat("---\n", 20_000),
		"huge numbers": value(strings.Repeat("9", 100_000)), "numbers of all kinds": value("[0x1f, 0o17, 017, 1_000, .inf, -.nan, 1e400, 12:30:45, 0b11, +1, ~]"), "dates": value("[2024-01-02, 2024-01-02T03:04:05Z, 2024-13-45, 0000-00-00]"), "a date of years": strings.Replace(healthy, "2026-01-12", "99999-01-01", 1),
		"a nested quantifier": strings.Replace(value(`'((((a+)+)+)+)+$'`), "User:", "User|re:", 1), "a huge repetition": strings.Replace(value(`'(((a{1000}){1000}){1000})'`), "User:", "User|re:", 1), "a wide class": strings.Replace(value(`'(?i)[^\x00-\x7f]{900}'`), "User:", "User|re:", 1), "a regex of parentheses": strings.Replace(value("'"+strings.Repeat("(", 50_000)+"'"), "User:", "User|re:", 1),
		"a wide network": strings.Replace(value("'::/0'"), "User:", "User|cidr:", 1), "wildcards": value("'" + strings.Repeat("*?", 300) + "'"), "a windash of dashes": strings.Replace(value("'"+strings.Repeat(" -a", 40)+"'"), "User:", "User|windash|contains:", 1), "base64 of base64": strings.Replace(healthy, "User:", "User"+strings.Repeat("|base64", 40)+":", 1),
		"good, broken, good": healthyAs(2) + "---\ntitle: 'open\n---\n" + second, "broken, good": "a: b: c\n---\n" + second, "good, binary": second + "---\n\x01\x02\n", "good, null, good": second + "---\n---\n" + healthyAs(3), "good, end, text": second + "...\ntext behind\n",
		"merge conflict": strings.Replace(healthy, "level: medium\n", "<<<<<<< ours\nlevel: medium\n=======\nlevel: high\n>>>>>>> theirs\n", 1), "a template": strings.Replace(healthy, "linux", "{{ product }}", 1), "JSON": `{"title": "x", "detection": {"s": {"a": "\u001b[31m\ud800"}, "condition": "s"}}`, "XML": "<?xml version='1.0'?><a/>",
		"an action": "action: global\n" + healthy + "---\naction: repeat\n---\naction: \"\\e[1m\"\n", "a correlation of itself": "title: Me\nname: me\ncorrelation:\n  type: event_count\n  rules: [me, \"\\e[31m\"]\n  group-by: [a]\n  timespan: 99999999999999999999s\n  condition: {gte: 99999999999999999999999}\n",
		"a filter of everything": "title: F\nlogsource: {category: \"\\e[1m\"}\nfilter:\n  rules: any\n  s: {\"\": \"\"}\n  condition: not s\n",
	}
}

func allBytes() string {
	var b []byte
	for i := range 256 {
		b = append(b, byte(i))
	}
	return string(b)
}

// mixed gives the lines four kinds of ends in turn.
func mixed(text string) string {
	var b strings.Builder
	for i, line := range strings.Split(text, "\n") {
		b.WriteString(line + []string{"\n", "\r\n", "\r", "\u2028"}[i%4])
	}
	return b.String()
}

// mapBomb doubles a map by merge keys thirty times.
func mapBomb() string {
	text := "m0: &m0 {a: x, b: y}\n"
	for i := 1; i <= 30; i++ {
		text += fmt.Sprintf("m%d: &m%d {l: *m%d, r: *m%d, <<: *m%d}\n", i, i, i-1, i-1, i-1)
	}
	return text
}

// healthyAs is the healthy rule with another identity and another program.
func healthyAs(n int) string {
	return strings.NewReplacer("0f5b6c1e", fmt.Sprintf("%07df", n), "Process Listing By", fmt.Sprintf("Process Listing %d By", n), "/ps'", fmt.Sprintf("/tool%d'", n)).Replace(healthy)
}

// nastyBits are put into the healthy rule at random places, to fill the number of files.
var nastyBits = []string{"\x00", "\x1b[31m", "\u202e", "\xff", "\t", "'", "\"", "[", "{", ": ", "\n- ", "&a ", "*a ", "!!x ", "|\n", "\r", "\u2028", "---\n", "\ud7ff", "%", "@", "`", "#", "?", "\n\n<<: *a\n", "\\", "~"}

// hostileNames are names of files that a terminal or a format could trip over.
var hostileNames = []string{"new\nline.yml", "esc\x1b[31mape.yml", "bell\x07.yml", "bidi\u202elmy.yml", "invalid\xff\xfe.yml", "c1\u009b2J.yml", "quote\"'`.yml", "per%cent,comma;semi:colon.yml", "-rf.yml", " .yml", "back\\slash.yml", "&lt;xml>.yml", strings.Repeat("l", 251) + ".yml", "tab\t.YML", ".yml.yaml"}

// hostileTree writes the files and says how many they are.
func hostileTree(t *testing.T, dir string) (files int) {
	t.Helper()
	add := func(name, text string) {
		files++
		write(t, filepath.Join(dir, name), text)
	}
	for name, text := range hostileTexts() {
		add(strings.ReplaceAll(name, " ", "_")+".yml", text)
	}
	for i, name := range hostileNames {
		add(name, strings.Replace(healthyAs(1000+i), "level: medium", "level: \"hi\\e[31mgh\"", 1))
	}
	random := rand.New(rand.NewPCG(1, 2))
	for i := 0; files < hostileFiles; i++ {
		text := healthyAs(2000 + i)
		for range 1 + random.IntN(3) {
			at := random.IntN(len(text))
			text = text[:at] + nastyBits[random.IntN(len(nastyBits))] + text[at:]
		}
		add(fmt.Sprintf("random_%d.yml", i), text)
	}
	link(t, "loop.yml", filepath.Join(dir, "loop.yml"))
	link(t, "b.yml", filepath.Join(dir, "a.yml"))
	link(t, "a.yml", filepath.Join(dir, "b.yml"))
	link(t, "/dev/zero", filepath.Join(dir, "zero.yml"))
	link(t, dir, filepath.Join(dir, "again"))
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.yml"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"directory.yml", "dir\x1b[31m.yml"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name, "inside.yml"), healthyAs(3000+len(name)))
	}
	return files
}

// goodTree writes rules that have nothing wrong, and some that have.
func goodTree(t *testing.T, dir string) {
	t.Helper()
	for i := range 5 {
		write(t, filepath.Join(dir, fmt.Sprintf("good_%d.yml", i)), healthyAs(i+10))
	}
	write(t, filepath.Join(dir, "good_flawed.yml"), flawed)
}

// hostileRun lints a tree with all checks into a file of each format, in a process of its own.
func hostileRun(t *testing.T, dir, out string) (stdout string, code, peak int, took time.Duration) {
	t.Helper()
	args := []string{"lint", dir, "--select", "ALL", "--no-cache", "--no-config"}
	for _, f := range report.Formats {
		if f.Name != "text" {
			args = append(args, "--format", f.Name+"="+filepath.Join(out, f.Name))
		}
	}
	cmd := exec.Command("sigtune-measured", append(args, "--format", "text")...) // the test binary, see TestMain
	var text, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &text, &stderr
	start := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	hung := time.AfterFunc(4*hostileTime, func() { cmd.Process.Kill() })
	cmd.Wait()
	hung.Stop()
	took = time.Since(start)
	before, _, _ := strings.Cut(stderr.String(), peakMark)
	if before != "" {
		t.Errorf("stderr: %.2000q", before)
	}
	fmt.Sscanf(stderr.String()[strings.LastIndex(stderr.String(), peakMark)+1:], peakMark[1:]+"%d kB", &peak)
	return text.String(), cmd.ProcessState.ExitCode(), peak << 10, took
}

// findingsOfGood are the findings of the good files, as JSON has them.
func findingsOfGood(t *testing.T, path string) []any {
	t.Helper()
	var all struct{ Findings []map[string]any }
	if err := json.Unmarshal([]byte(read(t, path)), &all); err != nil {
		t.Fatal(err)
	}
	var out []any
	for _, f := range all.Findings {
		if name, _ := f["path"].(string); strings.HasPrefix(filepath.Base(name), "good_") {
			f["path"] = filepath.Base(name)
			delete(f, "related") // with paths of their directory
			out = append(out, f)
		}
	}
	return out
}

// rawControl finds the first character of an output that a terminal would act on.
func rawControl(text string) string {
	for i, r := range text {
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(text[i:]); n == 1 {
				return fmt.Sprintf("the byte %#x in %q", text[i], text[max(0, i-60):min(len(text), i+20)])
			}
		}
		if r < 0x20 && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f {
			return fmt.Sprintf("%U in %q", r, text[max(0, i-60):min(len(text), i+20)])
		}
	}
	return ""
}

// Two hundred hostile files beside good ones: each is a finding or nothing, the good ones are linted as if they were alone, and neither memory nor time
// nor the terminal suffers.
func TestHostileFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT MEASURED: memory and time on hostile files; they say nothing under the race detector. Run without -short.")
	}
	alone, beside, outAlone, outBeside := t.TempDir(), t.TempDir(), t.TempDir(), t.TempDir()
	goodTree(t, alone)
	goodTree(t, beside)
	files := hostileTree(t, beside)
	hostileRun(t, alone, outAlone)
	stdout, code, peak, took := hostileRun(t, beside, outBeside)
	t.Logf("%d files, %d MB, %v, exit code %d", files, peak>>20, took.Round(time.Millisecond), code)
	if files < hostileFiles {
		t.Errorf("%d hostile files", files)
	}
	if code != exitFailed {
		t.Errorf("exit code %d, want %d: links that lead nowhere cannot be read\n%.3000s", code, exitFailed, stdout)
	}
	if peak > hostileMemory || peak == 0 {
		t.Errorf("%d MB", peak>>20)
	}
	if took > hostileTime {
		t.Errorf("it took %v", took)
	}
	want, got := findingsOfGood(t, filepath.Join(outAlone, "json")), findingsOfGood(t, filepath.Join(outBeside, "json"))
	if len(want) == 0 || !reflect.DeepEqual(got, want) {
		t.Errorf("the good files have %d findings beside hostile ones, and %d alone", len(got), len(want))
	}
	if strings.Contains(stdout, "internal-error") || strings.Contains(stdout, "SIG0001") {
		at := strings.Index(stdout, "SIG0001")
		t.Errorf("a check failed: %s", stdout[max(0, at-200):min(len(stdout), at+600)])
	}
	if bad := rawControl(stdout); bad != "" {
		t.Errorf("text: %s", bad)
	}
	for _, f := range report.Formats {
		if f.Name == "text" {
			continue
		}
		if bad := rawControl(read(t, filepath.Join(outBeside, f.Name))); bad != "" {
			t.Errorf("%s: %s", f.Name, bad)
		}
	}
	follows(t, "lint.schema.json", read(t, filepath.Join(outBeside, "json")), nil)
}
