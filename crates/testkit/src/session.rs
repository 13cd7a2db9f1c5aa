//! One session on one Python: copies the programs, runs the commands, compares.
//!
//! `suite` makes a test of each. Invariant: a session runs in a fresh folder with a fresh home and a fresh folder for
//! temporary files, so nothing of the developer's settings, history or earlier sessions is seen; what a session leaves among
//! the temporary files fails it.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use similar::TextDiff;
use tempfile::TempDir;

use crate::Result;
use crate::binaries::{self, WAY};
use crate::command_line::CommandLine;
use crate::conversation::{Conversation, Pause};
use crate::markers::Markers;
use crate::matching::{line_matches, lines_match};
use crate::normalise::Normaliser;
use crate::pythons::{Backend, Python};
use crate::transcript::{Cue, EMPTY, END_OF_INPUT, Run, Step, Transcript};

/// What stands for the folder of the import package: `PYTHONPATH=${package}` makes `import pausa` work.
const PACKAGE: &str = "${package}";

/// The header of a session in which processes start at once, so that their numbers are not the same in each run.
const UNNUMBERED: &str = "# unnumbered: ";

/// Where a session's temporary files go.
const TEMPORARY: &str = "tmp";

/// A session: `tests/sessions/AREA/NAME.session` with its program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// `tests/sessions/AREA`
    pub folder: PathBuf,
    /// `NAME`
    pub name: String,
}

/// How a run of a session on a Python differs from its transcript.
struct Outcome {
    expected: String,
    actual: String,
    same: bool,
}

impl Session {
    /// Runs it and compares with its transcript; on a difference writes `.actual` and returns the diff.
    pub fn check(&self, python: &Python, binaries: &Path) -> Result<()> {
        let file = self.transcript(python);
        let outcome = self.run(&file, python, binaries)?;
        let actual = self.folder.join(format!("{}.{}.actual", self.name, python.label()));
        if outcome.same {
            // Left by an earlier run, if it is there at all.
            let _absent = fs::remove_file(actual);
            return Ok(());
        }
        fs::write(&actual, &outcome.actual).map_err(|error| format!("{}: {error}", actual.display()))?;
        let diff = TextDiff::from_lines(&outcome.expected, &outcome.actual);
        let diff = diff.unified_diff().header(&file.display().to_string(), &actual.display().to_string()).to_string();
        Err(format!("the transcript differs\n{diff}"))
    }

    /// Runs it and writes what it printed as its transcript.
    pub fn bless(&self, python: &Python, binaries: &Path) -> Result<()> {
        let file = self.transcript(python);
        let outcome = self.run(&file, python, binaries)?;
        if outcome.same {
            return Ok(());
        }
        fs::write(&file, outcome.actual).map_err(|error| format!("{}: {error}", file.display()))
    }

    /// The transcript for a Python: `NAME.3.12-settrace.session`, `NAME.3.12.session` or `NAME.settrace.session` where there
    /// is one, else `NAME.session`.
    pub fn transcript(&self, python: &Python) -> PathBuf {
        let variants = [&python.label(), &python.minor, python.backend.name()];
        let mut files = variants.iter().map(|variant| self.folder.join(format!("{}.{variant}.session", self.name)));
        files.find(|file| file.exists()).unwrap_or_else(|| self.folder.join(format!("{}.session", self.name)))
    }

    /// Why it cannot run on a Python, if its header says so: `# needs: 3.14, reason`, or `# packages: trio, anyio`.
    pub fn skipped_on(&self, python: &Python) -> Option<String> {
        let text = fs::read_to_string(self.transcript(python)).ok()?;
        let packages = text.lines().find_map(|line| line.strip_prefix("# packages: "));
        let missing = packages.and_then(|packages| packages.split(", ").find(|package| !python.has_package(package)));
        if let Some(package) = missing {
            return Some(format!("needs the package {package} (.ci/frameworks installs it)"));
        }
        let need = text.lines().find_map(|line| line.strip_prefix("# needs: "))?;
        let (version, reason) = need.split_once(", ")?;
        let minor = |version: &str| version.strip_prefix("3.").and_then(|minor| minor.parse::<u32>().ok());
        (minor(&python.minor)? < minor(version)?).then(|| format!("needs {version}: {reason}"))
    }

    /// Why it is about the prompt's own way to its program only, if its header says so: `# way: reason`.
    pub fn skipped_by_way(&self, python: &Python) -> Option<String> {
        env::var_os(WAY)?;
        let text = fs::read_to_string(self.transcript(python)).ok()?;
        text.lines().find_map(|line| line.strip_prefix("# way: ")).map(str::to_owned)
    }

