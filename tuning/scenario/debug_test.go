package scenario

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDebugText(t *testing.T) {
	if os.Getenv("TEXTS") == "" {
		t.Skip()
	}
	files, _ := filepath.Glob("/tmp/corpus/tun/public/" + os.Getenv("TEXTS"))
	for _, f := range files {
		data, _ := os.ReadFile(f)
		var c struct {
			Text      string
			Expect    string
			Logsource map[string]string
			Reference struct{ Alternatives any }
		}
		json.Unmarshal(data, &c)
		kind := KindOther
		switch c.Logsource["category"] {
		case "process_creation":
			kind = KindProcess
		case "file_event":
			kind = KindFile
		case "registry_set":
			kind = KindRegistry
		case "network_connection":
			kind = KindNetwork
		}
		d := Read(c.Text)
		fmt.Printf("== %s %s %s\n%s\n  ref %v\n", filepath.Base(f), c.Expect, kind, strings.TrimSpace(c.Text), c.Reference.Alternatives)
		for _, s := range d.Scenarios {
			fmt.Print(describe(Extract(s, kind)))
		}
	}
}
