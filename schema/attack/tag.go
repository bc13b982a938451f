package attack

import "strings"

// Tag is a tag taken apart at its first dot.
type Tag struct {
	Text      string // as written
	Namespace string // "attack"
	Name      string // "t1059.001"
}

// nameStart is the byte offset of the name in Text.
func (t Tag) nameStart() int { return len(t.Namespace) + 1 }

// ParseTag splits a tag `namespace.name` at its first dot. It is false when the text does not have the general
// form of a tag in either case: letters, digits, `_` and `-`, dots, no empty part; the parts are then whatever
// stands before and after the first dot.
func ParseTag(text string) (Tag, bool) {
	tag := Tag{Text: text, Namespace: text}
	dot := strings.IndexByte(text, '.')
	if dot >= 0 {
		tag.Namespace, tag.Name = text[:dot], text[dot+1:]
	}
	_, _, bad := badPart(text)
	return tag, !bad && dot >= 0
}

// Techniques returns the ATT&CK ids ("T1059.001") of the technique tags in the list, known to a table or not, in
// their order, each once.
func Techniques(tags []string) []string {
	var ids []string
	for _, text := range tags {
		tag, ok := ParseTag(strings.ToLower(text))
		if !ok || tag.Namespace != attackNamespace {
			continue
		}
		if id, ok := parseID(tag.Name); ok && id.kind == Technique {
			ids = append(ids, strings.ToUpper(tag.Name))
		}
	}
	return unique(ids)
}

// badPart finds the first run of characters that a tag cannot hold, or the dot beside an empty part.
func badPart(text string) (start, end int, bad bool) {
	for i := 0; i < len(text); i++ {
		if tagByte(text[i]) {
			continue
		}
		end = i
		for end < len(text) && !tagByte(text[end]) && text[end] != '.' {
			end++
		}
		if text[i] != '.' {
			return i, end, true
		}
		if i == 0 || i == len(text)-1 || text[i-1] == '.' {
			return i, i + 1, true
		}
	}
	return 0, len(text), text == ""
}

func tagByte(c byte) bool { return isLetter(c) || isDigit(c) || c == '_' || c == '-' }

// lower folds ASCII capitals; other characters are not legal in a tag anyway and keep their length.
func lower(text string) string {
	for i := 0; i < len(text); i++ {
		if isUpper(text[i]) {
			b := []byte(text)
			for ; i < len(b); i++ {
				if isUpper(b[i]) {
					b[i] += 'a' - 'A'
				}
			}
			return string(b)
		}
	}
	return text
}

// capitals is the span from the first to the last capital letter of the text.
func capitals(text string) (start, end int, found bool) {
	for i := 0; i < len(text); i++ {
		if isUpper(text[i]) {
			if !found {
				start, found = i, true
			}
			end = i + 1
		}
	}
	return start, end, found
}
