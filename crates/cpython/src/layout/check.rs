//! Compares a layout with what the interpreter's own functions say of frames that are known. Called by `Layout::find`.
//!
//! Invariant: nothing of the program is run or changed.

use std::ptr::NonNull;

use pyo3::exceptions::PyRuntimeError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyCFunction, PyDict, PyString};

use super::{Cell, Frame, Layout};
use crate::code::opcodes::Opcodes;
use crate::code::record::Records;
use crate::frames;
use crate::named::Named;

/// Three calls deep, one through C; the innermost has a cell, a plain variable and one without a value, in this order.
const PROGRAM: &std::ffi::CStr = c"
def innermost(cell, plain, look):
    (lambda: cell)
    return look()
    unbound = cell
def middle(look):
    return list(map(innermost, ['in a cell'], ['plain'], [look]))
def outermost(look):
    return middle(look)
def fail():
    raise ValueError
class Inline:
    common = 'of the class'
    def __init__(self):
        self.first = 'first'
        self.common = 'common'
        self.last = 'last'
class Slots:
    __slots__ = 'first', 'common', 'last'
    __init__ = Inline.__init__
def with_dict(cut):
    thing = Inline()
    if cut:
        thing.__dict__ = dict(thing.__dict__)
    else:
        thing.__dict__
    return thing
def raised_here():
    try:
        raise ValueError
    except ValueError as error:
        return error
def raised_below():
    try:
        fail()
    except ValueError as error:
        return error
";

/// What is needed to give a code object a record.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    pub records: Records,
    pub opcodes: &'a Opcodes,
}

/// True if the layout reads these frames as they are.
pub fn holds(py: Python<'_>, layout: Layout, known: Known<'_>) -> PyResult<bool> {
    let namespace = crate::evaluate::private_namespace(py)?;
    // SAFETY: both texts end in NUL; the calls give a new reference or raise.
    unsafe {
        let code = ffi::Py_CompileString(PROGRAM.as_ptr(), c"<pausa>".as_ptr(), ffi::Py_file_input);
        let code = Bound::from_owned_ptr_or_err(py, code)?;
        let done = ffi::PyEval_EvalCode(code.as_ptr(), namespace.as_ptr(), namespace.as_ptr());
        drop(Bound::from_owned_ptr_or_err(py, done)?);
    }
    let (records, opcodes) = (known.records, *known.opcodes);
    let look = PyCFunction::new_closure(py, None, None, move |arguments, _| {
        compare(arguments.py(), layout, Known { records, opcodes: &opcodes })
    })?;
    let outermost = namespace.get_item("outermost")?.ok_or_else(|| PyRuntimeError::new_err("no function"))?;
    let answers: Vec<bool> = outermost.call1((look,))?.extract()?;
    Ok(answers == [true]
        && same_numbers(py, layout)?
        && (!layout.walks() || same_exceptions(layout, &namespace)?)
        && (layout.attributes.is_none() || same_attributes(layout, &namespace)?))
}

/// Called by the innermost function of the program above.
fn compare(py: Python<'_>, layout: Layout, known: Known<'_>) -> PyResult<bool> {
    let object = frames::current(py).ok_or_else(|| PyRuntimeError::new_err("no frame"))?;
    // SAFETY: the GIL is held, and no code runs that could leave the frame.
    let Some(frame) = (unsafe { layout.current() }) else { return Ok(false) };
    Ok(same_stack(layout, frame, &object)?
        && same_variables(py, layout, frame)?
        && same_extra(py, layout, frame, known))
}

/// Walks both kinds of frames to the end.
fn same_stack(layout: Layout, innermost: Frame, object: &Bound<'_, PyAny>) -> PyResult<bool> {
    let mut object = object.clone();
    let mut frame = innermost;
    let mut depth = 0;
    loop {
        // SAFETY: the frames are on the stack below this call.
        let (code, globals, builtins, known, at) = unsafe {
            let bytecode = layout.bytecode(layout.code(frame));
            let at = layout.instruction(frame).map(|instruction| instruction.wrapping_sub(bytecode));
            (layout.code(frame), layout.globals(frame), layout.builtins(frame), layout.object(frame), at)
        };
        let is =
            |name: &str, found: *mut ffi::PyObject| -> PyResult<bool> { Ok(object.named(name)?.as_ptr() == found) };
        let is_same = known == object.as_ptr()
            && is("f_code", code)?
            && is("f_globals", globals)?
            && is("f_builtins", builtins)?
            && at.is_none_or(|at| {
                object.named("f_lasti").and_then(|offset| offset.extract()).is_ok_and(|found: usize| found == at)
            });
        if !layout.walks() {
            return Ok(is_same);
        }
        // SAFETY: as above.
        let back = unsafe { layout.back(frame) };
        let Some(next) = frames::back(&object) else { return Ok(is_same && back.is_none() && depth >= 2) };
        let Some((below, through_c)) = back else { return Ok(false) };
        // `innermost` is called by `map`, `middle` by Python code.
        if !is_same || (depth < 2 && through_c != (depth == 0)) {
            return Ok(false);
        }
        (object, frame, depth) = (next, below, depth + 1);
    }
}

