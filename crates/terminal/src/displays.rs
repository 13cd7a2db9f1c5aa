//! Expressions that are shown again when their value changes.
//!
//! Owned by the session, looked at after each stop. Invariant: a value is shown when it differs from the one shown last;
//! an expression that means nothing where the program stands is passed over.

/// One expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Display {
    /// What is evaluated.
    pub expression: String,
    /// The value shown last.
    pub shown: Option<String>,
}

/// All expressions, in the order they were given.
#[derive(Clone, Debug, Default)]
pub struct Displays(Vec<Display>);

impl Displays {
    /// Adds one, or forgets what an earlier one showed.
    pub fn add(&mut self, expression: &str, value: Option<String>) {
        self.0.retain(|display| display.expression != expression);
        self.0.push(Display { expression: expression.to_owned(), shown: value });
    }

    /// Removes one; false if there was none.
    pub fn remove(&mut self, expression: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|display| display.expression != expression);
        self.0.len() != before
    }

    /// Removes all.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// All.
    pub fn iter(&self) -> impl Iterator<Item = &Display> {
        self.0.iter()
    }

    /// The expressions.
    pub fn expressions(&self) -> Vec<String> {
        self.0.iter().map(|display| display.expression.clone()).collect()
    }

    /// The line to show for a new value, if it is new.
    pub fn changed(&mut self, expression: &str, value: &str) -> Option<String> {
        let display = self.0.iter_mut().find(|display| display.expression == expression)?;
        let old = display.shown.replace(value.to_owned());
        match old {
            Some(old) if old == value => None,
            Some(old) => Some(format!("display {expression}: {value}  [old: {old}]")),
            None => Some(format!("display {expression}: {value}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_changes_are_shown() {
        let mut displays = Displays::default();
        displays.add("x", Some("1".into()));
        assert_eq!(displays.changed("x", "1"), None);
        assert_eq!(displays.changed("x", "2").unwrap(), "display x: 2  [old: 1]");
        displays.add("y", None);
        assert_eq!(displays.changed("y", "3").unwrap(), "display y: 3");
        assert!(displays.remove("x") && !displays.remove("x"));
        assert_eq!(displays.expressions(), ["y"]);
    }
}
