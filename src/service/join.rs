//! Which names are of one service, and whether an OOM victim is one of its processes.

use std::collections::{BTreeMap, BTreeSet};

use crate::envelope::Envelope;
use crate::event::EventKind;
use crate::ingest::Source;
use crate::stamp::Micros;
use crate::timeline::{Fact, Timeline, short};

use super::hosts;
use super::names::{
    Owner, cgroup_owner, cgroup_pod, is_behind, is_in_container, names_container, pod_log,
};
use super::{Join, PID_HOLDS, Service, ServiceId, ServiceRole, Services};

/// What two services may have in common. Looked up by it, thousands of logs need not be compared with each other.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Shared {
    Container(String),
    Unit(String),
    Pid(u32),
}

fn shared(service: &Service) -> impl Iterator<Item = Shared> {
    let containers = service.containers.iter().cloned().map(Shared::Container);
    let units = service.units.iter().cloned().map(Shared::Unit);
    containers.chain(units).chain(service.pids.keys().copied().map(Shared::Pid))
}

impl Services {
    /// The log that `docker logs` or the json-file driver wrote does not name its container inside. Docker's own path does, by
    /// id; a copy is usually called after the container; else the port on which its app listens tells, if only one has it.
    pub(super) fn join_container_logs(&mut self, sources: &[Source]) {
        let containers: Vec<usize> =
            (0..self.list.len()).filter(|index| !self.list[*index].containers.is_empty()).collect();
        let logs: Vec<usize> = (0..self.list.len())
            .filter(|index| {
                let service = &self.list[*index];
                let docker = |source: &usize| {
                    matches!(
                        sources[*source].envelope,
                        Envelope::DockerJson | Envelope::DockerStamped
                    )
                };
                service.containers.is_empty()
                    && !service.sources.is_empty()
                    && service.sources.iter().all(docker)
            })
            .collect();
        for log in logs {
            let paths: Vec<&str> = self.list[log]
                .sources
                .iter()
                .map(|source| sources[*source].path.as_str())
                .collect();
            let owner = containers.iter().find(|index| {
                self.list[**index]
                    .containers
                    .iter()
                    .any(|name| paths.iter().any(|path| names_container(path, name)))
            });
            let own_ports: BTreeSet<String> =
                ports(&self.list[log]).into_iter().map(str::to_owned).collect();
            let mut by_port = containers.iter().filter(|index| {
                ports(&self.list[**index]).iter().any(|port| own_ports.contains(*port))
            });
            let owner = owner.or_else(|| by_port.next().filter(|_| by_port.next().is_none()));
            if let Some(owner) = owner {
                self.absorb(*owner, log);
                self.list[*owner].namespaced = true;
            }
        }
    }

    /// The path of a pod's log names the pod, and its container or the pod's uid, which the kernel's cgroup paths have too.
    pub(super) fn join_pod_logs(&mut self, sources: &[Source]) {
        for service in self.list.iter_mut().filter(|service| service.namespaced) {
            let logs = service.sources.iter().filter_map(|source| pod_log(&sources[*source].path));
            for log in logs.filter(|log| service.name == log.pod).collect::<Vec<_>>() {
                service.containers.extend(log.container.map(|id| short(&id).to_owned()));
                service.containers.extend(log.uid);
            }
        }
    }

