//! JSON access logs: no standard, so values are taken by the names of their keys (see `names`). A scanner over the bytes of one
//! object, without a tree: strings stay as written, escapes and all.
//!
//! It accepts what nginx writes with `escape=json`: invalid UTF-8, and holes like `"rt":,`. It must not take an app's own JSON
//! log for requests: an object counts only with a status, a time, and something that was requested.

use super::names::{self, Role};
use super::{Request, fields, looks};

/// Deepest object that is looked into: `http.request.method` of the Elastic schema.
const DEPTH_MAX: usize = 3;

/// Keys whose objects tell parts of the request.
const PARTS: [&[u8]; 13] = [
    b"access",
    b"http",
    b"httprequest",
    b"nginx",
    b"req",
    b"request",
    b"res",
    b"response",
    b"source",
    b"upstream",
    b"url",
    b"user_agent",
    b"http_request",
];

/// A value: what it is, and the rest of the input after it.
enum Value<'a> {
    Text(&'a [u8]),
    Object,
    Array,
}

#[derive(Default)]
struct Found<'a> {
    request: Request<'a>,
    status: bool,
    code: Option<u16>,
    echo: bool,
}

/// The request of a line that is one whole JSON object.
#[must_use]
pub fn parse_json(line: &[u8]) -> Option<Request<'_>> {
    request(line, &mut names::key)
}

/// What the keys of a line meant, in their order: the next line mostly has the same ones.
#[derive(Debug, Clone, Default)]
pub struct Keys(Vec<(Vec<u8>, Vec<u8>, Option<Role>)>);

/// Keys that are remembered; access logs have some dozens.
const KEYS_MAX: usize = 64;

/// As [`parse_json`], with the meaning of keys remembered.
pub(super) fn parse_json_with<'a>(line: &'a [u8], keys: &mut Keys) -> Option<Request<'a>> {
    let mut at = 0;
    request(line, &mut |parent, key| {
        let place = at;
        at += 1;
        if let Some((known_parent, known, role)) = keys.0.get(place)
            && known == key
            && known_parent == parent
        {
            return *role;
        }
        let role = names::key(parent, key);
        let entry = (parent.to_vec(), key.to_vec(), role);
        match keys.0.get_mut(place) {
            Some(known) => *known = entry,
            None if place < KEYS_MAX => keys.0.push(entry),
            None => {}
        }
        role
    })
}

fn request<'a>(
    line: &'a [u8],
    role_of: &mut impl FnMut(&[u8], &[u8]) -> Option<Role>,
) -> Option<Request<'a>> {
    let mut found = Found::default();
    members(line, &mut |parent, key, text| {
        if let Some(role) = role_of(parent, key) {
            take(&mut found, role, text);
        }
    })?;
    let mut request = found.request;
    let whole = !request.method.is_empty() && !request.path.is_empty();
    if let (false, true, Some(code)) = (found.status, whole, found.code) {
        request.status = code;
        found.status = true;
    }
    let asked =
        !request.method.is_empty() || !request.path.is_empty() || !request.client.is_empty();
    (found.status && !found.echo && request.stamp.is_some() && asked).then_some(request)
}

/// Shows every plain member of a line that is one whole JSON object, as (parent, key, text); of the nested objects only those
/// of [`PARTS`].
pub(super) fn members<'a>(line: &'a [u8], show: &mut Show<'_, 'a>) -> Option<()> {
    let body = line.trim_ascii().strip_prefix(b"{")?;
    let rest = object(body, b"", 0, show)?;
    rest.trim_ascii_start().is_empty().then_some(())
}

/// What is done with a member.
pub(super) type Show<'s, 'a> = dyn FnMut(&'a [u8], &'a [u8], &'a [u8]) + 's;

/// The members of an object up to its `}`; gives what follows it, `None` where the object does not end.
fn object<'a>(
    mut rest: &'a [u8],
    parent: &'a [u8],
    depth: usize,
    show: &mut Show<'_, 'a>,
) -> Option<&'a [u8]> {
    loop {
        rest = skip(rest, b" \t\r\n,");
        if let Some(rest) = rest.strip_prefix(b"}") {
            return Some(rest);
        }
        let (key, after) = string(rest.strip_prefix(b"\"")?)?;
        let after = skip(skip(after, b" \t").strip_prefix(b":")?, b" \t");
        let (value, after) = value(after)?;
        rest = match value {
            Value::Text(text) => {
                show(parent, key, text);
                after
            }
            Value::Object
                if depth < DEPTH_MAX && PARTS.iter().any(|part| key.eq_ignore_ascii_case(part)) =>
            {
                object(after, key, depth + 1, show)?
            }
            Value::Object | Value::Array => nested(after)?,
        };
    }
}

fn take<'a>(found: &mut Found<'a>, role: Role, text: &'a [u8]) {
    let request = &mut found.request;
    request.upstream_known |=
        role.is_upstream() || (role == Role::AgentOrAddress && looks::is_address_list(text));
    found.echo |= role == Role::Logger && text.starts_with(b"http.log.error");
    if role == Role::Code {
        found.code = found.code.or(fields::status(text));
    }
    if role == Role::Status && found.status {
        return;
    }
    found.status |= fields::assign(request, role, text) && role == Role::Status;
}

fn skip<'a>(rest: &'a [u8], passed: &[u8]) -> &'a [u8] {
    let length = rest.iter().take_while(|byte| passed.contains(byte)).count();
    rest.get(length..).unwrap_or_default()
}

/// The inside of a string whose opening quote is gone, and what follows its closing one.
fn string(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut at = 0;
    loop {
        at += memchr::memchr2(b'"', b'\\', rest.get(at..)?)?;
        if rest.get(at) == Some(&b'"') {
            return Some((rest.get(..at)?, rest.get(at + 1..)?));
        }
        at += 2;
    }
}

fn value(rest: &[u8]) -> Option<(Value<'_>, &[u8])> {
    match rest.first()? {
        b'"' => string(rest.get(1..)?).map(|(text, rest)| (Value::Text(text), rest)),
        b'{' => Some((Value::Object, rest.get(1..)?)),
        b'[' => Some((Value::Array, rest.get(1..)?)),
        _ => {
            let end = scalar_end(rest)?;
            let (text, rest) = rest.split_at(end);
            let text = if text.trim_ascii() == b"null" { &[] } else { text.trim_ascii() };
            Some((Value::Text(text), rest))
        }
    }
}

/// A bare value ends before `}` or before the comma of the next key: an unquoted upstream list holds commas itself.
fn scalar_end(rest: &[u8]) -> Option<usize> {
    memchr::memchr2_iter(b',', b'}', rest).find(|at| {
        rest.get(*at) == Some(&b'}')
            || rest.get(at + 1..).is_some_and(|tail| {
                skip(tail, b" \t").first().is_some_and(|byte| b"\"}".contains(byte))
            })
    })
}

/// What follows a nested value whose opening bracket is gone.
pub(super) fn nested(rest: &[u8]) -> Option<&[u8]> {
    let (mut at, mut depth) = (0_usize, 1_usize);
    while depth > 0 {
        let byte = *rest.get(at)?;
        at += 1;
        match byte {
            b'"' => at = rest.len() - string(rest.get(at..)?)?.1.len(),
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
    }
    rest.get(at..)
}
