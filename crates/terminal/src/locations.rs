//! Where a breakpoint may be put, as a user writes it.
//!
//! Called by the breakpoint commands and by `-b`. Invariant: a file that exists is named by its absolute path from here
//! on; one that does not may still come to exist, so it is not an error.

use std::path::{Path, PathBuf};

/// A place for a breakpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A line of a file.
    Line(PathBuf, i64),
    /// A column of a line, both from 1.
    Column(PathBuf, i64, i64),
    /// A function: `function`, `Class.method`, `module.Class.method` or `FILE:function`, or a pattern of such names; then, if it
    /// is not on entry, the moment (`return`, `raise`), and `only`.
    Function(String),
    /// Data: what the user calls it, and the agent's id of it.
    Data(Data),
}

/// At what a watchpoint stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Access {
    /// At changes.
    #[default]
    Changes,
    /// At reads.
    Reads,
    /// At both.
    Both,
}

/// What a watchpoint watches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Data {
    /// The expression that the user wrote.
    pub expression: String,
    /// True if the object's own changes are meant, not its name's.
    pub mutation: bool,
    /// At what it stops.
    pub access: Access,
    /// The agent's id of it.
    pub id: String,
    /// The id means the same in the next run.
    pub lasts: bool,
}

/// What relative names are relative to.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// The working directory.
    pub directory: PathBuf,
    /// The folder of the program.
    pub program_folder: Option<PathBuf>,
    /// The file of the selected frame.
    pub current_file: Option<PathBuf>,
    /// Files that the program is known to run.
    pub known_files: Vec<PathBuf>,
}

impl Surroundings {
    /// Reads a location.
    ///
    /// # Errors
    /// Says what is wrong, for the user.
    pub fn place(&self, text: &str) -> Result<Place, String> {
        let text = text.trim();
        if let Ok(line) = text.parse::<i64>() {
            let file = self.current_file.clone().ok_or("no file is current: write FILE:LINE")?;
            return Ok(Place::Line(file, positive(line)?));
        }
        let (name, words) = split_words(text);
        let Some((file, within)) = name.rsplit_once(':') else {
            return match is_dotted_name(name) {
                true if !name.ends_with(".py") => Ok(Place::Function(text.to_owned())),
                _ => Err(format!(
                    "'{text}' is no location: write LINE, FILE:LINE, FILE:LINE:COLUMN, FUNCTION or FILE:FUNCTION"
                )),
            };
        };
        let (file, within) = (file.trim(), within.trim());
        if file.is_empty() || within.is_empty() {
            return Err(format!(
                "'{text}' is no location: write LINE, FILE:LINE, FILE:LINE:COLUMN, FUNCTION or FILE:FUNCTION"
            ));
        }
        if let (Ok(column), Some((file, line))) = (within.parse::<i64>(), line_before(file)) {
            let named = file.map(|file| self.file(file));
            let file =
                named.or_else(|| self.current_file.clone()).ok_or("no file is current: write FILE:LINE:COLUMN")?;
            return Ok(Place::Column(file, positive(line)?, positive_column(column)?));
        }
        match within.parse::<i64>() {
            Ok(_) if !words.is_empty() => Err(format!("a line has no '{words}': write FUNCTION {words}")),
            Ok(line) => Ok(Place::Line(self.file(file), positive(line)?)),
            Err(_) if is_dotted_name(within) => {
                let place = format!("{}:{within} {words}", self.file(file).display());
                Ok(Place::Function(place.trim_end().to_owned()))
            }
            Err(_) => Err(format!("'{within}' is neither a line nor a function")),
        }
    }

    /// The file that a name means: from the working directory, beside the program, or the end of a known file's path.
    pub fn file(&self, name: &str) -> PathBuf {
        let named = Path::new(name);
        if named.is_absolute() {
            return named.to_path_buf();
        }
        let folders = [Some(&self.directory), self.program_folder.as_ref()];
        let spellings = [name.to_owned(), format!("{name}.py")];
        for spelling in &spellings {
            let mut places = folders.iter().flatten().map(|folder| folder.join(spelling));
            if let Some(found) = places.find(|path| path.is_file()) {
                return found;
            }
            if let Some(known) = self.known_files.iter().find(|path| path.ends_with(spelling)) {
                return known.clone();
            }
        }
        self.directory.join(named)
    }
}

