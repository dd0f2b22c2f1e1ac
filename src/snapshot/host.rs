//! What `free`, `df`, `ps`, `top -b`, `uptime`, `/proc/meminfo` and `docker stats` print. In: the text; out: [`StateFact`]s. Exists
//! because people paste these beside the logs, and a disk at 100 % or a container at its limit is half an answer.
//! Must never guess a unit: `free` prints bare numbers in KiB or MiB, and where their size does not tell, none is kept.

use super::sizes::{Letters, bytes};
use super::{FACTS_MAX, StateFact, fact, processes};

/// Disk and inode use from which a mount is a reason to look.
const FULL_PERCENT: u64 = 90;
/// Prompt and heading lines that people leave above a command's output.
const HEADINGS: usize = 4;

/// What the text is, by its first line that is no prompt or heading.
pub(super) fn name(text: &[u8]) -> Option<&'static str> {
    let head = String::from_utf8_lossy(text.get(..4096).unwrap_or(text)).into_owned();
    let first =
        head.lines().filter(|line| !is_heading(line)).find(|line| !line.trim().is_empty())?;
    if head.lines().take_while(|line| *line != first).count() > HEADINGS {
        return None;
    }
    let second = head.lines().skip_while(|line| *line != first).nth(1).unwrap_or_default();
    let words: Vec<&str> = first.split_whitespace().collect();
    match words.as_slice() {
        _ if is_free(&words, second) => Some("free"),
        _ if is_df(&words, second) => Some("df"),
        _ if processes::is_busybox_top(first) => Some("top"),
        _ if processes::is_table(&words) => Some("ps"),
        ["total", "used", "free", "shared", ..] => Some("free"),
        ["Filesystem", ..] if first.contains("Mounted on") => Some("df"),
        ["USER", "PID", ..] | ["UID", "PID", ..] | ["PID", "TTY", ..] | ["PID", "USER", ..] => {
            Some("ps")
        }
        ["top", "-", ..] => Some("top"),
        [_, "up", ..] if first.contains("load average: ") => Some("uptime"),
        ["MemTotal:", _, "kB"] => Some("meminfo"),
        ["CONTAINER", "ID", "NAME", "CPU", ..]
        | ["ID", "NAME", "CPU", "%", ..]
        | ["CONTAINER" | "NAME", "CPU", "%", "MEM", ..] => Some("docker-stats"),
        _ => None,
    }
}

/// Names of free's first row; its heading is translated too.
const MEMORY_ROWS: [&str; 5] = ["Mem", "Mem.", "Speicher", "Память", "内存"];

/// free in any language: a heading of words above a row of figures.
fn is_free(words: &[&str], second: &str) -> bool {
    let figures = second
        .split_once([':', '：'])
        .filter(|(row, _)| MEMORY_ROWS.contains(&row.trim()))
        .map_or(0, |(_, figures)| figures.split_whitespace().count());
    words.len() >= 5 && figures >= 3 && !words.concat().contains(|one: char| one.is_ascii_digit())
}

/// df in any language: a heading whose last but one column is a share, above a row that ends in a mount.
fn is_df(words: &[&str], second: &str) -> bool {
    let row: Vec<&str> = second.split_whitespace().collect();
    let share = row.iter().position(|word| {
        word.strip_suffix('%').is_some_and(|number| number.parse::<u64>().is_ok())
    });
    words
        .iter()
        .any(|word| word.ends_with('%') && !word.starts_with(|one: char| one.is_ascii_digit()))
        && share.and_then(|at| row.get(at + 1)).is_some_and(|mount| mount.starts_with('/'))
}

/// `$ free -m`, `# df`, `+ ps aux`, `==> memory <==`, `--- uptime ---`.
fn is_heading(line: &str) -> bool {
    let line = line.trim();
    line.is_empty()
        || ["$ ", "# ", "+ ", "==", "--", "> "].iter().any(|start| line.starts_with(start))
}

/// The facts of a text that [`name`] knows.
pub(super) fn read(name: &str, text: &[u8]) -> Vec<StateFact> {
    let text = String::from_utf8_lossy(text);
    let lines: Vec<(u64, &str)> = (1..).zip(text.lines()).collect();
    let mut facts = match name {
        "free" => free(&lines),
        "df" => lines.iter().filter_map(|(line, text)| mount(*line, text, &lines)).collect(),
        "ps" => processes::table(&lines),
        "top" => processes::top(&lines),
        "uptime" => lines.iter().filter_map(|(line, text)| load(*line, text)).collect(),
        "meminfo" => lines.iter().filter_map(|(line, text)| meminfo(*line, text)).collect(),
        _ => lines.iter().flat_map(|(line, text)| container(*line, text)).collect(),
    };
    facts.truncate(FACTS_MAX);
    facts
}

