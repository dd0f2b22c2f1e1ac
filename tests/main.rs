//! All integration tests as one program, so that it is linked once. `corpus`, `packing` and `program` are what the others share.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod browser;
mod cases;
mod cli;
mod corpus;
mod grammars;
mod inputs;
mod packing;
mod program;
mod sound;
mod tidy;
mod variants;
