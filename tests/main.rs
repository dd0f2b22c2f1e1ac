//! All integration tests as one program, so that it is linked once. `corpus`, `packing` and `program` are what the others share.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod aims;
mod browser;
mod capsule;
mod cases;
mod cli;
mod corpus;
mod diff;
mod failures;
mod fuzz;
mod grammars;
mod hostile;
mod identities;
mod inputs;
mod languages;
mod metamorphic;
mod orders;
mod packing;
mod program;
mod quiet;
mod reading;
mod recognition;
mod rows;
mod secrets;
mod sentences;
mod sites;
mod sound;
mod stage;
mod stamps;
mod step;
mod strangers;
mod tidy;
mod told;
mod traps;
mod twins;
mod variants;
mod watchers;
