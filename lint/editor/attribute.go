package editor

// attribute is a key of the specification with what it means. Values are what may stand there, where that is a closed list.
type attribute struct {
	name, meaning string
	values        []value
}

// value is a word with its meaning.
type value struct{ name, meaning string }

// attributes are the top-level keys of Sigma 2.1.0 in the usual order.
var attributes = []attribute{
	{name: "title", meaning: "what the rule finds, in a few words; at most 256 characters"},
	{name: "id", meaning: "a random UUID (version 4) that stays with the rule"},
	{name: "name", meaning: "a short name by which correlations refer to the rule"},
	{name: "related", meaning: "rules that this one comes from, replaces or resembles"},
	{name: "taxonomy", meaning: "whose field names the rule uses; `sigma` when absent"},
	{name: "status", meaning: "how mature the rule is", values: []value{
		{"stable", "in use in several environments; needs no tuning, or little"},
		{"test", "nearly stable; may need some tuning"},
		{"experimental", "may be noisy; results have to be looked at"},
		{"deprecated", "replaced or no longer wanted; kept for its id"},
		{"unsupported", "cannot be used in its present form"},
	}},
	{name: "description", meaning: "what the rule detects and why that matters"},
	{name: "license", meaning: "the licence, as an SPDX identifier"},
	{name: "author", meaning: "who wrote it; several names with commas"},
	{name: "references", meaning: "where the idea comes from: links"},
	{name: "date", meaning: "the day of creation, YYYY-MM-DD"},
	{name: "modified", meaning: "the day of the last change of what it detects, YYYY-MM-DD"},
	{name: "tags", meaning: "namespaced labels, first of all ATT&CK"},
	{name: "logsource", meaning: "which log the rule reads: product, category, service"},
	{name: "detection", meaning: "search identifiers, and the condition that joins them"},
	{name: "fields", meaning: "fields that help an analyst to judge a hit"},
	{name: "falsepositives", meaning: "what else is known to raise it"},
	{name: "level", meaning: "how bad a hit is", values: []value{
		{"informational", "for enrichment; no alert"},
		{"low", "notable, seldom an incident"},
		{"medium", "has to be reviewed by hand, often"},
		{"high", "should raise an alert and be looked at soon"},
		{"critical", "an incident; to be looked at at once"},
	}},
	{name: "scope", meaning: "where the rule is meant to run"},
	{name: "correlation", meaning: "joins hits of other rules over time"},
	{name: "filter", meaning: "exclusions that are joined to other rules"},
}

// logsourceKeys are the keys of `logsource`.
var logsourceKeys = []value{
	{"product", "the operating system, device or service that writes the log"},
	{"category", "the kind of event, whoever writes it"},
	{"service", "one log of a product"},
	{"definition", "what has to be configured so that the events exist, in words"},
}

// relatedTypes are what `related` says about another rule.
var relatedTypes = []value{
	{"derived", "this rule was made from the other"},
	{"obsolete", "this rule replaces the other, which is no longer used"},
	{"merged", "this rule was merged from the other"},
	{"renamed", "the other id was this rule's before"},
	{"similar", "the rules find related things"},
}

// correlationKeys are the keys of `correlation`.
var correlationKeys = []value{
	{"type", "what is counted"}, {"rules", "names or ids of the rules that are joined"}, {"group-by", "fields whose values have to agree"},
	{"timespan", "the time within which it happens: a number and s, m, h, d, w, M, q or y"}, {"condition", "the threshold"}, {"aliases", "one name for fields that rules call differently"},
	{"generate", "whether the rules that are joined also raise alerts"},
}

// correlationTypes are the types of correlations.
var correlationTypes = []value{
	{"event_count", "the number of events"}, {"value_count", "the number of different values of a field"}, {"value_sum", "the sum of a field"},
	{"value_avg", "the average of a field"}, {"value_percentile", "a percentile of a field"}, {"value_median", "the median of a field"},
	{"temporal", "all rules fire within the time"}, {"temporal_ordered", "all rules fire within the time, in their order"},
}

func attributeOf(name string) (attribute, bool) {
	for _, a := range attributes {
		if a.name == name {
			return a, true
		}
	}
	return attribute{}, false
}

func find(list []value, name string) (value, bool) {
	for _, v := range list {
		if v.name == name {
			return v, true
		}
	}
	return value{}, false
}
