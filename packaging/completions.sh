#!/bin/sh
# Writes the shell completions into a directory: packaging/completions.sh DIR
set -eu
mkdir -p "$1"
for shell in bash zsh fish powershell; do
	go run ./cmd/sigtune completion "$shell" >"$1/sigtune.$shell"
done