fn positive(line: i64) -> Result<i64, String> {
    if line > 0 { Ok(line) } else { Err(format!("there is no line {line}: lines are counted from 1")) }
}

fn positive_column(column: i64) -> Result<i64, String> {
    if column > 0 { Ok(column) } else { Err(format!("there is no column {column}: columns are counted from 1")) }
}

/// What is before a column: the line, and the file if one is named.
fn line_before(text: &str) -> Option<(Option<&str>, i64)> {
    let (file, line) = text.rsplit_once(':').map_or((None, text), |(file, line)| (Some(file.trim()), line));
    Some((file, line.trim().parse().ok()?))
}

/// What may stand behind a function's name.
const WORDS: [&str; 4] = ["entry", "return", "raise", "only"];

/// A function's name, and the words behind it.
pub fn split_words(text: &str) -> (&str, &str) {
    let mut name = text;
    while let Some((before, word)) = name.rsplit_once(char::is_whitespace) {
        if !WORDS.contains(&word) {
            break;
        }
        name = before.trim_end();
    }
    (name, text.get(name.len()..).unwrap_or_default().trim_start())
}

/// True for dotted names and for patterns of them: the agent reads those exactly.
fn is_dotted_name(text: &str) -> bool {
    text.split('.').all(|part| {
        let mut chars = part.chars();
        let is_special = |c: char| matches!(c, '_' | '*' | '?' | '[' | ']' | '!' | '-');
        chars.next().is_some_and(|c| (is_special(c) && c != '-') || c.is_alphabetic())
            && chars.all(|c| is_special(c) || c.is_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn here() -> (tempfile::TempDir, Surroundings) {
        let folder = tempfile::tempdir().unwrap();
        for name in ["cwd/a.py", "program/b.py", "cwd/pkg/c.py"] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        let surroundings = Surroundings {
            directory: folder.path().join("cwd"),
            program_folder: Some(folder.path().join("program")),
            current_file: Some("/x/current.py".into()),
            known_files: vec!["/lib/deep/known.py".into()],
        };
        (folder, surroundings)
    }

    #[test]
    fn every_form_of_a_line() {
        let (folder, here) = here();
        let file = |name: &str| folder.path().join(name);
        for (text, path, line) in [
            ("6", PathBuf::from("/x/current.py"), 6),
            ("a.py:3", file("cwd/a.py"), 3),
            ("a:3", file("cwd/a.py"), 3),
            ("b.py:3", file("program/b.py"), 3),
            ("pkg/c.py:3", file("cwd/pkg/c.py"), 3),
            ("deep/known.py:3", "/lib/deep/known.py".into(), 3),
            ("later.py:3", file("cwd/later.py"), 3),
            ("/abs/x.py:3", "/abs/x.py".into(), 3),
        ] {
            assert_eq!(here.place(text), Ok(Place::Line(path, line)), "{text}");
        }
    }

    #[test]
    fn every_form_of_a_function() {
        let (folder, here) = here();
        let in_file = format!("{}:f", folder.path().join("cwd/a.py").display());
        let left = format!("{in_file} return only");
        for (text, name) in [
            ("f", "f"),
            ("mod.C.m", "mod.C.m"),
            ("a.py:f", in_file.as_str()),
            ("f return", "f return"),
            ("test_*", "test_*"),
            ("C.[a-m]* raise", "C.[a-m]* raise"),
            ("a.py:f return  only", left.replace("return only", "return  only").as_str()),
        ] {
            assert_eq!(here.place(text), Ok(Place::Function(name.into())), "{text}");
        }
    }

    #[test]
    fn what_is_no_location_is_refused() {
        let (_folder, here) = here();
        for text in ["", "0", "a.py:0", "a.py", "a.py:", ":3", "f()", "a.py:f()", "1x", "f now", "a.py:3 return"] {
            assert!(here.place(text).is_err(), "{text}");
        }
    }
}
