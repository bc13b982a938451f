package taxonomy

import "strings"

// Type is the kind of value a field holds. It is a hint for messages and suggestions, never a proof.
type Type string

const (
	Text        Type = ""            // anything else
	Path        Type = "path"        // a file or directory, absolute on most sensors
	Image       Type = "image"       // the path of an executable or library
	CommandLine Type = "commandline" // a command with its arguments
	Script      Type = "script"      // script text, payloads, messages: many lines, attacker's words
	Int         Type = "int"
	Bool        Type = "bool"
	Mask        Type = "mask" // hexadecimal access mask
	IP          Type = "ip"
	Port        Type = "port"
	Host        Type = "host" // host or domain name
	URL         Type = "url"  // a URL or a part of one
	Hash        Type = "hash"
	Hashes      Type = "hashes" // several hashes as ALGORITHM=HEX
	Account     Type = "user"
	SID         Type = "sid"
	Registry    Type = "registry" // a registry key or value
	Pipe        Type = "pipe"
	GUID        Type = "guid"
	DateTime    Type = "datetime"
)

// Role is what a field says about the event. Fields of different log sources with one role are the same
// thing under two names.
type Role uint8

const (
	NoRole Role = iota
	RoleImage
	RoleCommandLine
	RoleParentImage
	RoleParentCommandLine
	RoleAncestor // further up than the parent
	RoleTargetImage
	RoleLoadedImage
	RoleDirectory
	RoleUser
	RoleParentUser
	RoleTargetUser
	RoleIntegrity
	RoleTargetFile
	RoleRegistryKey
	RoleRegistryData
	RolePipe
	RoleSourceIP
	RoleSourcePort
	RoleSourceHost
	RoleDestinationIP
	RoleDestinationPort
	RoleDestinationHost
	RoleQuery
	RoleURL
	RoleUserAgent
	RoleScript
	RoleService
	RoleTask
	RoleHash
	RoleSignature
	RoleMetadata // what a program says of itself in its version resource
	RoleAccess
	RoleComputer
	RoleEventID
	RoleConstant   // the same in every event of the log source
	RoleIdentifier // process and logon ids, GUIDs: new with every event or session
	RoleTime
	roles // how many there are
)

// Control says who can choose the value of a field: the person who wants to slip through an exclusion, or
// nobody on the attacked system.
type Control uint8

const (
	ControlUnknown Control = iota
	Attacker               // chosen freely by whoever runs the command
	ByPath                 // depends on the value: see Platform.PathControl
	ByAccount              // depends on the value: see Platform.AccountControl
	Partly                 // takes a second step, such as starting from a certain parent
	Hard                   // takes privileges, a stolen key or a remote system
	Useless                // fixed or random: says nothing about who did it
)

// roleFacts says, for each role, who controls it, and why in one sentence. Source: tuning specification,
// section 5, and the introduction of the checks on exclusions (10xx); where they are silent, the sentence.
var roleFacts = [roles]struct {
	control Control
	why     string
}{
	NoRole:                {ControlUnknown, "nothing is known about who sets this field"},
	RoleImage:             {ByPath, "a program can be copied and renamed, but only with privileges into a protected directory"},
	RoleCommandLine:       {Attacker, "whoever starts a program writes its command line"},
	RoleParentImage:       {Partly, "an attacker has to start from, or inject into, that parent"},
	RoleParentCommandLine: {Partly, "it belongs to another process, which an attacker may still have started"},
	RoleAncestor:          {Partly, "an attacker has to start from, or inject into, that ancestor"},
	RoleTargetImage:       {Partly, "an attacker chooses the target, but not where system programs live"},
	RoleLoadedImage:       {ByPath, "a library can be placed anywhere its author may write"},
	RoleDirectory:         {Attacker, "whoever starts a program chooses its working directory"},
	RoleUser:              {ByAccount, "service accounts take privileges; a person's account may be the one that was taken over"},
	RoleParentUser:        {ByAccount, "service accounts take privileges; a person's account may be the one that was taken over"},
	RoleTargetUser:        {Partly, "an attacker chooses which account to act on"},
	RoleIntegrity:         {Partly, "high integrity takes elevation, low integrity nothing"},
	RoleTargetFile:        {ByPath, "file names are free, protected directories take privileges"},
	RoleRegistryKey:       {Partly, "keys of the user's own hive are free, those of the machine take privileges"},
	RoleRegistryData:      {Attacker, "whoever writes the value chooses the data"},
	RolePipe:              {Attacker, "whoever creates a pipe names it"},
	RoleSourceIP:          {Hard, "the address of the remote side; on the attacked network it has to be taken over first"},
	RoleSourcePort:        {Attacker, "ports are chosen by the client"},
	RoleSourceHost:        {Partly, "a name that the client sends or that its network resolves"},
	RoleDestinationIP:     {Hard, "an address inside a named network has to be taken over first"},
	RoleDestinationPort:   {Attacker, "whoever runs the server chooses its port"},
	RoleDestinationHost:   {Partly, "anyone can register a name; a name under a trusted domain has to be taken over"},
	RoleQuery:             {Attacker, "whoever asks chooses the question; only the domain at its end may belong to another"},
	RoleURL:               {Attacker, "the client writes the request"},
	RoleUserAgent:         {Attacker, "the client writes the request"},
	RoleScript:            {Attacker, "whoever runs a script writes it, comments included"},
	RoleService:           {Attacker, "whoever installs a service names it"},
	RoleTask:              {Attacker, "whoever creates a task names it"},
	RoleHash:              {Hard, "another file with the same hash is not to be had; for MD5 and import hashes less so"},
	RoleSignature:         {Hard, "a signature by that publisher takes the publisher's key, where the status is checked too"},
	RoleMetadata:          {Attacker, "a program says of itself what its author wrote"},
	RoleAccess:            {Attacker, "the caller chooses the rights it asks for"},
	RoleComputer:          {Partly, "an intruder acts on the hosts that were reached: excluding a host excludes everything on it"},
	RoleEventID:           {Useless, "it says what happened, not who did it"},
	RoleConstant:          {Useless, "it is the same in every event of the log source"},
	RoleIdentifier:        {Useless, "it is new with every process, session or host"},
	RoleTime:              {Useless, "it never comes again"},
}

