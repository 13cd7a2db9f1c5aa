//! The bytes of buffers. Called by the port's implementation in `mod.rs`.
//!
//! Invariant: a buffer is asked for afresh at each request, as the program may have resized it.

use pausa_engine::port::{Handle, Memory, Refusal};

use super::Inspection;
use crate::buffer;

impl Inspection<'_> {
    pub(super) fn read_memory(&mut self, of: Handle, offset: i64, count: usize) -> Result<Memory, Refusal> {
        buffer::read(&self.value_of(of)?, offset, count).map_err(|error| self.refuse(error))
    }

    pub(super) fn write_memory(
        &mut self,
        of: Handle,
        offset: i64,
        bytes: &[u8],
        partial: bool,
    ) -> Result<usize, Refusal> {
        buffer::write(&self.value_of(of)?, offset, bytes, partial).map_err(|error| self.refuse(error))
    }
}
