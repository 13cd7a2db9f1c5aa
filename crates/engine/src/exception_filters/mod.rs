//! At which exceptions to stop: filters, each for one occasion in an exception's life, limited by types, modules, a
//! condition and a number of hits. Set by `session`, asked by `cpython`.
//!
//! Invariant: types and modules are decided by names alone, so that no code of the program runs for them.

mod modules;
mod text;
mod types;

use std::sync::Arc;

pub use modules::ModulePatterns;
pub use text::Limits;
pub use types::TypeCondition;

use crate::hits::{HitCondition, Hits};

/// Exceptions by which the interpreter ends what goes as it should.
const ENDS: &[&str] = &["StopIteration", "StopAsyncIteration", "GeneratorExit"];

/// Exceptions by which a program ends because somebody wants it to.
const ON_PURPOSE: &[&str] = &["SystemExit", "KeyboardInterrupt", "GeneratorExit"];

/// Exceptions by which a test is left that has not failed: unittest's and pytest's.
const OUTCOMES: &[&str] = &["unittest.case.SkipTest", "Skipped", "XFailed", "unittest.case._ShouldStop"];

/// Exceptions that a coroutine is ended by from outside.
const CANCELLED: &str = "asyncio.exceptions.CancelledError";

/// What happens to an exception, or is going to; what says more about it comes later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Occasion {
    /// It comes into the user's code, where it is raised or called from.
    Raised,
    /// The user's code will not catch it, the library that called it may.
    UserUnhandled,
    /// Nothing will catch it.
    Uncaught,
    /// It will leave a test's function, for the test framework to report.
    Test,
    /// Nobody can have it: it leaves a destructor or a callback of the interpreter.
    Unraisable,
    /// It comes to an event loop's exception handler: a task or a future whose exception nobody has asked for.
    Task,
}

impl Occasion {
    /// All of them, in the order in which users are told of them.
    pub const ALL: [Self; 6] =
        [Self::Raised, Self::Uncaught, Self::UserUnhandled, Self::Test, Self::Unraisable, Self::Task];

    /// Its name, as clients and users write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Raised => "raised",
            Self::Uncaught => "uncaught",
            Self::UserUnhandled => "userUnhandled",
            Self::Test => "test",
            Self::Unraisable => "unraisable",
            Self::Task => "task",
        }
    }

    /// What people are told of a stop at it.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::Raised => "Raised exception",
            Self::UserUnhandled => "User-unhandled exception",
            Self::Uncaught => "Uncaught exception",
            Self::Test => "Test-failing exception",
            Self::Unraisable => "Unraisable exception",
            Self::Task => "Unretrieved exception",
        }
    }

    /// The occasion of a name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|occasion| occasion.name() == name)
    }
}

/// A set of occasions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Occasions(u8);

impl Occasions {
    /// None.
    pub const NONE: Self = Self(0);

    /// These.
    #[must_use]
    pub const fn of(occasions: &[Occasion]) -> Self {
        let (mut bits, mut rest) = (0, occasions);
        while let [occasion, others @ ..] = rest {
            bits |= 1 << *occasion as u8;
            rest = others;
        }
        Self(bits)
    }

    /// True if there is none in it.
    #[inline]
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// True if this one is in it.
    #[inline]
    #[must_use]
    pub const fn has(self, occasion: Occasion) -> bool {
        self.0 & (1 << occasion as u8) != 0
    }

