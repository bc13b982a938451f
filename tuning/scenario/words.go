package scenario

import "strings"

// phraseKind is what a phrase does in a sentence.
type phraseKind int

const (
	wordPhrase        phraseKind = iota // nothing the vocabulary knows
	valuePhrase                         // a value by its looks, or quoted
	rolePhrase                          // "the command line"
	opPhrase                            // "contains", ==
	relationPhrase                      // "initiated by"
	activePhrase                        // "starts", after its subject
	classPhrase                         // "tool"
	nounPhrase                          // "processes", "events"
	openPhrase                          // "known", "trusted": what follows is no value
	examplePhrase                       // "e.g.", "such as"
	similarPhrase                       // "similar", "etc."
	connectivePhrase                    // and, or, comma
	openerPhrase                        // where, whose, with
	verbPhrase                          // exclude, filter by, check for
	advicePhrase                        // review, compare with
	negationPhrase                      // not, except
	prepositionPhrase                   // in, as, for, of
	determinerPhrase                    // the, a
	fillerPhrase                        // simply, also, it
	treePhrase                          // "in the process tree"
	groupPhrase                         // something in parentheses
	noPhrase                            // before the first phrase
)

// entry is what the vocabulary knows of a word or group of words.
type entry struct {
	kind     phraseKind
	role     Role
	in       map[Kind]Role
	class    Class
	op       Operator
	relation relation
	subject  nounKind // of a noun
	or       bool     // of a connective
	negated  bool     // of an operator
	weak     bool     // a preposition: not a relation inside a noun phrase
	exact    bool     // of an operator: written as in a query language
	narrows  bool     // of a connective: "limited to" always starts a condition
	article  bool     // of a determiner: "a", "an"
	advice   bool     // of a verb: only advice when nothing is compared
	note     bool     // of a verb: opens a note on a false positive
}

// relation is how something is tied to the event other than by a field's operator.
type relation int

const (
	noRelation   relation = iota
	byAgent               // initiated by X, run by X
	childOf               // child of X
	runAs                 // run as X, owned by X
	locatedIn             // located in X
	launchedFrom          // launched from X: a directory or a program
	from                  // from X: anything
	to                    // to X: a destination
	onHost                // on X
	during                // during X
	via                   // via X, through X, using X
	memberOf              // member of X
	relatedTo             // associated with X
	signedBy              // signed by X
	downloaded            // downloading from X, connecting to X
	receivedFrom          // downloaded from X, coming from X: the remote side as a source
	calls                 // calling X, executing X
)

// nounKind is what the excluded things are: it tells whose "by" is meant.
type nounKind int

const (
	anyNoun     nounKind = iota
	processNoun          // processes, executions, calls: "by" names the parent
	objectNoun           // files, keys, downloads, traffic: "by" names the process
)

// wordRow is one row of the table of words.
type wordRow struct {
	surfaces string // separated by commas
	entry    entry
}

