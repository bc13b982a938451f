package evidence

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/sigtune/sigtune/schema/taxonomy"
)

// shown is what a stream gives: its form, a line for each record (its line of the input, and its fields), and a line for each problem.
func shown(s *Stream) string {
	var out strings.Builder
	for r := range s.Records() {
		fmt.Fprintf(&out, "%d %s\n", r.Source.Line, fieldsText(r.Fields()))
	}
	for _, p := range s.First {
		fmt.Fprintf(&out, "! %v\n", p)
	}
	if s.Broken > len(s.First) {
		fmt.Fprintf(&out, "! %d in all\n", s.Broken)
	}
	if s.Err() != nil {
		fmt.Fprintf(&out, "error %v\n", s.Err())
	}
	forms := make([]string, len(s.Formats))
	for i, f := range s.Formats {
		forms[i] = f.Format
	}
	return strings.Join(forms, " + ") + "\n" + out.String()
}

func fieldsText(fields map[string]any) string {
	var names []string
	for n := range fields {
		names = append(names, n)
	}
	sort.Strings(names)
	for i, n := range names {
		v, _ := json.Marshal(fields[n])
		names[i] = n + "=" + string(v)
	}
	return strings.Join(names, " ")
}

const windowsEvent = `<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="Our-Provider" Guid="{1}"/><EventID>7</EventID>` +
	`<TimeCreated SystemTime="2026-01-12T08:00:00.5Z"/><Channel>Ours</Channel><Computer>pc1</Computer><Correlation/></System>` +
	`<EventData><Data Name="Image">C:\a.exe</Data><Data Name="Process Name">a &amp; b</Data><Data Name="Empty"/></EventData></Event>`

const windowsEventFields = `Channel="Ours" Computer="pc1" Empty="" EventID="7" Image="C:\\a.exe" ProcessName="a \u0026 b" Provider_Guid="{1}" ` +
	`Provider_Name="Our-Provider" TimeCreated_SystemTime="2026-01-12T08:00:00.5Z"`

