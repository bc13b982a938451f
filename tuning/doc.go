// Package tuning turns what people write about false positives into exclusions that can be vouched for.
//
// In: a rule or a hunting page that holds one, and scenarios in prose. Out: a Result with one verdict per scenario, each with its proof,
// the proposed filter blocks, what they hide, how an attacker would use them, and the tuned rule.
//
// Contract. "noop" and "swallows" are printed only where the exact engine proves them on the rule and on the conditions read from the
// text. A filter is proposed only when the rule fires on the scenario, no branch and no listed value of the rule is lost, and the
// result was parsed again and evaluated. A part of the text that no field can express is never dropped: it becomes a placeholder, or the
// verdict says that it cannot be expressed. Where the reading of the prose is uncertain the result says which words were read how.
//
// A description is read by its values first (mention.go): each has the roles that its looks, the words beside it, the log source and the rule leave open
// (parts.go); of the ways to give all of them their fields, the likeliest on which the rule can fire is taken (assign.go), and all of them together are
// one AND. A value that no field can hold leaves that AND open. Where a description has no such value, and in an exclusion, the sentences are read as conditions; an
// exclusion is read by its values only where its sentences were misread and no part of them is lost (readings.go).
//
// A description ("FP with acmesync.exe") is read more freely than an exclusion: unknown words are prose, paths are examples of which the
// steady parts count, and a product stands for where it is installed. What of it is left out of a filter is noted, and such a filter is
// never applied unasked. A program named without a directory is tied to where administrators install programs, before it is offered as
// it was named: that only narrows.
//
// The package refuses to guess values for open classes ("a known monitoring tool") and to know how anything is printed (report).
package tuning
