//! Who is who: the services of the bundle, each with the names under which the logs know it: pids, listen addresses, unit,
//! container, cgroup, task name. An OOM victim, an upstream address and a worker in an app log meet here, or they do not.
//!
//! Pids are scoped: a pid that a container prints never equals a pid of the kernel, and a pid holds only near the time at which
//! it was seen. A name that two services could claim joins nothing.

pub mod hosts;
mod join;
pub mod names;
mod starts;
mod upstream;

use std::collections::{BTreeMap, BTreeSet};

use crate::event::EventKind;
use crate::grammar::{Grammars, Role};
use crate::ingest::Source;
use crate::snapshot::{Container, Snapshot};
use crate::stamp::{HOUR, Micros};
use crate::timeline::{Fact, FactId, Timeline, short};

use hosts::Hosts;
use names::{address_key, is_bound, is_local, is_pod_uid, pod_log};

/// Index of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceId(pub usize);

/// What kind of service it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum ServiceRole {
    /// Answers requests behind the proxy.
    App,
    /// A database, cache or queue.
    Store,
    /// Something else that systemd or docker runs.
    #[default]
    Other,
}

/// A service and its names.
#[derive(Debug, Clone, Default)]
pub struct Service {
    /// The name for people: unit, container, program or the path of its log.
    pub name: String,
    /// Its host, where the bundle is of several and its logs tell.
    pub host: Option<String>,
    /// What kind it is.
    pub role: ServiceRole,
    /// Log format of its server, which tells its task names.
    pub format: Option<String>,
    /// The store's name, as drivers call it.
    pub store: Option<String>,
    /// systemd unit.
    pub units: BTreeSet<String>,
    /// Container ids (12 digits) and names.
    pub containers: BTreeSet<String>,
    /// Supervisor programs.
    pub programs: BTreeSet<String>,
    /// Names that whoever runs it gives to its program: the container in its pod, the compose service.
    pub called: BTreeSet<String>,
    /// Listen addresses, in the spelling of [`names::address_key`].
    pub addresses: BTreeSet<String>,
    /// Whether it was seen to serve: it listens, has workers, or met requests. A crash alone shows no server.
    pub serves: bool,
    /// Whether it also listens at an address of all interfaces, whose port others may reach under another number (docker's `-p`).
    pub wildcard: bool,
    /// IP addresses that only it has.
    pub ips: BTreeSet<String>,
    /// Pids with the moments at which they were seen.
    pub pids: BTreeMap<u32, BTreeSet<Micros>>,
    /// Whether its pids are those of a container and tell nothing to the kernel.
    pub namespaced: bool,
    /// Sources that are its own logs.
    pub sources: BTreeSet<usize>,
    /// Sources in which anything is told of it.
    told_in: BTreeSet<usize>,
}

/// What a service is called of which nothing but its log is known.
const NAMELESS: &str = "the app";

impl Service {
    /// Whether its own addresses allow that it is behind an upstream.
    #[must_use]
    pub fn may_be_at(&self, upstream: &str) -> bool {
        let key = address_key(upstream);
        let (host, port) = key.rsplit_once(':').unwrap_or((key.as_str(), ""));
        // Networks of containers are /16 or smaller: a neighbour in its network is another container.
        let network = |ip: &str| ip.rsplitn(3, '.').nth(2).map(str::to_owned);
        let neighbour =
            |ip: &String| ip != host && network(ip).is_some_and(|own| network(host) == Some(own));
        if !self.ips.is_empty() && !self.ips.contains(host) && self.ips.iter().any(neighbour) {
            return false;
        }
        // Whoever is asked at another host's address, or at the web's own ports, may be a proxy in front of it.
        let loopback = host == "127.0.0.1" || key.starts_with("unix:");
        let inner = matches!(port, "80" | "81" | "443");
        let elsewhere = !self.addresses.is_empty()
            && self.addresses.iter().all(|own| are_neighbours(own, &key));
        if elsewhere {
            return false;
        }
        let open = self.wildcard || self.namespaced || inner || !loopback;
        if self.addresses.is_empty() || open {
            return true;
        }
        let file = |socket: &str| socket.rsplit('/').next().map(str::to_owned);
        self.addresses.iter().any(|own| {
            match (own.strip_prefix("unix:"), key.strip_prefix("unix:")) {
                // `/run` and `/var/run` are one folder.
                (Some(own), Some(asked)) => file(own) == file(asked),
                (None, None) => own.rsplit_once(':').is_some_and(|(_, own)| own == port),
                _ => false,
            }
        })
    }

