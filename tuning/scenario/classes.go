package scenario

// Class is the kind of thing a phrase names without giving a value: "a known monitoring tool".
type Class string

// The classes.
const (
	ClassNone        Class = ""
	ClassTool        Class = "tool"        // program, agent, scanner, product
	ClassService     Class = "service"     // service, daemon
	ClassJob         Class = "job"         // scheduled task, cron job, scheduler
	ClassScript      Class = "script"      //
	ClassDirectory   Class = "directory"   //
	ClassFile        Class = "file"        //
	ClassUser        Class = "user"        // accounts and people
	ClassGroup       Class = "group"       //
	ClassPrivilege   Class = "privilege"   // privileges, sudo context
	ClassHost        Class = "host"        //
	ClassNetwork     Class = "network"     // address ranges, subnets
	ClassURL         Class = "url"         // addresses, domains, endpoints
	ClassTime        Class = "time"        // windows, hours, days
	ClassApproval    Class = "approval"    // tickets, approved changes, documentation
	ClassEnvironment Class = "environment" // development environment, container
	ClassHash        Class = "hash"        //
	ClassSigner      Class = "signer"      // publishers, signatures
	ClassPattern     Class = "pattern"     // patterns, names, values: says nothing of its own
	ClassFrequency   Class = "frequency"   // counts and rates
)

// classRow: the nouns that name a class, and the role of such a noun when no other word gives one.
type classRow struct {
	class Class
	role  Role
	nouns string // separated by commas
}

var classes = []classRow{
	{ClassTool, RoleProcess, "tool, tools, utility, utilities, software, program, programs, application, applications, app, apps, binary, binaries, " +
		"agent, agents, scanner, scanners, product, products, client, clients, updater, installer, installers, executables, " +
		"solution, solutions, suite, framework, browser, browsers, engine, package manager, package managers, launcher, security tool, package, windowsapp, windowsapps, store app"},
	{ClassService, RoleProcess, "service, services, daemon, daemons, system service, system services, component, components, watchdog, supervisor"},
	{ClassJob, RoleJob, "scheduled task, scheduled tasks, scheduled job, scheduled jobs, job, jobs, task, tasks, timer, timers, scheduler, schedulers, " +
		"system scheduler, routine, routines, automation, workflow, workflows, pipeline, pipelines, timer job, batch job, crontab entry, crontab entries, logon scripts"},
	{ClassScript, RoleScript, "script, scripts, playbook, playbooks, script files, macro, macros, cmdlet, cmdlets, function, functions, powershell function, powershell functions"},
	{ClassDirectory, RoleDirectory, "directory, directories, folder, folders, location, locations, path, paths, temp folder, temp folders, temp directory, " +
		"program files folder, install directory, installation directory, project folder"},
	{ClassFile, RoleFile, "extension, extensions, configuration files, config files, log files, configuration file, file types"},
	{ClassUser, RoleUser, "administrator, administrators, admin, admins, developer, developers, engineer, engineers, personnel, operator, operators, analyst, analysts, " +
		"employee, employees, staff, tester, testers, programmer, programmers, person, people, admin account, admin accounts, sysadmin, sysadmins, team, teams, it team, it staff, " +
		"security team, owners, contractor, contractors, professional, professionals, researcher, researchers, admin user, admin users, help desk, helpdesk, individuals"},
	{ClassGroup, RoleGroup, "group, groups, role, roles, security group, ad group, admin group, user group, department, departments, organizational unit, sudoers"},
	{ClassPrivilege, RoleGroup, "privilege, privileges, permission, permissions, rights, context, sudo access, root access, administrative access, admin rights, clearance"},
	{ClassHost, RoleHost, "host, hosts, server, servers, workstation, workstations, machine, machines, asset, assets, endpoint device, device, devices, computer, computers, " +
		"jump host, jump hosts, jump server, jump servers, domain controller, domain controllers, build server, build servers, system, systems, node, nodes, vm, vms, fleet, bastion"},
	{ClassNetwork, RoleIP, "ip range, ip ranges, ip address, ip addresses, ip, ips, address range, address ranges, range, ranges, subnet, subnets, network, networks, cidr, vlan, addresses, ip block, network range"},
	{ClassURL, RoleURL, "url, urls, uri, domain, domains, endpoint, endpoints, website, websites, repository, repositories, mirror, mirrors, mirror url, mirror urls, site, sites, download server"},
	{ClassTime, RoleTime, "window, windows of time, maintenance window, maintenance windows, change window, time window, hours, business hours, working hours, period, periods, schedule, schedules, time, times, day, days, " +
		"night, weekend, weekends, weekday, weekdays, sunday, sundays, saturday, saturdays, monday, mondays, tuesday, wednesday, thursday, friday, month, week, interval, intervals, time frame, timeframe, date, dates"},
	{ClassApproval, RoleOther, "ticket, tickets, change ticket, change request, change requests, approval, approvals, change, request, documentation, cleanup, authorization, change record, cmdb, maintenance task, " +
		"maintenance tasks, exception, allowlist entry, policy, policies, inventory, audit, audits, engagement, exercise"},
	{ClassEnvironment, RoleOther, "environment, environments, container, containers, pod, pods, namespace, namespaces, cluster, clusters, lab, sandbox, tenant, project, projects, workspace"},
	{ClassHash, RoleHash, "hash, hashes, checksum, checksums, digest"},
	{ClassSigner, RoleSigner, "signature, signatures, publisher, publishers, signer, vendor, vendors, certificate, certificates, company, companies, manufacturer"},
	{ClassPattern, RoleOther, "pattern, patterns, format, formats, string, strings, keyword, keywords, value, values, names, name, parameter set, flag, flags, option, options, switch, switches, entry, entries, character, characters"},
	{ClassFrequency, RoleOther, "times per day, per day, per hour, frequency, threshold, baseline, count, rate"},
}

// roleOf is the role that a noun of the class gives.
func roleOf(class Class) Role {
	for _, row := range classes {
		if row.class == class {
			return row.role
		}
	}
	return RoleOther
}
