//! The library that `values.rs` loads into each Python: what `values/probe.rs` exports.

use pausa_cpython as _;
