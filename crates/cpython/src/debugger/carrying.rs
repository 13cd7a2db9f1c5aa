//! Breakpoints that move with their lines when an edited file is reloaded. Called by `inspection` and by `breakpoints`.
//!
//! Invariant: a breakpoint's line means the text that its file had when the client sent it first; texts are kept for files with
//! breakpoints only.

use std::rc::Rc;

use pausa_engine::breakpoints::{Breakpoint, BreakpointId, Place};
use pausa_engine::port::Line;
use pausa_engine::reload;
use pyo3::prelude::*;

use super::Debugger;
use crate::code::registry::CodeKey;

impl Debugger {
    /// Keeps the text that the lines of new breakpoints of a file are meant in.
    pub(super) fn remember_text(&self, file: &str, ids: &[BreakpointId]) {
        let mut texts = self.texts.borrow_mut();
        {
            let state = self.state();
            texts.retain(|id, _| state.breakpoints.get(*id).is_some());
        }
        if ids.iter().all(|id| texts.contains_key(id)) {
            return;
        }
        let text = std::fs::read(file).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
        let same = ids.iter().filter_map(|id| texts.get(id)).find(|known| ***known == *text).cloned();
        let text = same.unwrap_or_else(|| Rc::from(text));
        for id in ids {
            texts.entry(*id).or_insert_with(|| text.clone());
        }
    }

    /// Moves the breakpoints of a file to where their lines are in its new text, and puts them on the code that there is now.
    /// Which moved and where to, and all that stand otherwise than before.
    pub fn carry_breakpoints(
        &self,
        py: Python<'_>,
        file: &str,
        text: &str,
        gone: &[Bound<'_, PyAny>],
    ) -> (Vec<(BreakpointId, Line)>, Vec<Breakpoint>) {
        let ids = self.state().breakpoints.in_file(file).to_vec();
        let of_functions = self.state().breakpoints.on_functions().to_vec();
        let mut before = self.breakpoints(&ids);
        let is_here = |own: &Breakpoint| own.at.as_ref().is_some_and(|(path, _)| path == file);
        before.extend(self.breakpoints(&of_functions).into_iter().filter(is_here));
        let text: Rc<str> = Rc::from(text);
        let mut carried = Vec::new();
        for own in &before {
            let (Place::Line(_, line) | Place::Column(_, line, _)) = own.wanted.place else { continue };
            let old = self.texts.borrow_mut().insert(own.id, text.clone());
            let lines = old.map(|old| reload::new_lines(&old, &text)).unwrap_or_default();
            let to = usize::try_from(line).ok().and_then(|line| lines.get(line.checked_sub(1)?).copied());
            if let Some(to) = to.filter(|to| *to != line) {
                self.state().breakpoints.carry(own.id, to);
                carried.push((own.id, to));
            }
        }
        self.look_for_code(py);
        let keys: Vec<CodeKey> = self.state().registry.codes_of(file);
        // SAFETY: registered, and the GIL has been held since they were read.
        let mut live: Vec<_> = keys.into_iter().map(|code| unsafe { code.object(py) }).collect();
        // What still runs in them has the lines of the old text.
        live.retain(|code| !gone.iter().any(|gone| gone.is(code)));
        self.put_on_lines(py, file, &ids, &live);
        let live: Vec<_> = live.into_iter().map(|code| (code, file.to_owned())).collect();
        for id in of_functions.iter().filter(|id| before.iter().any(|own| own.id == **id)) {
            self.resolve_function(py, *id, &live);
        }
        let place = |own: &Breakpoint| (own.standing.clone(), own.at.clone());
        let after = self.breakpoints(&before.iter().map(|own| own.id).collect::<Vec<_>>());
        let is_changed = |own: &Breakpoint| before.iter().any(|old| old.id == own.id && place(old) != place(own));
        let changed = after.into_iter().filter(is_changed).collect();
        (carried, changed)
    }
}
