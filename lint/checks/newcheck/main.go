package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

const usage = `usage: go run ./lint/checks/newcheck [-sees what] [-file name.go] SIG0657 name-of-check

Begins a check: declaration, function, test and page.
`

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run is the command with its streams given: 0 when the check was begun, 1 when it was refused, 2 for a command line that says nothing.
func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("newcheck", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
	}
	wanted := request{}
	flags.StringVar(&wanted.sees, "sees", "", "what the check looks at: "+strings.Join(kindNames(), ", ")+" (default: what its neighbour looks at)")
	flags.StringVar(&wanted.file, "file", "", "the file with the list to put it in (default: that of the nearest code below)")
	root := flags.String("root", "", "the root of the repository (default: above the working directory)")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	if flags.NArg() != 2 {
		flags.Usage()
		return 2
	}
	wanted.code, wanted.name = flags.Arg(0), flags.Arg(1)
	if err := begin(*root, wanted, stdout); err != nil {
		fmt.Fprintf(stderr, "newcheck: %v\n", err)
		return 1
	}
	return 0
}

// begin reads the checks, decides, writes and says what is next.
func begin(root string, wanted request, stdout io.Writer) error {
	if root == "" {
		var err error
		if root, err = findRoot(); err != nil {
			return err
		}
	}
	known, err := readChecks(filepath.Join(root, checksDir))
	if err != nil {
		return err
	}
	plan, err := known.plan(wanted)
	if err != nil {
		return err
	}
	for _, f := range plan.files {
		path := filepath.Join(root, filepath.FromSlash(f.path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, f.data, 0o644); err != nil {
			return err
		}
	}
	fmt.Fprint(stdout, plan.report())
	return nil
}

const (
	checksDir = "lint/checks"
	pagesDir  = "docs/checks"
)

// findRoot is the directory at or above the working directory that holds the checks.
func findRoot() (string, error) {
	here, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := here; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, checksDir, "all.go")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("no %s at or above %s; change to the repository, or name it with -root", checksDir, here)
		}
	}
}
