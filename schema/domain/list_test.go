package domain

import (
	"errors"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

func fieldsOf(t *testing.T, table *Table, logsource string) Fields {
	t.Helper()
	return table.For(parse(t, "logsource: {"+logsource+"}\ndetection:\n  s:\n    a: b\n  condition: s\n"))
}

func TestHowManyValuesAFieldHolds(t *testing.T) {
	for _, c := range []struct{ logsource, one, several string }{
		{"product: windows, category: process_creation", "Image CommandLine Hashes Company", "process.args Keywords"},
		{"product: windows, service: application", "EventID Provider_Name", "Data"},
		{"product: windows, service: security", "TargetUserName PrivilegeList", "event.category"},
		{"product: linux, category: process_creation", "Image CommandLine ParentImage", "process.args"},
		{"product: linux, service: auditd", "exe a0 comm", "name type nametype key"},
		{"product: macos, category: file_event", "TargetFilename", ""},
		{"category: webserver", "cs-uri-query cs-user-agent sc-status", "request.headers tags"},
		{"category: dns", "query record_type", "answer answers"},
		{"product: zeek, service: dns", "query id.resp_p", "answers"},
		{"product: aws, service: cloudtrail", "eventName eventSource userIdentity.arn", "requestParameters requestParameters.attribute responseElements.x additionalEventData.MFAUsed"},
		{"product: azure, service: auditlogs", "OperationName Category", "TargetResources properties.message targetResources.type Initiatedby"},
		{"product: okta, service: okta", "eventType outcome.result", "target.displayName debugContext.debugData.behaviors"},
		{"product: github, service: audit", "action", "config.url"},
		{"product: gcp, service: gcp.audit", "data.protoPayload.methodName", "data.protoPayload.authorizationInfo.permission"},
		{"product: kubernetes, category: application, service: audit", "verb objectRef.resource", "capabilities hostPath"},
		// log sources that nobody knows
		{"product: windows, category: acme_telemetry", "", "Image"},
		{"product: acme, category: process_creation", "", "Image CommandLine"},
		{"category: acme", "", "Image"},
	} {
		fields := fieldsOf(t, nil, c.logsource)
		for name := range strings.FieldsSeq(c.one) {
			if fields.Lists(name) {
				t.Errorf("%s: `%s` holds one value", c.logsource, name)
			}
		}
		for name := range strings.FieldsSeq(c.several) {
			if !fields.Lists(name) || fields.Single(name) {
				t.Errorf("%s: `%s` may hold several values", c.logsource, name)
			}
		}
	}
}

func TestEveryRowOfListsCountsAndSaysWhy(t *testing.T) {
	names := map[string]bool{}
	for i, l := range lists {
		if l.Name == "" || names[l.Name] || l.Fields == "" || !strings.HasSuffix(l.Why, ".") {
			t.Errorf("row %d, %q: a part is missing or used twice", i, l.Name)
		}
		names[l.Name] = true
	}
}

func TestADocumentWithATaxonomyOfItsOwnPromisesNothing(t *testing.T) {
	rule := parse(t, "taxonomy: acme\nlogsource: {product: windows, category: process_creation}\ndetection:\n  s:\n    Image: cmd.exe\n  condition: s\n")
	if fields := Default().For(rule); !fields.Lists("Image") || fields.Single("Image") {
		t.Error("its Image may be a list")
	}
}

// Proofs need words where only a bundled row promises one value, not where the taxonomy or the user does.
func TestWhatIsCertainNeedsNoWords(t *testing.T) {
	const aws = "product: aws, service: cloudtrail"
	if !fieldsOf(t, nil, "product: windows, category: process_creation").Single("Image") {
		t.Error("Image of Sysmon is certain")
	}
	if fieldsOf(t, nil, aws).Single("eventName") {
		t.Error("eventName of CloudTrail is not")
	}
	own, err := Default().WithLists(List{Name: "own", In: []taxonomy.Key{{Product: "aws"}}, Fields: "event*"})
	if err != nil || !fieldsOf(t, own, aws).Single("eventName") {
		t.Error("unless the user says so", err)
	}
}

func TestLaterRowsOfListsWin(t *testing.T) {
	several, err := Default().WithLists(List{Name: "edr", In: windows, Fields: "Image", Several: true})
	if err != nil {
		t.Fatal(err)
	}
	one, err := several.WithLists(List{Name: "acme", Fields: "Image requestParameters.*"})
	if err != nil {
		t.Fatal(err)
	}
	const process = "product: windows, category: process_creation"
	if !fieldsOf(t, several, process).Lists("Image") || fieldsOf(t, several, process).Lists("CommandLine") {
		t.Error("Image alone is turned to several")
	}
	if fieldsOf(t, one, process).Lists("Image") || fieldsOf(t, one, "product: aws, service: cloudtrail").Lists("requestParameters.x") || fieldsOf(t, one, "product: acme").Lists("Image") {
		t.Error("and back to one, in every log source")
	}
	if fieldsOf(t, nil, process).Lists("Image") {
		t.Error("the bundled table changed")
	}
	if _, err := Default().WithLists(List{Name: "x"}); err == nil || err.Error() != `field list "x" names no fields` {
		t.Error(err)
	}
}

func TestTheDigestFollowsTheRows(t *testing.T) {
	more, err := Default().WithLists(List{Name: "x", Fields: "a", Several: true})
	if err != nil {
		t.Fatal(err)
	}
	if more.Digest() == Default().Digest() || (*Table)(nil).Digest() != Default().Digest() {
		t.Error("a row more is another table, and nil is the bundled one")
	}
}

func TestPatternsOfNames(t *testing.T) {
	for _, c := range []struct {
		pattern, yes, no string
	}{
		{"a", "a", "ab A"}, {"*", "a a.b", ""}, {"a.*", "a.b a.b.c a.", "a ab b.a.c"}, {"*.*", "a.b .", "ab"}, {"a*c*e", "ace abcde accee", "abd acd"},
	} {
		for name := range strings.FieldsSeq(c.yes) {
			if !matches(c.pattern, name) {
				t.Errorf("%s stands for %s", c.pattern, name)
			}
		}
		for name := range strings.FieldsSeq(c.no) {
			if matches(c.pattern, name) {
				t.Errorf("%s does not stand for %s", c.pattern, name)
			}
		}
	}
}

// A clash of two values of one field is a proof where the field holds one value, and nothing where it may hold several.
func TestListsDecideWhatAClashProves(t *testing.T) {
	for logsource, want := range map[string]logic.Verdict{"product: windows, category: process_creation": logic.No, "product: acme": logic.Yes} {
		rule := parse(t, "logsource: {"+logsource+"}\ndetection:\n  a:\n    Image|endswith: '\\a.exe'\n  b:\n    Image|endswith: '\\b.exe'\n  condition: a and b\n")
		a := logic.NewProver(logic.Options{Lists: Default().For(rule).Lists}).Satisfiable(logic.FromRule(rule))
		if a.Verdict != want {
			t.Errorf("%s: %v, want %v", logsource, a.Verdict, want)
		}
	}
}

func TestSettingsOfAConfiguration(t *testing.T) {
	table, err := Settings{
		Domains: []DomainSetting{
			{Name: "edr-images", Logsource: on("windows"), Fields: []string{"Image", "Parent*"}, Expression: `[^\\]+`, Assuming: "names without a directory"},
			{Name: "free", Logsource: on("windows"), Fields: []string{"OriginalFileName"}},
		},
		Lists: []ListSetting{
			{Logsource: taxonomy.Key{Product: "aws"}, Fields: []string{"event*"}, Several: true},
			{Fields: []string{"a field"}},
		},
	}.Table()
	if err != nil {
		t.Fatal(err)
	}
	if d := table.Of(on("windows"), "ParentImage"); d == nil || !d.Contains("cmd.exe") || d.Contains(`C:\cmd.exe`) {
		t.Errorf("%+v", d)
	}
	if table.Of(on("windows"), "OriginalFileName") != nil {
		t.Error("the field is not free")
	}
	if d := table.Of(on("linux"), "Image"); d == nil || d.Name != "linux-path" {
		t.Error("other products keep the bundled rows")
	}
	if !fieldsOf(t, table, "product: aws, service: cloudtrail").Lists("eventName") || fieldsOf(t, table, "product: acme").Lists("a field") {
		t.Error("the lists are not read")
	}
}

func TestRowsOfAConfigurationThatSayNothingAreNamed(t *testing.T) {
	_, err := Settings{
		Domains: []DomainSetting{
			{Name: "good", Fields: []string{"A"}, Expression: "a", Assuming: "a"},
			{Name: "none"},
			{Fields: []string{"A"}, Expression: "a"},
			{Name: "broken", Fields: []string{"A"}, Expression: "a(", Assuming: "a"},
		},
		Lists: []ListSetting{{Fields: []string{"A", " "}}},
	}.Table()
	if err == nil {
		t.Fatal("no error")
	}
	want := []string{
		"fields.domains[1] (none): `fields` is missing",
		"fields.domains[2]: `assuming` is missing",
		"fields.domains[3] (broken): `expression` is no regular expression: error parsing regexp: missing closing ): `a(`",
		"fields.lists[0]: `fields` has an empty name at place 2",
	}
	got := strings.Split(err.Error(), "\n")
	for i, w := range want {
		if i >= len(got) || !strings.HasPrefix(got[i], w) {
			t.Errorf("%q, want %q", got, w)
			break
		}
	}
	var row *SettingError
	if !errors.As(err, &row) || row.Section != "domains" || row.Row != 1 || row.Name != "none" {
		t.Errorf("%+v", row)
	}
}