    /// A supervisor's program is the service whose log names its pid, or whose log file is called after it, or the only app
    /// beside the only program. What else the supervisor's own log tells is of its program, if it has but one.
    pub(super) fn join_programs(&mut self, sources: &[Source]) {
        let programs: Vec<usize> =
            (0..self.list.len()).filter(|index| !self.list[*index].programs.is_empty()).collect();
        for program in &programs {
            let nameless: Vec<usize> =
                (0..self.list.len()).filter(|index| self.is_nameless(*index)).collect();
            let managers = nameless
                .iter()
                .filter(|own| !self.list[**own].told_in.is_disjoint(&self.list[*program].told_in));
            for manager in managers.copied().collect::<Vec<_>>() {
                if programs.len() == 1 {
                    self.absorb(*program, manager);
                }
            }
        }
        for program in &programs {
            let nameless: Vec<usize> =
                (0..self.list.len()).filter(|index| self.is_nameless(*index)).collect();
            let by_pid = |own: &&usize| {
                self.list[**own].pids.keys().any(|pid| self.list[*program].pids.contains_key(pid))
            };
            let by_name = |own: &&usize| {
                let paths =
                    self.list[**own].sources.iter().map(|source| sources[*source].path.as_str());
                paths.into_iter().any(|path| {
                    self.list[*program].programs.iter().any(|name| names_container(path, name))
                })
            };
            let apps: Vec<usize> = nameless
                .iter()
                .copied()
                .filter(|own| self.list[*own].role == ServiceRole::App)
                .collect();
            // What is called a helper is another program than the app, until something else ties them.
            let helper = self.list[*program].programs.iter().any(|name| is_behind(name));
            let only = apps.first().filter(|_| apps.len() == 1 && programs.len() == 1 && !helper);
            let own = nameless
                .iter()
                .find(by_pid)
                .or_else(|| nameless.iter().find(by_name))
                .or(only)
                .copied();
            if let Some(own) = own {
                self.absorb(*program, own);
                self.list[*program].role = ServiceRole::App;
            }
        }
    }

    pub(super) fn is_nameless(&self, index: usize) -> bool {
        let service = &self.list[index];
        !service.name.is_empty()
            && service.units.is_empty()
            && service.containers.is_empty()
            && service.programs.is_empty()
    }

    /// Text journals do not write the unit of a message, but the program's name, which is mostly the unit's own where an app has one.
    pub(super) fn join_units_by_ident(&mut self) {
        for own in 0..self.list.len() {
            if !self.is_nameless(own) || self.list[own].role == ServiceRole::Store {
                continue;
            }
            let unit = format!("{}.service", self.list[own].name);
            let mut units = (0..self.list.len()).filter(|index| {
                let other = &self.list[*index];
                other.units.contains(&unit)
                    && !other.told_in.is_disjoint(&self.list[own].told_in)
                    && self.may_be_one(own, *index)
            });
            if let (Some(unit), None) = (units.next(), units.next()) {
                self.absorb(unit, own);
            }
        }
    }

    /// A log in a folder with a unit's name, `shop/gunicorn.log` and `shop.service`, if something happens to both at once.
    pub(super) fn join_units_by_folder(&mut self, timeline: &Timeline) {
        let units: Vec<(usize, String)> = self
            .list
            .iter()
            .enumerate()
            .filter(|(_, service)| service.sources.is_empty() && service.units.len() == 1)
            .filter_map(|(index, service)| {
                let unit = service.units.first()?.strip_suffix(".service")?;
                Some((index, unit.to_owned()))
            })
            .collect();
        let moments = |services: &Self, id: usize| -> Vec<Micros> {
            let own =
                timeline.iter().filter(|(_, fact)| services.of_fact(fact) == Some(ServiceId(id)));
            own.filter_map(|(_, fact)| fact.at()).collect()
        };
        for own in 0..self.list.len() {
            if !self.is_nameless(own) || self.list[own].role == ServiceRole::Store {
                continue;
            }
            let path = self.list[own].name.clone();
            let named: Vec<usize> = units
                .iter()
                .filter(|(index, unit)| {
                    self.may_be_one(own, *index)
                        && path
                            .split('/')
                            .any(|part| part.strip_suffix(".log").unwrap_or(part) == unit)
                })
                .map(|(index, _)| *index)
                .collect();
            let [unit] = named.as_slice() else { continue };
            let theirs = moments(self, *unit);
            // Facts are in order of time.
            let together = moments(self, own).iter().any(|at| {
                let next = theirs.partition_point(|then| *then < at - TOGETHER);
                theirs.get(next).is_some_and(|then| *then <= at + TOGETHER)
            });
            if together {
                self.absorb(*unit, own);
            }
        }
    }

