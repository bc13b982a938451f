package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/sigtune/sigtune/rules/source"
)

// maxInput is the size limit of files that are read whole, that of rules (check limit-exceeded).
const maxInput = 4 << 20

// readInput reads a named file, or standard input for `-`, up to the limit of one rule file.
func (c *cli) readInput(path string) (string, error) {
	r := c.stdin
	if path != "-" {
		f, err := openFile(path)
		if err != nil {
			return "", err
		}
		defer f.Close()
		r = f
	}
	data, err := io.ReadAll(io.LimitReader(r, maxInput+1))
	if err != nil {
		return "", unreadable(path, err)
	}
	if len(data) > maxInput {
		return "", unreadable(path, fmt.Errorf("larger than %d bytes; name the rule or page alone", maxInput))
	}
	return string(data), nil
}

// readText is readInput for text that need not be YAML: it refuses what is not UTF-8, with the place.
func (c *cli) readText(path string) (string, *source.File, error) {
	text, err := c.readInput(path)
	if err != nil {
		return "", nil, err
	}
	file := source.Parse(path, []byte(text), source.Limits{})
	for _, p := range file.Problems {
		if p.Kind == source.KindEncoding || p.Kind == source.KindLimit {
			return "", nil, failure{exitFailed, errors.New(describe(file, p))}
		}
	}
	return text, file, nil
}

func openFile(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		err = errors.New("is a directory; name one file")
	}
	if err != nil {
		return nil, unreadable(path, err)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	return f, nil
}

func unreadable(path string, err error) error {
	return failure{exitFailed, fmt.Errorf("%s: %s", path, reason(err))}
}

// reason leaves the path out of an error of the file system: whoever prints it has named the file.
func reason(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "no such file or directory"
	}
	if e := (*fs.PathError)(nil); errors.As(err, &e) {
		return e.Err.Error()
	}
	return err.Error()
}

// broken are the kinds of problems that cost a document. The others are for `sigtune lint`.
var broken = map[string]bool{
	source.KindUnreadable: true, source.KindLimit: true, source.KindEncoding: true, source.KindSyntax: true,
}

// complainBroken says which documents of a file cannot be used, and why.
func (c *cli) complainBroken(file *source.File) {
	for _, p := range file.Problems {
		if broken[p.Kind] {
			c.complain("%s", describe(file, p))
			c.fail(exitFailed)
		}
	}
}

// describe is a problem on one line: its place, what is wrong, and what to do.
func describe(file *source.File, p source.Problem) string {
	text := file.Path
	if len(file.Data) > 0 {
		pos := file.Pos(p.Span.Start)
		text += fmt.Sprintf(":%d:%d", pos.Line, pos.Column)
	}
	text += ": " + p.Message
	if p.Help != "" {
		text += "; " + p.Help
	}
	return text
}
