//! The counter against a count by hand: whatever it remembers, and however a log is cut into pieces, the sums are the same.

use std::collections::BTreeMap;

use super::*;
use crate::access::{Request, Upstream, route};
use crate::mark::MarkKind;
use crate::stamp::DAY;

/// A request as a line number, and the second of it.
struct Made {
    second: i64,
    path: String,
    agent: &'static str,
    status: u16,
    upstream: &'static str,
}

impl Made {
    fn request(&self) -> Request<'_> {
        Request {
            stamp: Some(RawStamp::new(ClockKind::Utc, self.second * SECOND, SECOND)),
            status: self.status,
            method: if self.status == 400 { b"" } else { b"GET" },
            path: self.path.as_bytes(),
            client: b"10.0.0.1",
            user_agent: self.agent.as_bytes(),
            request_seconds: Some(0.5),
            upstream: Upstream {
                addresses: b"10.0.0.9:80, 10.0.0.8:80",
                statuses: self.upstream.as_bytes(),
                ..Upstream::default()
            },
            ..Request::default()
        }
    }
}

/// Requests out of order, with few regular paths and many others.
fn made(count: u64) -> Vec<Made> {
    let agents = ["curl/8", "kube-probe/1.29", "Mozilla/5.0 (compatible; StatusCake)", ""];
    let one = |number: u64| {
        let at = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
        Made {
            second: 1_700_000_000 + 2 * number as i64 - (at % 7) as i64,
            path: match at % 5 {
                0 => format!("/p/slug-{}-x", at % 1009),
                1 => "/health/".to_owned(),
                2 => format!("/api/{}", at % 77),
                _ => "/".to_owned(),
            },
            agent: agents[(at / 5 % 4) as usize],
            status: [200, 200, 304, 404, 400, 502, 200, 504][(at / 20 % 8) as usize],
            upstream: ["200", "502, 200", "-", ""][(at / 160 % 4) as usize],
        }
    };
    (0..count).map(one).collect()
}

fn counted(made: &[Made], piece: usize) -> Traffic {
    let mut whole = Counter::new(&Regular::default(), &Rows::default());
    let mut workers = [
        Counter::new(&Regular::default(), &Rows::default()),
        Counter::new(&Regular::default(), &Rows::default()),
    ];
    for (index, lines) in made.chunks(piece).enumerate() {
        let worker = &mut workers[index % 2];
        worker.begin(whole.numbered());
        for (line, request) in (1..).zip(lines) {
            worker.count(&request.request(), line);
        }
        let numbered = worker.take_numbered();
        whole.add_numbered(numbered, (index * piece) as u64);
    }
    let mut traffic = whole.finish();
    for worker in workers.iter_mut().rev() {
        traffic.merge(worker.finish());
    }
    traffic
}

type Table = Vec<(Micros, String, u64)>;

fn rows(traffic: &Traffic) -> Table {
    let mut rows: Table =
        traffic.routes.iter().map(|(at, route, count)| (at, route.to_owned(), count)).collect();
    rows.sort();
    rows
}

#[test]
fn sums_are_those_of_a_count_by_hand() {
    let made = made(20_000);
    let traffic = counted(&made, made.len());
    let (mut statuses, mut probes) = (BTreeMap::new(), BTreeMap::new());
    let mut load: BTreeMap<Micros, u64> = BTreeMap::new();
    let mut routes: BTreeMap<(Micros, String), u64> = BTreeMap::new();
    let mut failures = 0;
    for made in &made {
        let request = made.request();
        *statuses.entry(made.status).or_default() += 1;
        *probes.entry(made.status).or_default() += u64::from(route::is_probe(&request));
        *load.entry(made.second * SECOND).or_default() += 1;
        let name = route::name(request.method, request.path);
        *routes.entry((floor(made.second * SECOND, MINUTE), name)).or_default() += 1;
        failures += u64::from(made.status >= 500 || made.upstream.starts_with("502"));
    }
    assert_eq!((&traffic.statuses, &traffic.probes), (&statuses, &probes));
    assert!(probes.values().sum::<u64>() > 1000);
    let seen: BTreeMap<Micros, u64> =
        traffic.load.iter().map(|(at, load)| (*at, load.requests)).collect();
    assert_eq!(seen, load);
    let routes: Table = routes.into_iter().map(|((at, route), count)| (at, route, count)).collect();
    assert_eq!(rows(&traffic), routes);
    assert_eq!(traffic.failures.values().map(|count| count.answers).sum::<u64>(), failures);
    let line_of = |count: &FailureCount| &made[count.line as usize - 1];
    assert!(traffic.failures.values().all(|count| line_of(count).second * SECOND == count.first));
}

