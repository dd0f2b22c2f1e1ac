//! Who is who: other names for the same things change nothing, the same lines about somebody else are no proof, and kills of
//! others, however many, are no cause.

use std::fmt::Write as _;
use std::sync::LazyLock;

use chrono::DateTime;
use regex::bytes::{Captures, Regex};
use serde_json::{Value, json};

use crate::corpus::{Case, analyse_members, list, seconds};
use crate::metamorphic::{check_all, texts, wrong};
use crate::packing::Member;

/// The places in which the logs of the corpus write a pid.
static PIDS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r"(\[ *)(\d{1,7})(\])", // gunicorn[6714]: and a row of the kernel's task table
        r"(?i)(\bpid\b[^\w\n]{1,3})(\d{1,7})(\b)", // (pid:6714), "pid":6714, PID: 6714, with pid 6714
        r#"(_PID(?:=|":"))(\d{1,7})(\b)"#,         // journal
        r"(?i)(\bprocess )(\d{1,7})(\b)",          // Killed process 6714
        r"(Listening at: \S+ \()(\d{1,7})(\))",    // gunicorn's arbiter
        r"(─)(\d{1,7})( )",                        // the tree of systemctl status
        r"(\b)(\d{1,7})(#\d+: )",                  // nginx' error log, process
        r"(\d#)(\d{1,7})(: )",                     // and thread
        r"(?m)(^|=|: )(\d{1,7})(:[CMSX] \d)",      // redis
        r"(\[ *\d+\] +\d+ +)(\d{1,7})( +\d+ +\d+ )", // tgid in the task table
    ]
    .iter()
    .map(|place| Regex::new(place).unwrap())
    .collect()
});

/// pid 1 is init in every namespace; any other may be any number.
const MOVED: u64 = 70_000;

fn other_pids(text: Vec<u8>) -> Vec<u8> {
    PIDS.iter().fold(text, |text, place| {
        let renamed = |found: &Captures| {
            let pid: u64 = std::str::from_utf8(&found[2]).unwrap().parse().unwrap();
            let pid = if pid > 1 { pid + MOVED } else { pid };
            [&found[1], pid.to_string().as_bytes(), &found[3]].concat()
        };
        place.replace_all(&text, renamed).into_owned()
    })
}

/// The names that people gave to units, containers and folders of the corpus, and others; programs keep theirs.
const NAMES: [(&str, &str); 3] = [("shop", "kiosk"), ("cart", "basket"), ("statements", "ledger")];

fn other_names(text: Vec<u8>) -> Vec<u8> {
    NAMES.iter().fold(text, |text, (name, other)| {
        let name = Regex::new(&format!(r"\b{name}\b")).unwrap();
        name.replace_all(&text, other.as_bytes()).into_owned()
    })
}

/// Ids of containers, in full and as `docker ps` cuts them.
static CONTAINER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b[0-9a-f]{64}\b|\b[0-9a-f]{12}\b").unwrap());

fn other_containers(text: &[u8]) -> Vec<u8> {
    let turned = |found: &Captures| -> Vec<u8> {
        let digit = |byte: &u8| match byte {
            b'0'..=b'8' | b'a'..=b'e' => byte + 1,
            b'9' => b'a',
            _ => b'0',
        };
        found[0].iter().map(digit).collect()
    };
    CONTAINER.replace_all(text, turned).into_owned()
}

/// What a report says of causes and kills, with pids as they would be called otherwise.
fn conclusions(report: &Value, pid_moved: u64) -> Value {
    let incidents: Vec<Value> = list(report, "incidents")
        .iter()
        .map(|incident| {
            let weighed: Vec<Value> = list(incident, "causes")
                .iter()
                .map(|weighed| json!([weighed["cause"], weighed["probability"]]))
                .collect();
            json!([
                incident["start"],
                incident["end"],
                incident["errors"],
                incident["verdict"],
                weighed,
                list(incident, "path").len(),
                list(incident, "ruled_out").len(),
            ])
        })
        .collect();
    let kills: Vec<Value> = list(report, "oom_kills")
        .iter()
        .map(|kill| {
            let pid = kill["victim"]["pid"].as_u64().unwrap() + pid_moved;
            json!([kill["incident"], kill["time"], pid, list(kill, "witnesses").len()])
        })
        .collect();
    let deaths = list(report, "deaths").len();
    json!({ "incidents": incidents, "kills": kills, "deaths": deaths })
}

