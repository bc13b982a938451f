#!/usr/bin/env bash
# Builds what a release would hold from the last commit, without a tag and without publishing, and looks at it: six targets, checksums, lists of contents,
# man pages, completions; the Linux program alone in an empty root, as no user of the host; and the same bytes from another clone. Needs Linux, git, Go,
# goreleaser and cyclonedx-gomod (`go install github.com/goreleaser/goreleaser/v2@v2.14.3 github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0`,
# one at a time), tar, sha256sum, and root or user namespaces for the empty root. Some minutes of two processors.
#
#   docs/demos/release.sh [DIRECTORY FOR THE FILES]
set -euo pipefail

PATH=$PATH:$(go env GOPATH)/bin
for tool in goreleaser cyclonedx-gomod git sha256sum; do
	command -v "$tool" >/dev/null || { echo "release.sh: $tool is needed and not here; nothing was shown" >&2; exit 2; }
done
checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
scratch=$(mktemp -d)
trap 'chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT
unset GIT_DIR GIT_INDEX_FILE
export GOFLAGS= GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=advice.detachedHead GIT_CONFIG_VALUE_0=false
say() { printf '\n== %s\n' "$*"; }
die() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

say "a snapshot of the last commit"
git clone -q "$checkout" "$scratch/one"
(cd "$scratch/one" && goreleaser release --snapshot --clean --skip=publish >"$scratch/log" 2>&1) || { tail -20 "$scratch/log" >&2; die "goreleaser"; }
cd "$scratch/one/dist"
ls -l -- *.tar.gz *.zip *.cdx.json checksums.txt | awk '{print $5, $9}'
[ "$(ls -- *.tar.gz *.zip | wc -l)" = 6 ] || die "not six archives"
[ "$(ls -- *.cdx.json | wc -l)" = 6 ] || die "not six lists of contents"
sha256sum -c --quiet checksums.txt || die "checksums"

say "the list of contents names the modules of go.mod"
for module in gopkg.in/yaml.v3 github.com/xeipuuv/gojsonschema github.com/fatih/color; do
	grep -q "pkg:golang/$module@" ./*linux_amd64.cdx.json || die "$module is not in the list"
done
grep -c '"purl"' ./*linux_amd64.cdx.json

say "what is in the archive"
mkdir "$scratch/root"
tar -xzf ./*linux_amd64.tar.gz -C "$scratch/root"
(cd "$scratch/root" && find . -type f | sort | awk -F/ '{n[$2 (NF > 2 ? "/" : "")]++} END {for (d in n) print n[d], d}' | sort -k2)
[ -s "$scratch/root/man/sigtune.1" ] && [ -s "$scratch/root/completions/sigtune.bash" ] || die "man page or completions"

say "the program in an empty root, as user 65532, without a network"
mkdir "$scratch/empty"
cp "$scratch/root/sigtune" "$scratch/empty/"
cp "$checkout/testdata/tutorial/keeper/rules/"*.yml "$scratch/empty/" 2>/dev/null
chmod -R a+rX "$scratch/empty" "$scratch"
alone() {
	if [ "$(id -u)" = 0 ]; then
		unshare -n chroot --userspec=65532:65532 "$scratch/empty" /sigtune "$@"
	else
		unshare -rn chroot "$scratch/empty" /sigtune "$@"
	fi
}
alone version
set +e
alone lint / | tail -1
[ "${PIPESTATUS[0]}" -le 1 ] || die "lint in the empty root"
set -e

say "the same bytes from another clone, in another place, at another time"
git clone -q "$checkout" "$scratch/elsewhere/two"
(cd "$scratch/elsewhere/two" && GOOS=linux GOARCH=amd64 goreleaser build --snapshot --clean --single-target >"$scratch/log" 2>&1) || { tail -20 "$scratch/log" >&2; die "goreleaser"; }
cmp "$scratch/root/sigtune" "$scratch"/elsewhere/two/dist/*linux_amd64*/sigtune || die "the programs differ"
sha256sum "$scratch/root/sigtune" | cut -c1-64
if [ $# -gt 0 ]; then
	mkdir -p "$1" && cp -- *.tar.gz *.zip *.cdx.json checksums.txt "$1/"
fi
say "done"
