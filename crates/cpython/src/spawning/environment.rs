//! A child's environment: what it is to be, and what is added for our `sitecustomize.py`.
//!
//! Used by `calls`. Invariant: what is taken from the program is read as the interpreter itself would read it; an
//! environment that leads to a front end already is left alone.

use crate::named::Named;
use std::ffi::CStr;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyMapping};

use super::Relay;

/// The variables by which our `sitecustomize.py` is found, and what it takes back.
const HUB: &[u8] = b"PAUSA_HUB";
const AGENT: &[u8] = b"PAUSA_AGENT";
const BACKEND: &[u8] = b"PAUSA_AGENT_BACKEND";
const ORIGINAL_PATH: &[u8] = b"PAUSA_PYTHONPATH";
const CHILD: &[u8] = b"PAUSA_CHILD";
/// What else the interpreter was to see: see [`Environment::ignore_python`].
const ISOLATED: &[u8] = b"PAUSA_ISOLATED";
const PATH: &[u8] = b"PYTHONPATH";

/// A variable's name and value.
pub type Variable = (Vec<u8>, Vec<u8>);

/// Variables in order, as bytes.
pub struct Environment(Vec<Variable>);

impl Environment {
    /// This process's own, as C has it, which is what a child inherits.
    pub fn own() -> Self {
        let mut variables = Vec::new();
        // SAFETY: the array ends in null, its entries are NUL-terminated, and the GIL, which is held, is what the
        // interpreter itself relies on when it reads and changes them.
        unsafe {
            let mut entry = environ;
            while !entry.is_null() && !(*entry).is_null() {
                variables.extend(split(CStr::from_ptr(*entry).to_bytes()));
                entry = entry.add(1);
            }
        }
        Self(variables)
    }

    /// From a sequence of `NAME=VALUE`, as `fork_exec` takes it.
    pub fn from_list(list: &Bound<'_, PyAny>) -> PyResult<Self> {
        let mut variables = Vec::new();
        for entry in list.try_iter()? {
            variables.extend(split(entry?.cast::<PyBytes>()?.as_bytes()));
        }
        Ok(Self(variables))
    }

    /// From a mapping, as `execve` takes it.
    pub fn from_mapping(mapping: &Bound<'_, PyAny>) -> PyResult<Self> {
        let items = mapping.cast::<PyMapping>()?.items()?;
        let mut variables = Vec::new();
        for item in items.iter() {
            let (name, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item.extract()?;
            variables.push((encoded(&name)?, encoded(&value)?));
        }
        Ok(Self(variables))
    }

    pub fn get(&self, name: &[u8]) -> Option<&[u8]> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_slice())
    }

    fn set(&mut self, name: &[u8], value: &[u8]) {
        self.remove(name);
        self.0.push((name.to_vec(), value.to_vec()));
    }

    fn remove(&mut self, name: &[u8]) {
        self.0.retain(|(own, _)| own != name);
    }

    /// True if whoever gets it finds a front end by it.
    pub fn leads_to_us(&self) -> bool {
        self.get(HUB).is_some()
    }

    /// Hides the variables that an interpreter with `-E` does not read; our `sitecustomize.py` brings them back.
    pub fn ignore_python(&mut self, flags: &str) {
        let mut hidden = flags.as_bytes().to_vec();
        for (name, value) in self.0.iter().filter(|(name, _)| name.starts_with(b"PYTHON")) {
            hidden.push(0x1f);
            hidden.extend_from_slice(name);
            hidden.push(b'=');
            hidden.extend_from_slice(value);
        }
        self.0.retain(|(name, _)| !name.starts_with(b"PYTHON"));
        self.set(ISOLATED, &hidden);
        if flags == "I" {
            // Neither the program's folder on the path (3.10 does not know this and has it) nor one of the user's.
            self.set(b"PYTHONSAFEPATH", b"1");
            self.set(b"PYTHONNOUSERSITE", b"1");
        }
    }

    /// The variables that are new or of another value than in `before`, and the names of those that are gone.
    pub fn changes_since(&self, before: &Self) -> (Vec<Variable>, Vec<Vec<u8>>) {
        // Only these are changed here, and a shell knows no names but such.
        let is_ours = |name: &[u8]| {
            (name.starts_with(b"PAUSA_") || name.starts_with(b"PYTHON"))
                && name.iter().all(|&byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        let set = self.0.iter().filter(|(name, value)| is_ours(name) && before.get(name) != Some(value.as_slice()));
        let unset = before.0.iter().filter(|(name, _)| is_ours(name) && self.get(name).is_none());
        (set.cloned().collect(), unset.map(|(name, _)| name.clone()).collect())
    }

    /// Adds what leads a Python to the front end.
    pub fn lead(&mut self, relay: &Relay) {
        let original = self.get(PATH).map(<[u8]>::to_vec);
        let mut path = relay.folder.as_bytes().to_vec();
        if let Some(original) = original.as_deref().filter(|path| !path.is_empty()) {
            path.push(b':');
            path.extend_from_slice(original);
        }
        let mut added = vec![
            (HUB, relay.address.clone().into_bytes()),
            (AGENT, relay.agent.clone().into_bytes()),
            (CHILD, b"1".to_vec()),
            (PATH, path),
        ];
        added.extend(original.map(|original| (ORIGINAL_PATH, original)));
        added.extend(relay.backend.clone().map(|backend| (BACKEND, backend.into_bytes())));
        for (name, value) in &added {
            self.set(name, value);
        }
    }

    /// As a list of `NAME=VALUE`.
    pub fn to_list<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let entry = |(name, value): &(Vec<u8>, Vec<u8>)| PyBytes::new(py, &[name, b"=".as_slice(), value].concat());
        Ok(PyList::new(py, self.0.iter().map(entry))?.into_any())
    }

    /// As a mapping.
    pub fn to_mapping<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let mapping = PyDict::new(py);
        for (name, value) in &self.0 {
            mapping.set_item(PyBytes::new(py, name), PyBytes::new(py, value))?;
        }
        Ok(mapping.into_any())
    }
}

fn split(entry: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let at = entry.iter().position(|&byte| byte == b'=')?;
    Some((entry.get(..at)?.to_vec(), entry.get(at + 1..)?.to_vec()))
}

/// Text as the file system's encoding has it, bytes as they are, a path object as what it stands for.
pub fn encoded(value: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    let os = crate::modules::import(value.py(), "os")?;
    let bytes = os.call_named1("fsencode", (value,))?;
    Ok(bytes.cast::<PyBytes>()?.as_bytes().to_vec())
}

unsafe extern "C" {
    static environ: *const *const std::ffi::c_char;
}
