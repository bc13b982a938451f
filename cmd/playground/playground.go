package playground

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/checks"
	"github.com/sigtune/sigtune/lint/proof"
	lintreport "github.com/sigtune/sigtune/lint/report"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/tuning"
	tunereport "github.com/sigtune/sigtune/tuning/report"
)

// Schema names the form of an answer.
const Schema = "sigtune.playground/1"

// MaxText bounds the text of a call, in bytes: a hundred times the largest published rule and less than a browser needs to stay usable.
const MaxText = 1 << 20

// Request is a call of the page.
type Request struct {
	Text    string `json:"text"`
	Profile string `json:"profile"` // recommended, sigmahq or strict; recommended when empty
}

// Response is the answer. Parts that failed are null, and say why in Errors.
type Response struct {
	Schema    string          `json:"schema"`
	Recovered bool            `json:"recovered"` // the text was a page: Rule is what was found in it
	Rule      string          `json:"rule"`      // the text that findings point into
	Lint      json.RawMessage `json:"lint"`
	Prove     json.RawMessage `json:"prove"`
	Tune      json.RawMessage `json:"tune"`
	Errors    []string        `json:"errors"`
}

// Answer lints, proves and tunes a text. It never panics: what a part of it cannot do is one of the errors.
func Answer(in Request, today time.Time) Response {
	out := Response{Schema: Schema, Rule: in.Text, Errors: []string{}}
	if len(in.Text) > MaxText {
		out.Errors = append(out.Errors, fmt.Sprintf("the text has %d bytes; the playground takes %d. Install sigtune for more", len(in.Text), MaxText))
		return out
	}
	out.part("tune", func() error {
		result, err := tuning.Tune(tuning.Input{Path: name, Text: in.Text, Today: today, As: tuning.Inline})
		if err != nil {
			return err
		}
		if result.Document != nil {
			out.Recovered, out.Rule = true, result.RuleText
		}
		out.Tune, err = encoded(func(w io.Writer) error { return tunereport.JSON(w, result) })
		return err
	})
	file := source.Parse(name, []byte(out.Rule), source.Limits{})
	out.part("lint", func() error {
		engine, err := engine(in.Profile, today)
		if err != nil {
			return err
		}
		result := engine.Run([]lint.Input{{Path: name, File: file}})
		out.Lint, err = encoded(func(w io.Writer) error { return lintreport.JSON(w, result) })
		return err
	})
	out.part("prove", func() error {
		list := proof.Examine(file, proof.Options{})
		if len(list) == 0 {
			return nil
		}
		var err error
		out.Prove, err = encoded(func(w io.Writer) error { return proof.JSON(w, list) })
		return err
	})
	return out
}

// name is the file name that findings carry. Checks of file names would speak of a name that nobody chose.
const name = "rule.yml"

// fileNames are the checks that look at the name and the folder of a file.
var fileNames = []string{"filename-length", "filename-pattern", "filename-prefix", "correlation-filename", "file-extension", "duplicate-filename"}

func engine(profile string, today time.Time) (*lint.Engine, error) {
	all := checks.All()
	chosen := lint.Recommended
	if profile != "" {
		var err error
		if chosen, err = lint.ParseProfile(profile); err != nil {
			return nil, err
		}
	}
	selected, err := lint.Selection{Profile: chosen, Ignore: fileNames}.Apply(all)
	if err != nil {
		return nil, err
	}
	return &lint.Engine{Checks: selected, All: all, Reporters: checks.Reporters(), Facts: lint.Facts{Today: today, Profile: chosen}}, nil
}

// part runs one part of an answer; its errors do not keep the others from being given.
func (r *Response) part(part string, do func() error) {
	defer func() {
		if caught := recover(); caught != nil {
			r.Errors = append(r.Errors, fmt.Sprintf("%s: internal error: %v", part, caught))
		}
	}()
	if err := do(); err != nil {
		r.Errors = append(r.Errors, err.Error())
	}
}

func encoded(write func(io.Writer) error) (json.RawMessage, error) {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
