//! The clock: logs with spans, marks and pairs of stamps that the bytes choose, some near each other and some at the edge of time.

use coroner::clock::{self, Clocks, GivenZone};
use coroner::envelope::Envelope;
use coroner::event::{Event, EventKind};
use coroner::ingest::{Source, empty_source};
use coroner::mark::MarkKind;
use coroner::source::SourceId;
use coroner::stamp::{self, ClockKind, DAY, HOUR, MINUTE, Micros, RawStamp, SECOND};

const CLOCKS: [ClockKind; 6] = [
    ClockKind::Utc,
    ClockKind::Local,
    ClockKind::LocalAgain,
    ClockKind::Yearless,
    ClockKind::YearlessAgain,
    ClockKind::Boot,
];
const ZONES: [&str; 12] = [
    "UTC",
    "Europe/Berlin",
    "America/St_Johns",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Africa/Casablanca",
    "+03:00",
    "-99:99",
    "+1",
    "",
    "Nowhere/At_All",
    "America/New_York",
];
/// 20 November 2026.
const BASE: Micros = 1_795_132_800 * SECOND;

/// The bytes as choices; zero where they are at an end.
struct Choices<'a>(&'a [u8]);

impl Choices<'_> {
    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    fn below(&mut self, end: usize) -> usize {
        usize::from(self.byte()) % end
    }

    fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }

    fn whole(&mut self) -> i64 {
        i64::from_le_bytes(std::array::from_fn(|_| self.byte()))
    }

    /// A moment that a log can tell.
    fn moment(&mut self) -> Micros {
        stamp::believed(self.any_moment())
    }

    /// Mostly of one day and in whole steps, so that logs meet.
    fn any_moment(&mut self) -> Micros {
        let step = i64::from(self.byte());
        match self.byte() % 16 {
            0 => self.whole(),
            1 => self.of(&[i64::MIN, i64::MIN + 1, i64::MAX, i64::MAX - 1, 0, -1]),
            2 => step * DAY,
            3 => BASE + step * DAY,
            4 => BASE + step * HOUR,
            5 | 6 => BASE + step * 15 * MINUTE,
            7..=9 => BASE + step * SECOND,
            10 | 11 => step * SECOND,
            _ => BASE + step * MINUTE + i64::from(self.byte()) * SECOND,
        }
    }

    fn stamp(&mut self) -> RawStamp {
        let resolution = self.of(&[1, 1000, SECOND, MINUTE, SECOND, 1]);
        RawStamp::new(self.of(&CLOCKS), self.moment(), resolution)
    }

    fn boot_id(&mut self) -> &'static str {
        self.of(&["", "5f3c9a7e1b2d4c60a8e7f1d2c3b4a596", "b1", "b2"])
    }
}

pub(super) fn align(data: &[u8]) {
    let mut choices = Choices(data);
    let sources: Vec<Source> = (0..=choices.below(4)).map(|at| source(at, &mut choices)).collect();
    let given: Vec<GivenZone> = (0..choices.below(3))
        .map(|_| GivenZone {
            file: choices.of(&["", "0.log", "1.log", "log", "x"]).to_owned(),
            zone: choices.of(&ZONES).to_owned(),
        })
        .collect();
    let clocks = clock::align(&sources, &given);
    let asked: Vec<RawStamp> = (0..8).map(|_| choices.stamp()).collect();
    let told = told(&clocks, &sources, &asked);
    assert_eq!(told, self::told(&clock::align(&sources, &given), &sources, &asked));
    for zone in ZONES {
        _ = clock::offset_of(zone, choices.moment());
    }
}

fn source(at: usize, choices: &mut Choices<'_>) -> Source {
    let wrapping = choices.of(&Envelope::ALL);
    let format = choices.of(&["kernel", "nginx-error", "access-combined", "gunicorn", "systemd"]);
    let mut source = empty_source(&format!("{at}.log"), format.to_owned(), wrapping);
    source.host = choices.of(&[None, Some("web01"), Some("web02")]).map(str::to_owned);
    for _ in 0..choices.below(5) {
        let (first, last) = (choices.stamp(), choices.moment());
        let (first, last) = (first.at.min(last), RawStamp { at: first.at.max(last), ..first });
        source.spans.set(RawStamp { at: first, ..last }, last);
    }
    for line in 0..choices.below(24) {
        let kind = choices.of(&[
            MarkKind::Request,
            MarkKind::Death,
            MarkKind::Start,
            MarkKind::KernelLine,
        ]);
        let key = u64::from(choices.byte() % 16);
        source.marks.add(kind, key, choices.stamp(), line as u64);
        if kind == MarkKind::KernelLine && choices.byte().is_multiple_of(2) {
            let pair = (choices.boot_id().to_owned(), choices.moment());
            source.boot_lines.entry(key).or_default().push(pair);
        }
    }
    for line in 0..choices.below(6) {
        let (id, boot) = (choices.boot_id(), choices.moment());
        source.boot_pairs.add(Some(id), boot, choices.stamp(), line as u64);
    }
    for _ in 0..choices.below(3) {
        source.zone_votes.insert(choices.moment(), u64::from(choices.byte()));
        source.written_offsets.insert(choices.moment());
    }
    for line in 0..choices.below(6) {
        let kind = choices.of(&[
            EventKind::OomKill,
            EventKind::KernelBoot,
            EventKind::UpstreamRefused,
            EventKind::UpstreamTimeout,
        ]);
        let mut event = Event::new(kind, line as u64, b"words");
        event.at.source = SourceId(at);
        event.stamp = Some(choices.stamp());
        event.until = choices.byte().is_multiple_of(4).then(|| choices.stamp());
        event.boot = choices.byte().is_multiple_of(2).then(|| choices.moment());
        event.origin.boot_id = Some(choices.boot_id().to_owned());
        source.events.push(event.into());
    }
    source
}

/// All that is asked of the clocks.
fn told(clocks: &Clocks, sources: &[Source], asked: &[RawStamp]) -> String {
    let mut told = String::new();
    for (at, source) in sources.iter().enumerate() {
        told += &format!("{:?}", clocks.shown(at, &source.spans));
        told += &format!("{:?}", clocks.span(at, &source.spans));
        for event in &source.events {
            told += &format!("{:?}", clocks.event(event));
        }
        for stamp in asked {
            for id in ["", "b1", "5f3c9a7e1b2d4c60a8e7f1d2c3b4a596"] {
                told += &format!("{:?}", clocks.place(at, *stamp, id));
            }
        }
    }
    told
}
