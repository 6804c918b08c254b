#!/bin/sh
# test.sh — every test and check, step after step; the last line is the sum over all of them.
#
#     tools/test.sh all|check|release|fuzz
#
# A step is one line when it is well and shows its whole log when it is not. Steps go on after a failure:
# one run names everything that is wrong.
set -u
cd "$(dirname "$0")/.."

for setting in $(env | sed -n 's/^\(TICKETRUSH_[A-Z_]*\)=.*/\1/p'); do
    unset "$setting" # what the tests see is theirs, not the user's
done

logs=build/test
rm -rf "$logs"
mkdir -p "$logs"
: >"$logs/counts"

# step NAME COUNTED-BY COMMAND…     COUNTED-BY: one | node | meson:FOLDER   (see tally.c)
step() {
    name=$1 counted_by=$2 log=$logs/$1.log
    shift 2
    started_s=$(date +%s)
    "$@" >"$log" 2>&1
    status=$?
    counted=$log
    case $counted_by in meson:*) counted=${counted_by#meson:}/meson-logs/testlog.json ;; esac
    counts=$(build/tally "${counted_by%%:*}" $status "$counted")
    echo "$counts" >>"$logs/counts"
    # shellcheck disable=SC2086 # three words
    set -- $counts
    printf '%-16s %4d passed  %d failed  %d skipped  %4d s\n' "$name" "$1" "$2" "$3" \
        $(($(date +%s) - started_s))
    [ "$3" = 0 ] || grep -i 'skip' "$log" | head -20
    [ "$2" = 0 ] || { echo "--- $name"; cat "$log"; echo "--- end of $name"; }
}

c_files() {
    find src tests tools bench -name '*.[ch]' | sort
}

formatter() {
    c_files | xargs clang-format --dry-run --Werror
}

# The same tests in another build folder, with real servers beside them. An old log must not be counted
# when the build fails.
meson_tests() { # FOLDER [options of meson test]
    folder=$1
    shift
    rm -f "$folder/meson-logs/testlog.json"
    make "$folder/build.ninja" && ninja -C "$folder" --quiet -k 0 &&
        build/with_servers meson test -C "$folder" --no-rebuild --print-errorlogs "$@"
}

# The release build tells every story with all its seeds; here some are enough to walk every line.
under_address_sanitizer() {
    TICKETRUSH_STORY_SEEDS=30 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
        meson_tests build-asan --timeout-multiplier 4
}

under_thread_sanitizer() {
    TICKETRUSH_STORY_SEEDS=15 TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1 \
        meson_tests build-tsan --timeout-multiplier 8 --suite unit --suite contract --suite story
}

# Everything, by clang: its warnings are other warnings. The fuzz targets come out of it too.
second_compiler() {
    make build-fuzz/build.ninja && ninja -C build-fuzz --quiet -k 0
}

# clang-tidy reads how clang would compile each file from the second compiler's folder.
clang_tidy() {
    find src tests tools bench -name '*.c' | sort |
        xargs -n 4 -P "$(nproc)" clang-tidy -p build-fuzz --quiet >"$logs/clang-tidy.full" 2>&1 &&
        return
    echo "the reasoning behind each finding: $logs/clang-tidy.full"
    grep -E ' error: ' "$logs/clang-tidy.full" | sort -u
    return 1
}

fuzz() { # TARGET: what it learns stays in build-fuzz/corpus, what it starts from is in tests/fuzz/corpus
    mkdir -p "build-fuzz/corpus/$1"
    seeds=tests/fuzz/corpus/$1
    [ -d "$seeds" ] || seeds=
    build-fuzz/"$1" -max_total_time="$FUZZ_SECONDS" -rss_limit_mb=2048 -timeout=10 -verbosity=1 \
        -print_final_stats=1 -artifact_prefix="build-fuzz/$1-" "build-fuzz/corpus/$1" $seeds
}

# As many targets at once as there are processors, then their results in order.
fuzz_together() {
    for target in "$@"; do
        (fuzz "$target" >"$logs/$target.said" 2>&1; echo $? >"$logs/$target.status") &
    done
    wait
    for target in "$@"; do
        step "$target" one fuzz_result "$target"
    done
}

fuzz_result() {
    cat "$logs/$1.said"
    return "$(cat "$logs/$1.status")"
}

fuzz_all() {
    echo "fuzzing, $FUZZ_SECONDS s each"
    set --
    for file in tests/fuzz/*_fuzz.c; do
        set -- "$@" "$(basename "$file" .c)"
        [ $# -lt "$(nproc)" ] || { fuzz_together "$@"; set --; }
    done
    fuzz_together "$@"
}

page_tests() {
    npm --prefix web test --silent
}

browser() {
    command -v chromium >/dev/null || { echo 'skipped: chromium is missing'; return 77; }
    TICKETRUSH_BINARY=$PWD/build/ticketrush SCREENSHOTS=$PWD/build/screenshots \
        npm --prefix tests/e2e test --silent
}

# Prometheus' own tool, where it is installed.
alert_rules() {
    command -v promtool >/dev/null || return 0
    promtool check rules deploy/prometheus/*.rules.yml &&
        promtool test rules deploy/prometheus/*.test.yml
}

checks() {
    step formatter one formatter
    step tidy one build/tidy .
    step alerts one alert_rules
    step clang one second_compiler
    step clang-tidy one clang_tidy
}

make build/build.ninja
ninja -C build --quiet tally tidy probe with_servers >/dev/null || exit 1
case $1 in
all)
    step release meson:build meson_tests build
    step page node page_tests
    checks
    fuzz_all
    step asan+ubsan meson:build-asan under_address_sanitizer
    step tsan meson:build-tsan under_thread_sanitizer
    step browser node browser
    ;;
check) checks ;;
release) step release meson:build meson_tests build ;;
fuzz)
    step clang one second_compiler
    fuzz_all
    ;;
esac

awk -v strict="${CI:-}" '
    { passed += $1; failed += $2; skipped += $3 }
    END {
        if (strict == "true" && skipped > 0)
            print "CI=true: a skipped test is a failure"
        printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
        exit failed > 0 || passed == 0 || (strict == "true" && skipped > 0)
    }' "$logs/counts"
