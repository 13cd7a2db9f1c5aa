//! `sys.settrace`, by its C function: for CPython 3.10 and 3.11, and for later ones on request. Called by `debugger`.
//!
//! | version | which frames tell | new code is seen | new threads |
//! |---|---|---|---|
//! | 3.10, 3.11 | those whose code has events (`evaluator`); exceptions are told from all | by the hook, at its first frame | by the hook |
//! | 3.12 and later | all of them, as `sys.settrace` has it there | by the code watcher | by audit events (`newcomers`) |
//!
//! Invariant: while nothing is armed there is neither hook nor tracer; a tracer of the program's own goes on being
//! called, is what `sys.gettrace()` gives, and is alone again when pausa leaves.

mod c_stack;
mod evaluator;
mod guests;
mod layout;
mod natives;
mod newcomers;
mod opcodes;
mod tracer;

use std::cell::Cell;
use std::ffi::c_int;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use pyo3::ffi;
use pyo3::prelude::*;

use crate::code::record::Record;
use crate::debugger::Debugger;
use crate::events::{EventKind, Events};
use crate::named::Named;
use c_stack::Stacks;
use evaluator::Glance;
use guests::Guests;
use layout::Layout;
use natives::{Natives, SetTrace, SetTraceOf, ThreadState};
use newcomers::Places;

/// Our tracer in the threads of this process.
pub struct Settrace {
    natives: Natives,
    way: Way,
    global: Cell<Events>,
    guests: Guests,
    /// Code objects' extra slots can be read without asking the interpreter: found out when the hook is first needed.
    reads_extras: Cell<bool>,
    /// Somebody wants instructions of some code.
    opcodes: Cell<bool>,
    /// The threads of 3.12 have been told so.
    announced: Cell<bool>,
    /// What the hook needs for its first look.
    glance: OnceLock<Glance>,
    /// How far the C stacks of the threads reach that the hook has seen.
    stacks: Stacks,
}

// SAFETY: the cells are only touched with the GIL held.
unsafe impl Sync for Settrace {}

/// Counts changes of what is armed, over all sessions of this process: a caller that was entered before the last one has to be
/// looked at again.
static CHANGES: AtomicU64 = AtomicU64::new(0);

/// How often what is armed has changed.
#[inline]
fn changes() -> u64 {
    CHANGES.load(Ordering::Relaxed)
}

impl Drop for Settrace {
    fn drop(&mut self) {
        evaluator::look_away_from(self);
    }
}

/// What the hook has to look at each frame for.
const LINE_OR_START: Events = Events::of(&[EventKind::Line, EventKind::Start]);

/// How threads are reached.
enum Way {
    /// 3.10 and 3.11.
    Loops { layout: &'static Layout, set_trace_of: SetTraceOf },
    /// 3.12 and later.
    Everything { places: Places, set_trace_all: SetTrace },
}

impl Settrace {
    /// Finds out how this interpreter is traced; arms nothing.
    ///
    /// # Errors
    /// If the interpreter is not laid out as its version's headers have it.
    pub fn acquire(py: Python<'_>) -> Result<Self, String> {
        let natives = Natives::find()?;
        let minor = crate::version::minor(py);
        let way = match Layout::known(minor) {
            Some(layout) if layout.holds(py) => Way::Loops { layout, set_trace_of: natives::set_trace_of()? },
            Some(_) => {
                return Err(format!("this build of Python 3.{minor} keeps its threads in another way than CPython"));
            }
            None => Way::Everything { places: Places::find(py, &natives)?, set_trace_all: natives::set_trace_all()? },
        };
        if let Way::Everything { .. } = way {
            newcomers::watch()?;
        }
        let settrace = Self {
            natives,
            way,
            global: Cell::default(),
            guests: Guests::default(),
            reads_extras: Cell::default(),
            opcodes: Cell::default(),
            announced: Cell::default(),
            glance: OnceLock::new(),
            stacks: Stacks::default(),
        };
        Ok(settrace)
    }

    /// That the program has a tracer of its own, if this thread has one.
    pub fn notice(py: Python<'_>) -> Option<String> {
        let tracer = crate::modules::import(py, "sys").and_then(|sys| sys.call_named0("gettrace")).ok()?;
        let name = || -> PyResult<String> {
            let types = crate::modules::import(py, "types")?;
            // Only a plain function is asked for its name: another object's attributes may be code of the program.
            if !tracer.get_type().is(&types.named("FunctionType")?) {
                return Ok(crate::values::type_name(&tracer));
            }
            let (module, name): (String, String) =
                (tracer.named("__module__")?.extract()?, tracer.named("__qualname__")?.extract()?);
            Ok(format!("{module}.{name}"))
        };
        let name = name().unwrap_or_else(|_| crate::values::type_name(&tracer));
        (!tracer.is_none()).then(|| {
            format!(
                "The program has a tracer of its own, {name}: it goes on being called, and slows the program as ever."
            )
        })
    }

    /// The layout by which single loops are told to tell, if they can be.
    #[inline]
    fn layout(&self) -> Option<&'static Layout> {
        match &self.way {
            Way::Loops { layout, .. } => Some(layout),
            Way::Everything { .. } => None,
        }
    }

    /// True while the hook sees each frame before it runs.
    pub fn shows_code(&self) -> bool {
        self.layout().is_some() && evaluator::is_on()
    }

    /// While the hook has been taken off for a frame that is deep on the C stack: threads that have come since tell
    /// everything, as all others do.
    #[inline]
    pub fn take_newcomers(&self) {
        if let (true, Some(layout)) = (evaluator::is_off(), self.layout()) {
            evaluator::tell_of_all(self, layout);
        }
    }

    /// What is armed in some code has changed: callers that wait are looked at again.
    pub fn note_change(&self) {
        // Not atomic as a whole: the GIL is held, so nobody else adds.
        CHANGES.store(changes() + 1, Ordering::Relaxed);
    }

    /// The events of some code are these now.
    pub fn note_events(&self, events: Events) {
        self.note_change();
        if events.has(EventKind::Instruction) {
            self.opcodes.set(true);
        }
    }

    /// Sets the events of all code, at once.
    pub fn set_global(&self, events: Events) {
        if self.global.replace(events) != events {
            self.note_change();
        }
        if self.wants_all() {
            evaluator::look_away();
        }
    }

    /// The events of all code.
    #[inline]
    pub fn global(&self) -> Events {
        self.global.get()
    }

    /// True if frames of all code are to tell, or all calls.
    #[inline]
    fn wants_all(&self) -> bool {
        self.global().has_any_of(LINE_OR_START)
    }

    /// True if frames of this code are to tell.
    ///
    /// # Safety
    /// `code` is a live code object and the GIL is held.
    #[inline]
    unsafe fn wants_code(&self, debugger: &Debugger, code: *mut ffi::PyObject) -> bool {
        // SAFETY: by contract; the slot holds null or a record.
        let record = unsafe {
            match self.layout().filter(|_| self.reads_extras.get()) {
                Some(layout) => layout.extra(code, debugger.records.index()).cast::<Record>().as_ref(),
                None => debugger.records.get(code),
            }
        };
        record.is_some_and(|record| !record.events.get().is_empty()) || self.global().has(EventKind::Line)
    }

    /// True if a code object has been seen.
    ///
    /// # Safety
    /// As [`Settrace::wants_code`].
    #[inline]
    unsafe fn has_seen(&self, debugger: &Debugger, code: *mut ffi::PyObject) -> bool {
        match (self.layout().filter(|_| self.reads_extras.get()), debugger.marks) {
            // SAFETY: by contract.
            (Some(layout), Some(marks)) => unsafe { !layout.extra(code, marks.index()).is_null() },
            _ => debugger.has_seen(code),
        }
    }

