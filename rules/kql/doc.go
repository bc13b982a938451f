// Package kql writes a Sigma rule, or a part of one, as a query for Microsoft Sentinel (ASIM) or Defender XDR, and reads queries
// to say whether they ask for the same events.
//
// In: a rules.Rule. Out: one Query per condition, Notes on everything the query does not take over as the rule says it, or an
// Error that names the place in the rule; never half a query. The default mode writes what can be deployed; parity mode what
// pySigma-backend-kusto 1.0.1 writes, byte for byte, its defects included (spec/kql.md).
//
// Contract of Compare, about a query and the rule's translation (whose own Notes say where it is not the rule): Yes means that both
// select the same events, by equal text or by propositional logic over tests that mean the same. No comes with an event on which
// they differ, or the query reads another of the dialects' tables. Everything else is Unknown, with the reason.
// It refuses to know what a deployment's parsers fill into a column, and whether a rule is any good.
package kql
