//! nginx `log_format` strings: compiled once, matched against each line. Apache's and gunicorn's formats are written as the
//! nginx format that gives the same lines.
//!
//! In: the string of a `log_format` directive, its `escape=` argument in front where it has one. Out: a [`LogFormat`] whose
//! [`LogFormat::parse`] explains a line in full or not at all; text after the last field is never passed over.

use std::fmt;

use nom::branch::alt;
use nom::bytes::complete::{tag, take_till1, take_while1};
use nom::combinator::map;
use nom::sequence::{delimited, preceded};
use nom::{IResult, Parser};

use super::matching::{self, Ending, Field, Format};
use super::names::{self, Class, Role};
use super::quick::Plan;
use super::{Request, fields};

/// A compiled `log_format`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFormat {
    source: String,
    format: Format,
    plan: Plan,
    upstream_known: bool,
}

/// Why a `log_format` string does not compile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormatFault {
    /// Where in the string, in bytes.
    pub offset: usize,
    /// What is wrong, and what to do about it.
    pub message: String,
}

impl fmt::Display for FormatFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "log format, byte {}: {}", self.offset, self.message)
    }
}

impl std::error::Error for FormatFault {}

/// Formats that programs write without being told, or that the world has copied: name and string.
pub const KNOWN: &[(&str, &str)] = &[
    (
        "combined",
        r#"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent""#,
    ),
    // `main` of the nginx packages, and the `gzip` example of its manual in the same shape.
    (
        "main",
        r#"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" "$http_x_forwarded_for""#,
    ),
    ("common", r#"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent"#),
    // Apache `%v:%p`, `%v`.
    (
        "vhost_combined",
        r#"$host:$server_port $remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent""#,
    ),
    (
        "vhost",
        r#"$host $remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent""#,
    ),
    // kubernetes/ingress-nginx, internal/ingress/controller/config/config.go; the second is that of releases before 0.26.
    (
        "upstreaminfo",
        r#"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" $request_length $request_time [$proxy_upstream_name] [$proxy_alternative_upstream_name] $upstream_addr $upstream_response_length $upstream_response_time $upstream_status $req_id"#,
    ),
    (
        "upstreaminfo-old",
        r#"$the_real_ip - [$proxy_add_x_forwarded_for] - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" $request_length $request_time [$proxy_upstream_name] $upstream_addr $upstream_response_length $upstream_response_time $upstream_status $req_id"#,
    ),
    // nginx-proxy-manager, docker/rootfs/etc/nginx/conf.d/include/log-proxy.conf.
    (
        "proxy",
        r#"[$time_local] $upstream_cache_status $upstream_status $status - $request_method $scheme $host "$request_uri" [Client $remote_addr] [Length $body_bytes_sent] [Gzip $gzip_ratio] [Sent-to $server] "$http_user_agent" "$http_referer""#,
    ),
    (
        "standard",
        r#"[$time_local] $status - $request_method $scheme $host "$request_uri" [Client $remote_addr] [Length $body_bytes_sent] [Gzip $gzip_ratio] "$http_user_agent" "$http_referer""#,
    ),
];

/// [`KNOWN`], compiled.
#[must_use]
pub fn known() -> Vec<LogFormat> {
    KNOWN.iter().filter_map(|(_, format)| LogFormat::compile(format).ok()).collect()
}

/// nginx's escape modes (`ngx_http_log_module.c`): only `none` lets a client write a quote into a quoted value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Escape {
    /// `default` and `json`.
    Escaped,
    None,
}

/// A variable's name, and the literal after it.
type Variable<'f> = (&'f str, String);

enum Piece<'f> {
    Variable(&'f str),
    Literal(&'f str),
}

fn name(input: &str) -> IResult<&str, &str> {
    take_while1(|letter: char| letter.is_ascii_alphanumeric() || letter == '_').parse(input)
}

fn piece(input: &str) -> IResult<&str, Piece<'_>> {
    let braced = delimited(tag("${"), name, tag("}"));
    alt((
        map(alt((braced, preceded(tag("$"), name))), Piece::Variable),
        map(take_till1(|letter| letter == '$'), Piece::Literal),
    ))
    .parse(input)
}

fn fault(offset: usize, message: &str) -> FormatFault {
    FormatFault { offset, message: message.to_owned() }
}

fn escape(format: &str) -> Result<(Escape, &str), FormatFault> {
    let Some(rest) = format.trim_start().strip_prefix("escape=") else {
        return Ok((Escape::Escaped, format));
    };
    let (mode, rest) =
        rest.split_once(|letter: char| letter.is_ascii_whitespace()).unwrap_or((rest, ""));
    match mode {
        "default" | "json" => Ok((Escape::Escaped, rest)),
        "none" => Ok((Escape::None, rest)),
        _ => Err(fault(0, "unknown escape mode; write escape=default, escape=json or escape=none")),
    }
}

