//! Counts that were written down once and come back as they were. In: tables; out: a [`Traffic`] as coarse as they are.

use std::collections::BTreeMap;

use crate::stamp::{Micros, RawStamp};

use super::{
    CLIENTS_MAX, FailureCount, FailureKey, LOAD_STEPS, Load, Routes, Traffic, hash, numbered,
};

/// The tables of one log.
#[derive(Debug, Clone, Default)]
pub struct Restored {
    /// As [`Traffic::statuses`].
    pub statuses: BTreeMap<u16, u64>,
    /// As [`Traffic::probes`].
    pub probes: BTreeMap<u16, u64>,
    /// As [`Traffic::sampled`].
    pub sampled: bool,
    /// As [`Traffic::load`].
    pub load: BTreeMap<Micros, Load>,
    /// As [`Traffic::load_step`].
    pub load_step: Micros,
    /// As [`Traffic::failures`].
    pub failures: BTreeMap<FailureKey, FailureCount>,
    /// As [`Traffic::failure_step`].
    pub failure_step: Micros,
    /// Begin of the step, route, requests.
    pub routes: Vec<(Micros, String, u64)>,
    /// Length of a step of the routes.
    pub route_step: Micros,
    /// As [`Traffic::span`].
    pub span: Option<(RawStamp, RawStamp)>,
    /// As [`Traffic::clients`].
    pub clients: usize,
    /// As [`Traffic::http10`].
    pub http10: u64,
    /// As [`Traffic::with_upstream`].
    pub with_upstream: u64,
    /// As [`Traffic::by_app_server`].
    pub by_app_server: u64,
    /// As [`Traffic::start_logged`].
    pub start_logged: bool,
}

impl Traffic {
    /// Counts as they were, without marks and without who the clients were.
    #[must_use]
    pub fn restored(tables: Restored) -> Self {
        let routes = Routes::restored(tables.route_step, tables.routes);
        let load_level = LOAD_STEPS
            .iter()
            .position(|step| *step >= tables.load_step)
            .unwrap_or(LOAD_STEPS.len() - 1);
        let clients = (0..tables.clients.min(CLIENTS_MAX)).map(hash).collect();
        let mut traffic = Self {
            statuses: tables.statuses,
            load: tables.load,
            failures: tables.failures,
            probes: tables.probes,
            sampled: tables.sampled,
            routes,
            span: tables.span,
            clients,
            clients_left: CLIENTS_MAX.saturating_sub(tables.clients),
            http10: tables.http10,
            with_upstream: tables.with_upstream,
            start_logged: tables.start_logged,
            by_app_server: tables.by_app_server,
            load_level,
            failure_step: numbered::step_at_least(tables.failure_step),
            ..Self::default()
        };
        traffic.bound_load();
        traffic
    }
}
