package checks

import (
	"slices"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// place is what is wrong with where the files lie that a value excludes. A value has one place at most, so that one defect is one finding.
type place uint8

const (
	soundPlace      place = iota // nothing that the family reports
	besideProtected              // `C:\Program Files` without separator begins other directories too
	copiedTree                   // a protected directory below any directory
	userDirectory                // a directory of users, and nothing more
	systemHole                   // a directory in a protected tree that users write to
	rootDirectory                // a directory below the root of the drive
	bareFile                     // a file name in any directory
	vendorDirectory              // the directory of a product below any directory
	anyDrive                     // a protected directory on any drive
)

// placed is the place of a value, and paths there that somebody without privileges can create.
type placed struct {
	place
	paths     rules.Pattern // covered by the value; what the solver looks for a witness in
	directory string        // the directory that is meant, as it is written
	users     bool          // below a directory of users
}

// below reports a directory that was meant to tell the program from others of its name.
func (p placed) below() bool { return p.place != soundPlace && p.place != bareFile }

// protectedNames are directories of Windows as they stand in values without a drive.
var protectedNames = []string{`\windows\`, `\system32\`, `\syswow64\`, `\winsxs\`, `\program files\`, `\program files (x86)\`}

// rootNames are the directories that Windows and its updates make below the root of the drive, with rights of their own. The default rights let
// users create others.
var rootNames = []string{
	"windows", "program files", "program files (x86)", "programdata", "users", "perflogs", "recovery", "boot", "efi", "system volume information",
	"documents and settings", "$windows.~bt", "$windows.~ws", "$winreagent", "$sysreset", "$getcurrent", "windows.old", "inetpub", "config.msi", "$recycle.bin",
	"$extend",
}

// genericNames are parts of paths in profiles that belong to no product.
var genericNames = []string{"", "users", "public", "appdata", "local", "roaming", "locallow", "temp", "tmp", "downloads", "desktop", "documents", "programs", "$recycle.bin", "*"}

// place reads where a value lies, by its text alone.
func (x *exclusions) place(i *excluded, t *rules.Test) placed {
	if x.platform == nil || i.typ != taxonomy.Image && i.typ != taxonomy.Path || i.Negated || i.role == taxonomy.RoleDirectory {
		return placed{}
	}
	if t.Kind != rules.TextTest || len(t.Patterns) != 1 || t.Patterns[0].HasPlaceholder() {
		return placed{}
	}
	v := pathValue{platform: x.platform, pattern: t.Patterns[0]}
	if v.platform.Separator != `\` {
		return v.unix()
	}
	return v.windows()
}

// pathValue is a value of a path field.
type pathValue struct {
	platform *taxonomy.Platform
	pattern  rules.Pattern
}

// body is the pattern without an open start, with its text up to the first wildcard, in lower case.
func (v pathValue) body() (rest rules.Pattern, head string) {
	rest = v.pattern
	if rest.StartsOpen() {
		rest = rest[1:]
	}
	if len(rest) > 0 && rest[0].Kind == rules.Literal {
		head = strings.ToLower(rest[0].Text)
	}
	return rest, head
}

// under is the paths that begin with a text and go on as the value.
func under(prefix string, rest rules.Pattern) rules.Pattern {
	if len(rest) > 0 && rest[0].Kind == rules.Literal {
		prefix, rest = prefix+rest[0].Text, rest[1:]
	}
	return append(rules.Pattern{{Kind: rules.Literal, Text: prefix}}, rest...)
}

func (v pathValue) windows() placed {
	rest, head := v.body()
	open := v.pattern.StartsOpen()
	text := strings.ToLower(strings.ReplaceAll(rest.String(), `\\`, `\`))
	switch {
	case strings.Contains(text, `\device\`), strings.Contains(text, `\..\`):
		return placed{}
	case !open && len(head) > 2 && head[1:3] == `:\`:
		return v.onDrive(head[2:], rest, rest)
	case strings.HasPrefix(head, `:\`):
		drive := under("C", rest)
		if !open {
			return placed{}
		}
		found := v.onDrive(head[1:], rest, drive)
		if _, protected := v.platform.ProtectedDirectory("C" + head); found.place == soundPlace && protected {
			return placed{place: anyDrive, paths: under("D", rest)}
		}
		return found
	case !open || strings.Contains(text, `:\`) || head == "":
		return placed{}
	}
	separator := ""
	if head[0] != '\\' {
		separator = `\`
	}
	anywhere := under(`C:\Users\Public`+separator, rest)
	switch {
	case v.hole(text) != "":
		return placed{place: systemHole, paths: under("C:"+separator, rest), directory: v.hole(text)}
	case v.generic(text) && v.pattern.EndsOpen():
		return placed{place: userDirectory, paths: under(profile(text), rest)}
	case !containsAny(text, v.fragments()) && containsAny(separator+text, protectedNames):
		return placed{place: copiedTree, paths: anywhere}
	}
	switch trimmed := strings.Trim(text, `\*`); {
	case trimmed == "":
		return placed{}
	case strings.Contains(trimmed, `\`), strings.HasSuffix(strings.TrimRight(text, "*"), `\`):
		if containsAny(text, v.fragments()) {
			return placed{place: vendorDirectory, paths: under(profile(text), rest), users: true}
		}
		return placed{place: vendorDirectory, paths: anywhere}
	case !v.pattern.EndsOpen():
		return placed{place: bareFile, paths: anywhere}
	}
	return placed{}
}

// profile is a beginning that makes a path of a profile of a text that has a part of one.
func profile(text string) string {
	switch {
	case strings.HasPrefix(text, `\users\`):
		return "C:"
	case strings.HasPrefix(text, `\$recycle.bin\`):
		return "C:"
	case strings.HasPrefix(text, `\`):
		return `C:\Users\Public`
	}
	return `C:\Users\Public\`
}

// onDrive reads a path behind its drive; whole is the pattern with the drive.
func (v pathValue) onDrive(path string, rest, whole rules.Pattern) placed {
	first, _, separated := strings.Cut(path[1:], `\`)
	text := strings.ToLower(rest.String())
	switch open := len(rest) > 1; {
	case strings.Contains(first, "~"):
		return placed{}
	case v.hole(path) != "":
		return placed{place: systemHole, paths: whole, directory: v.hole(path)}
	case !separated && open && first != "" && (first == "windows" || first == "program files" || first == "program files (x86)"):
		return placed{place: besideProtected, paths: beside(whole), directory: whole[0].Text}
	case strings.HasPrefix(path, `\users\`), strings.HasPrefix(path, `\temp\`), strings.HasPrefix(path, `\$recycle.bin\`):
		if v.generic(text[strings.Index(text, `:\`)+1:]) && v.pattern.EndsOpen() {
			return placed{place: userDirectory, paths: whole}
		}
		return placed{place: vendorDirectory, paths: whole, users: true}
	case separated && first != "" && !slices.Contains(rootNames, first):
		name, _, _ := strings.Cut(whole[0].Text[len(`C:\`):], `\`)
		return placed{place: rootDirectory, paths: whole, directory: `C:\` + name}
	}
	return placed{}
}

// beside is the pattern whose first text goes on with another letter and is a directory.
func beside(p rules.Pattern) rules.Pattern {
	out := slices.Clone(p)
	out[0].Text += `X\`
	return out
}

// generic reports a path of which every part belongs to no product.
func (v pathValue) generic(text string) bool {
	named := false
	for _, part := range strings.Split(text, `\`) {
		if !slices.Contains(genericNames, part) {
			return false
		}
		named = named || part != "" && part != "*" && part != "local" && part != "documents" && part != "programs"
	}
	return named
}

func (v pathValue) fragments() []string {
	out := []string{`\users\`}
	for _, f := range v.platform.WritableFragments {
		out = append(out, strings.ToLower(f))
	}
	return out
}

// hole is the directory of a protected tree that users write to in which a path lies, given in lower case, or nothing.
func (v pathValue) hole(path string) string {
	for _, f := range v.platform.Writable {
		if d := strings.ToLower(f.Value); strings.HasPrefix(d, `\windows\`) && strings.HasPrefix(path, d) {
			return f.Value
		}
	}
	return ""
}

func (v pathValue) unix() placed {
	rest, _ := v.body()
	if len(rest) == 0 || rest[0].Kind != rules.Literal {
		return placed{}
	}
	text := rest[0].Text
	if !v.pattern.StartsOpen() {
		if f, ok := v.platform.WritableDirectory(text); ok {
			if strings.TrimPrefix(rest.String(), f.Value) == "*" {
				return placed{place: userDirectory, paths: rest}
			}
			return placed{place: vendorDirectory, paths: rest, users: true}
		}
		return placed{}
	}
	separator := ""
	if text[0] != '/' {
		separator = "/"
	}
	anywhere := under("/tmp"+separator, rest)
	switch trimmed := strings.Trim(rest.String(), "/*"); {
	case slices.Contains(v.platform.WritableFragments, strings.TrimSuffix(rest.String(), "*")):
		return placed{place: userDirectory, paths: anywhere}
	case strings.Contains(trimmed, "/"), trimmed != "" && strings.HasSuffix(strings.TrimRight(rest.String(), "*"), "/"):
		return placed{place: vendorDirectory, paths: anywhere}
	case trimmed != "" && !v.pattern.EndsOpen():
		return placed{place: bareFile, paths: anywhere}
	}
	return placed{}
}

func containsAny(text string, parts []string) bool {
	return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(text, p) })
}

// liesIn limits a field to the paths of a place, as far as they look like paths.
func liesIn(field string, p placed) *logic.Formula {
	one, run := rules.Token{Kind: rules.AnyOne}, rules.Token{Kind: rules.AnyRun}
	second := func(text string) *logic.Formula {
		return logic.Not(logic.Matches(field, rules.Pattern{one, one, run, {Kind: rules.Literal, Text: text}, run}))
	}
	return logic.And(logic.Matches(field, p.paths), second(":"), second(`\\`), second(`\ `), second("//"))
}
