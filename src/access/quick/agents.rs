//! Long user agents that came lately. In: a line from its agent on. Out: how long the agent is, and whether it is a health
//! checker's. It exists because agents are nearly half of a log, and a few hundred of them write nearly all of it: to compare one
//! costs less than to search it for its end. Every byte is compared before an answer is given.

use crate::access::route;

/// Agents that are remembered; a power of two.
const AGENTS: usize = 512;
/// The first bytes of an agent, by which its place is found: browsers tell system and version in them.
const HEAD_BYTES: usize = 100;
/// Longest agent that is remembered, in bytes.
const AGENT_MAX_BYTES: usize = 252;

/// The memory: each agent has one place, and the last one stays.
#[derive(Debug, Clone, Default)]
pub(super) struct Agents {
    /// None before the first.
    places: Vec<Place>,
}

#[derive(Debug, Clone)]
struct Place {
    /// Zero where there is none.
    length: u16,
    probe: bool,
    text: [u8; AGENT_MAX_BYTES],
}

impl Agents {
    /// Length of the agent that a text begins with, and whether it is a health checker's. A quote follows it, and none is in it.
    pub(super) fn begin_of(&self, text: &[u8]) -> Option<(usize, bool)> {
        let place = self.places.get(number(text.first_chunk()?))?;
        let length = usize::from(place.length);
        let same = length > 0
            && text.get(length) == Some(&b'"')
            && same(text.get(..length)?, place.text.get(..length)?);
        same.then_some((length, place.probe))
    }

    /// Remembers an agent that has no quote and no line end in it.
    pub(super) fn put(&mut self, agent: &[u8]) {
        let (Some(head), Ok(length)) = (agent.first_chunk(), u16::try_from(agent.len())) else {
            return;
        };
        if self.places.is_empty() {
            self.places = vec![Place { length: 0, probe: false, text: [0; _] }; AGENTS];
        }
        if let Some(place) = self.places.get_mut(number(head))
            && let Some(text) = place.text.get_mut(..agent.len())
        {
            text.copy_from_slice(agent);
            (place.length, place.probe) = (length, route::is_probe_agent(agent));
        }
    }
}

/// The place of an agent. Nothing else follows from it.
fn number(head: &[u8; HEAD_BYTES]) -> usize {
    const MIX: u64 = 0x9fb2_1c65_1e98_df25;
    let (words, _) = head.as_chunks::<8>();
    let last = head.last_chunk::<8>().map_or(0, |last| u64::from_le_bytes(*last));
    // All begin with `Mozilla/`.
    let sum = words.iter().skip(1).zip(1_u32..).fold(last, |sum, (word, turn)| {
        sum.wrapping_add(u64::from_le_bytes(*word).wrapping_mul(MIX.rotate_left(turn)))
    });
    let mixed = (sum ^ (sum >> 32)).wrapping_mul(MIX);
    (mixed >> 40) as usize % AGENTS
}

/// Whether two texts of the same length, of 16 bytes or more, are equal: as `==`, without a call.
fn same(one: &[u8], other: &[u8]) -> bool {
    let ((ones, _), (others, _)) = (one.as_chunks::<16>(), other.as_chunks::<16>());
    let differ = |(a, b): (&[u8; 16], &[u8; 16])| u128::from_le_bytes(*a) ^ u128::from_le_bytes(*b);
    let ends = match (one.last_chunk::<16>(), other.last_chunk::<16>()) {
        (Some(one), Some(other)) => differ((one, other)),
        _ => u128::MAX,
    };
    ones.iter().zip(others).fold(ends, |all, pair| all | differ(pair)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_is_known_by_all_its_bytes() {
        let agent = format!("Mozilla/5.0 ({}) Chrome/118.0.0.0 UptimeRobot/2", "x".repeat(80));
        let mut agents = Agents::default();
        let line = format!("{agent}\" 0.008\n");
        assert_eq!(agents.begin_of(line.as_bytes()), None);
        agents.put(agent.as_bytes());
        assert_eq!(agents.begin_of(line.as_bytes()), Some((agent.len(), true)));
        assert_eq!(agents.begin_of(agent.as_bytes()), None, "no quote");
        for at in 0..=agent.len() {
            let mut other = line.clone().into_bytes();
            other[at] ^= 1;
            assert_eq!(agents.begin_of(&other), None, "{at}");
        }
        agents.put(b"curl/8");
        agents.put("long".repeat(100).as_bytes());
        assert_eq!(agents.begin_of(line.as_bytes()), Some((agent.len(), true)));
    }
}
