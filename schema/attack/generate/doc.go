// Command generate rebuilds the tables of package attack from files that the user names. It uses no network.
//
//	go run ./schema/attack/generate -stix enterprise-attack.json -stix mobile-attack.json -stix ics-attack.json
//	go run ./schema/attack/generate -seed attack.json -o schema/attack/data/attack.tsv
//	go run ./schema/attack/generate -d3fend d3fend.json -o schema/attack/data/d3fend.tsv
//
// The table goes to standard output, or to the file named with -o. The table the program was built with is the
// previous version: from it come the earlier tactic lists, domains without a bundle, and ids MITRE has dropped.
package main
