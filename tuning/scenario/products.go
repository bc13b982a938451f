package scenario

import (
	_ "embed"
	"strings"
	"sync"
)

// Product is what one product leaves in process events on one platform, in a default installation.
type Product struct {
	Name       string
	Aliases    []string // other names, display names included
	Platform   string   // "linux", "windows", "macos"
	Kind       string   // scheduler, init, agent, scanner, updater, … : for the reader, and for launcher questions
	Images     []string // whole paths of its programs; a * stands for a version
	Names      []string // base names of its programs
	Parents    []string // base names that events show as parent of what the product starts; empty: any of Names
	Directory  []string // where it is installed, with the trailing separator
	Confidence Confidence
	Note       string   // what to know before filtering on it
	Sources    []string // where the places and names are documented: by the vendor, or by those who looked at a default installation
	ParentsAt  []string // where Parents are documented
}

// Confidence says how sure a row of the product table is.
type Confidence string

// The confidences. Sure: documented and the same in all current versions. Likely: the default of recent versions.
// Check: versions or packages differ, or no source was found for the place, which then is left out; ask for an event before relying on it.
const (
	Sure   Confidence = "sure"
	Likely Confidence = "likely"
	Check  Confidence = "check"
)

//go:embed products.tsv
var productTable string

//go:embed tools.txt
var toolTable string

type productIndex struct {
	rows    []Product
	byAlias map[string]string // key of an alias → product name
	byName  map[string][]int  // product name → rows
	byFile  map[string][]int  // base name without .exe → rows that list it as a program or parent
}

var products = sync.OnceValue(func() productIndex {
	index := productIndex{byAlias: map[string]string{}, byName: map[string][]int{}, byFile: map[string][]int{}}
	for _, line := range strings.Split(productTable, "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		const columns = 12
		c := strings.Split(strings.TrimSuffix(line, "\r"), "\t")
		for len(c) < columns {
			c = append(c, "")
		}
		p := Product{Name: c[0], Platform: c[1], Kind: c[2], Aliases: list(c[3]), Images: list(c[4]), Names: list(c[5]), Parents: list(c[6]),
			ParentsAt: list(c[7]), Directory: list(c[8]), Confidence: Confidence(c[9]), Note: c[10], Sources: list(c[11])}
		n := len(index.rows)
		index.rows = append(index.rows, p)
		index.byName[p.Name] = append(index.byName[p.Name], n)
		for _, alias := range append([]string{p.Name}, p.Aliases...) {
			for _, key := range []string{squeeze(alias), spaced(alias)} {
				if index.byAlias[key] == "" {
					index.byAlias[key] = p.Name
				}
			}
		}
		seen := map[string]bool{}
		for _, file := range append(append([]string{}, p.Names...), p.Parents...) {
			if key := fileKey(file); !seen[key] {
				seen[key] = true
				index.byFile[key] = append(index.byFile[key], n)
			}
		}
	}
	return index
})

func list(cell string) []string {
	if cell == "" {
		return nil
	}
	parts := strings.Split(cell, ";")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

// fileKey is a base name in lower case without .exe.
func fileKey(file string) string {
	file = strings.ToLower(file)
	if i := strings.LastIndexAny(file, `\/`); i >= 0 {
		file = file[i+1:]
	}
	return strings.TrimSuffix(file, ".exe")
}

// Products returns the whole table, in the order of the file. The rows are shared and must not be changed.
func Products() []Product { return products().rows }

// LookupProduct returns the rows of the product that the text names by its name, an alias, or the base name or path
// of one of its programs. platform selects rows; "" takes all. An unknown text has no rows.
func LookupProduct(text, platform string) []Product {
	index := products()
	var rows []int
	if name := productByKey(spaced(text)); name != "" {
		rows = index.byName[name]
	} else {
		rows = index.byFile[fileKey(text)]
	}
	var found []Product
	for _, i := range rows {
		if p := index.rows[i]; platform == "" || p.Platform == platform {
			found = append(found, p)
		}
	}
	return found
}

func productByKey(key string) string { return products().byAlias[key] }

func productOf(text string) string { return productByKey(spaced(text)) }

// launcherKinds are the kinds of products that start other programs for a living.
var launcherKinds = wordSet("scheduler init config monitoring rotation package-manager ci management container")

// launches says whether the text names a program that usually is the parent in events, not the process.
func launches(text string) bool {
	for _, p := range LookupProduct(text, "") {
		if launcherKinds[p.Kind] {
			return true
		}
	}
	return false
}

// interprets says whether the text names an interpreter or another program that does what its arguments say.
func interprets(text string) bool {
	for _, p := range LookupProduct(text, "") {
		if p.Kind == "interpreter" {
			return true
		}
	}
	return false
}

// tools are names of commands, true when the name is no English word as well.
var tools = sync.OnceValue(func() map[string]bool {
	set := map[string]bool{}
	for _, line := range strings.Split(toolTable, "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for _, word := range strings.Fields(line) {
			name, english := strings.CutSuffix(word, "?")
			set[name] = !english
		}
	}
	return set
})

// isTool says whether the word names a command; plain is false when it is an ordinary English word too.
func isTool(word string) (known, plain bool) {
	if plain, known = tools()[word]; known {
		return known, plain
	}
	plain = tools()[strings.ToLower(word)] // "Netstat", "PsExec"; "Last" is the English word
	return plain, plain
}
