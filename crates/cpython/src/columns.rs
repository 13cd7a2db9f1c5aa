//! Which part of its line an instruction comes from. Called by `inspection`.
//!
//! The interpreter counts columns in bytes of UTF-8, the protocol in UTF-16 code units: where a file is not plain ASCII,
//! its text is looked at. Invariant: a file is read once while it does not change, and only texts that are not ASCII are
//! kept; positions of a file that cannot be read are not told.

use std::collections::HashMap;
use std::ffi::{c_int, c_void};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::SystemTime;

use pausa_engine::port::{Columns, Line};
use pyo3::ffi;
use pyo3::prelude::*;

use crate::symbols::lookup;

type Locate = unsafe extern "C" fn(*mut ffi::PyObject, c_int, *mut c_int, *mut c_int, *mut c_int, *mut c_int) -> c_int;

/// `PyCode_Addr2Location` of Include/cpython/code.h, from 3.11 on.
fn locate() -> Option<Locate> {
    static LOCATE: OnceLock<Option<Locate>> = OnceLock::new();
    *LOCATE.get_or_init(|| {
        let found = lookup(c"PyCode_Addr2Location")?;
        // SAFETY: the symbol is CPython's function of this name, with this signature in all versions that have it.
        Some(unsafe { std::mem::transmute::<*mut c_void, Locate>(found) })
    })
}

/// Where the instruction at a byte offset comes from, if that is on this line of a file.
pub fn of(code: &Bound<'_, PyAny>, instruction: i32, line: Line, path: &str) -> Option<Columns> {
    let locate = locate()?;
    let (mut start_line, mut start, mut end_line, mut end) = (-1, -1, -1, -1);
    // SAFETY: it is a code object, the GIL is held, and an offset that it does not have gives -1.
    let found = unsafe {
        let code = code.as_ptr();
        locate(code, instruction, &raw mut start_line, &raw mut start, &raw mut end_line, &raw mut end)
    };
    let [start_line, start, end_line, end] = [start_line, start, end_line, end].map(u32::try_from);
    let (start_line, start, end_line, end) = (start_line.ok()?, start.ok()?, end_line.ok()?, end.ok()?);
    if found == 0 || start_line != line || (start_line, start) >= (end_line, end) {
        return None;
    }
    let text = text_beyond_ascii(path)?;
    let column = |line, bytes| text.as_ref().map_or(Some(bytes + 1), |text| utf16(text, line, bytes));
    Some(Columns { start: column(start_line, start)?, end_line, end: column(end_line, end)? })
}

/// The text that the instruction at a byte offset comes from, as far as that is on one line.
pub fn text(code: &Bound<'_, PyAny>, instruction: usize, path: &str) -> Option<String> {
    let locate = locate()?;
    let (mut start_line, mut start, mut end_line, mut end) = (-1, -1, -1, -1);
    // SAFETY: as in `of`.
    let found = unsafe {
        let (code, at) = (code.as_ptr(), c_int::try_from(instruction).ok()?);
        locate(code, at, &raw mut start_line, &raw mut start, &raw mut end_line, &raw mut end)
    };
    let line = usize::try_from(start_line).ok().filter(|_| found != 0)?.checked_sub(1)?;
    let text = whole_text(path)?;
    let line = text.lines().nth(line)?;
    let start = usize::try_from(start).ok()?;
    let end = if end_line == start_line { usize::try_from(end).ok()? } else { line.len() };
    line.get(start..end).map(str::to_owned)
}

/// The text of a file; of the one that was asked for last it is kept.
fn whole_text(path: &str) -> Option<Arc<str>> {
    static LAST: Mutex<Option<(String, Known)>> = Mutex::new(None);
    let facts = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
    let (modified, length) = (facts.modified().ok(), facts.len());
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((own, known)) = &*last
        && own == path
        && known.modified == modified
        && known.length == length
    {
        return known.text.clone();
    }
    let text: Option<Arc<str>> = std::fs::read_to_string(path).ok().map(Into::into);
    *last = Some((path.to_owned(), Known { modified, length, text: text.clone() }));
    text
}

/// A column in bytes from 0 as one in UTF-16 code units from 1.
fn utf16(text: &str, line: Line, bytes: u32) -> Option<u32> {
    let line = text.lines().nth(usize::try_from(line).ok()?.checked_sub(1)?)?;
    let before = line.get(..usize::try_from(bytes).ok()?)?;
    u32::try_from(before.encode_utf16().count() + 1).ok()
}

/// What a file was when it was read, and its text if that is not ASCII.
struct Known {
    modified: Option<SystemTime>,
    length: u64,
    text: Option<Arc<str>>,
}

/// Files known at once: more than a stack goes through.
const MOST: usize = 1_000;

/// The text of a file that is not ASCII, `Some(None)` for one that is; None if it cannot be read.
fn text_beyond_ascii(path: &str) -> Option<Option<Arc<str>>> {
    static FILES: OnceLock<Mutex<HashMap<String, Known>>> = OnceLock::new();
    let facts = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
    let (modified, length) = (facts.modified().ok(), facts.len());
    let mut files = FILES.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = files.get(path).filter(|known| known.modified == modified && known.length == length) {
        return Some(known.text.clone());
    }
    let text = std::fs::read_to_string(path).ok()?;
    let text: Option<Arc<str>> = (!text.is_ascii()).then(|| text.into());
    if files.len() >= MOST {
        files.clear();
    }
    files.insert(path.to_owned(), Known { modified, length, text: text.clone() });
    Some(text)
}
