//! Bytecode as text. Called by the port's implementation in `mod.rs`.
//!
//! Invariant: as many instructions are given as were asked for; what lies beyond the code's ends has no text, and an address
//! that no instruction has. The program's `sys.modules` is as before.

use std::collections::HashMap;

use pausa_engine::port::{Line, Refusal};
use pausa_engine::targets::{Address, Disassembled, Listing, Stretch};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyModule};

use super::Inspection;
use crate::code::facts::Bytecode;
use crate::code::qualname;
use crate::code::registry::real_path;
use crate::named::Named;

/// More is not written at once.
const MOST: usize = 20_000;

impl<'py> Inspection<'py> {
    pub(super) fn disassemble(&mut self, stretch: Stretch) -> Result<Listing, Refusal> {
        if stretch.count > MOST {
            return Err(Refusal(format!("disassemble: ask for at most {MOST} instructions at once")));
        }
        let py = self.py;
        let code = self.code_of(stretch.from).ok_or_else(|| Refusal("the code of that instruction is gone".into()))?;
        let name = code.named("co_filename").and_then(|name| name.extract::<String>());
        let source = self.source_file(&real_path(&name.unwrap_or_default()));
        let all = Instructions::read(py, &code).map_err(|error| self.refuse(error))?;
        let first = all.offsets.partition_point(|&offset| offset < stretch.from.offset);
        let first = i64::try_from(first).unwrap_or(0).saturating_add(stretch.moved);
        let count = i64::try_from(stretch.count).unwrap_or(0);
        let describe = |at: i64| {
            let Some(offset) = usize::try_from(at).ok().and_then(|at| all.offsets.get(at).copied()) else {
                return all.beyond(stretch.from.code, at);
            };
            let line = all.bytecode.line_at(offset as usize);
            let instruction = i32::try_from(offset).unwrap_or(-1);
            let columns = line.filter(|_| source.on_disk);
            Disassembled {
                address: Address { code: stretch.from.code, offset }.number(),
                text: all.texts.get(&offset).cloned(),
                bytes: all.bytecode.at(offset as usize),
                line,
                columns: columns.and_then(|line| crate::columns::of(&code, instruction, line, &source.path)),
                symbol: (at == 0).then(|| qualname::of(&code)),
            }
        };
        let instructions = (first..first.saturating_add(count)).map(describe).collect();
        Ok(Listing { source, instructions })
    }

    /// The code object of an instruction.
    pub(super) fn code_of(&self, address: Address) -> Option<Bound<'py, PyAny>> {
        let key = self.debugger.state().registry.by_number(address.code)?;
        // SAFETY: the number is taken away with the code object, and the GIL has been held since it was read.
        Some(unsafe { key.object(self.py) })
    }
}

/// The instructions of a code object.
struct Instructions {
    bytecode: Bytecode,
    /// Where each begins; caches belong to the one before.
    offsets: Vec<u32>,
    texts: HashMap<u32, String>,
}

impl Instructions {
    fn read(py: Python<'_>, code: &Bound<'_, PyAny>) -> PyResult<Self> {
        let mut texts = HashMap::new();
        let mut offsets = Vec::new();
        for instruction in dis(py)?.call_named1("get_instructions", (code,))?.try_iter()? {
            let instruction = instruction?;
            let (offset, name): (u32, String) =
                (instruction.named("offset")?.extract()?, instruction.named("opname")?.extract()?);
            let argument: Option<i64> = instruction.named("arg")?.extract()?;
            let shown: String = instruction.named("argrepr")?.extract()?;
            let argument = argument.map(|argument| format!(" {argument}")).unwrap_or_default();
            let shown = if shown.is_empty() { shown } else { format!(" ({shown})") };
            texts.insert(offset, format!("{name}{argument}{shown}"));
            offsets.push(offset);
        }
        Ok(Self { bytecode: Bytecode::read(code)?, offsets, texts })
    }

    /// What is given for an instruction that the code does not have.
    fn beyond(&self, code: u32, at: i64) -> Disassembled {
        let count = i64::try_from(self.offsets.len()).unwrap_or(0);
        let end = i64::try_from(self.bytecode.length()).unwrap_or(0);
        let offset = if at < 0 { 2 * at } else { end + 2 * (at - count) };
        let address = Address { code, offset: 0 }.number() + offset;
        Disassembled { address, text: None, bytes: Vec::new(), line: None, columns: None, symbol: None }
    }
}

static DIS: PyOnceLock<Py<PyModule>> = PyOnceLock::new();

/// The interpreter's own disassembler. What its import brings into `sys.modules` is taken away again.
fn dis(py: Python<'_>) -> PyResult<&Bound<'_, PyModule>> {
    let import = || -> PyResult<Py<PyModule>> {
        let modules = crate::modules::import(py, "sys")?.named("modules")?.cast_into::<PyDict>()?;
        let before = modules.copy()?;
        let dis = crate::modules::import(py, "dis")?;
        for name in modules.copy()?.keys() {
            if !before.contains(&name)? {
                modules.del_item(name)?;
            }
        }
        Ok(dis.unbind())
    };
    Ok(DIS.get_or_try_init(py, import)?.bind(py))
}

/// The line of an instruction that a breakpoint may be on, or why there is none.
pub(crate) fn line_of(py: Python<'_>, code: &Bound<'_, PyAny>, offset: u32) -> Result<Line, String> {
    let found = Instructions::read(py, code).map_err(|error| error.to_string())?;
    if !found.offsets.contains(&offset) {
        return Err(format!("no instruction begins at {offset}"));
    }
    found
        .bytecode
        .line_at(offset as usize)
        .ok_or_else(|| "that instruction belongs to no line, and is not told of".into())
}
