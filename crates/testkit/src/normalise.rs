//! Makes outputs comparable: what differs between machines, runs and Python versions gets a name.
//!
//! `session` passes every line that was printed through [`Normaliser::lines`]. Invariant: normalising twice changes
//! nothing more, so a transcript can be compared with a normalised output.

use std::path::Path;

use crate::markers::{Markers, split_marker};

/// How many digits a number after `process ` has at least to be the system's id of one.
const SHORTEST_ID: usize = 3;

/// What is replaced in the outputs of one session.
#[derive(Clone, Debug, Default)]
pub struct Normaliser {
    /// A text and the name that stands for it.
    names: Vec<(String, &'static str)>,
    markers: Markers,
    main: String,
    /// The numbers of processes are hidden.
    hides_numbers: bool,
}

impl Normaliser {
    /// For a session whose program is `main`.
    pub fn new(main: &str, markers: Markers) -> Normaliser {
        Normaliser { names: Vec::new(), markers, main: main.to_owned(), hides_numbers: false }
    }

    /// Hides which number in the run a process has: two that start at once may report in either order.
    pub fn hide_numbers(&mut self) {
        self.hides_numbers = true;
    }

    /// Shows `path` as `name`, with and without its symbolic links resolved.
    pub fn name(&mut self, path: &Path, name: &'static str) {
        for path in [Some(path.to_owned()), path.canonicalize().ok()].into_iter().flatten() {
            self.names.push((path.display().to_string(), name));
        }
        self.names.sort_by_key(|(text, _)| std::cmp::Reverse(text.len()));
    }

    /// The lines of an output, as a transcript shows them.
    pub fn lines(&self, output: &str) -> Vec<String> {
        output.lines().map(|line| self.line(line.trim_end())).collect()
    }

    fn line(&self, line: &str) -> String {
        let mut line = line.to_owned();
        for (text, name) in &self.names {
            line = line.replace(text, name);
        }
        line = replace_after(&line, "0x", |c| c.is_ascii_hexdigit(), 1, "…");
        for word in ["pid ", "pid=", "process "] {
            // The processes of a run are counted from 1, and the system's own ids are larger by far.
            let shortest = if word == "process " && !self.hides_numbers { SHORTEST_ID } else { 1 };
            line = replace_after(&line, word, |c| c.is_ascii_digit(), shortest, "${pid}");
        }
        line = hide_foreign_lines(&line);
        self.show_markers(&self.hide_marker(&line))
    }

    /// `-> 12  f()  # @call` is shown as `-> @call  f()`.
    fn hide_marker(&self, line: &str) -> String {
        let Some((code, name)) = split_marker(line) else { return line.to_owned() };
        let Some(marked) = self.markers.line(name) else { return line.to_owned() };
        let start = code.find(|c: char| !" >-*B".contains(c)).unwrap_or(code.len());
        let (margin, rest) = code.split_at(start);
        let (number, source) = split_number(rest);
        if number == Some(marked) && !(source.starts_with(|c: char| c != ' ')) {
            return format!("{margin}@{name}{source}");
        }
        code.to_owned()
    }

    /// `FILE:12` and `line 12` are shown as `FILE:@call` and `line @call`.
    fn show_markers(&self, line: &str) -> String {
        let mut shown = String::new();
        let mut file = self.main.clone();
        let mut rest = line;
        while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
            let (before, digits) = rest.split_at(at);
            let (number, after) = split_number(digits);
            shown.push_str(before);
            if let Some(named) = named_file(&shown) {
                file = named;
            }
            if shown.ends_with(">, line ") || shown.ends_with(">\", line ") {
                file.clear();
            }
            // `line 1 column 2` is a place in some text, and `<string>` no file of ours.
            let is_place = shown.ends_with(".py:") || (shown.ends_with("line ") && !after.starts_with(" column"));
            let name = number.filter(|_| is_place).and_then(|line| self.markers.name(&file, line));
            match name {
                Some(name) => shown.extend(["@", name]),
                None => shown.push_str(&digits[..digits.len() - after.len()]),
            }
            rest = after;
        }
        shown.push_str(rest);
        shown
    }
}

