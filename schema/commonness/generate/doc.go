// Command generate counts the rows of the table of everyday values in recorded events, and prints the table with what it measured.
//
//	go run ./schema/commonness/generate events.ndjson… > measured.txt
//
// In: files of events, one JSON object a line, field names as in Sigma's taxonomy: benign ones, or the counts are worth nothing. Out: the
// table in its own form, with the measured bits in the place of the estimate where a value was seen in 20 events or more, and the
// estimate where it was not. Values that are not in the table are not added: which values are everyday is our selection, with a reason for
// each. Nothing of an event but these counts is printed.
package main
