package checks

import (
	"strings"
	"testing"
)

func TestLogsource(t *testing.T) {
	onLinux := func(logsource string) string {
		return changed("    category: process_creation\n    product: linux\n", logsource)
	}
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"a product in the place of a category": {
			onLinux("    category: linux\n"), []string{"SIG0505 warning linux"},
		},
		"a misspelt key": {
			onLinux("    categry: process_creation\n    product: linux\n"), []string{"SIG0502 warning categry"},
		},
		"capitals in a key are another check": {
			onLinux("    Category: process_creation\n    product: linux\n"), nil,
		},
		"known parts in an unknown combination": {
			onLinux("    category: registry_set\n    product: linux\n"), []string{"SIG0506 info logsource"},
		},
		"only a definition": {
			onLinux("    definition: any\n"), []string{"SIG0501 error logsource"},
		},
		"a blank in a value": {
			onLinux("    category: process creation\n    product: linux\n"), []string{"SIG0504 error process creation"},
		},
		"a taxonomy of one's own is left alone": {
			strings.Replace(strings.Replace(clean, "status: test\n", "status: test\ntaxonomy: acme\n", 1), "CommandLine|", "proc_args|", 1), nil,
		},
	} {
		t.Run(name, func(t *testing.T) { expect(t, "05", c.text, c.want...) })
	}
}

func TestFields(t *testing.T) {
	const process, security = "category: process_creation", "service: security"
	for name, c := range map[string]struct {
		logsource, selection string
		want                 []string
	}{
		"another case, complete list":    {process, "        commandline|contains: 'openfiles /query'\n", []string{"SIG0507 error commandline"}},
		"another case, observed list":    {security, "        EventID: 4625\n        targetUserName: 'backup'\n", []string{"SIG0507 warning targetUserName"}},
		"a letter is missing":            {process, "        ParentImge|endswith: '\\cmd.exe'\n", []string{"SIG0508 error ParentImge"}},
		"a field of the registry":        {process, "        TargetObject|endswith: '\\Run'\n", []string{"SIG0509 error TargetObject"}},
		"a field of nobody":              {process, "        Arguments|contains: 'openfiles /query'\n", []string{"SIG0510 error Arguments"}},
		"a field not seen in the log":    {security, "        EventID: 4625\n        Arguments: 'openfiles'\n", []string{"SIG0511 info Arguments"}},
		"a cloud log says nothing":       {"service: nothing-known", "        Arguments: 'openfiles'\n", []string{"SIG0506 info nothing-known"}},
		"a blank inside":                 {process, "        Command Line|contains: 'openfiles /query'\n", []string{"SIG0513 warning Command Line"}},
		"an index":                       {security, "        'Properties[0].Name': 'openfiles'\n", []string{"SIG0514 warning Properties[0].Name"}},
		"event of the category":          {process, "        EventID: 1\n        Image|endswith: '\\openfiles.exe'\n", []string{"SIG0515 info EventID"}},
		"one of three events narrows":    {"category: registry_event", "        EventID: 12\n        TargetObject|endswith: '\\Run\\openfiles'\n", nil},
		"provider of another sensor":     {process, "        Provider_Name: 'SystemTraceProvider-Process'\n        Image|endswith: '\\openfiles.exe'\n", nil},
		"sysmon without event":           {"service: sysmon", "        State: 'Stopped'\n", []string{"SIG0517 info sysmon"}},
		"sysmon with a state event":      {"service: sysmon", "        EventID: 16\n        Configuration: 'x'\n", nil},
		"event id as text":               {"service: sysmon", "        EventID: '1'\n        Image|endswith: '\\openfiles.exe'\n", []string{"SIG0518 info sysmon"}},
		"process creation in security":   {security, "        EventID: 4688\n        NewProcessName|endswith: '\\openfiles.exe'\n", []string{"SIG0518 info security"}},
		"two events have no category":    {"service: sysmon", "        EventID:\n            - 1\n            - 3\n        Image|endswith: '\\openfiles.exe'\n", nil},
		"an algorithm of one's own":      {process, "        Hashes|contains: 'CRC32=5d41402a'\n", []string{"SIG0520 warning 'CRC32=5d41402a'"}},
		"part of a hash without name":    {process, "        Hashes|contains: '5d41402abc4b'\n", nil},
		"several hashes in one value":    {process, "        Hashes: 'MD5=5d41402abc4b2a76b9719d911017c592,SHA1=aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d'\n", nil},
		"letters that no hash has":       {process, "        Hashes|contains: 'MD5=5d41402abc4b2a76b9719d911017c59z'\n", []string{"SIG0520 warning 'MD5=5d41402abc4b2a76b9719d911017c59z'"}},
		"a name filled in by the site":   {process, "        Hashes|contains|expand: '%bad_hashes%'\n", nil},
		"a directory as the start":       {process, "        Image|startswith: 'C:\\Tools\\'\n", nil},
		"any drive":                      {process, "        Image|contains: ':\\Tools\\'\n", nil},
		"a process without a path":       {process, "        ParentImage: 'System'\n        Image|endswith: '\\openfiles.exe'\n", nil},
		"a share and a device":           {process, "        Image|startswith:\n            - '\\\\\\\\host'\n            - '\\Device\\Mup'\n", nil},
		"both spellings of an authority": {process, "        Image|endswith: '\\openfiles.exe'\n        User|contains:\n            - 'AUTHORI'\n            - 'AUTORI'\n", nil},
		"one spelling only":              {process, "        Image|endswith: '\\openfiles.exe'\n        User: 'NT AUTHORITY\\SYSTEM'\n", []string{"SIG0521 warning 'NT AUTHORITY\\SYSTEM'"}},
	} {
		t.Run(name, func(t *testing.T) { expect(t, "05", onWindows(c.logsource, c.selection), c.want...) })
	}
}

// A rename that gave the map one key twice would lose an item.
func TestARenameThatRepeatsAKeyIsNotOffered(t *testing.T) {
	text := onWindows("category: process_creation", "        Image|endswith: '\\openfiles.exe'\n        image|endswith: '\\handle.exe'\n")
	found := named(lintText("rule.yml", text, All()), fieldCase)
	if len(found) != 1 || found[0].Fix != nil {
		t.Errorf("want one finding without a fix: %q", show(found))
	}
}

func TestFiltersAreComparedWithTheirOwnLogsource(t *testing.T) {
	expect(t, "05", strings.Replace(filter(plainFilter), "ParentImage:", "parentImage:", 1), "SIG0507 error parentImage")
}
