//! Asks a plan. Called for each hit of a conditional breakpoint.
//!
//! Invariant: nothing is evaluated twice; the plan outlives the run, as the caller keeps it.

use std::ffi::CString;
use std::ptr::NonNull;

use pyo3::exceptions::{PyNameError, PyUnboundLocalError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::type_object::PyTypeInfo;

use super::super::variable::Variable;
use super::compare::{at_once, compare};
use super::value::{Object, Raised, Value, binary, truth, unary};
use super::{Comparison, Node, Plan};
use crate::layout::{Frame, Layout};

/// What a plan runs on.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    pub layout: &'a Layout,
    /// The innermost frame of this thread, of the code that the plan was made for.
    pub frame: Frame,
}

impl Plan {
    /// The answer, if it is found without running anything and without a reference taken. None says nothing.
    ///
    /// # Safety
    /// As [`Plan::ask`].
    #[inline(always)]
    pub unsafe fn ask_at_once(&self, layout: &Layout, frame: Frame) -> Option<bool> {
        // SAFETY: by the contract.
        unsafe { self.immediate.as_ref()?.ask(layout, frame) }
    }

    /// Whether the condition holds; None if this frame's namespaces are not as the plan expects them.
    ///
    /// # Safety
    /// The GIL is held.
    #[inline]
    pub unsafe fn ask(&self, run: Run<'_>) -> Option<Result<bool, Raised>> {
        // SAFETY: by the contract.
        unsafe { self.is_at_home(run) }.then(|| run.test(&self.root))
    }

    /// The value of the expression; None as above.
    ///
    /// # Safety
    /// The GIL is held.
    pub unsafe fn value(&self, run: Run<'_>) -> Option<Result<Object, Raised>> {
        // SAFETY: by the contract.
        unsafe { self.is_at_home(run) }.then(|| run.object(&self.root))
    }

    /// True if the frame's namespaces are plain dicts, and a module's names are its globals.
    ///
    /// # Safety
    /// The GIL is held.
    #[inline(always)]
    unsafe fn is_at_home(&self, run: Run<'_>) -> bool {
        if !self.uses_globals {
            return true;
        }
        let dict = &raw mut ffi::PyDict_Type;
        // SAFETY: the frame is on the stack; its namespaces live as long as it does.
        unsafe {
            let (globals, builtins) = (run.layout.globals(run.frame), run.layout.builtins(run.frame));
            ffi::Py_TYPE(globals) == dict
                && ffi::Py_TYPE(builtins) == dict
                && (!self.is_module || run.layout.namespace(run.frame) == globals)
        }
    }
}

