package checks

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/edit"
)

const usualPath = "rules/linux/process_creation/proc_creation_lnx_example.yml"

// foundConventions lists codes and marked texts of the conventions.
func foundConventions(path, text string) []string {
	var out []string
	for _, f := range runFamilies(conventionChecks, path, []byte(text)) {
		out = append(out, fmt.Sprintf("%s `%s`", f.Check.Code[3:], f.File.Text(f.Span)))
	}
	return out
}

// Each row is one change of the clean rule, and what is found.
func TestConventions(t *testing.T) {
	const description = "Detects a shell that lists open files, which intruders do to find network connections"
	const references = "references:\n    - https://example.org/notes/open-files\n"
	const reference = "https://example.org/notes/open-files"
	for _, row := range []struct{ what, old, new, want string }{
		{"nothing", "", "", ""},
		{"a title of 120 characters", "by a Shell", "by a Shell " + strings.Repeat("X", 83), ""},
		{"a title of 121 characters", "Listing of Open Files by a Shell", strings.Repeat("X", 121), "1401 `" + strings.Repeat("X", 121) + "`"},
		{"Detect", "Listing", "Detect Listing", "1402 `Detect`"},
		{"Detection", "Listing", "Detection", ""},
		{"a quoted title with a dot", "Listing of Open Files by a Shell", "'Listing.'", "1403 `.`"},
		{"a word in lower case", "Open Files", "open Files", "1404 `open`"},
		{"words that are fine", "Open Files", "via /etc lsof_x cmd.exe 2fa iOS", ""},
		{"a title in another script", "Listing of Open Files by a Shell", "端口扫描", ""},
		{"a short description", description, "Finds lsof", "1405 `Finds lsof`"},
		{"sixteen characters", description, "Sixteen letters.", ""},
		{"a link and no references", references, "", ""},
		{"a link in the description, with references", description, description + " " + reference, ""},
		{"a false positive that is a path", "- Administrators", "- \\pipe\\lsof", ""},
		{"a quoted lower case", "- Administrators", "- 'administrators'", "1409 `'administrators'`"},
		{"an empty entry", "- Administrators", "- ''", ""},
		{"none with a full stop", "- Administrators", "- none.", "1410 `none`"},
		{"none of", "- Administrators", "- None of the known tools does this", ""},
		{"penetration", "- Administrators", "- Legitimate penetration tests", "1410 `penetration`"},
		{"pentesters", "- Administrators", "- Pentesters", ""},
		{"a typo in capitals", "- Administrators", "- Ligitimate work", "1411 `Ligitimate`"},
		{"legitimacy", "- Administrators", "- Legitimacy is unknown", ""},
		{"a file on a branch", reference, "https://github.com/a/b/blob/main/c/d.json", "1412 `main`"},
		{"a file at a short commit", reference, "https://github.com/a/b/blob/0123456/c/d.ps1", "1412 `0123456`"},
		{"a file at a commit", reference, "https://github.com/a/b/blob/0123456789abcdef0123456789abcdef01234567/d.py", ""},
		{"a release", reference, "https://github.com/a/b/releases/tag/v1.py", ""},
		{"a place in a file", reference, "https://github.com/a/b/blob/main/d.md#three", ""},
		{"ATT&CK in lower case", reference, "https://example.org/att&ck", ""},
		{"ATT&CK in a comment", "level:", "# ATT&CK\nlevel:", "1420 `ATT&CK`"},
		{"a page of ATT&CK", reference, "https://attack.mitre.org/techniques/T1049/", "1413 `https://attack.mitre.org/techniques/T1049/`"},
		{"another page of MITRE", reference, "https://attackevals.mitre.org/", ""},
		{"fields", "falsepositives:", "fields:\n    - User\nfalsepositives:", "1414 `fields`"},
		{"no fields", "falsepositives:", "fields: []\nfalsepositives:", ""},
		{"a deprecated rule", "status: test", "status: deprecated", "1407 `deprecated`"},
		{"a new rule", "date: 2026-01-10", "date: 2026-09-24", "1408 `test`"},
		{"a rule of 61 days", "date: 2026-01-10", "date: 2026-09-23", ""},
		{"a new rule with tests", "date: 2026-01-10", "regression_tests_path: tests/lsof\ndate: 2026-09-24", "1422 `date`"},
		{"another product", "product: linux", "product: macos", "1417 `process_creation`"},
		{"an unknown log source", "product: linux", "product: plan9", ""},
		{"a plain value", "'/lsof'", "/lsof", ""},
		{"a double-quoted value", "'/lsof'", `"/lsof"`, "1424 `\"/lsof\"`"},
		{"an escape", "'/lsof'", `"/\u200blsof"`, ""},
		{"a number", "'/lsof'", "17", ""},
	} {
		t.Run(row.what, func(t *testing.T) {
			text := strings.Replace(clean, row.old, row.new, 1)
			if !strings.Contains(clean, row.old) {
				t.Fatalf("%q is not in the rule", row.old)
			}
			if got := strings.Join(foundConventions(usualPath, text), " "); got != row.want {
				t.Errorf("found %q, want %q", got, row.want)
			}
		})
	}
}

