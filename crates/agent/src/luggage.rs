//! The folder by which the agent came into a program that ran already: gone when the agent leaves.
//!
//! Called by `start` and `conversation`. The command that attached removes it too; this is for the one that was killed.
//! Invariant: nothing is removed but what such a folder holds.

use std::fs;
use std::path::{Path, PathBuf};

/// What the folder may hold (`hub::attach`, `_enter.py`).
const FILES: [&str; 4] = ["enter.py", "agent.so", "agent", "reason"];
const FOLDER: &str = "entered";

/// Such a folder.
pub struct Luggage(PathBuf);

impl Luggage {
    /// The folder that a socket is in, if it is such a one: others hold no entry.
    pub fn beside(socket: &str) -> Option<Self> {
        let folder = Path::new(socket).parent()?;
        folder.join(FILES[0]).is_file().then(|| Self(folder.to_owned()))
    }

    /// Removes it, as far as it is still there.
    pub fn remove(&self) {
        for name in FILES {
            let _gone = fs::remove_file(self.0.join(name));
        }
        let _gone = fs::remove_dir(self.0.join(FOLDER));
        let _gone = fs::remove_dir(&self.0);
    }
}
