//! Whose host a fact is of, in a bundle of several. In: the names that logs and their folders carry. Out: one name for a host, or none.
//! Exists because two hosts run units of the same name, and what one of them suffers the other did not. Must never part what may be one
//! host: without names, or with one only, everything is of the same.

use std::collections::BTreeSet;

use crate::ingest::Source;
use crate::timeline::Fact;

/// The hosts that the logs of a bundle name.
#[derive(Debug, Default)]
pub(super) struct Hosts(BTreeSet<String>);

impl Hosts {
    pub(super) fn of(sources: &[Source]) -> Self {
        let named = sources.iter().filter_map(|source| label(source.host.as_deref()?));
        let folders = sources.iter().filter_map(|source| {
            let (folder, _) = source.path.split_once('/')?;
            label(folder).filter(|folder| is_host_name(folder))
        });
        Self(named.chain(folders).collect())
    }

    /// The host that wrote a fact's line: its own, its log's, or that by which a folder of the bundle is called.
    pub(super) fn of_fact(&self, fact: &Fact, sources: &[Source]) -> Option<String> {
        if self.0.len() < 2 {
            return None;
        }
        let source = &sources[fact.event.at.source.0];
        let written = fact.event.origin.host.as_deref().and_then(label);
        written.or_else(|| self.of_source(source))
    }

    /// The host that a log or a description of containers is of.
    pub(super) fn of_source(&self, source: &Source) -> Option<String> {
        if self.0.len() < 2 {
            return None;
        }
        source.host.as_deref().and_then(label).or_else(|| {
            source.path.split('/').filter_map(label).find(|folder| self.0.contains(folder))
        })
    }
}

/// The first label of a name, which short and full names share. A host that was just born has no name yet.
fn label(host: &str) -> Option<String> {
    let head = host.split('.').next().unwrap_or_default().to_ascii_lowercase();
    (!head.is_empty() && head != "localhost" && head != "unknown").then_some(head)
}

/// Names that people give to folders of hosts, with a number behind: `web1`, `db-02`.
fn is_host_name(folder: &str) -> bool {
    let name = folder.trim_end_matches(|last: char| last.is_ascii_digit());
    let kinds = ["host", "web", "node", "db", "lb", "srv", "server", "vm", "app"];
    name.len() < folder.len() && kinds.contains(&name.trim_end_matches(['-', '_']))
}

/// Whether two may be one host.
pub(super) fn fit(one: Option<&str>, other: Option<&str>) -> bool {
    one.is_none() || other.is_none() || one == other
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_full_names_are_of_one_host() {
        assert_eq!(label("Web1.example.com"), label("web1"));
        assert_eq!((label("localhost"), label("")), (None, None));
        assert!(fit(None, Some("a")) && fit(Some("a"), Some("a")) && !fit(Some("a"), Some("b")));
    }
}
