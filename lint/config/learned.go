package config

import (
	"fmt"
	"os"

	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// KindTaxonomy is the kind of the problems with the file that the key `taxonomy` names. `sigtune learn`, which writes that file, passes over them.
const KindTaxonomy = "taxonomy"

// TaxonomyPath is the file of `sigtune learn` that the configuration names, or empty.
func (c *Config) TaxonomyPath() string {
	return c.beside(c.Taxonomy)
}

// learned reads the file that the key names. Its first problem is one of the configuration, with its own place in the message.
func (r *reader) learned(n *source.Node, c *Config) {
	c.Taxonomy = n.Value
	report := func(message, help string) {
		r.report(n, message, help)
		r.problems[len(r.problems)-1].Kind = KindTaxonomy
	}
	path := c.TaxonomyPath()
	if !r.reaches(n, c, path) {
		return
	}
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		report(fmt.Sprintf("there is no file `%s`", source.Shorten(path)), "`sigtune learn` writes it")
		return
	}
	file := source.Load(path, source.Limits{})
	learned, problems := taxonomy.ReadLearned(file)
	if len(problems) > 0 {
		p := problems[0]
		at := file.Pos(p.Span.Start)
		report(fmt.Sprintf("%s:%d:%d: %s", path, at.Line, at.Column, p.Message), p.Help)
		return
	}
	c.Learned = learned
}
