package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

func TestALearnedTaxonomyFollowsItsSchemaAndIsReadAgain(t *testing.T) {
	dir := t.TempDir()
	own := strings.NewReplacer("product: linux", "product: acme", "Image|endswith", "'odd \"name|endswith'").Replace(flawed)
	if err := os.WriteFile(filepath.Join(dir, "rule.yml"), []byte(own), 0o600); err != nil {
		t.Fatal(err)
	}
	run := sigtune("", "learn", "--no-config", "-o", "-", "--min", "1", dir)
	if run.code != exitClean {
		t.Fatal(run.stderr)
	}
	follows(t, "taxonomy.schema.json", run.stdout, nil)
	learned, problems := taxonomy.ReadLearned(source.Parse(taxonomy.LearnedName, []byte(run.stdout), source.Limits{}))
	if len(problems) > 0 || string(learned.JSON()) != run.stdout {
		t.Errorf("%v\n%s", problems, run.stdout)
	}
}
