package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/sigtune/sigtune/schema/attack"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// version is set by the release build; a `go install` build takes it from the module.
var version = ""

func (c *cli) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version of sigtune and of the data it carries",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			v := taxonomy.Version()
			fmt.Fprintf(c.stdout, "sigtune %s%s, %s %s/%s\n", buildVersion(), commit(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			fmt.Fprintf(c.stdout, "ATT&CK %s · D3FEND %s · Sigma specification %s\n", attack.Version, attack.D3FENDVersion, v.Specification)
			return nil
		},
	}
}

func buildVersion() string {
	if v := releaseVersion(); v != "" {
		return v
	}
	return "(development build)"
}

// releaseVersion is empty for a build that has no version.
func releaseVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return ""
}

// commit says of which commit this is a build, where Go knows it.
func commit() string {
	revision := buildSetting("vcs.revision")
	if revision == "" {
		return ""
	}
	if buildSetting("vcs.modified") == "true" {
		return ", commit " + revision + " with changes"
	}
	return ", commit " + revision
}

// buildSetting is what the Go command recorded of a build under a key such as vcs.revision; empty where it did not.
func buildSetting(key string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == key {
			return s.Value
		}
	}
	return ""
}
