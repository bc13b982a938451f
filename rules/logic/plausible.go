package logic

import (
	"maps"
	"slices"
	"strings"
)

// What the search finds meets the rule and nothing else: `:\Perflogs\ .hta`. The steps below bring such a text closer to what a sensor
// writes, `C:\Perflogs\report.hta`. Each is a suggestion: a text stays as it was unless the new one meets every demand on its field, and
// the event as a whole is evaluated again before anyone sees it.

// content is what a field holds, as far as its name tells.
type content uint8

const (
	otherContent content = iota
	command              // a command line
	script               // the text of a script
	program              // the path of an executable
	library              // the path of a loaded module
	file                 // the path of a file
	registry             // a key or value of the Windows registry
	address              // an IP address
	uri
	account
)

// contents tells what a field holds by the end of its name, regardless of case; the first that fits counts.
var contents = []struct {
	ending  string
	content content
}{
	{"commandline", command}, {"scriptblocktext", script}, {"imageloaded", library}, {"image", program}, {"processname", program},
	{"originalfilename", otherContent}, {"targetfilename", file}, {"targetobject", registry}, {"ip", address}, {"ipaddress", address},
	{"c-uri", uri}, {"uri-query", uri}, {"uri-stem", uri}, {"username", account}, {"user", account},
}

func contentOf(field string) content {
	field = strings.ToLower(field)
	for _, c := range contents {
		if strings.HasSuffix(field, c.ending) {
			return c.content
		}
	}
	return otherContent
}

// Names that stand for any other, chosen so that no reader takes them for part of what the rule looks for.
const (
	anyStem   = "report"
	anyFolder = "Contoso"
	anyWord   = "demo"
)

// anyName is the name of a file that a field would hold.
var anyName = map[content]string{program: "app.exe", library: "app.dll", file: anyStem + ".txt"}

