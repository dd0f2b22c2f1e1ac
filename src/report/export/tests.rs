//! What the exports hold, and that a log's text stays text in the programs that read them.

use std::io;

use crate::report::model::Report;
use crate::report::text::sample;

fn shown(write: fn(&Report, &mut dyn io::Write) -> io::Result<()>, text: &str) -> String {
    let mut bytes = Vec::new();
    write(&sample::report(text), &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn no_cell_begins_a_formula() {
    for attack in [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        " =1",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1",
        "=cmd|' /C calc'!A0",
        "\"=1\",=2",
        "a\",=1",
    ] {
        let text = shown(super::csv::write, attack);
        let mut reader = ::csv::Reader::from_reader(text.as_bytes());
        for record in reader.records() {
            let record = record.unwrap();
            assert_eq!(record.len(), 12, "{attack:?}");
            for cell in &record {
                assert!(
                    !cell.trim_start().starts_with(['=', '+', '-', '@', '＝']),
                    "{attack:?}: {cell:?}"
                );
                assert!(!cell.contains(char::is_control), "{attack:?}: {cell:?}");
            }
        }
    }
}

#[test]
fn rows_are_in_order_of_time_and_complete() {
    let text = shown(super::csv::write, "web");
    let mut reader = ::csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<::csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 2 + 2 + 2 + 3);
    assert!(rows.windows(2).all(|pair| pair[0][0] <= pair[1][0]));
    let incident = rows.iter().find(|row| &row[3] == "I2").unwrap();
    assert_eq!(
        (&incident[0], &incident[1], &incident[8], &incident[9]),
        ("2026-01-02T21:56:05Z", "2026-01-02T21:56:34Z", "1124", "confirmed")
    );
}

#[test]
fn timesketch_has_what_it_demands() {
    let text = shown(super::timesketch::write, "a\n\u{1b}[2J");
    assert_eq!(text.lines().count(), 9);
    for line in text.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        for key in ["message", "datetime", "timestamp_desc"] {
            assert!(row[key].as_str().is_some_and(|value| !value.is_empty()), "{key} of {line}");
        }
        assert!(!row["message"].as_str().unwrap().contains(char::is_control));
    }
}

#[test]
fn grafana_gets_no_markup() {
    let text = shown(super::grafana::write, "<img src=x onerror=alert(1)> &lt;");
    assert!(!text.contains('<') && !text.contains('>'), "{text}");
    let all: serde_json::Value = serde_json::from_str(&text).unwrap();
    let incident = all
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["tags"][1] == "incident" && one["tags"][4] == "confirmed")
        .unwrap();
    assert_eq!(
        (incident["time"].as_i64(), incident["timeEnd"].as_i64()),
        (Some(1_767_390_965_000), Some(1_767_390_994_000))
    );
}
