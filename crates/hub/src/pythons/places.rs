//! Where Pythons are, in the order in which a user would expect them to be taken.
//!
//! Called by `choose`. Invariant: every path given exists, and none is given twice in one list.

use std::cmp::Reverse;
use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

/// Names to look for, newest first.
const VERSIONED: [&str; 6] = ["python3.15", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10"];

/// Where this user's Pythons may be.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// The active virtual environment.
    pub(super) environment: Option<PathBuf>,
    /// The folders of PATH.
    pub(super) path: Vec<PathBuf>,
    /// Folders whose subfolders are whole installations (version managers).
    pub(super) managed: Vec<PathBuf>,
    /// Folders of commands that need not be on the PATH.
    pub(super) usual: Vec<PathBuf>,
}

impl Places {
    /// As this process's environment has them.
    pub(super) fn of_this_user() -> Self {
        let folder = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let home = folder("HOME").unwrap_or_default();
        let pyenv = folder("PYENV_ROOT").unwrap_or_else(|| home.join(".pyenv"));
        let data = folder("XDG_DATA_HOME").unwrap_or_else(|| home.join(".local/share"));
        let uv = folder("UV_PYTHON_INSTALL_DIR").unwrap_or_else(|| data.join("uv/python"));
        Self {
            environment: folder("VIRTUAL_ENV"),
            path: env::split_paths(&env::var_os("PATH").unwrap_or_default()).collect(),
            managed: vec![pyenv.join("versions"), uv],
            usual: ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"].map(PathBuf::from).to_vec(),
        }
    }

    /// Those that `python` would mean to the user.
    pub(super) fn expected(&self) -> Vec<PathBuf> {
        let environment = self.environment.iter().map(|environment| environment.join("bin/python"));
        let by_name = ["python3", "python"].iter().filter_map(|name| self.on_path(name.as_ref()).next());
        distinct(environment.chain(by_name))
    }

    /// Those that will do if none of the expected ones does.
    pub(super) fn others(&self) -> Vec<PathBuf> {
        let by_version = VERSIONED.iter().flat_map(|name| self.on_path(name.as_ref()));
        let usual = VERSIONED.iter().flat_map(|name| self.usual.iter().map(move |folder| folder.join(name)));
        distinct(by_version.chain(self.managed()).chain(usual))
    }

    /// Those that may be of the version that begins with these numbers.
    pub(super) fn of_version(&self, version: &[u8]) -> Vec<PathBuf> {
        let numbers: Vec<String> = version.iter().take(2).map(u8::to_string).collect();
        let name = OsString::from(format!("python{}", numbers.join(".")));
        let by_name = self.on_path(&name).chain(self.usual.iter().map(|folder| folder.join(&name)));
        distinct(by_name.chain(self.expected()).chain(self.others()))
    }

    /// Those that the user may mean by `name`: a path, an environment's folder, a command.
    pub(super) fn named(&self, name: &OsStr) -> Vec<PathBuf> {
        let path = Path::new(name);
        if path.is_dir() && path.join("bin/python").exists() {
            return vec![path.join("bin/python")];
        }
        if path.components().count() > 1 || name.as_encoded_bytes().contains(&b'/') {
            return distinct([path.to_owned()]);
        }
        let managed = installations(&self.managed).into_iter().map(|folder| folder.join("bin").join(name));
        distinct(self.on_path(name).chain(managed).chain(self.usual.iter().map(|folder| folder.join(name))))
    }

    fn on_path<'a>(&'a self, name: &'a OsStr) -> impl Iterator<Item = PathBuf> + 'a {
        self.path.iter().map(move |folder| folder.join(name)).filter(|file| file.is_file())
    }

    fn managed(&self) -> impl Iterator<Item = PathBuf> + use<> {
        installations(&self.managed).into_iter().map(|folder| folder.join("bin/python3"))
    }
}

/// True if the interpreter belongs to a virtual environment.
pub(super) fn is_environment(python: &Path) -> bool {
    python.ancestors().nth(2).is_some_and(|prefix| prefix.join("pyvenv.cfg").is_file())
}

/// The folders below `roots`, newest version first.
fn installations(roots: &[PathBuf]) -> Vec<PathBuf> {
    let entries = roots.iter().flat_map(|root| fs::read_dir(root).into_iter().flatten().flatten());
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    folders.sort_by_cached_key(|folder| Reverse((version_in(folder), folder.clone())));
    folders
}

/// The numbers of the version in a folder's name: `3.13.0`, `cpython-3.13.2-linux-x86_64-gnu`.
fn version_in(folder: &Path) -> Vec<u32> {
    let name = folder.file_name().and_then(OsStr::to_str).unwrap_or_default();
    let from_digit = name.trim_start_matches(|c: char| !c.is_ascii_digit());
    let version = from_digit.split(|c: char| c != '.' && !c.is_ascii_digit()).next().unwrap_or_default();
    version.split('.').filter_map(|number| number.parse().ok()).collect()
}

fn distinct(paths: impl IntoIterator<Item = PathBuf>) -> Vec<PathBuf> {
    let mut distinct: Vec<PathBuf> = Vec::new();
    for path in paths {
        if path.is_file() && !distinct.contains(&path) {
            distinct.push(path);
        }
    }
    distinct
}