impl LogFormat {
    /// Compiles the string of a `log_format` directive (the quoted pieces joined), with `escape=... ` in front if it has one.
    ///
    /// # Errors
    ///
    /// A `$` without a name, no `$status`, nothing to tell requests by, or more than 64 variables.
    pub fn compile(format: &str) -> Result<Self, FormatFault> {
        if format.trim_start().starts_with("log_format ") {
            return Err(fault(
                0,
                "this is a whole directive; give only the text between its quotes",
            ));
        }
        let (escape, text) = escape(format)?;
        let (lead, variables) = pieces(text, format.len() - text.len())?;
        let last = variables.len().saturating_sub(1);
        let mut before = lead.clone();
        let mut compiled = Vec::with_capacity(variables.len());
        for (index, (name, mut after)) in variables.into_iter().enumerate() {
            if index == last {
                after.truncate(after.trim_end().len());
            }
            let (role, class) = names::variable(name);
            let quoted = before.ends_with('"') && after.starts_with('"');
            let ending = ending(class, quoted && escape == Escape::Escaped, index == last);
            before.clone_from(&after);
            compiled.push(Field { role, ending, after: after.into_bytes() });
        }
        demand(&compiled)?;
        let upstream_known = compiled.iter().any(|field| field.role.is_upstream());
        let format_of_bytes = Format { lead: lead.into_bytes(), fields: compiled };
        let plan = Plan::of(&format_of_bytes);
        Ok(Self { source: format.to_owned(), format: format_of_bytes, plan, upstream_known })
    }

    /// The string it was compiled from.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// A request of which nothing was read yet.
    pub(super) fn empty_request<'a>(&self) -> Request<'a> {
        Request { upstream_known: self.upstream_known, ..Request::default() }
    }

    pub(super) const fn format(&self) -> &Format {
        &self.format
    }

    pub(super) const fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The request of a line; `None` where the format does not explain the whole line.
    #[must_use]
    pub fn parse<'a>(&self, line: &'a [u8]) -> Option<Request<'a>> {
        let mut values: matching::Values<'a> = [&[]; matching::MAX_VARIABLES];
        self.format.matches(line, &mut values).then_some(())?;
        let mut request = self.empty_request();
        for (field, value) in self.format.fields.iter().zip(values) {
            fields::assign(&mut request, field.role, value).then_some(())?;
        }
        Some(request)
    }
}

/// The literal before the first variable, and each variable with the literal after it.
fn pieces(text: &str, base: usize) -> Result<(String, Vec<Variable<'_>>), FormatFault> {
    let (mut lead, mut variables) = (String::new(), Vec::<Variable<'_>>::new());
    let mut rest = text;
    while !rest.is_empty() {
        let offset = base + (text.len() - rest.len());
        let Ok((later, piece)) = piece(rest) else {
            return Err(fault(
                offset,
                "`$` needs a variable name of letters, digits or `_`: write $name or ${name}",
            ));
        };
        match piece {
            Piece::Variable(_) if variables.len() == matching::MAX_VARIABLES => {
                return Err(fault(
                    offset,
                    "more than 64 variables; leave out the tail that is the same on each line",
                ));
            }
            Piece::Variable(name) => variables.push((name, String::new())),
            Piece::Literal(literal) => {
                variables.last_mut().map_or(&mut lead, |last| &mut last.1).push_str(literal);
            }
        }
        rest = later;
    }
    Ok((lead, variables))
}

fn ending(class: Class, quoted: bool, last: bool) -> Ending {
    match class {
        _ if quoted => Ending::Quote,
        Class::Clf => Ending::Clf,
        Class::Iso => Ending::Iso,
        Class::Epoch => Ending::Epoch,
        Class::Digits => Ending::Digits,
        Class::Decimal => Ending::Decimal,
        Class::List => Ending::List,
        Class::Word => Ending::Word,
        Class::Name => Ending::Name,
        Class::Text if last => Ending::Rest,
        Class::Text => Ending::Literal,
    }
}

fn demand(fields: &[Field]) -> Result<(), FormatFault> {
    let has = |wanted: &[Role]| fields.iter().any(|field| wanted.contains(&field.role));
    if !has(&[Role::Status]) {
        return Err(fault(0, "no $status: without it no failed request can be told; add $status"));
    }
    if !has(&[Role::TimeLocal, Role::TimeIso, Role::Msec]) {
        return Err(fault(0, "no time: add $time_local, $time_iso8601 or $msec"));
    }
    Ok(())
}
