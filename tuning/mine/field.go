package mine

import (
	"regexp"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// kind is how the values of a field are read.
type kind uint8

const (
	wholeKind   kind = iota // one of few values: equal or not
	pathKind                // a path with directories
	textKind                // a line or more with words in it
	addressKind             // an IP address
	accountKind             // an account, perhaps with its domain
	hostKind                // the name of a remote side
)

// field is what is known of a field of the rule's log source before any event is seen.
type field struct {
	name      string
	role      taxonomy.Role
	kind      kind
	stability float64 // how likely it is that what these events share the next one of their kind shares, too: 0 to 1
	identity  bool    // it says who did it, or to what
	selected  bool    // the rule's selection looks at it
	silent    string  // why no condition is made of it, or empty
}

// prior is what is expected of the fields of a role. Stability and order follow what filters that people wrote look at (spec/tuning.md
// section 1: Image 1,300 units, command line 300, source and parent image 330, target object and file 150, accounts 2 % of the filters), and
// what an update, another user or another host changes.
type prior struct {
	kind      kind
	stability float64
	identity  bool
}

var priors = map[taxonomy.Role]prior{
	taxonomy.RoleImage:             {pathKind, .95, true},
	taxonomy.RoleParentImage:       {pathKind, .92, true},
	taxonomy.RoleTargetImage:       {pathKind, .90, true},
	taxonomy.RoleLoadedImage:       {pathKind, .66, true},
	taxonomy.RolePipe:              {pathKind, .80, true},
	taxonomy.RoleService:           {textKind, .80, true},
	taxonomy.RoleTask:              {pathKind, .80, true},
	taxonomy.RoleRegistryKey:       {pathKind, .63, true},
	taxonomy.RoleSignature:         {wholeKind, .50, false},
	taxonomy.RoleDestinationHost:   {hostKind, .75, true},
	taxonomy.RoleQuery:             {hostKind, .75, true},
	taxonomy.RoleAncestor:          {textKind, .65, true},
	taxonomy.RoleTargetFile:        {pathKind, .63, true},
	taxonomy.RoleAccess:            {textKind, .70, false},
	taxonomy.RoleDestinationIP:     {addressKind, .65, true},
	taxonomy.RoleSourceIP:          {addressKind, .65, true},
	taxonomy.RoleCommandLine:       {textKind, .62, true},
	taxonomy.RoleParentCommandLine: {textKind, .62, true},
	taxonomy.RoleScript:            {textKind, .62, true},
	taxonomy.RoleURL:               {textKind, .62, true},
	taxonomy.RoleUserAgent:         {textKind, .62, true},
	taxonomy.RoleRegistryData:      {textKind, .62, true},
	taxonomy.RoleDirectory:         {pathKind, .45, false},
	taxonomy.RoleUser:              {accountKind, .42, false},
	taxonomy.RoleTargetUser:        {accountKind, .42, false},
	taxonomy.RoleParentUser:        {accountKind, .30, false},
	taxonomy.RoleIntegrity:         {wholeKind, .30, false},
	taxonomy.RoleMetadata:          {wholeKind, .30, false},
}

// silentRoles never make a condition, however constant they are.
var silentRoles = map[taxonomy.Role]string{
	taxonomy.RoleIdentifier: "it is new with every process, session or host",
	taxonomy.RoleTime:       "it never comes again",
	taxonomy.RoleConstant:   "it is the same in every event of the log source",
	taxonomy.RoleHash:       "it changes with every update of the file",
	taxonomy.RoleSourcePort: "the client takes any free port",
	taxonomy.RoleComputer:   "excluding a host would hide everything that happens on it",
	taxonomy.RoleSourceHost: "it is the name of one machine",
}

const whatNotWho = "it says what happened, not who did it"

// silentNames are names that no taxonomy has a role for and that say nothing: of shippers, and of the frame around an event.
var silentNames = regexp.MustCompile(`(?i)(^|[._@\W])(version|id|guid|uuid|pid|ppid|tid|time|timestamp|time_?created|utctime|eventtime|event_?type|hostname|host|host\.name|computer|port|hash(es)?|md5|sha1|sha256|imphash|message|raw|_raw|tags|task|opcode|keywords|severity|severityvalue|level|channel|provider|sourcename|eventrecordid|accounttype|accountname|userid|domain|recordnumber|activityid|index|ingested|offset|source_?module.*|agent|ecs|log|beat|winlog)$|(guid|timestamp|threadid|processid|logonid|eventtime|timecreated|eventreceivedtime|recordid|handleid|fileversion)$`)

// wholeMessage are the fields that hold all words of an event: a rule with keywords reads them.
var wholeMessage = regexp.MustCompile(`(?i)^(message|raw|_raw|event\.original)$`)

// silentParts are frames whose fields describe the shipping of an event.
var silentParts = regexp.MustCompile(`(?i)^(@|_|agent\.|ecs\.|beat\.|log\.|host\.|observer\.|input\.|winlog\.(record|api|process|activity|provider|opcode|task|version|computer)|event\.(created|ingested|id|code|module|dataset|kind|sequence|outcome|start|end|duration))`)

// fieldBook answers questions about fields, and remembers the answers.
type fieldBook struct {
	logs     *taxonomy.Logsource
	selected map[string]bool            // positive in the rule
	filtered map[string]bool            // in its exclusions: somebody found it worth a filter
	words    map[string]map[string]bool // by field, what the rule looks for there
	listed   map[string]map[string]bool // by field, the values of which one is enough for the rule
	known    map[string]*field
}

func newFieldBook(rule *rules.Rule) *fieldBook {
	b := &fieldBook{selected: map[string]bool{}, filtered: map[string]bool{}, words: map[string]map[string]bool{}, listed: map[string]map[string]bool{}, known: map[string]*field{}}
	l := rule.Logsource
	b.logs, _ = taxonomy.Lookup(l.Product.Value, l.Category.Value, l.Service.Value)
	for _, d := range rule.Detection.Named {
		polarity := rule.Detection.Polarity(d)
		d.Block.Each(func(i *rules.Item) {
			if polarity&rules.Positive != 0 {
				b.selected[i.Field] = true
				if b.words[i.Field] == nil {
					b.words[i.Field] = map[string]bool{}
				}
				if b.listed[i.Field] == nil {
					b.listed[i.Field] = map[string]bool{}
				}
				for _, v := range i.Values {
					if !i.All && !i.Negated {
						b.listed[i.Field][v.Text] = true
					}
					for _, w := range strings.FieldsFunc(strings.ToLower(v.Text), func(r rune) bool { return !isWord(r) }) {
						b.words[i.Field][w] = true
					}
				}
			}
			if polarity&rules.Negative != 0 {
				b.filtered[i.Field] = true
			}
		})
	}
	return b
}

// silent reports a field of which no condition is made.
func (b *fieldBook) silent(name string) bool { return b.of(name).silent != "" }

// ruled reports a field that the rule looks at: it is kept, so that a row still fires the rule.
func (b *fieldBook) ruled(name string) bool { return b.selected[name] || b.filtered[name] }

func (b *fieldBook) of(name string) *field {
	if f, known := b.known[name]; known {
		return f
	}
	f := b.look(name)
	b.known[name] = f
	return f
}

// Stabilities of fields that have no role. A field of which several rules of the log source make use says something; one that the rule
// itself, or one of its filters, looks at more so.
const (
	stabilityUnknown  = .35
	stabilityUsed     = .62
	stabilityFiltered = .66
	stabilityMetadata = .30
	stabilityKeywords = .80 // what happened, where keywords are found in whatever happened
	stabilityService  = .70 // a service account, where the rule looks at accounts: one event is enough
	usedBy            = 3   // rules of the log source
)

func (b *fieldBook) look(name string) *field {
	f := &field{name: name, kind: wholeKind, stability: stabilityUnknown, selected: b.selected[name]}
	known, inTaxonomy := taxonomy.Field{}, false
	if b.logs != nil {
		known, inTaxonomy = b.logs.Field(name)
		f.role = known.Role
	}
	if b.selected[""] && wholeMessage.MatchString(name) {
		b.words[name] = b.words[""] // keywords are looked for in the message
		f.kind, f.stability, f.identity, f.selected = textKind, stabilityFiltered, true, true
		return f
	}
	if f.role == taxonomy.RoleEventID && b.selected[""] {
		f.stability = stabilityKeywords
		return f
	}
	if f.role == taxonomy.RoleConstant && b.ruled(name) {
		f.stability = stabilityFiltered // the rule itself tells its values apart
		return f
	}
	if f.role == taxonomy.RoleEventID && (name == "EventType" || b.selected[name]) {
		return f // a last resort, where nothing says who (narrowInterpreter)
	}
	if f.role == taxonomy.RoleEventID {
		f.silent = whatNotWho
		return f
	}
	if why, silent := silentRoles[f.role]; silent {
		f.silent = why
		return f
	}
	if known.Type == taxonomy.DateTime || known.Type == taxonomy.GUID || known.Type == taxonomy.Hash || known.Type == taxonomy.Hashes {
		f.silent = "it is new with every event"
		return f
	}
	if f.role == taxonomy.NoRole && !b.selected[name] && !b.filtered[name] && known.Count < usedBy && (silentNames.MatchString(name) || silentParts.MatchString(name)) {
		f.silent = "it belongs to the frame of the event, or is new with every event"
		return f
	}
	switch {
	case known.Type == taxonomy.Port && f.role != taxonomy.RoleDestinationPort:
		f.silent = "the client takes any free port"
		return f
	case name == "FileVersion":
		f.silent = "it changes with every update of the file"
		return f
	}
	if p, ok := priors[f.role]; ok {
		f.kind, f.stability, f.identity = p.kind, p.stability, p.identity
	} else {
		if inTaxonomy && known.Count >= usedBy {
			f.stability = stabilityUsed
		}
		f.kind = kindOf(known.Type, name)
		f.identity = f.kind == pathKind || f.stability >= stabilityUsed && f.kind != wholeKind
	}
	if f.kind == textKind && (known.Type == taxonomy.Mask) {
		f.kind = wholeKind
	}
	if f.role == taxonomy.RoleSourceIP && b.logs != nil && len(b.logs.Role(taxonomy.RoleDestinationIP)) > 0 && !b.filtered[name] {
		f.stability, f.identity = .2, false // of a connection both ends are known: the source is the host itself
	}
	if f.role == taxonomy.RoleUser && known.Type == taxonomy.SID {
		f.kind = wholeKind
	}
	if (b.filtered[name] || b.selected[name]) && f.stability > .2 {
		f.stability = max(f.stability, stabilityFiltered)
	}
	return f
}

func kindOf(t taxonomy.Type, name string) kind {
	switch t {
	case taxonomy.Path, taxonomy.Image, taxonomy.Registry, taxonomy.Pipe:
		return pathKind
	case taxonomy.CommandLine, taxonomy.Script, taxonomy.URL:
		return textKind
	case taxonomy.IP:
		return addressKind
	case taxonomy.Account:
		return accountKind
	case taxonomy.Host:
		return hostKind
	}
	lower := strings.ToLower(name)
	switch {
	case strings.HasSuffix(lower, "path"), strings.HasSuffix(lower, "image"), strings.HasSuffix(lower, "filename"), strings.HasSuffix(lower, "executable"), strings.HasSuffix(lower, "application"), strings.HasSuffix(lower, "buffer"):
		return pathKind
	case strings.Contains(lower, "command") && strings.Contains(lower, "line"), strings.HasSuffix(lower, "args"):
		return textKind
	}
	return wholeKind
}
