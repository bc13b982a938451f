// Command sigtune lints Sigma rules and proposes exclusions it can vouch for.
//
// One file per subcommand: flags, streams, exit code, and nothing else. What is decided is decided in the packages.
// Exit codes, everywhere: 0 clean; 1 findings at or above the threshold, or nothing safe to propose; 2 bad usage; 3 could not do the work.
package main
