//! `exceptionInfo`, and the exceptions that one comes from with their frames. Called by `Session::handle`.
//!
//! Invariant: what an exception comes from is told as it is, the causes that the program hides left out.

use pausa_dap::server::{ErrorBody, Incoming};
use pausa_dap::{extensions, requests, types};
use pausa_engine::exception_filters::Occasion;
use pausa_engine::port::{Exception, Link};

use crate::stack::stack_frame;
use crate::{REFUSED, Session, refused, thread};

/// The name by which evaluations refer to the exception of the stop.
const EVALUATE_NAME: &str = "__exception__";

impl Session {
    pub(crate) fn exception_info(&self, request: &Incoming) {
        self.ask::<requests::ExceptionInfo>(request, |commands, arguments, _| {
            let none = || ErrorBody::new(REFUSED, "the thread is not stopped at an exception");
            let exception = commands.exception(thread(arguments.thread_id)).ok_or_else(none)?;
            let (exception_id, description) = (exception.type_name.clone(), exception.message.clone());
            let break_mode = break_mode(exception.occasion);
            let details = types::ExceptionDetails { evaluate_name: Some(EVALUATE_NAME.into()), ..details(exception) };
            Ok(types::ExceptionInfoResponse {
                exception_id,
                description: Some(description),
                break_mode: break_mode.into(),
                details: Some(details),
            })
        });
    }
}

impl Session {
    pub(crate) fn exceptions(&self, request: &Incoming) {
        self.ask::<extensions::Exceptions>(request, |commands, arguments, _| {
            let exceptions = commands.linked_exceptions(thread(arguments.thread_id)).into_iter().map(|exception| {
                let (link, member) = match exception.link {
                    Link::Itself => (extensions::ExceptionLink::Itself, None),
                    Link::Cause => (extensions::ExceptionLink::Cause, None),
                    Link::Context => (extensions::ExceptionLink::Context, None),
                    Link::Member(number) => (extensions::ExceptionLink::Member, i64::try_from(number).ok()),
                };
                extensions::LinkedException {
                    type_name: exception.type_name,
                    message: exception.message,
                    link,
                    member,
                    depth: exception.depth,
                }
            });
            Ok(extensions::ExceptionsResponse { exceptions: exceptions.collect() })
        });
    }

    pub(crate) fn exception_stack(&self, request: &Incoming) {
        self.ask::<extensions::ExceptionStack>(request, |commands, arguments, shared| {
            let frames = commands.exception_stack(thread(arguments.thread_id), arguments.exception).map_err(refused)?;
            let frames = frames.into_iter().map(|frame| {
                let name = frame.name.clone();
                stack_frame(frame, name, shared)
            });
            Ok(extensions::ExceptionStackResponse { stack_frames: frames.collect() })
        });
    }
}

/// The protocol's word for an occasion.
fn break_mode(occasion: Option<Occasion>) -> &'static str {
    match occasion {
        Some(Occasion::Raised) => "always",
        Some(Occasion::UserUnhandled | Occasion::Test) => "userUnhandled",
        Some(Occasion::Uncaught | Occasion::Unraisable | Occasion::Task) | None => "unhandled",
    }
}

fn details(exception: Exception) -> types::ExceptionDetails {
    let inner: Vec<_> = exception.inner.into_iter().map(details).collect();
    types::ExceptionDetails {
        message: Some(exception.message),
        type_name: exception.type_name.rsplit('.').next().map(str::to_owned),
        full_type_name: Some(exception.type_name),
        stack_trace: Some(exception.traceback).filter(|text| !text.is_empty()),
        inner_exception: Some(inner).filter(|inner| !inner.is_empty()),
        ..Default::default()
    }
}
