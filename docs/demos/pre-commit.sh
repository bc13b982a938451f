#!/usr/bin/env bash
# Shows the three hooks of .pre-commit-hooks.yaml at work in a scratch repository, with 1, 3 and 500 staged rules, and fails when one of them does
# something else than it should. Needs git, Go and pre-commit (`pip install pre-commit`); everything happens in a temporary directory.
#
#   docs/demos/pre-commit.sh          from any directory; tests the last commit of this checkout
set -euo pipefail

checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
scratch=$(mktemp -d)
trap 'chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT
export PRE_COMMIT_HOME=$scratch/cache
unset GIT_DIR GIT_INDEX_FILE

say() { printf '\n== %s\n' "$*"; }
die() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

# rule NUMBER: a rule without findings.
rule() {
	cat <<-END
		title: Listing of Open Files by Number $1
		id: $(printf '%08x-5ad1-4c0f-9d5f-6b2c1e0a%04x' "$1" "$1")
		status: test
		description: Detects a listing of open files with the number $1.
		references:
		    - https://example.org/$1
		author: demo
		date: 2026-01-01
		tags:
		    - attack.discovery
		    - attack.t1057
		logsource:
		    product: windows
		    category: process_creation
		detection:
		    selection:
		        Image|endswith: '\\openfiles.exe'
		        CommandLine|contains: ' /query number$1'
		    condition: selection
		falsepositives:
		    - Administrators
		level: low
	END
}

git init -q "$scratch/rules-repository"
cd "$scratch/rules-repository"
git config user.name demo
git config user.email demo@example.org
git commit -q --allow-empty -m start

hooks() { # id…: makes them the hooks of the repository
	{
		printf 'repos:\n-   repo: %s\n    rev: %s\n    hooks:\n' "$checkout" "$(git -C "$checkout" rev-parse HEAD)"
		printf -- '    -   id: %s\n' "$@"
	} >.pre-commit-config.yaml
	git add .pre-commit-config.yaml
}

# expect STATUS TEXT COMMAND…: the command ends with the status and says the text.
expect() {
	local status=$1 text=$2 got=0 start out
	shift 2
	start=$(date +%s%N)
	out=$("$@" 2>&1) || got=$?
	printf '%s\n' "$out" | sed 's/^/   /' | head -${LINES_SHOWN:-12}
	printf '   -- exit code %d, %d ms\n' "$got" $((($(date +%s%N) - start) / 1000000))
	[ "$got" = "$status" ] || die "exit code $got, wanted $status: $*"
	case $out in *"$text"*) ;; *) die "no '$text' in the output of: $*" ;; esac
}

say 'Installing the hooks, once (pre-commit builds sigtune with go install)'
hooks sigtune sigtune-fix
mkdir rules
pre-commit install --install-hooks

say 'One good rule: the commit goes through'
rule 1 >rules/proc_creation_win_one.yml
git add rules
expect 0 Passed git commit -m 'one rule'

say 'Three rules, one of which can never match: the commit is refused, and the finding names the place'
for i in 2 3 4; do rule $i >rules/proc_creation_win_$i.yml; done
sed -i "s/condition: selection/condition: selection and not selection/" rules/proc_creation_win_3.yml
git add rules
expect 1 SIG0801 git commit -m 'three rules'
rule 3 >rules/proc_creation_win_3.yml
git add rules
expect 0 Passed git commit -m 'three rules'

say 'A rule that can be repaired: the fixing hook does it, and asks to stage the result'
rule 5 | sed 's/date: 2026-01-01/date: 2026\/01\/01/' >rules/proc_creation_win_5.yml
git add rules
expect 1 'files were modified by this hook' git commit -m 'a rule with an old date'
grep -q 'date: 2026-01-01' rules/proc_creation_win_5.yml || die 'the date was not repaired'
git add rules
expect 0 Passed git commit -m 'a rule with an old date'

say '500 rules at once'
for i in $(seq 100 599); do rule "$i" >"rules/proc_creation_win_$i.yml"; done
git add rules
expect 0 Passed git commit -q -m '500 rules'

say 'The hook for the whole tree sees what a single file cannot show: an id that is there already'
hooks sigtune-tree
git commit -q -m 'hook for the tree' --no-verify
rule 7 | sed "s/^id: .*/$(grep '^id:' rules/proc_creation_win_one.yml)/" >rules/proc_creation_win_7.yml
git add rules
expect 1 SIG1301 git commit -m 'an id twice'

say 'All hooks did what they should'
