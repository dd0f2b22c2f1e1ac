#!/usr/bin/env python3
"""Writes the seeds that a campaign begins with: seeds.py FOLDER [CORONER]

One folder a target, made of what the repository holds: samples of the grammars, texts of the tests, and members of the corpus cut to
the lines that a report cites. With the path of a built coroner the bundles of the corpus are cut as well. Needs Python 3.11.
"""
import bz2, gzip, hashlib, io, json, lzma, pathlib, re, subprocess, sys, tarfile, tomllib, zipfile, zlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
OUT = pathlib.Path(sys.argv[1])
CORONER = sys.argv[2] if len(sys.argv) > 2 else None
SEPARATOR = b"\n%%%%\n"


def put(target, data):
    if isinstance(data, str):
        data = data.encode()
    folder = OUT / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / hashlib.sha1(data).hexdigest()).write_bytes(data)


def literals(*patterns):
    """String literals of Rust files, plain and raw."""
    for pattern in patterns:
        for path in sorted(ROOT.glob(pattern)):
            text = path.read_text()
            for raw in re.findall(r'r#"(.*?)"#', text, re.S) + re.findall(r'r"([^"]*)"', text):
                yield raw
            for plain in re.findall(r'(?<![r#])"((?:[^"\\]|\\.)*)"', text, re.S):
                plain = re.sub(r"\\\n\s*", "", plain)
                for escape, char in (("\\n", "\n"), ("\\t", "\t"), ('\\"', '"'), ("\\\\", "\\")):
                    plain = plain.replace(escape, char)
                yield plain


def long(texts, least=12, most=3000):
    return [text for text in texts if least <= len(text) <= most]


# Grammars: each sample, and each file with its first samples only.
for path in sorted((ROOT / "grammars").glob("*.toml")):
    text = path.read_text()
    table = tomllib.loads(text)
    ident = (table.get("idents") or [""])[0].rstrip("*")
    for sample in table.get("sample", []):
        line, own = sample["line"], sample.get("ident")
        put("grammar_line", f"#{own or ident}\n{line}" if own or table.get("only_idents") else line)
        if table["format"] in ("nginx-error", "docker-events"):
            put(table["format"].replace("-", "_"), line)
        if table["role"] in ("proxy", "app"):
            put("access_line", line)
        put("escape", line)
        if "stamp" in str(sample.get("expect", {})) or re.match(r"\S*\d{2}:\d{2}", line):
            put("stamps", line[:40])
    parts = re.split(r"(?m)^(?=\[\[)", text)
    kept = [part for part in parts if not part.startswith("[[sample]]")][:4]
    kept += [part for part in parts if part.startswith("[[sample]]")][:2]
    if len("".join(kept)) < 3000:
        put("grammar_file", "".join(kept))

# Tests.
for text in long(literals("src/kernel/**/*.rs")):
    put("kernel", text)
for text in long(literals("src/access/**/*.rs", "tests/traps/http.rs")):
    put("access_line", text)
    if "$" in text:
        put("access_format", text + "\n1.2.3.4 - - [10/Mar/2026:12:00:00 +0000] \"GET / HTTP/1.1\" 502 1 \"-\" \"x\"")
    if "log_format" in text or "access_log" in text:
        put("nginx_conf", text)
for text in long(literals("src/snapshot/**/*.rs", "tests/rows.rs", "tests/traps/*.rs"), 30, 6000):
    put("snapshot", text)
    if text.lstrip().startswith(("[", "{")):
        put("docker_inspect", text)
for text in long(literals("src/envelope/times.rs", "src/grammar/time.rs", "tests/stamps.rs"), 6, 60):
    put("stamps", text)
for text in long(literals("src/report/markdown/tests.rs", "src/report/escape.rs", "src/report/redact/*.rs"), 4):
    put("escape", text)
for text in long(literals("src/capsule/*.rs", "tests/capsule.rs"), 20):
    put("capsule", text)

