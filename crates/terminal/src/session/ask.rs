//! Questions to the program while it holds still.
//!
//! Part of the session. Invariant: an evaluation can be ended by Ctrl-C, and may read from the program's input.

use std::time::Duration;

use pausa_dap::types::{EvaluateArguments, EvaluateResponse, Scope, Variable};
use pausa_dap::{Client, Pending, requests, types};

use super::Session;
use super::stop::not_running;
use crate::fault::{Fault, Outcome};
use crate::happenings::Happening;

/// How long an evaluation is waited for before Ctrl-C is looked at.
const GLANCE: Duration = Duration::from_millis(40);

/// What an evaluation is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    /// An expression or statements.
    Repl,
    /// An expression.
    Expression,
    /// An expression, laid out over lines.
    Pretty,
    /// What the value is.
    WhatIs,
    /// The source text of the value.
    Source,
}

impl Context {
    fn name(self) -> &'static str {
        match self {
            Self::Repl => "repl",
            Self::Expression => "pausa:expression",
            Self::Pretty => "pausa:pretty",
            Self::WhatIs => "pausa:whatis",
            Self::Source => "pausa:source",
        }
    }
}

impl Session {
    /// The agent.
    pub fn client(&self) -> Outcome<Client> {
        self.running.as_ref().map(|running| running.client.clone()).ok_or_else(not_running)
    }

    /// Evaluates in the selected frame, and gives the text of the value; an empty one for None.
    pub fn evaluate(&mut self, text: &str, context: Context) -> Outcome<String> {
        let frame_id = self.stopped()?.frame_id();
        let client = self.client()?;
        self.screen.flush();
        self.happenings.forget_interrupts();
        let pending = client.send::<requests::Evaluate>(EvaluateArguments {
            expression: text.to_owned(),
            frame_id,
            context: Some(context.name().into()),
            ..Default::default()
        })?;
        let answer = self.wait_for_evaluation(&client, &pending);
        if let Some(console) = self.console.as_ref() {
            console.drain_to_line_end();
        }
        Ok(answer?.result)
    }

    /// A quick evaluation needs no keyboard; a slow one may read from it.
    fn wait_for_evaluation(
        &mut self,
        client: &Client,
        pending: &Pending<requests::Evaluate>,
    ) -> Outcome<EvaluateResponse> {
        if let Some(answer) = pending.wait_timeout(GLANCE) {
            return Ok(answer?);
        }
        let console = self.console.clone();
        let keyboard = console.as_ref().map(|console| console.attach());
        let mut interrupts = 0;
        let answer = loop {
            while let Some(happening) = self.happenings.poll_new() {
                if matches!(happening, Happening::Interrupt) {
                    interrupts += 1;
                    self.cancel(client, pending.seq(), interrupts);
                } else {
                    self.happenings.keep(happening);
                }
            }
            if let Some(answer) = pending.wait_timeout(GLANCE) {
                break answer;
            }
        };
        drop(keyboard);
        match answer {
            Err(error) if error.is_cancelled() => Err(Fault::Interrupted),
            answer => Ok(answer?),
        }
    }

    /// The first Ctrl-C is for the evaluation; if that does not help, the next ones are for the program.
    fn cancel(&mut self, client: &Client, seq: i64, interrupts: u32) {
        if interrupts == 1 {
            let arguments = types::CancelArguments { request_id: Some(seq), ..Default::default() };
            drop(client.send::<requests::Cancel>(arguments));
        } else if let Some(process) = self.running.as_ref().and_then(|running| running.process.ours()) {
            process.interrupt();
        }
    }

    /// The scopes of the selected frame.
    pub fn scopes(&mut self) -> Outcome<Vec<Scope>> {
        let frame_id = self.frame()?.id;
        Ok(self.client()?.request::<requests::Scopes>(types::ScopesArguments { frame_id })?.scopes)
    }

    /// What is in a scope of the selected frame, if it has that scope.
    pub fn variables(&mut self, scope: &str) -> Outcome<Option<Vec<Variable>>> {
        let Some(scope) = self.scopes()?.into_iter().find(|own| own.name.eq_ignore_ascii_case(scope)) else {
            return Ok(None);
        };
        let arguments =
            types::VariablesArguments { variables_reference: scope.variables_reference, ..Default::default() };
        Ok(Some(self.client()?.request::<requests::Variables>(arguments)?.variables))
    }

    /// Shows those displays whose value changed.
    pub(super) fn show_displays(&mut self) -> Outcome {
        for expression in self.kept.displays.expressions() {
            match self.evaluate(&expression, Context::Expression) {
                Ok(value) => {
                    if let Some(line) = self.kept.displays.changed(&expression, &value) {
                        self.screen.line(&line);
                    }
                }
                Err(Fault::Text(_)) => {}
                Err(fault) => return Err(fault),
            }
        }
        Ok(())
    }
}
