//! Symbols while input and room last for more than any of them takes. In: the stream between two symbols. Out: the same, later.
//! It exists because this loop is where the time of unpacking goes. It must never do anything else than
//! [`Inflate::symbol`](super::Inflate::symbol) and [`Inflate::repeat`](super::Inflate::repeat) do; what is invalid it leaves to
//! them.
//!
//! What makes it fast: bits are refilled eight bytes at a time without a branch; the code of the next symbol is looked up before
//! the match is copied; copies are of a fixed size, which the compiler makes a few wide moves; and the loop is no part of another
//! function, whose values would take its registers. Each costs a twentieth or more if left out.

use super::codes::FIXED;
use super::{Inflate, Io, WINDOW_BYTES};

/// Bytes that a match copies at once, also where it is shorter: half of the matches of a log are longer than 24 bytes. 32 and 128
/// were slower.
const CHUNK_BYTES: usize = 64;
/// What one round may write: two literals before the longest match, and what its last chunk writes too much.
const ROUND_ROOM_BYTES: usize = 2 + 258 + CHUNK_BYTES;
/// What one round may look at: two refills.
const ROUND_INPUT_BYTES: usize = 16;

/// The bits at hand. Bits of `held` above the lowest `count` are those of the stream, too, or zeros.
#[derive(Clone, Copy)]
struct Bits {
    held: u64,
    /// Only the lowest six bits count.
    count: u32,
}

impl Bits {
    /// Makes 56 bits or more of the input behind `at`, which must have eight bytes.
    #[inline(always)]
    fn refill(&mut self, input: &[u8], at: &mut usize) {
        if let Some(word) = input.get(*at..).and_then(<[u8]>::first_chunk) {
            self.held |= u64::from_le_bytes(*word).wrapping_shl(self.count);
        }
        *at += ((!self.count & 63) >> 3) as usize;
        self.count |= 56;
    }

    #[inline(always)]
    fn take(&mut self, raw: u32) {
        self.held = self.held.wrapping_shr(raw);
        self.count = self.count.wrapping_sub(raw);
    }
}

/// Goes on until a block ends, or what comes next needs more care.
#[inline(never)]
pub(super) fn symbols(inflate: &mut Inflate, io: &mut Io<'_>) {
    let Some(input_until) = io.input.len().checked_sub(ROUND_INPUT_BYTES) else { return };
    let Some(room_until) = io.room.len().checked_sub(ROUND_ROOM_BYTES) else { return };
    let (mut at, mut made) = (io.at, io.made);
    if at + 8 > input_until || made > room_until || inflate.count >= 8 {
        return;
    }
    let codes = inflate.codes.as_deref().unwrap_or(&FIXED);
    let (input, room) = (io.input, &mut *io.room);
    let mut bits = Bits { held: inflate.bits, count: inflate.count };
    let mut is_end = false;
    bits.refill(input, &mut at);
    let mut entry = codes.first_litlen(bits.held);
    // Each round begins with 48 bits or more, for a symbol takes at most so many: 15 and 5 for a length, 15 and 13 for a distance.
    while at <= input_until && made <= room_until {
        if entry.is_literal() {
            room[made] = entry.byte();
            made += 1;
            bits.take(entry.raw());
            entry = codes.first_litlen(bits.held);
            if entry.is_literal() {
                room[made] = entry.byte();
                made += 1;
                bits.take(entry.raw());
                entry = codes.first_litlen(bits.held);
            }
            bits.refill(input, &mut at);
            if entry.is_literal() {
                continue;
            }
        }
        if entry.is_exception() {
            if entry.is_pointer() {
                entry = codes.second_litlen(entry, bits.held);
                if entry.is_literal() {
                    room[made] = entry.byte();
                    made += 1;
                    bits.take(entry.raw());
                    bits.refill(input, &mut at);
                    entry = codes.first_litlen(bits.held);
                    continue;
                }
            }
            if entry.is_exception() {
                is_end = entry.is_end();
                if is_end {
                    bits.take(entry.raw());
                }
                break;
            }
        }
        let before = bits;
        let length = entry.value(bits.held);
        bits.take(entry.raw());
        let far = codes.distance(bits.held);
        let distance = far.value(bits.held);
        if far.is_exception() || distance > made + inflate.window_bytes {
            bits = before;
            break;
        }
        bits.take(far.raw());
        bits.refill(input, &mut at);
        entry = codes.first_litlen(bits.held);
        match made.checked_sub(distance) {
            Some(from) if distance >= CHUNK_BYTES => {
                let mut done = 0;
                loop {
                    let chunk =
                        room.get(from + done..).and_then(<[u8]>::first_chunk::<CHUNK_BYTES>);
                    let Some(chunk) = chunk.copied() else { break };
                    let place = room.get_mut(made + done..).and_then(<[u8]>::first_chunk_mut);
                    let Some(place) = place else { break };
                    *place = chunk;
                    done += CHUNK_BYTES;
                    if done >= length {
                        break;
                    }
                }
            }
            Some(from) => repeat(room, from, made, length),
            None => from_window(&inflate.window, room, distance, made, length),
        }
        made += length;
    }
    // Whole bytes are given back.
    let count = bits.count & 63;
    at -= count as usize / 8;
    inflate.count = count % 8;
    inflate.bits = bits.held & ((1 << inflate.count) - 1);
    (io.at, io.made) = (at, made);
    if is_end {
        inflate.end_block();
    }
}

/// A match that is nearer than a chunk, and may overlap what it makes.
fn repeat(room: &mut [u8], from: usize, made: usize, length: usize) {
    let (before, after) = room.split_at_mut(made);
    let (pattern, places) = (&before[from..], &mut after[..length]);
    match pattern {
        [byte] => places.fill(*byte),
        _ => {
            for places in places.chunks_mut(pattern.len()) {
                places.copy_from_slice(&pattern[..places.len()]);
            }
        }
    }
}

/// A match that begins before the room does.
fn from_window(window: &[u8], room: &mut [u8], distance: usize, made: usize, length: usize) {
    let before = distance - made;
    let (begin, in_window) = (WINDOW_BYTES - before, before.min(length));
    if in_window + CHUNK_BYTES <= before {
        let mut done = 0;
        while done < length {
            let chunk = window[begin + done..].first_chunk::<CHUNK_BYTES>();
            let place = room[made + done..].first_chunk_mut();
            if let (Some(chunk), Some(place)) = (chunk, place) {
                *place = *chunk;
            }
            done += CHUNK_BYTES;
        }
        return;
    }
    room[made..made + in_window].copy_from_slice(&window[begin..begin + in_window]);
    for done in in_window..length {
        room[made + done] = room[made + done - distance];
    }
}
