//! Integers of any size as text. Called by `render`.
//!
//! Invariant: neither the interpreter's limit of digits nor the quadratic cost of converting a huge number is met: only
//! as many digits are computed as are shown.

use crate::named::Named;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyInt;

use super::render::Renderer;

/// Digits that are always allowed (`sys.set_int_max_str_digits` takes no less).
const CHUNK: usize = 600;

/// Numbers of more bits are not even divided.
const LARGEST: usize = 2_000_000;

/// About how many digits an int has, if it is one too large for a machine word.
pub fn digits(value: &Bound<'_, PyAny>) -> Option<usize> {
    if small(value).is_some() || !value.is_instance_of::<PyInt>() {
        return None;
    }
    let bits: usize = value.py().get_type::<PyInt>().call_named1("bit_length", (value,)).ok()?.extract().ok()?;
    Some(bits * 30_103 / 100_000 + 1)
}

fn small(value: &Bound<'_, PyAny>) -> Option<i64> {
    if !value.is_instance_of::<PyInt>() {
        return None;
    }
    let mut overflow = 0;
    // SAFETY: it is an int or of a subclass, whose storage is read; an overflow is reported, not raised.
    let number = unsafe { ffi::PyLong_AsLongLongAndOverflow(value.as_ptr(), &raw mut overflow) };
    (overflow == 0).then_some(number)
}

impl Renderer<'_> {
    /// Writes an int.
    pub(super) fn int(&mut self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        if self.limits.hex {
            let int = value.py().get_type::<PyInt>();
            self.out.push(&int.call_named1("__format__", (value, "#x"))?.extract::<String>()?);
            return Ok(());
        }
        if let Some(number) = small(value) {
            self.out.push(&number.to_string());
            return Ok(());
        }
        let digits = digits(value).unwrap_or_default();
        if digits > LARGEST / 100 * 30 {
            self.out.push(&format!("<int of about {digits} digits>"));
            return Ok(());
        }
        let int = value.py().get_type::<PyInt>();
        // An exact int: subclasses may define their own arithmetic.
        let mut number = int.call_named1("__abs__", (value,))?;
        if int.call_named1("__lt__", (value, 0))?.is_truthy()? {
            self.out.push("-");
        }
        let room = self.out.left() + 2;
        let left_out = digits.saturating_sub(room);
        if left_out > 0 {
            number = number.floor_div(power_of_ten(&number, left_out)?)?;
        }
        let text = decimal(number)?;
        self.out.push(&text);
        if left_out > 0 {
            self.out.push_cut();
        }
        Ok(())
    }
}

fn power_of_ten<'py>(like: &Bound<'py, PyAny>, exponent: usize) -> PyResult<Bound<'py, PyAny>> {
    10_u8.into_pyobject(like.py())?.pow(exponent, like.py().None())
}

/// All digits of a number that is not negative.
fn decimal(mut number: Bound<'_, PyAny>) -> PyResult<String> {
    let unit = power_of_ten(&number, CHUNK)?;
    let mut chunks = Vec::new();
    while number.ge(&unit)? {
        let (rest, chunk): (Bound<'_, PyAny>, Bound<'_, PyAny>) = number.divmod(&unit)?.extract()?;
        chunks.push(format!("{:0>CHUNK$}", chunk.str()?.to_string()));
        number = rest;
    }
    chunks.push(number.str()?.to_string());
    chunks.reverse();
    Ok(chunks.concat())
}
