package main

import "strings"

// The specification does not spell out the fields of every log source. For some it names the place whose
// names count. This file holds those names; each table says where the specification points and what was
// read. A log source with such a table can be complete, see derive.go.

// sysmonEvents are the data names of each Sysmon event.
//
// The specification: "Other Generic Rule Categories: We align our field names to the field names that
// Sysmon uses." Read from Sysmon's own schema (`sysmon -s`, 4.90; the part shared with Sysmon for Linux is
// published by Microsoft as Sysinternals/SysmonCommon under the MIT licence).
var sysmonEvents = map[int]string{
	1: "RuleName UtcTime ProcessGuid ProcessId Image FileVersion Description Product Company OriginalFileName CommandLine " +
		"CurrentDirectory User LogonGuid LogonId TerminalSessionId IntegrityLevel Hashes ParentProcessGuid ParentProcessId " +
		"ParentImage ParentCommandLine ParentUser",
	2:   "RuleName UtcTime ProcessGuid ProcessId Image TargetFilename CreationUtcTime PreviousCreationUtcTime User",
	3:   "RuleName UtcTime ProcessGuid ProcessId Image User Protocol Initiated SourceIsIpv6 SourceIp SourceHostname SourcePort SourcePortName DestinationIsIpv6 DestinationIp DestinationHostname DestinationPort DestinationPortName",
	4:   "UtcTime State Version SchemaVersion",
	5:   "RuleName UtcTime ProcessGuid ProcessId Image User",
	6:   "RuleName UtcTime ImageLoaded Hashes Signed Signature SignatureStatus",
	7:   "RuleName UtcTime ProcessGuid ProcessId Image ImageLoaded FileVersion Description Product Company OriginalFileName Hashes Signed Signature SignatureStatus User",
	8:   "RuleName UtcTime SourceProcessGuid SourceProcessId SourceImage TargetProcessGuid TargetProcessId TargetImage NewThreadId StartAddress StartModule StartFunction SourceUser TargetUser",
	9:   "RuleName UtcTime ProcessGuid ProcessId Image Device User",
	10:  "RuleName UtcTime SourceProcessGUID SourceProcessId SourceThreadId SourceImage TargetProcessGUID TargetProcessId TargetImage GrantedAccess CallTrace SourceUser TargetUser",
	11:  "RuleName UtcTime ProcessGuid ProcessId Image TargetFilename CreationUtcTime User",
	12:  "RuleName EventType UtcTime ProcessGuid ProcessId Image TargetObject User",
	13:  "RuleName EventType UtcTime ProcessGuid ProcessId Image TargetObject Details User",
	14:  "RuleName EventType UtcTime ProcessGuid ProcessId Image TargetObject NewName User",
	15:  "RuleName UtcTime ProcessGuid ProcessId Image TargetFilename CreationUtcTime Hash Contents User",
	16:  "UtcTime Configuration ConfigurationFileHash",
	17:  "RuleName EventType UtcTime ProcessGuid ProcessId PipeName Image User",
	18:  "RuleName EventType UtcTime ProcessGuid ProcessId PipeName Image User",
	19:  "RuleName EventType UtcTime Operation User EventNamespace Name Query",
	20:  "RuleName EventType UtcTime Operation User Name Type Destination",
	21:  "RuleName EventType UtcTime Operation User Consumer Filter",
	22:  "RuleName UtcTime ProcessGuid ProcessId QueryName QueryStatus QueryResults Image User",
	23:  "RuleName UtcTime ProcessGuid ProcessId User Image TargetFilename Hashes IsExecutable Archived",
	24:  "RuleName UtcTime ProcessGuid ProcessId Image Session ClientInfo Hashes Archived User",
	25:  "RuleName UtcTime ProcessGuid ProcessId Image Type User",
	26:  "RuleName UtcTime ProcessGuid ProcessId User Image TargetFilename Hashes IsExecutable",
	27:  "RuleName UtcTime ProcessGuid ProcessId User Image TargetFilename Hashes",
	28:  "RuleName UtcTime ProcessGuid ProcessId User Image TargetFilename Hashes IsExecutable",
	29:  "RuleName UtcTime ProcessGuid ProcessId User Image TargetFilename Hashes",
	255: "UtcTime ID Description",
}

// sysmonChannel is the channel to which the specification binds the Sysmon-backed categories.
const sysmonChannel = "Microsoft-Windows-Sysmon/Operational"

// w3cFields complete the specification's own lists for web traffic.
//
// The specification: "Field Name according to W3C Extended Log File Format", with Microsoft's list as
// example. Read from both and, for the scheme and port of the URI, from the log format of the proxies that
// extend W3C's; a header field is written with a dash, as the specification writes cs-host and cs-cookie.
var w3cFields = map[string]string{
	"*/proxy/*":     "cs-uri cs-uri-stem cs-uri-query cs-uri-scheme cs-uri-port cs-dns cs-user-agent cs-content-type",
	"*/webserver/*": "cs-uri cs-uri-scheme cs-uri-port cs-dns cs-content-type sc-content-type sc-win32-status",
}

// eventHeader are the names of a Windows event's System section as flattened by the usual readers.
//
// The specification: "Windows Operating System logs. The naming of Windows Eventlog attributes is used."
// Read from Microsoft's event schema (SystemPropertiesType).
const eventHeader = "EventID Provider_Name Provider_Guid Channel Computer Security_UserID Level Task Opcode Keywords Version EventRecordID Execution_ProcessID Execution_ThreadID Correlation_ActivityID"

// artefacts are names that the readers of the observed events made up: header fields in another spelling,
// unnamed data, rendering. They say nothing about the log source.
var artefacts = set("Data ProcessID TimeCreated Level")

// splitHashes are the single-hash names that the specification lists for process events besides Sysmon's
// combined one. The same split is made wherever Sysmon writes hashes.
const splitHashes = "md5 sha1 sha256 imphash"

// sensorFields are names that a sensor adds to the events of a category and that rules rely on although
// neither Sysmon nor Windows has them. Read from the maker's own description of its Aurora agent
// (Nextron Systems, "ETW source mapping comparison", July 2025); `Imphash` is how that sensor, and rules
// written before `Hashes` became the habit, spell the import hash.
var sensorFields = map[string]string{
	"process_creation":         "GrandparentProcessId GrandparentImage GrandparentCommandLine ParentSpoofed ProcessTree FileAge FileCreationDate Winversion Imphash",
	"network_connection":       "ParentImage CommandLine",
	"driver_load":              "Imphash",
	"image_load":               "CommandLine Imphash",
	"create_remote_thread":     "SourceCommandLine TargetCommandLine IsInitialThread RemoteCreation",
	"raw_access_thread":        "ParentImage ParentCommandLine CommandLine",
	"process_access":           "CallTraceExtended SourceCommandLine",
	"file_access":              "Image CommandLine ParentImage ParentCommandLine User TargetFilename",
	"file_event":               "MagicHeader ParentImage ParentCommandLine CommandLine",
	"file_delete":              "CommandLine ParentImage ParentCommandLine Imphash",
	"create_stream_hash":       "Imphash",
	"file_executable_detected": "Imphash",
	"pipe_created":             "ParentCommandLine",
}

// actors are the prefixes by which an event tells the processes apart that it names.
var actors = []string{"Source", "Target"}

// set splits names at blanks.
func set(names string) map[string]bool {
	s := map[string]bool{}
	for _, n := range strings.Fields(names) {
		s[n] = true
	}
	return s
}
