//! Data breakpoints: the places that are watched, who tells of their changes, and the stop that follows.
//!
//! `resolve` finds the place that a user names, `place` reads it, `arming` has it watched, `dictionaries` is told of stores
//! by the interpreter, `events` looks at what nobody tells of, and stops. Called by `inspection` and by `events`.
//! Invariant: a change is told in the thread that made it, at its first event after it, with the line that made it; no
//! code of the program runs in a dict watcher, and none in a comparison.

mod arming;
pub(crate) mod cells;
mod dictionaries;
mod events;
mod holder;
mod place;
mod reading;
mod reads;
mod resolve;
mod slots;
mod trail;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use pausa_engine::breakpoints::BreakpointId;
use pausa_engine::data_breakpoints::Access;
use pausa_engine::hits::{HitCondition, Hits};
use pausa_engine::port::Line;
use pausa_engine::stepping::FrameKey;
use pyo3::prelude::*;

use crate::debugger::Debugger;
use crate::evaluate::Compiled;
pub use events::Leaving;
use place::{Place, Reach};
use reading::Reading;
pub use reads::{Reads, of_place};
pub use resolve::{Subject, lasting_id, place};
pub use trail::Point;
use trail::Trails;

/// A place that a data breakpoint watches.
pub struct Watch {
    id: BreakpointId,
    data_id: String,
    place: Rc<Place>,
    /// At what it stops.
    access: Access,
    condition: Option<String>,
    hit_condition: Option<HitCondition>,
    hits: Arc<Hits>,
    /// What the place held when it was looked at last, where nobody tells of changes.
    seen: RefCell<Option<Reading>>,
    /// The condition as it was compiled last, and for which code.
    compiled: RefCell<Option<(Py<PyAny>, Compiled)>>,
    /// It is gone and has been told so.
    is_over: Cell<bool>,
}

/// A store that the interpreter told of, to be told to the user at the thread's next event.
pub struct Stored {
    watch: Rc<Watch>,
    thread: u64,
    what: What,
    /// The line that stored.
    by: Point,
}

/// What was stored.
enum What {
    /// An entry: its name, the old value and the new one.
    Entry { name: String, old: Option<Py<PyAny>>, new: Option<Py<PyAny>> },
    /// More than one entry, or one that cannot be looked up: what there was before; what there is now is read later.
    All(Reading),
    /// The dict is gone: what there was.
    End(Reading),
}

/// All that is watched. Touched with the GIL held; no borrow is kept while anything may run.
#[derive(Default)]
pub struct Watches {
    watches: RefCell<Vec<Rc<Watch>>>,
    places: RefCell<HashMap<String, Rc<Place>>>,
    stored: RefCell<Vec<Stored>>,
    trails: RefCell<Trails>,
    /// The line that is shown of the innermost frame of a stop: that of the store, which the frame may have left.
    shown: Cell<Option<(FrameKey, Line)>>,
    /// The dicts that the interpreter watches for us, each with the hash of the only key that matters, if that is a text.
    entries: RefCell<Vec<(usize, Option<isize>)>>,
    watcher: Cell<Option<i32>>,
    last_place: Cell<u64>,
    /// Some place has to be looked at in all of the user's code.
    everywhere: Cell<bool>,
    /// The objects whose attributes are watched for reads, by address.
    read: RefCell<Vec<(usize, Rc<Watch>)>>,
    /// Some place ends with a frame.
    in_frames: Cell<bool>,
}

impl Watch {
    /// In which code its place has to be looked at for changes.
    fn reach(&self, debugger: &Debugger) -> Reach {
        match self.access.writes() {
            true => self.place.reach(debugger),
            false => Reach::Told,
        }
    }

    /// True if it has certainly not changed since it was looked at, or is not looked at, as the interpreter tells of it.
    ///
    /// # Safety
    /// The GIL is held.
    #[inline]
    unsafe fn is_at_once_same(&self) -> bool {
        if self.is_over.get() || !self.access.writes() {
            return true;
        }
        let Ok(seen) = self.seen.try_borrow() else { return false };
        // SAFETY: by the contract.
        seen.as_ref().is_none_or(|seen| unsafe { self.place.is_at_once_same(seen) })
    }

    /// How it is watched and at which cost, for the user.
    fn note(&self, py: Python<'_>, debugger: &Debugger) -> String {
        let reads =
            "an event at each place of your code that names the attribute; getattr(), vars() and C are not seen";
        match self.access {
            Access::Write => self.place.note(py, debugger),
            Access::Read => format!("reads: {reads}"),
            Access::ReadWrite => format!("{}; reads: {reads}", self.place.note(py, debugger)),
        }
    }
}

impl Watches {
    /// True if anything is watched.
    pub fn any(&self) -> bool {
        !self.all().is_empty()
    }

    /// A thread comes to a line of code that is looked at: true if nothing has changed that is watched, told without a
    /// reference taken. False says nothing.
    ///
    /// # Safety
    /// The GIL is held.
    #[inline]
    pub unsafe fn pass(&self, thread: u64, point: Point) -> bool {
        let Ok(watches) = self.watches.try_borrow() else { return false };
        // SAFETY: by the contract.
        let is_same = watches.iter().all(|watch| unsafe { watch.is_at_once_same() });
        if is_same {
            self.trails.borrow_mut().arrive(thread, point);
        }
        is_same
    }

    fn all(&self) -> Vec<Rc<Watch>> {
        self.watches.try_borrow().map(|watches| watches.clone()).unwrap_or_default()
    }

    /// Keeps a place under an id: its own, or a new one.
    pub fn keep(&self, own: Option<String>, place: Rc<Place>) -> String {
        let id = own.unwrap_or_else(|| {
            self.last_place.set(self.last_place.get() + 1);
            format!("watch:{}", self.last_place.get())
        });
        let old = self.places.borrow_mut().insert(id.clone(), place);
        drop(old);
        id
    }

    /// The line of the last store that is to be told.
    pub fn line_of_store(&self) -> Option<Line> {
        self.stored.try_borrow().ok()?.last().map(|stored| stored.by.line)
    }

    /// True if new code of the user's has to be looked at.
    pub fn concern_all_code(&self) -> bool {
        self.everywhere.get() || !self.read.borrow().is_empty()
    }

    /// True if the end of frames by exceptions is of interest.
    pub fn want_unwinding(&self) -> bool {
        self.in_frames.get()
    }

    /// The line to show of a frame, if it is not the one that the frame is at.
    pub fn shown_line(&self, frame: &Bound<'_, PyAny>) -> Option<Line> {
        self.shown.get().filter(|(key, _)| *key == crate::frames::key(frame)).map(|(_, line)| line)
    }

    /// The stop is over.
    pub fn forget_shown(&self) {
        self.shown.set(None);
    }
}
