package page

import (
	_ "embed"
	"encoding/json"
	"strings"
)

//go:embed index.html
var index string

//go:embed style.css
var style string

//go:embed play.js
var play string

//go:embed worker.js
var worker string

//go:embed rule.yml
var rule string

// Render makes the page. The program is gzip in base64.
func Render(runtime, program, hunt string) ([]byte, error) {
	texts, err := json.Marshal(map[string]string{"rule": rule, "hunt": hunt, "worker": runtime + "\n" + worker})
	if err != nil {
		return nil, err
	}
	// json.Marshal writes < as \u003c, so no text can end the script that holds it.
	page := strings.NewReplacer("/*style*/", style, "/*texts*/null", string(texts), "/*play*/", play, "<!--program-->", program).Replace(index)
	return []byte(page), nil
}
