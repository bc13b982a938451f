package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/cache"
	"github.com/sigtune/sigtune/lint/checks"
	"github.com/sigtune/sigtune/lint/config"
	"github.com/sigtune/sigtune/lint/report"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/attack"
	"github.com/sigtune/sigtune/schema/domain"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// configFlags choose a configuration and change what it says about checks.
type configFlags struct {
	path     string
	none     bool
	profile  string
	selected []string
	ignored  []string
	read     *source.File // the configuration, where a command has read it itself
}

func (f *configFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.path, "config", "", "configuration file: "+config.Name+", or a validation configuration of pySigma (default: the nearest "+config.Name+" upwards)")
	flags.BoolVar(&f.none, "no-config", false, "read no configuration file")
	flags.StringVar(&f.profile, "profile", "", "recommended, sigmahq or strict (default recommended)")
	flags.StringSliceVar(&f.selected, "select", nil, "also run these checks: codes, names, families, or ALL")
	flags.StringSliceVar(&f.ignored, "ignore", nil, "do not run these checks: codes, names or families")
}

// chosen is what configuration and flags say about checks.
type chosen struct {
	config  *config.Config
	all     []*lint.Check
	checks  []*lint.Check
	profile lint.Profile
}

// choose reads the configuration for a path and lets the flags win.
func (c *cli) choose(f configFlags, near string) (*chosen, error) {
	out := &chosen{config: config.Default(), all: checks.All()}
	var problems []source.Problem
	switch {
	case f.path == "" && f.read != nil:
		out.config, problems = config.Read(f.read, out.all)
	case f.path != "" || !f.none && config.Find(near) != "":
		out.config, problems = readConfig(f.path, near, out.all)
	}
	if len(problems) > 0 {
		return nil, configError(out.config.File, problems)
	}
	name := out.config.Profile
	if f.profile != "" {
		name = f.profile
	}
	out.profile = lint.Recommended
	if name != "" {
		profile, err := lint.ParseProfile(name)
		if err != nil {
			return nil, fmt.Errorf("--profile: %w", err)
		}
		out.profile = profile
	}
	// Flags are applied after the configuration: what it ignores can be asked for, what it selects can be left out.
	chosen, err := lint.Selection{Profile: out.profile, Select: out.config.Select, Ignore: out.config.Ignore}.Apply(out.all)
	if err != nil {
		return nil, err
	}
	if len(f.selected)+len(f.ignored) > 0 {
		if chosen, err = (lint.Selection{Profile: lint.None, Select: append(codes(chosen), f.selected...), Ignore: f.ignored}).Apply(out.all); err != nil {
			return nil, err
		}
	}
	out.checks = chosen
	return out, nil
}

// readConfig reads the configuration that was named, or the one to be found for a path, which is trusted less.
func readConfig(named, near string, all []*lint.Check) (*config.Config, []source.Problem) {
	if named != "" {
		return config.ReadNamed(source.Load(relativePath(named), source.Limits{}), all)
	}
	return config.Read(config.Open(relativePath(config.Find(near))), all)
}

// configError words the problems of a configuration, with snippets.
func configError(file *source.File, problems []source.Problem) error {
	var b strings.Builder
	fmt.Fprintf(&b, "the configuration %s cannot be used", file.Path)
	for _, p := range problems {
		pos := file.Pos(p.Span.Start)
		if len(file.Data) == 0 {
			fmt.Fprintf(&b, "\n  %s", p.Message)
			continue
		}
		fmt.Fprintf(&b, "\n%s:%d:%d: %s\n", file.Path, pos.Line, pos.Column, p.Message)
		b.WriteString(strings.TrimSuffix(report.Snippet(file, []report.Mark{{Span: p.Span, Primary: true}}, report.Palette{}), "\n"))
		if p.Help != "" {
			fmt.Fprintf(&b, "\n  = help: %s", p.Help)
		}
	}
	return fmt.Errorf("%s", b.String())
}