    /// A victim whose pid a service's own log names tells the service's unit or container by its cgroup.
    pub(super) fn learn_cgroups(&mut self, timeline: &Timeline) {
        for (_, fact) in timeline.of(EventKind::OomKill) {
            let Some(oom) = fact.oom() else { continue };
            let Some(owner) = oom
                .victim_cgroup
                .as_deref()
                .map(cgroup_owner)
                .filter(|owner| *owner != Owner::Unknown)
            else {
                continue;
            };
            let ids: Vec<ServiceId> = self.iter().map(|(id, _)| id).collect();
            let Some(id) = ids.into_iter().find(|id| self.join(fact, fact.at(), *id) == Join::Pid)
            else {
                continue;
            };
            let service = &mut self.list[id.0];
            match owner {
                Owner::Unit(unit) if service.units.is_empty() && service.containers.is_empty() => {
                    service.name.clone_from(&unit);
                    service.units.insert(unit);
                }
                Owner::Container(container)
                    if service.units.is_empty() && service.containers.is_empty() =>
                {
                    service.containers.insert(short(&container).to_owned());
                }
                _ => {}
            }
        }
    }

    /// A service that is known by its log alone is called by what wrote it and the file's own name, with its folder where two would
    /// be called alike.
    pub(super) fn name_files(&mut self, sources: &[Source]) {
        let paths: BTreeSet<&str> = sources.iter().map(|source| source.path.as_str()).collect();
        let mut named: Vec<(usize, String)> = Vec::new();
        let mut times: BTreeMap<String, usize> = BTreeMap::new();
        let called = |service: &Service, parts: usize| {
            let mut file: Vec<&str> = service.name.rsplit('/').take(parts).collect();
            file.reverse();
            let store = service.store.as_deref().or(service.format.as_deref());
            format!("{} ({})", store.unwrap_or(super::NAMELESS), file.join("/"))
        };
        for (index, service) in self.list.iter().enumerate() {
            let nameless = service.units.is_empty()
                && service.containers.is_empty()
                && service.programs.is_empty();
            // A file that lies in no folder is a file all the same.
            if nameless && (service.name.contains('/') || paths.contains(service.name.as_str())) {
                let name = called(service, 1);
                *times.entry(name.clone()).or_default() += 1;
                named.push((index, name));
            }
        }
        for (index, name) in named {
            let alike = times.get(&name).is_some_and(|times| *times > 1);
            let service = &mut self.list[index];
            service.name = if alike { called(service, 2) } else { name };
        }
    }

    /// Services that share a container, a unit, or a log file are one.
    pub(super) fn merge_equal(&mut self) {
        let mut sharing: BTreeMap<Shared, BTreeSet<usize>> = BTreeMap::new();
        for (index, service) in self.list.iter().enumerate() {
            for shared in shared(service) {
                sharing.entry(shared).or_default().insert(index);
            }
        }
        sharing.retain(|_, services| services.len() > 1);
        for index in 0..self.list.len() {
            let mut others = BTreeSet::new();
            let mut last = index;
            self.add_sharing(index, &sharing, &mut others);
            while let Some(other) = others.range(last + 1..).next().copied() {
                last = other;
                let (a, b) = (&self.list[index], &self.list[other]);
                let named =
                    !a.containers.is_disjoint(&b.containers) || !a.units.is_disjoint(&b.units);
                let same_pids = a.role == b.role
                    && !a.namespaced
                    && !b.namespaced
                    && a.pids.keys().filter(|pid| b.pids.contains_key(pid)).count() >= 2;
                if (named || same_pids) && self.may_be_one(index, other) {
                    self.absorb(index, other);
                    self.add_sharing(index, &sharing, &mut others);
                }
            }
        }
    }

