//! Whether Python code called a frame directly, on 3.10 and 3.11, and what a call instruction calls: read from the caller's
//! value stack.
//!
//! Called by `frames`, and by `exceptions` for what stands between two frames. The interpreter puts nothing between two frames there that would tell a call through C apart. A
//! direct call has the function itself where the call instruction takes its callee from; `sorted` or `map` has itself
//! there. Invariant: only slots below the caller's stack pointer are read, and what is not certain is no direct call.

use std::cell::RefCell;
use std::ffi::CStr;
use std::ptr::NonNull;
use std::rc::Rc;
use std::sync::OnceLock;

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use pyo3::{ffi, intern};
use rustc_hash::FxHashMap;

use crate::code::opcodes::{ABSENT, Opcodes};
use crate::code::registry::CodeKey;
use crate::code::stack_depth;
use crate::debugger::Debugger;
use crate::named::Named;
use crate::symbols::lookup;

/// The call sites of code objects that were asked about; only touched with the GIL held.
#[derive(Default)]
pub struct CallSites(RefCell<FxHashMap<CodeKey, Option<Rc<Sites>>>>);

/// What is known of one code object.
pub struct Sites {
    /// How deep the stack is before each instruction, if that can be computed.
    depths: Option<Vec<Option<usize>>>,
    bytecode: Vec<u8>,
    /// How many variables lie below the stack.
    pub variables: usize,
    /// How deep the stack can be.
    size: usize,
}

impl CallSites {
    fn of(&self, code: &Bound<'_, PyAny>, opcodes: &Opcodes) -> Option<Rc<Sites>> {
        if let Some(known) = self.0.borrow().get(&CodeKey::of(code)) {
            return known.clone();
        }
        let sites = Sites::read(code, opcodes).map(Rc::new);
        self.0.borrow_mut().insert(CodeKey::of(code), sites.clone());
        sites
    }

    /// Forgets a code object that is about to be freed.
    pub fn forget(&self, code: CodeKey) {
        self.0.borrow_mut().remove(&code);
    }
}

impl Sites {
    /// Reads a code object.
    pub fn read(code: &Bound<'_, PyAny>, opcodes: &Opcodes) -> Option<Self> {
        Some(Self {
            depths: stack_depth::of(code, opcodes),
            bytecode: code.named("co_code").ok()?.cast_into::<PyBytes>().ok()?.as_bytes().to_vec(),
            variables: stack_depth::variables(code)?,
            size: code.named("co_stacksize").ok()?.extract().ok()?,
        })
    }

    /// How deep the stack is before the instruction at an offset.
    pub fn depth(&self, offset: usize) -> Option<usize> {
        *self.depths.as_ref()?.get(offset / 2)?
    }

    /// The instruction that a frame at an offset is at, which may be that of a cache entry.
    pub fn instruction(&self, offset: usize, opcodes: &Opcodes) -> Option<(usize, u8)> {
        let has_caches = opcodes.resume != ABSENT;
        let opcode = |at: usize| self.bytecode.get(2 * at).copied();
        let at = (0..=offset / 2).rev().find(|at| !has_caches || opcode(*at) != Some(ABSENT))?;
        Some((at, opcode(at)?))
    }

    /// The slots of the stack that hold the callee of the call instruction with this number: the first one, if there is
    /// something in it.
    pub fn callee(&self, at: usize, minor: u8, opcodes: &Opcodes) -> Option<[usize; 2]> {
        let depth = (*self.depths.as_ref()?.get(at)?)?;
        let &[opcode, argument] = self.bytecode.get(2 * at..2 * at + 2)? else { return None };
        let [call, function, method, names, with_names, spread] = opcodes.all_calls;
        let is_extended = at > 0 && self.bytecode.get(2 * at - 2) == Some(&opcodes.extended_arg);
        let count = usize::from(argument);
        let below_top = match opcode {
            ABSENT => return None,
            _ if is_extended => return None,
            // The instruction before it counts the arguments as gone already.
            own if own == call && minor == 11 => [2, 1],
            own if own == call || own == method => [count + 2, count + 1],
            own if own == function => [count + 1; 2],
            own if own == names => [count + 2; 2],
            own if own == with_names => [count + 3, count + 2],
            own if own == spread && minor > 13 => [4; 2],
            own if own == spread => [2 + (count & 1); 2],
            _ => return None,
        };
        let slots = below_top.map(|below| depth.checked_sub(below).filter(|slot| *slot < self.size));
        let [Some(first), Some(second)] = slots else { return slots[1].map(|only| [only; 2]) };
        Some([first, second])
    }

