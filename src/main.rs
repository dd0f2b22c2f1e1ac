//! The program: arguments in, report out, exit code. Everything else is the library's.

#![forbid(unsafe_code)]

mod cli;
mod output;
mod progress;
mod spool;
mod stats;

use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use coroner::error::Error;
use coroner::report::{self, Format, Settings, markdown, text};
use coroner::{Analysis, analyze};

use cli::{
    CapsuleArgs, Cli, Color, Command, DiffArgs, DiffForm, FailOn, GrammarCommand, InputArgs,
    InspectArgs, ReportArgs,
};
use output::{apart_from, write_error, write_file, write_stdout};
use progress::Bar;
use spool::Spool;

/// Exit codes of the contract.
const LOST_BYTES: u8 = 1;
const NO_REPORT: u8 = 2;
const INCIDENT: u8 = 10;

/// What is written into a folder.
const PAGE: &str = "report.md";
const PICTURE: &str = "timeline.svg";

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Report(args) => report(&args),
        Command::Inspect(args) => inspect(&args),
        Command::Capsule(args) => capsule(&args),
        Command::Diff(args) => diff(&args),
        Command::Formats => formats(),
        Command::Schema => schema(),
        Command::Grammar(GrammarCommand::Check { files }) => check(&files),
        Command::Grammar(GrammarCommand::New { from }) => draft(&from),
    };
    match done {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            // A closed stderr leaves nobody to tell.
            let _ = writeln!(io::stderr(), "coroner: {}", lines(&error.to_string()));
            ExitCode::from(NO_REPORT)
        }
    }
}

fn run(input: &InputArgs, options: &coroner::Options) -> Result<Analysis, Error> {
    if let Some(threads) = input.threads {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads.max(1))
            .build_global()
            .map_err(|error| Error::Usage(format!("--threads {threads}: {error}")))?;
    }
    let bar = input.bar();
    let analysis = analyze(options, &bar);
    bar.finish();
    if let (true, Ok(analysis)) = (input.stats, &analysis) {
        // A closed stderr leaves nobody to tell.
        let _ = writeln!(io::stderr(), "{}", bar.stages.lines(&analysis.amount));
    }
    analysis
}

fn report(args: &ReportArgs) -> Result<u8, Error> {
    let to_terminal = args.target().is_none() && io::stdout().is_terminal();
    let format = args.form(to_terminal)?;
    apart_from(args.target(), args.input.bundles())?;
    let mut options = args.options(format)?;
    let again = options.context > 0;
    let _kept = kept(&mut options, again)?;
    let analysis = run(&args.input, &options)?;
    let text = text::Style { color: colored(args.color, to_terminal), ..text::Style::default() };
    let settings = Settings {
        text,
        markdown: args.markdown(),
        language: args.lang.lang,
        redact: args.redact.level()?,
    };
    let written = |format, settings| {
        let mut bytes = Vec::new();
        report::write(&analysis.report, format, settings, &mut bytes)
            .map_err(|reason| write_error("the report", reason))?;
        Ok::<_, Error>(bytes)
    };
    match args.target() {
        Some(folder) if args.is_folder() => {
            let markdown = markdown::Style { picture: Some(PICTURE), ..settings.markdown };
            write_file(&folder.join(PICTURE), &written(Format::Svg, settings)?)?;
            write_file(
                &folder.join(PAGE),
                &written(Format::Markdown, Settings { markdown, ..settings })?,
            )?;
        }
        Some(file) => write_file(file, &written(format, settings)?)?,
        None => write_stdout(&written(format, settings)?)?,
    }
    Ok(if args.fail_on == Some(FailOn::Incident) && !analysis.report.incidents.is_empty() {
        INCIDENT
    } else if analysis.lost_bytes {
        LOST_BYTES
    } else {
        0
    })
}

