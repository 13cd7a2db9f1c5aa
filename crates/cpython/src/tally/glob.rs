//! Patterns for paths: `*` for any text, `?` for one character. Called by `tally`.
//!
//! Invariant: takes time in proportion to pattern and text; no character but these two is special.

/// A pattern.
pub struct Glob(Vec<char>);

impl Glob {
    pub fn new(pattern: &str) -> Self {
        Self(pattern.chars().collect())
    }

    /// True if all of `text` matches.
    pub fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        // Where the last star is, and how much of the text it has taken: it takes one more when the rest does not match.
        let (mut at, mut seen, mut star) = (0, 0, None);
        while seen < text.len() {
            match self.0.get(at) {
                Some('*') => {
                    star = Some((at, seen));
                    at += 1;
                }
                Some(wanted) if *wanted == '?' || text.get(seen) == Some(wanted) => {
                    at += 1;
                    seen += 1;
                }
                _ => {
                    let Some((place, taken)) = star else { return false };
                    star = Some((place, taken + 1));
                    (at, seen) = (place + 1, taken + 1);
                }
            }
        }
        self.0.iter().skip(at).all(|rest| *rest == '*')
    }
}
