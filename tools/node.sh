# To be read by the other scripts, at the root: where the system's node is too
# old, the one in tools/node comes first (setup.sh web).
for dir in "$(pwd)"/tools/node/node_modules/node-linux-*/bin; do
	[ ! -x "$dir/node" ] || PATH="$dir:$PATH"
done
export PATH
