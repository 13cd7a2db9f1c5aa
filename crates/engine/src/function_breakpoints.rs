//! What a function breakpoint asks for: which functions, at which moment of a call, and whose calls. Used by `breakpoints`.
//!
//! `NAME [return|raise] [only]`. Invariant: a text is understood in one way, whether or not such a function exists.

use crate::code::CodeFacts;
use crate::functions::FunctionName;

/// The moment of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Moment {
    /// Before its first line.
    #[default]
    Entry,
    /// It returns a value; a `yield` or `await` does not return.
    Return,
    /// An exception leaves it; the end of a generator that is closed (`GeneratorExit`) is none.
    Raise,
}

impl Moment {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::Return => "return",
            Self::Raise => "raise",
        }
    }
}

/// A function breakpoint's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionPlace {
    /// The function, or the functions.
    pub name: FunctionName,
    /// When it stops.
    pub moment: Moment,
    /// Of a method: only for instances of the class itself, not of those that derive from it.
    pub only: bool,
}

impl FunctionPlace {
    /// Reads what a user writes.
    ///
    /// # Errors
    /// Says what is wrong, for the user.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (mut rest, mut moment, mut only) = (text.trim(), None, false);
        while let Some((before, word)) = rest.rsplit_once(char::is_whitespace) {
            let found = match word {
                "entry" => Some(Moment::Entry),
                "return" => Some(Moment::Return),
                "raise" => Some(Moment::Raise),
                "only" if !only => None,
                _ => break,
            };
            match (found, moment) {
                (None, _) => only = true,
                (Some(found), None) => moment = Some(found),
                (Some(_), Some(_)) => {
                    return Err(format!("'{text}': a breakpoint has one moment: entry, return or raise"));
                }
            }
            rest = before.trim_end();
        }
        Ok(Self { name: FunctionName::parse(rest)?, moment: moment.unwrap_or_default(), only })
    }

    /// A place that can only be refused.
    #[must_use]
    pub fn not_understood(text: &str) -> Self {
        Self { name: FunctionName { file: None, dotted: text.to_owned() }, moment: Moment::Entry, only: false }
    }
}

/// Which codes a breakpoint stands in that was asked for by way of an object or a class that inherits the method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundIn {
    /// The file of the function that was found.
    pub file: String,
    /// Its qualified name.
    pub qualname: String,
}

impl FoundIn {
    /// True for the function's code.
    #[must_use]
    pub fn is(&self, code: &CodeFacts) -> bool {
        code.file == self.file && code.qualname == self.qualname
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_stand_behind_the_name() {
        let read = |text: &str| {
            let place = FunctionPlace::parse(text).unwrap();
            (place.name.dotted.clone(), place.moment, place.only)
        };
        assert_eq!(read("f"), ("f".into(), Moment::Entry, false));
        assert_eq!(read("f  return"), ("f".into(), Moment::Return, false));
        assert_eq!(read("C.f only raise"), ("C.f".into(), Moment::Raise, true));
        assert_eq!(read("C.* entry only"), ("C.*".into(), Moment::Entry, true));
        assert_eq!(FunctionPlace::parse("my dir/a.py:f return").unwrap().name.file.as_deref(), Some("my dir/a.py"));
        for text in ["return", "f return raise", "f maybe", "f only only", "f()"] {
            let place = FunctionPlace::parse(text);
            assert!(place.is_err() || place.is_ok_and(|place| place.name.dotted == "return"), "{text}");
        }
    }
}