# Envelopes: every text goes to every envelope whose mark it has.
MARKS = {
    "envelope_compose": r"(?m)^[\w.-]+ +\| ",
    "envelope_dmesg": r"(?m)^(<\d+>)?\[ *[\d.]+\]|^\[\w{3} \w{3}|^\d{4}-\d\d-\d\dT.*(kernel|oom|Out of)|^\d+,\d+,\d+,|\"dmesg\"",
    "envelope_docker_json": r'(?m)^\{"log":',
    "envelope_docker_stamped": r"(?m)^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d) |^@[0-9a-f]{24}",
    "envelope_journal_export": r"(?m)^(__CURSOR|__REALTIME_TIMESTAMP|MESSAGE)(=|$)",
    "envelope_journal_full": r"(?m)^[A-Z][a-z]{2} \d{4}-\d\d-\d\d ",
    "envelope_journal_json": r'(?m)^\{.*"(__REALTIME_TIMESTAMP|MESSAGE)"',
    "envelope_journal_verbose": r"(?m)^ {4}_?[A-Z_]+=",
    "envelope_klog": r"(?m)^[IWEF]\d{4} ",
    "envelope_syslog": r"(?m)^(<\d+>)?[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|^\[ *\d+\.\d+\] \S+ ",
    "envelope_syslog_iso": r"(?m)^(<\d+>)?(1 )?\d{4}-\d\d-\d\dT|^\d+\.\d{6} ",
}
texts = long(literals("src/envelope/**/*.rs", "src/ingest/**/*.rs", "tests/inputs.rs", "tests/recognition.rs"), 12, 4000)
for text in texts:
    put("envelope_plain", text)
    for target, mark in MARKS.items():
        if re.search(mark, text):
            put(target, text)


# The corpus: the members, in pieces.
def members(case):
    with tarfile.open(case / "bundle.tar.gz") as archive:
        for entry in archive:
            if entry.isfile():
                data = archive.extractfile(entry).read()
                yield entry.name, gzip.decompress(data) if entry.name.endswith(".gz") else data


NAMES = [
    (r"journal\.export$", "envelope_journal_export"), (r"journal\.json$", "envelope_journal_json"),
    (r"dmesg", "envelope_dmesg"), (r"syslog$|kern\.log$|journal-short\.txt$", "envelope_syslog"),
    (r"iso\.txt$", "envelope_syslog_iso"), (r"access\.log", "access_line"), (r"error\.log", "nginx_error"),
    (r"docker-events", "docker_events"), (r"inspect", "docker_inspect"), (r"docker-(ps|stats)|status\.txt|host\.txt", "snapshot"),
    (r"container\.log$|cart\.log$|shop\.log$", "envelope_docker_json"),
]
for case in sorted(path.parent for path in (ROOT / "corpus").glob("*/bundle.tar.gz")):
    for name, data in members(case):
        for mark, target in NAMES:
            if re.search(mark, name):
                blank = b"\n\n" if "export" in name else b"\n"
                parts = data.split(blank)
                step = max(1, len(parts) // 6)
                for start in range(0, len(parts), step):
                    put(target, blank.join(parts[start:start + (2 if "export" in name else 8)])[:4000])
                if "inspect" in name:
                    put(target, data[:8000])
        if re.search("dmesg|kern.log", name):
            plain = re.sub(rb"(?m)^(\[[^\]]*\] |\w{3} .*? kernel: (\[[^\]]*\] )?)", b"", data)
            at = plain.find(b"oom-killer")
            if at >= 0:
                begin = plain.rfind(b"\n", 0, at) + 1
                put("kernel", plain[begin:begin + 6000])

# Archives of a few bytes, of every kind, and one within another.
text = b"127.0.0.1 - - [10/Mar/2026:12:00:00 +0000] \"GET / HTTP/1.1\" 502 1\n" * 3


def tar(form, names=("var/log/access.log", "b")):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for name in names:
            entry = tarfile.TarInfo(name)
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text))
    return out.getvalue()


for form in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
    put("archive_tar", tar(form)[:4096])
long_tars = [tar(form, ("d/" * 70 + "x", "é" * 60)) for form in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT)]
for data in long_tars:
    put("archive_tar", data)
