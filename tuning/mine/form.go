package mine

import (
	"net/netip"
	"regexp"
	"sort"
	"strings"

	"github.com/sigtune/sigtune/schema/taxonomy"
	"github.com/sigtune/sigtune/tuning"
)

// form is how one field of some events is said.
type form struct {
	field      *field
	conditions []tuning.Condition // an AND
	tells      bool               // it names something of its own: who or what, not where everybody is
	listed     bool               // it lists what was seen, and nothing else
	wide       bool               // it holds for much besides: a root directory, say
	once       int                // how many of the listed values were seen once only
	volatile   string             // why no form was made, or what the form leaves open
	alike      int                // how many distinct values the form stands for
}

// seen is a distinct value of a field with how often it was seen, in occurrences that differ.
type seen struct {
	text  string
	times int
}

// longestList is how many values a condition lists. A longer list is an inventory and no filter.
const longestList = 15

// sampled is how many distinct values are compared to find what they share; the result is verified on all of them.
const sampled = 60

// formOf finds the narrowest way to say a field that holds for all values and is cut at no edge inside a word.
func (m *miner) formOf(f *field, values []seen) form {
	out := form{field: f, alike: len(values)}
	kind := f.kind
	if kind == wholeKind && f.role == taxonomy.NoRole && allPaths(values) {
		kind = pathKind
	}
	switch kind {
	case pathKind:
		return m.pathForm(out, values)
	case textKind:
		return m.textForm(out, values)
	case addressKind:
		return addressForm(out, values)
	case accountKind:
		return m.accountForm(out, values)
	case hostKind:
		return hostForm(out, values)
	}
	return wholeForm(out, values)
}

// rooted is how absolute paths begin.
var rooted = regexp.MustCompile(`^([A-Za-z]:\\|\\\\|\\[A-Za-z]|/[A-Za-z])`)

func allPaths(values []seen) bool {
	for _, v := range values {
		if !rooted.MatchString(v.text) || strings.ContainsAny(v.text, "\r\n\"") {
			return false
		}
	}
	return true
}

func texts(values []seen) []string {
	var out []string
	for _, v := range values {
		out = append(out, v.text)
	}
	return out
}

// sample is some of the values, evenly taken.
func sample(list []string) []string {
	if len(list) <= sampled {
		return list
	}
	var out []string
	for i := range sampled {
		out = append(out, list[i*len(list)/sampled])
	}
	return out
}

func condition(f *field, modifier string, values ...string) tuning.Condition {
	return tuning.Condition{Field: f.name, Modifier: modifier, Values: values, Phrase: "events", Roles: scenarioRoles[f.role]}
}

