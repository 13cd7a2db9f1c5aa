//! Makes a plan from a condition's syntax tree. Called once a breakpoint and code object, at the first hit.
//!
//! Invariant: what the plan cannot do exactly as Python does (lambdas, comprehensions, `:=`, keyword arguments, f-strings)
//! gives no plan; nothing of the program is run.

use std::rc::Rc;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyFloat, PyInt, PyList, PyString, PyTuple};

use super::super::variable::Variable;
use super::compare::{Comparison, Rich};
use super::immediate::Immediate;
use super::member::Member;
use super::{Binary, Choice, Node, Plan, Unary};
use crate::code::facts::CO_OPTIMIZED;
use crate::named::Named;
use crate::values::type_name;

/// The plan of an expression (`ast.expr`) in the frames of a code object. None if it has to be called as a function.
pub fn compile(expression: &Bound<'_, PyAny>, code: &Bound<'_, PyAny>) -> Option<Plan> {
    let mut compiler = Compiler::new(code).ok()?;
    let root = compiler.node(expression)?;
    let immediate = Immediate::of(&root);
    Some(Plan { root, immediate, uses_globals: compiler.uses_globals, is_module: compiler.is_module })
}

struct Compiler {
    variables: Vec<Variable>,
    is_module: bool,
    uses_globals: bool,
}

impl Compiler {
    fn new(code: &Bound<'_, PyAny>) -> PyResult<Self> {
        let is_module = code.named("co_flags")?.extract::<u32>()? & CO_OPTIMIZED == 0;
        Ok(Self { variables: Variable::of(code)?, is_module, uses_globals: false })
    }

    fn node(&mut self, node: &Bound<'_, PyAny>) -> Option<Node> {
        let part = |name: &str| node.named(name).ok();
        match kind(node).as_str() {
            "Constant" => Some(Node::Constant(part("value")?.unbind())),
            "Name" => self.name(&part("id")?),
            "Attribute" => {
                let of = self.node(&part("value")?)?;
                Some(Node::Attribute(Box::new(of), Rc::new(Member::new(interned(&part("attr")?)?))))
            }
            "Subscript" => {
                let of = self.node(&part("value")?)?;
                Some(Node::Item(Box::new(of), Box::new(self.node(&part("slice")?)?)))
            }
            "Compare" => self.comparison(&part("left")?, &part("ops")?, &part("comparators")?),
            "BoolOp" => {
                let parts = self.nodes(&part("values")?)?;
                Some(if kind(&part("op")?) == "And" { Node::And(parts) } else { Node::Or(parts) })
            }
            "UnaryOp" => self.unary(&part("op")?, &part("operand")?),
            "BinOp" => {
                let operator = binary(&kind(&part("op")?))?;
                let left = self.node(&part("left")?)?;
                Some(Node::Binary(operator, Box::new(left), Box::new(self.node(&part("right")?)?)))
            }
            "IfExp" => {
                let test = self.node(&part("test")?)?;
                let then = self.node(&part("body")?)?;
                Some(Node::Choice(Box::new(Choice { test, then, otherwise: self.node(&part("orelse")?)? })))
            }
            "Call" if part("keywords")?.len().ok()? == 0 => {
                let function = self.node(&part("func")?)?;
                Some(Node::Call(Box::new(function), self.nodes(&part("args")?)?))
            }
            "Tuple" => self.tuple(node),
            _ => None,
        }
    }

    fn nodes(&mut self, list: &Bound<'_, PyAny>) -> Option<Vec<Node>> {
        list.cast::<PyList>().ok()?.iter().map(|node| self.node(&node)).collect()
    }

    /// A tuple of the elements of a tuple or list; one object if they are constants.
    fn tuple(&mut self, node: &Bound<'_, PyAny>) -> Option<Node> {
        let items = self.nodes(&node.named("elts").ok()?)?;
        let constant = |item: &Node| match item {
            Node::Constant(value) => Some(value.clone_ref(node.py())),
            _ => None,
        };
        match items.iter().map(constant).collect::<Option<Vec<_>>>() {
            Some(values) => Some(Node::Constant(PyTuple::new(node.py(), values).ok()?.into_any().unbind())),
            None => Some(Node::Tuple(items)),
        }
    }