// places are directories that a path without one is put into, by what it is a path of.
var places = map[content][]string{
	program:  {`C:\Windows\System32\`, `C:\Program Files\` + anyFolder + `\`, `C:\Users\alice\Downloads\`},
	library:  {`C:\Windows\System32\`, `C:\Program Files\` + anyFolder + `\`, `C:\Users\alice\Downloads\`},
	file:     {`C:\Users\alice\Downloads\`, `C:\ProgramData\` + anyFolder + `\`},
	registry: {`HKLM`},
}

// spare is what is tried in place of a text that stands for nothing in particular: addresses and domains for documentation (RFC 5737,
// RFC 2606), private addresses where the rule wants one.
var spare = map[content][]string{
	command:  {"app.exe"},
	program:  {`C:\Program Files\` + anyFolder + `\app.exe`, `/usr/local/bin/app`},
	library:  {`C:\Program Files\` + anyFolder + `\app.dll`},
	file:     {`C:\Users\alice\Downloads\report.txt`},
	registry: {`HKLM\SOFTWARE\` + anyFolder + `\Version`},
	address:  {"203.0.113.7", "198.51.100.7", "192.0.2.7", "10.0.0.7", "192.168.0.7"},
	uri:      {"/index.html"},
	account:  {`CORP\alice`, "alice", "root"},
}

// hollow are texts that stand for nothing in particular: what a guess says of a free field, and the lowest address.
var hollow = []string{"x", "unknown", "0.0.0.0"}

// dressing is one text on its way.
type dressing struct {
	content content
	windows bool
	text    string
	fits    func(string) bool
}

// try takes over the first suggestion that fits.
func (d *dressing) try(suggestions ...string) {
	for _, s := range suggestions {
		if s != "" && s != d.text && d.fits(s) {
			d.text = s
			return
		}
	}
}

// plausible is a witness whose texts were brought closer to what a sensor writes; nil when there was nothing to do.
func (q *question) plausible(e Event, chosen []*literal) Event {
	var out Event
	for _, field := range slices.Sorted(maps.Keys(e)) {
		text, ok := e[field].(string)
		holds := contentOf(field)
		if !ok || text == "" || holds == otherContent {
			continue
		}
		d := dressing{holds, q.theory.platform == "windows" || strings.Contains(text, `\`), text, func(s string) bool { return q.fits(field, s, chosen) }}
		d.dress()
		if d.text == text {
			continue
		}
		if out == nil {
			out = maps.Clone(e)
		}
		out[field] = d.text
	}
	return out
}

func (d *dressing) dress() {
	if slices.Contains(hollow, d.text) {
		d.try(d.spare()...)
		return
	}
	switch d.content {
	case command, script:
		d.words()
	case program, library, file:
		d.path()
	case registry:
		d.key()
	case uri:
		d.try(strings.ReplaceAll(d.text, " ", ""))
	}
	if strings.Contains(d.text, "0.0.0.0") {
		d.try(strings.ReplaceAll(d.text, "0.0.0.0", spare[address][0]))
	}
}

// spare are the suggestions of the platform: those of Windows are told by the backslash.
func (d *dressing) spare() []string {
	var own, others []string
	for _, s := range spare[d.content] {
		if foreign := strings.Contains(s, `\`) != d.windows && d.content != account; foreign {
			others = append(others, s)
		} else {
			own = append(own, s)
		}
	}
	if d.windows || d.content == address || d.content == uri {
		return append(own, others...)
	}
	return own
}

// words tidies a command line or a script: blanks, paths and addresses that fell apart, a last word that something still waits for.
func (d *dressing) words() {
	d.try(strings.TrimSpace(d.text), strings.TrimRight(d.text, " "))
	d.try(strings.ReplaceAll(d.text, "  ", " "))
	d.try(strings.ReplaceAll(d.text, `\ .`, `\`+anyStem+"."))
	d.try(strings.ReplaceAll(d.text, "/ .", "/"+anyStem+"."))
	if d.content == script {
		return
	}
	// A lone extension, a directory without its beginning, an address without its scheme; at the start of a line as after a blank.
	for _, r := range [][2]string{
		{" .", " " + anyStem + "."}, {` :\`, ` C:\`}, {` \AppData\`, ` C:\Users\alice\AppData\`}, {` ://`, ` http://`}, {`\Users\ \`, `\Users\alice\`},
	} {
		d.try(strings.TrimPrefix(strings.ReplaceAll(" "+d.text, r[0], r[1]), " "))
	}
	if strings.Contains(d.text, "http://") {
		d.try(strings.Replace(d.text, " http ", " ", 1), strings.TrimSuffix(d.text, " http"))
	}
	switch {
	case strings.HasSuffix(d.text, ` \\`):
		d.try(d.text + `server\share\` + anyStem + ".txt")
	case strings.HasSuffix(d.text, " "):
		d.try(d.text + anyWord)
	}
}

// path makes a path whole: rooted, with a name at its end and in every part of it.
func (d *dressing) path() {
	if !d.windows {
		if i := strings.LastIndexByte(d.text, '/'); i == len(d.text)-1 {
			d.try(d.text + strings.TrimSuffix(anyName[d.content], ".exe"))
		}
		if d.content == program && strings.LastIndexByte(d.text, '/') == 0 {
			d.try("/usr/bin"+d.text, "/usr/local/bin"+d.text, "/opt/app"+d.text)
		}
		return
	}
	name := d.text[strings.LastIndexByte(d.text, '\\')+1:]
	switch {
	case name == "":
		d.try(d.text + anyName[d.content])
	case strings.HasPrefix(name, "."):
		d.try(strings.TrimSuffix(d.text, name) + anyStem + name)
	}
	if i := strings.LastIndex(d.text, `\\`); i > 0 {
		d.try(d.text[:i]+`\`+folderIn(d.text[:i])+d.text[i+1:], d.text[:i]+d.text[i+1:])
	}
	switch {
	case strings.HasPrefix(d.text, `:\`):
		d.try("C" + d.text)
	case strings.HasPrefix(d.text, `\`) && !strings.HasPrefix(d.text, `\\`) && !strings.HasPrefix(d.text, `\Device\`):
		d.try("C:" + d.text)
	case !strings.ContainsAny(d.text, `\/:`):
		var whole []string
		for _, p := range places[d.content] {
			whole = append(whole, p+d.text)
		}
		d.try(whole...)
	}
	for _, folder := range []string{`C:\AppData\`, `C:\Downloads\`, `C:\Desktop\`, `C:\Start Menu\`} {
		if rest, ok := strings.CutPrefix(d.text, folder); ok {
			d.try(`C:\Users\alice` + strings.TrimPrefix(folder, "C:") + rest)
		}
	}
}

// folderIn is a directory that stands for any below another.
func folderIn(parent string) string {
	if strings.HasSuffix(strings.ToLower(parent), `\users`) {
		return "alice"
	}
	return anyFolder
}

// hives are where the keys below them are found.
var hives = []struct{ below, hive string }{
	{`\Control Panel\`, `HKU\.DEFAULT`}, {`\Environment\`, `HKU\.DEFAULT`}, {`\CLSID\`, `HKCR`}, {`\shell\`, `HKCR\exefile`},
	{`\CurrentControlSet\`, `HKLM\SYSTEM`}, {`\Services\`, `HKLM\SYSTEM\CurrentControlSet`}, {`\Microsoft\`, `HKLM\SOFTWARE`},
	{`\Policies\`, `HKLM\SOFTWARE`}, {`\Tasks\`, `HKLM\SOFTWARE`}, {`\`, "HKLM"},
}

// key makes a registry path whole.
func (d *dressing) key() {
	d.try(strings.ReplaceAll(d.text, `\ \`, `\`), strings.ReplaceAll(d.text, `\ \`, `\`+anyFolder+`\`))
	d.try(strings.ReplaceAll(d.text, ` \`, `\`))
	d.try(strings.ReplaceAll(d.text, `\ `, `\`))
	if strings.HasSuffix(d.text, `\`) {
		d.try(d.text + anyFolder)
	}
	for _, h := range hives {
		if strings.HasPrefix(strings.ToLower(d.text), strings.ToLower(h.below)) {
			d.try(h.hive+d.text, "HKLM"+d.text, "HKU"+d.text)
			return
		}
	}
}
