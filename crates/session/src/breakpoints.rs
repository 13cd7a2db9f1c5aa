//! Requests that set breakpoints. Called by `Session::handle`.
//!
//! Invariant: the answer says of each breakpoint what is true of it: bound and where, pending on what, refused and why.

use std::sync::PoisonError;

use pausa_dap::server::Incoming;
use pausa_dap::{requests, types};
use pausa_engine::breakpoints::{Breakpoint, Place, Standing, Wanted};
use pausa_engine::by_task::ByTask;
use pausa_engine::exception_filters::ExceptionFilters;
use pausa_engine::function_breakpoints::FunctionPlace;
use pausa_engine::hits::HitCondition;
use pausa_engine::port::{BreakpointPlace, Commands};
use pausa_engine::targets::Address;

use crate::client::ClientFacts;
use crate::{Session, Shared, instructions, sources};

impl Session {
    pub(crate) fn set_breakpoints(&self, request: &Incoming) {
        self.ask::<requests::SetBreakpoints>(request, |commands, arguments, shared| {
            let path = sources::path_of(arguments.source, shared)?;
            let file = commands.real_path(&path);
            shared.files.lock().unwrap_or_else(PoisonError::into_inner).insert(file.clone());
            let wanted = arguments.breakpoints.unwrap_or_default().into_iter().map(|wanted| {
                let line = shared.client.source_line(wanted.line);
                let place = match wanted.column {
                    Some(column) => Place::Column(file.clone(), line, shared.client.source_column(column)),
                    None => Place::Line(file.clone(), line),
                };
                read(commands, place, wanted.condition, wanted.hit_condition, wanted.log_message)
            });
            let wanted = wanted.collect();
            let breakpoints = commands.set_breakpoints(&file, wanted);
            let breakpoints = breakpoints.iter().map(|breakpoint| describe(breakpoint, &shared.client));
            Ok(types::SetBreakpointsResponse { breakpoints: breakpoints.collect() })
        });
    }

    pub(crate) fn set_function_breakpoints(&self, request: &Incoming) {
        self.ask::<requests::SetFunctionBreakpoints>(request, |commands, arguments, shared| {
            let wanted = arguments.breakpoints.into_iter().map(|wanted| match FunctionPlace::parse(&wanted.name) {
                Ok(place) => read(commands, Place::Function(place), wanted.condition, wanted.hit_condition, None),
                Err(fault) => {
                    let place = Place::Function(FunctionPlace::not_understood(&wanted.name));
                    Wanted {
                        place,
                        condition: None,
                        tasks: ByTask::default(),
                        hit_condition: None,
                        log_message: None,
                        fault: Some(fault),
                    }
                }
            });
            let wanted = wanted.collect();
            let breakpoints = commands.set_function_breakpoints(wanted);
            let breakpoints = breakpoints.iter().map(|breakpoint| describe(breakpoint, &shared.client));
            Ok(types::SetFunctionBreakpointsResponse { breakpoints: breakpoints.collect() })
        });
    }

    pub(crate) fn breakpoint_locations(&self, request: &Incoming) {
        self.ask::<requests::BreakpointLocations>(request, |commands, arguments, shared| {
            let path = sources::path_of(arguments.source, shared)?;
            let file = commands.real_path(&path);
            let first = shared.client.source_line(arguments.line);
            let last = arguments.end_line.map_or(first, |line| shared.client.source_line(line));
            let from = (first, arguments.column.map_or(0, |column| shared.client.source_column(column)));
            let to = (last, arguments.end_column.map_or(u32::MAX, |column| shared.client.source_column(column)));
            let is_meant = |place: &BreakpointPlace| {
                place.columns.is_none_or(|columns| (from..=to).contains(&(place.line, columns.start)))
            };
            let places = commands.breakpoint_places(&file, (first, last)).into_iter().filter(is_meant);
            let client = &shared.client;
            let breakpoints = places.map(|place| types::BreakpointLocation {
                line: client.line(place.line),
                column: place.columns.map(|columns| client.column(columns.start)),
                end_line: place.columns.map(|columns| client.line(columns.end_line)),
                end_column: place.columns.map(|columns| client.column(columns.end)),
            });
            Ok(types::BreakpointLocationsResponse { breakpoints: breakpoints.collect() })
        });
    }
}