/// The variables of `innermost`: its parameters first, the cell among them at its parameter's place.
fn same_variables(py: Python<'_>, layout: Layout, frame: Frame) -> PyResult<bool> {
    // SAFETY: `innermost` has four variables, and its frame is on the stack.
    let [cell, plain, look, unbound] = [0, 1, 2, 3].map(|slot| unsafe { layout.variable(frame, slot) });
    let (Some(plain), Some(_), None) = (plain, look, unbound) else { return Ok(false) };
    // SAFETY: in 3.10 the parameter's place is empty, and its cell comes after the variables.
    let Some(cell) = cell.or_else(|| unsafe { layout.variable(frame, 4) }) else { return Ok(false) };
    // SAFETY: the value of a variable is alive as long as its frame.
    let content = match unsafe { layout.cell(cell) } {
        Cell::Content(Some(content)) => content,
        Cell::Content(None) | Cell::NoCell => return Ok(false),
    };
    let text = |value: NonNull<ffi::PyObject>| -> PyResult<String> {
        // SAFETY: the value of a variable and the content of its cell live as long as the frame.
        unsafe { Bound::from_borrowed_ptr(py, value.as_ptr()) }.extract()
    };
    Ok(text(content)? == "in a cell" && text(plain)? == "plain")
}

/// Gives the code of `innermost` a record, and finds it where the interpreter has put it.
fn same_extra(py: Python<'_>, layout: Layout, frame: Frame, known: Known<'_>) -> bool {
    // SAFETY: the frame is on the stack, so its code is alive.
    let code = unsafe { Bound::from_borrowed_ptr(py, layout.code(frame)) };
    let record = known.records.get_or_attach(&code, frames::OWN_FILE, false, known.opcodes);
    // SAFETY: as above.
    let found = unsafe { layout.extra(code.as_ptr(), known.records.index()) };
    record.is_some_and(|record| std::ptr::from_ref(record).cast::<u8>() == found)
}

/// Integers around the bounds of what fits one digit.
fn same_numbers(py: Python<'_>, layout: Layout) -> PyResult<bool> {
    const DIGIT: i64 = 1 << 30;
    for number in [0, 1, -1, 256, 257, -5, -6, DIGIT - 1, 1 - DIGIT, DIGIT, -DIGIT, i64::MAX, i64::MIN] {
        let object = number.into_pyobject(py)?;
        // SAFETY: a live object.
        let found = unsafe { layout.small_integer(object.as_ptr()) };
        if found != (number.unsigned_abs() < DIGIT.unsigned_abs()).then_some(number) {
            return Ok(false);
        }
    }
    // SAFETY: both are live objects: a bool is no exact integer, and a float none at all.
    unsafe { Ok(layout.small_integer(ffi::Py_True()).is_none() && layout.small_integer(ffi::Py_None()).is_none()) }
}

/// Attributes of objects with values in them, with slots, with a dict that has their values, and with one of its own; and
/// after a change of the class.
fn same_attributes(layout: Layout, namespace: &Bound<'_, PyDict>) -> PyResult<bool> {
    let py = namespace.py();
    let find = |name: &str| namespace.get_item(name)?.ok_or_else(|| PyRuntimeError::new_err("no class"));
    let (inline, slots, with_dict) = (find("Inline")?, find("Slots")?, find("with_dict")?);
    let things = [inline.call0()?, slots.call0()?, with_dict.call1((false,))?, with_dict.call1((true,))?];
    for thing in &things {
        for name in ["first", "common", "last"] {
            let name = PyString::intern(py, name);
            let value = thing.getattr(&name)?;
            if found(layout, thing, &name, || Ok(()))? != value.as_ptr() {
                return Ok(false);
            }
        }
    }
    let [thing, ..] = &things;
    let is_changed = |name: &str| {
        let name = PyString::intern(py, name);
        Ok::<_, PyErr>(found(layout, thing, &name, || inline.setattr("another", 1))?.is_null())
    };
    Ok(is_changed("first")? && is_changed("last")?)
}

/// What an attribute is by its place, after something was done; null if it has none any more.
fn found(
    layout: Layout,
    thing: &Bound<'_, PyAny>,
    name: &Bound<'_, PyString>,
    then: impl FnOnce() -> PyResult<()>,
) -> PyResult<*mut ffi::PyObject> {
    let object = NonNull::new(thing.as_ptr()).ok_or_else(|| PyRuntimeError::new_err("no object"))?;
    // `getattr` first: it gives the class a version.
    drop(thing.getattr(name)?);
    // SAFETY: a live object and an interned name, with the GIL held; what is found is only compared.
    unsafe {
        let Some(known) = layout.place(object, name.as_ptr()) else { return Ok(std::ptr::null_mut()) };
        then()?;
        Ok(layout.attribute(object, name.as_ptr(), &known).map_or(std::ptr::null_mut(), NonNull::as_ptr))
    }
}

/// An exception that was raised here, and one that came from a call.
fn same_exceptions(layout: Layout, namespace: &Bound<'_, PyDict>) -> PyResult<bool> {
    let raised = |name: &str| -> PyResult<bool> {
        let function = namespace.get_item(name)?.ok_or_else(|| PyRuntimeError::new_err("no function"))?;
        let exception: Bound<'_, PyAny> = function.call0()?;
        // SAFETY: a live exception.
        Ok(unsafe { layout.has_travelled(exception.as_ptr()) })
    };
    Ok(!raised("raised_here")? && raised("raised_below")?)
}