small = tar(tarfile.USTAR_FORMAT)[:3072]
for data in (text, small, b""):
    put("archive_gzip", gzip.compress(data, mtime=0))
    for level in (0, 1, 6, 9):
        for strategy in (zlib.Z_DEFAULT_STRATEGY, zlib.Z_HUFFMAN_ONLY, zlib.Z_FIXED):
            packer = zlib.compressobj(level, zlib.DEFLATED, -15, 8, strategy)
            half = packer.compress(data[: len(data) // 2]) + packer.flush(zlib.Z_FULL_FLUSH)
            put("inflate", (half + packer.compress(data[len(data) // 2 :]) + packer.flush())[:2000])
    put("archive_gzip", gzip.compress(data, mtime=0) * 2)
    put("archive_gzip", gzip.compress(gzip.compress(data, mtime=0), mtime=0))
    put("archive_bzip2", bz2.compress(data, 1))
    put("archive_bzip2", bz2.compress(data, 1) * 2)
    for check in (lzma.CHECK_NONE, lzma.CHECK_CRC32, lzma.CHECK_CRC64, lzma.CHECK_SHA256):
        filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 4096}]
        put("archive_xz", lzma.compress(data, check=check, filters=filters))
    put("archive_xz", lzma.compress(data, filters=filters) * 2)
    for options in (["-1"], ["-19", "--check"], ["-3", "--no-check"]):
        try:
            done = subprocess.run(["zstd", "-q", "-c", *options], input=data, capture_output=True)
            put("archive_zstd", done.stdout)
            put("archive_zstd", done.stdout * 2)
        except FileNotFoundError:
            put("archive_zstd", bytes([0x28, 0xB5, 0x2F, 0xFD, 0x20, len(data) % 256, 1, 0, 0]) + data[:0])
            put("archive_zstd", bytes([0x28, 0xB5, 0x2F, 0xFD, 0x20, 4, 0x21, 0, 0]) + b"abcd")
            put("archive_zstd", b"\x50\x2a\x4d\x18\x04\0\0\0abcd" + bytes([0x28, 0xB5, 0x2F, 0xFD, 0, 0x58, 0x22, 0, 0]) + b"abcd")
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", method) as archive:
            archive.writestr("access.log", data)
            archive.writestr("d/b.log", data)
        put("archive_zip", out.getvalue())
    # Written to a pipe: lengths stand behind the data.
    class Pipe(io.RawIOBase):
        def __init__(self): self.data = b""
        def writable(self): return True
        def write(self, piece): self.data += bytes(piece); return len(piece)
    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.log", data)
    put("archive_zip", pipe.data)

# The clock chooses by bytes; a few lengths of noise are enough to begin with.
noise = b"".join(hashlib.sha256(bytes([at])).digest() for at in range(40))
for length in (8, 40, 160, 600, 1200):
    put("clock", noise[:length])
    put("clock", noise[-length:])

# Bundles, whole and cut to what the report cites.
for target in ("envelope_syslog", "envelope_journal_export", "envelope_dmesg", "docker_inspect", "archive_zip", "archive_tar"):
    for path in sorted((OUT / target).iterdir())[::5]:
        put("report", path.read_bytes())
if CORONER:
    for case in sorted(path.parent for path in (ROOT / "corpus").glob("*/bundle.tar.gz")):
        bundle = case / "bundle.tar.gz"
        report = json.loads((case / "report.json").read_text())
        paths = {source["id"]: source["path"] for source in report["sources"]}
        cited = {}
        for key in ("events", "oom_kills", "deaths"):
            for entry in report[key]:
                for line in entry["witnesses"]:
                    cited.setdefault(paths[line["source"]], set()).add(line["line"])
        parts = []
        for name, data in members(case):
            lines = data.split(b"\n")
            if re.search("access", name):
                failed = [at for at, line in enumerate(lines) if re.search(rb'" 50\d ', line)]
                wanted = failed[::max(1, len(failed) // 24)] + list(range(0, len(lines), max(1, len(lines) // 24)))
            elif re.search("inspect|docker-|status|host", name):
                wanted = range(len(lines)) if len(data) < 4000 else []
            else:
                own = sorted(cited.get(name, ()))
                near = 30 if "export" in name or "dmesg" in name else 1
                own = own[::max(1, len(own) // 6)]
                wanted = [at for line in own for at in range(line - near, line + near)]
            kept = sorted({at for at in wanted if 0 <= at < len(lines)})
            if kept:
                parts.append(b"\n".join(lines[at] for at in kept) + b"\n")
        if sum(map(len, parts)) < 60_000:
            put("report", SEPARATOR.join(part.rstrip(b"\n") for part in parts) + b"\n")
        # All lines of a few members one by one, so that many small bundles begin the campaign.
        for part in parts:
            put("report", part[:4000])
        made = OUT / "capsule.tar.gz"
        subprocess.run([CORONER, "capsule", bundle, "-o", made], capture_output=True)
        if made.exists():
            with tarfile.open(made) as archive:
                for entry in archive:
                    data = archive.extractfile(entry).read() if entry.isfile() else b""
                    if entry.name.endswith("capsule.json") or "lines/" in entry.name:
                        put("capsule", data[:20_000])
                    if entry.name.endswith("report.json") and len(data) < 60_000:
                        put("report_file", data)
            if made.stat().st_size < 12_000:
                put("report", made.read_bytes())
            made.unlink()
        done = subprocess.run([CORONER, "report", bundle, "--format", "json"], capture_output=True)
        if len(done.stdout) < 60_000:
            put("report_file", done.stdout)
for target in sorted(path for path in OUT.iterdir() if path.is_dir()):
    sizes = [path.stat().st_size for path in target.iterdir()]
    print(f"{target.name}: {len(sizes)} seeds, {sum(sizes)} bytes, longest {max(sizes)}")