    /// The file by which a service without a name is called: `node.log` of `the app (node.log)`.
    #[must_use]
    pub fn log_of_nameless(&self) -> Option<&str> {
        self.name.strip_prefix(NAMELESS)?.strip_prefix(" (")?.strip_suffix(')')
    }
}

/// Whether two addresses are of two hosts of one network: both written out, unlike, and of the same /16. Where the networks differ, one may
/// stand for the other (a Service of Kubernetes, a published port).
fn are_neighbours(one: &str, other: &str) -> bool {
    let ip = |address: &str| {
        let (host, _) = address.rsplit_once(':')?;
        let ip = host.parse::<std::net::Ipv4Addr>().ok()?;
        (!ip.is_loopback() && !ip.is_unspecified()).then_some(ip.octets())
    };
    match (ip(one), ip(other)) {
        (Some(one), Some(other)) => one != other && one[..2] == other[..2],
        _ => false,
    }
}

/// The services of a bundle.
#[derive(Debug, Default)]
pub struct Services {
    /// In order of discovery: by key.
    pub list: Vec<Service>,
    /// Which service each fact speaks of, by the fact's place.
    of: Vec<Option<ServiceId>>,
    /// Which host each fact is of, by the fact's place, where the bundle is of several.
    hosts: Vec<Option<String>>,
    /// Likewise each source.
    source_hosts: Vec<Option<String>>,
    comms: BTreeMap<String, Vec<String>>,
    /// Task names of stores, whether one is in the bundle or not.
    store_comms: BTreeSet<String>,
    /// Formats of app servers.
    app_formats: BTreeSet<String>,
}

/// How a kernel victim is known to be a service's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Join {
    /// Both sides are known and differ.
    Mismatch,
    /// Nothing joins them.
    None,
    /// No log in the bundle is of what failed, so that nothing could name it; it came with the onset, beyond chance.
    Time,
    /// The task name is one that the service's server has, and no other service has it.
    Comm,
    /// Its cgroup is the service's unit or container.
    Cgroup,
    /// Its pid is one that the service's own log or unit names.
    Pid,
}

/// How far from a sighting a pid still means the same process. Longer-lived masters are bridged by the task name.
const PID_HOLDS: Micros = 12 * HOUR;

/// Finds the services.
#[must_use]
pub fn find(sources: &[Source], timeline: &Timeline, grammars: &Grammars) -> Services {
    let stores = grammars.iter().filter(|grammar| grammar.role == Role::Store);
    // Those that work off queues serve no request.
    let serves = |format: &str| !matches!(format, "celery" | "sidekiq");
    let apps =
        grammars.iter().filter(|grammar| grammar.role == Role::App && serves(&grammar.format));
    let mut services = Services {
        comms: comms(grammars),
        store_comms: stores.flat_map(|grammar| grammar.comms.iter().cloned()).collect(),
        app_formats: apps.map(|grammar| grammar.format.clone()).collect(),
        ..Services::default()
    };
    let hosts = Hosts::of(sources);
    let mut keys: BTreeMap<(String, Option<String>), ServiceId> = BTreeMap::new();
    services.of = vec![None; timeline.facts.len()];
    for (fact_id, fact) in timeline.iter() {
        let host = hosts.of_fact(fact, sources);
        services.hosts.push(host.clone());
        let Some(key) = key_of(fact, sources) else { continue };
        let key = (key, host);
        let id = *keys.entry(key.clone()).or_insert_with(|| services.add(&key.0, key.1));
        services.of[fact_id.0] = Some(id);
        services.learn(id, fact, grammars);
    }
    for source in sources {
        let host = hosts.of_source(source);
        for container in containers(source) {
            services.learn_container(container, host.as_deref());
        }
        services.source_hosts.push(host);
    }
    services.join_pod_logs(sources);
    services.join_container_logs(sources);
    services.join_programs(sources);
    services.join_units_by_ident();
    services.join_units_by_start(timeline);
    services.join_units_by_folder(timeline);
    services.merge_equal();
    services.learn_cgroups(timeline);
    services.merge_equal();
    services.name_files(sources);
    services.credit_upstreams(timeline);
    services
}

