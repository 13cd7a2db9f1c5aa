//! Asks an interpreter what it is, in one run that imports nothing.
//!
//! Called by `choose`. Invariant: nothing of the user's (environment variables, site packages, working directory) has
//! a say in the answer.

use std::fmt;
use std::path::Path;
use std::process::{Command, Stdio};

use super::OLDEST;

/// Understood by every Python there is. `t` in the ABI flags is a build without the global lock.
const QUESTION: &str = "import sys
i = getattr(sys, 'implementation', None)
print('pausa', i and i.name, '%d.%d.%d' % sys.version_info[:3], 't' in getattr(sys, 'abiflags', ''))";

/// What an interpreter is.
pub(super) struct Answer {
    /// `None` for a Python too old to say.
    implementation: String,
    version: (u8, u8, u8),
    free_threaded: bool,
}

/// Why an interpreter will not do. Reads as the rest of a sentence after its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unsuitable {
    /// Too old.
    Version(u8, u8, u8),
    /// Not CPython.
    Implementation(String),
    /// Built without the global lock, so extension modules of the stable ABI cannot be loaded.
    FreeThreaded,
}

impl fmt::Display for Unsuitable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(major, minor, micro) => write!(f, "is {major}.{minor}.{micro}"),
            Self::Implementation(name) => write!(f, "is {name}, not CPython"),
            Self::FreeThreaded => f.write_str("is a free-threaded build, which pausa cannot debug yet"),
        }
    }
}

impl Answer {
    /// Its version if it can be debugged.
    pub(super) fn suits(&self) -> Result<(u8, u8, u8), Unsuitable> {
        let (major, minor, micro) = self.version;
        if self.implementation != "cpython" && self.implementation != "None" {
            Err(Unsuitable::Implementation(self.implementation.clone()))
        } else if (major, minor) < OLDEST {
            Err(Unsuitable::Version(major, minor, micro))
        } else if self.free_threaded {
            Err(Unsuitable::FreeThreaded)
        } else {
            Ok(self.version)
        }
    }

    /// True if its version begins with the numbers of `wanted`.
    pub(super) fn is_version(&self, wanted: &[u8]) -> bool {
        let (major, minor, micro) = self.version;
        wanted.iter().zip([major, minor, micro]).all(|(wanted, is)| *wanted == is)
    }
}

/// None if it is no Python or does not start.
pub(super) fn probe(python: &Path) -> Option<Answer> {
    let output = Command::new(python)
        .args(["-E", "-s", "-S", "-c", QUESTION])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    let text = String::from_utf8(output.stdout).ok()?;
    let mut words = text.split_whitespace().skip_while(|word| *word != "pausa").skip(1);
    let implementation = words.next()?.to_owned();
    let mut numbers = words.next()?.split('.').map(|number| number.parse().ok());
    let version = (numbers.next()??, numbers.next()??, numbers.next()??);
    Some(Answer { implementation, version, free_threaded: words.next()? == "True" })
}