    fn run(&self, file: &Path, python: &Python, binaries: &Path) -> Result<Outcome> {
        let expected = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        let transcript = Transcript::parse(&expected).map_err(|error| format!("{}: {error}", file.display()))?;
        let stage = Stage::new(self, &transcript, python, binaries)?;
        let mut actual = Transcript { header: transcript.header.clone(), runs: Vec::new() };
        for run in &transcript.runs {
            actual.runs.push(stage.run(run)?);
        }
        stage.check_leftovers()?;
        let same = actual == transcript;
        Ok(Outcome { expected, actual: actual.to_string(), same })
    }
}

/// The fresh folder that a session runs in.
struct Stage<'a> {
    folder: TempDir,
    markers: Markers,
    normaliser: Normaliser,
    python: &'a Python,
    binaries: &'a Path,
}

impl<'a> Stage<'a> {
    fn new(session: &Session, transcript: &Transcript, python: &'a Python, binaries: &'a Path) -> Result<Stage<'a>> {
        let folder = TempDir::with_prefix("pausa-session-").map_err(|error| format!("no temporary folder: {error}"))?;
        let (work, home) = (folder.path().join("work"), folder.path().join("home"));
        let main = format!("{}.py", session.name);
        for folder in [&work, &home, &folder.path().join(TEMPORARY)] {
            fs::create_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        copy(&session.folder.join(format!("{}.d", session.name)), &work)?;
        copy(&session.folder.join(format!("{}.home", session.name)), &home)?;
        copy(&session.folder.join(&main), &work.join(&main))?;
        for path in transcript.header.iter().filter_map(|line| line.strip_prefix("# files: ")) {
            let source = binaries::root().join(path);
            if !source.exists() {
                return Err(format!("`# files: {path}` names no file of the repository"));
            }
            copy(&source, &work.join(path))?;
        }
        let mut markers = Markers::default();
        add_markers(&mut markers, &work, Path::new(""))?;
        let mut normaliser = Normaliser::new(&main, markers.clone());
        if transcript.header.iter().any(|line| line.starts_with(UNNUMBERED)) {
            normaliser.hide_numbers();
        }
        normaliser.name(&work, "${dir}");
        normaliser.name(&home, "${home}");
        normaliser.name(&python.stdlib, "${stdlib}");
        normaliser.name(&python.path, "${python}");
        let package = folder.path().join("package");
        if transcript.runs.iter().any(|run| run.command.contains(PACKAGE)) {
            install_package(&package, binaries)?;
        }
        normaliser.name(&package, PACKAGE);
        Ok(Stage { folder, markers, normaliser, python, binaries })
    }

    /// Runs one `$ COMMAND` with its steps; what it printed, in the expected words where they match.
    fn run(&self, expected: &Run) -> Result<Run> {
        let command = self
            .markers
            .resolve(&expected.command)?
            .replace(PACKAGE, &self.folder.path().join("package").display().to_string());
        let line = CommandLine::parse(&command)?;
        let mut conversation = Conversation::start(self.command(&line))?;
        let mut actual = Run { notes: expected.notes.clone(), command: expected.command.clone(), ..Run::default() };
        if let Some(text) = &line.input {
            conversation.send_all(text);
        }
        let (output, mut pause) = match line.input {
            Some(_) => conversation.until_end()?,
            None => conversation.until_prompt()?,
        };
        actual.output = self.judge(&expected.output, &output);
        for step in &expected.steps {
            let Pause::Prompt(prompt) = pause else { break };
            let (step, next) = self.step(&mut conversation, step, prompt)?;
            actual.steps.push(step);
            pause = next;
        }
        if let Pause::Prompt(prompt) = pause {
            let step = Step { command: END_OF_INPUT.to_owned(), ..Step::default() };
            let (step, next) = self.step(&mut conversation, &step, prompt)?;
            // Where the transcript ends, so does the input; only what is said about it belongs into the transcript.
            if step.output.iter().any(|line| !line.is_empty()) {
                actual.steps.push(step);
            }
            pause = next;
        }
        let Pause::End(ending) = pause else {
            return Err("the program asks for more after its input ended".to_owned());
        };
        let is_quiet = line.words.first().is_some_and(|program| program != "pausa") && ending == "exit 0";
        actual.ending = (!is_quiet || expected.ending.is_some()).then_some(ending);
        Ok(actual)
    }

    /// Fails if something is left among the temporary files.
    fn check_leftovers(&self) -> Result<()> {
        let entries = fs::read_dir(self.folder.path().join(TEMPORARY)).into_iter().flatten().flatten();
        let left: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        match left.is_empty() {
            true => Ok(()),
            false => Err(format!("the session left temporary files: {}", left.join(", "))),
        }
    }

