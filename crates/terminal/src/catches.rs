//! At which exceptions to stop, as the user numbers the filters.
//!
//! Owned by the session, changed by `catch`. Invariant: a number is never used twice, and survives a restart.

use pausa_dap::types::{ExceptionFilterOptions, SetExceptionBreakpointsArguments};

/// The names of the filters, as the agent has them.
pub const FILTERS: &[&str] = &["raised", "uncaught", "userUnhandled", "test", "unraisable", "task"];

/// One filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catch {
    /// The user's number of it.
    pub number: u32,
    /// Its name.
    pub filter: &'static str,
    /// What limits it, as the user wrote it.
    pub limits: String,
}

/// All of them.
#[derive(Clone, Debug)]
pub struct Catches {
    all: Vec<Catch>,
    last: u32,
}

impl Default for Catches {
    fn default() -> Self {
        Self { all: vec![Catch { number: 1, filter: "uncaught", limits: String::new() }], last: 1 }
    }
}

impl Catches {
    /// Those that there are, in the order of their numbers.
    pub fn all(&self) -> &[Catch] {
        &self.all
    }

    /// Adds what the user wrote: a filter's name and what limits it, or only that, which is then about raised exceptions.
    pub fn add(&mut self, text: &str) -> Catch {
        let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let named = FILTERS.iter().find(|name| name.eq_ignore_ascii_case(first));
        let (filter, limits) = named.map_or(("raised", text), |name| (*name, rest));
        self.last += 1;
        let catch = Catch { number: self.last, filter, limits: limits.trim().to_owned() };
        self.all.push(catch.clone());
        catch
    }

    /// Takes one back that was refused; its number was never said.
    pub fn take_back(&mut self, number: u32) {
        self.all.retain(|catch| catch.number != number);
        self.last = number - 1;
    }

    /// Removes one; None if there is none of that number.
    pub fn remove(&mut self, number: u32) -> Option<Catch> {
        let at = self.all.iter().position(|catch| catch.number == number)?;
        Some(self.all.remove(at))
    }

    /// All of them, for the agent; it answers in this order.
    pub fn to_send(&self) -> SetExceptionBreakpointsArguments {
        let options = self.all.iter().map(|catch| ExceptionFilterOptions {
            filter_id: catch.filter.to_owned(),
            condition: Some(catch.limits.clone()).filter(|limits| !limits.is_empty()),
            ..Default::default()
        });
        SetExceptionBreakpointsArguments { filter_options: Some(options.collect()), ..Default::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_names_no_filter_is_about_raised_exceptions() {
        let mut catches = Catches::default();
        let mut read = |text| {
            let catch = catches.add(text);
            (catch.number, catch.filter, catch.limits)
        };
        assert_eq!(read("KeyError if x"), (2, "raised", "KeyError if x".to_owned()));
        assert_eq!(read("userunhandled !KeyError"), (3, "userUnhandled", "!KeyError".to_owned()));
        assert_eq!(read("test"), (4, "test", String::new()));
    }

    #[test]
    fn a_number_is_used_once() {
        let mut catches = Catches::default();
        let refused = catches.add("a b").number;
        catches.take_back(refused);
        assert_eq!(catches.add("KeyError").number, 2);
        assert!(catches.remove(2).is_some() && catches.remove(2).is_none());
        assert_eq!(catches.add("KeyError").number, 3);
    }
}
