//! Small members of an archive, read while those behind them are unpacked. In: members in their order. Out: what each gave, in the
//! same order. It exists because an archive comes on one thread, and the logs in it would wait for each other. It must never hold more
//! bytes than are allowed: what does not fit is read where it stands.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use rayon::Scope;

use crate::bundle::MemberReader;

/// Bytes of members that wait or are being read, all of them together.
const BESIDE_BYTES: u64 = 16 << 20;

/// What members gave.
pub(super) struct Beside<T> {
    /// Bytes that are held now.
    bytes: AtomicU64,
    /// By the number of the member.
    found: Mutex<Vec<(usize, T)>>,
}

/// Reads a member.
type Read<'r, T> = dyn Fn(&str, &mut MemberReader<'_>) -> T + Sync + 'r;

impl<T: Send> Beside<T> {
    pub(super) const fn new() -> Self {
        Self { bytes: AtomicU64::new(0), found: Mutex::new(Vec::new()) }
    }

    /// Reads the member of this number: on another core if it is small, and else here and now.
    pub(super) fn read<'s>(
        &'s self,
        scope: &Scope<'s>,
        number: usize,
        (path, member): (&str, &mut MemberReader<'_>),
        read: &'s Read<'s, T>,
    ) {
        // Only this thread adds to them, so that there is no less room than this.
        let room = BESIDE_BYTES.saturating_sub(self.bytes.load(Ordering::Acquire));
        let Some(whole) = member.whole(room) else { return self.add(number, read(path, member)) };
        let bytes = whole.bytes();
        self.bytes.fetch_add(bytes, Ordering::AcqRel);
        scope.spawn(move |_| {
            whole.visit(|path, member| self.add(number, read(path, member)));
            drop(whole);
            self.bytes.fetch_sub(bytes, Ordering::AcqRel);
        });
    }

    /// A thread that panicked left nothing half done.
    fn add(&self, number: usize, found: T) {
        self.found.lock().unwrap_or_else(PoisonError::into_inner).push((number, found));
    }

    /// What all of them gave, in the order of their numbers.
    pub(super) fn into_found(self) -> impl Iterator<Item = T> {
        let mut found = self.found.into_inner().unwrap_or_else(PoisonError::into_inner);
        found.sort_by_key(|(number, _)| *number);
        found.into_iter().map(|(_, found)| found)
    }
}
