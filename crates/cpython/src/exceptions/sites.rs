//! What is known of a code object's handlers, kept in an extra slot of its own. Called by `fate` for each frame it passes.
//!
//! Invariant: bytecode is read once a place that raised; afterwards a frame without a handler costs a few loads, and one
//! with a handler the look-up of the types it names. Freed by the interpreter with the code object.

use std::cell::{Cell, OnceCell, RefCell};
use std::ffi::c_void;
use std::rc::Rc;

use pausa_engine::exception_table;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::blocks::Blocks;
use super::handlers::{Clause, Handler};
use super::matching::{Namespaces, matches};
use crate::call_site;
use crate::code::facts::Bytecode;
use crate::code::opcodes::{ABSENT, Jump, Opcodes};
use crate::layout::Layout;
use crate::named::Named;
use crate::symbols::Symbols;

/// `CO_COROUTINE` and `CO_ASYNC_GENERATOR` of Include/cpython/code.h.
const CO_COROUTINE: u32 = 0x80;
const CO_ASYNC_GENERATOR: u32 = 0x200;

/// 3.10: the exception that was being handled and the new one, three values each.
const GIVEN_TO_HANDLER: usize = 6;

/// How many handlers may be nested in one frame before nothing is claimed of it.
const NESTING: usize = 50;

/// Whose code it is, as far as an exception's way out is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Anybody's.
    Plain,
    /// The import system's: calls through C that pass every exception on.
    Import,
    /// `runpy`'s, below the program.
    Runpy,
    /// `threading`'s outermost frames: they catch everything, to report it as uncaught.
    ThreadStart,
    /// What calls the functions of tests, in pytest and unittest.
    TestCall,
    /// What runs a test, or a part of one, and keeps what it raises (unittest's generator behind a `with`).
    TestPart,
    /// A destructor: what leaves it, nobody can have.
    Finalizer,
    /// asyncio calls a callback, or resumes a task.
    Turn,
    /// asyncio runs until a task is done, and gives or raises what that has come to.
    RunLoop,
}

/// Special methods, after which C code may expect an exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Special {
    None,
    /// `__init__`, `__new__`.
    Makes,
    /// `__call__`.
    Call,
    /// `__getitem__`.
    Item,
    /// `__len__`, `__length_hint__`.
    Length,
    /// `__set_name__`, whose exceptions come wrapped before 3.12.
    SetName,
}

impl Special {
    fn of(name: &str) -> Self {
        match name {
            "__init__" | "__new__" => Self::Makes,
            "__call__" => Self::Call,
            "__getitem__" => Self::Item,
            "__len__" | "__length_hint__" => Self::Length,
            "__set_name__" => Self::SetName,
            _ => Self::None,
        }
    }
}

impl Kind {
    /// True if exceptions that come to it through C have not been kept back there.
    pub fn takes_all_from_c(self) -> bool {
        matches!(self, Self::Import | Self::Runpy | Self::ThreadStart | Self::TestCall)
    }

    fn of(file: &str, name: &str) -> Self {
        match name {
            _ if file.starts_with("<frozen importlib") => Self::Import,
            _ if file == "<frozen runpy>" => Self::Runpy,
            "_bootstrap" | "_bootstrap_inner" if file.ends_with("/threading.py") => Self::ThreadStart,
            "pytest_pyfunc_call" if file.ends_with("/_pytest/python.py") => Self::TestCall,
            "call_fixture_func" if file.ends_with("/_pytest/fixtures.py") => Self::TestCall,
            "_callSetUp" | "_callTestMethod" | "_callTearDown" | "_callCleanup"
                if file.ends_with("/unittest/case.py") || file.ends_with("/unittest/async_case.py") =>
            {
                Self::TestCall
            }
            "testPartExecutor" if file.ends_with("/unittest/case.py") => Self::TestPart,
            "_run" if file.ends_with("/asyncio/events.py") => Self::Turn,
            "run_until_complete" if file.ends_with("/asyncio/base_events.py") => Self::RunLoop,
            "__del__" => Self::Finalizer,
            _ => Self::Plain,
        }
    }
}

