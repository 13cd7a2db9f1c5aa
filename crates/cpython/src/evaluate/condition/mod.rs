//! Breakpoints' conditions: compiled once to a plan, or to a function of the variables they use. Called by `hits` and
//! `inspection`.
//!
//! Invariant: what a condition gives is what `if CONDITION:` in the frame would; where neither plan nor function can promise
//! that (an unbound variable, other globals, a class body), the text is evaluated.

mod plan;
mod variable;

use std::ffi::CString;

use pausa_engine::port::EvaluateMode;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyModule, PyTuple};

use self::plan::Plan;
use self::variable::Variable;
use super::{Given, Raised, library, raised};
use crate::layout::{Frame, Layout};
use crate::named::Named;
use crate::symbols::Symbols;

pub use plan::{Run, Shortcut};

/// A condition, ready to be asked.
pub struct Compiled {
    text: String,
    plan: Option<Plan>,
    function: Option<Function>,
}

/// A condition as a function whose parameters are the variables it uses.
struct Function {
    /// Its parameters.
    names: Vec<CString>,
    variables: Vec<Variable>,
    callable: Py<PyAny>,
    /// The globals it was compiled for, if it uses any.
    globals: Option<Py<PyDict>>,
    /// The code is a module's, whose names are global as long as its namespace is.
    is_module: bool,
}

#[cfg(feature = "probe")]
impl Compiled {
    /// Only the plan, or only the function.
    pub fn in_one_way(mut self, plan: bool) -> Self {
        if plan {
            self.function = None;
        } else {
            self.plan = None;
        }
        self
    }
}

/// How many arguments a call has on the stack of this one; more are rare.
const FEW: usize = 8;

/// The outcome of asking without the help of a frame object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The condition holds, or does not.
    Holds(bool),
    /// It raised: the interpreter's error is set.
    Raised,
    /// Nothing was evaluated: [`holds`] has to.
    Unknown,
}

impl Compiled {
    /// See [`Plan::shortcut`].
    pub fn shortcut(&self) -> Option<Shortcut> {
        self.plan.as_ref()?.shortcut()
    }

    /// The answer, if it is found at once: nothing runs, so nobody can take this away meanwhile. None says nothing.
    ///
    /// # Safety
    /// As [`Compiled::ask`].
    #[inline(always)]
    pub unsafe fn ask_at_once(&self, layout: &Layout, frame: Frame) -> Option<bool> {
        // SAFETY: by the contract.
        unsafe { self.plan.as_ref()?.ask_at_once(layout, frame) }
    }

    /// Asks natively.
    ///
    /// # Safety
    /// The GIL is held, and the frame is the innermost of this thread and of the code that this was compiled for.
    #[inline]
    pub unsafe fn ask(&self, run: Run<'_>) -> Verdict {
        let outcome = match (&self.plan, &self.function) {
            // SAFETY: by the contract.
            (Some(plan), _) => unsafe { plan.ask(run) },
            (None, Some(function)) => {
                // SAFETY: by the contract.
                let value = unsafe { function.call(run) };
                value.map(|value| value.and_then(|value| plan::truth(&value)))
            }
            (None, None) => None,
        };
        match outcome {
            Some(Ok(holds)) => Verdict::Holds(holds),
            Some(Err(plan::Raised)) => Verdict::Raised,
            None => Verdict::Unknown,
        }
    }
}

impl Compiled {
    /// The value of an expression of a log message, or what it raised; None if nothing was evaluated.
    ///
    /// # Safety
    /// As [`Compiled::ask`].
    pub unsafe fn value<'py>(&self, py: Python<'py>, run: Run<'_>) -> Option<PyResult<Bound<'py, PyAny>>> {
        let value = match (&self.plan, &self.function) {
            // SAFETY: by the contract.
            (Some(plan), _) => unsafe { plan.value(run) },
            // SAFETY: by the contract.
            (None, Some(function)) => unsafe { function.call(run) },
            (None, None) => None,
        };
        // SAFETY: a reference of our own is given away; where there is none, the interpreter's error is set.
        value.map(|value| unsafe {
            let value = value.map_or(std::ptr::null_mut(), plan::Object::into_ptr);
            Bound::from_owned_ptr_or_err(py, value)
        })
    }
}

