//! Readers, files and folders, and what the visitor may do.

use std::sync::Mutex;

use super::*;

#[test]
fn a_visitor_may_stop_early() {
    let large = noise(4 << 20);
    let bundle = gz(&tar_of(&[("a.gz", &gz(&large)), ("b", &large), ("c", b"3")]));
    for bytes in [bundle, gz(&large), large.clone()] {
        let mut count = 0;
        let length = bytes.len() as u64;
        let reader = Box::new(Cursor::new(bytes));
        let outcome = walk_stream(
            &input(true),
            reader,
            Some(length),
            (&Limits::default(), Ahead::Thread),
            &Silent,
            &mut |_, reader| {
                count += 1;
                let mut three = [0; 3];
                assert!(reader.read(&mut three).unwrap() > 0);
            },
        );
        assert_eq!((outcome.problems, outcome.members, outcome.bytes), (Vec::new(), count, length));
    }
}

#[test]
fn reading_by_bytes_and_by_blocks_gives_the_same() {
    let log = LOG.repeat(9000);
    let bytes = gz(log.as_bytes());
    let mut content = String::new();
    walk_stream(
        &input(false),
        Box::new(Cursor::new(bytes)),
        None,
        (&Limits::default(), Ahead::Here),
        &Silent,
        &mut |_, reader| {
            let mut one = [0; 1];
            assert_eq!(reader.read(&mut one).unwrap(), 1);
            assert_eq!(reader.next_block().unwrap()[0], log.as_bytes()[1]);
            content = String::from("2") + "0";
            reader.read_to_string(&mut content).unwrap();
        },
    );
    assert!(content.len() > 1000 && log.ends_with(&content[2..]));
}

struct Failing(Cursor<Vec<u8>>);

impl Read for Failing {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self.0.read(out)? {
            0 => Err(io::Error::other("the disk is gone")),
            count => Ok(count),
        }
    }
}

#[test]
fn reads_that_fail_are_told_with_their_place() {
    let packed = gz(&tar_of(&[("a", &noise(2000))]));
    for cut in [0, 1, 100, packed.len() / 2, packed.len()] {
        let reader = Box::new(Failing(Cursor::new(packed[..cut].to_vec())));
        let (_, outcome) = read_from(reader, None, &Limits::default());
        let last = outcome.problems.last().unwrap();
        assert_eq!((last.path.as_str(), last.kind), ("given", Unreadable));
        assert_eq!(&*last.detail, format!("reading failed at byte {cut}: the disk is gone"));
        assert_eq!(outcome.sha256, None);
    }
}

#[test]
fn a_file_that_shrinks_or_grows_meanwhile() {
    let log = LOG.as_bytes();
    let (_, outcome) =
        read_from(Box::new(Cursor::new(log.to_vec())), Some(100), &Limits::default());
    assert_eq!(outcome.problems[0].kind, Truncated);
    assert!(outcome.problems[0].detail.contains("of 100 bytes were there"));
    let (seen, outcome) =
        read_from(Box::new(Cursor::new(log.to_vec())), Some(10), &Limits::default());
    assert_eq!((seen[0].1.as_slice(), outcome.problems), (&log[..10], Vec::new()));
}

#[derive(Default)]
struct Counted(Mutex<(u64, u64, Vec<String>)>);

impl Progress for Counted {
    fn expect(&self, packed_bytes: u64) {
        self.0.lock().unwrap().0 += packed_bytes;
    }
    fn advance(&self, packed_bytes: u64) {
        self.0.lock().unwrap().1 += packed_bytes;
    }
    fn member(&self, path: &str) {
        self.0.lock().unwrap().2.push(path.to_owned());
    }
}

/// Paths and contents in the order of reading.
type Contents = Vec<(String, Vec<u8>)>;

/// Opens the paths and reads everything.
fn collect(paths: &[PathBuf], progress: &dyn Progress) -> (Contents, Vec<Problem>, Vec<Given>) {
    let (mut seen, mut problems, mut list) = (Vec::new(), Vec::new(), Vec::new());
    for bundle in open(paths).unwrap() {
        let mut outcomes = Vec::new();
        problems.extend(bundle.problems.clone());
        for input in &bundle.inputs {
            outcomes.push(walk(
                input,
                &Limits::default(),
                Ahead::Thread,
                progress,
                &mut |path, reader| {
                    let mut content = Vec::new();
                    reader.read_to_end(&mut content).unwrap();
                    seen.push((path.to_owned(), content));
                },
            ));
        }
        problems.extend(outcomes.iter().flat_map(|outcome| outcome.problems.clone()));
        list.push(given(&bundle, &outcomes));
    }
    (seen, problems, list)
}

