//! Scopes, values and their children. Called by the port's implementation in `mod.rs`.
//!
//! Invariant: listing runs no code of the program, but for the one property that is opened; and a request costs what it
//! lists, however large the value.

use pausa_engine::port::{
    Filter, Format, FrameId, Handle, Page, Refusal, Role, Scope, ScopeKind, Value, Variable, Visibility,
};
use pausa_engine::targets::Computed;
use pyo3::prelude::*;

use super::Inspection;
use super::targets::{Origin, Target};
use crate::evaluate::{EXCEPTION, RETURNED, Raised};
use crate::locals::{self, Local};
use crate::values::{self, Child};

/// How many items of a value are listed at once to a client that does not say how many it wants; and into how many
/// portions more of them are parted.
const PORTION: usize = 1_000;

impl<'py> Inspection<'py> {
    /// What the step that led here was told the values of.
    pub(super) fn computed(&mut self) -> Vec<Computed> {
        let told: Vec<_> = {
            let computed = self.debugger.computed.borrow();
            let told = computed.iter();
            told.map(|it| (it.text.clone(), it.value.clone_ref(self.py), it.line, it.columns)).collect()
        };
        let told = told.into_iter().map(|(expression, value, line, columns)| {
            let value = self.value(value.bind(self.py), None, Origin::default(), Format::default());
            Computed { expression, value, line, columns }
        });
        told.collect()
    }

    /// A value for a pane, or with the text that an evaluation gave it.
    pub(super) fn value(
        &mut self,
        value: &Bound<'py, PyAny>,
        text: Option<String>,
        origin: Origin,
        format: Format,
    ) -> Value {
        let text = text.unwrap_or_else(|| values::describe(value, &values::PANE.in_form(format)));
        let (named, indexed) = values::counts(value);
        let has_children = named + indexed > 0;
        let is_buffer = crate::buffer::is_buffer(value);
        let has_definition = values::definition(value).is_some();
        let target = Target::Value(value.clone().unbind(), origin);
        let handle = (has_children || is_buffer || has_definition).then(|| self.handle(target));
        Value {
            text,
            type_name: values::type_name(value),
            handle: handle.filter(|_| has_children),
            named,
            indexed,
            memory: handle.filter(|_| is_buffer),
            definition: handle.filter(|_| has_definition),
            role: values::role(value),
        }
    }

    fn variable(&mut self, name: String, value: &Bound<'py, PyAny>, origin: Origin, format: Format) -> Variable {
        let (evaluate_name, visibility) = (origin.expression.clone(), visibility(&name));
        let value = self.value(value, None, origin, format);
        Variable { name, evaluate_name, value, is_argument: false, read_only: false, visibility }
    }

    fn local(&mut self, local: Local, frame: &Bound<'py, PyAny>, is_global: bool, format: Format) -> Variable {
        let expression = if !values::is_identifier(&local.name) {
            None
        } else if is_global && locals::hides_global(frame, &local.name) {
            Some(format!("globals()['{}']", local.name))
        } else {
            Some(local.name.clone())
        };
        let origin = Origin { expression, frame: Some(frame.clone().unbind()) };
        let variable = self.variable(local.name, local.value.bind(self.py), origin, format);
        Variable { is_argument: local.is_argument, ..variable }
    }

    pub(super) fn parameters(&mut self, frame: FrameId) -> Result<Vec<Variable>, Refusal> {
        let frame = self.frame(frame)?;
        let found = locals::read(&frame).map_err(|error| self.refuse(error))?;
        let parameters = found.into_iter().filter(|local| local.is_argument);
        Ok(parameters.map(|local| self.local(local, &frame, false, Format::default())).collect())
    }

