package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	lintreport "github.com/sigtune/sigtune/lint/report"
	"github.com/sigtune/sigtune/tuning"
	"github.com/sigtune/sigtune/tuning/report"
)

const (
	page    = "testdata/hunt/system-network-connections-discovery.txt"
	picture = "docs/images/tune.svg"
)

func main() {
	svg, err := draw(".")
	if err == nil {
		err = os.WriteFile(picture, svg, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

// draw runs the command below a root directory and gives its picture.
func draw(root string) ([]byte, error) {
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(page)))
	if err != nil {
		return nil, err
	}
	result, err := tuning.Tune(tuning.Input{Path: page, Text: string(text), Today: time.Now()})
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := report.Text(&out, result, lintreport.Colours()); err != nil {
		return nil, err
	}
	lines := []line{plain("$ go run ./cmd/sigtune tune " + page)}
	return render(append(lines, shorten(parse(out.String()))...)), nil
}

// shorten keeps what shows the answer: the head, what is said about the page, the first no-op, and the first filter with its best
// proposal. Everything else becomes one `…`.
func shorten(lines []line) []line {
	parts := []struct{ from, to string }{
		{"", "The rule, its indentation"},
		{"The page's KQL", "Scenario 1 of"},
		{"Scenario 1 of", "  note: "},
		{"Scenario 2 of", "  2. "},
		{"5 scenarios", ""},
	}
	var out []line
	at := 0
	for k, p := range parts {
		from := find(lines, at, p.from)
		to := find(lines, from+1, p.to)
		if p.to == "" {
			to = len(lines)
		}
		if from > at || k == 0 && from > 0 {
			out = append(trimmed(out), plain(""), line{{text: "…", class: "dim"}}, plain(""))
		}
		out = append(out, lines[from:to]...)
		at = to
	}
	return trimmed(out)
}

// find is the first line from start on that begins with a text; the end when there is none.
func find(lines []line, start int, text string) int {
	for i := start; i < len(lines); i++ {
		if strings.HasPrefix(lines[i].String(), text) {
			return i
		}
	}
	return len(lines)
}

func trimmed(lines []line) []line {
	for len(lines) > 0 && lines[len(lines)-1].String() == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}
