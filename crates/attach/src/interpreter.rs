//! The Python in a process: which file it is in, its version, and by which way it can be entered.
//!
//! Called by `doctor` and `list`. Invariant: nothing is taken for a CPython that does not export its runtime.

use std::fmt;
use std::io;
use std::ops::Range;

use crate::elf::{Image, NoImage};
use crate::layout::{Heading, Offsets};
use crate::memory::{Address, Memory};
use crate::process::Module;

/// A version of Python.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// 3.
    pub major: u8,
    /// As in 3.14.
    pub minor: u8,
    /// As in 3.14.2; unknown before 3.11.
    pub micro: Option<u8>,
}

impl Version {
    /// From `PY_VERSION_HEX`.
    pub(crate) fn from_hex(hex: u64) -> Self {
        let [_, _, _, _, major, minor, micro, _] = hex.to_be_bytes();
        Self { major, minor, micro: Some(micro) }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)?;
        self.micro.map_or(Ok(()), |micro| write!(f, ".{micro}"))
    }
}

/// How a process is entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The interpreter runs a script that it is handed (PEP 768, from 3.14 on).
    RemoteScript,
    /// A thread is stopped for a moment and made to call (ptrace).
    Trace,
}

/// A CPython in a process.
#[derive(Clone, Debug)]
pub(crate) struct Interpreter {
    pub version: Version,
    pub free_threaded: bool,
    /// Its `_PyRuntime`.
    pub runtime: Address,
    /// Where that ends: all static state of the interpreter's lies before, with the lock that the main interpreter is
    /// guarded by.
    pub runtime_end: Address,
    /// For PEP 768.
    pub offsets: Option<Offsets>,
    /// Functions of the C API that a thread is made to call.
    pub functions: Option<Functions>,
}

/// Addresses of functions of the C API.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Functions {
    pub add_pending_call: Address,
    pub run_string: Address,
    pub ensure: Address,
    pub release: Address,
    pub has_gil: Address,
    pub own_state: Address,
    pub make_pending_calls: Address,
    pub main_interpreter: Address,
}

/// Why no CPython was found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NoInterpreter {
    /// There is no sign of one.
    None,
    /// The file is named as one, and is this.
    Unfit(String, NoImage),
}

/// Finds it.
pub(crate) fn find(memory: &Memory, modules: &[Module]) -> Result<Interpreter, NoInterpreter> {
    let mut unfit = None;
    // What is called Python first, then the program itself, which may have Python built in, then all libraries.
    let named = modules.iter().filter(|module| is_named_python(&module.name()));
    for module in named.clone().chain(modules) {
        match Image::read(memory, module.base) {
            Ok(image) => {
                if let Some(found) = of_image(memory, &image) {
                    return Ok(found);
                }
            }
            Err(why) if unfit.is_none() && is_named_python(&module.name()) => unfit = Some((module.name(), why)),
            Err(_) => {}
        }
    }
    Err(unfit.map_or(NoInterpreter::None, |(name, why)| NoInterpreter::Unfit(name, why)))
}

/// True for `python3`, `python3.12`, `libpython3.12.so.1.0`.
pub(crate) fn is_named_python(name: &str) -> bool {
    let name = name.strip_prefix("lib").unwrap_or(name);
    name.strip_prefix("python").is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphabetic() || c == '-'))
}

fn of_image(memory: &Memory, image: &Image<'_>) -> Option<Interpreter> {
    let Range { start: runtime, end: runtime_end } = image.extent("_PyRuntime")?;
    let heading = Heading::read(memory, runtime).ok()?;
    let version = match &heading {
        Some(heading) => heading.version,
        None => version(memory, image).ok()?,
    };
    Some(Interpreter {
        version,
        free_threaded: heading.is_some_and(|heading| heading.free_threaded),
        runtime,
        runtime_end,
        offsets: Offsets::read(memory, runtime, version).ok()?,
        functions: functions(image),
    })
}

/// Before 3.13: what the interpreter exports tells its version.
fn version(memory: &Memory, image: &Image<'_>) -> io::Result<Version> {
    if let Some(version) = image.symbol("Py_Version") {
        return memory.u64(version).map(Version::from_hex);
    }
    // The C API's own history: the first function here that there is came with its version.
    let brought = [("PyModule_AddObjectRef", 10), ("PyModule_AddType", 9), ("PyCode_NewWithPosOnlyArgs", 8)];
    let minor = brought.iter().find(|(name, _)| image.symbol(name).is_some()).map_or(7, |(_, minor)| *minor);
    Ok(Version { major: 3, minor, micro: None })
}

fn functions(image: &Image<'_>) -> Option<Functions> {
    Some(Functions {
        add_pending_call: image.symbol("Py_AddPendingCall")?,
        run_string: image.symbol("PyRun_SimpleString")?,
        ensure: image.symbol("PyGILState_Ensure")?,
        release: image.symbol("PyGILState_Release")?,
        has_gil: image.symbol("PyGILState_Check")?,
        own_state: image.symbol("PyGILState_GetThisThreadState")?,
        make_pending_calls: image.symbol("Py_MakePendingCalls")?,
        main_interpreter: image.symbol("PyInterpreterState_Main")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_pythons() {
        for name in ["python", "python3", "python3.14", "libpython3.10.so.1.0", "python3.13t"] {
            assert!(is_named_python(name), "{name}");
        }
        for name in ["pythonista", "libpythonic.so", "ipython", "python-config", "pypy3"] {
            assert!(!is_named_python(name), "{name}");
        }
    }

    #[test]
    fn a_version_is_read_from_its_number() {
        let version = Version::from_hex(0x030e_0af0);
        assert_eq!((version.major, version.minor, version.micro), (3, 14, Some(10)));
        assert_eq!(version.to_string(), "3.14.10");
        assert_eq!(Version { micro: None, ..version }.to_string(), "3.14");
    }
}
