//! Locks, and who waits for whom.
//!
//! Invariant: a deadlock is one line that names each thread and what it waits for.

use std::path::Path;

use pausa_dap::extensions::{Lock, LocksResponse, Party};

/// All locks, and what is to be said of deadlocks. Files below the folder are named as they are from there.
#[must_use]
pub fn lines(folder: &Path, found: &LocksResponse) -> Vec<String> {
    if found.locks.is_empty() {
        return vec!["No thread waits for a lock, and none is known to be held.".into()];
    }
    found.locks.iter().flat_map(|lock| entry(folder, lock)).chain(deadlocks(found)).collect()
}

/// The lines of a lock: what it is and who holds it, then who waits.
fn entry(folder: &Path, lock: &Lock) -> Vec<String> {
    let place = |party: &Party| match &party.frame {
        Some(frame) => format!("{}  {}", party.name, crate::place(folder, frame)),
        None => party.name.clone(),
    };
    let holder = match (&lock.held_by, lock.holder.as_str()) {
        (Some(thread), _) if lock.kind == "Thread" => format!(", which is at {}", place(thread)),
        (Some(holder), _) => format!(", held by {}", place(holder)),
        (None, "unknown") => ", held: by whom Python does not record, and no `with` shows it".into(),
        (None, "nobody") => ", free: who waits is about to have it".into(),
        (None, _) => String::new(),
    };
    let waiting = lock.waiting.iter().map(|party| {
        let limit = if party.has_limit { ", for a limited time" } else { "" };
        format!("    waits: {}{limit}", place(party))
    });
    std::iter::once(format!("{}{holder}", title(lock))).chain(waiting).collect()
}

/// What is to be said of deadlocks.
#[must_use]
pub fn deadlocks(found: &LocksResponse) -> Vec<String> {
    let mut lines: Vec<String> = found
        .deadlocks
        .iter()
        .filter_map(|circle| {
            let step = |wait: &pausa_dap::extensions::Wait| {
                let lock = found.locks.get(wait.lock)?;
                let own = lock.waiting.iter().find(|party| party.thread_id == wait.thread_id)?;
                let holder = lock.held_by.as_ref()?;
                let holds = match (lock.kind.as_str(), holder.thread_id == own.thread_id) {
                    ("Thread", _) => "the end of that thread".into(),
                    (_, true) => format!("{}, which it holds itself", title(lock)),
                    _ => format!("{}, which {} holds", title(lock), holder.name),
                };
                Some(match lock.kind.as_str() {
                    "Thread" => format!("{} waits for {} to end", own.name, holder.name),
                    _ => format!("{} waits for {holds}", own.name),
                })
            };
            let steps: Option<Vec<_>> = circle.iter().map(step).collect();
            Some(format!("Deadlock: {}.", steps?.join("; ")))
        })
        .collect();
    if lines.is_empty() && found.all_wait {
        lines.push("All threads wait, and none is left that could let another one go on.".into());
    }
    lines
}

fn title(lock: &Lock) -> String {
    match &lock.name {
        Some(name) => format!("{} {name}", lock.kind),
        None => format!("{} {}", lock.kind, lock.value),
    }
}
