package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/sigtune/sigtune/schema/taxonomy/internal/skim"
)

// collected is the part of a taxonomy.json that may be used: what the specification says and what our own
// count of the live rules found. Keys read from other projects' data files are not decoded at all.
type collected struct {
	Version    map[string]string             `json:"version"`
	Logsources map[string]collectedLogsource `json:"logsources"`
}

type collectedLogsource struct {
	Fields   map[string]collectedField `json:"fields"`
	Sources  []string                  `json:"sources"`
	EventIDs []int                     `json:"eventids"`
	Channels []string                  `json:"channels"`
	Rules    int                       `json:"rules"`
}

type collectedField struct {
	Source string `json:"src"`
	Type   string `json:"type"`
	Count  int    `json:"count"`
}

// observed is an event_fields.json: channel, event id, fields seen.
type observed map[string]map[int]struct {
	N      int      `json:"n"`
	Fields []string `json:"fields"`
}

func readJSON(path string, into any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// recount replaces the rule and field counts by those of the rules below dir.
func (c *collected) recount(dir string) error {
	for key, l := range c.Logsources {
		l.Rules = 0
		for name, f := range l.Fields {
			f.Count = 0
			l.Fields[name] = f
		}
		c.Logsources[key] = l
	}
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".yml") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rule, ok := skim.Read(string(data))
		if !ok {
			return nil
		}
		key := star(rule.Product) + "/" + star(rule.Category) + "/" + star(rule.Service)
		l := c.Logsources[key]
		if l.Fields == nil {
			l.Fields = map[string]collectedField{}
		}
		if l.Rules == 0 && !contains(l.Sources, "rules") {
			l.Sources = append(l.Sources, "rules")
		}
		l.Rules++
		for _, name := range rule.Fields {
			f := l.Fields[name]
			f.Count++
			l.Fields[name] = f
		}
		c.Logsources[key] = l
		return nil
	})
}

func star(part string) string {
	if part == "" {
		return "*"
	}
	return part
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
