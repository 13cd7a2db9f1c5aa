//! Completion: commands, places for breakpoints, and Python's names, which the agent knows.
//!
//! Asked by the interactive prompt when the user presses Tab. Invariant: no answer takes longer than a glance, and none
//! runs the user's code on purpose.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pausa_dap::requests;
use pausa_dap::types::{CompletionItem, CompletionsArguments};
use reedline::{Completer, CompletionResult, Span, Suggestion};

use super::{Prompt, Surroundings};
use crate::commands::{self, Takes};
use crate::parse::Parsed;

/// How long the agent may think about names.
const PATIENCE: Duration = Duration::from_millis(500);

/// What the prompt's parts share: they belong to the editor, and the session tells them where it stands.
#[derive(Clone)]
pub struct Shared(Arc<Mutex<State>>);

struct State {
    prompt: Prompt,
    surroundings: Surroundings,
    directory: PathBuf,
}

impl Shared {
    /// Knows only the working directory.
    pub fn new(directory: PathBuf) -> Self {
        let state = State { prompt: Prompt::Command, surroundings: Surroundings::default(), directory };
        Self(Arc::new(Mutex::new(state)))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says which prompt is shown.
    pub fn set_prompt(&self, prompt: Prompt) {
        self.lock().prompt = prompt;
    }

    /// Says where the session stands.
    pub fn set_surroundings(&self, surroundings: Surroundings) {
        self.lock().surroundings = surroundings;
    }

    /// The prompt that is shown.
    pub fn prompt(&self) -> Prompt {
        self.lock().prompt
    }
}

/// Finds names.
pub struct Names(pub Shared);

impl Completer for Names {
    fn complete(&mut self, line: &str, position: usize) -> CompletionResult {
        let before = line.get(..position).unwrap_or(line);
        let found = self.find(before);
        let suggestions = found.into_iter().map(|name| Suggestion {
            span: Span::new(position.saturating_sub(name.replaces), position),
            value: name.text,
            ..Suggestion::default()
        });
        CompletionResult::fresh(suggestions.collect::<Vec<_>>())
    }
}

/// A name that fits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Name {
    text: String,
    /// How many bytes before the cursor it takes the place of.
    replaces: usize,
}

/// What is to be completed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted<'a> {
    Command(&'a str),
    /// A command's name, or Python.
    Word(&'a str),
    Location(&'a str),
    Python(&'a str),
    Nothing,
}

fn wanted(before: &str, prompt: Prompt) -> Wanted<'_> {
    if matches!(prompt, Prompt::Python | Prompt::More) {
        return Wanted::Python(before);
    }
    let part = before.rsplit(";;").next().unwrap_or(before).trim_start();
    if part.chars().all(|c| c == '_' || c.is_alphanumeric()) {
        return Wanted::Word(part);
    }
    match commands::read(part) {
        Parsed::Empty => Wanted::Nothing,
        Parsed::Python(text) => Wanted::Python(text.strip_prefix('!').unwrap_or(text)),
        Parsed::Word(word, arguments) => match commands::find(word).map(|command| command.takes) {
            Some(Takes::Location) => match arguments.split_once(" if ") {
                Some((_, condition)) => Wanted::Python(condition),
                None => Wanted::Location(arguments),
            },
            Some(Takes::Expression) => Wanted::Python(arguments),
            Some(Takes::Command) => Wanted::Command(arguments),
            Some(Takes::Nothing) | None => Wanted::Nothing,
        },
    }
}

impl Names {
    fn find(&self, before: &str) -> Vec<Name> {
        let state = self.0.lock();
        let mut names = match wanted(before, state.prompt) {
            Wanted::Nothing => Vec::new(),
            Wanted::Command(word) => command_names(word),
            Wanted::Word(word) => [command_names(word), python_names(&state.surroundings, word)].concat(),
            Wanted::Python(text) => python_names(&state.surroundings, text),
            Wanted::Location(text) => {
                [file_names(&state.directory, text), python_names(&state.surroundings, text)].concat()
            }
        };
        names.sort();
        names.dedup();
        names
    }
}

fn command_names(word: &str) -> Vec<Name> {
    let names = commands::all().flat_map(|command| command.names.iter());
    let fitting = names.filter(|name| name.len() > 2 && name.starts_with(word));
    fitting.map(|name| Name { text: (*name).to_owned(), replaces: word.len() }).collect()
}

/// Python files and folders, as far as they are typed.
fn file_names(directory: &Path, text: &str) -> Vec<Name> {
    let (folder, start) = text.rsplit_once('/').map_or(("", text), |(folder, start)| (folder, start));
    let place = if text.starts_with('/') && folder.is_empty() { PathBuf::from("/") } else { directory.join(folder) };
    let entries = std::fs::read_dir(place).into_iter().flatten().flatten();
    let fitting = entries.filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        let is_folder = entry.path().is_dir();
        let fits = name.starts_with(start) && (!name.starts_with('.') || start.starts_with('.'));
        let text = if is_folder { format!("{name}/") } else { format!("{name}:") };
        (fits && (is_folder || name.ends_with(".py"))).then_some(Name { text, replaces: start.len() })
    });
    fitting.collect()
}

