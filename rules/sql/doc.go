// Package sql writes a Sigma rule, or a part of one, as a predicate of SQL: what stands after WHERE.
//
// In: a rules.Expr or a whole rule, and what is known of the columns. Out: the predicate, Notes on what it does not take over exactly, or
// an Error that names the place in the rule; never half a predicate. It refuses to know how anything is connected, counted or mapped to columns.
//
// Contract. On a table whose rows are the events (NULL is an absent field), the predicate is TRUE for exactly the rows that package match
// finds, but for what the Notes say; otherwise it is FALSE or NULL, which WHERE and FILTER treat alike. Under every `not` a test is made
// two-valued with COALESCE, because NOT of NULL is NULL where Sigma's `not` of a test on an absent field is true.
package sql
