package report

import (
	"encoding/xml"
	"io"
	"strings"

	"github.com/sigtune/sigtune/rules/source"
)

// encodeXML prints a value as indented XML with its declaration.
func encodeXML(w io.Writer, value any) error {
	text, err := xml.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, xml.Header+string(text)+"\n")
	return err
}

// xmlText makes a text fit for XML: what XML 1.0 forbids is what nobody can see anyhow, and two code points that are no characters.
func xmlText(s string) string {
	return strings.NewReplacer("\ufffe", "<U+FFFE>", "\uffff", "<U+FFFF>").Replace(visible(s))
}

// xmlPath is a path for an attribute.
func (o Options) xmlPath(name string) string { return xmlText(source.Visible(o.relative(name))) }
