//! Hit conditions: after how many hits a breakpoint stops. Called by `breakpoints` and, on the hot path, by the fence.
//!
//! Invariant: a hit is counted only when the breakpoint's condition holds, as the protocol's specification says.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// `N`, `== N`, `>= N`, `> N`, `< N`, `<= N` or `% N`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HitCondition {
    /// Only the Nth time.
    Equal(u64),
    /// The Nth time and every time after it.
    AtLeast(u64),
    /// Every time after the Nth.
    MoreThan(u64),
    /// The first N times.
    AtMost(u64),
    /// The first N - 1 times.
    LessThan(u64),
    /// Every Nth time.
    Every(u64),
}

impl HitCondition {
    /// Reads a hit condition as users write it.
    ///
    /// # Errors
    /// Says what is wrong, for the user.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (make, number): (fn(u64) -> Self, &str) = if let Some(rest) = text.strip_prefix(">=") {
            (Self::AtLeast, rest)
        } else if let Some(rest) = text.strip_prefix("<=") {
            (Self::AtMost, rest)
        } else if let Some(rest) = text.strip_prefix("==") {
            (Self::Equal, rest)
        } else if let Some(rest) = text.strip_prefix('>') {
            (Self::MoreThan, rest)
        } else if let Some(rest) = text.strip_prefix('<') {
            (Self::LessThan, rest)
        } else if let Some(rest) = text.strip_prefix('%') {
            (Self::Every, rest)
        } else {
            (Self::Equal, text)
        };
        match number.trim().parse() {
            Ok(0) if text.starts_with('%') => Err("a hit condition cannot count by zero".into()),
            Ok(number) => Ok(make(number)),
            Err(_) => Err(format!("'{text}' is no hit condition: write N, >= N, > N, < N, <= N or % N")),
        }
    }

    /// True if the breakpoint stops at its `hits`-th hit, counted from 1.
    #[must_use]
    pub fn holds(self, hits: u64) -> bool {
        match self {
            Self::Equal(n) => hits == n,
            Self::AtLeast(n) => hits >= n,
            Self::MoreThan(n) => hits > n,
            Self::AtMost(n) => hits <= n,
            Self::LessThan(n) => hits < n,
            Self::Every(n) => hits.is_multiple_of(n),
        }
    }
}

/// How often a breakpoint was hit. Shared between the logical breakpoint and the code it is armed in.
#[derive(Debug, Default)]
pub struct Hits {
    all: AtomicU64,
    by_task: Mutex<HashMap<i64, u64>>,
}

impl Hits {
    /// Counts one more and gives the new count. For one thread at a time: those of the fence take turns by the GIL, and a
    /// locked instruction would be a third of what a hit costs.
    pub fn count(&self) -> u64 {
        let hits = self.all.load(Ordering::Relaxed) + 1;
        self.all.store(hits, Ordering::Relaxed);
        hits
    }

    /// Counts one more, and gives how many those of one task are, by its number.
    pub fn count_in(&self, task: i64) -> u64 {
        self.count();
        let mut by_task = self.by_task.lock().unwrap_or_else(PoisonError::into_inner);
        let hits = by_task.entry(task).or_default();
        *hits += 1;
        *hits
    }

    /// The hits so far.
    pub fn so_far(&self) -> u64 {
        self.all.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::HitCondition::{self, *};

    #[test]
    fn reads_every_form() {
        for (text, expected) in [
            ("3", Equal(3)),
            ("== 3", Equal(3)),
            (">=3", AtLeast(3)),
            ("> 3", MoreThan(3)),
            ("<3", LessThan(3)),
            ("<= 3 ", AtMost(3)),
            ("%2", Every(2)),
        ] {
            assert_eq!(HitCondition::parse(text), Ok(expected), "{text}");
        }
        for text in ["", "x", "% 0", "3 4", "-1"] {
            assert!(HitCondition::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn holds_at_the_right_hits() {
        let at = |condition: HitCondition| (1..=6).filter(|&hit| condition.holds(hit)).collect::<Vec<_>>();
        assert_eq!(at(Equal(3)), [3]);
        assert_eq!(at(AtLeast(5)), [5, 6]);
        assert_eq!(at(MoreThan(5)), [6]);
        assert_eq!(at(LessThan(3)), [1, 2]);
        assert_eq!(at(AtMost(1)), [1]);
        assert_eq!(at(Every(3)), [3, 6]);
    }
}
