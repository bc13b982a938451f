// Package corpustest gives tests the measuring corpus: SigmaHQ's rules and what peers make of them.
//
// In: the directory named by SIGTUNE_CORPUS, or ../shared/corpus beside the repository.
// Out: files in memory, in a fixed order. When the corpus is absent the test is skipped with a line that
// says what was not measured; with SIGTUNE_CORPUS set (as .ci/run does) its absence is a failure.
// It refuses to know what a rule is, and nothing outside tests may import it.
package corpustest