#[test]
fn a_folder_and_the_archive_of_it_read_the_same() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("logs");
    fs::create_dir_all(folder.join("a/deep")).unwrap();
    fs::create_dir(folder.join("nothing")).unwrap();
    let inner = gz(&tar_of(&[("x", b"x\n")]));
    let files: [(&str, &[u8]); 4] =
        [("a.b", b"1\n"), ("a/c.log.gz", &gz(b"2\n")), ("a/deep/d", b""), ("z.tar.gz", &inner)];
    let mut archive = ::tar::Builder::new(Vec::new());
    for (name, content) in files {
        fs::write(folder.join(name), content).unwrap();
        archive.append_path_with_name(folder.join(name), name).unwrap();
    }
    let bytes = gz(&archive.into_inner().unwrap());
    let file = home.path().join("bundle.tar.gz");
    fs::write(&file, &bytes).unwrap();
    let progress = Counted::default();
    let (of_folder, problems, list) = collect(std::slice::from_ref(&folder), &progress);
    let expected = [("a.b", "1\n"), ("a/c.log.gz", "2\n"), ("a/deep/d", ""), ("z.tar.gz/x", "x\n")];
    assert_eq!(
        of_folder,
        expected.map(|(path, content)| (path.to_owned(), content.as_bytes().to_vec()))
    );
    assert_eq!(problems, []);
    assert_eq!((list[0].name.as_str(), list[0].members, &list[0].sha256), ("logs", 4, &None));
    let counted = progress.0.into_inner().unwrap();
    assert_eq!(
        (counted.0, counted.2),
        (counted.1, expected.map(|(path, _)| path.to_owned()).to_vec())
    );
    let (of_archive, problems, list) = collect(std::slice::from_ref(&file), &Silent);
    assert_eq!((of_archive, problems), (of_folder.clone(), Vec::new()));
    assert_eq!(
        (list[0].name.as_str(), list[0].bytes, list[0].members),
        ("bundle.tar.gz", bytes.len() as u64, 4)
    );
    let (both, ..) =
        collect(&[folder.clone(), file.clone(), folder.join("a.b"), folder.join("a.b")], &Silent);
    let paths: Vec<_> = both.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths[..2], ["logs/a.b", "logs/a/c.log.gz"]);
    assert_eq!(paths[7..], ["bundle.tar.gz/z.tar.gz/x", "a.b", "a.b#2"]);
}

#[test]
fn the_digest_is_of_the_whole_archive_file() {
    let bytes = [gz(&tar_of(&[("a", b"1")])), b"garbage".to_vec()].concat();
    let (_, outcome) = read(&bytes);
    let expected: String =
        sha2::Digest::finalize(<sha2::Sha256 as sha2::Digest>::new_with_prefix(&bytes))
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
    assert_eq!(outcome.sha256, Some(expected));
    let tar = tar_of(&[("a", b"1")]);
    assert!(read(&tar).1.sha256.is_some());
    assert_eq!(read(&gz(LOG.as_bytes())).1.sha256, None);
    assert_eq!(read(LOG.as_bytes()).1.sha256, None);
}

#[cfg(unix)]
#[test]
fn links_and_pipes_in_a_folder_are_passed_over() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("logs");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("a"), "1").unwrap();
    fs::hard_link(folder.join("a"), folder.join("b")).unwrap();
    let links = [("c", "a"), ("d", "/etc/passwd"), ("e", "."), ("f", "missing")];
    for (name, target) in links {
        std::os::unix::fs::symlink(target, folder.join(name)).unwrap();
    }
    let _socket = std::os::unix::net::UnixListener::bind(folder.join("g")).unwrap();
    let (seen, problems, _) = collect(&[folder], &Silent);
    assert_eq!(seen, [("a".to_owned(), b"1".to_vec())]);
    let told: Vec<_> =
        problems.iter().map(|problem| (problem.path.as_str(), problem.kind)).collect();
    assert_eq!(told, ["b", "c", "d", "e", "f", "g"].map(|name| (name, NotALog)));
}

#[test]
fn what_cannot_be_opened() {
    let missing = PathBuf::from("/nonexistent/x.log");
    assert!(
        matches!(open(std::slice::from_ref(&missing)), Err(Error::Open { path, .. }) if path == missing)
    );
    assert!(matches!(open(&["-".into(), "-".into()]), Err(Error::Usage(_))));
    let home = tempfile::tempdir().unwrap();
    let bundles = open(&[home.path().to_owned(), "-".into()]).unwrap();
    assert_eq!((bundles[0].inputs.len(), bundles[1].name.as_str()), (0, "stdin"));
    let file = home.path().join("a.log");
    fs::write(&file, LOG).unwrap();
    let bundles = open(std::slice::from_ref(&file)).unwrap();
    assert_eq!(
        (bundles[0].inputs[0].path(), bundles[0].inputs[0].bytes()),
        ("a.log", Some(LOG.len() as u64))
    );
    fs::remove_file(file).unwrap();
    let outcome = walk(
        &bundles[0].inputs[0],
        &Limits::default(),
        Ahead::Thread,
        &Silent,
        &mut |_, _| unreachable!(),
    );
    assert_eq!((outcome.problems[0].kind, outcome.members), (Unreadable, 1));
}
