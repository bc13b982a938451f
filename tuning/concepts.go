package tuning

import (
	"regexp"
	"strings"

	"github.com/sigtune/sigtune/tuning/scenario"
)

// This file reads descriptions that name neither a program nor a value, but something with one meaning everywhere: private addresses, the
// loopback, accounts of machines, the directories of programs. It also takes the one name in a note of which nothing else was understood.

// concept is such a thing.
type concept struct {
	words    *regexp.Regexp
	roles    []scenario.Role // of the first that the log source has a field for
	operator scenario.Operator
	shape    scenario.Shape
	values   []string
}

// The private and local ranges of the address registries: RFC 1918, RFC 1122 (loopback), RFC 3927 and RFC 4291 (link local), RFC 4193.
var (
	loopback = []string{"127.0.0.0/8", "::1/128"}
	private  = append([]string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10"}, loopback...)
)

var concepts = []concept{
	{regexp.MustCompile(`(?i)\b(?:private|local|rfc[ -]?1918)(?: ip)?(?: network| address)? (?:ranges?|subnets?|addresses|ips?)\b|\brfc[ -]?1918\b`),
		[]scenario.Role{scenario.RoleDestinationIP, scenario.RoleSourceIP}, scenario.InRange, scenario.ShapeCIDR, private},
	{regexp.MustCompile(`(?i)\b(?:localhost|loopback)(?: (?:address(?:es)?|ips?|connections?|traffic))?\b`),
		[]scenario.Role{scenario.RoleDestinationIP, scenario.RoleSourceIP}, scenario.InRange, scenario.ShapeCIDR, loopback},
	{regexp.MustCompile(`(?i)\blink[ -]?local(?: (?:address(?:es)?|ranges?|ips?|traffic))?\b`),
		[]scenario.Role{scenario.RoleDestinationIP, scenario.RoleSourceIP}, scenario.InRange, scenario.ShapeCIDR, []string{"169.254.0.0/16", "fe80::/10"}},
	{regexp.MustCompile(`\bULA\b|(?i)\bunique local(?: address(?:es)?)?\b`),
		[]scenario.Role{scenario.RoleDestinationIP, scenario.RoleSourceIP}, scenario.InRange, scenario.ShapeCIDR, []string{"fc00::/7"}},
	{regexp.MustCompile(`(?i)\b(?:machine|computer) accounts?\b`), []scenario.Role{scenario.RoleUser}, scenario.EndsWith, scenario.ShapeWord, []string{"$"}},
	{regexp.MustCompile(`(?i)\banonymous logons?\b`), []scenario.Role{scenario.RoleUser}, scenario.Is, scenario.ShapeAccount, []string{"ANONYMOUS LOGON"}},
	{regexp.MustCompile(`(?i)\bprogram files\b(?: (?:folders?|director(?:y|ies)|paths?))?`),
		[]scenario.Role{scenario.RoleProcess}, scenario.StartsWith, scenario.ShapeDirectory, installDirectories["windows"]},
}

// concept reads a description that names one of the concepts, or several of one sort. Every other word has to say nothing of its own: an AND part
// is never dropped.
func (g *ground) concept(text string) [][]scenario.Condition {
	var found *scenario.Condition
	rest := text
	for _, c := range concepts {
		at := c.words.FindStringIndex(rest)
		if at == nil || c.shape == scenario.ShapeDirectory && (g.platform == nil || g.platform.Product != "windows") {
			continue
		}
		for _, role := range c.roles {
			if g.present(role) == "" || g.otherEnd(role) {
				continue
			}
			if found == nil {
				found = &scenario.Condition{Role: role, Operator: c.operator, Stated: true, Phrase: rest[at[0]:at[1]]}
			}
			if found.Role != role || found.Operator != c.operator {
				break
			}
			for _, v := range c.values {
				found.Values = append(found.Values, scenario.Value{Text: v, Shape: c.shape, Quoted: true})
			}
			rest = c.words.ReplaceAllString(rest, " ")
			break
		}
	}
	if found == nil || len(scenario.Content(addressWords.ReplaceAllString(rest, " "))) > 0 {
		return nil
	}
	return [][]scenario.Condition{{*found}}
}

// addressWords say of addresses what the ranges say themselves.
var addressWords = regexp.MustCompile(`(?i)\b(?:internal|private|local|traffic|connections?|addresses|address|ranges?|networks?|subnets?|ips?|destinations?|sources?|ipv[46])\b`)

// named reads a note in which the words gave no value as being about the one name that is left.
func (g *ground) named(text string, out *Outcome) [][]scenario.Condition {
	words := scenario.Content(text)
	const most = 4 // words of a product's name
	words = capitalisedOnly(words)
	if !scenario.Notes(text) || len(words) == 0 || len(words) > most || len(strings.Fields(text)) > longestNote+most {
		return nil
	}
	var names []string
	for _, w := range words {
		switch {
		case !plainName.MatchString(w) || len(words) > 1 && strings.ToLower(w) == w:
			return nil // a sentence
		case scenario.Named(w):
			names = append(names, w)
		case len(words) == 1:
			return nil
		}
	}
	if len(names) == 0 {
		return nil
	}
	v := scenario.Value{Text: strings.Join(names, " "), Shape: scenario.ShapeName}
	if len(names) == 1 {
		v.Shape = scenario.ShapeWord
	}
	out.Notes = append(out.Notes, "of the text only “"+v.Text+"” was understood, as a name")
	return [][]scenario.Condition{{{Role: scenario.RoleUnstated, Operator: scenario.Is, Values: []scenario.Value{v}, Phrase: v.Text}}}
}

// capitalisedOnly leaves out words that describe others in small letters, where there are names beside them.
func capitalisedOnly(words []string) []string {
	var names []string
	for _, w := range words {
		if strings.ToLower(w) != w {
			names = append(names, w)
		} else if scenario.Named(w) {
			return words
		}
	}
	if len(names) == 0 {
		return words
	}
	return names
}

// otherEnd reports that the rule itself looks at the other end of a connection, so that this one is not what a text without a word about
// it means.
func (g *ground) otherEnd(role scenario.Role) bool {
	other := scenario.RoleDestinationIP
	if role == scenario.RoleDestinationIP {
		other = scenario.RoleSourceIP
	} else if role != scenario.RoleSourceIP {
		return false
	}
	field, _, ok := g.field(role, "")
	against, _, has := g.field(other, "")
	return ok && has && g.used[against] && !g.used[field]
}
