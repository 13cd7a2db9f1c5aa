//! The values that a step by expressions has come to.
//!
//! Invariant: inner expressions come first, as they were computed.

use pausa_dap::extensions::ComputedResponse;

/// `EXPRESSION = VALUE`, a line each.
#[must_use]
pub fn values(found: &ComputedResponse) -> Vec<String> {
    found.values.iter().map(|told| format!("{} = {}", told.expression, told.value)).collect()
}
