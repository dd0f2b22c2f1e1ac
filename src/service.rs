//! Who is who: the services of the bundle, each with the names under which the logs know it: pids, listen addresses, unit,
//! container, cgroup, task name. An OOM victim, an upstream address and a worker in an app log meet here, or they do not.
//!
//! Pids are scoped: a pid that a container prints never equals a pid of the kernel, and a pid holds only near the time at which
//! it was seen. A name that two services could claim joins nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::event::{EventKind, OomKill};
use crate::grammar::Grammars;
use crate::ingest::Source;
use crate::snapshot::{Container, Snapshot};
use crate::stamp::{HOUR, Micros};
use crate::timeline::{Fact, Timeline, short};

/// Index of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceId(pub usize);

/// What kind of service it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ServiceRole {
    /// Answers requests behind the proxy.
    App,
    /// A database, cache or queue.
    Store,
    /// Something else that systemd or docker runs.
    Other,
}

/// A service and its names.
#[derive(Debug, Clone)]
pub struct Service {
    /// The name for people: unit, container, program or the path of its log.
    pub name: String,
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
    /// Listen addresses, normalised by [`address`].
    pub addresses: BTreeSet<String>,
    /// Pids with the moments at which they were seen.
    pub pids: BTreeMap<u32, BTreeSet<Micros>>,
    /// Whether its pids are those of a container and tell nothing to the kernel.
    pub namespaced: bool,
    /// Sources that are its own logs.
    pub sources: BTreeSet<usize>,
}

/// The services of a bundle.
#[derive(Debug, Default)]
pub struct Services {
    /// In order of discovery: by key.
    pub list: Vec<Service>,
    by_source: BTreeMap<(usize, String), ServiceId>,
    comms: BTreeMap<String, Vec<String>>,
}

/// How a kernel victim is known to be a service's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Join {
    /// Both sides are known and differ.
    Mismatch,
    /// Nothing joins them.
    None,
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
    let mut services = Services { comms: comms(grammars), ..Services::default() };
    let mut keys: BTreeMap<String, ServiceId> = BTreeMap::new();
    for (_, fact) in timeline.iter() {
        let Some(key) = key_of(fact, sources) else { continue };
        let id = *keys.entry(key.clone()).or_insert_with(|| services.add(&key));
        services.learn(id, fact, sources, grammars);
    }
    for container in sources.iter().flat_map(containers) {
        services.learn_container(container);
    }
    services.join_container_logs(sources);
    services.join_programs();
    services.merge_equal();
    services.learn_cgroups(timeline);
    services.merge_equal();
    services.name_files();
    services
}

fn comms(grammars: &Grammars) -> BTreeMap<String, Vec<String>> {
    grammars.iter().filter(|grammar| !grammar.comms.is_empty()).map(|grammar| (grammar.format.clone(), grammar.comms.clone())).collect()
}

fn containers(source: &Source) -> impl Iterator<Item = &Container> {
    match &source.snapshot {
        Some(Snapshot::Containers(list)) => list.as_slice(),
        _ => &[],
    }
    .iter()
}

/// Which service a fact speaks of: the container or unit that wrote it or that it names, else the log file.
fn key_of(fact: &Fact, sources: &[Source]) -> Option<String> {
    use EventKind as Kind;
    let source = &sources[fact.event.at.source.0];
    match fact.kind {
        Kind::UnitStarting | Kind::UnitStarted | Kind::UnitStopping | Kind::UnitStopped | Kind::UnitReloaded | Kind::UnitOomKilled
        | Kind::UnitProcessExited | Kind::UnitFailed | Kind::UnitRestartScheduled | Kind::UnitSignalSent | Kind::UnitStopTimeout
        | Kind::UnitWatchdog => {
            let unit = fact.field("unit")?;
            unit.ends_with(".service").then(|| format!("unit {unit}"))
        }
        Kind::ContainerCreated | Kind::ContainerStarted | Kind::ContainerDied | Kind::ContainerKilled | Kind::ContainerStopped
        | Kind::ContainerDestroyed | Kind::ContainerOom | Kind::ContainerUnhealthy | Kind::ContainerStopForced => {
            Some(format!("container {}", short(fact.field("container").or(fact.event.origin.container.as_deref())?)))
        }
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
        Kind::AppStarted | Kind::AppListening | Kind::AppStopping | Kind::AppStopped | Kind::AppReloaded | Kind::AppBootFailed
            | Kind::WorkerBooted | Kind::WorkerExited | Kind::WorkerSignaled | Kind::WorkerTimeout | Kind::MasterGone
            | Kind::WorkersExhausted | Kind::ListenQueueFull | Kind::HeapLimit | Kind::MemoryLimit | Kind::ManagerMemoryLimit
            | Kind::UncaughtException | Kind::RequestError | Kind::DependencyRefused | Kind::DependencyLost
            | Kind::DependencyTimeout | Kind::DependencyUnresolved | Kind::DependencyExhausted | Kind::DiskFull
            | Kind::OpenFilesExhausted | Kind::StoreStarted | Kind::StoreReady | Kind::StoreStopping | Kind::StoreCrashed
            | Kind::StoreRefusing | Kind::StoreTooManyClients | Kind::StoreLockWait | Kind::StoreSlow | Kind::StoreOutOfMemory
            | Kind::StoreDiskFull
    )
}