    /// Those that are in both.
    #[inline]
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Those of either.
    #[inline]
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those that are not in the other.
    #[inline]
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Those in it, in the order of [`Occasion::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Occasion> {
        Occasion::ALL.into_iter().filter(move |&occasion| self.has(occasion))
    }
}

/// One filter.
#[derive(Clone, Debug)]
pub struct ExceptionFilter {
    /// When it looks.
    pub occasion: Occasion,
    /// What it wants to see then.
    pub limits: Limits,
    /// How often there was such an exception.
    pub hits: Arc<Hits>,
}

impl ExceptionFilter {
    /// A filter that has seen nothing yet.
    #[must_use]
    pub fn new(occasion: Occasion, limits: Limits) -> Self {
        Self { occasion, limits, hits: Arc::default() }
    }

    /// True for exceptions whose type and bases have these names. Those that are no faults must be named.
    #[must_use]
    pub fn means(&self, lineage: &[String]) -> bool {
        let types = &self.limits.types;
        types.holds(lineage) && (types.names(lineage) || !is_no_fault(self.occasion, lineage))
    }

    /// Counts an exception for which all else holds; true if it is one of those that the user wants.
    #[must_use]
    pub fn counts(&self) -> bool {
        let hits = self.hits.count();
        self.limits.hits.is_none_or(|condition: HitCondition| condition.holds(hits))
    }
}

/// What a filter passes over unless it is named.
fn is_no_fault(occasion: Occasion, lineage: &[String]) -> bool {
    let is_any = |names: &[&str]| lineage.iter().any(|name| names.contains(&name.as_str()));
    let is_end = || lineage.first().is_some_and(|name| name == "StopIteration");
    match occasion {
        Occasion::Raised => is_any(ENDS),
        Occasion::Uncaught => is_any(ON_PURPOSE) || is_end(),
        Occasion::UserUnhandled => is_any(ENDS) || is_any(ON_PURPOSE) || is_any(OUTCOMES) || is_any(&[CANCELLED]),
        Occasion::Test => {
            let is_outcome = || lineage.iter().any(|name| OUTCOMES.iter().any(|end| types::is_name_of(end, name)));
            is_any(ON_PURPOSE) || is_end() || is_outcome()
        }
        Occasion::Unraisable | Occasion::Task => false,
    }
}

/// What the user wants to stop at.
#[derive(Clone, Debug, Default)]
pub struct ExceptionFilters {
    filters: Vec<ExceptionFilter>,
}

impl ExceptionFilters {
    /// Adds a filter.
    pub fn add(&mut self, filter: ExceptionFilter) {
        self.filters.push(filter);
    }

    /// Leaves these types out of all filters.
    pub fn leave_out(&mut self, names: &[String]) {
        for filter in &mut self.filters {
            filter.limits.types.leave_out(names);
        }
    }

    /// Takes over the hits of filters that were there before.
    #[must_use]
    pub fn after(mut self, before: &Self) -> Self {
        for filter in &mut self.filters {
            let same = |old: &&ExceptionFilter| old.occasion == filter.occasion && old.limits == filter.limits;
            if let Some(old) = before.filters.iter().find(same) {
                filter.hits = old.hits.clone();
            }
        }
        self
    }

    /// The occasions that there is a filter for.
    #[must_use]
    pub fn occasions(&self) -> Occasions {
        let all = self.filters.iter().map(|filter| filter.occasion);
        all.fold(Occasions::NONE, |found, occasion| found.or(Occasions::of(&[occasion])))
    }

    /// The occasions at which an exception may stop whose type and bases have these names.
    #[must_use]
    pub fn meant(&self, lineage: &[String]) -> Occasions {
        let means = self.filters.iter().filter(|filter| filter.means(lineage));
        means.fold(Occasions::NONE, |found, filter| found.or(Occasions::of(&[filter.occasion])))
    }

    /// The filters for an occasion that mean exceptions of a type.
    pub fn at<'a>(&'a self, occasion: Occasion, lineage: &'a [String]) -> impl Iterator<Item = &'a ExceptionFilter> {
        self.filters.iter().filter(move |filter| filter.occasion == occasion && filter.means(lineage))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lineage(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    fn filter(occasion: Occasion, condition: &str) -> ExceptionFilter {
        ExceptionFilter::new(occasion, Limits::parse(condition).unwrap())
    }

    #[test]
    fn what_is_no_fault_must_be_named() {
        let exit = lineage(&["SystemExit", "BaseException", "object"]);
        assert!(!filter(Occasion::Uncaught, "").means(&exit));
        assert!(!filter(Occasion::Uncaught, "!KeyError").means(&exit));
        assert!(filter(Occasion::Uncaught, "SystemExit").means(&exit));
        let skipped = lineage(&["_pytest.outcomes.Skipped", "_pytest.outcomes.OutcomeException", "BaseException"]);
        assert!(!filter(Occasion::Test, "").means(&skipped) && filter(Occasion::Raised, "").means(&skipped));
        let stop = lineage(&["StopIteration", "Exception", "BaseException"]);
        assert!(!filter(Occasion::Raised, "").means(&stop));
        let derived = lineage(&["app.Stop", "StopIteration", "Exception", "BaseException"]);
        assert!(filter(Occasion::Uncaught, "").means(&derived));
    }

    #[test]
    fn a_type_is_meant_at_the_occasions_whose_filters_mean_it() {
        let mut filters = ExceptionFilters::default();
        filters.add(filter(Occasion::Raised, "KeyError"));
        filters.add(filter(Occasion::Uncaught, ""));
        filters.add(filter(Occasion::Test, "!ValueError"));
        let value = lineage(&["ValueError", "Exception", "BaseException"]);
        assert_eq!(filters.meant(&value), Occasions::of(&[Occasion::Uncaught]));
        let key = lineage(&["KeyError", "LookupError", "Exception"]);
        assert_eq!(filters.meant(&key), filters.occasions());
        filters.leave_out(&["LookupError".to_owned()]);
        assert!(filters.meant(&key).is_empty());
    }

    #[test]
    fn a_filter_that_stays_keeps_its_hits() {
        let mut before = ExceptionFilters::default();
        before.add(filter(Occasion::Raised, "KeyError hit 2"));
        let counts =
            |filters: &ExceptionFilters| filters.filters.iter().map(|filter| filter.counts()).collect::<Vec<_>>();
        assert_eq!(counts(&before), [false]);
        let mut same = ExceptionFilters::default();
        same.add(filter(Occasion::Raised, "KeyError hit 3"));
        same.add(filter(Occasion::Raised, "KeyError hit 2"));
        assert_eq!(counts(&same.after(&before)), [false, true]);
    }
}
