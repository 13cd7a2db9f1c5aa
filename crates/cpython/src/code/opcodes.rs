//! The few opcodes that pausa must recognise, taken from the running interpreter's own `opcode` module.
//!
//! Called by `facts` and `raise`. Invariant: the program's `sys.modules` is as before.

use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::expressions::{self, Kind};
use crate::call_site::Call;
use crate::exceptions::Through;
use crate::named::Named;

/// Stands for an opcode that this interpreter does not have: the number of a cache entry, or of nothing (3.10).
pub const ABSENT: u8 = 0;

/// Numbers of opcodes in this interpreter; [`ABSENT`] where it has no such opcode.
#[derive(Clone, Copy, Debug)]
pub struct Opcodes {
    pub resume: u8,
    /// The first one of generators and coroutines (3.10).
    pub gen_start: u8,
    /// They turn loops: back unconditionally, and before 3.12 on a condition too.
    pub turns: [u8; 8],
    pub extended_arg: u8,
    /// They end each turn of a comprehension's loop.
    pub appends: [u8; 3],
    pub push_exc_info: u8,
    pub check_exc_match: u8,
    pub load_global: u8,
    pub load_name: u8,
    pub load_attr: u8,
    pub load_method: u8,
    pub load_fast: u8,
    pub pop_top: u8,
    /// Assignments to names.
    pub stores: [u8; 4],
    pub build_tuple: u8,
    pub check_eg_match: u8,
    /// 3.10, where a handler begins with it, and its match is a jump.
    pub dup_top: u8,
    pub jump_if_not_exc_match: u8,
    /// 3.10: they begin and end what a handler is for, and a handler's own part.
    pub setups: [u8; 3],
    /// 3.10: they begin loops, turn them, and end those that are asynchronous.
    pub loops: [u8; 4],
    pub pop_block: u8,
    pub pop_except: u8,
    /// By how many bits the argument of `LOAD_GLOBAL` and of `LOAD_ATTR` has to be shifted to be a name's number.
    pub global_shift: u32,
    pub attr_shift: u32,
    /// 3.14 and later.
    pub not_taken: u8,
    pub nop: u8,
    pub copy: u8,
    /// It turns a generator's StopIteration into RuntimeError (3.12).
    pub intrinsic: u8,
    pub reraise: u8,
    pub with_except_start: u8,
    /// After these the next instruction does not follow (before 3.12).
    pub leaves: [u8; 8],
    /// By these a function returns.
    pub returns: [u8; 2],
    /// By these a generator or coroutine is suspended.
    pub yields: [u8; 2],
    /// Calls before 3.12, and how each counts to its callee.
    pub calls: [(u8, Call); 5],
    /// Which of them call what the program calls.
    pub are_calls: [bool; 256],
    /// The calls of all versions.
    pub all_calls: [u8; 6],
    /// What each does to the value on top of the stack.
    pub kinds: [Kind; 256],
    /// Which of them look if a value is true.
    tests: [bool; 256],
    /// What `with` loads before it calls it (3.14).
    pub load_special: u8,
    /// What enters a `with` and calls its manager (before 3.14), and what calls C methods in 3.11.
    pub enters: [u8; 2],
    pub precall: u8,
    /// How an exception comes through each, out of code that C called for it.
    pub through: [Through; 256],
    pub load_const: u8,
    /// How None is loaded by its number among the interpreter's own constants (3.15): opcode and argument.
    pub load_none: Option<(u8, u8)>,
    /// It ends the loop of an `async for`, as a handler.
    pub end_async_for: u8,
    /// It makes a suspended coroutine raise what was thrown into it (3.12).
    pub cleanup_throw: u8,
    /// Which of them jump, and from where their target counts.
    pub jumps: [Option<Jump>; 256],
}

/// How a jump tells its target, in instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Jump {
    /// Forward from the next instruction.
    Forward,
    /// Back from the next instruction.
    Backward,
    /// From the start of the code (3.10).
    Absolute,
}

impl Opcodes {
    /// True if this one calls what the program calls.
    pub fn is_call(&self, opcode: u8) -> bool {
        self.are_calls.get(usize::from(opcode)) == Some(&true)
    }

    /// True if this one looks if a value is true.
    pub fn decides(&self, opcode: u8) -> bool {
        self.tests.get(usize::from(opcode)) == Some(&true)
    }

