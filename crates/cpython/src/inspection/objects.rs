//! Instances, referrers and sizes of objects that an expression gives. Called by the port's implementation in `mod.rs`.
//!
//! Invariant: but for the expression no code of the program runs.

use pausa_engine::objects::{Instances, Range, Referrer, Referrers, Size};
use pausa_engine::port::{EvaluateMode, Format, FrameId, Refusal};
use pyo3::prelude::*;
use pyo3::types::PyType;

use super::Inspection;
use super::targets::Origin;
use crate::evaluate::Given;
use crate::{objects, values};

impl<'py> Inspection<'py> {
    /// The object that an expression gives.
    fn object(&mut self, frame: Option<FrameId>, expression: &str) -> Result<Bound<'py, PyAny>, Refusal> {
        let frame = self.optional_frame(frame)?;
        let (py, given) = (self.py, Given::default());
        let evaluate = || crate::evaluate::evaluate(py, frame.as_ref(), expression, EvaluateMode::Expression, &given);
        let value = self.debugger.evaluating(py, evaluate).map_err(|raised| Refusal(raised.text))?;
        Ok(value.map_or_else(|| py.None().into_bound(py), |value| value.into_bound(py)))
    }

    fn shown(&mut self, value: &Bound<'py, PyAny>) -> pausa_engine::port::Value {
        self.value(value, None, Origin::default(), Format::default())
    }

    pub(super) fn instances(
        &mut self,
        frame: Option<FrameId>,
        class: &str,
        only: bool,
        range: Range,
    ) -> Result<Instances, Refusal> {
        let value = self.object(frame, class)?;
        let class = value.cast::<PyType>().map_err(|_| {
            Refusal(format!("'{class}' is no class but of type {}: name a class", values::type_name(&value)))
        })?;
        let found = objects::instances(class, only).map_err(Refusal)?;
        let total = found.len();
        let listed = page(found, range).map(|object| self.shown(&object)).collect();
        Ok(Instances { listed, total })
    }

    pub(super) fn referrers(
        &mut self,
        frame: Option<FrameId>,
        expression: &str,
        range: Range,
    ) -> Result<Referrers, Refusal> {
        let value = self.object(frame, expression)?;
        let found = objects::referrers(&value, |frame| self.debugger.is_hidden_frame(frame));
        let found = found.map_err(|error| self.refuse(error))?;
        let total = found.len();
        let listed = page(found, range).map(|found| {
            let holder = found.holder.as_ref().map(|holder| self.shown(holder));
            Referrer { how: found.how, holder }
        });
        let listed = listed.collect();
        Ok(Referrers { listed, total })
    }

    pub(super) fn size_of(&mut self, frame: Option<FrameId>, expression: &str, deep: bool) -> Result<Size, Refusal> {
        let value = self.object(frame, expression)?;
        let own = objects::own_size(&value).map_err(|error| self.refuse(error))?;
        if !deep {
            return Ok(Size { own, reachable: None, objects: 1 });
        }
        let (bytes, objects) = objects::reachable_size(&value).map_err(|error| self.refuse(error))?;
        Ok(Size { own, reachable: Some(bytes), objects })
    }
}

fn page<T>(found: Vec<T>, range: Range) -> impl Iterator<Item = T> {
    let count = if range.count == 0 { usize::MAX } else { range.count };
    found.into_iter().skip(range.start).take(count)
}