/// Keeps standard input where it was given and is to be read again; what is given back must outlive the reading.
fn kept(options: &mut coroner::Options, again: bool) -> Result<Option<Spool>, Error> {
    if !again || !options.bundles.iter().any(|path| path.as_os_str() == "-") {
        return Ok(None);
    }
    let spool = Spool::stdin(options.limits.total_bytes)?;
    options.kept_stdin = Some(spool.path().to_owned());
    Ok(Some(spool))
}

/// NO_COLOR and TERM=dumb turn colour off (no-color.org), a terminal turns it on.
fn colored(asked: Color, to_terminal: bool) -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    match asked {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => to_terminal && !set("NO_COLOR") && !dumb,
    }
}

fn inspect(args: &InspectArgs) -> Result<u8, Error> {
    let analysis = run(&args.input, &args.input.options()?)?;
    let told = report::spoken::told(&analysis.report, args.lang.lang);
    let mut bytes = Vec::new();
    report::inspect::write(&told, &mut bytes).map_err(|reason| write_error("the table", reason))?;
    write_stdout(&bytes)?;
    Ok(if analysis.lost_bytes { LOST_BYTES } else { 0 })
}

fn capsule(args: &CapsuleArgs) -> Result<u8, Error> {
    let settings = Settings { redact: args.redact.level()?, ..Settings::default() };
    let mut options = args.input.options()?;
    apart_from(args.target(), args.input.bundles())?;
    let _kept = kept(&mut options, true)?;
    let bar = args.input.bar();
    let packed = coroner::capsule(&options, settings, &bar);
    bar.finish();
    let (analysis, packed) = packed?;
    match args.target() {
        Some(file) => write_file(file, &packed.bytes)?,
        None => write_stdout(&packed.bytes)?,
    }
    // What is passed on must say the same as what it was made from; what went down a pipe is read from where it is kept.
    let file = args.target().filter(|file| file.is_file());
    let written = match file {
        Some(_) => None,
        None => Some(
            Spool::keep(&mut packed.bytes.as_slice())
                .map_err(|reason| write_error("a temporary file", reason))?,
        ),
    };
    let again = coroner::Options {
        bundles: vec![file.map_or_else(|| "-".into(), Path::to_owned)],
        kept_stdin: written.as_ref().map(|written| written.path().to_owned()),
        grammars: options.grammars,
        zones: options.zones,
        focus: options.focus,
        ..coroner::Options::default()
    };
    let read = analyze(&again, &coroner::bundle::Silent)?;
    let differences = coroner::pack::differences(&analysis.report, &read.report);
    let mut told = io::stderr();
    for difference in &differences {
        // A closed stderr leaves nobody to tell.
        let _ = writeln!(told, "coroner: the capsule is weaker: {}", lines(difference));
    }
    if !args.input.quiet {
        let _ = writeln!(
            told,
            "{}: {} bytes, {} lines of logs, {} incidents{}",
            lines(&args.output.display().to_string()),
            packed.bytes.len(),
            packed.lines,
            analysis.report.incidents.len(),
            if packed.left_out > 0 {
                format!(", {} events left out", packed.left_out)
            } else {
                String::new()
            }
        );
    }
    Ok(if analysis.lost_bytes { LOST_BYTES } else { 0 })
}

fn diff(args: &DiffArgs) -> Result<u8, Error> {
    if args.before.as_os_str() == "-" && args.after.as_os_str() == "-" {
        return Err(Error::Usage("- (standard input) can be given only once".to_owned()));
    }
    let (before, lost_before) = one_side(&args.before, args)?;
    let (after, lost_after) = one_side(&args.after, args)?;
    let form = match args.format {
        Some(DiffForm::Text) => coroner::diff::Form::Text,
        Some(DiffForm::Markdown) => coroner::diff::Form::Markdown,
        Some(DiffForm::Json) => coroner::diff::Form::Json,
        None if io::stdout().is_terminal() => coroner::diff::Form::Text,
        None => coroner::diff::Form::Markdown,
    };
    let mut bytes = Vec::new();
    let compared = coroner::diff::compare(&before, &after).told(args.lang.lang);
    coroner::diff::write(&compared, form, &mut bytes)
        .map_err(|reason| write_error("the comparison", reason))?;
    write_stdout(&bytes)?;
    Ok(if lost_before || lost_after { LOST_BYTES } else { 0 })
}

