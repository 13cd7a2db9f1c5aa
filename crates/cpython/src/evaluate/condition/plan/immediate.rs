//! The plainest conditions as a list of tests, asked before everything else: `i == -1`, `self.count > limit and s is None`.
//!
//! Made by `compile` from a plan. Invariant: it answers only for exact numbers, identity, and attributes that are values in
//! their object, so that nothing runs, nothing is allocated and no reference is taken; for all else it gives no answer, and
//! the plan is asked.

use std::ptr::NonNull;
use std::rc::Rc;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyFloat;

use super::Node;
use super::compare::{Comparison, Rich, at_once};
use super::member::Member;
use crate::layout::{Frame, Layout};

/// Tests of which the first that is `decisive` decides; without one the answer is the opposite.
pub struct Immediate {
    tests: Box<[Test]>,
    decisive: bool,
}

/// What is compared, and with what.
struct Test {
    left: Operand,
    with: With,
}

/// A plain variable, or an attribute of one, or of that.
struct Operand {
    slot: usize,
    members: Box<[Rc<Member>]>,
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
    Operand(Rich, Operand),
    Float(Rich, Py<PyAny>),
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
        let [Test { left, with: With::Number(rich, number) }, others @ ..] = &*self.tests else { return None };
        let is_needed = left.members.is_empty() && (others.is_empty() || !self.decisive);
        is_needed.then_some(Shortcut { slot: left.slot, rich: *rich, number: *number })
    }

    /// Out of line: a callback in which it stands would be slower for the lines that it is not asked at.
    ///
    /// # Safety
    /// The frame is on this thread's stack and of the plan's code; the GIL is held.
    #[inline(never)]
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
        let [(comparison, right)] = rest.as_slice() else { return None };
        let with = match (comparison, right) {
            (Comparison::Rich(rich), Node::Constant(number)) => match small(number) {
                Some(number) => With::Number(*rich, number),
                None => With::Float(*rich, float(number)?),
            },
            (Comparison::Rich(rich), other) => With::Operand(*rich, Operand::of(other)?),
            (Comparison::Is | Comparison::IsNot, Node::Constant(constant)) => {
                With::Identity { object: another(constant), expected: *comparison == Comparison::Is }
            }
            _ => return None,
        };
        Some(Self { left: Operand::of(left)?, with })
    }

    /// # Safety
    /// As [`Immediate::ask`].
    #[inline(always)]
    unsafe fn ask(&self, layout: &Layout, frame: Frame) -> Option<bool> {
        // SAFETY: by the contract; the values of variables and of their attributes are alive, and nothing runs here.
        unsafe {
            let value = self.left.read(layout, frame)?.as_ptr();
            match &self.with {
                With::Number(rich, number) => Some(rich.holds(Some(layout.small_integer(value)?.cmp(number)))),
                With::Operand(rich, other) => {
                    at_once(layout, Comparison::Rich(*rich), value, other.read(layout, frame)?.as_ptr())
                }
                With::Float(rich, other) => at_once(layout, Comparison::Rich(*rich), value, other.as_ptr()),
                With::Identity { object, expected } => Some((value == object.as_ptr()) == *expected),
            }
        }
    }
}

impl Operand {
    fn of(node: &Node) -> Option<Self> {
        let mut members = Vec::new();
        let mut node = node;
        while let Node::Attribute(of, member) = node {
            members.push(Rc::clone(member));
            node = of;
        }
        let Node::Variable(variable) = node else { return None };
        members.reverse();
        Some(Self { slot: variable.plain_slot()?, members: members.into() })
    }

    /// # Safety
    /// As [`Immediate::ask`].
    #[inline(always)]
    unsafe fn read(&self, layout: &Layout, frame: Frame) -> Option<NonNull<ffi::PyObject>> {
        // SAFETY: by the contract; an object that is alive keeps its attributes.
        unsafe {
            let mut value = layout.variable(frame, self.slot)?;
            for member in &self.members {
                value = member.at_once(layout, value)?;
            }
            Some(value)
        }
    }
}

/// A further reference to a constant of the plan.
fn another(constant: &Py<PyAny>) -> Py<PyAny> {
    // SAFETY: a plan is made with the GIL held.
    constant.clone_ref(unsafe { Python::assume_attached() })
}

/// An exact float.
fn float(number: &Py<PyAny>) -> Option<Py<PyAny>> {
    // SAFETY: a plan is made with the GIL held.
    let bound = number.bind(unsafe { Python::assume_attached() });
    bound.is_exact_instance_of::<PyFloat>().then(|| another(number))
}

/// An exact integer of at most 30 bits.
fn small(number: &Py<PyAny>) -> Option<i64> {
    // SAFETY: a plan is made with the GIL held.
    let bound = number.bind(unsafe { Python::assume_attached() });
    // SAFETY: the type of a live object; `bool` is no exact integer.
    let is_exact = unsafe { ffi::Py_TYPE(bound.as_ptr()) == &raw mut ffi::PyLong_Type };
    bound.extract::<i64>().ok().filter(|_| is_exact)
}
