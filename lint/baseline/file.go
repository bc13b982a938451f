package baseline

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/sigtune/sigtune/rules/source"
)

// Schema names the form of the file. The form stays additive: fields are added, never changed.
const Schema = "sigtune.baseline/1"

// Write writes the file: JSON with one entry a line, so that git merges two of them line by line.
func (b *Baseline) Write(w io.Writer) error {
	var out bytes.Buffer
	fmt.Fprintf(&out, "{\n\"schema\": %q,\n\"entries\": [", Schema)
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	for i, e := range b.Entries {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteByte('\n')
		if e.Count == 1 {
			e.Count = 0
		}
		if err := encoder.Encode(e); err != nil {
			return fmt.Errorf("writing the baseline: %w", err)
		}
		out.Truncate(out.Len() - 1) // the line break of the encoder
	}
	if len(b.Entries) > 0 {
		out.WriteByte('\n')
	}
	out.WriteString("]\n}\n")
	_, err := w.Write(out.Bytes())
	return err
}

// Error is what is wrong with a baseline file, and where.
type Error struct {
	Path    string
	Pos     source.Pos
	Message string
	Help    string
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s; %s", e.Path, e.Pos.Line, e.Pos.Column, e.Message, e.Help)
}

// Load reads a file. Its paths are relative to its directory. What is wrong with its content is an *Error.
func Load(path string) (*Baseline, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	b, err := Read(path, data)
	if err != nil {
		return nil, err
	}
	b.Root = filepath.Dir(path)
	return b, nil
}

const rewrite = "repair it, or record it anew with `sigtune baseline`"

// Read reads the bytes of a file of this name.
func Read(path string, data []byte) (*Baseline, error) {
	r := reader{file: source.Bare(path, data), decoder: json.NewDecoder(bytes.NewReader(data))}
	if at := conflict.FindIndex(data); at != nil {
		return nil, r.fail(at[0], "a merge was not resolved here", "keep the entries of both sides: they do not depend on each other")
	}
	var head struct {
		Schema *string `json:"schema"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, r.broken(err, 0)
	}
	if head.Schema == nil {
		return nil, r.fail(0, "`schema` is missing, so this is no baseline", rewrite)
	}
	if *head.Schema != Schema {
		at := max(bytes.Index(data, []byte(`"schema"`)), 0)
		help := rewrite
		if strings.HasPrefix(*head.Schema, "sigtune.baseline/") {
			help = "it was written by another version of sigtune: use that one, or record it anew with `sigtune baseline`"
		}
		return nil, r.fail(at, fmt.Sprintf("the schema is `%s`, not `%s`", source.Shorten(*head.Schema), Schema), help)
	}
	b := &Baseline{Path: path, data: data}
	entries, err := r.entries()
	if err != nil {
		return nil, err
	}
	b.Entries = entries
	return b, nil
}

// conflict is what git leaves in a file that it could not merge.
var conflict = regexp.MustCompile(`(?m)^(<<<<<<<|=======|>>>>>>>)`)

type reader struct {
	file    *source.File
	decoder *json.Decoder
}

func (r *reader) fail(offset int, message, help string) *Error {
	return &Error{r.file.Path, r.file.Pos(offset), message, help}
}

// broken words an error of the JSON library about text that begins at an offset.
func (r *reader) broken(err error, base int) *Error {
	var syntax *json.SyntaxError
	var mistyped *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return r.fail(base+max(int(syntax.Offset)-1, 0), "not well-formed JSON: "+syntax.Error(), rewrite)
	case errors.As(err, &mistyped):
		what := "the file"
		if mistyped.Field != "" {
			what = "`" + mistyped.Field + "`"
		}
		return r.fail(base+max(int(mistyped.Offset)-1, 0), fmt.Sprintf("%s is a %s", what, mistyped.Value), rewrite)
	}
	return r.fail(base, "not well-formed JSON: "+err.Error(), rewrite)
}

var codeForm = regexp.MustCompile(`^SIG\d{4}$`)

// entries reads the list, with the place of each.
func (r *reader) entries() ([]Entry, error) {
	d := r.decoder
	if _, err := d.Token(); err != nil { // the brace, as the file is known to be an object
		return nil, r.broken(err, 0)
	}
	var entries []Entry
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, r.broken(err, 0)
		}
		if name != "entries" {
			var skipped json.RawMessage
			if err := d.Decode(&skipped); err != nil {
				return nil, r.broken(err, 0)
			}
			continue
		}
		open, err := d.Token()
		if err != nil {
			return nil, r.broken(err, 0)
		}
		if open != json.Delim('[') {
			return nil, r.fail(int(d.InputOffset())-1, "`entries` is not a list", rewrite)
		}
		for d.More() {
			e, err := r.entry()
			if err != nil {
				return nil, err
			}
			entries = append(entries, e)
		}
		if _, err := d.Token(); err != nil {
			return nil, r.broken(err, 0)
		}
	}
	return entries, nil
}

func (r *reader) entry() (e Entry, _ error) {
	var raw json.RawMessage
	if err := r.decoder.Decode(&raw); err != nil {
		return e, r.broken(err, 0)
	}
	end := int(r.decoder.InputOffset())
	start := end - len(raw)
	if err := json.Unmarshal(raw, &e); err != nil {
		return e, r.broken(err, start)
	}
	e.span = source.Span{Start: start, End: end}
	switch {
	case e.Path == "":
		return e, r.fail(start, "the entry has no `path`", rewrite)
	case !codeForm.MatchString(e.Code):
		return e, r.fail(start, fmt.Sprintf("`%s` is no code of a check", source.Shorten(e.Code)), rewrite)
	case e.Count < 0:
		return e, r.fail(start, fmt.Sprintf("a `count` of %d means nothing", e.Count), rewrite)
	}
	return e, nil
}
