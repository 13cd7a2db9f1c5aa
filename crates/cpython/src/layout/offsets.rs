//! The offsets themselves: tables up to 3.12, the interpreter's own block of debug offsets from 3.13 on.
//!
//! Called by `Layout::find`. Invariant: an interpreter that is not known gives none.

use pyo3::prelude::*;

use crate::symbols::lookup;

/// Offsets in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offsets {
    /// In the thread state: the innermost frame, or in 3.11 and 3.12 what holds it.
    pub current_frame: usize,
    /// 3.11 and 3.12: where what the thread state points to, the innermost loop, has its innermost frame.
    pub in_cframe: Option<usize>,
    /// In a frame.
    pub parts: Parts,
    /// In a frame: who owns it, if its predecessors can be told from calls through C by that.
    pub owner: Option<usize>,
    /// In a frame: its variables.
    pub locals: usize,
    /// In a code object: its bytecode. The extra slots are the pointer before it.
    pub bytecode: usize,
    /// A frame has a pointer to the end of its stack, not a number.
    pub has_stack_pointer: bool,
    /// The bits of a frame's references that are address: 3.14 tags one bit, 3.15 two.
    pub address: usize,
}

/// The pointers of a frame that all versions have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    /// The code object.
    pub executable: usize,
    /// The frame that waits for this one.
    pub previous: usize,
    pub globals: usize,
    pub builtins: usize,
    /// The namespace of a module or class body.
    pub namespace: usize,
    /// The frame object.
    pub object: Option<usize>,
    /// The instruction that the frame is at, if that is a pointer.
    pub instruction: Option<usize>,
}

impl Parts {
    /// `struct _PyInterpreterFrame` of 3.12 to 3.15.
    const OF_FRAMES: Self = Self {
        executable: 0,
        previous: 8,
        globals: 24,
        builtins: 32,
        namespace: 40,
        object: Some(48),
        instruction: Some(56),
    };
    /// The same structure in 3.11, with the function first (Include/internal/pycore_frame.h).
    const OF_FRAMES_3_11: Self = Self {
        executable: 32,
        previous: 48,
        globals: 8,
        builtins: 16,
        namespace: 24,
        object: Some(40),
        instruction: Some(56),
    };
    /// `PyFrameObject` of 3.10 (Include/cpython/frameobject.h): all frames are objects.
    const OF_OBJECTS: Self = Self {
        executable: 32,
        previous: 24,
        globals: 48,
        builtins: 40,
        namespace: 56,
        object: None,
        instruction: None,
    };
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
            // Include/cpython/{pystate,frameobject,code}.h of 3.10. The extra slots are the last field of code objects, whose
            // bytecode is an object of its own.
            (3, 10) => Some(Self {
                current_frame: 24,
                in_cframe: None,
                parts: Parts::OF_OBJECTS,
                owner: None,
                locals: 352,
                bytecode: 152,
                has_stack_pointer: false,
                address: !0,
            }),
            // Include/internal/pycore_frame.h, Include/cpython/{pystate,code}.h of 3.11, and of 3.12.
            (3, 11) => Some(Self {
                current_frame: 56,
                in_cframe: Some(8),
                parts: Parts::OF_FRAMES_3_11,
                owner: None,
                locals: 72,
                bytecode: 184,
                has_stack_pointer: false,
                address: !0,
            }),
            (3, 12) => Some(Self {
                current_frame: 56,
                in_cframe: Some(0),
                parts: Parts::OF_FRAMES,
                owner: Some(70),
                locals: 72,
                bytecode: 192,
                has_stack_pointer: false,
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
            in_cframe: None,
            parts: Parts::OF_FRAMES,
            owner: Some(number(frame + 5)?),
            locals: number(frame + 4)?,
            bytecode: number(code + 9)?,
            has_stack_pointer: shape.address != !0,
            address: shape.address,
        };
        let is_known = number(frame + 1)? == found.parts.previous
            && number(frame + 2)? == found.parts.executable
            && number(frame + 3) == found.parts.instruction;
        is_known.then_some(found)
    }
}
