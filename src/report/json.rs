//! The JSON form: the report value as the contract promises it, indented, with a newline at the end.
//! In: a `Report`. Out: bytes on a writer. Why: programs read this form; everything in the others can be found here.
//! Must never reorder, round or drop anything: a number here is the number that was computed.

use std::io::{self, Write};

use crate::report::model::Report;

/// Writes the report as one indented JSON object and a newline.
///
/// # Errors
/// What the writer gives.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, report).map_err(io::Error::from)?;
    out.write_all(b"\n")
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
}