/// Takes away all that a client can set.
pub(crate) fn forget(commands: &mut dyn Commands, shared: &Shared) {
    let files = std::mem::take(&mut *shared.files.lock().unwrap_or_else(PoisonError::into_inner));
    for file in files {
        commands.set_breakpoints(&file, Vec::new());
    }
    commands.set_function_breakpoints(Vec::new());
    commands.set_instruction_breakpoints(Vec::new());
    commands.set_data_breakpoints(Vec::new());
    commands.break_on_exceptions(ExceptionFilters::default());
}

pub(crate) fn read(
    commands: &mut dyn Commands,
    place: Place,
    condition: Option<String>,
    hit_condition: Option<String>,
    log_message: Option<String>,
) -> Wanted {
    let condition = condition.filter(|text| !text.trim().is_empty());
    let mut tasks = ByTask::default();
    let (condition, mut fault) = match condition.as_deref().map(|text| (text, commands.check_condition(text))) {
        None => (None, None),
        Some((_, Ok(()))) => (condition, None),
        // What is no Python may name a task.
        Some((text, Err(fault))) => match ByTask::parse_condition(text) {
            Some((name, rest)) => {
                tasks.name = Some(name);
                (rest.map(str::to_owned), rest.and_then(|text| commands.check_condition(text).err()))
            }
            None => (condition, Some(fault)),
        },
    };
    let hit_condition = hit_condition.filter(|text| !text.trim().is_empty());
    let hit_condition = hit_condition.and_then(|text| {
        let (text, counts_each) = ByTask::parse_hits(&text);
        tasks.counts_each = counts_each;
        HitCondition::parse(text).map_err(|why| fault = Some(why)).ok()
    });
    Wanted { place, condition, tasks, hit_condition, log_message: log_message.filter(|text| !text.is_empty()), fault }
}

/// A breakpoint as the protocol tells of it.
pub(crate) fn describe(breakpoint: &Breakpoint, client: &ClientFacts) -> types::Breakpoint {
    let (verified, reason, message) = match &breakpoint.standing {
        Standing::Bound => (true, None, notes(breakpoint).or_else(|| breakpoint.spread())),
        Standing::Pending(what) => {
            let moved = notes(breakpoint).map(|notes| format!(" ({notes})")).unwrap_or_default();
            (false, Some("pending"), Some(format!("waits for {what}{moved}")))
        }
        Standing::Refused(why) => (false, Some("failed"), Some(why.clone())),
    };
    let source = breakpoint.at.as_ref().map(|(path, _)| types::Source {
        name: path.rsplit('/').next().map(str::to_owned),
        path: Some(path.clone()),
        ..Default::default()
    });
    let instruction = match breakpoint.wanted.place {
        Place::Instruction(code, offset) if verified => Some(Address { code, offset }),
        _ => None,
    };
    let columns = breakpoint.part.as_ref().map(|place| place.columns);
    types::Breakpoint {
        id: Some(breakpoint.id.0),
        verified,
        reason: reason.map(Into::into),
        message,
        line: breakpoint.at.as_ref().map(|(_, line)| client.line(*line)),
        column: columns.map(|columns| client.column(columns.start)),
        end_line: columns.map(|columns| client.line(columns.end_line)),
        end_column: columns.map(|columns| client.column(columns.end)),
        source,
        instruction_reference: instruction.map(instructions::reference),
        ..Default::default()
    }
}

/// What is not as it was asked for.
fn notes(breakpoint: &Breakpoint) -> Option<String> {
    let whole = breakpoint.whole_line.as_ref().map(|why| format!("on the whole line, as {why}"));
    let notes: Vec<String> = breakpoint.moved().into_iter().chain(whole).collect();
    (!notes.is_empty()).then(|| notes.join("; "))
}