var wordRows = []wordRow{
	// verbs of exclusion
	{"exclude, excludes, exlude, exclud, ignore, drop, suppress, skip, omit, exempt, discard, filter out, filter, filters, fitler, fitlers, filtering out, filters out, tune out, whitelist, allowlist, allow list, safelist, " +
		"allow, allows, filter by, filter on, filter for, remove, exclude all, exclude any, discount, dismiss, deny list, exclude only", entry{kind: verbPhrase}},
	{"add, adding, reduce, reducing, reduces, add filter for, add a filter for, add new filter for, add a new filter, add filters for, add exclusion for, added, new filter for, filter for fp, fix, fixing, fixes, fp, fps, false positive, false positives, flase positive, flase positives, false postive, false postives, " +
		"false alarm, false alarms, noise, fp with, fp wiht, fp matching, avoid, possible, new fp filter for", entry{kind: verbPhrase, note: true}},
	{"check, check for, check if, check whether, check that, look for, look in, look at, look out for, match, use, require, limit, apply, search for, focus on, consider only, restrict to", entry{kind: verbPhrase, advice: true}},
	// advice
	{"review, investigate, compare, compare with, correlate, correlate with, cross check, cross reference, look up, consult, monitor, verify, validate, confirm, ensure, make sure, refer to, contact, ask, document, " +
		"consider, recommend, baseline against, inspect, audit the, coordinate with, work with, maintain, create, update, implement", entry{kind: advicePhrase}},
	// openers
	// wiht, exlude, fitler, flase: slips of the fingers that notes have
	{"where, when, whenever, whose, that, which, if, with, wiht, whith, having, in which, for which, as long as, provided that, while, and where", entry{kind: openerPhrase}},
	// connectives
	{"and, as well as, along with, combined with, together with, and also, but, &&", entry{kind: connectivePhrase}},
	{"plus, limited to, restricted to, only for, only when, only if, only where, and only, but only", entry{kind: connectivePhrase, narrows: true}},
	{"or, or else, and/or, ||, alternatively, otherwise", entry{kind: connectivePhrase, or: true}},
	// negation
	{"not, no, never, neither, without, other than, is not, are not, does not, do not, isnt, arent, doesnt, dont, did not, cannot", entry{kind: negationPhrase, negated: true}},
	{"nor, except, except for, except when, except where, unless, but not, excluding, apart from, and not", entry{kind: negationPhrase, negated: true, narrows: true}},
	// operators
	{"contain, contains, containing, include, includes, including, contained, holds, holding, mentions, mention, containing the string, contains the string, contains_any, has, have, had, contains any of, includes the", entry{kind: opPhrase, op: Contains}},
	{"is, are, was, were, be, being, equal, equals, equal to, equaling, is equal to, is set to, set to, named, is named, is one of, one of, any of, is any of, is in, is among, matches exactly, eq, is exactly, against, is the same as, " +
		"is called, is either, either", entry{kind: opPhrase, op: Is}},
	{"match any of, matches, matching, matched", entry{kind: opPhrase, op: Contains}},
	{"starts with, starting with, begins with, beginning with, startswith, start with, begin with, is prefixed with", entry{kind: opPhrase, op: StartsWith}},
	{"ends with, ending with, ends in, ending in, endswith, end with, end in, with extension, with the extension, with extensions, has the extension, with file extension", entry{kind: opPhrase, op: EndsWith}},
	{"matches regex, matches the regex, matching regex, matches the regular expression, regex", entry{kind: opPhrase, op: Matches}},
	{"in range, in the range, within the range, in subnet, in the subnet, within range, is in the range, falls within, falls into", entry{kind: opPhrase, op: InRange}},
	{"is present, exists, is defined, is populated", entry{kind: opPhrase, op: Exists}},
	{"is null, are null, is missing, are missing, is not set, is unset, is absent, is not present, does not exist, is undefined, is not populated", entry{kind: opPhrase, op: Null}},
	{"is null or empty, is empty or null, are null or empty, is missing or empty, is empty or missing, are empty or missing, is null or blank, is not set or empty", entry{kind: opPhrase, op: NullOrEmpty}},
	{"is empty, are empty, is blank, is an empty string", entry{kind: opPhrase, op: Empty}},
	{"==, =, ===, =~, :", entry{kind: opPhrase, op: Is, exact: true}},
	{"!=, <>, !~, ≠, !", entry{kind: opPhrase, op: Is, exact: true, negated: true}},
	{"in~", entry{kind: opPhrase, op: Is, exact: true}},
	{"!contains", entry{kind: opPhrase, op: Contains, exact: true, negated: true}},
	// relations
	{"initiated by, is initiated by, launched by, is launched by, started by, is started by, spawned by, is spawned by, invoked by, is invoked by, triggered by, is triggered by, called by, is called by, forked by, executed by, is executed by, " +
		"run by, is run by, ran by, made by, is made by, performed by, is performed by, created by, is created by, originated by, kicked off by, driven by, managed by, is managed by, written by, modified by, set by, issued by, generated by, " +
		"caused by, is caused by, produced by, opened by, dropped by, loaded by, accessed by, deleted by, is part of the process, being run by, controlled by, were started by, was started by, was launched by, was initiated by, initiated from, done by", entry{kind: relationPhrase, relation: byAgent}},
	{"by", entry{kind: relationPhrase, relation: byAgent, weak: true}},
	{"child of, a child of, is a child of, children of, subprocess of, sub processes of, descendant of, is a descendant of, descends from, under parent, child processes of, subprocesses of", entry{kind: relationPhrase, relation: childOf}},
	{"run as, running as, runs as, is run as, executed as, is owned by, owned by, run under, running under, runs under, executed under, running under the account, in the context of, under the account, under the service account, under the context of, as user", entry{kind: relationPhrase, relation: runAs}},
	{"located in, is located in, located under, is located under, located at, located within, located below, resides in, residing in, residing under, lives inside, runs inside, running inside, lives in, lives under, stored in, stored under, found in, placed in, installed in, is installed in, installed under, below, beneath, underneath, anything below, anything under", entry{kind: relationPhrase, relation: locatedIn}},
	{"launched from, is launched from, launched out of, started from, is started from, executed from, is executed from, run from, running from, runs from, originating from, originates from, started out of, spawned from, invoked from, executing from, is running from", entry{kind: relationPhrase, relation: launchedFrom}},
	{"from, out of", entry{kind: relationPhrase, relation: from, weak: true}},
	{"to, towards, toward", entry{kind: relationPhrase, relation: to, weak: true}},
	{"on, on host, on hosts, running on, executed on, tagged as, hosted on", entry{kind: relationPhrase, relation: onHost, weak: true}},
	{"during, outside, between, within, inside, after, before, occurring during, scheduled during, outside of, inside of", entry{kind: relationPhrase, relation: during, weak: true}},
	{"via, through, using, by means of", entry{kind: relationPhrase, relation: via, weak: true}},
	{"member of, a member of, is a member of, is member of, part of, is part of, belongs to, belong to, belonging to, are members of, members of, is in the group, is assigned to", entry{kind: relationPhrase, relation: memberOf}},
	{"associated with, is associated with, are associated with, related to, is related to, tied to, is tied to, attributed to, linked to, is linked to, known to be from, attributable to, coming with", entry{kind: relationPhrase, relation: relatedTo}},
	{"of", entry{kind: relationPhrase, relation: relatedTo, weak: true}},
	{"signed by, is signed by, digitally signed by, published by, signed with", entry{kind: relationPhrase, relation: signedBy}},
	{"downloading from, downloads from, connecting to, connects to, going to, destined for, destined to, sent to, contacting, communicating with, talking to, reaching out to, traffic to, connections to, requests to, calls to, resolving, downloads", entry{kind: relationPhrase, relation: downloaded}},
	{"downloaded from, come from, comes from, coming from, received from, sourced from", entry{kind: relationPhrase, relation: receivedFrom}},
	{"calling, executing, running, launching, spawning, starting, invoking, loading, uses, utilizes, leverages, leverage, utilize", entry{kind: relationPhrase, relation: calls}},
	// verbs in the active voice, after their subject
	{"initiates, initiate, initiated, starts, start, started, launches, launch, launched, spawns, spawn, spawned, runs, run, executes, execute, executed, invokes, invoke, triggers, trigger, calls, call, performs, perform, manages, manage, ran, invoked", entry{kind: activePhrase}},
	// nouns of things that are excluded
	{"processes, process executions, executions, execution, runs of, invocations, invocation, process creations, process creation, process events, command executions, commands executed, subprocesses, instances, " +
		"instance, usage, use of, calling of", entry{kind: nounPhrase, subject: processNoun}},
	{"files, file, downloads, download, traffic, connections, connection, deletions, deletion, modifications, modification, keys, registry changes, writes, network traffic, requests, network connections, file creations, file creation, changes, " +
		"creations, creation, dns queries, queries, uploads, transfers, data, registry modifications, file writes", entry{kind: nounPhrase, subject: objectNoun}},
	{"events, event, alerts, alert, activity, activities, entries of, cases, instances of, detections, detection, hits, results, records, logs, log entries, anything, those, everything, what, matches of, actions, operations, behavior, behaviour", entry{kind: nounPhrase, subject: anyNoun}},
	// open classes
	{"known, trusted, legitimate, predefined, approved, authorized, authorised, specific, expected, internal, documented, certain, common, standard, whitelisted, recognized, recognised, verified, sanctioned, dedicated, " +
		"designated, privileged, some, particular, corporate, enterprise, benign, valid, official, appropriate, well known, pre approved, allowlisted, allow listed, scheduled, relevant, custom, normal, regular, routine, administrative, " +
		"unknown, various, any, signed, defined, established, company, pre defined, in house, third party", entry{kind: openPhrase}},
	// examples
	{"e.g., e.g, eg., eg, such as, like, for example, for instance, for instance, i.e., i.e, ie, namely, among others, including but not limited to, example, examples", entry{kind: examplePhrase}},
	{"similar, similarly, similarly named, etc, etc., or similar, and similar, and so on, and others, or others, other, others, and the like, equivalent", entry{kind: similarPhrase}},
	// small words
	{"in, as, for, at, into, upon, per, under, over, about, without the", entry{kind: prepositionPhrase}},
	{"the, its, their, his, her, this, these, our, your, all, each, every", entry{kind: determinerPhrase}},
	{"a, an", entry{kind: determinerPhrase, article: true}},
	{"simply, also, just, then, it, them, they, itself, only, please, there, so, can, may, should, must, will, would, could, been, you, we, well, both, directly, typically, usually, often, often, using the, out, if applicable, always, field, fields, property, " +
		"new, exception, exclusion, again, visible, i, see", entry{kind: fillerPhrase}},
	{"in the process tree, in the parent chain, in the process chain, in its process tree, anywhere in the process tree, in the process ancestry, in the process hierarchy", entry{kind: treePhrase}},
}

