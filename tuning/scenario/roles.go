package scenario

// Role is what a condition is about, in the words of the person, not in the fields of a log source.
type Role string

// The roles. "One level" means that events hold the direct parent only.
const (
	RoleProcess           Role = "process"             // the program that runs, or that acts (writes, connects, sets)
	RoleCommandLine       Role = "command_line"        //
	RoleParent            Role = "parent"              // the program that started it: one level
	RoleParentCommandLine Role = "parent_command_line" //
	RoleGrandparent       Role = "grandparent"         // no field in most log sources
	RoleUser              Role = "user"                // an account
	RoleGroup             Role = "group"               // group, role or privilege of an account: no field
	RoleWorkingDirectory  Role = "working_directory"   //
	RoleDirectory         Role = "directory"           // a directory, the text does not say of what
	RoleScript            Role = "script"              // path of a script: part of a command line for processes
	RoleJob               Role = "job"                 // name of a scheduled job or task
	RoleService           Role = "service"             // name of a service
	RoleFile              Role = "file"                // path or name of the file that is written, read or deleted
	RoleLoadedImage       Role = "loaded_image"        // a library
	RoleTargetProcess     Role = "target_process"      // the process that is accessed
	RoleHash              Role = "hash"                //
	RoleSigner            Role = "signer"              // publisher, signature, company
	RoleProduct           Role = "product"             // product or description in the version information
	RoleOriginalName      Role = "original_name"       // OriginalFileName
	RoleIntegrity         Role = "integrity"           //
	RoleSourceIP          Role = "source_ip"           //
	RoleDestinationIP     Role = "destination_ip"      //
	RoleIP                Role = "ip"                  // an address, the text does not say which end
	RolePort              Role = "port"                // destination port unless the field says otherwise
	RoleDestinationHost   Role = "destination_host"    // name of the remote side
	RoleURL               Role = "url"                 //
	RoleHost              Role = "host"                // the machine the event is from
	RoleTime              Role = "time"                // time of day, window, day
	RoleRegistryKey       Role = "registry_key"        //
	RoleRegistryValue     Role = "registry_value"      // the data that is set
	RoleEventID           Role = "event_id"            //
	RoleAccess            Role = "access"              // the rights that are asked for, as a mask
	RoleUserAgent         Role = "user_agent"          //
	RolePipe              Role = "pipe"                // name of a named pipe
	RoleField             Role = "field"               // a field the vocabulary does not know: see Condition.Field
	RoleUnstated          Role = "unstated"            // a value stands alone: "filter x.exe"
	RoleOther             Role = "other"               // something this package cannot name: see Condition.Phrase
)

// Kind is the family of log sources the text is read for.
type Kind string

// The kinds. They change what a few words mean: "created by" names the parent of a process but the writer of a
// file.
const (
	KindProcess  Kind = "process"
	KindFile     Kind = "file"
	KindRegistry Kind = "registry"
	KindNetwork  Kind = "network"
	KindOther    Kind = "other"
)

// Operator relates a role to its values.
type Operator string

// The operators. Is leaves the anchoring open: a bare program name is the end of an image path, a whole path is
// all of it; the layer that knows the field decides by the value's Shape.
const (
	Is         Operator = "is"
	Contains   Operator = "contains"
	StartsWith Operator = "startswith"
	EndsWith   Operator = "endswith"
	InRange    Operator = "cidr"
	Matches    Operator = "regex"
	Exists     Operator = "exists"

	// The tests for a field without a value. As Exists, they have no values.
	Null  Operator = "null"  // not there: "no parent", "is null"
	Empty Operator = "empty" // there, and nothing in it

	Equals      Operator = "equals"        // all of it, even where Is would be taken for a part
	NullOrEmpty Operator = "null or empty" // either: "empty or missing"
)

// bare says whether the operator needs no value.
func (o Operator) bare() bool { return o == Exists || o.Lacks() }

