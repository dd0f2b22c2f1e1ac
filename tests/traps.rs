//! The 104 known traps of such logs, and what guards each: a test, a sample of a grammar, a recorded case. Where something of a
//! trap does not work yet, the issue that it waits for is named. The table is data and is checked: a case that is gone, a number
//! that is missing or stands twice is a fault.

use std::fs;
use std::path::Path;

use Case::{Corpus, Issue, Sample, Test};

mod clocks;
mod files;
mod http;
mod identity;
mod once;
mod oom;
mod scene;
mod seen;
mod times;

/// What guards a trap.
enum Case {
    /// A test function: file and name.
    Test(&'static str, &'static str),
    /// A sample of a grammar: its name, and text that stands in the sample's line.
    Sample(&'static str, &'static str),
    /// A recorded case.
    Corpus(&'static str),
    /// An issue's number, and what of the trap waits for it.
    Issue(u32, &'static str),
}

/// Number of the last trap.
const LAST: u32 = 104;
/// Issues that a trap may wait for: clock and cause, report, hostile input.
const ISSUES: [u32; 3] = [4, 6, 7];

fn read(path: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{path}: {error}"))
}

impl Case {
    /// Why this guards nothing; `None` where it does.
    fn fault(&self) -> Option<String> {
        match self {
            Test(path, name) => {
                let text = read(path);
                let at = text.find(&format!("fn {name}("));
                // Nothing but attributes stands between `#[test]` and the function.
                let is_test = at.is_some_and(|at| {
                    let lines =
                        text[..at].lines().rev().skip(usize::from(!text[..at].ends_with('\n')));
                    lines
                        .take_while(|line| line.trim().starts_with("#["))
                        .any(|line| line.trim() == "#[test]")
                });
                (!is_test).then(|| format!("no test {name} in {path}"))
            }
            Sample(grammar, words) => {
                let text = read(&format!("grammars/{grammar}.toml"));
                let mut lines =
                    text.split("\nline = '''").skip(1).filter_map(|part| part.split("'''").next());
                (!lines.any(|line| line.contains(words)))
                    .then(|| format!("no sample of {grammar} has \"{words}\""))
            }
            Corpus(name) => {
                let is_there = Path::new(env!("CARGO_MANIFEST_DIR"))
                    .join("corpus")
                    .join(name)
                    .join("case.toml")
                    .is_file();
                (!is_there).then(|| format!("no corpus case {name}"))
            }
            Issue(number, what) => (!ISSUES.contains(number) || what.is_empty())
                .then(|| format!("no issue {number} takes it")),
        }
    }
}

#[test]
fn every_trap_has_its_guards() {
    let numbers: Vec<u32> = TRAPS.iter().map(|(number, _, _)| *number).collect();
    assert_eq!(numbers, (1..=LAST).collect::<Vec<_>>());
    let faults: Vec<String> = TRAPS
        .iter()
        .flat_map(|(number, what, cases)| {
            let empty =
                (cases.is_empty() || what.is_empty()).then(|| "nothing guards it".to_owned());
            let faults = cases.iter().filter_map(Case::fault).chain(empty);
            faults.map(move |fault| format!("{number}, {what}: {fault}")).collect::<Vec<_>>()
        })
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Few traps may wait as a whole; the number only goes down.
#[test]
fn few_traps_only_wait() {
    let waiting: Vec<u32> = TRAPS
        .iter()
        .filter(|(_, _, cases)| cases.iter().all(|case| matches!(case, Issue(..))))
        .map(|(number, _, _)| *number)
        .collect();
    assert_eq!(waiting, [24]);
}

const APACHE: &str = "src/access/apache.rs";
const HAPROXY: &str = "src/access/haproxy.rs";
const ROUTE: &str = "src/access/route.rs";
const ACCESS: &str = "src/access/tests.rs";
const FORMATS: &str = "src/access/tests/formats.rs";
const ACCESSTIMES: &str = "src/access/times.rs";
const SNIFF: &str = "src/bundle/sniff.rs";
const ARCHIVES: &str = "src/bundle/tests/archives.rs";
const DISK: &str = "src/bundle/tests/disk.rs";
const PACKED: &str = "src/bundle/tests/packed.rs";
const LINES: &str = "src/envelope/lines.rs";
const MONTHS: &str = "src/envelope/months.rs";
const ENVELOPES: &str = "src/envelope/tests.rs";
const RING: &str = "src/envelope/tests/ring.rs";
const SYSLOG: &str = "src/envelope/syslog/tests.rs";
const WRAPS: &str = "src/envelope/tests/wraps.rs";
const ENVTIMES: &str = "src/envelope/times/tests.rs";
const FAULTS: &str = "src/kernel/tests/faults.rs";
const KERNEL: &str = "src/kernel/tests/oom.rs";
const VERSIONS: &str = "src/kernel/tests/versions.rs";
const ESCAPE: &str = "src/report/escape.rs";
const MARKDOWN: &str = "src/report/markdown/tests.rs";
const NAMES: &str = "src/service/names.rs";
const KUBERNETES: &str = "src/snapshot/kubernetes/tests.rs";
const INPUTS: &str = "tests/inputs.rs";
const UNRELATED: &str = "tests/recognition/unrelated.rs";
const CLOCKS: &str = "tests/traps/clocks.rs";
const FILES: &str = "tests/traps/files.rs";
const HTTP: &str = "tests/traps/http.rs";
const IDENTITY: &str = "tests/traps/identity.rs";
const ONCE: &str = "tests/traps/once.rs";
const OOM: &str = "tests/traps/oom.rs";
const SEEN: &str = "tests/traps/seen.rs";
const TIMES: &str = "tests/traps/times.rs";
const VARIANTS: &str = "tests/variants.rs";

/// Number, what is guarded against, and the cases.
#[rustfmt::skip]
const TRAPS: &[(u32, &str, &[Case])] = &[
    (1, "a gz copied while it was written", &[Test(FILES, "a_gz_that_is_still_being_written"), Test(PACKED, "damaged_gzip_gives_what_decoded"), Test(LINES, "a_truncated_file_loses_its_torn_line")]),
    (2, "gz of several members, and bytes behind the last", &[Test(FILES, "gz_members_and_what_stands_behind_them"), Test(PACKED, "every_member_of_a_concatenated_gzip_is_read"), Test(VARIANTS, "concatenated_gzip_streams_are_one_file")]),
    (3, "a name that lies about packing; hostile archives", &[Test(FILES, "a_name_says_nothing_about_packing"), Test(SNIFF, "forms_are_told_by_content"), Test(ARCHIVES, "archives_with_packed_members"), Test(ARCHIVES, "names_are_cleaned_and_numbered"), Test(ARCHIVES, "long_names_and_pax_headers"), Test(ARCHIVES, "sparse_members_are_refused_and_passed_over"), Test(PACKED, "bombs_of_several_layers_are_refused"), Test(DISK, "links_and_pipes_in_a_folder_are_passed_over")]),
    (4, "rotation numbers that run backwards", &[Test(FILES, "a_rotation_is_ordered_by_its_times")]),
    (5, "lines on both sides of a rotation, and equal requests", &[Test(FILES, "a_seam_is_counted_once_and_equal_requests_twice")]),
    (6, "NUL blocks after a power cut", &[Test(FILES, "nul_blocks_after_a_power_cut"), Test(LINES, "a_nul_block_ends_the_torn_line")]),
    (7, "UTF-16, byte order marks, CRLF, invalid UTF-8", &[Test(FILES, "encodings_and_line_ends_change_nothing"), Test(WRAPS, "utf16")]),
    (8, "what terminals and pagers leave in a log", &[Test(FILES, "what_a_terminal_leaves_behind"), Test(LINES, "escapes_are_cut_out")]),
    (9, "giant lines, and lines that docker split", &[Test(FILES, "giant_lines_and_split_ones"), Test(LINES, "a_long_line_is_cut_and_the_next_one_whole"), Test(ENVELOPES, "docker_json")]),
    (10, "records without line ends", &[Test(FILES, "records_without_line_ends"), Test(WRAPS, "forwarded_records_without_line_ends")]),
    (11, "text between the entries of a journal export", &[Test(FILES, "junk_between_journal_entries"), Test(ENVELOPES, "a_torn_journal_export")]),
    (12, "a forged entry inside of a binary message", &[Test(FILES, "an_entry_inside_of_a_message_is_text"), Test(ENVELOPES, "journal_export_with_hostile_lengths")]),
    (13, "New Year in a log without years", &[Test(TIMES, "a_year_ends_in_a_log_without_years"), Test(ENVTIMES, "syslog_without_a_year")]),
    (14, "the hour that a clock repeats", &[Test(CLOCKS, "the_hour_that_is_said_twice")]),
    (15, "an error log without a zone", &[Test(TIMES, "a_zone_is_found_by_what_two_logs_share")]),
    (16, "odd offsets and names of zones", &[Test(ENVTIMES, "rfc3339_with_every_offset"), Test(ENVTIMES, "zones_behind_a_blank"), Test(ACCESSTIMES, "every_way_of_writing_a_time")]),
    (17, "`dmesg -T` after a suspend or a clock step", &[Test(TIMES, "dmesg_with_dates_gives_way_to_the_journal"), Test(CLOCKS, "dmesg_with_dates_from_before_a_sleep_is_moved_back")]),
    (18, "dates of other locales", &[Test(ENVTIMES, "ctime_in_several_tongues"), Test(MONTHS, "months_of_other_locales"), Test(RING, "forms_with_the_wall_clock")]),
    (19, "seconds since boot without any anchor", &[Test(TIMES, "seconds_since_boot_alone_are_no_time")]),
    (20, "a boot in the middle of a file", &[Test(TIMES, "a_boot_in_the_middle_of_a_file"), Corpus("two-boots"), Test(CLOCKS, "a_ring_is_of_the_second_boot_of_a_file")]),
    (21, "early entries that were received at once", &[Test(TIMES, "early_entries_do_not_shift_the_boot_clock")]),
    (22, "stamps of the start and of the end of a request", &[Test(SEEN, "a_log_may_tell_the_start_of_a_request"), Test(HAPROXY, "lines_of_httplog"), Test(APACHE, "formats_of_apache")]),
    (23, "buffered lines out of order", &[Test(TIMES, "buffered_lines_are_counted_where_they_belong")]),
    (24, "stamps of a cached clock", &[Issue(4, "a blocked worker writes old stamps")]),
    (25, "leap seconds, 1970, 2038, units of an epoch", &[Test(TIMES, "times_at_the_edge"), Test(ENVTIMES, "boot_and_epoch"), Test(ACCESSTIMES, "what_is_no_time"), Issue(4, "the window of the report, and years of year-less logs, with a clock in 1970")]),
    (26, "clocks of two hosts apart", &[Test(SEEN, "a_cause_may_be_stamped_after_its_effect"), Test(CLOCKS, "two_clocks_apart_and_a_third_that_decides"), Test(CLOCKS, "two_clocks_apart_and_nothing_that_decides")]),
    (27, "a clock stepped in the middle", &[Sample("clock", "System clock was stepped by"), Sample("systemd", "Time has been changed"), Issue(4, "times before and after a step are not compared")]),
    (28, "lines without a time among lines with one", &[Test(TIMES, "a_line_without_a_time_stands_between_its_neighbours"), Sample("uwsgi", "DAMN ! worker 1 (pid: 20859)")]),
    (29, "the type of a traceback is on its last line", &[Test(TIMES, "the_last_line_of_a_traceback_says_what_it_was")]),
    (30, "one kill in many logs", &[Test(ONCE, "one_kill_in_nine_logs_is_one"), Test(VARIANTS, "a_copy_of_a_file_changes_no_verdict_and_no_kill")]),
    (31, "systemd tells every ancestor of a unit", &[Test(ONCE, "every_ancestor_of_a_unit_is_told_about_one_kill"), Sample("systemd", "user-1021.slice: A process of this unit")]),
    (32, "the first victim of a group is told twice", &[Test(KERNEL, "a_group_is_killed_and_its_first_victim_counts_once")]),
    (33, "announced is not killed", &[Test(ONCE, "announcements_alone_are_a_kill"), Test(KERNEL, "an_announcement_and_its_kill_are_one"), Test(VERSIONS, "v2_6_32_announces_in_a_loop")]),
    (34, "lines of a report that are no kills", &[Test(KERNEL, "words_about_kills_are_none"), Test(KERNEL, "reports_without_a_victim")]),
    (35, "repeated and suppressed lines", &[Test(SYSLOG, "traditional"), Sample("log-loss", "Suppressed 1234 messages"), Test(FAULTS, "limits_boots_and_losses"), Issue(6, "\"at least\" where lines were lost")]),
    (36, "one exit told twice", &[Test(ONCE, "an_exit_that_is_told_twice_is_one"), Test(KERNEL, "a_log_with_every_line_twice_has_one_kill")]),
    (37, "a counted event, in several dumps", &[Test(ONCE, "an_event_in_two_dumps_is_one"), Test(KUBERNETES, "the_kernels_word_is_believed_from_its_monitor_alone")]),
    (38, "one request in the logs of two proxies", &[Test(ONCE, "two_proxies_see_one_failure")]),
    (39, "pids of two namespaces; cgroups in every spelling", &[Test(IDENTITY, "a_container_is_known_by_its_cgroup"), Test(NAMES, "cgroups_name_their_owner"), Corpus("oom-other-pid-namespace")]),
    (40, "a pid that comes round", &[Test(IDENTITY, "a_pid_comes_round")]),
    (41, "task names of 15 bytes", &[Test(IDENTITY, "names_are_text_in_every_output"), Corpus("oom-of-redis-two-hops")]),
    (42, "task names with brackets and blanks", &[Test(KERNEL, "names_hold_any_byte"), Test(VERSIONS, "v4_15_to_4_20"), Test(VERSIONS, "v6_8_to_7_0")]),
    (43, "forged task names", &[Test(IDENTITY, "names_are_text_in_every_output"), Test(KERNEL, "names_hold_any_byte"), Test(MARKDOWN, "attacks_change_no_structure")]),
    (44, "a thread's name for a process", &[Test(VERSIONS, "v5_4_to_6_7_cgroup_v2"), Test(KERNEL, "start_lines_of_all_versions")]),
    (45, "who asked for memory is not who died", &[Test(IDENTITY, "invoker_victim_and_largest_are_three")]),
    (46, "who died is not who held most", &[Test(IDENTITY, "invoker_victim_and_largest_are_three"), Test(VERSIONS, "v3_8_to_4_0")]),
    (47, "the task table counts pages", &[Test(KERNEL, "table_columns_are_found_by_name"), Test(VERSIONS, "rhel_6_memory_cgroup"), Test(VERSIONS, "pages_of_64_kib")]),
    (48, "limits that are none", &[Test(KERNEL, "limits_that_are_none")]),
    (49, "\"Perhaps out of memory?\" after a timeout", &[Test(SEEN, "perhaps_out_of_memory_after_a_timeout"), Corpus("timeout-says-perhaps-oom")]),
    (50, "harakiri ends in SIGKILL", &[Test(OOM, "harakiri_is_a_timeout")]),
    (51, "137 of a stop", &[Test(OOM, "exit_code_137_of_a_stop_is_no_oom"), Corpus("docker-kill-by-operator")]),
    (52, "OOMKilled is false after a restart", &[Test(OOM, "a_flag_that_was_reset_is_no_denial")]),
    (53, "OOMKilled is true and nobody died", &[Test(OOM, "a_flag_alone_is_no_kill")]),
    (54, "memory limits that are not the kernel's", &[Test(OOM, "other_memories_that_run_out_are_no_oom_kills"), Corpus("node-heap-limit"), Sample("dotnet-crash", "System.OutOfMemoryException")]),
    (55, "killers in user space", &[Test(OOM, "killers_in_user_space_are_named"), Sample("nohang", "SIGKILL")]),
    (56, "kills by hand", &[Test(OOM, "sysrq_is_told_apart"), Test(VERSIONS, "sysrq_of_every_generation"), Corpus("sigkill-by-hand-silent-kernel")]),
    (57, "nginx ends its own workers", &[Test(OOM, "nginx_ends_its_own_workers")]),
    (58, "words about kills", &[Test(OOM, "words_about_kills_are_no_kills"), Test(KERNEL, "words_about_kills_are_none"), Test(WRAPS, "an_inner_level_is_never_the_kernel"), Test(WRAPS, "a_forged_line_does_not_make_a_wrapper"), Test(UNRELATED, "nothing_is_concluded_from_unrelated_texts"), Test(UNRELATED, "unrelated_texts_change_no_verdict")]),
    (59, "short memory without a kill", &[Test(OOM, "short_memory_without_a_kill"), Test(FAULTS, "stalls_and_short_memory")]),
    (60, "servers that say nothing of a kill", &[Test(SEEN, "a_server_that_says_nothing_of_a_kill")]),
    (61, "retries that hide failures", &[Test(HTTP, "tries_are_not_answers"), Test(ACCESS, "tries_of_a_request"), Corpus("oom-hidden-by-retry")]),
    (62, "a 502 of the app's own", &[Test(HTTP, "an_answer_of_the_apps_own_is_not_the_proxys")]),
    (63, "a body cut while it was sent", &[Test(HTTP, "a_cut_body_is_no_failed_answer"), Sample("nginx-error", "while reading upstream,"), Issue(4, "cut bodies as impact")]),
    (64, "clients that give up before the proxy does", &[Test(FORMATS, "garbage_requests_keep_their_status"), Issue(4, "499 near a round timeout as impact")]),
    (65, "no live upstreams", &[Test(SEEN, "no_live_upstreams_is_an_after_shock")]),
    (66, "a second wave while the app starts", &[Test(OOM, "a_flag_that_was_reset_is_no_denial"), Sample("uwsgi", "WSGI app 0"), Issue(4, "both waves are one incident")]),
    (67, "slow answers before the kill", &[Corpus("oom-slow-leak-rotated"), Issue(4, "the slow phase as the start")]),
    (68, "a full backlog of a unix socket", &[Corpus("backlog-full-unix-socket")]),
    (69, "errno in other words", &[Test(HTTP, "errno_counts_not_its_words")]),
    (70, "deploys and health checks", &[Corpus("deploy-restart"), Test(ROUTE, "probes_by_path_agent_and_haproxy")]),
    (71, "garbage requests", &[Test(HTTP, "garbage_requests_are_no_outage"), Test(FORMATS, "garbage_requests_keep_their_status")]),
    (72, "cut and forged error lines", &[Test(HTTP, "cut_and_forged_error_lines")]),
    (73, "a record of several lines", &[Test(HTTP, "a_record_of_several_lines"), Sample("nginx-error", "PHP message: PHP Fatal error:  Allowed")]),
    (74, "a WebSocket's only line", &[Test(HTTP, "a_websocket_is_not_slow")]),
    (75, "no traffic where traffic was expected", &[Test(SEEN, "a_hole_in_the_traffic_is_listed")]),
    (76, "a kill near by", &[Test(SEEN, "a_kill_near_by_is_not_the_cause"), Corpus("decoy-batch-oom-before-504"), Corpus("decoy-batch-oom-after-timeouts")]),
    (77, "a killed store, and the app that fails for it", &[Corpus("oom-of-redis-two-hops")]),
    (78, "a neighbour's growth kills another", &[Test(IDENTITY, "invoker_victim_and_largest_are_three"), Issue(4, "victim and hog named apart, advice to the hog")]),
    (79, "a loop of kills", &[Test(ONCE, "a_loop_of_kills_is_one_incident"), Corpus("oom-gunicorn-workers")]),
    (80, "two incidents in one bundle", &[Test(SEEN, "two_incidents_stay_two"), Corpus("two-boots")]),
    (81, "what a log does not cover", &[Test(SEEN, "what_a_log_does_not_cover_is_not_denied"), Test(VARIANTS, "without_a_kernel_log_no_oom_kill_is_confirmed")]),
    (82, "a panic instead of a kill", &[Test(OOM, "a_panic_on_oom_has_no_victim"), Test(KERNEL, "reports_without_a_victim")]),
    (83, "several hosts in one bundle", &[Test(IDENTITY, "hosts_are_kept_apart"), Test(KERNEL, "hosts_in_one_file_do_not_mix")]),
    (84, "hostile text, and secrets", &[Test(MARKDOWN, "attacks_change_no_structure"), Test(ESCAPE, "terminals_get_nothing_to_obey"), Test(INPUTS, "escape_sequences_of_a_bundle_reach_no_terminal"), Test(VARIANTS, "threads_change_no_byte"), Issue(6, "secrets are masked")]),
    (85, "failures before the line about their cause", &[Test(SEEN, "a_cause_may_be_stamped_after_its_effect"), Corpus("oom-gunicorn-workers")]),
    (86, "a cause that is logged long after", &[Corpus("oom-of-redis-two-hops"), Corpus("oom-slow-leak-rotated")]),
    (87, "`dmesg -T` a second early, or 47 s late", &[Test(TIMES, "dmesg_with_dates_gives_way_to_the_journal")]),
    (88, "a journal that reads the kernel late", &[Test(TIMES, "a_late_journal_is_corrected_by_the_kernels_stamp")]),
    (89, "a heap limit that ends as a segfault", &[Test(OOM, "a_heap_limit_may_look_like_a_segfault")]),
    (90, "a container that does not know of its killed worker", &[Test(OOM, "a_flag_that_was_reset_is_no_denial"), Corpus("oom-other-pid-namespace")]),
    (91, "gunicorn's own ends of workers", &[Test(SEEN, "perhaps_out_of_memory_after_a_timeout"), Sample("gunicorn", "Parent changed")]),
    (92, "a fault names a thread", &[Test(OOM, "a_fault_names_a_thread")]),
    (93, "dead Node processes reset and refuse", &[Corpus("node-heap-limit")]),
    (94, "a failure before any upstream", &[Test(HTTP, "a_failure_before_any_upstream")]),
    (95, "kills that nobody felt", &[Test(HTTP, "a_kill_that_nobody_felt"), Corpus("oom-hidden-by-retry")]),
    (96, "stamps in the middle of a line", &[Test(SEEN, "stamps_in_the_middle_of_a_line"), Test(ENVELOPES, "docker_stamped")]),
    (97, "docker's journald driver", &[Test(SEEN, "dockers_journald_driver"), Test(ENVELOPES, "journal_export")]),
    (98, "docker's events with offsets and colons", &[Sample("docker-events", "health_status: unhealthy"), Sample("docker-events", "exec_create: /bin/sh -c"), Sample("docker-events", "+07:00 container start")]),
    (99, "logs of a full disk", &[Test(FILES, "logs_of_a_full_disk")]),
    (100, "a clock step splits an outage; two boots look alike", &[Corpus("two-boots"), Issue(4, "a step in the middle of an outage")]),
    (101, "words that are not OOM", &[Test(KERNEL, "words_about_kills_are_none"), Sample("systemd", "systemd-oomd.socket"), Sample("nginx-error", "epoll_wait() reported that client"), Test(UNRELATED, "nothing_is_concluded_from_unrelated_texts")]),
    (102, "zone-less logs on the next calendar day", &[Test(SEEN, "zoneless_logs_of_another_day")]),
    (103, "the number of failures says nothing about the cause", &[Test(ONCE, "a_loop_of_kills_is_one_incident"), Corpus("node-heap-limit")]),
    (104, "kswapd0 invoked the killer", &[Test(IDENTITY, "invoker_victim_and_largest_are_three"), Test(KERNEL, "a_report_of_6_1_of_the_whole_host")]),
];
