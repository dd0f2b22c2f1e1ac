//! How long each stage takes, on text made here: throughput in bytes. `cargo bench --bench stages`; the table against other programs
//! is `benches/table.py`.

#![allow(missing_docs, reason = "the macros of criterion make functions without any")]

use std::hint::black_box;
use std::io::Write;

use coroner::access::log_format::{KNOWN, LogFormat};
use coroner::access::{Shape, quick};
use coroner::bundle::{self, Ahead, Limits, Silent};
use coroner::envelope::{Envelope, Unwrapper};
use coroner::grammar::Grammars;
use coroner::kernel::KernelReader;
use coroner::traffic::{Counter, Regular, Rows};
use coroner::{Options, analyze};
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use flate2::Compression;
use flate2::write::GzEncoder;

type Group<'a> = BenchmarkGroup<'a, criterion::measurement::WallTime>;

const LINES: u64 = 20_000;

fn lines(of: impl Fn(u64) -> String) -> Vec<u8> {
    (0..LINES).map(|number| of(number) + "\n").collect::<String>().into_bytes()
}

fn access() -> Vec<u8> {
    let paths = [
        "/",
        "/static/css/app.3f9c1a.css",
        "/api/v1/events",
        "/product/oak-chair",
        "/search?q=lamp",
    ];
    lines(|number| {
        let (path, second) = (paths[(number * number % 5) as usize], number / 40 % 3600);
        let status = if number % 500 == 0 { 502 } else { 200 };
        format!(
            r#"10.0.{}.{} - - [10/Mar/2026:12:{:02}:{:02} +0000] "GET {path} HTTP/1.1" {status} {} "https://shop.example.com/" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/12{}.0.0.0 Safari/537.36""#,
            number % 7,
            number % 251,
            second / 60,
            second % 60,
            number % 9000,
            number % 6
        )
    })
}

fn errors() -> Vec<u8> {
    lines(|number| {
        format!(
            r#"2026/03/10 12:{:02}:{:02} [error] 812#812: *{number} upstream prematurely closed connection while reading response header from upstream, client: 10.0.0.{}, server: shop, request: "GET /a/{number} HTTP/1.1", upstream: "http://10.20.0.11:8000/a", host: "shop""#,
            number / 600 % 60,
            number / 10 % 60,
            number % 251
        )
    })
}

fn journal() -> Vec<u8> {
    lines(|number| {
        format!(
            "__CURSOR=s=1;i={number:x}\n__REALTIME_TIMESTAMP={}\n_BOOT_ID=5f3c9a7e1b2d4c60a8e7f1d2c3b4a596\n_TRANSPORT=stdout\nPRIORITY=6\nSYSLOG_IDENTIFIER=gunicorn\n_PID=2001\n_COMM=gunicorn\n_SYSTEMD_UNIT=gunicorn.service\n_HOSTNAME=web01\nMESSAGE=GET /product/{number} -> 200 in 12 ms\n",
            1_773_100_800_000_000 + number * 1000
        )
    })
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).expect("a vector takes all");
    encoder.finish().expect("a vector takes all")
}

fn unwrap(text: &[u8], envelope: Envelope, mut each: impl FnMut(&coroner::envelope::Record<'_>)) {
    let mut unwrapper = Unwrapper::new(envelope);
    for block in text.chunks(256 * 1024) {
        unwrapper.feed(block, &mut each);
    }
    unwrapper.finish(true, &mut each);
}

fn stage(group: &mut Group<'_>, name: &str, bytes: usize, mut run: impl FnMut() -> u64) {
    group.throughput(Throughput::Bytes(bytes as u64));
    group.bench_function(name, |bencher| bencher.iter(|| black_box(run())));
}

fn stages(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("stages");
    group.sample_size(20);
    let folder = tempfile::tempdir().expect("a folder for the inputs");
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("the input can be written");
        path
    };

    let text = access();
    let packed = write("access.log.gz", &gzip(&text));
    stage(&mut group, "inflate", text.len(), || {
        let bundles = bundle::open(std::slice::from_ref(&packed)).expect("the input is there");
        let mut bytes = 0;
        bundle::walk(
            &bundles[0].inputs[0],
            &Limits::default(),
            Ahead::Thread,
            &Silent,
            &mut |_, member| {
                while let Some(block) = member.next_block() {
                    bytes += block.len() as u64;
                }
            },
        );
        bytes
    });
    stage(&mut group, "split", text.len(), || {
        let mut records = 0;
        unwrap(&text, Envelope::Plain, |_| records += 1);
        records
    });

    let shape = Shape::Format(LogFormat::compile(KNOWN[0].1).expect("a known format"));
    let parsed = |count: bool| {
        let (mut memory, mut counter) =
            (quick::Memory::default(), Counter::new(&Regular::default(), &Rows::default()));
        let (mut statuses, mut number) = (0, 0);
        quick::each_line(&shape, &text, &mut memory, &mut |_, seen| {
            let Some(seen) = seen else { return };
            statuses += u64::from(seen.request.status);
            number += 1;
            if count {
                counter.count_seen(&seen, number);
            }
        });
        statuses + counter.finish().requests()
    };
    stage(&mut group, "access parse", text.len(), || parsed(false));
    stage(&mut group, "access parse and count", text.len(), || parsed(true));
    stage(&mut group, "access parse, plain", text.len(), || {
        let lines = text.split(|byte| *byte == b'\n');
        lines.filter_map(|line| shape.parse(line)).map(|request| u64::from(request.status)).sum()
    });

    let grammars = Grammars::built_in().expect("the shipped grammars are right");
    let log = errors();
    stage(&mut group, "error log", log.len(), || {
        let mut hint = None;
        let lines = log.split(|byte| *byte == b'\n');
        lines
            .map(|line| {
                let read = grammars.read(line, None, hint, 1);
                hint = read.grammar.or(hint);
                u64::from(read.event.is_some())
            })
            .sum()
    });
    let unknown =
        lines(|number| format!("frobnicated the {number}th widget of the blue cupboard in 12 ms"));
    stage(&mut group, "grammar match, no grammar knows it", unknown.len(), || {
        let lines = unknown.split(|byte| *byte == b'\n');
        lines.map(|line| u64::from(grammars.read(line, None, None, 1).format.is_some())).sum()
    });
    let ring = lines(|number| {
        format!(
            "[{:5}.{:06}] [UFW BLOCK] IN=eth0 OUT= SRC=198.51.100.{} LEN=40",
            number / 3,
            number % 1_000_000,
            number % 255
        )
    });
    stage(&mut group, "kernel", ring.len(), || {
        let (mut kernel, mut events) = (KernelReader::default(), Vec::new());
        unwrap(&ring, Envelope::Dmesg, |record| kernel.read(record, &mut events));
        events.len() as u64
    });
    let export = journal();
    stage(&mut group, "journal export", export.len(), || {
        let mut records = 0;
        unwrap(&export, Envelope::JournalExport, |_| records += 1);
        records
    });

    let paths = vec![packed.clone(), write("error.log", &log), write("journal.export", &export)];
    let bytes = text.len() + log.len() + export.len();
    stage(&mut group, "whole report", bytes, || {
        let options = Options { bundles: paths.clone(), ..Options::default() };
        analyze(&options, &Silent).map_or(0, |analysis| analysis.amount.lines)
    });
    group.finish();
}

criterion_group!(benches, stages);
criterion_main!(benches);
