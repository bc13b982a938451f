package scenario

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed system32.txt
var systemTable string

// systemPrograms are the programs that Windows itself brings, below C:\Windows\.
var systemPrograms = sync.OnceValue(func() map[string]bool {
	set := map[string]bool{}
	for _, line := range strings.Split(systemTable, "\n") {
		if !strings.HasPrefix(line, "#") {
			for _, name := range strings.Fields(line) {
				set[strings.ToLower(name)] = true
			}
		}
	}
	return set
})

// WindowsProgram reports a base name, with or without .exe, of a program that Windows itself brings.
func WindowsProgram(name string) bool { return systemPrograms()[fileKey(name)] }

// DisplayName reports that the value names a product rather than a file: what the product leaves in events has to be looked up.
func (v Value) DisplayName() bool {
	switch v.Shape {
	case ShapeFileName, ShapePath, ShapeDirectory, ShapeGlob:
		return false
	}
	return v.Product != ""
}

// Tool reports the name of a command that people write without a path, and that is no English word.
func Tool(word string) bool {
	_, plain := isTool(word)
	return plain
}

// Interpreter reports a program that does what its arguments say: as a parent it says nothing.
func Interpreter(name string) bool { return interprets(name) }

// Cmdlet reports the name of a PowerShell function: Verb-Noun.
func (v Value) Cmdlet() bool { return isCmdlet(v.Text) }

// CamelCase reports a capital behind a small letter, as in the names of programs.
func (v Value) CamelCase() bool { return inCamelCase(v.Text) }

// Called reports the product's name or one of its other names; the file name of one of its programs is none.
func (p Product) Called(name string) bool {
	for _, n := range append([]string{p.Name}, p.Aliases...) {
		if strings.EqualFold(n, name) {
			return true
		}
	}
	return false
}

// Named reports a word that is no word of the vocabulary and does not describe others: in a name of several words, one that can stand alone.
func Named(word string) bool {
	key := keyOf(word)
	if _, known := lookup(key); known || stopWords[key] || genericModifier(key) || describing(key) {
		return false
	}
	return true
}

// noise are words of notes that name nothing: what such a note is about is what is left.
var noise = wordSet("found again also already bug case cases change changed check condition description detection documentation due entries entry error event events filename first format fp fps generic " +
	"improve improved improvement improvements issue issues list logic minor missing more multiple name names naming new noise optional order path paths pattern patterns possible related rule rules second " +
	"selection small some string strings style syntax test tests title tune tuned tuning tweak typo typos update updated updates value values wording work legitimate legit valid known common default via app " +
	"tool tools software program programs product utility application process processes binary binaries executable service services agent client server installer updater update uninstaller scanner " +
	"false positive positives alarm alarms inc ltd corp gmbh caused causing due triggered generated activity activities reduce reduces reducing include includes whitelist allowlist exclusion exclusions folder folders directory installation setup startup " +
	"background engine desktop module component plugin driver drivers dll dlls library libraries browser extension helper console suite platform antivirus av edr vpn backup registry file network event")

// Content are the words of a note that say something: no verb of exclusion, no small word, none that describes others.
func Content(text string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\n,;:.()\"'`", r) }) {
		key := keyOf(w)
		e, known := lookup(key)
		switch {
		case key == "" || stopWords[key] || noise[key]:
		case known && (e.kind == verbPhrase || e.kind == fillerPhrase || e.kind == determinerPhrase || e.kind == prepositionPhrase || e.kind == nounPhrase ||
			e.kind == openPhrase && !e.negated || e.kind == opPhrase && e.op == Is && !e.negated):
		default:
			out = append(out, w)
		}
	}
	return out
}

// Notes reports a text that begins or ends as a note on a false positive does: "FP with x", "filter x", "x filter".
func Notes(text string) bool {
	words := strings.Fields(text)
	if len(words) < 2 {
		return false
	}
	for _, w := range words {
		key := keyOf(strings.Trim(w, ":.,()"))
		if key == "fp" || key == "fps" || key == "filter" || key == "filters" || exclusionVerbs[key] || key == "false" {
			return true
		}
	}
	return false
}
