//! What will become of an exception that is raised now: read from the frames that it would pass. Called by `events::raise`.
//!
//! ```text
//!     main()            no handler                     walked from the raise outwards: the first handler that may
//!       load(path)      try … except OSError           catch it ends the walk; without one it is uncaught, and the
//!         parse(line)   raise ValueError  <── here     thread stops here, before anything has been unwound
//! ```
//!
//! Invariant: what may swallow the exception and cannot be read (a call through C that `through` does not know, a `with` that
//! `managers` does not, a task that others than `resumed` knows wait for) ends the walk undecided; the raise event in the
//! frame beyond asks again.

use std::cell::Cell;

use pausa_engine::exception_filters::{Occasion, Occasions};
use pausa_engine::stepping::FrameKey;
use pyo3::ffi;

use super::managers::Leaving;
use super::resumed::{self, Next};
use super::sites::{CodeSites, Deed, Kind, Sites};
use super::stack::{Cursor, Place};
use super::through::Gap;
use crate::code::opcodes::Opcodes;
use crate::layout::Layout;

/// What will become of an exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fate {
    /// What happens to it on its way, of what was asked for.
    pub reached: Occasions,
    /// Where its way ends.
    pub end: End,
    /// The code of the frame where it ends; null if it ends in none.
    pub end_code: *mut ffi::PyObject,
}

/// Where an exception's way ends, as far as can be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// No frame will catch it.
    Leaves,
    /// This frame catches it.
    CaughtIn(FrameKey),
    /// It cannot be known before the exception comes to this frame.
    OpenUntil(FrameKey),
}

/// What the walk needs to know of the interpreter.
#[derive(Clone, Copy)]
pub struct Interpreter<'a> {
    pub sites: &'a Sites,
    pub opcodes: &'a Opcodes,
    pub layout: Option<&'a Layout>,
}

/// An exception on its way.
#[derive(Clone, Copy)]
pub struct Flying {
    pub exception: *mut ffi::PyObject,
    /// The instruction of the innermost frame that raised it or goes on with it, in bytes: the frame's own word for where
    /// it is may be the place of the raise that RERAISE puts back.
    pub offset: usize,
    /// What the user wants to know of it.
    pub wanted: Occasions,
}

/// The fate of an exception that enters `innermost` or goes on there. A stack whose outermost frame is not the user's was
/// called by the interpreter itself (`zipimport` at start, `threading` at the end), which handles what comes out of it.
///
/// # Safety
/// The GIL is held, the exception is alive, and the frames are on this thread's stack.
#[inline]
pub unsafe fn fate(
    interpreter: Interpreter<'_>,
    innermost: impl Cursor,
    flying: Flying,
    is_users: impl Fn(*mut ffi::PyObject) -> bool,
) -> Fate {
    if flying.wanted.has(Occasion::UserUnhandled) {
        // SAFETY: by the contract.
        return unsafe { walk(interpreter, innermost, Some(flying.offset), flying, is_users) };
    }
    // SAFETY: by the contract.
    match unsafe { straight(interpreter, innermost, flying) } {
        Straight::Caught(fate) => fate,
        // SAFETY: by the contract.
        Straight::UpTo(frame, offset) => unsafe { walk(interpreter, frame, offset, flying, is_users) },
    }
}

/// How far an exception's way is plain.
enum Straight<C> {
    /// All of it.
    Caught(Fate),
    /// To this frame; the instruction, if it is the innermost.
    UpTo(C, Option<usize>),
}

/// Most exceptions pass some frames that have no handler, and are caught where one of their type was caught before.
///
/// # Safety
/// As [`fate`].
#[inline]
unsafe fn straight<C: Cursor>(interpreter: Interpreter<'_>, innermost: C, flying: Flying) -> Straight<C> {
    // SAFETY: a cursor's code object is alive as long as the cursor.
    let sites = |code| unsafe { interpreter.sites.of(interpreter.layout, interpreter.opcodes, code) };
    // SAFETY: by the contract.
    let has_caught = |own: &CodeSites, offset| unsafe { own.has_caught(offset, flying.exception) };
    let caught = |frame: &C, code| {
        Straight::Caught(Fate { reached: Occasions::NONE, end: End::CaughtIn(frame.key()), end_code: code })
    };
    let (mut plain, mut offset) = (innermost, Some(flying.offset));
    let Some(code) = plain.code() else { return Straight::UpTo(plain, offset) };
    match sites(code) {
        Some(own) if own.is_transparent => {}
        Some(own) if has_caught(own, flying.offset) => return caught(&plain, code),
        _ => return Straight::UpTo(plain, offset),
    }
    while let Some((next, false)) = plain.back() {
        let Some(code) = next.code() else { break };
        match sites(code) {
            Some(own) if own.is_transparent => (plain, offset) = (next, None),
            Some(own) if next.place().is_some_and(|place| has_caught(own, place.offset)) => return caught(&next, code),
            _ => break,
        }
    }
    Straight::UpTo(plain, offset)
}

