//! What is armed in a code object, kept in the object's own extra slot. Read by callbacks, written by `debugger`.
//!
//! Invariant: found in O(1) from an event's code object; touched only with the GIL held; freed by the interpreter with
//! the code object. A callback that may run Python clones what it needs first, as the record can change meanwhile.

use std::cell::{Cell, OnceCell, Ref, RefCell};
use std::ffi::c_void;
use std::rc::Rc;
use std::sync::Arc;

use pyo3::ffi;
use pyo3::prelude::*;

use pausa_engine::breakpoints::BreakpointId;
use pausa_engine::by_task::ByTask;
use pausa_engine::code::CodeFacts;
use pausa_engine::function_breakpoints::Moment;
use pausa_engine::hits::{HitCondition, Hits};
use pausa_engine::port::Line;

use super::facts::{Reading, Turn};
use super::line_table::Stretch;
use super::opcodes::Opcodes;
use crate::evaluate::{Compiled, Shortcut};
use crate::events::Events;
use crate::receiver::Receiver;
use crate::symbols::Symbols;
use crate::watch::Reads;

/// A breakpoint as it is armed at a line of one code object.
pub struct ArmedBreakpoint {
    /// Its number.
    pub id: BreakpointId,
    /// Its condition's text.
    pub condition: Option<String>,
    /// The condition compiled for this code, at its first hit.
    pub compiled: OnceCell<Compiled>,
    /// In which tasks it stops, and whether hits are counted for each.
    pub tasks: ByTask,
    /// At which hits it stops.
    pub hit_condition: Option<HitCondition>,
    /// What it prints instead of stopping.
    pub log_message: Option<String>,
    /// The message compiled for this code, at its first hit.
    pub spoken: OnceCell<Vec<Spoken>>,
    /// Its hits, shared with all the places it is armed at.
    pub hits: Arc<Hits>,
    /// Whose calls it stops at, if not at everybody's.
    pub receiver: Option<Rc<Receiver>>,
}

/// A part of a log message.
pub enum Spoken {
    /// Said as it is.
    Text(String),
    /// Said by its value; compiled if it can be.
    Expression(String, Option<Compiled>),
}

/// What is armed at one line, or at one instruction.
pub type ArmedLine = Rc<Vec<ArmedBreakpoint>>;

/// Breakpoints that wait for the end of a call, each with the end that it waits for.
pub type ArmedEndings = Rc<Vec<(Moment, ArmedBreakpoint)>>;

/// What is armed at instructions, by where these are, ascending.
pub type Points = Vec<(u32, ArmedLine)>;

/// The record of one code object.
pub struct Record {
    /// What the engine knows of it.
    pub facts: CodeFacts,
    /// True if it is the user's code.
    pub in_scope: bool,
    /// Jumps that turn loops on one line.
    pub turns: Vec<Turn>,
    /// Which instructions belong to which line.
    lines: Vec<Stretch>,
    /// Lines with breakpoints, ascending.
    armed: RefCell<Vec<(Line, ArmedLine)>>,
    /// Breakpoints on the ends of calls.
    endings: RefCell<ArmedEndings>,
    /// Instructions with breakpoints, ascending.
    points: RefCell<Vec<(u32, ArmedLine)>>,
    /// The lines of those.
    pointed: RefCell<Vec<Line>>,
    /// There are such instructions.
    pub has_points: Cell<bool>,
    /// The step under way wants each instruction told.
    pub by_instruction: Cell<bool>,
    /// The only line with a breakpoint, and a test without which its condition does not hold.
    shortcut: Cell<Option<(Line, Shortcut)>>,
    /// The step under way may end here.
    pub stepping: Cell<bool>,
    /// A stop at entry is waited for here.
    pub entry: Cell<bool>,
    /// An event loop hears here of an exception that nobody has retrieved.
    pub reports: Cell<bool>,
    /// The calls of a frame that steps are looked at.
    pub calling: Cell<bool>,
    /// The return value is wanted by the step under way.
    pub returning: Cell<bool>,
    /// A place is looked at here, as nobody tells of its changes.
    pub watched: Cell<bool>,
    /// A frame of it has stored into a watched dict, which is to be told.
    pub stored: Cell<bool>,
    /// Where attributes are loaded that are watched for reads.
    reads: RefCell<Option<Rc<Reads>>>,
    /// The local events that are set.
    pub events: Cell<Events>,
    /// Some line was disabled since they were set.
    pub has_disabled: Cell<bool>,
}

impl Record {
    /// A record with nothing armed.
    pub fn new(reading: Reading, in_scope: bool) -> Self {
        Self {
            facts: reading.facts,
            in_scope,
            turns: reading.turns,
            lines: reading.lines,
            armed: RefCell::default(),
            endings: RefCell::default(),
            points: RefCell::default(),
            pointed: RefCell::default(),
            has_points: Cell::new(false),
            by_instruction: Cell::new(false),
            shortcut: Cell::new(None),
            stepping: Cell::new(false),
            entry: Cell::new(false),
            reports: Cell::new(false),
            calling: Cell::new(false),
            returning: Cell::new(false),
            watched: Cell::new(false),
            stored: Cell::new(false),
            reads: RefCell::default(),
            events: Cell::default(),
            has_disabled: Cell::new(false),
        }
    }

