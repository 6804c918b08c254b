#!/bin/sh
# run.sh — the server on this machine, embedded: tables, initial data, address and accounts, then serve.
set -eu
cd "$(dirname "$0")/.."

build/ticketrush migrate
build/ticketrush seed --size small

address=${TICKETRUSH_LISTEN:-127.0.0.1:8080}
cat <<TEXT

  Ticket-Rush    http://localhost:${address##*:}
  demo accounts  $TICKETRUSH_DATA/demo-accounts.txt
$(sed 's/^/                 /' "$TICKETRUSH_DATA/demo-accounts.txt" 2>/dev/null || true)
  stop           Ctrl-C; what is in flight is finished first

TEXT
exec build/ticketrush serve
