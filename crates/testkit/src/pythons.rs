//! The Pythons that sessions run on: one per minor version, the newest of each that is installed.
//!
//! `suite` asks once per test run. Invariant: a version that is wanted and not found is reported, never forgotten.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The minor versions of Python 3 that pausa supports.
const WANTED: std::ops::RangeInclusive<u32> = 10..=15;
/// The oldest that has `sys.monitoring`.
const WITH_MONITORING: u32 = 12;
/// What a Python says about itself, a line each.
const PROBE: &str = "import sys, os, sysconfig
print(sys.implementation.name)
print(*sys.version_info[:3])
print(sysconfig.get_config_var('Py_GIL_DISABLED') or 0)
print(os.path.dirname(os.__file__))";

/// A Python that is installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Python {
    /// `3.13`
    pub minor: String,
    /// `3.13.0`
    pub version: String,
    /// The interpreter.
    pub path: PathBuf,
    /// Where its standard library is.
    pub stdlib: PathBuf,
    /// By what pausa hears of events in it.
    pub backend: Backend,
}

/// What pausa hears of events by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// `sys.monitoring`, the choice for 3.12 and later.
    Monitoring,
    /// `sys.settrace`, the only one before.
    Settrace,
    /// `sys.settrace` where `sys.monitoring` would be there too.
    SettraceOnRequest,
}

impl Backend {
    /// As `--backend` has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Monitoring => "monitoring",
            Self::Settrace | Self::SettraceOnRequest => "settrace",
        }
    }
}

impl Python {
    /// True if a package can be imported.
    #[must_use]
    pub fn has_package(&self, name: &str) -> bool {
        let probe = format!("import importlib.util, sys; sys.exit(importlib.util.find_spec('{name}') is None)");
        let outcome = Command::new(&self.path).args(["-I", "-c", &probe]).status();
        outcome.is_ok_and(|status| status.success())
    }

    /// True if it offers to run a script that it is handed (PEP 768).
    #[must_use]
    pub fn has_remote_scripts(&self) -> bool {
        self.minor.rsplit('.').next().and_then(|minor| minor.parse::<u32>().ok()).is_some_and(|minor| minor >= 14)
    }

    /// How tests name it: `3.13`, or `3.13-settrace` where that is not its own choice.
    #[must_use]
    pub fn label(&self) -> String {
        match self.backend {
            Backend::Monitoring | Backend::Settrace => self.minor.clone(),
            Backend::SettraceOnRequest => format!("{}-settrace", self.minor),
        }
    }

    /// True if it has `sys.monitoring`, and pausa uses it.
    #[must_use]
    pub fn is_monitored(&self) -> bool {
        self.backend == Backend::Monitoring
    }
}

/// The Pythons to test with, and the wanted minor versions that are not installed.
#[derive(Clone, Debug, Default)]
pub struct Pythons {
    /// Oldest first.
    pub found: Vec<Python>,
    /// `3.15`…
    pub missing: Vec<String>,
}

impl Pythons {
    /// Each Python with each backend that it has.
    #[must_use]
    pub fn with_all_backends(&self) -> Vec<Python> {
        let on_request = self.found.iter().filter(|python| python.is_monitored());
        let on_request = on_request.map(|python| Python { backend: Backend::SettraceOnRequest, ..python.clone() });
        self.found.iter().cloned().chain(on_request).collect()
    }
}

/// Looks in `PAUSA_TEST_PYTHONS` (a list of paths as in PATH) or, without it, where Pythons usually are.
pub fn find() -> Pythons {
    among(&candidates())
}

/// Those of these interpreters that pausa supports, one per minor version.
pub fn among(paths: &[PathBuf]) -> Pythons {
    let mut found = BTreeMap::new();
    for path in paths {
        if let Some((version, python)) = probe(path) {
            let known = found.entry(version[1]).or_insert_with(|| (version, python.clone()));
            if known.0 < version {
                *known = (version, python);
            }
        }
    }
    let missing = WANTED.filter(|minor| !found.contains_key(minor)).map(|minor| format!("3.{minor}")).collect();
    Pythons { found: found.into_values().map(|(_, python)| python).collect(), missing }
}

fn candidates() -> Vec<PathBuf> {
    if let Some(list) = env::var_os("PAUSA_TEST_PYTHONS") {
        return env::split_paths(&list).filter(|path| !path.as_os_str().is_empty()).collect();
    }
    let home = PathBuf::from(env::var_os("HOME").unwrap_or_default());
    let pyenv = env::var_os("PYENV_ROOT").map_or_else(|| home.join(".pyenv"), PathBuf::from);
    let mut paths: Vec<PathBuf> = std::fs::read_dir(pyenv.join("versions"))
        .map(|entries| entries.flatten().map(|entry| entry.path().join("bin/python3")).collect())
        .unwrap_or_default();
    let folders: Vec<PathBuf> = env::split_paths(&env::var_os("PATH").unwrap_or_default()).collect();
    let names: Vec<String> = WANTED.map(|minor| format!("python3.{minor}")).collect();
    paths.extend(folders.iter().flat_map(|folder| names.iter().map(|name| folder.join(name))));
    paths.retain(|path| path.is_file());
    paths
}

fn probe(path: &Path) -> Option<([u32; 3], Python)> {
    let output = Command::new(path).args(["-I", "-c", PROBE]).output().ok().filter(|output| output.status.success())?;
    let text = String::from_utf8(output.stdout).ok()?;
    let [implementation, version, free_threaded, stdlib] = text.lines().collect::<Vec<_>>()[..] else { return None };
    let numbers: Vec<u32> = version.split(' ').filter_map(|number| number.parse().ok()).collect();
    let numbers: [u32; 3] = numbers.try_into().ok()?;
    let [major, minor, _] = numbers;
    if implementation != "cpython" || free_threaded != "0" || major != 3 || minor < *WANTED.start() {
        return None;
    }
    let python = Python {
        minor: format!("3.{minor}"),
        version: version.replace(' ', "."),
        path: path.to_owned(),
        stdlib: PathBuf::from(stdlib),
        backend: if minor < WITH_MONITORING { Backend::Settrace } else { Backend::Monitoring },
    };
    Some((numbers, python))
}
