//! What a data breakpoint can be set on. Called by the port's implementation in `commands.rs`.
//!
//! Invariant: the object whose part is watched is the one that the expression gives now; only what the user wrote is
//! evaluated.

use std::rc::Rc;

use pausa_engine::data_breakpoints::{Access, Info, Kind, Subject as Wanted};
use pausa_engine::port::{Handle, Refusal};
use pyo3::prelude::*;

use super::Inspection;
use super::targets::{Origin, Target};
use crate::values::{self, Key};
use crate::watch::{Subject, lasting_id, place};
use crate::{evaluate, frames};

impl<'py> Inspection<'py> {
    pub(super) fn data_breakpoint_info(&mut self, wanted: Wanted, kind: Kind) -> Result<Info, Refusal> {
        let (subject, name) = match wanted {
            Wanted::Child(of, name) => self.subject_of_child(of, &name)?,
            Wanted::Expression(frame, text) => {
                let frame = self.optional_frame(frame)?.or_else(|| frames::current(self.py));
                let frame =
                    frame.ok_or_else(|| Refusal("there is no frame in which it would mean something".into()))?;
                let text = text.trim().to_owned();
                (self.subject_of_text(&frame, &text)?, text)
            }
        };
        let debugger = self.debugger;
        let place = debugger.evaluating(self.py, || place(debugger, &subject, &name, kind)).map_err(Refusal)?;
        let lasting = lasting_id(self.py, &place);
        let can_persist = lasting.is_some();
        let note = place.note(self.py, debugger);
        let reads = debugger.layout.is_some() && crate::watch::of_place(self.py, &place.store).is_some();
        let accesses = match reads {
            true => vec![Access::Write, Access::Read, Access::ReadWrite],
            false => vec![Access::Write],
        };
        let data_id = debugger.watches.keep(lasting, Rc::new(place));
        let what = if kind == Kind::Mutation { "changes of the object " } else { "" };
        let description = format!("{what}{name}: {note}");
        Ok(Info { data_id, description, accesses, can_persist })
    }

    fn subject_of_child(&self, of: Handle, name: &str) -> Result<(Subject<'py>, String), Refusal> {
        let py = self.py;
        let own = || name.to_owned();
        match self.target(of)? {
            Target::Locals(frame) | Target::Closure(frame) => Ok((Subject::Name(frame.into_bound(py), own()), own())),
            Target::Globals(frame) => Ok((Subject::Global(frame.into_bound(py), own()), own())),
            Target::Value(value, origin) | Target::Portion(value, origin, ..) => {
                let value = value.into_bound(py);
                let key = values::key_of(&value, name).map_err(Refusal)?;
                subject_of_key(&value, key, &origin, name)
            }
            Target::Computed(..) => {
                Err(Refusal(format!("{name} is computed by its class: watch what it is computed from")))
            }
            Target::Returned | Target::Exception(..) => Err(Refusal("that is no variable of the program".into())),
        }
    }

    fn subject_of_text(&self, frame: &Bound<'py, PyAny>, text: &str) -> Result<Subject<'py>, Refusal> {
        let py = self.py;
        let refuse = |raised: evaluate::Raised| Refusal(raised.text);
        let value = |text: &str| -> Result<Bound<'py, PyAny>, Refusal> {
            self.debugger.evaluating(py, || evaluate::expression(py, frame, text)).map_err(refuse)
        };
        let is_whole = text.starts_with('(');
        match evaluate::watched(Some(frame), py, text).map_err(refuse)? {
            (kind, None, Some(name)) if kind == "name" => Ok(Subject::Name(frame.clone(), name)),
            (kind, Some(owner), Some(name)) if kind == "attribute" && !is_whole => {
                Ok(Subject::Attribute(value(&owner)?, name))
            }
            (kind, Some(owner), Some(key)) if kind == "item" && !is_whole => {
                Ok(Subject::Item(value(&owner)?, value(&key)?))
            }
            _ => {
                // What it gives now, or raises, is said at once.
                value(text)?;
                Ok(Subject::Expression(frame.clone(), text.to_owned()))
            }
        }
    }
}

/// A child of a value, and what the user calls it.
fn subject_of_key<'py>(
    value: &Bound<'py, PyAny>,
    key: Key,
    origin: &Origin,
    name: &str,
) -> Result<(Subject<'py>, String), Refusal> {
    let parent = origin.expression.as_deref().unwrap_or("…");
    match key {
        Key::Attribute(attribute) => {
            let called = format!("{parent}.{attribute}");
            Ok((Subject::Attribute(value.clone(), attribute), called))
        }
        Key::Index(index) => {
            let key = index.into_pyobject(value.py()).map_err(|error| Refusal(error.to_string()))?;
            Ok((Subject::Item(value.clone(), key.into_any()), format!("{parent}[{index}]")))
        }
        Key::Item(key) => Ok((Subject::Item(value.clone(), key.into_bound(value.py())), format!("{parent}[{name}]"))),
        Key::Fixed(why) => Err(Refusal(why.into())),
    }
}