    /// Adds those that share anything with a service.
    fn add_sharing(
        &self,
        index: usize,
        sharing: &BTreeMap<Shared, BTreeSet<usize>>,
        others: &mut BTreeSet<usize>,
    ) {
        let Some(service) = self.list.get(index) else { return };
        others.extend(shared(service).filter_map(|shared| sharing.get(&shared)).flatten());
    }

    /// Whether nothing tells that two services are of different hosts.
    pub(super) fn may_be_one(&self, one: usize, other: usize) -> bool {
        hosts::fit(self.list[one].host.as_deref(), self.list[other].host.as_deref())
    }

    pub(super) fn absorb(&mut self, into: usize, from: usize) {
        if !self.may_be_one(into, from) {
            return;
        }
        let other = std::mem::take(&mut self.list[from]);
        for id in self.of.iter_mut().flatten().filter(|id| id.0 == from) {
            *id = ServiceId(into);
        }
        let service = &mut self.list[into];
        if service.units.is_empty()
            && service.containers.is_empty()
            && !other.name.is_empty()
            && !(other.units.is_empty() && other.containers.is_empty() && other.programs.is_empty())
        {
            service.name = other.name;
        }
        service.host = service.host.take().or(other.host);
        service.role = service.role.min(other.role);
        service.format = service.format.take().or(other.format);
        service.store = service.store.take().or(other.store);
        service.units.extend(other.units);
        service.containers.extend(other.containers);
        service.programs.extend(other.programs);
        service.called.extend(other.called);
        service.addresses.extend(other.addresses);
        service.ips.extend(other.ips);
        service.wildcard |= other.wildcard;
        service.serves |= other.serves;
        service.namespaced |= other.namespaced;
        service.sources.extend(other.sources);
        for (pid, seen) in other.pids {
            service.pids.entry(pid).or_default().extend(seen);
        }
    }

    /// How the victim of an OOM kill at a moment is joined to a service. A fact without a victim is joined to none.
    #[must_use]
    pub fn join(&self, fact: &Fact, at: Option<Micros>, id: ServiceId) -> Join {
        let Some(kill) = fact.oom() else { return Join::None };
        let service = self.get(id);
        // Pids, units and task names are those of one kernel.
        let host = self.hosts.get(fact.id.0).and_then(Option::as_deref);
        if !hosts::fit(host, service.host.as_deref()) {
            return Join::Mismatch;
        }
        let comm_fits = self.comm_fits(&kill.victim.comm, service);
        if let Some(pid) = kill.victim.pid.filter(|_| !service.namespaced)
            && let Some(seen) = service.pids.get(&pid)
        {
            // The task name may be that of a thread and need not fit, as long as the pid was seen near in time.
            let near = at.is_some_and(|at| seen.iter().any(|seen| (seen - at).abs() <= PID_HOLDS));
            if near || comm_fits == Some(true) {
                return Join::Pid;
            }
        }
        // A server that names its workers' pids would have named the victim's.
        let foreign = kill.victim.pid.is_some_and(|pid| {
            self.tells_pids(service)
                && !service.pids.contains_key(&pid)
                && !looks_namespaced(service, pid)
                && !kill.cgroup().is_some_and(is_in_container)
        });
        let cgroup = kill.cgroup();
        match cgroup.map(cgroup_owner) {
            Some(Owner::Unit(unit)) if service.units.contains(&unit) => return Join::Cgroup,
            Some(Owner::Container(container)) if service.containers.contains(short(&container)) => {
                return Join::Cgroup;
            }
            Some(Owner::Container(_))
                if cgroup
                    .and_then(cgroup_pod)
                    .is_some_and(|uid| service.containers.contains(&uid)) =>
            {
                return Join::Cgroup;
            }
            Some(Owner::Unit(unit))
                if !service.units.is_empty() && !service.units.contains(&unit) =>
            {
                return Join::Mismatch;
            }
            // A container of which only the name is known may be the one.
            Some(Owner::Container(_))
                if service.containers.iter().any(|name| is_identity(name)) =>
            {
                return Join::Mismatch;
            }
            Some(Owner::Container(_)) if !service.units.is_empty() => return Join::Mismatch,
            _ => {}
        }
        match comm_fits {
            Some(true) if foreign => Join::None,
            Some(true) => {
                let alike = self.iter().filter(|(_, other)| {
                    other.role == service.role
                        && self.comm_fits(&kill.victim.comm, other) == Some(true)
                });
                if alike.count() == 1 { Join::Comm } else { Join::None }
            }
            Some(false) | None => Join::None,
        }
    }

