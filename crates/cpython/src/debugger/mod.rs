//! The debugger inside the process: what was set, what is armed, who is stopped. One per process.
//!
//! Called by the interpreter's callbacks, by the code watcher, and by tasks of the session. Invariant: `state` is locked
//! only for moments in which no code of the program can run: nothing is evaluated and no reference is dropped under it.

mod arming;
mod breakpoints;
mod by_value;
mod carrying;
mod computing;
mod following;
mod forking;
mod keeping;
mod lifetime;
mod pausing;
mod stepped;
mod stepping;
mod stopping;
mod subinterpreters;
mod throwing;
mod watching;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicPtr, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pausa_engine::breakpoints::{BreakpointId, Breakpoints};
use pausa_engine::data_breakpoints::DataBreakpoints;
use pausa_engine::port::{Debuggee, EventCounts, Line, Listener, Task, ThreadId};
use pausa_engine::scope::Scope;
use pausa_engine::stepping::FrameKey;
use pyo3::ffi;
use pyo3::prelude::*;
use rustc_hash::FxHashMap;

use crate::backend::Backend;
use crate::call_site::CallSites;
use crate::code::marks::Marks;
use crate::code::opcodes::Opcodes;
use crate::code::record::{Record, Records};
use crate::code::registry::{CodeKey, Registry};
use crate::endings::Ending;
use crate::events::EventKind;
use crate::exceptions::{Interpreter, Seen, Sites};
use crate::layout::Layout;
use crate::park::World;
use crate::receiver::Receiver;
use crate::symbols::Symbols;
use crate::tasks::TaskNumbers;
use crate::threads::ThreadNumbers;
use crate::watch::Watches;
pub use forking::ForkHooks;
pub use keeping::{Inside, Kept};
pub use lifetime::{Beginning, StartError};
pub use stepped::tells_instructions;
pub use stepping::ActiveStep;
pub use stopping::Where;

/// Everything that tasks and callbacks share, under one lock.
#[derive(Default)]
pub struct State {
    /// The user's breakpoints.
    pub breakpoints: Breakpoints,
    /// The user's data breakpoints.
    pub data_breakpoints: DataBreakpoints,
    /// The live code objects.
    pub registry: Registry,
    /// Whose code is whose.
    pub scope: Scope,
    /// The step under way.
    pub step: Option<ActiveStep>,
    /// Code objects in which line events are on for a step.
    pub stepping_codes: Vec<CodeKey>,
    /// Threads' numbers.
    pub threads: ThreadNumbers,
    /// Tasks' numbers.
    pub tasks: TaskNumbers,
    /// The client has said that it is ready.
    pub started: bool,
    /// A stop at the program's first line is still to come.
    pub entry: bool,
    /// The folder of pausa's package, whose frames are hidden.
    pub package: Option<String>,
}

