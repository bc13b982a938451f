package scenario

import "strings"

// ruleKeys are the top-level keys of a Sigma rule. They mark lines as rule text even when indentation is lost.
var ruleKeys = wordSet("title id related name status taxonomy description references author date modified tags " +
	"logsource detection falsepositives level license scope fields correlation")

// proofKeys are keys that prose does not have at the start of a line; one of them makes a `title:` a rule.
var proofKeys = wordSet("logsource detection correlation")

// key of a "key: value" line, "" when the line is none.
func yamlKey(text string) string {
	text = strings.TrimSpace(text)
	colon := strings.IndexByte(text, ':')
	if colon <= 0 || (colon+1 < len(text) && text[colon+1] != ' ' && text[colon+1] != '\t') {
		return ""
	}
	name := text[:colon]
	for i := 0; i < len(name); i++ {
		if !isWordByte(name[i]) && strings.IndexByte("|-.*'\"@{}$", name[i]) < 0 {
			return ""
		}
	}
	return name
}

// isRuleLine says whether a line looks like YAML: a key, a list item or a comment.
func isRuleLine(text string) bool {
	trimmed := strings.TrimSpace(text)
	return yamlKey(trimmed) != "" || strings.HasPrefix(trimmed, "- ") || trimmed == "-" ||
		strings.HasPrefix(trimmed, "#") || trimmed == "---"
}

// startsRule says whether line i opens a rule: a `title:` (or another rule key) with a logsource or detection
// below it, before the next scenario.
func (r *reader) startsRule(i int) bool {
	text := strings.TrimSpace(r.lines[i].text)
	key := yamlKey(text)
	return (ruleKeys[key] || text == "---") && (proofKeys[key] || r.proof(i+1))
}

// proof says whether a logsource or detection key comes at or after line i, before a scenario, a fence or another
// title. All lines are decided at once, from the last.
func (r *reader) proof(i int) bool {
	if r.proofs == nil {
		r.proofs = make([]bool, len(r.lines)+1)
		for j := len(r.lines) - 1; j >= 0; j-- {
			key := yamlKey(r.lines[j].text)
			name, _ := splitLabel(r.lines[j].text)
			stop := name == "scenario" || key == "title" || isFence(r.lines[j].text)
			r.proofs[j] = proofKeys[key] || !stop && r.proofs[j+1]
		}
	}
	return r.proofs[i]
}

// endsRule says whether line i is prose after a rule: it looks like no YAML, stands at the margin, a blank line is
// before it, and the rule already has its detection.
func (r *reader) endsRule(i int) bool {
	l := r.lines[i]
	if blank(l.text) || i == 0 || !blank(r.lines[i-1].text) || l.text[0] == ' ' || l.text[0] == '\t' {
		return false
	}
	if isRuleLine(l.text) && (bullet(l.text) == 0 || !isTitleLine(l.text)) {
		return false
	}
	return r.condition
}

// falsePositives reads the entries of the rule's own falsepositives key, with or without indentation.
func falsePositives(text string, rule Section) []Scenario {
	var list []Scenario
	inside := false
	for _, l := range splitLines(rule.Text) {
		key := yamlKey(l.text)
		trimmed := strings.TrimLeft(l.text, " \t")
		indent := len(l.text) - len(trimmed)
		switch {
		case key == "falsepositives":
			inside = true
			if value := strings.IndexByte(l.text, ':') + 1; !blank(l.text[value:]) {
				list = appendEntry(list, text, rule.Span.Start+l.start+value, rule.Span.Start+l.end)
			}
		case inside && strings.HasPrefix(trimmed, "- "):
			list = appendEntry(list, text, rule.Span.Start+l.start+indent+2, rule.Span.Start+l.end)
		case inside && ruleKeys[key] && indent == 0:
			inside = false
		case inside && !blank(l.text) && len(list) > 0 && !strings.HasPrefix(trimmed, "#"):
			entry := &list[len(list)-1].Text
			*entry = sectionOf(text, Span{entry.Span.Start, rule.Span.Start + l.end})
		}
	}
	return list
}

func appendEntry(list []Scenario, text string, start, end int) []Scenario {
	body := sectionOf(text, Span{start, end})
	if n := len(body.Text); n >= 2 && (body.Text[0] == '\'' || body.Text[0] == '"') && body.Text[n-1] == body.Text[0] {
		body = sectionOf(text, Span{body.Span.Start + 1, body.Span.End - 1})
	}
	if body.Empty() {
		return list
	}
	return append(list, Scenario{Text: body})
}

// queryTables are table and function names that open a KQL query, beside the general forms im* and Device*Events.
var queryTables = wordSet("SecurityEvent Event Syslog CommonSecurityLog SigninLogs AuditLogs WindowsEvent OfficeActivity " +
	"AzureActivity DnsEvents W3CIISLog AWSCloudTrail GCPAuditLogs IdentityLogonEvents EmailEvents CloudAppEvents union let search")

// startsQuery says whether line i opens a query: a table name followed by a pipe there or on the next line, or a
// Splunk search.
func (r *reader) startsQuery(i int) bool {
	text := strings.TrimSpace(r.lines[i].text)
	if r.query != (Span{}) && r.query.Start == r.query.End && r.query.Start == r.lines[i].start {
		return true // announced by a heading
	}
	if strings.HasPrefix(text, "index=") || strings.HasPrefix(text, "| tstats") || strings.HasPrefix(text, "search index=") {
		return true
	}
	word := leadingWord(text)
	if word == "" {
		return false
	}
	rest := strings.TrimSpace(text[len(word):])
	switch {
	case strings.HasPrefix(rest, "|") && !strings.HasPrefix(rest, "|-") && yamlKey(text) == "":
		return true
	case word == "let":
		return strings.Contains(rest, "=")
	case rest == "" || (isTableName(word) && yamlKey(text) == ""):
		return strings.HasPrefix(strings.TrimSpace(r.after(i)), "|") || (rest == "" && isTableName(word))
	}
	return false
}

func isTableName(word string) bool {
	const asim = "im"
	return queryTables[word] || (strings.HasPrefix(word, "Device") && len(word) > len("Device")) ||
		strings.HasPrefix(word, "_Im_") || (strings.HasPrefix(word, asim) && len(word) > 3 && word[2] >= 'A' && word[2] <= 'Z')
}

// endsQuery says whether line i stands after the query: prose at the margin after a blank line.
func (r *reader) endsQuery(i int) bool {
	l := r.lines[i]
	if blank(l.text) || i == 0 || !blank(r.lines[i-1].text) {
		return false
	}
	text := strings.TrimSpace(l.text)
	return !strings.HasPrefix(text, "|") && !strings.HasPrefix(text, "//") && !isTableName(leadingWord(text))
}

func languageOf(text, next string) Language {
	text, next = strings.TrimSpace(text), strings.TrimSpace(next)
	switch {
	case strings.HasPrefix(text, "index=") || strings.HasPrefix(text, "search index=") || strings.HasPrefix(text, "| tstats"):
		return SPL
	case isTableName(leadingWord(text)), strings.Contains(text, "| where "), strings.HasPrefix(next, "| where "):
		return KQL
	}
	return UnknownLanguage
}

// leadingWord is the identifier at the start of the text.
func leadingWord(text string) string {
	i := 0
	for i < len(text) && isWordByte(text[i]) {
		i++
	}
	return text[:i]
}

func isWordByte(b byte) bool {
	return b == '_' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9'
}
