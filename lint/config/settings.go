package config

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sigtune/sigtune/lint"
)

// Facts puts what the configuration says about the user's own world into the facts of a run.
func (c *Config) Facts(f *lint.Facts) {
	f.Options, f.Namespaces, f.Logsources, f.Attributes = c.Options, c.Namespaces, c.Logsources, c.Attributes
	f.Learned = c.Learned
	if len(c.Fields.Domains)+len(c.Fields.Lists) > 0 {
		f.Domains, _ = c.Fields.Table() // Read has reported a row that does not compile
	}
}

// Comments is the policy for comments in files.
func (c *Config) Comments(all []*lint.Check) lint.Policy {
	p := lint.Policy{NoDirectives: !c.Policy.Inline, RequireReason: c.Policy.RequireReason, Protected: map[string]bool{}}
	for _, name := range c.Policy.Forbid {
		p.Protected[lint.Find(all, name).Code] = true
	}
	return p
}

// Excluded reports a file that is not linted.
func (c *Config) Excluded(path string) bool { return matches(c.Exclude, c.relative(path)) }

// Adjuster decides about findings as the configuration says, for lint.Engine.Adjust. today is the day of the run.
func (c *Config) Adjuster(all []*lint.Check, today time.Time) (func(*lint.Finding) bool, error) {
	ignored := make([]map[string]bool, len(c.Overrides))
	for i, o := range c.Overrides {
		ignored[i] = map[string]bool{}
		if len(o.Ignore) == 0 {
			continue
		}
		chosen, err := lint.Selection{Select: []string{"ALL"}, Ignore: o.Ignore}.Apply(all)
		if err != nil {
			return nil, err
		}
		for _, check := range all {
			ignored[i][check.Name] = !slices.Contains(chosen, check)
		}
	}
	fits := map[string][]bool{} // which overrides fit a path
	return func(f *lint.Finding) bool {
		if severity, ok := c.Severity[f.Check.Name]; ok {
			f.Severity = severity
		}
		if len(c.Overrides) > 0 {
			fit, known := fits[f.File.Path]
			if !known {
				for _, o := range c.Overrides {
					fit = append(fit, matches(o.Paths, c.relative(f.File.Path)))
				}
				fits[f.File.Path] = fit
			}
			for i, o := range c.Overrides {
				if !fit[i] {
					continue
				}
				if ignored[i][f.Check.Name] {
					return false
				}
				if severity, ok := o.Severity[f.Check.Name]; ok {
					f.Severity = severity
				}
			}
		}
		for _, e := range c.Exclusions {
			if f.Subject.ID == "" || !strings.EqualFold(e.Rule, f.Subject.ID) || !slices.Contains(e.Checks, f.Check.Name) || !lint.Suppressible(f.Check) {
				continue
			}
			if e.used == nil {
				e.used = map[string]bool{}
			}
			e.used[f.Check.Name] = true
			if !e.ended(today) {
				f.Suppressed = &lint.Suppression{By: lint.ByConfiguration, Reason: e.Reason, Until: e.Until}
			}
		}
		return true
	}, nil
}

// Stale are the findings about exclusions that silenced nothing although their check ran on their rule, or whose day is past. Ask after the run.
// seen reports a rule that the run linted.
func (c *Config) Stale(chosen []*lint.Check, seen func(id string) bool, today time.Time) []lint.Finding {
	unused, expired := lint.Find(chosen, lint.UnusedSuppression), lint.Find(chosen, lint.ExpiredSuppression)
	var out []lint.Finding
	for _, e := range c.Exclusions {
		if expired != nil && e.ended(today) {
			out = append(out, lint.Finding{
				Check: expired, Severity: expired.Severity, File: c.File, Span: e.Span,
				Message: "the exclusion ended on " + e.Until.Format(time.DateOnly), Help: "remove it, or repair the rule",
				Place: lint.Place{Path: "exclusions", Value: e.Rule},
			})
			continue
		}
		if unused == nil || e.unclear || !seen(e.Rule) {
			continue
		}
		for _, name := range e.Checks {
			if check := lint.Find(chosen, name); check == nil || e.used[name] {
				continue
			}
			if c.pySigma && c.anyUsed(e) {
				break // one id of pySigma stands for several checks: one of them fired
			}
			out = append(out, lint.Finding{
				Check: unused, Severity: unused.Severity, File: c.File, Span: e.Span,
				Message: "the exclusion of `" + name + "` for rule `" + e.Rule + "` silences nothing", Help: "remove it",
				Place: lint.Place{Path: "exclusions", Value: e.Rule + " " + name},
			})
			if c.pySigma {
				break
			}
		}
	}
	return out
}

// ended reports an exclusion whose last day is over.
func (e *Exclusion) ended(today time.Time) bool {
	return !e.Until.IsZero() && today.After(e.Until.Add(24*time.Hour-time.Second))
}

func (c *Config) anyUsed(e *Exclusion) bool {
	return slices.ContainsFunc(e.Checks, func(name string) bool { return e.used[name] })
}

// relative is a path as patterns see it: from the directory of the configuration, with slashes.
func (c *Config) relative(path string) string {
	if c.File == nil {
		return filepath.ToSlash(path)
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return filepath.ToSlash(path)
	}
	base, err := filepath.Abs(c.Directory())
	if err != nil {
		return filepath.ToSlash(path)
	}
	relative, err := filepath.Rel(base, absolute)
	if err != nil {
		return filepath.ToSlash(path)
	}
	return filepath.ToSlash(relative)
}

// matches reports whether one of the patterns fits a path. `*` is any run of characters without a slash, `**` any run of directories, `?` one
// character; a pattern without a slash fits at any depth, and one that names a directory fits everything below it.
func matches(patterns []string, path string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return expression(p).MatchString(path) })
}

// expressions are the patterns compiled so far: every file of a run is held against the same few.
var expressions sync.Map

func expression(pattern string) *regexp.Regexp {
	if known, ok := expressions.Load(pattern); ok {
		return known.(*regexp.Regexp)
	}
	e := compile(pattern)
	expressions.Store(pattern, e)
	return e
}

func compile(pattern string) *regexp.Regexp {
	pattern = strings.TrimSuffix(strings.TrimPrefix(pattern, "./"), "/")
	var b strings.Builder
	b.WriteString("^")
	if anchored, ok := strings.CutPrefix(pattern, "/"); ok {
		pattern = anchored
	} else if !strings.Contains(pattern, "/") {
		b.WriteString("(?:.*/)?")
	}
	for i := 0; i < len(pattern); i++ {
		switch {
		case strings.HasPrefix(pattern[i:], "**/"):
			b.WriteString("(?:.*/)?")
			i += 2
		case strings.HasPrefix(pattern[i:], "**"):
			b.WriteString(".*")
			i++
		case pattern[i] == '*':
			b.WriteString("[^/]*")
		case pattern[i] == '?':
			b.WriteString("[^/]")
		default:
			b.WriteString(regexp.QuoteMeta(pattern[i : i+1]))
		}
	}
	b.WriteString("(?:/.*)?$")
	return regexp.MustCompile(b.String())
}
