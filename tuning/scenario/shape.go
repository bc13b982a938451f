package scenario

import (
	"net/netip"
	"strings"
	"unicode"
)

// Shape is what a value looks like.
type Shape string

// The shapes.
const (
	ShapeWord        Shape = "word"        // a plain word: netstat, archive
	ShapeName        Shape = "name"        // a name written with capitals or several words: Task Scheduler
	ShapeIdentifier  Shape = "identifier"  // a word with digits, hyphens or underscores: svc-backup, systemd-tmpfiles
	ShapePath        Shape = "path"        // a whole path to a file
	ShapeDirectory   Shape = "directory"   // a path that ends in a separator
	ShapeFileName    Shape = "file"        // a bare file name with extension
	ShapeExtension   Shape = "extension"   // .log
	ShapeGlob        Shape = "glob"        // with * or ?
	ShapeFlag        Shape = "flag"        // -d, --state, /create
	ShapeCommand     Shape = "command"     // a tool with flags: base64 -d
	ShapeURL         Shape = "url"         // with a scheme
	ShapeDomain      Shape = "domain"      // updates.example.com
	ShapeIP          Shape = "ip"          //
	ShapeCIDR        Shape = "cidr"        //
	ShapeHash        Shape = "hash"        // 32, 40 or 64 hexadecimal digits
	ShapeGUID        Shape = "guid"        //
	ShapeSID         Shape = "sid"         // S-1-5-…
	ShapeRegistry    Shape = "registry"    // HKLM\…
	ShapeNumber      Shape = "number"      // 4899, 50
	ShapeTime        Shape = "time"        // 02:00
	ShapeSchedule    Shape = "schedule"    // */5 * * * *
	ShapeAccount     Shape = "account"     // CORP\name, name@domain
	ShapePlaceholder Shape = "placeholder" // <value>, %value%
	ShapeText        Shape = "text"        // several words in quotes
)

// artefact says whether the shape alone shows that a word is a value.
func (s Shape) artefact() bool { return s != ShapeWord && s != ShapeName && s != ShapeText && s != "" }

// located says whether the shape is a place in a file system.
func (s Shape) located() bool { return s == ShapePath || s == ShapeDirectory }

// Located says whether the shape is a place in a file system.
func (s Shape) Located() bool { return s.located() }

// fileExtensions of files that people name in filters.
var fileExtensions = wordSet("exe dll sys com cpl scr msi msp msc msix ocx ps1 psm1 psd1 bat cmd vbs vbe js jse wsf hta jar war py " +
	"pyc pl rb sh bash lua php asp aspx jsp log tmp temp old bak txt csv json xml yml yaml ini cfg conf config dat db " +
	"sqlite zip gz tgz tar 7z rar iso img vhd vhdx lnk url doc docx docm xls xlsx xlsm ppt pptx pdf rtf so ko deb rpm " +
	"sdb aaa mof inf cat ico chm hlp wim esd cab nupkg whl jnlp ps1xml manifest reg rdp mdb accdb pst ost nst bin map ttf fon theme desktop kext appx msixbundle wasm md htm html css svg png jpg jpeg gif mp4 hiv kdbx kirbi ccache keytab postrm postinst prerm xll wll dotm ppam " +
	"apk pkg dmg app plist service timer socket pem crt cer key pfx etl evtx dmp pid lock sock drv efi node swp vir quar")

// fieldRoots open dotted field names of ECS and its relatives.
var fieldRoots = wordSet("process user file host source destination registry event winlog network dns url agent parent target " +
	"client server rule threat observer group dll package container cloud device actor")

