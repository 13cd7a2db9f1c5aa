//! All sessions as tests: finds them, runs them on every Python, says what ran.
//!
//! `tests/sessions.rs` is the whole program around it. Invariant: what did not run is counted with its reason and
//! never taken for a pass.

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use libtest_mimic::{Arguments, Conclusion, Failed, Trial};

use crate::Result;
use crate::binaries;
use crate::pythons::{self, Python};
use crate::session::Session;

/// Runs the sessions below `tests/sessions` and reports; the exit code of the test program.
pub fn run() -> ExitCode {
    let arguments = Arguments::from_args();
    match prepare(&arguments) {
        Ok(suite) => suite.run(&arguments),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

struct Suite {
    sessions: Vec<Session>,
    pythons: Vec<Variant>,
    missing: Vec<String>,
    binaries: PathBuf,
}

/// A Python with a backend, and how many sessions passed on it.
#[derive(Clone)]
struct Variant {
    python: Python,
    passed: Arc<AtomicUsize>,
}

fn prepare(arguments: &Arguments) -> Result<Suite> {
    let sessions = find(&binaries::root().join("tests/sessions"))?;
    let pythons = pythons::find();
    if pythons.found.is_empty() {
        return Err(
            "no CPython 3.10 or later found; name some in PAUSA_TEST_PYTHONS (paths, separated by :)".to_owned()
        );
    }
    let binaries = if arguments.list { PathBuf::new() } else { binaries::build()? };
    let variants = pythons.with_all_backends().into_iter().map(|python| Variant { python, passed: Arc::default() });
    Ok(Suite { sessions, pythons: variants.collect(), missing: pythons.missing, binaries })
}

impl Suite {
    fn run(self, arguments: &Arguments) -> ExitCode {
        let mut skips: Vec<String> =
            self.missing.iter().map(|minor| format!("Python {minor}: not installed")).collect();
        let mut trials: Vec<Trial> = self.missing.iter().map(|minor| ignored(&format!("all [{minor}]"))).collect();
        if env::var_os("PAUSA_BLESS").is_some_and(|value| value == "1") {
            trials.extend(self.sessions.iter().map(|session| self.blessing(session)));
        } else {
            for session in &self.sessions {
                trials.extend(self.pythons.iter().map(|variant| self.trial(session, variant, &mut skips)));
            }
        }
        let conclusion = libtest_mimic::run(arguments, trials);
        if !arguments.list {
            self.close(&conclusion, &skips);
        }
        if conclusion.has_failed() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
    }

    fn trial(&self, session: &Session, variant: &Variant, skips: &mut Vec<String>) -> Trial {
        let name = format!("{} [{}]", title(session), variant.python.label());
        if let Some(reason) = session.skipped_on(&variant.python).or_else(|| session.skipped_by_way(&variant.python)) {
            skips.push(format!("{name}: {reason}"));
            return ignored(&name);
        }
        let (session, variant, binaries) = (session.clone(), variant.clone(), self.binaries.clone());
        Trial::test(name, move || {
            session.check(&variant.python, &binaries).map_err(Failed::from)?;
            variant.passed.fetch_add(1, Ordering::Relaxed);
            Ok(())
        })
    }

    /// One test for all Pythons: the first writes the transcript, the others must give the same one.
    fn blessing(&self, session: &Session) -> Trial {
        let pythons: Arc<Vec<Python>> = Arc::new(self.pythons.iter().map(|variant| variant.python.clone()).collect());
        let (session, binaries) = (session.clone(), self.binaries.clone());
        Trial::test(title(&session), move || bless(&session, &pythons, &binaries).map_err(Failed::from))
    }

    fn close(&self, conclusion: &Conclusion, skips: &[String]) {
        println!("{} sessions", self.sessions.len());
        for Variant { python, passed } in &self.pythons {
            let (version, backend) = (&python.version, python.backend.name());
            println!("passed on Python {version} by {backend}: {}", passed.load(Ordering::Relaxed));
        }
        skips.iter().for_each(|skip| println!("skipped: {skip}"));
        let skipped = match conclusion.num_ignored {
            0 => String::new(),
            count => format!(", {count} skipped"),
        };
        println!("{} passed, {} failed{skipped}", conclusion.num_passed, conclusion.num_failed);
    }
}

fn bless(session: &Session, pythons: &[Python], binaries: &Path) -> Result<()> {
    let mut blessed = Vec::new();
    for python in pythons.iter().filter(|python| session.skipped_on(python).is_none()) {
        let file = session.transcript(python);
        let at = |error| format!("on {}: {error}", python.label());
        if blessed.contains(&file) {
            session.check(python, binaries).map_err(at)?;
        } else {
            session.bless(python, binaries).map_err(at)?;
            blessed.push(file);
        }
    }
    Ok(())
}

fn ignored(name: &str) -> Trial {
    Trial::test(name, || Ok(())).with_ignored_flag(true)
}

fn title(session: &Session) -> String {
    let area = session.folder.file_name().unwrap_or_default().to_string_lossy();
    format!("{area}/{}", session.name)
}

/// Every `AREA/NAME.py` and `AREA/NAME.session`; one without the other is a session too, and fails as such if it must.
fn find(folder: &Path) -> Result<Vec<Session>> {
    let mut sessions = Vec::new();
    for area in entries(folder)?.into_iter().filter(|path| path.is_dir()) {
        let mut names: Vec<String> = entries(&area)?.iter().filter_map(|path| session_name(path)).collect();
        names.sort();
        names.dedup();
        sessions.extend(names.into_iter().map(|name| Session { folder: area.clone(), name }));
    }
    Ok(sessions)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    Ok(paths)
}

/// `NAME` of `NAME.py`, `NAME.session` and `NAME.3.12.session`.
fn session_name(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let stem = name.strip_suffix(".py").or_else(|| name.strip_suffix(".session"))?;
    stem.split('.').next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_and_transcripts_name_sessions() {
        let name = |path: &str| session_name(Path::new(path));
        assert_eq!(name("a/next.py").as_deref(), Some("next"));
        assert_eq!(name("a/next.3.12.session").as_deref(), Some("next"));
        assert_eq!(name("a/next.3.12.actual"), None);
        assert_eq!(name("a/next.d"), None);
    }
}
