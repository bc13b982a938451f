#!/usr/bin/env bash
# Lints and reviews a tree that means harm, under strace, and fails unless the program opened no socket, started nothing (review: nothing but git) and opened
# no file for writing beside its cache and the outputs that were asked for. Needs Linux, strace, git and Go.
#
#   docs/demos/untrusted.sh            builds this checkout
#   docs/demos/untrusted.sh PROGRAM    tries this sigtune
set -euo pipefail

for tool in strace git; do
	command -v "$tool" >/dev/null || { echo "untrusted.sh: $tool is needed and not here; nothing was shown" >&2; exit 2; }
done
checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
unset GIT_DIR GIT_INDEX_FILE

if [ $# -gt 0 ]; then
	program=$(realpath "$1")
else
	program=$scratch/sigtune
	(cd "$checkout" && go build -o "$program" ./cmd/sigtune)
fi
say() { printf '\n== %s\n' "$*"; }
die() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

export HOME=$scratch/home XDG_CACHE_HOME=$scratch/cache GIT_CONFIG_NOSYSTEM=1
mkdir -p "$HOME" "$XDG_CACHE_HOME" "$scratch/out" "$scratch/tree/rules"
printf 'password: hunter2-of-the-host\n' >"$scratch/secret.yml"

rule() { # TITLE, ID DIGIT
	cat <<-END
		title: $1
		id: 2f3a4c1e-58aa-4c0d-9a41-6a0b7d1a9e1$2
		status: test
		description: Detects a listing of open files
		references:
		    - file:///etc/passwd
		author: demo
		date: 2026/01/01
		tags:
		    - attack.discovery
		logsource:
		    product: windows
		    category: process_creation
		detection:
		    selection:
		        Image|endswith: '\\openfiles.exe'
		        CommandLine|contains: ' /query'
		    condition: selection
		falsepositives:
		    - \$(touch $scratch/pwned)
		level: low
	END
}

cd "$scratch/tree"
git init -q .
git config user.name demo && git config user.email demo@example.org
rule 'A Good Rule' 0 >rules/good.yml
git add -A && git commit -q -m base

# What a stranger might try.
rule 'A Good Rule' 0 | sed 's/query/query \/fo/' >rules/good.yml
rule "\`touch $scratch/pwned\`" 1 >rules/title.yml
ln -s "$scratch/secret.yml" rules/link.yml
ln -s / rules/root
printf 'a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e]\n' >rules/bomb.yml
head -c 6000000 /dev/zero | tr '\0' '[' >rules/deep.yml
printf 'title: !!python/object/apply:os.system ["touch %s/pwned"]\n' "$scratch" >rules/tag.yml
mkdir rules/fifo && mkfifo rules/fifo/pipe.yml
printf 'rule: ../rules/good.yml\nkept: ../../secret.yml\n' >rules/sigtune-test.yml
printf '#!/bin/sh\ntouch %s/pwned\n' "$scratch" >evil.sh && chmod +x evil.sh
printf '*.yml diff=evil\n' >.gitattributes
git config diff.evil.command "$PWD/evil.sh"
git config diff.evil.textconv "$PWD/evil.sh"
git config core.fsmonitor "$PWD/evil.sh"
git add -A rules .gitattributes 2>/dev/null || true
rm -f "$scratch/pwned" # git itself may have asked fsmonitor while this tree was made

# watch NAME ALLOWED-PROGRAMS COMMAND…
watch() {
	local name=$1 allowed=$2 log=$scratch/$1.trace code=0
	shift 2
	say "$*"
	timeout 120 strace -f -qq -o "$log" -e trace=network,execve,execveat,open,openat,openat2,creat,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,symlink,symlinkat,link,linkat,chmod,fchmodat,truncate \
		"$program" "$@" >"$scratch/out/$name.txt" 2>&1 || code=$?
	tail -n 3 "$scratch/out/$name.txt" | sed 's/^/   /'
	[ "$code" -le 3 ] || die "exit code $code"
	[ -s "$log" ] || die 'strace wrote nothing'

	local sockets programs writes
	sockets=$(grep -E ' (socket|connect|bind|sendto|sendmsg)\(' "$log" || true)
	[ -z "$sockets" ] || die "a socket: $sockets"
	programs=$(sed -nE 's/.*execve(at)?\("([^"]*)".*/\2/p' "$log" | sed 's|.*/||' | sort | uniq -c | awk '{print $2 " (" $1 "),"}' | tr '\n' ' ')
	! grep -E 'execve(at)?\(' "$log" | sed -nE 's/.*execve(at)?\("([^"]*)".*/\2/p' | sed 's|.*/||' | sort -u | grep -vxE "$allowed" || die "started: $programs"
	writes=$( (grep -E '^[0-9]+ +open(at2?)?\(.*(O_WRONLY|O_RDWR|O_CREAT|O_TRUNC)' "$log"
		grep -E '^[0-9]+ +(creat|rename|renameat2?|unlink|unlinkat|mkdir|mkdirat|symlink|symlinkat|link|linkat|chmod|fchmodat|truncate)\(' "$log") |
		grep -v ' = -1' | grep -vE '"/dev/(null|tty)"' | grep -vF "\"$XDG_CACHE_HOME" | grep -vF "\"$scratch/out/" || true)
	[ -z "$writes" ] || die "written: $writes"
	! grep -qF 'hunter2-of-the-host' "$scratch/out/$name.txt" || die 'the output quotes a file outside the tree'
	! grep -E '^[0-9]+ +open[^ ]*\(.*secret\.yml"' "$log" | grep -v ' = -1' || die 'a file outside the tree was opened'
	[ ! -e "$scratch/pwned" ] || die 'something of the tree ran'
	printf '   -- exit code %d, started: %s no socket, nothing written beside the cache and the outputs\n' "$code" "$programs"
}

watch lint 'sigtune' lint rules --format text --format sarif="$scratch/out/lint.sarif"
watch prove 'sigtune' prove rules/good.yml --witnesses
watch tune 'sigtune' tune rules/good.yml --scenario 'openfiles.exe started by C:\Program Files\Acme\agent.exe'
watch diff 'sigtune|git' diff --since HEAD rules
watch review 'sigtune|git' review --since HEAD rules --format markdown="$scratch/out/review.md"
! grep -qF 'hunter2-of-the-host' "$scratch/out/review.md" || die 'the review quotes a file outside the tree'

say 'sigtune lint --fix writes rules, and only those it was given'
before=$(sha256sum "$scratch/secret.yml")
"$program" lint --fix rules/good.yml rules/title.yml rules/link.yml >/dev/null 2>&1 || true
[ "$before" = "$(sha256sum "$scratch/secret.yml")" ] || die 'a file behind a link was changed'
grep -q 'date: 2026-01-01' rules/good.yml || die 'the rule was not repaired'

say 'All as docs/security.md says'
