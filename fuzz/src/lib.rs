//! The fuzz targets of coroner for libFuzzer; what they do is in [`targets`].

pub mod targets;

use std::alloc::System;

use cap::Cap;

/// What one input may take, in bytes, besides what is loaded once for all.
const INPUT_MAX_BYTES: usize = 64 << 20;

/// An allocation beyond the limit fails, and the run with it.
#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

/// Loads what a target loads once.
pub fn prepare(target: fn(&[u8])) {
    target(b"");
    target(b"2026/03/10 12:00:00 [error] 812#812: *1 x\n%%%%\n");
}

/// Runs a target within the limit of one input.
pub fn run(target: fn(&[u8]), data: &[u8]) {
    let limit = ALLOCATOR.allocated().saturating_add(INPUT_MAX_BYTES);
    ALLOCATOR.set_limit(limit).ok();
    target(data);
    ALLOCATOR.set_limit(usize::MAX).ok();
}

/// Makes the program of a target. It calls one function, so that the others are not linked: libFuzzer looks at every counter of the
/// program after each run.
#[macro_export]
macro_rules! target {
    ($name:ident) => {
        libfuzzer_sys::fuzz_target!(
            init: $crate::prepare($crate::targets::$name),
            |data: &[u8]| $crate::run($crate::targets::$name, data)
        );
    };
}
