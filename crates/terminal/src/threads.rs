//! The user's numbers of the program's threads.
//!
//! Owned by the session. Invariant: a thread keeps its number as long as the program runs, and no other gets it.

use pausa_dap::types::Thread;

/// The threads seen so far, and which of them live.
#[derive(Clone, Debug, Default)]
pub struct Threads {
    seen: Vec<i64>,
    alive: Vec<Thread>,
}

impl Threads {
    /// Takes in the list of threads that live now.
    pub fn update(&mut self, alive: Vec<Thread>) {
        for thread in &alive {
            if !self.seen.contains(&thread.id) {
                self.seen.push(thread.id);
            }
        }
        self.alive = alive;
    }

    /// The living threads with their numbers, by number.
    pub fn numbered(&self) -> Vec<(usize, &Thread)> {
        let number = |id| self.seen.iter().position(|seen| *seen == id).map(|index| index + 1);
        let mut all: Vec<_> = self.alive.iter().filter_map(|thread| Some((number(thread.id)?, thread))).collect();
        all.sort_by_key(|(number, _)| *number);
        all
    }

    /// The living thread of this number.
    pub fn by_number(&self, number: usize) -> Option<&Thread> {
        self.numbered().into_iter().find(|(own, _)| *own == number).map(|(_, thread)| thread)
    }

    /// A living thread's name.
    pub fn name(&self, id: i64) -> Option<&str> {
        self.alive.iter().find(|thread| thread.id == id).map(|thread| thread.name.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay() {
        let thread = |id, name: &str| Thread { id, name: name.into() };
        let mut threads = Threads::default();
        threads.update(vec![thread(70, "MainThread"), thread(90, "a")]);
        threads.update(vec![thread(95, "b"), thread(70, "MainThread")]);
        let numbers: Vec<_> = threads.numbered().into_iter().map(|(n, t)| (n, t.name.as_str())).collect();
        assert_eq!(numbers, [(1, "MainThread"), (3, "b")]);
        assert_eq!(threads.by_number(2), None);
        assert_eq!(threads.name(95), Some("b"));
    }
}
