//! The N-th read fails, for every N: what came before is there, and the failure is told.

use super::*;

/// Gives a few bytes at a time, and fails at the read with this number.
struct FailAt {
    bytes: Cursor<Vec<u8>>,
    step: usize,
    left: usize,
}

impl Read for FailAt {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(io::Error::other("the disk is broken"));
        }
        self.left -= 1;
        let room = out.len().min(self.step);
        self.bytes.read(&mut out[..room])
    }
}

#[test]
fn the_nth_read_fails() {
    let log = LOG.repeat(4);
    let bundle = tar_of(&[("a.log", log.as_bytes()), ("b.gz", &gz(log.as_bytes()))]);
    for (bytes, step) in [(gz(&bundle), 1), (bundle, 7), (log.clone().into_bytes(), 1)] {
        let (whole, _) = read(&bytes);
        let reads = bytes.len().div_ceil(step);
        for left in 0..reads {
            for length in [None, Some(bytes.len() as u64)] {
                let reader = FailAt { bytes: Cursor::new(bytes.clone()), step, left };
                let (seen, outcome) = read_from(Box::new(reader), length, &Limits::default());
                let told = outcome.problems.iter().any(|problem| {
                    problem.kind == Unreadable && problem.detail.contains("the disk is broken")
                });
                assert!(told, "read {left}: {:?}", outcome.problems);
                for ((path, content, _), (whole_path, whole_content, _)) in seen.iter().zip(&whole)
                {
                    // What is too short to be known for what it is is shown as it is.
                    let unknown = path == "given" && left * step < 512;
                    assert!(unknown || (path == whole_path && whole_content.starts_with(content)));
                }
            }
        }
        let reader = FailAt { bytes: Cursor::new(bytes.clone()), step, left: reads + 1 };
        let (seen, outcome) = read_from(Box::new(reader), None, &Limits::default());
        assert_eq!((seen, outcome.problems), (whole, Vec::new()));
    }
}
