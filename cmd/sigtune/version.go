package main

import (
	"fmt"
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
			fmt.Fprintf(c.stdout, "sigtune %s\n", buildVersion())
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
