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
