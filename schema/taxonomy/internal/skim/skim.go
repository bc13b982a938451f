package skim

import (
	"regexp"
	"strings"
)

// Rule is a rule's log source and the distinct field names of its detections, in the order of the text.
type Rule struct {
	Product, Category, Service string
	Fields                     []string
}

// entry is `key:` or `- key:` with an optional value; the key may be quoted and may carry modifiers.
var entry = regexp.MustCompile(`^( *)((?:- +)*)('[^']+'|"[^"]+"|[^\s'"#-](?:[^:#]|:[^ ])*?):(?: +(.*))?$`)

// Read scans one rule. It reports false when the text has no detection.
func Read(text string) (Rule, bool) {
	var (
		rule       Rule
		section    string
		identifier = -1 // indentation of the search identifiers
		skipDeeper = -1 // inside a block scalar: lines deeper than this are text
		found      bool
		seen       = map[string]bool{}
	)
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimRight(line, " \r")
		trimmed := strings.TrimLeft(line, " ")
		if trimmed == "" || trimmed[0] == '#' {
			continue
		}
		indent := len(line) - len(trimmed)
		if skipDeeper >= 0 {
			if indent > skipDeeper {
				continue
			}
			skipDeeper = -1
		}
		m := entry.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		key := strings.Trim(m[3], `'"`)
		value := m[4]
		if cut := strings.Index(value, " #"); cut >= 0 {
			value = strings.TrimSpace(value[:cut])
		}
		if value == "|" || value == ">" || value == "|-" || value == ">-" {
			skipDeeper = indent
		}
		if indent == 0 {
			section, identifier = key, -1
			found = found || key == "detection"
			continue
		}
		value = strings.Trim(value, `'"`)
		switch section {
		case "logsource":
			switch key {
			case "product":
				rule.Product = value
			case "category":
				rule.Category = value
			case "service":
				rule.Service = value
			}
		case "detection":
			if identifier < 0 {
				identifier = indent
			}
			if indent == identifier && m[2] == "" {
				continue
			}
			name, _, _ := strings.Cut(key, "|")
			if name != "" && !seen[name] {
				seen[name] = true
				rule.Fields = append(rule.Fields, name)
			}
		}
	}
	return rule, found
}
