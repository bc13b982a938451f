package report

import "github.com/fatih/color"

// Palette colours the parts of an output. The zero value is plain text.
type Palette struct{ on bool }

// Colours is a palette that colours, whatever the process thinks of its terminal.
func Colours() Palette { return Palette{on: true} }

func (p Palette) paint(s string, attributes ...color.Attribute) string {
	if !p.on || s == "" {
		return s
	}
	c := color.New(attributes...)
	c.EnableColor()
	return c.Sprint(s)
}

// Bad is for errors and primary marks.
func (p Palette) Bad(s string) string { return p.paint(s, color.FgRed, color.Bold) }

// Warn is for warnings.
func (p Palette) Warn(s string) string { return p.paint(s, color.FgYellow, color.Bold) }

// Note is for infos and secondary marks.
func (p Palette) Note(s string) string { return p.paint(s, color.FgCyan) }

// Good is for what is fine, and for added lines.
func (p Palette) Good(s string) string { return p.paint(s, color.FgGreen) }

// Dim is for what frames the content.
func (p Palette) Dim(s string) string { return p.paint(s, color.Faint) }

// Strong is for headings.
func (p Palette) Strong(s string) string { return p.paint(s, color.Bold) }
