package store

import "github.com/sigtune/sigtune/rules/source"

func parseMap(text string) *source.File {
	return source.Parse("map.yml", []byte(text), source.Limits{})
}
