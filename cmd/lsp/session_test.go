package lsp

import (
	"strings"
	"testing"
)

const openFiles = `title: Open Files 𝔘 Listing
id: 6f1f7c3e-5a53-4b3f-9a52-0f5f6e0b8c11
status: test
description: Detects a program that lists open files
author: nobody
date: 2026-01-02
tags:
    - attack.discovery
    - attack.t1049
logsource:
    product: linux
    category: process_creation
detection:
    selection_image:
        Image|endswith: '/lsof'
    selection_cli:
        CommandLine|contains: ' -i'
    condition: all of selection_*
level: low
`

func TestAnEditorSeesWhatIsWrongWithEveryVersion(t *testing.T) {
	c := connect(t, "", nil)
	uri := c.open("/rules/open.yml", openFiles)
	c.hasNot(uri, "SIG0701")
	c.replace(uri, "all of selection_*", "selection_image and selection_net")
	d := c.has(uri, "SIG0702")
	if got := string(c.texts[uri].data[c.texts[uri].span(d.Range).Start:c.texts[uri].span(d.Range).End]); got != "selection_net" {
		t.Errorf("marked is %q", got)
	}
	c.replace(uri, "selection_net", "selection_cli")
	c.hasNot(uri, "SIG0702")
	c.replace(uri, "𝔘 Listing", "𝔘𝔘 Listing: x") // half-typed and no YAML
	c.has(uri, "SIG0101")
	c.leave()
}

func TestAnEditorAsksWhatThingsAre(t *testing.T) {
	c := connect(t, "", nil)
	uri := c.open("/rules/open.yml", openFiles)
	for _, row := range []struct {
		words, want string
		behind      int
	}{
		{"endswith", "the field ends with the value", 2},
		{"Image|", "**Image**", 1},
		{"attack.t1049", "System Network Connections Discovery", 9},
		{"attack.discovery", "Discovery", 9},
		{"selection_image:", "asks for about", 3},
		{"all of", "/lsof", 1},
		{"level", "how bad a hit is", 1},
		{"low\n", "seldom", 1},
		{"linux", "published rule", 1},
		{"status", "how mature", 1},
	} {
		var h hover
		c.call("textDocument/hover", c.at(uri, row.words, row.behind), &h)
		if !strings.Contains(h.Contents.Value, row.want) {
			t.Errorf("about %q: %q does not say %q", row.words, h.Contents.Value, row.want)
		}
	}
	c.replace(uri, "all of selection_*", "selection_image")
	c.has(uri, "SIG0704")
	var h hover
	c.call("textDocument/hover", c.at(uri, "selection_cli", 3), &h)
	if !strings.Contains(h.Contents.Value, "SIG0704") || !strings.Contains(h.Contents.Value, "no condition uses it") {
		t.Errorf("a finding is not explained: %q", h.Contents.Value)
	}
	c.leave()
}