fn python_names(surroundings: &Surroundings, text: &str) -> Vec<Name> {
    let (Some(client), Some(frame)) = (&surroundings.client, surroundings.frame) else { return Vec::new() };
    let arguments = CompletionsArguments {
        text: text.to_owned(),
        column: i64::try_from(text.chars().count()).unwrap_or(0) + 1,
        frame_id: Some(frame),
        line: None,
    };
    let answer = client.request_within::<requests::Completions>(arguments, PATIENCE);
    answer.map(|answer| answer.targets).unwrap_or_default().into_iter().map(|item| name(item, text)).collect()
}

fn name(item: CompletionItem, before: &str) -> Name {
    let characters = item.length.and_then(|length| usize::try_from(length).ok());
    let replaces = match characters {
        Some(count) => before.chars().rev().take(count).map(char::len_utf8).sum(),
        None => before.len() - before.trim_end_matches(|c: char| c == '_' || c.is_alphanumeric()).len(),
    };
    Name { text: item.text.unwrap_or(item.label), replaces }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_completed_depends_on_the_command() {
        let at = |line| wanted(line, Prompt::Command);
        assert_eq!(at("unt"), Wanted::Word("unt"));
        assert_eq!(at("p a.b"), Wanted::Python("a.b"));
        assert_eq!(at("n;; b pkg/m"), Wanted::Location("pkg/m"));
        assert_eq!(at("b f if x.y"), Wanted::Python("x.y"));
        assert_eq!(at("help un"), Wanted::Command("un"));
        assert_eq!(at("x = y.z"), Wanted::Python("x = y.z"));
        assert_eq!(at("frame "), Wanted::Nothing);
        assert_eq!(wanted("n", Prompt::Python), Wanted::Python("n"));
    }

    #[test]
    fn files_are_offered_with_what_follows_them() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("pkg")).unwrap();
        for name in ["pkg/mod.py", "prog.py", "data.txt", ".hidden.py"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let names = |text| {
            let mut names: Vec<_> = file_names(folder.path(), text).into_iter().map(|name| name.text).collect();
            names.sort();
            names
        };
        assert_eq!(names(""), ["pkg/", "prog.py:"]);
        assert_eq!(names("pkg/m"), ["mod.py:"]);
        assert_eq!(names("d"), [""; 0]);
    }

    #[test]
    fn names_replace_what_the_agent_says_or_the_word() {
        let item = |length| CompletionItem { label: "strip".into(), length, ..CompletionItem::default() };
        assert_eq!(name(item(None), "é.st"), Name { text: "strip".into(), replaces: 2 });
        assert_eq!(name(item(Some(1)), "é.st").replaces, 1);
    }
}
