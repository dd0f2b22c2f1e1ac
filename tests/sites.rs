//! Several troubles in one bundle: two hosts, two sites of one host, two causes one after the other. Each keeps its own cause, and
//! what one cause explains stays one incident.

use std::cell::Cell;

use serde_json::Value;

use crate::corpus::{list, named_causes};
use crate::stage::{CLOSED, REFUSED, Stage, at};

/// The first cause and the verdict of each incident, in order of time.
fn told(report: &Value) -> Vec<(&str, &str)> {
    let incidents = list(report, "incidents").iter();
    incidents.map(|one| (named_causes(one)[0], one["verdict"].as_str().unwrap())).collect()
}

#[track_caller]
fn check(stage: &Stage, expected: &[&str]) {
    let report = stage.report();
    let told = told(&report);
    let named: Vec<&str> = told.iter().map(|(cause, _)| *cause).collect();
    assert_eq!(named, expected, "{told:?}");
    let weak = told.iter().any(|(_, verdict)| !["confirmed", "probable"].contains(verdict));
    assert!(!weak, "{told:?}");
}

/// A host whose workers the kernel kills, three within the twelve seconds from there on.
fn killed(second: i64) -> Stage {
    let mut stage = Stage::default();
    stage
        .traffic(&[8000], (8000, CLOSED), |now| [second, second + 5, second + 10].contains(&now))
        .gunicorn("shop", 400, 8000, &[412, 413, 414])
        .kernel()
        .workers_killed("shop", &[second, second + 5, second + 10], 400);
    stage
}

/// A host whose app is told to stop and away for twelve seconds.
fn restarted(second: i64) -> Stage {
    let mut stage = Stage::default();
    stage
        .traffic(&[8000], (8000, REFUSED), |now| (second..second + 12).contains(&now))
        .gunicorn("shop", 600, 8000, &[612, 613])
        .kernel()
        .gunicorn_restarted("shop", (second, second + 12), (600, 700), 8000);
    stage
}

/// Both ask 127.0.0.1:8000, each its own.
#[test]
fn two_hosts_side_by_side() {
    for apart in [10, 30, 100] {
        let mut both = Stage::default();
        both.host("web1", &killed(200)).host("web2", &restarted(200 + apart));
        check(&both, &["oom_kill_memcg", "deploy_restart"]);
    }
}

/// Whatever is missing of one host, the other's evidence is no proof for it.
#[test]
fn what_one_host_lacks_the_other_does_not_lend() {
    let lacks = |gone: &dyn Fn(&str) -> bool| {
        let mut both = Stage::default();
        both.host("web1", &killed(200)).host("web2", &restarted(210)).without(gone);
        let report = both.report();
        told(&report)
            .iter()
            .map(|(cause, verdict)| format!("{cause} {verdict}"))
            .collect::<Vec<_>>()
    };
    let own = "web2/shop/gunicorn.log";
    assert_eq!(lacks(&|name| name == own), ["oom_kill_memcg confirmed", "unknown unknown"]);
    let dark = |name: &str| name == own || name == "web2/nginx/error.log";
    assert_eq!(lacks(&dark), ["oom_kill_memcg confirmed", "unknown unknown"]);
    let told = lacks(&|name| name == "web1/shop/gunicorn.log" || name == "web1/kern.log");
    assert_eq!(told, ["unknown unknown", "deploy_restart confirmed"]);
}

/// The log of one tells upstreams and times, that of the other does not.
#[test]
fn a_plain_log_beside_one_that_tells_more() {
    let mut both = Stage::default();
    let mut plain = killed(200);
    plain.renamed("nginx/access.log", "nginx/access.log", |line| {
        line.split(" rt=").next().unwrap_or_default().to_owned()
    });
    let mut quiet = Stage::default();
    quiet.traffic(&[8000], (8000, CLOSED), |_| false);
    both.host("web1", &plain).host("web2", &quiet);
    check(&both, &["oom_kill_memcg"]);
    // The same on one host: a second server block with a log of its own.
    let mut one = killed(200);
    one.renamed("nginx/access.log", "nginx/admin.access.log", |line| {
        line.split(" rt=").next().unwrap_or_default().to_owned()
    });
    one.requests(0..600, &[9000], |_, _| None);
    check(&one, &["oom_kill_memcg"]);
}

