package schema

import "strings"

// The clean documents that the cases change in one place.
const (
	cleanRule = `title: Interactive Shell Started By A Web Server
id: 6b1f8a4e-3c52-4d7e-9a60-5f1c2d3e4b5a
name: web_shell
related:
    - id: 0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d
      type: derived
status: test
description: Detects a shell below a web server
license: DRL-1.1
references:
    - https://example.org/web-shells
author: A. Nalyst
date: 2024-01-31
modified: 2024-02-29
tags:
    - attack.persistence
scope:
    - server
logsource:
    category: process_creation
    product: linux
    definition: with command lines
detection:
    selection:
        ParentImage|endswith:
            - '/nginx'
            - '/httpd'
        Image|endswith: '/sh'
    keywords:
        - 'uid=0'
    condition: selection and keywords
fields:
    - CommandLine
falsepositives:
    - Administrators
level: high
`
	cleanCorrelation = `title: Many Failed Logons
id: 1c2d3e4f-5a6b-4c7d-8e9f-0a1b2c3d4e5f
status: test
correlation:
    type: event_count
    rules:
        - failed_logon
        - failed_ssh
    group-by:
        - user
    timespan: 10m
    condition:
        gte: 10
    aliases:
        user:
            failed_logon: TargetUserName
    generate: false
level: medium
`
	cleanFilter = `title: Backup Accounts
id: 2d3e4f5a-6b7c-4d8e-9f0a-1b2c3d4e5f6a
logsource:
    category: process_creation
    product: windows
filter:
    rules:
        - web_shell
        - other_rule
    selection:
        User: 'backup'
    condition: not selection
`
)

// change is one edit of a clean document and what has to come of it.
type change struct {
	name     string
	document string
	old, new string
	kind     string
	marked   string // the text under the mark
	message  string // part of it
	help     string // part of it
	fixed    string // what `new` becomes by the repair; empty for none
	safe     bool
	warning  bool
	also     string // further kinds that follow from the same edit
	left     string // what remains after the repair
}

