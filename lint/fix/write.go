package fix

import (
	"bytes"
	"fmt"
	"os"

	"github.com/sigtune/sigtune/rules/edit"
)

// Diff is the unified diff of a file before and after, as `git apply` reads it; empty when nothing changed.
func Diff(path string, before, after []byte) string { return edit.Diff(path, path, before, after) }

// ChangedError says that a file is not what it was when it was read, so that writing it would lose somebody's work.
type ChangedError struct{ Path string }

func (e *ChangedError) Error() string {
	return fmt.Sprintf("%s was changed while it was being fixed; it was left as it is, run the command again", e.Path)
}

// Write replaces a file at once when it still holds the bytes before; else it gives a *ChangedError. Permissions stay, and a
// symbolic link stays a link to the replaced file. Equal bytes are not written.
func Write(path string, before, after []byte) error {
	if bytes.Equal(before, after) {
		return nil
	}
	now, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", path, err)
	}
	if !bytes.Equal(now, before) {
		return &ChangedError{Path: path}
	}
	return edit.WriteFile(path, after)
}
