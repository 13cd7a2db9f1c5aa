//! The arguments of a call to a builtin, whatever its calling convention, to be looked at and replaced.
//!
//! Used by `methods`, which takes them in and hands them on, and by `calls`. Invariant: arguments that nobody replaces
//! reach the builtin as they came.

use pyo3::prelude::*;

/// What a builtin was called with.
pub struct Arguments<'py> {
    /// The values: those by position first, then those by name.
    pub values: Vec<Bound<'py, PyAny>>,
    /// The names of the last ones.
    pub names: Vec<String>,
}

impl<'py> Arguments<'py> {
    fn index(&self, position: usize, name: &str) -> Option<usize> {
        let by_position = self.values.len() - self.names.len();
        if position < by_position {
            return Some(position);
        }
        self.names.iter().position(|own| own == name).map(|at| by_position + at)
    }

    /// The argument that is given at this position or under this name.
    pub fn get(&self, position: usize, name: &str) -> Option<&Bound<'py, PyAny>> {
        self.values.get(self.index(position, name)?)
    }

    /// Replaces one that is given.
    pub fn set(&mut self, position: usize, name: &str, value: Bound<'py, PyAny>) {
        if let Some(old) = self.index(position, name).and_then(|at| self.values.get_mut(at)) {
            *old = value;
        }
    }
}
