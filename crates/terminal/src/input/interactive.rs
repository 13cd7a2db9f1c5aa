//! Lines from a terminal: edited, completed, coloured, remembered.
//!
//! Used when standard input and output are terminals. Invariant: the terminal is in raw mode only while a line is read.

use std::borrow::Cow;
use std::path::PathBuf;

use reedline::{
    Color, ColumnarMenu, Emacs, FileBackedHistory, Highlighter, KeyCode, KeyModifiers, MenuBuilder, PromptEditMode,
    PromptHistorySearch, Reedline, ReedlineEvent, ReedlineMenu, Signal, StyledText, ValidationResult, Validator,
    default_emacs_keybindings,
};

use super::complete::{Names, Shared};
use super::{LineReader, Prompt, Surroundings, Typed};
use crate::commands;
use crate::parse::Parsed;
use crate::python_text::is_incomplete;
use crate::render::colours::Ink;
use crate::render::python;
use crate::screen::Screen;

/// How many lines are remembered.
const HISTORY: usize = 5000;
/// The name by which the key binding finds the menu.
const MENU: &str = "completion";

/// The line editor.
pub struct InteractiveReader {
    editor: Reedline,
    shared: Shared,
}

impl InteractiveReader {
    /// An editor that remembers lines in this file, if there is one.
    pub fn new(history: Option<PathBuf>, colours: bool, directory: PathBuf) -> Self {
        let shared = Shared::new(directory);
        let mut keys = default_emacs_keybindings();
        let complete = vec![ReedlineEvent::Menu(MENU.into()), ReedlineEvent::MenuNext];
        keys.add_binding(KeyModifiers::NONE, KeyCode::Tab, ReedlineEvent::UntilFound(complete));
        let menu = ReedlineMenu::EngineCompleter(Box::new(ColumnarMenu::default().with_name(MENU)));
        let mut editor = Reedline::create()
            .with_edit_mode(Box::new(Emacs::new(keys)))
            .with_completer(Box::new(Names(shared.clone())))
            .with_menu(menu)
            .with_quick_completions(true)
            .with_partial_completions(true)
            .with_validator(Box::new(Complete(shared.clone())))
            .with_ansi_colors(colours);
        if colours {
            editor = editor.with_highlighter(Box::new(Colours));
        }
        // Without a file, lines are remembered for this session.
        if let Some(history) = history.and_then(|file| FileBackedHistory::with_file(HISTORY, file).ok()) {
            editor = editor.with_history(Box::new(history));
        }
        Self { editor, shared }
    }
}

impl LineReader for InteractiveReader {
    fn read(&mut self, prompt: Prompt, screen: &mut Screen) -> Typed {
        screen.flush();
        self.shared.set_prompt(prompt);
        match self.editor.read_line(&Shown(prompt)) {
            Ok(Signal::Success(line)) => Typed::Line(line),
            Ok(Signal::CtrlD) | Err(_) => Typed::End,
            Ok(_) => Typed::Interrupted,
        }
    }

    fn prepare(&mut self, surroundings: Surroundings) {
        self.shared.set_surroundings(surroundings);
    }
}

/// A prompt, as the editor wants it.
struct Shown(Prompt);

impl reedline::Prompt for Shown {
    fn render_prompt_left(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.0.text())
    }

    fn render_prompt_right(&self) -> Cow<'_, str> {
        Cow::Borrowed("")
    }

    fn render_prompt_indicator(&self, _mode: PromptEditMode) -> Cow<'_, str> {
        Cow::Borrowed("")
    }

    fn render_prompt_multiline_indicator(&self) -> Cow<'_, str> {
        Cow::Borrowed(if self.0 == Prompt::Python { "... " } else { Prompt::More.text() })
    }

    fn render_prompt_history_search_indicator(&self, search: PromptHistorySearch) -> Cow<'_, str> {
        Cow::Owned(format!("(search: {}) ", search.term))
    }
}

/// Whether Enter ends the input or starts another line of it.
struct Complete(Shared);

impl Validator for Complete {
    fn validate(&self, line: &str) -> ValidationResult {
        let more = match self.0.prompt() {
            Prompt::Command => wants_more(line),
            Prompt::Python => is_incomplete(line),
            Prompt::Script | Prompt::More => false,
        };
        if more { ValidationResult::Incomplete } else { ValidationResult::Complete }
    }
}

/// True for Python that goes on, as the last command of a line.
fn wants_more(line: &str) -> bool {
    let parts = commands::parts(line);
    parts.last().is_some_and(|last| {
        // The parts are trimmed, but an empty last line says that a block is over.
        let end = if line.ends_with('\n') { "\n" } else { "" };
        match commands::read(last) {
            Parsed::Python(text) => is_incomplete(&format!("{text}{end}")),
            Parsed::Empty | Parsed::Word(..) => false,
        }
    })
}

/// Colours for what is typed.
struct Colours;

impl Highlighter for Colours {
    fn highlight(&self, line: &str, _cursor: usize) -> StyledText {
        let mut styled = StyledText::new();
        let rest = match commands::read(line) {
            Parsed::Word(_, arguments) => {
                let (command, arguments) = line.split_at(line.len() - arguments.len());
                styled.push((Color::Default.bold(), command.to_owned()));
                arguments
            }
            Parsed::Empty | Parsed::Python(_) => line,
        };
        for (ink, piece) in python::pieces(rest) {
            let style = match ink {
                Some(Ink::Keyword) => Color::Purple.normal(),
                Some(Ink::String) => Color::Green.normal(),
                Some(Ink::Constant) => Color::Cyan.normal(),
                Some(Ink::Function) => Color::Blue.normal(),
                Some(Ink::Comment) => Color::Default.dimmed(),
                _ => Color::Default.normal(),
            };
            styled.push((style, piece.to_owned()));
        }
        styled
    }
}

/// Where lines are remembered: the user's folder for what programs remember.
pub fn history_file() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let state = folder("XDG_STATE_HOME").or_else(|| folder("HOME").map(|home| home.join(".local/state")))?;
    Some(state.join("pausa/history"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_python_goes_on() {
        for line in ["for x in y:", "p 1;; for x in y:", "f(", "for x in y:\n    z"] {
            assert!(wants_more(line), "{line:?}");
        }
        for line in ["b f if x[", "p (1,", "x", "for x in y:\n    z\n", "s;; n", "alias f for x in %1:"] {
            assert!(!wants_more(line), "{line:?}");
        }
    }

    #[test]
    fn colours_leave_the_line_as_it_is() {
        for line in ["p 'a' + b", "  b 6 if x", "if x: return 1", "", "w"] {
            let styled = Colours.highlight(line, 0);
            assert_eq!(styled.buffer.iter().map(|(_, text)| text.as_str()).collect::<String>(), line);
        }
    }
}
