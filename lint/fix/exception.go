package fix

import (
	"slices"
	"strings"
)

// exception is what the safe fix of a check may change in the meaning of a document, and why that is safe all the same.
type exception struct {
	parts    []string            // parts of the model, by their first step
	field    func(string) string // two field names are equal when this makes them so
	text     func(string) string // two texts of an attribute are equal when this makes them so
	comments bool                // the fix is about comments
	why      string
}

// exceptions are the three kinds that the catalogue knows: a document that could not be loaded before and has one reading only, and
// metadata that lose a redundancy or gain what follows from the rest. Everything that is not listed has to leave the model as it is.
var exceptions = map[string]exception{
	"wrong-attribute-type": {parts: []string{"references", "tags", "falsepositives", "fields", "scope"}, why: "a text in place of a list does not load, and one entry is its only reading"},
	"invalid-status":       {parts: []string{"status"}, why: "the status does not load, and only its letter case or outer blanks differ from a valid one"},
	"invalid-level":        {parts: []string{"level"}, why: "the level does not load, and only its letter case or outer blanks differ from a valid one"},
	"legacy-date-format":   {parts: []string{"date", "modified"}, why: "the same day"},
	"id-not-canonical":     {parts: []string{"id"}, why: "the same UUID"},
	"modified-equals-date": {parts: []string{"modified"}, why: "the day stands under `date`"},
	"untidy-title":         {parts: []string{"title"}, text: words, why: "only blanks"},
	"duplicate-list-entry": {parts: []string{"references", "fields", "falsepositives", "scope"}, why: "the entry stands in the list"},
	"related-self":         {parts: []string{"related"}, why: "every rule is related to itself"},
	"related-duplicate":    {parts: []string{"related"}, why: "the entry stands in the list"},

	"tag-not-lowercase":          {parts: []string{"tags"}, why: "tags are lower case"},
	"duplicate-tag":              {parts: []string{"tags"}, why: "the tag stands in the list"},
	"revoked-attack-tag":         {parts: []string{"tags"}, why: "ATT&CK names one successor"},
	"legacy-attack-tactic":       {parts: []string{"tags"}, why: "the same tactic"},
	"technique-without-tactic":   {parts: []string{"tags"}, why: "the technique has this tactic only"},
	"incomplete-tactics":         {parts: []string{"tags"}, why: "the technique has these tactics"},
	"redundant-parent-technique": {parts: []string{"tags"}, why: "the sub-technique says it"},
	"invalid-cve-tag":            {parts: []string{"tags"}, why: "the same CVE"},
	"invalid-car-tag":            {parts: []string{"tags"}, why: "the same analytic"},
	"invalid-tlp-tag":            {parts: []string{"tags"}, why: "TLP 2 calls white clear"},
	"detection-tag-folder":       {parts: []string{"tags"}, why: "the folder says it"},
	"missing-cve-tag":            {parts: []string{"tags"}, why: "the title says it"},

	"logsource-not-lowercase":   {parts: []string{"logsource"}, why: "log sources are lower case, so it belongs to none"},
	"malformed-logsource-value": {parts: []string{"logsource"}, why: "log sources have no blanks, so it belongs to none"},
	"field-case":                {parts: []string{"detection", "filter"}, field: strings.ToLower, why: "the list of fields is complete, so the field does not exist"},
	"field-name-whitespace":     {parts: []string{"detection", "filter"}, field: strings.TrimSpace, why: "no field has outer blanks, so the field does not exist"},

	"correlation-threshold-type":    {parts: []string{"correlation"}, why: "a quoted number does not load, and the number is its only reading"},
	"generate-not-boolean":          {parts: []string{"correlation", "generate"}, why: "a quoted boolean does not load, and the boolean is its only reading"},
	"superfluous-correlation-field": {parts: []string{"correlation"}, why: "the type of the correlation has no field, so the document does not load"},
	"duplicate-correlated-rule":     {parts: []string{"correlation"}, why: "the rule stands in the list"},
	"filter-has-level":              {parts: []string{"level"}, why: "filters have none, so nothing reads it"},
	"filter-has-status":             {parts: []string{"status"}, why: "filters have none, so nothing reads it"},

	"one-sided-similar":     {parts: []string{"related"}, why: "the other rule says it"},
	"modified-not-updated":  {parts: []string{"modified"}, why: "the rule was changed today"},
	"title-ends-with-dot":   {parts: []string{"title"}, why: "only the full stop"},
	"falsepositive-case":    {parts: []string{"falsepositives"}, text: strings.ToLower, why: "only letter case"},
	"falsepositive-typo":    {parts: []string{"falsepositives"}, why: "a listed misspelling of the same word"},
	"trailing-space":        {parts: []string{"description"}, text: withoutTrailing, why: "blanks that nobody sees"},
	"unused-suppression":    {comments: true, why: "a comment for sigtune only"},
	"unsuppressible-check":  {comments: true, why: "a comment for sigtune only"},
	"malformed-suppression": {comments: true, why: "a comment for sigtune only"},
	"unknown-check":         {comments: true, why: "a comment for sigtune only"},
	"comment-cuts-value":    {comments: true, why: "the comment was meant as value"},
}

func words(text string) string { return strings.Join(strings.Fields(text), " ") }

func withoutTrailing(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t")
	}
	return strings.Join(lines, "\n")
}

// covers reports that an exception allows one part of the model to become another.
func (e exception) covers(name string, before, after part) bool {
	first, _, _ := strings.Cut(name, "/")
	if !slices.Contains(e.parts, first) {
		return false
	}
	switch {
	case e.field != nil:
		return before.equal(after, e.field)
	case e.text != nil:
		return e.text(before.text) == e.text(after.text)
	}
	return true
}
