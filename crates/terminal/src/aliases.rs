//! Aliases: a user's own names for commands, with `%1`, `%2` and `%*` for the arguments.
//!
//! Called by the session before a line is parsed. Invariant: expansion ends, whatever the aliases name.

use std::collections::BTreeMap;

/// How often an alias may lead to another one. Only a circle gets that far.
const LONGEST_CHAIN: usize = 100;

/// All aliases of a session.
#[derive(Clone, Debug, Default)]
pub struct Aliases(BTreeMap<String, String>);

impl Aliases {
    /// Gives a name a meaning.
    pub fn set(&mut self, name: &str, meaning: &str) {
        self.0.insert(name.to_owned(), meaning.to_owned());
    }

    /// Forgets a name; false if there was none.
    pub fn remove(&mut self, name: &str) -> bool {
        self.0.remove(name).is_some()
    }

    /// What a name means.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// All names and their meanings, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, meaning)| (name.as_str(), meaning.as_str()))
    }

    /// The line with its first word, if that is an alias, replaced by what it means.
    ///
    /// # Errors
    /// If aliases lead in a circle.
    pub fn expand(&self, line: &str) -> Result<String, String> {
        let mut line = line.trim().to_owned();
        for _ in 0..LONGEST_CHAIN {
            let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((&line, ""));
            let Some(meaning) = self.0.get(word) else { return Ok(line) };
            let expanded = fill_in(meaning, rest.trim());
            let next = expanded.split_whitespace().next();
            if next == Some(word) {
                return Ok(expanded);
            }
            line = expanded;
        }
        Err("the aliases lead in a circle".into())
    }
}

fn fill_in(meaning: &str, arguments: &str) -> String {
    let words: Vec<&str> = arguments.split_whitespace().collect();
    let mut filled = String::new();
    let mut chars = meaning.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.peek().copied() {
            Some('*') if c == '%' => {
                chars.next();
                filled.push_str(arguments);
            }
            Some(digit @ '1'..='9') if c == '%' => {
                chars.next();
                let number = digit as usize - '1' as usize;
                filled.push_str(words.get(number).copied().unwrap_or_default());
            }
            _ => filled.push(c),
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_filled_in_and_chains_followed() {
        let mut aliases = Aliases::default();
        aliases.set("pi", "for k in %1.__dict__: print(f'%1.{k}')");
        aliases.set("ps", "pi self");
        aliases.set("two", "p %2, %*");
        assert_eq!(aliases.expand("ps").unwrap(), "for k in self.__dict__: print(f'self.{k}')");
        assert_eq!(aliases.expand("two a b c").unwrap(), "p b, a b c");
        assert_eq!(aliases.expand("p two").unwrap(), "p two");
    }

    #[test]
    fn an_alias_may_name_the_command_of_its_own_name_and_circles_are_refused() {
        let mut aliases = Aliases::default();
        aliases.set("n", "n ;; l .");
        assert_eq!(aliases.expand("n").unwrap(), "n ;; l .");
        aliases.set("a1", "b1");
        aliases.set("b1", "a1");
        assert!(aliases.expand("a1").is_err());
    }
}