/// What an inner proxy logs again is no site of its own.
#[test]
fn an_inner_proxy_adds_nothing() {
    let mut stage = killed(200);
    let mut inner = killed(200);
    inner.renamed("nginx/access.log", "inner/access.log", |line| {
        line.split(" rt=").next().unwrap_or_default().to_owned()
    });
    let alone = stage.report();
    stage.host("web2", &inner);
    let with_inner = stage.report();
    let failed = |report: &Value| list(report, "incidents")[0]["errors"].clone();
    assert_eq!(failed(&alone), failed(&with_inner));
}

/// The whole log is as short as the trouble: there is nothing to compare with, and six failures are six.
#[test]
fn failures_strewn_over_a_short_log() {
    let staged = |every: i64, length: i64| {
        let mut stage = Stage::default();
        let seconds: Vec<i64> = (0..6).map(|kill| 20 + kill * every).collect();
        stage
            .requests(0..length, &[8000, 8000, 8000], |_, now| {
                (seconds.contains(&now) && now % 2 == 0).then_some(CLOSED)
            })
            .gunicorn("shop", 400, 8000, &[412, 413, 414])
            .kernel()
            .workers_killed("shop", &seconds, 400);
        stage
    };
    check(&staged(8, 90), &["oom_kill_memcg"]);
    check(&staged(12, 110), &["oom_kill_memcg"]);
}

/// Workers that were replaced at once refuse nothing a minute later; who was told to stop does.
#[test]
fn a_planned_stop_after_kills() {
    for pause in [50, 70, 90] {
        let mut stage = Stage::default();
        let stop = 210 + pause;
        stage
            .requests(0..600, &[8000], |_, now| match now {
                200 | 205 | 210 => Some(CLOSED),
                now if (stop..stop + 8).contains(&now) => Some(REFUSED),
                _ => None,
            })
            .gunicorn("shop", 400, 8000, &[412, 413, 414])
            .kernel()
            .workers_killed("shop", &[200, 205, 210], 400)
            .gunicorn_restarted("shop", (stop, stop + 8), (400, 480), 8000);
        check(&stage, &["oom_kill_memcg", "deploy_restart"]);
    }
}

/// A restart, clean traffic, and only then kills. Without the clean time it is one trouble.
#[test]
fn kills_after_a_planned_stop() {
    let staged = |pause: i64| {
        let mut stage = Stage::default();
        let kills = [208 + pause, 213 + pause, 218 + pause];
        stage
            .requests(0..600, &[8000], |_, now| match now {
                200..208 => Some(REFUSED),
                now if kills.contains(&now) => Some(CLOSED),
                _ => None,
            })
            .gunicorn("shop", 380, 8000, &[390, 391])
            .kernel()
            .gunicorn_restarted("shop", (200, 208), (380, 400), 8000)
            .gunicorn_line("shop", 209, 412, "INFO", "Booting worker with pid: 412")
            .workers_killed("shop", &kills, 400);
        stage
    };
    check(&staged(40), &["deploy_restart", "oom_kill_memcg"]);
    assert_eq!(told(&staged(5).report()).len(), 1);
}