impl Run<'_> {
    /// A node as a condition: each part's truth is asked once, as the compiler's jumps do.
    fn test(&self, node: &Node) -> Result<bool, Raised> {
        match node {
            Node::And(parts) => self.first(parts, false),
            Node::Or(parts) => self.first(parts, true),
            Node::Not(part) => Ok(!self.test(part)?),
            Node::Choice(choice) => {
                let taken = if self.test(&choice.test)? { &choice.then } else { &choice.otherwise };
                self.test(taken)
            }
            Node::Compare(left, rest) => self.compare(left, rest)?.truth(),
            _ => self.value(node)?.truth(),
        }
    }

    /// The truth of the parts up to the first one whose truth is `decisive`.
    fn first(&self, parts: &[Node], decisive: bool) -> Result<bool, Raised> {
        for part in parts {
            if self.test(part)? == decisive {
                return Ok(decisive);
            }
        }
        Ok(!decisive)
    }

    /// A node's object. Those that can only be objects do without a [`Value`].
    fn object(&self, node: &Node) -> Result<Object, Raised> {
        match node {
            Node::Constant(_) | Node::Variable(_) | Node::Global(_) => {
                // SAFETY: the object is borrowed from the plan, the frame or a namespace, and nothing ran since.
                Ok(unsafe { Object::borrowed(self.borrow(node)?) })
            }
            Node::Attribute(of, member) => {
                // Most often a variable's: without a call of this function for it.
                let of = match of.as_ref() {
                    // SAFETY: as above.
                    Node::Variable(_) => unsafe { Object::borrowed(self.borrow(of)?) },
                    of => self.object(of)?,
                };
                // SAFETY: it is alive and the GIL is held; so for all calls of the interpreter below.
                unsafe { member.get(self.layout, &of) }
            }
            Node::Item(of, key) => {
                let (of, key) = (self.object(of)?, self.object(key)?);
                // SAFETY: as above.
                unsafe { Object::given(ffi::PyObject_GetItem(of.as_ptr(), key.as_ptr())) }
            }
            Node::Call(function, arguments) => self.call(function, arguments),
            Node::Tuple(items) => self.tuple(items),
            _ => self.value(node)?.into_object(),
        }
    }

    fn value(&self, node: &Node) -> Result<Value, Raised> {
        match node {
            Node::Constant(_)
            | Node::Variable(_)
            | Node::Global(_)
            | Node::Attribute(..)
            | Node::Item(..)
            | Node::Call(..)
            | Node::Tuple(..) => self.object(node).map(Value::Object),
            Node::Compare(left, rest) => self.compare(left, rest),
            Node::And(parts) => self.last(parts, false),
            Node::Or(parts) => self.last(parts, true),
            Node::Not(part) => Ok(Value::Truth(!self.value(part)?.truth()?)),
            Node::Unary(operator, of) => unary(self.layout, *operator, self.value(of)?),
            Node::Binary(operator, left, right) => {
                let left = self.value(left)?;
                binary(self.layout, *operator, left, self.value(right)?)
            }
            Node::Choice(choice) => {
                let taken = if self.test(&choice.test)? { &choice.then } else { &choice.otherwise };
                self.value(taken)
            }
        }
    }

    /// The value of the first part whose truth is `decisive`, else of the last.
    fn last(&self, parts: &[Node], decisive: bool) -> Result<Value, Raised> {
        let Some((last, others)) = parts.split_last() else { return Ok(Value::Truth(!decisive)) };
        for part in others {
            let object = self.object(part)?;
            if truth(&object)? == decisive {
                return Ok(Value::Object(object));
            }
        }
        self.value(last)
    }

    #[inline(always)]
    fn compare(&self, left: &Node, rest: &[(Comparison, Node)]) -> Result<Value, Raised> {
        match rest {
            [(comparison, right)] if right.is_simple() => self.compare_simply(*comparison, left, right),
            _ => self.compare_chain(left, rest),
        }
    }

    /// With an operand on the right that is found without running anything, so that the left one may be borrowed.
    #[inline(always)]
    fn compare_simply(&self, comparison: Comparison, left: &Node, right: &Node) -> Result<Value, Raised> {
        let owned = if left.is_simple() { None } else { Some(self.object(left)?) };
        let left = match &owned {
            Some(owned) => owned.as_non_null(),
            None => self.borrow(left)?,
        };
        let right = self.borrow(right)?;
        // SAFETY: both are owned or borrowed, and nothing runs before references are taken.
        unsafe {
            match at_once(self.layout, comparison, left.as_ptr(), right.as_ptr()) {
                Some(truth) => Ok(Value::Truth(truth)),
                None => {
                    let left = Value::Object(Object::borrowed(left));
                    compare(self.layout, comparison, left, &Object::borrowed(right))
                }
            }
        }
    }

    fn compare_chain(&self, left: &Node, rest: &[(Comparison, Node)]) -> Result<Value, Raised> {
        let mut left = self.value(left)?;
        let mut rest = rest.iter().peekable();
        while let Some((comparison, right)) = rest.next() {
            let right = self.object(right)?;
            let result = compare(self.layout, *comparison, left, &right)?;
            if rest.peek().is_none() {
                return Ok(result);
            }
            // `a < b < c` gives what `a < b` gives if that is false.
            let result = result.into_object()?;
            if !truth(&result)? {
                return Ok(Value::Object(result));
            }
            left = Value::Object(right);
        }
        Ok(left)
    }

    fn tuple(&self, items: &[Node]) -> Result<Object, Raised> {
        let owned = items.iter().map(|item| self.object(item)).collect::<Result<Vec<_>, Raised>>()?;
        // SAFETY: the GIL is held; a new tuple takes over the references, each of its items once.
        unsafe {
            let tuple = Object::given(ffi::PyTuple_New(owned.len().cast_signed()))?;
            for (at, item) in (0..).zip(owned) {
                ffi::PyTuple_SetItem(tuple.as_ptr(), at, item.into_ptr());
            }
            Ok(tuple)
        }
    }

    fn call(&self, function: &Node, arguments: &[Node]) -> Result<Object, Raised> {
        let function = self.object(function)?;
        let owned = arguments.iter().map(|argument| self.object(argument));
        let owned = owned.collect::<Result<Vec<_>, Raised>>()?;
        let pointers: Vec<_> = owned.iter().map(Object::as_ptr).collect();
        // SAFETY: all are owned here, and the GIL is held.
        unsafe { Object::given(self.layout.call(function.as_ptr(), &pointers)) }
    }

    /// A constant's, variable's or global name's object, borrowed: valid until code of the program runs.
    #[inline(always)]
    fn borrow(&self, node: &Node) -> Result<NonNull<ffi::PyObject>, Raised> {
        match node {
            Node::Variable(variable) => {
                // SAFETY: the frame is on the stack, and of the code that the plan was made for.
                unsafe { variable.read(self.layout, self.frame) }.ok_or_else(|| unbound(variable))
            }
            Node::Constant(constant) => NonNull::new(constant.as_ptr()).ok_or(Raised),
            Node::Global(name) => self.global(name),
            _ => Err(Raised),
        }
    }

    #[inline]
    fn global(&self, name: &Py<PyAny>) -> Result<NonNull<ffi::PyObject>, Raised> {
        // SAFETY: both namespaces are exact dicts, as `ask` has made sure, and live as long as the frame; the name is an
        // exact string. The result is borrowed, or null with or without an error.
        unsafe {
            for namespace in [self.layout.globals(self.frame), self.layout.builtins(self.frame)] {
                match NonNull::new(ffi::PyDict_GetItemWithError(namespace, name.as_ptr())) {
                    Some(found) => return Ok(found),
                    None if !ffi::PyErr_Occurred().is_null() => return Err(Raised),
                    None => {}
                }
            }
        }
        Err(undefined(name))
    }
}

