//! Where on its line something stands: the parts of a file's text, and the positions of a code object's instructions.
//!
//! Called by `debugger` when a breakpoint is set at a column, and at a stop for the calls of a line; never before somebody
//! asks for a column. Invariant: nothing of the text is run, and a part that has no instruction is none.

use std::sync::Arc;

use pausa_engine::places::{self, Home, Instruction, Part, PartKind, Place, Span};
use pausa_engine::port::{Columns, Line};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict};

use super::facts;
use super::opcodes::{ABSENT, Opcodes};
use crate::evaluate;
use crate::named::Named;

const TEXT: &str = concat!(include_str!("places.py"), "\0");

/// Why there are no columns.
const UNTOLD: &str = "Python 3.10 does not tell columns";

/// What may be said of the instructions of this Python.
pub fn are_told(py: Python<'_>) -> Result<(), &'static str> {
    if crate::version::minor(py) < 11 { Err(UNTOLD) } else { Ok(()) }
}

/// The places of a file's text, in order.
///
/// # Errors
/// Says why there are none: a reason that goes on a sentence.
pub fn of_file(py: Python<'_>, path: &str, opcodes: &Opcodes) -> Result<Vec<Place>, String> {
    are_told(py)?;
    let text = std::fs::read_to_string(path).map_err(|_| "the file's text cannot be read".to_owned())?;
    of_text(py, &text, path, opcodes).map_err(|_| "the file's text does not compile".to_owned())
}

/// The places of a text.
pub fn of_text(py: Python<'_>, text: &str, path: &str, opcodes: &Opcodes) -> PyResult<Vec<Place>> {
    let source = PyBytes::new(py, text.as_bytes()).into_any();
    let (tree, code) = crate::quiet::without_warnings(py, || {
        // PyCF_ONLY_AST of Include/cpython/compile.h.
        let tree = compile(&source, path, 0x400)?;
        let code = compile(&tree, path, 0)?;
        Ok((tree, code))
    })?;
    let codes: Vec<Code> = facts::tree(&code).iter().map(|code| Code::read(code, opcodes)).collect::<PyResult<_>>()?;
    let has_code = |part: &Part| codes.iter().any(|code| !code.offsets(part).is_empty());
    let parts = parts(&tree)?.into_iter().filter(has_code).collect();
    let lines: Vec<&str> = text.lines().collect();
    Ok(places::apart(parts).into_iter().filter_map(|part| place(part, &lines)).collect())
}

fn compile<'py>(of: &Bound<'py, PyAny>, path: &str, flags: u32) -> PyResult<Bound<'py, PyAny>> {
    // compile(source, filename, mode, flags, dont_inherit=True)
    evaluate::builtins(of.py())?.as_any().get_item("compile")?.call1((of, path, "exec", flags, true))
}

fn place(part: Part, lines: &[&str]) -> Option<Place> {
    let column = |(line, bytes): (Line, u32)| {
        let text = lines.get(usize::try_from(line).ok()?.checked_sub(1)?)?;
        let before = text.get(..usize::try_from(bytes).ok()?)?;
        u32::try_from(before.encode_utf16().count() + 1).ok()
    };
    let columns = Columns { start: column(part.at)?, end_line: part.span.end.0, end: column(part.span.end)? };
    Some(Place { line: part.at.0, columns, part })
}

/// A code object as places are found in it.
pub struct Code {
    name: String,
    first_line: Line,
    /// Its instructions, without what is no place: caches, and what begins a call.
    pub instructions: Vec<Instruction>,
}

impl Code {
    /// Reads a code object.
    pub fn read(code: &Bound<'_, PyAny>, opcodes: &Opcodes) -> PyResult<Self> {
        Ok(Self {
            name: code.named("co_name")?.extract()?,
            first_line: code.named("co_firstlineno")?.extract().unwrap_or(0),
            instructions: instructions(code, opcodes)?,
        })
    }

    /// True if a part is of this code object, and not of one around it or in it.
    pub fn is_home_of(&self, part: &Part) -> bool {
        part.home.is_of(&self.name, self.first_line, &self.instructions)
    }

