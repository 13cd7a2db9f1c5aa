//! Which types of exceptions a filter means, by their names. Part of `exception_filters`.
//!
//! Invariant: decided by names alone, so no code of the program runs for it.

/// Which types of exceptions are meant, those that derive from them included.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct TypeCondition {
    names: Vec<String>,
    except: Vec<String>,
}

impl TypeCondition {
    /// Reads `KeyError, app.Missing` (these types) and `!KeyError` (not these); an empty text is every type.
    ///
    /// # Errors
    /// What is no name of a type, for the user.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut condition = Self::default();
        if text.trim().is_empty() {
            return Ok(condition);
        }
        for part in text.split(',').map(str::trim) {
            let (name, names) = match part.strip_prefix('!') {
                Some(name) => (name.trim_start(), &mut condition.except),
                None => (part, &mut condition.names),
            };
            if !name.split('.').all(is_identifier) {
                return Err(format!(
                    "'{part}' is no name of an exception type; write names such as KeyError or app.Missing, separated by \
                     commas, with ! before those to leave out"
                ));
            }
            names.push(name.to_owned());
        }
        Ok(condition)
    }

    /// Leaves out these types too.
    pub fn leave_out(&mut self, names: &[String]) {
        self.except.extend_from_slice(names);
    }

    /// True for an exception whose type and bases have these qualified names (those of builtins without a module). One
    /// that is left out is left out, even if it derives from one that is meant.
    #[must_use]
    pub fn holds(&self, lineage: &[String]) -> bool {
        (self.names.is_empty() || self.names(lineage)) && !any(&self.except, lineage)
    }

    /// True if a type that is meant is named, and is among these.
    #[must_use]
    pub fn names(&self, lineage: &[String]) -> bool {
        any(&self.names, lineage)
    }
}

fn any(names: &[String], lineage: &[String]) -> bool {
    names.iter().any(|name| lineage.iter().any(|full| is_name_of(name, full)))
}

/// `Missing` and `errors.Missing` are names of `app.errors.Missing`.
pub(super) fn is_name_of(name: &str, full: &str) -> bool {
    full.strip_suffix(name).is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

pub(super) fn is_identifier(name: &str) -> bool {
    let is_start = |first: char| first == '_' || first.is_alphabetic();
    name.starts_with(is_start) && name.chars().all(|character| character == '_' || character.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(condition: &str, lineage: &[&str]) -> bool {
        let lineage: Vec<String> = lineage.iter().map(|&name| name.to_owned()).collect();
        TypeCondition::parse(condition).unwrap().holds(&lineage)
    }

    const MISSING: &[&str] = &["app.errors.Missing", "KeyError", "LookupError", "Exception", "BaseException", "object"];

    #[test]
    fn types_are_meant_by_any_end_of_their_name_and_with_those_that_derive() {
        for condition in ["", "Missing", "errors.Missing", "app.errors.Missing", "ValueError, LookupError"] {
            assert!(holds(condition, MISSING), "{condition}");
        }
        for condition in ["ValueError", "issing", "other.Missing", "!KeyError", "LookupError, !Missing"] {
            assert!(!holds(condition, MISSING), "{condition}");
        }
        assert!(holds("!ValueError", MISSING) && holds("LookupError, !IndexError", MISSING));
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in ["KeyError,", "a b", "!", "3", "e.code == 3", "a..b"] {
            assert!(TypeCondition::parse(text).unwrap_err().contains("no name of an exception type"), "{text}");
        }
    }
}