/// Two apps of one site, each with routes of its own, fail in the same seconds.
#[test]
fn two_upstreams_of_one_log() {
    let mut stage = Stage::default();
    stage
        .requests(0..600, &[8000, 8001], |port, now| match (port, now) {
            (8001, 200 | 205 | 210) => Some(CLOSED),
            (8000, 202..214) => Some(REFUSED),
            _ => None,
        })
        .gunicorn("web", 600, 8000, &[612, 613])
        .gunicorn("api", 400, 8001, &[412, 413, 414])
        .kernel()
        .workers_killed("api", &[200, 205, 210], 400)
        .gunicorn_restarted("web", (202, 214), (600, 700), 8000);
    check(&stage, &["oom_kill_memcg", "deploy_restart"]);
    let report = stage.report();
    let summary = list(&report, "incidents")[1]["summary"].as_str().unwrap();
    assert!(!summary.contains("api"), "{summary}");
}

/// The kernel's log has seconds since boot alone; who was killed is known by its pid, and when by what started after it.
#[test]
fn a_kill_on_the_boot_clock_of_a_pid_that_has_a_successor() {
    let staged = |victim: u32| {
        let mut stage = Stage::default();
        stage
            .traffic(&[8000], (8000, REFUSED), |now| (300..309).contains(&now))
            .gunicorn("shop", 400, 8000, &[412, 413])
            .gunicorn_line("shop", 300, 412, "INFO", "Parent changed, shutting down: <Worker 412>")
            .gunicorn_line("shop", 300, 413, "INFO", "Parent changed, shutting down: <Worker 413>")
            .gunicorn_line("shop", 300, 412, "INFO", "Worker exiting (pid: 412)")
            .gunicorn_again("shop", 309, 500, "127.0.0.1:8000");
        for (seconds, text) in [
            (
                900_000.5,
                "gunicorn invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0"
                    .to_owned(),
            ),
            (
                900_000.6,
                format!(
                    "Memory cgroup out of memory: Killed process {victim} (gunicorn) total-vm:512000kB, anon-rss:204800kB, file-rss:0kB, shmem-rss:0kB, UID:33 pgtables:900kB oom_score_adj:0"
                ),
            ),
        ] {
            stage.line("dmesg.txt", &format!("[{seconds:.6}] {text}"));
        }
        stage.report()
    };
    let report = staged(400);
    assert_eq!(told(&report)[0].0, "oom_kill_memcg", "{:?}", told(&report));
    let time = list(&report, "oom_kills")[0]["time"].as_str().unwrap().to_owned();
    let expected = at(299).format("%Y-%m-%dT%H:%M:%S").to_string();
    assert!(time >= expected && time < at(302).format("%Y-%m-%dT%H:%M:%S").to_string(), "{time}");
    // A worker that left by itself was not killed, whatever its pid was before.
    let report = staged(412);
    assert_ne!(told(&report)[0], ("oom_kill_memcg", "confirmed"));
    // A pid that nobody knows ties nothing.
    let report = staged(77);
    assert!(list(&report, "oom_kills")[0]["time"].is_null());
}

/// Somebody's SIGKILL for all workers, and a kill of one of their pids on a clock that nothing else ties: not proved to be the kernel's.
#[test]
fn workers_that_end_together_where_the_kernel_names_one() {
    let staged = |together: &[u32]| {
        let mut stage = Stage::default();
        stage
            .traffic(&[8000], (8000, CLOSED), |now| (300..303).contains(&now))
            .gunicorn("shop", 400, 8000, &[412, 413])
            .kernel()
            .kill(300, (412, "gunicorn"), "/system.slice/shop.service", "memcg");
        for pid in together {
            stage.worker_killed("shop", 300, 400, *pid);
        }
        stage.report()
    };
    assert_eq!(told(&staged(&[412])), [("oom_kill_memcg", "confirmed")]);
    assert_ne!(told(&staged(&[412, 413])), [("oom_kill_memcg", "confirmed")]);
}

