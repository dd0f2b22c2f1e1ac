//! Forms for other programs: what happened when, as rows that a spreadsheet, Timesketch or Grafana takes.
//! In: a `Report`. Out: each program's own format. A further one is one file here, over the same rows (`rows.rs`), and an entry in
//! [`super::Format`]. Must never hand a program something that it would run: each file says what that would be.

pub mod csv;
pub mod grafana;
mod rows;
#[cfg(test)]
mod tests;
pub mod timesketch;
