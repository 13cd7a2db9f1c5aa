//! Where programs live: other mount namespaces, other users; and who hears that they are attached to.

use std::os::unix::process::CommandExt;
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

fn visit(target: &Target) -> Result<()> {
    let mut editor = attached(target.pid(), json!({ "stopOnEntry": true }))?;
    editor.done("configurationDone", Value::Null)?;
    editor.event("stopped")?;
    editor.done("disconnect", Value::Null)?;
    target.is_as_it_was()
}

#[test]
#[ignore = "hides what is under /tmp, this checkout too if it is there; by hand: -- --ignored"]
fn a_container_is_entered() -> Result<()> {
    if !is_root() {
        return Ok(());
    }
    // Its /tmp is its own, and so are its process ids.
    let script = "mount -t tmpfs none /tmp && exec \"$0\" \"$@\"";
    let target = Target::of(behind(&["unshare", "--mount", "sh", "-c", script], "busy")?)?;
    visit(&target)
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
#[ignore = "hides what is under /tmp, this checkout too if it is there; by hand: -- --ignored"]
fn where_nothing_can_be_put_the_reason_is_said() -> Result<()> {
    if !is_root() {
        return Ok(());
    }
    let script = "for folder in /tmp /var/tmp /dev/shm /run; do mount -t tmpfs -o noexec none $folder || exit 3; done; \
                  exec \"$0\" \"$@\"";
    let target = Target::of(behind(&["unshare", "--mount", "sh", "-c", script], "busy")?)?;
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
