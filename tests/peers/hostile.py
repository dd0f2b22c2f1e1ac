#!/usr/bin/env python3
"""Twenty hostile inputs, and what coroner, GoAccess, lnav and zgrep of the distribution make of them.

    cargo build --release --locked && python3 tests/peers/hostile.py --bin target/release/coroner

Writes a Markdown table to standard output: exit code, what was said, the most memory of any process of the run (no figure is below
that of this script, some 16 MiB), time. A program that is not installed has no rows. Each run has TIME_MAX seconds. The inputs take up
to 1.1 GB below --dir while they are used.
"""
import argparse, gzip, json, lzma, os, random, shutil, signal, subprocess, sys, tempfile, time, zlib

TIME_MAX = 60
GIB = 1 << 30
MIB = 1 << 20


def lines(count, start=0):
    """Requests, one a second from noon on; ten of each 900 fail."""
    out = []
    for n in range(start, start + count):
        status = 502 if 300 <= n % 900 < 310 else 200
        clock = f"{12 + n // 3600 % 12:02}:{n // 60 % 60:02}:{n % 60:02}"
        out.append(f'203.0.113.{n % 200} - - [20/Nov/2026:{clock} +0000] "GET /items/{n} HTTP/1.1" {status} 15 "-" "curl/8"\n')
    return "".join(out).encode()


LOG = lines(600)


def header(name, size, flag=b"0", link=b""):
    """A ustar header (POSIX.1-2017, pax)."""
    head = bytearray(512)
    head[0:len(name)] = name
    head[100:108] = b"0000644\0"
    head[124:136] = b"%011o\0" % size
    head[136:148] = b"00000000000\0"
    head[148:156] = b" " * 8
    head[156:157] = flag
    head[157:157 + len(link)] = link
    head[257:265] = b"ustar\x0000"
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head)


def entry(name, data=b"", flag=b"0", link=b""):
    return header(name, len(data), flag, link) + data + bytes(-len(data) % 512)


def packed(path, chunks, level=6):
    with open(path, "wb") as out:
        pack = zlib.compressobj(level, zlib.DEFLATED, 31)
        for chunk in chunks:
            out.write(pack.compress(chunk))
        out.write(pack.flush())


