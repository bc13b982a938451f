package volume

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/match"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// origin is what an event says of where it comes from, empty where it says nothing.
type origin struct {
	channel string // of a Windows event, in lower case
	id      int    // of a Windows event; zero where it has none
}

func originOf(e *match.Event) origin {
	var o origin
	if texts, _ := e.Texts("Channel"); len(texts) == 1 {
		o.channel = strings.ToLower(texts[0])
	}
	if texts, _ := e.Texts("EventID"); len(texts) == 1 {
		o.id, _ = strconv.Atoi(texts[0])
	}
	return o
}

// logs are those that a rule reads.
type logs struct {
	windows  bool
	audit    bool     // the Security log has the event under another id, too
	channels []string // in lower case; empty when unknown
	ids      []int    // empty when every one
}

// securityChannel has the event of a new process that an audit policy writes.
const (
	securityChannel        = "security"
	auditedProcessCreation = 4688
)

func logsOf(l rules.Logsource) logs {
	out := logs{windows: l.Product.Value == "" || strings.EqualFold(l.Product.Value, "windows")}
	table, _ := taxonomy.Lookup(l.Product.Value, l.Category.Value, l.Service.Value)
	if table == nil {
		return out
	}
	for _, c := range table.Channels {
		out.channels = append(out.channels, strings.ToLower(c))
	}
	out.ids = table.EventIDs
	category, ok := taxonomy.GenericCategory(l.Product.Value, securityChannel, auditedProcessCreation, "")
	out.audit = ok && strings.EqualFold(l.Category.Value, category)
	return out
}

// mayHold is false for an event that says that it comes from another log.
func (l *logs) mayHold(o origin) bool {
	switch {
	case o.channel != "" && !l.windows:
		return false
	case l.audit && o.channel == securityChannel:
		return o.id == auditedProcessCreation
	case o.channel != "" && len(l.channels) > 0 && !slices.Contains(l.channels, o.channel):
		return false
	}
	return o.channel == "" || o.id == 0 || len(l.ids) == 0 || slices.Contains(l.ids, o.id)
}
