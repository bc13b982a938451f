package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/sigtune/sigtune/schema/attack"
)

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "generate:", err)
		}
		os.Exit(2)
	}
}

// fileList collects a flag that may be given several times.
type fileList []string

func (l *fileList) String() string         { return strings.Join(*l, " ") }
func (l *fileList) Set(value string) error { *l = append(*l, value); return nil }

func run(args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("generate", flag.ContinueOnError)
	flags.SetOutput(stderr)
	var bundles fileList
	flags.Var(&bundles, "stix", "STIX 2.0 or 2.1 bundle of one ATT&CK domain; once per domain")
	seed := flags.String("seed", "", "ATT&CK in the JSON form of the seed file, instead of -stix")
	d3fend := flags.String("d3fend", "", "D3FEND in the JSON form of the seed file, instead of -stix")
	output := flags.String("o", "", "file to write; standard output when absent")
	version := flags.String("version", "", "ATT&CK version, when the bundles do not state it")
	source := flags.String("source", "", "where the bundles came from, for the table's header")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q; name bundles with -stix", flags.Arg(0))
	}
	table, err := build(inputs{bundles, *seed, *d3fend, *version, *source}, stderr)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := table.Write(&text); err != nil {
		return err
	}
	if *output == "" {
		_, err = stdout.Write(text.Bytes())
		return err
	}
	return os.WriteFile(*output, text.Bytes(), 0o644)
}

type inputs struct {
	bundles                       fileList
	seed, d3fend, version, source string
}

// build reads whichever input was given and returns the finished table.
func build(in inputs, notes io.Writer) (interface{ Write(io.Writer) error }, error) {
	switch {
	case in.d3fend != "" && in.seed == "" && in.bundles == nil:
		return readD3FEND(in.d3fend)
	case in.seed != "" && in.d3fend == "" && in.bundles == nil:
		t, err := readSeed(in.seed)
		if err != nil {
			return nil, err
		}
		return t, t.Validate()
	case in.bundles != nil && in.seed == "" && in.d3fend == "":
		t, err := readSTIX(in)
		if err != nil {
			return nil, err
		}
		t = carryOver(t, attack.Bundled(), notes)
		return t, t.Validate()
	}
	return nil, errors.New("name one kind of input: -stix BUNDLE (several), -seed FILE or -d3fend FILE")
}

// noticeLines is the notice as the header of a table holds it.
func noticeLines(text string) []string {
	var lines []string
	for _, line := range strings.Split(text, "\n") {
		if line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}
