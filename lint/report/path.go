package report

import (
	"cmp"
	"net/url"
	"path"
	"path/filepath"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/source"
)

// relative is the path of a file for machines: relative to the root where it lies below it, with forward slashes. A finding about no
// file is about the root.
func (o Options) relative(name string) string {
	if name == "" {
		return "."
	}
	if o.Root == "" {
		return filepath.ToSlash(filepath.Clean(name))
	}
	absolute := o.absolute(name)
	below, err := filepath.Rel(o.Root, absolute)
	if err != nil || below == ".." || strings.HasPrefix(below, ".."+string(filepath.Separator)) {
		return filepath.ToSlash(absolute)
	}
	return filepath.ToSlash(below)
}

// absolute is the path of a file from the root of the file system, or the name as it is when nobody said where it starts.
func (o Options) absolute(name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Clean(filepath.Join(cmp.Or(o.Dir, o.Root), name))
}

// uri is a path of relative as a URI reference; below says that it is relative.
func uri(p string) (reference string, below bool) {
	if volume := filepath.VolumeName(filepath.FromSlash(p)); path.IsAbs(p) || volume != "" {
		return fileURI(p), false
	}
	return (&url.URL{Path: p}).String(), true
}

// fileURI is an absolute path with forward slashes as a URI. One with a drive gets the slash that URIs want before it.
func fileURI(p string) string {
	return (&url.URL{Scheme: "file", Path: "/" + strings.TrimPrefix(p, "/")}).String()
}

// at is the place of an offset. A file that was never read has one place.
func at(f *source.File, offset int) source.Pos {
	if len(f.Data) == 0 {
		return source.Pos{Line: 1, Column: 1}
	}
	return f.Pos(offset)
}

// byteColumn is the 1-based column of an offset in bytes of its line, a byte order mark included.
func byteColumn(f *source.File, offset int) int {
	line := at(f, offset).Line
	if line == 1 {
		return offset + 1
	}
	return offset - f.LineSpan(line).Start + 1
}

// lastLine is the line that a finding ends on. One that ends in a line break does not reach into the next line.
func lastLine(f *lint.Finding) int {
	return at(f.File, max(f.Span.Start, f.Span.End-1)).Line
}
