//! Entries of the export format among others, where their fields are foreseen, against each entry on its own, where nothing is.

use super::*;

/// Numbers below what is asked for, the same in each run.
fn numbers(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed;
    move |below| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    }
}

#[test]
fn entries_among_others_are_read_as_each_on_its_own() {
    let mut next = numbers(3);
    let fields: [&[u8]; 16] = [
        b"__CURSOR=s=1;i=2\n",
        b"__REALTIME_TIMESTAMP=1773100800021542\n",
        b"_BOOT_ID=5f3c\n",
        b"_TRANSPORT=syslog\n",
        b"_TRANSPORT=kernel\r\n",
        b"SYSLOG_IDENTIFIER=cron\n",
        b"SYSLOG_IDENTIFIER\n\x04\0\0\0\0\0\0\0a\n\nb\n",
        b"SYSLOG_FACILITY=3\n",
        b"_HOSTNAME=web\n",
        b"_PID=00000000000000000000017\n",
        b"_PID=17\n",
        b"_PID=+17\n",
        b"_SYSTEMD_UNIT=a.service\n",
        b"_SYSTEMD_UNITS=b.service\n",
        b"_systemd_unit=c.service\n",
        b"PRIORITY=6\n",
    ];
    let messages: [&[u8]; 4] = [
        b"MESSAGE=one and another\n",
        b"MESSAGE=\n",
        b"MESSAGE\n\x0c\0\0\0\0\0\0\0up\n\n_PID=1\nx\n",
        b"MESSAGE=a\nMESSAGE=b\n",
    ];
    let mut whole = Vec::new();
    let (mut apart, mut lines) = (Vec::new(), 0);
    for _ in 0..2000 {
        let mut entry = Vec::new();
        let skipped = next(40);
        for (place, field) in fields.iter().enumerate().filter(|(place, _)| *place != skipped) {
            // A cursor begins an entry: in the middle it would end one.
            if place > 0 && next(3) == 0 {
                continue;
            }
            entry.extend_from_slice(if next(20) == 0 && place > 0 {
                fields[1 + next(15)]
            } else {
                field
            });
        }
        entry.extend_from_slice(messages[next(4)]);
        entry.push(b'\n');
        whole.extend_from_slice(&entry);
        let (records, tally) = unwrapped(Envelope::JournalExport, &entry, 4096, true);
        apart.extend(records.into_iter().map(|record| {
            let line = record.line + lines;
            described(&Record { line, ..record })
        }));
        lines += tally.lines;
    }
    for block in [7, 100, 4096, 1 << 22] {
        let (records, tally) = unwrapped(Envelope::JournalExport, &whole, block, true);
        let records: Vec<String> = records.iter().map(described).collect();
        assert_eq!(records.len(), apart.len());
        for (one, other) in records.iter().zip(&apart) {
            assert_eq!(one, other, "blocks of {block}");
        }
        assert_eq!(tally.lines, lines);
    }
}

/// What journald and those who write through it may put into an entry, field by field: some of it makes an entry like others, some
/// breaks the likeness.
const FIELDS: [&[&[u8]]; 13] = [
    &[
        b"_BOOT_ID=5f3c9a7e1b2d4c60a8e7f1d2c3b4a596\n",
        b"_BOOT_ID=0000000000000000000000000000000\n",
    ],
    &[b"_TRANSPORT=stdout\n", b"_TRANSPORT=kernel\n"],
    &[b"PRIORITY=6\n", b"PRIORITY=3\n", b"PRIORITY\n\x01\0\0\0\0\0\0\x006\n"],
    &[b"SYSLOG_IDENTIFIER=shop\n", b"SYSLOG_IDENTIFIER=systemd\n", b"SYSLOG_IDENTIFIER=\n"],
    &[b"_HOSTNAME=web\n", b"_HOSTNAME=web\r\n", b"_HOSTNAME=web\n_HOSTNAME=db\n"],
    &[b"_PID=7\n", b"_PID=81\n", b"_PID=1\n", b"_PID=\n", b"_PID\n\x02\0\0\0\0\0\0\x0099\n"],
    &[b"_SYSTEMD_UNIT=shop.service\n", b"_SYSTEMD_UNIT=init.scope\n", b""],
    &[b"", b"UNIT=shop.service\n", b"UNIT=db.service\n", b"UNIT\n\x03\0\0\0\0\0\0\0a.b\n"],
    &[b"", b"", b"CONTAINER_ID_FULL=c0ffee\n"],
    &[b"_STREAM_ID=1\n", b"_STREAM_ID=22\n", b"_STREAM_ID=22\r\n", b"no field at all\n", b"\n"],
    &[b"", b"_SOURCE_REALTIME_TIMESTAMP=1600000000000001\n", b"__CURSOR=s=2;i=9\n"],
    &[b"", b"_SOURCE_MONOTONIC_TIMESTAMP=77\n", b"_SOURCE_MONOTONIC_TIMESTAMP=0\n"],
    &[
        b"MESSAGE=done\n",
        b"MESSAGE=\n",
        b"MESSAGE=a longer message than those that came before it\r\n",
        b"MESSAGE\n\x0a\0\0\0\0\0\0\0one\n\ntwo\n\n\n",
        b"MESSAGE\n\x05\0\0\0\0\0\0\0a\nb\n\r\n",
        b"MESSAGE\n\xff\0\0\0\0\0\0\0short\n",
        b"",
    ],
];

/// How many records have a number.
fn a_number_stands_for_the_same_names(file: &[u8]) -> usize {
    let mut numbered = Vec::new();
    let mut unwrapper = Unwrapper::new(Envelope::JournalExport);
    let mut sink = |record: &Record<'_>| {
        let names = Origin { pid: None, ..record.origin.clone().into_owned() };
        numbered.push((record.kin, (names, record.transport)));
    };
    unwrapper.feed(file, &mut sink);
    unwrapper.finish(true, &mut sink);
    numbered.retain(|(kin, _)| *kin != Kin::default());
    for (kin, names) in &numbered {
        let first = numbered.iter().find(|(other, _)| other == kin);
        assert_eq!(first.map(|(_, names)| names), Some(names));
    }
    numbered.len()
}

#[test]
fn entries_that_are_like_others_are_read_as_any() {
    let mut next = numbers(7);
    let (mut records, mut known) = (0, 0);
    for _ in 0..40 {
        let writers: Vec<Vec<usize>> = (0..3)
            .map(|_| FIELDS.iter().map(|forms| next(forms.len()) * next(2)).collect())
            .collect();
        let mut file = Vec::new();
        for number in 0..300 {
            let writer = &writers[next(3)];
            let head = format!("__CURSOR=s=1;i={number}\n__REALTIME_TIMESTAMP=17{number:014}\n");
            file.extend_from_slice(head.as_bytes());
            let odd = next(2 * FIELDS.len());
            for (place, forms) in FIELDS.iter().enumerate() {
                let form = if place == odd { next(forms.len()) } else { writer[place] };
                file.extend_from_slice(forms[form]);
            }
            file.push(b'\n');
        }
        let whole = unwrapped(Envelope::JournalExport, &file, 1 << 20, true);
        // No entry is whole in pieces of a few bytes, so that none is compared with others.
        for block in [7, 64, 4096] {
            assert_eq!(whole, unwrapped(Envelope::JournalExport, &file, block, true));
        }
        records += whole.0.len();
        known += a_number_stands_for_the_same_names(&file);
    }
    assert!(records > 5_000 && known > 1_000, "{records} {known}");
}
