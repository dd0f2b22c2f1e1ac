//! How much each piece of evidence weighs, as data: `weights.toml` holds the numbers with the reason of each, so that they can be
//! read in one place, fitted to labelled cases by a command, and tried out without building.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The numbers that are used where the user gives none.
const BUILT_IN: &str = include_str!("weights.toml");

/// One entry of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    nats: f64,
    why: String,
}

macro_rules! weights {
    ($($name:ident),+ $(,)?) => {
        /// All weights, in nats. What each is for stands in `weights.toml`.
        #[derive(Debug, Clone, PartialEq)]
        pub struct Weights {
            $(#[doc = concat!("`", stringify!($name), "` of the file.")] pub $name: f64,)+
        }

        impl Weights {
            /// All names, in the order of the file.
            pub const NAMES: &[&str] = &[$(stringify!($name)),+];

            fn from_entries(entries: &BTreeMap<String, Entry>) -> Result<Self, String> {
                Ok(Self { $($name: nats(entries, stringify!($name))?,)+ })
            }

            /// A weight by name.
            pub fn by_name(&mut self, name: &str) -> Option<&mut f64> {
                $(if name == stringify!($name) {
                    return Some(&mut self.$name);
                })+
                None
            }
        }
    };
}

weights! {
    share, share_unseen, answered_by_app, assumed_zone,
    oom_joined, oom_of_store, oom_same_name, oom_same_name_of_store, oom_stranger_in_cgroup, oom_at_onset, oom_late, oom_kept_listening, oom_pasted,
    oom_runtime, oom_inspect, oom_userspace, oom_unseen_memcg, oom_unseen_global, oom_unseen_apart,
    heap_limit,
    pressure_late, pressure_signs, pressure_kills,
    timeout, timeout_after_kill, timeout_after_heap_limit,
    health_check,
    sigkill_ordered, sigkill_late, sigkill_kernel_silent, sigkill_unseen, sigkill_together, sigkill_kernel_did,
    deploy, deploy_late, deploy_failed_start, deploy_undated,
    dependency_both, dependency_app_says, dependency_store_says, dependency_usual, dependency_of_another, dependency_app_silent,
    slow_upstream, slow_upstream_blind, slow_upstream_unreached, slow_upstream_rest,
    resource_told, resource_hinted, resource_told_by_others, resource_cut, resource_usual, resource_effect, resource_surge,
    disk_of_app, disk_of_other, disk_usual,
    segv_joined, segv_at_onset, segv_near,
    exception, exception_explained, exception_unread,
    network, network_unanswered, network_ended,
    proxy_told, proxy_ended, proxy_unreachable, proxy_unreachable_share, proxy_elsewhere, proxy_reloaded, proxy_healed,
    host_restart,
}

fn nats(entries: &BTreeMap<String, Entry>, name: &str) -> Result<f64, String> {
    let entry = entries.get(name).ok_or_else(|| format!("[{name}] is missing"))?;
    if !entry.nats.is_finite() {
        return Err(format!("[{name}] nats = {}: not a number to weigh with", entry.nats));
    }
    if entry.why.trim().is_empty() {
        return Err(format!("[{name}] has no reason"));
    }
    Ok(entry.nats)
}

impl Weights {
    /// Reads a file of weights.
    ///
    /// # Errors
    /// When it is no TOML, lacks a weight or a reason, or has one that nobody knows; for a person.
    pub fn parse(text: &str) -> Result<Self, String> {
        let entries: BTreeMap<String, Entry> =
            toml::from_str(text).map_err(|fault| fault.to_string())?;
        match entries.keys().find(|name| !Self::NAMES.contains(&name.as_str())) {
            Some(stranger) => Err(format!("[{stranger}] weighs nothing")),
            None => Self::from_entries(&entries),
        }
    }

    /// The built-in ones.
    ///
    /// # Errors
    /// Never, as long as the tests pass.
    pub fn built_in() -> Result<Self, String> {
        Self::parse(BUILT_IN)
    }

    /// Nats for a share of failures that a mechanism explains: half of `share` for all of them, 0 for half, and a mechanism that
    /// explains next to nothing is refuted.
    #[must_use]
    pub fn for_share(&self, explained: f64) -> f64 {
        if explained < 0.05 { -9.0 } else { self.share * (explained - 0.5) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_ones_are_read_and_a_fault_is_told() {
        let mut weights = Weights::built_in().unwrap();
        for name in Weights::NAMES {
            assert!(weights.by_name(name).is_some_and(|nats| nats.abs() <= 10.0), "{name}");
        }
        assert!(weights.by_name("luck").is_none());
        let check = |text: &str, fault: &str| {
            let told = Weights::parse(text).unwrap_err();
            assert!(told.contains(fault), "{told}");
        };
        check("", "[share] is missing");
        check(
            &format!("{BUILT_IN}\n[luck]\nnats = 1.0\nwhy = \"why not\"\n"),
            "[luck] weighs nothing",
        );
        check(&BUILT_IN.replacen("nats = 6.0", "nats = nan", 1), "[share]");
    }

    #[test]
    fn a_mechanism_that_explains_nothing_is_refuted() {
        let weights = Weights::built_in().unwrap();
        assert!(weights.for_share(1.0) > 2.9 && weights.for_share(0.5).abs() < 1e-9);
        assert!(weights.for_share(0.0) < -8.0);
    }
}