impl Function {
    /// Calls it with the frame's variables; None if the text has to be evaluated instead.
    ///
    /// # Safety
    /// As [`Compiled::ask`].
    unsafe fn call(&self, run: Run<'_>) -> Option<Result<plan::Object, plan::Raised>> {
        // SAFETY: the frame is on the stack, so its namespaces and the values of its variables are alive; a Python
        // function takes references to its arguments before anything runs.
        unsafe {
            let globals = run.layout.globals(run.frame);
            let is_other = self.globals.as_ref().is_some_and(|own| own.as_ptr() != globals);
            if is_other || (self.is_module && run.layout.namespace(run.frame) != globals) {
                return None;
            }
            let mut few = [std::ptr::null_mut(); FEW];
            let mut many = Vec::new();
            let values = match few.get_mut(..self.variables.len()) {
                Some(few) => few,
                None => {
                    many.resize(self.variables.len(), std::ptr::null_mut());
                    many.as_mut_slice()
                }
            };
            for (place, variable) in values.iter_mut().zip(&self.variables) {
                *place = variable.read(run.layout, run.frame)?.as_ptr();
            }
            Some(plan::Object::given(run.layout.call(self.callable.as_ptr(), values)))
        }
    }
}

/// A reason to refuse a condition: what the compiler says, and the text.
pub fn check_syntax(py: Python<'_>, condition: &str) -> Result<(), String> {
    library::call(py, "parse_expression", (condition,)).map(drop).map_err(|error| fault(py, &error, condition))
}

/// Compiles a condition for the frames of a code object.
pub fn compile_condition(text: &str, code: &Bound<'_, PyAny>, globals: &Bound<'_, PyDict>) -> Result<Compiled, String> {
    compile(text, code, globals, true)
}

/// Compiles an expression for the frames of a code object.
pub fn compile_expression(
    text: &str,
    code: &Bound<'_, PyAny>,
    globals: &Bound<'_, PyDict>,
) -> Result<Compiled, String> {
    compile(text, code, globals, false)
}

/// Compiles an expression of a log message, or a replacement field of an f-string, for the frames of a code object.
pub fn compile_value(text: &str, code: &Bound<'_, PyAny>, globals: &Bound<'_, PyDict>) -> Result<Compiled, String> {
    let as_field = |_| compile(&format!("f\"{{{text}}}\""), code, globals, false);
    compile(text, code, globals, false).or_else(as_field)
}

