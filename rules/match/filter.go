package match

import (
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// Applies is nil when a filter document applies to a rule, else a sentence that says why it does not: every one of
// category, product and service set in the filter must equal the rule's, and `rules` must be `any` or name the rule by id or
// name (spec/sigma-semantics.md section 11). Titles do not count. A filter that sets none of the three applies to nothing:
// it lacks a mandatory part, and an accident must not filter everything.
func Applies(f *rules.Filter, r *rules.Rule) error {
	set := false
	for _, part := range []struct {
		name         string
		filter, rule rules.Text
	}{
		{"category", f.Logsource.Category, r.Logsource.Category},
		{"product", f.Logsource.Product, r.Logsource.Product},
		{"service", f.Logsource.Service, r.Logsource.Service},
	} {
		switch {
		case part.filter.Value == "":
			continue
		case part.rule.Value == "":
			return fmt.Errorf("the filter is for %s %s, and the rule sets no %s", part.name, source.Quote(part.filter.Value), part.name)
		case part.filter.Value != part.rule.Value:
			return fmt.Errorf("the filter is for %s %s, the rule for %s", part.name, source.Quote(part.filter.Value), source.Quote(part.rule.Value))
		}
		set = true
	}
	if !set {
		return fmt.Errorf("the filter has no log source")
	}
	if f.Any {
		return nil
	}
	for _, reference := range f.Rules {
		// An id is a UUID, whose hexadecimal digits have no case; a name does.
		if reference.Value != "" && (strings.EqualFold(reference.Value, r.ID.Value) || reference.Value == r.Name.Value) {
			return nil
		}
	}
	return fmt.Errorf("the filter names neither the rule's id nor its name")
}

// title names a document in errors.
func title(h *rules.Head) string {
	for _, t := range []rules.Text{h.Title, h.Name, h.ID} {
		if t.Value != "" {
			return source.Quote(source.Shorten(t.Value))
		}
	}
	return "without a title"
}
