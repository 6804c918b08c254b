#!/bin/sh
# bench.sh — compiles the bench (TypeScript, with the page's compiler) and runs it. Options: bench/src/main.ts.
set -eu
cd "$(dirname "$0")/.."
if [ "$(nproc)" -lt 2 ]; then
    echo 'The bench needs two cores: one for the server, one for the load.' >&2
    exit 1
fi
ninja -C build --quiet ticketrush probe crowd listeners line >/dev/null
web/node_modules/.bin/tsc -p bench
cp bench/package.json build/bench/
ulimit -n "$(ulimit -H -n)"
exec node build/bench/main.js "$@"