func TestFileNames(t *testing.T) {
	correlation := "title: Many Listings of Open Files\ncorrelation:\n    type: event_count\n    rules:\n        - a\n    group-by:\n        - User\n    timespan: 1h\n    condition:\n        gte: 10\n"
	for _, row := range []struct{ path, text, want string }{
		{"rules/proc_creation_lnx_a.yml", clean, ""},
		{"lnx_a.yml", clean, "1415 1417"},
		{"proc_creation_lnx_" + strings.Repeat("a", 80) + ".yml", clean, "1415"},
		{"proc_creation_lnx_Lsof.yml", clean, "1416"},
		{"proc_creation_lnx_a-b.yml", clean, "1416"},
		{"proccreationlnxlsof.yml", clean, "1416 1417"},
		{"proc_creation_lnx_lsof.yaml", clean, "1419"},
		{"proc_creation_lnx_lsof", clean, "1419"},
		{"lnx_auditd_lsof.yml", clean, "1417"},
		{"proc_creation_lnx_lsof.yml", correlation, "1418"},
		{"correlation_lsof.yml", correlation, ""},
		{"mr_lsof_many.yml", correlation, ""},
		{"proc_creation_lnx_lsof.yml", clean + "---\n" + correlation, ""},
		{"proc_creation_lnx_lsof.yaml", clean + "---\n" + correlation, "1419"},
		{"deprecated/linux/proc_creation_lnx_lsof.yml", clean, "1407"},
		{"deprecated/linux/proc_creation_lnx_lsof.yml", changed("status: test", "status: deprecated"), ""},
		{"unsupported/proc_creation_lnx_lsof.yml", changed("status: test", "status: deprecated"), "1407"},
		{"unsupported/rules/proc_creation_lnx_lsof.yml", changed("status: test", "status: unsupported"), ""},
		{"my-deprecated-rules/proc_creation_lnx_lsof.yml", clean, ""},
		{"proc_creation_lnx_lsof.yml", changed("status: test", "status: deprecated"), "1407"},
		{"<stdin>", changed("status: test", "status: deprecated"), ""},
		{"-", clean, ""},
	} {
		var got []string
		for _, f := range runFamilies(conventionChecks, row.path, []byte(row.text)) {
			got = append(got, f.Check.Code[3:])
		}
		if slices.Sort(got); strings.Join(got, " ") != row.want {
			t.Errorf("%s: %v, want %q", row.path, got, row.want)
		}
	}
}

