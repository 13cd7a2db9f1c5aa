//! What is known of objects beyond their values: the instances of a class, who refers to one, how much room it takes. Part of
//! the `port`.
//!
//! Invariant: finding it runs no code of the program, and leaves nothing behind in it.

use crate::port::Value;

/// Some of many objects.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Instances {
    /// Those that were asked for, the oldest first.
    pub listed: Vec<Value>,
    /// How many there are.
    pub total: usize,
}

/// Something that refers to an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Referrer {
    /// In which way: `global cache of module app`, `attribute owner of`, `item 3 of`, `local account in deposit, bank.py:7`.
    pub how: String,
    /// What refers to it; None where that is a frame or a module.
    pub holder: Option<Value>,
}

/// Some of many referrers.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Referrers {
    /// Those that were asked for.
    pub listed: Vec<Referrer>,
    /// How many there are.
    pub total: usize,
}

/// How much memory an object takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Size {
    /// The object itself, in bytes.
    pub own: usize,
    /// It and all that can be reached from it, each once; classes, functions and modules left out.
    pub reachable: Option<usize>,
    /// How many objects that are.
    pub objects: usize,
}

/// Which of many to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Range {
    /// The first one, from 0.
    pub start: usize,
    /// How many; 0 for all.
    pub count: usize,
}