var changes = []change{
	// What is missing is marked at the first key, or at the key that should hold it.
	{name: "no title", document: cleanRule, old: "title: Interactive Shell Started By A Web Server\n",
		kind: MissingTitle, marked: "id", message: "the rule has no `title`", help: "write `title:`"},
	{name: "empty title", document: cleanRule, old: "Interactive Shell Started By A Web Server", new: "' '",
		kind: MissingTitle, marked: "' '", message: "`title` is empty", help: "say what the rule finds"},
	{name: "no value after title", document: cleanRule, old: " Interactive Shell Started By A Web Server",
		kind: MissingTitle, marked: "title", message: "`title` is empty"},
	{name: "title as a list", document: cleanRule, old: "Interactive Shell Started By A Web Server", new: "[One, Two]",
		kind: WrongType, marked: "[One, Two]", message: "`title` is a list, not text"},
	{name: "opening bracket before a quoted title", document: cleanRule, old: "Interactive Shell Started By A Web Server", new: "{Shell}",
		kind: WrongType, marked: "{Shell}", message: "`title` is a map, not text", help: "quote it when it holds a colon or a brace"},
	{name: "title as a number", document: cleanRule, old: "Interactive Shell Started By A Web Server", new: "4688",
		kind: WrongType, marked: "4688", message: "`title` is a number, not text", help: "quote it: '4688'", fixed: "'4688'"},
	{name: "title as a date", document: cleanRule, old: "Interactive Shell Started By A Web Server", new: "2024-01-01",
		kind: WrongType, marked: "2024-01-01", message: "`title` is a date, not text", fixed: "'2024-01-01'"},
	{name: "endless title", document: cleanRule, old: "Interactive", new: strings.Repeat("x", 257),
		kind: TooLong, marked: strings.Repeat("x", 257) + " Shell Started By A Web Server", message: "`title` has 287 characters; the specification allows 256"},
	{name: "endless name", document: cleanRule, old: "web_shell", new: strings.Repeat("ä", 257),
		kind: TooLong, marked: strings.Repeat("ä", 257), message: "`name` has 257 characters"},
	{name: "endless description", document: cleanRule, old: "Detects a shell below a web server", new: strings.Repeat("x", 65536),
		kind: TooLong, marked: strings.Repeat("x", 65536), message: "`description` has 65536 characters; the specification allows 65535"},
	{name: "endless taxonomy", document: cleanRule, old: "level: high", new: "level: high\ntaxonomy: " + strings.Repeat("x", 300),
		kind: TooLong, marked: strings.Repeat("x", 300), message: "`taxonomy` has 300 characters"},

	{name: "empty name", document: cleanRule, old: "name: web_shell\n", new: "name: ''\n",
		kind: EmptyAttribute, marked: "''", message: "`name` is empty", help: "remove the key", fixed: "<nothing>", safe: true},
	{name: "author without a value", document: cleanRule, old: "author: A. Nalyst\n", new: "author:\n",
		kind: EmptyAttribute, marked: "author", message: "`author` is empty", fixed: "<nothing>", safe: true},
	{name: "an empty attribute with a comment is not removed", document: cleanRule, old: "author: A. Nalyst", new: "author: # nobody yet",
		kind: EmptyAttribute, marked: "author", message: "`author` is empty"},
	{name: "author list", document: cleanRule, old: "author: A. Nalyst", new: "author:\n    - A. Nalyst\n    - B. Nalyst",
		kind: WrongType, marked: "author", message: "`author` is a list, not text", help: "separated by commas"},
	{name: "licence as a boolean", document: cleanRule, old: "DRL-1.1", new: "true",
		kind: WrongType, marked: "true", message: "`license` is a boolean, not text", fixed: "'true'"},
	{name: "taxonomy as a number", document: cleanRule, old: "level: high", new: "level: high\ntaxonomy: 1.5",
		kind: WrongType, marked: "1.5", message: "`taxonomy` is a number", fixed: "level: high\ntaxonomy: '1.5'"},
	{name: "description as a map", document: cleanRule, old: "description: Detects a shell below a web server", new: "description:\n    Detects: a shell",
		kind: WrongType, marked: "description", message: "`description` is a map, not text", help: "quote it"},

	// Lists.
	{name: "one reference without a list", document: cleanRule, old: "references:\n    - https://example.org/web-shells", new: "references: https://example.org/web-shells",
		kind: WrongType, marked: "https://example.org/web-shells", message: "`references` is a single text, not a list", help: "- …",
		fixed: "references:\n    - https://example.org/web-shells", safe: true},
	{name: "one tag on the next line", document: cleanRule, old: "tags:\n    - attack.persistence", new: "tags:\n    attack.persistence",
		kind: WrongType, marked: "attack.persistence", message: "`tags` is a single text", fixed: "tags:\n    - attack.persistence", safe: true},
	{name: "one quoted scope with a comment", document: cleanRule, old: "scope:\n    - server", new: "scope: 'server' # all of them",
		kind: WrongType, marked: "'server'", message: "`scope` is a single text", fixed: "scope:\n    - 'server' # all of them", safe: true},
	{name: "false positives in a block scalar", document: cleanRule, old: "falsepositives:\n    - Administrators", new: "falsepositives: |\n    Administrators\n    Developers",
		kind: WrongType, marked: "|", message: "`falsepositives` is a single text"},
	{name: "no fields", document: cleanRule, old: "fields:\n    - CommandLine\n", new: "fields: []\n",
		kind: EmptyAttribute, marked: "[]", message: "`fields` is empty", fixed: "<nothing>", safe: true},
	{name: "tags as a map", document: cleanRule, old: "tags:\n    - attack.persistence", new: "tags:\n    attack: persistence",
		kind: WrongType, marked: "tags", message: "`tags` is a map, not a list of texts"},
	{name: "references as a number", document: cleanRule, old: "references:\n    - https://example.org/web-shells", new: "references: 5",
		kind: WrongType, marked: "5", message: "`references` is a number, not a list of texts"},
	{name: "number in the list of tags", document: cleanRule, old: "- attack.persistence", new: "- 1059",
		kind: WrongType, marked: "1059", message: "an entry of `tags` is a number, not text", fixed: "- '1059'"},
	{name: "unquoted colon in a false positive", document: cleanRule, old: "- Administrators", new: "- Administrators: those at night",
		kind: WrongType, marked: "Administrators", message: "an entry of `falsepositives` is a map, not text", help: "quote it: 'Administrators: those at night'",
		fixed: "- 'Administrators: those at night'"},
	{name: "false positive without text", document: cleanRule, old: "- Administrators", new: "- Administrators\n    -",
		kind: WrongType, marked: "-", message: "an entry of `falsepositives` is empty"},
	{name: "list in the list of references", document: cleanRule, old: "- https://example.org/web-shells", new: "- [a, b]",
		kind: WrongType, marked: "[a, b]", message: "an entry of `references` is a list, not text"},
	{name: "boolean in the list of fields", document: cleanRule, old: "- CommandLine", new: "- true",
		kind: WrongType, marked: "true", message: "an entry of `fields` is a boolean", fixed: "- 'true'"},
	{name: "number in the list of scopes", document: cleanRule, old: "- server", new: "- 10",
		kind: WrongType, marked: "10", message: "an entry of `scope` is a number", fixed: "- '10'"},
	{name: "false positive of one letter", document: cleanRule, old: "- Administrators", new: "- A",
		kind: ShortEntry, marked: "A", message: "the entry `A` of `falsepositives` says too little"},
	{name: "empty scope", document: cleanRule, old: "- server", new: "- ''",
		kind: ShortEntry, marked: "''", message: "an entry of `scope` is empty"},

	// Words from a list.
	{name: "level hihg", document: cleanRule, old: "level: high", new: "level: hihg",
		kind: InvalidLevel, marked: "hihg", message: "`hihg` is not a `level`", help: "did you mean `high`?", fixed: "level: high"},
	{name: "level info", document: cleanRule, old: "level: high", new: "level: 'info'",
		kind: InvalidLevel, marked: "'info'", message: "`info` is not a `level`", help: "did you mean `informational`?", fixed: "level: 'informational'"},
	{name: "level with a capital", document: cleanRule, old: "level: high", new: "level: High",
		kind: InvalidLevel, marked: "High", message: "`High` has to be written `high`", fixed: "level: high", safe: true, warning: true},
	{name: "level in blanks", document: cleanRule, old: "level: high", new: `level: " high "`,
		kind: InvalidLevel, marked: `" high "`, message: "` high ` has to be written `high`", fixed: `level: "high"`, safe: true, warning: true},
	{name: "level far from all", document: cleanRule, old: "level: high", new: "level: catastrophe",
		kind: InvalidLevel, marked: "catastrophe", message: "`catastrophe` is not a `level`", help: "one of `informational`, `low`, `medium`, `high` or `critical`"},
	{name: "level as a number", document: cleanRule, old: "level: high", new: "level: 3",
		kind: InvalidLevel, marked: "3", message: "`3` is not a `level`", help: "one of"},
	{name: "empty level", document: cleanRule, old: "level: high\n", new: "level:\n",
		kind: EmptyAttribute, marked: "level", message: "`level` is empty", fixed: "<nothing>", safe: true},
	{name: "status tests", document: cleanRule, old: "status: test", new: "status: tests",
		kind: InvalidStatus, marked: "tests", message: "`tests` is not a `status`", help: "did you mean `test`?", fixed: "status: test"},
	{name: "status list", document: cleanRule, old: "status: test", new: "status: [test]",
		kind: WrongType, marked: "[test]", message: "`status` is a list, not text", help: "`unsupported`"},

	// Dates, judged on the text as typed.
	{name: "slash date", document: cleanRule, old: "date: 2024-01-31", new: "date: 2024/01/31",
		kind: LegacyDate, marked: "2024/01/31", message: "`date` `2024/01/31` is not in the form `YYYY-MM-DD`", help: "write `2024-01-31`", fixed: "date: 2024-01-31", safe: true},
	{name: "unpadded date in quotes", document: cleanRule, old: "modified: 2024-02-29", new: "modified: '2024-2-29'",
		kind: LegacyDate, marked: "'2024-2-29'", message: "`modified` `2024-2-29`", fixed: "modified: '2024-02-29'", safe: true},
	{name: "date without separators", document: cleanRule, old: "date: 2024-01-31", new: "date: 20240131",
		kind: LegacyDate, marked: "20240131", message: "`20240131`", fixed: "date: 2024-01-31", safe: true},
	{name: "date with a time", document: cleanRule, old: "date: 2024-01-31", new: "date: 2024-01-31T10:20:30Z",
		kind: LegacyDate, marked: "2024-01-31T10:20:30Z", fixed: "date: 2024-01-31", safe: true},
	{name: "30 February", document: cleanRule, old: "date: 2024-01-31", new: "date: 2023-02-30",
		kind: InvalidDate, marked: "2023-02-30", message: "is no valid date: February 2023 has 28 days", help: "YYYY-MM-DD"},
	{name: "month 13 with slashes", document: cleanRule, old: "date: 2024-01-31", new: "date: 2024/13/45",
		kind: InvalidDate, marked: "2024/13/45", message: "there is no month 13"},
	{name: "German date", document: cleanRule, old: "date: 2024-01-31", new: "date: 31.01.2024",
		kind: InvalidDate, marked: "31.01.2024", message: "nobody can tell day and month apart"},
	{name: "American date", document: cleanRule, old: "date: 2024-01-31", new: "date: 01/02/2024",
		kind: InvalidDate, marked: "01/02/2024", message: "nobody can tell day and month apart"},
	{name: "year 1969", document: cleanRule, old: "date: 2024-01-31", new: "date: 1969-12-31",
		kind: InvalidDate, marked: "1969-12-31", message: "the year is not between 1970 and 2099"},
	{name: "no date at all", document: cleanRule, old: "date: 2024-01-31", new: "date: soon",
		kind: InvalidDate, marked: "soon", message: "it is not a date"},
	{name: "list of dates", document: cleanRule, old: "date: 2024-01-31", new: "date: [2024-01-31]",
		kind: WrongType, marked: "[2024-01-31]", message: "`date` is a list, not a date"},
	{name: "empty modified", document: cleanRule, old: "modified: 2024-02-29\n", new: "modified: ''\n",
		kind: EmptyAttribute, marked: "''", message: "`modified` is empty", fixed: "<nothing>", safe: true},

	// Identifiers.
	{name: "id of words", document: cleanRule, old: "6b1f8a4e-3c52-4d7e-9a60-5f1c2d3e4b5a", new: "web server shell",
		kind: InvalidID, marked: "web server shell", message: "`id` `web server shell` is not a UUID", help: "32 hexadecimal digits"},
	{name: "id with a letter too many", document: cleanRule, old: "5f1c2d3e4b5a", new: "5f1c2d3e4b5ag",
		kind: InvalidID, marked: "6b1f8a4e-3c52-4d7e-9a60-5f1c2d3e4b5ag", message: "`g` is no hexadecimal digit"},
	{name: "id with a digit too few", document: cleanRule, old: "5f1c2d3e4b5a", new: "5f1c2d3e4b5",
		kind: InvalidID, marked: "6b1f8a4e-3c52-4d7e-9a60-5f1c2d3e4b5", message: "it has 31 digits instead of 32"},
	{name: "id grouped otherwise", document: cleanRule, old: "6b1f8a4e-3c52-", new: "6b1f8a4-e3c52-",
		kind: InvalidID, marked: "6b1f8a4-e3c52-4d7e-9a60-5f1c2d3e4b5a", message: "its groups are not 8-4-4-4-12 digits"},
	{name: "id as a number", document: cleanRule, old: "6b1f8a4e-3c52-4d7e-9a60-5f1c2d3e4b5a", new: "42",
		kind: InvalidID, marked: "42", message: "`id` `42` is not a UUID"},
	{name: "id in capitals", document: cleanRule, old: "6b1f8a4e-3c52-4d7e-9a60-5f1c2d3e4b5a", new: "6B1F8A4E-3C52-4D7E-9A60-5F1C2D3E4B5A",
		kind: IDNotCanonical, marked: "6B1F8A4E-3C52-4D7E-9A60-5F1C2D3E4B5A", message: "is not the canonical form", fixed: "6b1f8a4e-3c52-4d7e-9a60-5f1c2d3e4b5a", safe: true},
	{name: "id in braces", document: cleanRule, old: "6b1f8a4e-3c52-4d7e-9a60-5f1c2d3e4b5a", new: "'{6b1f8a4e-3c52-4d7e-9a60-5f1c2d3e4b5a}'",
		kind: IDNotCanonical, marked: "'{6b1f8a4e-3c52-4d7e-9a60-5f1c2d3e4b5a}'", fixed: "'6b1f8a4e-3c52-4d7e-9a60-5f1c2d3e4b5a'", safe: true},
	{name: "id as a URN", document: cleanRule, old: "6b1f8a4e-3c52-4d7e-9a60-5f1c2d3e4b5a", new: "urn:uuid:6b1f8a4e-3c52-4d7e-9a60-5f1c2d3e4b5a",
		kind: IDNotCanonical, marked: "urn:uuid:6b1f8a4e-3c52-4d7e-9a60-5f1c2d3e4b5a", fixed: "6b1f8a4e-3c52-4d7e-9a60-5f1c2d3e4b5a", safe: true},
	{name: "id of digits without hyphens, which YAML reads as a number", document: cleanRule, old: "6b1f8a4e-3c52-4d7e-9a60-5f1c2d3e4b5a", new: "12345678123441238123123456789012",
		kind: IDNotCanonical, marked: "12345678123441238123123456789012", fixed: "12345678-1234-4123-8123-123456789012", safe: true},
	{name: "id as a list", document: cleanRule, old: "6b1f8a4e-3c52-4d7e-9a60-5f1c2d3e4b5a", new: "[a]",
		kind: WrongType, marked: "[a]", message: "`id` is a list, not a UUID"},
	{name: "empty id", document: cleanRule, old: "id: 6b1f8a4e-3c52-4d7e-9a60-5f1c2d3e4b5a\n", new: "id:\n",
		kind: EmptyAttribute, marked: "id", message: "`id` is empty", fixed: "<nothing>", safe: true},

	// Related rules.
	{name: "related as a map", document: cleanRule, old: "    - id: 0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d\n      type", new: "    id: 0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d\n    type",
		kind: MalformedRelated, marked: "related", message: "`related` is a map, not a list of entries", help: "put a dash before `id`"},
	{name: "related as a text", document: cleanRule, old: "related:\n    - id: 0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d\n      type: derived", new: "related: web_shell",
		kind: MalformedRelated, marked: "web_shell", message: "`related` is text, not a list"},
	{name: "nothing related", document: cleanRule, old: "related:\n    - id: 0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d\n      type: derived\n", new: "related: []\n",
		kind: EmptyAttribute, marked: "[]", message: "`related` is empty", fixed: "<nothing>", safe: true},
	{name: "related entry of words", document: cleanRule, old: "- id: 0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d\n      type: derived", new: "- 0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d",
		kind: MalformedRelated, marked: "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d", message: "an entry of `related` is text, not a map"},
	{name: "related entry without type", document: cleanRule, old: "\n      type: derived",
		kind: MalformedRelated, marked: "id", message: "an entry of `related` has no `type`"},
	{name: "related entry with a note", document: cleanRule, old: "type: derived", new: "type: derived\n      note: older",
		kind: MalformedRelated, marked: "note", message: "has the key `note`"},
	{name: "related entry with Type", document: cleanRule, old: "type: derived", new: "Type: derived",
		kind: NotLowercase, marked: "Type", message: "the key `Type` is not read as `type`", fixed: "type: derived", also: MalformedRelated},
	{name: "related id of words", document: cleanRule, old: "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d", new: "old_rule",
		kind: InvalidRelatedID, marked: "old_rule", message: "`id` `old_rule` is not a UUID"},
	{name: "related id in capitals", document: cleanRule, old: "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d", new: "0A1B2C3D-4E5F-4A6B-8C7D-9E0F1A2B3C4D",
		kind: IDNotCanonical, marked: "0A1B2C3D-4E5F-4A6B-8C7D-9E0F1A2B3C4D", fixed: "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d", safe: true},
	{name: "empty related id", document: cleanRule, old: " 0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d",
		kind: MalformedRelated, marked: "id", message: "has an empty `id`"},
	{name: "list of related ids", document: cleanRule, old: "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d", new: "[a, b]",
		kind: InvalidRelatedID, marked: "[a, b]", message: "is a list, not a UUID"},
	{name: "related type with a letter missing", document: cleanRule, old: "type: derived", new: "type: derive",
		kind: InvalidRelatedType, marked: "derive", message: "`derive` is not a `type` of related rules", help: "did you mean `derived`?", fixed: "type: derived"},
	{name: "related type obsoletes", document: cleanRule, old: "type: derived", new: "type: obsoletes",
		kind: InvalidRelatedType, marked: "obsoletes", help: "did you mean `obsolete`?", fixed: "type: obsolete"},
	{name: "related type with a capital", document: cleanRule, old: "type: derived", new: "type: Derived",
		kind: InvalidRelatedType, marked: "Derived", fixed: "type: derived", safe: true, warning: true},
	{name: "related type of pySigma", document: cleanRule, old: "type: derived", new: "type: correlation",
		kind: InvalidRelatedType, marked: "correlation", message: "known to pySigma only", warning: true},
	{name: "empty related type", document: cleanRule, old: "type: derived", new: "type:",
		kind: MalformedRelated, marked: "type", message: "has an empty `type`"},
	{name: "list of related types", document: cleanRule, old: "type: derived", new: "type: [derived]",
		kind: InvalidRelatedType, marked: "[derived]", message: "is a list, not text"},

	// Log sources.
	{name: "no log source", document: cleanRule, old: "logsource:\n    category: process_creation\n    product: linux\n    definition: with command lines\n",
		kind: MissingLogsource, marked: "title", message: "the rule has no `logsource`", help: "at least one of"},
	{name: "misspelt log source", document: cleanRule, old: "logsource:", new: "logsuorce:",
		kind: Misspelt, marked: "logsuorce", message: "does not know the attribute `logsuorce`", help: "did you mean `logsource`?", also: MissingLogsource},
	{name: "log source of a definition", document: cleanRule, old: "    category: process_creation\n    product: linux\n",
		kind: EmptyLogsource, marked: "logsource", message: "has none of `category`, `product` and `service`"},
	{name: "empty log source", document: cleanRule, old: "logsource:\n    category: process_creation\n    product: linux\n    definition: with command lines", new: "logsource: {}",
		kind: EmptyLogsource, marked: "{}", message: "`logsource` is empty"},
	{name: "nothing after logsource", document: cleanRule, old: "logsource:\n    category: process_creation\n    product: linux\n    definition: with command lines", new: "logsource:",
		kind: EmptyLogsource, marked: "logsource", message: "`logsource` is empty"},
	{name: "log source as a text", document: cleanRule, old: "logsource:\n    category: process_creation\n    product: linux\n    definition: with command lines", new: "logsource: linux",
		kind: WrongType, marked: "linux", message: "`logsource` is text, not a map"},
	{name: "product with a capital", document: cleanRule, old: "product: linux", new: "product: Linux",
		kind: LogsourceNotLowercase, marked: "Linux", message: "`product` `Linux` of the log source is not in lower case", fixed: "product: linux", safe: true},
	{name: "category with blanks", document: cleanRule, old: "process_creation", new: "Process Creation",
		kind: MalformedLogsource, marked: "Process Creation", message: "has other characters", help: "write `process_creation`", fixed: "process_creation", safe: true},
	{name: "service with a slash", document: cleanRule, old: "product: linux", new: "product: linux\n    service: auth/log",
		kind: MalformedLogsource, marked: "auth/log", message: "`service` `auth/log`"},
	{name: "product as a number", document: cleanRule, old: "product: linux", new: "product: 5",
		kind: WrongType, marked: "5", message: "`product` of the log source is a number, not text", fixed: "product: '5'"},
	{name: "list of products", document: cleanRule, old: "product: linux", new: "product: [linux, macos]",
		kind: WrongType, marked: "[linux, macos]", message: "`product` of the log source is a list"},
	{name: "empty product beside a category", document: cleanRule, old: "product: linux", new: "product: ''",
		kind: MalformedLogsource, marked: "''", message: "`product` of the log source is empty"},
	{name: "nothing but an empty product", document: cleanRule, old: "category: process_creation\n    product: linux", new: "product:",
		kind: EmptyLogsource, marked: "product", message: "nothing else names the log source"},
	{name: "Category", document: cleanRule, old: "category: process", new: "Category: process",
		kind: NotLowercase, marked: "Category", fixed: "category: process"},
	{name: "definition as a list", document: cleanRule, old: "definition: with command lines", new: "definition: [a]",
		kind: WrongType, marked: "[a]", message: "`definition` is a list, not text"},

	// Detections. What the parser says of them is not said twice.
	{name: "no condition", document: cleanRule, old: "    condition: selection and keywords\n",
		kind: MissingCondition, marked: "detection", message: "`detection` has no `condition`"},
	{name: "Condition", document: cleanRule, old: "    condition:", new: "    Condition:",
		kind: NotLowercase, marked: "Condition", message: "not read as `condition`", fixed: "    condition:", also: MissingCondition},
	{name: "empty condition", document: cleanRule, old: "condition: selection and keywords", new: "condition: ''",
		kind: MissingCondition, marked: "''", message: "`condition` is empty"},
	{name: "empty list of conditions", document: cleanRule, old: "condition: selection and keywords", new: "condition: []",
		kind: MissingCondition, marked: "[]", message: "`condition` is empty"},
	{name: "condition as a number", document: cleanRule, old: "condition: selection and keywords", new: "condition: 1",
		kind: WrongType, marked: "1", message: "`condition` is a number, not text", fixed: "condition: '1'"},
	{name: "condition as a map", document: cleanRule, old: "condition: selection and keywords", new: "condition: {selection: keywords}",
		kind: WrongType, marked: "{selection: keywords}", message: "neither text nor a list"},
	{name: "empty entry in a list of conditions", document: cleanRule, old: "condition: selection and keywords", new: "condition: [selection, '']",
		kind: MissingCondition, marked: "''", message: "an entry of `condition` is empty"},
	{name: "boolean in a list of conditions", document: cleanRule, old: "condition: selection and keywords", new: "condition: [selection, true]",
		kind: WrongType, marked: "true", message: "`condition` is a boolean", fixed: "condition: [selection, 'true']"},
	{name: "detection as a text", document: cleanRule, old: cleanRule[strings.Index(cleanRule, "detection:"):strings.Index(cleanRule, "fields:")], new: "detection: selection\n",
		kind: WrongType, marked: "selection", message: "`detection` is text, not a map"},
	{name: "nothing after detection", document: cleanRule, old: cleanRule[strings.Index(cleanRule, "detection:"):strings.Index(cleanRule, "fields:")], new: "detection:\n",
		kind: NoSearchIdentifier, marked: "detection", message: "`detection` is empty"},

	// Spelling.
	{name: "lvel", document: cleanRule, old: "level:", new: "lveel:",
		kind: Misspelt, marked: "lveel", help: "did you mean `level`?"},
	{name: "reference", document: cleanRule, old: "references:\n    - https", new: "reference: https",
		kind: Misspelt, marked: "reference", help: "did you mean `references`?"},
	{name: "Level", document: cleanRule, old: "level:", new: "Level:",
		kind: NotLowercase, marked: "Level", message: "the key `Level` is not read as `level`", help: "write `level`", fixed: "level:"},
	{name: "Level beside level", document: cleanRule, old: "level: high", new: "level: high\nLevel: low",
		kind: NotLowercase, marked: "Level", help: "remove it; `level` is there as well"},
	{name: "custom attribute", document: cleanRule, old: "level: high", new: "level: high\nplaybook: PB-17",
		kind: Custom, marked: "playbook", message: "`playbook` is a custom attribute", help: "attributes.allow"},
	{name: "Title", document: cleanRule, old: "title: I", new: "Title: I",
		kind: NotLowercase, marked: "Title", fixed: "title: I", also: MissingTitle},

	// Correlations.
	{name: "correlation as a list", document: cleanCorrelation, old: cleanCorrelation[strings.Index(cleanCorrelation, "correlation:"):strings.Index(cleanCorrelation, "level:")], new: "correlation: [a]\n",
		kind: WrongType, marked: "[a]", message: "`correlation` is a list, not a map"},
	{name: "correlation without type", document: cleanCorrelation, old: "    type: event_count\n",
		kind: MissingCorrelationKey, marked: "correlation", message: "`correlation` has no `type`"},
	{name: "correlation without timespan", document: cleanCorrelation, old: "    timespan: 10m\n",
		kind: MissingCorrelationKey, marked: "correlation", message: "`correlation` has no `timespan`"},
	{name: "correlation without condition", document: cleanCorrelation, old: "    condition:\n        gte: 10\n",
		kind: MissingCorrelationKey, marked: "correlation", message: "`correlation` has no `condition`", help: "gte: 10"},
	{name: "empty correlation type", document: cleanCorrelation, old: "type: event_count", new: "type:",
		kind: MissingCorrelationKey, marked: "type", message: "`type` of the correlation is empty"},
	{name: "correlation type with swapped letters", document: cleanCorrelation, old: "type: event_count", new: "type: event_cuont",
		kind: InvalidCorrelationType, marked: "event_cuont", help: "did you mean `event_count`?", fixed: "type: event_count"},
	{name: "list of correlation types", document: cleanCorrelation, old: "type: event_count", new: "type: [event_count]",
		kind: WrongType, marked: "[event_count]", message: "`type` of the correlation is a list"},
	{name: "correlation of no rules", document: cleanCorrelation, old: "rules:\n        - failed_logon\n        - failed_ssh", new: "rules: []",
		kind: EmptyCorrelationRules, marked: "[]", message: "`rules` of the correlation is empty"},
	{name: "correlation rules as a number", document: cleanCorrelation, old: "rules:\n        - failed_logon\n        - failed_ssh", new: "rules: 5",
		kind: WrongType, marked: "5", message: "`rules` of the correlation is a number"},
	{name: "number among the rules", document: cleanCorrelation, old: "- failed_ssh", new: "- 22",
		kind: WrongType, marked: "22", message: "an entry of `rules` is a number", fixed: "- '22'"},
	{name: "group-by as a map", document: cleanCorrelation, old: "group-by:\n        - user", new: "group-by:\n        user: yes",
		kind: WrongType, marked: "group-by", message: "`group-by` is a map"},
	{name: "number in group-by", document: cleanCorrelation, old: "- user", new: "- 1",
		kind: WrongType, marked: "1", message: "an entry of `group-by` is a number", fixed: "- '1'"},
	{name: "timespan without unit", document: cleanCorrelation, old: "timespan: 10m", new: "timespan: 10",
		kind: InvalidTimespan, marked: "10", message: "is not a whole number with `s`, `m`, `h` or `d`"},
	{name: "timespan in words", document: cleanCorrelation, old: "timespan: 10m", new: "timespan: 10 minutes",
		kind: InvalidTimespan, marked: "10 minutes", help: "did you mean `10m`?", fixed: "timespan: 10m"},
	{name: "timespan in weeks", document: cleanCorrelation, old: "timespan: 10m", new: "timespan: 2w",
		kind: InvalidTimespan, marked: "2w", message: "counts in weeks, which the specification does not have", warning: true},
	{name: "empty timespan", document: cleanCorrelation, old: "timespan: 10m", new: "timespan:",
		kind: MissingCorrelationKey, marked: "timespan", message: "`timespan` of the correlation is empty"},
	{name: "list of timespans", document: cleanCorrelation, old: "timespan: 10m", new: "timespan: [10m]",
		kind: InvalidTimespan, marked: "[10m]", message: "`timespan` is a list"},
	{name: "empty condition of a correlation", document: cleanCorrelation, old: "condition:\n        gte: 10", new: "condition: {}",
		kind: MissingCorrelationKey, marked: "{}", message: "`condition` of the correlation is empty"},
	{name: "condition without a threshold", document: cleanCorrelation, old: "gte: 10", new: "percentile: 10",
		kind: MissingCorrelationKey, marked: "condition", message: "has no threshold"},
	{name: "text as condition of a count", document: cleanCorrelation, old: "condition:\n        gte: 10", new: "condition: failed_logon and failed_ssh",
		kind: WrongType, marked: "failed_logon and failed_ssh", message: "only `temporal` and `temporal_ordered` may have"},
	{name: "number as condition", document: cleanCorrelation, old: "condition:\n        gte: 10", new: "condition: 10",
		kind: WrongType, marked: "10", message: "`condition` of the correlation is a number, not a map"},
	{name: "unknown operator", document: cleanCorrelation, old: "gte: 10", new: "gtee: 10",
		kind: InvalidOperator, marked: "gtee", message: "`gtee` is no operator of a correlation", help: "`gte`", fixed: "gte: 10"},
	{name: "operator of another language", document: cleanCorrelation, old: "gte: 10", new: "'>=': 10",
		kind: InvalidOperator, marked: "'>='", help: "did you mean `gte`?", fixed: "'gte': 10"},
	{name: "threshold in quotes", document: cleanCorrelation, old: "gte: 10", new: "gte: '10'",
		kind: ThresholdType, marked: "'10'", message: "the threshold `gte` is text, not a number", help: "remove the quotes", fixed: "gte: 10", safe: true},
	{name: "threshold in words", document: cleanCorrelation, old: "gte: 10", new: "gte: ten",
		kind: ThresholdType, marked: "ten", message: "is text, not a number"},
	{name: "half an event", document: cleanCorrelation, old: "gte: 10", new: "gte: 1.5",
		kind: ThresholdType, marked: "1.5", message: "the threshold `gte: 1.5` is no whole number"},
	{name: "values without a field", document: cleanCorrelation, old: "type: event_count", new: "type: value_count",
		kind: MissingField, marked: "condition", message: "has no `field`", help: "write `field:`"},
	{name: "empty field", document: cleanCorrelation, old: "gte: 10", new: "gte: 10\n        field:",
		kind: MissingField, marked: "field", message: "has no `field`"},
	{name: "field as a number", document: cleanCorrelation, old: "gte: 10", new: "gte: 10\n        field: 5",
		kind: WrongType, marked: "5", message: "`field` is a number"},
	{name: "number in a list of fields", document: cleanCorrelation, old: "gte: 10", new: "gte: 10\n        field: [a, 5]",
		kind: WrongType, marked: "5", message: "an entry of `field` is a number", fixed: "gte: 10\n        field: [a, '5']"},
	{name: "aliases as a list", document: cleanCorrelation, old: "aliases:\n        user:\n            failed_logon: TargetUserName", new: "aliases: [user]",
		kind: InvalidAlias, marked: "[user]", message: "`aliases` is a list, not a map"},
	{name: "alias without rules", document: cleanCorrelation, old: "user:\n            failed_logon: TargetUserName", new: "user: TargetUserName",
		kind: InvalidAlias, marked: "TargetUserName", message: "the alias `user` is text, not a map from rule to field"},
	{name: "alias to a number", document: cleanCorrelation, old: "TargetUserName", new: "5",
		kind: InvalidAlias, marked: "5", message: "the field of rule `failed_logon` in an alias is a number"},
	{name: "generate in quotes", document: cleanCorrelation, old: "generate: false", new: "generate: 'False'",
		kind: GenerateNotBoolean, marked: "'False'", message: "`generate` is text", help: "remove the quotes", fixed: "generate: false", safe: true},
	{name: "generate yes", document: cleanCorrelation, old: "generate: false", new: "generate: yes",
		kind: GenerateNotBoolean, marked: "yes", fixed: "generate: true"},
	{name: "generate outside", document: cleanCorrelation, old: "    generate: false", new: "generate: true",
		kind: GenerateNotBoolean, marked: "generate", message: "stands outside `correlation`", warning: true},
	{name: "generate in quotes outside", document: cleanCorrelation, old: "    generate: false", new: "generate: 'no'",
		kind: GenerateNotBoolean, marked: "'no'", message: "`generate` is text", fixed: "generate: false", left: GenerateNotBoolean},
	{name: "generate twice", document: cleanCorrelation, old: "level: medium", new: "level: medium\ngenerate: true",
		kind: GenerateNotBoolean, marked: "generate", message: "one value outside `correlation` and another one inside", warning: true},
	{name: "key of another engine", document: cleanCorrelation, old: "timespan: 10m", new: "timespan: 10m\n    window: sliding",
		kind: UnknownCorrelationKey, marked: "window", message: "`window` is no key of a correlation"},
	{name: "misspelt key of a correlation", document: cleanCorrelation, old: "group-by:", new: "groupby:",
		kind: UnknownCorrelationKey, marked: "groupby", help: "did you mean `group-by`?", fixed: "group-by:"},

	// Filters.
	{name: "filter as a text", document: cleanFilter, old: cleanFilter[strings.Index(cleanFilter, "filter:"):], new: "filter: backup\n",
		kind: WrongType, marked: "backup", message: "`filter` is text, not a map"},
	{name: "filter without rules", document: cleanFilter, old: "    rules:\n        - web_shell\n        - other_rule\n",
		kind: MissingFilterKey, marked: "filter", message: "`filter` has no `rules`"},
	{name: "filter without condition", document: cleanFilter, old: "    condition: not selection\n",
		kind: MissingFilterKey, marked: "filter", message: "`filter` has no `condition`"},
	{name: "nothing after rules", document: cleanFilter, old: "rules:\n        - web_shell\n        - other_rule", new: "rules:",
		kind: MissingFilterKey, marked: "rules", message: "`rules` of the filter is empty"},
	{name: "filter of no rules", document: cleanFilter, old: "rules:\n        - web_shell\n        - other_rule", new: "rules: []",
		kind: InvalidFilterRules, marked: "[]", message: "`rules` of the filter is empty"},
	{name: "filter of any rule", document: cleanFilter, old: "rules:\n        - web_shell\n        - other_rule", new: "rules: Any",
		kind: InvalidFilterRules, marked: "Any", message: "only pySigma understands it", warning: true},
	{name: "filter rules as a map", document: cleanFilter, old: "rules:\n        - web_shell\n        - other_rule", new: "rules: {web_shell: true}",
		kind: InvalidFilterRules, marked: "{web_shell: true}", message: "is a map, not a list of ids or names"},
	{name: "number among the rules of a filter", document: cleanFilter, old: "- other_rule", new: "- 5",
		kind: InvalidFilterRules, marked: "5", message: "an entry of `rules` is a number", fixed: "- '5'"},
	{name: "rule named twice", document: cleanFilter, old: "- other_rule", new: "- web_shell",
		kind: InvalidFilterRules, marked: "web_shell", message: "names `web_shell` twice"},
	{name: "list of filter conditions", document: cleanFilter, old: "condition: not selection", new: "condition: [not selection]",
		kind: InvalidFilterCondition, marked: "[not selection]", message: "is a list; a filter has one condition"},
	{name: "filter condition as a number", document: cleanFilter, old: "condition: not selection", new: "condition: 5",
		kind: InvalidFilterCondition, marked: "5", message: "is a number, not text"},
	{name: "empty filter condition", document: cleanFilter, old: "condition: not selection", new: "condition:",
		kind: MissingFilterKey, marked: "condition", message: "`condition` of the filter is empty"},
	{name: "filter without log source", document: cleanFilter, old: "logsource:\n    category: process_creation\n    product: windows\n",
		kind: MissingLogsource, marked: "title", message: "the filter has no `logsource`"},
	{name: "Rules", document: cleanFilter, old: "    rules:", new: "    Rules:",
		kind: NotLowercase, marked: "Rules", fixed: "    rules:", also: MissingFilterKey},
}