// pathForm: the whole path, with holes where users, versions and made-up names are; else the directory and the end that all share; else
// the list of them.
func (m *miner) pathForm(out form, values []seen) form {
	var abstract []seen
	at := map[string]int{}
	keepIDs := constantIDs(values)
	for _, v := range values {
		a := abstracted(v.text)
		if out.field.role == taxonomy.RoleRegistryKey && keepIDs {
			a = withIDs(v.text)
		}
		key := strings.ToLower(a)
		if k, again := at[key]; again {
			abstract[k].times += v.times
			continue
		}
		at[key] = len(abstract)
		abstract = append(abstract, seen{a, v.times})
	}
	f := out.field
	if len(abstract) == 1 {
		out.conditions = []tuning.Condition{condition(f, "", asPattern(abstract[0].text))}
		out.tells = tells(abstract[0].text)
		if !out.tells {
			out.volatile = "what its values share is only where every program may be"
		}
		return out
	}
	list := texts(abstract)
	s := common(list)
	headTells, tailTells := s.head != "" && tells(s.head), s.tail != "" && tells(s.tail) && tellingTail(s.tail)
	if headTells || tailTells {
		out.tells = true
		if s.head != "" && (headTells || m.ties(s.head)) {
			out.conditions = append(out.conditions, startsWith(f, s.head))
		} else if roots := rootsOf(list, installRoots); roots != nil {
			out.conditions = append(out.conditions, condition(f, "startswith", roots...))
		}
		if tailTells {
			out.conditions = append(out.conditions, endsWith(f, s.tail))
		} else if headTells && m.writable(s.head) && len(abstract) <= longestList {
			// Where anybody may write, the names that were seen narrow it, if they come again.
			if names, once := baseNames(abstract); len(names) > 0 && once == 0 && total(abstract) >= 3*len(names) {
				out.conditions = append(out.conditions, condition(f, "endswith", names...))
			}
		}
		return out
	}
	if middle := commonMiddle(list); middle != "" {
		out.conditions, out.tells = []tuning.Condition{condition(f, "contains", asPattern(middle))}, true
		return out
	}
	if roots := installed(list); roots != nil && f.role == taxonomy.RoleImage && !(f.selected && m.startsProcesses()) {
		out.conditions, out.tells = []tuning.Condition{condition(f, "startswith", roots...)}, true
		out.wide = true
		return out
	}
	if roots := system(list); roots != nil && f.role == taxonomy.RoleImage && !m.startsProcesses() {
		out.conditions, out.tells = []tuning.Condition{condition(f, "startswith", roots...)}, true
		out.wide = true
		return out
	}
	if roots := rootsOf(list, installRoots); roots != nil && f.role == taxonomy.NoRole {
		out.conditions, out.wide = []tuning.Condition{condition(f, "startswith", roots...)}, true
		return out
	}
	if segments := splitPath(s.head); len(segments) > 4 && f.role != taxonomy.RoleImage && f.role != taxonomy.RoleParentImage {
		out.conditions = []tuning.Condition{startsWith(f, s.head)} // a deep place, even where it names nobody
		return out
	}
	if run := commonRun(list); run != "" && f.role != taxonomy.RoleImage && f.role != taxonomy.RoleParentImage {
		out.conditions = []tuning.Condition{condition(f, "contains", asPattern(run))}
		return out
	}
	if len(abstract) <= longestList {
		out.listed = true
		var written []string
		for _, a := range abstract {
			written = append(written, asPattern(a.text))
			if a.times == 1 {
				out.once++
			}
			out.tells = true
		}
		sort.Strings(written)
		out.conditions = []tuning.Condition{condition(f, "", written...)}
		return out
	}
	out.volatile = "its values have nothing in common that would not fit everything else, too"
	return out
}

// tellingTail reports a tail that is more than a file name which every platform has, or an extension.
func tellingTail(tail string) bool { return len(bare(tail)) >= 3 }

func startsWith(f *field, head string) tuning.Condition {
	if strings.Contains(head, hole) {
		return condition(f, "", asPattern(head+hole))
	}
	return condition(f, "startswith", asPattern(head))
}

func endsWith(f *field, tail string) tuning.Condition {
	if strings.Contains(tail, hole) {
		return condition(f, "", asPattern(hole+tail))
	}
	return condition(f, "endswith", asPattern(tail))
}

// baseNames are the file names of paths with their separator, and how many of them were seen once. None, when one has a hole.
func baseNames(list []seen) (names []string, once int) {
	times := map[string]int{}
	spelling := map[string]string{}
	for _, v := range list {
		s := splitPath(v.text)
		last := s[len(s)-1]
		if strings.Contains(last, hole) || len(s) < 2 {
			return nil, 0
		}
		key := strings.ToLower(last)
		times[key] += v.times
		if _, known := spelling[key]; !known {
			spelling[key] = asPattern(last)
		}
	}
	for _, key := range sortedKeys(times) {
		names = append(names, spelling[key])
		if times[key] == 1 {
			once++
		}
	}
	return names, once
}

func total(list []seen) int {
	n := 0
	for _, v := range list {
		n += v.times
	}
	return n
}

