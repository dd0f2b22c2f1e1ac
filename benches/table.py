#!/usr/bin/env python3
"""The table of speed: makes the data, runs coroner against the limits and the peers that are installed, writes RESULTS.md.

    cargo build --release && python3 benches/table.py [--data DIR] [--rounds N] [--only TEXT] [--binary FILE]

The data (about 2.6 GB, deterministic) are made once, in --data (default: target/bench-data). The yardsticks are wc (coreutils)
and igzip (Debian package `isal`), the peers zcat and grep, mawk and ripgrep; rows whose programs are missing are left out. Each
run of coroner follows a run of its yardstick, ratios are taken pair by pair, medians are shown. CPU is user + system of the
process and its children; memory is the largest resident set of coroner, as the kernel accounts it.
"""
import argparse
import datetime
import os
import pathlib
import platform
import resource
import shutil
import statistics
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent


def run(command, cwd):
    """CPU seconds, wall seconds, peak MB and exit code of a shell command."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    process = subprocess.Popen(command, shell=True, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall, after = time.monotonic() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, wall, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status)


def sh(command, cwd):
    subprocess.run(command, shell=True, cwd=cwd, check=True)


def make(data, target):
    """The data sets; what is there already stays."""
    generator = target / "genlogs"
    sh(f"cargo build --release --quiet --manifest-path {HERE / 'genlogs' / 'Cargo.toml'} --target-dir {generator}", ROOT)
    program = generator / "release" / "genlogs"
    (data / "bundle").mkdir(parents=True, exist_ok=True)
    if not (data / "truth.json").exists():
        sh(f"{program} --out bundle --seed 1 --access-bytes 1G --timings-bytes 256M --journal-bytes 500M", data)
        sh("mv bundle/access_timings.log . && mv bundle/truth.json truth.json", data)
    packed = {
        "access.log.gz": "gzip -6 -n -c bundle/access.log",
        "bundle.tar.gz": "tar --sort=name --mtime=@1773100800 --owner=0 --group=0 --numeric-owner -cf - bundle | gzip -6 -n",
    }
    for name, command in packed.items():
        if not (data / name).exists():
            sh(f"{command} > {name}.part && mv {name}.part {name}", data)
    if not (data / "rotated" / "truth.json").exists():
        shutil.rmtree(data / "rotated", ignore_errors=True)
        sh(f"{program} --out rotated --seed 2 --access-bytes 2000M --rotate-bytes 20M --hours 2400 --incidents 100", data)
        sh("mkdir other && mv error.log gunicorn.log app.log dmesg.txt other/", data / "rotated")
        sh("ls access.log.* | xargs -P 2 -n 4 gzip -6 -n -f", data / "rotated")
    if not (data / "large.log").exists():
        sh("for copy in 1 2 3 4; do cat bundle/access.log; done > large.log", data)
    small = data / "small.log"
    if not small.exists():
        line = '10.0.0.1 - - [10/Mar/2026:00:00:00 +0000] "GET /a/1 HTTP/1.1" 200 12 "-" "curl/8"\n'
        small.write_text(line * 12)


# Name, yardstick, input, and what must hold: figure and limit.
CASES = [
    ("access log, 1 GiB, plain", "wc -l bundle/access.log", "bundle/access.log", [("cpu", 4.0, 1.5), ("wall", 2.2, 0.8)]),
    ("access log with timings, 256 MiB", "wc -l access_timings.log", "access_timings.log", [("cpu", 6.0, 2.0)]),
    ("access log, one .gz", "igzip -dc access.log.gz", "access.log.gz", [("wall", 1.8, 1.1)]),
    ("bundle.tar.gz, 1.6 GB inside", "igzip -dc bundle.tar.gz", "bundle.tar.gz", [("wall", 2.0, 1.2)]),
    ("100 rotated .gz, 2.1 GB", "for f in rotated/*.gz; do igzip -dc $f; done", "rotated", [("wall", 1.2, 0.7)]),
    ("journal export, 520 MB", "wc -l bundle/journal.export", "bundle/journal.export", [("cpu", 4.0, 2.0)]),
    ("against zcat | grep -c", "zcat access.log.gz | LC_ALL=C grep -c ' 50[24] '", "access.log.gz", [("cpu", 0.2, 0.125), ("wall", 0.2, 0.125)]),
    ("against rg -c, plain", "rg -c '\" 50[24] ' bundle/access.log", "bundle/access.log", []),
    ("against mawk, plain", "mawk -F'\"' '{split($3,a,\" \"); n[a[1]]++} END{for(s in n) print s,n[s]}' bundle/access.log", "bundle/access.log", []),
    ("access log, 4 GiB, plain", "wc -l large.log", "large.log", []),
]


def machine():
    model = platform.processor() or platform.machine()
    try:
        for line in open("/proc/cpuinfo"):
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    except OSError:
        pass
    return f"{len(os.sched_getaffinity(0))} cores, {model}, {platform.system()}"


def word(value, must, aim):
    return "aim" if value <= aim else "must" if value <= must else "missed"


def main():
    asked = argparse.ArgumentParser()
    asked.add_argument("--data", type=pathlib.Path, default=ROOT / "target" / "bench-data")
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--only", default="")
    asked.add_argument("--binary", type=pathlib.Path, default=ROOT / "target" / "release" / "coroner")
    asked.add_argument("--out", type=pathlib.Path, default=HERE / "RESULTS.md")
    given = asked.parse_args()
    data, binary = given.data.resolve(), given.binary.resolve()
    data.mkdir(parents=True, exist_ok=True)
    make(data, ROOT / "target")
    rows, begun_load = [], os.getloadavg()[0]
    for name, yardstick, path, limits in CASES:
        tool = yardstick.split()[0] if not yardstick.startswith("for ") else "igzip"
        if given.only not in name or not shutil.which(tool):
            continue
        ours = f"exec {binary} report -q --format json {path}"
        pairs = [(run(yardstick, data), run(ours, data)) for _ in range(given.rounds)]
        failed = [pair[1][3] for pair in pairs if pair[1][3] not in (0, 1)]
        median = lambda figure: statistics.median(figure(pair) for pair in pairs)
        cpu, wall = median(lambda p: p[1][0]), median(lambda p: p[1][1])
        ratio = {
            "cpu": median(lambda p: p[1][0] / max(p[0][0], 1e-3)),
            "wall": median(lambda p: p[1][1] / max(p[0][1], 1e-3)),
        }
        verdicts = [f"{what} ≤ {must}×: {word(ratio[what], must, aim)} (aim {aim}×)" for what, must, aim in limits]
        rows.append(
            f"| {name.replace('|', chr(92) + '|')} | {median(lambda p: p[0][0]):.2f} | {cpu:.2f} | {wall:.2f} | {ratio['cpu']:.2f} | {ratio['wall']:.2f} "
            f"| {max(p[1][2] for p in pairs):.0f} | {'failed' if failed else '; '.join(verdicts)} |"
        )
        print(rows[-1], flush=True)
    starts = [run(f"exec {binary} report -q --format json small.log", data) for _ in range(4 * given.rounds)]
    start = statistics.median(s[1] for s in starts) * 1e3
    rows.append(
        f"| 1 KB, start to end | | {statistics.median(s[0] for s in starts):.3f} | {start / 1e3:.3f} | | | {max(s[2] for s in starts):.0f} "
        f"| {start:.0f} ms; ≤ 15 ms: {word(start, 15, 3)} (aim 3 ms) |"
    )
    print(rows[-1], flush=True)
    notes = HERE / "NOTES.md"
    given.out.write_text(
        "# Speed\n\n"
        f"Made by `benches/table.py`: medians of {given.rounds} pairs, {datetime.date.today()}, {machine()}; load average {begun_load:.1f} before "
        f"and {os.getloadavg()[0]:.1f} after.\nCPU is user + system in seconds; ratios are taken pair by pair against the yardstick; memory in MB.\n\n"
        "| input | yardstick CPU | CPU | wall | CPU × | wall × | memory | must |\n|---|---|---|---|---|---|---|---|\n"
        + "\n".join(rows)
        + "\n\n"
        + (notes.read_text() if notes.exists() else "")
    )


main()
