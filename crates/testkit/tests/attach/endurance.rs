//! Attached to again and again, and cut off at any moment: nothing grows, and neither side harms the other.

use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use pausa_testkit::Result;
use serde_json::{Value, json};

use crate::target::{DEADLINE, Target};
use crate::{all_pythons, attached, check, pausa, program, python, said, same};

/// How often; PAUSA_TEST_ATTACHES says another number.
fn times() -> usize {
    std::env::var("PAUSA_TEST_ATTACHES").ok().and_then(|number| number.parse().ok()).unwrap_or(20)
}

/// By how many KiB a program may grow while it is attached to that often, beyond the first visits.
const GROWTH: u64 = 4096;

#[test]
fn nothing_grows() -> Result<()> {
    for python in all_pythons()? {
        let target = Target::start(&python.path, "busy")?;
        let mut settled = 0;
        for visit in 0..times() {
            let (text, error, _) = said(&["stack", &target.id()])?;
            check(text.contains("MainThread"), || format!("{}, visit {visit}: {text}{error}", python.label()))?;
            if visit == times() / 4 {
                settled = target.resident()?;
            }
        }
        let grown = target.resident()?.saturating_sub(settled);
        println!("{}: {grown} KiB more after {} visits", python.label(), times());
        check(grown < GROWTH, || format!("{}: grown by {grown} KiB", python.label()))?;
        target.is_as_it_was().map_err(|error| format!("{}: {error}", python.label()))?;
    }
    Ok(())
}

/// How often a visit is measured on the newest Python, and on the others; PAUSA_TEST_ATTACHES says another number.
const MEASURED: (usize, usize) = (300, 60);

/// Visits after which all has been made that is made once. Then as many as this are a stretch.
const STRETCH: usize = 10;

/// What a visit may leave, in bytes. It is nothing; but tables of the interpreter's own grow now and then.
const LEFT: i64 = 512;

/// No stretch of visits but few lets the program grow: a table of the interpreter's or of the C library's that is made larger
/// is one stretch's matter, what a visit leaves is in all of them.
#[test]
fn a_visit_leaves_no_memory_behind() -> Result<()> {
    let newest = python()?.minor.clone();
    for python in all_pythons()? {
        let failed = |error: String| format!("{}: {error}", python.label());
        let mut command = Command::new(&python.path);
        // What threads keep for themselves counts as given away, and is more at one time than at another.
        command.env("GLIBC_TUNABLES", "glibc.malloc.tcache_count=0").arg(program("target.py")).arg("measured");
        let target = Target::of(command).map_err(failed)?;
        let usual = if python.minor == newest { MEASURED.0 } else { MEASURED.1 };
        let stretches = std::env::var("PAUSA_TEST_ATTACHES").map_or(usual, |_| times()) / STRETCH;
        let mut measured = Vec::new();
        for _ in 0..stretches.max(3) {
            for _ in 0..STRETCH {
                let (text, error, _) = said(&["stack", &target.id()])?;
                check(text.contains("MainThread"), || failed(format!("{text}{error}")))?;
            }
            measured.push(target.allocated().map_err(failed)?);
        }
        let mut growth: Vec<i64> = measured.windows(2).map(|pair| (pair[1] - pair[0]) / STRETCH as i64).collect();
        println!("{}: {growth:?} bytes a visit, by stretches of {STRETCH}", python.label());
        growth.sort_unstable();
        let usual = growth[growth.len() / 2];
        check(usual < LEFT, || failed(format!("a visit leaves {usual} bytes: {growth:?}")))?;
    }
    Ok(())
}

/// Waits for some time that is different each round: this is about moments, not about what has happened.
fn some_time(round: u64) {
    let (_sender, nothing) = channel::<()>();
    let outcome = nothing.recv_timeout(Duration::from_micros(round * 2311 % 60_000));
    assert_eq!(outcome, Err(RecvTimeoutError::Timeout), "nobody sends anything");
}

#[test]
fn pausa_is_killed_at_any_moment() -> Result<()> {
    for python in all_pythons()? {
        for kind in ["busy", "waiting_for_a_lock"] {
            let mut target = Target::start(&python.path, kind)?;
            for round in 0..16 {
                let mut command = pausa(&["attach", &target.id(), "-c", "w"])?;
                command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
                let mut command = command.spawn().map_err(|error| error.to_string())?;
                some_time(round);
                command.kill().and_then(|()| command.wait()).map_err(|error| error.to_string())?;
                check(target.is_alive(), || format!("{kind} on {} died, round {round}", python.label()))?;
            }
            // It can be attached to as ever, once what was cut off has come to its end.
            let mut error = String::new();
            let deadline = Instant::now() + DEADLINE;
            let mut free = false;
            while !free && Instant::now() < deadline {
                let (text, said, _) = said(&["stack", &target.id()])?;
                error = said;
                free = text.contains("MainThread");
            }
            check(free, || format!("{kind} on {}: {error}", python.label()))?;
            target.is_as_it_was().map_err(|error| format!("{kind} on {}: {error}", python.label()))?;
        }
    }
    Ok(())
}

#[test]
fn what_a_killed_pausa_left_goes_with_the_next_attach() -> Result<()> {
    for python in all_pythons()? {
        let failed = |error: String| format!("{}: {error}", python.label());
        let target = Target::start(&python.path, "left_over").map_err(failed)?;
        same(target.writable_code()?, 2)?;
        let (text, error, _) = said(&["stack", &target.id()])?;
        check(text.contains("MainThread"), || failed(format!("{text}{error}")))?;
        same(target.writable_code()?, 0).map_err(failed)?;
        check(target.count().is_ok(), || failed("it is not well".into()))?;
    }
    Ok(())
}

#[test]
fn the_program_is_killed_while_it_is_debugged() -> Result<()> {
    for python in all_pythons()? {
        let mut target = Target::start(&python.path, "busy")?;
        let mut editor = attached(target.pid(), json!({ "stopOnEntry": true }))?;
        editor.done("configurationDone", Value::Null)?;
        editor.event("stopped")?;
        target.kill();
        editor.event("terminated")?;
        editor.done("disconnect", Value::Null)?;
    }
    Ok(())
}

#[test]
fn the_program_is_killed_at_any_moment() -> Result<()> {
    for python in all_pythons()? {
        for round in 0..8 {
            let mut target = Target::start(&python.path, "busy")?;
            let mut command = pausa(&["attach", &target.id(), "-c", "w"])?;
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
            let command = command.spawn().map_err(|error| error.to_string())?;
            some_time(round);
            target.kill();
            // It says so, or the visit was over before.
            let output = command.wait_with_output().map_err(|error| error.to_string())?;
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            check(output.status.code().is_some() && text.lines().count() <= 1, || format!("round {round}: {text}"))?;
        }
    }
    Ok(())
}

#[test]
fn a_client_that_dies_leaves_the_program_as_it_was() -> Result<()> {
    for python in all_pythons()? {
        let target = Target::start(&python.path, "busy")?;
        let mut editor = attached(target.pid(), json!({ "stopOnEntry": true }))?;
        editor.done("configurationDone", Value::Null)?;
        editor.event("stopped")?;
        drop(editor);
        target.is_as_it_was().map_err(|error| format!("{}: {error}", python.label()))?;
    }
    Ok(())
}
