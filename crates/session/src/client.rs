//! What the client said of itself in `initialize`. Used by every file that answers it.
//!
//! Invariant: what a client did not claim to understand is not sent to it, and lines and columns are counted as it counts.

use std::sync::{PoisonError, RwLock};

use pausa_dap::server::ErrorBody;
use pausa_dap::types::InitializeRequestArguments;
use pausa_engine::port::Line;

/// See the module.
#[derive(Default)]
pub struct ClientFacts {
    facts: RwLock<InitializeRequestArguments>,
}

impl ClientFacts {
    /// Remembers what the client said; it may be another client than before.
    pub fn introduce(&self, facts: InitializeRequestArguments) {
        *self.facts.write().unwrap_or_else(PoisonError::into_inner) = facts;
    }

    fn fact(&self, fact: fn(&InitializeRequestArguments) -> Option<bool>) -> Option<bool> {
        fact(&self.facts.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn claims(&self, fact: fn(&InitializeRequestArguments) -> Option<bool>) -> bool {
        self.fact(fact) == Some(true)
    }

    /// It wants to be told when what it shows has changed.
    pub fn wants_invalidated(&self) -> bool {
        self.claims(|facts| facts.supports_invalidated_event)
    }

    /// It wants to be told when bytes have changed.
    pub fn wants_memory(&self) -> bool {
        self.claims(|facts| facts.supports_memory_event)
    }

    /// It knows references to memory.
    pub fn knows_memory(&self) -> bool {
        self.claims(|facts| facts.supports_memory_references)
    }

    /// It shows the progress of long work.
    pub fn wants_progress(&self) -> bool {
        self.claims(|facts| facts.supports_progress_reporting)
    }

    /// A line as the client counts it; it counts from 1 unless it said otherwise.
    pub fn line(&self, line: Line) -> i64 {
        i64::from(line) - self.first_line()
    }

    /// A column, given from 1, as the client counts it.
    pub fn column(&self, column: u32) -> i64 {
        i64::from(column) - self.first_column()
    }

    /// A column of the client, from 0.
    pub fn column_from_client(&self, column: i64) -> Result<usize, ErrorBody> {
        not_negative("column", column - 1 + self.first_column())
    }

    /// A line of a source as the client gives it; 0, which no source has, for what is no line.
    pub fn source_line(&self, line: i64) -> Line {
        u32::try_from(line + self.first_line()).unwrap_or(0)
    }

    /// A column of a source as the client gives it, from 1.
    pub fn source_column(&self, column: i64) -> u32 {
        u32::try_from(column + self.first_column()).unwrap_or(1).max(1)
    }

    /// A line of a text as the client gives it, from 0.
    pub fn line_from_client(&self, line: i64) -> Result<usize, ErrorBody> {
        not_negative("line", line - 1 + self.first_line())
    }

    fn first_line(&self) -> i64 {
        i64::from(self.fact(|facts| facts.lines_start_at1) == Some(false))
    }

    fn first_column(&self) -> i64 {
        i64::from(self.fact(|facts| facts.columns_start_at1) == Some(false))
    }
}

/// An argument that counts something.
pub fn not_negative(name: &str, number: i64) -> Result<usize, ErrorBody> {
    let refuse = |_| ErrorBody::new(ErrorBody::INVALID, format!("{name} cannot be {number}"));
    usize::try_from(number).map_err(refuse)
}

/// The same, where it may be left out; 0 then.
pub fn count(name: &str, number: Option<i64>) -> Result<usize, ErrorBody> {
    number.map_or(Ok(0), |number| not_negative(name, number))
}