// Each row is one change of the clean rule and what the fix of a check makes of it.
func TestFixesOfConventions(t *testing.T) {
	const reference = "    - https://example.org/notes/open-files\n"
	move := func(from, to string) string {
		return strings.Replace(strings.Replace(clean, from, "", 1), to, from+to, 1)
	}
	for _, row := range []struct{ code, before, after string }{
		{"SIG1402", changed("Listing", "Detects listing"), clean},
		{"SIG1403", changed("by a Shell", "by a Shell .."), clean},
		{"SIG1404", changed("Open Files by a Shell", "open files by a shell"), clean},
		{"SIG1404", changed("title: Listing of Open Files by a Shell", "title: \"Listing of open Files by a Shell\""), changed("title: Listing of Open Files by a Shell", "title: \"Listing of Open Files by a Shell\"")},
		{"SIG1406", strings.Replace(changed("references:\n"+reference, ""), "network connections", "network connections, see https://example.org/notes/open-files", 1), clean},
		{"SIG1409", changed("- Administrators", "- administrators"), clean},
		{"SIG1409", changed("- Administrators", "- 'éditeurs'"), changed("- Administrators", "- 'Éditeurs'")},
		{"SIG1410", changed("- Administrators", "- 'None known'"), changed("- Administrators", "- Unknown")},
		{"SIG1411", changed("- Administrators", "- Ligitimate work"), changed("- Administrators", "- Legitimate work")},
		{"SIG1413", changed(reference, reference+"    - https://attack.mitre.org/techniques/T1057/\n"), changed("    - attack.t1049\n", "    - attack.t1049\n    - attack.t1057\n")},
		{"SIG1413", changed(reference, reference+"    - https://attack.mitre.org/techniques/T1049\n"), clean},
		{"SIG1421", titleAfterID, clean},
		{"SIG1421", crlfLines(titleAfterID), crlfLines(clean)},
		{"SIG1421", strings.Replace(titleAfterID, "title:", "# the name\ntitle:", 1), "# the name\n" + clean},
		{"SIG1421", strings.Replace(titleAfterID, "by a Shell\n", "by a Shell # so far\n", 1), strings.Replace(clean, "by a Shell\n", "by a Shell # so far\n", 1)},
		{"SIG1421", strings.Replace(titleAfterID, "title:", "\ntitle:", 1), strings.Replace(clean, "\nid:", "\n\nid:", 1)},
		{"SIG1421", "# licence\n\n" + titleAfterID, "# licence\n\n" + clean},
		{"SIG1422", move("level: low\n", "logsource:"), clean},
		{"SIG1422", move("level: low\n", "logsource:") + "# end of file\n", clean + "# end of file\n"},
		{"SIG1422", trimFinal(move("level: low\n", "logsource:")), trimFinal(clean)},
		{"SIG1422", crlfLines(trimFinal(move("level: low\n", "logsource:"))), crlfLines(trimFinal(clean))},
		{"SIG1422", move("    - Administrators\n", "zzz") + "mine: 1\n", ""},
		{"SIG1422", strings.Replace(move("level: low\n", "logsource:"), "level: low\n", "# as agreed\nlevel: low # for now\nmine: 1\n", 1), changed("level: low\n", "# as agreed\nlevel: low # for now\nmine: 1\n")},
		{"SIG1422", strings.Replace(move("level: low\n", "tags:"), "    - attack.t1049\n", "    - attack.t1049\n    # more to come\n\n", 1), changed("    - attack.t1049\n", "    - attack.t1049\n    # more to come\n\n")},
		{"SIG1423", example(selectLsof + "    filter:\n        User: 'root'\n    filter_monit:\n        ParentImage: '/usr/bin/monit'\n    condition: selection and not filter and not filter_monit\n"),
			example(selectLsof + "    filter_main_1:\n        User: 'root'\n    filter_main_monit:\n        ParentImage: '/usr/bin/monit'\n    condition: selection and not filter_main_1 and not filter_main_monit\n")},
		{"SIG1423", example(selectLsof + "    filter_monit:\n        ParentImage: '/usr/bin/monit'\n    condition: selection and not 1 of filter_*\n"),
			example(selectLsof + "    filter_main_monit:\n        ParentImage: '/usr/bin/monit'\n    condition: selection and not 1 of filter_*\n")},
		{"SIG1423", example(selectLsof + "    exclude_monit:\n        ParentImage: '/usr/bin/monit'\n    condition: selection and not 1 of exclude_*\n"), ""},
		{"SIG1423", example(selectLsof + "    monit:\n        ParentImage: '/usr/bin/monit'\n    filter_main_x:\n        User: 'root'\n    condition: selection and not monit and not 1 of filter_main_*\n"), ""},
		{"SIG1424", selectWith(`CommandLine|contains: "C:\\a's"`), selectWith(`CommandLine|contains: 'C:\a''s'`)},
	} {
		t.Run(row.code, func(t *testing.T) {
			check := []*lint.Check{lint.Find(All(), row.code)}
			text := row.before
			offered := false
			for range 4 {
				findings := runFamilies(check, usualPath, []byte(text))
				at := slices.IndexFunc(findings, func(f lint.Finding) bool { return f.Fix != nil })
				if at < 0 {
					break
				}
				offered = true
				after, err := edit.Apply([]byte(text), findings[at].Fix.Edits)
				if err != nil {
					t.Fatal(err)
				}
				text = string(after)
			}
			switch {
			case row.after == "":
				if offered {
					t.Errorf("a fix is offered:\n%s", text)
				}
			case text != row.after:
				t.Errorf("fixed to %s", edit.Diff("want", "got", []byte(row.after), []byte(text)))
			case len(runFamilies(check, usualPath, []byte(text))) > 0:
				t.Errorf("still found: %q", show(runFamilies(check, usualPath, []byte(text))))
			}
		})
	}
}

// A log source stands in the table once.
func TestEveryLogsourceHasOnePrefix(t *testing.T) {
	seen := map[string]bool{}
	for _, row := range filePrefixes {
		if !strings.HasSuffix(row.prefix, "_") || len(row.logsources) == 0 {
			t.Errorf("%q: no prefix, or for nothing", row.prefix)
		}
		for _, l := range row.logsources {
			if seen[l] || strings.Count(l, "/") != 2 {
				t.Errorf("%s: twice, or malformed", l)
			}
			seen[l] = true
		}
	}
}
