//! Log formats as files. `grammars/*.toml` holds one format each: how its lines look, what its messages mean, and samples that
//! prove both. This module turns a message into a [`Reading`]: its own time and writer, and the events that it raises.
//!
//! A grammar sees a message without its wrapping ([`crate::envelope`]); kernel messages never come here, so that no app can
//! forge a kill. Adding a format takes one file and no Rust; see `grammars/README.md`.

pub mod check;
mod client;
#[cfg(test)]
mod coverage;
pub mod draft;
mod file;
mod grams;
mod hex;
mod lazy;
mod line;
mod opening;
mod shapes;
mod time;
mod told;
mod writers;

use rayon::prelude::*;

use crate::access::log_format::LogFormat;
use crate::error::Error;
use crate::event::{Event, EventKind, Fields};
use crate::stamp::RawStamp;

pub use file::Fault;
use file::Shipped;
use lazy::{Needles, Pattern};
use line::{Claimed, Glance, Line, capture};
use shapes::Shapes;
pub use told::Told;
use writers::Looks;
pub use writers::Writer;

/// What kind of program writes the format; decides which general rules look at its messages too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// A reverse proxy.
    Proxy,
    /// An application, its server or its language runtime.
    App,
    /// A database, cache or queue.
    Store,
    /// The init system, a supervisor, a container runtime, or a killer in user space.
    Init,
    /// Words that any application may write, in any format: driver errors, ENOSPC, heap limits.
    Anywhere,
}

/// What a message means.
#[derive(Debug)]
struct Rule {
    kind: EventKind,
    regex: Option<Pattern>,
    set: Vec<(String, String)>,
}

/// One log format.
#[derive(Debug)]
pub struct Grammar {
    /// Its name; the file is called so.
    pub format: String,
    /// One line for people.
    pub title: String,
    /// Where the format is documented.
    pub docs: String,
    /// What kind of program writes it.
    pub role: Role,
    /// Whether it may only take what no other grammar claims.
    pub fallback: bool,
    /// Whether its rules, that are those of no format, look at the message behind an app's own time too, and not at whole lines only.
    pub behind_time: bool,
    /// Program names under which syslog and journald carry it.
    pub idents: Vec<String>,
    /// Task names (15 bytes, `TASK_COMM_LEN`) of the program, to recognise it among OOM victims.
    pub comms: Vec<String>,
    /// The store's or service's name, as events carry it.
    pub service: Option<String>,
    /// The compiled `log_format` of an access log.
    pub access: Option<LogFormat>,
    /// How many samples could not be verified against a source.
    pub unverified: usize,
    lines: Vec<Line>,
    rules: Vec<Rule>,
    needles: Needles,
    needs_ident: bool,
    user: bool,
}

/// A message as its grammar reads it.
#[derive(Debug, Default)]
pub struct Reading<'a> {
    /// Name of the format, `None` where no grammar claimed the line.
    pub format: Option<&'a str>,
    /// Index of the grammar, to be given as `hint` for the next line of the same writer.
    pub grammar: Option<usize>,
    /// The time that the message itself carries.
    pub stamp: Option<RawStamp>,
    /// What was captured around the message: `pid`, `level`, `unit`, ...; nothing where it neither raises an event nor names a request.
    pub fields: Fields,
    /// The event that it raises.
    pub event: Option<Box<Event>>,
}

/// All formats, the user's before the built-in ones.
#[derive(Debug)]
pub struct Grammars {
    list: Vec<Grammar>,
    shapes: Shapes,
    /// The needles of all general rules, and the grammar and number of each one's rule.
    general: Needles,
    general_rules: Vec<(usize, usize)>,
    /// For each grammar of an app, its needles and the general ones: most messages have none, and then one look is enough.
    with_general: Vec<Needles>,
    /// The needles of all rules that may look at a line of any writer, and the grammars whose rules look at lines of some only.
    of_anybody: Needles,
    of_some: Vec<usize>,
    looks: Looks,
}

static BUILT_IN: &[Shipped] = &include!(concat!(env!("OUT_DIR"), "/grammars.rs"));

