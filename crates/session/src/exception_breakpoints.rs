//! `setExceptionBreakpoints`. Called by `Session::handle`.
//!
//! Invariant: the answer says of each filter and option, in the order of the request, if it is understood; what is not
//! changes nothing else.

use pausa_dap::server::Incoming;
use pausa_dap::{requests, types};
use pausa_engine::exception_filters::{ExceptionFilter, ExceptionFilters, Limits, Occasion};
use pausa_engine::port::Commands;

use crate::Session;

/// What clients name the root of the tree of exceptions, whose other names are types.
const ROOT: &str = "Python Exceptions";

impl Session {
    pub(crate) fn set_exception_breakpoints(&self, request: &Incoming) {
        self.ask::<requests::SetExceptionBreakpoints>(request, |commands, arguments, _| {
            let mut filters = ExceptionFilters::default();
            let mut outcomes = Vec::new();
            let plain = arguments.filters.into_iter().map(|filter| (filter, None));
            let limited = arguments.filter_options.unwrap_or_default().into_iter();
            for (filter, condition) in plain.chain(limited.map(|option| (option.filter_id, option.condition))) {
                outcomes.push(
                    read_filter(commands, &filter, &condition.unwrap_or_default()).map(|filter| filters.add(filter)),
                );
            }
            let mut left_out = Vec::new();
            for option in arguments.exception_options.unwrap_or_default() {
                let types = types_of(option.path.unwrap_or_default());
                outcomes.push(add_option(&mut filters, &option.break_mode, &types).map(|never| left_out.extend(never)));
            }
            filters.leave_out(&left_out);
            commands.break_on_exceptions(filters);
            let breakpoints = outcomes.into_iter().map(|outcome| {
                let (verified, message) = (outcome.is_ok(), outcome.err());
                let reason = message.as_ref().map(|_| "failed".into());
                types::Breakpoint { verified, message, reason, ..Default::default() }
            });
            Ok(types::SetExceptionBreakpointsResponse { breakpoints: Some(breakpoints.collect()) })
        });
    }
}

fn read_filter(commands: &mut dyn Commands, name: &str, condition: &str) -> Result<ExceptionFilter, String> {
    let Some(occasion) = Occasion::of(name) else {
        let known: Vec<_> = Occasion::ALL.iter().map(|occasion| occasion.name()).collect();
        return Err(format!("there is no exception filter '{name}'; there are {}", known.join(", ")));
    };
    let limits = Limits::parse(condition)?;
    if let Some(expression) = &limits.condition {
        commands.check_condition(expression)?;
    }
    Ok(ExceptionFilter::new(occasion, limits))
}

/// The types that a path stands for, those that are left out with `!` before them.
fn types_of(path: Vec<types::ExceptionPathSegment>) -> Vec<String> {
    let segments = path.into_iter().filter(|segment| segment.names.iter().all(|name| name != ROOT));
    let names = segments.flat_map(|segment| {
        let mark = if segment.negate == Some(true) { "!" } else { "" };
        segment.names.into_iter().map(move |name| format!("{mark}{name}"))
    });
    names.collect()
}

/// Adds what an option asks for; gives the types that are never to stop.
fn add_option(
    filters: &mut ExceptionFilters,
    mode: &types::ExceptionBreakMode,
    types: &[String],
) -> Result<Vec<String>, String> {
    let limits = Limits::parse(&types.join(", "))?;
    let occasion = match mode {
        types::ExceptionBreakMode::Never if types.is_empty() => {
            return Err("name the exception types that are never to stop".to_owned());
        }
        types::ExceptionBreakMode::Never => return Ok(types.to_vec()),
        types::ExceptionBreakMode::Always => Occasion::Raised,
        types::ExceptionBreakMode::Unhandled => Occasion::Uncaught,
        types::ExceptionBreakMode::UserUnhandled => Occasion::UserUnhandled,
        types::ExceptionBreakMode::Other(mode) => {
            return Err(format!(
                "there is no break mode '{mode}'; there are never, always, unhandled and userUnhandled"
            ));
        }
    };
    filters.add(ExceptionFilter::new(occasion, limits));
    Ok(Vec::new())
}
