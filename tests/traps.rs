//! The traps.

#![allow(dead_code)]
mod files;
mod once;
mod scene;
mod times;
