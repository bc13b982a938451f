package report

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/rules/source"
)

// Event is an event on one line, fields in alphabetical order, safe to print.
func Event(e map[string]any) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(e); err != nil {
		return source.Visible(fmt.Sprint(e))
	}
	return source.Visible(strings.TrimSuffix(b.String(), "\n"))
}
