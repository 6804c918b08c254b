#!/bin/sh
# lab.sh — compiles the lab (TypeScript, with the page's compiler) and runs it beside real servers. Options: lab/src/main.ts.
set -eu
cd "$(dirname "$0")/.."
if [ "$(nproc)" -lt 2 ]; then
    echo 'The lab needs two cores: one for the servers, one for the load.' >&2
    exit 1
fi
web/node_modules/.bin/tsc -p lab
cp bench/package.json build/lab/
case " $* " in *' --compare '*) exec node build/lab/lab/src/main.js "$@" ;; esac

ninja -C build --quiet ticketrush probe with_servers >/dev/null
tools/kafka.sh
K6=${K6:-$(command -v k6 || echo "$PWD/build/k6")}
export K6
if [ ! -x "$K6" ]; then
    echo 'k6 is built once, by its name, into build/: this takes some minutes'
    GOBIN=$PWD/build go install go.k6.io/k6@v1.3.0
fi
ulimit -n "$(ulimit -H -n)"
exec taskset -c 0 build/with_servers node build/lab/lab/src/main.js "$@"
