//! What is fuzzed: one function a target, from any bytes to `()`, that panics where coroner breaks its word. The targets of
//! libFuzzer (`fuzz_targets/`) call them with bytes that it makes up; `tests/fuzz.rs` of coroner includes this folder by its path and
//! calls them with the committed corpora, on the stable compiler. So there is one form of each.
//!
//! A target asks for more than that nothing panics: the same bytes give the same result however they are cut into blocks, the quick
//! way of a parser gives what the plain one gives, what was written is read again, and a report keeps to its schema and its markup.

mod access;
mod archive;
mod clock;
mod files;
mod inert;
mod lines;
mod markup;
mod whole;

/// A target: its name, which is that of its corpus, and what it does with the bytes.
pub type Target = (&'static str, fn(&[u8]));

macro_rules! targets {
    ($($name:ident = $run:path,)*) => {
        $(
            #[doc = concat!("The target `", stringify!($name), "`. Panics where coroner breaks its word.")]
            pub fn $name(data: &[u8]) {
                $run(data);
            }
        )*

        /// All targets.
        pub const TARGETS: &[Target] = &[$((stringify!($name), $name),)*];
    };
}

targets! {
    access_format = access::format,
    access_line = access::line,
    nginx_conf = access::nginx_conf,
    archive_bzip2 = archive::any,
    archive_gzip = archive::any,
    archive_tar = archive::tar,
    archive_xz = archive::xz,
    archive_zip = archive::any,
    archive_zstd = archive::any,
    capsule = files::capsule,
    clock = clock::align,
    docker_events = lines::docker_events,
    docker_inspect = files::snapshot,
    envelope_compose = lines::compose,
    envelope_dmesg = lines::dmesg,
    envelope_docker_json = lines::docker_json,
    envelope_docker_stamped = lines::docker_stamped,
    envelope_journal_export = lines::journal_export,
    envelope_journal_full = lines::journal_full,
    envelope_journal_json = lines::journal_json,
    envelope_journal_verbose = lines::journal_verbose,
    envelope_klog = lines::klog,
    envelope_plain = lines::plain,
    envelope_syslog = lines::syslog,
    envelope_syslog_iso = lines::syslog_iso,
    escape = inert::escape,
    grammar_file = files::grammar,
    grammar_line = lines::grammar,
    inflate = archive::deflate,
    kernel = lines::kernel,
    nginx_error = lines::nginx_error,
    report = whole::report,
    report_file = files::report,
    snapshot = files::snapshot,
    stamps = lines::stamps,
}
