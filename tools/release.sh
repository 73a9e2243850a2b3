#!/bin/sh
# release.sh DIR: the programs of the commit that is checked out, built twice in
# two folders and compared, with their hashes in SHA256SUMS.
set -eu

cd "$(dirname "$0")/.."
out=$1
sh tools/setup.sh
if [ -n "$(git status --porcelain)" ]; then
	echo 'the work tree has changes: commit them first, a release is of a commit' >&2
	exit 2
fi
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
version=$(git describe --tags --always)

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM
# An archive of a commit carries the commit's time on every file.
git archive --format=tar -o "$tmp/source.tar" HEAD
git archive --format=tar --prefix="sunlot-$version/" -o "$tmp/sunlot-$version-source.tar" HEAD
gzip -n -9 "$tmp/sunlot-$version-source.tar"
for place in one/here two/and/there; do
	mkdir -p "$tmp/$place"
	tar -xf "$tmp/source.tar" -C "$tmp/$place"
	(cd "$tmp/$place" && sh tools/build.sh "$tmp/$place/built" >"$tmp/list")
	(cd "$tmp/$place/built" && sha256sum -- *) >"$tmp/$place.sums"
done
if ! cmp "$tmp/one/here.sums" "$tmp/two/and/there.sums"; then
	echo 'the two builds differ: nothing was released' >&2
	exit 1
fi

rm -rf "$out"
mkdir -p "$out"
cp "$tmp/one/here/built/"* "$out/"
cp "$tmp/sunlot-$version-source.tar.gz" "$out/"
(cd "$out" && sha256sum -- * >SHA256SUMS)
find "$out" -type f -exec touch -d "@$SOURCE_DATE_EPOCH" {} +
cat "$tmp/list"
printf '\n%s, %s, two builds alike\n' "$version" "$(go env GOVERSION)"
cat "$out/SHA256SUMS"
