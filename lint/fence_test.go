package lint

import (
	"os"
	"path/filepath"
	"testing"
)

func TestWhatAFenceHolds(t *testing.T) {
	top := t.TempDir()
	for _, path := range []string{"tree/.git/config", "tree/rules/rule.yml", "tree/.github/x.yml", "outside.yml", "lone/rule.yml"} {
		full := filepath.Join(top, path)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{"tree/out.yml": "../outside.yml", "tree/in.yml": "rules/rule.yml", "tree/up": "..", "tree/nothing.yml": "gone.yml", "tree/loop": "loop", "way": "tree"} {
		if err := os.Symlink(to, filepath.Join(top, link)); err != nil {
			t.Skip("NOT TESTED: that a fence follows links; this system makes none: ", err)
		}
	}
	repository, lone := FenceAround(filepath.Join(top, "tree/rules/rule.yml")), FenceAround(filepath.Join(top, "lone/rule.yml"))
	for _, row := range []struct {
		path             string
		repository, lone bool
	}{
		{"tree/rules/rule.yml", true, false},
		{"tree", true, false},
		{"tree/.github/x.yml", true, false},
		{"tree/in.yml", true, false},
		{"way/rules/rule.yml", true, false},
		{"tree/rules/new/file.yml", true, false},
		{"tree/..file.yml", true, false},
		{"tree/.git/config", false, false},
		{"tree/.GIT/config", false, false},
		{"tree/rules/../../outside.yml", false, false},
		{"tree/out.yml", false, false},
		{"tree/up/outside.yml", false, false},
		{"tree/up/new.yml", false, false},
		{"tree/nothing.yml", false, false},
		{"tree/loop", false, false},
		{"tree/rules/rule.yml/below", false, false},
		{"lone/rule.yml", false, true},
		{"outside.yml", false, false},
	} {
		full := top + string(filepath.Separator) + filepath.FromSlash(row.path)
		if got := repository.Holds(full); got != row.repository {
			t.Errorf("the repository holds %s: %t", row.path, got)
		}
		if got := lone.Holds(full); got != row.lone {
			t.Errorf("the directory holds %s: %t", row.path, got)
		}
	}
	if (Fence{}).Holds(top) {
		t.Error("no fence holds something")
	}
	both := FenceAround(filepath.Join(top, "tree"), filepath.Join(top, "lone"))
	if !both.Holds(filepath.Join(top, "lone/rule.yml")) || !both.Holds(filepath.Join(top, "tree/in.yml")) {
		t.Error("a fence around two")
	}
}
