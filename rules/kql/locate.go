package kql

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// eventGroups are the event ids of Security and Sysmon by what they report; the first group that holds an id wins
// (spec/kql.md section 2). Ranges include both ends.
var eventGroups = []struct {
	name   string
	ranges [][2]int64
}{
	{"process", [][2]int64{{1, 1}, {5, 5}, {10, 10}, {25, 25}, {4688, 4689}, {4696, 4696}}},
	{"logon", [][2]int64{{4624, 4625}, {4634, 4634}, {4647, 4648}, {4778, 4779}, {4800, 4803}}},
	{"registry", [][2]int64{{4656, 4663}, {12, 14}}},
	{"file", [][2]int64{{2, 2}, {11, 11}, {15, 15}, {23, 23}, {26, 29}}},
	{"network", [][2]int64{{3, 3}, {22, 22}, {5140, 5140}, {5145, 5145}, {5156, 5159}}},
	{"image_load", [][2]int64{{7, 7}}},
	{"pipe", [][2]int64{{17, 18}}},
	{"wmi", [][2]int64{{19, 21}}},
}

func eventGroup(id int64) string {
	for _, g := range eventGroups {
		for _, r := range g.ranges {
			if r[0] <= id && id <= r[1] {
				return g.name
			}
		}
	}
	return ""
}

// eventFields name the id of an event; a table implies it.
var eventFields = map[string]bool{"EventID": true, "EventCode": true}

// locate chooses the table: the one asked for, the one of the category, or the one of the first known event id.
func (j *job) locate() {
	category := j.rule.Logsource.Category
	switch {
	case j.options.Table != "":
		if j.table = j.tables.named(j.options.Table); j.table == nil {
			j.fail(CauseNoTable, j.rule.Anchor(), fmt.Sprintf("%s has no table `%s` here", j.options.Dialect, source.Shorten(j.options.Table)),
				"tables: "+j.tableNames())
		}
		return
	case category.Value != "":
		if j.table = j.tables.forCategory(category.Value); j.table == nil {
			j.fail(CauseNoTable, category.Span(), fmt.Sprintf("no %s table for category `%s`", j.options.Dialect, source.Shorten(category.Value)),
				"mapped: "+strings.Join(j.tables.categories(), ", "))
		}
		return
	}
	if j.table = j.tableOfEvents(); j.table == nil && len(j.causes) == 0 {
		at := j.rule.Anchor()
		if j.rule.Logsource.Key != nil {
			at = j.rule.Logsource.Key.Span
		}
		j.fail(CauseNoTable, at, fmt.Sprintf("no %s table: the rule has no category and no known EventID in a `sel…` identifier", j.options.Dialect),
			"mapped: "+strings.Join(j.tables.categories(), ", "))
	}
}

func (j *job) tableNames() string {
	var names []string
	for _, t := range j.tables.all {
		names = append(names, t.name)
	}
	return strings.Join(names, ", ")
}

// tableOfEvents reads event ids where the reference does: in identifiers that begin with `sel` and are plain maps.
func (j *job) tableOfEvents() *table {
	for _, d := range j.rule.Detection.Named {
		if len(d.Name) < 3 || !strings.EqualFold(d.Name[:3], "sel") || d.Block.Shape != rules.MapShape {
			continue
		}
		for _, item := range d.Block.Items {
			if !eventFields[item.Field] {
				continue
			}
			for _, v := range item.Values {
				id, err := strconv.ParseInt(strings.TrimSpace(v.Text), 10, 64)
				if v.Kind == rules.NumberValue && v.Number.Integral {
					id, err = v.Number.Int, nil
				}
				if err != nil {
					j.fail(CauseNoTable, v.Node.Span, fmt.Sprintf("`%s` is no event id", source.Shorten(v.Text)), "write a number")
					return nil
				}
				if t := j.tables.forEvents(eventGroup(id)); t != nil {
					return t
				}
			}
		}
	}
	return nil
}