/// What a frame does with an exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// It lets it go to the frame that waits for it.
    Passes,
    /// It catches it, or may.
    Catches,
    /// A `with` decides when it comes there, or something else that cannot be told.
    Asks,
}

/// The handlers of one code object.
pub struct CodeSites {
    pub kind: Kind,
    /// Exceptions pass it, and nothing about it matters to them.
    pub is_transparent: bool,
    /// What C code may do with an exception from a method of this name.
    pub special: Special,
    /// A coroutine or asynchronous generator.
    pub is_coroutine: bool,
    /// How many parameters it has that are given by position.
    pub parameters: usize,
    has_handlers: bool,
    table: Table,
    /// Its calls, once they were asked for.
    calls: OnceCell<Option<call_site::Sites>>,
    /// All that it returns is None, once that was asked for.
    returns_none: OnceCell<bool>,
    /// The offset at which an exception was caught last, and its type's address. Names may mean other types meanwhile:
    /// an exception that is not caught after all goes on by an event of its own, and is asked about again.
    caught: Cell<(usize, usize)>,
    /// The clauses that an exception at an offset comes to, in their order; ascending by offset.
    known: RefCell<Vec<(usize, Rc<[Clause]>)>>,
}

/// Where the handlers are.
enum Table {
    /// `co_exceptiontable`, from 3.11 on; empty for code without handlers.
    Ranges(Vec<u8>),
    /// 3.10 has none: what its blocks come to.
    Blocks(Blocks),
}

impl Table {
    fn is_empty(&self) -> bool {
        match self {
            Self::Ranges(table) => table.is_empty(),
            Self::Blocks(blocks) => blocks.is_empty(),
        }
    }

    /// How deep the stack is below what the handler of an instruction is given, where that is known.
    fn depth(&self, offset: usize) -> Option<usize> {
        let Self::Ranges(table) = self else { return None };
        let mut reached = exception_table::entries(table).take_while(|entry| entry.start <= offset);
        reached.find(|entry| offset < entry.end).map(|entry| entry.depth)
    }

    /// Where control goes if an instruction raises; None if the exception leaves the frame.
    fn handler(&self, offset: usize) -> Option<usize> {
        match self {
            Self::Ranges(table) => exception_table::handler(table, offset),
            Self::Blocks(blocks) => blocks.handler(offset),
        }
    }
}

/// Access to them: the index of their extra slot.
#[derive(Clone, Copy)]
pub struct Sites {
    index: ffi::Py_ssize_t,
    symbols: Symbols,
}

impl Sites {
    /// Asks the interpreter for a slot: once a process, as slots are never given back.
    pub fn request(symbols: Symbols) -> Option<Self> {
        // SAFETY: `free` accepts what `attach` stores; the GIL is held.
        let index = unsafe { (symbols.request_code_extra)(free) };
        (index >= 0).then_some(Self { index, symbols })
    }

    /// The handlers of a code object; None if they cannot be read.
    ///
    /// # Safety
    /// The code object is alive and stays so while the reference is used; the GIL is held.
    #[inline]
    pub unsafe fn of<'a>(
        &self,
        layout: Option<&Layout>,
        opcodes: &Opcodes,
        code: *mut ffi::PyObject,
    ) -> Option<&'a CodeSites> {
        let mut slot: *mut c_void = std::ptr::null_mut();
        // SAFETY: by the contract; our slot holds null or what `attach` made from a box.
        unsafe {
            match layout {
                Some(layout) => slot = layout.extra(code, self.index).cast(),
                None => drop((self.symbols.get_code_extra)(code, self.index, &raw mut slot)),
            }
            slot.cast::<CodeSites>().as_ref().or_else(|| self.attach(opcodes, code))
        }
    }

    /// # Safety
    /// As [`Sites::of`].
    #[cold]
    unsafe fn attach<'a>(&self, opcodes: &Opcodes, code: *mut ffi::PyObject) -> Option<&'a CodeSites> {
        // SAFETY: by the contract; on failure the box is taken back, and the error that was set is ours.
        unsafe {
            let py = Python::assume_attached();
            let read = CodeSites::read(&Bound::from_borrowed_ptr(py, code), opcodes).ok()?;
            let sites = Box::into_raw(Box::new(read));
            if (self.symbols.set_code_extra)(code, self.index, sites.cast()) != 0 {
                drop(Box::from_raw(sites));
                ffi::PyErr_Clear();
                return None;
            }
            sites.as_ref()
        }
    }
}

