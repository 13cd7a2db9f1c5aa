//! Requests about the bytes of buffers. Called by `Session::handle`.
//!
//! Invariant: a memory reference is the handle of a value in this stop, as a number.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use pausa_dap::server::{ErrorBody, Incoming};
use pausa_dap::{requests, types};
use pausa_engine::port::Handle;

use crate::client::count;
use crate::{REFUSED, Session, refused};

/// How the protocol carries bytes. Clients that leave out the padding are understood.
const ANY_PADDING: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// More is not sent at once. It is refused, as fewer bytes than asked for would mean that the buffer ends there.
const MOST: usize = 64 << 20;

impl Session {
    pub(crate) fn read_memory(&self, request: &Incoming) {
        self.ask::<requests::ReadMemory>(request, |commands, arguments, _| {
            let of = reference(&arguments.memory_reference)?;
            let count = count("count", Some(arguments.count))?;
            if count > MOST {
                return Err(ErrorBody::new(REFUSED, format!("readMemory: ask for at most {MOST} bytes at once")));
            }
            let memory = commands.read_memory(of, arguments.offset.unwrap_or(0), count).map_err(refused)?;
            Ok(types::ReadMemoryResponse {
                address: format!("{:#x}", memory.address),
                data: Some(ANY_PADDING.encode(&memory.bytes)).filter(|data| !data.is_empty()),
                unreadable_bytes: i64::try_from(memory.before).ok().filter(|&count| count > 0),
            })
        });
    }

    pub(crate) fn write_memory(&self, request: &Incoming) {
        self.ask::<requests::WriteMemory>(request, |commands, arguments, shared| {
            let of = reference(&arguments.memory_reference)?;
            let invalid = || ErrorBody::new(ErrorBody::INVALID, "writeMemory: data is not base64");
            let bytes = ANY_PADDING.decode(&arguments.data).map_err(|_| invalid())?;
            let partial = arguments.allow_partial == Some(true);
            let offset = arguments.offset.unwrap_or(0);
            let written = commands.write_memory(of, offset, &bytes, partial).map_err(refused)?;
            shared.invalidate();
            let bytes_written = i64::try_from(written).ok();
            Ok(types::WriteMemoryResponse { bytes_written, offset: partial.then_some(offset) })
        });
    }
}

fn reference(text: &str) -> Result<Handle, ErrorBody> {
    let refuse = |_| ErrorBody::new(REFUSED, format!("there is no memory '{text}'"));
    text.parse().map(Handle).map_err(refuse)
}