func TestEveryFormIsRecognisedAndRead(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"nothing", "", "no events\n"},
		{"JSON lines keep numbers and booleans", "{\"a\": 1.50, \"b\": true}\n\n{\"a\": null}\n", "JSON lines\n1 a=1.50 b=true\n3 a=null\n"},
		{"a broken line costs itself", "{\"a\": 1\n{\"a\": 2}\n[3]\n", "JSON lines\n2 a=2\n! f:1: the event is no JSON: it ends in the middle\n! f:3: an event is a JSON object, this is an array\n"},
		{"one object over several lines", "{\n \"a\": 1\n}\n", "JSON objects\n1 a=1\n"},
		{"objects over several lines, one behind the other", "{\n \"a\": 1\n}\n{\n \"a\": \"}\\\"\"\n}", "JSON objects\n1 a=1\n4 a=\"}\\\"\"\n"},
		{"an array", "[{\"a\": 1},\n {\"a\": 2}, 3]", "JSON array\n1 a=1\n2 a=2\n! f:2: an event is a JSON object, this is a number\n"},
		{"a truncated array", "[{\"a\": 1},\n {\"a\": ", "JSON array\n1 a=1\n! f:2: the input ends in the middle of an event\n"},
		{"nested objects are flattened", `{"a": {"b": 1, "c": [1, 2]}, "d": [{"e": 1}, {"e": 2}]}`, "JSON lines\n1 a.b=1 a.c=[1,2] d.e=[1,2]\n"},
		{"Elastic hits", `{"took": 1, "hits": {"total": {"value": 2}, "hits": [` + "\n" + `{"_index": "i", "_source": {"process": {"pid": 4}}},{"_id": "2", "_source": {"a.b": 5}}]}}`,
			"Elastic search result\n2 process.pid=4\n2 a.b=5\n"},
		{"Elastic sources, one a line", `{"_index":"i","_source":{"a":1}}` + "\n" + `{"_index":"i","_source":{"a":2}}`, "JSON lines\n1 a=1\n2 a=2\n"},
		{"Splunk export", `{"preview":false,"offset":0,"result":{"a":"1"}}` + "\n" + `{"preview":false,"result":{"a":"2"}}`, "JSON lines\n1 a=\"1\"\n2 a=\"2\"\n"},
		{"Splunk results", `{"preview":false,"init_offset":0,"results":[{"a":"1"}]}`, "Splunk export\n1 a=\"1\"\n"},
		{"Splunk rows", `{"preview":false,"fields":["a","b"],"rows":[["1",null],["","2"]]}`, "table of rows\n1 a=\"1\"\n1 b=\"2\"\n"},
		{"a field called result is a field", `{"result": {"a": 1}, "Image": "x"}`, "JSON lines\n1 Image=\"x\" result.a=1\n"},
		{"a field called data is a field", `{"data": [{"a": 1}], "Image": "x"}`, "JSON lines\n1 Image=\"x\" data.a=[1]\n"},
		{"Sentinel tables", `{"tables":[{"name":"PrimaryResult","columns":[{"name":"a","type":"string"},{"name":"b","type":"dynamic"}],"rows":[["x","{\"c\":1}"],["y",""]]}]}`,
			"Sentinel query result\n1 a=\"x\" b.c=1\n1 a=\"y\"\n"},
		{"rows before columns", `{"tables":[{"rows":[["x"]],"columns":[{"name":"a"}]}]}`, "Sentinel query result\n! f:1: the table has no columns before its rows\n"},
		{"Defender results", `{"Schema":[{"Name":"a"}],"Results":[{"a":1}]}`, "Defender query result\n1 a=1\n"},
		{"CloudTrail", `{"Records":[{"eventName":"x"}]}`, "CloudTrail log\n1 eventName=\"x\"\n"},
		{"CSV", "a,b\r\n1,\"x, \"\"y\"\"\nz\"\r\n,2\r\n", "CSV, comma\n2 a=\"1\" b=\"x, \\\"y\\\"\\nz\"\n4 b=\"2\"\n"},
		{"CSV with semicolons", "a;b,c\n1;2\n", "CSV, semicolon\n2 a=\"1\" b,c=\"2\"\n"},
		{"CSV of Excel", "sep=;\na;b\n1;2\n", "CSV, semicolon\n3 a=\"1\" b=\"2\"\n"},
		{"CSV with tabs", "a\tb\n1\t2\n", "CSV, tab\n2 a=\"1\" b=\"2\"\n"},
		{"CSV with a record too wide", "a,b\n1,2\n1,2,3\n", "CSV, comma\n2 a=\"1\" b=\"2\"\n! f:3: the record has 3 cells, the header 2 names\n"},
		{"CSV with a quote left open", "a,b\n1,\"2\n3,4\n", "CSV, comma\n! f:2: the input ends early: unexpected EOF\na quote is not closed\n"},
		{"event XML", windowsEvent, "Windows event XML\n1 " + windowsEventFields + "\n"},
		{"events in a document", "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\n<Events>\n" + windowsEvent + "\n" + windowsEvent + "</Events>",
			"Windows event XML\n3 " + windowsEventFields + "\n4 " + windowsEventFields + "\n"},
		{"truncated XML", windowsEvent + "\n<Event><System>", "Windows event XML\n1 " + windowsEventFields + "\n! f:2: the input ends in the middle of an event\n"},
		{"XML without events", "<html><EventList/></html>", "Windows event XML\n! f:1: there is no <Event> in this XML\n"},
		{"a broken event in XML", "<Event><a></b></Event>" + windowsEvent, "Windows event XML\n1 " + windowsEventFields + "\n! f:1: the event is no XML: XML syntax error on line 1: element <a> closed by </b>\n"},
		{"an evtx dump", `{"Event": {"#attributes": {"xmlns": "x"}, "System": {"EventID": {"#attributes": {"Qualifiers": 0}, "#text": 7}, "Provider": {"#attributes": {"Name": "P"}}}, "EventData": {"Process Name": "a", "Data": {"#text": ["x", "y"]}}}}`,
			"JSON lines\n1 Data=[\"x\",\"y\"] EventID=7 EventID_Qualifiers=0 ProcessName=\"a\" Provider_Name=\"P\"\n"},
		{"attributes beside", `{"Event": {"System": {"EventID": 7, "Provider_attributes": {"Name": "P"}}, "UserData": {"E": {"a": 1}}}}`, "JSON lines\n1 EventID=7 Provider_Name=\"P\" a=1\n"},
		{"no UTF-8", "{\"a\": \"\xe9\"}\n{\"a\": \"\u00e9\"}", "JSON lines\n2 a=\"\u00e9\"\n! f:1: byte 8 of the record, 0xe9, is no UTF-8; export the events as UTF-8 or UTF-16\n"},
		{"three problems are shown", "{\"a\":1}\nx\nx\nx\nx\n", "JSON lines\n1 a=1\n! f:2: the event is no JSON: invalid character 'x' looking for beginning of value\n! f:3: the event is no JSON: invalid character 'x' looking for beginning of value\n! f:4: the event is no JSON: invalid character 'x' looking for beginning of value\n! 4 in all\n"},
		{"too deep", `{"a":` + strings.Repeat(`{"a":`, 200) + "1" + strings.Repeat("}", 201), "JSON lines\n! f:1: the event is nested deeper than 128 levels\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := shown(Read("f", strings.NewReader(c.in), Options{})); got != c.want {
				t.Errorf("got\n%swant\n%s", got, c.want)
			}
		})
	}
}

