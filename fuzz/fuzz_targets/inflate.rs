//! See the table in `src/targets/mod.rs`.
#![no_main]

coroner_fuzz::target!(inflate);