fn writer(fact: &Fact, source: &Source) -> String {
    let origin = &fact.event.origin;
    if let Some(container) = &origin.container {
        return format!("container {}", short(container));
    }
    if let Some(unit) = origin.unit.as_ref().filter(|unit| unit.ends_with(".service") && *unit != "init.scope") {
        return format!("unit {unit}");
    }
    match &origin.ident {
        Some(ident) => format!("ident {ident}"),
        None => format!("file {}", source.path),
    }
}

impl Services {
    fn add(&mut self, key: &str) -> ServiceId {
        let (kind, name) = key.split_once(' ').unwrap_or(("", key));
        let mut service = Service {
            name: name.to_owned(),
            role: ServiceRole::Other,
            format: None,
            store: None,
            units: BTreeSet::new(),
            containers: BTreeSet::new(),
            programs: BTreeSet::new(),
            addresses: BTreeSet::new(),
            pids: BTreeMap::new(),
            namespaced: kind == "container",
            sources: BTreeSet::new(),
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

    fn learn(&mut self, id: ServiceId, fact: &Fact, sources: &[Source], grammars: &Grammars) {
        let source = fact.event.at.source.0;
        let service = &mut self.list[id.0];
        if writes_of_itself(fact.kind) {
            service.sources.extend(fact.witnesses.iter().map(|line| line.source.0));
            if let Some(ident) = &fact.event.origin.ident {
                self.by_source.insert((source, ident.clone()), id);
            } else {
                self.by_source.insert((source, String::new()), id);
            }
            let format = sources[source].formats.iter().filter(|(name, _)| grammars.named(name).is_some_and(|grammar| !grammar.fallback));
            if let Some((format, _)) = format.max_by_key(|(_, count)| **count)
                && sources[source].envelope == crate::envelope::Envelope::Plain
            {
                service.format.get_or_insert_with(|| format.clone());
            }
        }
        match fact.kind {
            EventKind::AppListening | EventKind::AppStarted | EventKind::WorkerBooted | EventKind::WorkerTimeout | EventKind::WorkerSignaled => {
                service.role = ServiceRole::App;
            }
            EventKind::HeapLimit | EventKind::UncaughtException if service.role == ServiceRole::Other => service.role = ServiceRole::App,
            _ => {}
        }
        if let Some(store) = fact.field("service").filter(|_| fact.kind.name().starts_with("store-")) {
            service.role = ServiceRole::Store;
            service.store = Some(store.to_owned());
        }
        if let Some(address) = fact.field("address").filter(|_| fact.kind == EventKind::AppListening) {
            service.addresses.insert(address_key(address));
        }
        if let Some(port) = fact.field("port").filter(|_| fact.kind == EventKind::AppListening) {
            service.addresses.insert(format!("127.0.0.1:{port}"));
        }
        if let Some(name) = fact.field("name").filter(|_| fact.kind.name().starts_with("container-")) {
            service.containers.insert(name.to_owned());
            name.clone_into(&mut service.name);
        }
        let at = fact.at().unwrap_or(0);
        let mentions_worker = writes_of_itself(fact.kind) || fact.kind == EventKind::ProgramStarted;
        let pids = [fact.pid("worker"), fact.pid("pid"), fact.event.origin.pid];
        if mentions_worker {
            for pid in pids.into_iter().flatten() {
                service.pids.entry(pid).or_default().insert(at);
            }
            // A master with pid 1 writes from inside a container, whatever the envelope says.
            service.namespaced |= fact.event.origin.pid == Some(1) || fact.pid("pid") == Some(1);
        }
    }

    fn learn_container(&mut self, container: &Container) {
        let names = [short(&container.id).to_owned(), container.name.clone()];
        let Some(service) = self.list.iter_mut().find(|service| names.iter().any(|name| service.containers.contains(name))) else {
            return;
        };
        service.containers.extend(names);
        service.addresses.extend(container.addresses.iter().map(|address| address_key(address)));
        service.name.clone_from(&container.name);
    }

    /// The log that `docker logs` or the json-file driver wrote does not name its container inside. Docker's own path does, by
    /// id; a copy is usually called after the container; else the port on which its app listens tells, if only one has it.
    fn join_container_logs(&mut self, sources: &[Source]) {
        let containers: Vec<usize> = (0..self.list.len()).filter(|index| !self.list[*index].containers.is_empty()).collect();
        let logs: Vec<usize> = (0..self.list.len())
            .filter(|index| {
                let service = &self.list[*index];
                let docker = |source: &usize| {
                    matches!(sources[*source].envelope, crate::envelope::Envelope::DockerJson | crate::envelope::Envelope::DockerStamped)
                };
                service.containers.is_empty() && !service.sources.is_empty() && service.sources.iter().all(docker)
            })
            .collect();
        for log in logs {
            let paths: Vec<&str> = self.list[log].sources.iter().map(|source| sources[*source].path.as_str()).collect();
            let owner = containers.iter().find(|index| self.list[**index].containers.iter().any(|name| paths.iter().any(|path| names_container(path, name))));
            let own_ports: BTreeSet<String> = ports(&self.list[log]).into_iter().map(str::to_owned).collect();
            let mut by_port = containers.iter().filter(|index| ports(&self.list[**index]).iter().any(|port| own_ports.contains(*port)));
            let owner = owner.or_else(|| by_port.next().filter(|_| by_port.next().is_none()));
            if let Some(owner) = owner {
                self.absorb(*owner, log);
                self.list[*owner].namespaced = true;
            }
        }
    }

    /// A supervisor's program is the service whose log names its pid.
    fn join_programs(&mut self) {
        let mut joins = Vec::new();
        for (program_id, program) in self.list.iter().enumerate().filter(|(_, service)| !service.programs.is_empty()) {
            let own = self.list.iter().enumerate().find(|(_, service)| {
                service.programs.is_empty() && service.pids.keys().any(|pid| program.pids.contains_key(pid))
            });
            joins.extend(own.map(|(own, _)| (own, program_id)));
        }
        for (own, program) in joins {
            self.absorb(own, program);
        }
    }

    /// A victim whose pid a service's own log names tells the service's unit or container by its cgroup.
    fn learn_cgroups(&mut self, timeline: &Timeline) {
        for (_, fact) in timeline.of(EventKind::OomKill) {
            let Some(oom) = fact.oom() else { continue };
            let Some(owner) = oom.victim_cgroup.as_deref().map(cgroup_owner).filter(|owner| *owner != Owner::Unknown) else { continue };
            let ids: Vec<ServiceId> = self.iter().map(|(id, _)| id).collect();
            let Some(id) = ids.into_iter().find(|id| self.join(oom, fact.at(), *id) == Join::Pid) else { continue };
            let service = &mut self.list[id.0];
            match owner {
                Owner::Unit(unit) if service.units.is_empty() && service.containers.is_empty() => {
                    service.name.clone_from(&unit);
                    service.units.insert(unit);
                }
                Owner::Container(container) if service.units.is_empty() && service.containers.is_empty() => {
                    service.containers.insert(short(&container).to_owned());
                }
                _ => {}
            }
        }
    }

    /// A service that is known by its log alone is called by what wrote it and the file's own name.
    fn name_files(&mut self) {
        for service in &mut self.list {
            let nameless = service.units.is_empty() && service.containers.is_empty() && service.programs.is_empty();
            if let Some((_, file)) = service.name.rsplit_once('/').filter(|_| nameless) {
                let what = service.store.clone().or_else(|| service.format.clone()).unwrap_or_else(|| "the app".to_owned());
                service.name = format!("{what} ({file})");
            }
        }
    }

    /// Services that share a container, a unit, or a log file are one.
    fn merge_equal(&mut self) {
        for index in 0..self.list.len() {
            for other in index + 1..self.list.len() {
                let (a, b) = (&self.list[index], &self.list[other]);
                let named = !a.containers.is_disjoint(&b.containers) || !a.units.is_disjoint(&b.units);
                let same_pids = a.role == b.role && !a.namespaced && !b.namespaced && a.pids.keys().filter(|pid| b.pids.contains_key(pid)).count() >= 2;
                if named || same_pids {
                    self.absorb(index, other);
                }
            }
        }
    }

    fn absorb(&mut self, into: usize, from: usize) {
        let other = std::mem::replace(&mut self.list[from], Service {
            name: String::new(),
            role: ServiceRole::Other,
            format: None,
            store: None,
            units: BTreeSet::new(),
            containers: BTreeSet::new(),
            programs: BTreeSet::new(),
            addresses: BTreeSet::new(),
            pids: BTreeMap::new(),
            namespaced: false,
            sources: BTreeSet::new(),
        });
        for id in self.by_source.values_mut().filter(|id| id.0 == from) {
            *id = ServiceId(into);
        }
        let service = &mut self.list[into];
        if service.units.is_empty() && service.containers.is_empty() && !other.name.is_empty() && !(other.units.is_empty() && other.containers.is_empty() && other.programs.is_empty()) {
            service.name = other.name;
        }
        service.role = service.role.min(other.role);
        service.format = service.format.take().or(other.format);
        service.store = service.store.take().or(other.store);
        service.units.extend(other.units);
        service.containers.extend(other.containers);
        service.programs.extend(other.programs);
        service.addresses.extend(other.addresses);
        service.namespaced |= other.namespaced;
        service.sources.extend(other.sources);
        for (pid, seen) in other.pids {
            service.pids.entry(pid).or_default().extend(seen);
        }
    }

    /// Services that are real (merged ones leave an empty place).
    pub fn iter(&self) -> impl Iterator<Item = (ServiceId, &Service)> {
        self.list.iter().enumerate().filter(|(_, service)| !service.name.is_empty()).map(|(index, service)| (ServiceId(index), service))
    }

    /// The service with this id.
    #[must_use]
    pub fn get(&self, id: ServiceId) -> &Service {
        &self.list[id.0]
    }

    /// The service that listens at an upstream address of the proxy.
    #[must_use]
    pub fn at_address(&self, upstream: &str) -> Option<ServiceId> {
        let key = address_key(upstream);
        let mut exact = self.iter().filter(|(_, service)| service.addresses.contains(&key));
        if let Some((id, _)) = exact.next() {
            return Some(id);
        }
        let port = key.rsplit_once(':').map(|(_, port)| port).filter(|port| port.bytes().all(|byte| byte.is_ascii_digit()))?;
        let mut by_port = self.iter().filter(|(_, service)| {
            service.addresses.iter().any(|own| own.rsplit_once(':').is_some_and(|(_, own_port)| own_port == port))
        });
        let first = by_port.next()?;
        by_port.next().is_none().then_some(first.0)
    }

    /// The service of which a fact speaks.
    #[must_use]
    pub fn of_fact(&self, fact: &Fact, sources: &[Source]) -> Option<ServiceId> {
        let key = key_of(fact, sources)?;
        let (kind, name) = key.split_once(' ')?;
        let found = self.iter().find(|(_, service)| match kind {
            "unit" => service.units.contains(name),
            "container" => service.containers.contains(name),
            "program" => service.programs.contains(name),
            _ => false,
        });
        found.map(|(id, _)| id).or_else(|| {
            let ident = fact.event.origin.ident.clone().unwrap_or_default();
            fact.witnesses.iter().find_map(|line| self.by_source.get(&(line.source.0, ident.clone()))).copied()
        })
    }

    /// How an OOM victim is joined to a service.
    #[must_use]
    pub fn join(&self, kill: &OomKill, at: Option<Micros>, id: ServiceId) -> Join {
        let service = self.get(id);
        let comm_fits = self.comm_fits(&kill.victim.comm, service);
        if let Some(pid) = kill.victim.pid.filter(|_| !service.namespaced)
            && let Some(seen) = service.pids.get(&pid)
            && (at.is_none_or(|at| seen.iter().any(|seen| (seen - at).abs() <= PID_HOLDS)) || comm_fits == Some(true))
            && comm_fits != Some(false)
        {
            return Join::Pid;
        }
        let cgroup = kill.victim_cgroup.as_deref().or(kill.limit_cgroup.as_deref());
        match cgroup.map(cgroup_owner) {
            Some(Owner::Unit(unit)) if service.units.contains(&unit) => return Join::Cgroup,
            Some(Owner::Container(container)) if service.containers.contains(short(&container)) => return Join::Cgroup,
            Some(Owner::Unit(unit)) if !service.units.is_empty() && !service.units.contains(&unit) => return Join::Mismatch,
            Some(Owner::Container(_)) if !service.containers.is_empty() => return Join::Mismatch,
            Some(Owner::Container(_)) if !service.units.is_empty() => return Join::Mismatch,
            _ => {}
        }
        match comm_fits {
            Some(true) => {
                let alike = self.iter().filter(|(_, other)| other.role == service.role && self.comm_fits(&kill.victim.comm, other) == Some(true));
                if alike.count() == 1 { Join::Comm } else { Join::None }
            }
            Some(false) => Join::Mismatch,
            None => Join::None,
        }
    }

    /// Whether a task name is one of the service's server; `None` where the server's task names are not known.
    fn comm_fits(&self, comm: &str, service: &Service) -> Option<bool> {
        let known = self.comms.get(service.format.as_deref()?)?;
        Some(known.iter().any(|own| own.strip_suffix('*').map_or(own == comm, |head| comm.starts_with(head))))
    }
}

/// Whether a path is that of a container's log: it holds the id, or its file is called after the container (`cart.log`,
/// `cart-1.log`, `logs_cart.txt`).
fn names_container(path: &str, name: &str) -> bool {
    if name.len() == 12 && name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return path.contains(name);
    }
    let file = path.rsplit('/').next().unwrap_or(path);
    file.split(['.', '_', ' ', '-']).filter(|part| !part.is_empty()).any(|part| part == name) || file.starts_with(&format!("{name}."))
}

/// The ports of a service's listen addresses.
fn ports(service: &Service) -> BTreeSet<&str> {
    service.addresses.iter().filter_map(|address| address.rsplit_once(':').map(|(_, port)| port)).collect()
}

/// Who owns a cgroup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// A systemd unit.
    Unit(String),
    /// A container, by id.
    Container(String),
    /// Something that its path does not tell.
    Unknown,
}

