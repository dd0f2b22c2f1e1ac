//! The traps.

#![allow(dead_code)]
mod files;
mod scene;
