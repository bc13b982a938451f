package evidence

import (
	"strings"
)

// hashFields are the algorithms of Sysmon's Hashes in its order, and the fields of the taxonomy for each alone.
var hashFields = []struct{ algorithm, field string }{
	{"MD5", "md5"}, {"SHA1", "sha1"}, {"SHA256", "sha256"}, {"IMPHASH", "Imphash"},
}

// hashes makes Hashes from single hashes and single hashes from Hashes, where the log source has the field. Without a known log source it
// makes both.
func (n *naming) hashes(fields map[string]any, take takeFunc) {
	wants := func(field string) bool {
		if n.logsource == nil {
			return true
		}
		_, ok := n.logsource.Field(field)
		return ok
	}
	if all, ok := fields["Hashes"].(string); ok {
		for _, part := range strings.Split(all, ",") {
			algorithm, hash, found := strings.Cut(strings.TrimSpace(part), "=")
			for _, h := range hashFields {
				if _, there := fields[h.field]; found && strings.EqualFold(algorithm, h.algorithm) && !there && wants(h.field) {
					take(h.field, hash)
				}
			}
		}
		return
	}
	if _, there := fields["Hashes"]; there || !wants("Hashes") {
		return
	}
	var parts []string
	for _, h := range hashFields {
		for _, name := range []string{h.field, h.algorithm} {
			if hash, ok := fields[name].(string); ok && hash != "" {
				parts = append(parts, h.algorithm+"="+strings.ToUpper(hash))
				break
			}
		}
	}
	if parts != nil {
		take("Hashes", strings.Join(parts, ","))
	}
}
