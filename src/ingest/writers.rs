//! The writers of one log, by program name. In: a message and its writer's name. Out: what the grammars read in it. It exists because
//! a program goes on in the format in which it began. It must never grow with the number of names.

use std::collections::BTreeMap;

use crate::grammar::{Grammars, Reading, Writer};

/// Program names of which the last grammar is remembered.
const HINTED_MAX: usize = 256;
/// Program names of which anything is remembered.
const WRITERS_MAX: usize = 2 * HINTED_MAX;

/// What is remembered.
#[derive(Debug, Default)]
pub(super) struct Writers {
    by_name: BTreeMap<String, Writer>,
    /// How many of them have a grammar.
    hinted: usize,
}

impl Writers {
    pub(super) fn read<'g>(
        &mut self,
        grammars: &'g Grammars,
        body: &[u8],
        ident: Option<&str>,
        (line, is_timed): (u64, bool),
    ) -> Reading<'g> {
        let name = ident.unwrap_or_default();
        if let Some(writer) = self.by_name.get_mut(name) {
            let read = match is_timed {
                true => grammars.read_timed(body, ident, writer, line),
                false => grammars.read_of(body, ident, writer, line),
            };
            return Self::noted(writer, &mut self.hinted, read);
        }
        if self.by_name.len() >= WRITERS_MAX {
            return grammars.read(body, ident, None, line);
        }
        let writer = self.by_name.entry(name.to_owned()).or_default();
        let read = grammars.read_of(body, ident, writer, line);
        Self::noted(writer, &mut self.hinted, read)
    }

    fn noted<'g>(writer: &mut Writer, hinted: &mut usize, read: Reading<'g>) -> Reading<'g> {
        if let Some(grammar) = read.grammar {
            let new = writer.hint().is_none();
            if !new || *hinted < HINTED_MAX {
                *hinted += usize::from(new);
                writer.set_hint(grammar);
            }
        }
        read
    }
}
