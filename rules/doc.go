// Package rules reads Sigma documents as Go values: rules, correlations and filters, each knowing the span of
// every key and value it came from.
//
// In: a source.File. Out: one Document per YAML document that is a map, and the problems that keep a part of it from
// meaning anything (an unknown modifier, a condition that does not parse). Parsing is total: a bad item never hides the good ones.
//
// Stance (spec/sigma-semantics.md): parse whatever the specification 2.1.0 or pySigma accepts, never guess a meaning. What has
// no certain meaning stays in the model as Invalid, and Rule.Evaluable says why; it is never "matches" or "does not match".
// It refuses to know which attributes, tags, fields or log sources exist: that is schema's.
package rules
