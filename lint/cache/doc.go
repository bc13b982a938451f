// Package cache keeps what linting gave on disk, so that files that did not change cost a checksum.
//
// In: a directory and a fingerprint of everything besides the files that decides what lint finds. Out: a lint.Cache, and Save.
// It refuses to be trusted: every store carries a checksum, a damaged or foreign one counts as empty, and deleting it costs time only.
// Stores are replaced as a whole, so several runs at once, and machines that share the directory, never see half of one.
package cache