// relativePath is a path as people type it: from the working directory when it lies below.
func relativePath(path string) string {
	working, err := os.Getwd()
	if err != nil {
		return path
	}
	if relative, err := filepath.Rel(working, path); err == nil && filepath.IsAbs(path) && !strings.HasPrefix(relative, "..") {
		return relative
	}
	return path
}

// lintJob is everything that one run of lint needs.
type lintJob struct {
	*chosen
	cli       *cli
	flags     lintFlags
	engine    lint.Engine
	inputs    []lint.Input
	args      []string
	threshold lint.Severity
	outputs   []output
	report    report.Options
	store     *cache.Store // nil without a cache
	basis     *basis       // of --since, where somebody has looked it up already; else nil
	tests     int          // files that were left out as tests of rules
	nothing   bool         // none of the paths could be read
}

func (c *cli) lintJob(f lintFlags, args []string) (*lintJob, error) {
	stdin := slices.Contains(args, "-")
	if stdin && len(args) > 1 {
		return nil, fmt.Errorf("`-` (standard input) cannot be combined with other paths")
	}
	if len(args) == 0 {
		args = []string{"."}
	}
	near := args[0]
	if stdin {
		near = filepath.Dir(f.stdinFilename)
	}
	what, err := c.choose(f.configFlags, near)
	if err != nil {
		return nil, err
	}
	job := &lintJob{chosen: what, cli: c, flags: f, args: args}
	if job.threshold, err = job.failOn(); err != nil {
		return nil, err
	}
	if job.outputs, err = parseFormats(f.formats); err != nil {
		return nil, err
	}
	adjust, err := what.config.Adjuster(what.all, c.now())
	if err != nil {
		return nil, err
	}
	facts := lint.Facts{Today: c.now(), Profile: what.profile}
	what.config.Facts(&facts)
	job.engine = lint.Engine{
		Checks: what.checks, All: what.all, Reporters: checks.Reporters(), Facts: facts, Limits: what.config.Limits, Jobs: f.jobs,
		Policy: what.config.Comments(what.all), Adjust: adjust, Progress: c.progress(time.Now()),
	}
	if what.profile != lint.SigmaHQ { // whose gate knows no such checks
		if job.engine.Closer, err = job.closer(); err != nil {
			return nil, err
		}
	}
	if stdin {
		job.inputs = []lint.Input{{Path: f.stdinFilename, File: source.Read(f.stdinFilename, c.stdin, job.engine.Limits)}}
	} else {
		job.gather()
	}
	job.reporting(stdin)
	return job, nil
}

// failOn is the threshold: the flag's, the configuration's, or that of the profile.
func (j *lintJob) failOn() (lint.Severity, error) {
	switch {
	case j.flags.failOn != "":
		return parseThreshold(j.flags.failOn)
	case j.config.FailOn != "":
		return parseThreshold(j.config.FailOn)
	case j.profile == lint.SigmaHQ:
		return lint.Info, nil // their gate fails on any issue
	}
	return lint.Error, nil
}

// gather finds the files that are linted and those around them.
func (j *lintJob) gather() {
	looked := make(chan lint.Around, 1)
	go func() {
		looked <- lint.LookAround(j.args)
		warm()
	}()
	files, tests, problems := lint.WalkCounting(j.present())
	j.tests, j.nothing = tests, len(files)+tests == 0 && len(problems) > 0
	for _, p := range problems {
		j.cli.complain("%v", p)
		j.cli.fail(exitFailed)
	}
	named := map[string]bool{}
	for _, a := range j.args {
		named[filepath.Clean(a)] = true
	}
	files = slices.DeleteFunc(files, func(path string) bool { return !named[filepath.Clean(path)] && j.leftOut(path) })
	if j.cli.expect != nil {
		j.cli.expect(len(files))
	}
	for _, path := range files {
		j.inputs = append(j.inputs, lint.Input{Path: path})
	}
	around := (<-looked).Besides(files)
	for _, path := range around.Context {
		j.inputs = append(j.inputs, lint.Input{Path: path, Context: true})
	}
	j.engine.Facts.Complete = around.Complete
	if j.flags.noCache || len(files) < worthCaching {
		return
	}
	dir := j.flags.cacheDir
	if dir == "" {
		var err error
		if dir, err = cache.Directory(); err != nil {
			return // a system without such a directory: nothing is remembered
		}
	}
	j.store = cache.Open(dir, j.fingerprint())
	j.engine.Cache = j.store
}