fn comms(grammars: &Grammars) -> BTreeMap<String, Vec<String>> {
    grammars
        .iter()
        .filter(|grammar| !grammar.comms.is_empty())
        .map(|grammar| (grammar.format.clone(), grammar.comms.clone()))
        .collect()
}

fn containers(source: &Source) -> impl Iterator<Item = &Container> {
    source.snapshot.as_ref().map_or(&[][..], Snapshot::containers).iter()
}

/// Which service a fact speaks of: the container or unit that wrote it or that it names, else the log file.
fn key_of(fact: &Fact, sources: &[Source]) -> Option<String> {
    use EventKind as Kind;
    let source = &sources[fact.event.at.source.0];
    match fact.kind {
        Kind::UnitStarting
        | Kind::UnitStarted
        | Kind::UnitStopping
        | Kind::UnitStopped
        | Kind::UnitReloaded
        | Kind::UnitOomKilled
        | Kind::UnitProcessExited
        | Kind::UnitFailed
        | Kind::UnitRestartScheduled
        | Kind::UnitSignalSent
        | Kind::UnitStopTimeout
        | Kind::UnitWatchdog => {
            let unit = fact.field("unit")?;
            unit.ends_with(".service").then(|| format!("unit {unit}"))
        }
        Kind::ContainerCreated
        | Kind::ContainerStarted
        | Kind::ContainerDied
        | Kind::ContainerKilled
        | Kind::ContainerStopped
        | Kind::ContainerDestroyed
        | Kind::ContainerOom
        | Kind::ContainerState
        | Kind::ContainerUnhealthy
        | Kind::ContainerStopForced => Some(format!(
            "container {}",
            short(fact.field("container").or(fact.event.origin.container.as_deref())?)
        )),
        Kind::ProgramStarted | Kind::ProgramExited | Kind::ProgramStopped | Kind::ProgramGaveUp => {
            Some(format!("program {}", fact.field("program")?))
        }
        kind if writes_of_itself(kind) => Some(writer(fact, source)),
        _ => None,
    }
}

/// Kinds that a server or store tells of itself.
fn writes_of_itself(kind: EventKind) -> bool {
    use EventKind as Kind;
    matches!(
        kind,
        Kind::AppStarted
            | Kind::AppListening
            | Kind::AppStopping
            | Kind::AppStopped
            | Kind::AppReloaded
            | Kind::AppBootFailed
            | Kind::WorkerBooted
            | Kind::WorkerExited
            | Kind::WorkerSignaled
            | Kind::WorkerTimeout
            | Kind::MasterGone
            | Kind::WorkersExhausted
            | Kind::ListenQueueFull
            | Kind::HeapLimit
            | Kind::MemoryLimit
            | Kind::ManagerMemoryLimit
            | Kind::UncaughtException
            | Kind::RequestError
            | Kind::DependencyRefused
            | Kind::DependencyLost
            | Kind::DependencyTimeout
            | Kind::DependencyUnresolved
            | Kind::DependencyExhausted
            | Kind::DiskFull
            | Kind::OpenFilesExhausted
            | Kind::StoreStarted
            | Kind::StoreReady
            | Kind::StoreStopping
            | Kind::StoreCrashed
            | Kind::StoreRefusing
            | Kind::StoreTooManyClients
            | Kind::StoreLockWait
            | Kind::StoreSlow
            | Kind::StoreOutOfMemory
            | Kind::StoreDiskFull
    )
}