/// The fate of an exception from a frame on, frame by frame; at an instruction of it, if that is known better than to itself.
///
/// # Safety
/// As [`fate`].
#[inline(never)]
unsafe fn walk(
    interpreter: Interpreter<'_>,
    first: impl Cursor,
    offset: Option<usize>,
    flying: Flying,
    is_users: impl Fn(*mut ffi::PyObject) -> bool,
) -> Fate {
    // SAFETY: a cursor's code object is alive as long as the cursor.
    let sites = |code| unsafe { interpreter.sites.of(interpreter.layout, interpreter.opcodes, code) };
    let at = |frame: &_| read(frame, sites);
    let mut way = Way { wanted: flying.wanted, reached: Occasions::NONE, was_users: false };
    let mut frame = first;
    let Some((mut own, mut place)) = at(&frame) else { return way.ends(End::OpenUntil(frame.key()), &frame) };
    if matches!(own.kind, Kind::Runpy | Kind::ThreadStart) {
        // What these raise themselves is theirs.
        return way.ends(End::CaughtIn(frame.key()), &frame);
    }
    place.offset = offset.unwrap_or(place.offset);
    let is_of_no_interest = |own: &CodeSites| own.is_transparent && !flying.wanted.has(Occasion::UserUnhandled);
    let is_of_test = Cell::new(false);
    let leaving = Leaving { interpreter, exception: flying.exception, is_of_test: &is_of_test };
    let mut is_out_of_loop = false;
    loop {
        // Most frames do nothing with an exception.
        while is_of_no_interest(own) {
            let Some((back, false)) = frame.back() else { break };
            let Some((next, next_place)) = at(&back).filter(|(next, _)| is_of_no_interest(next)) else { break };
            (frame, own, place) = (back, next, next_place);
        }
        // SAFETY: by the contract; what the place points to lives as long as the cursor.
        match unsafe { leaving.deed(&frame, own, place) } {
            // What leaves the loop that runs until a task is done comes from the task, by its last statement.
            _ if is_out_of_loop => {}
            Deed::Passes => {}
            Deed::Catches if is_of_test.replace(false) => {
                way.reaches(Occasion::Test);
                return way.ends(End::CaughtIn(frame.key()), &frame);
            }
            Deed::Catches => return way.ends(End::CaughtIn(frame.key()), &frame),
            Deed::Asks => return way.ends(End::OpenUntil(frame.key()), &frame),
        }
        is_out_of_loop = false;
        way.passes(own, || is_users(place.code));
        let Some((back, through_c)) = frame.back() else {
            way.comes_to(Kind::Plain, || false);
            return if is_users(place.code) { way.leaves() } else { way.ends(End::CaughtIn(frame.key()), &frame) };
        };
        if through_c && own.kind == Kind::Finalizer {
            way.reaches(Occasion::Unraisable);
            return way.ends(End::CaughtIn(frame.key()), &frame);
        }
        let next = at(&back);
        // An import statement and the `exec` below it are calls through C that pass every exception on.
        let passes_c = || own.kind == Kind::Import || next.is_some_and(|(next, _)| next.kind.takes_all_from_c());
        if through_c && !passes_c() {
            let Some((calling, calling_place)) = next else { return way.ends(End::OpenUntil(back.key()), &back) };
            if own.is_coroutine && calling.kind == Kind::Turn {
                // SAFETY: by the contract.
                match unsafe { resumed::next(leaving, &frame, &back) } {
                    Some(Next::OutOf(running)) => {
                        let Some((runs, running_place)) = at(&running) else {
                            return way.ends(End::OpenUntil(running.key()), &running);
                        };
                        way.comes_to(runs.kind, || is_users(running_place.code));
                        (frame, own, place, is_out_of_loop) = (running, runs, running_place, true);
                        continue;
                    }
                    Some(Next::Ends(end, end_code)) => return way.ends_in(end, end_code),
                    None => return way.ends(End::OpenUntil(back.key()), &back),
                }
            }
            let gap =
                Gap { caller: &back, calling, place: calling_place, callee: &frame, own, exception: flying.exception };
            // SAFETY: by the contract.
            if !unsafe { gap.passes(interpreter.opcodes) } {
                return way.ends(End::OpenUntil(back.key()), &back);
            }
        }
        let Some((next, next_place)) = next else { return way.ends(End::OpenUntil(back.key()), &back) };
        way.comes_to(next.kind, || is_users(next_place.code));
        if matches!(next.kind, Kind::Runpy | Kind::ThreadStart) {
            // What comes to them from the program has found no handler.
            return way.leaves();
        }
        (frame, own, place) = (back, next, next_place);
    }
}

/// Where a frame is, and what is known of its code's handlers.
#[inline]
fn read<'a>(
    frame: &impl Cursor,
    sites: impl Fn(*mut ffi::PyObject) -> Option<&'a CodeSites>,
) -> Option<(&'a CodeSites, Place)> {
    let place = frame.place()?;
    Some((sites(place.code)?, place))
}

/// What was seen on the way so far.
struct Way {
    wanted: Occasions,
    reached: Occasions,
    /// The last frame but those of imports was the user's.
    was_users: bool,
}

impl Way {
    fn reaches(&mut self, occasion: Occasion) {
        self.reached = self.reached.or(Occasions::of(&[occasion]));
    }

    /// The exception leaves a frame.
    #[inline]
    fn passes(&mut self, own: &CodeSites, is_users: impl FnOnce() -> bool) {
        if self.wanted.has(Occasion::UserUnhandled) && own.kind != Kind::Import {
            self.was_users = is_users();
        }
    }

    /// It comes to the next one; if there is none, to no user's.
    #[inline]
    fn comes_to(&mut self, kind: Kind, is_users: impl FnOnce() -> bool) {
        if kind == Kind::TestCall {
            self.reaches(Occasion::Test);
        }
        if self.was_users && kind != Kind::Import && !is_users() {
            self.reaches(Occasion::UserUnhandled);
        }
    }

    fn leaves(mut self) -> Fate {
        self.reaches(Occasion::Uncaught);
        Fate { reached: self.reached.and(self.wanted), end: End::Leaves, end_code: std::ptr::null_mut() }
    }

    fn ends(self, end: End, frame: &impl Cursor) -> Fate {
        self.ends_in(end, frame.place().map_or(std::ptr::null_mut(), |place| place.code))
    }

    fn ends_in(self, end: End, end_code: *mut ffi::PyObject) -> Fate {
        Fate { reached: self.reached.and(self.wanted), end, end_code }
    }
}
