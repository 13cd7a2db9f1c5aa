//! A condition as a tree of operations on the frame's variables, asked without a frame object and without bytecode.
//!
//! `compile` makes it from the condition's syntax tree, `run` asks it, `value`, `compare` and `member` do single operations.
//! Invariant: what a plan answers, raises and calls, in which order, is what `if CONDITION:` at that place would: the
//! interpreter's own functions do the work, and shortcuts are taken only for exact types that have no code behind them.

mod compare;
mod compile;
mod immediate;
mod member;
mod run;
mod value;

use std::rc::Rc;

use pyo3::prelude::*;

use self::compare::Comparison;
use self::immediate::Immediate;
use self::member::Member;
use super::variable::Variable;

pub use compile::compile;
pub use immediate::Shortcut;
pub use run::Run;
pub use value::{Object, Raised, truth};

/// A condition, compiled for the frames of one code object.
pub struct Plan {
    root: Node,
    /// The same for the plainest conditions.
    immediate: Option<Immediate>,
    /// Names are looked up in the frame's globals.
    uses_globals: bool,
    /// The code is a module's: its names are global as long as its namespace is.
    is_module: bool,
}

impl Plan {
    /// The first test of the condition, if it is of the plainest kind and the condition cannot hold without it.
    pub fn shortcut(&self) -> Option<Shortcut> {
        self.immediate.as_ref()?.shortcut()
    }
}

enum Node {
    Constant(Py<PyAny>),
    Variable(Variable),
    Global(Py<PyAny>),
    Attribute(Box<Node>, Rc<Member>),
    Item(Box<Node>, Box<Node>),
    Compare(Box<Node>, Vec<(Comparison, Node)>),
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    Unary(Unary, Box<Node>),
    Binary(Binary, Box<Node>, Box<Node>),
    Choice(Box<Choice>),
    Call(Box<Node>, Vec<Node>),
    Tuple(Vec<Node>),
}

/// `then if test else otherwise`.
struct Choice {
    test: Node,
    then: Node,
    otherwise: Node,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Unary {
    Negative,
    Positive,
    Invert,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    FloorDivide,
    Remainder,
    And,
    Or,
    Xor,
}
