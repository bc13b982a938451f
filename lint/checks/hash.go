package checks

import (
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// hashCheck is SIG0520.
var hashCheck = &lint.Check{
	Code: "SIG0520", Name: "malformed-hash", Severity: lint.Warning, Profiles: rqs,
	Doc: lint.Doc{
		Title: "Value that is no hash",
		What:  "A value of `Hashes` or `Hash` with an unknown algorithm, or with hexadecimal digits of the wrong number or alphabet; likewise for fields that hold one hash. Silent for `contains` without `=`, for wildcards inside the digits and for `expand`.",
		Why:   "No file has this hash, so the item never matches; without digits it matches every file.",
		Bad:   onWindows("category: process_creation", "        Hashes|contains: 'MD5=5d41402abc4b2a76b9719d911017c59'\n"),
		Good:  onWindows("category: process_creation", "        Hashes|contains: 'MD5=5d41402abc4b2a76b9719d911017c592'\n"),
	},
	Document: checkHashes,
}

// hashDigits are the numbers of hexadecimal digits, by algorithm.
var hashDigits = map[string]int{"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128, "imphash": 32}

// notHexadecimal is a loop and no expression: rules hold thousands of hashes.
func notHexadecimal(r rune) bool {
	return !('0' <= r && r <= '9' || 'a' <= r && r <= 'f' || 'A' <= r && r <= 'F')
}

func checkHashes(p *lint.Pass) {
	s, ok := sourceOf(p.Document)
	if !ok {
		return
	}
	s.fields(func(_ *rules.Detection, i *rules.Item) {
		field := strings.ToLower(i.Field)
		digits, single := hashDigits[field]
		if !single && field != "hashes" && field != "hash" {
			return
		}
		for _, m := range i.Modifiers {
			if m.Name != "contains" && m.Name != "startswith" && m.Name != "endswith" && m.Name != "all" {
				return
			}
		}
		for _, t := range i.Tests {
			if t.Kind != rules.TextTest || t.Value.Kind != rules.TextValue {
				continue
			}
			wrong := ""
			if single {
				if plain, ok := t.Patterns[0].Plain(); ok && len(i.Modifiers) == 0 {
					wrong = wrongDigits(plain, field, digits)
				}
			} else {
				wrong = wrongHashes(t.Value.Text)
			}
			if wrong == "" {
				continue
			}
			p.Report(lint.Finding{
				Span:    t.Value.Node.Span,
				Message: fmt.Sprintf("`%s` is no hash for `%s`: %s", shorter(t.Value.Text), source.Shorten(i.Field), wrong),
				Help:    "write ALGORITHM=DIGITS, with 32 hexadecimal digits for MD5 and IMPHASH, 40 for SHA1, 64 for SHA256, 128 for SHA512",
			})
		}
	})
}

// wrongHashes says what is wrong with a list of ALGORITHM=DIGITS. Values without `=`, and digits with wildcards, are left alone.
func wrongHashes(value string) string {
	for _, part := range strings.Split(strings.Trim(value, "*,"), ",") {
		algorithm, digits, ok := strings.Cut(part, "=")
		if !ok {
			continue
		}
		n, known := hashDigits[strings.ToLower(strings.TrimSpace(algorithm))]
		if !known {
			return fmt.Sprintf("`%s` is no algorithm", shorter(algorithm))
		}
		switch wrong := wrongDigits(digits, algorithm, n); {
		case digits == "":
			return "without digits every event that lists this algorithm matches"
		case wrong != "" && !strings.ContainsAny(digits, "*?%"):
			return wrong
		}
	}
	return ""
}

func wrongDigits(digits, algorithm string, want int) string {
	switch {
	case strings.ContainsFunc(digits, notHexadecimal):
		return "there are other characters than 0-9 and a-f"
	case len(digits) != want:
		return fmt.Sprintf("%s has %d digits, not %d", strings.ToUpper(algorithm), want, len(digits))
	}
	return ""
}
