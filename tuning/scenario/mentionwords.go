package scenario

import (
	"strings"
)

// This file holds the words by which values in a description are told from other words.

// equalities are operators that leave no room before and behind.
var equalities = wordSet("equals equal ==")

// wellKnown are directories that people name without their path.
var wellKnown = wordSet("programfiles programdata appdata localappdata system32 syswow64 winsxs usersprofile")

// unknownField says whether a word in the form of a field's name is one, although the log source is not known to have it: an operator of a query
// follows, or an operator in words and a value.
func unknownField(items []phrase, i int) bool {
	ph := items[i]
	if ph.quoted || ph.kind == opPhrase || ph.kind == rolePhrase && ph.role != RoleField || ph.text == "" || !isASCIILetter(ph.text[0]) || ph.shape == ShapeFileName || ph.shape.located() || strings.ContainsAny(ph.text, `\/@`) {
		return false
	}
	k := i + 1
	for k < len(items) && (items[k].kind == groupPhrase || items[k].kind == fillerPhrase) {
		k++
	}
	if k >= len(items) {
		return false
	}
	next := items[k]
	if next.kind == opPhrase && (next.text == "=" || next.text == "==" || next.text == "=~") {
		return isIdentifier(ph.text)
	}
	if !isFieldName(ph.text) || ph.shape == ShapeDomain && !strings.ContainsAny(ph.text, "_ABCDEFGHIJKLMNOPQRSTUVWXYZ") && next.kind != opPhrase {
		return false
	}
	switch {
	case next.kind == opPhrase && (next.exact || next.op != Is):
		return true
	case next.kind == opPhrase && (next.key == "is" || next.key == "equals" || next.key == "set to" || next.key == "is set to"), next.kind == prepositionPhrase && next.key == "in", next.kind == opPhrase && next.op == InRange:
		return k+1 < len(items) && (items[k+1].kind == valuePhrase || strings.ContainsAny(ph.text, "_ABCDEFGHIJKLMNOPQRSTUVWXYZ") && strings.Contains(ph.text, "."))
	case next.kind == valuePhrase || next.kind == wordPhrase:
		return k == i+1 && strings.Contains(ph.text, ".") && next.start == ph.end+1 && strings.ContainsAny(next.text, ":/-_@.0123456789") && !next.shape.located()
	}
	return false
}

func isASCIILetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// nameBegins says whether a word of the vocabulary in capitals opens a name: the next word is in capitals as well, and nobody knows it.
func nameBegins(items []phrase, i int) bool {
	ph := items[i]
	switch ph.kind {
	case rolePhrase, classPhrase, nounPhrase:
	default:
		return false
	}
	return capitalised(ph.text) && !strings.Contains(ph.text, " ") && !isFieldName(ph.text) && i+1 < len(items) && items[i+1].kind == wordPhrase && items[i+1].shape == ShapeName && !generic[items[i+1].key] && items[i+1].start == ph.end+1
}

// accountLike reports a word that is the name of an account rather than that of anything else.
func accountLike(v Value) bool {
	known, _ := isTool(v.Text)
	return v.Shape == ShapeAccount || v.Shape == ShapeIdentifier || v.Shape == ShapeSID || strings.ContainsAny(v.Text, "_.$@0123456789") || v.Shape == ShapeWord && (known || v.Product != "") || accounts[v.Text]
}

// alike says whether two values can be in one list.
func alike(a, b Value) bool {
	group := func(v Value) int {
		switch v.Shape {
		case ShapeIP, ShapeCIDR, ShapeDomain, ShapeURL:
			return 2
		case ShapeRegistry:
			return 3
		case ShapeIdentifier:
			if strings.Contains(v.Text, ",") {
				return 8 // a function of a library
			}
		case ShapeDirectory:
			return 4
		case ShapeNumber:
			return 5
		case ShapeFlag:
			return 6
		case ShapePath, ShapeFileName, ShapeGlob:
			return 7
		}
		return 0
	}
	x, y := group(a), group(b)
	return x == y || (x == 0 && y == 7 || x == 7 && y == 0) && a.Quoted == b.Quoted
}

