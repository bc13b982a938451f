package logic

import "testing"

// Witnesses read like events of a real system where the rule leaves the choice, and meet the rule where it does not.
func TestWitnessesReadLikeEvents(t *testing.T) {
	for _, row := range []struct{ name, product, detection, field, want string }{
		{"an extension alone", "windows", "TargetFilename|endswith: '.scr'", "TargetFilename", `C:\Windows\System32\report.scr`},
		{"an extension below a directory", "windows", `TargetFilename|startswith: 'C:\PerfLogs\'
    TargetFilename|endswith: '.7z'`, "TargetFilename", `C:\PerfLogs\report.7z`},
		{"a directory alone", "windows", `Image|contains: ':\Perflogs\'`, "Image", `C:\Perflogs\app.exe`},
		{"a user's directory", "windows", `ImageLoaded|contains: '\AppData\'`, "ImageLoaded", `C:\Users\alice\AppData\app.dll`},
		{"a drive and an extension in a command line", "windows", `CommandLine|contains|all: [':\Perflogs\', '.hta']`, "CommandLine", `C:\Perflogs\report.hta`},
		{"two blanks", "windows", "CommandLine|contains|all: ['/create ', ' audiodg']", "CommandLine", "/create audiodg"},
		{"a last blank", "linux", "CommandLine|contains: ' -d '", "CommandLine", "app -d demo"},
		{"a share", "windows", `CommandLine|contains: ' > \\\'`, "CommandLine", `app.exe > \\server\share\report.txt`},
		{"an address", "linux", "CommandLine|re: '://[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}'", "CommandLine", "http://203.0.113.7"},
		{"a key without its hive", "windows", `TargetObject|endswith: '\Control Panel\Desktop\SCRNSAVE.EXE'`, "TargetObject", `HKU\.DEFAULT\Control Panel\Desktop\SCRNSAVE.EXE`},
		{"a uri", "", "c-uri|contains|all: ['/a/', 'q=']", "c-uri", "/a/q="},
		{"a free user", "windows", "User|re: '.+'", "User", `CORP\alice`},
		{"exactly this", "windows", `Image: 'x'`, "Image", "x"},
		{"nothing else would do", "windows", `Image|re: '^:\\$'`, "Image", `:\`},
	} {
		r := parseRule(t, "logsource:\n  product: "+row.product+"\ndetection:\n  s:\n    "+row.detection+"\n  condition: s\n")
		f := FromRule(r)
		a := Satisfiable(f)
		if a.Witness[row.field] != row.want || f.Eval(a.Witness, BothFoldings) != Holds {
			t.Errorf("%s: %q, want %q", row.name, a.Witness[row.field], row.want)
		}
	}
}
