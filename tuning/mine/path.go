package mine

import (
	"regexp"
	"strings"

	"github.com/sigtune/sigtune/rules"
)

// hole stands for any run of characters in a text that was abstracted. No event holds it: it is a private use code point.
const hole = "\uE000"

// stand stands for an id that is kept, as hole does for a part that is not.
const stand = "\uE001"

// volatileParts are parts of a name that change from event to event: identifiers, versions, hashes, counters, random names.
var volatileParts = regexp.MustCompile(`(?i)` + strings.Join([]string{
	`\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?`, // GUID
	`S-1-5-21(-[0-9]+){3,4}(_Classes)?`,                                  // SID of a domain or local account
	`\b[0-9]+(\.[0-9]+){2,}([-_.][0-9]+)*`,                               // version of three numbers and more
	`\+[0-9a-f]{3,}\b`,                                                   // offset in a library, of a call trace
}, "|"))

// versionEnd is the version that a directory is, or ends in.
var versionEnd = regexp.MustCompile(`(?i)(^|[-_. ])v?[0-9]+([._-][0-9]+)+$`)

// stableVersions are directories that look like versions and have not changed in a decade.
var stableVersions = map[string]bool{"v1.0": true, "v2.0.50727": true, "v3.0": true, "v3.5": true, "v4.0.30319": true}

// randomWord is a candidate for a name that a program made up: it has to mix letters and digits to be one.
var randomWord = regexp.MustCompile(`[A-Za-z0-9]{5,}`)

// made reports a word that nobody typed: hexadecimal of some length, many digits, or letters and digits in turns.
func made(word string) bool {
	digits, turns, hex := 0, 0, true
	for i := range len(word) {
		c := word[i]
		digit := c >= '0' && c <= '9'
		if digit {
			digits++
		}
		if i > 0 && digit != (word[i-1] >= '0' && word[i-1] <= '9') {
			turns++
		}
		hex = hex && (digit || c|0x20 >= 'a' && c|0x20 <= 'f')
	}
	switch {
	case digits == len(word):
		return digits >= 6 // years and ports have fewer
	case hex && len(word) >= 8 && digits >= 2:
		return true
	}
	return digits >= 2 && turns >= 3 // `cphi5l40` has three, `thor64` and `System32` one, `Python311x64` three
}

// profileRoots are directories whose entries are named after users.
var profileRoots = map[string]bool{"users": true, "home": true, "documents and settings": true}

// commonProfiles are entries of these directories that are no users' names.
var commonProfiles = map[string]bool{"public": true, "default": true, "all users": true, "appdata": true, "shared": true}

// splitPath cuts a path at its separators, which stay at the beginning of the segment that they lead.
func splitPath(text string) []string {
	var out []string
	begin := 0
	for i := 1; i < len(text); i++ {
		if text[i] == '\\' || text[i] == '/' {
			out = append(out, text[begin:i])
			begin = i
		}
	}
	return append(out, text[begin:])
}

func bare(segment string) string { return strings.TrimLeft(segment, `\/`) }

// abstracted puts holes where a path names a user, a version, an identifier, or what a program made up.
func abstracted(text string) string {
	segments := splitPath(text)
	for i, s := range segments {
		name := bare(s)
		lead := s[:len(s)-len(name)]
		lower := strings.ToLower(name)
		switch {
		case i > 0 && i < len(segments)-1 && profileRoots[strings.ToLower(bare(segments[i-1]))] && !commonProfiles[lower] && name != "":
			segments[i] = lead + hole
		case stableVersions[lower]:
		default:
			name = volatileParts.ReplaceAllString(name, hole)
			if at := versionEnd.FindStringSubmatchIndex(name); at != nil && i < len(segments)-1 {
				name = name[:at[3]] + hole
			}
			name = randomWord.ReplaceAllStringFunc(name, func(w string) string {
				if made(w) {
					return hole
				}
				return w
			})
			segments[i] = lead + name
		}
	}
	if n := len(segments); n > 2 && drawn(bare(segments[n-3]), bare(segments[n-2]), bare(segments[n-1])) {
		segments[n-2] = segments[n-2][:1] + hole
		segments[n-1] = segments[n-1][:1] + hole + segments[n-1][strings.IndexByte(segments[n-1], '.'):]
	}
	return strings.Join(segments, "")
}

// drawn reports a file in a temporary directory of its own name: whoever makes such a pair, as compilers do, draws the name by chance.
func drawn(parent, directory, file string) bool {
	const length = 8 // of the names that GetRandomFileName and its like draw
	stem, _, extension := strings.Cut(file, ".")
	return extension && len(stem) == length && stem == directory && (strings.EqualFold(parent, "temp") || parent == "tmp")
}

