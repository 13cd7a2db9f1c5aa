//! Whether an output is what a transcript expects, wildcards included.
//!
//! `session` calls it for each step. Invariant: without wildcards, matching is equality of lines.

/// A line that stands for any number of lines, none included.
pub const ANY_LINES: &str = "...";
/// A character that stands for one or more characters within a line.
const ANY_TEXT: char = '…';

/// True if `actual` is what `expected` describes.
pub fn lines_match(expected: &[String], actual: &[String]) -> bool {
    match expected.split_first() {
        None => actual.is_empty(),
        Some((first, rest)) if first == ANY_LINES => {
            (0..=actual.len()).any(|skipped| lines_match(rest, actual.get(skipped..).unwrap_or_default()))
        }
        Some((first, rest)) => match actual.split_first() {
            Some((line, others)) => line_matches(first, line) && lines_match(rest, others),
            None => false,
        },
    }
}

/// True if a line is what `expected` describes, [`ANY_LINES`] apart.
pub fn line_matches(expected: &str, actual: &str) -> bool {
    match expected.split_once(ANY_TEXT) {
        None => expected == actual,
        Some((before, after)) => actual.strip_prefix(before).is_some_and(|rest| {
            rest.char_indices()
                .skip(1)
                .map(|(at, _)| at)
                .chain([rest.len()])
                .filter(|at| *at > 0)
                .any(|at| rest.get(at..).is_some_and(|rest| line_matches(after, rest)))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(expected: &str, actual: &str) -> bool {
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        lines_match(&lines(expected), &lines(actual))
    }

    #[test]
    fn plain_lines_are_compared() {
        assert!(matches("a\nb", "a\nb"));
        assert!(!matches("a\nb", "a"));
        assert!(!matches("a", "a\nb"));
    }

    #[test]
    fn dots_match_any_lines() {
        assert!(matches("a\n...\nc", "a\nc"));
        assert!(matches("a\n...\nc", "a\nb\nc\nc"));
        assert!(!matches("a\n...\nc", "a\nb"));
        assert!(matches("...", ""));
    }

    #[test]
    fn an_ellipsis_matches_some_text() {
        assert!(matches("at 0x…>", "at 0x7f01>"));
        assert!(matches("at 0x…>", "at 0x…>"));
        assert!(!matches("at 0x…>", "at 0x>"));
        assert!(matches("a…b…", "a1b2"));
    }
}