/// A few answers of another site in the same minute lend their cause to nobody.
#[test]
fn a_few_failures_at_another_site() {
    let beside = |failing: &'static [i64]| {
        let (mut stage, asked) = (Stage::default(), Cell::new(0));
        let fails = |second| {
            asked.set(asked.get() + 1);
            failing.contains(&second) && asked.get() % 4 == 0
        };
        stage
            .requests(0..600, &[9000], |_, second| fails(second).then_some(CLOSED))
            .renamed("nginx/access.log", "nginx/blog.access.log", str::to_owned)
            .requests(0..600, &[8000], |_, now| (200..212).contains(&now).then_some(REFUSED))
            .gunicorn("blog", 400, 9000, &[412, 413, 414])
            .gunicorn("shop", 600, 8000, &[612, 613])
            .kernel()
            .gunicorn_restarted("shop", (200, 212), (600, 700), 8000);
        stage
    };
    let mut killed = beside(&[199]);
    killed.workers_killed("blog", &[199], 400);
    check(&killed, &["deploy_restart"]);
    let mut silent = beside(&[198, 204, 211]);
    for (second, pid) in [(198, 412), (204, 413), (211, 414)] {
        silent
            .gunicorn_line("blog", second, 400, "CRITICAL", &format!("WORKER TIMEOUT (pid:{pid})"))
            .gunicorn_line("blog", second, pid, "INFO", &format!("Worker exiting (pid: {pid})"));
    }
    check(&silent, &["deploy_restart"]);
}

/// What the proxy passes on as the app answered it, it has no line for: the kills of another site's workers are no cause of it.
#[test]
fn failures_that_the_app_answers_itself() {
    const LOST: &str = "psycopg2.OperationalError: connection to server at \"127.0.0.1\", port 5432 failed: Connection refused";
    let staged = |one_log: bool, says: bool| {
        let combined = |line: &str| line.split(" rt=").next().unwrap().to_owned();
        let mut stage = Stage::default();
        stage
            .requests(0..600, &[8000], |_, now| (200..220).contains(&now).then_some(REFUSED))
            .renamed("nginx/access.log", "nginx/shop.access.log", combined)
            .empty("nginx/error.log")
            .requests(0..600, &[9000], |_, now| (now == 211).then_some(CLOSED))
            .renamed("nginx/access.log", "nginx/blog.access.log", combined)
            .gunicorn("blog", 400, 9000, &[412, 413, 414])
            .gunicorn("shop", 600, 8000, &[612, 613])
            .kernel()
            .workers_killed("blog", &[199, 205, 211], 400);
        for second in (200..220).filter(|_| says) {
            stage.gunicorn_line("shop", second, 612, "ERROR", LOST);
        }
        if one_log {
            for log in ["nginx/shop.access.log", "nginx/blog.access.log"] {
                stage.renamed(log, "nginx/access.log", str::to_owned);
            }
        }
        let report = stage.report();
        told(&report).into_iter().map(|(cause, verdict)| format!("{cause} {verdict}")).collect()
    };
    let lists: Vec<Vec<String>> =
        vec![staged(false, true), staged(true, true), staged(false, false), staged(true, false)];
    let [one, either] = [["dependency_down probable"], ["dependency_down undetermined"]];
    let silent = ["oom_kill_memcg suspected"];
    assert_eq!(lists, [one, either, silent, silent]);
}

/// A log of the proxy that was cut has few lines too: where nobody else is there who could have answered, they stand for all.
#[test]
fn few_lines_of_a_log_that_was_cut() {
    let cut = |stage: &mut Stage| {
        let kept = Cell::new(0);
        stage.renamed("nginx/error.log", "nginx/error.log.1", |line| {
            kept.set(kept.get() + 1);
            if kept.get() > 3 { String::new() } else { line.to_owned() }
        });
        stage.renamed("nginx/access.log", "nginx/access.log", |line| {
            line.split(" rt=").next().unwrap().to_owned()
        });
    };
    let (mut one, mut other) = (killed(200), restarted(200));
    cut(&mut one);
    cut(&mut other);
    check(&one, &["oom_kill_memcg"]);
    check(&other, &["deploy_restart"]);
}
