//! Who holds what, and who waits for it: locks, threads to be joined, queues, imports. Part of the `port`.
//!
//! Filled by `cpython`, told by `session`. Invariant: a holder is named only where it is known; a deadlock is a circle of
//! threads each of which waits, without a limit of time, for what the next one is known to hold.

use crate::port::{Frame, ThreadId, Value};

/// Something that threads wait for, or that one is known to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// What it is: `Lock`, `RLock`, `Condition`, `Queue`, `Thread`, `import lock`.
    pub kind: String,
    /// What the program calls it, where a variable, an attribute or an item that is it was found.
    pub name: Option<String>,
    /// The object.
    pub value: Value,
    /// Who holds it.
    pub holder: Holder,
    /// Who waits for it now.
    pub waiting: Vec<Party>,
}

/// Who holds a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// This thread.
    Thread(Party),
    /// Some thread, or none that still runs: the interpreter does not record it, and no `with` shows it.
    Unknown,
    /// Nobody at this moment: who waits for it is about to have it.
    Nobody,
    /// It is not held: it is waited for until somebody notifies, puts, sets or releases.
    NotHeld,
}

/// A thread that holds something or waits for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// The thread.
    pub thread: ThreadId,
    /// Its name.
    pub name: String,
    /// The user's innermost frame of it, or the one that holds.
    pub frame: Option<Frame>,
    /// It waits no longer than for a time, which it was given.
    pub has_limit: bool,
}

/// All that is known of them at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Locks {
    /// Those that are waited for, then those that are only held.
    pub locks: Vec<Lock>,
    /// The circles: which thread waits for which of `locks`, each held by the next one's thread.
    pub deadlocks: Vec<Vec<Wait>>,
    /// Every thread waits without a limit of time: none is left that could release, notify or put anything.
    pub all_wait: bool,
}

/// A thread that waits for one of the locks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Wait {
    /// The thread.
    pub thread: ThreadId,
    /// The place of the lock in [`Locks::locks`].
    pub lock: usize,
}

/// The circles among locks: a thread waits for one lock at most, so each thread is in one circle at most.
#[must_use]
pub fn deadlocks(locks: &[Lock]) -> Vec<Vec<Wait>> {
    let waits = locks.iter().enumerate().flat_map(|(lock, own)| {
        let waiting = own.waiting.iter().filter(|party| !party.has_limit);
        waiting.map(move |party| Wait { thread: party.thread, lock })
    });
    let waits: Vec<Wait> = waits.collect();
    let next = |wait: &Wait| match locks.get(wait.lock).map(|lock| &lock.holder) {
        Some(Holder::Thread(holder)) => waits.iter().find(|other| other.thread == holder.thread).copied(),
        _ => None,
    };
    let name = |wait: &Wait| {
        let waiting = locks.get(wait.lock).map(|lock| lock.waiting.as_slice()).unwrap_or_default();
        waiting.iter().find(|party| party.thread == wait.thread).map(|party| party.name.as_str())
    };
    let mut found: Vec<Vec<Wait>> = Vec::new();
    for start in &waits {
        let mut circle = vec![*start];
        while let Some(wait) = circle.last().and_then(next) {
            if wait == *start {
                // Told once, from the member that comes first.
                if circle.iter().min_by_key(|wait| (name(wait), wait.thread)) == Some(start) {
                    found.push(circle);
                }
                break;
            }
            if circle.contains(&wait) {
                break;
            }
            circle.push(wait);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn party(thread: i64) -> Party {
        Party { thread: ThreadId(thread), name: format!("t{thread}"), frame: None, has_limit: false }
    }

    fn lock(holder: Option<i64>, waiting: &[i64]) -> Lock {
        let holder = holder.map_or(Holder::Unknown, |thread| Holder::Thread(party(thread)));
        let waiting = waiting.iter().copied().map(party).collect();
        Lock { kind: "Lock".into(), name: None, value: Value::default(), holder, waiting }
    }

    #[test]
    fn a_circle_is_told_once_whoever_else_waits() {
        let locks = [lock(Some(1), &[2, 4]), lock(Some(2), &[1]), lock(Some(4), &[3])];
        let wait = |thread, lock| Wait { thread: ThreadId(thread), lock };
        assert_eq!(deadlocks(&locks), [vec![wait(1, 1), wait(2, 0)]]);
    }

    #[test]
    fn a_thread_that_waits_for_what_it_holds_is_a_circle_of_its_own() {
        let locks = [lock(Some(1), &[1])];
        assert_eq!(deadlocks(&locks), [vec![Wait { thread: ThreadId(1), lock: 0 }]]);
    }

    #[test]
    fn a_wait_that_ends_or_an_unknown_holder_makes_none() {
        let mut locks = [lock(Some(1), &[2]), lock(Some(2), &[1])];
        locks[0].waiting[0].has_limit = true;
        assert!(deadlocks(&locks).is_empty());
        assert!(deadlocks(&[lock(None, &[1]), lock(Some(1), &[2])]).is_empty());
    }
}
