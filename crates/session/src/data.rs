//! Requests about values: scopes, variables, evaluation, assignment. Called by `Session::handle`.
//!
//! Invariant: code of the program runs only where the user asked for an evaluation.

use std::sync::PoisonError;

use pausa_dap::server::{ErrorBody, Incoming};
use pausa_dap::{requests, types};
use pausa_engine::port::{EvaluateMode, Filter, Flow, FrameId, Handle, Page, Value, Variable};

use crate::{REFUSED, Session, refused, thread};

impl Session {
    pub(crate) fn scopes(&self, request: &Incoming) {
        self.ask::<requests::Scopes>(request, |commands, arguments, _| {
            let scopes = commands.scopes(FrameId(arguments.frame_id)).map_err(refused)?.into_iter().map(|scope| {
                let hint = match scope.name.as_str() {
                    "Locals" => Some("locals".into()),
                    "Return value" => Some("returnValue".into()),
                    _ => None,
                };
                types::Scope {
                    name: scope.name,
                    variables_reference: scope.handle.0,
                    named_variables: Some(scope.count as i64),
                    expensive: scope.expensive,
                    presentation_hint: hint,
                    ..Default::default()
                }
            });
            Ok(types::ScopesResponse { scopes: scopes.collect() })
        });
    }

    pub(crate) fn variables(&self, request: &Incoming) {
        self.ask::<requests::Variables>(request, |commands, arguments, _| {
            let size = |number: Option<i64>| number.and_then(|number| usize::try_from(number).ok()).unwrap_or(0);
            let filter = match arguments.filter.as_ref().map(|filter| filter.as_str()) {
                Some("named") => Filter::Named,
                Some("indexed") => Filter::Indexed,
                _ => Filter::All,
            };
            let page = Page { filter, start: size(arguments.start), count: size(arguments.count) };
            let variables = commands.variables(Handle(arguments.variables_reference), page).map_err(refused)?;
            Ok(types::VariablesResponse { variables: variables.into_iter().map(variable).collect() })
        });
    }

    pub(crate) fn evaluate(&self, request: &Incoming) {
        let Some(arguments) = self.parse::<requests::Evaluate>(request) else { return };
        let mode = match arguments.context.as_ref().map(|context| context.as_str()) {
            Some("repl") => EvaluateMode::Statement,
            Some("hover" | "variables") => EvaluateMode::Quiet,
            Some("pausa:pretty") => EvaluateMode::Pretty,
            Some("pausa:whatis") => EvaluateMode::WhatIs,
            Some("pausa:source") => EvaluateMode::Source,
            _ => EvaluateMode::Expression,
        };
        let set_evaluating = |shared: &crate::Shared, request: Option<i64>| {
            *shared.evaluating.lock().unwrap_or_else(PoisonError::into_inner) = request;
        };
        set_evaluating(&self.shared, Some(request.seq));
        let (outgoing, ticket, shared) = (self.outgoing.clone(), request.ticket(), self.shared.clone());
        self.debuggee.post(Box::new(move |commands| {
            let frame = arguments.frame_id.map(FrameId);
            let value = commands.evaluate(frame, &arguments.expression, mode);
            set_evaluating(&shared, None);
            outgoing.respond_as::<requests::Evaluate>(ticket, value.map(evaluated).map_err(refused));
            Flow::Stay
        }));
    }

    pub(crate) fn cancel(&self, request: &Incoming) {
        let Some(arguments) = self.parse::<requests::Cancel>(request) else { return };
        let evaluating = *self.shared.evaluating.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = arguments.request_id;
        if evaluating.is_some() && (wanted.is_none() || wanted == evaluating) {
            self.debuggee.cancel_evaluation();
        }
        self.outgoing.respond_as::<requests::Cancel>(request, Ok(()));
    }

    pub(crate) fn set_variable(&self, request: &Incoming) {
        self.ask::<requests::SetVariable>(request, |commands, arguments, _| {
            let of = Handle(arguments.variables_reference);
            let value = commands.set_variable(of, &arguments.name, &arguments.value).map_err(refused)?;
            Ok(types::SetVariableResponse {
                value: value.text,
                r#type: Some(value.type_name),
                variables_reference: value.handle.map(|handle| handle.0),
                named_variables: Some(value.named as i64),
                indexed_variables: Some(value.indexed as i64),
                ..Default::default()
            })
        });
    }

    pub(crate) fn set_expression(&self, request: &Incoming) {
        self.ask::<requests::SetExpression>(request, |commands, arguments, _| {
            let frame = arguments.frame_id.map(FrameId);
            let value = commands.set_expression(frame, &arguments.expression, &arguments.value).map_err(refused)?;
            Ok(types::SetExpressionResponse {
                value: value.text,
                r#type: Some(value.type_name),
                variables_reference: value.handle.map(|handle| handle.0),
                ..Default::default()
            })
        });
    }

    pub(crate) fn completions(&self, request: &Incoming) {
        self.ask::<requests::Completions>(request, |commands, arguments, _| {
            let column = usize::try_from(arguments.column - 1).unwrap_or(0);
            let found = commands.completions(arguments.frame_id.map(FrameId), &arguments.text, column);
            let targets = found.into_iter().map(|completion| types::CompletionItem {
                label: completion.text.clone(),
                text: Some(completion.text),
                start: Some((column - completion.length.min(column)) as i64),
                length: Some(completion.length as i64),
                r#type: Some(completion.kind.into()),
                ..Default::default()
            });
            Ok(types::CompletionsResponse { targets: targets.collect() })
        });
    }

    pub(crate) fn exception_info(&self, request: &Incoming) {
        self.ask::<requests::ExceptionInfo>(request, |commands, arguments, _| {
            let none = || ErrorBody::new(REFUSED, "the thread is not stopped at an exception");
            let exception = commands.exception(thread(arguments.thread_id)).ok_or_else(none)?;
            let details = types::ExceptionDetails {
                message: Some(exception.message.clone()),
                type_name: exception.type_name.rsplit('.').next().map(str::to_owned),
                full_type_name: Some(exception.type_name.clone()),
                stack_trace: Some(exception.traceback),
                ..Default::default()
            };
            Ok(types::ExceptionInfoResponse {
                exception_id: exception.type_name,
                description: Some(exception.message),
                break_mode: if exception.caught { "always" } else { "unhandled" }.into(),
                details: Some(details),
            })
        });
    }
}

fn evaluated(value: Value) -> types::EvaluateResponse {
    types::EvaluateResponse {
        result: value.text,
        r#type: Some(value.type_name),
        variables_reference: value.handle.map_or(0, |handle| handle.0),
        named_variables: Some(value.named as i64),
        indexed_variables: Some(value.indexed as i64),
        ..Default::default()
    }
}

fn variable(variable: Variable) -> types::Variable {
    let hint = variable
        .is_argument
        .then(|| types::VariablePresentationHint { attributes: Some(vec!["argument".into()]), ..Default::default() });
    types::Variable {
        name: variable.name,
        evaluate_name: variable.evaluate_name,
        value: variable.value.text,
        r#type: Some(variable.value.type_name),
        variables_reference: variable.value.handle.map_or(0, |handle| handle.0),
        named_variables: Some(variable.value.named as i64),
        indexed_variables: Some(variable.value.indexed as i64),
        presentation_hint: hint,
        ..Default::default()
    }
}
