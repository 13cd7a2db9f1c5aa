//! `exceptionInfo`, and the exception as a scope.

use pausa_dap::extensions::AttachArguments;
use pausa_dap::requests::{ExceptionInfo, SetExceptionBreakpoints};
use pausa_dap::types::{ExceptionDetails, ExceptionInfoArguments, SetExceptionBreakpointsArguments};
use pausa_testkit::Result;
use pausa_testkit::pythons::Python;

use crate::debuggee::Debuggee;
use crate::{Stopped, check, everything, on_each_python, same};

fn stopped(python: &Python, name: &str) -> Result<Stopped> {
    let debuggee = Debuggee::start_as(everything(), AttachArguments::default(), python, "data", &[name])?;
    let filters = vec!["uncaught".to_owned()];
    debuggee.request::<SetExceptionBreakpoints>(SetExceptionBreakpointsArguments { filters, ..Default::default() })?;
    Stopped::of(debuggee)
}

fn inner(details: &ExceptionDetails) -> Vec<&ExceptionDetails> {
    details.inner_exception.iter().flatten().collect()
}

fn message(details: &ExceptionDetails) -> &str {
    details.message.as_deref().unwrap_or_default()
}

/// Its cause; that one's context; not a context that is suppressed.
#[test]
fn causes_and_contexts_are_told() -> Result<()> {
    on_each_python(|python| {
        let stopped = stopped(python, "chain")?;
        let info = stopped.ask::<ExceptionInfo>(ExceptionInfoArguments { thread_id: stopped.stop.thread })?;
        same((info.exception_id.as_str(), info.break_mode.as_str()), ("__main__.Failure", "unhandled"))?;
        let details = info.details.ok_or("no details")?;
        same((details.type_name.as_deref(), message(&details)), (Some("Failure"), "no luck (3)"))?;
        check(details.stack_trace.as_deref().is_some_and(|text| text.contains("chain.py")), || "no trace".into())?;
        let [cause] = inner(&details)[..] else { return Err(format!("{details:?}")) };
        same((cause.full_type_name.as_deref(), message(cause)), (Some("KeyError"), "missing"))?;
        let [context] = inner(cause)[..] else { return Err(format!("{cause:?}")) };
        same((context.full_type_name.as_deref(), message(context)), (Some("ZeroDivisionError"), "division by zero"))?;
        same(inner(context).len(), 0)?;
        let name = details.evaluate_name.ok_or("no name")?;
        same(stopped.evaluate(&format!("{name}.code"))?, "3".into())?;
        same(stopped.evaluate(&format!("[{name}.code for _ in range(2)]"))?, "[3, 3]".into())?;
        let exception = stopped.variable("Exception", "exception")?;
        same(exception.value.as_str(), "Failure('no luck', 3)")?;
        let code = stopped.child(&exception, "code")?;
        same((code.value.as_str(), code.evaluate_name.as_deref()), ("3", Some("__exception__.code")))?;
        check(stopped.evaluate("'__exception__' in vars() or '__exception__' in globals()")? == "False", || {
            "it is a variable".into()
        })
    })
}

/// The members of a group, each with what it comes from.
#[test]
fn members_of_a_group_are_told() -> Result<()> {
    on_each_python(|python| {
        if ["3.10"].contains(&python.minor.as_str()) {
            return Ok(());
        }
        let stopped = stopped(python, "group")?;
        let info = stopped.ask::<ExceptionInfo>(ExceptionInfoArguments { thread_id: stopped.stop.thread })?;
        let details = info.details.ok_or("no details")?;
        let members: Vec<_> = inner(&details).iter().map(|member| message(member).to_owned()).collect();
        same(members, vec!["first".to_owned(), "second".to_owned()])?;
        same(inner(inner(&details)[1]).len(), 1)
    })
}