    /// Where attributes are loaded that are watched for reads.
    #[inline]
    pub fn reads(&self) -> Option<Rc<Reads>> {
        self.reads.borrow().clone()
    }

    /// True if one is at this instruction.
    #[inline]
    pub fn reads_at(&self, offset: u32) -> bool {
        self.reads.borrow().as_ref().is_some_and(|reads| reads.has(offset))
    }

    /// Replaces those.
    pub fn set_reads(&self, reads: Option<Rc<Reads>>) {
        self.reads.replace(reads);
    }

    /// What is armed at a line.
    #[inline]
    pub fn at(&self, line: Line) -> Option<ArmedLine> {
        self.look(line, |armed| armed.cloned())
    }

    /// Looks at what is armed at a line, without taking it: nothing may run meanwhile.
    #[inline]
    fn look<T>(&self, line: Line, look: impl FnOnce(Option<&ArmedLine>) -> T) -> T {
        look(at_line(&self.armed(), line))
    }

    /// All that is armed, to be looked at by [`at_line`] while nothing runs.
    #[inline(always)]
    pub fn armed(&self) -> Ref<'_, Vec<(Line, ArmedLine)>> {
        self.armed.borrow()
    }

    /// Remembers the shortcut of a line's condition, if nothing else is armed here.
    pub fn learn_shortcut(&self, line: Line) {
        let armed = self.armed.borrow();
        let [(only, breakpoints)] = armed.as_slice() else { return };
        let [breakpoint] = breakpoints.as_slice() else { return };
        if *only == line {
            let shortcut = breakpoint.compiled.get().and_then(Compiled::shortcut);
            self.shortcut.set(shortcut.map(|shortcut| (line, shortcut)));
        }
    }

    /// The test that lets a thread pass this line, if there is one.
    #[inline(always)]
    pub fn shortcut(&self, line: Line) -> Option<Shortcut> {
        self.shortcut.get().filter(|(known, _)| *known == line).map(|(_, shortcut)| shortcut)
    }

    /// True if nothing at all is of interest at a line.
    pub fn is_quiet_at(&self, line: Line) -> bool {
        self.has_breakpoints_only() && !self.is_told_by_instruction(line) && self.look(line, |armed| armed.is_none())
    }

    /// True if only breakpoints are of interest here: no step may end, no entry is waited for.
    #[inline]
    pub fn has_breakpoints_only(&self) -> bool {
        !self.stepping.get() && !self.entry.get() && !self.reports.get() && !self.is_watched()
    }

    /// True if data breakpoints want to hear of each line, and nobody but breakpoints of its lines wants anything else.
    #[inline]
    pub fn is_only_watched(&self) -> bool {
        self.watched.get() && !self.stored.get() && !self.stepping.get() && !self.entry.get() && !self.reports.get()
    }

    /// True if data breakpoints want to hear of each line.
    #[inline]
    pub fn is_watched(&self) -> bool {
        self.watched.get() || self.stored.get()
    }

    /// Replaces what is armed; gives the old, to be dropped where code of the program may run.
    #[must_use]
    pub fn arm(&self, mut armed: Vec<(Line, ArmedLine)>) -> Vec<(Line, ArmedLine)> {
        armed.sort_by_key(|(line, _)| *line);
        self.shortcut.set(None);
        self.armed.replace(armed)
    }

    /// What waits for calls to end.
    pub fn endings(&self) -> ArmedEndings {
        self.endings.borrow().clone()
    }

    /// Replaces that; gives the old, to be dropped where code of the program may run.
    #[must_use]
    pub fn arm_endings(&self, endings: ArmedEndings) -> ArmedEndings {
        self.endings.replace(endings)
    }

    /// True if a breakpoint waits for calls to end in this way.
    #[inline]
    pub fn awaits(&self, moment: Moment) -> bool {
        self.endings.borrow().iter().any(|(own, _)| *own == moment)
    }

    /// True if a breakpoint waits for calls to end.
    pub fn has_endings(&self) -> bool {
        !self.endings.borrow().is_empty()
    }

    /// What is armed at an instruction.
    pub fn at_instruction(&self, offset: u32) -> Option<ArmedLine> {
        let points = self.points.borrow();
        let at = points.binary_search_by_key(&offset, |(offset, _)| *offset).ok()?;
        points.get(at).map(|(_, armed)| armed.clone())
    }

    /// Replaces what is armed at instructions; gives the old, to be dropped where code of the program may run.
    #[must_use]
    pub fn arm_instructions(&self, points: Points) -> Points {
        *self.pointed.borrow_mut() = points.iter().filter_map(|(offset, _)| self.line_of(*offset)).collect();
        self.has_points.set(!points.is_empty());
        self.points.replace(points)
    }

    /// True if a line event at this line may be at an instruction that has something armed, or is told by itself too.
    #[inline]
    pub fn is_told_by_instruction(&self, line: Line) -> bool {
        self.by_instruction.get() || (self.has_points.get() && self.pointed.borrow().contains(&line))
    }

    /// The line of an instruction.
    pub fn line_of(&self, offset: u32) -> Option<Line> {
        let at = self.lines.partition_point(|&(_, end, _)| end <= offset as usize);
        self.lines.get(at).and_then(|&(_, _, line)| line)
    }

    /// True if any breakpoint is armed at a line here.
    pub fn has_breakpoints(&self) -> bool {
        !self.armed.borrow().is_empty()
    }

    /// True if a breakpoint is armed at a line that is told only if the start event is wanted too (gh-155992).
    pub fn needs_start(&self) -> bool {
        let start = self.facts.start_line;
        self.entry.get()
            || self.stepping.get()
            || self.watched.get()
            || self.armed.borrow().iter().any(|(line, _)| *line == start)
    }

    /// True if a loop of statements stands on this line, comprehensions left out.
    pub fn has_loop_on(&self, line: Line) -> bool {
        self.turns.iter().any(|turn| turn.line == line && !turn.is_comprehension)
    }

    /// True if a breakpoint is armed at a line that holds a whole loop.
    pub fn needs_jumps(&self) -> bool {
        self.armed.borrow().iter().any(|(line, _)| self.has_loop_on(*line))
    }
}

