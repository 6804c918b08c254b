#!/bin/sh
# need.sh — installs the Debian packages that are missing; says which and why first.
#
#     tools/need.sh run [test] [bench]      the groups of tools/packages.txt
#
# Nothing is asked of the network and nobody needs to be root when all are there.
set -eu
cd "$(dirname "$0")/.."

present() { # package[:command]
    case $1 in *:*) command -v "${1#*:}" >/dev/null && return ;; esac
    [ "$(dpkg-query -W -f '${db:Status-Status}' "${1%%:*}" 2>/dev/null)" = installed ]
}

missing=
reasons=
while read -r who package why; do
    case " $* " in *" $who "*) ;; *) continue ;; esac
    present "$package" && continue
    missing="$missing ${package%%:*}"
    reasons="$reasons$(printf '  %-20s %s' "${package%%:*}" "$why")
"
done <tools/packages.txt
[ -n "$missing" ] || exit 0

printf 'These Debian packages are missing and will be installed with apt-get:\n%s' "$reasons"
install="DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends$missing"
as_root=
if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null; then
        printf 'That needs root, and there is no sudo here. As root, run:\n  apt-get update && %s\n' \
            "$install" >&2
        exit 1
    fi
    echo 'sudo may ask for your password; root is needed for this step only.'
    as_root=sudo
fi
$as_root apt-get update -q
# shellcheck disable=SC2086 # a list of words
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
