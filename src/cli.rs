//! The command line: clap structs, and their translation into the library's options. Only this file uses clap.

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

use coroner::Options;
use coroner::bundle::Limits;
use coroner::clock::GivenZone;
use coroner::diagnose::Focus;
use coroner::error::Error;
use coroner::report::{Format, markdown, redact};
use coroner::wording::Language;

use crate::progress::Bar;

/// Offline incident log analyzer: names the cause of a burst of 502/504 and proves it.
#[derive(Debug, Parser)]
#[command(name = "coroner", version, about, propagate_version = true, max_term_width = 100)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say what broke, since when, why, how sure it is, and show the log lines.
    Report(ReportArgs),
    /// Say what each member of a bundle was taken for, and the first lines that were not understood.
    Inspect(InspectArgs),
    /// Pack the lines that prove the verdicts, redacted, with the report: at most 200 kB, to be attached to a ticket.
    Capsule(CapsuleArgs),
    /// Set two incidents against each other: the same cause? what changed? did the fix hold?
    Diff(DiffArgs),
    /// List the log formats that are understood.
    Formats,
    /// Print the JSON Schema of `report --format json`.
    Schema,
    /// Work on grammar files.
    #[command(subcommand)]
    Grammar(GrammarCommand),
}

#[derive(Debug, Subcommand)]
pub(crate) enum GrammarCommand {
    /// Check grammar files against their own samples and those of all other formats.
    Check {
        /// Grammar files (.toml).
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Write a first grammar for a log, to be completed: the shape of its lines, and samples.
    New {
        /// Some lines of the log.
        #[arg(long, value_name = "SAMPLE.log")]
        from: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct InputArgs {
    /// .tar (plain, gz, xz, zst, bz2), .zip, folder, log file (plain or packed), or - for stdin.
    #[arg(required = true, value_name = "BUNDLE")]
    bundles: Vec<PathBuf>,
    /// Format of the access logs, as nginx's log_format writes it.
    #[arg(long, value_name = "STRING")]
    log_format: Option<String>,
    /// Folder with grammar files of your own; they go before the built-in ones.
    #[arg(long, value_name = "DIR")]
    grammars: Option<PathBuf>,
    /// Zone of a file that does not write its own, by the end of its path; may be given several times.
    #[arg(long, value_name = "FILE=ZONE")]
    tz: Vec<String>,
    /// Threads to read with; the report is the same.
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<usize>,
    /// Say on standard error how much was read, how long each stage took, and the most memory that was held.
    #[arg(long)]
    pub(crate) stats: bool,
    #[command(flatten)]
    limits: LimitArgs,
    /// Say nothing but errors.
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// How much one input may cost. What a limit cuts off is named in the report, and the exit code is 1.
#[derive(Debug, Args)]
#[command(next_help_heading = "Limits")]
struct LimitArgs {
    /// Bytes to unpack of one input, with K, M, G or T for powers of 1024.
    #[arg(long, value_name = "SIZE", default_value = "256G", value_parser = size)]
    max_unpacked: u64,
    /// Bytes to unpack of one member.
    #[arg(long, value_name = "SIZE", default_value = "64G", value_parser = size)]
    max_member: u64,
    /// Members of an archive to read.
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    max_members: u64,
    /// Logs of all inputs together to keep; those that tell least go first.
    #[arg(long, value_name = "N", default_value_t = 6000)]
    max_logs: usize,
    /// Archives and packings inside of each other.
    #[arg(long, value_name = "N", default_value_t = 6, value_parser = clap::value_parser!(u32).range(1..=8))]
    max_nesting: u32,
    /// Unpacked to packed bytes, over all layers, from 1 GiB on.
    #[arg(long, value_name = "N", default_value_t = 1100)]
    max_ratio: u64,
    /// Seconds that reading may take.
    #[arg(long, value_name = "N", default_value_t = 3600)]
    max_seconds: u64,
}

/// A number of bytes, with a letter for a power of 1024.
fn size(text: &str) -> Result<u64, String> {
    let letters = text.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let digits = text.strip_suffix(letters).unwrap_or_default();
    let shift = match letters {
        "" => 0,
        "K" | "k" => 10,
        "M" | "m" => 20,
        "G" | "g" => 30,
        "T" | "t" => 40,
        _ => return Err("write a number of bytes, such as 500M or 64G".to_owned()),
    };
    let number = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(1 << shift));
    number.ok_or_else(|| "write a number of bytes, such as 500M or 64G".to_owned())
}

#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// Output form; by default text on a terminal and Markdown when piped, or what the ending of -o says.
    #[arg(long, value_parser = parse_format)]
    format: Option<Format>,
    /// Write to a file, whole or not at all, or to standard output (-); into a folder go report.md and its picture, timeline.svg.
    #[arg(short, long, value_name = "FILE|FOLDER")]
    output: Option<PathBuf>,
    /// Only incidents that end at or after this moment: "2026-11-20 22:00:00", RFC 3339, @epoch; UTC unless it says otherwise.
    #[arg(long, value_name = "T")]
    since: Option<String>,
    /// Only incidents that begin at or before this moment.
    #[arg(long, value_name = "T")]
    until: Option<String>,
    /// Only the incident at or next to this moment.
    #[arg(long, value_name = "T")]
    at: Option<String>,
    /// Wiki that the Markdown is for; gfm reads well in all of them.
    #[arg(long, value_enum, default_value_t = Flavor::Gfm)]
    flavor: Flavor,
    /// Order of the Markdown: plain, or as the usual post-mortem.
    #[arg(long, value_enum, default_value_t = Template::Plain)]
    template: Template,
    #[command(flatten)]
    pub(crate) lang: LangArgs,
    /// Leave whole sections of the Markdown out from its end to stay below so many bytes.
    #[arg(long, value_name = "N")]
    max_bytes: Option<usize>,
    #[command(flatten)]
    pub(crate) redact: RedactArgs,
    /// Show so many lines before and after each cited one (html and json); 3 for html, where they fold open, else 0.
    #[arg(long, value_name = "N")]
    context: Option<u64>,
    /// When to colour the text form.
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub(crate) color: Color,
    /// Exit with 10 when there is an incident.
    #[arg(long, value_enum)]
    pub(crate) fail_on: Option<FailOn>,
}

#[derive(Debug, Args)]
pub(crate) struct CapsuleArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// The capsule, a .tar.gz; or standard output (-).
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    #[command(flatten)]
    pub(crate) redact: RedactArgs,
}

#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// Bundle, capsule or JSON report from before, or - for stdin.
    #[arg(value_name = "BEFORE")]
    pub(crate) before: PathBuf,
    /// Bundle, capsule or JSON report from after, or - for stdin.
    #[arg(value_name = "AFTER")]
    pub(crate) after: PathBuf,
    /// Output form; by default text on a terminal and Markdown when piped.
    #[arg(long, value_enum)]
    pub(crate) format: Option<DiffForm>,
    #[command(flatten)]
    pub(crate) lang: LangArgs,
    #[command(flatten)]
    pub(crate) redact: RedactArgs,
    /// Say nothing but errors.
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct LangArgs {
    /// Language of what people read; log lines stay as they are, and what programs read is English.
    #[arg(long, default_value = "en", value_parser = language())]
    pub(crate) lang: Language,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DiffForm {
    Text,
    Markdown,
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    #[command(flatten)]
    pub(crate) lang: LangArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Flavor {
    Gfm,
    Github,
    Gitlab,
    Confluence,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Template {
    Plain,
    Sre,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Redact {
    Secrets,
    Ids,
    Off,
}

#[derive(Debug, Args)]
pub(crate) struct RedactArgs {
    /// What to mask: secrets (tokens, passwords, cookies, keys, mail addresses); ids, which are these and pseudonyms for addresses,
    /// hosts and users; or nothing, which the output then says.
    #[arg(long, value_enum, default_value_t = Redact::Secrets)]
    redact: Redact,
    /// File with the key of --redact ids, at least 16 bytes: the same key gives the same pseudonyms.
    #[arg(long, value_name = "FILE")]
    redact_key: Option<PathBuf>,
}

impl CapsuleArgs {
    /// Where to, unless that is standard output.
    pub(crate) fn target(&self) -> Option<&Path> {
        Some(self.output.as_path()).filter(|path| path.as_os_str() != "-")
    }
}

/// Shortest key, and how much of a key file is read.
const KEY_BYTES: (usize, u64) = (16, 4096);

impl RedactArgs {
    pub(crate) fn level(&self) -> Result<redact::Level, Error> {
        match (self.redact, &self.redact_key) {
            (Redact::Ids, Some(path)) => {
                let mut key = Vec::new();
                std::fs::File::open(path)
                    .and_then(|file| file.take(KEY_BYTES.1).read_to_end(&mut key))
                    .map_err(|reason| Error::Open { path: path.clone(), reason })?;
                if key.len() < KEY_BYTES.0 {
                    return Err(Error::Usage(format!(
                        "{}: a key of less than {} bytes can be guessed; make one by head -c 32 /dev/urandom > FILE",
                        path.display(),
                        KEY_BYTES.0
                    )));
                }
                Ok(redact::Level::Ids(redact::Key::of(&key)))
            }
            (Redact::Ids, None) => Err(Error::Usage(
                "--redact ids needs --redact-key FILE; make one by head -c 32 /dev/urandom > FILE"
                    .to_owned(),
            )),
            (_, Some(_)) => Err(Error::Usage("--redact-key is for --redact ids".to_owned())),
            (Redact::Secrets, None) => Ok(redact::Level::Secrets),
            (Redact::Off, None) => Ok(redact::Level::Off),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    Incident,
}

/// One of the languages that there are.
fn language() -> impl TypedValueParser<Value = Language> {
    PossibleValuesParser::new(Language::all().map(Language::tag))
        .map(|tag| Language::named(&tag).unwrap_or_default())
}

fn parse_format(name: &str) -> Result<Format, String> {
    Format::named(name).ok_or_else(|| {
        let names: Vec<&str> = Format::ALL.iter().map(|(_, name, _)| *name).collect();
        format!("unknown form; one of {}", names.join(", "))
    })
}

impl ReportArgs {
    /// Whether the output is a folder: one that is there, or a name that ends as one. A folder named as a form is a mistake.
    pub(crate) fn is_folder(&self) -> bool {
        self.target().is_some_and(|path| {
            let named =
                path.extension().and_then(|ending| ending.to_str()).and_then(Format::of_ending);
            let ends = path.as_os_str().to_string_lossy().ends_with(std::path::MAIN_SEPARATOR);
            self.format.is_none() && (ends || (path.is_dir() && named.is_none()))
        })
    }

    /// How the Markdown form looks.
    pub(crate) fn markdown(&self) -> markdown::Style {
        let flavor = match self.flavor {
            Flavor::Gfm => markdown::Flavor::Gfm,
            Flavor::Github => markdown::Flavor::Github,
            Flavor::Gitlab => markdown::Flavor::Gitlab,
            Flavor::Confluence => markdown::Flavor::Confluence,
        };
        let template = match self.template {
            Template::Plain => markdown::Template::Plain,
            Template::Sre => markdown::Template::Sre,
        };
        markdown::Style { flavor, template, max_bytes: self.max_bytes, picture: None }
    }

    /// Where to, unless that is standard output.
    pub(crate) fn target(&self) -> Option<&Path> {
        self.output.as_deref().filter(|path| path.as_os_str() != "-")
    }

    /// The form to write: asked for, or by the file's ending, or by where it goes.
    pub(crate) fn form(&self, to_terminal: bool) -> Result<Format, Error> {
        if let Some(format) = self.format {
            return Ok(format);
        }
        match self.target() {
            Some(_) if self.is_folder() => Ok(Format::Markdown),
            Some(file) => {
                let ending =
                    file.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
                Format::of_ending(ending).ok_or_else(|| {
                    Error::Usage(format!("cannot tell the form of {} by its ending; give --format or end it in .csv, .html, .json, .jsonl, .md, .svg or .txt", file.display()))
                })
            }
            None if to_terminal => Ok(Format::Text),
            None => Ok(Format::Markdown),
        }
    }

    pub(crate) fn options(&self, format: Format) -> Result<Options, Error> {
        let shown = if format == Format::Html { 3 } else { 0 };
        let focus = Focus {
            since: self.since.as_deref().map(moment).transpose()?,
            until: self.until.as_deref().map(moment).transpose()?,
            at: self.at.as_deref().map(moment).transpose()?,
        };
        Ok(Options { focus, context: self.context.unwrap_or(shown), ..self.input.options()? })
    }
}

impl InputArgs {
    pub(crate) fn options(&self) -> Result<Options, Error> {
        let grammars = self.grammars.as_deref().map(grammar_files).transpose()?.unwrap_or_default();
        let zones = self.tz.iter().map(|given| zone(given)).collect::<Result<_, _>>()?;
        Ok(Options {
            bundles: self.bundles.clone(),
            grammars,
            log_format: self.log_format.clone(),
            zones,
            limits: self.limits.limits(),
            serial: self.threads == Some(1),
            ..Options::default()
        })
    }

    /// What shows how far the reading is, and ends it.
    pub(crate) fn bar(&self) -> Bar {
        Bar::new(self.quiet).ending_in(self.limits.max_seconds)
    }

    /// What is read: a report must not be written over it.
    pub(crate) fn bundles(&self) -> &[PathBuf] {
        &self.bundles
    }
}

impl LimitArgs {
    fn limits(&self) -> Limits {
        Limits {
            member_bytes: self.max_member,
            total_bytes: self.max_unpacked,
            members: self.max_members,
            logs: self.max_logs,
            nesting: self.max_nesting,
            ratio: self.max_ratio,
            ..Limits::default()
        }
    }
}

fn zone(given: &str) -> Result<GivenZone, Error> {
    let Some((file, zone)) = given.rsplit_once('=') else {
        return Err(Error::Usage(format!(
            "--tz {given}: expected FILE=ZONE, for instance --tz nginx/error.log=Europe/Moscow"
        )));
    };
    if coroner::clock::offset_of(zone, 0).is_none() {
        return Err(Error::Usage(format!(
            "--tz {given}: unknown zone \"{zone}\"; give an IANA name such as Europe/Moscow, or +03:00"
        )));
    }
    Ok(GivenZone { file: file.to_owned(), zone: zone.to_owned() })
}

/// A moment of the command line in microseconds since 1970.
fn moment(text: &str) -> Result<i64, Error> {
    use coroner::envelope::times;
    let bytes = text.trim().as_bytes();
    let stamp = match bytes.strip_prefix(b"@") {
        Some(epoch) => times::epoch(epoch),
        None => times::rfc3339_zoned(bytes),
    };
    let day = || times::rfc3339(format!("{} 00:00:00", text.trim()).as_bytes());
    stamp.or_else(day).map(|(stamp, _)| stamp.at).ok_or_else(|| {
        Error::Usage(format!("cannot read the moment \"{text}\"; write 2026-11-20 22:00:00, 2026-11-20T22:00:00+03:00, 2026-11-20 or @1795212000"))
    })
}

/// The `.toml` files of a folder, by name.
fn grammar_files(folder: &Path) -> Result<Vec<(String, String)>, Error> {
    let open = |reason| Error::Open { path: folder.to_owned(), reason };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(open)? {
        let path = entry.map_err(open)?.path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            files.push(path);
        }
        if files.len() > GRAMMARS_MAX {
            return Err(Error::Usage(format!(
                "{}: more than {GRAMMARS_MAX} grammar files",
                folder.display()
            )));
        }
    }
    files.sort();
    files.iter().map(|path| grammar_file(path)).collect()
}

/// Grammar files of a folder.
const GRAMMARS_MAX: usize = 200;
/// Longest grammar file that is read; the library refuses shorter ones with a better word.
const GRAMMAR_MAX_BYTES: u64 = 1 << 20;

/// One grammar file: its name and text.
pub(crate) fn grammar_file(path: &Path) -> Result<(String, String), Error> {
    let open = |reason| Error::Open { path: path.to_owned(), reason };
    let mut text = String::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(GRAMMAR_MAX_BYTES).read_to_string(&mut text))
        .map_err(open)?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok((name, text))
}