// guid is a class or interface id: in the registry it names a product, when events agree on it.
var guid = regexp.MustCompile(`(?i)\{[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}`)

// constantIDs reports values whose ids come again: those of products do, made-up ones do not.
func constantIDs(values []seen) bool {
	times := map[string]int{}
	for _, v := range values {
		for _, id := range guid.FindAllString(strings.ToLower(v.text), -1) {
			times[id] += v.times
		}
	}
	for _, n := range times {
		if n < 2 {
			return false
		}
	}
	return len(times) > 0
}

// withIDs is a path abstracted, but for its ids.
func withIDs(text string) string {
	ids := guid.FindAllString(text, -1)
	out := abstracted(guid.ReplaceAllString(text, stand))
	for _, id := range ids {
		out = strings.Replace(out, stand, id, 1)
	}
	return out
}

// genericSegments are directories that say where things of all makers are.
var genericSegments = func() map[string]bool {
	set := map[string]bool{}
	for _, s := range strings.Split(`c:|d:|windows|system32|syswow64|winsxs|sysnative|program files|program files (x86)|programdata|users|public|default|appdata|local|locallow|roaming|temp|tmp|downloads|desktop|documents|microsoft|system|device|harddiskvolume1|harddiskvolume2|harddiskvolume3|harddiskvolume4|usr|bin|sbin|lib|lib64|libexec|opt|var|etc|home|root|run|share|local|src|library|applications|private|contents|macos|hklm|hku|hkcu|hkcr|hkey_local_machine|hkey_users|software|classes|currentversion|wow6432node|services|currentcontrolset|registry|machine|user|control|drivers|common files|packages|clsid|interface|typelib|explorer|run|runonce|policies|providers|addins|system|device|harddisk`, "|") {
		set[s] = true
	}
	return set
}()

// telling reports a segment that names something of its own: not a place that every program shares.
func telling(segment string) bool {
	name := strings.ToLower(bare(strings.ReplaceAll(segment, hole, "")))
	if genericSegments[name] || len(name) == 2 && name[1] == ':' {
		return false
	}
	letters := 0
	for _, r := range name {
		if r >= 'a' && r <= 'z' || r > 127 {
			letters++
		}
	}
	return letters >= 2
}

// shared is what paths have in common, in whole segments: how they begin, how they end.
type shared struct {
	head, tail string // with holes; the head ends in a separator, the tail begins with one
	whole      bool   // head is all of it
}

