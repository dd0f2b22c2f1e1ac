//! What is skimmed against what is read: all that an incident is found by is the same, the rest is an estimate that says so.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::*;
use crate::access::log_format::LogFormat;
use crate::mark::MarkKind;
use crate::traffic::Traffic;

const FORMAT: &str = r#"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent""#;

/// Requests of some minutes, one in forty of them a health check, one in a hundred refused; all of one second fail.
fn block(lines: u32) -> String {
    let mut text = String::new();
    for line in 0..lines {
        let (minute, second) = (line / 3000, line / 50 % 60);
        let status = match line {
            5_000..5_050 => 502,
            _ if line % 100 == 3 => 404,
            _ => 200,
        };
        let agent = if line % 40 == 7 { "kube-probe/1.29" } else { "shop-app/4.2" };
        let route = ["cart", "orders", "search"][(line % 7 % 3) as usize];
        let _ = writeln!(
            text,
            "203.0.113.{} - - [20/Nov/2026:21:{minute:02}:{second:02} +0000] \"GET /{route} HTTP/1.0\" {status} 157 \"-\" \"{agent}\"",
            line % 251
        );
    }
    text
}

fn counted(text: &str, sampled: bool) -> (Traffic, Counted) {
    let shape = Shape::Format(LogFormat::compile(FORMAT).expect("a format"));
    let skim = Skim::of(&shape).expect("a format that is skimmed");
    let mut worker = Worker::new(&Regular::default(), &Rows::default());
    worker.counter.begin(&Numbered::default());
    let mut block = match sampled {
        true => skimmed(text.as_bytes(), (&shape, &skim), &mut worker, Pick::new(99)),
        false => count(text.as_bytes(), &shape, &mut worker),
    };
    let mut whole = Counter::new(&Regular::default(), &Rows::default());
    whole.add_numbered(std::mem::take(&mut block.numbered), 0);
    let mut traffic = whole.finish();
    traffic.merge(worker.counter.finish());
    (traffic, block)
}

fn by_route(traffic: &Traffic) -> BTreeMap<String, u64> {
    let mut routes = BTreeMap::new();
    for (_, route, requests) in traffic.routes.iter() {
        *routes.entry(route.to_owned()).or_default() += requests;
    }
    routes
}

#[test]
fn what_failed_and_when_is_exact_and_the_rest_an_estimate() {
    const LINES: u32 = 60_000;
    let mut text = block(LINES);
    text.push_str("no request\n");
    text.push_str(&"\0".repeat(100));
    let ((exact, whole), (sampled, skimmed)) = (counted(&text, false), counted(&text, true));
    assert_eq!((whole.lines, whole.nul_bytes), (skimmed.lines, skimmed.nul_bytes));
    assert_eq!(whole.strangers, skimmed.strangers);
    assert_eq!(exact.statuses, sampled.statuses);
    assert_eq!((&exact.load, exact.span), (&sampled.load, sampled.span));
    assert_eq!(exact.failures, sampled.failures);
    assert_eq!(exact.clients(), sampled.clients());
    let marks = |traffic: &Traffic| -> Vec<_> {
        let marks = traffic.marks.of(MarkKind::Request);
        marks.map(|(key, seen)| (key, seen.to_vec())).collect()
    };
    assert_eq!(marks(&exact), marks(&sampled));
    assert!((exact.sampled, sampled.sampled) == (false, true));
    // Each estimate within five standard deviations of a sample of one in so many.
    let near = |what: &str, exact: u64, estimate: u64| {
        let spread = 5.0 * (exact as f64 * (SAMPLE - 1) as f64).sqrt();
        assert!(exact.abs_diff(estimate) as f64 <= spread, "{what}: {exact}, about {estimate}");
        assert!(exact != estimate, "{what}: {exact} by chance?");
    };
    near("HTTP/1.0", exact.http10, sampled.http10);
    near("probes", exact.probes[&200], sampled.probes[&200]);
    for (route, requests) in by_route(&exact) {
        near(&route, requests, by_route(&sampled)[&route]);
    }
    assert_eq!(exact.probes[&502], sampled.probes[&502], "what fails is read");
}

/// Requests beside failed ones are all read: how much of a route failed is no guess.
#[test]
fn beside_failures_nothing_is_sampled() {
    let mut text = String::new();
    for line in block(64 * 50).lines() {
        // The last line of each group.
        let is_last = (text.lines().count() + 1).is_multiple_of(GROUP_LINES);
        let status = if is_last { "504" } else { "200" };
        let line = line.replace(" 404 ", " 200 ").replace(" 200 ", &format!(" {status} "));
        let _ = writeln!(text, "{line}");
    }
    let ((exact, _), (sampled, _)) = (counted(&text, false), counted(&text, true));
    assert_eq!(by_route(&exact), by_route(&sampled));
    assert_eq!((exact.probes, exact.http10), (sampled.probes, sampled.http10));
    assert!(!sampled.sampled);
}

#[test]
fn one_of_so_many_is_picked_at_uneven_gaps() {
    let mut picked = Vec::new();
    for block in 0..64 {
        let mut pick = Pick::new(block);
        picked.extend((0..1000_u64).filter(|_| pick.next()).map(|place| block * 1000 + place));
    }
    let share = 64_000.0 / picked.len() as f64;
    assert!((share - SAMPLE as f64).abs() < 0.5, "{share}");
    let gaps: std::collections::BTreeSet<u64> =
        picked.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(gaps.len() as u64 >= 2 * SAMPLE - 1);
}