/// Lines of one record that general rules look at: traces are shorter, dumps are not errors.
const LINES_MAX: usize = 400;

impl Grammars {
    /// The grammars that coroner ships.
    ///
    /// # Errors
    /// When a shipped grammar is wrong; the tests make sure that none is.
    pub fn built_in() -> Result<Self, Error> {
        Self::with_user(&[])
    }

    /// The user's grammars, as (file name, text), before the shipped ones. One of the same name replaces the shipped one.
    ///
    /// # Errors
    /// [`Error::Grammar`] with every fault found, each with file, line and remedy.
    pub fn with_user(user: &[(String, String)]) -> Result<Self, Error> {
        let mut list = Vec::new();
        let mut faults = Vec::new();
        for (name, text) in user {
            match file::load(name, text, true) {
                Ok(grammar) => list.push(grammar),
                Err(found) => faults.extend(found),
            }
        }
        let shipped =
            BUILT_IN.par_iter().filter(|shipped| user.iter().all(|(own, _)| own != shipped.name));
        let shipped: Vec<_> = shipped.map(file::load_shipped).collect();
        for loaded in shipped {
            match loaded {
                Ok(grammar) => list.push(grammar),
                Err(found) => faults.extend(found),
            }
        }
        if !faults.is_empty() {
            return Err(Error::Grammar(faults.iter().map(ToString::to_string).collect()));
        }
        list.sort_by_key(|grammar| (!grammar.user, grammar.fallback));
        let shapes = Shapes::of(&list);
        let anywhere =
            list.iter().enumerate().filter(|(_, grammar)| grammar.role == Role::Anywhere);
        let (general_rules, words): (Vec<_>, Vec<_>) = anywhere
            .flat_map(|(index, grammar)| {
                let words = grammar.needles.words().iter().cloned().enumerate();
                words.map(move |(rule, word)| ((index, rule), word))
            })
            .unzip();
        let with_general = list.iter().map(|grammar| match grammar.role {
            Role::App => Needles::new([grammar.needles.words(), &words].concat()),
            _ => Needles::default(),
        });
        let with_general = with_general.collect();
        let general = Needles::new(words);
        let of_anybody = list.iter().filter(|grammar| !grammar.needs_ident);
        let of_anybody = of_anybody.flat_map(|grammar| grammar.needles.words().to_vec()).collect();
        let of_anybody = Needles::new(of_anybody);
        let of_some = (0..list.len()).filter(|index| list[*index].needs_ident).collect();
        let looks = Looks::default();
        Ok(Self { list, shapes, general, general_rules, with_general, of_anybody, of_some, looks })
    }

    /// All grammars, in the order in which they are tried.
    pub fn iter(&self) -> impl Iterator<Item = &Grammar> {
        self.list.iter()
    }

    /// The compiled `log_format`s with their format names.
    pub fn access_formats(&self) -> impl Iterator<Item = (&str, &LogFormat)> {
        self.list.iter().filter_map(|grammar| {
            grammar.access.as_ref().map(|format| (grammar.format.as_str(), format))
        })
    }

    /// The grammar with this format name.
    #[must_use]
    pub fn named(&self, format: &str) -> Option<&Grammar> {
        self.list.iter().find(|grammar| grammar.format == format)
    }