    /// Reads them.
    pub fn read(py: Python<'_>) -> PyResult<Self> {
        let modules = crate::modules::import(py, "sys")?.named("modules")?.cast_into::<PyDict>()?;
        let before: Vec<bool> = ["opcode", "_opcode", "_opcode_metadata"]
            .iter()
            .map(|name| modules.contains(name).unwrap_or(true))
            .collect();
        let map = crate::modules::import(py, "opcode")?.named("opmap")?;
        let names = names(py)?;
        let get = |name: &str| -> PyResult<u8> { map.get_item(name)?.extract() };
        let lookup = |name: &str| get(name).unwrap_or(ABSENT);
        // 3.10 jumps to any place by the same instructions.
        let minor = crate::version::minor(py);
        let is_old = minor < 11;
        let opcodes = Self {
            resume: lookup("RESUME"),
            gen_start: lookup("GEN_START"),
            turns: [
                "JUMP_BACKWARD",
                "POP_JUMP_BACKWARD_IF_TRUE",
                "POP_JUMP_BACKWARD_IF_FALSE",
                "POP_JUMP_BACKWARD_IF_NONE",
                "POP_JUMP_BACKWARD_IF_NOT_NONE",
                "JUMP_ABSOLUTE",
                if is_old { "POP_JUMP_IF_TRUE" } else { "" },
                if is_old { "POP_JUMP_IF_FALSE" } else { "" },
            ]
            .map(lookup),
            extended_arg: get("EXTENDED_ARG")?,
            appends: [get("LIST_APPEND")?, get("SET_ADD")?, get("MAP_ADD")?],
            push_exc_info: lookup("PUSH_EXC_INFO"),
            check_exc_match: lookup("CHECK_EXC_MATCH"),
            load_global: get("LOAD_GLOBAL")?,
            load_name: get("LOAD_NAME")?,
            load_attr: get("LOAD_ATTR")?,
            load_method: lookup("LOAD_METHOD"),
            load_fast: get("LOAD_FAST")?,
            pop_top: get("POP_TOP")?,
            stores: [get("STORE_FAST")?, get("STORE_NAME")?, get("STORE_GLOBAL")?, get("STORE_DEREF")?],
            build_tuple: get("BUILD_TUPLE")?,
            check_eg_match: lookup("CHECK_EG_MATCH"),
            dup_top: lookup("DUP_TOP"),
            jump_if_not_exc_match: lookup("JUMP_IF_NOT_EXC_MATCH"),
            setups: ["SETUP_FINALLY", "SETUP_WITH", "SETUP_ASYNC_WITH"].map(lookup),
            loops: ["GET_ITER", "GET_AITER", "FOR_ITER", "END_ASYNC_FOR"].map(lookup),
            pop_block: lookup("POP_BLOCK"),
            pop_except: get("POP_EXCEPT")?,
            global_shift: u32::from(minor >= 11),
            attr_shift: u32::from(minor >= 12),
            not_taken: lookup("NOT_TAKEN"),
            nop: get("NOP")?,
            copy: lookup("COPY"),
            intrinsic: lookup("CALL_INTRINSIC_1"),
            reraise: get("RERAISE")?,
            with_except_start: get("WITH_EXCEPT_START")?,
            leaves: [
                get("RETURN_VALUE")?,
                get("RAISE_VARARGS")?,
                get("RERAISE")?,
                get("JUMP_FORWARD")?,
                lookup("JUMP_BACKWARD"),
                lookup("JUMP_BACKWARD_NO_INTERRUPT"),
                lookup("JUMP_ABSOLUTE"),
                lookup("RETURN_CONST"),
            ],
            returns: ["RETURN_VALUE", "RETURN_CONST"].map(lookup),
            yields: ["YIELD_VALUE", "YIELD_FROM"].map(lookup),
            calls: [
                (lookup("CALL_FUNCTION"), Call::Plain),
                (lookup("CALL_METHOD"), Call::Method),
                (lookup("CALL"), Call::Counted),
                (lookup("CALL_FUNCTION_KW"), Call::WithNames),
                (get("CALL_FUNCTION_EX")?, Call::Spread),
            ],
            are_calls: names.each_ref().map(|name| is_call(name)),
            all_calls: ["CALL", "CALL_FUNCTION", "CALL_METHOD", "CALL_FUNCTION_KW", "CALL_KW", "CALL_FUNCTION_EX"]
                .map(lookup),
            kinds: names.each_ref().map(|name| expressions::kind(name)),
            tests: names.each_ref().map(|name| name == "TO_BOOL" || name.starts_with("POP_JUMP")),
            load_special: lookup("LOAD_SPECIAL"),
            enters: ["BEFORE_WITH", "SETUP_WITH"].map(lookup),
            precall: lookup("PRECALL"),
            through: names.each_ref().map(|name| Through::of(name)),
            load_const: get("LOAD_CONST")?,
            load_none: common_none(py).zip(get("LOAD_COMMON_CONSTANT").ok()).map(|(number, opcode)| (opcode, number)),
            end_async_for: get("END_ASYNC_FOR")?,
            cleanup_throw: lookup("CLEANUP_THROW"),
            jumps: jumps(py)?,
        };
        for (name, was_there) in ["opcode", "_opcode", "_opcode_metadata"].iter().zip(before) {
            if !was_there && modules.contains(name)? {
                modules.del_item(name)?;
            }
        }
        Ok(opcodes)
    }
}

/// True for the names of calls: `CALL`, `CALL_KW`, `CALL_FUNCTION_EX` and 3.10's.
fn is_call(name: &str) -> bool {
    name.starts_with("CALL") && !name.starts_with("CALL_INTRINSIC")
}

/// The names of all opcodes, those of numbers that are none in angle brackets. From 3.13 on there are more, for the
/// interpreter's own use.
fn names(py: Python<'_>) -> PyResult<[String; 256]> {
    let names: Vec<String> = crate::modules::import(py, "opcode")?.named("opname")?.extract()?;
    let mut names = names.into_iter();
    Ok(std::array::from_fn(|_| names.next().unwrap_or_default()))
}

/// The number of None among the interpreter's own constants.
fn common_none(py: Python<'_>) -> Option<u8> {
    let constants = crate::modules::import(py, "opcode").ok()?.named("_common_constants").ok()?;
    let at = constants.try_iter().ok()?.position(|constant| constant.is_ok_and(|constant| constant.is_none()))?;
    u8::try_from(at).ok()
}

/// The jumps, by the interpreter's own lists.
fn jumps(py: Python<'_>) -> PyResult<[Option<Jump>; 256]> {
    let opcode = crate::modules::import(py, "opcode")?;
    let names: Vec<String> = opcode.named("opname")?.extract()?;
    let mut jumps = [None; 256];
    for (list, kind) in [("hasjabs", Jump::Absolute), ("hasjrel", Jump::Forward)] {
        for number in opcode.getattr(list)?.extract::<Vec<usize>>()? {
            let is_back = names.get(number).is_some_and(|name| name.contains("BACKWARD"));
            if let Some(jump) = jumps.get_mut(number) {
                *jump = Some(if is_back { Jump::Backward } else { kind });
            }
        }
    }
    Ok(jumps)
}
