//! Names under which the outside knows a service: cgroup paths, addresses, log files of containers. Pure functions of text.

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

/// Whether a cgroup is of a container or machine, whose processes count their pids from one: docker, podman, Kubernetes, LXC (Proxmox:
/// `/lxc/101/ns/...`, liblxc: `/lxc.payload.NAME/...`), systemd-nspawn and libvirt (`/machine.slice/...`).
#[must_use]
pub fn is_in_container(path: &str) -> bool {
    path.split('/').any(|part| {
        matches!(part, "lxc" | "docker" | "machine.slice" | "libpod_parent" | "garden")
            || [
                "lxc.payload",
                "kubepods",
                "docker-",
                "cri-containerd-",
                "crio-",
                "libpod-",
                "machine-",
            ]
            .iter()
            .any(|head| part.starts_with(head))
    })
}

/// Units and containers of well-known stores, where nothing else tells what they are.
#[must_use]
pub fn is_store_name(name: &str) -> bool {
    const STORES: [&str; 12] = [
        "redis",
        "postgres",
        "mysql",
        "mariadb",
        "mongo",
        "memcached",
        "rabbitmq",
        "elasticsearch",
        "opensearch",
        "valkey",
        "kafka",
        "etcd",
    ];
    STORES.iter().any(|store| name.contains(store))
}

/// The uid of the pod in a cgroup path: `kubepods-burstable-pod0d3f2a51_7f6e_....slice`, `/kubepods/burstable/pod0d3f2a51-7f6e-...`.
#[must_use]
pub fn cgroup_pod(path: &str) -> Option<String> {
    path.rsplit('/').find_map(|part| {
        let part = part.strip_suffix(".slice").unwrap_or(part);
        let uid = part.get(part.rfind("pod")? + 3..)?.replace('_', "-");
        is_pod_uid(&uid).then_some(uid)
    })
}

/// A UUID, or the 32 digits of a static pod.
pub(super) fn is_pod_uid(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_hexdigit).count();
    let dashes = text.bytes().filter(|byte| *byte == b'-').count();
    digits == 32 && (dashes == 0 || dashes == 4) && digits + dashes == text.len()
}