/// A report that is there, or that of a bundle; and whether bytes were lost on the way.
fn one_side(path: &Path, args: &DiffArgs) -> Result<(report::model::Report, bool), Error> {
    use coroner::diff::{REPORT_MAX_BYTES, is_report, read_report};
    let mut options =
        coroner::Options { bundles: vec![path.to_owned()], ..coroner::Options::default() };
    // Its first bytes tell what it is, and then it is read.
    let _kept = kept(&mut options, true)?;
    let file = options.kept_stdin.as_deref().unwrap_or(path);
    let begin = |most: u64| {
        let mut bytes = Vec::new();
        let read =
            std::fs::File::open(file).and_then(|opened| opened.take(most).read_to_end(&mut bytes));
        read.map_err(|reason| Error::Open { path: path.to_owned(), reason })?;
        Ok::<_, Error>(bytes)
    };
    let (report, lost) = if file.is_file() && is_report(&begin(512)?) {
        let report = read_report(&begin(REPORT_MAX_BYTES)?)
            .map_err(|fault| Error::Usage(format!("{}: {fault}", path.display())))?;
        (report, false)
    } else {
        let bar = Bar::new(args.quiet);
        let analysis = analyze(&options, &bar);
        bar.finish();
        let analysis = analysis?;
        (analysis.report, analysis.lost_bytes)
    };
    let report = report::redact::report(&report, args.redact.level()?)
        .map_err(|reason| write_error("the comparison", reason))?;
    Ok((report, lost))
}

fn schema() -> Result<u8, Error> {
    let mut bytes = Vec::new();
    report::schema::write(&mut bytes).map_err(|reason| write_error("the schema", reason))?;
    write_stdout(&bytes)?;
    Ok(0)
}

fn formats() -> Result<u8, Error> {
    let grammars = coroner::grammar::Grammars::built_in()?;
    let mut lines = String::new();
    for grammar in grammars.iter() {
        let unverified = if grammar.unverified > 0 {
            format!(" ({} samples unverified)", grammar.unverified)
        } else {
            String::new()
        };
        lines.push_str(&format!(
            "{:<18} {}{unverified}\n{:<18} {}\n",
            grammar.format, grammar.title, "", grammar.docs
        ));
    }
    write_stdout(lines.as_bytes())?;
    Ok(0)
}

/// Longest part of a sample that is read, in bytes.
const SAMPLE_MAX_BYTES: u64 = 1 << 20;

fn draft(sample: &Path) -> Result<u8, Error> {
    let unreadable = |reason| Error::Open { path: sample.to_owned(), reason };
    let mut text = Vec::new();
    std::fs::File::open(sample)
        .and_then(|file| file.take(SAMPLE_MAX_BYTES).read_to_end(&mut text))
        .map_err(unreadable)?;
    let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
    write_stdout(coroner::grammar::draft::draft(&lines).as_bytes())?;
    Ok(0)
}

fn check(files: &[std::path::PathBuf]) -> Result<u8, Error> {
    let texts = files.iter().map(|path| cli::grammar_file(path)).collect::<Result<Vec<_>, _>>()?;
    let faults = coroner::grammar::check::user(&texts);
    if faults.is_empty() {
        write_stdout(format!("{} grammar(s) in order\n", texts.len()).as_bytes())?;
        return Ok(0);
    }
    Err(Error::Grammar(faults.iter().map(ToString::to_string).collect()))
}

/// A message of several lines, each safe for a terminal: names in a bundle are not ours.
fn lines(message: &str) -> String {
    message.lines().map(report::escape::terminal).collect::<Vec<_>>().join("\n")
}
