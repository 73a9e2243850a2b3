# To be read by the other scripts: installs the Debian packages that $missing
# names (a blank before each), where it may; anywhere else it says so and stops.
say() { printf '%s\n' "$*" >&2; }

if [ -n "$missing" ]; then
	if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
		say "installing$missing"
		apt-get update -qq </dev/null
		# shellcheck disable=SC2086 # a list of names
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing </dev/null >/dev/null
	else
		say "缺少：${missing# }。请用管理员身份安装后重试，例如：sudo apt-get install$missing"
		say "missing: ${missing# }. Install them as administrator and try again, for example: sudo apt-get install$missing"
		exit 3
	fi
fi
