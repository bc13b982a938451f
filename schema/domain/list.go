package domain

import (
	"slices"

	"github.com/sigtune/sigtune/schema/taxonomy"
)

// List is one row about how many values the fields of some log sources hold in one event.
type List struct {
	Name string // of the row, as in `audit-records`
	// In are the log sources, by the parts that are set: an empty part fits any. No key at all fits every log source.
	In []taxonomy.Key
	// Fields are the names, separated by blanks, exact in case; `*` is any run of characters.
	Fields string
	// Several says that an event may hold several values of the field at once; false promises that it holds one at most.
	Several bool
	// Why is the sentence that says where the row comes from.
	Why string

	names   []string
	bundled bool
}

// endpoint are the categories of events that a sensor writes about one thing on one host.
var endpoint = []taxonomy.Key{
	{Category: "process_creation"}, {Category: "process_termination"}, {Category: "network_connection"}, {Category: "raw_access_read"},
	{Category: "file_event"}, {Category: "file_delete"}, {Category: "sysmon_status"},
}

// lists are the bundled rows; the last one that fits a field counts, and fields of which none speaks may hold several values. A promise of
// one value is only made of log sources that the taxonomy knows: what else a product is asked to log may have any form.
var lists = []List{
	{
		Name: "windows-event-data", In: windows, Fields: "*",
		Why: "Windows events name their data, and a manifest has every name once.",
	},
	{
		Name: "endpoint-events", In: endpoint, Fields: "*",
		Why: "Sysmon's schema has every field of an event once, on Linux too, and the specification gives the fields of other sensors the same names.",
	},
	{
		Name: "nested", Fields: "*.*", Several: true,
		Why: "A dotted name is a way into a nested document, and any level of it can be an array.",
	},
	{
		Name: "windows-unnamed-data", In: windows, Fields: "Data Keywords", Several: true,
		Why: "Classic events have any number of unnamed Data elements, and shippers write the bits of Keywords as a list of their names.",
	},
	{
		Name: "auditd-records", In: auditd, Fields: "a0 a1 a2 a3 a4 a5 a6 a7 auid comm euid exe pid ppid ses syscall SYSCALL tty uid",
		Why: "The records SYSCALL and EXECVE occur once in an event; others, such as PATH with its name, once for every file.",
	},
	{
		Name: "web-logs", In: []taxonomy.Key{{Category: "webserver"}, {Category: "proxy"}}, Fields: "c-* cs-* r-* s-* sc-* src_ip dst_ip",
		Why: "A line of the W3C extended log format has every field once.",
	},
	{
		Name: "packets", In: []taxonomy.Key{{Category: "firewall"}}, Fields: "action blocked src_ip src_port dst_ip dst_port",
		Why: "A decision is about one connection, which has two ends.",
	},
	{
		Name: "dns-questions", In: []taxonomy.Key{{Category: "dns"}}, Fields: "query record_type",
		Why: "Resolvers take one question a message; its answers are several.",
	},
	{
		Name: "antivirus", In: []taxonomy.Key{{Category: "antivirus"}}, Fields: "Action Filename Signature",
		Why: "Products write a detection as one file with one name for what was found.",
	},
	{
		Name: "zeek-columns", In: []taxonomy.Key{{Product: "zeek"}},
		Fields: "id.orig_h id.orig_p id.resp_h id.resp_p uid proto Z rejected qtype_name query method host uri c-uri user_agent c-useragent status_code request_body_len " +
			"operation endpoint named_pipe name path cipher request_type service certificate.serial",
		Why: "Zeek's script reference types these columns as one value; sets and vectors (answers, types of bodies, names of headers) are others.",
	},
	{
		Name: "aws-record", In: []taxonomy.Key{{Product: "aws", Service: "cloudtrail"}},
		Fields: "eventName eventSource eventType errorCode errorMessage sourceIPAddress userAgent awsRegion recipientAccountId " +
			"userIdentity.type userIdentity.arn userIdentity.userName userIdentity.principalId",
		Why: "CloudTrail's reference of record contents types these members as one text; requestParameters and responseElements are what each service makes them.",
	},
	{
		Name: "azure-columns", In: []taxonomy.Key{{Product: "azure"}},
		Fields: "operationName OperationName OperationNameValue CategoryValue Category category ResourceProviderValue ResultType resultType riskEventType activityType ActivityType " +
			"ActivityDisplayName LoggedByService AuthenticationRequirement conditionalAccessStatus homeTenantId resourceTenantId",
		Why: "Azure's table reference types these columns as text; properties, targetResources and their like are dynamic.",
	},
	{
		Name: "other-audit-members", In: []taxonomy.Key{{Product: "okta"}, {Product: "github"}, {Product: "bitbucket"}, {Product: "onelogin"}, {Product: "m365"}, {Product: "cisco", Service: "duo"}},
		Fields: "eventType legacyEventType displayMessage outcome.result outcome.reason actor.alternateId action auditType.action auditType.category event_type_id event_type reason " +
			"eventName eventSource status Operation Workload ResultStatus",
		Why: "The vendors' references of audit events type these members as one text.",
	},
	{
		Name: "google-records", In: []taxonomy.Key{{Product: "gcp"}}, Fields: "data.protoPayload.methodName data.protoPayload.serviceName data.protoPayload.logName data.protoPayload.resource.type gcp.audit.method_name " +
			"protoPayload.serviceName eventName eventService",
		Why: "Google's AuditLog type has one method and one service; its authorizationInfo is an array.",
	},
	{
		Name: "kubernetes-events", In: []taxonomy.Key{{Product: "kubernetes"}}, Fields: "verb requestURI userAgent responseStatus.code objectRef.apiGroup objectRef.namespace objectRef.resource objectRef.subresource",
		Why: "The API server's audit event has one verb, one URI and one object.",
	},
}

// list is the row that speaks of a field, or nil.
func (f Fields) list(field string) *List {
	for _, l := range slices.Backward(f.lists) {
		if among(l.names, field) {
			return l
		}
	}
	return nil
}

// Lists is the function for logic.Options.Lists: fields that may hold several values at once. Where nothing is known they may: a proof
// for any number of values is one for a single value.
func (f Fields) Lists(field string) bool {
	if f.own || field == "" {
		return true
	}
	l := f.list(field)
	return l == nil || l.Several
}

// Single reports a field of which it is certain that an event holds one value at most: the taxonomy says so, or a row that is not bundled. A
// proof that takes one value for granted of any other field has to say so.
func (f Fields) Single(field string) bool {
	if f.Lists(field) {
		return false
	}
	if l := f.list(field); !l.bundled {
		return true
	}
	logs, _ := taxonomy.Lookup(f.key.Product, f.key.Category, f.key.Service)
	if logs == nil {
		return false
	}
	known, ok := logs.Field(field)
	return ok && known.Single
}
