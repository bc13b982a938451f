package scenario
import ("testing";"fmt";"strings")
func TestAdhoc(t *testing.T){
 for _,s:=range strings.Split(strings.TrimSpace(`
Exclude netstat executions where the parent process is /usr/sbin/nrpe and the user is nagios.
Exclude lsof when it is launched by the Datadog agent.
Exclude processes where the parent image ends with \ccmexec.exe and the command line contains "-File C:\Windows\ccmcache\".
Exclude who when the parent process name is byobu-status or tmux.
Exclude last if run by the service account svc-report from /opt/report/bin/run.sh.
Exclude processes with a parent of sshd and user ansible.
Exclude events where the user is SYSTEM and the parent is C:\Program Files\Acme Tools\agent.exe.
Exclude curl invoked by kubelet liveness probes.
Exclude schtasks.exe when started by msiexec.exe or by GoogleUpdate.exe.
Exclude PowerShell launched by the Intune Management Extension.
Exclude registry changes made by OneDriveSetup.exe.
Exclude processes whose command line starts with "rm -f /var/cache/" and whose parent is apt.
Filter out reg.exe run from C:\Windows\ccmcache\.
Exclude all processes running under the account CORP\svc_backup.
Exclude processes spawned by Jenkins jobs on build servers.
Exclude events from hosts named jump01 and jump02.
Exclude user = 'backup' and process = '/usr/bin/rsync'.
Exclude netstat only when the parent is monit.
Exclude nslookup when the queried domain is corp.example.com.
Exclude the process if its hash is d41d8cd98f00b204e9800998ecf8427e.
Exclude processes where neither the user is root nor the parent is cron.
Exclude rundll32.exe when the loaded DLL path starts with C:\Program Files\Vendor\.
Exclude any process whose parent process is not explorer.exe.
Exclude mkfifo calls by the user postgres.
Exclude commands that contain /opt/splunkforwarder/bin/ in their command line.
Exclude net.exe where CommandLine contains 'view' and ParentImage endswith '\inventory.exe'.
Exclude executions of whoami by the monitoring agent (/opt/mon/agentd).
Exclude files written by C:\Program Files\Veeam\Backup\Veeam.exe to the folder D:\Backups\.
Exclude process_name IN ("a.exe","b.exe") AND parent_process_name:"c.exe"
Suppress alerts for w started by landscape-sysinfo during login.
`),"\n") {
  x:=Extract(Scenario{Exclusion:Section{Text:s}},KindProcess)
  fmt.Println(s); fmt.Println("    ",brief(x.Groups)); for _,a:=range x.Ambiguities {fmt.Println("     or",brief(a.Groups))}; for _,n:=range x.Notes{ fmt.Println("      note",n.Code,s[n.Span.Start:n.Span.End])}
 }
}
