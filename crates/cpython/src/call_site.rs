//! Whether Python code called a frame directly, on 3.10 and 3.11: read from the caller's value stack.
//!
//! Called by `frames`. The interpreter puts nothing between two frames there that would tell a call through C apart. A
//! direct call has the function itself where the call instruction takes its callee from; `sorted` or `map` has itself
//! there. Invariant: only slots below the caller's stack pointer are read, and what is not certain is no direct call.

use std::cell::RefCell;
use std::rc::Rc;

use pyo3::ffi;
use pyo3::prelude::*;
use rustc_hash::FxHashMap;

use crate::code::opcodes::Opcodes;
use crate::code::registry::CodeKey;
use crate::code::stack_depth;
use crate::debugger::Debugger;

/// The depths of code objects that were asked about; only touched with the GIL held.
#[derive(Default)]
pub struct Depths(RefCell<FxHashMap<CodeKey, Option<Known>>>);

/// Of one code object, by instruction.
type Known = Rc<Vec<Option<usize>>>;

impl Depths {
    fn of(&self, code: &Bound<'_, PyAny>, opcodes: &Opcodes) -> Option<Known> {
        if let Some(known) = self.0.borrow().get(&CodeKey::of(code)) {
            return known.clone();
        }
        let depths = stack_depth::of(code, opcodes).map(Rc::new);
        self.0.borrow_mut().insert(CodeKey::of(code), depths.clone());
        depths
    }

    /// Forgets a code object that is about to be freed.
    pub fn forget(&self, code: CodeKey) {
        self.0.borrow_mut().remove(&code);
    }
}

/// True if the call instruction that `caller` is at calls the Python function that runs in `frame`.
pub fn is_direct(frame: &Bound<'_, PyAny>, caller: &Bound<'_, PyAny>) -> bool {
    callee_slots(caller).is_some_and(|slots| {
        let code = crate::frames::code(frame);
        // SAFETY: the slots are in use for as long as the call runs, and the GIL is held; they hold an object or null.
        let callee =
            |slot: *mut *mut ffi::PyObject| unsafe { Bound::from_borrowed_ptr_or_opt(frame.py(), slot.read()) };
        let mut codes = slots.into_iter().filter_map(|slot| code_of(&callee(slot)?));
        code.is_some_and(|code| codes.any(|own| own.is(&code)))
    })
}

/// The code of a function or of a method's function; exact types only, whose attributes run no code of the program.
fn code_of<'py>(callee: &Bound<'py, PyAny>) -> Option<Bound<'py, PyAny>> {
    let types = crate::modules::import(callee.py(), "types").ok()?;
    let is = |name: &str| types.getattr(name).is_ok_and(|kind| callee.get_type().is(&kind));
    if is("MethodType") {
        return code_of(&callee.getattr("__func__").ok()?);
    }
    if is("FunctionType") { callee.getattr("__code__").ok() } else { None }
}

/// The slots of a frame's stack from which the call instruction that it is at takes its callee.
fn callee_slots(caller: &Bound<'_, PyAny>) -> Option<Vec<*mut *mut ffi::PyObject>> {
    let debugger = Debugger::get()?;
    let code = crate::frames::code(caller)?;
    let offset: usize = caller.getattr("f_lasti").ok()?.extract().ok()?;
    let depth = (*debugger.depths.of(&code, &debugger.opcodes)?.get(offset / 2)?)?;
    let bytes: Vec<u8> = code.getattr("co_code").ok()?.extract().ok()?;
    let &[opcode, argument] = bytes.get(offset..offset + 2)? else { return None };
    let count = usize::from(argument);
    // More than 255 arguments come with an instruction before this one, and are rare.
    let has_more = offset >= 2 && bytes.get(offset - 2) == Some(&debugger.opcodes.extended_arg);
    let below_top = match debugger.opcodes.calls.iter().find(|(call, _)| *call == opcode)?.1 {
        _ if has_more => return None,
        Call::Plain => vec![count + 1],
        Call::Method => vec![count + 1, count + 2],
        Call::Counted => vec![1, 2],
        Call::WithNames => vec![count + 2],
        Call::Spread => vec![2 + (count & 1)],
    };
    let (base, size) = stack(caller, &code)?;
    let slots = below_top.iter().filter_map(|below| depth.checked_sub(*below)).filter(|at| *at < size);
    // SAFETY: the stack of a running frame has `co_stacksize` slots.
    Some(slots.map(|at| unsafe { base.add(at) }).collect())
}

/// Where a frame's value stack begins, and how many slots it has.
fn stack(frame: &Bound<'_, PyAny>, code: &Bound<'_, PyAny>) -> Option<(*mut *mut ffi::PyObject, usize)> {
    let size = code.getattr("co_stacksize").ok()?.extract().ok()?;
    let names = |attribute: &str| code.getattr(attribute).ok()?.extract::<Vec<String>>().ok();
    // SAFETY: a frame object of 3.10 has its stack's address at 64 (`f_valuestack`); one of 3.11 its interpreter frame's at
    // 24, whose variables begin at 72, with the stack behind them (cpython/frameobject.h, pycore_frame.h).
    unsafe {
        match crate::version::minor(frame.py()) {
            10 => Some((frame.as_ptr().byte_add(64).cast::<*mut *mut ffi::PyObject>().read(), size)),
            11 => {
                let variables = names("co_varnames")?;
                let own_cells = names("co_cellvars")?.into_iter().filter(|name| !variables.contains(name)).count();
                let locals = variables.len() + own_cells + names("co_freevars")?.len();
                let running = frame.as_ptr().byte_add(24).cast::<*mut u8>().read();
                Some((running.byte_add(72).cast::<*mut ffi::PyObject>().add(locals), size))
            }
            _ => None,
        }
    }
}

/// How a call instruction counts to its callee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// Callee, arguments (3.10's CALL_FUNCTION).
    Plain,
    /// Function and self, or null and callee, then arguments (3.10's CALL_METHOD).
    Method,
    /// The same on 3.11 (CALL): there the instruction before it counts the arguments as gone already.
    Counted,
    /// Callee, arguments, a tuple of names (3.10's CALL_FUNCTION_KW).
    WithNames,
    /// Callee, a sequence, perhaps a mapping (CALL_FUNCTION_EX).
    Spread,
}
