package revision

import (
	"context"
	"regexp"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// Lines that make a file worth reading although it did not change.
const (
	filterLine      = `^["']?filter["']?[[:space:]]*:`
	correlationLine = `^["']?correlation["']?[[:space:]]*:`
	detectionLine   = `^["']?detection["']?[[:space:]]*:`
)

// Context reads what did not change and still has a part in what changed documents do: correlations that may count changed rules, and
// when a filter changed, all filters and the rules it names. pairs are the changed documents, and changed their files. Files that cannot
// be read are left out: they did not change.
func (r *Repository) Context(ctx context.Context, pairs []Pair, changed []File, keep func(path string) bool) ([]Pair, error) {
	if len(pairs) == 0 {
		return nil, nil
	}
	lines := []string{correlationLine}
	for _, p := range pairs {
		if kindOf(p) != kindFilter {
			continue
		}
		if len(lines) == 1 {
			lines = append(lines, filterLine)
		}
		for _, v := range []Version{p.Old, p.New} {
			f, ok := v.Document.(*rules.Filter)
			if !ok {
				continue
			}
			if f.Any {
				lines = append(lines, detectionLine)
			}
			for _, t := range f.Rules {
				if t.Value != "" {
					lines = append(lines, regexp.QuoteMeta(t.Value))
				}
			}
		}
	}
	files, err := r.Mentioning(ctx, lines, keep)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, f := range changed {
		known[f.Path] = true
	}
	var out []Pair
	for _, f := range files {
		if known[f.Path] {
			continue
		}
		var tree Tree
		tree.Add(f.New(source.Limits{}), f.Path, "")
		for _, v := range tree.Versions {
			out = append(out, Pair{Old: v, New: v, Context: true})
		}
	}
	return out, nil
}
