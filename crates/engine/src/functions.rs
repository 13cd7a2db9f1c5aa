//! Function locations: `function`, `Class.method`, `module.Class.method`, `file.py:function`, and patterns of them. Called by
//! `function_breakpoints`.
//!
//! Invariant: a name matches by whole components only; a method is never found by its bare name, so that `run` does not
//! stop in every class that has a `run`. A `*` of a pattern stays within its component too.

use crate::code::{CodeFacts, CodeKind};
use crate::glob;

/// A function as a user names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FunctionName {
    /// The file part before the colon, if there is one.
    pub file: Option<String>,
    /// The dotted part.
    pub dotted: String,
}

impl FunctionName {
    /// Reads a function location.
    ///
    /// # Errors
    /// Says what is wrong, for the user.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (file, dotted) = match text.rsplit_once(':') {
            Some((file, dotted)) => (Some(file.trim().to_owned()), dotted.trim()),
            None => (None, text),
        };
        let is_name = |part: &str| {
            let mut in_set = false;
            let fits = |(i, c): (usize, char)| {
                let is_plain = c == '_' || c.is_alphabetic() || (i > 0 && c.is_alphanumeric());
                let fits = is_plain || glob::SPECIAL.contains(&c) || (in_set && matches!(c, ']' | '!' | '-'));
                in_set = c == '[' || (in_set && c != ']');
                fits
            };
            part.chars().enumerate().all(fits) && !in_set
        };
        let fine = !dotted.is_empty() && dotted.split('.').all(|part| !part.is_empty() && is_name(part));
        if fine { Ok(Self { file, dotted: dotted.to_owned() }) } else { Err(format!("'{text}' names no function")) }
    }

    /// True if several functions may be meant: `test_*`, `Class.*`.
    #[must_use]
    pub fn is_pattern(&self) -> bool {
        self.dotted.contains(glob::SPECIAL)
    }

    /// A cheap look: true if a function of this bare name may be meant.
    #[must_use]
    pub fn may_mean(&self, bare: &str) -> bool {
        glob::matches(self.dotted.rsplit('.').next().unwrap_or_default(), bare)
    }

    /// True if code outside of the user's may be meant: only what is named by more than one component, or with its file.
    #[must_use]
    pub fn is_wide(&self) -> bool {
        let first = self.dotted.split_once('.').map(|(first, _)| first);
        self.file.is_some() || first.is_some_and(|first| !first.contains(glob::SPECIAL))
    }

    /// The ways to read the dotted part as a module and a qualified name: `a.b.c` is `a.b.c` in any module, `b.c` in
    /// module `a`, `c` in module `a.b`.
    pub fn readings(&self) -> impl Iterator<Item = (Option<&str>, &str)> {
        let dots = self.dotted.match_indices('.').map(|(at, _)| at);
        std::iter::once((None, self.dotted.as_str()))
            .chain(dots.map(|at| (Some(&self.dotted[..at]), &self.dotted[at + 1..])))
    }

    /// True if this code is the function that is meant.
    #[must_use]
    pub fn matches(&self, code: &CodeFacts) -> bool {
        // What has no name of its own (`<lambda>`, `<genexpr>`) cannot be meant by a pattern.
        if code.kind != CodeKind::Function || (self.is_pattern() && code.qualname.ends_with('>')) {
            return false;
        }
        if let Some(file) = &self.file {
            return path_ends_with(&code.file, file) && name_matches(code, &self.dotted);
        }
        self.readings().any(|(module, name)| {
            module.is_none_or(|module| is_module_file(&code.file, module)) && name_matches(code, name)
        })
    }
}

/// `inner` also finds `outer.<locals>.inner`, as a nested function has no other short name.
fn name_matches(code: &CodeFacts, name: &str) -> bool {
    let inner = code.qualname.rsplit("<locals>.").next().unwrap_or_default();
    glob::matches_path(name, &code.spoken_name()) || (inner != code.qualname && glob::matches_path(name, inner))
}

/// True if `path` ends in the path components of `suffix`.
#[must_use]
pub fn path_ends_with(path: &str, suffix: &str) -> bool {
    let suffix = suffix.trim_start_matches("./");
    path == suffix || path.strip_suffix(suffix).is_some_and(|before| before.ends_with('/') || suffix.starts_with('/'))
}

fn is_module_file(path: &str, module: &str) -> bool {
    let relative = module.replace('.', "/");
    path_ends_with(path, &format!("{relative}.py")) || path_ends_with(path, &format!("{relative}/__init__.py"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function(file: &str, qualname: &str) -> CodeFacts {
        CodeFacts {
            file: file.into(),
            qualname: qualname.into(),
            kind: CodeKind::Function,
            lines: vec![2],
            entry: Some(2),
            start_line: 1,
            span: (1, 2),
        }
    }

    #[test]
    fn every_form_finds_its_function() {
        let code = function("/p/pkg/mod.py", "Class.method");
        for name in ["Class.method", "mod.Class.method", "pkg.mod.Class.method", "mod.py:Class.method"] {
            assert!(FunctionName::parse(name).unwrap().matches(&code), "{name}");
        }
        for name in ["method", "other.Class.method", "od.Class.method", "x.py:Class.method", "lass.method"] {
            assert!(!FunctionName::parse(name).unwrap().matches(&code), "{name}");
        }
    }

    #[test]
    fn nested_functions_are_found_by_their_own_name() {
        let code = function("/p/mod.py", "outer.<locals>.inner");
        assert!(FunctionName::parse("inner").unwrap().matches(&code));
        assert!(FunctionName::parse("outer.inner").unwrap().matches(&code));
        assert!(!FunctionName::parse("ner").unwrap().matches(&code));
    }

    #[test]
    fn patterns_stay_within_components() {
        let code = function("/p/pkg/mod.py", "Class.run_fast");
        for name in ["Class.*", "*.run_*", "mod.Class.run_?ast", "mod.py:C*.*", "Class.[r-s]*"] {
            assert!(FunctionName::parse(name).unwrap().matches(&code), "{name}");
        }
        for name in ["*", "run_*", "Class*", "*.*.*", "Class.[!r]*"] {
            assert!(!FunctionName::parse(name).unwrap().matches(&code), "{name}");
        }
        let wide = |name: &str| FunctionName::parse(name).unwrap().is_wide();
        assert!(wide("json.*") && !wide("*.run") && !wide("test_*"));
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in ["", "a..b", "1a", "f()", "a b", "x.py:", "a-*"] {
            assert!(FunctionName::parse(text).is_err(), "{text}");
        }
    }
}