    /// Reads one message. `ident` is the writer's program name where the envelope tells it, `hint` the grammar of the writer's
    /// previous line.
    #[must_use]
    pub fn read<'a>(
        &'a self,
        body: &[u8],
        ident: Option<&str>,
        hint: Option<usize>,
        line: u64,
    ) -> Reading<'a> {
        self.read_of(body, ident, (&mut Writer::of(hint), &mut Told::default()), line)
    }

    /// As [`Grammars::read_of`], for a line whose time is known without it. Of a writer's lines in which no rule's word is, one in
    /// so many is asked for its format, and the others are taken for one of the same: they raise nothing in any format.
    #[must_use]
    pub fn read_timed<'a>(
        &'a self,
        body: &[u8],
        ident: Option<&str>,
        (writer, told): (&mut Writer, &mut Told),
        line: u64,
    ) -> Reading<'a> {
        let is_worded = std::mem::take(&mut writer.is_worded);
        if writer.is_settled() && !is_worded && self.raises_nothing(body, ident, writer) {
            return self.of_hint(writer, None);
        }
        self.read_whole(body, ident, (writer, told), line)
    }

    /// The format of such a line, which need not be read then: `Some(None)` where it has none, and `None` where it is to be read next.
    pub fn counted<'a>(&'a self, body: &[u8], writer: &mut Writer) -> Option<Option<&'a str>> {
        if writer.own.is_none() || !writer.next_is_settled() {
            return None;
        }
        writer.is_worded = !self.raises_nothing(body, None, writer);
        if writer.is_worded {
            return None;
        }
        writer.count_line();
        Some(self.of_hint(writer, None).format)
    }

    /// A line of the writer's own format that raises nothing.
    fn of_hint(&self, writer: &Writer, stamp: Option<RawStamp>) -> Reading<'_> {
        let format = writer.hint.and_then(|index| self.list.get(index));
        let format = format.map(|grammar| grammar.format.as_str());
        Reading { format, grammar: writer.hint, stamp, ..Reading::default() }
    }

    /// The reading of a line that raises nothing and has the shape of the one before: its time is all that it tells.
    fn of_same_shape<'a>(
        &'a self,
        body: &[u8],
        ident: Option<&str>,
        writer: &mut Writer,
    ) -> Option<Reading<'a>> {
        let place = writer.last?;
        let grammar = self.list.get(place.0).filter(|grammar| grammar.accepts(ident))?;
        let shape = grammar.lines.get(place.1).filter(|shape| shape.is_glanced_at())?;
        if !self.raises_nothing(body, ident, writer) {
            return None;
        }
        match shape.glance(first_line(body), (place, &mut writer.spots))? {
            Glance::Seen { stamp, .. } => Some(self.of_hint(writer, stamp)),
            Glance::Whole(_) => None,
        }
    }

    /// Whether a line can neither raise an event nor name a request, whatever its format is. `false` where that is not known: what
    /// stands in JSON may be written in other characters.
    fn raises_nothing(&self, body: &[u8], ident: Option<&str>, writer: &mut Writer) -> bool {
        let line = |(grammar, line): shapes::Place| self.list.get(grammar)?.lines.get(line);
        let is_plain = writer.last.is_none_or(|place| line(place).is_some_and(Line::is_plain));
        if !is_plain || body.first() == Some(&b'{') || self.of_anybody.any(body) {
            return false;
        }
        let is_own = |index: &usize| {
            ident.is_some_and(|ident| self.list.get(*index).is_some_and(|own| own.is_of(ident)))
        };
        let own =
            writer.own.get_or_insert_with(|| self.of_some.iter().copied().filter(is_own).collect());
        !own.iter().any(|index| self.list.get(*index).is_some_and(|own| own.needles.any(body)))
    }

    /// As [`Grammars::read`], for a line of a writer that is remembered. `ident` is always the same for it; it is for the caller to
    /// set its grammar.
    #[must_use]
    pub fn read_of<'a>(
        &'a self,
        body: &[u8],
        ident: Option<&str>,
        (writer, told): (&mut Writer, &mut Told),
        line: u64,
    ) -> Reading<'a> {
        let known = writer.is_settled().then(|| self.of_same_shape(body, ident, writer)).flatten();
        known.unwrap_or_else(|| self.read_whole(body, ident, (writer, told), line))
    }

    fn read_whole<'a>(
        &'a self,
        body: &[u8],
        ident: Option<&str>,
        (writer, told): (&mut Writer, &mut Told),
        line: u64,
    ) -> Reading<'a> {
        let mut reading = Reading::default();
        let mut message = None;
        if let Some((index, glance)) = self.claim(body, ident, writer) {
            let grammar = &self.list[index];
            let told = glance.names_request() || self.has_needle(index, &glance, body);
            match glance {
                Glance::Seen { stamp, .. } if !told => {
                    let (format, grammar) = (Some(grammar.format.as_str()), Some(index));
                    return Reading { format, grammar, stamp, ..Reading::default() };
                }
                _ => {
                    if let Some(claimed) = glance.claimed() {
                        message = Some(claimed.message.clone());
                        reading = grammar.raise(index, claimed, body, line);
                    }
                }
            }
        }
        let asked = match reading.grammar {
            None => true,
            Some(index) => self.list[index].role == Role::App && reading.event.is_none(),
        };
        if asked {
            let event = self.general_event(body, (&reading.fields, line), told).or_else(|| {
                let message = message.filter(|_| self.general.any(body))?;
                self.behind_time(&message, body, &reading.fields, line)
            });
            reading.event = reading.event.or(event.map(Box::new));
        }
        reading
    }

    /// Whether a message has a needle of its grammar, or of the general rules where they look at it too.
    fn has_needle(&self, index: usize, glance: &Glance<'_>, body: &[u8]) -> bool {
        let grammar = &self.list[index];
        let general = grammar.role == Role::App;
        if general
            && let Glance::Seen { .. } = glance
            && self.with_general.get(index).is_some_and(|needles| !needles.any(body))
        {
            // The message is a part of the body.
            return false;
        }
        grammar.needles.any(glance.message()) || (general && self.general.any(body))
    }

    /// The first event that the general rules find, line by line: the line that says it is the evidence.
    fn general_event(&self, body: &[u8], around: (&Fields, u64), told: &mut Told) -> Option<Event> {
        let lines = body.split(|byte| *byte == b'\n').take(LINES_MAX);
        let mut worded = lines.filter(|line| self.general.any(line));
        worded.find_map(|line| told.event(line, around, || self.event_of_line(line)))
    }

    fn event_of_line(&self, line: &[u8]) -> Option<Event> {
        let message = client::left_out(line);
        let hit = self.general.found(&message);
        let rules = hit.iter().filter_map(|hit| self.general_rules.get(*hit));
        rules.into_iter().find_map(|(index, rule)| {
            let grammar = self.list.get(*index)?;
            grammar.event(grammar.rules.get(*rule)?, (&message, line), &Fields::default(), 0)
        })
    }

    /// The event in the message of an app whose line begins with a time of its own, by the rules that look for it there. Words behind
    /// a level are the app's own, which may be those of its users: a shell writes none.
    fn behind_time(
        &self,
        message: &[u8],
        body: &[u8],
        fields: &Fields,
        line: u64,
    ) -> Option<Event> {
        if fields.contains_key("level") {
            return None;
        }
        let mut general = self.list.iter().filter(|grammar| grammar.behind_time);
        general
            .find_map(|grammar| grammar.event_anywhere((message, first_line(body)), fields, line))
    }

    /// Which grammar takes the line: the hinted one if it fits, else the writer's own, else the first in order that fits.
    fn claim<'b>(
        &'b self,
        body: &'b [u8],
        ident: Option<&str>,
        writer: &mut Writer,
    ) -> Option<(usize, Glance<'b>)> {
        // journald and docker keep a record of several lines together; its first line is what the format describes.
        let body = first_line(body);
        if writer.unclaimed.holds(body) {
            return None;
        }
        let hinted = writer
            .hint
            .and_then(|index| Some((index, self.list.get(index)?)))
            .filter(|(_, grammar)| grammar.accepts(ident));
        let first = hinted.filter(|(_, grammar)| !grammar.fallback);
        let taken = first.and_then(|(index, grammar)| {
            let mut lines = grammar.lines.iter().enumerate();
            let (number, glance) = lines.find_map(|(number, line)| {
                Some((number, line.glance(body, ((index, number), &mut writer.spots))?))
            })?;
            Some(((index, number), glance))
        });
        if let Some((place, glance)) = taken {
            writer.last = Some(place);
            return Some((place.0, glance));
        }
        if first.is_none() && writer.fits_none_before(self, ident, body) {
            let (index, number) = writer.last?;
            let line = hinted.and_then(|(_, grammar)| grammar.lines.get(number));
            if let Some(glance) =
                line.and_then(|line| line.glance(body, ((index, number), &mut writer.spots)))
            {
                return Some((index, glance));
            }
        }
        let fitting = self.shapes.fitting(body);
        let able = || {
            fitting.iter().filter_map(|(index, line)| Some((*index, *line, self.list.get(*index)?)))
        };
        let own = able().filter(|(.., grammar)| ident.is_some_and(|ident| grammar.is_of(ident)));
        let rest = able().filter(|(.., grammar)| grammar.accepts(ident));
        let taken = own.chain(rest).find_map(|(index, line, grammar)| {
            let place = (index, line);
            let glance = grammar.lines.get(line)?.glance(body, (place, &mut writer.spots))?;
            Some((place, glance))
        });
        let Some((place, glance)) = taken else {
            writer.unclaimed.keep(body);
            return None;
        };
        writer.last = Some(place);
        Some((place.0, glance))
    }
}

