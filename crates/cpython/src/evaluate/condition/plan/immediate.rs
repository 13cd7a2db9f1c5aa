//! The plainest conditions as a list of tests, asked before everything else: `i == -1`, `i == 10 and s is None`.
//!
//! Made by `compile` from a plan. Invariant: it answers only for small exact integers and identity, so that nothing runs,
//! nothing is allocated and no reference is taken; for all else it gives no answer, and the plan is asked.

use pyo3::ffi;
use pyo3::prelude::*;

use super::Node;
use super::compare::{Comparison, Rich};
use crate::layout::{Frame, Layout};

/// Tests of which the first that is `decisive` decides; without one the answer is the opposite.
pub struct Immediate {
    tests: Box<[Test]>,
    decisive: bool,
}

/// A plain variable, and what it is compared with.
struct Test {
    slot: usize,
    with: With,
}

/// The first test of a condition that cannot hold without it: small enough to stand in the record of the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortcut {
    slot: usize,
    rich: Rich,
    number: i64,
}

impl Shortcut {
    /// True if the condition does not hold, and that is seen at once.
    ///
    /// # Safety
    /// As [`Immediate::ask`].
    #[inline(always)]
    pub unsafe fn fails(&self, layout: &Layout, frame: Frame) -> bool {
        // SAFETY: by the contract.
        let value = unsafe { layout.variable(frame, self.slot).and_then(|value| layout.small_integer(value.as_ptr())) };
        value.is_some_and(|value| !self.rich.holds(Some(value.cmp(&self.number))))
    }
}

enum With {
    Number(Rich, i64),
    Variable(Rich, usize),
    Identity { object: Py<PyAny>, expected: bool },
}

impl Immediate {
    /// That of a plan, if it is plain enough.
    pub fn of(root: &Node) -> Option<Self> {
        let (parts, decisive) = match root {
            Node::And(parts) => (parts.as_slice(), false),
            Node::Or(parts) => (parts.as_slice(), true),
            part => (std::slice::from_ref(part), false),
        };
        let tests = parts.iter().map(Test::of).collect::<Option<_>>()?;
        Some(Self { tests, decisive })
    }

    /// Its shortcut, if the first test is one with a number.
    pub fn shortcut(&self) -> Option<Shortcut> {
        let [Test { slot, with: With::Number(rich, number) }, others @ ..] = &*self.tests else { return None };
        let is_needed = others.is_empty() || !self.decisive;
        is_needed.then_some(Shortcut { slot: *slot, rich: *rich, number: *number })
    }

    /// # Safety
    /// The frame is on this thread's stack and of the plan's code; the GIL is held.
    #[inline(always)]
    pub unsafe fn ask(&self, layout: &Layout, frame: Frame) -> Option<bool> {
        for test in &self.tests {
            // SAFETY: by the contract.
            if unsafe { test.ask(layout, frame) }? == self.decisive {
                return Some(self.decisive);
            }
        }
        Some(!self.decisive)
    }
}

impl Test {
    fn of(node: &Node) -> Option<Self> {
        let Node::Compare(left, rest) = node else { return None };
        let (Node::Variable(variable), [(comparison, right)]) = (left.as_ref(), rest.as_slice()) else { return None };
        let with = match (comparison, right) {
            (Comparison::Rich(rich), Node::Constant(number)) => With::Number(*rich, small(number)?),
            (Comparison::Rich(rich), Node::Variable(other)) => With::Variable(*rich, other.plain_slot()?),
            (Comparison::Is | Comparison::IsNot, Node::Constant(constant)) => {
                // SAFETY: takes a reference to a living object; a plan is made with the GIL held.
                let object = constant.clone_ref(unsafe { Python::assume_attached() });
                With::Identity { object, expected: *comparison == Comparison::Is }
            }
            _ => return None,
        };
        Some(Self { slot: variable.plain_slot()?, with })
    }

    /// # Safety
    /// As [`Immediate::ask`].
    #[inline(always)]
    unsafe fn ask(&self, layout: &Layout, frame: Frame) -> Option<bool> {
        // SAFETY: by the contract; the values of variables are alive, and nothing runs here.
        unsafe {
            let value = layout.variable(frame, self.slot)?.as_ptr();
            match &self.with {
                With::Number(rich, number) => Some(rich.holds(Some(layout.small_integer(value)?.cmp(number)))),
                With::Variable(rich, other) => {
                    let other = layout.small_integer(layout.variable(frame, *other)?.as_ptr())?;
                    Some(rich.holds(Some(layout.small_integer(value)?.cmp(&other))))
                }
                With::Identity { object, expected } => Some((value == object.as_ptr()) == *expected),
            }
        }
    }
}

/// An exact integer of at most 30 bits.
fn small(number: &Py<PyAny>) -> Option<i64> {
    // SAFETY: a plan is made with the GIL held.
    let bound = number.bind(unsafe { Python::assume_attached() });
    // SAFETY: the type of a live object; `bool` is no exact integer.
    let is_exact = unsafe { ffi::Py_TYPE(bound.as_ptr()) == &raw mut ffi::PyLong_Type };
    bound.extract::<i64>().ok().filter(|_| is_exact)
}
