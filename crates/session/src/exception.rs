//! `exceptionInfo`. Called by `Session::handle`.
//!
//! Invariant: what an exception comes from is told as it is, the causes that the program hides left out.

use pausa_dap::server::{ErrorBody, Incoming};
use pausa_dap::{requests, types};
use pausa_engine::exception_filters::Occasion;
use pausa_engine::port::Exception;

use crate::{REFUSED, Session, thread};

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