    fn name(&mut self, name: &Bound<'_, PyAny>) -> Option<Node> {
        let text: String = name.extract().ok()?;
        if let Some(variable) = self.variables.iter().find(|variable| variable.name == text) {
            // The variables of a comprehension within a module or class are there only while it runs.
            return (!self.is_module).then(|| Node::Variable(variable.clone()));
        }
        self.uses_globals = true;
        interned(name).map(Node::Global)
    }

    fn comparison(
        &mut self,
        left: &Bound<'_, PyAny>,
        operators: &Bound<'_, PyAny>,
        operands: &Bound<'_, PyAny>,
    ) -> Option<Node> {
        let left = self.node(left)?;
        let pairs = operators.cast::<PyList>().ok()?.iter().zip(operands.cast::<PyList>().ok()?.iter());
        let rest = pairs.map(|(operator, operand)| {
            let comparison = comparison(&kind(&operator))?;
            let is_membership = matches!(comparison, Comparison::In | Comparison::NotIn);
            // On the right of `in` the compiler makes a tuple of a list.
            let is_list = is_membership && kind(&operand) == "List";
            Some((comparison, if is_list { self.tuple(&operand)? } else { self.node(&operand)? }))
        });
        Some(Node::Compare(Box::new(left), rest.collect::<Option<_>>()?))
    }

    fn unary(&mut self, operator: &Bound<'_, PyAny>, operand: &Bound<'_, PyAny>) -> Option<Node> {
        let operator = match kind(operator).as_str() {
            "Not" => return Some(Node::Not(Box::new(self.node(operand)?))),
            "USub" => Unary::Negative,
            "UAdd" => Unary::Positive,
            "Invert" => Unary::Invert,
            _ => return None,
        };
        match self.node(operand)? {
            Node::Constant(number) if operator == Unary::Negative => negative(operand.py(), number),
            operand => Some(Node::Unary(operator, Box::new(operand))),
        }
    }
}

/// The name of a node's class.
fn kind(node: &Bound<'_, PyAny>) -> String {
    let name = type_name(node);
    name.rsplit('.').next().unwrap_or_default().to_owned()
}

/// A name as the interpreter's dicts have it: found by identity, its hash known.
fn interned(name: &Bound<'_, PyAny>) -> Option<Py<PyAny>> {
    let text: String = name.extract().ok()?;
    Some(PyString::intern(name.py(), &text).into_any().unbind())
}

/// `-1` is a constant, as it is for the compiler; so are other negative numbers.
fn negative(py: Python<'_>, number: Py<PyAny>) -> Option<Node> {
    let bound = number.bind(py);
    if !bound.is_exact_instance_of::<PyInt>() && !bound.is_exact_instance_of::<PyFloat>() {
        return Some(Node::Unary(Unary::Negative, Box::new(Node::Constant(number))));
    }
    // SAFETY: an exact number, and the GIL is held; the result is a new reference or an error is set.
    let negative = unsafe { Bound::from_owned_ptr_or_err(py, ffi::PyNumber_Negative(number.as_ptr())) };
    negative.ok().map(|negative| Node::Constant(negative.unbind()))
}

fn comparison(operator: &str) -> Option<Comparison> {
    Some(match operator {
        "Lt" => Comparison::Rich(Rich::Less),
        "LtE" => Comparison::Rich(Rich::LessOrEqual),
        "Eq" => Comparison::Rich(Rich::Equal),
        "NotEq" => Comparison::Rich(Rich::Unequal),
        "Gt" => Comparison::Rich(Rich::Greater),
        "GtE" => Comparison::Rich(Rich::GreaterOrEqual),
        "Is" => Comparison::Is,
        "IsNot" => Comparison::IsNot,
        "In" => Comparison::In,
        "NotIn" => Comparison::NotIn,
        _ => return None,
    })
}

fn binary(operator: &str) -> Option<Binary> {
    Some(match operator {
        "Add" => Binary::Add,
        "Sub" => Binary::Subtract,
        "Mult" => Binary::Multiply,
        "Div" => Binary::Divide,
        "FloorDiv" => Binary::FloorDivide,
        "Mod" => Binary::Remainder,
        "BitAnd" => Binary::And,
        "BitOr" => Binary::Or,
        "BitXor" => Binary::Xor,
        _ => return None,
    })
}
