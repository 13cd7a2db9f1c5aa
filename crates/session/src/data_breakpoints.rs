//! `dataBreakpointInfo` and `setDataBreakpoints`. Called by `Session::handle`.
//!
//! Invariant: what cannot be watched has no id, and the description says why.

use pausa_dap::server::Incoming;
use pausa_dap::{requests, types};
use pausa_engine::breakpoints::Standing;
use pausa_engine::data_breakpoints::{Access, DataBreakpoint, Kind, Subject, Wanted};
use pausa_engine::hits::HitCondition;
use pausa_engine::port::{Commands, FrameId, Handle, Refusal};
use pausa_engine::stop::StopReason;

use crate::Session;

impl Session {
    pub(crate) fn data_breakpoint_info(&self, request: &Incoming) {
        self.ask::<requests::DataBreakpointInfo>(request, |commands, arguments, _| {
            let info = Kind::parse(arguments.mode.as_deref()).map_err(Refusal).and_then(|kind| {
                let subject = match arguments.variables_reference.filter(|&reference| reference != 0) {
                    _ if arguments.as_address == Some(true) => {
                        return Err(Refusal("Python's values have no address that could be watched".into()));
                    }
                    Some(reference) => Subject::Child(Handle(reference), arguments.name),
                    None => Subject::Expression(arguments.frame_id.map(FrameId), arguments.name),
                };
                commands.data_breakpoint_info(subject, kind)
            });
            Ok(match info {
                Ok(info) => types::DataBreakpointInfoResponse {
                    data_id: Some(info.data_id),
                    description: info.description,
                    access_types: Some(info.accesses.into_iter().map(access_type).collect()),
                    can_persist: Some(info.can_persist),
                },
                // A null id, not a failure, is how the protocol says that it cannot be had.
                Err(Refusal(why)) => types::DataBreakpointInfoResponse { description: why, ..Default::default() },
            })
        });
    }

    pub(crate) fn set_data_breakpoints(&self, request: &Incoming) {
        self.ask::<requests::SetDataBreakpoints>(request, |commands, arguments, _| {
            let wanted = arguments.breakpoints.into_iter().map(|wanted| {
                let (condition, hit_condition, fault) = conditions(commands, wanted.condition, wanted.hit_condition);
                let (access, unknown) = access(wanted.access_type);
                Wanted { data_id: wanted.data_id, access, condition, hit_condition, fault: fault.or(unknown) }
            });
            let wanted = wanted.collect();
            let breakpoints = commands.set_data_breakpoints(wanted);
            Ok(types::SetDataBreakpointsResponse { breakpoints: breakpoints.iter().map(describe).collect() })
        });
    }
}

/// A condition and a hit condition as they are meant, and why they cannot be.
fn conditions(
    commands: &mut dyn Commands,
    condition: Option<String>,
    hit_condition: Option<String>,
) -> (Option<String>, Option<HitCondition>, Option<String>) {
    let condition = condition.filter(|text| !text.trim().is_empty());
    let mut fault = condition.as_deref().and_then(|text| commands.check_condition(text).err());
    let hit_condition = hit_condition.filter(|text| !text.trim().is_empty());
    let hit_condition = hit_condition.and_then(|text| HitCondition::parse(&text).map_err(|why| fault = Some(why)).ok());
    (condition, hit_condition, fault)
}

fn access_type(access: Access) -> types::DataBreakpointAccessType {
    match access {
        Access::Write => types::DataBreakpointAccessType::Write,
        Access::Read => types::DataBreakpointAccessType::Read,
        Access::ReadWrite => types::DataBreakpointAccessType::ReadWrite,
    }
}

/// The access that is meant, and why it cannot be had.
fn access(named: Option<types::DataBreakpointAccessType>) -> (Access, Option<String>) {
    use types::DataBreakpointAccessType::{Read, ReadWrite, Write};
    match named {
        None | Some(Write) => (Access::Write, None),
        Some(Read) => (Access::Read, None),
        Some(ReadWrite) => (Access::ReadWrite, None),
        Some(_) => (Access::Write, Some("there is no such access; there are read, write and readWrite".into())),
    }
}

/// A data breakpoint as the protocol tells of it.
pub(crate) fn describe(breakpoint: &DataBreakpoint) -> types::Breakpoint {
    let (verified, reason, message) = match &breakpoint.standing {
        Standing::Bound => (true, None, breakpoint.note.clone()),
        Standing::Pending(what) => (false, Some("pending"), Some(format!("waits for {what}"))),
        Standing::Refused(why) => (false, Some("failed"), Some(why.clone())),
    };
    types::Breakpoint {
        id: Some(breakpoint.id.0),
        verified,
        reason: reason.map(Into::into),
        message,
        ..Default::default()
    }
}

/// What has changed at a stop, if that is why it is one.
pub(crate) fn changes(reasons: &[StopReason]) -> Option<String> {
    let changes = reasons.iter().filter_map(|reason| match reason {
        StopReason::Data(_, change, _) => Some(change.as_str()),
        _ => None,
    });
    let changes: Vec<&str> = changes.collect();
    (!changes.is_empty()).then(|| changes.join("; "))
}
