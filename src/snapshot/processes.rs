//! Tables of processes: `ps` in its many columns, and `top -b` of procps 3 and 4 and of busybox. In: lines; out: the largest
//! processes, the host's memory, and what servers' command lines say. Exists because the two share their table and not much else.
//! Must never take a table of something else for one: the heading has `PID` and a command, in capitals.

use super::host::load;
use super::sizes::{Letters, bytes};
use super::{StateFact, fact, limits};

/// Processes of a table that are kept, largest first.
const LARGEST: usize = 5;
/// Longest command that names a process, in characters.
const COMMAND_MAX: usize = 60;

/// Whether the words are the heading of a table of processes.
pub(super) fn is_table(words: &[&str]) -> bool {
    let capitals = |word: &&str| {
        word.bytes().all(|byte| byte.is_ascii_uppercase() || b"%+/:_".contains(&byte))
    };
    words.contains(&"PID")
        && words.iter().any(|word| matches!(*word, "COMMAND" | "CMD" | "ARGS"))
        && words.iter().all(capitals)
}

/// busybox's top begins with the memory: `Mem: 1693240K used, 22000000K free, 9940K shrd, ...`.
pub(super) fn is_busybox_top(line: &str) -> bool {
    line.trim_start_matches("\u{1b}[H\u{1b}[J").strip_prefix("Mem: ").is_some_and(|rest| {
        let words: Vec<&str> = rest.split_whitespace().take(4).collect();
        matches!(words.as_slice(), [used, "used,", free, "free,"] if used.ends_with('K') && free.ends_with('K'))
    })
}

/// The head and the table of top.
pub(super) fn top(lines: &[(u64, &str)]) -> Vec<StateFact> {
    let table = lines
        .iter()
        .position(|(_, text)| is_table(&text.split_whitespace().collect::<Vec<_>>()))
        .unwrap_or(lines.len());
    let (head, table_lines) = lines.split_at(table);
    // A batch of several screens: the first is told.
    let screen = table_lines
        .iter()
        .position(|(_, text)| text.starts_with("top - ") || is_busybox_top(text))
        .unwrap_or(table_lines.len());
    let mut facts: Vec<StateFact> =
        head.iter().flat_map(|(line, text)| head_line(*line, text)).collect();
    facts.extend(self::table(table_lines.get(..screen).unwrap_or_default()));
    facts
}

