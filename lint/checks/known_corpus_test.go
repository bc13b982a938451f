package checks

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/source"
)

// knownDefects are defects of live rules that the feasibility study found and people confirmed (the numbers are its rows), with the checks that find
// them and how often. More findings on the same rule are fine.
var knownDefects = []struct {
	row  string
	rule string
	find string
}{
	// rules that never fire
	{"2", "file_delete_win_delete_exchange_powershell_logs", "SIG0802"},
	{"3", "image_load_side_load_rjvplatform_non_default_location", "SIG0802 SIG0813"},
	{"4", "proc_creation_win_dump64_defender_av_bypass_rename", "SIG0802"},
	{"5", "proc_creation_win_remote_access_tools_teamviewer_incoming_connection", "SIG0802 SIG0821"},
	// slips
	{"8", "image_load_side_load_from_non_system_location", "SIG0815"},
	{"10", "image_load_side_load_robform", "SIG0522"}, // two values of one item are one finding
	{"11", "proc_creation_win_powershell_non_interactive_execution", "SIG0522"},
	{"13", "proc_creation_win_esentutl_sensitive_file_copy", "SIG0522"},
	{"13", "proc_creation_win_hktl_inveigh", "SIG0522"},
	{"13", "proc_creation_win_msiexec_dll", "SIG0522"},
	{"13", "proc_creation_win_msiexec_masquerading", "SIG0522"},
	{"13", "proc_creation_win_mssql_sqltoolsps_susp_execution", "SIG0522"},
	{"13", "proc_creation_win_nslookup_poweshell_download", "SIG0522"},
	{"13", "proc_creation_win_regsvr32_remote_share", "SIG0522"},
	{"13", "proc_creation_win_rpcping_credential_capture", "SIG0522"},
	{"13", "proc_creation_win_susp_use_of_te_bin", "SIG0522"},
	// dead parts
	{"14", "registry_set_aedebug_persistence", "SIG0813"},
	{"15", "create_remote_thread_win_susp_relevant_source_image", "SIG0813"},
	{"16", "proc_creation_win_wmiprvse_susp_child_processes", "SIG0813 SIG0813"},
	{"17", "proc_creation_win_browsers_chromium_headless_file_download", "SIG0815 SIG0815"},
	{"19", "registry_delete_removal_com_hijacking_registry_key", "SIG0813 SIG0813 SIG0522"},
	{"20", "proc_creation_win_schtasks_env_folder", "SIG0813"},
	{"21", "win_security_susp_lsass_dump_generic", "SIG0815"},
	{"22", "proc_creation_win_susp_etw_trace_evasion", "SIG0805"},
	{"24", "win_codeintegrity_attempted_dll_load", "SIG0813"},
	{"25", "net_connection_win_office_outbound_non_local_ip", "SIG0815 SIG0815 SIG0815 SIG0815 SIG0815"},
	// duplicates
	{"26", "proc_creation_win_hktl_sharpersist", "SIG0805"},
	{"26", "proc_creation_win_wmic_recon_service", "SIG0813"},
	{"26", "registry_set_asep_reg_keys_modification_currentversion", "SIG0813"},
	{"26", "win_appxdeployment_server_uncommon_package_locations", "SIG0813 SIG0815"},
	{"26", "file_event_win_sam_dump", "SIG0808"},
	{"26", "registry_event_susp_process_registry_modification", "SIG0815"},
}

// foldDependent are rules about look-alike letters. A value in upper case is superfluous only where a back-end folds case beyond ASCII, so
// nothing may be said of them.
var foldDependent = []string{"file_event_win_susp_homoglyph_filename", "proc_creation_win_susp_homoglyph_cyrillic_lookalikes"}

func TestKnownDefectsAreFoundInTheDefaultProfile(t *testing.T) {
	wanted := map[string]bool{}
	for _, k := range knownDefects {
		wanted[k.rule] = true
	}
	var files []*source.File
	for _, f := range corpustest.Open(t).LiveRules(t) {
		// rules that contain others are known by the whole tree only
		if name := strings.TrimSuffix(filepath.Base(f.Path), ".yml"); wanted[name] || strings.Contains(name, "susp_image_missing") {
			files = append(files, source.Parse(f.Path, f.Data, source.Limits{}))
		}
	}
	engine := lint.Engine{Checks: recommended(t), Reporters: Reporters(), Facts: lint.Facts{Today: testDay}}
	found := map[string][]string{}
	for _, f := range engine.Files(files...).Findings {
		name := strings.TrimSuffix(filepath.Base(f.File.Path), ".yml")
		found[name] = append(found[name], f.Check.Code)
	}
	for _, k := range knownDefects {
		left := slices.Clone(found[k.rule])
		for code := range strings.FieldsSeq(k.find) {
			if at := slices.Index(left, code); at >= 0 {
				left = slices.Delete(left, at, at+1)
			} else {
				t.Errorf("row %s: %s: no %s among %v", k.row, k.rule, code, found[k.rule])
			}
		}
	}
}

func TestNothingIsSaidOfWhatDependsOnCaseFolding(t *testing.T) {
	var files []*source.File
	for _, f := range corpustest.Open(t).LiveRules(t) {
		if slices.Contains(foldDependent, strings.TrimSuffix(filepath.Base(f.Path), ".yml")) {
			files = append(files, source.Parse(f.Path, f.Data, source.Limits{}))
		}
	}
	if len(files) != len(foldDependent) {
		t.Fatalf("%d of %d rules", len(files), len(foldDependent))
	}
	engine := lint.Engine{Checks: logicChecks, Facts: lint.Facts{Today: testDay}}
	for _, f := range engine.Files(files...).Findings {
		t.Errorf("%s: %s: %s", f.File.Path, f.Check.Name, f.Message)
	}
}
