package domain

import (
	"slices"
	"strings"

	"github.com/sigtune/sigtune/schema/taxonomy"
)

// Domain is one row of a table: what the fields of some log sources look like.
type Domain struct {
	Name string // of the row, as in `windows-path`
	// In are the log sources, by the parts that are set: an empty part fits any. No key at all fits every log source.
	In []taxonomy.Key
	// Fields are the names, separated by blanks, exact in case; `*` is any run of characters.
	Fields string
	// Assuming finishes the sentence "assuming …".
	Assuming string
	// Expression is the language: a regular expression in RE2's syntax for the whole value, letter case of ASCII letters
	// ignored. NONE in it stands for the names that processes without a file have on the product. An empty expression frees
	// the fields: nothing is known of them.
	Expression string
	// Hint says what to write instead of a value outside, in a few words; it may be empty.
	Hint string
	// Source is the sentence that says where the row comes from.
	Source string

	names    []string
	language func() *language
}

var (
	windows   = []taxonomy.Key{{Product: "windows"}}
	security  = []taxonomy.Key{{Product: "windows", Service: "security"}}
	linux     = []taxonomy.Key{{Product: "linux"}}
	auditd    = []taxonomy.Key{{Product: "linux", Service: "auditd"}}
	macos     = []taxonomy.Key{{Product: "macos"}}
	endpoints = []taxonomy.Key{{Product: "windows"}, {Product: "linux"}, {Product: "macos"}}
)

// Parts of languages. A path holds anything between its root and its last character; `[^/]` is any character of a Windows
// path, the line break included, and a systemd unit on Linux has `\x2d` for a hyphen in its name.
const (
	windowsRoot = `(?:[a-z]:\\|\\\\|\\(?:device|systemroot|global\?\?|\?\?)\\)`
	windowsPath = windowsRoot + `(?:[^/]*[^/\\])?`
	unixPath    = `/(?:(?:[^\\]|\\x[0-9a-f]{2})*[^\\/])?`
	ipv4        = `[0-9]{1,3}(?:\.[0-9]{1,3}){3}`
	ipv6        = `[0-9a-f:]*:[0-9a-f:.]*(?:%[0-9a-z]+)?`
	digits      = `[0-9]*|-`
)

