//! Programs that are in a call of C code when they are attached to.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Instant;

use nix::sys::stat::Mode;
use nix::unistd::mkfifo;
use pausa_testkit::Result;
use tempfile::TempDir;

use crate::target::{DEADLINE, Target};
use crate::{all_pythons, check, program, said, same};

/// A pipe with a name, that a program waits at.
struct Pipe {
    path: PathBuf,
    _folder: TempDir,
}

impl Pipe {
    fn new() -> Result<Self> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let path = folder.path().join("pipe");
        mkfifo(&path, Mode::S_IRUSR | Mode::S_IWUSR).map_err(|errno| errno.to_string())?;
        Ok(Self { path, _folder: folder })
    }

    fn write(&self) -> Result<()> {
        let written = OpenOptions::new().write(true).open(&self.path).and_then(|mut pipe| pipe.write_all(b"x"));
        written.map_err(|error| error.to_string())
    }
}

/// `target.py KIND PIPE`, once it is in the call that reads from the pipe.
fn waiting(python: &Path, kind: &str, pipe: &Pipe, more: &[&Path]) -> Result<Target> {
    let mut command = Command::new(python);
    command.arg(program("target.py")).arg(kind).arg(&pipe.path).args(more);
    let target = Target::of(command)?;
    let deadline = Instant::now() + DEADLINE;
    let call = || fs::read_to_string(format!("/proc/{}/syscall", target.pid())).unwrap_or_default();
    // Its number, on x86-64; what it reads is the pipe, as it reads nothing else any more.
    while !call().starts_with("0 ") {
        check(Instant::now() < deadline, || "it does not come to read".into())?;
        thread::yield_now();
    }
    Ok(target)
}

#[test]
fn a_call_that_does_not_come_back_is_given_up() -> Result<()> {
    for python in all_pythons()? {
        let failed = |error: String| format!("{}: {error}", python.label());
        let pipe = Pipe::new()?;
        let target = waiting(&python.path, "in_a_call", &pipe, &[]).map_err(failed)?;
        let (_, error, code) = said(&["stack", "--timeout", "1", &target.id()])?;
        let last = error.lines().last().unwrap_or_default();
        // Which of both depends on the moment: it is asked again and again whether it can be lent.
        let says_where = last.contains("waits in") || last.contains("runs");
        let wanted = [&target.id(), "did not come back to Python code after 1 s", "(thread "];
        check(says_where && wanted.iter().all(|word| last.contains(*word)), || failed(error.clone()))?;
        check(code != Some(0), || failed("it ends as if all were well".into()))?;
        // What was asked of it is nobody's when it comes back, and it can be attached to as ever.
        pipe.write()?;
        target.is_as_it_was().map_err(failed)?;
        let (text, error, _) = said(&["stack", &target.id()])?;
        check(text.contains("in busy"), || failed(format!("{text}{error}")))?;
        target.is_as_it_was().map_err(failed)?;
    }
    Ok(())
}

/// The thread that runs the script has `errno` afterwards as it was, and the call that it was in is made again.
#[test]
fn errno_is_kept() -> Result<()> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let (source, library) = (folder.path().join("wait.c"), folder.path().join("wait.so"));
    let text = "#include <errno.h>\n#include <unistd.h>\nint wait_with_errno(int from, int number) { char byte; errno = number; \
                return read(from, &byte, 1) == 1 ? errno : -errno; }\n";
    fs::write(&source, text).map_err(|error| error.to_string())?;
    let compiled = Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&library).arg(&source).output();
    if !compiled.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: there is no C compiler");
        return Ok(());
    }
    for python in all_pythons()? {
        let failed = |error: String| format!("{}: {error}", python.label());
        let pipe = Pipe::new()?;
        let target = waiting(&python.path, "with_errno", &pipe, &[&library]).map_err(failed)?;
        for _ in 0..2 {
            let (text, error, _) = said(&["stack", &target.id()])?;
            check(text.contains("in with_errno"), || failed(format!("{text}{error}")))?;
        }
        pipe.write()?;
        same(target.line().map_err(failed)?, "errno is 4242".to_owned()).map_err(failed)?;
        target.is_as_it_was().map_err(failed)?;
    }
    Ok(())
}
