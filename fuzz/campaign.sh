#!/bin/sh
# Runs fuzz targets one after the other: campaign.sh RUNS WORK [TARGET...]. Needs a nightly compiler and cargo-fuzz; see README.md.
# WORK keeps what was found useful (corpus/), what failed (failures/) and what was run (runs.tsv), and may be used again.
set -eu
runs=$1 work=$2
shift 2
cd "$(dirname "$0")"
[ $# -gt 0 ] || set -- $(sed -n 's/^name = "\([a-z0-9_]*\)"$/\1/p' Cargo.toml)
[ -n "${BUILT-}" ] || cargo +nightly fuzz build --sanitizer none
for target in "$@"; do
    case $target in
        report) longest=6000 ;;
        report_file | capsule) longest=20000 ;;
        archive_*) longest=4096 ;;
        kernel | snapshot | docker_inspect | grammar_file | inflate) longest=2048 ;;
        clock | nginx_error | docker_events | envelope_journal_*) longest=1024 ;;
        *) longest=512 ;;
    esac
    mkdir -p "$work/corpus/$target" "$work/failures" "$work/logs" "corpus/$target"
    log=$work/logs/$target.log
    status=0
    nice -n "${NICE-15}" "${BIN:-target}/x86_64-unknown-linux-gnu/release/$target" \
        -runs="$runs" -max_total_time="${SECONDS_MAX:-0}" -max_len=$longest -timeout=${TIMEOUT:-20} -rss_limit_mb=1500 \
        -print_final_stats=1 -report_slow_units=1 -artifact_prefix="$work/failures/$target-" \
        "$work/corpus/$target" "corpus/$target" >"$log" 2>&1 || status=$?
    done=$(sed -n 's/^stat::number_of_executed_units: //p' "$log")
    printf '%s\t%s\t%s\t%s\n' "$(date -u +%Y-%m-%d)" "$target" "${done:-?}" "$status" >>"$work/runs.tsv"
    echo "$target: ${done:-?} executions, status $status"
    [ $status -eq 0 ] || grep -m 3 -A 4 -E 'panicked|ERROR' "$log" || true
done
