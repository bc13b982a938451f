package taxonomy

import "strings"

// Platform holds facts about an operating system that decide what a path, a parent or an account is worth
// in an exclusion. Paths compare as Fold says; directories end in the separator.
type Platform struct {
	Product   string
	Separator string
	// CaseSensitive tells whether two spellings of a path are two files by default. (Sigma compares
	// without regard to case either way.)
	CaseSensitive bool
	// Protected are directories into which only administrators write in a default installation.
	Protected []Fact
	// Writable are directories into which any user writes. Those inside a protected tree are the holes in
	// it.
	Writable []Fact
	// WritableFragments mark such a place wherever they stand in a path.
	WritableFragments []string
	// ServiceParents are the programs that start services and jobs. A child of one was not started by a
	// person's shell, but they are the parents of a great deal.
	ServiceParents []Fact
	// Accounts are the accounts of the system itself.
	Accounts []Fact
	// NoImage are the values that stand in an image field for a process without a file, or when the sensor
	// did not know.
	NoImage []string
	// ParentMissing says, where it is so, that sensors often do not know the parent: an exclusion that
	// needs it then does nothing. Else it is empty.
	ParentMissing string
}

// Fact is a value with the sentence that says what it is.
type Fact struct {
	Value string
	About string
}

// PlatformOf returns the facts for a product of log sources: windows, linux or macos. It reports false for
// any other.
func PlatformOf(product string) (*Platform, bool) {
	p, ok := platforms[strings.ToLower(product)]
	return p, ok
}

