//! Requests about bytecode: `disassemble`, and breakpoints on instructions. Called by `Session::handle`.
//!
//! Invariant: an instruction is known to the client by the number of its address, which stays the same as long as its code
//! object lives.

use std::fmt::Write;

use pausa_dap::server::{ErrorBody, Incoming};
use pausa_dap::{requests, types};
use pausa_engine::breakpoints::{Place, Wanted};
use pausa_engine::targets::{Address, Disassembled, Stretch};

use crate::client::{ClientFacts, count};
use crate::{REFUSED, Session, breakpoints, refused, sources};

impl Session {
    pub(crate) fn disassemble(&self, request: &Incoming) {
        self.ask::<requests::Disassemble>(request, |commands, arguments, shared| {
            let from = address(&arguments.memory_reference, arguments.offset)?;
            let count = count("instructionCount", Some(arguments.instruction_count))?;
            let stretch = Stretch { from, moved: arguments.instruction_offset.unwrap_or(0), count };
            let listing = commands.disassemble(stretch).map_err(refused)?;
            let mut location = Some(sources::source(listing.source, shared));
            let told = listing.instructions.into_iter().map(|instruction| {
                let is_first_told = instruction.line.is_some();
                let mut told = tell(instruction, &shared.client);
                // The same for all that follow, so it is said once.
                told.location = if is_first_told { location.take() } else { None };
                told
            });
            Ok(types::DisassembleResponse { instructions: told.collect() })
        });
    }

    pub(crate) fn set_instruction_breakpoints(&self, request: &Incoming) {
        self.ask::<requests::SetInstructionBreakpoints>(request, |commands, arguments, shared| {
            let wanted = arguments.breakpoints.into_iter().map(|wanted| {
                let at = address(&wanted.instruction_reference, wanted.offset);
                let place = at.as_ref().map_or(Place::Instruction(0, 0), |at| Place::Instruction(at.code, at.offset));
                let read = breakpoints::read(commands, place, wanted.condition, wanted.hit_condition, None);
                let fault = read.fault.or_else(|| at.err().map(|error| error.format));
                Wanted { fault, ..read }
            });
            let wanted = wanted.collect();
            let breakpoints = commands.set_instruction_breakpoints(wanted);
            let breakpoints = breakpoints.iter().map(|breakpoint| breakpoints::describe(breakpoint, &shared.client));
            Ok(types::SetInstructionBreakpointsResponse { breakpoints: breakpoints.collect() })
        });
    }
}

/// An address as the protocol has it.
pub(crate) fn reference(address: Address) -> String {
    number(address.number())
}

fn number(address: i64) -> String {
    if address < 0 { format!("-{:#x}", address.unsigned_abs()) } else { format!("{address:#x}") }
}

/// The address that a client names, moved by some bytes.
fn address(reference: &str, offset: Option<i64>) -> Result<Address, ErrorBody> {
    let number = match reference.strip_prefix("0x") {
        Some(digits) => i64::from_str_radix(digits, 16),
        None => reference.parse(),
    };
    let moved = number.ok().and_then(|number| number.checked_add(offset.unwrap_or(0)));
    moved.and_then(Address::of).ok_or_else(|| ErrorBody::new(REFUSED, format!("there is no instruction '{reference}'")))
}

fn tell(instruction: Disassembled, client: &ClientFacts) -> types::DisassembledInstruction {
    let is_there = instruction.text.is_some();
    let mut bytes = String::new();
    for byte in &instruction.bytes {
        // A `String` takes all that is written to it.
        let _ = write!(bytes, "{}{byte:02x}", if bytes.is_empty() { "" } else { " " });
    }
    types::DisassembledInstruction {
        address: number(instruction.address),
        instruction: instruction.text.unwrap_or_default(),
        instruction_bytes: (!bytes.is_empty()).then_some(bytes),
        line: instruction.line.map(|line| client.line(line)),
        column: instruction.columns.map(|columns| client.column(columns.start)),
        end_line: instruction.columns.map(|columns| client.line(columns.end_line)),
        end_column: instruction.columns.map(|columns| client.column(columns.end)),
        symbol: instruction.symbol,
        presentation_hint: (!is_there).then_some(types::DisassembledInstructionPresentationHint::Invalid),
        ..Default::default()
    }
}
