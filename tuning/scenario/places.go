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
