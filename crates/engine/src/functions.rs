//! Function locations: `function`, `Class.method`, `module.Class.method`, `file.py:function`. Called by `breakpoints`.
//!
//! Invariant: a name matches by whole components only; a method is never found by its bare name, so that `run` does not
//! stop in every class that has a `run`.

use crate::code::{CodeFacts, CodeKind};

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
            part.chars().enumerate().all(|(i, c)| c == '_' || c.is_alphabetic() || (i > 0 && c.is_alphanumeric()))
        };
        let fine = !dotted.is_empty() && dotted.split('.').all(|part| !part.is_empty() && is_name(part));
        if fine { Ok(Self { file, dotted: dotted.to_owned() }) } else { Err(format!("'{text}' names no function")) }
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
        if code.kind != CodeKind::Function {
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
    code.spoken_name() == name || code.qualname.strip_suffix(name).is_some_and(|before| before.ends_with("<locals>."))
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
    fn what_is_no_name_is_refused() {
        for text in ["", "a..b", "1a", "f()", "a b", "x.py:"] {
            assert!(FunctionName::parse(text).is_err(), "{text}");
        }
    }
}
