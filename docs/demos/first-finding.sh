#!/usr/bin/env bash
# How long is it from a clean clone to the first useful output? Measures the one line that the README gives for each use, with an empty build cache.
# Modules come from the module cache as it is (GOMODCACHE), so downloads are not part of the figure unless it is empty. Needs git and Go.
#
#   docs/demos/first-finding.sh           the last commit of this checkout
set -euo pipefail

checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
scratch=$(mktemp -d)
trap 'chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT
unset GIT_DIR GIT_INDEX_FILE
export GOFLAGS= GIT_CONFIG_NOSYSTEM=1 XDG_CACHE_HOME=$scratch/cache

modules=$(go env GOMODCACHE)
[ -d "$modules/cache/download/github.com/spf13" ] && state=filled || state=empty
printf '%s, %s, %d processors, load %s, module cache %s\n' "$(date -u +%F)" "$(go env GOVERSION GOOS GOARCH | tr '\n' ' ')" "$(getconf _NPROCESSORS_ONLN)" "$(cut -d' ' -f1 /proc/loadavg 2>/dev/null || echo '?')" "$state"

# The newcomer's own repository: two rules as people write them, one change on a branch.
cp -r "$checkout/testdata/tutorial/keeper" "$scratch/newcomer"
cd "$scratch/newcomer"
git init -q -b main
git config user.name newcomer && git config user.email newcomer@example.org
git add rules && git commit -q -m rules
git switch -q -c change && git apply proposal.patch && git add rules && git commit -q -m change

git clone -q "$checkout" "$scratch/sigtune"
mkdir "$scratch/bin"
export GOBIN=$scratch/bin PATH=$scratch/bin:$PATH

# first USE EXPECTED COMMAND: installs from the clone with an empty build cache and runs the command, in one line, as the README has it.
first() {
	local use=$1 expected=$2 command=$3 line out start cold warm
	export GOCACHE=$scratch/build-$use
	rm -f "$GOBIN/sigtune"
	line="go install -C ../sigtune ./cmd/sigtune && $command"
	start=$(date +%s%N)
	out=$(eval "$line" 2>&1) || true
	cold=$((($(date +%s%N) - start) / 100000000))
	case $out in *"$expected"*) ;; *) printf 'FAILED: no "%s" in the output of: %s\n%s\n' "$expected" "$line" "$out" >&2; exit 1 ;; esac
	start=$(date +%s%N)
	eval "$command" >/dev/null 2>&1 || true
	warm=$((($(date +%s%N) - start) / 1000000))
	printf '%-8s 1 command, %d.%d s from the clone to "%s"; installed: %d ms   %s\n' "$use" $((cold / 10)) $((cold % 10)) "$expected" "$warm" "$command"
}

first author 'never used by the condition' 'sigtune lint rules/'
first keeper 'lost: ' 'sigtune review --since main... rules/'
first analyst 'filter_optional_' "sigtune tune rules/proc_creation_win_bitsadmin_upload.yml --scenario 'uploads by C:\Program Files\Shop\updater.exe'"
