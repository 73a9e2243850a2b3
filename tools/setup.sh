#!/bin/sh
# Sets up what the other scripts need: certificates and the Go modules; `setup.sh
# web` also node and npm, which only the scripts of the pages need (make web and
# make test, never make demo); `setup.sh cluster` also PostgreSQL and the modules
# of Trillian's servers and etcd (make cluster and make test); `setup.sh nginx`
# also nginx, which make test tries the deployed settings with. Words may follow
# each other. As root on Debian it installs what is missing; anywhere else it
# says so and stops.
set -eu

say() { printf '%s\n' "$*" >&2; }

if ! command -v go >/dev/null 2>&1; then
	say '没有找到 go：请安装 Go 1.26 或更新的版本，并把它的 bin 目录加入 PATH。'
	say 'go was not found: install Go 1.26 or later and put its bin folder on PATH.'
	exit 3
fi

# go.mod names the least version; an older go says so itself, but in words
# about toolchains.
version=$(GOTOOLCHAIN=local GOFLAGS='' go env GOVERSION)
minor=$(printf '%s\n' "$version" | sed -n 's/^go1\.\([0-9]*\).*/\1/p')
if [ "${minor:-99}" -lt 26 ]; then
	say "这里的 Go 是 ${version#go}，需要 1.26 或更新的版本。"
	say "this is Go ${version#go}; 1.26 or later is needed."
	exit 3
fi

missing=''
command -v git >/dev/null 2>&1 || missing="$missing git"
[ -e /etc/ssl/certs/ca-certificates.crt ] || [ ! -e /etc/debian_version ] || missing="$missing ca-certificates"
wants() { case " $words " in *" $1 "*) ;; *) return 1 ;; esac; }
words=$*

if wants web; then
	command -v node >/dev/null 2>&1 || missing="$missing nodejs"
	command -v npm >/dev/null 2>&1 || missing="$missing npm"
fi
unasked=''
if wants cluster && ! ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 && ! command -v postgres >/dev/null 2>&1; then
	missing="$missing postgresql-15"
	# The package would make and start a database of the system's: nobody has
	# asked for one. What somebody has decided about that stays as it is.
	if [ "$(id -u)" -eq 0 ] && [ ! -e /etc/postgresql-common/createcluster.conf ]; then
		unasked=/etc/postgresql-common/createcluster.d/sunlot.conf
		mkdir -p "${unasked%/*}"
		echo 'create_main_cluster = false' >"$unasked"
		trap 'rm -f "$unasked"' EXIT
	fi
fi
policy=''
if wants nginx && ! command -v nginx >/dev/null 2>&1 && [ ! -x /usr/sbin/nginx ]; then
	missing="$missing nginx-light"
	# Nor has anybody asked for a web server that runs.
	if [ "$(id -u)" -eq 0 ] && [ -d /usr/sbin ] && [ ! -e /usr/sbin/policy-rc.d ]; then
		policy=/usr/sbin/policy-rc.d
		printf '#!/bin/sh\nexit 101\n' >"$policy"
		chmod 755 "$policy"
		trap 'rm -f "$policy" ${unasked:+"$unasked"}' EXIT
	fi
fi
. "$(dirname "$0")/missing.sh"
[ -z "$policy" ] || rm -f "$policy"

if ! go mod download || ! go -C "$(dirname "$0")/witness" mod download; then
	say '下载 Go 模块失败：请检查网络，或用 GOPROXY 指定可用的模块代理后重试。'
	say 'the Go modules could not be downloaded: check the network, or name a module proxy with GOPROXY.'
	exit 3
fi

if wants cluster; then
	for module in trillian etcd; do
		go -C "$(dirname "$0")/$module" mod download || {
			say '下载 Trillian 或 etcd 的 Go 模块失败：请检查网络，或用 GOPROXY 指定可用的模块代理后重试。'
			say 'the modules of Trillian or etcd could not be downloaded: check the network, or name a module proxy with GOPROXY.'
			exit 3
		}
	done
fi

# The tests run what the bundler makes with node's own runner, of node 20; an
# older system gets one beside it, which tools/node.sh puts before its own.
if wants web; then
	tools=$(dirname "$0")
	version=$(node --version)
	version=${version#v}
	if [ "${version%%.*}" -lt 20 ]; then
		say "installing node 20 in tools/node beside node $version"
		npm --prefix "$tools/node" ci --silent || true
		. "$tools/node.sh"
		version=$(node --version)
		version=${version#v}
	fi
	if [ "${version%%.*}" -lt 20 ]; then
		say "这里的 Node.js 是 $version，make web 与 make test 需要 20 或更新的版本；make demo 不需要。"
		say "this is Node.js $version; make web and make test need 20 or later, make demo needs none."
		exit 3
	fi
fi
