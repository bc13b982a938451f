package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestThePictureIsCurrent(t *testing.T) {
	root := filepath.Join("..", "..", "..")
	want, err := draw(root)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(picture)))
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("%s does not show what the command prints now; run go run ./docs/images/generate", picture)
	}
}

func TestParseReadsWhatThePaletteWrites(t *testing.T) {
	lines := parse("a \x1b[31;1mb\x1b[0;22m c\n\nd\n")
	if len(lines) != 3 || lines[0].String() != "a b c" || lines[0][1] != (run{"b", "red bold"}) || lines[0][2] != (run{" c", ""}) {
		t.Errorf("%v", lines)
	}
}
