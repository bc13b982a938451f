package main

import (
	"fmt"
	"time"

	"github.com/sigtune/sigtune/lint/checks"
	"github.com/sigtune/sigtune/lint/volume"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/tuning/evidence"
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
	stream, err := evidence.Open([]string{name}, evidence.Options{Stdin: j.cli.stdin})
	if err != nil {
		return unreadableEvents(err)
	}
	counter, tell := volume.NewCounter(list, j.flags.jobs), j.cli.countProgress("counting", time.Now())
	for record := range stream.Records() {
		counter.Add(record.Event)
		tell(stream.Read)
	}
	j.cli.clearProgress()
	j.cli.complainBrokenEvents(stream)
	if err := stream.Err(); err != nil {
		return failure{exitFailed, err}
	}
	baseline := counter.Baseline(name)
	if baseline.Events == 0 {
		return failure{exitFailed, fmt.Errorf("%s: holds no events", name)}
	}
	j.engine.Facts.Events = baseline
	j.engine.Cache, j.store = nil, nil
	return nil
}