// warm reads the bundled tables while files are still being found: the first file would have to wait for them.
func warm() {
	taxonomy.Default()
	domain.Default()
	attack.Bundled()
}

// worthCaching is the number of files below which opening a cache costs more than linting.
const worthCaching = 8

// fingerprint names everything besides the files that decides what is found in them.
func (j *lintJob) fingerprint() string {
	var b strings.Builder
	fmt.Fprintln(&b, programVersion())
	for _, check := range slices.Concat(j.checks, j.engine.Closer) {
		fmt.Fprint(&b, check.Code, " ")
	}
	facts := &j.engine.Facts
	fmt.Fprintln(&b, facts.Today.Format(time.DateOnly), facts.Profile, facts.Complete, facts.Namespaces, facts.Logsources, facts.Attributes, facts.Domains.Digest(), facts.Learned.Digest(), j.engine.Limits)
	for _, check := range j.all {
		for _, o := range check.Options {
			fmt.Fprintf(&b, "%s %s %v\n", check.Code, o.Name, facts.Options[check.Name][o.Name])
		}
	}
	return b.String()
}

// programVersion tells builds apart: by version and commit, and where these do not tell (a build from a changed tree) by the program file.
func programVersion() string {
	info, ok := debug.ReadBuildInfo()
	version := ""
	dirty := true
	if ok {
		version = info.Main.Version
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" || s.Key == "vcs.modified" {
				version += " " + s.Value
				dirty = s.Value != "false"
			}
		}
	}
	if !dirty {
		return version
	}
	if path, err := os.Executable(); err == nil {
		if file, err := os.Stat(path); err == nil {
			version += fmt.Sprint(" ", file.Size(), file.ModTime().UnixNano())
		}
	}
	return version
}

// reporting fills in what renderings need to know.
func (j *lintJob) reporting(stdin bool) {
	working, err := os.Getwd()
	if err != nil {
		working = ""
	}
	j.report = report.Options{Explain: j.flags.explain, Fixes: j.flags.showFixes, Category: j.flags.category, Version: releaseVersion(), Dir: working, Root: working}
	if root := lint.Repository(working); root != "" {
		j.report.Root = root
	}
	if stdin {
		j.report.Files = []string{j.flags.stdinFilename}
		return
	}
	for _, in := range j.inputs {
		if !in.Context {
			j.report.Files = append(j.report.Files, in.Path)
		}
	}
}

// run lints, and applies what the configuration, a baseline and a revision say about the findings.
func (j *lintJob) run() (*lint.Result, error) {
	if j.flags.since != "" {
		return j.runSince()
	}
	result := j.engine.Run(j.inputs)
	result.Tests = j.tests
	j.cli.clearProgress()
	if j.store != nil {
		if err := j.store.Save(); err != nil {
			j.cli.complain("%v; results are not remembered", err)
		}
	}
	if err := j.applyBaseline(result); err != nil {
		return nil, err
	}
	j.stale(result)
	return result, nil
}

// stale adds what is wrong with the exclusions of the configuration. It asks for whole trees only: elsewhere a rule is missing because nobody
// named it.
func (j *lintJob) stale(result *lint.Result) {
	if len(j.config.Exclusions) == 0 || !j.engine.Facts.Complete {
		return
	}
	seen := map[string]bool{}
	for _, id := range result.IDs {
		seen[strings.ToLower(id)] = true
	}
	stale := j.config.Stale(j.checks, func(id string) bool { return seen[strings.ToLower(id)] }, j.cli.now())
	result.Add(stale...)
}
