//! Who holds which lock and who waits for it, read from the stacks of all threads. Called by `inspection`.
//!
//! CPython knows the owner of an `RLock`, of the lock of a module's import and of nothing else. Whoever is in a `with` of a
//! lock has its `__exit__` on the stack of the frame, and whoever waits has the call on it. Invariant: no code of the program
//! runs, nothing is recorded while it runs, and what cannot be known is told as unknown.

mod known;
mod names;
mod stack;
mod waiting;

use pyo3::prelude::*;

use crate::debugger::Debugger;
use crate::named::Named;
use crate::values;
use known::Known;
use stack::Stack;

pub use names::name;

/// A thread's identity, and its frames, innermost first.
pub struct Thread<'py> {
    /// As `threading.get_ident()` gives it.
    pub identity: u64,
    /// Innermost first.
    pub frames: Vec<Bound<'py, PyAny>>,
}

/// Who holds a lock.
pub enum Holder<'py> {
    /// A thread, and the frame whose `with` shows it.
    Thread(u64, Option<Bound<'py, PyAny>>),
    /// Somebody, or nobody who still runs.
    Unknown,
    /// Nobody.
    Nobody,
    /// It is none that is held.
    NotHeld,
}

/// A lock, or something that is waited for like one.
pub struct Found<'py> {
    pub object: Bound<'py, PyAny>,
    pub holder: Holder<'py>,
    /// The threads that wait, and whether only for a time.
    pub waiting: Vec<(u64, bool)>,
}

/// The locks that are waited for, and those that are held as far as that is known.
pub fn find<'py>(py: Python<'py>, debugger: &Debugger, threads: &[Thread<'py>]) -> PyResult<Vec<Found<'py>>> {
    let known = Known::find(py)?;
    let mut found: Vec<Found<'py>> = Vec::new();
    for thread in threads {
        let Some(waited) = waiting::of(debugger, &known, &thread.frames) else { continue };
        let wait = (thread.identity, waited.has_limit);
        match found.iter_mut().find(|own| own.object.is(&waited.subject)) {
            Some(own) => own.waiting.push(wait),
            None => found.push(Found { object: waited.subject, holder: Holder::NotHeld, waiting: vec![wait] }),
        }
    }
    let held = held(debugger, &known, threads);
    let owned = known.all().filter(|lock| owner(lock).is_some());
    let others = held.iter().map(|(_, _, lock)| lock).chain(owned);
    for lock in others {
        if !found.iter().any(|own| own.object.is(lock)) {
            found.push(Found { object: lock.clone(), holder: Holder::NotHeld, waiting: Vec::new() });
        }
    }
    for own in &mut found {
        own.holder = holder(&own.object, &held);
    }
    found.retain(|own| !own.waiting.is_empty() || matches!(own.holder, Holder::Thread(..)));
    Ok(found)
}

/// The locks of all `with` blocks that frames are in: whose frame, which one, the lock.
fn held<'py>(
    debugger: &Debugger,
    known: &Known<'py>,
    threads: &[Thread<'py>],
) -> Vec<(u64, Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    let mut found = Vec::new();
    for thread in threads {
        for frame in &thread.frames {
            let blocks = Stack::of(debugger, frame).map(|stack| stack.held(known)).unwrap_or_default();
            for object in blocks {
                // A condition holds a lock of its own, but not while somebody waits for it to be notified.
                let lock = match kind(&object).as_str() {
                    "Lock" | "RLock" => Some(object),
                    _ if waiting::waits_in(&thread.frames, &object) => None,
                    _ => values::instance_attribute(&object, "_lock"),
                };
                found.extend(lock.map(|lock| (thread.identity, frame.clone(), lock)));
            }
        }
    }
    found
}

fn holder<'py>(object: &Bound<'py, PyAny>, held: &[(u64, Bound<'py, PyAny>, Bound<'py, PyAny>)]) -> Holder<'py> {
    let blocks = || held.iter().filter(|(_, _, lock)| lock.is(object));
    match kind(object).as_str() {
        "Lock" => match (blocks().next(), is_locked(object)) {
            (Some((identity, frame, _)), true) => Holder::Thread(*identity, Some(frame.clone())),
            (None, true) => Holder::Unknown,
            (_, false) => Holder::Nobody,
        },
        "RLock" | "_RLock" | "_ModuleLock" => match owner(object) {
            Some(identity) => {
                let block = blocks().find(|(own, _, _)| *own == identity);
                Holder::Thread(identity, block.map(|(_, frame, _)| frame.clone()))
            }
            None => Holder::Nobody,
        },
        _ => match thread_identity(object) {
            Some(identity) => Holder::Thread(identity, None),
            None => Holder::NotHeld,
        },
    }
}

/// What a lock is called by `threading`: `Lock`, `RLock`; else the name of its type.
pub fn kind(object: &Bound<'_, PyAny>) -> String {
    let kind = object.get_type();
    match values::short_name(&kind).as_str() {
        "lock" if values::is_static(&kind) || values::type_name(object).starts_with("_thread.") => "Lock".into(),
        name => name.to_owned(),
    }
}

/// `locked()` of the interpreter's own type, which is C.
fn is_locked(lock: &Bound<'_, PyAny>) -> bool {
    lock.call_named0("locked").and_then(|locked| locked.extract()).unwrap_or(true)
}

/// The thread that owns a lock which knows it.
fn owner(lock: &Bound<'_, PyAny>) -> Option<u64> {
    let number = |value: Bound<'_, PyAny>| value.extract::<u64>().ok().filter(|identity| *identity != 0);
    match kind(lock).as_str() {
        "RLock" if values::type_name(lock).starts_with("_thread.") => {
            // Its `repr`, which is C, is the only thing that tells: `<locked _thread.RLock object owner=1 count=1 at 0x2>`.
            let text = values::exact_text(lock.repr().ok()?.as_any())?;
            let (_, rest) = text.split_once("owner=")?;
            rest.split(' ').next()?.parse().ok().filter(|identity| *identity != 0)
        }
        "_RLock" => values::instance_attribute(lock, "_owner").and_then(number),
        "_ModuleLock" => values::instance_attribute(lock, "owner").and_then(number),
        _ => None,
    }
}

/// The identity of a `threading.Thread`: who joins it waits for it.
fn thread_identity(object: &Bound<'_, PyAny>) -> Option<u64> {
    let is_thread = values::lineage(object).iter().any(|name| name == "threading.Thread");
    let identity = values::instance_attribute(object, "_ident").filter(|_| is_thread)?;
    identity.extract().ok()
}