/// What is armed at a line.
#[inline(always)]
pub fn at_line(armed: &[(Line, ArmedLine)], line: Line) -> Option<&ArmedLine> {
    match armed {
        [(only, armed)] => (*only == line).then_some(armed),
        many => many.binary_search_by_key(&line, |(line, _)| *line).ok().and_then(|at| Some(&many.get(at)?.1)),
    }
}

/// Access to the records: the index of our extra slot.
#[derive(Clone, Copy)]
pub struct Records {
    index: ffi::Py_ssize_t,
    symbols: Symbols,
}

impl Records {
    /// Asks the interpreter for a slot. Slots are few and never given back: once a process.
    pub fn request(symbols: Symbols) -> Option<Self> {
        // SAFETY: `free` accepts what `attach` stores; the GIL is held.
        let index = unsafe { (symbols.request_code_extra)(free) };
        (index >= 0).then_some(Self { index, symbols })
    }

    /// The record of a code object.
    ///
    /// The reference is valid while the code object lives and its record is not detached; callers hold the GIL and use
    /// it before either can happen, or hold a reference to the code object.
    #[inline]
    pub fn get<'a>(&self, code: *mut ffi::PyObject) -> Option<&'a Record> {
        // SAFETY: our slot only ever holds what `attach` made from a box, until the interpreter frees it.
        unsafe { self.read(code).cast::<Record>().as_ref() }
    }

    /// The index of our slot.
    pub fn index(&self) -> ffi::Py_ssize_t {
        self.index
    }

    /// What our slot of a code object holds, or null.
    pub fn read(&self, code: *mut ffi::PyObject) -> *mut c_void {
        let mut slot: *mut c_void = std::ptr::null_mut();
        // SAFETY: `code` is a live code object (an event's or a registered one's); the GIL is held.
        let outcome = unsafe { (self.symbols.get_code_extra)(code, self.index, &raw mut slot) };
        if outcome != 0 {
            // SAFETY: the GIL is held; the argument was no code object.
            unsafe { ffi::PyErr_Clear() };
            return std::ptr::null_mut();
        }
        slot
    }

    /// The record of a code object, made if there is none.
    pub fn get_or_attach<'a>(
        &self,
        code: &Bound<'_, PyAny>,
        file: &str,
        in_scope: bool,
        opcodes: &Opcodes,
    ) -> Option<&'a Record> {
        if let Some(record) = self.get(code.as_ptr()) {
            return Some(record);
        }
        self.attach(code, Reading::of(code, file, opcodes).ok()?, in_scope)
    }

    /// Makes the record of a code object that has none.
    pub fn attach<'a>(&self, code: &Bound<'_, PyAny>, reading: Reading, in_scope: bool) -> Option<&'a Record> {
        let record = Box::into_raw(Box::new(Record::new(reading, in_scope)));
        // SAFETY: a live code object and our own slot; on failure the box is taken back.
        let outcome = unsafe { (self.symbols.set_code_extra)(code.as_ptr(), self.index, record.cast()) };
        if outcome != 0 {
            // SAFETY: nobody took the box; the error that was set is ours.
            unsafe {
                drop(Box::from_raw(record));
                ffi::PyErr_Clear();
            }
            return None;
        }
        self.get(code.as_ptr())
    }
}

/// Frees a record with its code object.
unsafe extern "C" fn free(record: *mut c_void) {
    if !record.is_null() {
        // SAFETY: our slot holds what `Records::attach` made from a box, and the interpreter frees it once.
        let record = unsafe { Box::from_raw(record.cast::<Record>()) };
        // Attached in PyO3's eyes too, so that compiled conditions go now and not some time later.
        let _ = Python::try_attach(|_| drop(record));
    }
}
