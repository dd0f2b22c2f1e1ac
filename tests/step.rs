//! The only service of which a bundle tells is not therefore the one that failed: each case is the truth with something unrelated
//! beside it, and its twin in which that is what failed.

use crate::stage::{REFUSED, Stage, at, only};

/// A proxy that is refused at port 8000 for twelve seconds from minute five on.
fn proxy() -> Stage {
    let mut stage = Stage::default();
    stage.traffic(&[8000], (8000, REFUSED), |second| (300..312).contains(&second));
    stage
}

fn supervisord(stage: &mut Stage, second: i64, text: &str) {
    let time = at(second).format("%Y-%m-%d %H:%M:%S,100");
    stage.line("supervisord.log", &format!("{time} {text}"));
}

/// Down while the proxy was answered, before and after: it is not what the proxy asks.
#[test]
fn a_program_that_was_away_for_longer_than_anything_failed() {
    let staged = |from: i64, to: i64| {
        let mut stage = proxy();
        supervisord(&mut stage, -20, "INFO spawned: 'web' with pid 400");
        supervisord(&mut stage, from, "INFO waiting for web to stop");
        supervisord(&mut stage, from, "INFO stopped: web (exit status 0)");
        supervisord(&mut stage, to, "INFO spawned: 'web' with pid 500");
        supervisord(&mut stage, 590, "INFO success: web entered RUNNING state");
        stage.report()
    };
    assert_eq!(only(&staged(299, 311)).0, ["deploy_restart"]);
    assert_ne!(only(&staged(299, 311)).1, "confirmed", "nothing ties it to the port");
    assert_eq!(only(&staged(270, 400)).1, "unknown");
}

/// What ended after the failures had begun did not begin them.
#[test]
fn an_end_after_the_onset() {
    let staged = |second: i64| {
        let mut stage = proxy();
        supervisord(&mut stage, -20, "INFO spawned: 'web' with pid 400");
        supervisord(&mut stage, second, "WARN exited: web (exit status 1; not expected)");
        supervisord(&mut stage, second + 12, "INFO spawned: 'web' with pid 500");
        supervisord(&mut stage, 590, "INFO success: web entered RUNNING state");
        stage.report()
    };
    assert_eq!(only(&staged(299)).0, ["crash_exception"]);
    assert_eq!(only(&staged(306)).1, "unknown");
}

/// What distributions ship stands behind no proxy, whenever it is restarted.
#[test]
fn host_services_are_restarted_whatever_the_site_does() {
    let staged = |unit: &str| {
        let mut stage = proxy();
        stage
            .journal(-20, "systemd", 1, &format!("Started {unit}.service - x."))
            .journal(299, "systemd", 1, &format!("Stopping {unit}.service - x..."))
            .journal(300, "systemd", 1, &format!("Stopped {unit}.service - x."))
            .journal(311, "systemd", 1, &format!("Started {unit}.service - x."));
        stage.report()
    };
    assert_eq!(only(&staged("shop")).0, ["deploy_restart"]);
    for unit in ["rsyslog", "cron", "certbot"] {
        assert_eq!(only(&staged(unit)).1, "unknown", "{unit}");
    }
}

/// A unit that ends every half minute did no harm at all its other ends.
#[test]
fn a_habit_is_no_cause() {
    let staged = |ends: &[i64]| {
        let mut stage = proxy();
        for second in ends {
            stage
                .journal(second - 9, "systemd", 1, "Started mailer.service - x.")
                .journal(
                    *second,
                    "systemd",
                    1,
                    "mailer.service: Main process exited, code=exited, status=1/FAILURE",
                )
                .journal(*second, "systemd", 1, "mailer.service: Failed with result 'exit-code'.");
        }
        stage.journal(311, "systemd", 1, "Started mailer.service - x.");
        stage.report()
    };
    assert_eq!(only(&staged(&[299])).0, ["crash_exception"]);
    assert_eq!(only(&staged(&[119, 179, 239, 299])).1, "unknown");
}