// common compares abstracted paths. No segment is cut, so that `ystem32\svchost.exe` cannot come out.
func common(paths []string) shared {
	first := splitPath(paths[0])
	heads, tails, shortest := len(first), len(first), len(first)
	same := true
	for _, p := range paths[1:] {
		s := splitPath(p)
		shortest = min(shortest, len(s))
		same = same && strings.EqualFold(p, paths[0])
		h := 0
		for h < heads && h < len(s) && strings.EqualFold(s[h], first[h]) {
			h++
		}
		heads = h
		t := 0
		for t < tails && t < len(s) && strings.EqualFold(s[len(s)-1-t], first[len(first)-1-t]) {
			t++
		}
		tails = t
	}
	if same {
		return shared{head: paths[0], whole: true}
	}
	inside := ""
	if heads == len(first)-1 && shortest == len(first) {
		inside = commonStart(paths)
	}
	heads = min(heads, shortest-1) // the last segment is a file, not a directory
	tails = min(tails, shortest-heads)
	out := shared{}
	if heads > 0 {
		head := strings.Join(first[:heads], "")
		if sep := first[heads][:1]; sep == `\` || sep == "/" {
			out.head = head + sep
		}
		out.head = max(out.head, inside) // the longer of two that begin alike
	}
	if tails > 0 {
		out.tail = strings.Join(first[len(first)-tails:], "")
		if out.tail[0] != '\\' && out.tail[0] != '/' {
			out.tail = ""
		}
	}
	return out
}

// commonStart is how all paths begin when they differ in the last segment only: up to the end of a word there, if that is some word.
func commonStart(paths []string) string {
	lower := strings.ToLower(paths[0])
	n := len(lower)
	for _, p := range paths[1:] {
		k := 0
		for q := strings.ToLower(p); k < n && k < len(q) && q[k] == lower[k]; {
			k++
		}
		n = k
	}
	end := strings.LastIndexAny(paths[0][:n], "_-. (") + 1
	if last := strings.LastIndexAny(paths[0], `\/`); end < last+5 {
		return ""
	}
	return paths[0][:end]
}

// commonMiddle is the longest telling run of whole directories that all paths hold somewhere, with its separators; empty when there is none.
func commonMiddle(paths []string) string { return commonDirectories(paths, tells) }

// commonRun is the same for directories that name nobody, such as `\AppData\Local\Temp\`: two at least.
func commonRun(paths []string) string {
	return commonDirectories(paths, func(part string) bool { return len(splitPath(part)) > 3 })
}

func commonDirectories(paths []string, good func(string) bool) string {
	first := splitPath(paths[0])
	best := ""
	for i := 1; i < len(first); i++ {
		for j := i + 1; j < len(first); j++ {
			part := strings.Join(first[i:j], "") + first[j][:1]
			if strings.Contains(part, hole) || !good(part) || len(part) <= len(best) {
				continue
			}
			everywhere := true
			for _, p := range paths[1:] {
				everywhere = everywhere && strings.Contains(strings.ToLower(p), strings.ToLower(part))
			}
			if everywhere {
				best = part
			}
		}
	}
	return best
}

// family is the shortest leading directory of a path that tells something, or the path itself: what else lies there has the same maker.
func family(path string) string {
	segments := splitPath(path)
	for i, s := range segments[:len(segments)-1] {
		if telling(s) && !strings.Contains(s, hole) {
			return strings.Join(segments[:i+1], "")
		}
	}
	return path
}

// tells reports a head or a tail that names something of its own in whole segments.
func tells(part string) bool {
	if part != "" && !strings.ContainsAny(part, `\/`) {
		return part != hole // a bare name, such as `System`, is all there is
	}
	for _, s := range splitPath(part) {
		if s != "" && telling(s) {
			return true
		}
	}
	return false
}

// asPattern writes a text with holes as a Sigma value: what is literal escaped, holes as `*`.
func asPattern(text string) string {
	var p rules.Pattern
	for i, literal := range strings.Split(text, hole) {
		if i > 0 && (len(p) == 0 || p[len(p)-1].Kind != rules.AnyRun) {
			p = append(p, rules.Token{Kind: rules.AnyRun})
		}
		if literal != "" {
			p = append(p, rules.Token{Kind: rules.Literal, Text: literal})
		}
	}
	return p.String()
}

// installRoots are the directories below which every maker has one of its own that only administrators write to.
var installRoots = []string{`C:\Program Files\`, `C:\Program Files (x86)\`}

// rootsOf are the roots below which all paths are; nil when one is elsewhere.
func rootsOf(list, roots []string) []string {
	found := map[string]bool{}
	for _, p := range list {
		in := false
		for _, root := range roots {
			if len(p) > len(root) && strings.EqualFold(p[:len(root)], root) {
				found[root], in = true, true
			}
		}
		if !in {
			return nil
		}
	}
	return sortedKeys(found)
}

// installed are the roots that hold all paths; nil when one is elsewhere, or when they are of fewer makers than tell a habit.
func installed(list []string) []string {
	const makers = 3
	families := map[string]bool{}
	for _, p := range list {
		families[strings.ToLower(family(p))] = true
	}
	if len(families) < makers {
		return nil
	}
	return rootsOf(list, installRoots)
}

// systemRoots are the directories of the programs that Windows brings. Attackers use some of these, too: it takes more of them to be a habit.
var systemRoots = []string{`C:\Windows\System32\`, `C:\Windows\SysWOW64\`}

// system are the system's directories that hold all programs; nil when one is elsewhere, or when they are few.
func system(list []string) []string {
	const programs = 4
	names := map[string]bool{}
	for _, p := range list {
		names[strings.ToLower(baseName(p))] = true
	}
	if len(names) < programs {
		return nil
	}
	return rootsOf(list, systemRoots)
}

// ties reports a directory that only administrators write to: it narrows even where it names nobody.
func (m *miner) ties(head string) bool {
	if m.platform == nil || strings.Contains(head, hole) {
		return false
	}
	_, found := m.platform.ProtectedDirectory(head + "x")
	return found
}

// writable reports a directory that users write to.
func (m *miner) writable(head string) bool {
	if m.platform == nil {
		return true
	}
	plain := strings.ReplaceAll(head, hole, "x")
	if _, found := m.platform.WritableDirectory(plain + "x"); found {
		return true
	}
	lower := m.platform.Fold(plain)
	for _, fragment := range m.platform.WritableFragments {
		if strings.Contains(lower, m.platform.Fold(fragment)) {
			return true
		}
	}
	return false
}
