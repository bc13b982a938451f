package scenario

import (
	"strings"
	"testing"
)

func TestProductTable(t *testing.T) {
	kinds := wordSet("init scheduler rotation monitoring management config antivirus interpreter agent updater browser container ci package-manager privilege remote")
	seen := map[string]bool{}
	for _, p := range Products() {
		if key := p.Name + "/" + p.Platform; seen[key] {
			t.Errorf("two rows for %s", key)
		} else {
			seen[key] = true
		}
		if p.Platform != "linux" && p.Platform != "windows" && p.Platform != "macos" {
			t.Errorf("%s: platform %q", p.Name, p.Platform)
		}
		if p.Confidence != Sure && p.Confidence != Likely && p.Confidence != Check {
			t.Errorf("%s: confidence %q", p.Name, p.Confidence)
		}
		if !kinds[p.Kind] {
			t.Errorf("%s: kind %q", p.Name, p.Kind)
		}
		if len(p.Names)+len(p.Directory) == 0 {
			t.Errorf("%s on %s has neither a program nor a directory", p.Name, p.Platform)
		}
		if len(p.Parents) > 0 && len(p.ParentsAt) == 0 {
			t.Errorf("%s on %s: its parents have no source", p.Name, p.Platform)
		}
		if len(p.Parents) == 0 && len(p.ParentsAt) > 0 {
			t.Errorf("%s on %s: a source for parents, and no parent", p.Name, p.Platform)
		}
		separator := "/"
		if p.Platform == "windows" {
			separator = `\`
		}
		for _, path := range p.Images {
			if !strings.Contains(path, separator) || strings.HasSuffix(path, separator) {
				t.Errorf("%s: image %q is no path of %s", p.Name, path, p.Platform)
			}
		}
		if len(p.Images)+len(p.Directory) > 0 && len(p.Sources) == 0 {
			t.Errorf("%s on %s: its place has no source", p.Name, p.Platform)
		}
		if len(p.Sources) == 0 && p.Confidence != Check {
			t.Errorf("%s on %s: %s, and no source", p.Name, p.Platform, p.Confidence)
		}
		for _, source := range append(append([]string{}, p.Sources...), p.ParentsAt...) {
			if !strings.HasPrefix(source, "https://") {
				t.Errorf("%s: source %q is no address", p.Name, source)
			}
		}
		if p.Kind == "interpreter" && len(p.Directory) > 0 {
			t.Errorf("%s on %s: whoever calls it runs what he likes from its directory: name its programs only", p.Name, p.Platform)
		}
		for _, dir := range p.Directory {
			if !strings.HasSuffix(dir, separator) {
				t.Errorf("%s: directory %q without separator", p.Name, dir)
			}
			if i := strings.Index(dir, "*"); i >= 0 && !strings.HasPrefix(dir, `C:\Users\*\`) {
				t.Errorf("%s: directory %q: a star stands for a user only, versions belong to images", p.Name, dir)
			}
		}
		for _, file := range append(append([]string{}, p.Names...), p.Parents...) {
			if strings.ContainsAny(file, `\/`) {
				t.Errorf("%s: %q is no base name", p.Name, file)
			}
		}
	}
}

func TestLookupProduct(t *testing.T) {
	for _, c := range []struct{ text, platform, name string }{
		{"Task Scheduler", "windows", "Task Scheduler"}, {"task scheduler", "windows", "Task Scheduler"},
		{"Windows Defender", "", "Windows Defender"}, {"SCCM", "windows", "SCCM"}, {"CcmExec.exe", "windows", "SCCM"},
		{"crond", "linux", "cron"}, {"/usr/sbin/rsyslogd", "linux", "rsyslog"}, {"splunkforwarder", "linux", "splunk forwarder"},
		{"monit", "linux", "monit"}, {"auditd", "linux", "auditd"}, {"gitlab runner", "linux", "gitlab-runner"},
	} {
		rows := LookupProduct(c.text, c.platform)
		if len(rows) == 0 || rows[0].Name != c.name {
			t.Errorf("%q: %v", c.text, rows)
		}
	}
	if rows := LookupProduct("monit", "windows"); len(rows) != 0 {
		t.Errorf("monit on Windows: %v", rows)
	}
	if rows := LookupProduct("", ""); len(rows) != 0 {
		t.Errorf("the empty name names %d products", len(rows))
	}
}

func TestVocabularyIsUsable(t *testing.T) {
	for _, row := range Vocabulary() {
		if row.Role == "" || row.Default == "" || len(row.Surfaces) == 0 {
			t.Errorf("incomplete row %+v", row)
		}
		for _, surface := range row.Surfaces {
			if e, ok := lexicon[spaced(surface)]; !ok || e.kind != rolePhrase {
				t.Errorf("%q does not name a role: it is hidden by another word", surface)
			} else if e.role != row.Role && row.In == nil {
				t.Errorf("%q names %s, not %s", surface, e.role, row.Role)
			}
		}
	}
}

func TestToolsAreListedOnce(t *testing.T) {
	for _, tool := range []string{"ss", "w", "nmap", "lsof", "tcpdump", "schtasks"} {
		if known, _ := isTool(tool); !known {
			t.Errorf("%s is unknown", tool)
		}
	}
	for _, word := range []string{"the", "process", "Last", "Find", ""} {
		if known, plain := isTool(word); known && plain {
			t.Errorf("%q is a plain tool", word)
		}
	}
}