    fn step(&self, conversation: &mut Conversation, expected: &Step, prompt: &str) -> Result<(Step, Pause)> {
        match expected.command.as_str() {
            END_OF_INPUT => conversation.close_input(),
            EMPTY => conversation.send(""),
            command => conversation.send(&self.markers.resolve(command)?),
        }
        let failed = |error| format!("at `{}{}`: {error}", prompt, expected.command);
        for cue in &expected.cues {
            match cue {
                Cue::Wait(text) => conversation.until_text(text),
                Cue::Interrupt => conversation.interrupt(),
                Cue::Type(text) => {
                    conversation.send(text);
                    Ok(())
                }
            }
            .map_err(failed)?;
        }
        let (output, pause) = conversation.until_prompt().map_err(failed)?;
        let output = self.judge(&expected.output, &output);
        Ok((Step { prompt: prompt.to_owned(), output, ..expected.clone() }, pause))
    }

    fn judge(&self, expected: &[String], output: &str) -> Vec<String> {
        let actual = self.normaliser.lines(output);
        if lines_match(expected, &actual) {
            return expected.to_vec();
        }
        // What was left open stays so when the rest is blessed.
        let open = |line: &String| expected.iter().find(|expected| line_matches(expected, line)).cloned();
        actual.into_iter().map(|line| open(&line).unwrap_or(line)).collect()
    }

    fn command(&self, line: &CommandLine) -> Command {
        let mut words = line.words.iter();
        let program = words.next().map(String::as_str).unwrap_or_default();
        let mut command = match program {
            "pausa" => Command::new(self.binaries.join("pausa")),
            "python" => Command::new(&self.python.path),
            other => Command::new(other),
        };
        if program == "pausa" && !line.words.iter().any(|word| word == "--python") {
            command.arg("--python").arg(&self.python.path);
            // What does not debug has no backend.
            let debugs = !line.words.get(1).is_some_and(|word| word == "events" || word == "costs");
            if debugs && self.python.backend == Backend::SettraceOnRequest {
                command.args(["--backend", self.python.backend.name()]);
            }
        }
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut paths = vec![self.binaries.to_owned()];
        paths.extend(std::env::split_paths(&path));
        command.args(words).env_clear();
        command.env("PATH", std::env::join_paths(paths).unwrap_or(path));
        command.env("HOME", self.folder.path().join("home"));
        command.env("TMPDIR", self.folder.path().join(TEMPORARY));
        // What the program prints must reach the pipe before what pausa prints about the next stop.
        command.envs([("NO_COLOR", "1"), ("LANG", "C.UTF-8"), ("PYTHONUNBUFFERED", "1"), ("PYTHONHASHSEED", "0")]);
        let by_settrace = self.python.backend == Backend::SettraceOnRequest;
        if by_settrace && program != "pausa" && line.environment.iter().any(|(_, value)| value.contains("package")) {
            command.env("PAUSA_BACKEND", self.python.backend.name());
        }
        if program == "pausa" {
            command.envs(env::var_os(WAY).map(|way| (WAY, way)));
        }
        command.envs(line.environment.iter().map(|(name, value)| (name, value)));
        command.current_dir(self.folder.path().join("work").join(line.folder.as_deref().unwrap_or_default()));
        command
    }
}

/// Lays out the import package as an installation does, with the agent that was just built.
pub fn install_package(folder: &Path, binaries: &Path) -> Result<()> {
    copy(&binaries::root().join("python/pausa"), &folder.join("pausa"))?;
    let agent = folder.join("pausa/_agent.abi3.so");
    std::os::unix::fs::symlink(binaries.join("libpausa_agent.so"), agent).map_err(|error| format!("no agent: {error}"))
}

/// Copies a file, or a folder with all that is in it, symbolic links as they are. Nothing if it is not there.
fn copy(from: &Path, to: &Path) -> Result<()> {
    let failed = |error: std::io::Error| format!("cannot copy {}: {error}", from.display());
    let Ok(metadata) = from.symlink_metadata() else { return Ok(()) };
    if metadata.is_dir() {
        fs::create_dir_all(to).map_err(failed)?;
        for entry in fs::read_dir(from).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            copy(&from.join(&name), &to.join(&name))?;
        }
        return Ok(());
    }
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent).map_err(failed)?;
    }
    if metadata.is_symlink() {
        let target = fs::read_link(from).map_err(failed)?;
        return std::os::unix::fs::symlink(target, to).map_err(failed);
    }
    fs::copy(from, to).map(drop).map_err(failed)
}

fn add_markers(markers: &mut Markers, work: &Path, folder: &Path) -> Result<()> {
    let failed = |error: std::io::Error| format!("cannot read {}: {error}", work.join(folder).display());
    for entry in fs::read_dir(work.join(folder)).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let (kind, path) = (entry.file_type().map_err(failed)?, folder.join(entry.file_name()));
        if kind.is_dir() {
            add_markers(markers, work, &path)?;
        } else if kind.is_file() && path.extension().is_some_and(|extension| extension == "py") {
            let source = fs::read(entry.path()).map_err(failed)?;
            markers.add(&path, &String::from_utf8_lossy(&source))?;
        }
    }
    Ok(())
}