// accounts are names of built-in accounts, as Windows and Unix spell them; in lower case they are ordinary words.
var accounts = map[string]bool{"SYSTEM": true, "LOCAL SERVICE": true, "NETWORK SERVICE": true, "LOCAL SYSTEM": true, "LocalSystem": true,
	`NT AUTHORITY\SYSTEM`: true, `NT AUTHORITY\LOCAL SERVICE`: true, `NT AUTHORITY\NETWORK SERVICE`: true, "Administrator": true, "Guest": true}

// fieldNames are field names that are ordinary words as well: they are roles only before an operator of a query.
var fieldNames = map[string]Role{
	"Application": RoleProcess, "Company": RoleSigner, "Product": RoleProduct, "Description": RoleProduct, "Details": RoleRegistryValue,
	"exe": RoleProcess, "Hashes": RoleHash, "Signature": RoleSigner, "Path": RoleFile, "host": RoleHost, "comm": RoleProcess, "Url": RoleURL,
	"Host": RoleHost, "url": RoleURL, "path": RoleFile, "hash": RoleHash,
}

// lexicon is the vocabulary by key: words first, then roles, then classes; the first to name a key keeps it.
var lexicon = buildLexicon()

// longestSurface is the number of words in the longest surface.
const longestSurface = 6

func buildLexicon() map[string]entry {
	lex := map[string]entry{}
	put := func(surface string, e entry) {
		for _, key := range []string{squeeze(surface), spaced(surface)} {
			if _, taken := lex[key]; !taken && key != "" {
				lex[key] = e
			}
		}
	}
	for _, row := range wordRows {
		for _, surface := range strings.Split(row.surfaces, ",") {
			put(strings.TrimSpace(surface), row.entry)
		}
	}
	for _, row := range vocabulary {
		for _, surface := range row.Surfaces {
			put(surface, entry{kind: rolePhrase, role: row.Role, in: row.In, op: row.Default, class: row.class})
		}
	}
	for _, row := range classes {
		for _, noun := range strings.Split(row.nouns, ",") {
			put(strings.TrimSpace(noun), entry{kind: classPhrase, class: row.class, role: row.role})
		}
	}
	return lex
}

