//! The offsets themselves: a table for 3.12, the interpreter's own block of debug offsets from 3.13 on.
//!
//! Called by `Layout::find`. Invariant: an interpreter that is not known gives none.

use pyo3::prelude::*;

use crate::symbols::lookup;

/// Offsets in bytes. Those that no version has changed are constants of `frame`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offsets {
    /// In the thread state: the innermost frame, or in 3.12 what holds it.
    pub current_frame: usize,
    /// 3.12: the thread state points to a structure whose first field is the innermost frame.
    pub through_cframe: bool,
    /// In a frame: who owns it.
    pub owner: usize,
    /// In a frame: its variables.
    pub locals: usize,
    /// In a code object: its bytecode. The extra slots are the pointer before it.
    pub bytecode: usize,
    /// The bits of a frame's references that are address: 3.14 tags one bit, 3.15 two.
    pub address: usize,
}

/// `struct _Py_DebugOffsets` begins with this cookie and the version (Include/internal/pycore_debug_offsets.h).
const COOKIE: u64 = u64::from_le_bytes(*b"xdebugpy");

/// How many numbers the parts of the block before a frame's have: the runtime's, the interpreter's, the thread's and, in
/// 3.15, those of the exception stack.
struct Shape {
    interpreter: usize,
    thread: usize,
    exception: usize,
    frame: usize,
    address: usize,
}

impl Offsets {
    /// Those of this interpreter.
    pub fn of(py: Python<'_>) -> Option<Self> {
        let version = py.version_info();
        match (version.major, version.minor) {
            // Include/internal/pycore_frame.h, Include/cpython/{pystate,code}.h of 3.12.
            (3, 12) => Some(Self {
                current_frame: 56,
                through_cframe: true,
                owner: 70,
                locals: 72,
                bytecode: 192,
                address: !0,
            }),
            (3, 13) => Self::read(&Shape { interpreter: 13, thread: 9, exception: 0, frame: 6, address: !0 }),
            (3, 14) => Self::read(&Shape { interpreter: 16, thread: 9, exception: 0, frame: 8, address: !1 }),
            (3, 15) => Self::read(&Shape { interpreter: 16, thread: 16, exception: 1, frame: 8, address: !3 }),
            _ => None,
        }
    }

    /// Reads the block at the start of `_PyRuntime`.
    fn read(shape: &Shape) -> Option<Self> {
        let block = lookup(c"_PyRuntime")?.cast::<u64>().cast_const();
        // SAFETY: `_PyRuntime` is a structure of the interpreter, aligned and far longer than what is read here; it
        // begins with the block in every version that has a shape.
        let at = |index: usize| unsafe { block.add(index).read() };
        // SAFETY: a constant of the interpreter, of type `unsigned long` (Include/pylifecycle.h, 3.11).
        let version = unsafe { lookup(c"Py_Version")?.cast::<u64>().read() };
        let free_threaded = at(2) != 0;
        if at(0) != COOKIE || at(1) != version || free_threaded {
            return None;
        }
        let thread = 6 + shape.interpreter;
        let frame = thread + shape.thread + shape.exception;
        let code = frame + shape.frame;
        let number = |index: usize| usize::try_from(at(index)).ok();
        let found = Self {
            current_frame: number(thread + 4)?,
            through_cframe: false,
            owner: number(frame + 5)?,
            locals: number(frame + 4)?,
            bytecode: number(code + 9)?,
            address: shape.address,
        };
        let is_known = number(frame + 1)? == super::frame::PREVIOUS
            && number(frame + 2)? == super::frame::EXECUTABLE
            && number(frame + 3)? == super::frame::INSTRUCTION;
        is_known.then_some(found)
    }
}
