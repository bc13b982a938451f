package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path"
	"strings"

	"github.com/sigtune/sigtune/schema/commonness"
)

// leastSeen is how often a value has to be seen for its share to replace the estimate.
const leastSeen = 20

const longestLine = 4 << 20

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "generate: name files of benign events")
		os.Exit(2)
	}
	c := newCounts()
	for _, name := range os.Args[1:] {
		f, err := os.Open(name)
		if err == nil {
			err = c.read(f)
			f.Close()
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "generate: %s: %v\n", name, err)
			os.Exit(1)
		}
	}
	c.print(os.Stdout)
}

// counts are those of rows, and of the events that could have held them.
type counts struct {
	of  map[string]int // by kind and name
	all map[string]int // by what a share is of: a kind, a channel, a field

	rows []commonness.Row
}

func newCounts() *counts { return &counts{map[string]int{}, map[string]int{}, commonness.Rows()} }

func (c *counts) read(r io.Reader) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 64<<10), longestLine)
	for lines.Scan() {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		e, err := event(lines.Bytes())
		if err != nil {
			return err
		}
		c.see(e)
	}
	return lines.Err()
}

// event is the scalar fields of an object, names and values in lower case.
func event(line []byte) (map[string]string, error) {
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.UseNumber()
	var fields map[string]any
	if err := decoder.Decode(&fields); err != nil {
		return nil, fmt.Errorf("an event is a JSON object: %w", err)
	}
	out := map[string]string{}
	for name, v := range fields {
		switch v.(type) {
		case string, json.Number, bool:
			out[strings.ToLower(name)] = strings.ToLower(fmt.Sprint(v))
		}
	}
	return out, nil
}

func (c *counts) see(e map[string]string) {
	if image, ok := e["image"]; ok {
		c.all["program"]++
		c.of["program\t"+base(image)]++
	}
	if file, ok := e["targetfilename"]; ok {
		c.all["extension"]++
		c.of["extension\t"+path.Ext(base(file))]++
	}
	if channel, id := e["channel"], e["eventid"]; channel != "" && id != "" {
		service := commonness.Service(channel)
		c.all["event\t"+service]++
		c.of["event\t"+service+"/"+id]++
	}
	for _, row := range c.rows {
		if row.Kind != commonness.Value {
			continue
		}
		field, value, _ := strings.Cut(row.Name, "/")
		if got, ok := e[field]; ok {
			c.all["value\t"+row.Name]++
			if got == value {
				c.of["value\t"+row.Name]++
			}
		}
	}
}

func base(file string) string { return path.Base(strings.ReplaceAll(file, `\`, "/")) }

func (c *counts) print(w io.Writer) {
	for _, row := range c.rows {
		bits := row.Bits
		all := string(row.Kind)
		switch row.Kind {
		case commonness.Event:
			channel, _, _ := strings.Cut(row.Name, "/")
			all += "\t" + channel
		case commonness.Value:
			all += "\t" + row.Name
		}
		if n := c.of[string(row.Kind)+"\t"+row.Name]; n >= leastSeen {
			bits = math.Round(10*math.Log2(float64(c.all[all])/float64(n))) / 10
		}
		fmt.Fprintf(w, "%s\t%s\t%g\t%s\n", row.Kind, row.Name, bits, row.Why)
	}
}