/// The debugger of this process.
pub struct Debugger {
    /// What tells of events.
    pub backend: Backend,
    /// What is armed in code objects.
    pub records: Records,
    /// Which code has been seen, where no watcher tells of it.
    pub marks: Option<Marks>,
    /// Calls in code, where calls through C are told apart by them.
    pub call_sites: CallSites,
    /// What is known of code objects' handlers.
    pub sites: Sites,
    /// The interpreter's opcodes.
    pub opcodes: &'static Opcodes,
    /// What the limited API lacks.
    pub symbols: Symbols,
    /// Where the interpreter keeps its frames, if that is known of it.
    pub layout: Option<Layout>,
    /// Nothing of the user's choice may run in the program.
    pub read_only: AtomicBool,
    /// Who may run.
    pub world: Arc<World>,
    /// What tasks and callbacks share.
    pub state: Mutex<State>,
    /// Who hears of stops.
    pub listener: Arc<dyn Listener>,
    /// An evaluation runs on this thread's identity; 0 if none.
    pub evaluating: AtomicU64,
    /// How many evaluations there were: which one it is that runs.
    pub evaluations: AtomicU64,
    /// The thread that is to run alone when the program is resumed, by its identity; 0 if all are to.
    next_alone: AtomicU64,
    /// The user has cancelled the evaluation that runs.
    pub cancelled: AtomicBool,
    /// The next evaluation is to end as soon as it begins: it was cancelled before.
    pub ends_next: AtomicBool,
    /// The evaluation that runs was sent an exception, which it may not have had.
    pub interrupted: AtomicBool,
    /// A Ctrl-C of the program's that came while something of ours ran, and raised there.
    owed_interrupt: AtomicBool,
    /// Ids of frames and handles go on counting over stops, so that a stale one is never taken for a new one.
    pub last_id: AtomicI64,
    /// What data breakpoints watch.
    pub watches: Watches,
    /// The exception of the last exception stop.
    pub exceptions: Seen,
    /// What was returned: by the function that the last step left, by the calls that it went over, or where the thread is
    /// stopped at a return; with the names of what was called.
    returned: RefCell<Vec<(String, Py<PyAny>)>>,
    /// What the step that has ended was told the values of.
    pub(crate) computed: RefCell<Vec<computing::Computed>>,
    /// The expressions of the frame that steps.
    computing: computing::Computing,
    /// The calls of the frame that steps.
    pub stepped: stepped::Stepped,
    /// The client wants to see what calls return that a step goes over.
    pub shows_returns: Cell<bool>,
    /// The exception by which a function ends that a breakpoint has stopped at.
    raised: RefCell<Option<Py<PyAny>>>,
    /// Whose calls function breakpoints stop at, where that is not everybody's.
    receivers: RefCell<FxHashMap<BreakpointId, Rc<Receiver>>>,
    /// The text of the file that the line of a breakpoint is meant in.
    texts: RefCell<FxHashMap<BreakpointId, Rc<str>>>,
    /// The identity of the thread that is at a line's event, as far as one is.
    at_line: Cell<u64>,
    /// What the thread that is stopped is to raise when it goes on.
    to_throw: RefCell<Option<Py<PyAny>>>,
    /// A line that a jump has led to: its line event is no arrival, as the thread has stopped there already.
    jumped: Cell<Option<(FrameKey, Line)>>,
    /// The instruction of a line event that has been told: its own event, which follows, is no arrival either.
    told: Cell<Option<(FrameKey, u32)>>,
    watcher: AtomicU32,
    /// The thread that compiles aside, by its identity; 0 if none does.
    compiling: AtomicU64,
    process: u32,
    /// The backend that the user has chosen.
    wanted_backend: Option<String>,
    delivered: [AtomicU64; EventKind::ALL.len()],
    /// How many threads are in this record (`keeping`).
    inside: Cell<usize>,
    /// Held by each [`Kept`] too.
    kept: Arc<()>,
}

// SAFETY: the cells are only touched with the GIL held.
unsafe impl Sync for Debugger {}

/// The debugger, while there is one.
static DEBUGGER: AtomicPtr<Debugger> = AtomicPtr::new(std::ptr::null_mut());

