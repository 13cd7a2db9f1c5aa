//! Where measurements are made: one Python, the packages that belong to it, and the workloads.
//!
//! Made by `main`, passed to all who measure. Invariant: nothing here changes during a run.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use pausa_testkit::binaries;
use pausa_testkit::markers::Markers;
use pausa_testkit::pythons::{self, Python};

use crate::Result;

/// The oldest minor version of Python 3 that is measured.
const OLDEST: u32 = 11;
/// What is compared with, and what brings the benchmarks.
const PACKAGES: [&str; 2] = ["debugpy==1.8.22", "pyperformance==1.14.0"];

/// One Python and what goes with it.
#[derive(Clone, Debug)]
pub struct Lab {
    /// The interpreter.
    pub python: PathBuf,
    /// `3.13.0`
    pub version: String,
    /// 13
    pub minor: u32,
    /// A folder with debugpy and pyperformance, if there is one.
    pub packages: Option<PathBuf>,
}

impl Lab {
    /// A program of `bench/workloads`.
    pub fn workload(&self, name: &str) -> PathBuf {
        workloads().join(name)
    }

    /// The line of a program of ours that ends with the comment `# @marker`.
    pub fn line(&self, name: &str, marker: &str) -> Result<u32> {
        let path = self.workload(name);
        let source = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let mut markers = Markers::default();
        markers.add(Path::new(name), &source)?;
        markers.line(marker).ok_or_else(|| format!("{name} has no line @{marker}"))
    }

    /// The script of a benchmark of pyperformance.
    pub fn benchmark(&self, name: &str) -> Result<PathBuf> {
        let packages = self.packages.as_ref().ok_or("no packages: see --packages")?;
        let folder = packages.join("pyperformance/data-files/benchmarks").join(format!("bm_{name}"));
        Ok(folder.join("run_benchmark.py"))
    }
}

fn workloads() -> PathBuf {
    binaries::root().join("bench/workloads")
}

/// Those of the Pythons named, or of all that are found, that can be measured; oldest first. They have no packages.
pub fn find_bare(named: &[PathBuf]) -> Result<Vec<Lab>> {
    Ok(pythons(named)?.iter().map(|python| lab(python, None)).collect())
}

/// The same with packages: `packages` holds a folder a minor version (`3.13`); what is missing there is fetched with pip.
pub fn find(named: &[PathBuf], packages: &Path) -> Result<Vec<Lab>> {
    let found = pythons(named)?;
    let with_packages = |python: &Python| {
        let folder = packages.join(&python.minor);
        let fetched = fetch(python, &folder);
        if let Err(error) = &fetched {
            eprintln!("Python {}: without debugpy and pyperformance: {error}", python.version);
        }
        lab(python, fetched.is_ok().then_some(folder))
    };
    Ok(found.iter().map(with_packages).collect())
}

fn pythons(named: &[PathBuf]) -> Result<Vec<Python>> {
    let pythons = if named.is_empty() { pythons::find() } else { pythons::among(named) };
    let found: Vec<Python> = pythons.found.into_iter().filter(|python| minor(python) >= OLDEST).collect();
    if found.is_empty() {
        return Err(format!("no CPython 3.{OLDEST} or later found; name one with --python"));
    }
    Ok(found)
}

fn lab(python: &Python, packages: Option<PathBuf>) -> Lab {
    Lab { python: python.path.clone(), version: python.version.clone(), minor: minor(python), packages }
}

/// 13 for Python 3.13.
fn minor(python: &Python) -> u32 {
    python.minor.rsplit('.').next().and_then(|minor| minor.parse().ok()).unwrap_or(0)
}

/// Installs the packages for one Python into a folder, with the pip of any that is installed.
fn fetch(python: &Python, folder: &Path) -> Result<()> {
    if folder.join("pyperformance").is_dir() && folder.join("debugpy").is_dir() {
        return Ok(());
    }
    let has_pip = |python: &&Python| {
        let mut asked = Command::new(&python.path);
        asked.args(["-m", "pip", "--version"]).stdout(Stdio::null()).stderr(Stdio::null());
        asked.status().is_ok_and(|status| status.success())
    };
    let pythons = pythons::find().found;
    let with_pip = pythons.iter().rev().find(has_pip).ok_or("no Python here has pip")?;
    let mut pip = Command::new(&with_pip.path);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]);
    pip.args(["--only-binary", ":all:", "--python-version", &python.minor, "--target"]).arg(folder).args(PACKAGES);
    let output = pip.output().map_err(|error| format!("pip cannot be started: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    if output.status.success() { Ok(()) } else { Err(format!("pip failed: {said}")) }
}
