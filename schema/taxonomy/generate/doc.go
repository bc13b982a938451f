// Command generate derives the embedded tables of package taxonomy.
//
//	go run ./schema/taxonomy/generate -taxonomy taxonomy.json -events event_fields.json [-rules DIR] -out schema/taxonomy
//
// In: a collection of log sources (taxonomy.json: what the specification says and how often live rules
// use a field), the fields observed in real events (event_fields.json) and, to count afresh, a directory
// of rules. Out: logsources.txt and events.txt. derive.go holds the rule by which a field is known and a
// log source complete; nothing else of the collection is used.
package main
