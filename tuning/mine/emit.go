package mine

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/tuning/replay"
)

// Names of the files of a test set.
const (
	excludedName = "excluded.ndjson"
	keptName     = "kept.ndjson"
)

// WriteTests writes a test set that `sigtune test` replays: one event of each kind that the tuned rule leaves out, and one of each that it
// keeps (the true positives, or what stands in for them). rule is the path of the tuned rule as the test file is to name it. Without
// events of either kind there is nothing to test, which is an error.
func (x *Miner) WriteTests(dir, rule string) error {
	m := x.m
	excluded, kept := m.tests()
	if len(excluded) == 0 {
		return errors.New("no test set is written: the tuned rule leaves none of the false positives out")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "name: %s\nrule: %s\nexcluded: %s\n", source.Quote("false positives of "+m.rule.Title.Value), source.Quote(rule), excludedName)
	files := map[string][]map[string]any{excludedName: excluded}
	if len(kept) > 0 {
		fmt.Fprintf(&b, "kept: %s\n", keptName)
		files[keptName] = kept
	}
	for _, name := range sortedKeys(files) {
		data, err := lines(files[name])
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(dir, replay.TestName), b.Bytes(), 0o644)
}

func lines(events []map[string]any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	for _, e := range events {
		if err := encoder.Encode(e); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

// tests are the events that the recommended filters leave out, and those that must stay.
func (m *miner) tests() (excluded, kept []map[string]any) {
	hidden := m.hiddenRows()
	for at := range m.table.rows {
		row := &m.table.rows[at]
		switch {
		case hidden[at] && row.count[falsePositive] > 0:
			excluded = append(excluded, m.table.event(at))
		case !hidden[at] && row.count[truePositive] > 0:
			kept = append(kept, m.table.event(at))
		}
	}
	if len(kept) == 0 {
		kept = m.keptWitnesses()
	}
	return excluded, kept
}
