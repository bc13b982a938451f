package domain

import (
	"errors"
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/schema/taxonomy"
)

// Settings is what a configuration says about fields, in the order in which it says it: plain values that any reader can fill in.
type Settings struct {
	Domains []DomainSetting
	Lists   []ListSetting
}

// DomainSetting says what fields hold, as Domain does.
type DomainSetting struct {
	Name       string       // for messages; may be empty
	Logsource  taxonomy.Key // an empty part fits any
	Fields     []string     // exact in case; `*` is any run of characters
	Expression string       // of RE2, for the whole value; empty frees the fields
	Assuming   string       // finishes the sentence "assuming …"; demanded beside an expression
	Hint       string       // what to write instead; may be empty
}

// ListSetting says how many values fields hold, as List does.
type ListSetting struct {
	Logsource taxonomy.Key // an empty part fits any
	Fields    []string     // exact in case; `*` is any run of characters
	Several   bool         // false: one at most
}

// SettingError is a row of a configuration that says nothing that can be used.
type SettingError struct {
	Section string // `domains` or `lists`
	Row     int    // of the section, from 0
	Name    string // of the row, perhaps empty
	Err     error
}

func (e *SettingError) Error() string {
	row := fmt.Sprintf("fields.%s[%d]", e.Section, e.Row)
	if e.Name != "" {
		row += " (" + e.Name + ")"
	}
	return row + ": " + e.Err.Error()
}

func (e *SettingError) Unwrap() error { return e.Err }

// Table is the bundled table with the settings on top of it. Its error joins a *SettingError for every row that cannot be used.
func (s Settings) Table() (*Table, error) { return Default().WithSettings(s) }

// WithSettings is the table with the settings on top of it; see Settings.Table.
func (t *Table) WithSettings(s Settings) (*Table, error) {
	var domains []Domain
	var lists []List
	var failures []error
	fail := func(section string, row int, name string, err error) {
		failures = append(failures, &SettingError{section, row, name, err})
	}
	for i, d := range s.Domains {
		if err := usable(d.Fields); err != nil {
			fail("domains", i, d.Name, err)
			continue
		}
		if d.Expression != "" && strings.TrimSpace(d.Assuming) == "" {
			fail("domains", i, d.Name, errors.New("`assuming` is missing; write what the expression takes for granted, as in `names without a directory`"))
			continue
		}
		row := Domain{Name: d.Name, In: keys(d.Logsource), Assuming: strings.TrimSpace(d.Assuming), Expression: d.Expression, Hint: d.Hint, names: d.Fields}
		if err := row.compile(); err != nil {
			fail("domains", i, d.Name, fmt.Errorf("`expression` is no regular expression: %w", err))
			continue
		}
		domains = append(domains, row)
	}
	for i, l := range s.Lists {
		if err := usable(l.Fields); err != nil {
			fail("lists", i, "", err)
			continue
		}
		lists = append(lists, List{In: keys(l.Logsource), Several: l.Several, names: l.Fields})
	}
	if failures != nil {
		return nil, errors.Join(failures...)
	}
	return t.orDefault().with(domains, lists)
}

// keys is no key at all for a log source without parts: it fits everywhere.
func keys(logsource taxonomy.Key) []taxonomy.Key {
	if logsource == (taxonomy.Key{}) {
		return nil
	}
	return []taxonomy.Key{logsource}
}

func usable(names []string) error {
	if len(names) == 0 {
		return errors.New("`fields` is missing; name the fields that the row is about")
	}
	for i, n := range names {
		if strings.TrimSpace(n) == "" {
			return fmt.Errorf("`fields` has an empty name at place %d", i+1)
		}
	}
	return nil
}
