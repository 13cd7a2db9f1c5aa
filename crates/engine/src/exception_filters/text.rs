//! The text that limits a filter, as users write it: `KeyError, !app.Missing in app.* hit >= 3 if __exception__.args`.
//!
//! Part of `exception_filters`. Invariant: every part may be left out, and they come in this order; what follows `if` is
//! Python to the end. A text that begins with Python about the exception, by its
//! name, is Python as a whole.

use super::{ModulePatterns, TypeCondition};
use crate::hits::HitCondition;

/// The name by which Python texts refer to the exception.
const EXCEPTION: &str = "__exception__";

/// What a filter wants to see beyond its occasion.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Limits {
    /// Exceptions of these types.
    pub types: TypeCondition,
    /// Raised in these modules.
    pub modules: ModulePatterns,
    /// Those of them that come at the right time.
    pub hits: Option<HitCondition>,
    /// For which this holds, an expression in the frame that is stopped in.
    pub condition: Option<String>,
}

impl Limits {
    /// Reads a text; an empty one limits nothing.
    ///
    /// # Errors
    /// What cannot be read, for the user.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (head, condition) = cut(text, "if");
        if find_word(head, EXCEPTION).is_some() {
            return Ok(Self { condition: Some(text.trim().to_owned()), ..Self::default() });
        }
        if condition == Some("") {
            return Err("an expression is missing after 'if'".to_owned());
        }
        Ok(Self { condition: condition.map(str::to_owned), ..Self::head(head)? })
    }

    /// What comes before `if`.
    fn head(text: &str) -> Result<Self, String> {
        let (text, hits) = cut(text, "hit");
        let (types, modules) = cut(text, "in");
        Ok(Self {
            types: TypeCondition::parse(types)?,
            modules: modules.map(ModulePatterns::parse).transpose()?.unwrap_or_default(),
            hits: hits.map(HitCondition::parse).transpose()?,
            condition: None,
        })
    }
}

/// What stands before a word and, if the word is there, after it.
fn cut<'a>(text: &'a str, word: &str) -> (&'a str, Option<&'a str>) {
    match find_word(text, word) {
        Some(at) => (text.get(..at).unwrap_or_default().trim(), text.get(at + word.len()..).map(str::trim)),
        None => (text.trim(), None),
    }
}

/// Where a word is that is no part of a name.
fn find_word(text: &str, word: &str) -> Option<usize> {
    let is_name = |character: char| character == '_' || character == '.' || character.is_alphanumeric();
    text.match_indices(word).map(|(at, _)| at).find(|&at| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
        // A name may go on after the exception's own: `__exception__.args`.
        let ends = after.is_none_or(|after| !is_name(after) || (word == EXCEPTION && after == '.'));
        before.is_none_or(|before| !is_name(before)) && ends
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_may_be_left_out() {
        let all =
            Limits::parse("KeyError, !app.Missing in app.*, !app.x hit >= 3 if e.code in (1, 2) if x else y").unwrap();
        assert_eq!(all.types, TypeCondition::parse("KeyError, !app.Missing").unwrap());
        assert_eq!(all.modules, ModulePatterns::parse("app.*, !app.x").unwrap());
        assert_eq!(all.hits, Some(HitCondition::AtLeast(3)));
        assert_eq!(all.condition.as_deref(), Some("e.code in (1, 2) if x else y"));
        assert_eq!(Limits::parse("  ").unwrap(), Limits::default());
        assert_eq!(Limits::parse("if x").unwrap().condition.as_deref(), Some("x"));
        assert_eq!(Limits::parse("in app").unwrap().modules, ModulePatterns::parse("app").unwrap());
        assert_eq!(Limits::parse("hit 3").unwrap().hits, Some(HitCondition::Equal(3)));
        assert!(Limits::parse("hit.Error, app.If").unwrap().hits.is_none());
    }

    #[test]
    fn a_text_that_names_the_exception_is_python() {
        for text in ["__exception__.code == 3", "x in __exception__.args", "len(__exception__.args) if x else y"] {
            assert_eq!(Limits::parse(text).unwrap().condition.as_deref(), Some(text));
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for text in ["e.code == 3", "KeyError if", "KeyError hit", "KeyError hit x", "KeyError in", "a b"] {
            assert!(Limits::parse(text).is_err(), "{text}");
        }
    }
}