// shapeOf classifies a word or a quotation.
func shapeOf(text string) Shape {
	switch {
	case text == "":
		return ShapeText
	case cronEnd(text) == len(text):
		return ShapeSchedule
	case strings.Contains(text, "://"):
		return ShapeURL
	case isPlaceholder(text):
		return ShapePlaceholder
	case isRegistry(text):
		return ShapeRegistry
	}
	if p, err := netip.ParsePrefix(text); err == nil && p.IsValid() {
		return ShapeCIDR
	}
	if _, err := netip.ParseAddr(text); err == nil {
		return ShapeIP
	}
	if strings.ContainsAny(text, " \t\n") {
		return shapeOfPhrase(text)
	}
	switch {
	case isNumber(text):
		return ShapeNumber
	case isClock(text):
		return ShapeTime
	case isHash(text):
		return ShapeHash
	case isGUID(text):
		return ShapeGUID
	case strings.HasPrefix(text, "S-1-") && len(text) > 5:
		return ShapeSID
	case strings.ContainsAny(text, "*?") && len(text) > 1:
		return ShapeGlob
	case strings.HasPrefix(text, "-") && len(text) > 1 && (text[1] == '-' || isWordByte(text[1])):
		return ShapeFlag
	case strings.ContainsAny(text, `\/`):
		return shapeOfPath(text)
	case strings.HasPrefix(text, ".") && fileExtensions[strings.ToLower(text[1:])]:
		return ShapeExtension
	case strings.Contains(text[1:], "@"):
		return ShapeAccount
	case hasFileExtension(text) && !(strings.HasSuffix(text, ".com") && strings.Count(text, ".") > 1): // a domain
		return ShapeFileName
	case strings.Contains(text, "."):
		return shapeOfDotted(text)
	}
	return shapeOfWord(text)
}

