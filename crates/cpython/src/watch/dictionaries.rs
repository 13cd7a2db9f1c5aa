//! Told by the interpreter of stores to dicts (`PyDict_AddWatcher`, 3.12 and later). Called while a dict is changed.
//!
//! Invariant: a watcher runs in the middle of the interpreter's work on the dict: it takes references, notes what is to be
//! told, and has the storing frame tell of its next instruction. It runs no code of the program, never raises, never stops.

use std::ffi::c_int;
use std::rc::Rc;
use std::sync::atomic::Ordering;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use super::place::Store;
use super::reading::{Reading, Shape, is_plain, is_same};
use super::trail::Point;
use super::{Stored, Watch, Watches, What};
use crate::code::registry::{CodeKey, real_path};
use crate::debugger::Debugger;
use crate::{frames, threads};

/// `PyDict_WatchEvent` of Include/cpython/dictobject.h.
const CLONED: c_int = 3;
const CLEARED: c_int = 4;
const DEALLOCATED: c_int = 5;

impl Debugger {
    /// Has the interpreter tell of stores to a dict. False if it cannot.
    pub(super) fn watch_dict(&self, dict: &Bound<'_, PyDict>) -> bool {
        let Some(functions) = self.symbols.dict_watchers else { return false };
        let id = match self.watches.watcher.get() {
            Some(id) => id,
            None => {
                // SAFETY: `on_store` lives as long as the process; the GIL is held.
                let id = unsafe { (functions.add)(on_store) };
                if id < 0 {
                    // SAFETY: all eight watchers are taken; who asked is told.
                    unsafe { ffi::PyErr_Clear() };
                    return false;
                }
                self.watches.watcher.set(Some(id));
                id
            }
        };
        // SAFETY: our own watcher's id and a dict; the GIL is held.
        let is_watched = unsafe { (functions.watch)(id, dict.as_ptr()) } == 0;
        if !is_watched {
            // SAFETY: as above.
            unsafe { ffi::PyErr_Clear() };
        }
        is_watched
    }

    /// Has it tell no more.
    pub(super) fn unwatch_dict(&self, dict: &Bound<'_, PyDict>) {
        if let (Some(functions), Some(id)) = (self.symbols.dict_watchers, self.watches.watcher.get()) {
            // SAFETY: our own watcher's id and a dict; an error is nobody's.
            unsafe {
                (functions.unwatch)(id, dict.as_ptr());
                ffi::PyErr_Clear();
            }
        }
    }

    /// Gives the watcher back, when nothing is watched any more or the debugger leaves.
    pub(super) fn give_dict_watcher_back(&self) {
        if let (Some(functions), Some(id)) = (self.symbols.dict_watchers, self.watches.watcher.take()) {
            // SAFETY: our own watcher's id; an error is nobody's.
            unsafe {
                (functions.clear)(id);
                ffi::PyErr_Clear();
            }
        }
    }

    /// Learns which entries of which dicts are watched, for [`Watches::passes`].
    pub(super) fn learn_entries(&self, py: Python<'_>) {
        let mut entries = Vec::new();
        for watch in self.watches.all() {
            let dict = watch.place.holder().map_or(0, |holder| holder.watched.get());
            if dict == 0 {
                continue;
            }
            let hash = match &watch.place.store {
                // The hash of an exact text is its own, and kept in it.
                Store::Entry(_, key) if key.bind(py).is_exact_instance_of::<PyString>() => key.bind(py).hash().ok(),
                _ => None,
            };
            entries.push((dict, hash));
        }
        self.watches.entries.replace(entries);
    }

    /// A watched dict is being changed by this thread.
    fn dict_changes(
        &self,
        dict: &Bound<'_, PyDict>,
        event: c_int,
        key: Option<&Bound<'_, PyAny>>,
        new: Option<&Bound<'_, PyAny>>,
    ) {
        let address = dict.as_ptr() as usize;
        let thread = threads::own_identity();
        let is_evaluation = self.evaluating.load(Ordering::Relaxed) == thread || self.world.is_ours(thread);
        for watch in self.watches.all() {
            let Some(holder) = watch.place.holder().filter(|holder| holder.watched.get() == address) else { continue };
            let what = what(&watch, dict, event, key, new);
            if event == DEALLOCATED {
                holder.watched.set(0);
            }
            if let Some(what) = what
                && (!is_evaluation || event == DEALLOCATED)
            {
                self.note_store(dict.py(), watch, thread, what);
            }
        }
    }

    /// Notes a store, and has the frame that made it tell of what it does next.
    fn note_store(&self, py: Python<'_>, watch: Rc<Watch>, thread: u64, what: What) {
        let Some(innermost) = frames::current(py) else { return };
        let Some(frame) = frames::stack(innermost).find(|frame| !self.is_hidden_frame(frame)) else { return };
        let Some(code) = frames::code(&frame) else { return };
        let by = Point { frame: frames::key(&frame), code: CodeKey::of(&code), line: frames::line(&frame) };
        let (file, in_scope) = {
            let state = self.state();
            let file = state.registry.file(CodeKey::of(&code)).map(str::to_owned);
            let file = file.unwrap_or_else(|| real_path(&frames::file_name(&frame)));
            let in_scope = state.scope.contains(&file);
            (file, in_scope)
        };
        let Some(record) = self.records.get_or_attach(&code, &file, in_scope, self.opcodes) else { return };
        if let Ok(mut stored) = self.watches.stored.try_borrow_mut() {
            stored.push(Stored { watch, thread, what, by });
            record.stored.set(true);
        }
        // An instruction that was disabled may be the next one.
        self.rearm(&code, record);
    }
}

