package main

import (
	"bytes"
	"fmt"
	"strings"

	lintreport "github.com/sigtune/sigtune/lint/report"
)

// run is text in one style; line is a line of the terminal.
type (
	run  struct{ text, class string }
	line []run
)

func plain(text string) line { return line{{text: text}} }

func (l line) String() string {
	var b strings.Builder
	for _, r := range l {
		b.WriteString(r.text)
	}
	return b.String()
}

// styles are the codes that lint/report.Palette writes, and their class in the picture.
var styles = map[string]string{"1": "bold", "2": "dim", "31": "red", "32": "green", "33": "yellow", "36": "cyan"}

// parse reads text with escape codes. A code that Palette does not write would be a mistake here, so it ends the program.
func parse(text string) []line {
	var out []line
	for _, raw := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		var l line
		class := ""
		for k, part := range strings.Split(raw, "\x1b[") {
			if k > 0 {
				codes, rest, _ := strings.Cut(part, "m")
				class, part = classOf(codes), rest
			}
			if part != "" {
				l = append(l, run{part, class})
			}
		}
		out = append(out, l)
	}
	return out
}

func classOf(codes string) string {
	var classes []string
	for _, code := range strings.Split(codes, ";") {
		switch class, known := styles[code]; {
		case known:
			classes = append(classes, class)
		case code != "0" && code != "22": // what ends a style
			panic("unknown terminal code " + code)
		}
	}
	return strings.Join(classes, " ")
}

// Sizes in pixels: 13 px is what code has on GitHub, a cell of a monospaced font is about 0.6 as wide as high.
const (
	fontSize   = 13
	cellWidth  = 7.8
	lineHeight = 18
	margin     = 16
)

const head = `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%d" viewBox="0 0 %.0[1]f %[2]d" role="img">
<title>sigtune tune on a hunting page</title>
<style>
text { font: %dpx ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #d4d4d4; white-space: pre }
.bold { font-weight: bold; fill: #ffffff } .dim { fill: #8b949e } .red { fill: #ff7b72 } .green { fill: #7ee787 } .yellow { fill: #e3b341 } .cyan { fill: #79c0ff }
</style>
<rect width="100%%" height="100%%" rx="8" fill="#0d1117"/>
`

// render draws lines as text, each as wide as its cells whatever font the reader has.
func render(lines []line) []byte {
	columns := 0
	for _, l := range lines {
		columns = max(columns, lintreport.Width(l.String()))
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, head, float64(columns)*cellWidth+2*margin, len(lines)*lineHeight+2*margin, fontSize)
	for k, l := range lines {
		if l.String() == "" {
			continue
		}
		fmt.Fprintf(&b, `<text x="%d" y="%d" textLength="%.1f" xml:space="preserve">`, margin, margin+(k+1)*lineHeight-5, float64(lintreport.Width(l.String()))*cellWidth)
		for _, r := range l {
			if r.class == "" {
				b.WriteString(escape(r.text))
			} else {
				fmt.Fprintf(&b, `<tspan class="%s">%s</tspan>`, r.class, escape(r.text))
			}
		}
		b.WriteString("</text>\n")
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace
