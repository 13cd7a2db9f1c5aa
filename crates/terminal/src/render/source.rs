//! Source lines: the current one, and listings.
//!
//! Called by the session at a stop and by `list`, `longlist`, `source`. Invariant: a line's text is printed as it is in
//! the file.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use super::Look;
use super::colours::Ink;
use super::python;

/// The text of a file, ready to be shown.
#[derive(Clone, Debug, Default)]
pub struct Text {
    plain: Vec<String>,
    coloured: Option<Vec<String>>,
}

impl Text {
    /// Takes in a text.
    pub fn new(text: &str, look: &Look) -> Self {
        let coloured = look.colours.then(|| python::lines(text));
        Self { plain: text.lines().map(str::to_owned).collect(), coloured }
    }

    /// How many lines it has.
    pub fn len(&self) -> i64 {
        i64::try_from(self.plain.len()).unwrap_or(i64::MAX)
    }

    /// A line as it is in the file.
    fn plain(&self, line: i64) -> Option<&str> {
        self.plain.get(index(line)?).map(String::as_str)
    }

    /// A line in colours, if there are any.
    pub fn shown(&self, line: i64) -> Option<&str> {
        let lines = self.coloured.as_ref().unwrap_or(&self.plain);
        lines.get(index(line)?).map(|line| line.trim_end_matches('\r'))
    }
}

fn index(line: i64) -> Option<usize> {
    usize::try_from(line).ok()?.checked_sub(1)
}

/// `-> 6      return x`: the line the program is at.
pub fn current_line(look: &Look, text: &Text, line: i64) -> Option<String> {
    let source = text.shown(line)?;
    Some(format!("{} {line}  {source}", look.ink(Ink::Mark, "->")))
}

/// `            ^^^^`, below the current line: the part of it that the program is at. Columns count UTF-16 code units from 1;
/// `end` is the one after the last, or none if the part goes on below.
pub fn current_part(look: &Look, text: &Text, line: i64, start: i64, end: Option<i64>) -> Option<String> {
    let source = text.plain(line)?;
    let start = usize::try_from(start).ok()?.checked_sub(1)?;
    let end = end.and_then(|end| usize::try_from(end).ok()?.checked_sub(1)).unwrap_or(usize::MAX);
    let before = format!("-> {line}  ").len();
    let (mut at, mut marks) = (0, " ".repeat(before));
    for c in source.trim_end().chars() {
        // Tabs stay tabs, so that what is below stays below.
        let blank = if c == '\t' { '\t' } else { ' ' };
        if at < end {
            marks.push(if at < start { blank } else { '^' });
        }
        at += c.len_utf16();
    }
    let marks = marks.trim_end();
    marks.ends_with('^').then(|| look.ink(Ink::Mark, marks))
}

/// The part of a line between two columns; to its end without the second.
pub fn part(text: &Text, line: i64, start: i64, end: Option<i64>) -> String {
    let source = text.plain(line).unwrap_or_default();
    let mut column = 1;
    let inside = source.chars().filter(|c| {
        let at = column;
        column += i64::try_from(c.len_utf16()).unwrap_or(1);
        at >= start && end.is_none_or(|end| at < end)
    });
    inside.collect::<String>().trim_end().to_owned()
}

/// What a listing marks.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    /// The line the frame is at.
    pub current: Option<i64>,
    /// Lines with a breakpoint.
    pub breakpoints: BTreeSet<i64>,
}

/// The lines of a listing.
pub fn listing(look: &Look, text: &Text, lines: RangeInclusive<i64>, marks: &Marks) -> Vec<String> {
    let width = lines.end().to_string().len().max(3);
    let shown = lines.filter_map(|line| text.shown(line).map(|source| (line, source)));
    shown
        .map(|(line, source)| {
            let number = look.ink(Ink::Number, &format!("{line:>width$}"));
            let stop = if marks.breakpoints.contains(&line) { look.ink(Ink::Breakpoint, "B") } else { " ".into() };
            let here = if marks.current == Some(line) { look.ink(Ink::Mark, "->") } else { "  ".into() };
            format!("{number} {stop}{here}  {source}").trim_end().to_owned()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::plain;
    use super::*;

    #[test]
    fn the_current_line_and_listings() {
        let text = Text::new("import a\n\nif a:\n    b()\n", &plain());
        assert_eq!(current_line(&plain(), &text, 4).unwrap(), "-> 4      b()");
        assert_eq!(current_line(&plain(), &text, 5), None);
        let marks = Marks { current: Some(4), breakpoints: [3, 4].into() };
        let lines = listing(&plain(), &text, 2..=9, &marks);
        assert_eq!(lines, ["  2", "  3 B    if a:", "  4 B->      b()"]);
    }
}
