//! Lines: the envelopes, the kernel's messages, the grammars, and the stamps in them.

use std::borrow::Cow;
use std::sync::OnceLock;

use coroner::envelope::{self, Envelope, Kin, Record, Tally, Transport, Unwrapper, times};
use coroner::event::Event;
use coroner::grammar::Grammars;
use coroner::kernel::{KernelReader, looks_like_kernel};
use coroner::stamp::{self, RawStamp};

macro_rules! envelopes {
    ($($name:ident: $envelope:ident),* $(,)?) => {
        $(pub(super) fn $name(data: &[u8]) { unwrapped(Envelope::$envelope, data); })*
    };
}

envelopes! {
    compose: Compose,
    dmesg: Dmesg,
    docker_json: DockerJson,
    docker_stamped: DockerStamped,
    journal_export: JournalExport,
    journal_full: JournalFull,
    journal_json: JournalJson,
    journal_verbose: JournalVerbose,
    klog: Klog,
    syslog: Syslog,
    syslog_iso: SyslogIso,
}

/// Blocks are cut anywhere; the records do not show where.
fn unwrapped(wrapping: Envelope, data: &[u8]) {
    let whole = records(wrapping, std::iter::once(data));
    let size =
        data.iter().fold(7_usize, |sum, byte| sum.wrapping_mul(31) ^ usize::from(*byte)) % 97 + 1;
    let cut = records(wrapping, data.chunks(size));
    assert_eq!(whole, cut, "in blocks of {size}");
    let (records, tally) = &whole;
    assert_eq!(tally.records, records.len() as u64);
    for record in records {
        assert!(record.line <= tally.lines.max(1), "line {} of {}", record.line, tally.lines);
    }
}

/// Lines in no wrapping; what they are is found out first.
pub(super) fn plain(data: &[u8]) {
    _ = (envelope::sniff(data), envelope::is_utf16(data));
    _ = envelope::is_untimed_ring(data, &looks_like_kernel);
    unwrapped(Envelope::Plain, data);
}

fn records<'a>(
    wrapping: Envelope,
    blocks: impl Iterator<Item = &'a [u8]>,
) -> (Vec<Record<'static>>, Tally) {
    let mut records = Vec::new();
    let mut keep = |record: &Record<'_>| {
        let body = Cow::Owned(record.body.to_vec());
        let (line, stamp, boot) = (record.line, record.stamp, record.boot);
        let (transport, repeats) = (record.transport, record.repeats);
        let origin = Cow::Owned(record.origin.clone().into_owned());
        // The number of a writer depends on where the blocks are cut.
        let kin = Kin::default();
        records.push(Record { line, stamp, boot, origin, kin, transport, body, repeats });
    };
    let mut unwrapper = Unwrapper::new(wrapping);
    for block in blocks {
        unwrapper.feed(block, &mut keep);
    }
    unwrapper.finish(true, &mut keep);
    let tally = unwrapper.tally();
    (records, tally)
}

/// Kernel messages; a line that begins with `@` and a letter is of that host.
pub(super) fn kernel(data: &[u8]) {
    let events = kernel_events(data);
    let lines = data.split(|byte| *byte == b'\n').count() as u64;
    for event in &events {
        assert!(event.at.line <= lines, "{event:?}");
    }
    if data.len().is_multiple_of(4) {
        assert_eq!(events, kernel_events(data));
    }
}

fn kernel_events(data: &[u8]) -> Vec<Event> {
    let mut events = Vec::new();
    let mut reader = KernelReader::default();
    for (number, text) in (1..).zip(data.split(|byte| *byte == b'\n')) {
        let (host, body) = match text {
            [b'@', host, body @ ..] => (Some(char::from(*host).to_string()), body),
            body => (None, body),
        };
        _ = looks_like_kernel(body);
        let mut record = Record { line: number, transport: Transport::Kernel, ..Record::default() };
        record.body = Cow::Borrowed(body);
        record.boot = i64::try_from(number * 1000).ok();
        record.origin.to_mut().host = host;
        reader.read(&record, &mut events);
    }
    reader.finish(&mut events);
    events
}

/// The shipped grammars, loaded once.
pub(super) fn grammars() -> &'static Grammars {
    static LOADED: OnceLock<Grammars> = OnceLock::new();
    LOADED.get_or_init(|| Grammars::built_in().expect("the shipped grammars are right"))
}

pub(super) fn nginx_error(data: &[u8]) {
    read_lines(data, Some("nginx"));
}

pub(super) fn docker_events(data: &[u8]) {
    read_lines(data, None);
}

/// Messages of any program; a first line that begins with `#` names it.
pub(super) fn grammar(data: &[u8]) {
    let (first, rest) = match data.iter().position(|byte| *byte == b'\n') {
        Some(end) => data.split_at(end),
        None => (data, &[][..]),
    };
    match first.strip_prefix(b"#").and_then(|ident| std::str::from_utf8(ident).ok()) {
        Some(ident) => read_lines(rest, Some(ident)),
        None => read_lines(data, None),
    }
}

fn read_lines(data: &[u8], ident: Option<&str>) {
    let grammars = grammars();
    let mut hint = None;
    for (number, line) in (1..).zip(data.split(|byte| *byte == b'\n')) {
        let reading = grammars.read(line, ident, hint, number);
        assert_eq!(reading.format.is_some(), reading.grammar.is_some());
        if let Some(event) = &reading.event {
            assert_eq!(event.at.line, number);
            shown(reading.stamp);
        }
        hint = reading.grammar;
    }
    // A record of several lines comes as one.
    _ = grammars.read(data, ident, hint, 1);
}

/// Takes a stamp off the front of a text, and tells its length.
type Reader = fn(&[u8]) -> Option<(RawStamp, usize)>;

/// All readers of stamps, on all texts that a line can begin with.
pub(super) fn stamps(data: &[u8]) {
    const READERS: [Reader; 8] = [
        times::rfc3339,
        times::rfc3339_zoned,
        times::clf,
        times::syslog3164,
        times::ctime,
        times::boot_seconds,
        times::epoch,
        times::weekday_zoned,
    ];
    for reader in READERS {
        if let Some((stamp, length)) = reader(data) {
            assert!(length <= data.len(), "{length} of {}", data.len());
            assert_eq!(
                reader(&data[..length]).map(|(again, _)| again.clock),
                Some(stamp.clock),
                "what was taken is not enough"
            );
            shown(Some(stamp));
        }
    }
    _ = stamp::month_number(data);
    if let Some(bytes) = data.first_chunk::<8>() {
        let at = i64::from_le_bytes(*bytes);
        _ = (stamp::rfc3339(at), stamp::clock_time(at), stamp::year_of(at));
        for year in [i32::MIN, -1, 0, 1972, 2026, 2028, i32::MAX] {
            _ = stamp::in_year(at, year);
        }
    }
}

fn shown(stamp: Option<RawStamp>) {
    if let Some(stamp) = stamp {
        assert!(stamp.resolution >= 0, "{stamp:?}");
        _ = (stamp::rfc3339(stamp.at), stamp::clock_time(stamp.at), stamp::year_of(stamp.at));
        _ = stamp::in_year(stamp.at, 2026);
    }
}

/// The name that a grammar gives itself, without which it is not looked at.
pub(super) fn format_named(text: &str) -> &str {
    let name = text.split("format = \"").nth(1).and_then(|rest| rest.split('"').next());
    name.unwrap_or("x")
}
