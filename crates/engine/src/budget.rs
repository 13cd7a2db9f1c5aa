//! Text that cannot outgrow its budget. Used by `cpython` for the texts of values.
//!
//! Invariant: never holds more characters than the budget and one `…`, and says whether anything was left out.

/// See the module.
#[derive(Debug)]
pub struct BudgetString {
    text: String,
    left: usize,
    whole: bool,
    full: bool,
}

impl BudgetString {
    /// An empty one for so many characters.
    #[must_use]
    pub fn new(characters: usize) -> Self {
        Self { text: String::new(), left: characters, whole: true, full: false }
    }

    /// Adds as much as fits; the first that does not fit is marked by `…`, and nothing is added after it.
    pub fn push(&mut self, text: &str) {
        if self.full {
            return;
        }
        match text.char_indices().nth(self.left) {
            Some((end, _)) => {
                self.text.push_str(&text[..end]);
                self.text.push('…');
                self.left = 0;
                self.full = true;
                self.whole = false;
            }
            None => {
                self.left -= text.chars().count();
                self.text.push_str(text);
            }
        }
    }

    /// Marks that something is left out here.
    pub fn push_cut(&mut self) {
        if !self.full {
            self.text.push('…');
            self.left = self.left.saturating_sub(1);
        }
        self.whole = false;
    }

    /// How many characters still fit.
    #[must_use]
    pub fn left(&self) -> usize {
        self.left
    }

    /// True if nothing more can be added.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.full
    }

    /// True if nothing was left out.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    /// The text.
    #[must_use]
    pub fn finish(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::BudgetString;

    #[test]
    fn what_does_not_fit_is_cut_once() {
        let mut text = BudgetString::new(5);
        text.push("abc");
        assert_eq!((text.left(), text.is_full()), (2, false));
        text.push("dé");
        assert!(text.is_whole());
        text.push("f");
        text.push("g");
        text.push_cut();
        assert!(text.is_full() && !text.is_whole());
        assert_eq!(text.finish(), "abcdé…");
    }
}
