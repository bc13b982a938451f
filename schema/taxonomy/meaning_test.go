package taxonomy

import (
	"strings"
	"testing"
)

func TestMeaningsNameEachFieldOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, row := range meanings {
		for _, n := range strings.Fields(row.names) {
			if seen[row.in+"/"+n] {
				t.Errorf("%s has two meanings in %q", n, row.in)
			}
			seen[row.in+"/"+n] = true
		}
	}
}

func TestEveryRoleIsUsedAndSaysWhoControlsIt(t *testing.T) {
	used := map[Role]bool{NoRole: true}
	for _, row := range meanings {
		used[row.role] = true
	}
	for r := range roles {
		if !used[r] {
			t.Errorf("no field has role %d", r)
		}
		if r.Why() == "" {
			t.Errorf("role %d does not say why", r)
		}
		if r != NoRole && r.Control() == ControlUnknown {
			t.Errorf("role %d has no control", r)
		}
	}
}

func TestFieldsMeanWhatAnAnalystExpects(t *testing.T) {
	for _, c := range []struct {
		logsource, field string
		typ              Type
		role             Role
		control          Control
	}{
		{"windows/process_creation/*", "Image", Image, RoleImage, ByPath},
		{"windows/process_creation/*", "CommandLine", CommandLine, RoleCommandLine, Attacker},
		{"windows/process_creation/*", "ParentImage", Image, RoleParentImage, Partly},
		{"windows/process_creation/*", "User", Account, RoleUser, ByAccount},
		{"windows/process_creation/*", "Hashes", Hashes, RoleHash, Hard},
		{"windows/process_creation/*", "OriginalFileName", Text, RoleMetadata, Attacker},
		{"windows/process_creation/*", "Channel", Text, RoleConstant, Useless},
		{"windows/process_creation/*", "ProcessGuid", GUID, RoleIdentifier, Useless},
		{"windows/process_creation/*", "UtcTime", DateTime, RoleTime, Useless},
		{"windows/process_access/*", "GrantedAccess", Mask, RoleAccess, Attacker},
		{"windows/registry_set/*", "TargetObject", Registry, RoleRegistryKey, Partly},
		{"windows/registry_set/*", "Details", Text, RoleRegistryData, Attacker},
		{"windows/network_connection/*", "DestinationIp", IP, RoleDestinationIP, Hard},
		{"windows/network_connection/*", "DestinationPort", Port, RoleDestinationPort, Attacker},
		{"windows/file_event/*", "TargetFilename", Path, RoleTargetFile, ByPath},
		{"windows/image_load/*", "Signed", Bool, RoleSignature, Hard},
		{"windows/*/security", "TargetUserName", Account, RoleTargetUser, Partly},
		{"windows/*/security", "EventID", Int, RoleEventID, Useless},
		{"linux/*/auditd", "a0", Text, RoleCommandLine, Attacker},
		{"*/antivirus/*", "Signature", Text, NoRole, ControlUnknown},
		{"*/proxy/*", "c-useragent", Text, RoleUserAgent, Attacker},
		{"*/proxy/*", "dst_ip", IP, RoleDestinationIP, Hard},
	} {
		f, ok := must(t, c.logsource).Field(c.field)
		if !ok || f.Type != c.typ || f.Role != c.role || f.Control != c.control {
			t.Errorf("%s in %s is %+v, want type %q, role %d, control %d", c.field, c.logsource, f, c.typ, c.role, c.control)
		}
	}
}

func TestRolesFindTheFieldOfALogsource(t *testing.T) {
	for _, c := range []struct {
		logsource string
		role      Role
		want      string
	}{
		{"windows/process_creation/*", RoleImage, "Image"},
		{"windows/process_access/*", RoleImage, "SourceImage"},
		{"linux/process_creation/*", RoleParentImage, "ParentImage"},
		{"linux/*/auditd", RoleImage, "exe"},
		{"*/webserver/*", RoleUserAgent, "cs-user-agent"},
	} {
		got := must(t, c.logsource).Role(c.role)
		if len(got) == 0 || got[0] != c.want {
			t.Errorf("role %d in %s is %q, want %s first", c.role, c.logsource, got, c.want)
		}
	}
}

func TestSingleIsSaidOnlyOfNamedEventData(t *testing.T) {
	for key, field := range map[string]string{"windows/process_creation/*": "Image", "*/webserver/*": "cs-uri", "linux/file_event/*": "TargetFilename"} {
		if f, _ := must(t, key).Field(field); !f.Single {
			t.Errorf("%s in %s holds one value", field, key)
		}
	}
	if f, ok := must(t, "aws/*/cloudtrail").Field("eventName"); !ok || f.Single {
		t.Errorf("nobody knows of cloud logs: %+v", f)
	}
}