#[test]
fn other_names_for_everything_change_nothing() {
    check_all(|case| {
        let members = texts(case);
        let expected = conclusions(&analyse_members(&members).unwrap(), MOVED);
        let renamed: Vec<Member> = members
            .iter()
            .map(|member| {
                let name = other_names(member.name.clone().into_bytes());
                let text = other_names(other_containers(&other_pids(member.bytes.clone())));
                Member::new(std::str::from_utf8(&name).unwrap(), text)
            })
            .collect();
        assert!(
            members.iter().zip(&renamed).any(|(old, new)| old.bytes != new.bytes),
            "{}",
            case.name
        );
        let got = conclusions(&analyse_members(&renamed).unwrap(), 0);
        let fault = (got != expected).then(|| format!("\n  expected {expected}\n  found    {got}"));
        fault.into_iter().collect()
    });
}

/// In kernel and systemd lines about OOM kills: the victim's process, program and cgroup.
static VICTIM: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?m)(?P<pid>Killed process \d+|reaped process \d+|,pid=\d+)|(?P<comm>\((?:gunicorn|redis-server)\)|task=(?:gunicorn|redis-server)|\b(?:gunicorn|redis-server) invoked)|(?P<cgroup>(?:memcg|Memory cgroup out of memory|Memory cgroup stats for )[^ \n]*?/system\.slice/[\w-]+\.service)|(?P<unit>[\w-]+\.service(?:: A process of this unit has been killed by the OOM killer|: Failed with result 'oom-kill'))",
    )
    .unwrap()
});

/// The same kills at the same moments, of another program in a unit of its own.
fn of_a_stranger(text: &[u8]) -> Vec<u8> {
    static PID: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\d+").unwrap());
    static COMM: LazyLock<Regex> = LazyLock::new(|| Regex::new("gunicorn|redis-server").unwrap());
    static UNIT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[\w-]+\.service").unwrap());
    let replaced = |found: &Captures| -> Vec<u8> {
        if found.name("pid").is_some() {
            let moved = |pid: &Captures| {
                (std::str::from_utf8(&pid[0]).unwrap().parse::<u64>().unwrap() + MOVED)
                    .to_string()
                    .into_bytes()
            };
            PID.replace_all(&found[0], moved).into_owned()
        } else if found.name("comm").is_some() {
            COMM.replace_all(&found[0], &b"convert"[..]).into_owned()
        } else {
            UNIT.replace_all(&found[0], &b"thumbnails.service"[..]).into_owned()
        }
    };
    VICTIM.replace_all(text, replaced).into_owned()
}

/// An app server that says "Perhaps out of memory?" at the second of each such kill included.
#[test]
fn kills_of_a_stranger_at_the_very_moments_are_no_proof() {
    check_all(|case| {
        let members = texts(case);
        let strange: Vec<Member> = members
            .iter()
            .map(|member| Member::new(&member.name, of_a_stranger(&member.bytes)))
            .collect();
        if strange == members {
            return Vec::new();
        }
        let report = analyse_members(&strange).unwrap();
        list(&report, "incidents")
            .iter()
            .filter(|incident| {
                incident["verdict"] == "confirmed"
                    && incident["cause"].as_str().unwrap().starts_with("oom_kill")
            })
            .map(|incident| incident["summary"].to_string())
            .collect()
    });
}

/// Kills of a storm: one every five seconds, from ten minutes before its middle to ten minutes after.
const STORM: i64 = 240;

/// The lines of one kill of the storm, as the kernel prints them.
fn kill(number: i64, scope: &str) -> [String; 3] {
    let pid = 900_000 + number;
    let (constraint, words) = match scope {
        "memcg" => (
            "CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/system.slice/render.service",
            "Memory cgroup out of memory",
        ),
        _ => {
            ("CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom", "Out of memory")
        }
    };
    [
        "ffmpeg invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0"
            .to_owned(),
        format!(
            "oom-kill:constraint={constraint},task_memcg=/system.slice/render.service,task=ffmpeg,pid={pid},uid=998"
        ),
        format!(
            "{words}: Killed process {pid} (ffmpeg) total-vm:512000kB, anon-rss:204800kB, file-rss:0kB, shmem-rss:0kB, UID:998 pgtables:900kB oom_score_adj:0"
        ),
    ]
}