// verbs of what programs do to things, by their stems.
var verbStems = wordSet("write read open creat drop unpack extract copi copy copie mov renam delet remov modifi modify edit sav stor plac put load import inject access queri query connect contact reach resolv " +
	"request download upload fetch install register set touch configur check enumerat scan list dump start launch spawn run runn execut call invok trigger us perform generat produc map mount mark enabl disabl stop " +
	"kill use restart poll push pull sync pars collect prob grep cat ping writ add stag deploy delivers deliver attach talk beacon log hook monitor inspect updat refresh grab read set sett put putt leav keep issu send sends")

// verbForm: a verb in the third person, or its -ing form.
func verbForm(key string) bool {
	for _, suffix := range []string{"ing", "es", "s"} {
		if stem, ok := strings.CutSuffix(key, suffix); ok && len(stem) > 1 && verbStems[stem] {
			return true
		}
	}
	return false
}

// userThings are what a user has: the word is about them, not the name of an account.
var userThings = wordSet("profile profiles data folder folders interface mode level session sessions right rights input agent name names space land request requests home desktop context activity behavior behaviour action actions somehow too anyway error errors")

// adjective: a word with the ending of an adjective, or one that judges.
func adjective(key string) bool {
	return suffixed(key, "ent", "ble", "ous", "ful", "ic", "ive", "ary", "ant", "less", "ish", "ate") || key == "enough" || key == "different" || key == "fine" || key == "true"
}

// ends says whether a clause ends behind items[i].
func ends(items []phrase, i int) bool {
	if i+1 == len(items) {
		return true
	}
	switch items[i+1].kind {
	case connectivePhrase, groupPhrase, openerPhrase:
		return true
	}
	return false
}

// englishPrograms are programs of Windows whose names are English words.
var englishPrograms = wordSet("at change choice cipher clip compact consent control convert dns expand explorer find finger format ftp hostname label logoff magnify mode more mrt narrator net ping print query recover " +
	"replace reset route sc services shutdown sort subst verifier where write calc cmd powershell")

// windowsWord says whether a plain word names a program of Windows. Where a program is expected, a word that is English as well will do.
func windowsWord(text string, expected bool) bool {
	key := strings.ToLower(text)
	const shortest = 4
	return systemPrograms()[key] && (expected && len(key) >= shortest || !englishPrograms[key] && len(key) > shortest)
}

// shortestName is how long a word in capitals is that nobody has to know: SSL, GPO and HTML name no product.
const shortestName = 4

func isCommandVerb(stem string) bool {
	return stem == "grep" || stem == "cat" || stem == "curl" || stem == "ping" || stem == "tail"
}

func verbNext(items []phrase, i int) bool {
	return i+1 < len(items) && (items[i+1].kind == activePhrase || items[i+1].kind == wordPhrase && verbForm(items[i+1].key))
}

// generic are words in capitals that name nothing by themselves.
var generic = wordSet("os windows microsoft ms it ad gpo pc soc fp fps vm av edr hr us ui gui api cli dc dcs siem sigma kql splunk sysmon linux mac macos admin admins user users note reason tuning scenario status ok hi thanks regards team " +
	"please can could we our the this these those if when only all any no yes id ids sids dll dlls exe exes url urls ip ips dns http https tcp udp rdp smb ldap wmi mfa sso vpn cdn root cause expected description component request response ops devops " +
	"false positive positives legit legitimate benign known closed resolved wontfix action rule rules filter filters exclude exclusion suppress add update fix new also installer setup service services process processes parent child server servers client clients")

// everyday are words of those classes that mostly limit nothing: "at install time", "on first request".
var everyday = wordSet("time times day days request change documentation cleanup policy policies inventory audit audits exercise exception person people staff owners context rights date dates month week period periods")
