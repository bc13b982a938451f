package kql

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules"
)

// where is a rule's only query without its table.
func where(t *testing.T, r *rules.Rule, o Options) (string, []Note) {
	t.Helper()
	queries, notes, err := Translate(r, o)
	if err != nil {
		t.Fatal(err)
	}
	if len(queries) != 1 {
		t.Fatalf("%d queries", len(queries))
	}
	text, ok := strings.CutPrefix(queries[0].Text, queries[0].Table+"\n| where ")
	if !ok {
		t.Fatalf("query %q", queries[0].Text)
	}
	return text, notes
}

// One row per construct: what parity mode and the default mode write, and the defect that the notes of both name.
func TestModesDifferWhereTheReferenceIsWrong(t *testing.T) {
	for _, c := range []struct {
		name, category, detection string
		dialect                   Dialect
		parity, corrected         string // an error is written `!kind`
		defect                    string
	}{
		{"a plain value", "process_creation", `s: {Image: '/bin/ls'}`, ASIM,
			`TargetProcessName =~ "/bin/ls"`, `TargetProcessName =~ "/bin/ls"`, ""},
		{"a key part keeps its wildcard", "registry_set", `s: {TargetObject|contains: '\Run\'}`, ASIM,
			`RegistryKey endswith "\\Run*"`, `RegistryKey contains "\\Run\\"`, defectRegistryText},
		{"a key part, Defender", "registry_set", `s: {TargetObject|contains: '\Run\'}`, XDR,
			`RegistryKey endswith "\\Run*"`, `RegistryKey contains "\\Run\\"`, defectRegistryText},
		{"the process of a file event", "file_event", `s: {Image|endswith: '\tool.exe'}`, ASIM,
			`TargetFilePath endswith "\\tool.exe"`, `ActingProcessName endswith "\\tool.exe"`, defectFileColumn},
		{"the path of a file event", "file_event", `s: {TargetFilename|startswith: 'C:\Temp\'}`, ASIM,
			`TargetFileName startswith "C:\\Temp\\"`, `TargetFilePath startswith "C:\\Temp\\"`, defectFileColumn},
		{"null in a text column", "process_creation", `s: {User: null}`, ASIM,
			`isnull(TargetUsername)`, `isempty(TargetUsername)`, defectIsNull},
		{"null in a number column", "network_connection", `s: {DestinationPort: null}`, ASIM,
			`isnull(DstPortNumber)`, `isnull(DstPortNumber)`, ""},
		{"an outbound connection", "network_connection", `s: {Initiated: 'true'}`, ASIM,
			`NetworkDirection =~ "true"`, `NetworkDirection =~ "Outbound"`, defectInitiated},
		{"an inbound connection", "network_connection", `s: {Initiated: false}`, ASIM,
			`NetworkDirection =~ false`, `NetworkDirection =~ "Inbound"`, defectInitiated},
		{"an IPv6 range", "network_connection", `s: {DestinationIp|cidr: 'fe80::/10'}`, ASIM,
			`ipv4_is_in_range(DstIpAddr, "fe80::/10")`, `ipv6_is_in_range(DstIpAddr, "fe80::/10")`, defectIPv6},
		{"an IPv4 range", "network_connection", `s: {DestinationIp|cidr: '10.0.0.0/8'}`, XDR,
			`ipv4_is_in_range(RemoteIP, "10.0.0.0/8")`, `ipv4_is_in_range(RemoteIP, "10.0.0.0/8")`, ""},
		{"ports", "network_connection", `s: {DestinationPort: [80, '443']}`, ASIM,
			`DstPortNumber in~ ("80", "443")`, `DstPortNumber in (80, 443)`, defectQuotedNumber},
		{"the beginning of a port", "network_connection", `s: {DestinationPort|startswith: '80'}`, ASIM,
			`DstPortNumber startswith "80"`, `tostring(DstPortNumber) startswith "80"`, defectTextOnNumber},
		{"a number in a text column", "process_creation", `s: {ProcessId: 4}`, ASIM,
			`TargetProcessId == 4`, `TargetProcessId =~ "4"`, defectNumberOnText},
		{"a comparison in a text column", "process_creation", `s: {ProcessId|gt: 4}`, ASIM,
			`TargetProcessId > 4`, `todouble(TargetProcessId) > 4`, defectNumberOnText},
		{"a number in a number column", "process_creation", `s: {ProcessId: 4}`, XDR,
			`ProcessId == 4`, `ProcessId == 4`, ""},
		{"a keyword", "process_creation", `s: ['foo', 'b*r']`, ASIM,
			`"foo" or "b*r"`, `* contains "foo" or * matches regex "(?is)b.*r"`, defectKeyword},
		{"a keyword expression", "process_creation", `s: {'|re': 'fo+'}`, ASIM,
			`_=~fo+`, `* matches regex "fo+"`, defectKeyword},
		{"the current control set", "registry_set", `s: {TargetObject|startswith: 'HKLM\System\CurrentControlSet\Services'}`, ASIM,
			`RegistryKey startswith "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet001\\Services"`,
			`RegistryKey startswith "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services" or RegistryKey startswith "HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet001\\Services"`,
			defectControlSet},
		{"a wildcard inside, in a list", "process_creation", `s: {CommandLine: ['a*b', 'c']}`, ASIM,
			`TargetProcessCommandLine in~ ("c") or (TargetProcessCommandLine contains "a" and TargetProcessCommandLine contains "b")`,
			`TargetProcessCommandLine in~ ("c") or TargetProcessCommandLine matches regex "(?is)^a.*b$"`, defectInnerWildcard},
		{"a piece read twice", "process_creation", `s: {CommandLine: ['x*\\\\b', 'c']}`, ASIM,
			`TargetProcessCommandLine in~ ("c") or (TargetProcessCommandLine contains "x" and TargetProcessCommandLine contains "\\b")`,
			`TargetProcessCommandLine in~ ("c") or TargetProcessCommandLine matches regex "(?is)^x.*\\\\\\\\b$"`, defectInnerWildcard},
		{"a wildcard inside", "process_creation", `s: {CommandLine|startswith: 'a?b.c'}`, ASIM,
			`TargetProcessCommandLine matches regex "a.b\\.c.*"`, `TargetProcessCommandLine matches regex "(?is)^a.b\\.c"`, defectRegexWildcard},
		{"a parent outside process events", "file_event", `s: {ParentImage|endswith: '\Office\word.exe'}`, XDR,
			`InitiatingProcessParentFileName =~ "word.exe"`, `InitiatingProcessParentFileName =~ "word.exe"`, defectParentFile},
		{"a parent by its file name loses nothing", "file_event", `s: {ParentImage|endswith: '\word.exe'}`, XDR,
			`InitiatingProcessParentFileName =~ "word.exe"`, `InitiatingProcessParentFileName =~ "word.exe"`, ""},
		{"a parent's directory", "file_event", `s: {ParentImage|contains: '\Office\'}`, XDR,
			`InitiatingProcessParentFileName startswith ""`, "!" + CauseValue, ""},
		{"one value with case", "process_creation", `s: {CommandLine|cased: 'AbC'}`, ASIM,
			"!" + CauseUnsupported, `TargetProcessCommandLine == "AbC"`, ""},
		{"values with case", "process_creation", `s: {CommandLine|cased: ['AbC', 'D*']}`, ASIM,
			`TargetProcessCommandLine in~ ("AbC") or TargetProcessCommandLine startswith "D"`,
			`TargetProcessCommandLine in ("AbC") or TargetProcessCommandLine startswith_cs "D"`, defectCased},
		{"a part with case", "process_creation", `s: {CommandLine|contains|cased: 'AbC'}`, ASIM,
			"!" + CauseUnsupported, `TargetProcessCommandLine contains_cs "AbC"`, ""},
		{"all of several hashes", "process_creation", `s: {Hashes|contains|all: ['MD5=AA', 'SHA1=BB']}`, ASIM,
			`TargetProcessMD5 startswith "AA" or TargetProcessSHA1 startswith "BB"`,
			`TargetProcessMD5 startswith "AA" and TargetProcessSHA1 startswith "BB"`, defectHashAll},
		{"a whole hash", "process_creation", `s: {Hashes|contains: 'MD5=0123456789abcdef0123456789abcdef'}`, XDR,
			`MD5 startswith "0123456789abcdef0123456789abcdef"`, `MD5 =~ "0123456789abcdef0123456789abcdef"`, defectHashContains},
		{"hashes without a column", "process_creation", `s: {Hashes|contains: ['IMPHASH=AA', 'MD5=BB']}`, XDR,
			`MD5 startswith "BB"`, `MD5 startswith "BB"`, defectDroppedHash},
		{"no hash with a column", "process_creation", `s: {Hashes|contains: 'IMPHASH=AA'}`, XDR, "!" + CauseHash, "!" + CauseHash, ""},
		{"two exact values at once", "process_creation", `s: {CommandLine|all: ['a', 'b']}`, ASIM,
			`TargetProcessCommandLine has_all ("a", "b")`, `TargetProcessCommandLine =~ "a" and TargetProcessCommandLine =~ "b"`, defectHasAll},
		{"a boolean in a text column", "process_creation", `s: {IntegrityLevel: true}`, ASIM,
			`TargetProcessIntegrityLevel =~ true`, `TargetProcessIntegrityLevel =~ "true"`, defectBool},
		{"a backslash before a wildcard", "process_creation", `s: ['C:\\*.tmp']`, ASIM,
			`"C:\*.tmp"`, `* matches regex "(?is)C:\\\\.*\\.tmp"`, defectBadString},
		{"a shared column", "process_creation", `s: {Computer: 'host'}`, ASIM, "!" + CauseUnknownColumn, `DvcHostname =~ "host"`, ""},
		{"another field", "process_creation", `s: {CommandLine|fieldref: User}`, ASIM,
			"!" + CauseUnsupported, `TargetProcessCommandLine =~ TargetUsername`, ""},
		{"a part of a time", "file_event", `s: {CreationUtcTime|hour|gte: 22}`, ASIM,
			"!" + CauseUnsupported, `datetime_part("hour", TargetFileCreationTime) >= 22`, ""},
		{"not equal in several columns", "process_creation", `s: {ParentImage|neq: a}`, ASIM,
			`(not(ParentProcessName =~ "a")) or (not(ActingProcessName =~ "a"))`,
			`not((ParentProcessName =~ "a" or ActingProcessName =~ "a"))`, defectNegatedColumns},
		{"what an action becomes", "registry_event", `s: {EventType: DeleteKey}`, XDR,
			`ActionType in~ ("RegistryKeyDeleted", "RegistryValueDeleted")`, `ActionType in~ ("RegistryKeyDeleted", "RegistryValueDeleted")`, ""},
		{"a user of a domain", "process_creation", `s: {User: ['CORP\anna', 'bob']}`, XDR,
			`(AccountName =~ "anna" and AccountDomain =~ "CORP") or AccountName =~ "bob"`,
			`(AccountName =~ "anna" and AccountDomain =~ "CORP") or AccountName =~ "bob"`, ""},
		{"a line break", "process_creation", `s: {CommandLine: "a\nb"}`, ASIM,
			"TargetProcessCommandLine =~ \"a\nb\"", `TargetProcessCommandLine =~ "a\nb"`, ""},
		{"an empty list", "process_creation", `s: {CommandLine: []}`, ASIM,
			`isnull(TargetProcessCommandLine)`, "!" + CauseNotEvaluable, defectIsNull},
		{"an event id next to more", "process_creation", `s: {EventID: 1, Image: a}`, ASIM,
			`TargetProcessName =~ "a"`, `TargetProcessName =~ "a"`, defectDroppedItem},
		{"several flags", "process_creation", `s: {CommandLine|windash|contains: '-a'}`, ASIM,
			`TargetProcessCommandLine contains "-a" or TargetProcessCommandLine contains "/a" or TargetProcessCommandLine contains "–a" or ` +
				`TargetProcessCommandLine contains "—a" or TargetProcessCommandLine contains "―a"`,
			`TargetProcessCommandLine contains "-a" or TargetProcessCommandLine contains "/a" or TargetProcessCommandLine contains "–a" or ` +
				`TargetProcessCommandLine contains "—a" or TargetProcessCommandLine contains "―a"`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := categoryRule(t, c.category, c.detection, "s")
			for _, mode := range []struct {
				parity bool
				want   string
			}{{true, c.parity}, {false, c.corrected}} {
				o := Options{Dialect: c.dialect, Parity: mode.parity}
				if kind, fails := strings.CutPrefix(mode.want, "!"); fails {
					_, _, err := Translate(r, o)
					var e *Error
					if !errors.As(err, &e) || e.Causes[0].Kind != kind {
						t.Errorf("parity %v: error %v, want %s", mode.parity, err, kind)
					}
					continue
				}
				got, notes := where(t, r, o)
				if got != mode.want {
					t.Errorf("parity %v\n got %s\nwant %s", mode.parity, got, mode.want)
				}
				named := slices.ContainsFunc(notes, func(n Note) bool { return n.ID == c.defect })
				if c.defect != "" && !named && defectByID[c.defect].text(mode.parity) != "" {
					t.Errorf("parity %v: the notes do not name %s: %v", mode.parity, c.defect, notes)
				}
				if c.defect == "" && mode.parity && len(notes) > 0 && c.parity == c.corrected {
					t.Errorf("notes without a defect: %v", notes)
				}
			}
		})
	}
}