/// What a change of a dict is to one watch; None if it is nothing to it.
fn what<'py>(
    watch: &Watch,
    dict: &Bound<'py, PyDict>,
    event: c_int,
    key: Option<&Bound<'py, PyAny>>,
    new: Option<&Bound<'py, PyAny>>,
) -> Option<What> {
    let old_of = |key: &Bound<'py, PyAny>| dict.get_item(key).ok().flatten();
    let changes = |name: String, key: &Bound<'py, PyAny>| {
        let old = old_of(key);
        let is_same = match (&old, new) {
            (Some(old), Some(new)) => is_same(old, new),
            (None, None) => true,
            _ => false,
        };
        let keep = |value: &Bound<'_, PyAny>| value.clone().unbind();
        (!is_same).then(|| What::Entry { name, old: old.as_ref().map(keep), new: new.map(keep) })
    };
    let before = || match &watch.place.store {
        Store::Entry(_, own) => Reading::of(old_of(own.bind(dict.py()))),
        _ => Reading::of_dict(dict),
    };
    match (&watch.place.store, event) {
        (_, DEALLOCATED) => Some(What::End(before())),
        (_, CLONED | CLEARED) => Some(What::All(before())),
        (Store::Entry(_, own), _) => {
            let own = own.bind(dict.py());
            // A plain key is equal to a plain one only.
            let is_meant = key.is_some_and(|key| key.is(own) || (is_plain(key) && is_equal(key, own)));
            is_meant.then(|| changes(watch.place.name.clone(), own)).flatten()
        }
        (Store::Contents(_, attributes), _) => {
            let key = key?;
            // A key that code of the program compares cannot be looked up here.
            if !is_plain(key) {
                return Some(What::All(before()));
            }
            let shape = if *attributes { Shape::Attributes } else { Shape::Dict };
            changes(shape.part(&watch.place.name, key), key)
        }
        _ => None,
    }
}

impl Watches {
    /// True if a store under this key is none to a watched entry of the dict: most stores to a watched dict are none.
    ///
    /// # Safety
    /// The GIL is held, and both are alive, or the key is null.
    #[inline]
    unsafe fn passes(&self, dict: *mut ffi::PyObject, key: *mut ffi::PyObject) -> bool {
        // SAFETY: by the contract; an exact text has its hash, and nothing runs to get it.
        let hash = unsafe {
            if key.is_null() || ffi::Py_TYPE(key) != &raw mut ffi::PyUnicode_Type {
                return false;
            }
            ffi::PyObject_Hash(key)
        };
        let Ok(entries) = self.entries.try_borrow() else { return false };
        let mut of_dict = entries.iter().filter(|(own, _)| *own == dict.addr()).peekable();
        of_dict.peek().is_some() && of_dict.all(|(_, own)| own.is_some_and(|own| own != hash))
    }
}

/// True if two plain keys mean the same entry: 1, 1.0 and True do.
fn is_equal(key: &Bound<'_, PyAny>, own: &Bound<'_, PyAny>) -> bool {
    key.eq(own).unwrap_or(false)
}

/// The watcher.
unsafe extern "C" fn on_store(
    event: c_int,
    dict: *mut ffi::PyObject,
    key: *mut ffi::PyObject,
    new: *mut ffi::PyObject,
) -> c_int {
    let Some(debugger) = Debugger::enter() else { return 0 };
    // SAFETY: called with the GIL held, a live dict and a live key or null.
    if event < CLONED && unsafe { debugger.watches.passes(dict, key) } {
        return 0;
    }
    let mut error = [std::ptr::null_mut(); 3];
    let [kind, value, traceback] = &mut error;
    // SAFETY: the watcher is called with the GIL held, a live dict (one whose end is told has been given a reference for
    // the call), and a live key and value or null; the pending exception is taken and put back with all its references.
    unsafe {
        ffi::PyErr_Fetch(kind, value, traceback);
        let _ = Python::try_attach(|py| {
            let work = || {
                let Ok(dict) = Bound::from_borrowed_ptr(py, dict).cast_into::<PyDict>() else { return };
                // Of a clone the key is the other dict.
                let key = Bound::from_borrowed_ptr_or_opt(py, key).filter(|_| event < CLONED);
                let new = Bound::from_borrowed_ptr_or_opt(py, new);
                debugger.dict_changes(&dict, event, key.as_ref(), new.as_ref());
            };
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(work))
        });
        ffi::PyErr_Restore(*kind, *value, *traceback);
    }
    0
}
