//! Whose host a fact is of, in a bundle of several. In: the names that logs and their folders carry. Out: one name for a host, or none.
//! Exists because two hosts run units of the same name, and what one of them suffers the other did not. Must never part what may be one
//! host: without names, or with one only, everything is of the same.

use std::collections::{BTreeMap, BTreeSet};

use crate::ingest::Source;
use crate::timeline::Fact;

/// The hosts that the logs of a bundle name.
#[derive(Debug, Default)]
pub struct Hosts {
    known: BTreeSet<String>,
    /// The host of each folder of the bundle, where it is of one.
    folders: BTreeMap<String, String>,
}

impl Hosts {
    /// Finds them.
    #[must_use]
    pub fn of(sources: &[Source]) -> Self {
        let named: BTreeSet<String> =
            sources.iter().filter_map(|source| label(source.host.as_deref()?)).collect();
        let mut folders: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for source in sources {
            let Some((folder, _)) = source.path.split_once('/') else { continue };
            let hosts = folders.entry(folder.to_owned()).or_default();
            hosts.extend(source.host.as_deref().and_then(label));
        }
        // A folder is of the host that all of its logs name. Where no log names any, or each folder has what every machine has of its
        // own, folders may be called after hosts.
        let machines: BTreeSet<&str> = sources
            .iter()
            .filter(|source| source.kernel.is_some() || is_proxys(source))
            .filter_map(|source| Some(source.path.split_once('/')?.0))
            .filter(|folder| label(folder).is_some_and(|name| is_host_name(&name)))
            .collect();
        let of_folder = folders.into_iter().filter_map(|(folder, mut hosts)| {
            let machine = machines.len() > 1 && machines.contains(folder.as_str());
            let host = match hosts.len() {
                1 => hosts.pop_first(),
                0 if named.is_empty() || machine => {
                    label(&folder).filter(|name| is_host_name(name))
                }
                _ => None,
            };
            Some((folder, host?))
        });
        let folders: BTreeMap<String, String> = of_folder.collect();
        // One machine may have two names; two kernels are two machines, and so are two folders.
        let kernels = sources.iter().filter(|source| source.kernel.is_some());
        let kernels = kernels.filter_map(|source| label(source.host.as_deref()?));
        let known = kernels.chain(folders.values().cloned()).collect();
        Self { known, folders }
    }

    /// The host that wrote a fact's line: its own, its log's, or that by which a folder of the bundle is called.
    pub(super) fn of_fact(&self, fact: &Fact, sources: &[Source]) -> Option<String> {
        if self.known.len() < 2 {
            return None;
        }
        let source = &sources[fact.event.at.source.0];
        let written = fact.event.origin.host.as_deref().and_then(label);
        written.filter(|host| self.known.contains(host)).or_else(|| self.of_source(source))
    }

    /// The host that a log or a description of containers is of.
    #[must_use]
    pub fn of_source(&self, source: &Source) -> Option<String> {
        if self.known.len() < 2 {
            return None;
        }
        let written = source.host.as_deref().and_then(label);
        written.filter(|host| self.known.contains(host)).or_else(|| {
            let (folder, _) = source.path.split_once('/')?;
            self.folders.get(folder).cloned()
        })
    }
}

/// Whether a proxy wrote these requests, and not an app server about its own.
fn is_proxys(source: &Source) -> bool {
    source.traffic.as_ref().is_some_and(|traffic| traffic.by_app_server * 2 <= traffic.requests())
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
