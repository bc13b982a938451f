package source

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"
)

// TestEssenceFindsTheSamePlace breaks long rules in many ways: what the shortened text says is what hundreds of prefixes of the whole say.
func TestEssenceFindsTheSamePlace(t *testing.T) {
	if testing.Short() {
		t.Skip("hundreds of prefixes for each broken rule: not with -short")
	}
	breaks := []func(line string) string{
		func(l string) string { return "\t" + l },
		func(l string) string { return strings.TrimSpace(l) },
		func(l string) string { return l[1:] },
		func(l string) string { return " " + l },
		func(l string) string { return strings.Replace(l, "'", "", 1) },
		func(l string) string { return l + "'" },
		func(l string) string { return l + " x" },
		func(l string) string { return "            - 'abc\n" + l },
		func(l string) string { return "            - \"a\\q\"\n" + l },
		func(l string) string { return "            key: value\n" + l },
		func(l string) string { return "            - [a, b\n" + l },
		func(l string) string { return "            - {a: b\n" + l },
		func(l string) string { return "<<<<<<< HEAD\n" + l },
		func(l string) string { return "            - @a\n" + l },
		func(l string) string { return "        Other|contains 'a'\n" + l },
		func(l string) string { return "        Other: a: b\n" + l },
	}
	random := rand.New(rand.NewSource(7))
	confirmed := 0
	for round := range 4 {
		for kind, breakIt := range breaks {
			var lines []string
			lines = append(lines, "title: x", "detection:", "    selection:")
			for list := range 3 {
				lines = append(lines, fmt.Sprintf("        Field%d|contains:", list))
				for i := range 180 {
					switch random.Intn(30) {
					case 0:
						lines = append(lines, "            # a remark")
					case 1:
						lines = append(lines, fmt.Sprintf("            - 'it''s %d'", i))
					default:
						lines = append(lines, fmt.Sprintf("            - 'SHA1=%08x'", i))
					}
				}
			}
			lines = append(lines, "    condition: selection", "level: high", "")
			at := 5 + random.Intn(len(lines)-9)
			lines[at] = breakIt(lines[at])
			b := broken{data: []byte(strings.Join(lines, "\n")), most: 10}
			b.starts = append(b.starts, 0)
			for i, c := range b.data {
				if c == '\n' && i+1 < len(b.data) {
					b.starts = append(b.starts, i+1)
				}
			}
			if b.parses(len(b.data)) {
				continue // this break is none here
			}
			line, column, ok := b.placeInEssence()
			if !ok {
				continue
			}
			confirmed++
			if l, c := b.search(); l != line || c != column {
				t.Errorf("round %d, break %d in line %d: shortened says %d:%d, the whole %d:%d", round, kind, at, line, column, l, c)
			}
		}
	}
	if confirmed < 20 {
		t.Errorf("only %d places were found in the shortened text", confirmed)
	}
	t.Logf("%d places compared", confirmed)
}