    /// From which slots of the stack the call instruction at an offset takes its callee.
    fn callees(&self, offset: usize, opcodes: &Opcodes) -> Option<impl Iterator<Item = usize>> {
        let depth = (*self.depths.as_ref()?.get(offset / 2)?)?;
        let &[opcode, argument] = self.bytecode.get(offset..offset + 2)? else { return None };
        let count = usize::from(argument);
        // More than 255 arguments come with an instruction before this one, and are rare.
        let has_more = offset >= 2 && self.bytecode.get(offset - 2) == Some(&opcodes.extended_arg);
        let below_top = match opcodes.calls.iter().find(|(call, _)| *call == opcode)?.1 {
            _ if has_more => return None,
            Call::Plain => [Some(count + 1), None],
            Call::Method => [Some(count + 1), Some(count + 2)],
            Call::Counted => [Some(1), Some(2)],
            Call::WithNames => [Some(count + 2), None],
            Call::Spread => [Some(2 + (count & 1)), None],
        };
        let size = self.size;
        Some(
            below_top
                .into_iter()
                .flatten()
                .filter_map(move |below| depth.checked_sub(below))
                .filter(move |at| *at < size),
        )
    }
}

/// True if the call instruction that `caller` is at calls the Python function that runs in `frame`.
pub fn is_direct(frame: &Bound<'_, PyAny>, caller: &Bound<'_, PyAny>) -> bool {
    let find = || -> Option<bool> {
        let debugger = Debugger::enter()?;
        let (code, calling) = (crate::frames::code(frame)?, crate::frames::code(caller)?);
        let sites = debugger.call_sites.of(&calling, debugger.opcodes)?;
        let offset = caller.getattr(intern!(caller.py(), "f_lasti")).ok()?.extract().ok()?;
        let base = stack(caller, sites.variables)?;
        // SAFETY: the stack of a running frame has `co_stacksize` slots; those of a call are in use while it runs, and
        // hold an object or null.
        let callee = |at: usize| unsafe { Bound::from_borrowed_ptr_or_opt(frame.py(), base.add(at).read()) };
        let mut callees = sites.callees(offset, debugger.opcodes)?.filter_map(callee);
        Some(callees.any(|callee| code_of(&callee).is_some_and(|own| own.is(&code))))
    };
    find().unwrap_or(false)
}

/// The code of a function or of a method's function; exact types only, whose attributes run no code of the program.
fn code_of<'py>(callee: &Bound<'py, PyAny>) -> Option<Bound<'py, PyAny>> {
    static FUNCTION: OnceLock<usize> = OnceLock::new();
    static METHOD: OnceLock<usize> = OnceLock::new();
    let py = callee.py();
    let kind = callee.get_type().as_ptr() as usize;
    let is =
        |of: &OnceLock<usize>, name: &CStr| kind == *of.get_or_init(|| lookup(name).map_or(0, |kind| kind as usize));
    if is(&METHOD, c"PyMethod_Type") {
        return code_of(&callee.getattr(intern!(py, "__func__")).ok()?);
    }
    if is(&FUNCTION, c"PyFunction_Type") { callee.getattr(intern!(py, "__code__")).ok() } else { None }
}

/// Where a frame's value stack begins, before 3.12.
pub fn stack(frame: &Bound<'_, PyAny>, variables: usize) -> Option<*mut *mut ffi::PyObject> {
    // SAFETY: a frame object of 3.10 has its stack's address at 64 (`f_valuestack`); one of 3.11 its interpreter frame's at
    // 24, whose variables begin at 72, with the stack behind them (cpython/frameobject.h, pycore_frame.h).
    unsafe {
        match crate::version::minor(frame.py()) {
            10 => Some(frame.as_ptr().byte_add(64).cast::<*mut *mut ffi::PyObject>().read()),
            11 => {
                let running = frame.as_ptr().byte_add(24).cast::<*mut u8>().read();
                Some(running.byte_add(72).cast::<*mut ffi::PyObject>().add(variables))
            }
            _ => None,
        }
    }
}

/// Where a frame's variables begin, before 3.12.
pub fn variables(frame: &Bound<'_, PyAny>) -> Option<*mut *mut ffi::PyObject> {
    match crate::version::minor(frame.py()) {
        // SAFETY: `f_localsplus` of a frame object of 3.10 (cpython/frameobject.h).
        10 => Some(unsafe { frame.as_ptr().byte_add(352).cast() }),
        _ => stack(frame, 0),
    }
}

/// The value on top of the stack of a frame whose tracer runs, borrowed.
///
/// # Safety
/// The frame is the innermost of this thread, and its trace function is being called.
pub unsafe fn top(frame: &Bound<'_, PyAny>) -> Option<NonNull<ffi::PyObject>> {
    // SAFETY: by the contract. A frame object of 3.10 has its stack's address at 64 and how deep that is at 80
    // (`f_valuestack`, `f_stackdepth`); one of 3.11 its interpreter frame's at 24, which counts variables and values at 64
    // (`stacktop`), and has them from 72 on.
    unsafe {
        let object = frame.as_ptr();
        let (base, count) = match crate::version::minor(frame.py()) {
            10 => {
                (object.byte_add(64).cast::<*mut *mut ffi::PyObject>().read(), object.byte_add(80).cast::<i32>().read())
            }
            11 => {
                let running = object.byte_add(24).cast::<*mut u8>().read();
                (running.byte_add(72).cast::<*mut ffi::PyObject>(), running.byte_add(64).cast::<i32>().read())
            }
            _ => return None,
        };
        let last = usize::try_from(count).ok()?.checked_sub(1)?;
        NonNull::new(base.add(last).read())
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
