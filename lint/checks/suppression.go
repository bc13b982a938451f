package checks

import (
	"strings"

	"github.com/sigtune/sigtune/lint"
)

// weak is a rule with one finding: few letters to look for. The comment stands on the line of that finding.
func weak(comment string) string {
	return example("    selection:\n        CommandLine|contains: 'ls' " + comment + "\n    condition: selection\n")
}

const accepted = "# sigtune:ignore SIG0904 -- only for the lab"

// suppressionChecks look at the comments that silence findings. The engine reports them, as only it knows what was silenced.
var suppressionChecks = []*lint.Check{
	{
		Code: "SIG1601", Name: lint.MalformedSuppression, Severity: lint.Warning, Profiles: rqs,
		Doc: lint.Doc{
			Title: "A suppression comment cannot be read",
			What: "A comment that begins with `sigtune:`, or with `sigtune` and a word such as ignore or disable, and is none of " +
				"`# sigtune:ignore CODE[,CODE] [until=YYYY-MM-DD] -- reason` and `# sigtune:ignore-file …`.",
			Why:  "It silences nothing, although its author believes so.",
			Bad:  weak("# sigtune:ignore SIG0904 only for the lab"),
			Good: weak(accepted),
		},
	},
	{
		Code: "SIG1602", Name: lint.UnknownCheck, Severity: lint.Warning, Profiles: rqs,
		Doc: lint.Doc{
			Title: "A suppression names no check",
			What:  "A code or name that is no check, in a comment, in a configuration or among the exclusions of an imported pySigma configuration. Families are not accepted in comments.",
			Why:   "It silences nothing; a slip in a code goes unnoticed for years.",
			Bad:   weak("# sigtune:ignore weak-brunch -- only for the lab"),
			Good:  weak("# sigtune:ignore weak-branch -- only for the lab"),
		},
	},
	{
		Code: "SIG1603", Name: lint.UnusedSuppression, Severity: lint.Warning, Profiles: rqs,
		Doc: lint.Doc{
			Title: "A suppression silences nothing",
			What: "A comment, an exclusion of a single rule in the configuration or an entry of a baseline for a check that ran and found nothing there. " +
				"Quiet for comments that name no check and for the comments of other tools.",
			Why:  "What it was for is repaired. Left in place it hides the next finding, which may be another one.",
			Bad:  example(selectLsof + "    condition: selection # sigtune:ignore SIG0904 -- only for the lab\n"),
			Good: example(selectLsof + "    condition: selection\n"),
		},
	},
	{
		Code: "SIG1604", Name: lint.SuppressionWithoutReason, Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "A suppression comment gives no reason",
			What:  "A comment without text after `--`. It silences all the same, unless the configuration has `require-reason`. Quiet for the comments of other tools.",
			Why:   "Nobody can tell later whether it may go.",
			Bad:   weak("# sigtune:ignore SIG0904"),
			Good:  weak(accepted),
		},
	},
	{
		Code: "SIG1605", Name: lint.ExpiredSuppression, Severity: lint.Warning, Profiles: rqs,
		Doc: lint.Doc{
			Title: "A suppression comment has expired",
			What:  "The day after `until=` is over, counted in the time zone of the run. The finding is shown again, and so is this one. When nothing is left to silence, it is SIG1603 instead.",
			Why:   "The exception was granted until then.",
			Bad:   weak("# sigtune:ignore SIG0904 until=2025-01-31 -- only for the lab"),
			Good:  weak(accepted),
		},
	},
	{
		Code: "SIG1606", Name: lint.UnsuppressibleCheck, Severity: lint.Warning, Profiles: rqs,
		Doc: lint.Doc{
			Title: "A suppression names a check that cannot be silenced",
			What: "A comment for a check of the families 00 and 16, for SIG0101 or SIG0105, or for one that the configuration protects; any comment when the " +
				"configuration switches comments off.",
			Why:  "It silences nothing: a file that cannot be read, or an error of the run, must never look like a clean result.",
			Bad:  weak("# sigtune:ignore SIG0904,SIG0101 -- only for the lab"),
			Good: weak(accepted),
		},
	},
	{
		Code: "SIG1607", Name: lint.BlanketSuppression, Severity: lint.Info, Profiles: s,
		Doc: lint.Doc{
			Title: "A suppression comment covers more than it must",
			What: "A comment that names no check, or `ignore-file` when all that it silences stands on one line. Quiet when that is the first line of the " +
				"document, where what is missing is reported.",
			Why:  "It also hides findings that nobody has seen yet.",
			Bad:  "# sigtune:ignore-file SIG0904 -- only for the lab\n" + strings.Replace(weak(""), " \n", "\n", 1),
			Good: weak(accepted),
		},
	},
	{
		Code: "SIG1608", Name: lint.FarExpiry, Severity: lint.Info, Profiles: s,
		Doc: lint.Doc{
			Title: "A suppression comment ends in the far future",
			What:  "`until=` more than a year after the day of the run.",
			Why:   "Such a day is a way of saying never; an honest comment has no date.",
			Bad:   weak("# sigtune:ignore SIG0904 until=2031-01-31 -- only for the lab"),
			Good:  weak(accepted),
		},
	},
}
