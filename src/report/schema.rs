//! The JSON Schema (2020-12) of the JSON form, made from the model itself, so that the two cannot part.
//! Out: the schema as text. Additions to the model are free; what the contract promises is required here.

use std::io::{self, Write};

use super::model::{Report, SCHEMA_VERSION};

/// Writes the schema.
///
/// # Errors
/// What the writer gives.
pub fn write(out: &mut dyn Write) -> io::Result<()> {
    let mut schema =
        schemars::SchemaGenerator::from(schemars::generate::SchemaSettings::draft2020_12())
            .into_root_schema_for::<Report>();
    schema.insert(
        "title".to_owned(),
        format!("coroner report, schema_version {SCHEMA_VERSION}").into(),
    );
    serde_json::to_writer_pretty(&mut *out, &schema).map_err(io::Error::from)?;
    out.write_all(b"\n")
}
