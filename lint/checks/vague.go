package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// vagueTechnique is SIG0415.
var vagueTechnique = &lint.Check{
	Code: "SIG0415", Name: "vague-technique", Severity: lint.Info, Profiles: s,
	Doc: lint.Doc{
		Title: "Technique although the program tells the sub-technique",
		What: "A technique is tagged without any of its sub-techniques, and every program that the positive identifiers name in Image or OriginalFileName belongs to one and " +
			"the same of them, by a bundled table of some fifty interpreters and system programs. Quiet where another program is named too.",
		Why:     "Coverage maps count the rule for the whole technique, and searches for the sub-technique miss it.",
		Bad:     strings.NewReplacer("attack.discovery", "attack.execution", "attack.t1049", "attack.t1059").Replace(onWindows("category: process_creation", "        Image|endswith: '\\pwsh.exe'\n        CommandLine|contains: ' openfiles '\n")),
		Good:    strings.NewReplacer("attack.discovery", "attack.execution", "attack.t1049", "attack.t1059.001").Replace(onWindows("category: process_creation", "        Image|endswith: '\\pwsh.exe'\n        CommandLine|contains: ' openfiles '\n")),
		Assumes: "The program is run for what it is known for.",
	},
	Document: checkVagueTechnique,
}

// subtechniques are, by technique and program, the last digits of the sub-technique that is about running this program.
var subtechniques = map[string]map[string]string{
	"t1003": {"ntdsutil.exe": "003"},
	"t1021": {"mstsc.exe": "001", "ssh.exe": "004", "winrs.exe": "006", "wsmprovhost.exe": "006"},
	"t1053": {"at.exe": "002", "at": "002", "crontab": "003", "schtasks.exe": "005"},
	"t1059": {
		"powershell.exe": "001", "powershell_ise.exe": "001", "pwsh.exe": "001", "pwsh.dll": "001", "osascript": "002", "cmd.exe": "003",
		"sh": "004", "bash": "004", "zsh": "004", "dash": "004", "ksh": "004", "csh": "004", "tcsh": "004", "fish": "004",
		"python.exe": "006", "pythonw.exe": "006", "python": "006", "python2": "006", "python3": "006", "node.exe": "007", "node": "007",
		"autoit3.exe": "010", "autohotkey.exe": "010", "lua": "011", "lua.exe": "011",
	},
	"t1127": {"msbuild.exe": "001"},
	"t1218": {
		"hh.exe": "001", "cmstp.exe": "003", "installutil.exe": "004", "mshta.exe": "005", "msiexec.exe": "007", "odbcconf.exe": "008",
		"regsvcs.exe": "009", "regasm.exe": "009", "regsvr32.exe": "010", "rundll32.exe": "011", "verclsid.exe": "012", "mavinject.exe": "013",
		"mavinject32.exe": "013", "mavinject64.exe": "013", "mmc.exe": "014",
	},
	"t1222": {"icacls.exe": "001", "cacls.exe": "001", "takeown.exe": "001", "chmod": "002", "chown": "002"},
	"t1555": {"vaultcmd.exe": "004"},
	"t1560": {"rar.exe": "001", "winrar.exe": "001", "7z.exe": "001", "7za.exe": "001"},
	"t1569": {"launchctl": "001", "psexec.exe": "002", "psexesvc.exe": "002"},
}

// runFields say which program an event is about.
var runFields = []string{"Image", "OriginalFileName"}

func checkVagueTechnique(p *lint.Pass) {
	if p.Rule == nil {
		return
	}
	nodes, tags := textNodes(p.Rule.Root.Find("tags"))
	var programs []string
	known := false
	for i, tag := range tags {
		technique, ok := strings.CutPrefix(strings.ToLower(tag), "attack.")
		table := subtechniques[technique]
		if !ok || table == nil || slices.ContainsFunc(tags, func(t string) bool { return strings.HasPrefix(strings.ToLower(t), "attack."+technique+".") }) {
			continue
		}
		if !known {
			programs, known = programsOf(p.Rule), true
		}
		of := map[string]bool{}
		for _, program := range programs {
			of[table[program]] = true
		}
		if len(of) != 1 || of[""] {
			continue
		}
		sub := technique + "." + table[programs[0]]
		p.Report(lint.Finding{
			Span:    nodes[i].Span,
			Message: fmt.Sprintf("`%s` is vague: `%s` is what `%s` is about", tag, programs[0], strings.ToUpper(sub)),
			Help:    "write `attack." + sub + "`",
			Fix:     moreExact(nodes[i], table[programs[0]]),
		})
	}
}

func moreExact(n *source.Node, digits string) *source.Fix {
	if !editable(n) {
		return nil
	}
	return &source.Fix{Title: "write `" + n.Value + "." + digits + "`", Edits: []source.Edit{{Span: n.Range(len(n.Value), len(n.Value)), New: "." + digits}}}
}

// programsOf are the file names of all programs that a rule wants, in lower case; none where one of them is no plain file name.
func programsOf(r *rules.Rule) []string {
	var names []string
	for _, d := range r.Detection.Named {
		if r.Detection.Polarity(d) != rules.Positive {
			continue
		}
		vague := false
		d.Block.Each(func(i *rules.Item) {
			if !slices.Contains(runFields, i.Field) {
				return
			}
			for _, t := range i.Tests {
				name, ok := programName(t)
				vague = vague || !ok || i.Negated
				names = append(names, name)
			}
		})
		if vague {
			return nil
		}
	}
	return names
}

// programName is the file name that a test wants at the end of its field.
func programName(t *rules.Test) (string, bool) {
	if t.Kind != rules.TextTest || len(t.Patterns) != 1 || len(t.Patterns[0]) == 0 {
		return "", false
	}
	last := t.Patterns[0][len(t.Patterns[0])-1]
	if last.Kind != rules.Literal {
		return "", false
	}
	name := last.Text[strings.LastIndexAny(last.Text, `\/`)+1:]
	whole := len(name) < len(last.Text) || len(t.Patterns[0]) == 1
	return strings.ToLower(name), whole && name != ""
}
