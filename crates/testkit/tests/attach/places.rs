//! Where programs live: other mount namespaces, other users; and who hears that they are attached to.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use nix::unistd::Uid;
use pausa_testkit::Result;
use serde_json::{Value, json};

use crate::target::Target;
use crate::{all_pythons, attached, check, program, python, said, same};

/// A user that is not us, and whom nothing belongs to.
const NOBODY: u32 = 65534;

/// These tests need to be root to make what they are about; elsewhere they say so and check nothing.
pub fn is_root() -> bool {
    let root = Uid::effective().is_root();
    if !root {
        eprintln!("skipped: only root can make such a process");
    }
    root
}

/// `target.py KIND` behind words that change where it lives.
pub fn behind(words: &[&str], kind: &str) -> Result<Command> {
    let mut command = Command::new(words.first().ok_or("no command")?);
    command.args(&words[1..]).arg(&python()?.path).arg(program("target.py")).arg(kind);
    Ok(command)
}

/// What is mounted over by the tests here.
const HIDDEN: [&str; 4] = ["/tmp", "/var/tmp", "/dev/shm", "/run"];

/// True, and says so, for a Python that a program in such a place would not find.
fn is_hidden(python: &Path) -> bool {
    let hidden = HIDDEN.iter().any(|folder| python.starts_with(folder));
    if hidden {
        eprintln!("skipped: {} is in a folder that this hides", python.display());
    }
    hidden
}

/// `target.py KIND` in a mount namespace of its own, private before anything is mounted: nothing outside can change by it,
/// and what it mounts goes with it. The program's text is read before, as this checkout may be hidden too.
fn contained(python: &Path, more: &[&str], folders: &str, options: &str, kind: &str) -> Result<Command> {
    let script = format!(
        "text=$(cat \"$1\") && for folder in {folders}; do mount -t tmpfs {options} none $folder || exit 3; done; \
         exec \"$0\" -c \"$text\" \"$2\""
    );
    let mut command = Command::new("unshare");
    command.args(["--mount", "--propagation", "private"]).args(more).args(["sh", "-c", &script]);
    command.arg(python).arg(program("target.py")).arg(kind);
    Ok(command)
}

fn visit(target: &Target) -> Result<()> {
    let mut editor = attached(target.pid(), json!({ "stopOnEntry": true }))?;
    editor.done("configurationDone", Value::Null)?;
    editor.event("stopped")?;
    editor.done("disconnect", Value::Null)?;
    target.is_as_it_was()
}

#[test]
fn a_container_is_entered() -> Result<()> {
    if !is_root() {
        return Ok(());
    }
    // Its /tmp is its own, and so are its process ids; its threads have other numbers for it than for us.
    for kind in ["busy", "threads", "sleeping"] {
        for python in all_pythons()? {
            if is_hidden(&python.path) {
                continue;
            }
            let own_processes = ["--pid", "--fork", "--kill-child"];
            let target = Target::child_of(contained(&python.path, &own_processes, "/tmp", "", kind)?)?;
            visit(&target).map_err(|error| format!("{kind} on {}: {error}", python.label()))?;
        }
    }
    Ok(())
}

#[test]
fn root_attaches_to_another_users_program() -> Result<()> {
    if !is_root() {
        return Ok(());
    }
    for kind in ["busy", "sleeping"] {
        let mut command = Command::new("/proc/self/exe");
        command.arg0("x");
        command =
            behind(&["setpriv", &format!("--reuid={NOBODY}"), &format!("--regid={NOBODY}"), "--clear-groups"], kind)?;
        // Its Python may lie where only root may go.
        let Ok(target) = Target::of(command) else {
            eprintln!("skipped: that user may not run this Python");
            return Ok(());
        };
        visit(&target)?;
    }
    Ok(())
}

#[test]
fn where_nothing_can_be_put_the_reason_is_said() -> Result<()> {
    if !is_root() {
        return Ok(());
    }
    let python = python()?;
    if is_hidden(&python.path) {
        return Ok(());
    }
    let target = Target::of(contained(&python.path, &[], "/tmp /var/tmp /dev/shm /run", "-o noexec", "busy")?)?;
    let (error, _, code) = said(&["attach", &target.id()])?;
    check(error.contains("noexec") && error.lines().count() == 1, || error.clone())?;
    same(code, Some(2))?;
    target.is_as_it_was()
}

#[test]
fn audit_hooks_hear_of_it() -> Result<()> {
    for python in all_pythons()? {
        let target = Target::start(&python.path, "audited")?;
        let mut editor = attached(target.pid(), json!({}))?;
        same(target.line()?, "attached to".to_owned())?;
        editor.done("disconnect", Value::Null)?;
    }
    Ok(())
}
