package main

import (
	"encoding/json"
	"fmt"
	"os"
	"sort"

	"github.com/sigtune/sigtune/schema/attack"
)

// seedFile is the JSON form that the first table was built from.
type seedFile struct {
	Version        string            `json:"version"`
	Sources        map[string]string `json:"sources"`
	Tactics        []seedObject      `json:"tactics"`
	Techniques     []seedObject      `json:"techniques"`
	Groups         []seedObject      `json:"groups"`
	Software       []seedObject      `json:"software"`
	Campaigns      []seedObject      `json:"campaigns"`
	Mitigations    []seedObject      `json:"mitigations"`
	DataComponents []seedObject      `json:"data_components"`
	DataSources    []seedObject      `json:"data_sources"`
}

type seedObject struct {
	ID         string          `json:"id"`
	Name       string          `json:"name"`
	Shortname  string          `json:"shortname"`
	Domain     string          `json:"domain"`
	Domains    []string        `json:"domains"`
	Tactics    []string        `json:"tactics"`
	Tactics18  []string        `json:"tactics_18"`
	Platforms  []string        `json:"platforms"`
	Revoked    bool            `json:"revoked"`
	RevokedBy  string          `json:"revoked_by"`
	Deprecated bool            `json:"deprecated"`
	Added      string          `json:"added"`
	Removed    string          `json:"removed"`
	FormerName string          `json:"former_name"`
	Aliases    json.RawMessage `json:"aliases"` // names; for tactics, objects with a short name
}

// seedPrevious is the version that tactics_18 was taken from.
const seedPrevious = "18.1"

func readSeed(file string) (*attack.Table, error) {
	var seed seedFile
	if err := readJSON(file, &seed); err != nil {
		return nil, err
	}
	header := attack.Header{Version: seed.Version, Previous: seedPrevious, Notice: noticeLines(attack.Notice)}
	for what, from := range seed.Sources {
		header.Sources = append(header.Sources, what+": "+from)
	}
	sort.Strings(header.Sources)

	var objects []attack.Object
	for _, part := range []struct {
		kind attack.Kind
		rows []seedObject
	}{
		{attack.Tactic, seed.Tactics},
		{attack.Technique, seed.Techniques},
		{attack.Group, seed.Groups},
		{attack.Software, seed.Software},
		{attack.Campaign, seed.Campaigns},
		{attack.Mitigation, seed.Mitigations},
		{attack.DataComponent, seed.DataComponents},
		{attack.DataSource, seed.DataSources},
	} {
		for _, row := range part.rows {
			o, err := row.object(part.kind)
			if err != nil {
				return nil, fmt.Errorf("%s: %s: %w", file, row.ID, err)
			}
			objects = append(objects, o)
		}
	}
	return attack.NewTable(header, objects), nil
}

func (s seedObject) object(kind attack.Kind) (attack.Object, error) {
	o := attack.Object{
		ID: s.ID, Name: oneLine(s.Name), Kind: kind, Shortname: s.Shortname,
		Tactics: s.Tactics, LegacyTactics: s.Tactics18, Platforms: realPlatforms(s.Platforms),
		Added: s.Added, Removed: s.Removed,
		Successor: s.RevokedBy,
		// The seed names a version of removal exactly where its successor was worked out by hand.
		Derived: s.RevokedBy != "" && s.Removed != "",
	}
	for _, name := range append(s.Domains, s.Domain) {
		o.Domains |= domainNames[name]
	}
	switch {
	case s.Revoked:
		o.Status = attack.Revoked
	case s.Deprecated:
		o.Status = attack.Deprecated
	}
	if s.FormerName != "" {
		o.AlsoKnownAs = []string{s.FormerName}
	}
	if len(s.Aliases) == 0 {
		return o, nil
	}
	if kind != attack.Tactic {
		return o, json.Unmarshal(s.Aliases, &o.AlsoKnownAs)
	}
	var former []struct{ Shortname string }
	err := json.Unmarshal(s.Aliases, &former)
	for _, f := range former {
		o.AlsoKnownAs = append(o.AlsoKnownAs, f.Shortname)
	}
	return o, err
}

// d3fendNotice is the licence of the D3FEND ontology.
const d3fendNotice = "D3FEND ontology, Copyright (c) 2022 The MITRE Corporation. MIT License; its text is in the file NOTICE of this program."

func readD3FEND(file string) (*attack.D3FEND, error) {
	var seed struct {
		Version, Source                string
		Tactics, Techniques, Artifacts map[string]string
	}
	if err := readJSON(file, &seed); err != nil {
		return nil, err
	}
	var rows []attack.Countermeasure
	for _, part := range []map[string]string{seed.Tactics, seed.Techniques, seed.Artifacts} {
		for id, name := range part {
			rows = append(rows, attack.Countermeasure{ID: id, Name: oneLine(name)})
		}
	}
	header := attack.Header{Version: seed.Version, Sources: []string{seed.Source}, Notice: []string{d3fendNotice}}
	return attack.NewD3FEND(header, rows), nil
}

func readJSON(file string, into any) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("%s: not the JSON this command reads: %w", file, err)
	}
	return nil
}
