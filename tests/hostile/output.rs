//! Output that fails at any point: each write of each form, a full disk, a closed pipe, kills, several runs at a time, and targets
//! that are no plain file. There is a whole report or the one of before, and nothing else.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, SystemTime};

use coroner::report::{self, Format, Settings};

use super::good_log;
use crate::corpus::{self, analyse};
use crate::packing::{folder, names, put};
use crate::program::{command, run};

const CASE: &str = "oom-gunicorn-workers";

fn bundle_of(case: &str) -> PathBuf {
    corpus::named(case).bundle()
}

/// Fails at the write with this number, and at all after it; takes a few bytes at a time before.
struct Failing {
    left: usize,
    most: usize,
    kind: io::ErrorKind,
}

impl Write for Failing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(self.kind.into());
        }
        self.left -= 1;
        Ok(bytes.len().min(self.most))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes of a form fail at these places, of so many that there are: an error each time, never a panic, never "done".
fn check_writes(places: impl Fn(usize) -> Vec<usize>) {
    let analysis = analyse(&bundle_of(CASE)).unwrap();
    for (format, name, _) in Format::ALL {
        let write =
            |out: &mut Failing| report::write(&analysis.report, *format, Settings::default(), out);
        let mut counting = Failing { left: usize::MAX, most: 1000, kind: io::ErrorKind::Other };
        write(&mut counting).unwrap();
        let writes = usize::MAX - counting.left;
        super::say(&format!("{name}: {writes} writes"));
        for left in places(writes).into_iter().filter(|left| *left < writes) {
            let kind = [io::ErrorKind::StorageFull, io::ErrorKind::BrokenPipe][left % 2];
            let failed = write(&mut Failing { left, most: 1000, kind });
            assert!(failed.is_err(), "{name}: write {left} of {writes}");
        }
    }
}

#[test]
fn the_nth_write_fails() {
    check_writes(|writes| {
        (0..10).chain((10..writes).step_by(writes / 10 + 1)).chain([writes - 1]).collect()
    });
}

#[test]
#[ignore = "long: every write of every form"]
fn every_single_write_fails() {
    check_writes(|writes| (0..writes).collect());
}

/// A device that is always full, for each form: an error in words, exit code 2.
#[cfg(target_os = "linux")]
#[test]
fn standard_output_on_a_full_disk() {
    for (_, name, _) in Format::ALL {
        let mut command = command(&["report", "--format", name]);
        command.arg(bundle_of(CASE)).stdout(File::options().write(true).open("/dev/full").unwrap());
        let done = command.stderr(Stdio::piped()).output().unwrap();
        let said = String::from_utf8(done.stderr).unwrap();
        assert_eq!(
            (done.status.code(), said.contains("No space left")),
            (Some(2), true),
            "{name}: {said}"
        );
    }
}

/// A file may grow to so many blocks only: at every block of the report the old one stays, and no temporary file.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_may_not_grow() {
    let home = folder();
    let (bundle, file) = (bundle_of(CASE), home.path().join("report.json"));
    let whole = run(&["report", "--format", "json", bundle.to_str().unwrap()]).out;
    let blocks = whole.len() / 512;
    for limit in (0..=blocks).step_by(blocks / 24 + 1) {
        fs::write(&file, "the old report").unwrap();
        // The signal of the limit ends a program that does not ignore it; then the temporary file stays for the next run to sweep.
        let script =
            format!("trap '' XFSZ; ulimit -f {limit}; exec \"$0\" report -q -o \"$1\" \"$2\"");
        let done = Command::new("bash")
            .args([
                "-c",
                &script,
                env!("CARGO_BIN_EXE_coroner"),
                file.to_str().unwrap(),
                bundle.to_str().unwrap(),
            ])
            .output()
            .unwrap();
        let said = String::from_utf8(done.stderr).unwrap();
        if done.status.code() == Some(0) {
            assert!(limit * 1024 >= whole.len(), "{limit}");
            continue;
        }
        assert_eq!(done.status.code(), Some(2), "{limit}: {said}");
        assert!(said.contains("cannot write") && said.contains("report.json"), "{limit}: {said}");
        assert_eq!(fs::read(&file).unwrap(), b"the old report", "{limit}");
        assert_eq!(names(home.path()), ["report.json"], "{limit}");
    }
}

/// `| head -c 1` for each form: a quiet end.
#[test]
fn a_reader_leaves() {
    for (_, name, _) in Format::ALL {
        let mut child = command(&["report", "--format", name])
            .arg(bundle_of(CASE))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = [0];
        child.stdout.take().unwrap().read_exact(&mut first).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]), "{name}");
    }
}

/// Kills at moments spread over a run: the old report or the new one, whole.
fn check_kills(kills: u32) {
    let home = folder();
    let (bundle, file) = (bundle_of(CASE), home.path().join("report.json"));
    let start = || {
        let mut command = command(&["report", "-q", "-o"]);
        command.arg(&file).arg(&bundle).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().unwrap()
    };
    let begun = std::time::Instant::now();
    assert!(start().wait().unwrap().success());
    let (whole_run, whole) = (begun.elapsed(), fs::read(&file).unwrap());
    let (mut killed, mut old) = (0, 0);
    for number in 0..kills {
        fs::write(&file, "the old report").unwrap();
        let mut child = start();
        // Steps of the golden ratio fall everywhere (a little beyond the end too), and are the same on each run of the test.
        let share = f64::from(number) * 0.618_033_988_749_894_9 % 1.0;
        thread::sleep(whole_run.mul_f64(share * 1.1));
        child.kill().unwrap();
        killed += u32::from(!child.wait().unwrap().success());
        let found = fs::read(&file).unwrap();
        old += u32::from(found == b"the old report");
        assert!(
            found == b"the old report" || found == whole,
            "kill {number}: {} bytes",
            found.len()
        );
    }
    assert!(
        killed >= kills / 2 && old >= kills / 2,
        "{killed} of {kills} were killed, {old} left the old report"
    );
}

