package main

import (
	"fmt"

	"github.com/sigtune/sigtune/lint/checks"
	"github.com/sigtune/sigtune/lint/volume"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// countEvents counts the rules of a run in the events of --events, for the checks that need them. Nothing is remembered of such a run: its
// results depend on the events.
func (j *lintJob) countEvents() error {
	name := j.flags.events
	if name == "" {
		return nil
	}
	var list []volume.Rule
	for _, in := range j.inputs {
		if in.Context {
			continue
		}
		file := in.File
		if file == nil {
			file = source.Load(in.Path, j.engine.Limits)
		}
		documents, _ := rules.Parse(file)
		for _, d := range documents {
			if r, ok := d.(*rules.Rule); ok {
				list = append(list, volume.Rule{Rule: r, Branches: checks.Branches(r)})
			}
		}
	}
	events := j.cli.stdin
	if name != "-" {
		file, err := openFile(name)
		if err != nil {
			return err
		}
		defer file.Close()
		events = file
	}
	baseline, err := volume.Read(events, name, list, j.flags.jobs)
	if err != nil {
		return unreadable(name, err)
	}
	for _, bad := range baseline.Bad {
		j.cli.complain("%s:%d: %v", name, bad.Line, bad.Err)
	}
	if more := baseline.Broken - len(baseline.Bad); more > 0 {
		j.cli.complain("%s: %d more lines are no events", name, more)
	}
	if baseline.Broken > 0 {
		j.cli.fail(exitFailed)
	}
	if baseline.Events == 0 {
		return failure{exitFailed, fmt.Errorf("%s: holds no events", name)}
	}
	j.engine.Facts.Events = baseline
	j.engine.Cache, j.store = nil, nil
	return nil
}
