//! End to end: any bytes as a bundle, and every form of the report that comes of it.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use coroner::bundle::{Limits, Silent};
use coroner::report::model::Report;
use coroner::report::{self, Format, Settings, inspect, markdown, redact};
use coroner::{Options, analyze_with};
use jsonschema::Validator;
use serde_json::Value;

use super::{archive, lines, markup};

/// Between the members of a bundle; without it the bytes are a file.
const SEPARATOR: &[u8] = b"\n%%%%\n";

/// The report of any bytes: JSON by the schema, HTML that nests, Markdown that does nothing; the same on one core and on all.
pub(super) fn report(data: &[u8]) {
    let path = bundle(data);
    let Some(first) = analysed(&path, true) else { return };
    let json = written(&first, true);
    // What costs the most is not done for every input.
    if data.len().is_multiple_of(4) {
        let again = analysed(&path, false).expect("it was analysed before");
        assert_eq!(json, form(&again, Format::Json, Settings::default()), "on all cores");
    }
}

fn analysed(path: &Path, serial: bool) -> Option<Report> {
    let limits = Limits { total_bytes: 16 << 20, window_bytes: 1 << 20, ..Limits::default() };
    let options = Options { bundles: vec![path.to_owned()], serial, limits, ..Options::default() };
    match analyze_with(lines::grammars(), &options, &Silent) {
        Ok(analysis) => Some(analysis.report),
        Err(error) => {
            assert!(!error.to_string().is_empty());
            None
        }
    }
}

/// Bytes as a file, or where they are several as a tar of them.
fn bundle(data: &[u8]) -> PathBuf {
    let mut members = Vec::new();
    let mut rest = data;
    while let Some(at) = rest.windows(SEPARATOR.len()).position(|window| window == SEPARATOR) {
        // The line before a separator is whole.
        members.push(&rest[..=at]);
        rest = &rest[at + SEPARATOR.len()..];
    }
    if members.is_empty() {
        return archive::put("bundle", data);
    }
    members.push(rest);
    let mut builder = tar::Builder::new(Vec::new());
    for (number, member) in members.iter().enumerate() {
        let mut header = tar::Header::new_gnu();
        header.set_size(member.len() as u64);
        header.set_mode(0o644);
        let name = format!("{number}.log");
        builder.append_data(&mut header, name, *member).expect("a vector takes all");
    }
    archive::put("bundle.tar", &builder.into_inner().expect("a vector takes all"))
}

/// Writes a report in all forms and checks them; gives the JSON. A report that was not made here may miss the schema's bounds.
pub(super) fn written(report: &Report, by_schema: bool) -> String {
    let json = form(report, Format::Json, Settings::default());
    // What takes the longest is done once for all forms.
    let report = &redact::report(report, redact::Level::default()).expect("its types are JSON");
    let off = Settings { redact: redact::Level::Off, ..Settings::default() };
    for (format, _, _) in Format::ALL {
        let text = form(report, *format, off);
        match format {
            Format::Html => markup::well_formed(&text, false),
            Format::Svg => markup::well_formed(&text, true),
            Format::Markdown => markup::inert_markdown(&text),
            Format::Timesketch | Format::Json | Format::Grafana | Format::Text => {
                markup::plain(&text);
            }
            Format::Csv => {}
        }
    }
    let style = markdown::Style { template: markdown::Template::Sre, ..Default::default() };
    markup::inert_markdown(&form(report, Format::Markdown, Settings { markdown: style, ..off }));
    let mut bytes = Vec::new();
    inspect::write(report, &mut bytes).expect("a vector takes all");
    markup::plain(std::str::from_utf8(&bytes).expect("text is UTF-8"));
    let value: Value = serde_json::from_str(&json).expect("JSON");
    if by_schema {
        let faults: Vec<String> = validator()
            .iter_errors(&value)
            .map(|fault| format!("{}: {fault}", fault.instance_path()))
            .collect();
        assert!(faults.is_empty(), "{faults:?}");
        serde_json::from_str::<Report>(&json).expect("it is read again");
    }
    json
}

fn form(report: &Report, format: Format, settings: Settings) -> String {
    let mut bytes = Vec::new();
    report::write(report, format, settings, &mut bytes).expect("a vector takes all");
    String::from_utf8(bytes).expect("text is UTF-8")
}

fn validator() -> &'static Validator {
    static MADE: OnceLock<Validator> = OnceLock::new();
    MADE.get_or_init(|| {
        let mut bytes = Vec::new();
        report::schema::write(&mut bytes).expect("a vector takes all");
        let schema = serde_json::from_slice(&bytes).expect("a schema is JSON");
        jsonschema::draft202012::new(&schema).expect("a schema of 2020-12")
    })
}
