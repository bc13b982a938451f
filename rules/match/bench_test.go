package match

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sigtune/sigtune/rules/corpustest"
)

// A process creation event as Sysmon logs it, written for this benchmark.
const benchEvent = `{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"WS-0042.corp.example","UtcTime":"2026-03-04 10:11:12.345",
"ProcessGuid":"{0197231e-005a-6928-a50b-000000000d00}","ProcessId":4460,"Image":"C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe",
"FileVersion":"10.0.22621.1 (WinBuild.160101.0800)","Description":"Windows PowerShell","Product":"Microsoft® Windows® Operating System","Company":"Microsoft Corporation",
"OriginalFileName":"PowerShell.EXE","CommandLine":"\"C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe\" -NoProfile -ExecutionPolicy Bypass -File \"C:\\Program Files\\Vendor\\Agent\\inventory.ps1\" -Scope Machine -Output C:\\ProgramData\\Vendor\\inventory.json",
"CurrentDirectory":"C:\\Windows\\system32\\","User":"NT AUTHORITY\\SYSTEM","LogonId":"0x3e7","IntegrityLevel":"System",
"Hashes":"SHA1=00112233445566778899AABBCCDDEEFF00112233,MD5=00112233445566778899AABBCCDDEEFF,SHA256=00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF,IMPHASH=00112233445566778899AABBCCDDEEFF",
"ParentImage":"C:\\Program Files\\Vendor\\Agent\\agent.exe","ParentCommandLine":"\"C:\\Program Files\\Vendor\\Agent\\agent.exe\" service","ParentUser":"NT AUTHORITY\\SYSTEM"}`

// A rule of the usual shape that fires on the event up to its filter.
var benchRule = detectionRule(`selection_img:
  - Image|endswith:
      - '\powershell.exe'
      - '\pwsh.exe'
  - OriginalFileName:
      - 'PowerShell.EXE'
      - 'pwsh.dll'
selection_cli:
  CommandLine|contains:
    - ' -enc '
    - 'DownloadString'
    - 'FromBase64String'
    - 'bypass'
filter_main_vendor:
  ParentImage|startswith: 'C:\Program Files\Vendor\'
  CommandLine|contains|all:
    - '-File'
    - '\inventory.ps1'
condition: all of selection_* and not 1 of filter_main_*`)

func BenchmarkParseEvent(b *testing.B) {
	b.SetBytes(int64(len(benchEvent)))
	for b.Loop() {
		if _, err := ParseEvent([]byte(benchEvent)); err != nil {
			b.Fatal(err)
		}
	}
}

// Every iteration is the first look at its event: folding included.
func BenchmarkMatchFreshEvent(b *testing.B) {
	m, e := compile(b, benchRule), event(b, benchEvent)
	f := e.root.fields
	seen := []*value{f["Image"], f["CommandLine"], f["OriginalFileName"], f["ParentImage"]}
	b.ReportAllocs()
	for b.Loop() {
		for _, f := range seen {
			f.folded.Store(nil)
		}
		m.Match(e)
	}
}

// The usual case of many rules on one event: its texts are folded already.
func BenchmarkMatchSeenEvent(b *testing.B) {
	m, e := compile(b, benchRule), event(b, benchEvent)
	b.ReportAllocs()
	for b.Loop() {
		m.Match(e)
	}
}

func BenchmarkExplain(b *testing.B) {
	m, e := compile(b, benchRule), event(b, benchEvent)
	for b.Loop() {
		m.Explain(e)
	}
}

// Single tests on a text that was not folded before.
func BenchmarkTest(b *testing.B) {
	for _, body := range []string{
		`Image: 'C:\Windows\explorer.exe'`,
		`Image|endswith: '\cmd.exe'`,
		`Image|startswith: 'C:\Windows\SysWOW64\'`,
		`CommandLine|contains: 'mimikatz'`,
		`CommandLine: '*-file*.ps1*json'`,
		`CommandLine|windash|contains: ' -encoded'`,
		`CommandLine|re: '(?i)-e(nc)?\s+[A-Za-z0-9+/]{40,}'`,
		`ProcessId|gt: 4000`,
		`UtcTime|hour: 3`,
		`Image|fieldref: ParentImage`,
	} {
		b.Run(strings.ReplaceAll(body, "/", ""), func(b *testing.B) {
			m, e := compile(b, selectionRule(body)), event(b, benchEvent)
			field, _, _ := strings.Cut(body, ":")
			field, _, _ = strings.Cut(field, "|")
			seen := e.root.fields[field]
			b.ReportAllocs()
			for b.Loop() {
				seen.folded.Store(nil)
				m.Match(e)
			}
		})
	}
}

// Lists of values that do not match, with and without the sets: where minWholes and minInsides come from.
func BenchmarkValueList(b *testing.B) {
	for name, modifier := range map[string]string{"whole": "", "contains": "|contains"} {
		for _, n := range []int{4, 8, 16, 24, 50, 400, 4432} {
			body := "Hashes" + modifier + ":\n"
			for i := range n {
				body += fmt.Sprintf("  - 'IMPHASH=%032X'\n", i*7919)
			}
			m, e := compile(b, selectionRule(body)), event(b, benchEvent)
			i := m.scopes[0].conditions[0].selected[0].block.items[0]
			with, _ := takeSets(i.tests)
			for _, set := range []*sets{nil, with} {
				name := fmt.Sprintf("%s/%d/sets=%v", name, n, set != nil)
				if set == nil {
					i.sets, i.rest = nil, i.tests
				} else {
					i.sets, i.rest = set, nil
				}
				b.Run(name, func(b *testing.B) {
					for b.Loop() {
						m.Match(e)
					}
				})
			}
		}
	}
}

// All live Windows process creation rules against all process events of the corpus.
func BenchmarkCorpus(b *testing.B) {
	_, events := atomicEvents(b)
	var matchers []*Matcher
	for _, r := range liveRules(b, corpustest.Open(b)) {
		if r.Logsource.Category.Value == "process_creation" && r.Logsource.Product.Value == "windows" {
			if m, err := Compile(r); err == nil {
				matchers = append(matchers, m)
			}
		}
	}
	b.ReportAllocs()
	hits := 0
	for b.Loop() {
		begin := time.Now()
		hits = 0
		for _, e := range events {
			for _, m := range matchers {
				if m.Match(e) {
					hits++
				}
			}
		}
		pairs := len(events) * len(matchers)
		b.ReportMetric(float64(time.Since(begin).Nanoseconds())/float64(pairs), "ns/pair")
	}
	b.ReportMetric(float64(len(matchers)), "rules")
	b.ReportMetric(float64(len(events)), "events")
	b.ReportMetric(float64(hits), "hits")
}
