//! What was found out about a path or a user agent, remembered for the next request with the same one. In: their bytes. Out: what
//! `access::route` says of them. It exists because a busy site is asked for the same few things all day. It holds a fixed number
//! of answers, compares every byte before it gives one, and never gives another than `access::route` would.

use std::sync::Arc;

use super::routes::{Names, Routes};
use crate::access::route;

/// Paths that are remembered; a power of two.
const PATHS: usize = 1024;
/// Longest path that is remembered, in bytes: with its answer it fills two cache lines.
const PATH_MAX_BYTES: usize = 96;
/// Agents that are remembered; a power of two.
const AGENTS: usize = 1024;
/// Longest agent that is remembered, in bytes.
const AGENT_MAX_BYTES: usize = 246;
/// Routes that are numbered before the numbers begin anew.
const NAMES_MAX: usize = 8192;

/// Answers by key: each key has one place, and the last one stays. Keys lie beside their answers: most of the time of a look goes
/// into waiting for memory.
#[derive(Debug)]
struct Places<A, const BYTES: usize> {
    /// None before the first answer: a counter that only takes in what others counted needs none.
    places: Vec<Place<A, BYTES>>,
    count: usize,
}

#[derive(Debug, Clone)]
struct Place<A, const BYTES: usize> {
    /// Of the method too, where there is one.
    tag: u64,
    /// No key is as long as this before the first answer.
    length: u16,
    answer: A,
    key: [u8; BYTES],
}

impl<A: Copy + Default, const BYTES: usize> Places<A, BYTES> {
    const fn new(count: usize) -> Self {
        Self { places: Vec::new(), count }
    }

    fn put(&mut self, tag: u64, key: &[u8], answer: A) {
        if self.places.is_empty() {
            let empty = Place { tag: 0, length: u16::MAX, answer: A::default(), key: [0; BYTES] };
            self.places = vec![empty; self.count];
        }
        if let Some(place) = self.place(tag, key) {
            place.put(tag, key, answer);
        }
    }

    fn place(&mut self, tag: u64, key: &[u8]) -> Option<&mut Place<A, BYTES>> {
        let mask = self.places.len().wrapping_sub(1);
        self.places.get_mut((tag.wrapping_mul(MIX) ^ samples(key)) as usize & mask)
    }

    fn clear(&mut self) {
        for place in &mut self.places {
            place.length = u16::MAX;
        }
    }
}

/// Odd, and its bits look like chance.
const MIX: u64 = 0x9fb2_1c65_1e98_df25;

/// A number for a key by its length and those of its bytes in which keys differ mostly: the begin, the middle and the end. Nothing
/// follows from it but a place to look at: the whole key is compared there.
fn samples(key: &[u8]) -> u64 {
    const OTHER: u64 = 0xd6e8_feb8_6659_fd93;
    let word = |at: usize| {
        let bytes = key.get(at..).and_then(|rest| rest.first_chunk::<8>());
        bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes))
    };
    let length = key.len();
    let sum = if length >= 32 {
        let begin = word(12).wrapping_mul(MIX) ^ word(24).wrapping_mul(OTHER);
        let end = word(length - 24).wrapping_mul(OTHER) ^ word(length - 16).wrapping_mul(MIX);
        begin.rotate_left(23)
            ^ end
            ^ word(length / 2).wrapping_mul(OTHER).rotate_left(7)
            ^ word(length - 8)
    } else if length >= 8 {
        word(0).wrapping_mul(MIX) ^ word(length / 2 - 4).wrapping_mul(OTHER) ^ word(length - 8)
    } else {
        key.iter().fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
    };
    let mixed = (sum ^ length as u64).wrapping_mul(MIX);
    mixed ^ (mixed >> 32)
}

impl<A: Copy, const BYTES: usize> Place<A, BYTES> {
    fn is(&self, tag: u64, key: &[u8]) -> bool {
        self.tag == tag
            && usize::from(self.length) == key.len()
            && self.key.get(..key.len()).is_some_and(|known| same(known, key))
    }

    fn put(&mut self, tag: u64, key: &[u8], answer: A) {
        if let (Some(to), Ok(length)) = (self.key.get_mut(..key.len()), u16::try_from(key.len())) {
            to.copy_from_slice(key);
            (self.tag, self.length, self.answer) = (tag, length, answer);
        }
    }
}

/// What a method and a path are.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Asked {
    /// Number of the route, where it is one that is kept.
    pub(super) route: Option<u32>,
    /// Whether health checks alone ask for the path.
    pub(super) probe: bool,
}

/// The memory of one thread.
#[derive(Debug)]
pub(super) struct Memo {
    paths: Places<Asked, PATH_MAX_BYTES>,
    agents: Places<bool, AGENT_MAX_BYTES>,
    names: Names,
    text: Vec<u8>,
    /// The level of the table of routes that the answers are for.
    pub(super) level: usize,
}

impl Default for Memo {
    fn default() -> Self {
        Self {
            paths: Places::new(PATHS),
            agents: Places::new(AGENTS),
            names: Names::default(),
            text: Vec::new(),
            level: 0,
        }
    }
}

impl Memo {
    /// What a method and a path are, for a table of routes.
    pub(super) fn asked(&mut self, method: &[u8], path: &[u8], routes: &Routes) -> Asked {
        let tag = tag(method);
        if let Some(tag) = tag
            && let Some(place) = self.paths.place(tag, path)
            && place.is(tag, path)
        {
            return place.answer;
        }
        route::write(method, path, &mut self.text);
        let route = routes
            .keeps(&self.text)
            .then(|| self.names.number(&String::from_utf8_lossy(&self.text)));
        let asked = Asked { route, probe: route::is_probe_path(path) };
        if let Some(tag) = tag {
            self.paths.put(tag, path, asked);
        }
        asked
    }

    /// Whether a user agent is a health checker's.
    pub(super) fn is_probe_agent(&mut self, agent: &[u8]) -> bool {
        if agent.is_empty() {
            return false;
        }
        if let Some(place) = self.agents.place(0, agent)
            && place.is(0, agent)
        {
            return place.answer;
        }
        let answer = route::is_probe_agent(agent);
        self.agents.put(0, agent, answer);
        answer
    }

    /// The route with this number.
    pub(super) fn name(&self, number: u32) -> Option<&Arc<str>> {
        self.names.get(number)
    }

    /// Whether there are so many routes that they should be forgotten; their numbers are void then.
    pub(super) fn numbers_are_plenty(&self) -> bool {
        self.names.len() > NAMES_MAX
    }

    pub(super) fn forget_routes(&mut self) {
        self.names.clear();
        self.paths.clear();
    }
}

/// Whether two keys of the same length are equal: as `==`, without a call.
fn same(one: &[u8], other: &[u8]) -> bool {
    let ((ones, one_rest), (others, other_rest)) = (one.as_chunks::<16>(), other.as_chunks::<16>());
    ones.iter().zip(others).all(|(a, b)| u128::from_le_bytes(*a) == u128::from_le_bytes(*b))
        && match (one.last_chunk::<16>(), other.last_chunk::<16>()) {
            (Some(a), Some(b)) => u128::from_le_bytes(*a) == u128::from_le_bytes(*b),
            _ => one_rest.iter().zip(other_rest).all(|(a, b)| a == b),
        }
}

/// A short method as a number; none for others, which are not remembered.
fn tag(method: &[u8]) -> Option<u64> {
    // Bytes that were just written one by one must not be read together: that waits for all of them.
    (method.len() < 8)
        .then(|| method.iter().fold(method.len() as u64, |tag, byte| (tag << 8) | u64::from(*byte)))
}
