//! The JSON form: the report value as the contract promises it, indented, with a newline at the end.
//! In: a `Report`. Out: bytes on a writer. Why: programs read this form; everything in the others can be found here.
//! Must never reorder, round or drop anything: a number here is the number that was computed. Nor may it hold a character that a
//! terminal obeys, for it is printed on one: JSON asks for escapes below U+0020 only, and a C1 control begins a command too.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::{Formatter, PrettyFormatter};

use crate::report::escape::is_hidden;
use crate::report::model::Report;

/// Writes the report as one indented JSON object and a newline.
///
/// # Errors
/// What the writer gives.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    pretty(report, out)
}

/// Writes any value so.
pub(crate) fn pretty(value: &impl Serialize, mut out: &mut dyn Write) -> io::Result<()> {
    let form = Visible(PrettyFormatter::new());
    value.serialize(&mut Serializer::with_formatter(&mut out, form)).map_err(io::Error::from)?;
    out.write_all(b"\n")
}

/// Indented, and with hidden characters as escapes.
struct Visible(PrettyFormatter<'static>);

impl Formatter for Visible {
    fn write_string_fragment<W: Write + ?Sized>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, hidden)) = rest.char_indices().find(|(_, c)| is_hidden(*c)) {
            let (before, from) = rest.split_at(at);
            out.write_all(before.as_bytes())?;
            for unit in hidden.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            rest = from.get(hidden.len_utf8()..).unwrap_or_default();
        }
        out.write_all(rest.as_bytes())
    }

    fn begin_array<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_array(out)
    }

    fn end_array<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array(out)
    }

    fn begin_array_value<W: Write + ?Sized>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(out, first)
    }

    fn end_array_value<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array_value(out)
    }

    fn begin_object<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object(out)
    }

    fn end_object<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object(out)
    }

    fn begin_object_key<W: Write + ?Sized>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(out, first)
    }

    fn begin_object_value<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object_value(out)
    }

    fn end_object_value<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object_value(out)
    }
}

#[cfg(test)]
mod tests {
    use super::write;
    use crate::report::text::sample;

    #[test]
    fn is_one_object_with_a_newline_and_the_numbers_as_they_are() {
        let report = sample::report("killed");
        let mut bytes = Vec::new();
        write(&report, &mut bytes).unwrap();
        assert!(bytes.ends_with(b"}\n"));
        let read: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(read["schema_version"], 1);
        assert_eq!(read["incidents"][1]["peak_share"], 0.971);
        assert_eq!(read["oom_kills"][0]["victim"]["anon_rss_bytes"], 157_286_400);
        assert_eq!(read["bundle"][0]["sha256"], "ab12cd34");
    }

    #[test]
    fn control_characters_are_json_escapes() {
        let mut bytes = Vec::new();
        write(&sample::report("\u{1b}[2J\n\u{7}"), &mut bytes).unwrap();
        assert!(!bytes.contains(&0x1b) && !bytes.contains(&7));
        assert!(String::from_utf8(bytes).unwrap().contains(r"\u001b[2J\n\u0007"));
    }

    #[test]
    fn what_a_terminal_obeys_or_hides_is_an_escape_and_stays_itself() {
        let text = "a\u{7f}\u{9b}31mé\u{202e}\u{e0041}b\u{2028}";
        let mut bytes = Vec::new();
        super::pretty(&text, &mut bytes).unwrap();
        assert_eq!(bytes, b"\"a\\u007f\\u009b31m\xc3\xa9\\u202e\\udb40\\udc41b\\u2028\"\n");
        assert_eq!(serde_json::from_slice::<String>(&bytes).unwrap(), text);
    }
}