    pub(super) fn scopes(&mut self, frame: FrameId) -> Result<Vec<Scope>, Refusal> {
        if self.past.contains(&frame) {
            return Ok(Vec::new());
        }
        let frame = self.frame(frame)?;
        let found = locals::read(&frame).map_err(|error| self.refuse(error))?;
        let captured = found.iter().filter(|local| local.is_captured).count();
        let covers = self.covered_by(&frame);
        let kept = || frame.clone().unbind();
        let mut scopes = vec![Scope {
            kind: ScopeKind::Locals,
            handle: self.handle(Target::Locals(kept())),
            count: found.len() - captured,
            expensive: false,
            covers: covers.clone(),
        }];
        if captured > 0 {
            let handle = self.handle(Target::Closure(kept()));
            scopes.push(Scope { kind: ScopeKind::Closure, handle, count: captured, expensive: false, covers: None });
        }
        let returned = self.debugger.returned(self.py).len();
        if returned > 0 {
            let handle = self.handle(Target::Returned);
            scopes.push(Scope {
                kind: ScopeKind::ReturnValue,
                handle,
                count: returned,
                expensive: false,
                covers: None,
            });
        }
        if let Some(exception) = &self.exception {
            let exception = exception.clone_ref(self.py);
            let handle = self.handle(Target::Exception(exception, kept()));
            scopes.push(Scope { kind: ScopeKind::Exception, handle, count: 1, expensive: false, covers: None });
        }
        let count = locals::globals(&frame).map_err(|error| self.refuse(error))?.len();
        let handle = self.handle(Target::Globals(kept()));
        scopes.push(Scope { kind: ScopeKind::Globals, handle, count, expensive: true, covers: None });
        Ok(scopes)
    }

    pub(super) fn variables(&mut self, of: Handle, page: Page, format: Format) -> Result<Vec<Variable>, Refusal> {
        match self.target(of)? {
            Target::Locals(frame) => self.variables_of_frame(&frame, page, format, |local| !local.is_captured),
            Target::Closure(frame) => self.variables_of_frame(&frame, page, format, |local| local.is_captured),
            Target::Globals(frame) => {
                let frame = frame.bind(self.py).clone();
                let found = locals::globals(&frame).map_err(|error| self.refuse(error))?;
                let shown = of_page(found, page).into_iter();
                Ok(shown.map(|local| self.local(local, &frame, true, format)).collect())
            }
            Target::Returned => {
                let returned = self.debugger.returned(self.py);
                let last = returned.len().saturating_sub(1);
                let shown = returned.into_iter().enumerate().map(|(at, (name, value))| {
                    let expression = (at == last).then(|| RETURNED.to_owned());
                    let origin = Origin { expression, frame: None };
                    let variable = self.variable(name, value.bind(self.py), origin, format);
                    Variable { read_only: true, visibility: Visibility::Public, ..variable }
                });
                Ok(shown.collect())
            }
            Target::Exception(exception, frame) => {
                let origin = Origin { expression: Some(EXCEPTION.into()), frame: Some(frame) };
                let exception = exception.bind(self.py).clone();
                let variable = self.variable("exception".into(), &exception, origin, format);
                Ok(vec![Variable { read_only: true, ..variable }])
            }
            Target::Value(value, origin) => Ok(self.children(value.bind(self.py), &origin, page, format)),
            Target::Portion(value, origin, start, count) => {
                Ok(self.portion(value.bind(self.py), &origin, (start, count), page, format))
            }
            Target::Computed(owner, name, origin) => Ok(vec![self.compute(owner.bind(self.py), name, origin, format)]),
        }
    }

    fn variables_of_frame(
        &mut self,
        frame: &Py<PyAny>,
        page: Page,
        format: Format,
        is_wanted: fn(&Local) -> bool,
    ) -> Result<Vec<Variable>, Refusal> {
        let frame = frame.bind(self.py).clone();
        let found = locals::read(&frame).map_err(|error| self.refuse(error))?;
        let shown = of_page(found.into_iter().filter(is_wanted).collect(), page).into_iter();
        Ok(shown.map(|local| self.local(local, &frame, false, format)).collect())
    }

    fn children(&mut self, value: &Bound<'py, PyAny>, origin: &Origin, page: Page, format: Format) -> Vec<Variable> {
        let (named, indexed) = values::counts(value);
        let wants_all = page.count == 0 && page.filter != Filter::Named && page.start <= named;
        if !wants_all || indexed <= PORTION {
            let children = values::children(value, page);
            return children.into_iter().map(|child| self.child(value, origin, child, format)).collect();
        }
        let mut found = Vec::new();
        if page.filter == Filter::All {
            let page = Page { filter: Filter::Named, ..page };
            let children = values::children(value, page);
            found.extend(children.into_iter().map(|child| self.child(value, origin, child, format)));
        }
        found.extend(self.portions(value, origin, 0, indexed));
        found
    }

