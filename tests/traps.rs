//! The traps.

#![allow(dead_code)]
mod files;
mod http;
mod identity;
mod once;
mod oom;
mod scene;
mod times;
