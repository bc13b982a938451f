package evidence

import (
	"strings"
)

// hashFields are the algorithms of Sysmon's Hashes in its order, and the fields of the taxonomy for each alone.
var hashFields = []struct{ algorithm, field string }{
	{"MD5", "md5"}, {"SHA1", "sha1"}, {"SHA256", "sha256"}, {"IMPHASH", "Imphash"},
}

// hashNames are all names that hashes reads.
var hashNames = []string{"Hashes", "md5", "MD5", "sha1", "SHA1", "sha256", "SHA256", "Imphash", "IMPHASH"}

// hashes makes Hashes from single hashes and single hashes from Hashes, where the log source has the field. Without a known log source it
// makes both. text is the text of a field, if that is what it has, and has whether it is there.
func (n *naming) hashes(text func(string) (string, bool), has func(string) bool, take func(field, hash string)) {
	wants := func(field string) bool {
		if n.logsource == nil {
			return true
		}
		_, ok := n.logsource.Field(field)
		return ok
	}
	if all, ok := text("Hashes"); ok {
		for _, part := range strings.Split(all, ",") {
			algorithm, hash, found := strings.Cut(strings.TrimSpace(part), "=")
			for _, h := range hashFields {
				if found && strings.EqualFold(algorithm, h.algorithm) && !has(h.field) && wants(h.field) {
					take(h.field, hash)
				}
			}
		}
		return
	}
	if has("Hashes") || !wants("Hashes") {
		return
	}
	var parts []string
	for _, h := range hashFields {
		for _, name := range []string{h.field, h.algorithm} {
			if hash, ok := text(name); ok && hash != "" {
				parts = append(parts, h.algorithm+"="+strings.ToUpper(hash))
				break
			}
		}
	}
	if parts != nil {
		take("Hashes", strings.Join(parts, ","))
	}
}
