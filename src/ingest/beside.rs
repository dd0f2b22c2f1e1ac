//! Small members of an archive, read while a large one behind them is. In: members in their order. Out: what each gave, in the same
//! order. It exists because an archive comes on one thread, and the small logs in it would keep the large ones waiting. It must never
//! read two logs at a time but beside a large one, nor hold more bytes than are allowed: each log that is read takes its share of memory.

use std::sync::{Mutex, PoisonError};

use rayon::Scope;

use crate::bundle::{MemberReader, Whole};

/// Bytes of members that wait, all of them together.
const WAITING_BYTES: u64 = if cfg!(test) { 2048 } else { 4 << 20 };
/// A member of so many bytes is worth to have others read beside it.
const LARGE_BYTES: u64 = if cfg!(test) { 4096 } else { 64 << 20 };

/// Reads a member.
type Read<'r, T> = dyn Fn(&str, &mut MemberReader<'_>) -> T + Sync + 'r;

/// What members gave, by their numbers.
pub(super) struct Found<T>(Mutex<Vec<(usize, T)>>);

/// Members on their way.
pub(super) struct Beside<'s, T> {
    found: &'s Found<T>,
    read: &'s Read<'s, T>,
    /// Members that came.
    count: usize,
    waiting: Vec<(usize, Whole)>,
    waiting_bytes: u64,
}

impl<T: Send> Found<T> {
    pub(super) const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// A thread that panicked left nothing half done.
    fn add(&self, number: usize, found: T) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((number, found));
    }

    fn add_all(&self, members: Vec<(usize, Whole)>, read: &Read<'_, T>) {
        for (number, member) in members {
            member.visit(|path, member| self.add(number, read(path, member)));
        }
    }

    /// All of it, in the order of the members.
    pub(super) fn in_order(self) -> impl Iterator<Item = T> {
        let mut found = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        found.sort_by_key(|(number, _)| *number);
        found.into_iter().map(|(_, found)| found)
    }
}

impl<'s, T: Send> Beside<'s, T> {
    pub(super) fn new(found: &'s Found<T>, read: &'s Read<'s, T>) -> Self {
        Self { found, read, count: 0, waiting: Vec::new(), waiting_bytes: 0 }
    }

    /// Takes the next member: a small one waits, a large one is read, and on another core what waited.
    pub(super) fn member(
        &mut self,
        scope: &Scope<'s>,
        (path, member): (&str, &mut MemberReader<'_>),
    ) {
        self.count += 1;
        let (found, read) = (self.found, self.read);
        if member.bytes_left().is_some_and(|bytes| bytes >= LARGE_BYTES) {
            let waiting = self.take_waiting();
            scope.spawn(move |_| found.add_all(waiting, read));
        }
        if let Some(whole) = member.whole(WAITING_BYTES) {
            if self.waiting_bytes + whole.bytes() > WAITING_BYTES {
                let waiting = self.take_waiting();
                found.add_all(waiting, read);
            }
            self.waiting_bytes += whole.bytes();
            self.waiting.push((self.count, whole));
        } else {
            found.add(self.count, read(path, member));
        }
    }

    fn take_waiting(&mut self) -> Vec<(usize, Whole)> {
        self.waiting_bytes = 0;
        std::mem::take(&mut self.waiting)
    }

    /// After the last member.
    pub(super) fn finish(mut self) {
        let waiting = self.take_waiting();
        self.found.add_all(waiting, self.read);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use crate::bundle::{self, Ahead, Limits, Silent};

    use super::*;

    /// A tar of members of these lengths, the last one cut short by so much.
    fn tar(lengths: &[usize], cut: usize) -> Vec<u8> {
        let mut tar = Vec::new();
        for (number, length) in lengths.iter().enumerate() {
            let mut header = [0_u8; 512];
            header[..4].copy_from_slice(format!("{number:04}").as_bytes());
            header[124..135].copy_from_slice(format!("{length:011o}").as_bytes());
            header[156] = b'0';
            header[257..263].copy_from_slice(b"ustar\0");
            header[148..156].fill(b' ');
            let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
            header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
            tar.extend(header);
            tar.extend((0..length.next_multiple_of(512)).map(|at| b"log\n"[(at + number) % 4]));
        }
        tar.truncate(tar.len() - cut);
        tar
    }

    #[test]
    fn members_give_the_same_in_the_same_order_wherever_they_are_read() {
        let lengths =
            [100, 600, 1, 5000, 700, 700, 700, 3000, 10, 9000, 20, 6000, 2048, 40, 2049, 1500, 800];
        let folder = tempfile::tempdir().unwrap();
        for cut in [0, 200, 512, 1000] {
            let path = folder.path().join("bundle.tar");
            std::fs::File::create(&path).unwrap().write_all(&tar(&lengths, cut)).unwrap();
            let bundles = bundle::open(&[path]).unwrap();
            let (limits, input) = (Limits::default(), &bundles[0].inputs[0]);
            let read = |path: &str, member: &mut MemberReader<'_>| {
                let mut bytes = vec![0; 20_000];
                let count = member.fill(&mut bytes);
                bytes.truncate(count);
                assert!(member.next_block().is_none());
                (path.to_owned(), bytes, member.damage().cloned())
            };
            let mut plain = Vec::new();
            let outcome =
                bundle::walk(input, &limits, Ahead::Here, &Silent, &mut |path, member| {
                    plain.push(read(path, member));
                });
            assert_eq!(plain.len(), lengths.len());
            assert_eq!(plain.last().unwrap().2.is_some(), cut > 224, "{cut}");
            let found = Found::new();
            let beside = rayon::in_place_scope(|scope| {
                let mut beside = Beside::new(&found, &read);
                let visit = &mut |path: &str, member: &mut MemberReader<'_>| {
                    beside.member(scope, (path, member));
                };
                let outcome = bundle::walk(input, &limits, Ahead::Here, &Silent, visit);
                beside.finish();
                outcome
            });
            assert_eq!(found.in_order().collect::<Vec<_>>(), plain);
            assert_eq!(beside, outcome);
        }
    }
}
