//! The locks that are alive, by address, and the methods by which they are entered, left and waited for.
//!
//! Made for one look at the program. Invariant: what stands on the stack of a frame that is inside C may be stale, so it is
//! compared with these addresses and never followed.

use std::collections::HashMap;

use pyo3::prelude::*;
use pyo3::types::{PyList, PyType};

use crate::named::Named;
use crate::values;

/// Methods whose call may wait. Those of `_thread.lock`, `_thread.RLock`, `_queue.SimpleQueue`, `_thread._ThreadHandle`.
const WAITS: [&str; 6] = ["acquire", "acquire_lock", "__enter__", "_acquire_restore", "get", "join"];

/// The method that ends a `with`.
const EXIT: &str = "__exit__";

/// What a method does to a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// It waits until it has it.
    Waits,
    /// It ends a `with` of it.
    Leaves,
}

/// See the module.
pub struct Known<'py> {
    /// Locks, and conditions.
    objects: HashMap<usize, Bound<'py, PyAny>>,
    /// Their methods, bound to one.
    bound: HashMap<usize, (Act, Bound<'py, PyAny>)>,
    /// Their methods, as their types have them.
    methods: HashMap<usize, Act>,
}

impl<'py> Known<'py> {
    /// Looks through all that the garbage collector knows, which locks are among.
    pub fn find(py: Python<'py>) -> PyResult<Self> {
        let imported =
            |module, name| values::imported(py, module, name).and_then(|kind| kind.cast_into::<PyType>().ok());
        let native = [
            ("_thread", "lock"),
            ("_thread", "LockType"),
            ("_thread", "RLock"),
            ("_thread", "_ThreadHandle"),
            ("_queue", "SimpleQueue"),
        ];
        let native: Vec<_> = native.into_iter().filter_map(|(module, name)| imported(module, name)).collect();
        let condition = imported("threading", "Condition");
        let mut known = Self { objects: HashMap::new(), bound: HashMap::new(), methods: HashMap::new() };
        for kind in native.iter().chain(&condition) {
            for (name, method) in values::own_attributes(kind) {
                known.methods.extend(act(&name).map(|act| (method.as_ptr().addr(), act)));
            }
        }
        let is_known = |object: &Bound<'py, PyAny>| {
            let kind = object.get_type();
            native.iter().any(|own| own.is(&kind))
                || condition.as_ref().is_some_and(|own| values::bases(&kind).iter().any(|base| base.is(own)))
        };
        let all = crate::modules::import(py, "gc")?.named("get_objects")?.call0()?.cast_into::<PyList>()?;
        let mut bound = Vec::new();
        for object in all.iter() {
            let kind = object.get_type();
            let name = values::short_name(&kind);
            match name.as_str() {
                // Both are the interpreter's own: their attributes are C.
                "builtin_function_or_method" | "method" if values::is_static(&kind) => bound.push(object),
                _ if is_known(&object) => {
                    known.objects.insert(object.as_ptr().addr(), object);
                }
                _ => {}
            }
        }
        for method in bound {
            let Some(own) = method.named("__self__").ok().filter(|own| known.is_lock(own)) else { continue };
            let function = method.named("__func__").unwrap_or_else(|_| method.clone());
            let name = function.named("__name__").ok().and_then(|name| values::exact_text(&name));
            if let Some(act) = name.and_then(|name| act(&name)) {
                known.bound.insert(method.as_ptr().addr(), (act, own));
            }
        }
        Ok(known)
    }

    fn is_lock(&self, object: &Bound<'py, PyAny>) -> bool {
        self.objects.contains_key(&object.as_ptr().addr())
    }

    /// The locks for which `wanted` is true.
    pub fn all(&self) -> impl Iterator<Item = &Bound<'py, PyAny>> {
        self.objects.values()
    }

    /// The lock at an address.
    pub fn lock(&self, address: usize) -> Option<&Bound<'py, PyAny>> {
        self.objects.get(&address)
    }

    /// The locks of which such a method lies on a stack: bound to one, or with one behind it. The oldest first.
    pub fn with(&self, wanted: Act, stack: &[usize]) -> Vec<Bound<'py, PyAny>> {
        let at = |(place, address): (usize, &usize)| match self.bound.get(address) {
            Some((act, own)) => (*act == wanted).then(|| own.clone()),
            None => {
                let act = self.methods.get(address)?;
                let own = self.lock(*stack.get(place + 1)?)?;
                (*act == wanted).then(|| own.clone())
            }
        };
        stack.iter().enumerate().filter_map(at).collect()
    }
}

fn act(name: &str) -> Option<Act> {
    match name {
        EXIT => Some(Act::Leaves),
        _ if WAITS.contains(&name) => Some(Act::Waits),
        _ => None,
    }
}
