//! Names the columns of an unknown access log. In: for each column its key and its values over the sample; out: the nginx
//! variable that it must be. Keys come first, then content and position. No column is named twice, and one that could be
//! two things stays unnamed.

use super::cells::{Cell, Kind};
use super::names::{self, Role};
use super::{fields, looks, times, tries};

/// The name of a column that is no variable: identd's `-`, which nginx writes as a literal.
pub(super) const DASH: &str = "-";

/// A column of the sample.
#[derive(Debug)]
pub(super) struct Column<'a> {
    /// Text before it.
    pub(super) gap: &'a [u8],
    /// `rt=`.
    pub(super) key: &'a [u8],
    pub(super) kind: Kind,
    pub(super) values: Vec<&'a [u8]>,
    /// The nginx variable, without `$`; or [`DASH`].
    pub(super) name: Option<&'static str>,
}

/// Rows of the same cut, turned into columns.
pub(super) fn from_rows<'a>(rows: &[Vec<Cell<'a>>]) -> Vec<Column<'a>> {
    let Some(first) = rows.first() else { return Vec::new() };
    let column = |(index, cell): (usize, &Cell<'a>)| Column {
        gap: cell.gap,
        key: cell.key,
        kind: cell.kind,
        values: rows.iter().filter_map(|row| row.get(index).map(|cell| cell.value)).collect(),
        name: None,
    };
    first.iter().enumerate().map(column).collect()
}

/// Names what can be named; `false` where a time, a status or the request is missing.
pub(super) fn name(columns: &mut [Column<'_>]) -> bool {
    name_times(columns);
    name_keyed(columns);
    name_request(columns);
    let Some(request) = place_of(columns, &["request", "request_uri", "request_method"]) else {
        return false;
    };
    name_status(columns, request);
    let Some(status) = place_of(columns, &["status"]) else { return false };
    name_client(columns, request);
    name_upstream(columns, status.min(request));
    name_first(columns, status + 1, "body_bytes_sent", |column| {
        column.told() > 0 && column.every(|value| fields::whole(value).is_some())
    });
    name_durations(columns);
    name_texts(columns, request);
    place_of(columns, &["time_local", "time_iso8601", "msec"]).is_some()
}

impl Column<'_> {
    /// Whether all values that tell something are so.
    fn every(&self, is: impl Fn(&[u8]) -> bool) -> bool {
        self.values.iter().filter(|value| tells(value)).all(|value| is(value))
    }

    /// How many values tell something.
    fn told(&self) -> usize {
        self.values.iter().filter(|value| tells(value)).count()
    }

    /// Whether more than half of the values that tell something are so.
    fn mostly(&self, is: impl Fn(&[u8]) -> bool) -> bool {
        self.values.iter().filter(|value| tells(value) && is(value)).count() * 2 > self.told()
    }

    /// Neither keyed nor enclosed.
    fn is_plain(&self) -> bool {
        self.kind == Kind::Bare && self.key.is_empty()
    }

    fn full(&self) -> bool {
        self.told() == self.values.len()
    }
}

fn tells(value: &[u8]) -> bool {
    !matches!(value, b"" | b"-")
}

