#!/bin/sh
# build.sh DIR: both programs for every platform that we ship, without cgo,
# byte for byte the same from any folder and on any machine with the same Go.
# Prints the size of each and, for this list, how many modules it links.
set -eu

dir=$1
export CGO_ENABLED=0
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
printf '%-36s %12s %8s\n' program bytes modules
for platform in linux/amd64 linux/arm64 linux/loong64 windows/amd64; do
	for program in sunlot sunlot-verify; do
		os=${platform%/*}
		suffix=''
		[ "$os" != windows ] || suffix=.exe
		file=$program-$os-${platform#*/}$suffix
		GOOS=$os GOARCH=${platform#*/} go build -trimpath -buildvcs=false -ldflags='-s -w -buildid=' \
			-o "$dir/$file" "./cmd/$program"
		modules=$(go version -m "$dir/$file" | grep -c '^	dep	' || true)
		printf '%-36s %12s %8s\n' "$file" "$(wc -c <"$dir/$file")" "$modules"
	done
done
printf '\nsunlot-verify links:\n'
go version -m "$dir/sunlot-verify-linux-amd64" | awk '$1 == "dep" { print "  " $2 " " $3 }'