/// The unit or container of a cgroup path: the deepest component that names one. `docker-<id>.scope`, `/docker/<id>`,
/// `cri-containerd-<id>.scope`, `/system.slice/x.service`.
#[must_use]
pub fn cgroup_owner(path: &str) -> Owner {
    for part in path.rsplit('/') {
        let bare = part.strip_suffix(".scope").unwrap_or(part);
        let id = bare.rsplit(['-', ':']).next().unwrap_or(bare);
        if id.len() == 64 && id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Owner::Container(id.to_owned());
        }
        if part.ends_with(".service") {
            return Owner::Unit(part.to_owned());
        }
    }
    Owner::Unknown
}

/// One spelling of an address: wildcard and localhost become 127.0.0.1, schemes and paths go.
#[must_use]
pub fn address_key(address: &str) -> String {
    let bare = address.split_once("://").map_or(address, |(_, rest)| rest);
    if let Some(socket) = bare.strip_prefix("unix:") {
        return format!("unix:{}", socket.trim_end_matches(':'));
    }
    let bare = bare.split('/').next().unwrap_or(bare);
    for any in ["0.0.0.0:", "localhost:", "[::]:", "[::1]:", "*:", ":::"] {
        if let Some(port) = bare.strip_prefix(any) {
            return format!("127.0.0.1:{port}");
        }
    }
    if let Some(port) = bare.strip_prefix(':') {
        return format!("127.0.0.1:{port}");
    }
    bare.to_owned()
}



#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cgroups_name_their_owner() {
        let id = "15e2faf4dde7e29559c11939e840f863b13612ddd59c478c62a65fce43e2a35d";
        let check = |path: &str, owner: Owner| assert_eq!(cgroup_owner(path), owner, "{path}");
        check("/system.slice/shop-api.service", Owner::Unit("shop-api.service".to_owned()));
        check(&format!("/system.slice/docker-{id}.scope"), Owner::Container(id.to_owned()));
        check(&format!("/docker/{id}"), Owner::Container(id.to_owned()));
        check(&format!("/kubepods.slice/x/cri-containerd-{id}.scope"), Owner::Container(id.to_owned()));
        check("/user.slice/user-1000.slice", Owner::Unknown);
    }

    #[test]
    fn addresses_have_one_spelling() {
        for spelling in ["http://0.0.0.0:8000", "127.0.0.1:8000", "localhost:8000", "[::]:8000", ":8000", "http://127.0.0.1:8000/x"] {
            assert_eq!(address_key(spelling), "127.0.0.1:8000", "{spelling}");
        }
        assert_eq!(address_key("unix:/run/shop/gunicorn.sock:"), "unix:/run/shop/gunicorn.sock");
    }
}
