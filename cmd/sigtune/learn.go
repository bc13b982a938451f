package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/checks"
	"github.com/sigtune/sigtune/lint/config"
	"github.com/sigtune/sigtune/lint/report"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/edit"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// learnFlags are the flags of `sigtune learn`.
type learnFlags struct {
	config  string
	none    bool
	minimum int
	out     string
}

func (c *cli) learnCommand() *cobra.Command {
	var f learnFlags
	cmd := &cobra.Command{
		Use:   "learn PATH…",
		Short: "Learn the log sources and fields of your own rules",
		Long: "Counts which log sources the rules have and which fields they use there, and writes that down as a taxonomy. With `taxonomy: FILE` in .sigtune.yml, lint " +
			"then knows these log sources and fields, and reports new ones and rare spellings.\n\n" +
			"A field counts as known when --min rules use it. What the bundled table knows completely stays as it is: fields that it lacks are written under `overrules`, " +
			"and those that look like slips of its names are left out. The file is made to be edited: `\"complete\": true` in a log source says that no other field exists there.",
		Example: "  sigtune learn rules/\n  sigtune learn --min 3 --output - rules/ | less",
		Args:    cobra.MinimumNArgs(1),
		RunE:    func(_ *cobra.Command, args []string) error { return c.learn(f, args) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.config, "config", "", "configuration file (default: the nearest "+config.Name+" upwards); its exclude and limits hold")
	flags.BoolVar(&f.none, "no-config", false, "read no configuration file")
	flags.IntVar(&f.minimum, "min", taxonomy.DefaultMinimum, "how many rules have to use a field before lint knows it")
	flags.StringVarP(&f.out, "output", "o", "", "file to write (default: that of the configuration, or "+taxonomy.LearnedName+"); - for standard output")
	return cmd
}

func (c *cli) learn(f learnFlags, args []string) error {
	if f.minimum < 1 {
		return fmt.Errorf("--min: %d is no number of rules; write 1 or more", f.minimum)
	}
	cfg, err := learnConfig(f, args[0])
	if err != nil {
		return err
	}
	out := f.out
	if out == "" {
		if out = cfg.TaxonomyPath(); out == "" {
			out = filepath.Join(cfg.Directory(), taxonomy.LearnedName)
		}
	}
	census, documents := c.census(cfg, args)
	if documents == 0 {
		return failure{exitFailed, errors.New("no rule to learn from")}
	}
	lesson := census.Learn(f.minimum)
	kept, gone, err := keepMarks(lesson.Learned, out)
	if err != nil {
		return err
	}
	report := c.stdout
	if out == "-" {
		report = c.stderr
	}
	tellLesson(report, lesson, documents)
	tellChanges(report, kept, gone)
	if out == "-" {
		_, err := c.stdout.Write(lesson.JSON())
		return err
	}
	if err := edit.WriteFile(out, lesson.JSON()); err != nil {
		return failure{exitFailed, fmt.Errorf("cannot write %s: %s", out, reason(err))}
	}
	fmt.Fprintf(report, "Wrote %s.\n", out)
	if filepath.Clean(cfg.TaxonomyPath()) != filepath.Clean(out) {
		fmt.Fprintf(report, "Next: read it, repair or remove what is wrong, and write `taxonomy: %s` into %s.\n", filepath.ToSlash(fromDirectory(cfg, out)), config.Name)
	} else {
		fmt.Fprintf(report, "Next: read what changed in it; `sigtune lint` uses it from now on.\n")
	}
	return nil
}

// learnConfig reads the configuration. That the file which is to be written is missing or broken does not matter.
func learnConfig(f learnFlags, near string) (*config.Config, error) {
	if f.config == "" && (f.none || config.Find(near) == "") {
		return config.Default(), nil
	}
	cfg, problems := readConfig(f.config, near, checks.All())
	for _, p := range problems {
		if p.Kind != config.KindTaxonomy {
			return nil, configError(cfg.File, problems)
		}
	}
	return cfg, nil
}

// fromDirectory is a path as the configuration has to name it.
func fromDirectory(cfg *config.Config, path string) string {
	base, err := filepath.Abs(cfg.Directory())
	if err != nil {
		return path
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	if relative, err := filepath.Rel(base, absolute); err == nil {
		return relative
	}
	return path
}

// census counts the rules and filter documents below the paths.
func (c *cli) census(cfg *config.Config, args []string) (*taxonomy.Census, int) {
	files, problems := lint.Walk(args)
	for _, p := range problems {
		c.complain("%v", p)
		c.fail(exitFailed)
	}
	var census taxonomy.Census
	documents := 0
	for _, path := range files {
		if cfg.Excluded(path) || filepath.Base(path) == config.Name {
			continue
		}
		file := source.Load(path, cfg.Limits)
		c.complainBroken(file)
		parsed, _ := rules.Parse(file)
		for _, d := range parsed {
			var l rules.Logsource
			var detections *rules.Detections
			switch d := d.(type) {
			case *rules.Rule:
				l, detections = d.Logsource, &d.Detection
			case *rules.Filter:
				l, detections = d.Logsource, &d.Detection
			default:
				continue
			}
			if t := d.Base().Taxonomy.Value; t != "" && t != "sigma" {
				continue
			}
			documents++
			census.Add(taxonomy.Key{Product: l.Product.Value, Category: l.Category.Value, Service: l.Service.Value}, lint.FieldNames(d, detections))
		}
	}
	return &census, documents
}

// keepMarks takes over from a file that is about to be replaced what only a person can know: which log sources are complete. It also says what
// the file loses.
func keepMarks(learned *taxonomy.Learned, path string) (kept, gone []string, err error) {
	if path == "-" {
		return nil, nil, nil
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	file := source.Load(path, source.Limits{})
	before, problems := taxonomy.ReadLearned(file)
	if len(problems) > 0 {
		at := file.Pos(problems[0].Span.Start)
		return nil, nil, fmt.Errorf("%s:%d:%d: %s; repair it, or remove the file to start anew", path, at.Line, at.Column, problems[0].Message)
	}
	for _, old := range before.Logsources {
		for i := range learned.Logsources {
			if l := &learned.Logsources[i]; old.Complete && l.Key == old.Key {
				l.Complete = true
				kept = append(kept, l.Key.String())
			}
		}
	}
	now := map[string]bool{}
	learned.Each(func(k taxonomy.Key, field string, _ int) { now[k.String()+" "+field] = true })
	before.Each(func(k taxonomy.Key, field string, _ int) {
		if !now[k.String()+" "+field] {
			gone = append(gone, k.String()+": `"+source.Shorten(field)+"`")
		}
	})
	return kept, gone, nil
}

// tellChanges says what became of the file that was there.
func tellChanges(w io.Writer, kept, gone []string) {
	if len(kept) > 0 {
		fmt.Fprintf(w, "Still marked as complete: %s.\n", strings.Join(kept, ", "))
	}
	section(w, "No longer in the file, as no rule uses them", func(line func(string, ...any)) {
		for _, g := range gone {
			line("%s", g)
		}
	})
}

// tellLesson says what was found, what is in doubt and what was overruled.
func tellLesson(w io.Writer, lesson taxonomy.Lesson, documents int) {
	fields := 0
	for _, l := range lesson.Logsources {
		fields += len(l.Fields) + len(l.Overrules)
	}
	fmt.Fprintf(w, "Learned %s with %s from %s.\n", report.Plural(len(lesson.Logsources), "log source"), report.Plural(fields, "field"), report.Plural(documents, "rule"))
	if lesson.Bundled > 0 {
		fmt.Fprintf(w, "The bundled lists of %s are complete, and nothing in the rules contradicts them.\n", report.Plural(lesson.Bundled, "more log source"))
	}
	for _, l := range lesson.Logsources {
		rare := 0
		known, _ := lesson.Table().Get(l.Key)
		for name := range l.Fields {
			if _, ok := known.Field(name); !ok {
				rare++
			}
		}
		fmt.Fprintf(w, "  %s: %s, %s", l.Key, report.Plural(l.Rules, "rule"), report.Plural(len(l.Fields)+len(l.Overrules), "field"))
		if rare > 0 {
			fmt.Fprintf(w, ", %d of them too rare (fewer than %d rules) for lint to know them", rare, lesson.Minimum)
		}
		fmt.Fprintln(w)
	}
	section(w, "Overrules the bundled list, which is complete and lacks them", func(line func(string, ...any)) {
		for _, l := range lesson.Logsources {
			for _, name := range taxonomy.Names(l.Overrules) {
				n := l.Overrules[name]
				note := ""
				if n < lesson.Minimum {
					note = ": too few, lint still reports it"
				}
				line("%s: `%s` (%s)%s", l.Key, source.Shorten(name), report.Plural(n, "rule"), note)
			}
		}
	})
	section(w, "Probably slips", func(line func(string, ...any)) {
		for _, s := range lesson.Slips {
			what, like := "", "`"+s.Like+"`"
			if s.Field != "" {
				what = ": `" + source.Shorten(s.Field) + "`"
			}
			if s.LikeRules > 0 {
				like += fmt.Sprintf(" (%s)", report.Plural(s.LikeRules, "rule"))
			}
			left := ""
			if s.Left {
				left = ", left out"
			}
			line("%s%s (%s) looks like %s%s", s.Key, what, report.Plural(s.Rules, "rule"), like, left)
		}
	})
}

// section prints a heading when there is something below it.
func section(w io.Writer, heading string, body func(line func(string, ...any))) {
	first := true
	body(func(format string, args ...any) {
		if first {
			fmt.Fprintf(w, "%s:\n", heading)
			first = false
		}
		fmt.Fprintf(w, "  "+format+"\n", args...)
	})
}
