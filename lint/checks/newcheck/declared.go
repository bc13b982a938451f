package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// known is the package of checks as its source has it. It is read and not run: the package may be in the middle of an edit.
type known struct {
	dir    string
	files  []*file
	lists  []list            // of checks, in the order of files
	codes  map[string]string // that are or were in use, with their names; empty where the name is a constant of another package
	names  map[string]string // that are or were in use, aliases too, with their codes
	idents map[string]bool   // declared at the top of the package, its tests included
}

// file is one file of the package.
type file struct {
	name   string
	data   []byte
	tree   *ast.File
	offset func(token.Pos) int
}

// list is one list of checks in a file.
type list struct {
	file   *file
	checks []declared
}

// declared is one declaration of a check in a list.
type declared struct {
	code       string
	start, end int    // offsets in the file, without the comma
	sees       string // which function it has: Document, Tree, Change or none
	function   string // its name, when it is a function of its own
}

// readChecks reads the package and the codes that were frozen.
func readChecks(dir string) (*known, error) {
	k := &known{dir: dir, codes: map[string]string{}, names: map[string]string{}, idents: map[string]bool{}}
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, path, data, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("the checks cannot be read: %w", err)
		}
		f := &file{name: filepath.Base(path), data: data, tree: tree, offset: func(p token.Pos) int { return set.Position(p).Offset }}
		k.files = append(k.files, f)
		k.declarations(f)
		if !strings.HasSuffix(f.name, "_test.go") {
			k.checks(f)
		}
	}
	if len(k.lists) == 0 {
		return nil, fmt.Errorf("%s declares no checks", dir)
	}
	return k, k.frozen(filepath.Join(dir, "testdata", "codes.golden"))
}

// frozen reads the codes that were released, a code and a name a line.
func (k *known) frozen(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(text)) {
		if code, name, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			k.take(code, name)
		}
	}
	return nil
}

func (k *known) take(code, name string) {
	if k.codes[code] == "" {
		k.codes[code] = name
	}
	if name != "" {
		k.names[name] = code
	}
}

// declarations notes what the file declares at the top.
func (k *known) declarations(f *file) {
	for _, d := range f.tree.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				k.idents[d.Name.Name] = true
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.ValueSpec:
					for _, name := range spec.Names {
						k.idents[name.Name] = true
					}
				case *ast.TypeSpec:
					k.idents[spec.Name.Name] = true
				}
			}
		}
	}
	for _, spec := range f.tree.Imports {
		k.idents[importName(spec)] = true // a function of that name would not compile in this file
	}
}

func importName(spec *ast.ImportSpec) string {
	if spec.Name != nil {
		return spec.Name.Name
	}
	path, _ := strconv.Unquote(spec.Path.Value)
	return path[strings.LastIndexByte(path, '/')+1:]
}

// checks notes the checks that a file declares, in lists and alone.
func (k *known) checks(f *file) {
	ast.Inspect(f.tree, func(n ast.Node) bool {
		literal, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		if code := k.check(literal); code != "" {
			return false
		}
		if !listOfChecks(literal.Type) {
			return true
		}
		l := list{file: f}
		for _, element := range literal.Elts {
			c, ok := element.(*ast.CompositeLit)
			if !ok {
				continue
			}
			if code := k.check(c); code != "" {
				d := declared{code: code, start: f.offset(c.Pos()), end: f.offset(c.End())}
				d.sees, d.function = functionOf(c)
				l.checks = append(l.checks, d)
			}
		}
		if len(l.checks) > 0 {
			k.lists = append(k.lists, l)
		}
		return false
	})
}

// check notes the code and the names of a literal that declares a check, and says its code.
func (k *known) check(literal *ast.CompositeLit) string {
	code, name := text(field(literal, "Code")), text(field(literal, "Name"))
	if !codeForm.MatchString(code) {
		return ""
	}
	k.take(code, name)
	if aliases, ok := field(literal, "Aliases").(*ast.CompositeLit); ok {
		for _, alias := range aliases.Elts {
			k.names[text(alias)] = code
		}
	}
	return code
}

// listOfChecks reports the type []*lint.Check.
func listOfChecks(t ast.Expr) bool {
	array, ok := t.(*ast.ArrayType)
	if !ok || array.Len != nil {
		return false
	}
	star, ok := array.Elt.(*ast.StarExpr)
	if !ok {
		return false
	}
	selector, ok := star.X.(*ast.SelectorExpr)
	return ok && selector.Sel.Name == "Check"
}

// field is the value of a field in a literal, or nil.
func field(literal *ast.CompositeLit, name string) ast.Expr {
	for _, element := range literal.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			if key, ok := pair.Key.(*ast.Ident); ok && key.Name == name {
				return pair.Value
			}
		}
	}
	return nil
}

// text is the text of a literal, empty for anything else.
func text(e ast.Expr) string {
	if literal, ok := e.(*ast.BasicLit); ok && literal.Kind == token.STRING {
		s, _ := strconv.Unquote(literal.Value)
		return s
	}
	return ""
}

// functionOf says what a check looks at, and the name of the function when it has one.
func functionOf(c *ast.CompositeLit) (sees, function string) {
	for _, kind := range kinds {
		if value := field(c, kind.field); kind.field != "" && value != nil {
			if ident, ok := value.(*ast.Ident); ok {
				function = ident.Name
			}
			return kind.name, function
		}
	}
	return "nothing", ""
}

// endOf is the end of a function of the file, or of the file itself.
func (f *file) endOf(function string) int {
	for _, d := range f.tree.Decls {
		if d, ok := d.(*ast.FuncDecl); ok && d.Recv == nil && d.Name.Name == function {
			return f.offset(d.End())
		}
	}
	return len(f.data)
}

// of is the file of this name, or nil.
func (k *known) of(name string) *file {
	if i := slices.IndexFunc(k.files, func(f *file) bool { return f.name == name }); i >= 0 {
		return k.files[i]
	}
	return nil
}
