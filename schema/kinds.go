package schema

// Kinds of problems, by the names of their checks.
const (
	MissingTitle           = "missing-title"
	MissingLogsource       = "missing-logsource"
	MissingCondition       = "missing-condition"
	NoSearchIdentifier     = "no-search-identifier"
	WrongType              = "wrong-attribute-type"
	EmptyAttribute         = "empty-attribute"
	Misspelt               = "misspelt-attribute"
	NotLowercase           = "attribute-not-lowercase"
	Custom                 = "custom-attribute"
	MalformedRelated       = "malformed-related"
	InvalidRelatedType     = "invalid-related-type"
	InvalidRelatedID       = "invalid-related-id"
	SchemaViolation        = "schema-violation"
	InvalidID              = "invalid-id"
	IDNotCanonical         = "id-not-canonical"
	InvalidStatus          = "invalid-status"
	InvalidLevel           = "invalid-level"
	InvalidDate            = "invalid-date"
	LegacyDate             = "legacy-date-format"
	TooLong                = "text-too-long"
	ShortEntry             = "short-list-entry"
	EmptyLogsource         = "empty-logsource"
	LogsourceNotLowercase  = "logsource-not-lowercase"
	MalformedLogsource     = "malformed-logsource-value"
	MissingCorrelationKey  = "missing-correlation-key"
	InvalidCorrelationType = "invalid-correlation-type"
	EmptyCorrelationRules  = "empty-correlation-rules"
	InvalidTimespan        = "invalid-timespan"
	InvalidOperator        = "invalid-correlation-operator"
	ThresholdType          = "correlation-threshold-type"
	MissingField           = "missing-correlation-field"
	UnknownCorrelationKey  = "unknown-correlation-key"
	GenerateNotBoolean     = "generate-not-boolean"
	InvalidAlias           = "invalid-alias"
	MissingFilterKey       = "missing-filter-key"
	InvalidFilterRules     = "invalid-filter-rules"
	InvalidFilterCondition = "invalid-filter-condition"
)

// Kinds lists every kind of problem of this package, for the test that each has its check.
func Kinds() []string {
	return []string{
		MissingTitle, MissingLogsource, MissingCondition, NoSearchIdentifier, WrongType, EmptyAttribute, Misspelt, NotLowercase,
		Custom, MalformedRelated, InvalidRelatedType, InvalidRelatedID, SchemaViolation, InvalidID, IDNotCanonical, InvalidStatus,
		InvalidLevel, InvalidDate, LegacyDate, TooLong, ShortEntry, EmptyLogsource, LogsourceNotLowercase, MalformedLogsource,
		MissingCorrelationKey, InvalidCorrelationType, EmptyCorrelationRules, InvalidTimespan, InvalidOperator, ThresholdType,
		MissingField, UnknownCorrelationKey, GenerateNotBoolean, InvalidAlias, MissingFilterKey, InvalidFilterRules, InvalidFilterCondition,
	}
}
