package main

import (
	"os"
	"time"

	"github.com/fatih/color"
)

func main() {
	c := &cli{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
		colour: !color.NoColor, // not a terminal, NO_COLOR or TERM=dumb switch it off
		now:    time.Now,
	}
	os.Exit(c.run(os.Args[1:]))
}
