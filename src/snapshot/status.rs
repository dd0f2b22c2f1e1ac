//! `systemctl status` (systemd: src/systemctl/systemctl-show.c). In: the page; out: since when each unit is in its state, and how its main
//! process ended. Exists because it is what people paste when the journal is gone.
//! Must never date what the page does not: `7min ago` is nobody's moment.

use crate::envelope::times;
use crate::event::{Event, EventKind};
use crate::stamp::RawStamp;

use super::{Snapshot, Taken, event_on};

/// Events of one page that are read.
const EVENTS_MAX: usize = 1000;

/// Words on which the page opens a paragraph.
const PAGE: [&str; 2] = ["     Loaded: loaded (", "     Active: "];

/// Whether the text is such a page, by its head.
pub(super) fn looks_like_page(text: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&text[..text.len().min(2048)]);
    PAGE.iter().all(|line| head.contains(line))
}

/// Reads the page.
pub(super) fn read(text: &[u8]) -> Taken {
    let text = String::from_utf8_lossy(text);
    let mut events = Vec::new();
    let (mut unit, mut failed) = (String::new(), None);
    for (line, number) in text.lines().zip(1..) {
        let bare = line.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
        if let Some(name) = bare.split_whitespace().next().filter(|name| name.ends_with(".service"))
            && line.len() - bare.len() < 8
        {
            name.clone_into(&mut unit);
            failed = None;
        }
        if unit.is_empty() || events.len() >= EVENTS_MAX {
            continue;
        }
        let mut tell = |kind, stamp, fields: &[(&str, &str)]| {
            let mut event: Event = event_on(kind, stamp, number, line.as_bytes());
            event.fields.insert("unit".to_owned(), unit.clone());
            for (name, value) in fields {
                event.fields.insert((*name).to_owned(), (*value).to_owned());
            }
            events.push(event);
        };
        if let Some(state) = bare.strip_prefix("Active: ") {
            let Some(stamp) = since(state) else { continue };
            if let Some(result) = between(state, "failed (Result: ", ")") {
                failed = Some(stamp);
                tell(EventKind::UnitFailed, stamp, &[("result", result)]);
            } else if state.starts_with("active (running)") {
                tell(EventKind::UnitStarted, stamp, &[]);
            }
        } else if let (Some(process), Some(stamp)) = (bare.strip_prefix("Main PID: "), failed) {
            let pid = process.split(' ').next().unwrap_or_default();
            let Some(code) = between(process, "(code=", ",") else { continue };
            let status =
                between(process, "signal=", ")").or_else(|| between(process, "status=", ")"));
            let fields = [("pid", pid), ("code", code), ("status", status.unwrap_or_default())];
            tell(EventKind::UnitProcessExited, stamp, &fields);
        }
    }
    Taken { snapshot: Snapshot::Named("systemctl-status"), events }
}

/// `... since Wed 2026-11-11 19:06:40 UTC; 7min ago`.
fn since(state: &str) -> Option<RawStamp> {
    let (_, moment) = state.split_once(" since ")?;
    let moment = moment.split(';').next()?.trim();
    times::weekday_zoned(moment.as_bytes()).map(|(stamp, _)| stamp)
}

fn between<'t>(text: &'t str, start: &str, end: &str) -> Option<&'t str> {
    text.split_once(start)?.1.split(end).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAILED: &str = "× shop.service - Shop API
     Loaded: loaded (/etc/systemd/system/shop.service; enabled; preset: enabled)
     Active: failed (Result: oom-kill) since Wed 2026-11-11 19:06:40 UTC; 7min ago
    Process: 702 ExecStart=/srv/shop/venv/bin/gunicorn -b 127.0.0.1:8000 (code=killed, signal=KILL)
   Main PID: 702 (code=killed, signal=KILL)

● redis.service - Cache
     Loaded: loaded (/lib/systemd/system/redis.service; enabled; preset: enabled)
     Active: active (running) since Wed 2026-11-11 09:00:00 UTC; 10h ago
   Main PID: 55 (redis-server)
";

    #[test]
    fn a_page_tells_since_when() {
        assert!(looks_like_page(FAILED.as_bytes()));
        let taken = read(FAILED.as_bytes());
        let told: Vec<String> = taken
            .events
            .iter()
            .map(|event| format!("{} {} {:?}", event.at.line, event.kind, event.fields))
            .collect();
        assert_eq!(
            told,
            [
                r#"3 unit-failed {"result": "oom-kill", "unit": "shop.service"}"#,
                r#"5 unit-process-exited {"code": "killed", "pid": "702", "status": "KILL", "unit": "shop.service"}"#,
                r#"9 unit-started {"unit": "redis.service"}"#,
            ]
        );
        // 2026-11-11T19:06:40Z
        assert_eq!(taken.events[0].stamp.unwrap().at, 1_794_424_000_000_000);
    }

    #[test]
    fn a_page_without_moments_dates_nothing() {
        let page = FAILED
            .replace(" since Wed 2026-11-11 19:06:40 UTC", "")
            .replace("2026-11-11 09", "yesterday 09");
        assert_eq!(read(page.as_bytes()).events, []);
    }
}
