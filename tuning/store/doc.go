// Package store asks an engine that holds events which do not fit here: how many a rule finds, which kinds of them there are, and how many
// a filter would take away.
//
// In: a rule, proposed filters, the address of a table. Out: the queries as text, their answers, and grouped events with counts for package
// mine. Aggregation happens in the engine; at most Options.Groups rows come back from a query. It refuses to know what makes a good
// filter, and how a result is printed.
//
// Contract. A count is exact as of the query, on the engine's reading of the predicate (its notes are passed on). Groups are the most
// frequent ones first; when there are more, Groups.Cut says so, and Covered how many events those that came stand for. Credentials come
// from the environment and are in no error, query or output.
package store
