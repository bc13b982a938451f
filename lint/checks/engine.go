package checks

import (
	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/source"
)

// engineChecks are problems of the run itself. They cannot be switched off.
var engineChecks = []*lint.Check{
	{
		Code: "SIG0001", Name: source.KindInternalFailed, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "A check or the parser failed",
			What:  "A check or the parser panicked on one file. The run goes on; the message names the check.",
			Why:   "The file may have defects that were not looked for.",
			Fix:   "Report it with the rule: it is a bug in sigtune.",
		},
	},
	{
		Code: "SIG0002", Name: source.KindUnreadable, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "A file cannot be read",
			What:  "A file found by walking a directory cannot be opened or read. A path named on the command line that does not exist is a usage error instead.",
			Why:   "What is not read is not checked.",
			Fix:   "Correct its permissions, or remove the broken link.",
		},
	},
	{
		Code: "SIG0003", Name: source.KindLimit, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "A file is too large or too deeply nested",
			What:  "The file is larger than 4 MiB, nested deeper than 64 levels, has more than 100,000 nodes in a document after expanding aliases, or more than 5,000 documents. The configuration can set other `limits`.",
			Why:   "Such a file is no rule anybody wrote; reading it could exhaust the machine.",
			Fix:   "Split it, or write the values out instead of multiplying aliases.",
		},
	},
	{
		Code: "SIG0004", Name: "analysis-incomplete", Severity: lint.Info, Profiles: s,
		Doc: lint.Doc{
			Title: "A question about a rule was not decided",
			What: "The solver ran out of its budget of states and steps, or a part that it cannot evaluate (a placeholder, a reference to a field, a regular expression " +
				"outside RE2) stands between it and an answer. Told once a rule, with the first such question and the reason. What is not decided never becomes another finding.",
			Why: "A defect of family 08 may be there and not be reported.",
			Fix: "Nothing has to be done. Fewer values under `all`, and shorter patterns, make the question easier.",
		},
		Document: analysisIncomplete,
	},
}