/// `Mem:` and `Swap:` of free(1), by the names of the columns.
fn free(lines: &[(u64, &str)]) -> Vec<StateFact> {
    let columns: Vec<&str> = lines
        .iter()
        .find(|(_, text)| text.contains(" used "))
        .or_else(|| lines.iter().find(|(_, text)| text.split_whitespace().count() >= 5))
        .map(|(_, text)| text.split_whitespace().collect())
        .unwrap_or_default();
    let asked = lines.iter().find_map(|(_, text)| text.trim().strip_prefix("$ free"));
    let mut facts = Vec::new();
    for (line, text) in lines {
        let Some((row, figures)) = text.split_once(':') else { continue };
        let figures: Vec<&str> = figures.split_whitespace().collect();
        let names: &[(&str, &'static str)] = match row.trim() {
            row if MEMORY_ROWS.contains(&row) => {
                &[("total", "memory_total_bytes"), ("available", "memory_available_bytes")]
            }
            // Before procps 3.3.10, what is free without buffers and cache.
            "-/+ buffers/cache" | "-/+ buffers" => &[("used", "memory_available_bytes")],
            "Swap" | "Auslager" | "Подкачка" | "交换" => {
                &[("total", "swap_total_bytes"), ("free", "swap_free_bytes")]
            }
            _ => continue,
        };
        let total = figures.first().copied().unwrap_or_default();
        let Some(unit) = unit_of(total, asked, facts.first()) else { continue };
        for (column, what) in names {
            let figure = place(column, &columns).and_then(|at| figures.get(at));
            let value = figure.and_then(|figure| match unit {
                0 => bytes(figure, Letters::Binary),
                unit => figure.parse::<u64>().ok()?.checked_mul(unit),
            });
            facts.extend(value.map(|value| fact(what, "", value, false, *line)));
        }
    }
    facts
}

/// The place of a column; where the heading is translated, by its order.
fn place(column: &str, columns: &[&str]) -> Option<usize> {
    let known = columns.iter().position(|name| *name == column);
    let translated = !columns.contains(&"used");
    known.or_else(|| match column {
        "total" if translated => Some(0),
        "free" if translated => Some(2),
        "available" if translated => columns.len().checked_sub(1).filter(|last| *last >= 5),
        _ => None,
    })
}

/// Bytes of free's unit, 0 where each figure has its own: as asked, or as the size of the total tells. Below 256 GiB in MiB and
/// above 4 GiB in KiB the same number can only mean one of the two.
fn unit_of(total: &str, asked: Option<&str>, mem: Option<&StateFact>) -> Option<u64> {
    if total.ends_with(|last: char| last.is_ascii_alphabetic()) {
        return Some(0);
    }
    let number: u64 = total.parse().ok()?;
    let flag = |letter: char| asked.is_some_and(|asked| asked.contains(&format!("-{letter}")));
    match number {
        _ if flag('m') => Some(1 << 20),
        _ if flag('g') => Some(1 << 30),
        _ if flag('b') => Some(1),
        _ if asked.is_some() => Some(1 << 10),
        // No swap is no swap in every unit.
        0 if mem.is_some() => Some(1),
        1..262_144 => Some(1 << 20),
        4_000_000..4_000_000_000 => Some(1 << 10),
        4_000_000_000.. => Some(1),
        _ => None,
    }
}

/// A row of df: the mount stands behind the only word that ends in `%`.
fn mount(line: u64, text: &str, lines: &[(u64, &str)]) -> Option<StateFact> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let at = words.iter().position(|word| {
        word.strip_suffix('%').is_some_and(|number| number.parse::<u64>().is_ok())
    })?;
    let percent: u64 = words.get(at)?.strip_suffix('%')?.parse().ok()?;
    let mount = words.get(at + 1..)?.join(" ");
    // Loop devices of snaps are always full.
    if mount.is_empty() || mount.starts_with("/snap/") || text.starts_with("/dev/loop") {
        return None;
    }
    let inodes = lines.iter().any(|(_, head)| head.contains(" Inod") || head.contains(" Inœud"));
    let what = if inodes { "inodes_used_percent" } else { "disk_used_percent" };
    Some(fact(what, &mount, percent, percent >= FULL_PERCENT, line))
}

/// `load average: 8.52, 7.31, 4.10`: the first, in hundredths.
pub(super) fn load(line: u64, text: &str) -> Option<StateFact> {
    let (_, tail) = text.split_once("load average: ")?;
    let (whole, part) = tail.split(", ").next()?.trim().split_once(['.', ','])?;
    let hundredths = whole.parse::<u64>().ok()?.checked_mul(100)?;
    let part: u64 = part.get(..2)?.parse().ok()?;
    Some(fact("load_1min_hundredths", "", hundredths.checked_add(part)?, false, line))
}