// Directories in which a path is looked up without its drive begin with the separator: `\Windows\` is
// `C:\Windows\` on whatever drive the system was installed.
var platforms = map[string]*Platform{
	"windows": {
		Product: "windows", Separator: `\`, CaseSensitive: false,
		// Default access control of a Windows installation: TrustedInstaller and administrators write.
		Protected: []Fact{
			{`\Windows\`, "the system's own files"},
			{`\Program Files\`, "installed programs"},
			{`\Program Files (x86)\`, "installed 32-bit programs"},
			{`\ProgramData\Microsoft\Windows Defender\Platform\`, "Defender's own programs"},
		},
		// Directories below the protected trees in which the default access control lets users create files
		// (long known from application control bypasses), and the places that belong to users.
		Writable: []Fact{
			{`\Windows\Temp\`, "temporary files of every user and service"},
			{`\Windows\Tasks\`, "users may create files"},
			{`\Windows\Tracing\`, "users may create files"},
			{`\Windows\Registration\CRMLog\`, "users may create files"},
			{`\Windows\debug\WIA\`, "users may create files"},
			{`\Windows\System32\Tasks\`, "users may create files"},
			{`\Windows\SysWOW64\Tasks\`, "users may create files"},
			{`\Windows\System32\FxsTmp\`, "users may create files"},
			{`\Windows\SysWOW64\FxsTmp\`, "users may create files"},
			{`\Windows\System32\com\dmp\`, "users may create files"},
			{`\Windows\SysWOW64\com\dmp\`, "users may create files"},
			{`\Windows\System32\spool\drivers\color\`, "users may create files"},
			{`\Windows\System32\spool\PRINTERS\`, "users may create files"},
			{`\Windows\System32\spool\SERVERS\`, "users may create files"},
			{`\Windows\System32\Microsoft\Crypto\RSA\MachineKeys\`, "users may create files"},
			{`\Windows\ServiceProfiles\LocalService\AppData\`, "profile of a service account"},
			{`\Windows\ServiceProfiles\NetworkService\AppData\`, "profile of a service account"},
			{`\Users\`, "home directories"},
			{`\ProgramData\`, "users may create files and directories"},
			{`\Temp\`, "a directory that any user may create below the root of the drive"},
			{`\$Recycle.Bin\`, "each user's own recycle bin"},
		},
		WritableFragments: []string{`\AppData\`, `\Temp\`, `\Downloads\`, `\Users\Public\`, `\Desktop\`, `\$Recycle.Bin\`},
		ServiceParents: []Fact{
			{`C:\Windows\System32\services.exe`, "the parent of every Windows service"},
			{`C:\Windows\System32\svchost.exe`, "hosts many services, the task scheduler among them: the parent of every scheduled task"},
			{`C:\Windows\System32\taskeng.exe`, "the parent of scheduled tasks before Windows 10"},
			{`C:\Windows\System32\wbem\WmiPrvSE.exe`, "the parent of whatever WMI starts, remote commands of attackers included"},
			{`C:\Windows\System32\wininit.exe`, "the parent of the first system processes"},
			{`C:\Windows\System32\smss.exe`, "the parent of the session processes"},
			{`C:\Windows\System32\msiexec.exe`, "the parent of what installers start, of any installer"},
		},
		Accounts: []Fact{
			{`NT AUTHORITY\SYSTEM`, "the system"},
			{`NT AUTHORITY\LOCAL SERVICE`, "services with few rights"},
			{`NT AUTHORITY\NETWORK SERVICE`, "services with few rights and the machine's identity on the network"},
			{`SYSTEM`, "the system"},
			{`LOCAL SERVICE`, "services with few rights"},
			{`NETWORK SERVICE`, "services with few rights and the machine's identity on the network"},
			{`S-1-5-18`, "the system"},
			{`S-1-5-19`, "LOCAL SERVICE"},
			{`S-1-5-20`, "NETWORK SERVICE"},
		},
		NoImage: []string{"System", "Registry", "MemCompression", "Idle", "vmmem", "<unknown process>", "-", ""},
	},
	"linux": {
		Product: "linux", Separator: "/", CaseSensitive: true,
		// Filesystem Hierarchy Standard 3.0: owned by root.
		Protected: []Fact{
			{"/usr/bin/", "programs of the distribution"}, {"/usr/sbin/", "system programs of the distribution"},
			{"/usr/lib/", "libraries and helper programs"}, {"/usr/lib64/", "libraries and helper programs"},
			{"/usr/libexec/", "helper programs"}, {"/usr/share/", "data and scripts of the distribution"},
			{"/bin/", "programs of the distribution"}, {"/sbin/", "system programs of the distribution"},
			{"/lib/", "libraries and helper programs"}, {"/lib64/", "libraries and helper programs"},
			{"/usr/local/bin/", "programs installed by the administrator"}, {"/usr/local/sbin/", "system programs installed by the administrator"},
			{"/usr/local/lib/", "libraries installed by the administrator"},
			{"/opt/", "software of other vendors"}, {"/etc/", "configuration and its scripts"},
			{"/boot/", "kernels"}, {"/snap/", "read-only images of snap packages"}, {"/root/", "the home of root"},
		},
		Writable: []Fact{
			{"/tmp/", "anyone may create files"}, {"/var/tmp/", "anyone may create files"},
			{"/dev/shm/", "memory that anyone may use as files"}, {"/run/user/", "each user's runtime directory"},
			{"/home/", "home directories"}, {"/run/lock/", "anyone may create files on many distributions"},
			{"/var/lock/", "another name of /run/lock"}, {"/var/crash/", "anyone may create files on Ubuntu"},
			{"/var/www/", "often writable for the web server, where a web shell lands"},
		},
		WritableFragments: []string{"/tmp/", "/dev/shm/", "/.cache/", "/.local/", "/.config/"},
		ServiceParents: []Fact{
			{"/usr/lib/systemd/systemd", "the parent of every service of the host, and of every user's session services"},
			{"/lib/systemd/systemd", "the parent of every service of the host, and of every user's session services"},
			{"/sbin/init", "the parent of every service of the host"},
			{"/usr/sbin/cron", "the parent of every cron job, of every user"},
			{"/usr/sbin/crond", "the parent of every cron job, of every user"},
			{"/usr/sbin/anacron", "the parent of periodic jobs"},
			{"/usr/sbin/atd", "the parent of jobs queued by any user"},
			{"/usr/bin/run-parts", "the parent of the scripts in cron.daily and its like"},
			{"/usr/bin/containerd-shim-runc-v2", "the parent of everything that runs in containers"},
		},
		Accounts: []Fact{
			{"root", "the superuser, services and administrators alike"}, {"0", "the superuser"},
			{"daemon", "old services"}, {"nobody", "services without rights"},
			{"syslog", "rsyslog"}, {"messagebus", "D-Bus"}, {"systemd-network", "systemd-networkd"}, {"systemd-resolve", "systemd-resolved"},
		},
		NoImage:       []string{"-", ""},
		ParentMissing: "Sysmon for Linux and auditd often leave the parent empty or `-`",
	},
	"macos": {
		Product: "macos", Separator: "/", CaseSensitive: false,
		// System Integrity Protection, and directories owned by root.
		Protected: []Fact{
			{"/System/", "the sealed system volume"}, {"/usr/bin/", "programs of the system"}, {"/usr/sbin/", "programs of the system"},
			{"/usr/lib/", "libraries of the system"}, {"/usr/libexec/", "helper programs of the system"},
			{"/bin/", "programs of the system"}, {"/sbin/", "programs of the system"},
			{"/Library/Apple/", "software that Apple updates"}, {"/Library/PrivilegedHelperTools/", "helpers owned by root"},
			{"/Library/LaunchDaemons/", "service definitions owned by root"},
		},
		Writable: []Fact{
			{"/tmp/", "anyone may create files"}, {"/private/tmp/", "anyone may create files"},
			{"/var/tmp/", "anyone may create files"}, {"/private/var/tmp/", "anyone may create files"},
			{"/var/folders/", "each user's temporary files"}, {"/private/var/folders/", "each user's temporary files"},
			{"/Users/", "home directories and /Users/Shared"}, {"/Volumes/", "mounted images, of anyone's making"},
			{"/Applications/", "members of the admin group, the usual first user, may write"},
			{"/opt/homebrew/", "owned by the user who installed Homebrew"}, {"/usr/local/", "owned by the user who installed Homebrew"},
		},
		WritableFragments: []string{"/tmp/", "/Users/Shared/", "/Downloads/", "/var/folders/"},
		ServiceParents: []Fact{
			{"/sbin/launchd", "the parent of every service, and of every application started from the Finder"},
			{"/usr/libexec/xpcproxy", "starts services on behalf of launchd"},
			{"/usr/sbin/cron", "the parent of every cron job, of every user"},
			{"/usr/libexec/periodicd", "the parent of periodic jobs"},
		},
		Accounts: []Fact{
			{"root", "the superuser, services and administrators alike"}, {"0", "the superuser"}, {"_spotlight", "Spotlight"}, {"daemon", "services"},
		},
		NoImage: []string{"-", ""},
	},
}

// Fold brings a path into the form in which the tables compare: lower case where the platform's file
// system does not tell cases apart.
func (p *Platform) Fold(path string) string {
	if p.CaseSensitive {
		return path
	}
	return strings.ToLower(path)
}

// WritableDirectory finds the directory any user may write to that holds the path, the longest one. It
// reports false when none of the table does, which does not prove that users cannot write there.
func (p *Platform) WritableDirectory(path string) (Fact, bool) { return p.longest(p.Writable, path) }

// ProtectedDirectory finds the protected directory that holds the path, unless a writable one lies between
// them. The path has to be absolute: a drive, a share of the machine itself is not looked through.
func (p *Platform) ProtectedDirectory(path string) (Fact, bool) {
	protected, ok := p.longest(p.Protected, path)
	if !ok {
		return Fact{}, false
	}
	if hole, ok := p.WritableDirectory(path); ok && len(hole.Value) > len(protected.Value) {
		return Fact{}, false
	}
	return protected, true
}

// PathControl says who can put a file at exactly this path: Hard below a protected directory, Attacker
// below one that users write to and for a path without root, because any directory will do; Partly when
// the tables do not say.
func (p *Platform) PathControl(path string) Control {
	if p.devious(path) {
		return Attacker
	}
	if _, ok := p.ProtectedDirectory(path); ok {
		return Hard
	}
	if _, ok := p.WritableDirectory(path); ok || !p.absolute(path) {
		return Attacker
	}
	return Partly
}

// PrefixControl says who can put a file at some path that begins with the prefix, and names the writable
// directories that make it easier than it looks. It is Hard below a protected directory
// without such a hole, Partly with holes, and else as PathControl. The prefix has to name the protected
// directory with its separator: `C:\Windows` also begins `C:\WindowsX`, which anyone may create.
func (p *Platform) PrefixControl(prefix string) (Control, []Fact) {
	control := p.PathControl(prefix)
	if control != Hard {
		return control, nil
	}
	var holes []Fact
	folded := p.Fold(prefix)[p.drive(prefix):]
	for _, f := range p.Writable {
		if strings.HasPrefix(p.Fold(f.Value), folded) {
			holes = append(holes, f)
		}
	}
	if len(holes) > 0 {
		return Partly, holes
	}
	return Hard, nil // also without a separator at the end: the sibling directories are protected as well
}

// devious recognises paths that leave the directory with which they begin: upwards, or, on Windows, into
// an alternate stream of a directory that users may write to.
func (p *Platform) devious(path string) bool {
	return strings.Contains(path, "..") || p.Separator == `\` && strings.Contains(path[p.drive(path):], ":")
}

// AccountControl says who can act as an account: Hard for the system's own, Partly for any other.
func (p *Platform) AccountControl(account string) Control {
	for _, a := range p.Accounts {
		if strings.EqualFold(a.Value, account) {
			return Hard
		}
	}
	return Partly
}

// ServiceParent finds the entry for an image path or a bare program name.
func (p *Platform) ServiceParent(image string) (Fact, bool) {
	asked := p.Fold(image)
	for _, f := range p.ServiceParents {
		known := p.Fold(f.Value)
		if known == asked || strings.HasSuffix(known, p.Separator+strings.TrimPrefix(asked, p.Separator)) && asked != "" {
			return f, true
		}
	}
	return Fact{}, false
}

// absolute says whether a path starts at the root, a drive or a share.
func (p *Platform) absolute(path string) bool {
	return strings.HasPrefix(path, p.Separator) || p.drive(path) > 0
}

// drive is the length of `C:` in front of a Windows path, else 0.
func (p *Platform) drive(path string) int {
	if p.Separator == `\` && len(path) > 2 && path[1] == ':' && path[2] == '\\' && (path[0]|0x20 >= 'a' && path[0]|0x20 <= 'z') {
		return 2
	}
	return 0
}

// longest finds the longest directory of the list that holds the path. On Windows the path must begin
// with a drive.
func (p *Platform) longest(list []Fact, path string) (best Fact, found bool) {
	folded := p.Fold(path)
	if p.Separator == `\` {
		n := p.drive(path)
		if n == 0 {
			return Fact{}, false
		}
		folded = folded[n:]
	}
	for _, f := range list {
		if strings.HasPrefix(folded, p.Fold(f.Value)) && len(f.Value) > len(best.Value) {
			best, found = f, true
		}
	}
	return best, found
}
