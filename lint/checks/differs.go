package checks

import "github.com/sigtune/sigtune/lint"

// differences say, for `explain` and docs/parity.md, why a check does not report what the one of another tool reports that it stands for. Each was
// seen on the published rules.
var differences = []struct{ tool, id, reason string }{
	{lint.PySigma, "dangling_detection", "`timeframe` is no identifier: it is SIG0221 legacy-timeframe"},
	{lint.PySigma, "duplicate_references", "a slash at the end makes no other page"},
	{lint.PySigma, "duplicate_title", "of two rules with one title the later path is marked, and the other one is related; the peer marks the one that it reads later"},
	{lint.PySigma, "specific_instead_of_generic_logsource", "Sysmon's events 16 and 27 to 29 stay with the service: the repository accepts those rules, and its own exclusions name them"},
	{lint.PySigma, "wildcards_instead_of_modifiers", "a star under `contains` does nothing: it is SIG0640 redundant-wildcard"},
	{lint.PySigmaSigmaHQ, "sigmahq_category_event_id", "the same rules as sigmahq_redundant_field: one check stands for both, and one defect is one finding"},
	{lint.PySigmaSigmaHQ, "sigmahq_invalid_fieldname", "the fields of auditd depend on the record: the list is an observed one, and a field outside it is SIG0511 unobserved-field"},
	{lint.PySigmaSigmaHQ, "sigmahq_logsource_unknown", "the peer's table is older than the rules; SigmaHQ has this validator off"},
	{lint.PySigmaSigmaHQ, "sigmahq_status", "the peer never looks at the path: it reports every deprecated rule, in the folder for deprecated rules too, and not the live status there"},
	{lint.PySigmaSigmaHQ, "sigmahq_tags_techniques_without_tactics", "a tactic with an underscore is misspelt, not missing: SIG0407 legacy-attack-tactic"},
	{lint.Sigmalint, "ATK002", "the peer's table does not have the retired data sources; documents with `action` are not read"},
	{lint.Sigmalint, "ATK003", "the peer has a table of 7 techniques; ours are the platforms of ATT&CK 19.1, and log sources without an operating system say nothing"},
	{lint.Sigmalint, "ATK004", "the peer looks for words anywhere in the text; the check looks at what the rule tests, for exactly one sub-technique"},
	{lint.Sigmalint, "FP001", "the peer counts the characters of rules with one value; the check weighs the evidence of every branch of every condition"},
	{lint.Sigmalint, "FP002", "values with a wildcard inside cannot be written with a modifier, and `*` alone is SIG0631 presence-only-value"},
	{lint.Sigmalint, "FP004", "a text search for addresses and names; the check looks at profiles of one user, private addresses and network cards only"},
	{lint.Sigmalint, "META003", "the peer looks at rules of level high and critical only; the check is an info for the others"},
	{lint.Sigmalint, "RED002", "the peer reports none of these; a title counts as the same whatever its case and spacing, and an id in any folder"},
	{lint.Sigmalint, "SCHEMA001", "several documents in one file are legal"},
	{lint.Sigmalint, "SCHEMA002", "checks of their own say what is wrong (SIG0221, SIG0314, SIG0315); SIG0223 is for what none of them sees"},
	{lint.Sigmalint, "SCHEMA004", "a retired aggregation is SIG0706 legacy-aggregation"},
	{lint.Sigmalint, "STY003", "the peer looks at comments and continued lines, and takes 4n+2; yamllint with SigmaHQ's configuration, which the check follows, does not"},
	{lint.Sigmalint, "TAX001", "the peer's lists lack fields of the specification and of Sysmon: none of its findings on live rules is right"},
	{lint.Sigmalint, "TAX002", "the peer's list lacks modifiers of the specification"},
}

func init() {
	all := All()
	for _, d := range differences {
		for _, p := range lint.FindPeers(d.tool, d.id) {
			for _, code := range p.Codes {
				c := lint.Find(all, code)
				if c.Doc.Differs == nil {
					c.Doc.Differs = map[string]string{}
				}
				c.Doc.Differs[p.ID] = d.reason
			}
		}
	}
}