func encode16(s string, order binary.AppendByteOrder) string {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		out = order.AppendUint16(out, u)
	}
	return string(out)
}

func zipped(s string) string {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write([]byte(s))
	_ = w.Close()
	return out.String()
}

func TestLayersAroundTheTextAreTakenOff(t *testing.T) {
	in := "{\"a\": \"\u00e9\U0001f600\"}\n"
	want := "\n1 a=\"\u00e9\U0001f600\"\n"
	for _, c := range []struct{ name, in, form string }{
		{"byte order mark", "\ufeff" + in, "JSON lines"},
		{"UTF-16 LE", encode16("\ufeff"+in, binary.LittleEndian), "JSON lines, UTF-16"},
		{"UTF-16 BE", encode16("\ufeff"+in, binary.BigEndian), "JSON lines, UTF-16"},
		{"UTF-16 LE without a mark", encode16(in, binary.LittleEndian), "JSON lines, UTF-16"},
		{"UTF-16 BE without a mark", encode16(in, binary.BigEndian), "JSON lines, UTF-16"},
		{"gzip", zipped(in), "JSON lines, gzip"},
		{"gzip twice", zipped(zipped(in)), "JSON lines, gzip"},
		{"gzip of UTF-16", zipped(encode16("\ufeff"+in, binary.LittleEndian)), "JSON lines, UTF-16, gzip"},
		{"two gzip streams", zipped(in) + zipped(""), "JSON lines, gzip"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := shown(Read("f", strings.NewReader(c.in), Options{})); got != c.form+want {
				t.Errorf("got\n%swant\n%s", got, c.form+want)
			}
		})
	}
}

func TestTruncatedGzipGivesWhatCameBefore(t *testing.T) {
	var in strings.Builder
	for i := range 20000 {
		fmt.Fprintf(&in, "{\"n\": %d, \"x\": \"%x\"}\n", i, i*2654435761)
	}
	data := zipped(in.String())
	s := Read("f", strings.NewReader(data[:len(data)/2]), Options{})
	n := 0
	for range s.Records() {
		n++
	}
	if n < 5000 || s.Broken != 1 || s.Err() != nil || !strings.Contains(s.First[0].Error(), "ends early") {
		t.Errorf("%d records, %d broken, %v, %v", n, s.Broken, s.First, s.Err())
	}
}

// long is a reader of text that is never in memory.
type long struct {
	before string
	fill   byte
	n      int
	after  string
}