// Control says who can choose a field of this role.
func (r Role) Control() Control { return roleFacts[r].control }

// Why is the sentence behind Control, in lower case and without a full stop.
func (r Role) Why() string { return roleFacts[r].why }

// meanings gives names their type and role. A name means the same in every log source; where it does not,
// the row names the log source (product, category or service). Rows for a log source win, later rows too.
var meanings = []struct {
	in    string
	typ   Type
	role  Role
	names string
}{
	{"", Image, RoleImage, "Image SourceImage ProcessName NewProcessName exe process.executable Application ProcessPath CallingProcess"},
	{"", CommandLine, RoleCommandLine, "CommandLine SourceCommandLine ProcessCommandLine proctitle HostApplication"},
	{"", Image, RoleParentImage, "ParentImage SourceParentImage ParentProcessName"},
	{"", CommandLine, RoleParentCommandLine, "ParentCommandLine SourceParentCommandLine"},
	{"", Image, RoleAncestor, "GrandParentImage GrandparentImage"},
	{"", CommandLine, RoleAncestor, "GrandparentCommandLine ProcessTree TargetParentCommandLine"},
	{"", Image, RoleTargetImage, "TargetImage TargetProcessName TargetParentImage"},
	{"", CommandLine, RoleTargetImage, "TargetCommandLine"},
	{"", Image, RoleLoadedImage, "ImageLoaded StartModule DriverName ModulePath"},
	{"", Path, RoleDirectory, "CurrentDirectory cwd"},
	{"", Account, RoleUser, "User SubjectUserName SubjectDomainName UserName SourceUser AccountName auid uid euid userIdentity.userName userIdentity.arn actor.alternateId actor cs-username username SubjectAccountName"},
	{"", SID, RoleUser, "SubjectUserSid Security_UserID UserSid"},
	{"", Account, RoleParentUser, "ParentUser"},
	{"", Account, RoleTargetUser, "TargetUserName TargetUser TargetDomainName TargetOutboundUserName NewTargetUserName OldTargetUserName SamAccountName MemberName acct"},
	{"", SID, RoleTargetUser, "TargetUserSid TargetSid MemberSid"},
	{"", Text, RoleIntegrity, "IntegrityLevel MandatoryLabel TokenElevationType"},
	{"", Path, RoleTargetFile, "TargetFilename FileName Filename SourceFilename RelativeTargetName Path ObjectName TargetFileName FilePath LocalName"},
	{"auditd", Path, RoleTargetFile, "name path"},
	{"security", Text, RoleTargetFile, "ObjectName RelativeTargetName"},
	{"", Registry, RoleRegistryKey, "TargetObject ObjectValueName NewName"},
	{"", Text, RoleRegistryData, "Details NewValue OldValue"},
	{"", Pipe, RolePipe, "PipeName"},
	{"", IP, RoleSourceIP, "SourceIp src_ip c-ip IpAddress SourceAddress ClientAddress sourceIPAddress id.orig_h src source.ip client.ipAddress saddr addr src_host ClientIP"},
	{"", Port, RoleSourcePort, "SourcePort IpPort src_port source.port sport"},
	{"", Host, RoleSourceHost, "SourceHostname WorkstationName Workstation ClientName hostname"},
	{"", IP, RoleDestinationIP, "DestinationIp dst_ip s-ip DestAddress id.resp_h dst destination.ip daddr"},
	{"", Port, RoleDestinationPort, "DestinationPort DestPort dst_port destination.port id.resp_p dport s-port cs-uri-port"},
	{"", Host, RoleDestinationHost, "DestinationHostname cs-host r-dns cs-dns TargetServerName ServerName"},
	{"", Host, RoleQuery, "QueryName query dns.question.name"},
	{"", URL, RoleURL, "c-uri c-uri-query c-uri-stem c-uri-extension cs-uri cs-uri-query cs-uri-stem cs-uri-scheme cs-referer cs-referrer RemoteName uri url requestUri"},
	{"", Text, RoleURL, "cs-cookie cs-method"},
	{"", Text, RoleUserAgent, "c-useragent cs-user-agent userAgent user_agent UserAgent"},
	{"", Script, RoleScript, "ScriptBlockText Payload ContextInfo Data UserData Contents TaskContent TaskContentNew TemplateContent NewTemplateContent msg"},
	{"auditd", Text, RoleCommandLine, "a0 a1 a2 a3 a4 a5 a6 a7 comm"},
	{"", CommandLine, RoleService, "ServiceFileName ImagePath"},
	{"", Text, RoleService, "ServiceName unit"},
	{"", Text, RoleTask, "TaskName"},
	{"", Hashes, RoleHash, "Hashes Hash"},
	{"", Hash, RoleHash, "md5 sha1 sha256 imphash Imphash ConfigurationFileHash CertThumbprint"},
	{"", Text, RoleSignature, "Signature SignatureStatus"},
	{"", Bool, RoleSignature, "Signed"},
	{"antivirus", Text, NoRole, "Signature"},
	{"", Text, RoleMetadata, "OriginalFileName Description Product Company FileVersion"},
	{"sysmon_error", Text, NoRole, "Description"},
	{"", Mask, RoleAccess, "GrantedAccess AccessMask"},
	{"", Text, RoleAccess, "CallTrace AccessList"},
	{"", Bool, NoRole, "Initiated SourceIsIpv6 DestinationIsIpv6 IsExecutable Archived"},
	{"", Host, RoleComputer, "Computer ComputerName s-computername devname"},
	{"", Int, RoleEventID, "EventID"},
	{"", Text, RoleEventID, "EventType type SYSCALL syscall eventName operationName Operation"},
	{"", Text, RoleConstant, "Channel Provider_Name Provider_Guid Level Task Opcode Keywords Version RuleName Winversion eventSource SchemaVersion"},
	{"", Int, RoleIdentifier, "ProcessId ParentProcessId NewProcessId SourceProcessId TargetProcessId GrandparentProcessId SourceParentProcessId TargetParentProcessId SourceThreadId NewThreadId TerminalSessionId EventRecordID Execution_ProcessID Execution_ThreadID ClientProcessId CallerProcessId pid ppid ses"},
	{"", GUID, RoleIdentifier, "ProcessGuid ParentProcessGuid SourceProcessGuid TargetProcessGuid SourceProcessGUID TargetProcessGUID LogonGuid Correlation_ActivityID"},
	{"", Text, RoleIdentifier, "LogonId SubjectLogonId TargetLogonId TargetLogonGuid HandleId TransactionId StartAddress ScriptBlockId ClientProcessStartKey"},
	{"", DateTime, RoleTime, "UtcTime CreationUtcTime PreviousCreationUtcTime FileCreationDate date time NewTime PreviousTime ProcessCreationTime"},
}

// meant is meanings by name: the rows that apply everywhere under "", the others under their log source.
var meant = func() map[string]map[string]meaningOf {
	index := map[string]map[string]meaningOf{}
	for _, row := range meanings {
		if index[row.in] == nil {
			index[row.in] = map[string]meaningOf{}
		}
		for _, n := range strings.Fields(row.names) {
			index[row.in][n] = meaningOf{row.typ, row.role}
		}
	}
	return index
}()

type meaningOf struct {
	typ  Type
	role Role
}

// meaning completes a field by type, role, control and single-valuedness. The type that the collected
// data inferred from values stays where the name says nothing.
func meaning(f Field, key Key) Field {
	for i, in := range [...]string{"", key.Product, key.Category, key.Service} {
		if i > 0 && in == "" {
			continue
		}
		if m, ok := meant[in][f.Name]; ok {
			f.Role = m.role
			if m.typ != Text || in != "" {
				f.Type = m.typ
			}
		}
	}
	f.Control = f.Role.Control()
	f.Single = key.Product == "windows" || f.Why&(Schema|Header) != 0
	return f
}
