package schema

import "strings"

// explanation turns an error of the schema into a problem. It gives nil when there is nothing to say after all.
type explanation func(*violation) *Problem

// row says what an error of the schema stands for.
type row struct {
	path  string // steps with slashes; `*` is any one step, `**` at the end is anything below
	types string // error types of gojsonschema, parted by blanks; empty for every type
	say   explanation
	quiet string // why nothing is said: another check reports it
}

const (
	saidByParser = "the parser reports it"
	saidByBranch = "the errors of the branches say it"
)

// table is searched from the top. What no row takes is a schema-violation. Several errors at one path give one problem:
// that of the uppermost row.
var table = []row{
	{path: "**", types: "number_all_of condition_then condition_else", quiet: saidByBranch},

	{path: "title", types: "required", say: missing(MissingTitle, "write `title:` with what it finds, in a few words")},
	{path: "title", types: "string_lte", say: tooLong},
	{path: "title", say: title},
	{path: "id", say: identifier(InvalidID)},
	{path: "status", say: word("status", InvalidStatus)},
	{path: "level", say: word("level", InvalidLevel)},
	{path: "date", say: day},
	{path: "modified", say: day},
	{path: "name", types: "string_lte", say: tooLong},
	{path: "taxonomy", types: "string_lte", say: tooLong},
	{path: "description", types: "string_lte", say: tooLong},
	{path: "name", say: text},
	{path: "taxonomy", say: text},
	{path: "description", say: text},
	{path: "license", say: text},
	{path: "author", say: text},
	{path: "references", say: list},
	{path: "fields", say: list},
	{path: "tags", say: list},
	{path: "falsepositives", say: list},
	{path: "scope", say: list},
	{path: "falsepositives/*", types: "string_gte", say: shortEntry},
	{path: "scope/*", types: "string_gte", say: shortEntry},
	{path: "references/*", say: listEntry},
	{path: "fields/*", say: listEntry},
	{path: "tags/*", say: listEntry},
	{path: "falsepositives/*", say: listEntry},
	{path: "scope/*", say: listEntry},

	{path: "related", say: relatedList},
	{path: "related/*", say: relatedEntry},
	{path: "related/*/*", types: "required", say: relatedKeyMissing},
	{path: "related/*/*", types: "additional_property_not_allowed", say: relatedKeyUnknown},
	{path: "related/*/id", say: relatedID},
	{path: "related/*/type", say: relatedType},

	{path: "logsource", types: "required", say: missing(MissingLogsource, "write `logsource:` with at least one of `category`, `product` and `service`")},
	{path: "logsource", say: logsource},
	{path: "logsource/*", types: "required", quiet: saidByBranch},
	{path: "logsource/definition", say: text},
	{path: "logsource/*", say: logsourcePart},

	{path: "detection", types: "required", quiet: saidByParser},
	{path: "detection", types: "invalid_type", say: detection},
	{path: "detection", types: "array_min_properties", quiet: saidByParser},
	{path: "detection", types: "pattern", quiet: "part of invalid_property_name"},
	{path: "detection/condition", types: "required", say: missing(MissingCondition, conditionHelp)},
	{path: "detection/condition", say: condition},
	{path: "detection/condition/*", say: condition},

	{path: "correlation", types: "invalid_type", say: mapWanted("the correlation is a map with `type`, `rules`, `timespan` and `condition`")},
	{path: "correlation/condition", types: "required", say: missing(MissingCorrelationKey, "write `condition:` with a threshold, such as `gte: 10`")},
	{path: "correlation/*", types: "required", say: missing(MissingCorrelationKey, "a correlation needs `type`, `rules` and `timespan`")},
	{path: "correlation/type", say: correlationType},
	{path: "correlation/rules", say: correlationRules},
	{path: "correlation/rules/*", say: listEntry},
	{path: "correlation/group-by", types: "array_min_items pattern", quiet: "missing-group-by reports it"},
	{path: "correlation/group-by", say: groupBy},
	{path: "correlation/group-by/*", say: listEntry},
	{path: "correlation/timespan", say: timespan},
	{path: "correlation/condition", say: correlationCondition},
	{path: "correlation/condition/*", types: "additional_property_not_allowed", say: operator},
	{path: "correlation/condition/field", say: correlationField},
	{path: "correlation/condition/field/*", say: listEntry},
	{path: "correlation/condition/*", types: "required", quiet: saidByBranch},
	{path: "correlation/condition/*", say: threshold},
	{path: "correlation/aliases", say: alias},
	{path: "correlation/aliases/**", say: alias},
	{path: "correlation/generate", say: generate},
	{path: "generate", say: generate},

	{path: "filter", types: "invalid_type", say: mapWanted("a filter is a map with `rules`, `condition` and a selection")},
	{path: "filter", types: "pattern", quiet: "part of invalid_property_name"},
	{path: "filter/rules", types: "required", say: missing(MissingFilterKey, "write `rules:` with the ids or names of the rules to filter")},
	{path: "filter/condition", types: "required", say: missing(MissingFilterKey, "write `condition:` with the selection that excludes, such as `not selection`")},
	{path: "filter/rules", types: "unique", say: filterRuleTwice},
	{path: "filter/rules", say: filterRules},
	{path: "filter/rules/*", say: filterRule},
	{path: "filter/condition", say: filterCondition},
}

// findRow is the index of the row for an error, len(table) when there is none.
func findRow(path, errorType string) int {
	for i := range table {
		if table[i].covers(path, errorType) {
			return i
		}
	}
	return len(table)
}

func (r *row) covers(path, errorType string) bool {
	if r.types != "" && !strings.Contains(" "+r.types+" ", " "+errorType+" ") {
		return false
	}
	if r.path == "**" {
		return true
	}
	wanted := strings.Split(r.path, "/")
	steps := strings.Split(path, pathSeparator)
	for i, w := range wanted {
		if w == "**" {
			return len(steps) > i
		}
		if i >= len(steps) || w != "*" && w != steps[i] {
			return false
		}
	}
	return len(steps) == len(wanted)
}

// explain gives the problem for an error, nil when nothing is to be said.
func (v *violation) explain() *Problem {
	if v.doc.unknown && v.parent == v.doc.Root && v.err.Type() == "required" {
		return nil // the document is none of the kinds, so what it lacks cannot be said
	}
	if v.row == len(table) {
		return v.fallback()
	}
	if say := table[v.row].say; say != nil {
		return say(v)
	}
	return nil
}

// fallback words what no row knows.
func (v *violation) fallback() *Problem {
	shown := make([]string, 0, 4)
	for _, step := range strings.Split(v.path, pathSeparator) {
		shown = append(shown, quoted(step))
	}
	reason := v.err.Description()
	return v.problem(SchemaViolation,
		strings.Join(shown, " → ")+" does not fit the schema of a "+v.doc.noun(),
		"the schema says: "+quoted(reason))
}