func (l *long) Read(p []byte) (int, error) {
	switch {
	case l.before != "":
		n := copy(p, l.before)
		l.before = l.before[n:]
		return n, nil
	case l.n > 0:
		n := min(l.n, len(p))
		for i := range p[:n] {
			p[i] = l.fill
		}
		l.n -= n
		return n, nil
	case l.after != "":
		n := copy(p, l.after)
		l.after = l.after[n:]
		return n, nil
	}
	return eof{}.Read(p)
}

func TestARecordOf100MBIsRefusedAndTheNextIsRead(t *testing.T) {
	const size = 100 << 20
	for _, c := range []struct {
		name string
		in   *long
		want string
	}{
		{"line", &long{"{\"a\": \"", 'x', size, "\"}\n{\"a\": 1}\n"}, "JSON lines\n2 a=1\n! f:1: the line is longer than 4194304 bytes; write one event a line\n"},
		{"element of an array", &long{"[{\"a\": \"", 'x', size, "\"},\n{\"a\": 1}]"}, "JSON array\n2 a=1\n! f:1: the event is longer than 4194304 bytes\n"},
		{"hit", &long{"{\"hits\":{\"hits\":[{\"_source\":{\"a\":\"", 'x', size, "\"}},{\"_index\":\"i\",\"_source\":{\"a\": 1}}]}}"},
			"Elastic search result\n1 a=1\n! f:1: the event is longer than 4194304 bytes\n"},
		{"row", &long{"{\"tables\":[{\"columns\":[{\"name\":\"a\"}],\"rows\":[[\"", 'x', size, "\"],[\"1\"]]}]}"},
			"Sentinel query result\n1 a=\"1\"\n! f:1: the row is longer than 4194304 bytes\n"},
		{"CSV record", &long{"a,b\n1,\"", 'x', size, "\"\n1,2\n"}, "CSV, comma\n3 a=\"1\" b=\"2\"\n! f:2: the record is longer than 4194304 bytes; is a quote open?\n"},
		{"XML event", &long{"<Events><Event><a>", 'x', size, "</a></Event>\n" + windowsEvent + "</Events>"},
			"Windows event XML\n2 " + windowsEventFields + "\n! f:1: the event is longer than 4194304 bytes\n"},
		{"XML event of many elements", &long{"<Events><Event>", '>', size / 10, "</Event>\n" + windowsEvent + "</Events>"},
			"Windows event XML\n2 " + windowsEventFields + "\n! f:1: the event is longer than 4194304 bytes\n"},
		{"blanks", &long{"", ' ', size, "{\"a\": 1}\n"}, "no events\n! f:1: the line is longer than 4194304 bytes; write one event a line\n"},
		{"depth", &long{"{\"a\":", '[', size, "\n{\"a\": 1}\n"}, "JSON lines\n2 a=1\n! f:1: the line is longer than 4194304 bytes; write one event a line\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := shown(Read("f", c.in, Options{})); got != c.want {
				t.Errorf("got\n%swant\n%s", got, c.want)
			}
		})
	}
}

