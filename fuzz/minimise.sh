#!/bin/sh
# Takes into corpus/ what covers the most of each target in the least: minimise.sh WORK [TARGET...]. After a campaign.
set -eu
work=$1
shift
cd "$(dirname "$0")"
[ $# -gt 0 ] || set -- $(sed -n 's/^name = "\([a-z0-9_]*\)"$/\1/p' Cargo.toml)
for target in "$@"; do
    # All together stay below 1 MB.
    longest=1500 most=24000
    case $target in
        report) longest=6000 most=120000 ;;
        report_file | capsule) longest=12000 most=60000 ;;
        archive_*) longest=3072 most=30000 ;;
    esac
    small=$work/small/$target
    least=$work/least/$target
    rm -rf "$small" "$least"
    mkdir -p "$small" "$least"
    find "$work/corpus/$target" -type f -size -"$((longest / 512 + 1))"b -exec cp -t "$small" {} +
    nice -n "${NICE-15}" "${BIN:-target}/x86_64-unknown-linux-gnu/release/$target" -set_cover_merge=1 -max_len=$longest "$least" "$small" \
        >"$work/logs/$target.merge" 2>&1
    rm -rf "corpus/$target"
    mkdir -p "corpus/$target"
    # Of all lengths alike, where there are more than 64.
    sum=0
    for file in $(ls -rS "$least" | awk -v count="$(ls "$least" | wc -l)" '(NR - 1) % (int((count - 1) / 64) + 1) == 0'); do
        size=$(wc -c <"$least/$file")
        [ $((sum + size)) -le $most ] || continue
        sum=$((sum + size))
        cp "$least/$file" "corpus/$target/"
    done
    echo "$target: $(ls "corpus/$target" | wc -l) inputs of $(ls "$least" | wc -l), $(cat "corpus/$target"/* | wc -c) bytes"
done
