package scenario

import "strings"

// groupNames end the names of well-known groups ("Enterprise Admins", "Domain Users").
var groupNames = []string{"admins", "users", "operators", "administrators", "developers", "owners", "sudoers", "wheel"}

// looksLikeGroup: two words or more of which the last is a plural of people. "Administrators" alone is a group too.
func looksLikeGroup(text string) bool {
	lower := strings.ToLower(text)
	for _, name := range groupNames {
		if lower == name || strings.HasSuffix(lower, " "+name) || strings.HasSuffix(lower, "_"+name) || strings.HasSuffix(lower, "-"+name) {
			return true
		}
	}
	return false
}

// scriptExtensions are files that an interpreter runs; events show the interpreter as image. A .sh with a shebang is
// shown under its own name by some Linux sensors, so this is a note and no refusal.
var scriptExtensions = []string{".ps1", ".py", ".pl", ".rb", ".vbs", ".js", ".bat", ".cmd", ".sh", ".cpl", ".msc", ".php"}

func scriptName(text string) bool {
	lower := strings.ToLower(text)
	for _, ext := range scriptExtensions {
		if strings.HasSuffix(lower, ext) {
			return true
		}
	}
	return false
}