fn compile(
    text: &str,
    code: &Bound<'_, PyAny>,
    globals: &Bound<'_, PyDict>,
    is_test: bool,
) -> Result<Compiled, String> {
    let py = code.py();
    let compile = || -> PyResult<Compiled> {
        let compiled = library::call(py, "condition", (text, code, globals, is_test))?;
        let (names, callable, uses_globals, expression): (Vec<String>, Option<_>, bool, Option<Bound<'_, PyAny>>) =
            compiled.extract()?;
        let plan = expression.and_then(|expression| plan::compile(&expression, code));
        // A function holds its globals. Those of a module live as long as it does; others would hold, through the code
        // object that this is armed in, themselves: a cycle that nobody collects.
        let callable = callable.filter(|_| is_module_namespace(globals));
        let globals = uses_globals.then(|| globals.clone().unbind());
        let function = callable.map(|callable| Function::new(code, names, callable, globals)).transpose()?;
        Ok(Compiled { text: text.to_owned(), plan, function })
    };
    compile().map_err(|error| fault(py, &error, text))
}

impl Function {
    fn new(
        code: &Bound<'_, PyAny>,
        names: Vec<String>,
        callable: Py<PyAny>,
        globals: Option<Py<PyDict>>,
    ) -> PyResult<Self> {
        let all = Variable::of(code)?;
        let variables = names.iter().filter_map(|name| all.iter().find(|variable| variable.name == *name).cloned());
        let variables = variables.collect();
        let names = names.into_iter().map(|name| Ok(CString::new(name)?)).collect::<PyResult<_>>()?;
        let is_module = code.named("co_flags")?.extract::<u32>()? & crate::code::facts::CO_OPTIMIZED == 0;
        Ok(Self { names, variables, callable, globals, is_module })
    }
}

/// True for the namespace of a module that is in `sys.modules` under the name it has there.
fn is_module_namespace(globals: &Bound<'_, PyDict>) -> bool {
    let find = || -> PyResult<bool> {
        let Some(name) = globals.get_item("__name__")? else { return Ok(false) };
        let modules = crate::modules::import(globals.py(), "sys")?.named("modules")?.cast_into::<PyDict>()?;
        let Some(module) = modules.get_item(name)? else { return Ok(false) };
        Ok(module.cast_exact::<PyModule>().is_ok_and(|module| module.dict().is(globals)))
    };
    find().unwrap_or(false)
}

/// Whether a condition holds in a frame: for frames that cannot be read natively, and where [`Compiled::ask`] does not know.
pub fn holds(py: Python<'_>, symbols: Symbols, compiled: &Compiled, frame: &Bound<'_, PyAny>) -> Result<bool, Raised> {
    let value = match compiled.function.as_ref().and_then(|function| call(py, symbols, function, frame)) {
        Some(value) => value.map_err(|error| Raised::of(py, error))?,
        None => {
            let value = super::evaluate(py, Some(frame), &compiled.text, EvaluateMode::Expression, &Given::default())?;
            return value.map_or(Ok(false), |value| truth(value.bind(py)));
        }
    };
    truth(&value)
}

/// The value of a compiled expression in a frame, which need not be the innermost one.
pub fn value<'py>(
    py: Python<'py>,
    symbols: Symbols,
    compiled: &Compiled,
    frame: &Bound<'py, PyAny>,
) -> Result<Bound<'py, PyAny>, Raised> {
    match compiled.function.as_ref().and_then(|function| call(py, symbols, function, frame)) {
        Some(value) => value.map_err(|error| Raised::of(py, error)),
        None => super::expression(py, frame, &compiled.text),
    }
}

/// What a condition raised when it was asked natively.
pub fn fault_of(py: Python<'_>) -> Raised {
    let error = PyErr::take(py).unwrap_or_else(|| pyo3::exceptions::PySystemError::new_err("no exception was set"));
    Raised::of(py, error)
}

fn truth(value: &Bound<'_, PyAny>) -> Result<bool, Raised> {
    value.is_truthy().map_err(|error| Raised::of(value.py(), error))
}

/// Calls the function with the frame's variables; None if the text has to be evaluated instead.
fn call<'py>(
    py: Python<'py>,
    symbols: Symbols,
    function: &Function,
    frame: &Bound<'py, PyAny>,
) -> Option<PyResult<Bound<'py, PyAny>>> {
    let globals = frame.getattr(pyo3::intern!(py, "f_globals")).ok()?;
    let is_other = function.globals.as_ref().is_some_and(|own| !globals.is(own));
    if is_other || (function.is_module && !frame.getattr(pyo3::intern!(py, "f_locals")).ok()?.is(&globals)) {
        return None;
    }
    let mut values = Vec::with_capacity(function.names.len());
    for name in &function.names {
        let value = match symbols.frame_get_var {
            // SAFETY: `frame` is a frame object, as for all of this crate's functions that take one; the name ends in
            // NUL. The result is a new reference, or null with NameError set, which `take` clears.
            Some(get) => unsafe {
                Bound::from_owned_ptr_or_opt(py, get(frame.as_ptr().cast::<ffi::PyFrameObject>(), name.as_ptr()))
            },
            None => frame.getattr(pyo3::intern!(py, "f_locals")).and_then(|locals| locals.get_item(name)).ok(),
        };
        match value {
            Some(value) => values.push(value),
            None => {
                drop(PyErr::take(py));
                return None;
            }
        }
    }
    let arguments = match PyTuple::new(py, values) {
        Ok(arguments) => arguments,
        Err(error) => return Some(Err(error)),
    };
    Some(function.callable.bind(py).call1(arguments))
}

fn fault(py: Python<'_>, error: &PyErr, text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return "the condition is empty".to_owned();
    }
    let message = raised::message(py, error).unwrap_or_else(|| error.to_string());
    format!("{} in '{text}'", message.lines().next().unwrap_or_default())
}