fn meminfo(line: u64, text: &str) -> Option<StateFact> {
    let (name, value) = text.split_once(':')?;
    let what = match name {
        "MemTotal" => "memory_total_bytes",
        "MemAvailable" => "memory_available_bytes",
        "SwapTotal" => "swap_total_bytes",
        "SwapFree" => "swap_free_bytes",
        "Committed_AS" => "memory_committed_bytes",
        _ => return None,
    };
    let kib: u64 = value.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(fact(what, "", kib.checked_mul(1024)?, false, line))
}

/// A row of docker stats: `... shop  0.15%  255MiB / 256MiB  99.61% ...`.
fn container(line: u64, text: &str) -> Vec<StateFact> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let slash = words.iter().position(|word| *word == "/").filter(|at| *at >= 3 || words.len() > 4);
    // Before docker 17, a blank stood before the unit.
    let size = |at: usize| {
        let word = *words.get(at)?;
        let next =
            words.get(at + 1).filter(|unit| unit.ends_with('B')).copied().unwrap_or_default();
        bytes(word, Letters::Binary)
            .filter(|_| next.is_empty() || next.ends_with("/"))
            .or_else(|| bytes(&format!("{word}{next}"), Letters::Binary))
    };
    let used = slash.and_then(|at| {
        let unit = words
            .get(at.checked_sub(1)?)
            .is_some_and(|word| word.starts_with(|one: char| one.is_ascii_alphabetic()));
        size(at.checked_sub(1 + usize::from(unit))?)
    });
    let (Some(used), Some(limit)) = (used, slash.and_then(|at| size(at + 1))) else {
        return Vec::new();
    };
    // The name, or the id, stands before the CPU's share.
    let share = words.iter().position(|word| word.ends_with('%') || *word == "--");
    let name = share.and_then(|at| words.get(at.checked_sub(1)?)).copied().unwrap_or_default();
    let tight = limit > 0 && used >= limit / 10 * 9;
    vec![
        fact("memory_used_bytes", name, used, tight, line),
        fact("memory_limit_bytes", name, limit, false, line),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected_name: &str, expected: &[(&str, &str, u64, bool)]) {
        let name = name(text.as_bytes()).unwrap_or("nothing");
        assert_eq!(name, expected_name, "{text}");
        let facts = read(name, text.as_bytes());
        let got: Vec<_> = facts
            .iter()
            .map(|fact| (fact.what, fact.subject.as_str(), fact.value, fact.notable))
            .collect();
        assert_eq!(got, expected, "{text}");
    }

    #[test]
    fn memory() {
        check(
            "               total        used        free      shared  buff/cache   available\nMem:         3934544     1234567      161000       12345     2538977     2460000\nSwap:              0           0           0\n",
            "free",
            &[],
        );
        check(
            "$ free -m\n               total        used        free      shared  buff/cache   available\nMem:            3842        3501         101          12         240         151\nSwap:              0           0           0\n",
            "free",
            &[
                ("memory_total_bytes", "", 3842 << 20, false),
                ("memory_available_bytes", "", 151 << 20, false),
                ("swap_total_bytes", "", 0, false),
                ("swap_free_bytes", "", 0, false),
            ],
        );
        check(
            "              total        used        free      shared  buff/cache   available\nMem:           3.8Gi       3.4Gi       101Mi        12Mi       240Mi       151Mi\n",
            "free",
            &[
                ("memory_total_bytes", "", 4_080_218_931, false),
                ("memory_available_bytes", "", 151 << 20, false),
            ],
        );
        check(
            "MemTotal:        3934544 kB\nMemFree:          161000 kB\nMemAvailable:     154624 kB\n",
            "meminfo",
            &[
                ("memory_total_bytes", "", 3_934_544 << 10, false),
                ("memory_available_bytes", "", 154_624 << 10, false),
            ],
        );
    }

    #[test]
    fn disks() {
        check(
            "Filesystem      Size  Used Avail Use% Mounted on\n/dev/vda1        20G   20G     0 100% /\ntmpfs           1.0G  1.2M  999M   1% /run\n/dev/loop0       64M   64M     0 100% /snap/core20/1234\n",
            "df",
            &[("disk_used_percent", "/", 100, true), ("disk_used_percent", "/run", 1, false)],
        );
        check(
            "Filesystem     Inodes IUsed IFree IUse% Mounted on\n/dev/vda1      1310720 1310720 0 100% /\n",
            "df",
            &[("inodes_used_percent", "/", 100, true)],
        );
    }

    #[test]
    fn other_ages_and_languages() {
        // procps 3.2.8 and busybox before 1.27 have no column for what is available.
        check(
            "             total       used       free     shared    buffers     cached\nMem:      16334564   15234564    1100000          0     100000    2000000\n-/+ buffers/cache:   13134564    3200000\nSwap:      4194300          0    4194300\n",
            "free",
            &[
                ("memory_total_bytes", "", 16_334_564 << 10, false),
                ("memory_available_bytes", "", 3_200_000 << 10, false),
                ("swap_total_bytes", "", 4_194_300 << 10, false),
                ("swap_free_bytes", "", 4_194_300 << 10, false),
            ],
        );
        check(
            "              gesamt       benutzt     frei      gemns.  Puffer/Cache verfügbar\nSpeicher:   16334564    1234567    11610000      12345     3489997    14460000\nSwap:              0           0           0\n",
            "free",
            &[
                ("memory_total_bytes", "", 16_334_564 << 10, false),
                ("memory_available_bytes", "", 14_460_000 << 10, false),
                ("swap_total_bytes", "", 0, false),
                ("swap_free_bytes", "", 0, false),
            ],
        );
        check(
            "Dateisystem    Größe Benutzt Verf. Verw% Eingehängt auf\n/dev/vda1        20G     20G     0  100% /\n",
            "df",
            &[("disk_used_percent", "/", 100, true)],
        );
        check(
            "Sys. de fichiers Inodes IUtil. ILibre IUti% Monté sur\n/dev/vda1        1310720 1310720 0 100% /\n",
            "df",
            &[("inodes_used_percent", "/", 100, true)],
        );
        // docker 1.13, and podman.
        check(
            "CONTAINER           CPU %               MEM USAGE / LIMIT       MEM %\n6029c238c923        0.15%               255.1 MiB / 256 MiB     99.65%\n",
            "docker-stats",
            &[
                ("memory_used_bytes", "6029c238c923", 267_491_737, true),
                ("memory_limit_bytes", "6029c238c923", 256 << 20, false),
            ],
        );
        check(
            "ID            NAME        CPU %       MEM USAGE / LIMIT  MEM %       NET IO       BLOCK IO    PIDS\n6029c238c923  cart        0.15%       128MiB / 256MiB    50.00%      0B / 0B      0B / 0B     3\n",
            "docker-stats",
            &[
                ("memory_used_bytes", "cart", 128 << 20, false),
                ("memory_limit_bytes", "cart", 256 << 20, false),
            ],
        );
    }

    #[test]
    fn load_and_processes() {
        check(
            " 12:00:00 up 10 days,  3:02,  2 users,  load average: 8.52, 7.31, 4.10\n",
            "uptime",
            &[("load_1min_hundredths", "", 852, false)],
        );
        check(
            "top - 12:00:00 up 1 day,  1:02,  1 user,  load average: 0.15, 0.10, 0.05\nTasks: 120 total\nMiB Mem :   3842.5 total,    101.0 free,   3501.0 used,    240.5 buff/cache\nMiB Swap:      0.0 total,      0.0 free,      0.0 used.    151.0 avail Mem\n",
            "top",
            &[
                ("load_1min_hundredths", "", 15, false),
                ("memory_total_bytes", "", 4_029_153_280, false),
                ("memory_free_bytes", "", 101 << 20, false),
                ("swap_total_bytes", "", 0, false),
                ("memory_available_bytes", "", 151 << 20, false),
            ],
        );
        check(
            "USER       PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\nroot         1  0.0  0.1 167000 11000 ?        Ss   Nov20   0:01 /sbin/init\nwww        412  1.0 20.1 900000 812345 ?       S    12:00   0:09 /srv/venv/bin/python /srv/venv/bin/gunicorn -w 4 -t 30 shop:app\n",
            "ps",
            &[
                (
                    "rss_bytes",
                    "/srv/venv/bin/python /srv/venv/bin/gunicorn -w 4 -t 30 shop:",
                    812_345 << 10,
                    false,
                ),
                ("rss_bytes", "/sbin/init", 11_000 << 10, false),
                ("workers", "gunicorn", 4, false),
                ("timeout_seconds", "gunicorn", 30, false),
            ],
        );
    }

    #[test]
    fn containers() {
        check(
            "CONTAINER ID   NAME      CPU %     MEM USAGE / LIMIT   MEM %     NET I/O       BLOCK I/O   PIDS\n6029c238c923   cart      0.15%     255.1MiB / 256MiB   99.65%    1.2kB / 0B    0B / 0B     23\n",
            "docker-stats",
            &[
                ("memory_used_bytes", "cart", 267_491_737, true),
                ("memory_limit_bytes", "cart", 256 << 20, false),
            ],
        );
    }

    #[test]
    fn logs_are_none_of_these() {
        for text in [
            "",
            "2026/11/20 22:50:54 [error] 704#704: *305 recv() failed\n",
            "total failure of the shop\n",
            "Nov 20 22:42:19 web up load average: 1.00\n",
        ] {
            assert_eq!(name(text.as_bytes()), None, "{text}");
        }
    }
}