fn place_of(columns: &[Column<'_>], wanted: &[&str]) -> Option<usize> {
    columns.iter().position(|column| column.name.is_some_and(|name| wanted.contains(&name)))
}

fn is_named(columns: &[Column<'_>], name: &str) -> bool {
    place_of(columns, &[name]).is_some()
}

/// Gives a name to the first unnamed column from `from` on that fits, unless the name is taken.
fn name_first(
    columns: &mut [Column<'_>],
    from: usize,
    name: &'static str,
    fits: impl Fn(&Column<'_>) -> bool,
) {
    if is_named(columns, name) {
        return;
    }
    let fitting =
        columns.iter_mut().skip(from).find(|column| column.name.is_none() && fits(column));
    if let Some(column) = fitting {
        column.name = Some(name);
    }
}

/// `$time_iso8601` has an offset and no fraction: a fraction is another server's, which may log the start of the request.
fn name_times(columns: &mut [Column<'_>]) {
    name_first(columns, 0, "time_local", |column| {
        column.full() && column.every(|value| times::clf(value).is_some())
    });
    name_first(columns, 0, "time_iso8601", |column| {
        column.full()
            && column.every(|value| matches!(value.len(), 20 | 25) && times::iso(value).is_some())
    });
    name_first(columns, 0, "msec", |column| {
        column.full()
            && column.every(|value| {
                value.len() == 14 && value.get(10) == Some(&b'.') && times::epoch(value).is_some()
            })
    });
}

type Proof = fn(&[u8]) -> bool;

/// The variable for a key's role, and the proof that the values can be that.
fn of_role(role: Role) -> Option<(&'static str, Proof)> {
    Some(match role {
        Role::Client => ("remote_addr", looks::is_word),
        Role::Request => ("request", looks::is_request),
        Role::Method => ("request_method", fields::is_method),
        Role::Target => ("request_uri", |value| value.contains(&b'/')),
        Role::Query => ("args", |_| true),
        Role::Protocol => ("server_protocol", looks::is_word),
        Role::Status | Role::Code => ("status", |value| fields::status(value).is_some()),
        Role::ResponseBytes => ("body_bytes_sent", |value| fields::whole(value).is_some()),
        Role::RequestBytes => ("request_length", |value| fields::whole(value).is_some()),
        Role::Seconds | Role::Duration => {
            ("request_time", |value| value.contains(&b'.') && fields::decimal(value).is_some())
        }
        Role::Host => ("http_host", looks::is_word),
        Role::Agent | Role::AgentOrAddress => ("http_user_agent", |_| true),
        Role::Addresses => ("upstream_addr", |value| tries(value).flatten().all(looks::is_word)),
        Role::Statuses => ("upstream_status", looks::is_status_list),
        Role::ResponseTimes => ("upstream_response_time", looks::is_decimal_list),
        Role::ConnectTimes => ("upstream_connect_time", looks::is_decimal_list),
        Role::HeaderTimes => ("upstream_header_time", looks::is_decimal_list),
        _ => return None,
    })
}

fn name_keyed(columns: &mut [Column<'_>]) {
    for index in 0..columns.len() {
        let Some(column) = columns.get(index).filter(|column| column.name.is_none()) else {
            continue;
        };
        let Some((_, key)) = column.key.split_last() else { continue };
        let role = match names::key(b"", key) {
            Some(Role::AgentOrAddress) if is_upstream_address(column, columns) => Role::Addresses,
            Some(Role::Host) if is_client(column, columns) => Role::Client,
            Some(role) => role,
            None => continue,
        };
        if let Some((name, fits)) = of_role(role)
            && column.every(fits)
            && !is_named(columns, name)
            && let Some(column) = columns.get_mut(index)
        {
            column.name = Some(name);
        }
    }
}

/// Whether `ua=` tells addresses; where it tells nothing at all, whether other keys speak of an upstream.
fn is_upstream_address(column: &Column<'_>, columns: &[Column<'_>]) -> bool {
    let spoken_of =
        |column: &Column<'_>| matches!(column.key, b"us=" | b"urt=" | b"uct=" | b"uht=");
    if column.told() == 0 {
        columns.iter().any(spoken_of)
    } else {
        column.mostly(looks::is_address_list)
    }
}

/// LTSV's `host` is the client: all of its values are addresses, and no other column's are.
fn is_client(column: &Column<'_>, columns: &[Column<'_>]) -> bool {
    let is_ip = |column: &Column<'_>| column.told() > 0 && column.every(looks::is_ip);
    is_ip(column) && columns.iter().filter(|other| is_ip(other)).count() == 1
}

fn name_request(columns: &mut [Column<'_>]) {
    name_first(columns, 0, "request", |column| {
        column.told() > 0 && column.mostly(looks::is_request)
    });
    if is_named(columns, "request") {
        return;
    }
    name_first(columns, 0, "request_method", |column| {
        column.told() > 0 && column.every(looks::is_known_method)
    });
    if let Some(method) = place_of(columns, &["request_method"]) {
        name_first(columns, method, "request_uri", |column| {
            column.told() > 0 && column.mostly(|value| value.starts_with(b"/"))
        });
        name_first(columns, method, "server_protocol", |column| {
            column.told() > 0 && column.every(|value| value.starts_with(b"HTTP/"))
        });
    }
}

/// The status is the first column of statuses after the request; before it where none follows.
fn name_status(columns: &mut [Column<'_>], request: usize) {
    let fits = |column: &Column<'_>| {
        column.full() && column.every(|value| fields::status(value).is_some())
    };
    name_first(columns, request, "status", fits);
    name_first(columns, 0, "status", fits);
}

fn name_client(columns: &mut [Column<'_>], request: usize) {
    let is_client = |column: &Column<'_>| {
        column.kind != Kind::Bracketed && column.told() > 0 && column.every(looks::is_ip)
    };
    let before =
        columns.iter().take(request).any(|column| column.name.is_none() && is_client(column));
    name_first(columns, if before { 0 } else { request }, "remote_addr", is_client);
    // Apache with HostnameLookups: a name, then the `-` of identd.
    if let [first, second, ..] = columns
        && first.name.is_none()
        && second.told() == 0
        && first.is_plain()
    {
        name_first(columns, 0, "remote_addr", |column| column.every(looks::is_word));
    }
    let host = columns.iter().take(request).position(|column| {
        column.name.is_none() && column.told() > 0 && column.every(looks::is_host)
    });
    if let Some(index) = host {
        name_first(columns, index, "http_host", |_| true);
    }
    name_user(columns);
}

/// The column between identd's `-` and the time: the one that may hold blanks.
fn name_user(columns: &mut [Column<'_>]) {
    let Some(time) = place_of(columns, &["time_local"]) else { return };
    let Some(index) = time.checked_sub(2) else { return };
    let Some(identd) =
        columns.get_mut(index).filter(|column| column.is_plain() && column.told() == 0)
    else {
        return;
    };
    identd.name = Some(DASH);
    if let Some(user) =
        columns.get_mut(index + 1).filter(|column| column.is_plain() && column.name.is_none())
    {
        user.name = Some("remote_user");
    }
}

fn name_upstream(columns: &mut [Column<'_>], from: usize) {
    name_first(columns, from, "upstream_addr", |column| {
        column.told() > 0 && column.mostly(looks::is_address_list)
    });
    let Some(status) = place_of(columns, &["status"]) else { return };
    let statuses: Vec<Vec<u8>> = columns
        .get(status)
        .map(|it| it.values.iter().map(|value| value.to_vec()).collect())
        .unwrap_or_default();
    name_first(columns, from, "upstream_status", |column| {
        column.told() > 0 && column.every(looks::is_status_list) && agrees(column, &statuses)
    });
}

/// Sizes of three digits look like statuses; but an upstream's last status is mostly that of the client.
fn agrees(column: &Column<'_>, statuses: &[Vec<u8>]) -> bool {
    let last = |value: &[u8]| tries(value).last().flatten().map(<[u8]>::to_vec);
    let pairs = column.values.iter().zip(statuses).filter(|(value, _)| tells(value));
    let same = pairs.filter(|(value, status)| last(value).as_ref() == Some(*status)).count();
    same * 2 > column.told()
}

/// Durations: `$request_time` is always told, comes first and is the longest; of the rest connecting is the shortest and the
/// whole response the longest.
fn name_durations(columns: &mut [Column<'_>]) {
    let unnamed = |columns: &[Column<'_>]| -> Vec<(usize, f64)> {
        let durations = columns.iter().enumerate().filter(|(_, it)| {
            it.name.is_none() && it.told() > 0 && it.every(looks::is_decimal_list)
        });
        durations.map(|(index, column)| (index, sum(column))).collect()
    };
    if !is_named(columns, "request_time") {
        let always = |index: usize| {
            columns
                .get(index)
                .is_some_and(|it| it.full() && it.every(|value| fields::decimal(value).is_some()))
        };
        let told: Vec<(usize, f64)> =
            unnamed(columns).into_iter().filter(|(index, _)| always(*index)).collect();
        // Two clocks round differently: only a clear excess moves the choice from the first.
        let longest = told
            .iter()
            .copied()
            .reduce(|best, other| if other.1 > best.1 * 1.1 { other } else { best });
        if let Some((index, _)) = longest {
            name_first(columns, index, "request_time", |_| true);
        }
    }
    let mut rest = unnamed(columns);
    rest.sort_by(|a, b| a.1.total_cmp(&b.1));
    let names: &[&'static str] = match rest.as_slice() {
        [_] => &["upstream_response_time"],
        [short, long] if short.1 * 2.0 < long.1 => {
            &["upstream_connect_time", "upstream_response_time"]
        }
        [_, _] => &["upstream_header_time", "upstream_response_time"],
        [_, _, _] => &["upstream_connect_time", "upstream_header_time", "upstream_response_time"],
        _ => &[],
    };
    for ((index, _), name) in rest.iter().zip(names) {
        name_first(columns, *index, name, |_| true);
    }
}

fn sum(column: &Column<'_>) -> f64 {
    column.values.iter().flat_map(|value| tries(value)).flatten().filter_map(fields::decimal).sum()
}

fn name_texts(columns: &mut [Column<'_>], request: usize) {
    name_first(columns, request, "http_referer", |column| {
        column.told() > 0
            && column
                .mostly(|value| value.starts_with(b"http://") || value.starts_with(b"https://"))
    });
    name_first(columns, request, "http_user_agent", |column| {
        column.told() > 0 && column.mostly(looks::is_agent)
    });
    // A referer that nobody sent is still the column before the agent.
    let before = place_of(columns, &["http_user_agent"]).and_then(|agent| agent.checked_sub(1));
    let untold = |column: &Column<'_>| {
        column.name.is_none() && column.kind == Kind::Quoted && column.told() == 0
    };
    if let Some(index) = before.filter(|index| columns.get(*index).is_some_and(untold)) {
        name_first(columns, index, "http_referer", |_| true);
    }
}