// squeeze is the key of a surface written as one word: a field name, or with hyphens.
func squeeze(surface string) string { return strings.ReplaceAll(spaced(surface), " ", "") }

// spaced is the key of a surface of several words.
func spaced(surface string) string {
	words := strings.Fields(surface)
	for i, word := range words {
		words[i] = keyOf(word)
	}
	return strings.Join(words, " ")
}

// genericModifier says whether a word before a class noun describes it ("monitoring tool") rather than names it
// ("monit service").
func genericModifier(key string) bool {
	if genericWords[key] {
		return true
	}
	return suffixed(key, "ing", "ed", "al", "ive", "tion", "ment", "ity", "ance", "ary", "able")
}

// describing says whether a word alone is a description or a verb form rather than a name.
func describing(key string) bool { return genericWords[key] || suffixed(key, "ing", "ed") }

// suffixed: the word ends in one of the suffixes after a stem. Names of daemons ("named", "sshd") have short stems.
func suffixed(key string, suffixes ...string) bool {
	const stem = 4
	for _, suffix := range suffixes {
		if strings.HasSuffix(key, suffix) && len(key) >= len(suffix)+stem {
			return true
		}
	}
	return false
}

var genericWords = wordSet("admin system backup security network update database server client web user audit remote desktop process file log cloud maintenance compliance " +
	"software hardware vendor asset config patch health host it devops edr antivirus av deployment development production staging test build agent kernel daily weekly nightly " +
	"monthly default main primary local public private windows linux macos unix os temporary temp project data disk storage business data-center datacenter tool script command " +
	"account service group automated automatic application probe job short long large small high low same different one two many few several first last next previous own " +
	"management automation ci cd ci/cd endpoint email mail analytics reporting support engineering operations ops developer sudo pki quarantine plaintext")

// stopWords never become values.
var stopWords = wordSet("the a an of to in on at by for from with without and or not is are was were be been being it its they them their this that these those as than then there here " +
	"any all some each every either neither both no nor only also just very more most such so if when where which who whom whose what while during because since " +
	"can could may might must shall should will would do does did done has have had having i we you he she us our your his her my me one ones per via " +
	"directly usually typically often normally when-ever etc need needed needs e.g. i.e. set unset present null empty true " +
	"occur occurs occured occurred happen happens arise appear appears noticed observed seen triggered handle")