    /// A range of a value's items, parted again if there are many in it.
    fn portion(
        &mut self,
        value: &Bound<'py, PyAny>,
        origin: &Origin,
        (first, length): (usize, usize),
        page: Page,
        format: Format,
    ) -> Vec<Variable> {
        if page.count == 0 && length > PORTION {
            return self.portions(value, origin, first, length);
        }
        let left = length.saturating_sub(page.start);
        let count = if page.count == 0 { left } else { page.count.min(left) };
        if count == 0 || page.filter == Filter::Named {
            return Vec::new();
        }
        let page = Page { filter: Filter::Indexed, start: first + page.start, count };
        let children = values::children(value, page);
        children.into_iter().map(|child| self.child(value, origin, child, format)).collect()
    }

    fn portions(&mut self, value: &Bound<'py, PyAny>, origin: &Origin, first: usize, length: usize) -> Vec<Variable> {
        let mut size = PORTION;
        while length / size > PORTION {
            size *= PORTION;
        }
        let starts = (first..first + length).step_by(size);
        starts
            .map(|start| {
                let count = size.min(first + length - start);
                let target = Target::Portion(value.clone().unbind(), origin.clone_ref(self.py), start, count);
                let handle = Some(self.handle(target));
                Variable {
                    name: format!("[{start}..{}]", start + count - 1),
                    evaluate_name: None,
                    value: Value { handle, indexed: count, role: Role::Portion, ..Value::default() },
                    is_argument: false,
                    read_only: true,
                    visibility: Visibility::Public,
                }
            })
            .collect()
    }

    fn child(&mut self, parent: &Bound<'py, PyAny>, origin: &Origin, child: Child, format: Format) -> Variable {
        let path = origin.expression.as_ref().zip(child.path.as_ref());
        let expression = path.map(|(parent, path)| path.of(parent));
        let (read_only, visibility) = (child.is_read_only(), visibility(&child.name));
        let origin = Origin { expression: expression.clone(), ..origin.clone_ref(self.py) };
        let Some(value) = child.value else {
            let target = Target::Computed(parent.clone().unbind(), child.name.clone(), origin);
            let handle = Some(self.handle(target));
            let value = Value { handle, named: 1, role: Role::Computed, ..Value::default() };
            let (name, evaluate_name) = (child.name, expression);
            return Variable { name, evaluate_name, value, is_argument: false, read_only, visibility };
        };
        let variable = self.variable(child.name, value.bind(self.py), origin, format);
        Variable { read_only, ..variable }
    }

    /// Asks the program for a computed attribute: its value, or what was raised.
    fn compute(&mut self, owner: &Bound<'py, PyAny>, name: String, origin: Origin, format: Format) -> Variable {
        let (value, text) = match self.asked(|| owner.getattr(name.as_str())) {
            Ok(value) => (value, None),
            Err(error) => {
                let exception = error.value(self.py).clone().into_any();
                (exception, Some(format!("raised {}", Raised::of(self.py, error).text)))
            }
        };
        let (evaluate_name, visibility) = (origin.expression.clone(), visibility(&name));
        let value = self.value(&value, text, origin, format);
        Variable { name, evaluate_name, value, is_argument: false, read_only: false, visibility }
    }
}

fn of_page(found: Vec<Local>, page: Page) -> Vec<Local> {
    if page.filter == Filter::Indexed {
        return Vec::new();
    }
    let count = if page.count == 0 { usize::MAX } else { page.count };
    found.into_iter().skip(page.start).take(count).collect()
}

/// Whom a name is for. A private name of a class is kept as `_Class__name`.
fn visibility(name: &str) -> Visibility {
    let is_mangled =
        || name.strip_prefix('_').and_then(|rest| rest.split_once("__")).is_some_and(|(class, _)| !class.is_empty());
    if values::is_dunder(name) {
        Visibility::Internal
    } else if name.starts_with("__") || (name.starts_with('_') && is_mangled()) {
        Visibility::Private
    } else if name.starts_with('_') {
        Visibility::Protected
    } else {
        Visibility::Public
    }
}
