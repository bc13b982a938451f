package taxonomy

import "strings"

// sysmonRegistryValueSet is the Sysmon event of the category registry_set: its EventType is always SetValue.
const sysmonRegistryValueSet = 13

// sysmonCategory maps the Sysmon events that have a generic category to it (specification, appendix
// taxonomy, Windows folder; catalogue, check 0518). Not in it: 4, 16, 27, 28, 29 and 255, where the live rules
// name the channel on purpose, and 12 to 14, which registryCategory splits.
var sysmonCategory = map[int]string{
	1: "process_creation", 2: "file_change", 3: "network_connection", 5: "process_termination",
	6: "driver_load", 7: "image_load", 8: "create_remote_thread", 9: "raw_access_thread",
	10: "process_access", 11: "file_event", 15: "create_stream_hash", 17: "pipe_created", 18: "pipe_created",
	19: "wmi_event", 20: "wmi_event", 21: "wmi_event", 22: "dns_query", 23: "file_delete",
	24: "clipboard_capture", 25: "process_tampering", 26: "file_delete_detected",
}

// registryCategory maps the EventType of Sysmon's registry events 12 to 14 to the narrower category.
var registryCategory = map[string]string{
	"createkey": "registry_add", "deletekey": "registry_delete", "deletevalue": "registry_delete",
	"setvalue": "registry_set", "renamekey": "registry_rename", "renamevalue": "registry_rename",
}

// securityProcessCreation is the audit event behind process_creation.
const securityProcessCreation = 4688

// GenericCategory names the generic category for one event id of windows/sysmon or windows/security.
// EventType, which may be empty, picks the narrower registry category. It reports false when there is
// none.
func GenericCategory(product, service string, eventID int, eventType string) (string, bool) {
	if !strings.EqualFold(product, "windows") {
		return "", false
	}
	switch strings.ToLower(service) {
	case "security":
		if eventID == securityProcessCreation {
			return "process_creation", true
		}
	case "sysmon":
		if eventID >= 12 && eventID <= 14 {
			if c, ok := registryCategory[strings.ToLower(eventType)]; ok {
				return c, true
			}
			return "registry_event", true
		}
		c, ok := sysmonCategory[eventID]
		return c, ok
	}
	return "", false
}
