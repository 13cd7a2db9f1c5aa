//! All live code objects by file, told by the code watcher. Called by `debugger` under its lock.
//!
//! Invariant: holds addresses of live code objects only, none by reference, so functions made by the thousand come and
//! go without a trace; never hashes a code object's contents.

use std::collections::HashMap;

use pyo3::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

/// The address of a live code object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CodeKey(pub usize);

impl CodeKey {
    /// The key of a code object.
    pub fn of(code: &Bound<'_, PyAny>) -> Self {
        Self(code.as_ptr() as usize)
    }

    /// The code object.
    ///
    /// # Safety
    /// The code object must be alive: the key stands in the registry, and the GIL has been held since it was read.
    pub unsafe fn object(self, py: Python<'_>) -> Bound<'_, PyAny> {
        // SAFETY: alive by the contract, so a new reference may be taken.
        unsafe { Bound::from_borrowed_ptr(py, self.0 as *mut pyo3::ffi::PyObject) }
    }
}

/// The codes of one `co_filename`.
#[derive(Debug)]
struct File {
    name: String,
    real: String,
    codes: FxHashSet<CodeKey>,
}

/// All live code objects.
#[derive(Debug, Default)]
pub struct Registry {
    files: Vec<File>,
    by_name: HashMap<String, usize>,
    codes: FxHashMap<CodeKey, usize>,
    /// Numbers of code objects that were asked for, by which a client names their instructions.
    numbers: FxHashMap<CodeKey, u32>,
    by_number: FxHashMap<u32, CodeKey>,
    last_number: u32,
    /// The last `co_filename` object seen and its file: a module's codes share one string.
    last: Option<(Py<PyAny>, usize)>,
}

impl Registry {
    /// Adds a code object whose `co_filename` is `name`.
    pub fn add(&mut self, code: CodeKey, name: &Bound<'_, PyAny>) {
        let file = match &self.last {
            Some((last, file)) if last.is(name) => *file,
            _ => self.file_of(name),
        };
        if let Some(entry) = self.files.get_mut(file) {
            entry.codes.insert(code);
            self.codes.insert(code, file);
        }
    }

    fn file_of(&mut self, name: &Bound<'_, PyAny>) -> usize {
        let text = name.extract::<String>().unwrap_or_else(|_| "<unknown>".into());
        let file = match self.by_name.get(&text) {
            Some(&file) => file,
            None => {
                let real = real_path(&text);
                self.files.push(File { name: text.clone(), real, codes: FxHashSet::default() });
                self.by_name.insert(text, self.files.len() - 1);
                self.files.len() - 1
            }
        };
        self.last = Some((name.clone().unbind(), file));
        file
    }

    /// Forgets a code object that is about to be freed.
    pub fn remove(&mut self, code: CodeKey) {
        let file = self.codes.remove(&code).and_then(|file| self.files.get_mut(file));
        if let Some(file) = file {
            file.codes.remove(&code);
        }
        if let Some(number) = self.numbers.remove(&code) {
            self.by_number.remove(&number);
        }
    }

    /// True if the code object is known, and so alive.
    pub fn contains(&self, code: CodeKey) -> bool {
        self.codes.contains_key(&code)
    }

    /// The real path of a code object's file.
    pub fn file(&self, code: CodeKey) -> Option<&str> {
        self.codes.get(&code).and_then(|&file| self.files.get(file)).map(|file| file.real.as_str())
    }

    /// The number of a live code object, which no other one ever gets; None if it is not known here.
    pub fn number(&mut self, code: CodeKey) -> Option<u32> {
        if !self.contains(code) {
            return None;
        }
        Some(*self.numbers.entry(code).or_insert_with(|| {
            self.last_number += 1;
            self.by_number.insert(self.last_number, code);
            self.last_number
        }))
    }

    /// The number of a code object, if it was asked for before.
    pub fn known_number(&self, code: CodeKey) -> Option<u32> {
        self.numbers.get(&code).copied()
    }

    /// The live code object of a number.
    pub fn by_number(&self, number: u32) -> Option<CodeKey> {
        self.by_number.get(&number).copied()
    }

    /// The live code objects of a file, by its real path or by the bare name that they carry.
    pub fn codes_of(&self, path: &str) -> Vec<CodeKey> {
        let same = self.files.iter().filter(|file| file.real == path || file.name == path);
        same.flat_map(|file| file.codes.iter().copied()).collect()
    }

    /// All live code objects with their files' real paths.
    pub fn all(&self) -> impl Iterator<Item = (CodeKey, &str)> {
        self.files.iter().flat_map(|file| file.codes.iter().map(|&code| (code, file.real.as_str())))
    }

    /// The real paths of the files of live code objects.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.files.iter().filter(|file| !file.codes.is_empty()).map(|file| file.real.as_str())
    }

    /// How many code objects live.
    pub fn len(&self) -> usize {
        self.codes.len()
    }
}

/// The real path of what a `co_filename` names: symbolic links followed, relative to the working directory of now; a
/// path into an archive keeps its inner part; a name that is no path stays as it is.
pub fn real_path(name: &str) -> String {
    if name.starts_with('<') {
        return name.to_owned();
    }
    let path = std::path::Path::new(name);
    for ancestor in path.ancestors().filter(|ancestor| !ancestor.as_os_str().is_empty()) {
        if let Ok(real) = std::fs::canonicalize(ancestor) {
            let inner = path.strip_prefix(ancestor).unwrap_or(std::path::Path::new(""));
            let whole = if inner.as_os_str().is_empty() { real } else { real.join(inner) };
            return whole.to_string_lossy().into_owned();
        }
    }
    std::env::current_dir().map_or_else(|_| name.to_owned(), |cwd| cwd.join(path).to_string_lossy().into_owned())
}
