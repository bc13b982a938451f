// Package fix applies the repairs that findings offer.
//
// In: one file and a function that lints it. Out: the new bytes, what was repaired, and what was refused with its reason.
// It refuses to know what a defect is (checks say so) and which files a run has (the command says so).
//
// Contract. A repair is applied only when the result was parsed and linted again and
//
//   - it parses, and no document is worse to load than before;
//   - the finding is gone, and no check finds more errors or warnings than before. Only what a part that could not be read hid from
//     the checks may come to light;
//   - no comment is lost and line ends stay uniform;
//   - when the fix calls itself safe: the meaning of every document is the same (model.go says what is compared; what the normal form
//     does not show is asked of the prover), or differs only in the part that exceptions names for this check with the reason.
//
// Otherwise the finding stays and the reason is reported. All edits of one fix are applied together or not at all, and no
// byte outside them changes.
package fix
