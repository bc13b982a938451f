// Package since tells what a change of rules brought in: findings of the working tree that the tree of a git revision did not have.
//
// In: a repository, a commit, the files of a run and what was found in both trees. Out: the files as they were at the commit, the documents
// that changed in both versions, and the findings that only the working tree has. It refuses to know any check, and it never writes.
//
// Contract. A finding is left out only when the old tree has one of the same check at the same place, in words, of the same document: its old
// version where the document changed, found by id, then by path. Lines, messages and the name of the file do not count.
package since
