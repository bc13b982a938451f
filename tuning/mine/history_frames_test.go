package mine

import (
	"fmt"
	"strings"
)

// part is a field that events of a log source have besides those that a rule demands; nil leaves it out.
type part struct {
	name string
	make func(l *loom, s scene, e map[string]any) any
}

func constant(name, value string) part {
	return part{name, func(*loom, scene, map[string]any) any { return value }}
}

func chosen(name string, values ...string) part {
	return part{name, func(l *loom, _ scene, _ map[string]any) any { return l.pick(values) }}
}

func numbered(name, format string, below int) part {
	return part{name, func(l *loom, _ scene, _ map[string]any) any { return fmt.Sprintf(format, l.Intn(below)) }}
}

func programOf(name string) part {
	return part{name, func(l *loom, s scene, _ map[string]any) any { return l.program(l.scenes(s)) }}
}

// lineOf is a command line of the program in another field.
func lineOf(name, of string) part {
	return part{name, func(l *loom, s scene, e map[string]any) any {
		return strings.TrimSpace(quoted(e[of]) + " " + l.argument(s))
	}}
}

var (
	header = []part{
		{"UtcTime", func(l *loom, _ scene, _ map[string]any) any {
			return fmt.Sprintf("2025-%02d-%02d %02d:%02d:%02d.%03d", 1+l.Intn(12), 1+l.Intn(28), l.Intn(24), l.Intn(60), l.Intn(60), l.Intn(1000))
		}},
		{"Computer", func(_ *loom, s scene, _ map[string]any) any { return s.host + ".site.example" }},
		constant("Channel", "Microsoft-Windows-Sysmon/Operational"), constant("RuleName", "-"),
		numbered("ProcessId", "%d", 30000), numbered("ProcessGuid", "{5A1E77D0-0F11-67B2-%04X-000000002B00}", 0xffff),
	}
	account = part{"User", func(l *loom, s scene, _ map[string]any) any {
		switch {
		case l.unix && l.Intn(3) == 0:
			return "root"
		case l.unix:
			return s.user
		case l.native && l.Intn(5) > 0, l.Intn(3) == 0:
			return `NT AUTHORITY\SYSTEM`
		}
		return `SITE\` + s.user
	}}
	// fileOf tells of a program what its author wrote into it.
	metadata = []part{
		{"Company", func(l *loom, s scene, e map[string]any) any {
			if e["Image"] == nil {
				return nil
			}
			if strings.Contains(fmt.Sprint(e["Image"]), `\Windows\`) {
				return "Microsoft Corporation"
			}
			return s.maker
		}},
		{"Product", func(l *loom, s scene, e map[string]any) any {
			if e["Image"] == nil {
				return nil
			}
			if strings.Contains(fmt.Sprint(e["Image"]), `\Windows\`) {
				return "Microsoft® Windows® Operating System"
			}
			return baseName(fmt.Sprint(e["Image"]))
		}},
		{"Description", func(_ *loom, _ scene, e map[string]any) any { return nameOf(e, ".exe") }},
		{"OriginalFileName", func(_ *loom, _ scene, e map[string]any) any { return nameOf(e, "") }},
		numbered("FileVersion", "10.0.1904%d.4", 9), numbered("Hashes", "SHA256=%064X", 1<<30),
	}
	registryKey = part{"TargetObject", func(l *loom, s scene, _ map[string]any) any {
		return `HKLM\SOFTWARE\` + l.pick(madeMakers) + `\` + s.word
	}}
	registryData = part{"Details", func(l *loom, s scene, _ map[string]any) any {
		return l.pick([]string{"DWORD (0x00000000)", "DWORD (0x00000001)", "Binary Data", l.program(s)})
	}}
	file = part{"TargetFilename", func(l *loom, s scene, _ map[string]any) any {
		return s.drive + `\Users\` + s.user + `\AppData\Local\` + s.maker + `\` + s.word + l.pick([]string{".tmp", ".exe", ".dat"})
	}}
	connection = []part{
		chosen("Protocol", "tcp", "tcp", "udp"), constant("Initiated", "true"), chosen("SourceIp", "10.7.0.14", "10.7.0.31", "10.8.2.9", "fe80::1c2:44"),
		chosen("DestinationIp", "10.7.0.2", "192.0.2.14", "198.51.100.40", "203.0.113.77", "2001:db8::5"), constant("DestinationHostname", "-"),
		chosen("DestinationPort", "443", "443", "80", "53", "389", "8443"), numbered("SourcePort", "5%04d", 9999), chosen("SourceIsIpv6", "false", "true"),
	}
	access = []part{
		programOf("SourceImage"), {"TargetImage", func(l *loom, s scene, _ map[string]any) any { return l.pick(everyday) }},
		chosen("GrantedAccess", "0x1000", "0x1410", "0x1fffff", "0x1400"), numbered("SourceProcessId", "%d", 30000), numbered("TargetProcessId", "%d", 30000),
		{"CallTrace", func(l *loom, _ scene, _ map[string]any) any {
			return fmt.Sprintf(`C:\Windows\SYSTEM32\ntdll.dll+9d%03x|C:\Windows\System32\KERNELBASE.dll+2c%03x|`, l.Intn(4096), l.Intn(4096)) + l.pick([]string{`C:\Windows\System32\sechost.dll+2de2`, "UNKNOWN(00007FF8)", `C:\Windows\System32\combase.dll+b56fb`})
		}},
	}
)

func nameOf(e map[string]any, end string) any {
	if e["Image"] == nil {
		return nil
	}
	return strings.TrimSuffix(baseName(fmt.Sprint(e["Image"])), end)
}

func joined(lists ...[]part) (out []part) {
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}

// frames are the fields of log sources, by category or by product and service.
var frames = map[string][]part{
	"process_creation": joined(header, []part{programOf("Image"), lineOf("CommandLine", "Image"), programOf("ParentImage"), lineOf("ParentCommandLine", "ParentImage"), account,
		chosen("IntegrityLevel", "System", "High", "Medium"), chosen("CurrentDirectory", `C:\Windows\system32\`, `C:\Windows\system32\`, `C:\Users\Public\`), numbered("LogonId", "0x%x", 1<<20),
		numbered("ParentProcessId", "%d", 9000), chosen("TerminalSessionId", "0", "1")}, metadata),
	"unix": {{"UtcTime", header[0].make}, {"Computer", header[1].make}, numbered("ProcessId", "%d", 30000), programOf("Image"), lineOf("CommandLine", "Image"), programOf("ParentImage"),
		lineOf("ParentCommandLine", "ParentImage"), account, chosen("CurrentDirectory", "/", "/", "/root", "/home/tcole")},
	"file_event":           joined(header, []part{programOf("Image"), file, account}),
	"file_access":          joined(header, []part{programOf("Image"), file, account}),
	"file_rename":          joined(header, []part{programOf("Image"), file, account}),
	"file_change":          joined(header, []part{programOf("Image"), file, account}),
	"file_delete":          joined(header, []part{programOf("Image"), file, account}),
	"registry_set":         joined(header, []part{programOf("Image"), registryKey, registryData, account, constant("EventType", "SetValue")}),
	"registry_event":       joined(header, []part{programOf("Image"), registryKey, registryData, account, chosen("EventType", "SetValue", "SetValue", "CreateKey")}),
	"registry_add":         joined(header, []part{programOf("Image"), registryKey, account, constant("EventType", "CreateKey")}),
	"registry_delete":      joined(header, []part{programOf("Image"), registryKey, account, constant("EventType", "DeleteValue")}),
	"image_load":           joined(header, []part{programOf("Image"), {"ImageLoaded", func(l *loom, s scene, _ map[string]any) any { return `C:\Windows\System32\` + s.word + ".dll" }}, chosen("Signed", "true", "true", "false"), chosen("SignatureStatus", "Valid", "Valid", "Unavailable"), account, chosen("Signature", "Microsoft Windows", "Microsoft Corporation", "-")}, metadata),
	"network_connection":   joined(header, []part{programOf("Image"), account}, connection),
	"dns_query":            joined(header, []part{programOf("Image"), account, chosen("QueryStatus", "0", "0", "9003"), {"QueryName", func(l *loom, s scene, _ map[string]any) any { return s.word + ".example.net" }}}),
	"process_access":       joined(header, access),
	"create_remote_thread": joined(header, access[:2], []part{chosen("StartModule", `C:\Windows\System32\kernel32.dll`, "-"), chosen("StartFunction", "LoadLibraryA", "-"), numbered("StartAddress", "0x00007FF8%08X", 1<<30)}),
	"pipe_created":         joined(header, []part{programOf("Image"), account, {"PipeName", func(l *loom, s scene, _ map[string]any) any { return `\` + s.word }}}),
	"create_stream_hash":   joined(header, []part{programOf("Image"), file}),
	"raw_access_thread":    joined(header, []part{programOf("Image"), chosen("Device", `\Device\HarddiskVolume2`, `\Device\HarddiskVolume3`)}),
	"ps_script": {constant("Channel", "Microsoft-Windows-PowerShell/Operational"), numbered("ScriptBlockId", "5a1e77d0-0f11-67b2-%04x-00000000001b", 0xffff), chosen("MessageNumber", "1", "1", "2"),
		{"Path", func(l *loom, s scene, _ map[string]any) any {
			if l.Intn(3) == 0 {
				return nil
			}
			return `C:\Scripts\` + s.word + ".ps1"
		}}, {"ScriptBlockText", func(l *loom, s scene, _ map[string]any) any { return "Get-" + s.word + " | Out-Null" }}},
	"windows/security": {constant("Channel", "Security"), {"SubjectUserName", func(l *loom, s scene, _ map[string]any) any {
		return l.pick([]string{s.user, s.host + "$"})
	}}, chosen("SubjectDomainName", "SITE", "NT AUTHORITY"), numbered("SubjectLogonId", "0x%x", 1<<20), chosen("SubjectUserSid", "S-1-5-18", "S-1-5-21-1004336348-1177238915-682003330-1103"),
		programOf("ProcessName"), numbered("HandleId", "0x%x", 4096), chosen("AccessMask", "0x1", "0x2", "0x100"), chosen("ObjectServer", "Security")},
}