    /// Whether a task name is one of a service's server; `None` where its task names are not known.
    #[must_use]
    pub fn comm_is(&self, comm: &str, id: ServiceId) -> Option<bool> {
        self.comm_fits(comm, self.get(id))
    }

    /// Whether a task name is a database's, cache's or queue's.
    #[must_use]
    pub fn is_store(&self, comm: &str) -> bool {
        self.store_comms
            .iter()
            .any(|own| own.strip_suffix('*').map_or(own == comm, |head| comm.starts_with(head)))
    }

    /// Whether a task name is one of an app server that we know.
    #[must_use]
    pub fn is_app_server(&self, comm: &str) -> bool {
        let apps = self.comms.iter().filter(|(format, _)| self.app_formats.contains(*format));
        apps.flat_map(|(_, comms)| comms).any(|own| {
            let head = own.strip_suffix('*').unwrap_or(own);
            comm == head
                || comm.starts_with(head)
                    && (own.ends_with('*') || comm[head.len()..].starts_with([':', ' ', '.']))
                || comm.strip_prefix(head).is_some_and(|rest| {
                    !rest.is_empty()
                        && rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
                })
        })
    }

    /// Whether the service's log names its workers by pid.
    fn tells_pids(&self, service: &Service) -> bool {
        !service.namespaced && service.pids.len() >= 2
    }

    /// Whether a task name is one of the service's server; `None` where the server's task names are not known. An app of its own is
    /// mostly called as its unit or container is.
    fn comm_fits(&self, comm: &str, service: &Service) -> Option<bool> {
        let known = service.format.as_deref().and_then(|format| self.comms.get(format));
        let Some(known) = known else {
            return is_called(service, comm).then_some(true);
        };
        Some(known.iter().any(|own| {
            let head = own.strip_suffix('*').unwrap_or(own);
            // Servers write their role behind their name: `puma: cluster w`, `gunicorn: maste`.
            comm == head
                || (comm.starts_with(head)
                    && (own.ends_with('*') || comm[head.len()..].starts_with([':', ' '])))
        }))
    }
}

/// Whether a service's own name is a task name, which the kernel cuts after 15 bytes (`TASK_COMM_LEN`).
fn is_called(service: &Service, comm: &str) -> bool {
    let units = service.units.iter().filter_map(|unit| unit.strip_suffix(".service"));
    let others = service.called.iter().chain(&service.containers).chain(&service.programs);
    let cut = |name: &str| name.get(..COMM_MAX_BYTES).is_some_and(|head| head == comm);
    units.chain(others.map(String::as_str)).any(|name| name == comm || cut(name))
}

/// Whether a service's pids look like those of a container while the kernel counts far higher.
fn looks_namespaced(service: &Service, pid: u32) -> bool {
    service.pids.keys().all(|own| *own < 400) && pid > 1000
}

/// Whether a container's name is one that cgroup paths have: the head of its id, or the uid of its pod.
fn is_identity(name: &str) -> bool {
    let bare = name.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    bare && (name.len() == 12 || name.len() == 36 || name.len() == 32)
}

/// Longest task name.
const COMM_MAX_BYTES: usize = 15;
/// What systemd and the service's own log tell of one moment is this close.
const TOGETHER: Micros = 3_000_000;

/// The ports of a service's listen addresses.
fn ports(service: &Service) -> BTreeSet<&str> {
    service
        .addresses
        .iter()
        .filter_map(|address| address.rsplit_once(':').map(|(_, port)| port))
        .collect()
}
