package evidence

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/sigtune/sigtune/schema/taxonomy"
)

// categoryNames are values by which an event says what it tells of. Only what is certain is in it: of an event without a category no names of a
// category are mapped.
var categoryNames = []struct {
	field  string
	values map[string]string
}{
	{"ActionType", map[string]string{ // Defender XDR
		"ProcessCreated": "process_creation", "FileCreated": "file_event", "FileDeleted": "file_delete", "FileRenamed": "file_rename",
		"FileModified": "file_change", "ImageLoaded": "image_load", "RegistryValueSet": "registry_set", "RegistryKeyCreated": "registry_add",
		"RegistryKeyDeleted": "registry_delete", "RegistryValueDeleted": "registry_delete", "ConnectionSuccess": "network_connection",
		"ConnectionFailed": "network_connection", "ConnectionAttempt": "network_connection", "ConnectionRequest": "network_connection",
		"InboundConnectionAccepted": "network_connection", "ConnectionFound": "network_connection",
	}},
	{"EventType", map[string]string{ // ASIM
		"ProcessCreated": "process_creation", "FileCreated": "file_event", "FileDeleted": "file_delete", "FileRenamed": "file_rename",
		"FileModified": "file_change", "RegistryValueSet": "registry_set", "RegistryKeyCreated": "registry_add", "RegistryKeyDeleted": "registry_delete",
		"RegistryValueDeleted": "registry_delete",
	}},
	{"EventSchema", map[string]string{"ProcessEvent": "process_creation", "NetworkSession": "network_connection", "Dns": "dns_query", "WebSession": "proxy"}},
	{"event.category", map[string]string{ // ECS
		"process": "process_creation", "file": "file_event", "library": "image_load", "driver": "driver_load", "registry": "registry_event",
		"network": "network_connection", "dns": "dns_query",
	}},
}

// ecsEnd are the ECS types of a process event that tell of its end, not of its start.
var ecsEnd = map[string]bool{"end": true, "info": true, "access": true}

// categoryOf is the Sigma category that an event says it belongs to, or empty.
func categoryOf(fields map[string]any) string {
	if id, err := strconv.Atoi(plain(fields["EventID"])); err == nil {
		service := ""
		switch channel := strings.ToLower(plain(fields["Channel"]) + " " + plain(fields["Provider_Name"])); {
		case strings.Contains(channel, "sysmon"):
			service = "sysmon"
		case strings.Contains(channel, "security"):
			service = "security"
		}
		if category, ok := taxonomy.GenericCategory("windows", service, id, plain(fields["EventType"])); ok {
			return category
		}
	}
	for _, n := range categoryNames {
		for _, v := range texts(fields[n.field]) {
			if category, ok := n.values[v]; ok {
				if n.field == "event.category" && category == "process_creation" && ended(fields) {
					return ""
				}
				return category
			}
		}
	}
	if _, ok := fields["NewProcessName"]; ok {
		return "process_creation"
	}
	return ""
}

func ended(fields map[string]any) bool {
	types := texts(fields["event.type"])
	for _, t := range types {
		if t == "start" {
			return false
		}
	}
	return len(types) > 0 && ecsEnd[types[0]]
}

// plain is the text of a scalar, or empty.
func plain(v any) string {
	switch v := v.(type) {
	case nil, []any, map[string]any:
		return ""
	case string:
		return v
	default:
		return fmt.Sprint(v)
	}
}

// texts are the texts of a scalar or of a list of scalars.
func texts(v any) []string {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	var out []string
	for _, x := range list {
		if s := plain(x); s != "" {
			out = append(out, s)
		}
	}
	return out
}
