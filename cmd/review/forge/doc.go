// Package forge keeps the comments of a review on a pull request of GitHub or a merge request of GitLab.
//
// In: a draft, a token, and where the request is. Out: one summary and comments on lines, as the draft has them: what is there already is
// updated or deleted, never repeated. It refuses to know what the comments say. It is the only package that uses the network, only with the host of the
// API that it was given, and only when somebody asked for comments.
//
// Contract. A comment is ours when it has our mark and our account, or an app's, wrote it: a mark alone anybody can write. Others are never touched.
package forge
