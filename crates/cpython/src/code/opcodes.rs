//! The few opcodes that pausa must recognise, taken from the running interpreter's own `opcode` module.
//!
//! Called by `facts` and `raise`. Invariant: the program's `sys.modules` is as before.

use pyo3::prelude::*;
use pyo3::types::PyDict;

/// Stands for an opcode that this interpreter does not have: the number of a cache entry, or of nothing (3.10).
pub const ABSENT: u8 = 0;

/// Numbers of opcodes in this interpreter; [`ABSENT`] where it has no such opcode.
#[derive(Clone, Copy, Debug)]
pub struct Opcodes {
    pub resume: u8,
    pub jump_backward: u8,
    pub extended_arg: u8,
    /// They end each turn of a comprehension's loop.
    pub appends: [u8; 3],
    pub push_exc_info: u8,
    pub check_exc_match: u8,
    pub load_global: u8,
    pub load_name: u8,
    pub load_attr: u8,
    pub pop_top: u8,
    /// Assignments to names.
    pub stores: [u8; 4],
    pub build_tuple: u8,
    pub check_eg_match: u8,
    /// 3.14 and later.
    pub not_taken: u8,
    pub nop: u8,
    pub reraise: u8,
    pub with_except_start: u8,
}

impl Opcodes {
    /// Reads them.
    pub fn read(py: Python<'_>) -> PyResult<Self> {
        let modules = crate::modules::import(py, "sys")?.getattr("modules")?.cast_into::<PyDict>()?;
        let before: Vec<bool> = ["opcode", "_opcode", "_opcode_metadata"]
            .iter()
            .map(|name| modules.contains(name).unwrap_or(true))
            .collect();
        let map = crate::modules::import(py, "opcode")?.getattr("opmap")?;
        let get = |name: &str| -> PyResult<u8> { map.get_item(name)?.extract() };
        let lookup = |name: &str| get(name).unwrap_or(ABSENT);
        let opcodes = Self {
            resume: lookup("RESUME"),
            jump_backward: lookup("JUMP_BACKWARD"),
            extended_arg: get("EXTENDED_ARG")?,
            appends: [get("LIST_APPEND")?, get("SET_ADD")?, get("MAP_ADD")?],
            push_exc_info: lookup("PUSH_EXC_INFO"),
            check_exc_match: lookup("CHECK_EXC_MATCH"),
            load_global: get("LOAD_GLOBAL")?,
            load_name: get("LOAD_NAME")?,
            load_attr: get("LOAD_ATTR")?,
            pop_top: get("POP_TOP")?,
            stores: [get("STORE_FAST")?, get("STORE_NAME")?, get("STORE_GLOBAL")?, get("STORE_DEREF")?],
            build_tuple: get("BUILD_TUPLE")?,
            check_eg_match: lookup("CHECK_EG_MATCH"),
            not_taken: lookup("NOT_TAKEN"),
            nop: get("NOP")?,
            reraise: get("RERAISE")?,
            with_except_start: get("WITH_EXCEPT_START")?,
        };
        for (name, was_there) in ["opcode", "_opcode", "_opcode_metadata"].iter().zip(before) {
            if !was_there && modules.contains(name)? {
                modules.del_item(name)?;
            }
        }
        Ok(opcodes)
    }
}
