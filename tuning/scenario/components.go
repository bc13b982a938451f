package scenario

import "strings"

// components are parts of Windows, and of what is on most Windows hosts, that people call by a name; the files are what runs. The names of
// programs themselves are in system32.txt.
var components = map[string]string{
	"spooler": "spoolsv.exe", "print spooler": "spoolsv.exe", "printer spooler": "spoolsv.exe", "spooler service": "spoolsv.exe", "print spooler service": "spoolsv.exe",
	"iis worker process": "w3wp.exe", "iis worker processes": "w3wp.exe", "iis worker": "w3wp.exe", "application pool worker": "w3wp.exe",
	"windows error reporting": "WerFault.exe wermgr.exe", "error reporting": "WerFault.exe wermgr.exe",
	"service control manager": "services.exe", "services control manager": "services.exe",
	"wmi provider host": "WmiPrvSE.exe", "wmi provider": "WmiPrvSE.exe",
	"search indexer": "SearchIndexer.exe", "windows search": "SearchIndexer.exe SearchProtocolHost.exe",
	"windows explorer": "explorer.exe", "file explorer": "explorer.exe",
	"desktop window manager": "dwm.exe", "local security authority": "lsass.exe",
	"modules installer": "TrustedInstaller.exe TiWorker.exe", "module installer": "TrustedInstaller.exe TiWorker.exe", "windows modules installer": "TrustedInstaller.exe TiWorker.exe",
	"office click to run": "OfficeClickToRun.exe", "click to run": "OfficeClickToRun.exe", "office clicktorun": "OfficeClickToRun.exe", "clicktorun": "OfficeClickToRun.exe",
	"compatibility telemetry": "CompatTelRunner.exe", "microsoft compatibility telemetry": "CompatTelRunner.exe", "compatibility appraiser": "CompatTelRunner.exe",
	"disk cleanup": "cleanmgr.exe", "volume shadow copy service": "vssvc.exe", "program compatibility assistant": "pcalua.exe pcaui.exe",
	"update orchestrator": "MoUsoCoreWorker.exe UsoClient.exe", "event viewer": "mmc.exe eventvwr.exe", "task manager": "Taskmgr.exe", "registry editor": "regedit.exe",
	"remote desktop client": "mstsc.exe", "windows installer": "msiexec.exe", "msi install": "msiexec.exe", "msi installer": "msiexec.exe", "msi package": "msiexec.exe", "msi packages": "msiexec.exe",
	"windows task host": "taskhostw.exe", "smart screen": "smartscreen.exe", "edge updater": "MicrosoftEdgeUpdate.exe", "edge update": "MicrosoftEdgeUpdate.exe",
}

// Component gives the files of the programs behind a name that people give to a part of Windows, or nothing.
func Component(name string) []string {
	return strings.Fields(components[strings.ToLower(spaced(name))])
}

// componentAt finds such a name at items[i]: the number of phrases it takes, or 0.
func componentAt(items []phrase, i int) int {
	const most = 4
	key, found := "", 0
	for n := 0; n < most && i+n < len(items); n++ {
		ph := items[i+n]
		if ph.quoted || ph.kind == connectivePhrase || ph.kind == groupPhrase || ph.kind == openerPhrase || ph.kind == determinerPhrase || n > 0 && ph.start > items[i+n-1].end+1 {
			break
		}
		key = strings.TrimSpace(key + " " + strings.ToLower(ph.key))
		if components[key] != "" || components[strings.TrimSpace(strings.ReplaceAll(key, "clicktorun", "click to run"))] != "" {
			found = n + 1
		}
	}
	return found
}