// rows are the bundled domains. Counts of events are those of the OTRF security datasets (1,004,540 Windows events).
var rows = []Domain{
	{
		Name: "windows-path", In: windows, Assuming: "Sysmon full paths", Hint: `begin with the drive, or match the end: endswith '\…'`,
		Fields: "Image ParentImage GrandParentImage GrandparentImage SourceImage TargetImage ImageLoaded " +
			"NewProcessName ParentProcessName TargetFilename",
		Expression: windowsPath + `|NONE|vmmem[a-z0-9]*|memory compression|secure system|system idle process|unknown|(?:<|&lt;)unknown process(?:>|&gt;)`,
		Source:     "Sysmon and the security log write the path of the file; 2 of 364,333 Image values, 0 of 130,217 ImageLoaded and 0 of 18,271 TargetFilename lie outside, the 2 for escaping `<`.",
	},
	{
		Name: "security-process", In: security, Assuming: "full paths", Hint: `begin with the drive, or match the end: endswith '\…'`,
		Fields:     "ProcessName CallerProcessName",
		Expression: windowsPath + `|NONE|unknown`,
		Source:     "The schemas of the security log's events: the path of the executable, or `-`.",
	},
	{
		Name: "linux-path", In: linux, Assuming: "full paths", Hint: "begin with `/`, or match the end: endswith '/…'",
		Fields:     "Image ParentImage GrandParentImage GrandparentImage TargetFilename",
		Expression: unixPath + `|NONE`,
		Source:     "Sysmon for Linux writes the path behind /proc/PID/exe and `-` where it does not know; a backslash is legal in a name, but only systemd is known to write one.",
	},
	{
		Name: "auditd-path", In: auditd, Assuming: "full paths", Hint: "begin with `/`, or match the end: endswith '/…'",
		Fields:     "exe",
		Expression: unixPath + `|NONE`,
		Source:     "The audit system's field dictionary: exe is the name and path of the executable.",
	},
	{
		Name: "macos-path", In: macos, Assuming: "full paths", Hint: "begin with `/`, or match the end: endswith '/…'",
		Fields:     "Image ParentImage GrandParentImage GrandparentImage TargetFilename",
		Expression: unixPath + `|NONE`,
		Source:     "Endpoint Security reports the path of the executable and of the file.",
	},
	{
		Name: "file-name", In: windows, Assuming: "bare file names", Hint: "write the name alone",
		Fields:     "OriginalFileName",
		Expression: `[^/\\]*`,
		Source:     "The version resource of a program holds its name without a directory; 0 of 132,236 values have a separator.",
	},
	{
		Name: "registry-key", In: windows, Assuming: "registry hives as Sysmon writes them", Hint: `begin with the hive, such as HKLM, or match the end: endswith '\…'`,
		Fields:     "TargetObject",
		Expression: `(?:hklm|hku|hkcr|hkcu|hkcc|hkey_[a-z_]+|\\registry)(?:\\(?s:.*))?|-?`,
		Source:     "Sysmon abbreviates the hives as HKLM, HKU and HKCR and keeps \\REGISTRY of the kernel for others; HKCU and the long names are what other sensors write.",
	},
	{
		Name: "pipe-name", In: windows, Assuming: "pipe names as Sysmon writes them", Hint: "begin with `\\`",
		Fields:     "PipeName",
		Expression: `(?:[\\<](?s:.*))?|-`,
		Source:     "Sysmon writes the name below \\Device\\NamedPipe with its leading backslash, and `<Anonymous Pipe>`.",
	},
	{
		Name: "boolean", In: windows, Assuming: "true or false", Hint: "write true or false",
		Fields:     "Initiated Signed SourceIsIpv6 DestinationIsIpv6 IsExecutable",
		Expression: `true|false|-?`,
		Source:     "Sysmon's manifest types them as booleans; an image that could not be read leaves Signed empty or `-`. Archived looks like one of them and is a text.",
	},
	{
		Name: "access-mask", In: windows, Assuming: "access masks such as 0x1410", Hint: "write the mask with 0x in hexadecimal",
		Fields:     "GrantedAccess",
		Expression: `0x[0-9a-f]+|-?`,
		Source:     "Sysmon's manifest has a hexadecimal integer; 0 of 426,627 values lie outside.",
	},
	{
		Name: "hash-list", In: windows, Assuming: "hashes as ALGORITHM=DIGITS", Hint: "write ALGORITHM=DIGITS",
		Fields:     "Hashes",
		Expression: `[a-z0-9]+=[0-9a-f]*(?:,[a-z0-9]+=[0-9a-f]*)*|unknown|-?`,
		Source:     "Sysmon writes the configured hashes with their names, separated by commas; 0 of 136,039 values lie outside.",
	},
	{
		Name: "event-id", In: windows, Assuming: "numeric event ids", Hint: "write the number",
		Fields:     "EventID",
		Expression: digits,
		Source:     "EventID is an unsigned integer in the event schema of Windows.",
	},
	{
		Name: "logon-type", In: security, Assuming: "numeric logon types", Hint: "write the number, such as 3 for network",
		Fields:     "LogonType",
		Expression: digits,
		Source:     "LogonType is an unsigned integer in the schemas of events 4624, 4625 and 4634.",
	},
	{
		Name: "port", In: endpoints, Assuming: "numeric ports", Hint: "write the number",
		Fields:     "SourcePort DestinationPort",
		Expression: digits,
		Source:     "Ports are integers; services have fields of their own (DestinationPortName).",
	},
	{
		Name: "address", In: endpoints, Assuming: "IP addresses", Hint: "write an address, or a network with `cidr`",
		Fields:     "SourceIp DestinationIp",
		Expression: ipv4 + `|` + ipv6 + `|-?`,
		Source:     "Sysmon writes addresses in text form; names have fields of their own (DestinationHostname).",
	},
}

// fits reports that a row about some log sources speaks of this one.
func fits(in []taxonomy.Key, key taxonomy.Key) bool {
	for _, in := range in {
		if part(in.Product, key.Product) && part(in.Category, key.Category) && part(in.Service, key.Service) {
			return true
		}
	}
	return len(in) == 0
}

// among reports that one of the names of a row stands for a field.
func among(names []string, field string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return matches(name, field) })
}

func part(wanted, have string) bool { return wanted == "" || strings.EqualFold(wanted, have) }

// matches reports that a name, in which `*` is any run of characters, stands for a field.
func matches(name, field string) bool {
	before, rest, open := strings.Cut(name, "*")
	if !open {
		return name == field
	}
	if !strings.HasPrefix(field, before) {
		return false
	}
	for i := len(before); i <= len(field); i++ {
		if matches(rest, field[i:]) {
			return true
		}
	}
	return false
}