#[test]
fn kills_at_any_moment() {
    check_kills(20);
}

#[test]
#[ignore = "long: 1,000 kills"]
fn a_thousand_kills_at_any_moment() {
    check_kills(1000);
}

/// What a killed run left is taken away by a later one; what another run is writing is not.
#[test]
fn leftovers_are_swept() {
    let home = folder();
    let log = put(home.path(), "access.log", &good_log());
    // The age of a file is told against the clock of the host; no report is read here.
    #[expect(clippy::disallowed_methods)]
    let hour_ago = SystemTime::now() - Duration::from_secs(4000);
    for (name, old) in [
        (".coroner-old.tmp", true),
        (".coroner-new.tmp", false),
        (".coroner-old.log", true),
        ("other.tmp", true),
    ] {
        let file = File::create(home.path().join(name)).unwrap();
        if old {
            file.set_modified(hour_ago).unwrap();
        }
    }
    let report = home.path().join("report.md");
    assert_eq!(
        run(&["report", "-q", "-o", report.to_str().unwrap(), log.to_str().unwrap()]).code,
        0
    );
    assert_eq!(
        names(home.path()),
        [".coroner-new.tmp", ".coroner-old.log", "access.log", "other.tmp", "report.md"]
    );
}

/// Many runs onto one file: one of the reports, whole, and no temporary file.
fn check_together(runs: usize) {
    let home = folder();
    let file = home.path().join("report.json");
    let cases: Vec<PathBuf> = corpus::cases().iter().take(5).map(corpus::Case::bundle).collect();
    let reports: Vec<Vec<u8>> = cases
        .iter()
        .map(|case| run(&["report", "--format", "json", case.to_str().unwrap()]).out)
        .collect();
    let children: Vec<_> = (0..runs)
        .map(|number| {
            let mut command = command(&["report", "-q", "-o"]);
            command.arg(&file).arg(&cases[number % cases.len()]).stdout(Stdio::null());
            command.spawn().unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert!(reports.contains(&fs::read(&file).unwrap()));
    assert_eq!(names(home.path()), ["report.json"]);
}

#[test]
fn many_runs_onto_one_file() {
    check_together(10);
}

#[test]
#[ignore = "long: 50 runs at a time"]
fn fifty_runs_onto_one_file() {
    check_together(50);
}

/// The report never takes the place of what it was made from.
#[test]
fn the_input_is_never_written_over() {
    let home = folder();
    let log = put(home.path(), "access.md", &good_log());
    let packed = put(home.path(), "bundle.tar.gz", &corpus::named(CASE).bytes());
    fs::hard_link(&log, home.path().join("twin.md")).unwrap();
    let path = |path: &Path| path.to_str().unwrap().to_owned();
    let twin = path(&home.path().join("twin.md"));
    for arguments in [
        ["report", "-o", &path(&log), &path(&log)],
        ["report", "-o", &twin, &path(&log)],
        ["capsule", "-o", &path(&packed), &path(&packed)],
    ] {
        let done = run(&arguments);
        assert_eq!(done.code, 2, "{arguments:?}");
        assert!(done.err.contains("this is the input"), "{}", done.err);
    }
    assert_eq!(fs::read(&log).unwrap(), good_log());
    assert_eq!(fs::read(&packed).unwrap(), corpus::named(CASE).bytes());
}

#[cfg(unix)]
#[test]
fn links_devices_and_standard_output_as_targets() {
    use std::os::unix::fs::{FileTypeExt, symlink};
    let home = folder();
    let path = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    let bundle = bundle_of(CASE).to_str().unwrap().to_owned();
    let whole = run(&["report", "--format", "json", &bundle]).out;
    fs::create_dir(path("elsewhere")).unwrap();
    fs::write(path("elsewhere/real.json"), "the old report").unwrap();
    symlink("elsewhere/real.json", path("link.json")).unwrap();
    assert_eq!(run(&["report", "-o", &path("link.json"), &bundle]).code, 0);
    assert!(fs::symlink_metadata(path("link.json")).unwrap().is_symlink(), "the link stays a link");
    assert!(fs::read(path("elsewhere/real.json")).unwrap() == whole);
    let done = run(&["report", "--format", "json", "-o", "-", &bundle]);
    assert!(done.out == whole && !Path::new("-").exists());
    // A null device that was replaced by a file would be the end of a system.
    for (device, code) in [("/dev/null", 0), ("/dev/full", 2)] {
        assert_eq!(
            run(&["report", "--format", "json", "-o", device, &bundle]).code,
            code,
            "{device}"
        );
        assert!(fs::metadata(device).unwrap().file_type().is_char_device(), "{device}");
    }
    assert!(Command::new("mkfifo").arg(path("pipe.json")).status().unwrap().success());
    let reader = {
        let pipe = path("pipe.json");
        thread::spawn(move || fs::read(pipe).unwrap())
    };
    assert_eq!(run(&["report", "-o", &path("pipe.json"), &bundle]).code, 0);
    assert!(reader.join().unwrap() == whole);
}

/// The same bytes on any number of threads, again and again.
#[test]
fn the_same_bytes_each_time() {
    let bundle = bundle_of("two-boots").to_str().unwrap().to_owned();
    let whole = run(&["report", "--format", "json", &bundle]).out;
    for threads in ["1", "2", "3", "8", "16"].iter().cycle().take(20) {
        assert!(
            run(&["report", "--threads", threads, "--format", "json", &bundle]).out == whole,
            "{threads} threads"
        );
    }
}