fn writer(fact: &Fact, source: &Source) -> String {
    let origin = &fact.event.origin;
    if let Some(container) = &origin.container {
        return format!("container {}", short(container));
    }
    if let Some(unit) =
        origin.unit.as_ref().filter(|unit| unit.ends_with(".service") && *unit != "init.scope")
    {
        return format!("unit {unit}");
    }
    match (&origin.ident, pod_log(&source.path)) {
        (Some(ident), _) => format!("ident {ident}"),
        (None, Some(log)) => format!("container {}", log.pod),
        (None, None) => format!("file {}", source.path),
    }
}

impl Services {
    fn add(&mut self, key: &str, host: Option<String>) -> ServiceId {
        let (kind, name) = key.split_once(' ').unwrap_or(("", key));
        let mut service = Service {
            name: name.to_owned(),
            host,
            namespaced: kind == "container",
            ..Service::default()
        };
        match kind {
            "unit" => drop(service.units.insert(name.to_owned())),
            "container" => drop(service.containers.insert(name.to_owned())),
            "program" => drop(service.programs.insert(name.to_owned())),
            _ => {}
        }
        self.list.push(service);
        ServiceId(self.list.len() - 1)
    }

    fn learn(&mut self, id: ServiceId, fact: &Fact, grammars: &Grammars) {
        let service = &mut self.list[id.0];
        if writes_of_itself(fact.kind) {
            service.sources.extend(fact.witnesses.iter().map(|line| line.source.0));
            let specific = fact.event.format.as_deref().filter(|format| {
                grammars
                    .named(format)
                    .is_some_and(|grammar| !grammar.fallback && grammar.role != Role::Anywhere)
            });
            if let Some(format) = specific {
                service.format.get_or_insert_with(|| format.to_owned());
            }
        }
        service.told_in.extend(fact.witnesses.iter().map(|line| line.source.0));
        match fact.kind {
            // Workers of queues say that they are ready too; only who listens serves.
            EventKind::AppListening
                if fact.field("address").is_none() && fact.field("port").is_none() => {}
            EventKind::AppListening
            | EventKind::AppStarted
            | EventKind::WorkerBooted
            | EventKind::WorkerTimeout
            | EventKind::WorkerSignaled => {
                service.role = ServiceRole::App;
                service.serves = true;
            }
            EventKind::RequestError => service.serves = true,
            EventKind::HeapLimit | EventKind::UncaughtException
                if service.role == ServiceRole::Other =>
            {
                service.role = ServiceRole::App;
            }
            _ => {}
        }
        if let Some(store) =
            fact.field("service").filter(|_| fact.kind.name().starts_with("store-"))
        {
            service.role = ServiceRole::Store;
            service.store = Some(store.to_owned());
        }
        if let Some(address) =
            fact.field("address").filter(|_| fact.kind == EventKind::AppListening)
        {
            service.addresses.insert(address_key(address));
            service.wildcard |= !is_bound(address);
        }
        if let Some(port) = fact.field("port").filter(|_| fact.kind == EventKind::AppListening) {
            service.wildcard = true;
            service.addresses.insert(format!("127.0.0.1:{port}"));
        }
        if let Some(name) =
            fact.field("name").filter(|_| fact.kind.name().starts_with("container-"))
        {
            service.containers.insert(name.to_owned());
            short(name).clone_into(&mut service.name);
            service.called.extend(fact.field("container_name").map(str::to_owned));
            service.ips.extend(fact.field("pod_ip").map(str::to_owned));
            let uid = fact.field("pod_uid").map(str::to_ascii_lowercase);
            service.containers.extend(uid.filter(|uid| is_pod_uid(uid)));
        }
        let mentions_worker = writes_of_itself(fact.kind) || fact.kind == EventKind::ProgramStarted;
        let pids = [fact.pid("worker"), fact.pid("pid"), fact.event.origin.pid];
        if mentions_worker {
            for pid in pids.into_iter().flatten() {
                service.pids.entry(pid).or_default().extend(fact.at());
            }
            // A master with pid 1 writes from inside a container, whatever the envelope says.
            service.namespaced |= fact.event.origin.pid == Some(1) || fact.pid("pid") == Some(1);
        }
    }

