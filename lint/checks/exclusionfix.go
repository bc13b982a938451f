package checks

import (
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// placeFix ties the values of an item to the directory that was meant, nil where that cannot be named for all of them: the modifier is one for
// all values.
func placeFix(x *exclusions, i *excluded, kind place) *source.Fix {
	switch kind {
	case besideProtected:
		return separators(i)
	case copiedTree:
		return anchor(i, "startswith", "anchor it with the drive", func(text string) string {
			for _, root := range [][2]string{
				{`\windows\`, `C:`}, {`\program files\`, `C:`}, {`\program files (x86)\`, `C:`}, {`\system32\`, `C:\Windows`}, {`\syswow64\`, `C:\Windows`}, {`\winsxs\`, `C:\Windows`},
			} {
				if strings.HasPrefix(strings.ToLower(text), root[0]) {
					return root[1] + text
				}
			}
			return ""
		})
	case vendorDirectory:
		return anchor(i, "startswith", "anchor it below `C:\\Program Files\\`", func(text string) string {
			if v := (pathValue{platform: x.platform}); strings.HasPrefix(text, `\`) && strings.Count(text, `\`) > 1 && !containsAny(strings.ToLower(text), append(v.fragments(), `\programdata\`)) {
				return `C:\Program Files` + text
			}
			return ""
		})
	case bareFile:
		return anchor(i, "", "write the full path", func(text string) string {
			for _, f := range x.platform.ServiceParents {
				if strings.HasPrefix(text, x.platform.Separator) && strings.HasSuffix(strings.ToLower(f.Value), strings.ToLower(text)) && strings.Count(text, x.platform.Separator) == 1 {
					return f.Value
				}
			}
			return ""
		})
	}
	return nil
}

// separators ends every bare protected directory of an item with a separator.
func separators(i *excluded) *source.Fix {
	fix := &source.Fix{Title: "add the separator"}
	for k, t := range i.Tests {
		if i.places[k].place != besideProtected {
			continue
		}
		n := t.Value.Node
		if !editable(n) {
			return nil
		}
		for _, token := range t.Patterns[0] {
			if token.Kind != rules.Literal {
				continue
			}
			separator := `\`
			if token.End < len(n.Value) {
				separator = `\\` // before a wildcard: one would make it a literal star
			}
			if n.Style == source.DoubleQuoted {
				separator = strings.Repeat(separator, 2)
			}
			at := n.Range(token.End, token.End).Start
			fix.Edits = append(fix.Edits, source.Edit{Span: source.Span{Start: at, End: at}, New: separator})
			break
		}
	}
	return fix
}

// anchor writes a longer text for every value of an item and another modifier, none for exact values. It is nil unless every value gets one.
func anchor(i *excluded, modifier, title string, longer func(text string) string) *source.Fix {
	if i.All || !editable(i.Key) || len(i.Modifiers) != 1 || i.Modifiers[0].Name == modifier {
		return nil
	}
	name, _, end, ok := shapeOf(i.Item)
	if !ok || name == "startswith" || modifier == "" && end {
		return nil
	}
	fix := &source.Fix{Title: title}
	m := i.Modifiers[0].Span
	if modifier == "" {
		fix.Edits = append(fix.Edits, source.Edit{Span: source.Span{Start: m.Start - 1, End: m.End}})
	} else {
		fix.Edits = append(fix.Edits, source.Edit{Span: m, New: modifier})
	}
	for _, t := range i.Tests {
		n := t.Value.Node
		text := longer(n.Value)
		if text == "" || !editable(n) || n.Style == source.DoubleQuoted {
			return nil
		}
		fix.Edits = append(fix.Edits, source.Edit{Span: n.Span, New: source.Quote(text)})
	}
	return fix
}
