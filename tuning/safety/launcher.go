package safety

import (
	"maps"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// launcher is a program that starts what it is told to: a shell, an interpreter, a script host, a way to other accounts or hosts. Everybody may run
// it where it lies, so its protected path says nothing about who is behind it.
type launcher struct {
	name string
	path string // in a default installation
}

// launchers by product. The lists are those of the systems' own programs and of common interpreters, by default paths; an attacker has many more
// (LOLBAS, GTFOBins), so what is missing here is a grade too good, never a claim of a proof.
var launchers = map[string][]launcher{
	"linux":   append(unixLaunchers, launcher{"busybox", "/bin/busybox"}, launcher{"pkexec", "/usr/bin/pkexec"}, launcher{"runuser", "/usr/sbin/runuser"}),
	"macos":   append(unixLaunchers, launcher{"osascript", "/usr/bin/osascript"}, launcher{"Terminal", "/System/Applications/Utilities/Terminal.app/Contents/MacOS/Terminal"}),
	"windows": windowsLaunchers,
}

var unixLaunchers = located(map[string]string{
	"/bin/":      "bash sh zsh ksh csh tcsh dash fish su login",
	"/usr/bin/":  "bash sh zsh ksh csh tcsh dash fish su login sudo doas env nohup setsid timeout nice xargs find tmux screen script ssh expect python python2 python3 perl ruby node nodejs php lua awk gawk mawk vi vim emacs gdb make git watch at",
	"/usr/sbin/": "sshd dropbear",
	"/sbin/":     "sshd",
})

var windowsLaunchers = located(map[string]string{
	`C:\Windows\`: "explorer.exe hh.exe",
	`C:\Windows\System32\`: "cmd.exe wscript.exe cscript.exe mshta.exe rundll32.exe regsvr32.exe msiexec.exe forfiles.exe pcalua.exe conhost.exe bash.exe wsl.exe " +
		"control.exe runas.exe ftp.exe scriptrunner.exe wsmprovhost.exe winrshost.exe mavinject.exe odbcconf.exe cmstp.exe at.exe",
	`C:\Windows\SysWOW64\`:                             "cmd.exe wscript.exe cscript.exe mshta.exe rundll32.exe regsvr32.exe msiexec.exe forfiles.exe explorer.exe",
	`C:\Windows\System32\wbem\`:                        "wmic.exe",
	`C:\Windows\System32\WindowsPowerShell\v1.0\`:      "powershell.exe powershell_ise.exe",
	`C:\Windows\SysWOW64\WindowsPowerShell\v1.0\`:      "powershell.exe powershell_ise.exe",
	`C:\Program Files\PowerShell\7\`:                   "pwsh.exe",
	`C:\Windows\System32\OpenSSH\`:                     "ssh.exe sshd.exe",
	`C:\Windows\Microsoft.NET\Framework\v4.0.30319\`:   "msbuild.exe installutil.exe regasm.exe regsvcs.exe",
	`C:\Windows\Microsoft.NET\Framework64\v4.0.30319\`: "msbuild.exe installutil.exe regasm.exe regsvcs.exe",
	`C:\Program Files\Python\`:                         "python.exe pythonw.exe",
	`C:\Program Files\nodejs\`:                         "node.exe",
	`C:\Program Files\dotnet\`:                         "dotnet.exe",
	`C:\Program Files\WSL\`:                            "wsl.exe",
	`C:\Program Files\Git\usr\bin\`:                    "bash.exe sh.exe perl.exe ssh.exe",
})

// located writes out directories and the names in them, in the order of the directories.
func located(names map[string]string) (out []launcher) {
	for _, dir := range slices.Sorted(maps.Keys(names)) {
		for _, name := range strings.Fields(names[dir]) {
			out = append(out, launcher{name, dir + name})
		}
	}
	return out
}

// exposed are programs that an attacker takes over first: servers that answer strangers, and programs that open what strangers send. Their children
// are an attacker's as often as not.
var exposed = map[string]string{
	"linux":   "nginx apache2 httpd lighttpd php-fpm java postgres mysqld mongod redis-server named smbd",
	"macos":   "httpd java",
	"windows": "w3wp.exe sqlservr.exe httpd.exe nginx.exe java.exe tomcat.exe winword.exe excel.exe powerpnt.exe outlook.exe msaccess.exe acrord32.exe chrome.exe firefox.exe msedge.exe iexplore.exe",
}

// Launcher reports a program that everybody may run and that starts what it is told to, by the end of its path.
func Launcher(platform *taxonomy.Platform, path string) bool {
	if platform == nil {
		return false
	}
	name := unversioned(baseName(path, platform.Separator))
	for _, l := range launchers[platform.Product] {
		if name != "" && strings.EqualFold(name, l.name) {
			return true
		}
	}
	return false
}

// unversioned is `python3` of `python3.11`.
func unversioned(name string) string {
	if cut := strings.TrimRight(name, "0123456789"); strings.HasSuffix(cut, ".") {
		return strings.TrimSuffix(cut, ".")
	}
	return name
}

// launches says by which launcher a condition on a path is met, together with the others on that field: named says that a value is the launcher
// itself, and not only a directory that it lies in.
func (j *Judge) launches(i *rules.Item, among []*rules.Item) (found launcher, named, ok bool) {
	var all []*logic.Formula
	for _, other := range among {
		if other.Field == i.Field {
			all = append(all, logic.FromItem(other))
		}
	}
	formula := logic.And(all...)
	holds := func(path string) bool {
		return formula.Eval(logic.Event{i.Field: path}, logic.UnicodeFolding) == logic.Holds
	}
	for _, t := range i.Tests {
		name := j.fileName(t)
		if name == "" || !Launcher(j.platform, name) {
			continue
		}
		found = launcher{name, j.platform.Separator + name}
		if text, exact := plain(t); exact {
			found.path = text
		}
		for _, l := range launchers[j.platform.Product] {
			if strings.EqualFold(l.name, unversioned(name)) && holds(l.path) {
				found.path = l.path
				break
			}
		}
		return found, true, true
	}
	for _, l := range launchers[j.platform.Product] {
		if holds(l.path) {
			return l, false, true
		}
	}
	return launcher{}, false, false
}

// exposedParent names a program of the list among the values.
func (j *Judge) exposedParent(i *rules.Item) string {
	for _, t := range i.Tests {
		if t.Kind != rules.TextTest || len(t.Patterns) != 1 {
			continue
		}
		name := baseName(t.Patterns[0].LiteralText(), j.platform.Separator)
		for _, e := range strings.Fields(exposed[j.platform.Product]) {
			if strings.EqualFold(unversioned(name), e) {
				return name
			}
		}
	}
	return ""
}

// looksFor reports a condition on a program that the rule looks for itself: whoever uses it meets the condition without effort, and nobody else does.
func (j *Judge) looksFor(i *rules.Item) bool {
	names := map[string]bool{}
	for _, d := range j.rule.Detection.Named {
		if j.rule.Detection.Polarity(d)&rules.Positive != 0 {
			d.Block.Each(func(selected *rules.Item) {
				if selected.Field != i.Field || selected.Negated {
					return
				}
				for _, t := range selected.Tests {
					names[j.fileName(t)] = true
				}
			})
		}
	}
	for _, t := range i.Tests {
		if name := j.fileName(t); name == "" || !names[name] {
			return false
		}
	}
	return len(i.Tests) > 0
}

// fileName is the name at the end of a path, folded, or nothing where the value does not say it.
func (j *Judge) fileName(t *rules.Test) string {
	if t.Kind != rules.TextTest || len(t.Patterns) != 1 || t.Patterns[0].EndsOpen() {
		return ""
	}
	return j.platform.Fold(baseName(t.Patterns[0].LiteralText(), j.platform.Separator))
}
