//! Entries of the export format among others, where their fields are foreseen, against each entry on its own, where nothing is.

use super::*;

#[test]
fn entries_among_others_are_read_as_each_on_its_own() {
    let mut state = 3_u64;
    let mut next = |below: usize| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
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