    /// Where a part begins in it.
    pub fn offsets(&self, part: &Part) -> Vec<u32> {
        if self.is_home_of(part) { places::offsets(part, &self.instructions) } else { Vec::new() }
    }
}

/// The instructions of a code object with their positions; 3.10 has none.
pub fn instructions(code: &Bound<'_, PyAny>, opcodes: &Opcodes) -> PyResult<Vec<Instruction>> {
    type Position = (Option<Line>, Option<Line>, Option<u32>, Option<u32>);
    let bytecode = facts::Bytecode::without_lines(code)?;
    let positions = match code.call_named0("co_positions") {
        Ok(positions) => positions.try_iter()?.map(|entry| entry?.extract()).collect::<PyResult<Vec<Position>>>()?,
        Err(_) => Vec::new(),
    };
    let mut found = Vec::with_capacity(positions.len() / 2);
    let mut prefixed = None;
    for (offset, opcode, argument) in bytecode.units() {
        if opcode == ABSENT || opcode == opcodes.resume {
            continue;
        }
        // A jump leads to the prefix of a long argument, not past it.
        let at = prefixed.take().unwrap_or(offset);
        if opcode == opcodes.extended_arg {
            prefixed = Some(at);
            continue;
        }
        let span = match positions.get(offset / 2) {
            Some(&(Some(line), Some(end_line), Some(column), Some(end_column))) => {
                Some(Span { start: (line, column), end: (end_line, end_column) })
            }
            _ => None,
        };
        let is_call = opcodes.is_call(opcode);
        found.push(Instruction { offset: u32::try_from(at).unwrap_or(u32::MAX), opcode, argument, is_call, span });
    }
    Ok(found)
}

type Point = (Line, u32);
/// See `parts` of places.py.
type ToldHome = (String, Line, Option<(Point, Point)>, Option<usize>);
/// See `parts` of places.py.
type ToldPart = (usize, Point, Point, Point, Option<Point>);

/// The parts of a syntax tree.
fn parts(tree: &Bound<'_, PyAny>) -> PyResult<Vec<Part>> {
    static PARTS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let py = tree.py();
    let function = PARTS.get_or_try_init(py, || load(py))?.bind(py);
    let is_new = crate::version::minor(py) >= 12;
    let (told, found): (Vec<ToldHome>, Vec<ToldPart>) = function.call1((tree, is_new, is_new))?.extract()?;
    let span = |(start, end): (Point, Point)| Span { start, end };
    let mut homes: Vec<Home> = Vec::with_capacity(told.len());
    for (name, first_line, inside, around) in told {
        let inside = inside.map(span);
        if let (Some(outer), Some(inside)) = (around.and_then(|at| homes.get_mut(at)), inside) {
            outer.nested.push(inside);
        }
        homes.push(Home { name, first_line, inside, nested: Vec::new() });
    }
    let homes: Vec<Arc<Home>> = homes.into_iter().map(Arc::new).collect();
    let part = |(home, start, end, at, callee_end): ToldPart| {
        let kind = callee_end.map_or(PartKind::Whole, PartKind::Call);
        Some(Part { home: homes.get(home)?.clone(), kind, span: Span { start, end }, at })
    };
    Ok(found.into_iter().filter_map(part).collect())
}

fn load(py: Python<'_>) -> PyResult<Py<PyAny>> {
    let namespace: Bound<'_, PyDict> = evaluate::namespace_with_ast(py)?;
    // SAFETY: the GIL is held; the text and the name end in NUL, and both calls give a new reference or raise.
    unsafe {
        let code = ffi::Py_CompileString(TEXT.as_ptr().cast(), c"<pausa>".as_ptr(), ffi::Py_file_input);
        let code = Bound::from_owned_ptr_or_err(py, code)?;
        let result = ffi::PyEval_EvalCode(code.as_ptr(), namespace.as_ptr(), namespace.as_ptr());
        Bound::from_owned_ptr_or_err(py, result)?;
    }
    Ok(namespace.as_any().get_item("parts")?.unbind())
}