impl Debugger {
    /// The record of an event's code object, if it has one.
    #[inline(always)]
    pub(crate) fn record(&self, code: *mut ffi::PyObject) -> Option<&'static Record> {
        match &self.layout {
            Some(layout) => {
                // SAFETY: an event's code object is alive.
                let record = unsafe { layout.extra(code, self.records.index()) };
                // SAFETY: the slot holds null or a record, as for `Records::get`.
                unsafe { record.cast::<Record>().as_ref() }
            }
            None => self.records.get(code),
        }
    }

    /// What has to run when a frame of this code leaves the block that it is in at an offset: `with`, `finally`.
    pub fn block_to_end(&self, code: &Bound<'_, PyAny>, offset: usize) -> Option<&'static str> {
        // SAFETY: a live code object, and the GIL is held.
        let sites = unsafe { self.sites.of(self.layout.as_ref(), self.opcodes, code.as_ptr()) };
        sites.map_or(Some("finally"), |sites| sites.block_to_end(code, self.opcodes, offset))
    }

    /// What the walk of an exception's handlers needs.
    #[inline]
    pub(crate) fn interpreter(&self) -> Interpreter<'_> {
        Interpreter { sites: &self.sites, opcodes: self.opcodes, layout: self.layout.as_ref() }
    }

    /// The shared state. Never hold it while code of the program can run.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts an event that the interpreter delivered.
    #[inline]
    pub fn count_event(&self, kind: EventKind) {
        if let Some(count) = self.delivered.get(kind.index()) {
            // Not atomic as a whole: the GIL is held, so nobody else adds.
            count.store(count.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        }
    }

    /// What was delivered so far.
    pub fn event_counts(&self) -> EventCounts {
        let counts = EventKind::ALL.iter().zip(&self.delivered);
        EventCounts {
            backend: self.backend.name(),
            delivered: counts.map(|(kind, count)| (kind.name(), count.load(Ordering::Relaxed))).collect(),
            set_events_calls: self.backend.set_events_calls(),
            code_objects: self.state().registry.len(),
        }
    }

    /// The number of the calling thread.
    pub fn own_thread(&self) -> ThreadId {
        self.state().threads.of(crate::threads::own_identity())
    }

    /// Keeps what the function returns that a step is leaving, for the next stop to show.
    pub fn keep_return_value(&self, value: Bound<'_, PyAny>) {
        let name = crate::frames::current(value.py())
            .and_then(|frame| Some(crate::code::qualname::of(&crate::frames::code(&frame)?)));
        let name = name.unwrap_or_default();
        let old = self.returned.replace(vec![(name, value.unbind())]);
        drop(old);
    }

    /// Keeps how the call of a function ends, for the stop that comes to show.
    pub fn keep_ending(&self, name: &str, ending: &Ending<'_>) {
        let old = match ending {
            Ending::Value(value) => (self.returned.replace(vec![(name.to_owned(), value.clone().unbind())]), None),
            Ending::Exception(exception) => (Vec::new(), self.raised.replace(Some(exception.clone().unbind()))),
            Ending::Unnamed => (Vec::new(), None),
        };
        drop(old);
    }

    /// The exception by which the function ends that a breakpoint has stopped at.
    pub fn raised(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.raised.borrow().as_ref().map(|raised| raised.clone_ref(py))
    }

    /// The values kept, with the names of what returned them.
    pub fn returned(&self, py: Python<'_>) -> Vec<(String, Py<PyAny>)> {
        self.returned.borrow().iter().map(|(name, value)| (name.clone(), value.clone_ref(py))).collect()
    }

    /// A jump has led a frame to a line: the next event there only says so.
    pub fn expect_line_again(&self, frame: &Bound<'_, PyAny>, line: Line) {
        self.jumped.set(Some((crate::frames::key(frame), line)));
    }

    /// True if a line event is only the echo of a jump.
    pub fn is_echo_of_jump(&self, frame: FrameKey, line: Line) -> bool {
        self.jumped.take() == Some((frame, line))
    }

    /// True if an echo of a jump is waited for.
    pub fn has_jumped(&self) -> bool {
        self.jumped.get().is_some()
    }

    /// A line event has told of this instruction.
    pub fn tell_now(&self, frame: FrameKey, offset: u32) {
        self.told.set(Some((frame, offset)));
    }

    /// True if an instruction's event is only the echo of its line's.
    pub fn was_told(&self, frame: FrameKey, offset: u32) -> bool {
        self.told.take() == Some((frame, offset))
    }

    /// True if an echo of a line event is waited for.
    pub fn has_told(&self) -> bool {
        self.told.get().is_some()
    }

    /// Something of ours ended with `KeyboardInterrupt`: if nobody cancelled it, it was meant for the program.
    pub fn was_interrupted(&self) {
        if !self.cancelled.load(Ordering::Relaxed) {
            self.owed_interrupt.store(true, Ordering::Relaxed);
        }
    }

    /// Gives the program the Ctrl-C that it has not had.
    fn pass_interrupt_on(&self) {
        if self.owed_interrupt.swap(false, Ordering::Relaxed) {
            // SAFETY: needs nothing; simulates the signal's arrival (Include/pyerrors.h, limited API since 3.10).
            unsafe { PyErr_SetInterruptEx(libc::SIGINT) };
        }
    }

    /// Forgets what belongs to a stop that is over.
    fn forget_stop(&self) {
        let old = (self.returned.take(), self.raised.take(), self.computed.take());
        drop(old);
        self.computing.forget();
    }
}

unsafe extern "C" {
    fn PyErr_SetInterruptEx(signal: std::ffi::c_int) -> std::ffi::c_int;
}

/// The debugger as the session drives it.
impl Debuggee for Kept {
    fn post(&self, task: Task) {
        self.world.post(task);
    }

    fn pause(&self) {
        self.post(Box::new(|commands| {
            if let (None, Some(debugger)) = (commands.stopped_thread(), Debugger::enter()) {
                debugger.request_pause();
            }
            pausa_engine::port::Flow::Stay
        }));
    }

    fn forget_interruption(&self) {
        self.ends_next.store(false, Ordering::SeqCst);
    }

    fn cancel_evaluation(&self) {
        crate::evaluate_guard::cancel(self);
    }

    fn alarm(&self, delay: std::time::Duration, ring: Box<dyn FnOnce() + Send>) -> Option<pausa_engine::port::Alarm> {
        crate::alarm::set(delay, ring)
    }
}
