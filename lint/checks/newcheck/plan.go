package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/token"
	"path"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/manual"
)

// plan is what will be written.
type plan struct {
	check    lint.Check
	list     list
	function string // empty for a check without one
	test     string
	files    []written
}

// written is one file as it will be, with its path below the root.
type written struct {
	path string
	data []byte
}

// longestFile is the number of lines above which the style asks which second idea moved in.
const longestFile = 500

// plan decides what to write, or says why not.
func (k *known) plan(r request) (*plan, error) {
	if err := k.accept(r); err != nil {
		return nil, err
	}
	l, before, err := k.target(r)
	if err != nil {
		return nil, err
	}
	if r.sees == "" {
		r.sees = "document"
		if neighbour := l.checks[max(before, 0)]; neighbour.sees != "nothing" {
			r.sees = neighbour.sees
		}
	}
	kind := kinds[slices.Index(kindNames(), r.sees)]
	p := &plan{list: l, check: lint.Check{Code: r.code, Name: r.name, Severity: lint.Info, Profiles: lint.Strict, Doc: unwritten, Needs: kind.needs}}
	if kind.field != "" {
		p.function = k.fresh(camel(r.name, false), "check"+camel(r.name, true))
	}
	p.test = k.fresh("Test"+camel(r.name, true), "TestOf"+camel(r.name, true))

	code, err := p.declaration(kind, before)
	if err != nil {
		return nil, err
	}
	test, err := p.testFile(k)
	if err != nil {
		return nil, err
	}
	page := written{path.Join(pagesDir, manual.FileName(&p.check)), []byte((&manual.Manual{}).Page(&p.check))}
	p.files = []written{code, test, page}
	return p, nil
}

// fresh is the first of some names that the package does not declare yet, or the last one with a number.
func (k *known) fresh(names ...string) string {
	for _, name := range names {
		if !k.idents[name] && !token.IsKeyword(name) && !predeclared[name] {
			return name
		}
	}
	last := names[len(names)-1]
	for n := 2; ; n++ {
		if name := fmt.Sprint(last, n); !k.idents[name] {
			return name
		}
	}
}

// predeclared are words of Go that a function of the package would hide.
var predeclared = map[string]bool{"any": true, "append": true, "cap": true, "clear": true, "close": true, "copy": true, "delete": true, "error": true, "init": true, "len": true,
	"main": true, "make": true, "max": true, "min": true, "new": true, "panic": true, "print": true, "recover": true, "string": true}

// insertion is text to put at an offset.
type insertion struct {
	at   int
	text string
}

// insert puts texts into a file and formats it.
func insert(data []byte, insertions ...insertion) ([]byte, error) {
	slices.SortStableFunc(insertions, func(a, b insertion) int { return b.at - a.at })
	for _, i := range insertions {
		data = slices.Concat(data[:i.at], []byte(i.text), data[i.at:])
	}
	return format.Source(data)
}

// declaration is the file of the list with the declaration and the function.
func (p *plan) declaration(kind kind, before int) (written, error) {
	f := p.list.file
	literal := literalOf(p, kind)
	var insertions []insertion
	after := len(f.data)
	if before < 0 {
		insertions = append(insertions, insertion{p.list.checks[0].start, literal + ",\n"})
	} else {
		previous := p.list.checks[before]
		insertions = append(insertions, insertion{previous.end, ",\n" + literal})
		if previous.function != "" {
			after = f.endOf(previous.function)
		}
	}
	if p.function != "" {
		insertions = append(insertions, insertion{after, functionOfKind(p, kind)})
	}
	data, err := insert(f.data, insertions...)
	if err != nil {
		return written{}, fmt.Errorf("%s would not parse: %w", f.name, err)
	}
	return written{path.Join(checksDir, f.name), data}, nil
}

// testFile is the test file beside the list, with a test of the check.
func (p *plan) testFile(k *known) (written, error) {
	name := strings.TrimSuffix(p.list.file.name, ".go") + "_test.go"
	f := k.of(name)
	var data []byte
	var err error
	if f == nil {
		data, err = format.Source([]byte(testHeader + testOf(p)))
	} else {
		data, err = insert(f.data, append(imports(f, testImports), insertion{len(f.data), testOf(p)})...)
	}
	if err != nil {
		return written{}, fmt.Errorf("%s would not parse: %w", name, err)
	}
	return written{path.Join(checksDir, name), data}, nil
}

// imports puts what a file does not import yet where the file has its imports: packages of the library first, ours after a blank line.
func imports(f *file, wanted []string) []insertion {
	present := map[string]bool{}
	var ours *ast.ImportSpec
	for _, spec := range f.tree.Imports {
		present[strings.Trim(spec.Path.Value, `"`)] = true
		if strings.HasPrefix(spec.Path.Value, `"`+module) {
			ours = spec
		}
	}
	block := (*ast.GenDecl)(nil)
	for _, d := range f.tree.Decls {
		if d, ok := d.(*ast.GenDecl); ok && d.Tok == token.IMPORT && d.Lparen.IsValid() {
			block = d
			break
		}
	}
	var out []insertion
	for _, path := range wanted {
		line := fmt.Sprintf("%q\n", path)
		switch {
		case present[path]:
		case block == nil:
			out = append(out, insertion{f.offset(f.tree.Name.End()), "\n\nimport " + line})
		case !strings.HasPrefix(path, module):
			out = append(out, insertion{f.offset(block.Lparen) + 1, "\n" + line})
		case ours != nil:
			out = append(out, insertion{f.offset(ours.Pos()), line})
		default:
			out = append(out, insertion{f.offset(block.Rparen), "\n" + line})
		}
	}
	return out
}

// report says what was written, and what to do next.
func (p *plan) report() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s, family %s. Written:\n", p.check.Code, p.check.Name, lint.Families[p.check.Family()])
	for _, f := range p.files {
		fmt.Fprintf(&b, "  %s\n", f.path)
	}
	if lines := bytes.Count(p.files[0].data, []byte("\n")); lines > longestFile {
		fmt.Fprintf(&b, "%s has %d lines now: ask which second idea moved in, and give it a file.\n", p.files[0].path, lines)
	}
	steps := []string{"write what begins with `TODO:` in the declaration; choose severity and profiles (a new check starts as info in strict)"}
	if p.function != "" {
		steps = append(steps, "write "+p.function+"; say `never` or `everything` only where that is proven")
	} else {
		steps = append(steps, "let the parser or a reporter tell a problem whose Kind is `"+p.check.Name+"`")
	}
	steps = append(steps,
		"write the rows of "+p.test+": what it finds, and what looks alike and is quiet",
		"go test ./lint/checks -update    freezes code and name, and measures the check on the published rules: read what changed",
		"go test ./cmd/sigtune -run Pages -update    renders the page",
		"name it in CHANGELOG.md",
	)
	b.WriteString("Next:\n")
	for n, step := range steps {
		fmt.Fprintf(&b, "  %d. %s\n", n+1, step)
	}
	return b.String()
}
