//! Which modules a filter looks at. Part of `exception_filters`.
//!
//! Invariant: a pattern stands for whole names of modules; `*` in it is any text.

use super::types::is_identifier;

/// Patterns of modules' names.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct ModulePatterns {
    patterns: Vec<String>,
    except: Vec<String>,
}

impl ModulePatterns {
    /// Reads `app.*, !app.tests.*`: modules with such names, and not with those behind `!`. A package's pattern is `app`
    /// for itself and `app.*` for what is in it.
    ///
    /// # Errors
    /// What is no pattern, for the user.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut found = Self::default();
        for part in text.split(',').map(str::trim) {
            let (pattern, patterns) = match part.strip_prefix('!') {
                Some(pattern) => (pattern.trim_start(), &mut found.except),
                None => (part, &mut found.patterns),
            };
            let is_part =
                |part: &str| part.split('*').all(|piece| piece.is_empty() || is_identifier(&format!("_{piece}")));
            if !pattern.split('.').all(|part| !part.is_empty() && is_part(part)) {
                return Err(format!(
                    "'{part}' is no pattern of modules; write names such as app or app.*, separated by commas, with ! \
                     before those to leave out"
                ));
            }
            patterns.push(pattern.to_owned());
        }
        Ok(found)
    }

    /// True if any module will do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty() && self.except.is_empty()
    }

    /// True for a module of this name.
    #[must_use]
    pub fn hold(&self, module: &str) -> bool {
        let any = |patterns: &[String]| patterns.iter().any(|pattern| matches(pattern, module));
        (self.patterns.is_empty() || any(&self.patterns)) && !any(&self.except)
    }
}

/// True if a text is what a pattern stands for.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(first) else { return false };
    let mut pieces: Vec<&str> = rest.split('*').collect();
    let last = pieces.pop().unwrap_or_default();
    for piece in pieces {
        match text.find(piece) {
            Some(at) => text = text.get(at + piece.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    text.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_stand_for_whole_names() {
        let holds = |patterns: &str, module: &str| ModulePatterns::parse(patterns).unwrap().hold(module);
        for (patterns, module) in
            [("app", "app"), ("app.*", "app.a.b"), ("*", "x"), ("a*.c", "ab.b.c"), ("!app", "other"), ("a, b", "b")]
        {
            assert!(holds(patterns, module), "{patterns} {module}");
        }
        for (patterns, module) in
            [("app", "app.a"), ("app.*", "app"), ("app.*", "apples"), ("*.c", "c"), ("a.*, !a.b", "a.b"), ("a*a", "a")]
        {
            assert!(!holds(patterns, module), "{patterns} {module}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for text in ["", "a b", "a,", "!", "a..b", "a/b"] {
            assert!(ModulePatterns::parse(text).unwrap_err().contains("no pattern of modules"), "{text}");
        }
    }
}
