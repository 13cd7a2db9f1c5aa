//! Where our own files are: the agent library and the Python package.
//!
//! Called by `launch`. Two layouts are known: installed (`PREFIX/bin/pausa` and
//! `PREFIX/lib/python3.X/site-packages/pausa`), and the source tree with cargo's build folder.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::LaunchError;

/// The agent library in cargo's build folder.
const BUILT_AGENT: &str = "libpausa_agent.so";

/// Our files on this machine.
pub(crate) struct Install {
    /// The agent library, absolute.
    pub(crate) agent: PathBuf,
    /// The folder of the Python package, absolute.
    pub(crate) package: PathBuf,
}

impl Install {
    /// Looks for them from the running command.
    pub(crate) fn find() -> Result<Self, LaunchError> {
        let command = env::current_exe().unwrap_or_else(|_| PathBuf::from("pausa"));
        let agent = match env::var_os("PAUSA_AGENT") {
            Some(path) => fs::canonicalize(&path).map_err(|_| LaunchError::BadAgent(path.into()))?,
            None => find_agent(&command).ok_or_else(|| LaunchError::NoAgent(command.clone()))?,
        };
        let package = find_package(&command, &agent).ok_or(LaunchError::NoPackage(command))?;
        Ok(Self { agent, package })
    }

    /// The folder that holds our `sitecustomize.py`.
    pub(crate) fn launch_folder(&self) -> PathBuf {
        self.package.join("_launch")
    }
}

fn find_agent(command: &Path) -> Option<PathBuf> {
    let built = command.ancestors().skip(1).take(2).map(|folder| folder.join(BUILT_AGENT));
    built.into_iter().find(|library| library.is_file()).or_else(|| {
        let agents = installed_packages(command).filter_map(|package| agent_in(&package));
        // Several Pythons may share a prefix (as in /usr/local); the last installed is the most likely to match us.
        agents
            .max_by_key(|agent| fs::metadata(agent).and_then(|data| data.modified()).unwrap_or(SystemTime::UNIX_EPOCH))
    })
}

/// `PREFIX/lib/python3.X/{site,dist}-packages/pausa` for a command at `PREFIX/bin/pausa`.
fn installed_packages(command: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let prefix = command.ancestors().nth(2).map(Path::to_owned);
    let libraries = prefix.into_iter().flat_map(|prefix| [prefix.join("lib"), prefix.join("lib64")]);
    libraries
        .flat_map(|library| entries(&library))
        .flat_map(|python| ["site-packages", "dist-packages"].map(|packages| python.join(packages).join("pausa")))
}

fn agent_in(package: &Path) -> Option<PathBuf> {
    entries(package).find(|file| is_installed_agent(file))
}

fn is_installed_agent(file: &Path) -> bool {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.starts_with("_agent.") && name.ends_with(".so")
}

/// True for a file that is an agent library by its name, installed or just built.
pub(crate) fn is_agent(file: &Path) -> bool {
    is_installed_agent(file) || file.ends_with(BUILT_AGENT)
}

/// The package that goes with `agent`: the one it lies in, else the source tree's.
fn find_package(command: &Path, agent: &Path) -> Option<PathBuf> {
    let beside = agent.parent().map(Path::to_owned);
    let above = command.ancestors().map(|folder| folder.join("python/pausa"));
    beside
        .into_iter()
        .chain(above)
        .chain(source_tree())
        .find(|package| package.join("_launch/sitecustomize.py").is_file())
}

/// A development build may lie far from its source (`CARGO_TARGET_DIR`); a released one knows none.
fn source_tree() -> Option<PathBuf> {
    cfg!(debug_assertions).then(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../python/pausa")))
}

fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path())
}
