//! What a line raises when it is glanced at, against all of its patterns tried in full.

use std::collections::BTreeMap;

use super::*;

/// As [`Grammars::read`] says it, without any short cut. A record of one line.
fn plainly<'a>(
    grammars: &'a Grammars,
    body: &[u8],
    ident: Option<&str>,
    hint: Option<usize>,
) -> Reading<'a> {
    let hinted = hint
        .filter(|index| grammars.list[*index].accepts(ident) && !grammars.list[*index].fallback);
    let all = || grammars.list.iter().enumerate();
    let own = all().filter(|(_, grammar)| ident.is_some_and(|ident| grammar.is_of(ident)));
    let rest = all().filter(|(_, grammar)| grammar.accepts(ident));
    let order = hinted.into_iter().chain(own.chain(rest).map(|(index, _)| index));
    let taken =
        order.into_iter().find_map(|index| Some((index, grammars.list[index].claim(body)?)));
    let mut message = None;
    let mut reading = match taken {
        Some((index, claimed)) => {
            message = Some(claimed.message.clone());
            grammars.list[index].raise(index, claimed, body, 1)
        }
        None => Reading::default(),
    };
    let asked = reading
        .grammar
        .is_none_or(|index| grammars.list[index].role == Role::App && reading.event.is_none());
    if asked {
        let event = grammars
            .general_event(body, (&reading.fields, 1), &mut Told::default())
            .or_else(|| grammars.behind_time(&message?, body, &reading.fields, 1));
        reading.event = reading.event.or(event.map(Box::new));
    }
    reading
}

/// What the reader of a log looks at.
type Seen<'a> =
    (Option<&'a str>, Option<usize>, Option<RawStamp>, [Option<&'a str>; 2], Option<&'a Event>);

fn told<'a>(reading: &'a Reading<'a>) -> Seen<'a> {
    let fields = &reading.fields;
    let request = match (fields.get("client"), fields.get("request")) {
        (Some(client), Some(request)) => [Some(client), Some(request)],
        _ => [None, None],
    };
    (reading.format, reading.grammar, reading.stamp, request, reading.event.as_deref())
}

#[test]
fn a_glance_tells_what_all_patterns_tell() {
    let grammars = Grammars::built_in().unwrap();
    let mut state = 7_u64;
    let mut next = |below: usize| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let mut lines: Vec<(Vec<u8>, Option<String>)> = Vec::new();
    for Shipped { name, text, .. } in BUILT_IN {
        let table = file::parse(name, text).unwrap_or_else(|faults| panic!("{name}: {faults:?}"));
        for sample in table.sample {
            let sample = sample.into_inner();
            let line = sample.line.split('\n').next().unwrap_or_default();
            lines.push((line.as_bytes().to_vec(), sample.ident));
        }
    }
    let (mut claimed, mut silent, mut passed_over) = (0, 0, 0);
    let mut writers: BTreeMap<_, Writer> = BTreeMap::new();
    let mut memory = Told::default();
    for round in 0..4 * lines.len() {
        let (line, ident) = &lines[round % lines.len()];
        let mut line = line.clone();
        let mut ident = ident.clone();
        if round >= lines.len() && !line.is_empty() {
            for _ in 0..=next(3) {
                let at = next(line.len());
                match next(4) {
                    0 => line[at] = b"0 9:[]-\"aZ\xff"[next(11)],
                    1 => line.truncate(at + 1),
                    2 => _ = line.remove(at),
                    _ => line.insert(at, b"1 x:,"[next(5)]),
                }
                if line.is_empty() {
                    break;
                }
            }
            ident = [ident, None, Some("gunicorn".to_owned()), Some("postgres".to_owned())]
                [next(4)]
            .clone();
        }
        let hint = (next(3) == 0).then(|| next(grammars.list.len()));
        let quick = grammars.read(&line, ident.as_deref(), hint, 1);
        let plain = plainly(&grammars, &line, ident.as_deref(), hint);
        assert_eq!(
            told(&quick),
            told(&plain),
            "{:?} {ident:?} {hint:?}",
            String::from_utf8_lossy(&line)
        );
        let key = (ident.clone(), hint);
        let writer = writers.entry(key).or_insert_with(|| Writer::after(1000, hint));
        let known = grammars.read_of(&line, ident.as_deref(), (writer, &mut memory), 1);
        assert_eq!(told(&known), told(&plain), "{:?}", String::from_utf8_lossy(&line));
        let mut settled = Writer::after(1000, plain.grammar);
        let timed = grammars.read_timed(&line, ident.as_deref(), (&mut settled, &mut memory), 1);
        assert_eq!(timed.event, plain.event, "{:?}", String::from_utf8_lossy(&line));
        passed_over += usize::from(timed.stamp.is_none() && plain.stamp.is_some());
        claimed += usize::from(quick.grammar.is_some());
        silent += usize::from(quick.grammar.is_some() && quick.event.is_none());
    }
    assert!(
        claimed > lines.len() && silent > 200 && passed_over > 50,
        "{claimed} {silent} {passed_over}"
    );
}