/// A log of its own for the storm, in rsyslog's form.
fn storm_log(middle: i64, scope: &str, host: &str) -> Member {
    let mut log = String::new();
    for number in 0..STORM {
        let after = (number - STORM / 2) * 5;
        let at = DateTime::from_timestamp(middle + after, 0).unwrap();
        let (stamp, boot) = (at.format("%Y-%m-%dT%H:%M:%S.200000+00:00"), 90_000 + after);
        for line in kill(number, scope) {
            let _ = writeln!(log, "{stamp} {host} kernel: [{boot:5}.200000] {line}");
        }
    }
    Member::new("var/log/kern-render.log", log)
}

/// The storm between the lines of a kernel ring that tells kills already; none for other files.
fn storm_in_ring(member: &Member, scope: &str) -> Option<Member> {
    let text = std::str::from_utf8(&member.bytes).ok()?;
    let boot = |line: &str| -> Option<f64> {
        line.strip_prefix('[')?.split(']').next()?.trim().parse().ok()
    };
    let middle = boot(text.lines().find(|line| line.contains("Killed process"))?)? as i64;
    let mut lines: Vec<(f64, String)> =
        text.lines().map(|line| Some((boot(line)?, line.to_owned()))).collect::<Option<_>>()?;
    for number in 0..STORM {
        let second = middle + (number - STORM / 2) * 5;
        let told = kill(number, scope);
        lines.extend(told.map(|line| (second as f64 + 0.2, format!("[{second:5}.200000] {line}"))));
    }
    lines.sort_by(|a, b| a.0.total_cmp(&b.0));
    let text: String = lines.into_iter().map(|(_, line)| line + "\n").collect();
    Some(Member::new(&member.name, text))
}

/// The bundles of a case with a storm, each with a word for it.
fn stormy(case: &Case, members: &[Member]) -> Vec<(String, Vec<Member>)> {
    let mut bundles = Vec::new();
    for scope in ["memcg", "global"] {
        for expect in &case.truth.expect {
            let log = storm_log(seconds(&expect.start) as i64, scope, host(case));
            let more = members.iter().cloned().chain([log]).collect();
            bundles
                .push((format!("{scope} storm in a log of its own around {}", expect.start), more));
        }
        for (place, member) in members.iter().enumerate() {
            if let Some(ring) = storm_in_ring(member, scope) {
                let mut more = members.to_vec();
                more[place] = ring;
                bundles.push((format!("{scope} storm in {}", member.name), more));
            }
        }
    }
    bundles
}

#[test]
fn a_storm_of_unrelated_kills_is_no_cause() {
    check_all(|case| {
        let members = texts(case);
        let whole = analyse_members(&members).unwrap();
        let mut faults = Vec::new();
        for (what, bundle) in stormy(case, &members) {
            let report = analyse_members(&bundle).unwrap();
            let mut found = wrong(case, &whole, &report, 0);
            found.extend(blamed(&report));
            let kills = list(&report, "oom_kills").len();
            let expected = list(&whole, "oom_kills").len() + STORM as usize;
            if kills != expected {
                found.push(format!("{kills} kills, expected {expected}"));
            }
            faults.extend(found.into_iter().map(|fault| format!("{what}: {fault}")));
        }
        faults
    });
}

/// Incidents to which a kill of the storm was counted.
fn blamed(report: &Value) -> Vec<String> {
    list(report, "oom_kills")
        .iter()
        .filter(|kill| kill["victim"]["comm"] == "ffmpeg" && !kill["incident"].is_null())
        .map(|kill| format!("{} of {} belongs to {}", kill["id"], kill["time"], kill["incident"]))
        .collect()
}

/// The name under which the host of a case logs.
fn host(case: &Case) -> &'static str {
    match case.name.as_str() {
        "oom-of-redis-two-hops" => "shop-db-1",
        "decoy-batch-oom-after-timeouts" => "shop-web-01",
        _ => "web01",
    }
}
