//! Requests about scopes and variables. Called by `Session::handle`.
//!
//! Invariant: no code of the program runs, but for a property that the user opens and an assignment.

use pausa_dap::server::{ErrorBody, Incoming};
use pausa_dap::{events, requests, types};
use pausa_engine::port::{Filter, Format, FrameId, Handle, Page, Role, Scope, ScopeKind, Value, Variable, Visibility};

use crate::client::{ClientFacts, count};
use crate::{Session, Shared, refused, sources};

/// How a request wants values written.
pub(crate) fn format(wanted: Option<types::ValueFormat>) -> Format {
    Format { hex: wanted.and_then(|wanted| wanted.hex) == Some(true) }
}

impl Session {
    pub(crate) fn scopes(&self, request: &Incoming) {
        self.ask::<requests::Scopes>(request, |commands, arguments, shared| {
            let scopes = commands.scopes(FrameId(arguments.frame_id)).map_err(refused)?;
            Ok(types::ScopesResponse { scopes: scopes.into_iter().map(|own| scope(own, shared)).collect() })
        });
    }

    pub(crate) fn variables(&self, request: &Incoming) {
        self.ask_long::<requests::Variables>(request, |commands, arguments, shared| {
            let filter = match arguments.filter.as_ref().map(|filter| filter.as_str()) {
                None => Filter::All,
                Some("named") => Filter::Named,
                Some("indexed") => Filter::Indexed,
                Some(other) => {
                    return Err(ErrorBody::new(ErrorBody::INVALID, format!("variables: there is no filter '{other}'")));
                }
            };
            let (start, count) = (count("start", arguments.start)?, count("count", arguments.count)?);
            let (of, page) = (Handle(arguments.variables_reference), Page { filter, start, count });
            let variables = commands.variables(of, page, format(arguments.format)).map_err(refused)?;
            let variables = variables.into_iter().map(|own| variable(own, &shared.client));
            Ok(types::VariablesResponse { variables: variables.collect() })
        });
    }

    pub(crate) fn set_variable(&self, request: &Incoming) {
        self.ask_long::<requests::SetVariable>(request, |commands, arguments, shared| {
            let (of, form) = (Handle(arguments.variables_reference), format(arguments.format));
            let value = commands.set_variable(of, &arguments.name, &arguments.value, form).map_err(refused)?;
            if shared.client.wants_memory() && commands.read_memory(of, 0, 0).is_ok() {
                let offset = arguments.name.parse().unwrap_or(0);
                let memory_reference = of.0.to_string();
                let body = types::MemoryEvent { memory_reference, offset, count: 1 };
                shared.after_answer.push(move |_, outgoing, _| outgoing.event::<events::Memory>(body));
            }
            shared.invalidate();
            let references = References::of(&value, &shared.client);
            Ok(types::SetVariableResponse {
                value: value.text,
                r#type: Some(value.type_name),
                variables_reference: Some(references.children),
                named_variables: some(value.named),
                indexed_variables: some(value.indexed),
                memory_reference: references.memory,
                value_location_reference: references.definition,
            })
        });
    }

    pub(crate) fn set_expression(&self, request: &Incoming) {
        self.ask_long::<requests::SetExpression>(request, |commands, arguments, shared| {
            let (frame, form) = (arguments.frame_id.map(FrameId), format(arguments.format));
            let value = commands.set_expression(frame, &arguments.expression, &arguments.value, form);
            let value = value.map_err(refused)?;
            shared.invalidate();
            let references = References::of(&value, &shared.client);
            Ok(types::SetExpressionResponse {
                presentation_hint: hint_of_value(&value),
                value: value.text,
                r#type: Some(value.type_name),
                variables_reference: Some(references.children),
                named_variables: some(value.named),
                indexed_variables: some(value.indexed),
                memory_reference: references.memory,
                value_location_reference: references.definition,
            })
        });
    }
}

fn scope(scope: Scope, shared: &Shared) -> types::Scope {
    let (name, hint) = match scope.kind {
        ScopeKind::Locals => ("Locals", Some("locals")),
        ScopeKind::Closure => ("Closure", None),
        ScopeKind::Globals => ("Globals", None),
        ScopeKind::ReturnValue => ("Return value", Some("returnValue")),
        ScopeKind::Exception => ("Exception", None),
    };
    let (source, line, end_line) = match scope.covers {
        Some((file, first, last)) => {
            let client = &shared.client;
            (Some(sources::source(file, shared)), Some(client.line(first)), Some(client.line(last)))
        }
        None => (None, None, None),
    };
    types::Scope {
        name: name.into(),
        presentation_hint: hint.map(Into::into),
        variables_reference: scope.handle.0,
        named_variables: Some(scope.count as i64),
        expensive: scope.expensive,
        source,
        line,
        end_line,
        ..Default::default()
    }
}

/// The references of a value, as the protocol has them.
pub(crate) struct References {
    pub children: i64,
    pub memory: Option<String>,
    pub definition: Option<i64>,
}

impl References {
    pub fn of(value: &Value, client: &ClientFacts) -> Self {
        let memory = value.memory.filter(|_| client.knows_memory());
        Self {
            children: value.handle.map_or(0, |handle| handle.0),
            memory: memory.map(|handle| handle.0.to_string()),
            definition: value.definition.map(|handle| handle.0),
        }
    }
}

/// A number of children, if there are any.
pub(crate) fn some(count: usize) -> Option<i64> {
    (count > 0).then(|| i64::try_from(count.min(i32::MAX as usize)).unwrap_or(0))
}

fn variable(variable: Variable, client: &ClientFacts) -> types::Variable {
    let references = References::of(&variable.value, client);
    let hint = hint(&variable);
    types::Variable {
        name: variable.name,
        evaluate_name: variable.evaluate_name,
        value: variable.value.text,
        r#type: Some(variable.value.type_name).filter(|name| !name.is_empty()),
        variables_reference: references.children,
        named_variables: some(variable.value.named),
        indexed_variables: some(variable.value.indexed),
        memory_reference: references.memory,
        value_location_reference: references.definition,
        presentation_hint: Some(hint).filter(|hint| *hint != types::VariablePresentationHint::default()),
        ..Default::default()
    }
}

fn kind(role: Role) -> Option<&'static str> {
    match role {
        Role::Data => None,
        Role::Method => Some("method"),
        Role::Class => Some("class"),
        Role::Computed => Some("property"),
        Role::Portion => Some("virtual"),
    }
}

/// How to render the value of an evaluation.
pub(crate) fn hint_of_value(value: &Value) -> Option<types::VariablePresentationHint> {
    let kind = kind(value.role)?;
    Some(types::VariablePresentationHint { kind: Some(kind.into()), ..Default::default() })
}

fn hint(variable: &Variable) -> types::VariablePresentationHint {
    let visibility = match variable.visibility {
        Visibility::Public => None,
        Visibility::Protected => Some("protected"),
        Visibility::Private => Some("private"),
        Visibility::Internal => Some("internal"),
    };
    let is_computed = variable.value.role == Role::Computed;
    let marks = [
        // A word of ours: the specification leaves the list open.
        ("argument", variable.is_argument),
        ("readOnly", variable.read_only),
        ("hasSideEffects", is_computed),
    ];
    let attributes: Vec<_> = marks.into_iter().filter(|(_, holds)| *holds).map(|(name, _)| name.into()).collect();
    types::VariablePresentationHint {
        kind: kind(variable.value.role).map(Into::into),
        attributes: Some(attributes).filter(|attributes| !attributes.is_empty()),
        visibility: visibility.map(Into::into),
        lazy: is_computed.then_some(true),
    }
}
