//! An exception is at an occasion that there is a filter for: modules, condition, hit count, in this order, and the stop.
//! Called by `raise` and by those that hear of exceptions otherwise.
//!
//! Invariant: as for breakpoints: a condition that raises stops the thread with the error shown, and hits are counted only
//! when the condition holds. An exception is asked about once at an occasion.

use pausa_engine::exception_filters::{ExceptionFilter, Occasions};
use pausa_engine::stop::StopReason;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::debugger::{Debugger, Where};
use crate::evaluate::{self, Given};
use crate::exceptions;
use crate::named::Named;
use crate::values;

/// Stops the thread if a filter for one of these occasions wants the exception. The condition is evaluated in the frame
/// that the thread is in, or in the one that raised the exception.
pub fn stop<'py>(
    py: Python<'py>,
    debugger: &Debugger,
    exception: &Bound<'py, PyAny>,
    reached: Occasions,
    frame: Option<&Bound<'py, PyAny>>,
) {
    if reached.is_empty() {
        return;
    }
    debugger.exceptions.consider(exception, reached);
    let origin = origin(exception);
    let (filters, lineage) = (debugger.exceptions.filters(), values::lineage(exception));
    let mut text = None;
    let mut found = None;
    for occasion in reached.iter() {
        for filter in filters.at(occasion, &lineage) {
            if holds(py, filter, exception, (frame.or(origin.as_ref()), origin.as_ref()), &mut text) {
                found = found.max(Some(occasion));
            }
        }
    }
    if let Some(occasion) = found {
        debugger.exceptions.while_stopped(exception, occasion, || {
            debugger.stop(py, vec![StopReason::Exception(occasion)], text, Where::Elsewhere);
        });
    }
}

/// The frame that raised an exception.
fn origin<'py>(exception: &Bound<'py, PyAny>) -> Option<Bound<'py, PyAny>> {
    exceptions::entries(exception).last()?.named("tb_frame").ok()
}

/// Whether a filter wants an exception; counts it if so.
fn holds<'py>(
    py: Python<'py>,
    filter: &ExceptionFilter,
    exception: &Bound<'py, PyAny>,
    (frame, origin): (Option<&Bound<'py, PyAny>>, Option<&Bound<'py, PyAny>>),
    text: &mut Option<String>,
) -> bool {
    let modules = &filter.limits.modules;
    if !modules.is_empty() && !modules.hold(&origin.and_then(module_name).unwrap_or_default()) {
        return false;
    }
    let (Some(condition), Some(frame)) = (&filter.limits.condition, frame) else { return filter.counts() };
    let given = Given { exception: Some(exception.clone()), ..Given::default() };
    match evaluate::test(py, frame, condition, &given) {
        Ok(holds) => holds && filter.counts(),
        Err(raised) => {
            *text = Some(format!("condition '{condition}' failed: {}", raised.text));
            true
        }
    }
}

/// `__name__` of a frame's globals.
fn module_name(frame: &Bound<'_, PyAny>) -> Option<String> {
    let globals = frame.named("f_globals").ok()?.cast_into::<PyDict>().ok()?;
    let name = globals.get_item("__name__").ok()??;
    name.cast_exact::<PyString>().ok().map(|name| name.to_string_lossy().into_owned())
}
