//! Markers: a comment `# @name` at the end of a program's line stands for the line's number.
//!
//! `session` reads them from the copied programs; `normalise` shows them in outputs. A session that names its lines
//! survives edits of its program. Invariant: a name stands for one line of one file of a session.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::Result;

/// The markers of all programs of a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Markers {
    places: BTreeMap<String, (PathBuf, u32)>,
}

impl Markers {
    /// Adds the markers of a program, `path` being relative to the session's folder.
    pub fn add(&mut self, path: &Path, source: &str) -> Result<()> {
        for (number, line) in (1..).zip(source.lines()) {
            let Some((_, name)) = split_marker(line) else { continue };
            let known = self.places.insert(name.to_owned(), (path.to_owned(), number));
            if let Some((file, line)) = known {
                return Err(format!(
                    "the marker @{name} stands for two lines: {}:{line} and {}:{number}",
                    file.display(),
                    path.display()
                ));
            }
        }
        Ok(())
    }

    /// The line that a marker stands for.
    pub fn line(&self, name: &str) -> Option<u32> {
        self.places.get(name).map(|(_, line)| *line)
    }

    /// The marker of a line of a file, where `shown` is the file as an output names it.
    pub fn name(&self, shown: &str, line: u32) -> Option<&str> {
        let here = |path: &Path| !shown.is_empty() && (Path::new(shown).ends_with(path) || path.ends_with(shown));
        self.places.iter().find(|(_, (path, at))| *at == line && here(path)).map(|(name, _)| name.as_str())
    }

    /// Replaces each `@name` of a command by its line.
    pub fn resolve(&self, command: &str) -> Result<String> {
        let mut resolved = String::new();
        let mut rest = command;
        while let Some(at) = rest.find('@') {
            let (before, after) = rest.split_at(at);
            let name: String = after.chars().skip(1).take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            resolved.push_str(before);
            match self.line(&name) {
                Some(line) => resolved.push_str(&line.to_string()),
                None if name.is_empty() => resolved.push('@'),
                None => return Err(format!("no program of this session has the marker `# @{name}`")),
            }
            rest = after.get(1 + name.len()..).unwrap_or_default();
        }
        resolved.push_str(rest);
        Ok(resolved)
    }
}

/// A line without its marker and the marker's name, for a line that ends with one.
pub fn split_marker(line: &str) -> Option<(&str, &str)> {
    let (code, name) = line.trim_end().rsplit_once("# @")?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    is_name.then_some((code.trim_end(), name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn markers() -> Markers {
        let mut markers = Markers::default();
        markers.add(Path::new("a.py"), "import b\nb.f()  # @call\n").unwrap();
        markers.add(Path::new("pkg/b.py"), "def f():\n    return 1  # @hit\n").unwrap();
        markers
    }

    #[test]
    fn commands_name_lines() {
        assert_eq!(markers().resolve("b pkg/b.py:@hit if x @ y").unwrap(), "b pkg/b.py:2 if x @ y");
        assert!(markers().resolve("b @hti").unwrap_err().contains("@hti"));
    }

    #[test]
    fn places_have_names() {
        assert_eq!(markers().name("pkg/b.py", 2), Some("hit"));
        assert_eq!(markers().name("/tmp/x/pkg/b.py", 2), Some("hit"));
        assert_eq!(markers().name("b.py", 2), Some("hit"));
        assert_eq!(markers().name("a.py", 1), None);
        assert_eq!(markers().name("other.py", 2), None);
    }

    #[test]
    fn a_name_stands_for_one_line() {
        let error = markers().add(Path::new("c.py"), "x = 1  # @hit").unwrap_err();
        assert!(error.contains("pkg/b.py:2 and c.py:1"), "{error}");
    }
}