    fn learn_container(&mut self, container: &Container, host: Option<&str>) {
        let names = [short(&container.id).to_owned(), container.name.clone()];
        let known = self.list.iter().position(|service| {
            hosts::fit(service.host.as_deref(), host)
                && names.iter().any(|name| service.containers.contains(name))
        });
        let index = known.unwrap_or_else(|| {
            self.add(&format!("container {}", names[0]), host.map(str::to_owned)).0
        });
        let service = &mut self.list[index];
        service.containers.extend(names);
        service.called.extend(container.service.clone());
        service.addresses.extend(container.addresses.iter().map(|address| address_key(address)));
        service.ips.extend(container.ips.iter().filter(|ip| !ip.is_empty()).cloned());
        short(&container.name).clone_into(&mut service.name);
    }

    /// Services that are real (merged ones leave an empty place).
    pub fn iter(&self) -> impl Iterator<Item = (ServiceId, &Service)> {
        self.list
            .iter()
            .enumerate()
            .filter(|(_, service)| !service.name.is_empty())
            .map(|(index, service)| (ServiceId(index), service))
    }

    /// The service with this id.
    #[must_use]
    pub fn get(&self, id: ServiceId) -> &Service {
        &self.list[id.0]
    }

    /// The host that a fact is of, where the bundle is of several.
    #[must_use]
    pub fn host_of(&self, fact: FactId) -> Option<&str> {
        self.hosts.get(fact.0)?.as_deref()
    }

    /// The host that a source is of, where the bundle is of several.
    #[must_use]
    pub fn host_of_source(&self, source: usize) -> Option<&str> {
        self.source_hosts.get(source)?.as_deref()
    }

    /// The service that listens at an upstream address of a proxy, which runs on this host, where that is known.
    #[must_use]
    pub fn at_address(&self, upstream: &str, asker: Option<&str>) -> Option<ServiceId> {
        let key = address_key(upstream);
        let here =
            |service: &Service| !is_local(&key) || hosts::fit(service.host.as_deref(), asker);
        let mut exact =
            self.iter().filter(|(_, service)| service.addresses.contains(&key) && here(service));
        if let Some((id, _)) = exact.next() {
            return Some(id);
        }
        // A container has an address of its own, whether or not its description names the port.
        let ip = key.rsplit_once(':').map_or(key.as_str(), |(ip, _)| ip);
        let mut by_ip = self.iter().filter(|(_, service)| service.ips.contains(ip));
        if let (Some((id, _)), None) = (by_ip.next(), by_ip.next()) {
            return Some(id);
        }
        let port = key
            .rsplit_once(':')
            .map(|(_, port)| port)
            .filter(|port| port.bytes().all(|byte| byte.is_ascii_digit()))?;
        let mut by_port = self.iter().filter(|(_, service)| {
            here(service)
                && service.addresses.iter().any(|own| {
                    own.rsplit_once(':').is_some_and(|(_, own_port)| own_port == port)
                        && !are_neighbours(own, &key)
                })
        });
        let first = by_port.next()?;
        by_port.next().is_none().then_some(first.0)
    }

    /// Whether nothing tells that two services are of different hosts.
    #[must_use]
    pub fn may_share_host(&self, one: ServiceId, other: ServiceId) -> bool {
        self.may_be_one(one.0, other.0)
    }

    /// Whether two are known to be different: each has a unit or an address of its own. Others may be two views of one.
    #[must_use]
    pub fn are_separate(&self, one: ServiceId, other: ServiceId) -> bool {
        let (one, other) = (&self.list[one.0], &self.list[other.0]);
        let apart = |own: &BTreeSet<String>, theirs: &BTreeSet<String>| {
            !own.is_empty() && !theirs.is_empty() && own.is_disjoint(theirs)
        };
        apart(&one.units, &other.units) || apart(&one.addresses, &other.addresses)
    }

    /// The service of which a fact speaks.
    #[must_use]
    pub fn of_fact(&self, fact: &Fact) -> Option<ServiceId> {
        self.of.get(fact.id.0).copied().flatten()
    }
}
