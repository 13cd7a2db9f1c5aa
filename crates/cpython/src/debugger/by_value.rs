//! Function breakpoints on what a value has: one object's method, a method that a class inherits. Called by `breakpoints`
//! for names that no function has.
//!
//! Invariant: the value is found without running code of the program, in the frame that the program is stopped in.

use pausa_engine::function_breakpoints::{FoundIn, FunctionPlace};
use pausa_engine::glob;
use pyo3::prelude::*;
use pyo3::types::{PyModule, PyType};

use super::Debugger;
use crate::code::qualname;
use crate::code::registry::{CodeKey, real_path};
use crate::evaluate;
use crate::frames;
use crate::named::Named;
use crate::receiver::{Held, Receiver};
use crate::values;

impl Debugger {
    /// The function that a value has under a name, and whose calls of it are meant. None if there is no such value, or the
    /// program is not stopped.
    pub(super) fn find_by_value(
        &self,
        py: Python<'_>,
        place: &FunctionPlace,
    ) -> Option<Result<(Receiver, FoundIn), String>> {
        let (owner, name) = place.name.dotted.rsplit_once('.')?;
        if name.contains(glob::SPECIAL) || place.name.file.is_some() || self.world.holder().is_none() {
            return None;
        }
        let innermost = frames::current(py)?;
        let frame = frames::stack(innermost).find(|frame| !self.is_hidden_frame(frame))?;
        let value =
            evaluate::quietly(py, Some(&frame), owner).ok().filter(|value| !value.is_instance_of::<PyModule>())?;
        Some(self.method_of(&value, owner, name, place.only))
    }

    fn method_of(
        &self,
        owner: &Bound<'_, PyAny>,
        spoken: &str,
        name: &str,
        only: bool,
    ) -> Result<(Receiver, FoundIn), String> {
        let class = owner.cast::<PyType>().ok();
        let kind = class.cloned().unwrap_or_else(|| owner.get_type());
        let stored = values::class_attribute(&kind, name).ok_or_else(|| {
            format!("'{spoken}' is {}, which has no method '{name}'", article(&values::short_name(&kind)))
        })?;
        let code = values::code_behind(&stored).ok_or_else(|| format!("'{spoken}.{name}' is no Python function"))?;
        if values::type_name(&stored) == "staticmethod" {
            let own = qualname::of(&code);
            return Err(format!("'{spoken}.{name}' is a static method, which is not told whose it is: use {own}"));
        }
        let receiver = match class {
            Some(class) => Receiver::Class { class: Held::of(class.as_any()), only },
            None => Receiver::Object(Held::of(owner)),
        };
        let known = self.state().registry.file(CodeKey::of(&code)).map(str::to_owned);
        let file = known.unwrap_or_else(|| {
            let name = code.named("co_filename").and_then(|name| name.extract::<String>());
            real_path(&name.unwrap_or_default())
        });
        Ok((receiver, FoundIn { file, qualname: qualname::of(&code) }))
    }
}

/// `an Account`, `a Till`.
fn article(name: &str) -> String {
    let article = if name.starts_with(['A', 'E', 'I', 'O', 'U', 'a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {name}")
}