// textForm: the parts that all texts hold. The program at the beginning of a command line is left to the field of the program.
func (m *miner) textForm(out form, values []seen) form {
	list := texts(values)
	sort.SliceStable(list, func(i, j int) bool { return len(list[i]) < len(list[j]) })
	f := out.field
	from := 0
	isCommand := f.role == taxonomy.RoleCommandLine || f.role == taxonomy.RoleParentCommandLine
	if isCommand {
		from = behindProgram(list[0])
	}
	if len(list) == 1 && !isCommand && f.role != taxonomy.RoleScript && len(list[0]) <= 120 && !strings.ContainsAny(list[0], "\r\n") && !volatileText(list[0]) {
		out.conditions = []tuning.Condition{condition(f, "", asPattern(list[0]))}
		out.tells = letters(list[0]) >= 4
		return out
	}
	parts := tellingParts(commonParts(sample(list), from))
	for _, t := range list { // what the sample shares is verified on all
		var kept []string
		for _, p := range parts {
			if everywhere([]string{strings.ToLower(t)}, strings.ToLower(p)) {
				kept = append(kept, p)
			}
		}
		parts = kept
	}
	if len(parts) == 0 {
		if isCommand && strings.TrimSpace(list[0][from:]) == "" {
			out.volatile = "it holds nothing besides the program, which has a field of its own"
			return out
		}
		if few := len(values); few > 1 && few <= longestList && !isCommand && f.role != taxonomy.RoleScript {
			return wholeForm(out, values)
		}
		out.volatile = "its values share no words that tell something"
		return out
	}
	c := condition(f, "contains")
	for _, p := range parts {
		c.Values = append(c.Values, asPattern(p))
		out.tells = out.tells || letters(p) >= 3
	}
	c.All = len(c.Values) > 1
	out.conditions = []tuning.Condition{c}
	return out
}

// identifierLike are whole values that are new with every event, whatever the field is called.
var identifierLike = regexp.MustCompile(`(?i)^(\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?|0x[0-9a-f]{9,}|[0-9a-f]{32,}|[0-9]{6,}|[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].*)?|v?[0-9]+(\.[0-9]+){2,}( .*)?|S-1-5-21(-[0-9]+){3,4})$`)

func volatileText(text string) bool {
	return volatileParts.MatchString(text) || identifierLike.MatchString(text)
}

// wholeForm: the value, or the few values, as they are.
func wholeForm(out form, values []seen) form {
	if len(values) > 1 && sentences(values) {
		if parts := tellingParts(commonParts(sample(texts(values)), 0)); len(parts) > 0 {
			c := condition(out.field, "contains")
			for _, p := range parts {
				c.Values = append(c.Values, asPattern(p))
				out.tells = out.tells || letters(p) >= 8
			}
			c.All = len(c.Values) > 1
			out.conditions = []tuning.Condition{c}
			return out
		}
	}
	var written []string
	for _, v := range values {
		if identifierLike.MatchString(v.text) {
			out.volatile = "its values look like identifiers, times or versions"
			return out
		}
		if strings.ContainsAny(v.text, "\r\n") {
			out.volatile = "its values have several lines, and nothing in them is the same"
			return out
		}
		written = append(written, asPattern(v.text))
		if v.times == 1 {
			out.once++
		}
	}
	if len(written) > longestList {
		out.volatile = "it has too many values for a list"
		return out
	}
	sort.Strings(written)
	out.listed = len(written) > 1
	out.conditions = []tuning.Condition{condition(out.field, "", written...)}
	out.tells = out.field.identity
	return out
}

// sentences reports values that are texts with several words.
func sentences(values []seen) bool {
	for _, v := range values {
		if strings.Count(v.text, " ") < 3 {
			return false
		}
	}
	return true
}

// privateNetworks are what is inside: RFC 1918, loopback and link-local addresses of both versions, unique local ones.
var privateNetworks = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("169.254.0.0/16"), netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"), netip.MustParsePrefix("::1/128"), netip.MustParsePrefix("fc00::/7"), netip.MustParsePrefix("fe80::/10"),
}

func parsedAddress(text string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(strings.TrimSpace(text))
	return a.Unmap(), err == nil
}