fn first_line(body: &[u8]) -> &[u8] {
    memchr::memchr(b'\n', body).map_or(body, |end| &body[..end])
}

impl Grammar {
    /// Whether the program name is one of the grammar's own; a trailing `*` in the grammar stands for any rest.
    fn is_of(&self, ident: &str) -> bool {
        self.idents
            .iter()
            .any(|own| own.strip_suffix('*').map_or(own == ident, |head| ident.starts_with(head)))
    }

    fn accepts(&self, ident: Option<&str>) -> bool {
        self.role != Role::Anywhere
            && (!self.needs_ident || ident.is_some_and(|ident| self.is_of(ident)))
    }

    fn claim<'b>(&self, body: &'b [u8]) -> Option<Claimed<'b>> {
        self.lines.iter().find_map(|line| line.claim(body))
    }

    fn raise<'a>(
        &'a self,
        index: usize,
        claimed: Claimed<'_>,
        body: &[u8],
        line: u64,
    ) -> Reading<'a> {
        // The whole line is the evidence, not what the rule looked at.
        let texts = (&*claimed.message, first_line(body));
        let event = self.first_event(texts, &claimed.fields, line).map(Box::new);
        Reading {
            format: Some(&self.format),
            grammar: Some(index),
            stamp: claimed.stamp,
            fields: claimed.fields,
            event,
        }
    }

    /// The event of a general rule. What a client wrote raises none, but stays in the evidence.
    fn event_anywhere(
        &self,
        (text, evidence): (&[u8], &[u8]),
        fields: &Fields,
        line: u64,
    ) -> Option<Event> {
        if !self.needles.any(text) {
            return None;
        }
        self.first_event((&client::left_out(text), evidence), fields, line)
    }

    /// The event of the first rule, in the order of the file, whose needle and pattern both fit.
    fn first_event(
        &self,
        (message, evidence): (&[u8], &[u8]),
        fields: &Fields,
        line: u64,
    ) -> Option<Event> {
        let hit = self.needles.found(message);
        let mut rules = hit.iter().filter_map(|hit| self.rules.get(*hit));
        rules.find_map(|rule| self.event(rule, (message, evidence), fields, line))
    }

    /// The event of a rule whose needle is in the message, where its pattern fits too; what it cites is the evidence.
    fn event(
        &self,
        rule: &Rule,
        (message, evidence): (&[u8], &[u8]),
        fields: &Fields,
        line: u64,
    ) -> Option<Event> {
        let captured = match &rule.regex {
            Some(pattern) => {
                let regex = pattern.regex()?;
                Some((regex, regex.captures(message)?))
            }
            None => None,
        };
        let mut event = Event::new(rule.kind, line, evidence);
        event.fields.clone_from(fields);
        if let Some(service) = &self.service {
            event.fields.insert("service".to_owned(), service.clone());
        }
        if let Some((regex, captures)) = captured {
            capture(regex, &captures, &mut event.fields);
        }
        event.fields.extend(rule.set.iter().cloned());
        Some(event)
    }
}

#[cfg(test)]
mod tests;
