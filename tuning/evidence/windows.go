package evidence

import (
	"maps"
	"slices"
	"strings"
)

// windowsFields are the fields of a Windows event in the nested form of evtx dumps and event XML, or nil when the object is none: those of
// EventData or UserData under their own names, those of System where EventData has no such name, attributes of System as Element_Attribute
// (`Provider_Name`). Sigma writes names without blanks (`ProcessName`) where Microsoft Defender's log has them.
func windowsFields(object map[string]any) map[string]any {
	root, ok := object["Event"].(map[string]any)
	if !ok {
		return nil
	}
	system, ok := root["System"].(map[string]any)
	if !ok {
		return nil
	}
	out := map[string]any{}
	dataFields(out, root["EventData"])
	if user, ok := root["UserData"].(map[string]any); ok {
		for _, name := range slices.Sorted(maps.Keys(user)) { // one element, named by the provider
			if !strings.HasPrefix(name, "#") {
				dataFields(out, user[name])
			}
		}
	}
	for name, v := range system {
		systemField(out, name, v)
	}
	if rendering, ok := root["RenderingInfo"].(map[string]any); ok {
		if message, ok := textOf(rendering["Message"]).(string); ok && message != "" {
			setAbsent(out, "Message", message)
		}
	}
	return out
}

func setAbsent(out map[string]any, name string, v any) {
	if _, there := out[name]; !there {
		out[name] = v
	}
}

// dataFields takes the fields of EventData, or of the element inside UserData.
func dataFields(out map[string]any, data any) {
	fields, _ := data.(map[string]any)
	var blank []string // names with blanks: the same name without them goes first
	for name, v := range fields {
		switch {
		case strings.HasPrefix(name, "#"):
		case name == "Data": // without names
			setAbsent(out, name, unnamed(v))
		case strings.Contains(name, " "):
			blank = append(blank, name)
		default:
			setAbsent(out, name, textOf(v))
		}
	}
	slices.Sort(blank)
	for _, name := range blank {
		setAbsent(out, strings.ReplaceAll(name, " ", ""), textOf(fields[name]))
	}
}

// unnamed are the texts of <Data> without a name, one or several; evtx_dump writes them under `#text`. A list may hold named ones as
// `{"@Name": …, "#text": …}` in other dumps; their names are lost here, their texts are not.
func unnamed(v any) any {
	if object, ok := v.(map[string]any); ok {
		if text, ok := object["#text"]; ok {
			return text
		}
	}
	if list, ok := v.([]any); ok {
		texts := make([]any, len(list))
		for i := range list {
			texts[i] = textOf(list[i])
		}
		return texts
	}
	return v
}

// textOf leaves attributes out where there is text beside them.
func textOf(v any) any {
	if object, ok := v.(map[string]any); ok {
		if text, ok := object["#text"]; ok {
			return text
		}
	}
	return v
}

// systemField takes an element of System. Dumps write its attributes below it or beside it.
func systemField(out map[string]any, name string, v any) {
	if of, isAttributes := strings.CutSuffix(name, "_attributes"); isAttributes {
		if attributes, ok := v.(map[string]any); ok {
			attributeFields(out, of, attributes)
		}
		return
	}
	object, ok := v.(map[string]any)
	if !ok {
		if v != nil {
			setAbsent(out, name, v)
		}
		return
	}
	if attributes, ok := object["#attributes"].(map[string]any); ok {
		attributeFields(out, name, attributes)
	}
	if text, ok := object["#text"]; ok {
		setAbsent(out, name, text)
	}
}

func attributeFields(out map[string]any, element string, attributes map[string]any) {
	for name, v := range attributes {
		setAbsent(out, element+"_"+name, v)
	}
}
