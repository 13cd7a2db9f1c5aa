//! Data and sources over the protocol, on every installed Python: variables, evaluation, exceptions, memory, frames.
//!
//! The sessions show what the terminal makes of it; here is what an editor is told, field by field.

mod evaluation;
mod exceptions;
mod frames;
mod instructions;
mod jumps;
mod latency;
mod memory;
mod places;
mod variables;
mod waiting;

#[path = "../events/debuggee.rs"]
#[allow(dead_code, reason = "each test program needs some of it")]
mod debuggee;

use debuggee::{Debuggee, Stop};
use pausa_dap::extensions::AttachArguments;
use pausa_dap::requests::{Evaluate, Request, Scopes, StackTrace, Variables};
use pausa_dap::types::{
    EvaluateArguments, EvaluateResponse, InitializeRequestArguments, Scope, ScopesArguments, StackFrame,
    StackTraceArguments, Variable, VariablesArguments,
};
use pausa_testkit::pythons::{self, Python};
use pausa_testkit::{Result, binaries};

fn on_each_python(test: impl Fn(&Python) -> Result<()>) -> Result<()> {
    binaries::build()?;
    let pythons = pythons::find();
    if pythons.found.is_empty() {
        return Err("no CPython that pausa supports was found; name some in PAUSA_TEST_PYTHONS".to_owned());
    }
    pythons.found.iter().try_for_each(|python| {
        println!("on Python {}", python.version);
        test(python).map_err(|error| format!("on Python {}: {error}", python.version))
    })
}

fn check(holds: bool, what: impl FnOnce() -> String) -> Result<()> {
    if holds { Ok(()) } else { Err(what()) }
}

fn same<T: PartialEq + std::fmt::Debug>(found: T, expected: T) -> Result<()> {
    check(found == expected, || format!("found {found:?}, expected {expected:?}"))
}

/// What a client that knows everything says of itself.
fn everything() -> InitializeRequestArguments {
    InitializeRequestArguments {
        adapter_id: "pausa".into(),
        supports_invalidated_event: Some(true),
        supports_memory_event: Some(true),
        supports_memory_references: Some(true),
        supports_progress_reporting: Some(true),
        supports_variable_paging: Some(true),
        supports_variable_type: Some(true),
        ..Default::default()
    }
}

/// A program that is stopped.
struct Stopped {
    debuggee: Debuggee,
    stop: Stop,
    frame: i64,
}

impl Stopped {
    /// `NAME.py` at its line `@MARKER`.
    fn at(python: &Python, name: &str, marker: &str) -> Result<Self> {
        Self::for_client(everything(), AttachArguments::default(), python, name, marker)
    }

    fn for_client(
        facts: InitializeRequestArguments,
        attach: AttachArguments,
        python: &Python,
        name: &str,
        marker: &str,
    ) -> Result<Self> {
        let debuggee = Debuggee::start_as(facts, attach, python, "data", &[name])?;
        debuggee.set_breakpoints(&format!("{name}.py"), &[(marker, "", "")])?;
        Self::of(debuggee)
    }

    /// The first stop of a program.
    fn of(debuggee: Debuggee) -> Result<Self> {
        debuggee.begin()?;
        let stop = debuggee.stop()?.ok_or("the program ended without a stop")?;
        let mut stopped = Self { debuggee, stop, frame: 0 };
        stopped.frame = stopped.frames()?.first().ok_or("no frame")?.id;
        Ok(stopped)
    }

    fn ask<R: Request>(&self, arguments: R::Arguments) -> Result<R::Response> {
        self.debuggee.request::<R>(arguments)
    }

    fn frames(&self) -> Result<Vec<StackFrame>> {
        let arguments = StackTraceArguments { thread_id: self.stop.thread, ..Default::default() };
        Ok(self.ask::<StackTrace>(arguments)?.stack_frames)
    }

    fn scopes(&self) -> Result<Vec<Scope>> {
        Ok(self.ask::<Scopes>(ScopesArguments { frame_id: self.frame })?.scopes)
    }

    fn scope(&self, name: &str) -> Result<Scope> {
        let scopes = self.scopes()?;
        scopes.into_iter().find(|scope| scope.name == name).ok_or_else(|| format!("no scope {name}"))
    }

    fn page(&self, of: i64, filter: &str, start: i64, count: i64) -> Result<Vec<Variable>> {
        Ok(self
            .ask::<Variables>(VariablesArguments {
                variables_reference: of,
                filter: (!filter.is_empty()).then(|| filter.into()),
                start: (start > 0).then_some(start),
                count: (count > 0).then_some(count),
                ..Default::default()
            })?
            .variables)
    }

    fn children(&self, of: &Variable) -> Result<Vec<Variable>> {
        self.page(of.variables_reference, "", 0, 0)
    }

    fn child(&self, of: &Variable, name: &str) -> Result<Variable> {
        named(self.children(of)?, name)
    }

    /// A variable of a scope.
    fn variable(&self, scope: &str, name: &str) -> Result<Variable> {
        let scope = self.scope(scope)?;
        named(self.page(scope.variables_reference, "", 0, 0)?, name)
    }

    fn evaluate_in(&self, context: &str, expression: &str) -> Result<EvaluateResponse> {
        self.ask::<Evaluate>(EvaluateArguments {
            expression: expression.into(),
            frame_id: Some(self.frame),
            context: Some(context.into()),
            ..Default::default()
        })
    }

    fn evaluate(&self, expression: &str) -> Result<String> {
        Ok(self.evaluate_in("pausa:expression", expression)?.result)
    }

    /// Goes on to the next stop, or the end.
    fn go_on(&mut self) -> Result<bool> {
        self.debuggee.resume(&self.stop)?;
        let Some(stop) = self.debuggee.stop()? else { return Ok(false) };
        self.stop = stop;
        self.frame = self.frames()?.first().ok_or("no frame")?.id;
        Ok(true)
    }
}

fn named(variables: Vec<Variable>, name: &str) -> Result<Variable> {
    let names: Vec<_> = variables.iter().map(|variable| variable.name.clone()).collect();
    let found = variables.into_iter().find(|variable| variable.name == name);
    found.ok_or_else(|| format!("no variable {name} among {names:?}"))
}

/// The refusal that a request is to be answered with.
fn refusal<T: std::fmt::Debug>(outcome: Result<T>) -> Result<String> {
    outcome.err().ok_or_else(|| "it was not refused".to_owned())
}
