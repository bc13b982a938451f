package main

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/revision"
	"github.com/sigtune/sigtune/rules"
)

// ties are what a file that did not change can have to do with the documents that did.
type ties struct {
	words [][]byte        // ids, names and titles of theirs and of what they name; in lower case
	names map[string]bool // of their files
	kin   []kinship       // of their rules
	all   bool            // any file may be concerned
}

// kinship is what a rule that looks for something of the same has to hold, in lower case.
type kinship struct {
	logsource [][]byte // each of its words
	words     [][]byte // one of them
}

// narrow leaves the files that have nothing to do with a change to be looked at for what others refer to, as those around a linted directory are:
// that costs a fifth of linting them. What remains are files that name a changed document or are named by one, that share its title or
// file name, and rules of the same log source that look for something rare of the same. A rule that relates to a changed one without a rare word in
// common is missed; --whole-tree looks at all of them.
func narrow(inputs []lint.Input, changed map[string]bool, pairs []revision.Pair) {
	t := tied(pairs)
	if t.all {
		return
	}
	texts := make([][]byte, len(inputs)) // of those that may be left
	inParallel(len(inputs), func(i int) {
		in := inputs[i]
		if in.Context || in.File != nil || changed[absolute(in.Path)] || t.names[filepath.Base(in.Path)] {
			return
		}
		if data, err := os.ReadFile(in.Path); err == nil {
			texts[i] = bytes.ToLower(data)
		}
	})
	t.forget(texts)
	inParallel(len(inputs), func(i int) {
		if texts[i] != nil && !t.concern(texts[i]) {
			inputs[i].Context = true
		}
	})
}

// inParallel does n things on all processors, each by itself.
func inParallel(n int, do func(i int)) {
	var workers sync.WaitGroup
	all := runtime.GOMAXPROCS(0)
	for w := range all {
		workers.Go(func() {
			for i := w; i < n; i += all {
				do(i)
			}
		})
	}
	workers.Wait()
}

// common is in how many files a word stands before it says nothing about what a rule looks for: `powershell` stands in 700 of 3,780. Of the
// published rules 200 are a twentieth.
const common = 200

// forget drops words that stand in too many files, unless a rule has no others.
func (t *ties) forget(texts [][]byte) {
	place := map[string]int{}
	var words [][]byte
	for _, k := range t.kin {
		for _, w := range k.words {
			if _, known := place[string(w)]; !known {
				place[string(w)] = len(words)
				words = append(words, w)
			}
		}
	}
	frequent := make([]bool, len(words))
	inParallel(len(words), func(i int) {
		n := 0
		for k := 0; k < len(texts) && n < common; k++ {
			if bytes.Contains(texts[k], words[i]) {
				n++
			}
		}
		frequent[i] = n == common
	})
	for i := range t.kin {
		var rare [][]byte
		for _, w := range t.kin[i].words {
			if !frequent[place[string(w)]] {
				rare = append(rare, w)
			}
		}
		if len(rare) > 0 {
			t.kin[i].words = rare
		}
	}
}

// silencers are words of comments that silence what rules have to do with each other. Whether such a comment is needed, only all rules can tell.
var silencers = []string{"sig0820", "sig0821", "sig0822", "sig0823", "duplicate-rule", "subsumed-by", "undeclared-narrower"}

func tied(pairs []revision.Pair) *ties {
	t := &ties{names: map[string]bool{}}
	for _, p := range pairs {
		if p.Context {
			continue
		}
		for _, v := range []revision.Version{p.Old, p.New} {
			if v.Document == nil {
				continue
			}
			t.names[filepath.Base(v.Path)] = true
			head := v.Document.Base()
			text := strings.ToLower(string(head.File.Data))
			t.all = t.all || slices.ContainsFunc(silencers, func(s string) bool { return strings.Contains(text, s) })
			for _, word := range []rules.Text{head.ID, head.Name, head.Title} {
				t.word(word.Value)
			}
			for _, r := range head.Related {
				t.word(r.ID.Value)
			}
			switch d := v.Document.(type) {
			case *rules.Filter:
				t.all = t.all || d.Any
				for _, r := range d.Rules {
					t.word(r.Value)
				}
			case *rules.Correlation:
				for _, r := range d.Rules {
					t.word(r.Value)
				}
			case *rules.Rule:
				t.rule(d)
			}
		}
	}
	return t
}

func (t *ties) word(s string) {
	if w := []byte(strings.ToLower(strings.TrimSpace(s))); len(w) > 0 && !slices.ContainsFunc(t.words, func(o []byte) bool { return bytes.Equal(o, w) }) {
		t.words = append(t.words, w)
	}
}

// rule takes the words of what a rule looks for.
func (t *ties) rule(r *rules.Rule) {
	var k kinship
	for _, part := range []rules.Text{r.Logsource.Product, r.Logsource.Category, r.Logsource.Service} {
		if part.Value != "" {
			k.logsource = append(k.logsource, []byte(strings.ToLower(part.Value)))
		}
	}
	add := func(w string) {
		if !slices.ContainsFunc(k.words, func(o []byte) bool { return string(o) == w }) {
			k.words = append(k.words, []byte(w))
		}
	}
	for _, d := range r.Detection.Named {
		d.Block.Each(func(i *rules.Item) {
			for _, test := range i.Tests {
				if test.Value == nil {
					continue
				}
				words := strings.FieldsFunc(strings.ToLower(test.Value.Text), func(r rune) bool { return strings.ContainsRune(` \/:*?"'|,;=()[]{}<>.`, r) })
				for _, w := range words {
					if len(w) >= shortestWord && !everywhere[w] {
						add(w)
					}
				}
				if len(words) == 1 && len(words[0]) < shortestWord && words[0] != "" {
					add(strings.ToLower(test.Value.Text)) // a number, a flag
				}
			}
		})
	}
	t.kin = append(t.kin, k)
}

// shortestWord is how long a word is that says something; shorter ones stand in most rules.
const shortestWord = 4

// everywhere are words that say nothing about what a rule looks for, however long: parts of paths.
var everywhere = map[string]bool{"windows": true, "system32": true, "syswow64": true, "program": true, "files": true, "users": true, "appdata": true, "local": true, "temp": true}

// concern reports that a text in lower case has to do with what changed.
func (t *ties) concern(text []byte) bool {
	for _, w := range t.words {
		if bytes.Contains(text, w) {
			return true
		}
	}
	for _, k := range t.kin {
		lacks := slices.ContainsFunc(k.logsource, func(w []byte) bool { return !bytes.Contains(text, w) })
		if !lacks && slices.ContainsFunc(k.words, func(w []byte) bool { return bytes.Contains(text, w) }) {
			return true
		}
	}
	return false
}
