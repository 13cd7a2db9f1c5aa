//! Chooses the interpreter that runs the program.
//!
//! Called by the `pausa` command. What the user named is taken or refused with the reason; without a name the first
//! suitable one wins, in the order in which a user would expect it: the active environment, the default `python3`,
//! other versions on the PATH, and the places where version managers keep theirs.

mod places;
mod probe;

use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};

use places::Places;
use probe::{Answer, Unsuitable, probe};

/// The oldest Python that pausa can debug.
const OLDEST: (u8, u8) = (3, 10);

/// A Python that pausa can debug.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Python {
    /// Its interpreter.
    pub path: PathBuf,
    /// Its version.
    pub version: (u8, u8, u8),
    /// If it is not the one a user would have expected: which that is, and why not. A text for the user.
    pub passed_over: Option<String>,
}

/// Why there is no Python to use.
#[derive(Debug, thiserror::Error)]
pub enum ChooseError {
    /// The one that was asked for will not do.
    #[error("{name} {why}; pausa needs CPython {}.{} or later", OLDEST.0, OLDEST.1)]
    Unsuitable {
        /// As the user wrote it.
        name: String,
        /// A text for the user.
        why: String,
    },
    /// The one that was asked for does not answer.
    #[error("{name} is not a Python, or does not start; name one by version, command or path")]
    Broken {
        /// As the user wrote it.
        name: String,
    },
    /// The one that was asked for is not there.
    #[error("no Python called {name} was found; name one by version, command or path")]
    NotFound {
        /// As the user wrote it.
        name: String,
    },
    /// None of those found will do.
    #[error("no suitable Python was found ({}); install CPython {}.{} or later, or name one with --python",
        Found(.found), OLDEST.0, OLDEST.1)]
    NoneSuitable {
        /// Texts for the user: what is there, and why it will not do.
        found: Vec<String>,
    },
}

struct Found<'a>(&'a [String]);

impl fmt::Display for Found<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            [] => f.write_str("there is none on the PATH"),
            some => f.write_str(&some.join(", ")),
        }
    }
}

/// The Python to use: `explicit` is what the user asked for (a path, a command, or a version such as `3.13`), if
/// anything.
pub fn choose(explicit: Option<&OsStr>) -> Result<Python, ChooseError> {
    let places = Places::of_this_user();
    match explicit {
        Some(wanted) => choose_named(wanted, &places),
        None => choose_default(&places),
    }
}

fn choose_named(wanted: &OsStr, places: &Places) -> Result<Python, ChooseError> {
    let name = wanted.to_string_lossy().into_owned();
    let version = wanted_version(&name);
    let candidates = match &version {
        Some(version) => places.of_version(version),
        None => places.named(wanted),
    };
    let exists = !candidates.is_empty();
    let mut refused = None;
    for path in candidates {
        let Some(answer) = probe(&path) else { continue };
        if version.as_ref().is_some_and(|version| !answer.is_version(version)) {
            continue;
        }
        match answer.suits() {
            Ok(version) => return Ok(Python { path, version, passed_over: None }),
            Err(why) => refused = refused.or(Some(why)),
        }
    }
    Err(match refused {
        Some(why) => ChooseError::Unsuitable { name, why: why.to_string() },
        // Asked for by version, those that did not start are not known to be the one that was meant.
        None if exists && version.is_none() => ChooseError::Broken { name },
        None => ChooseError::NotFound { name },
    })
}

fn choose_default(places: &Places) -> Result<Python, ChooseError> {
    let mut found: Vec<(PathBuf, Unsuitable)> = Vec::new();
    let expected = places.expected();
    for path in expected.iter().cloned().chain(places.others()) {
        match probe(&path).as_ref().map(Answer::suits) {
            Some(Ok(version)) => {
                let first = found.first().filter(|(path, _)| expected.contains(path));
                let passed_over = first.map(|(path, why)| {
                    format!("{} {why}; pausa needs {}.{} or later", shown(path), OLDEST.0, OLDEST.1)
                });
                return Ok(Python { path, version, passed_over });
            }
            Some(Err(why)) => found.push((path, why)),
            None => {}
        }
    }
    let found = found.into_iter().map(|(path, why)| format!("{} {why}", path.display())).collect();
    Err(ChooseError::NoneSuitable { found })
}

/// A command's name where it is found by name, its path where it is an environment's.
fn shown(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    if places::is_environment(path) { path.display().to_string() } else { name.to_string_lossy().into_owned() }
}

/// `3`, `3.13` or `3.13.2` as numbers; None for all that is not a version.
fn wanted_version(text: &str) -> Option<Vec<u8>> {
    let parts: Option<Vec<u8>> = text.split('.').map(|part| part.parse().ok()).collect();
    parts.filter(|parts| parts.len() <= 3)
}

#[cfg(test)]
mod tests;
