#!/bin/sh
# rush.sh — an opening night, against the server on port 8080 or a throw-away one of its own.
#
#     tools/rush.sh [options of `ticketrush rush`]     make rush RUSH='--fans 10000 --seats 5000'
set -eu
cd "$(dirname "$0")/.."
ninja -C build --quiet probe >/dev/null

if build/probe ready 8080 0; then
    echo "playing against the server on http://localhost:8080, data in $TICKETRUSH_DATA"
    exec build/ticketrush rush --url http://127.0.0.1:8080 --data "$TICKETRUSH_DATA" "$@"
fi

port=$(build/probe port)
folder=$(mktemp -d)
export TICKETRUSH_DATA="$folder" TICKETRUSH_LISTEN="127.0.0.1:$port"
build/ticketrush serve >"$folder/server.log" 2>&1 &
server=$!
trap 'kill $server 2>/dev/null; wait $server 2>/dev/null; rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM
build/probe ready "$port" 30 || { cat "$folder/server.log"; exit 1; }
echo "playing against a throw-away server on http://127.0.0.1:$port"
build/ticketrush rush --url "http://127.0.0.1:$port" --data "$folder" "$@"
