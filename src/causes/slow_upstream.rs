//! `slow_upstream`: the app, or what it calls, answered too late, and nothing that died explains it.
//!
//! # What happens
//! Requests wait longer than the proxy's read timeout; the proxy answers 504 and goes away.
//! # What it looks like
//! `upstream timed out (110` while reading the response header; 504 with a duration near the timeout; the app's log is silent.
//! # Needs
//! 504s. It is what remains when nobody died, no dependency says a word, and no limit is reported.
//! # Told apart from
//! Everything that explains why it was slow: that is then the cause.
//! # What to do
//! Collect what would name the reason: a stack of a waiting worker, the database's lock waits.

use crate::event::EventKind;
use crate::scene::{Class, Scene};
use crate::stamp::MINUTE;
use crate::timeline::FactId;
use crate::wording::{Arg, text};

use super::{Advice, Cause, Weight, advice, first_proxy_error};

pub(super) const CAUSE: Cause =
    Cause { name: "slow_upstream", title: "title-slow-upstream", weigh, advice: advise };

fn weigh(scene: &Scene<'_>) -> Weight {
    if scene.class == Class::Server {
        return Weight::nothing();
    }
    // By what users met: late answers that a retry made good may fill an error log whose incident is another.
    // What the proxy answers by itself while it holds all upstreams for dead is an aftershock of what they were held dead for.
    let aftershock = scene.signature_share(&[EventKind::UpstreamNoneLive]);
    let slow = scene.signature_share(&[EventKind::UpstreamTimeout]);
    let first = slow > 0.0 && slow >= 0.7 * (1.0 - aftershock);
    let late = if aftershock > 0.5 && first && !scene.was_never_reached() {
        slow + aftershock
    } else {
        scene.status_share(504)
    };
    if late < 0.05 {
        return Weight::nothing();
    }
    let routes: std::collections::BTreeSet<&str> =
        scene.failures.iter().map(|failure| failure.key.route.as_str()).collect();
    let routes = if routes.len() == 1 { "one" } else { "many" };
    let held = held_up(scene);
    let mut path = first_proxy_error(scene, &[]).into_iter().collect::<Vec<_>>();
    path.splice(..0, held.map(|(id, _)| id));
    let why = held.map_or("untold", |(_, why)| why);
    Weight {
        // Without the app's own log its silence means nothing, and this is a guess.
        nats: if scene.has_app_log() {
            scene.weights.slow_upstream
        } else {
            scene.weights.slow_upstream_blind
        } * late
            + scene.weights.slow_upstream_rest * (1.0 - late)
            + if scene.was_never_reached() { scene.weights.slow_upstream_unreached } else { 0.0 },
        direct: false,
        joined: false,
        reservation: Some("no log says why the upstream was slow".to_owned()),
        explained: late,
        supports: held.map(|(id, _)| id).into_iter().collect(),
        path,
        sentence: scene
            .say("slow-upstream", [("routes", Arg::Case(routes)), ("why", Arg::Case(why))]),
        not_observable: vec![text("unseen-wait", [])],
        ..Weight::default()
    }
}

/// What held the app up, as far as the kernel or its server tell; neither tells that answers waited for it. The kernel speaks of a task
/// two minutes after it began to wait, a server of its busy workers long before the proxy gives up.
fn held_up(scene: &Scene<'_>) -> Option<(FactId, &'static str)> {
    let mut near = scene.timeline.between(scene.start - 2 * MINUTE, scene.end);
    near.find_map(|(id, fact)| {
        let why = match fact.kind {
            EventKind::DiskError => "disk",
            EventKind::HungTask if fact.field("what") != Some("blocked-task") => "processors",
            EventKind::WorkersExhausted if scene.is_failing(fact) => "workers",
            _ => return None,
        };
        (scene.same_host(fact) != Some(false)).then_some((id, why))
    })
}

fn advise(scene: &Scene<'_>, _: &Weight) -> Vec<Advice> {
    vec![
        advice("now", scene.say("advice-dump-workers", []), "verify-dump"),
        advice("this_week", text("advice-log-durations", []), "verify-slow-reason"),
        advice("prevent", text("advice-outgoing-timeouts", []), "verify-own-error"),
    ]
}
