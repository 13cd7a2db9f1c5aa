//! The first line of a stop.
//!
//! Called by the session when the program stopped. Invariant: the words of docs/terminal.md, and no other.

use pausa_dap::types::{StackFrame, StoppedEvent, StoppedEventReason};

use super::Look;
use super::colours::Ink;

/// The thread whose name is not worth saying.
const MAIN_THREAD: &str = "MainThread";

/// What is known of a stop.
#[derive(Clone, Debug, Default)]
pub struct Stopped<'a> {
    /// What the agent said.
    pub event: StoppedEvent,
    /// The user's numbers of the breakpoints that were hit.
    pub breakpoints: Vec<u32>,
    /// `Uncaught ValueError: message`, if it stopped for an exception.
    pub exception: Option<String>,
    /// The stopped thread's name.
    pub thread: Option<&'a str>,
}

/// `REASON: PLACE`.
pub fn line(look: &Look, stopped: &Stopped<'_>, frame: Option<&StackFrame>) -> String {
    let reason = look.ink(Ink::Reason, &reason(stopped));
    let place = frame.map_or_else(|| "no Python code".to_owned(), |frame| look.place(frame));
    let thread = stopped.thread.filter(|name| *name != MAIN_THREAD);
    let thread = thread.map(|name| format!(" [{name}]")).unwrap_or_default();
    format!("{reason}: {place}{thread}")
}

fn reason(stopped: &Stopped<'_>) -> String {
    let event = &stopped.event;
    if !stopped.breakpoints.is_empty() {
        let numbers: Vec<_> = stopped.breakpoints.iter().map(u32::to_string).collect();
        let is_data = event.reason == StoppedEventReason::DataBreakpoint;
        let what = if is_data { "Watchpoint" } else { "Breakpoint" };
        return format!("{what} {}", numbers.join(", "));
    }
    match &event.reason {
        StoppedEventReason::Entry => "Stopped at entry".into(),
        StoppedEventReason::Step => "Step".into(),
        StoppedEventReason::Pause => "Paused".into(),
        StoppedEventReason::Goto => "Jumped".into(),
        StoppedEventReason::Exception => stopped.exception.clone().unwrap_or_else(|| "Exception".into()),
        _ => event.description.clone().unwrap_or_else(|| "Stopped".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{frame, plain};
    use super::*;

    fn said(reason: StoppedEventReason, breakpoints: &[u32], thread: &str) -> String {
        let event = StoppedEvent { reason, description: Some("breakpoint()".into()), ..StoppedEvent::default() };
        let exception = Some("Uncaught ValueError: no".to_owned());
        let stopped = Stopped { event, breakpoints: breakpoints.to_vec(), exception, thread: Some(thread) };
        line(&plain(), &stopped, Some(&frame("/home/me/a.py", 3, "f")))
    }

    #[test]
    fn each_reason_has_its_words() {
        use StoppedEventReason::{Breakpoint, Entry, Exception, Goto, Pause, Step};
        assert_eq!(said(Entry, &[], "MainThread"), "Stopped at entry: a.py:3 in f");
        assert_eq!(said(Breakpoint, &[1, 3], "MainThread"), "Breakpoint 1, 3: a.py:3 in f");
        assert_eq!(said(Breakpoint, &[], "MainThread"), "breakpoint(): a.py:3 in f");
        assert_eq!(said(Step, &[], "worker"), "Step: a.py:3 in f [worker]");
        assert_eq!(said(Pause, &[], "MainThread"), "Paused: a.py:3 in f");
        assert_eq!(said(Goto, &[], "MainThread"), "Jumped: a.py:3 in f");
        assert_eq!(said(Exception, &[], "MainThread"), "Uncaught ValueError: no: a.py:3 in f");
    }
}
