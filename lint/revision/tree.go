package revision

import (
	"path/filepath"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// Documents are the documents of a file as versions, and what keeps documents of it from being read.
func Documents(file *source.File, place string) ([]Version, []source.Problem) {
	documents, problems := rules.Parse(file)
	var out []Version
	for _, d := range documents {
		out = append(out, Version{Document: d, Path: file.Path, Place: place})
	}
	return out, problems
}

// PlaceIn is the place of a path below the path that was named for its tree. For a file that was named itself it is empty, so that it
// pairs with the one file on the other side.
func PlaceIn(named, path string) string {
	place, err := filepath.Rel(named, path)
	if err != nil || place == "." {
		return ""
	}
	return filepath.ToSlash(place)
}