func TestNamesOfOtherProductsBecomeSigmas(t *testing.T) {
	process := taxonomy.Key{Category: "process_creation", Product: "windows"}
	for _, c := range []struct {
		name string
		of   taxonomy.Key
		in   string
		want string
	}{
		{"ECS", process, `{"process": {"executable": "C:\\a.exe", "command_line": "a", "pid": 4, "parent": {"executable": "p"}}, "user": {"name": "u", "domain": "D"}, "host": {"name": "h"}}`,
			`CommandLine="a" Computer="h" Image="C:\\a.exe" ParentImage="p" ProcessId=4 User="D\\u"`},
		{"winlogbeat", process, `{"winlog": {"channel": "Microsoft-Windows-Sysmon/Operational", "event_id": 1, "event_data": {"Image": "C:\\a.exe", "User": "D\\u"}}, "event": {"code": "1"}}`,
			`Channel="Microsoft-Windows-Sysmon/Operational" EventID=1 Image="C:\\a.exe" User="D\\u" event.code="1"`},
		{"the event tells its category", taxonomy.Key{}, `{"event": {"category": ["process"], "type": ["start"]}, "process": {"executable": "x"}}`,
			`Image="x" event.category=["process"] event.type=["start"]`},
		{"an event of unknown category keeps its names", taxonomy.Key{}, `{"event": {"kind": "event"}, "process": {"executable": "x"}}`, `event.kind="event" process.executable="x"`},
		{"Defender", process, `{"ActionType": "ProcessCreated", "FolderPath": "C:\\a.exe", "ProcessCommandLine": "a", "AccountName": "u", "AccountDomain": "D", "InitiatingProcessFolderPath": "p", "DeviceName": "h", "SHA256": "ab"}`,
			`ActionType="ProcessCreated" CommandLine="a" Computer="h" Hashes="SHA256=AB" Image="C:\\a.exe" ParentImage="p" SHA256="ab" User="D\\u"`},
		{"Defender, image loaded, told by the event", taxonomy.Key{}, `{"ActionType": "ImageLoaded", "FolderPath": "C:\\a.dll", "InitiatingProcessFolderPath": "p"}`, `ActionType="ImageLoaded" Image="p" ImageLoaded="C:\\a.dll"`},
		{"Defender, registry", taxonomy.Key{}, `{"ActionType": "RegistryValueSet", "RegistryKey": "HKEY_LOCAL_MACHINE\\SOFTWARE\\X", "RegistryValueName": "Run", "RegistryValueData": "y"}`,
			`Details="y" EventType="SetValue" TargetObject="HKLM\\SOFTWARE\\X\\Run"`},
		{"ASIM", process, `{"EventSchema": "ProcessEvent", "TargetProcessName": "C:\\a.exe", "ActingProcessName": "p", "TargetProcessCommandLine": "a"}`, `CommandLine="a" EventSchema="ProcessEvent" Image="C:\\a.exe" ParentImage="p"`},
		{"Security 4688", process, `{"EventID": 4688, "NewProcessName": "C:\\a.exe", "NewProcessId": "0x10", "ProcessId": "0x4", "SubjectUserName": "u", "SubjectDomainName": "D", "MandatoryLabel": "S-1-16-12288"}`,
			`EventID=4688 Image="C:\\a.exe" IntegrityLevel="High" ParentProcessId="0x4" ProcessId="0x10" User="D\\u"`},
		{"Security 4688 for a rule on the Security log", taxonomy.Key{Product: "windows", Service: "security"}, `{"EventID": 4688, "NewProcessName": "C:\\a.exe", "ProcessId": "0x4"}`,
			`EventID=4688 NewProcessName="C:\\a.exe" ProcessId="0x4"`},
		{"Splunk", process, `{"EventCode": "1", "ComputerName": "h", "Image": "C:\\a.exe", "_raw": "<Event><System><EventID>1</EventID></System><EventData><Data Name='User'>u</Data></EventData></Event>"}`,
			`Computer="h" EventCode="1" EventID="1" Image="C:\\a.exe" User="u" _raw="\u003cEvent\u003e\u003cSystem\u003e\u003cEventID\u003e1\u003c/EventID\u003e\u003c/System\u003e\u003cEventData\u003e\u003cData Name='User'\u003eu\u003c/Data\u003e\u003c/EventData\u003e\u003c/Event\u003e"`},
		{"Wazuh", process, `{"data": {"win": {"eventdata": {"image": "C:\\a.exe"}, "system": {"eventID": "1"}}}}`, `EventID="1" Image="C:\\a.exe"`},
		{"hashes apart", process, `{"Hashes": "SHA1=A,MD5=B,IMPHASH=C"}`, `Hashes="SHA1=A,MD5=B,IMPHASH=C" Imphash="C" md5="B" sha1="A"`},
		{"a name that is there stays", process, `{"Image": "C:\\a.exe", "process": {"executable": "other"}}`, `Image="C:\\a.exe" process.executable="other"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := Read("f", strings.NewReader(c.in), Options{Logsource: c.of})
			for r := range s.Records() {
				if got := fieldsText(r.Fields()); got != c.want {
					t.Errorf("got  %s\nwant %s", got, c.want)
				}
			}
			if s.Read != 1 {
				t.Errorf("%d records, %v", s.Read, s.First)
			}
		})
	}
}