#[cold]
fn unbound(variable: &Variable) -> Raised {
    // SAFETY: a plan runs with the GIL held.
    let had_other_words = crate::version::minor(unsafe { Python::assume_attached() }) < 11;
    let name = &variable.name;
    match (variable.is_captured(), had_other_words) {
        (true, false) => raise::<PyNameError>(&format!(
            "cannot access free variable '{name}' where it is not associated with a value in enclosing scope"
        )),
        (true, true) => {
            raise::<PyNameError>(&format!("free variable '{name}' referenced before assignment in enclosing scope"))
        }
        (false, false) => raise::<PyUnboundLocalError>(&format!(
            "cannot access local variable '{name}' where it is not associated with a value"
        )),
        (false, true) => raise::<PyUnboundLocalError>(&format!("local variable '{name}' referenced before assignment")),
    }
}

#[cold]
fn undefined(name: &Py<PyAny>) -> Raised {
    // SAFETY: a plan runs with the GIL held.
    let py = unsafe { Python::assume_attached() };
    raise::<PyNameError>(&format!("name '{}' is not defined", name.bind(py)))
}

fn raise<T: PyTypeInfo>(message: &str) -> Raised {
    // SAFETY: a plan runs with the GIL held; the type is a builtin and the text ends in NUL.
    unsafe {
        let kind = T::type_object_raw(Python::assume_attached());
        // A name holds no NUL.
        let message = CString::new(message).unwrap_or_default();
        ffi::PyErr_SetString(kind.cast(), message.as_ptr());
    }
    Raised
}

impl Node {
    /// True if its object is found without running anything and without a reference taken.
    fn is_simple(&self) -> bool {
        matches!(self, Self::Constant(_) | Self::Variable(_))
    }
}
