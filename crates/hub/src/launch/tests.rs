//! Launches with shell scripts in the interpreter's place; that a real one dials is shown by the session tests.

use std::fs;
use std::thread;

use tempfile::TempDir;

use super::*;
use crate::{Ended, scripts};

struct Fake {
    folder: TempDir,
    launch: Launch,
}

impl Fake {
    fn python(body: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let python = folder.path().join("python");
        scripts::write(&python, body);
        let target = Target::Module("package.module".to_owned());
        let launch = Launch::new(python, target, vec!["a b".into(), "-c".into()]);
        Self { folder, launch }
    }

    fn error(&self) -> LaunchError {
        let install = Install { agent: "/agent.so".into(), package: "/package".into() };
        begin_with(&self.launch, &install).and_then(Starting::wait).err().unwrap()
    }

    fn process(&self) -> Process {
        let (child, pty) = spawn(&self.launch, Command::new(&self.launch.python)).unwrap();
        Process::watch(child, true, pty, ()).unwrap()
    }
}

#[test]
fn a_program_that_ends_before_its_agent_dials_is_no_debuggee() {
    assert_eq!(
        Fake::python("exit 3").error().to_string(),
        "the program ended with exit code 3 before the debugger could connect to it"
    );
    assert_eq!(
        Fake::python("kill -9 $$").error().to_string(),
        "the program was killed by SIGKILL before the debugger could connect to it"
    );
}

#[test]
fn a_failed_agent_says_why() {
    let fake = Fake::python("hub=${PAUSA_HUB#unix:}; echo 'no room' > \"${hub%/*}/reason\"; exit 70");
    assert_eq!(fake.error().to_string(), "no room");
}

#[test]
fn the_interpreter_gets_the_user_s_command_line_and_our_environment() {
    let fake = Fake::python(r#"printf '%s\n' "$@" "$PAUSA_AGENT" "${PYTHONPATH%%:*}" > "${0%/*}/seen""#);
    fake.error();
    let seen = fs::read_to_string(fake.folder.path().join("seen")).unwrap();
    assert_eq!(seen, "-m\npackage.module\na b\n-c\n/agent.so\n/package/_launch\n");
}

#[test]
fn an_empty_pythonpath_adds_no_entry() {
    let with = |path: Option<&str>| prefixed("/launch".into(), path.map(OsStr::new));
    assert_eq!(with(None), "/launch");
    assert_eq!(with(Some("")), "/launch");
    assert_eq!(with(Some("a:b")), "/launch:a:b");
}

#[test]
fn a_missing_interpreter_or_file_is_named() {
    let mut launch = Fake::python("").launch;
    launch.python = "/no/python".into();
    let error = spawn(&launch, Command::new(&launch.python)).err().unwrap();
    assert_eq!(error.to_string(), "/no/python could not be started: No such file or directory (os error 2)");
    launch.target = Target::File("/no/file.py".into());
    assert_eq!(super::launch(&launch).err().unwrap().to_string(), "no such file: /no/file.py");
}

#[test]
fn any_thread_may_wait_for_the_end() {
    let fake = Fake::python("exec tail -f /dev/null");
    let process = fake.process();
    assert_eq!(process.try_wait(), None);
    let waits = [process.clone(), process.clone()].map(|process| thread::spawn(move || process.wait()));
    process.kill();
    assert_eq!(waits.map(|wait| wait.join().unwrap()), [Ended::Signal(9); 2]);
    assert_eq!(process.try_wait(), Some(Ended::Signal(9)));
    process.kill();
}

#[test]
fn an_interrupt_reaches_what_the_program_started() {
    let fake = Fake::python("trap 'exit 5' INT; sh -c ': > \"$0\"; exec tail -f /dev/null' \"${0%/*}/ready\"");
    let ready = fake.folder.path().join("ready");
    assert!(Command::new("mkfifo").arg(&ready).status().unwrap().success());
    let process = fake.process();
    fs::read(ready).unwrap();
    process.interrupt();
    // A shell runs its trap when its child has ended.
    assert_eq!(process.wait(), Ended::Code(5));
}