// Lacks says whether the operator asks for a field without a value.
func (o Operator) Lacks() bool { return o == Null || o == Empty || o == NullOrEmpty }

// VocabularyRow says which role the surfaces name.
type VocabularyRow struct {
	Role     Role
	Surfaces []string      // words or field names; matched without case, dots, underscores and hyphens
	Default  Operator      // when the text states none
	In       map[Kind]Role // kinds in which the same words name another role
	Note     string        // what is lost when the role is taken for a field
	class    Class         // when the words can also name a class: "a known admin account"
}

// Vocabulary is the table of surface words, field names of ECS, ASIM, Defender and Sigma included. The rows are
// shared and must not be changed.
func Vocabulary() []VocabularyRow { return vocabulary }

// Default is the operator of a role when the text states none.
func Default(role Role) Operator {
	for _, row := range vocabulary {
		if row.Role == role {
			return row.Default
		}
	}
	return Is
}

var vocabulary = []VocabularyRow{
	{Role: RoleProcess, Default: Is, Surfaces: []string{
		"process", "process name", "process names", "process image", "process executable", "process path", "process file name",
		"image", "image name", "image path", "executable", "executable path", "executable name", "binary path", "binary name",
		"full path", "source process", "source process name", "source process path", "acting program", "program path",
		"name of the process", "path of the process", "path of the executable", "path of the binary", "name of the executable",
		"child", "child process", "child process name", "child image", "new process", "calling process", "process binary",
	}},
	{Role: RoleProcess, Default: Is, Surfaces: []string{
		"Image", "ProcessName", "process.name", "process.executable", "process.path", "NewProcessName", "TargetProcessName",
		"SourceImage", "InitiatingProcessFileName", "InitiatingProcessFolderPath", "process.exe", "proc.name", "proc.exepath",
		"ProcessPath", "ProcessImage", "ProcessNameBuffer", "ApplicationPath",
	}},
	{Role: RoleProcess, Default: Is, Surfaces: []string{"FolderPath"}, In: map[Kind]Role{KindFile: RoleFile}},
	{Role: RoleCommandLine, Default: Contains, Surfaces: []string{
		"command line", "command lines", "command-line", "cmdline", "command", "commands", "arguments", "argument", "command line arguments",
		"command line argument", "process arguments", "process command line", "command line parameters", "parameters", "process parameters",
		"process args", "args", "commandline arguments", "full command line", "full command", "command string", "child command line",
		"commandline parameter", "command line parameter", "argument list", "cmd line", "cmd lines",
	}},
	{Role: RoleCommandLine, Default: Contains, Surfaces: []string{
		"CommandLine", "process.command_line", "process.args", "ProcessCommandLine", "TargetProcessCommandLine", "cmd_line", "command_line",
		"process.cmdline", "proc.cmdline", "InitiatingProcessCommandLine", "process.commandline",
	}},
	{Role: RoleParent, Default: Is, Surfaces: []string{
		"parent", "parents", "parent process", "parent processes", "parent process name", "parent image", "parent executable", "parent name", "parent path",
		"parent binary", "parent process path", "parent process image", "name of the parent process", "name of the parent", "path of the parent process",
		"initiating process", "launching process", "creator process", "invoking process", "parent program", "spawning process", "image of the parent",
	}, class: ClassTool},
	{Role: RoleParent, Default: Is, Surfaces: []string{
		"ParentImage", "ParentProcessName", "process.parent.name", "process.parent", "process.parent_process", "process.parent_process_name",
		"parent_process", "parent_process_name", "process.parent.executable", "ActingProcessName", "ParentProcess", "process.parent_name", "proc.pname",
		"CreatorProcessName", "process.parent.path", "ParentName", "process.parent.exe", "parent_name",
		"InitiatingProcessParentFileName",
	}},
	{Role: RoleParentCommandLine, Default: Contains, Surfaces: []string{
		"parent command line", "parent process command line", "command line of the parent", "command line of the parent process", "parents command line",
		"parent arguments", "parent command", "ParentCommandLine", "process.parent.command_line", "process.parent.args", "ActingProcessCommandLine",
		"ParentProcessCommandLine", "parent_command_line", "parent cmdline", "parent commandline", "parent cmd line", "parent process arguments", "InitiatingProcessParentCommandLine",
	}},
	{Role: RoleGrandparent, Default: Is, Note: "events hold one level of the process tree", Surfaces: []string{
		"grandparent", "grandparent process", "GrandparentImage", "GrandparentCommandLine", "grandparent process name", "GrandParentProcessName",
	}},
	{Role: RoleUser, Default: Is, class: ClassUser, Surfaces: []string{
		"user", "users", "username", "user name", "account", "accounts", "account name", "user account", "user accounts", "service account", "service accounts", "owner",
		"process owner", "owner of the process", "subject user", "subject account", "user id", "user identity", "identity", "user context", "login", "executing user",
		"service user", "logon account",
	}},
	{Role: RoleUser, Default: Is, Surfaces: []string{
		"User", "user.name", "process.user", "process.user.name", "SubjectUserName", "AccountName", "ActorUsername", "TargetUserName", "UserName", "uid", "user.id",
		"InitiatingProcessAccountName", "user_name", "auid", "euid", "SubjectUserSid", "process.owner", "AccountUpn", "UserId", "loginuid", "TargetUsername",
		"SourceUserName", "LogonUser", "winlog.event_data.SubjectUserName", "user.domain", "SubjectDomainName",
	}},
	{Role: RoleGroup, Default: Is, Note: "group membership is in no process event", class: ClassGroup, Surfaces: []string{
		"user group", "user.group", "user.group.name", "group.name", "GroupName", "user.roles", "user role", "group membership", "user groups",
	}},
	{Role: RoleWorkingDirectory, Default: StartsWith, Surfaces: []string{
		"working directory", "current directory", "working dir", "current dir", "work dir", "workdir", "CurrentDirectory", "process.working_directory", "cwd", "current working directory", "project directory",
	}, class: ClassDirectory},
	{Role: RoleScript, Default: Contains, Note: "a script's path is part of the command line", class: ClassScript, Surfaces: []string{
		"script path", "path of the script", "script name", "name of the script", "path of a script", "path to the script", "script file", "script location", "ScriptName",
		"script.path", "script.name", "path to a script", "process.script", "the script being run",
	}},
	{Role: RoleJob, Default: Contains, Note: "a job's name is in no process event", class: ClassJob, Surfaces: []string{
		"job name", "task name", "TaskName", "name of the job", "name of the task", "job id", "job.name", "task.name", "scheduled task name", "job_name", "task_name",
	}},
	{Role: RoleService, Default: Is, class: ClassService, Surfaces: []string{
		"service name", "ServiceName", "service.name", "name of the service", "service_name", "service display name",
	}},
	{Role: RoleFile, Default: Contains, Surfaces: []string{
		"file path", "file name", "filename", "file.path", "file.name", "TargetFilename", "target path", "target file", "target file name", "target filename", "path of the file",
		"name of the file", "file extension", "file.extension", "file_path", "file_name", "file location", "file directory", "file names", "destination file",
		"FileNameBuffer", "ObjectName", "file paths", "destination path", "file.directory", "file extensions",
	}},
	{Role: RoleLoadedImage, Default: Is, Surfaces: []string{
		"ImageLoaded", "loaded image", "loaded dll", "dll path", "dll.path", "dll.name", "module name", "loaded module", "dll name", "loaded library",
	}},
	{Role: RoleTargetProcess, Default: Is, Surfaces: []string{
		"TargetImage", "target process", "target process name", "target image", "accessed process",
	}},
	{Role: RoleHash, Default: Contains, class: ClassHash, Surfaces: []string{
		"file hash", "process.hash", "process.hash.sha256", "sha256", "sha1", "md5", "imphash", "file hashes", "SHA256 hash", "file.hash.sha256", "hash value",
	}},
	{Role: RoleSigner, Default: Contains, class: ClassSigner, Surfaces: []string{
		"company name", "process.code_signature.subject_name", "code signature", "digital signature", "SignatureStatus",
		"code signing certificate", "signing certificate", "vendor name",
	}},
	{Role: RoleProduct, Default: Contains, Surfaces: []string{"product name", "process.pe.product", "file description", "process.pe.description"}},
	{Role: RoleOriginalName, Default: Is, Surfaces: []string{"OriginalFileName", "original file name", "process.pe.original_file_name", "original name"}},
	{Role: RoleIntegrity, Default: Is, Surfaces: []string{"IntegrityLevel", "integrity level"}},
	{Role: RoleSourceIP, Default: InRange, class: ClassNetwork, Surfaces: []string{
		"src_ip", "source ip", "source address", "source ip address", "SourceIp", "source.ip", "SrcIpAddr", "LocalIP", "client ip", "source ip addresses", "source ips",
		"IpAddress", "source.address", "ClientIP", "client address", "CallerIpAddress", "IPAddress",
	}},
	{Role: RoleDestinationIP, Default: InRange, class: ClassNetwork, Surfaces: []string{
		"dst_ip", "destination ip", "destination address", "destination ip address", "DestinationIp", "destination.ip", "DstIpAddr", "RemoteIP", "remote ip", "remote address",
		"target ip", "destination ips", "destination ip addresses", "dest_ip", "destination.address",
	}},
	{Role: RolePort, Default: Is, Surfaces: []string{
		"port", "ports", "destination port", "DestinationPort", "destination.port", "RemotePort", "dst_port", "dest_port", "source port", "SourcePort", "source.port",
	}},
	{Role: RoleDestinationHost, Default: EndsWith, Surfaces: []string{
		"destination host", "destination hostname", "DestinationHostname", "destination.domain", "remote host", "domain name", "QueryName", "dns query", "dns.question.name",
		"destination domain", "target domain", "query name", "remote hostname", "DestinationDomain",
	}},
	{Role: RoleURL, Default: Contains, class: ClassURL, Surfaces: []string{
		"RemoteUrl", "url.full", "url.path", "c-uri", "request url", "download url", "url.original", "RequestURL",
	}},
	{Role: RoleHost, Default: Is, class: ClassHost, Surfaces: []string{
		"host name", "hostname", "host.name", "DeviceName", "Computer", "ComputerName", "computer name", "device name", "host_name", "workstation name", "WorkstationName",
		"hostnames", "agent.name", "asset tag", "machine name", "server name", "asset name", "DvcHostname",
	}},
	{Role: RoleTime, Default: Is, class: ClassTime, Surfaces: []string{
		"timestamp", "@timestamp", "time of day", "event time", "TimeGenerated", "hour of day", "execution time", "hour",
	}},
	{Role: RoleRegistryKey, Default: Contains, Surfaces: []string{
		"registry key", "registry path", "TargetObject", "registry.path", "registry.key", "RegistryKey", "key path", "registry keys", "ObjectPath",
	}},
	{Role: RoleRegistryValue, Default: Is, Surfaces: []string{
		"registry value", "registry.data.strings", "RegistryValueData", "registry value data", "RegistryValueName", "registry.value", "value data",
	}},
	{Role: RoleAccess, Default: Is, Surfaces: []string{"GrantedAccess", "granted access", "AccessMask", "access mask", "access rights"}},
	{Role: RolePipe, Default: Is, Surfaces: []string{"PipeName", "pipe name", "named pipe"}},
	{Role: RoleUserAgent, Default: Contains, Surfaces: []string{"user agent", "useragent", "user-agent", "c-useragent", "cs-user-agent", "user_agent.original", "HttpUserAgent"}},
	{Role: RoleEventID, Default: Is, Surfaces: []string{"event_id", "EventID", "event id", "event.code", "EventCode", "event ids"}},
}
