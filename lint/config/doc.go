// Package config reads what a team decided about its rules: `.sigtune.yml`, and the validation configuration of pySigma.
//
// In: a file, and every check there is. Out: a Config with plain values, or problems with their places: unknown keys and unknown checks
// are problems with a suggestion, never silence. Settings gives the engine what it needs of it.
// It refuses to know the command line (flags win, and the command says so) and the network.
package config
