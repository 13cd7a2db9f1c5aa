//! Colours for Python: source lines and what is typed.
//!
//! Used by `source` and by the interactive prompt. Invariant: the text itself is never changed, and a text that is no
//! Python is only less colourful.

use std::sync::OnceLock;

use tree_sitter_highlight::{HighlightConfiguration, HighlightEvent, Highlighter};

use super::colours::{Ink, paint};

/// Captures of the grammar's own query, and what they are painted in.
const INKS: &[(&str, Ink)] = &[
    ("keyword", Ink::Keyword),
    ("string", Ink::String),
    ("escape", Ink::Constant),
    ("number", Ink::Constant),
    ("constant.builtin", Ink::Constant),
    ("comment", Ink::Comment),
    ("function", Ink::Function),
    ("constructor", Ink::Function),
];

/// A piece of text, and its colour if it has one.
pub type Piece<'a> = (Option<Ink>, &'a str);

/// Takes a text apart into pieces of one colour each.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let highlighted = configuration().and_then(|configuration| collect(configuration, text));
    highlighted.unwrap_or_else(|| vec![(None, text)])
}

/// The lines of a text, in colours. A piece that goes over lines is painted anew on each.
pub fn lines(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for (ink, piece) in pieces(text) {
        for (index, part) in piece.split('\n').enumerate() {
            if index > 0 {
                lines.push(String::new());
            }
            if let Some(line) = lines.last_mut()
                && !part.is_empty()
            {
                line.push_str(&ink.map_or_else(|| part.to_owned(), |ink| paint(ink, part)));
            }
        }
    }
    lines
}

fn collect<'a>(configuration: &HighlightConfiguration, text: &'a str) -> Option<Vec<Piece<'a>>> {
    let mut highlighter = Highlighter::new();
    let events = highlighter.highlight(configuration, text.as_bytes(), None, None, |_| None).ok()?;
    let mut inks = Vec::new();
    let mut pieces = Vec::new();
    for event in events {
        match event.ok()? {
            HighlightEvent::HighlightStart(highlight) => inks.push(INKS.get(highlight.0).map(|(_, ink)| *ink)),
            HighlightEvent::HighlightEnd => drop(inks.pop()),
            HighlightEvent::Source { start, end } => {
                pieces.push((inks.last().copied().flatten(), text.get(start..end)?))
            }
        }
    }
    Some(pieces)
}

fn configuration() -> Option<&'static HighlightConfiguration> {
    static CONFIGURATION: OnceLock<Option<HighlightConfiguration>> = OnceLock::new();
    let made = CONFIGURATION.get_or_init(|| {
        let language = tree_sitter_python::LANGUAGE.into();
        let query = tree_sitter_python::HIGHLIGHTS_QUERY;
        let mut configuration = HighlightConfiguration::new(language, "python", query, "", "").ok()?;
        configuration.configure(&INKS.iter().map(|(name, _)| *name).collect::<Vec<_>>());
        Some(configuration)
    });
    made.as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_and_strings_have_colours_and_nothing_is_lost() {
        let text = "def f(x):\n    return 'a' + x  # why\n";
        let pieces = pieces(text);
        assert_eq!(pieces.iter().map(|(_, piece)| *piece).collect::<String>(), text);
        assert!(pieces.contains(&(Some(Ink::Keyword), "return")));
        assert!(pieces.contains(&(Some(Ink::Comment), "# why")));
    }

    #[test]
    fn a_string_over_lines_is_coloured_on_each() {
        let lines = lines("x = '''a\nb'''\n");
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[1], paint(Ink::String, "b'''"));
        assert_eq!(lines[2], "");
    }
}