#[test]
fn pieces_of_any_size_give_the_same_sums() {
    let mut made = made(160_000);
    // Days apart, so that every table becomes coarser.
    for (index, made) in made.iter_mut().enumerate() {
        made.second += (index as i64 / 16_000) * 5 * DAY / SECOND;
    }
    let whole = counted(&made, made.len());
    assert!(whole.routes.step() > MINUTE && whole.load_step() == MINUTE);
    for piece in [4000, 777] {
        let pieces = counted(&made, piece);
        assert_eq!(pieces.statuses, whole.statuses);
        assert_eq!((&pieces.load, pieces.load_step()), (&whole.load, whole.load_step()));
        assert_eq!(rows(&pieces), rows(&whole));
        assert!(pieces.failures == whole.failures);
        assert_eq!((pieces.span, pieces.clients()), (whole.span, whole.clients()));
        let marks = |traffic: &Traffic| -> Vec<_> {
            let marks = traffic.marks.of(MarkKind::Request);
            marks.map(|(key, seen)| (key, seen.to_vec())).collect()
        };
        assert_eq!(marks(&pieces), marks(&whole));
    }
}

#[test]
fn regular_routes_are_kept_before_others() {
    let mut log = made(200);
    let regular = Regular::of(&counted(&log, log.len()));
    log = (0..60_000)
        .map(|number| Made {
            second: 1_700_000_000 + number,
            path: if number % 2 == 0 { "/".to_owned() } else { format!("/slug-{number}-x") },
            agent: "",
            status: 200,
            upstream: "",
        })
        .collect();
    let mut counter = Counter::new(&regular, &Rows::default());
    for made in &log {
        counter.count(&made.request(), 1);
    }
    let traffic = counter.finish();
    let asked = |name: &str| -> u64 {
        traffic.routes.iter().filter(|(_, route, _)| *route == name).map(|(.., count)| count).sum()
    };
    assert_eq!(asked("GET /"), 30_000);
    assert!(traffic.routes.iter().count() < 24_000);
}

#[test]
fn a_log_of_ages_ends_in_a_small_table() {
    let log: Vec<Made> = (0..60_000)
        .map(|number| Made {
            second: number * DAY / SECOND,
            path: "/".to_owned(),
            agent: "",
            status: 200,
            upstream: "",
        })
        .collect();
    let regular = Regular::of(&counted(&log[..1000], 1000));
    let mut counter = Counter::new(&regular, &Rows::default());
    for made in &log {
        counter.count(&made.request(), 1);
    }
    let traffic = counter.finish();
    assert_eq!(traffic.requests(), 60_000);
    assert!(traffic.routes.iter().count() <= 24_000);
}

#[test]
fn many_logs_are_made_coarser_once() {
    let mut traffic = counted(&made(2000), 2000);
    let (few, sum) = (traffic.rows(), traffic.requests());
    traffic.thin(&few);
    assert_eq!(traffic.rows(), few);
    let many = Rows { seconds: usize::MAX, routes: usize::MAX, marks: usize::MAX, failures: 0 };
    traffic.thin(&many);
    let coarse = traffic.rows();
    assert!(coarse.seconds == 0 && coarse.routes < few.routes && coarse.marks < few.marks / 8);
    traffic.thin(&many);
    assert_eq!((traffic.rows(), traffic.requests(), traffic.load_step()), (coarse, sum, MINUTE));
}