/// `MiB Mem :   3934.4 total, ...`, `KiB Mem:`, `Mem:   3934544k total, ...`, busybox's, and the load.
fn head_line(line: u64, text: &str) -> Vec<StateFact> {
    if text.starts_with("top - ") {
        return load(line, text).into_iter().collect();
    }
    let figure = |name: &str| {
        let (head, _) = text.split_once(name)?;
        Some(head.split_whitespace().last()?.replace(',', "."))
    };
    if is_busybox_top(text) {
        let size = |name: &str| bytes(&figure(name)?, Letters::Binary);
        let total = size(" used").zip(size(" free")).map(|(used, free)| used.saturating_add(free));
        let figures = [("memory_total_bytes", total), ("memory_free_bytes", size(" free"))];
        return figures
            .into_iter()
            .filter_map(|(what, value)| Some(fact(what, "", value?, false, line)))
            .collect();
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let unit = words.first().filter(|unit| unit.ends_with("iB")).copied();
    let row = words.get(usize::from(unit.is_some())).copied().unwrap_or_default();
    let figures: &[(&str, &'static str)] = match row.trim_end_matches(':') {
        "Mem" => &[(" total", "memory_total_bytes"), (" free", "memory_free_bytes")],
        "Swap" => &[(" total", "swap_total_bytes"), (" avail Mem", "memory_available_bytes")],
        _ => &[],
    };
    let size = |name: &str| match unit {
        Some(unit) => bytes(&format!("{}{unit}", figure(name)?), Letters::Binary),
        // Before procps 3.3 each figure has a `k` of its own.
        None => bytes(&figure(name)?, Letters::Binary),
    };
    figures
        .iter()
        .filter_map(|(name, what)| Some(fact(what, "", size(name)?, false, line)))
        .collect()
}

/// The largest processes of a table, and what the command lines of servers say.
pub(super) fn table(lines: &[(u64, &str)]) -> Vec<StateFact> {
    let Some((_, head)) = lines.iter().find(|(_, text)| text.contains("PID")) else {
        return Vec::new();
    };
    let columns: Vec<&str> = head.split_whitespace().collect();
    let at = |names: &[&str]| columns.iter().position(|name| names.contains(name));
    let (rss, command) = (at(&["RSS", "RES"]), at(&["COMMAND", "CMD", "ARGS"]));
    let mut largest = Vec::new();
    let mut facts = Vec::new();
    for (line, text) in lines {
        let words: Vec<&str> = text.split_whitespace().collect();
        let Some(line_of) = command.and_then(|at| words.get(at..)).filter(|line| !line.is_empty())
        else {
            continue;
        };
        if let Some(size) = rss.and_then(|at| resident(words.get(at)?)) {
            largest.push((std::cmp::Reverse(size), *line, line_of.join(" ")));
        }
        facts.extend(limits::command_line(line_of, *line));
    }
    largest.sort();
    facts.dedup_by(|a, b| (a.what, &a.subject, a.value) == (b.what, &b.subject, b.value));
    let rows = largest.into_iter().take(LARGEST).map(|(size, line, command)| {
        let command: String = command.chars().take(COMMAND_MAX).collect();
        fact("rss_bytes", &command, size.0, false, line)
    });
    rows.chain(facts).collect()
}

/// KiB, or what top writes of more: `1.2g`.
fn resident(word: &str) -> Option<u64> {
    match word.parse::<u64>() {
        Ok(kib) => kib.checked_mul(1024),
        Err(_) => bytes(&word.replace(',', "."), Letters::Binary)
            .filter(|_| word.ends_with(|last: char| "kmgt".contains(last.to_ascii_lowercase()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, &str, u64)]) {
        let lines: Vec<(u64, &str)> = (1..).zip(text.lines()).collect();
        let words = |text: &str| is_table(&text.split_whitespace().collect::<Vec<_>>());
        let facts =
            if text.lines().next().is_some_and(words) { table(&lines) } else { top(&lines) };
        let got: Vec<_> =
            facts.iter().map(|fact| (fact.what, fact.subject.as_str(), fact.value)).collect();
        assert_eq!(got, expected, "{text}");
    }

    #[test]
    fn top_of_every_age() {
        // procps 4.0.2, run here.
        check(
            "top - 03:39:07 up  3:51,  0 user,  load average: 8.30, 6.07, 4.79\nTasks:  95 total,   3 running,  92 sleeping,   0 stopped,   0 zombie\n%Cpu(s):100.0 us,  0.0 sy,  0.0 ni,  0.0 id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st \nMiB Mem :  24105.6 total,  17209.9 free,   1696.2 used,   5601.2 buff/cache     \nMiB Swap:      0.0 total,      0.0 free,      0.0 used.  22409.3 avail Mem \n\n  PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND\n21785 root      20   0 1657892 789436 177684 S  50.0   3.2   0:41.85 rustc\n    1 root      20   0   49168   1.2g   6316 S   0.0   0.1   0:58.46 process_a+\n",
            &[
                ("load_1min_hundredths", "", 830),
                ("memory_total_bytes", "", 25_276_553_625),
                ("memory_free_bytes", "", 18_045_888_102),
                ("swap_total_bytes", "", 0),
                ("memory_available_bytes", "", 23_497_854_156),
                ("rss_bytes", "process_a+", 1_288_490_188),
                ("rss_bytes", "rustc", 789_436 << 10),
            ],
        );
        // procps-ng 3.3.9, and a comma for the point.
        check(
            "top - 12:00:00 up 1 day,  1:02,  1 user,  load average: 0,15, 0,10, 0,05\nKiB Mem:   3934544 total,  3773544 used,   161000 free,    10000 buffers\nKiB Swap:        0 total,        0 used,        0 free.   240500 cached Mem\n",
            &[
                ("load_1min_hundredths", "", 15),
                ("memory_total_bytes", "", 3_934_544 << 10),
                ("memory_free_bytes", "", 161_000 << 10),
                ("swap_total_bytes", "", 0),
            ],
        );
        // procps 3.2.8 of RHEL 6.
        check(
            "top - 12:00:00 up 1 day,  1:02,  1 user,  load average: 0.15, 0.10, 0.05\nMem:   3934544k total,  3773544k used,   161000k free,    10000k buffers\nSwap:  4194300k total,        0k used,  4194300k free,   240500k cached\n",
            &[
                ("load_1min_hundredths", "", 15),
                ("memory_total_bytes", "", 3_934_544 << 10),
                ("memory_free_bytes", "", 161_000 << 10),
                ("swap_total_bytes", "", 4_194_300 << 10),
            ],
        );
        // busybox.
        check(
            "Mem: 3773544K used, 161000K free, 12345K shrd, 10000K buff, 240500K cached\nCPU:   0% usr   0% sys   0% nic 100% idle   0% io   0% irq   0% sirq\nLoad average: 0.15 0.10 0.05 1/234 567\n  PID  PPID USER     STAT   VSZ %VSZ CPU %CPU COMMAND\n    1     0 root     S     1612   0%   0   0% /sbin/init\n",
            &[
                ("memory_total_bytes", "", 3_934_544 << 10),
                ("memory_free_bytes", "", 161_000 << 10),
            ],
        );
    }

    #[test]
    fn tables_of_ps() {
        check(
            "    PID    PPID   RSS COMMAND\n    412       1  9000 /usr/bin/gunicorn -w 3 shop:app\n",
            &[
                ("rss_bytes", "/usr/bin/gunicorn -w 3 shop:app", 9000 << 10),
                ("workers", "gunicorn", 3),
            ],
        );
        // busybox: no resident size.
        check(
            "PID   USER     TIME  COMMAND\n    1 root      0:00 gunicorn --timeout 30 shop:app\n",
            &[("timeout_seconds", "gunicorn", 30)],
        );
        for text in ["PID is 12", "USER PID said COMMAND", "NAME PID", "PID TTY TIME"] {
            assert!(!is_table(&text.split_whitespace().collect::<Vec<_>>()), "{text}");
        }
        for text in ["Mem: 5K used", "Mem: used, free, 5K", "Mem:  100 200 300"] {
            assert!(!is_busybox_top(text), "{text}");
        }
    }
}