impl CodeSites {
    fn read(code: &Bound<'_, PyAny>, opcodes: &Opcodes) -> PyResult<Self> {
        let text = |name: &str| -> PyResult<String> { code.named(name)?.extract() };
        let (file, name) = (text("co_filename")?, text("co_name")?);
        let kind = Kind::of(&file, &name);
        let table = match code.named("co_exceptiontable") {
            Ok(table) => Table::Ranges(table.cast_into::<PyBytes>()?.as_bytes().to_vec()),
            Err(_) => Table::Blocks(Blocks::read(&Bytecode::without_lines(code)?, opcodes)),
        };
        let has_handlers = !table.is_empty();
        let is_transparent = kind == Kind::Plain && !has_handlers;
        let flags: u32 = code.named("co_flags")?.extract()?;
        Ok(Self {
            kind,
            is_transparent,
            special: Special::of(&name),
            is_coroutine: flags & (CO_COROUTINE | CO_ASYNC_GENERATOR) != 0,
            parameters: code.named("co_argcount")?.extract()?,
            has_handlers,
            table,
            calls: OnceCell::new(),
            returns_none: OnceCell::new(),
            caught: Cell::default(),
            known: RefCell::default(),
        })
    }

    /// 3.10: how deep the stack is below what a handler is given, by how deep it is where that begins.
    ///
    /// # Safety
    /// As [`CodeSites::calls`].
    unsafe fn depth_at(&self, opcodes: &Opcodes, code: *mut ffi::PyObject, target: usize) -> Option<usize> {
        // SAFETY: by the contract.
        let calls = unsafe { self.calls(opcodes, code) }?;
        calls.depth(target)?.checked_sub(GIVEN_TO_HANDLER)
    }

    /// Its calls, and where its variables end; None if they cannot be read.
    ///
    /// # Safety
    /// The GIL is held; `code` is the code object of this, and alive.
    pub unsafe fn calls(&self, opcodes: &Opcodes, code: *mut ffi::PyObject) -> Option<&call_site::Sites> {
        // SAFETY: by the contract.
        let code = unsafe { Bound::from_borrowed_ptr(Python::assume_attached(), code) };
        self.calls.get_or_init(|| call_site::Sites::read(&code, opcodes)).as_ref()
    }

    /// True if each return of the function gives None: an `__exit__` that does lets all exceptions pass.
    pub fn returns_none(&self, code: &Bound<'_, PyAny>, opcodes: &Opcodes) -> bool {
        *self.returns_none.get_or_init(|| returns_none(code, opcodes).unwrap_or(false))
    }

    /// True if an exception of this one's type was caught at this instruction before, in code that is nobody's in particular.
    ///
    /// # Safety
    /// The exception is alive.
    #[inline]
    pub unsafe fn has_caught(&self, offset: usize, exception: *mut ffi::PyObject) -> bool {
        // SAFETY: by the contract.
        self.kind == Kind::Plain && self.caught.get() == unsafe { (offset, ffi::Py_TYPE(exception).addr()) }
    }