func shapeOfPhrase(text string) Shape {
	switch {
	case isDrivePath(text) && strings.HasSuffix(text, `\`):
		return ShapeDirectory
	case isDrivePath(text) && !strings.Contains(text, " -") && !strings.Contains(text, " /"):
		if strings.Contains(text, "*") {
			return ShapeGlob
		}
		return ShapePath
	case strings.HasPrefix(text, `\`) && strings.Count(text, `\`) > 1:
		return ShapePath
	case strings.Contains(text, " -") || strings.Contains(text, " /") || strings.HasPrefix(text, "/") || strings.HasPrefix(text, "-"):
		return ShapeCommand
	}
	return ShapeText
}

func shapeOfPath(text string) Shape {
	last := text[len(text)-1]
	switch {
	case isWindowsFlag(text):
		return ShapeFlag
	case isAccount(text):
		return ShapeAccount
	case last == '/' && !startsPath(text) && strings.Count(text, "/") == 1, !strings.ContainsAny(text, `\`) && !startsPath(text) && alphabeticSlash(text):
		return ShapeWord // "stopped/disabled": two words
	case last == '/' || last == '\\':
		return ShapeDirectory
	}
	return ShapePath
}

func startsPath(text string) bool {
	return text[0] == '/' || text[0] == '~' || text[0] == '.' || isDrivePath(text) || text[0] == '\\' || text[0] == '$'
}

// alphabeticSlash: words joined by one slash, as in and/or.
func alphabeticSlash(text string) bool {
	if strings.Count(text, "/") != 1 {
		return false
	}
	for _, c := range text {
		if c != '/' && !unicode.IsLetter(c) {
			return false
		}
	}
	return true
}

// isWindowsFlag: /create, /c. A Unix path of one segment looks the same; only short names of switches are taken,
// and directories at the root of a Unix file system never.
func isWindowsFlag(text string) bool {
	const longest = 12 // /accepteula, /norestart: longer ones are rare
	if len(text) < 2 || len(text) > longest || text[0] != '/' || unixRoots[text[1:]] {
		return false
	}
	for _, c := range strings.TrimSuffix(text[1:], ":") {
		if !unicode.IsLetter(c) && c != '?' {
			return false
		}
	}
	return true
}

var unixRoots = wordSet("bin boot dev etc home lib lib64 media mnt opt proc root run sbin srv sys tmp usr var private " +
	"Applications Library System Users Volumes cores snap")

// isAccount: DOMAIN\name with one backslash and nothing of a path.
func isAccount(text string) bool {
	domain, name, ok := strings.Cut(text, `\`)
	return ok && !windowsRoots[strings.ToLower(domain)] && domain != "" && name != "" && !strings.ContainsAny(name, `\/.:`) && !strings.ContainsAny(domain, `/:%.*`)
}

// windowsRoots are directories that every Windows has: no names of domains.
var windowsRoots = wordSet("users windows appdata programdata system32 syswow64 temp inetpub")

func shapeOfDotted(text string) Shape {
	if first, _, _ := strings.Cut(text, "."); fieldRoots[strings.ToLower(first)] && isIdentifier(text) {
		return ShapeIdentifier
	}
	labels := strings.Split(text, ".")
	top := labels[len(labels)-1]
	const shortestTop = 2
	letters := len(top) >= shortestTop
	for _, c := range top {
		letters = letters && unicode.IsLetter(c)
	}
	if letters && len(labels) > 1 && labels[0] != "" {
		return ShapeDomain
	}
	return ShapeIdentifier
}

func shapeOfWord(text string) Shape {
	capitals, digits, others := false, false, false
	for i, c := range text {
		switch {
		case unicode.IsUpper(c) && i > 0:
			capitals = true
		case unicode.IsDigit(c):
			digits = true
		case c == '_' || c == '$' || c == '%' || c == '+' || c == '~' || c == '#':
			others = true
		}
	}
	switch {
	case digits || others:
		return ShapeIdentifier
	case isCmdlet(text):
		return ShapeIdentifier
	case strings.Contains(text, "-"):
		return ShapeWord // a compound or a tool: the vocabulary decides
	case capitals || unicode.IsUpper(firstRune(text)):
		return ShapeName
	}
	return ShapeWord
}

// cmdletVerbs are the common ones of PowerShell's approved verbs, without those that open English compounds.
var cmdletVerbs = wordSet("Get Set New Remove Invoke Add Convert ConvertTo ConvertFrom Import Export Start Stop Enable Disable Test Write " +
	"Install Uninstall Update Clear Copy Move Find Register Unregister Select Enter Connect Disconnect Format Restart Resume Measure Compress " +
	"Expand Save Send Receive Show Wait Search Purge Rename Reset Resolve Restore Sync Unblock Use")

// isCmdlet: Verb-Noun.
func isCmdlet(text string) bool {
	verb, noun, ok := strings.Cut(text, "-")
	const shortest = 3
	return ok && cmdletVerbs[verb] && len(noun) >= shortest && capitalised(noun)
}

// hasFileExtension: a name with a known extension after its last dot.
func hasFileExtension(text string) bool {
	dot := strings.LastIndexByte(text, '.')
	return dot > 0 && fileExtensions[strings.ToLower(text[dot+1:])]
}

func isIdentifier(text string) bool {
	for i := 0; i < len(text); i++ {
		if !isWordByte(text[i]) && text[i] != '.' && text[i] != '@' && text[i] != '-' {
			return false
		}
	}
	return text != ""
}

func isPlaceholder(text string) bool {
	if len(text) < 3 {
		return false
	}
	inner := text[1 : len(text)-1]
	return !strings.ContainsAny(inner, " <>%") &&
		(text[0] == '<' && text[len(text)-1] == '>' || text[0] == '%' && text[len(text)-1] == '%')
}

func isRegistry(text string) bool {
	hive, _, ok := strings.Cut(text, `\`)
	hive = strings.TrimSuffix(hive, ":")
	return ok && (strings.HasPrefix(hive, "HK") && strings.ToUpper(hive) == hive)
}

func isNumber(text string) bool {
	text = strings.TrimPrefix(text, "0x")
	for i := 0; i < len(text); i++ {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return text != ""
}

func isClock(text string) bool {
	h, m, ok := strings.Cut(text, ":")
	return ok && isNumber(h) && isNumber(m) && len(h) <= 2 && len(m) == 2
}

func isHash(text string) bool {
	const md5, sha1, sha256 = 32, 40, 64
	return (len(text) == md5 || len(text) == sha1 || len(text) == sha256) && isHex(text)
}

func isGUID(text string) bool {
	const length = 36
	text = strings.Trim(text, "{}")
	return len(text) == length && strings.Count(text, "-") == 4 && isHex(strings.ReplaceAll(text, "-", ""))
}

func isHex(text string) bool {
	for i := 0; i < len(text); i++ {
		c := text[i] | 0x20
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f') {
			return false
		}
	}
	return true
}