/// The last file that a text names, as `FILE.py:` or `"FILE.py"`.
fn named_file(text: &str) -> Option<String> {
    let end = text.rfind(".py:").max(text.rfind(".py\""))? + ".py".len();
    let path = text.get(..end)?;
    let start = path.rfind(|c: char| c.is_whitespace() || "\"'(".contains(c)).map_or(0, |at| at + 1);
    path.get(start..).map(str::to_owned)
}

fn split_number(text: &str) -> (Option<u32>, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    (digits.parse().ok(), rest)
}

/// Replaces the characters that follow each `start`, where there are some.
fn replace_after(line: &str, start: &str, kind: fn(char) -> bool, shortest: usize, name: &str) -> String {
    let mut replaced = String::new();
    let mut rest = line;
    while let Some(at) = rest.find(start) {
        let (before, after) = rest.split_at(at + start.len());
        replaced.push_str(before);
        let end = after.find(|c| !kind(c)).unwrap_or(after.len());
        replaced.push_str(if end >= shortest { name } else { after.get(..end).unwrap_or_default() });
        rest = after.get(end..).unwrap_or_default();
    }
    replaced.push_str(rest);
    replaced
}

/// Line numbers of the standard library differ between versions: `${stdlib}/queue.py:…`, `<frozen x>", line …`.
fn hide_foreign_lines(line: &str) -> String {
    if !line.contains("${stdlib}") && !line.contains("<frozen ") {
        return line.to_owned();
    }
    let mut hidden = line.to_owned();
    for start in [".py:", ">:", "\", line "] {
        hidden = replace_after(&hidden, start, |c| c.is_ascii_digit(), 1, "…");
    }
    hidden
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str) -> String {
        let mut markers = Markers::default();
        markers.add(Path::new("main.py"), "import sys\n\nf()  # @call\n").unwrap();
        markers.add(Path::new("pkg/other.py"), "x = 1  # @other\n").unwrap();
        let mut normaliser = Normaliser::new("main.py", markers);
        normaliser.name(Path::new("/tmp/t1"), "${dir}");
        normaliser.name(Path::new("/usr/lib/python3.13"), "${stdlib}");
        normaliser.lines(line).concat()
    }

    #[test]
    fn places_show_markers() {
        assert_eq!(shown("Step: main.py:3 in <module>"), "Step: main.py:@call in <module>");
        assert_eq!(shown("Step: main.py:33 in f3"), "Step: main.py:33 in f3");
        assert_eq!(
            shown("  File \"/tmp/t1/pkg/other.py\", line 1, in x"),
            "  File \"${dir}/pkg/other.py\", line @other, in x"
        );
        assert_eq!(shown("at main.py:1 (moved from line 3, no code)"), "at main.py:1 (moved from line @call, no code)");
        assert_eq!(shown("expected a name: line 3 column 2"), "expected a name: line 3 column 2");
        assert_eq!(shown("invalid syntax (<string>, line 3)"), "invalid syntax (<string>, line 3)");
        assert_eq!(shown("Breakpoint 3 at pkg/other.py:1"), "Breakpoint 3 at pkg/other.py:@other");
    }

    #[test]
    fn source_lines_lose_their_markers() {
        assert_eq!(shown("-> 3  f()  # @call"), "-> @call  f()");
        assert_eq!(shown("  3 B->  f()  # @call"), "  @call B->  f()");
        assert_eq!(shown("      f()  # @call"), "      f()");
        assert_eq!(shown("      f()  # @unknown"), "      f()  # @unknown");
    }

    #[test]
    fn addresses_and_foreign_lines_are_hidden() {
        assert_eq!(shown("<object at 0x7f3a> 0x"), "<object at 0x…> 0x");
        assert_eq!(shown("child process 4711 of pid 12"), "child process ${pid} of pid ${pid}");
        assert_eq!(shown("/usr/lib/python3.13/queue.py:212 in get"), "${stdlib}/queue.py:… in get");
        assert_eq!(shown("  File \"<frozen runpy>\", line 88, in run"), "  File \"<frozen runpy>\", line …, in run");
    }

    #[test]
    fn twice_changes_nothing_more() {
        let once = shown("/tmp/t1/main.py:3 0x7f pid 3 /usr/lib/python3.13/queue.py:3");
        assert_eq!(shown(&once), once);
    }
}
