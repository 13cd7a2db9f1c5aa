//! Children that are other Pythons than the program's: of other versions, and too old to be debugged.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use pausa_testkit::conversation::{Conversation, Pause};
use pausa_testkit::pythons::{self, Python};
use pausa_testkit::{Result, binaries};
use tempfile::TempDir;

use super::check;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/children").join(name)
}

/// `pausa` for a program on this Python, with a home of its own.
fn pausa(python: &Python, folder: &TempDir) -> Result<Command> {
    let mut command = Command::new(binaries::build()?.join("pausa"));
    plain(&mut command, folder);
    command.arg("--python").arg(&python.path);
    Ok(command)
}

/// Without what the test was started with.
fn plain(command: &mut Command, folder: &TempDir) {
    for name in ["PAUSA_TOKEN", "PAUSA_BACKEND", "PYTHONPATH"] {
        command.env_remove(name);
    }
    command
        .envs([("HOME", folder.path()), ("TMPDIR", folder.path())])
        .env("NO_COLOR", "1")
        .env("PYTHONUNBUFFERED", "1");
}

/// A Python that is older than those that pausa debugs, if one is installed.
fn old_python() -> Option<PathBuf> {
    let home = PathBuf::from(std::env::var_os("HOME").unwrap_or_default());
    let pyenv = std::env::var_os("PYENV_ROOT").map_or_else(|| home.join(".pyenv"), PathBuf::from);
    let versions = fs::read_dir(pyenv.join("versions")).into_iter().flatten().flatten();
    let kept = versions.map(|version| version.path().join("bin/python3"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let named =
        std::env::split_paths(&path).flat_map(|folder| ["python3.9", "python3.8"].map(|name| folder.join(name)));
    let is_old = |python: &PathBuf| {
        let probe = "import sys; sys.exit(not (3, 6) <= sys.version_info < (3, 10))";
        let status = Command::new(python).args(["-c", probe]).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    };
    kept.chain(named).filter(|python| python.exists()).find(is_old)
}

#[test]
fn a_child_of_another_version_is_debugged() -> Result<()> {
    let found = pythons::find().found;
    for (at, python) in found.iter().enumerate() {
        let next = at.checked_add(1).and_then(|next| found.get(next)).or(found.first());
        let Some(other) = next.filter(|other| other.minor != python.minor) else { continue };
        child_is_debugged(python, other).map_err(|error| format!("{} on {}: {error}", other.minor, python.minor))?;
    }
    Ok(())
}

fn child_is_debugged(python: &Python, other: &Python) -> Result<()> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let mut command = pausa(python, &folder)?;
    command.arg("-b").arg(format!("{}:work", file("other.py").display())).arg(file("other.py")).arg(&other.path);
    let mut prompt = Conversation::start(command)?;
    let mut say = |text: Option<&str>| {
        text.into_iter().for_each(|text| prompt.send(text));
        match prompt.until_prompt()? {
            (said, Pause::Prompt(_)) => Ok(said),
            (said, Pause::End(how)) => Err(format!("pausa has ended ({how}), having said:\n{said}")),
        }
    };
    let said = say(None)?;
    check(said.contains("[process 2]") && said.contains("in work"), || said)?;
    let version = say(Some("p '%d.%d' % sys.version_info[:2]"))?;
    check(version.trim() == format!("'{}'", other.minor), || version)?;
    let said = say(Some("c"))?;
    let is_right = said.contains(&format!("worked on {}", other.minor)) && said.contains("ended with exit code 0.");
    check(is_right, || said)
}

/// A choice that is right for the program may be none for its child.
#[test]
fn a_child_without_the_chosen_backend_runs_and_is_told_of() -> Result<()> {
    let found = pythons::find().found;
    let (Some(python), Some(other)) = (found.last(), found.first()) else { return Ok(()) };
    if !python.is_monitored() || other.is_monitored() {
        eprintln!("skipped: needs a Python with sys.monitoring and one without");
        return Ok(());
    }
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let mut command = pausa(python, &folder)?;
    command.args(["--backend", "monitoring", "-b"]).arg(format!("{}:work", file("other.py").display()));
    command.arg(file("other.py")).arg(&other.path).stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = command.output().map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stdout);
    let is_right = said.contains("A child runs undebugged") && said.contains(&format!("worked on {}", other.minor));
    check(is_right, || said.clone().into_owned())
}

#[test]
fn a_python_that_is_too_old_runs_undisturbed_and_is_told_of() -> Result<()> {
    let Some(old) = old_python() else {
        eprintln!("skipped: no Python older than 3.10 is installed");
        return Ok(());
    };
    for python in pythons::find().found {
        old_is_undisturbed(&python, &old).map_err(|error| format!("on {}: {error}", python.minor))?;
    }
    Ok(())
}

fn old_is_undisturbed(python: &Python, old: &Path) -> Result<()> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let run = |mut command: Command| {
        let output = command.arg(file("old.py")).arg(old).stdin(Stdio::null()).stderr(Stdio::inherit()).output();
        output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).map_err(|error| error.to_string())
    };
    let mut alone = Command::new(&python.path);
    plain(&mut alone, &folder);
    let expected = run(alone)?;
    let mut debugged = pausa(python, &folder)?;
    // It is never run: what counts is that the program is debugged and runs without being asked.
    debugged.arg("-b").arg(format!("{}:work", file("other.py").display()));
    let said = run(debugged)?;
    let told = format!("{} is Python ", old.display());
    let (about, rest): (Vec<&str>, Vec<&str>) = said.lines().partition(|line| line.contains("A child runs undebugged"));
    check(about.len() == 1 && about.iter().all(|line| line.contains(&told)), || said.clone())?;
    let printed = rest.join("\n");
    check(printed.contains(expected.trim_end()), || format!("{said}\ninstead of\n{expected}"))
}