// addressForm: the address, the internal networks where all are internal, or the smallest of /24 and /16 (/64 and /48) that holds all.
func addressForm(out form, values []seen) form {
	var list []netip.Addr
	for _, v := range values {
		a, err := netip.ParseAddr(strings.TrimSpace(v.text))
		if err != nil {
			return wholeForm(out, values)
		}
		list = append(list, a.Unmap())
	}
	f := out.field
	inside := map[int]bool{}
	for _, a := range list {
		for i, p := range privateNetworks {
			if p.Contains(a) {
				inside[i] = true
			}
		}
	}
	internal := true
	for _, a := range list {
		found := false
		for _, p := range privateNetworks {
			found = found || p.Contains(a)
		}
		internal = internal && found
	}
	switch {
	case len(values) == 1:
		out.conditions, out.tells = []tuning.Condition{condition(f, "", values[0].text)}, !internal || list[0].IsLoopback()
		return out
	case internal && len(inside) > 1:
		c := condition(f, "cidr")
		for _, p := range privateNetworks {
			c.Values = append(c.Values, p.String())
		}
		out.conditions, out.tells = []tuning.Condition{c}, true
		return out
	}
	for _, bits := range [][2]int{{24, 64}, {16, 48}} {
		networks := map[string]bool{}
		for _, a := range list {
			b := bits[0]
			if a.Is6() {
				b = bits[1]
			}
			if p, err := a.Prefix(b); err == nil {
				networks[p.String()] = true
			}
		}
		if len(networks) == 1 {
			out.conditions, out.tells = []tuning.Condition{condition(f, "cidr", sortedKeys(networks)...)}, true
			return out
		}
	}
	if internal {
		for i := range inside {
			out.conditions, out.tells = []tuning.Condition{condition(f, "cidr", privateNetworks[i].String())}, true
		}
		return out
	}
	return wholeForm(out, values)
}

// serviceAccount are the accounts of Windows itself in the languages that SigmaHQ's rules know (`AUTHORI`, `AUTORI`), and their SIDs.
var serviceAccount = regexp.MustCompile(`(?i)^(nt[ -]author|autorite nt|autorité nt|nt-autor|autoridad nt|autoridade nt)|^S-1-5-(18|19|20)$`)

const peopleChange = "accounts of people come and go"

// accountForm: a service account, or machine accounts as such. People come and go: their accounts are named only where the rule looks at
// the field.
func (m *miner) accountForm(out form, values []seen) form {
	machines, services := true, true
	for _, v := range values {
		machines = machines && strings.HasSuffix(v.text, "$") && len(v.text) > 1
		services = services && (serviceAccount.MatchString(v.text) || m.platform != nil && m.platform.AccountControl(v.text) == taxonomy.Hard)
	}
	switch {
	case machines:
		out.conditions, out.tells = []tuning.Condition{condition(out.field, "endswith", "$")}, true
		return out
	case services && len(values) > 1:
		// The words that SigmaHQ's rules know these accounts by, whatever the language of the system.
		out.conditions, out.tells = []tuning.Condition{condition(out.field, "contains", "AUTHORI", "AUTORI")}, true
		for _, v := range values {
			if upper := strings.ToUpper(v.text); !strings.Contains(upper, "AUTHORI") && !strings.Contains(upper, "AUTORI") {
				return wholeForm(out, values)
			}
		}
		return out
	case services && len(values) == 1:
		out = wholeForm(out, values)
		out.tells = true
		return out
	case !services && !out.field.selected:
		out = wholeForm(out, values)
		if out.volatile == "" {
			out.volatile = peopleChange
		}
		return out
	}
	return wholeForm(out, values)
}

// hostForm: the name, or the domain that all names are in.
func hostForm(out form, values []seen) form {
	if len(values) == 1 {
		return wholeForm(out, values)
	}
	labels := strings.Split(strings.ToLower(strings.TrimSuffix(values[0].text, ".")), ".")
	n := len(labels)
	for _, v := range values[1:] {
		other := strings.Split(strings.ToLower(strings.TrimSuffix(v.text, ".")), ".")
		k := 0
		for k < n && k < len(other)-1 && other[len(other)-1-k] == labels[len(labels)-1-k] {
			k++
		}
		n = k
	}
	if n = min(n, len(labels)-1); n < 2 {
		return wholeForm(out, values)
	}
	out.conditions = []tuning.Condition{condition(out.field, "endswith", "."+asPattern(strings.Join(labels[len(labels)-n:], ".")))}
	out.tells = true
	return out
}