/// Whether a name ends as Kubernetes makes it end: five of its letters, or a number of a stateful set.
fn is_pod_name(name: &str) -> bool {
    name.rsplit_once('-').is_some_and(|(_, end)| {
        let drawn = |byte: u8| b"bcdfghjklmnpqrstvwxz2456789".contains(&byte);
        (end.len() == 5 && end.bytes().all(drawn))
            || (!end.is_empty() && end.len() <= 3 && end.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

/// Who wrote a log of the container runtime interface, by its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PodLog {
    /// The pod.
    pub pod: String,
    /// Its uid, where the path has it.
    pub uid: Option<String>,
    /// The container's id, where the path has it.
    pub container: Option<String>,
}

/// kubelet's `/var/log/pods/<namespace>_<pod>_<uid>/<container>/<restart>.log` and
/// `/var/log/containers/<pod>_<namespace>_<container>-<id>.log`.
#[must_use]
pub fn pod_log(path: &str) -> Option<PodLog> {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let three = |text: &str| -> Option<[String; 3]> {
        let mut words = text.splitn(3, '_').filter(|word| !word.is_empty()).map(str::to_owned);
        Some([words.next()?, words.next()?, words.next()?])
    };
    if let Some([pod, _, rest]) = three(file)
        && let Some((_, id)) = rest.split('.').next()?.rsplit_once('-')
        && id.len() == 64
        && id.bytes().all(|byte| byte.is_ascii_hexdigit())
    {
        return Some(PodLog { pod, uid: None, container: Some(id.to_owned()) });
    }
    // Support bundles of troubleshoot.sh, and `kubectl cluster-info dump`.
    let mut above = folder.rsplit('/');
    if let (Some(pod), Some(_)) = (above.next().filter(|pod| is_pod_name(pod)), above.next()) {
        let troubleshoot = above.next() == Some("logs") && above.next() == Some("pods");
        if file == "logs.txt" || (troubleshoot && file.ends_with(".log")) {
            return Some(PodLog { pod: pod.to_owned(), uid: None, container: None });
        }
    }
    // A rotated file is `0.log.20261120-223917`, perhaps packed.
    let (number, _) = file.split_once(".log")?;
    number.parse::<u32>().ok()?;
    let [_, pod, uid] = three(folder.rsplit('/').nth(1)?)?;
    is_pod_uid(&uid).then_some(PodLog { pod, uid: Some(uid), container: None })
}

/// Whether only the host itself can ask at an address, given as [`address_key`] spells it.
#[must_use]
pub fn is_local(key: &str) -> bool {
    key.starts_with("unix:") || key.starts_with("127.0.0.1:")
}

/// One spelling of an address: wildcard and localhost become 127.0.0.1, schemes and paths go.
#[must_use]
pub fn address_key(address: &str) -> String {
    let bare = address.split_once("://").map_or(address, |(_, rest)| rest);
    if let Some(socket) = bare.strip_prefix("unix:") {
        return format!("unix:{}", socket.trim_end_matches(':'));
    }
    if bare.starts_with('/') {
        return format!("unix:{bare}");
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

/// Whether a proxy's upstream is an address, and not the name of a group of them.
#[must_use]
pub fn is_address(upstream: &str) -> bool {
    let key = address_key(upstream);
    key.starts_with("unix:")
        || key.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok())
}

/// Whether a listener's address is of this host alone, or a socket's path.
pub(super) fn is_bound(address: &str) -> bool {
    let bare = address.split_once("://").map_or(address, |(_, rest)| rest);
    let host = bare.rsplit_once(':').map_or(bare, |(host, _)| host);
    let one = host.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| !ip.is_unspecified());
    one || ["localhost:", "[::1]:", "unix:", "/"].iter().any(|head| bare.starts_with(head))
}

/// Whether a path is that of a container's log: it holds the id, or its file is called after the container (`cart.log`,
/// `cart-1.log`, `logs_cart.txt`).
pub(super) fn names_container(path: &str, name: &str) -> bool {
    if name.len() == 12 && name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return path.contains(name);
    }
    let file = path.rsplit('/').next().unwrap_or(path);
    file.split(['.', '_', ' ', '-']).filter(|part| !part.is_empty()).any(|part| part == name)
        || file.starts_with(&format!("{name}."))
}

/// Whether a unit, container or program is called as a store is, by the name that drivers give it: packages call MongoDB `mongod`, and
/// MySQL is often MariaDB.
#[must_use]
pub fn names_store(own: &str, store: &str) -> bool {
    let also: &[&str] = match store {
        "postgresql" => &["postgres"],
        "mongodb" => &["mongo"],
        "mysql" => &["mariadb"],
        "redis" => &["valkey"],
        "elasticsearch" => &["opensearch"],
        _ => &[],
    };
    own.contains(store) || also.iter().any(|name| own.contains(name))
}

/// Units that distributions ship and that stand behind no proxy: they are restarted by updates and timers whatever the site does, or
/// watch over memory.
const HOST_SERVICES: [&str; 41] = [
    "acpid",
    "amazon-ssm-agent",
    "apparmor",
    "atd",
    "auditd",
    "certbot",
    "certbot-renew",
    "chrony",
    "chronyd",
    "cron",
    "crond",
    "datadog-agent",
    "dbus",
    "earlyoom",
    "fail2ban",
    "fwupd",
    "getty",
    "irqbalance",
    "logrotate",
    "man-db",
    "multipathd",
    "networkd-dispatcher",
    "nohang",
    "nohang-desktop",
    "ntp",
    "ntpd",
    "packagekit",
    "polkit",
    "postfix",
    "qemu-guest-agent",
    "rsyslog",
    "snapd",
    "ssh",
    "sshd",
    "sysstat",
    "syslog-ng",
    "systemd-oomd",
    "telegraf",
    "udisks2",
    "unattended-upgrades",
    "zabbix-agent",
];

/// Task names of programs that answer no request that a proxy passes on: scanners, dumps, packers, compilers, package managers, agents
/// that watch, shells. A `*` stands for any rest.
const SERVE_NOBODY: [&str; 64] = [
    "clamscan",
    "clamd",
    "freshclam",
    "mysqldump",
    "mariadb-dump",
    "pg_dump",
    "pg_dumpall",
    "pg_basebackup",
    "mongodump",
    "rsync",
    "tar",
    "gzip",
    "pigz",
    "xz",
    "zstd",
    "7z",
    "restic",
    "borg",
    "duplicity",
    "rclone",
    "apt",
    "apt-get",
    "aptitude",
    "dpkg",
    "yum",
    "dnf",
    "rpm",
    "snapd",
    "unattended-upgr",
    "packagekitd",
    "npm*",
    "yarn",
    "pnpm",
    "pip",
    "pip3",
    "composer",
    "cc1",
    "cc1plus",
    "ld",
    "rustc",
    "cargo",
    "go",
    "webpack",
    "tsc",
    "git",
    "git-*",
    "find",
    "updatedb*",
    "mandb",
    "logrotate",
    "ffmpeg",
    "bash",
    "sh",
    "sshd",
    "cron",
    "telegraf",
    "promtail",
    "fluentd",
    "vector",
    "datadog-agent",
    "zabbix_agentd",
    "zabbix-agent",
    "filebeat",
    "fluent-bit",
];

/// Words by which people call what works behind the scenes.
const BEHIND: [&str; 14] = [
    "queue",
    "queues",
    "worker",
    "workers",
    "consumer",
    "scheduler",
    "cron",
    "beat",
    "sidekiq",
    "celery",
    "batch",
    "backup",
    "backups",
    "report",
];

/// Whether a program or unit is called what works behind the scenes.
#[must_use]
pub fn is_behind(stem: &str) -> bool {
    stem.split(['-', '_', '.', '@']).any(|part| BEHIND.contains(&part))
}

/// Whether a unit, without its `.service`, is one that distributions ship and that stands behind no proxy.
#[must_use]
pub fn is_host_service(stem: &str) -> bool {
    HOST_SERVICES.contains(&stem) || stem.starts_with("systemd-") || stem.starts_with("apt-daily")
}

/// Whether a victim is known to serve nobody: by its name, or as part of a login, a timer's job or an exporter of metrics.
#[must_use]
pub fn serves_nobody(comm: &str, cgroup: Option<&str>) -> bool {
    let by_name = SERVE_NOBODY
        .iter()
        .any(|own| own.strip_suffix('*').map_or(*own == comm, |head| comm.starts_with(head)));
    let is_watcher = |name: &str| {
        name.contains("exporter") || name.contains("backup") || name.starts_with("apt-daily")
    };
    let unit = cgroup.and_then(|path| path.rsplit('/').next()).unwrap_or_default();
    fn stem(name: &str) -> &str {
        name.strip_suffix(".service").unwrap_or(name)
    }
    let by_unit = is_host_service(stem(unit))
        || is_host_service(stem(comm))
        || unit.starts_with("session-")
        || unit.ends_with(".timer")
        || is_watcher(unit);
    by_name || is_watcher(comm) || by_unit
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
        check(
            &format!("/kubepods.slice/x/cri-containerd-{id}.scope"),
            Owner::Container(id.to_owned()),
        );
        check("/user.slice/user-1000.slice", Owner::Unknown);
    }

    #[test]
    fn pods_are_known_by_their_paths() {
        let (uid, id) = ("0d3f2a51-7f6e-4a0f-9f0f-0b8b3f0c2a11", "6".repeat(64));
        let log = |uid: Option<&str>, container: Option<&str>| {
            let own = |text: &str| text.to_owned();
            Some(PodLog {
                pod: own("shop-7c-x2"),
                uid: uid.map(own),
                container: container.map(own),
            })
        };
        for end in ["0.log", "12.log", "0.log.20261120-223917", "0.log.20261120-223917.gz"] {
            let path = format!("node/var/log/pods/prod_shop-7c-x2_{uid}/web/{end}");
            assert_eq!(pod_log(&path), log(Some(uid), None), "{path}");
        }
        for path in [
            "support-bundle-2026-11-20T22_42_00/cluster-resources/pods/logs/prod/shop-7c9d8f6b5-x2x4q/shop-previous.log",
            "dump/prod/shop-7c9d8f6b5-x2x4q/logs.txt",
            "dump/prod/db-0/logs.txt",
        ] {
            assert!(pod_log(path).is_some_and(|log| log.uid.is_none()), "{path}");
        }
        for path in ["incident/web/logs.txt", "logs/prod/shop-7c9d8f6b5-x2x4q/shop.log"] {
            assert_eq!(pod_log(path), None, "{path}");
        }
        let path = format!("var/log/containers/shop-7c-x2_prod_web-{id}.log");
        assert_eq!(pod_log(&path), log(None, Some(&id)));
        for path in [
            "prod_shop_today/web/0.log".to_owned(),
            format!("prod_shop-7c-x2_{uid}/web/access.log"),
            format!("var/log/pods/prod_shop-7c-x2_{uid}/0.log"),
            "shop_prod_web-1.log".to_owned(),
            "0.log".to_owned(),
            String::new(),
        ] {
            assert_eq!(pod_log(&path), None, "{path}");
        }
        for path in [
            format!("/kubepods/burstable/pod{uid}/{id}"),
            format!(
                "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{}.slice/cri-containerd-{id}.scope",
                uid.replace('-', "_")
            ),
        ] {
            assert_eq!(cgroup_pod(&path).as_deref(), Some(uid), "{path}");
        }
        assert_eq!(cgroup_pod("/system.slice/podman.service"), None);
    }

    #[test]
    fn addresses_have_one_spelling() {
        for spelling in [
            "http://0.0.0.0:8000",
            "127.0.0.1:8000",
            "localhost:8000",
            "[::]:8000",
            ":8000",
            "http://127.0.0.1:8000/x",
        ] {
            assert_eq!(address_key(spelling), "127.0.0.1:8000", "{spelling}");
        }
        assert_eq!(address_key("unix:/run/shop/gunicorn.sock:"), "unix:/run/shop/gunicorn.sock");
    }
}