func TestEveryDefectHasTextAndItsOwnID(t *testing.T) {
	seen := map[string]bool{}
	for _, d := range Defects {
		if d.ID == "" || seen[d.ID] || d.Parity == "" && d.Default == "" {
			t.Errorf("defect %+v", d)
		}
		seen[d.ID] = true
	}
}

// Dropping leaves groups behind as the reference does.
func TestDroppedItemsLeaveTheirGroups(t *testing.T) {
	for _, c := range []struct{ name, detection, condition, want string }{
		{"a map with one item left", "a: {EventID: 1, Image: x}\nb: {User: u}", "a and b", `TargetProcessName =~ "x" and TargetUsername =~ "u"`},
		{"an OR with one identifier left", "a: {EventID: 1}\nb: {Image: x}\nc: {User: u}", "c and (a or b)",
			`TargetUsername =~ "u" and (TargetProcessName in~ ("x"))`},
		{"a list of maps with one left", "a:\n  - EventID: 1\n  - Image: x\nc: {User: u}", "c and a",
			`TargetUsername =~ "u" and (TargetProcessName in~ ("x"))`},
		{"a negation that keeps something", "a: {Image: x}\nf: {EventID: 5, User: u}", "a and not f",
			`TargetProcessName =~ "x" and (not(TargetUsername =~ "u"))`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, _ := where(t, processRule(t, c.detection, c.condition), Options{Parity: true}); got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestTheTableComesFromTheCategoryThenFromEventIDs(t *testing.T) {
	logsource := func(source, detection string) *rules.Rule {
		return ruleOf(t, "title: A rule\nlogsource: {"+source+"}\ndetection:\n  "+detection+"\n  condition: selection\n")
	}
	for _, c := range []struct {
		name    string
		rule    *rules.Rule
		options Options
		want    string
	}{
		{"category", logsource("product: linux, category: file_event", `selection: {EventID: 1, User: x}`), Options{}, "imFileEvent"},
		{"category, Defender", logsource("category: image_load", `selection: {ImageLoaded: x}`), Options{Dialect: XDR}, "DeviceImageLoadEvents"},
		{"event id", logsource("product: windows, service: security", `selection: {EventID: [9999, '4625'], SubjectUserName: x}`), Options{}, "imAuthentication"},
		{"asked for", logsource("product: windows, service: security", `selection: {User: x}`), Options{Table: "imRegistry"}, "imRegistry"},
	} {
		t.Run(c.name, func(t *testing.T) {
			queries, _, err := Translate(c.rule, c.options)
			if err != nil || len(queries) != 1 || queries[0].Table != c.want {
				t.Errorf("%v, %v; want %s", queries, err, c.want)
			}
		})
	}
}

// An error stands at its cause and says what to do.
func TestErrorsNameThePlaceAndTheRemedy(t *testing.T) {
	for _, c := range []struct{ name, rule, want string }{
		{"category without a table", "title: x\nlogsource: {category: image_load}\ndetection: {s: {Image: a}, condition: s}\n",
			"rule.yml:2:23: no ASIM table for category `image_load`; mapped: file_access, file_change, file_delete, file_event, file_rename, " +
				"network_connection, process_creation, proxy, registry_add, registry_delete, registry_event, registry_set, webserver"},
		{"event id in a list of maps", "title: x\nlogsource: {product: windows}\ndetection: {sel: [{EventID: 4625}], condition: sel}\n",
			"rule.yml:2:1: no ASIM table: the rule has no category and no known EventID in a `sel…` identifier; mapped: file_access, file_change, " +
				"file_delete, file_event, file_rename, network_connection, process_creation, proxy, registry_add, registry_delete, registry_event, " +
				"registry_set, webserver"},
		{"event id that is no number", "title: x\nlogsource: {product: windows}\ndetection: {sel: {EventID: many}, condition: sel}\n",
			"rule.yml:3:28: `many` is no event id; write a number"},
		{"unknown field", "title: x\nlogsource: {category: process_creation}\ndetection: {s: {ComandLine: a}, condition: s}\n",
			"rule.yml:3:17: field `ComandLine` has no column in imProcessCreate; nearest: `CommandLine`"},
		{"two causes", "title: x\nlogsource: {category: process_creation}\ndetection: {s: {Foo: a, 'Image|expand': '%x%'}, condition: s}\n",
			"rule.yml:3:17: field `Foo` has no column in imProcessCreate; no field of the table comes near\n" +
				"rule.yml:3:41: placeholder in `%x%` has no value; replace it by what your environment has there"},
		{"nothing under not", "title: x\nlogsource: {category: process_creation}\ndetection: {s: {Image: a}, f: {EventID: 1}, condition: s and not f}\n",
			"rule.yml:3:62: nothing is left under this `not` after dropping event ids; test something else in the filter"},
		{"unknown identifier", "title: x\nlogsource: {category: process_creation}\ndetection: {s: {Image: a}, condition: t}\n",
			"rule.yml:3:39: the condition has no certain meaning: `t` is not defined in the detection"},
		{"an aggregation", "title: x\nlogsource: {category: process_creation}\ndetection: {s: {Image: a}, condition: s | count() > 5}\n",
			"rule.yml:3:41: the condition counts events, which one query for one event cannot; write a correlation rule"},
		{"no condition", "title: x\nlogsource: {category: process_creation}\ndetection: {s: {Image: a}}\n",
			"rule.yml:1:1: the rule has no condition; add `condition: selection`"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := Translate(ruleOf(t, c.rule), Options{})
			if err == nil || err.Error() != c.want {
				t.Errorf("\n got %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestEachConditionIsAQuery(t *testing.T) {
	r := ruleOf(t, "title: x\nlogsource: {category: process_creation}\ndetection:\n  a: {Image: a}\n  b: {EventID: 1}\n  condition: [a, b, not a]\n")
	queries, _, err := Translate(r, Options{})
	if err != nil || len(queries) != 2 || !strings.HasSuffix(queries[1].Text, `not(TargetProcessName =~ "a")`) {
		t.Errorf("%v, %v", queries, err)
	}
}

func TestTooManyDashVariantsAreRefused(t *testing.T) {
	_, _, err := Translate(processRule(t, `s: {CommandLine|windash: ' -a -b -c -d -e'}`, "s"), Options{Parity: true})
	var e *Error
	if !errors.As(err, &e) || e.Causes[0].Kind != CauseTooLarge {
		t.Errorf("%v", err)
	}
}

func TestNegatedRangesAreNoted(t *testing.T) {
	r := categoryRule(t, "network_connection", "s: {DestinationPort: 80}\nf: {'DestinationIp|cidr': '10.0.0.0/8'}", "s and not f")
	_, notes := where(t, r, Options{})
	if len(notes) != 1 || notes[0].ID != defectRangeNull {
		t.Errorf("%v", notes)
	}
}

// The commonest shape of a rule, in both dialects.
func TestSelectionWithFilter(t *testing.T) {
	r := processRule(t, `selection:
  Image|endswith:
    - '/id'
    - '/whoami'
filter_inventory:
  ParentCommandLine|contains: '/opt/inventory/run'
  Image|endswith: '/id'`, "selection and not 1 of filter_*")
	for _, c := range []struct {
		dialect Dialect
		want    string
	}{
		{ASIM, `(TargetProcessName endswith "/id" or TargetProcessName endswith "/whoami") and ` +
			`(not((ActingProcessCommandLine contains "/opt/inventory/run" and TargetProcessName endswith "/id")))`},
		{XDR, `(FolderPath endswith "/id" or FolderPath endswith "/whoami") and ` +
			`(not((InitiatingProcessCommandLine contains "/opt/inventory/run" and FolderPath endswith "/id")))`},
	} {
		for _, parity := range []bool{true, false} {
			got, notes := where(t, r, Options{Dialect: c.dialect, Parity: parity})
			if got != c.want || len(notes) > 0 {
				t.Errorf("\n got %s\nwant %s\n%v", got, c.want, notes)
			}
		}
	}
}