// quietChanges are edits that look wrong and are not, or that another package reports.
var quietChanges = []struct{ name, document, old, new string }{
	{"clean rule", cleanRule, "", ""},
	{"clean correlation", cleanCorrelation, "", ""},
	{"clean filter", cleanFilter, "", ""},
	{"quoted date", cleanRule, "2024-01-31", "'2024-01-31'"},
	{"list of conditions", cleanRule, "condition: selection and keywords", "condition: [selection, keywords]"},
	{"one keyword without a list", cleanRule, "keywords:\n        - 'uid=0'", "keywords: 'uid=0'"},
	{"numbers and booleans as values", cleanRule, "'uid=0'", "4688\n        - 1.5\n        - true"},
	{"null as a value", cleanRule, "Image|endswith: '/sh'", "Image: null"},
	{"custom attributes of SigmaHQ", cleanRule, "level: high", "level: high\nregression_tests_path: a/b\nsimulation: [a]"},
	{"capital letters in a d3fend artifact", cleanRule, "attack.persistence", "d3fend.d3f-WindowsNtOpenFile"},
	{"last day of a leap year's February", cleanRule, "2024-01-31", "2024-02-29"},
	{"related rule of any version of UUID", cleanRule, "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d", "0a1b2c3d-4e5f-1a6b-cc7d-9e0f1a2b3c4d"},
	{"null in a value list is the parser's", cleanRule, "- '/httpd'", "- null"},
	{"empty identifier is the parser's", cleanRule, "keywords:\n        - 'uid=0'", "keywords: []"},
	{"modifier on an identifier is the parser's", cleanRule, "    keywords:", "    keywords|all:"},
	{"modifier on an identifier of a filter is the parser's", cleanFilter, "    selection:", "    selection|all:"},
	{"map as a value is the parser's", cleanRule, "'/sh'", "{a: b}"},
	{"nothing but a condition is the parser's", cleanRule, cleanRule[strings.Index(cleanRule, "    selection:"):strings.Index(cleanRule, "    condition:")], ""},
	{"empty detection is the parser's", cleanRule, cleanRule[strings.Index(cleanRule, "detection:"):strings.Index(cleanRule, "fields:")], "detection: {}\n"},
	{"no detection is the parser's", cleanRule, cleanRule[strings.Index(cleanRule, "detection:"):strings.Index(cleanRule, "fields:")], ""},
	{"unquoted date as a value is the parser's", cleanRule, "'/sh'", "2024-01-01"},
	{"legacy timeframe is the parser's", cleanRule, "condition: selection", "timeframe: 5m\n    condition: selection"},
	{"median of a field", strings.Replace(cleanCorrelation, "event_count", "value_median", 1), "gte: 10", "gte: 10.5\n        field: bytes"},
	{"temporal without condition", cleanCorrelation, "type: event_count", "type: temporal"},
	{"one rule as a text", cleanCorrelation, "rules:\n        - failed_logon\n        - failed_ssh", "rules: failed_logon"},
	{"range of thresholds", cleanCorrelation, "gte: 10", "gte: 10\n        lt: 20"},
	{"no group-by is another check's", cleanCorrelation, "    group-by:\n        - user\n", ""},
	{"empty group-by is another check's", cleanCorrelation, "group-by:\n        - user", "group-by: []"},
	{"null group-by is another check's", cleanCorrelation, "group-by:\n        - user", "group-by:"},
	{"one rule of a filter as a text", cleanFilter, "rules:\n        - web_shell\n        - other_rule", "rules: web_shell"},
	{"two detections of any name in a filter", cleanFilter, "    condition: not selection", "    other:\n        Image: x\n    condition: not (selection or other)"},
	{"level and status of a filter are another check's", cleanFilter, "logsource:", "level: low\nstatus: test\nlogsource:"},
}
