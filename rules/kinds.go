package rules

// Kinds lists every kind of problem of this package, for the test that each has its check.
func Kinds() []string {
	return []string{
		KindNotMapping, KindUnknownDocument, KindMixedDocument, KindLegacyAction,
		KindNoIdentifier, KindEmptyIdentifier, KindInvalidValue, KindModifierOnIdentifier, KindUnaddressable, KindMixedList,
		KindLegacyTimeframe, KindNullInList, KindEmptyList,
		KindUnknownModifier, KindModifierOrder, KindIncompatibleModifiers, KindOffsetWithoutContains,
		KindStringModifier, KindComparisonNumber, KindExistsBoolean, KindTimePartRange, KindInvalidCIDR, KindCIDRHostBits,
		KindInvalidRegex, KindBase64Wildcard, KindBase64Short, KindUnquotedTimestamp,
		KindConditionSyntax, KindUnknownIdentifier, KindUnmatchedPattern, KindUppercaseOperator, KindAggregation,
	}
}
