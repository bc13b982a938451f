package taxonomy

import (
	"strings"
	"testing"
)

func platform(t *testing.T, product string) *Platform {
	t.Helper()
	p, ok := PlatformOf(product)
	if !ok {
		t.Fatalf("no platform %s", product)
	}
	return p
}

func TestPathControl(t *testing.T) {
	for _, c := range []struct {
		product, path string
		want          Control
	}{
		{"windows", `C:\Windows\System32\svchost.exe`, Hard},
		{"windows", `c:\windows\system32\svchost.exe`, Hard},
		{"windows", `D:\Program Files\Vendor\agent.exe`, Hard},
		{"windows", `C:\Windows\Temp\agent.exe`, Attacker},
		{"windows", `C:\Windows\System32\spool\drivers\color\a.exe`, Attacker},
		{"windows", `C:\Windows\Tracing:a.exe`, Attacker},
		{"windows", `C:\Windows\..\Users\a.exe`, Attacker},
		{"windows", `C:\Windows \System32\a.exe`, Partly},
		{"windows", `C:\Users\anna\AppData\Local\Programs\a.exe`, Attacker},
		{"windows", `C:\ProgramData\Vendor\a.exe`, Attacker},
		{"windows", `C:\ProgramData\Microsoft\Windows Defender\Platform\4.18\MsMpEng.exe`, Hard},
		{"windows", `\Windows\System32\svchost.exe`, Partly}, // no drive: an unanchored copy of the tree
		{"windows", `svchost.exe`, Attacker},
		{"windows", `C:\Tools\a.exe`, Partly},
		{"windows", ``, Attacker},
		{"linux", "/usr/bin/netstat", Hard},
		{"linux", "/USR/BIN/netstat", Partly},
		{"linux", "/tmp/netstat", Attacker},
		{"linux", "/usr/bin/../../tmp/x", Attacker},
		{"linux", "/srv/x", Partly},
		{"linux", "netstat", Attacker},
		{"macos", "/System/Library/x", Hard},
		{"macos", "/Applications/X.app/Contents/MacOS/X", Attacker},
		{"macos", "/usr/local/bin/x", Attacker},
	} {
		if got := platform(t, c.product).PathControl(c.path); got != c.want {
			t.Errorf("%s %q: control %d, want %d", c.product, c.path, got, c.want)
		}
	}
}

func TestPrefixControlNamesTheHoles(t *testing.T) {
	windows := platform(t, "windows")
	if got, holes := windows.PrefixControl(`C:\Program Files\Vendor\`); got != Hard || len(holes) != 0 {
		t.Errorf("a vendor's directory: %d, %v", got, holes)
	}
	if got, holes := windows.PrefixControl(`C:\Windows\`); got != Partly || len(holes) < 5 {
		t.Errorf("the Windows directory has writable ones in it: %d, %v", got, holes)
	}
	if got, holes := windows.PrefixControl(`C:\Windows\Te`); got != Partly || len(holes) != 1 {
		t.Errorf("a prefix that reaches into a writable directory: %d, %v", got, holes)
	}
	if got, _ := windows.PrefixControl(`C:\Windows`); got == Hard {
		t.Error("without a separator the prefix also names directories that anyone may create")
	}
	if got, _ := windows.PrefixControl(`C:\Users\`); got != Attacker {
		t.Errorf("home directories: %d", got)
	}
}

func TestHoldsForEveryPlatform(t *testing.T) {
	for product, p := range platforms {
		if p.Product != product {
			t.Errorf("%s is entered as %s", p.Product, product)
		}
		for _, list := range [][]Fact{p.Protected, p.Writable} {
			for _, f := range list {
				if !strings.HasPrefix(f.Value, p.Separator) || !strings.HasSuffix(f.Value, p.Separator) || f.About == "" {
					t.Errorf("%s: directory %q needs separators around it and a sentence", product, f.Value)
				}
			}
		}
		for _, f := range p.ServiceParents {
			if p.PathControl(f.Value) != Hard {
				t.Errorf("%s: service parent %q does not live in a protected directory", product, f.Value)
			}
			if f.About == "" {
				t.Errorf("%s: service parent %q says nothing", product, f.Value)
			}
		}
	}
	if _, ok := PlatformOf("aws"); ok {
		t.Error("a cloud is no platform with paths")
	}
}

func TestServiceParentByPathOrName(t *testing.T) {
	for _, c := range []struct {
		product, image string
		want           bool
	}{
		{"linux", "/usr/lib/systemd/systemd", true}, {"linux", "/systemd", true}, {"linux", "systemd", true},
		{"linux", "/tmp/systemd", false}, {"linux", "", false}, {"linux", "md", false},
		{"windows", `C:\Windows\System32\SERVICES.EXE`, true}, {"windows", `\services.exe`, true}, {"windows", `C:\Users\services.exe`, false},
		{"macos", "launchd", true},
	} {
		if _, got := platform(t, c.product).ServiceParent(c.image); got != c.want {
			t.Errorf("%s %q: service parent is %v, want %v", c.product, c.image, got, c.want)
		}
	}
}

func TestAccountControl(t *testing.T) {
	if platform(t, "windows").AccountControl(`nt authority\system`) != Hard {
		t.Error("the system's own account takes privileges")
	}
	if platform(t, "windows").AccountControl(`CORP\anna`) != Partly {
		t.Error("a person's account may be taken over")
	}
}