    /// Finds out if extra slots lie where the headers have them: every code object that runs has been marked by now.
    fn check_extras(&self, py: Python<'_>, debugger: &Debugger) {
        let (Some(layout), Some(marks), false) = (self.layout(), debugger.marks, self.reads_extras.get()) else {
            return;
        };
        let code = crate::frames::current(py).and_then(|frame| crate::frames::code(&frame));
        // SAFETY: a live code object; the GIL is held.
        let holds = |code: &Bound<'_, PyAny>| unsafe {
            let code = code.as_ptr();
            marks.is_marked(code) && layout.extra(code, marks.index()) == code.cast()
        };
        self.reads_extras.set(code.is_some_and(|code| holds(&code)));
    }

    /// Makes every thread tell what is armed now, in the frames that it runs already too.
    pub fn settle(&self, py: Python<'_>, debugger: &Debugger, is_armed: bool) {
        self.check_extras(py, debugger);
        if !is_armed {
            return self.release();
        }
        match &self.way {
            Way::Loops { layout, .. } => {
                evaluator::install(&self.natives);
                if self.reads_extras.get() && !self.wants_all() {
                    evaluator::look(debugger);
                }
                for thread in self.natives.threads() {
                    self.take_thread(thread);
                    self.settle_loops(debugger, layout, thread);
                }
            }
            Way::Everything { places, set_trace_all } => {
                let announces = self.opcodes.get() && crate::version::minor(py) == 12 && !self.announced.get();
                if announces {
                    self.announced.set(true);
                    opcodes::announce(py);
                }
                let threads = self.natives.threads();
                // SAFETY: the GIL is held and the threads are live.
                unsafe {
                    if announces || threads.iter().any(|&thread| places.tracer(thread) != tracer::address()) {
                        let guests = threads.iter().map(|&thread| (thread, places.of(thread)));
                        self.guests.keep(guests.filter(|(_, of)| of.0 != tracer::address()));
                        newcomers::unheard(|| set_trace_all(Some(tracer::TRACE), std::ptr::null_mut()));
                        self.guests.for_each(|thread, _, object| places.set_object(thread, object));
                    }
                }
            }
        }
        if self.opcodes.get() {
            opcodes::want_on_stacks(py, debugger);
        }
    }

    /// A loop tells if one of the frames that it runs is wanted, or if a loop around it tells: at its end a loop passes on
    /// to the next one whether it told (Python/ceval.c).
    fn settle_loops(&self, debugger: &Debugger, layout: &Layout, thread: ThreadState) {
        // SAFETY: the GIL is held and the thread is live.
        unsafe {
            let mut tells = layout.is_profiled(thread) || !layout.tracer_object(thread).is_null();
            for (evaluation, frame) in layout.loops(thread).into_iter().rev() {
                tells |= layout.any_in_loop(frame, |code| self.wants_code(debugger, code));
                layout.set_tells(evaluation, tells);
            }
        }
    }

    /// Makes our tracer that of a thread; one that is there goes on being called by ours.
    fn take_thread(&self, thread: ThreadState) {
        let Way::Loops { layout, set_trace_of } = &self.way else { return };
        // SAFETY: the GIL is held and the thread is live; an audit hook of the program's may refuse, and its exception
        // is nobody's.
        unsafe {
            let (function, object) = (layout.tracer(thread), layout.tracer_object(thread));
            if function == tracer::address() {
                return;
            }
            self.guests.keep(std::iter::once((thread, (function, object))));
            if set_trace_of(thread, Some(tracer::TRACE), object) != 0 {
                ffi::PyErr_Clear();
            }
        }
    }

    /// The same on 3.12 and later, where only the calling thread's can be set.
    fn take_own_thread(&self) {
        let Way::Everything { places, .. } = &self.way else { return };
        // SAFETY: the GIL is held by the calling thread, whose state is live.
        unsafe {
            let thread: ThreadState = ffi::PyThreadState_Get().cast();
            let (function, object) = places.of(thread);
            self.guests.keep(std::iter::once((thread, (function, object))));
            newcomers::unheard(|| (self.natives.set_trace)(Some(tracer::TRACE), object));
        }
    }

    /// Hands an event to the tracer that the program has set in this thread.
    ///
    /// # Safety
    /// As for the trace function, with what it was called with.
    unsafe fn tell_guest(
        &self,
        guest: *mut ffi::PyObject,
        frame: *mut ffi::PyFrameObject,
        what: c_int,
        argument: *mut ffi::PyObject,
    ) -> c_int {
        // SAFETY: by contract; the GIL is held.
        unsafe {
            let thread: ThreadState = ffi::PyThreadState_Get().cast();
            self.guests.function(thread).map_or(0, |function| function(guest, frame, what, argument))
        }
    }

    /// Takes hook and tracer back; threads that had a tracer of the program's have it alone.
    pub fn release(&self) {
        self.global.set(Events::NONE);
        self.note_change();
        match &self.way {
            Way::Loops { layout, set_trace_of } => {
                evaluator::remove(&self.natives);
                for thread in self.natives.threads() {
                    self.give_thread_back(layout, *set_trace_of, thread);
                }
            }
            Way::Everything { places, set_trace_all } => {
                newcomers::forget(&self.natives);
                self.give_all_back(places, *set_trace_all);
            }
        }
        self.guests.clear();
        self.stacks.clear();
    }

    fn give_thread_back(&self, layout: &Layout, set_trace_of: SetTraceOf, thread: ThreadState) {
        // SAFETY: the GIL is held and the thread is live.
        unsafe {
            if layout.tracer(thread) == tracer::address() {
                let object = layout.tracer_object(thread);
                let function = self.guests.function(thread).filter(|_| !object.is_null());
                if set_trace_of(thread, function, object) != 0 {
                    ffi::PyErr_Clear();
                }
            }
            let tells = layout.is_profiled(thread) || !layout.tracer(thread).is_null();
            for (evaluation, _) in layout.loops(thread) {
                layout.set_tells(evaluation, tells);
            }
        }
    }

    fn give_all_back(&self, places: &Places, set_trace_all: SetTrace) {
        let threads = self.natives.threads();
        // SAFETY: the GIL is held and the threads are live. The interpreter counts threads that have a tracer: where a
        // guest stays it stays counted, and so do the others, whose tracer is then null and never called.
        unsafe {
            let is_ours = |&thread: &ThreadState| places.tracer(thread) == tracer::address();
            if !threads.iter().any(is_ours) {
                return;
            }
            if self.guests.is_empty() {
                return newcomers::unheard(|| set_trace_all(None, std::ptr::null_mut()));
            }
            for thread in threads.into_iter().filter(is_ours) {
                places.set_tracer(thread, self.guests.function(thread));
            }
        }
    }
}
