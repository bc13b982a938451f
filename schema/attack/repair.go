package attack

import "strings"

// repairTag guesses the tag that a misshapen text stands for: `attack t1059`, `attack..t1059`, `t1059`,
// `tlp:red`. A guess counts only when it has nothing wrong with it; "" when there is none.
func (r *reading) repairTag(text string) string {
	text = strings.Trim(text, " \t.,;#'\"")
	for _, guess := range []string{
		separated(text),
		attackNamespace + "." + hyphenated(text),
		detectionNamespace + "." + hyphenated(text),
		namespaced(text),
	} {
		if r.faultless(guess) {
			return guess
		}
	}
	return ""
}

// separated joins the parts of text with single dots where dots, colons or slashes stand, blanks become hyphens.
func separated(text string) string {
	parts := strings.FieldsFunc(text, func(c rune) bool { return c == '.' || c == ':' || c == '/' || c == '|' })
	for i := range parts {
		parts[i] = hyphenated(strings.TrimSpace(parts[i]))
	}
	return strings.Join(parts, ".")
}

// namespaced takes what stands before the first separator as the namespace: `attack t1059`, `cve-2021-44228`.
func namespaced(text string) string {
	at := strings.IndexAny(text, " _-:/")
	if at < 0 {
		return text
	}
	return text[:at] + "." + hyphenated(strings.TrimSpace(text[at+1:]))
}

// hyphenated writes hyphens for blanks and for the plus sign of TLP:AMBER+STRICT.
func hyphenated(text string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(text), "-"), "+", "-")
}

// faultless reports whether a tag stands alone without an issue of its own, but for a TLP label the site does not use.
func (r *reading) faultless(tag string) bool {
	_, ok := ParseTag(tag)
	if !ok {
		return false
	}
	alone := read([]string{tag}, r.Context)
	alone.judge(0)
	for _, issue := range alone.issues {
		if issue.Problem != TLPNotAllowed {
			return false
		}
	}
	return true
}