def fill(total, byte):
    block = byte * MIB
    return (block for _ in range(total // MIB))


def unique(count):
    dice = random.Random(3)
    for first in range(0, count, 1000):
        rows = []
        for n in range(first, first + 1000):
            second = n * 86000 // count
            clock = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
            ip = ".".join(str(dice.randrange(1, 224)) for _ in range(4))
            status = 502 if n % 20 == 0 else 200
            rows.append(f'{ip} - - [20/Nov/2026:{clock} +0000] "GET /{dice.getrandbits(64):x}/{n} HTTP/1.1" {status} {n} "http://{n}.example/" "agent-{dice.getrandbits(60):x}"\n')
        yield "".join(rows).encode()


def make(kind, folder):
    """Makes one input; gives its path."""
    at = lambda name: os.path.join(folder, name)

    def put(name, data):
        with open(at(name), "wb") as out:
            out.write(data)
        return at(name)

    gz = gzip.compress(LOG, mtime=0)
    end = bytes(1024)
    good = entry(b"nginx/access.log", LOG)
    if kind == "log.gz cut at 62 %":
        return put("access.log.gz", gz[:len(gz) * 62 // 100])
    if kind == "log.gz, wrong checksum":
        return put("access.log.gz", gz[:-8] + b"\1\2\3\4" + gz[-4:])
    if kind == "log.gz, one bit flipped":
        bad = bytearray(gz)
        bad[len(gz) // 2] ^= 16
        return put("access.log.gz", bytes(bad))
    if kind == "log.gz, garbage behind it":
        return put("access.log.gz", gz + b"garbage" * 9)
    if kind == "gzip bomb, 1 GiB of zeros":
        packed(at("bomb.gz"), fill(GIB, b"\0"))
        return at("bomb.gz")
    if kind == "the same, packed three times":
        packed(at("1"), fill(GIB, b"\0"))
        return put("bomb.gz", gzip.compress(gzip.compress(open(at("1"), "rb").read())))
    if kind == "1 GiB of log lines in 66 MB":
        block = LOG * 32
        packed(at("access.log.gz"), (block for _ in range(GIB // len(block))))
        return at("access.log.gz")
    if kind == "a line of 1 GiB in the middle":
        half = LOG.index(b"\n", len(LOG) // 2) + 1
        with open(at("access.log"), "wb") as out:
            out.write(LOG[:half])
            out.writelines(fill(GIB, b"A"))
            out.write(b"\n" + LOG[half:])
        return at("access.log")
    if kind == "32 MiB of NULs before the log":
        return put("access.log", bytes(32 * MIB) + LOG)
    if kind == "UTF-16 with byte order mark":
        return put("access.log", b"\xff\xfe" + LOG.decode().encode("utf-16-le"))
    if kind == "escape sequences in requests":
        return put("access.log", LOG.replace(b"curl/8", b"\x1b]0;owned\x07\x1b[2Jx"))
    if kind == "HTML and Markdown in requests":
        return put("access.log", LOG.replace(b"/items/", b"/<script>alert(1)</script>](javascript:alert(1))`@all#1/"))
    if kind == "a million addresses and paths":
        packed(at("access.log.gz"), unique(1_000_000), 1)
        return at("access.log.gz")
    if kind == "an app's log forges a kernel kill":
        forged = b"Nov 20 12:05:00 web kernel: [99.000001] Out of memory: Killed process 811 (gunicorn) total-vm:1kB, anon-rss:1kB, file-rss:0kB, shmem-rss:0kB\n"
        app = b"".join(b"[2026-11-20 12:%02d:%02d +0000] [811] [INFO] item\n" % (n // 60, n % 60) + (forged if n == 300 else b"") for n in range(600))
        return put("bundle.tar", good + entry(b"shop/gunicorn.log", app) + end)
    if kind == "times from the edge of time":
        odd = b"".join(b'203.0.113.9 - - [%s/%s/%s:%s %s] "GET / HTTP/1.1" 502 1 "-" "x"\n' % (d, m, y, t, z) for d in (b"00", b"31", b"99") for m in (b"Jan", b"Feb")
                       for y in (b"0000", b"1969", b"2262", b"9999") for t in (b"00:00:00", b"23:59:60", b"24:00:00") for z in (b"+0000", b"+9999"))
        return put("access.log", LOG + odd)
    if kind == "tar with .., links, devices":
        rows = [entry(b"../../../../tmp/x.log", LOG), entry(b"/tmp/y.log", LOG), entry(b"link", flag=b"2", link=b"/etc"), entry(b"link/passwd", LOG),
                entry(b"tty", flag=b"3"), entry(b"pipe", flag=b"6"), entry(b"dup.log", LOG), entry(b"dup.log", LOG)]
        return put("bundle.tar", good + b"".join(rows) + end)
    if kind == "tar.gz cut at half":
        whole = gzip.compress(entry(b"syslog", lines(600, 600)) + good + end, mtime=0)
        return put("bundle.tar.gz", whole[:len(whole) // 2])
    if kind == "tar.gz, a name of 1 GiB":
        packed(at("bundle.tar.gz"), (part for parts in ([header(b"././@LongLink", GIB, b"L")], fill(GIB, b"a"), [good + end]) for part in parts))
        return at("bundle.tar.gz")
    if kind == "xz -9 (needs 64 MiB)":
        return put("access.log.xz", lzma.compress(LOG * 200, preset=9))
    if kind == "folder with pipe, device, loop":
        os.mkdir(at("logs"))
        put("logs/access.log", LOG)
        os.mkfifo(at("logs/pipe.log"))
        os.symlink("/dev/zero", at("logs/zero.log"))
        os.symlink(".", at("logs/loop"))
        return at("logs")
    raise ValueError(kind)


def made_apart(kind, folder):
    """In a process of its own: what this one holds at a time is the least that can be measured of others."""
    note = os.path.join(folder, "path")
    child = os.fork()
    if child == 0:
        with open(note, "w") as out:
            out.write(make(kind, folder))
        os._exit(0)
    os.waitpid(child, 0)
    with open(note) as told:
        return told.read()


KINDS = [
    "log.gz cut at 62 %", "log.gz, wrong checksum", "log.gz, one bit flipped", "log.gz, garbage behind it", "gzip bomb, 1 GiB of zeros",
    "the same, packed three times", "1 GiB of log lines in 66 MB", "a line of 1 GiB in the middle", "32 MiB of NULs before the log",
    "UTF-16 with byte order mark", "escape sequences in requests", "HTML and Markdown in requests", "a million addresses and paths",
    "an app's log forges a kernel kill", "times from the edge of time", "tar with .., links, devices", "tar.gz cut at half",
    "tar.gz, a name of 1 GiB", "xz -9 (needs 64 MiB)", "folder with pipe, device, loop",
]


def run(command, folder):
    """Exit code, standard output's file, standard error, MiB, seconds."""
    out = os.path.join(folder, "out")
    environment = {**os.environ, "HOME": folder, "TERM": "xterm", "LC_ALL": "C.UTF-8"}
    with open(out, "wb") as stdout, open(os.path.join(folder, "err"), "wb") as stderr:
        begun = time.time()
        child = subprocess.Popen(command, stdout=stdout, stderr=stderr, stdin=subprocess.DEVNULL, env=environment, cwd=folder, start_new_session=True)
        killed = False
        while True:
            pid, status, usage = os.wait4(child.pid, os.WNOHANG)
            if pid:
                break
            if not killed and time.time() - begun > TIME_MAX:
                os.killpg(child.pid, signal.SIGKILL)
                killed = True
            time.sleep(0.01)
        child.returncode = os.waitstatus_to_exitcode(status)
    error = open(os.path.join(folder, "err"), "rb").read(20000).decode(errors="replace")
    code = f"none in {TIME_MAX} s" if killed else str(child.returncode)
    return code, out, error, usage.ru_maxrss / 1024, time.time() - begun


def plain(text, most=110):
    text = " ".join(text.split())
    text = "".join(letter if letter.isprintable() and letter not in "|`<>" else "." for letter in text)
    return text[:most] + ("…" if len(text) > most else "")


def count(path, byte):
    total = 0
    with open(path, "rb") as file:
        while block := file.read(MIB):
            total += block.count(byte)
    return total


def coroner(program, path, folder):
    done = run([program, "report", "-q", "--format", "json", path], folder)
    try:
        report = json.load(open(done[1], "rb"))
    except ValueError:
        told = [line for line in done[2].splitlines() if "found:" in line]
        return done, (told[0].split("found:")[1] if told else done[2])
    requests = sum(report["traffic"]["statuses"].values())
    failed = sum(sum(incident["errors"].values()) for incident in report["incidents"])
    told = "; ".join(problem["detail"] for problem in report["data_quality"][:2])
    more = len(report["data_quality"]) - 2
    kills = f", {len(report['oom_kills'])} OOM kills" if "forge" in folder else ""
    return done, f"{requests} requests, {failed} failed{kills}" + (f"; {told}" if told else "") + (f"; {more} more" if more > 0 else "")


def goaccess(program, path, folder):
    out = os.path.join(folder, "goaccess.json")
    script = 'if [ -d "$1" ]; then set -- "$1"/*.log; fi; zcat -f "$@" | ' + program + ' --log-format=COMBINED --no-progress -o "' + out + '" -'
    done = run(["sh", "-c", script, "sh", path], folder)
    try:
        general = json.load(open(out, "rb"))["general"]
        said = f"{general['valid_requests']} requests, {general['failed_requests']} lines failed"
    except (OSError, ValueError, KeyError):
        said = "no report"
    return done, said + (f"; {done[2]}" if done[2].strip() else "")


def lnav(program, path, folder):
    done = run([program, "-n", path], folder)
    escapes = count(done[1], b"\x1b")
    return done, f"{count(done[1], b' HTTP/1.1')} requests shown" + (f", {escapes} raw ESC bytes" if escapes else "") + (f"; {done[2]}" if done[2].strip() else "")


def zgrep(program, path, folder):
    if os.path.isdir(path):
        path = os.path.join(path, "access.log")
    done = run([program, "-a", "-c", "\" 502 ", path], folder)
    return done, f"{open(done[1]).read().strip() or '0'} lines match" + (f"; {done[2]}" if done[2].strip() else "")


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--bin", default="target/release/coroner")
    options.add_argument("--dir", default=None, help="where the inputs are made; a temporary folder by default")
    options.add_argument("--only", default="", help="inputs whose name holds this")
    given = options.parse_args()
    tools = [("coroner", coroner, os.path.abspath(given.bin))]
    for name, how in [("goaccess", goaccess), ("lnav", lnav), ("zgrep", zgrep)]:
        if found := shutil.which(name):
            tools.append((name, how, found))
        else:
            print(f"{name} is not installed", file=sys.stderr)
    print("| input | program | exit | said | MiB | s |\n|---|---|---|---|---|---|")
    for number, kind in enumerate(KINDS, 1):
        if given.only not in kind:
            continue
        folder = tempfile.mkdtemp(prefix="forge-" if "forge" in kind else "hostile-", dir=given.dir)
        try:
            path = made_apart(kind, folder)
            for index, (name, how, program) in enumerate(tools):
                (code, _, _, memory, seconds), said = how(program, path, folder)
                said = said.replace(folder + "/", "")
                first = f"{number}. {kind}" if index == 0 else ""
                print(f"| {first} | {name} | {code} | {plain(said)} | {memory:.0f} | {seconds:.1f} |", flush=True)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
