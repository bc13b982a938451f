package report

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/sigtune/sigtune/lint"
)

// fingerprintBytes is how much of the checksum is kept: 128 bits, as in an MD5, which the readers of fingerprints are used to.
const fingerprintBytes = 16

// fingerprints tell the findings of a result apart in a way that survives edits elsewhere in the file, moves of the file and another
// order of lists: check, id of the rule and place in words. What has no id goes by its path. Equal ones are counted in the order of
// the file; silenced findings count, so that silencing one does not rename the next.
func fingerprints(r *lint.Result, o Options) map[*lint.Finding]string {
	var all []*lint.Finding
	for i := range r.Findings {
		all = append(all, &r.Findings[i])
	}
	for i := range r.Suppressed {
		all = append(all, &r.Suppressed[i])
	}
	slices.SortStableFunc(all, func(a, b *lint.Finding) int {
		return cmp.Or(
			cmp.Compare(a.File.Path, b.File.Path), cmp.Compare(a.Span.Start, b.Span.Start),
			cmp.Compare(a.Check.Code, b.Check.Code), cmp.Compare(a.Message, b.Message),
		)
	})
	seen := map[string]int{}
	out := make(map[*lint.Finding]string, len(all))
	for _, f := range all {
		where := f.Subject.ID
		if where == "" {
			where = fmt.Sprintf("%s#%d", o.relative(f.File.Path), f.Subject.Document)
		}
		key := f.Check.Code + "\x00" + where + "\x00" + f.Place.Path + "\x00" + f.Place.Value
		seen[key]++
		if n := seen[key]; n > 1 {
			key = fmt.Sprintf("%s\x00%d", key, n)
		}
		sum := sha256.Sum256([]byte(key))
		out[f] = hex.EncodeToString(sum[:fingerprintBytes])
	}
	return out
}
