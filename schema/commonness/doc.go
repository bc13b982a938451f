// Package commonness knows values that are everyday in logs: programs that run all the time, extensions of files that are written all the
// time, event ids of which a Windows channel is full, and the usual values of fields with few.
//
// In: a kind and a value. Out: the row of the table, with how many bits it takes to pick that value out of its field (3 bits: about one
// event in eight) and the reason why it stands there. It refuses to know a user's own estate, and whatever is rare: a value
// without a row is not rare, it is unknown.
//
// # Where the table comes from
//
// The rows are our own selection and the bits are estimates, to about two bits either way. They were written down from public
// documentation: what each program does and what starts it, which audit subcategories Microsoft documents with a high event volume, what
// Sysmon documents of its events. They were not counted: no benign recording of a public source was at hand, and recordings of attacks
// would count the attacks. The command in generate counts the same rows in events, for whoever has benign ones.
package commonness
