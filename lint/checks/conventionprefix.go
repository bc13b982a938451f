package checks

import (
	"strings"

	"github.com/sigtune/sigtune/rules"
)

// filePrefix is how the names of files with rules of some log sources begin.
type filePrefix struct {
	prefix     string
	settled    bool     // five published rules at least, and none that differs
	logsources []string // product/category/service, `*` for a part that is not set
}

// filePrefixes were read off the names of the published rules (SigmaHQ at 8eaafff1f): the longest beginning that nearly all files of a log source
// share and that says no more than the log source.
var filePrefixes = []filePrefix{
	{"appframework_", false, []string{"django/application/*", "ruby_on_rails/application/*"}},
	{"app_", false, []string{"sql/application/*", "python/application/*"}},
	{"av_", true, []string{"*/antivirus/*"}},
	{"aws_", true, []string{"aws/*/cloudtrail"}},
	{"azure_", true, []string{"azure/*/auditlogs", "azure/*/activitylogs", "azure/*/signinlogs"}},
	{"azure_identity_protection_", true, []string{"azure/*/riskdetection"}},
	{"azure_pim_", true, []string{"azure/*/pim"}},
	{"bitbucket_audit_", true, []string{"bitbucket/*/audit"}},
	{"cisco_cli_", true, []string{"cisco/*/aaa"}},
	{"cisco_duo_", false, []string{"cisco/*/duo"}},
	{"cisco_", false, []string{"cisco/*/ldp", "cisco/*/bgp", "cisco/*/syslog"}},
	{"create_remote_thread_win_", true, []string{"windows/create_remote_thread/*"}},
	{"create_stream_hash_", true, []string{"windows/create_stream_hash/*"}},
	{"db_", false, []string{"*/database/*"}},
	{"dns_query_win_", true, []string{"windows/dns_query/*"}},
	{"driver_load_win_", true, []string{"windows/driver_load/*"}},
	{"file_access_win_", true, []string{"windows/file_access/*"}},
	{"file_change_win_", false, []string{"windows/file_change/*"}},
	{"file_delete_win_", true, []string{"windows/file_delete/*"}},
	{"file_event_lnx_", true, []string{"linux/file_event/*"}},
	{"file_event_macos_", true, []string{"macos/file_event/*"}},
	{"file_event_win_", true, []string{"windows/file_event/*"}},
	{"file_executable_detected_win_", false, []string{"windows/file_executable_detected/*"}},
	{"file_rename_win_", false, []string{"windows/file_rename/*"}},
	{"fortinet_fortigate_", true, []string{"fortigate/*/event"}},
	{"gcp_", true, []string{"gcp/*/gcp.audit"}},
	{"gcp_gworkspace_", true, []string{"gcp/*/google_workspace.admin"}},
	{"gcp_gworkspace_", false, []string{"gcp/*/google_workspace.login"}},
	{"github_", true, []string{"github/*/audit"}},
	{"huawei_", false, []string{"huawei/*/bgp"}},
	{"image_load_", true, []string{"windows/image_load/*"}},
	{"java_", true, []string{"jvm/application/*"}},
	{"juniper_", false, []string{"juniper/*/bgp"}},
	{"kubernetes_audit_", true, []string{"kubernetes/application/audit", "kubernetes/*/audit"}},
	{"lnx_", true, []string{"linux/*/*"}},
	{"lnx_auditd_", true, []string{"linux/*/auditd"}},
	{"lnx_auth_", false, []string{"linux/*/auth"}},
	{"lnx_clamav_", false, []string{"linux/*/clamav"}},
	{"lnx_cron_", false, []string{"linux/*/cron"}},
	{"lnx_guacamole_", false, []string{"linux/*/guacamole"}},
	{"lnx_sshd_", false, []string{"linux/*/sshd"}},
	{"lnx_sudo_", false, []string{"linux/*/sudo"}},
	{"lnx_syslog_", false, []string{"linux/*/syslog"}},
	{"lnx_vsftpd_", false, []string{"linux/*/vsftpd"}},
	{"microsoft365_", true, []string{"m365/*/threat_management", "m365/*/audit"}},
	{"microsoft365_", false, []string{"m365/*/threat_detection", "m365/*/exchange"}},
	{"net_connection_lnx_", true, []string{"linux/network_connection/*"}},
	{"net_connection_win_", true, []string{"windows/network_connection/*"}},
	{"net_dns_", true, []string{"*/dns/*"}},
	{"net_firewall_", false, []string{"*/firewall/*"}},
	{"nodejs_", false, []string{"nodejs/application/*"}},
	{"okta_", true, []string{"okta/*/okta"}},
	{"onelogin_", false, []string{"onelogin/*/onelogin.events"}},
	{"opencanary_", true, []string{"opencanary/application/*"}},
	{"pipe_created_", true, []string{"windows/pipe_created/*"}},
	{"posh_pc_", true, []string{"windows/ps_classic_start/*"}},
	{"posh_pc_", false, []string{"windows/ps_classic_provider_start/*", "windows/*/powershell-classic"}},
	{"posh_pm_", true, []string{"windows/ps_module/*"}},
	{"posh_ps_", true, []string{"windows/ps_script/*"}},
	{"proc_access_win_", true, []string{"windows/process_access/*"}},
	{"proc_creation_lnx_", true, []string{"linux/process_creation/*"}},
	{"proc_creation_macos_", true, []string{"macos/process_creation/*"}},
	{"proc_creation_win_", true, []string{"windows/process_creation/*"}},
	{"proc_tampering_", false, []string{"windows/process_tampering/*"}},
	{"proxy_", true, []string{"*/proxy/*"}},
	{"qualys_", false, []string{"qualys/*/*"}},
	{"raw_access_thread_", false, []string{"windows/raw_access_thread/*"}},
	{"registry_add_", false, []string{"windows/registry_add/*"}},
	{"registry_delete_", true, []string{"windows/registry_delete/*"}},
	{"registry_event_", true, []string{"windows/registry_event/*"}},
	{"registry_set_", true, []string{"windows/registry_set/*"}},
	{"rpc_firewall_", true, []string{"rpc_firewall/application/*"}},
	{"spring_", false, []string{"spring/application/*"}},
	{"sysmon_", false, []string{"windows/*/sysmon"}},
	{"sysmon_", false, []string{"windows/sysmon_error/*", "windows/sysmon_status/*"}},
	{"sysmon_wmi_", false, []string{"windows/wmi_event/*"}},
	{"velocity_", false, []string{"velocity/application/*"}},
	{"web_", true, []string{"*/webserver/*"}},
	{"web_apache_", false, []string{"*/*/apache"}},
	{"web_nginx_", false, []string{"*/*/nginx"}},
	{"win_", true, []string{"windows/*/application"}},
	{"win_", false, []string{"windows/*/*", "windows/*/driver-framework", "windows/*/ntlm", "windows/*/openssh", "windows/*/printservice-admin", "windows/*/printservice-operational"}},
	{"win_applocker_", false, []string{"windows/*/applocker"}},
	{"win_appmodel_runtime_", false, []string{"windows/*/appmodel-runtime"}},
	{"win_appxdeployment_server_", false, []string{"windows/*/appxdeployment-server"}},
	{"win_appxpackaging_om_", false, []string{"windows/*/appxpackaging-om"}},
	{"win_bits_client_", true, []string{"windows/*/bits-client"}},
	{"win_capi2_", false, []string{"windows/*/capi2"}},
	{"win_certificateservicesclient_lifecycle_system_", false, []string{"windows/*/certificateservicesclient-lifecycle-system"}},
	{"win_codeintegrity_", true, []string{"windows/*/codeintegrity-operational"}},
	{"win_defender_", true, []string{"windows/*/windefend"}},
	{"win_diagnosis_scripted_", false, []string{"windows/*/diagnosis-scripted"}},
	{"win_dns_analytic_", false, []string{"windows/*/dns-server-analytic"}},
	{"win_dns_client_", true, []string{"windows/*/dns-client"}},
	{"win_dns_server_", false, []string{"windows/*/dns-server"}},
	{"win_exchange_", true, []string{"windows/*/msexchange-management"}},
	{"win_firewall_as_", true, []string{"windows/*/firewall-as"}},
	{"win_hybridconnectionmgr_svc_", false, []string{"windows/*/microsoft-servicebus-client"}},
	{"win_iis_", false, []string{"windows/*/iis-configuration"}},
	{"win_ldap_", false, []string{"windows/*/ldap"}},
	{"win_lsa_server_", false, []string{"windows/*/lsa-server"}},
	{"win_security_", true, []string{"windows/*/security"}},
	{"win_security_mitigations_", false, []string{"windows/*/security-mitigations"}},
	{"win_shell_core_", false, []string{"windows/*/shell-core"}},
	{"win_smbclient_", false, []string{"windows/*/smbclient-security", "windows/*/smbclient-connectivity"}},
	{"win_smbserver_connectivity_", false, []string{"windows/*/smbserver-connectivity"}},
	{"win_system_", true, []string{"windows/*/system"}},
	{"win_taskscheduler_", false, []string{"windows/*/taskscheduler"}},
	{"win_terminalservices_", false, []string{"windows/*/terminalservices-localsessionmanager"}},
	{"win_wmi_", false, []string{"windows/*/wmi"}},
	{"zeek_", true, []string{"zeek/*/smb_files"}},
	{"zeek_", false, []string{"zeek/*/x509", "zeek/*/rdp", "zeek/*/kerberos"}},
	{"zeek_dce_rpc_", false, []string{"zeek/*/dce_rpc"}},
	{"zeek_dns_", true, []string{"zeek/*/dns"}},
	{"zeek_http_", true, []string{"zeek/*/http"}},
}

// prefixOf has the row of every log source of the table.
var prefixOf = func() map[string]filePrefix {
	rows := map[string]filePrefix{}
	for _, row := range filePrefixes {
		for _, l := range row.logsources {
			rows[l] = row
		}
	}
	return rows
}()

// productPrefixes are how the names of rules begin that name a product, and no category.
var productPrefixes = map[string]string{
	"aws": "aws_", "azure": "azure_", "cisco": "cisco_", "gcp": "gcp_", "github": "github_", "linux": "lnx_", "m365": "microsoft365_", "macos": "macos_",
	"okta": "okta_", "windows": "win_", "zeek": "zeek_",
}

// expectedPrefix is the row for the log source of a rule, or one that is not settled for its product. Any other log source says nothing.
func expectedPrefix(l rules.Logsource) (filePrefix, bool) {
	row, ok := prefixOf[l.String()]
	if !ok && !l.Category.Present() {
		row.prefix, ok = productPrefixes[strings.ToLower(l.Product.Value)]
	}
	return row, ok
}