    /// What becomes of an exception that an instruction raises, or that comes to it from a call. `exits` says what the
    /// `__exit__` of a `with` will do, which lies on top of a stack that is so deep.
    ///
    /// # Safety
    /// The GIL is held; `code` is the code object of this, and it, the exception and the namespaces are alive.
    #[inline]
    pub unsafe fn deed(
        &self,
        opcodes: &Opcodes,
        code: *mut ffi::PyObject,
        offset: usize,
        places: impl Fn() -> Namespaces,
        exception: *mut ffi::PyObject,
        exits: impl Fn(usize) -> Deed,
    ) -> Deed {
        if !self.has_handlers {
            return Deed::Passes;
        }
        // SAFETY: by the contract.
        let this = unsafe { (offset, ffi::Py_TYPE(exception).addr()) };
        if self.caught.get() == this {
            return Deed::Catches;
        }
        // SAFETY: by the contract.
        let (deed, is_lasting) = unsafe { self.read_deed(opcodes, code, offset, (&places, &exits), exception) };
        if deed == Deed::Catches && is_lasting {
            self.caught.set(this);
        }
        deed
    }

    /// As [`CodeSites::deed`], by the handlers themselves; and if it is so as long as the names mean the same.
    ///
    /// # Safety
    /// As [`CodeSites::deed`].
    #[inline(never)]
    unsafe fn read_deed(
        &self,
        opcodes: &Opcodes,
        code: *mut ffi::PyObject,
        offset: usize,
        (places, exits): (&dyn Fn() -> Namespaces, &dyn Fn(usize) -> Deed),
        exception: *mut ffi::PyObject,
    ) -> (Deed, bool) {
        let known = {
            let known = self.known.borrow();
            let at = known.binary_search_by_key(&offset, |(offset, _)| *offset).ok();
            at.and_then(|at| known.get(at)).map(|(_, clauses)| clauses.clone())
        };
        // SAFETY: by the contract.
        let Some(clauses) = known.or_else(|| unsafe { self.learn(opcodes, code, offset) }) else {
            return (Deed::Catches, true);
        };
        let mut is_lasting = true;
        for clause in clauses.iter() {
            match clause {
                // SAFETY: by the contract.
                Clause::Catches(types) => match unsafe { matches(types, places(), exception) } {
                    Some(false) => {}
                    Some(true) | None => return (Deed::Catches, is_lasting),
                },
                // SAFETY: by the contract; exceptions' types are compared by their MROs.
                Clause::EndsLoop => unsafe {
                    if ffi::PyErr_GivenExceptionMatches(exception, ffi::PyExc_StopAsyncIteration) != 0 {
                        return (Deed::Catches, is_lasting);
                    }
                },
                Clause::CatchesAll => return (Deed::Catches, is_lasting),
                Clause::Asks(depth) => match depth.map_or(Deed::Asks, exits) {
                    // Another time another manager may be there.
                    Deed::Passes => is_lasting = false,
                    found => return (found, false),
                },
            }
        }
        (Deed::Passes, is_lasting)
    }

