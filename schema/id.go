package schema

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/sigtune/sigtune/rules/source"
)

var uuidForm = regexp.MustCompile(`^(?:urn:uuid:)?\{?([0-9a-f]{8})(-?)([0-9a-f]{4})(-?)([0-9a-f]{4})(-?)([0-9a-f]{4})(-?)([0-9a-f]{12})\}?$`)

// canonicalUUID reads a UUID in any common form: capitals, braces, `urn:uuid:`, without hyphens.
func canonicalUUID(text string) (string, bool) {
	text = strings.ToLower(strings.TrimSpace(text))
	m := uuidForm.FindStringSubmatch(text)
	if m == nil || m[2] != m[4] || m[4] != m[6] || m[6] != m[8] || strings.Contains(text, "{") != strings.Contains(text, "}") {
		return "", false
	}
	return strings.Join([]string{m[1], m[3], m[5], m[7], m[9]}, "-"), true
}

// identifier explains an id that is no UUID in canonical form.
func identifier(kind string) explanation {
	return func(v *violation) *Problem {
		n := v.node
		switch {
		case blank(n):
			return v.empty()
		case n.Kind != source.Scalar:
			return v.problem(WrongType, fmt.Sprintf("`%s` is %s, not a UUID", v.name(), shape(n)), "write one UUID")
		}
		if canonical, ok := canonicalUUID(n.Value); ok {
			return v.problem(IDNotCanonical, fmt.Sprintf("%s is not the canonical form of this UUID", written(n)), "write `"+canonical+"`").
				fixed(v, "write `"+canonical+"`", true, rewrite(v.doc.File, n, canonical))
		}
		return v.problem(kind, fmt.Sprintf("`%s` %s is not a UUID%s", v.name(), written(n), uuidFlaw(n.Value)),
			"write a UUID, 32 hexadecimal digits as in `xxxxxxxx-xxxx-4xxx-xxxx-xxxxxxxxxxxx`")
	}
}

const uuidDigits = 32

// uuidFlaw says what keeps a text that is grouped like a UUID from being one.
func uuidFlaw(text string) string {
	if strings.Count(text, "-") != 4 {
		return ""
	}
	digits := strings.ReplaceAll(strings.ToLower(text), "-", "")
	for _, r := range digits {
		if !strings.ContainsRune("0123456789abcdef", r) {
			return ": " + quoted(string(r)) + " is no hexadecimal digit"
		}
	}
	if len(digits) != uuidDigits {
		return fmt.Sprintf(": it has %d digits instead of %d", len(digits), uuidDigits)
	}
	return ": its groups are not 8-4-4-4-12 digits"
}