    /// What has to run when the block at an offset is left: `with`, `finally`; None if nothing has. For a function that is moved.
    pub fn block_to_end(&self, code: &Bound<'_, PyAny>, opcodes: &Opcodes, offset: usize) -> Option<&'static str> {
        let bytecode = Bytecode::without_lines(code).ok()?;
        let names: Vec<String> = code.named("co_names").ok()?.extract().ok()?;
        let handler = Handler { py: code.py(), bytecode: &bytecode, names: &names, opcodes };
        let mut at = offset;
        for _ in 0..NESTING {
            let target = self.table.handler(at)?;
            match handler.clauses(target).as_slice() {
                // What a generator does with StopIteration, and a handler with its own exception, has no clause either: it
                // raises again at once.
                [] if handler.only_passes_on(target) => {}
                [] => return Some("finally"),
                [.., Clause::Asks(_)] => return Some("with"),
                _ => {}
            }
            at = target;
        }
        Some("finally")
    }

    /// Reads the handlers that an exception at an offset comes to; None if they cannot be read.
    ///
    /// # Safety
    /// As [`CodeSites::deed`].
    #[cold]
    unsafe fn learn(&self, opcodes: &Opcodes, code: *mut ffi::PyObject, offset: usize) -> Option<Rc<[Clause]>> {
        // SAFETY: by the contract.
        let (py, code) = unsafe {
            let py = Python::assume_attached();
            (py, Bound::from_borrowed_ptr(py, code))
        };
        let bytecode = Bytecode::without_lines(&code).ok()?;
        let names: Vec<String> = code.named("co_names").ok()?.extract().ok()?;
        let handler = Handler { py, bytecode: &bytecode, names: &names, opcodes };
        let mut clauses = Vec::new();
        let mut at = offset;
        for nesting in 0.. {
            let Some(target) = self.table.handler(at) else { break };
            let known = clauses.len();
            clauses.extend(handler.clauses(target));
            let own = clauses.get_mut(known..).and_then(<[Clause]>::last_mut);
            if let Some(Clause::Asks(depth)) = own {
                // SAFETY: by the contract.
                *depth = self.table.depth(at).or_else(|| unsafe { self.depth_at(opcodes, code.as_ptr(), target) });
            }
            let is_end = matches!(clauses.last(), Some(Clause::CatchesAll | Clause::Asks(None)));
            if is_end || nesting == NESTING {
                clauses.extend((!is_end).then_some(Clause::CatchesAll));
                break;
            }
            at = target;
        }
        let clauses: Rc<[Clause]> = clauses.into();
        let mut known = self.known.borrow_mut();
        if let Err(place) = known.binary_search_by_key(&offset, |(offset, _)| *offset) {
            known.insert(place, (offset, clauses.clone()));
        }
        Some(clauses)
    }
}

/// As [`CodeSites::returns_none`]; None if that cannot be told.
fn returns_none(code: &Bound<'_, PyAny>, opcodes: &Opcodes) -> Option<bool> {
    let constants = code.named("co_consts").ok()?;
    let is_none = |at: u8| constants.get_item(at).is_ok_and(|constant| constant.is_none());
    let bytecode = Bytecode::without_lines(code).ok()?;
    let units: Vec<_> = bytecode.units().collect();
    let [plain, constant] = opcodes.returns;
    let mut targets = Vec::new();
    let mut extended = 0;
    for (at, &(_, opcode, argument)) in units.iter().enumerate() {
        let whole = (extended << 8) | usize::from(argument);
        extended = if opcode == opcodes.extended_arg { whole } else { 0 };
        let caches = units.get(at + 1..)?.iter().take_while(|(_, opcode, _)| *opcode == ABSENT).count();
        targets.extend(match opcodes.jumps.get(usize::from(opcode)).copied().flatten() {
            Some(Jump::Forward) => Some(at + 1 + caches + whole),
            Some(Jump::Backward) => (at + 1 + caches).checked_sub(whole),
            Some(Jump::Absolute) => Some(whole),
            None => None,
        });
    }
    let gives_none = |at: usize| {
        let before = at.checked_sub(1).and_then(|before| units.get(before));
        let loads = |&(_, opcode, constant): &(usize, u8, u8)| {
            opcodes.load_none == Some((opcode, constant)) || (opcode == opcodes.load_const && is_none(constant))
        };
        before.is_some_and(loads) && !targets.contains(&at)
    };
    let mut returns = units.iter().enumerate().filter(|(_, (_, opcode, _))| *opcode != ABSENT);
    Some(returns.all(|(at, &(_, opcode, argument))| match opcode {
        own if own == plain => gives_none(at),
        own if own == constant => is_none(argument),
        _ => true,
    }))
}

/// Frees a code object's handlers with it.
unsafe extern "C" fn free(sites: *mut c_void) {
    if !sites.is_null() {
        // SAFETY: our slot holds what `Sites::attach` made from a box, and the interpreter frees it once.
        let sites = unsafe { Box::from_raw(sites.cast::<CodeSites>()) };
        // Attached in PyO3's eyes too, so that the names go now and not some time later.
        let _ = Python::try_attach(|_| drop(sites));
    }
}
