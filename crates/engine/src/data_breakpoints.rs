//! Data breakpoints: what is watched, for which kind of change, and how a change is told.
//!
//! Called by `session` (what the client wants) and by `cpython` (which watches the storage). Invariant: a data breakpoint
//! whose storage is gone is refused, with the reason, and never stops again.

use std::sync::Arc;

use crate::breakpoints::{BreakpointId, Standing};
use crate::hits::{HitCondition, Hits};
use crate::port::{FrameId, Handle};

/// Which kind of change is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Kind {
    /// The name, attribute or item comes to refer to another value.
    #[default]
    Rebinding,
    /// The object itself changes: its items or its attributes.
    Mutation,
}

impl Kind {
    /// The name of the kind in the protocol: a mode of data breakpoints.
    #[must_use]
    pub fn mode(self) -> &'static str {
        match self {
            Self::Rebinding => "rebinding",
            Self::Mutation => "mutation",
        }
    }

    /// Reads a mode; without one rebinding is meant.
    ///
    /// # Errors
    /// If there is no such mode: one line for the user.
    pub fn parse(mode: Option<&str>) -> Result<Self, String> {
        match mode {
            None | Some("rebinding") => Ok(Self::Rebinding),
            Some("mutation") => Ok(Self::Mutation),
            Some(other) => {
                Err(format!("there is no mode '{other}' of data breakpoints; there are rebinding and mutation"))
            }
        }
    }
}

/// At what a data breakpoint stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Access {
    /// At changes.
    #[default]
    Write,
    /// Where the value is read.
    Read,
    /// At both.
    ReadWrite,
}

impl Access {
    /// True if changes stop.
    #[must_use]
    pub fn writes(self) -> bool {
        self != Self::Read
    }

    /// True if reads stop.
    #[must_use]
    pub fn reads(self) -> bool {
        self != Self::Write
    }
}

/// What a client points at to have it watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A child of a scope or value, by the child's name.
    Child(Handle, String),
    /// An expression in a frame, or in `__main__` without one.
    Expression(Option<FrameId>, String),
}

/// What can be watched there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Info {
    /// Names it from now on: until the program resumes, and as long as a data breakpoint is on it.
    pub data_id: String,
    /// What it is, how it is watched and at which cost: one line.
    pub description: String,
    /// What can be stopped at.
    pub accesses: Vec<Access>,
    /// True if the id means the same in the next run of the program.
    pub can_persist: bool,
}

/// What a client sends of one data breakpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// From [`Info::data_id`].
    pub data_id: String,
    /// At what it stops.
    pub access: Access,
    /// Only when this expression is true, in the frame that stored.
    pub condition: Option<String>,
    /// Only at these hits.
    pub hit_condition: Option<HitCondition>,
    /// Set if the condition or the hit condition cannot be understood: refused with this text.
    pub fault: Option<String>,
}

/// A data breakpoint as it stands.
#[derive(Clone, Debug)]
pub struct DataBreakpoint {
    /// Its number, of the same row as the other breakpoints'.
    pub id: BreakpointId,
    /// What was asked for.
    pub wanted: Wanted,
    /// Hits so far, shared with what watches.
    pub hits: Arc<Hits>,
    /// Bound, or refused and why.
    pub standing: Standing,
    /// How it is watched and at which cost, if it is.
    pub note: Option<String>,
}

/// All data breakpoints of a debuggee.
#[derive(Debug, Default)]
pub struct DataBreakpoints {
    all: Vec<DataBreakpoint>,
}

impl DataBreakpoints {
    /// Puts these in place of all. One that was there before, unchanged, keeps its id, its hits and its standing; new ones
    /// are pending until [`DataBreakpoints::settle`].
    pub fn replace(&mut self, wanted: Vec<Wanted>, mut new_id: impl FnMut() -> BreakpointId) -> Vec<BreakpointId> {
        let mut old = std::mem::take(&mut self.all);
        for wanted in wanted {
            let same = old.iter().position(|breakpoint| breakpoint.wanted == wanted);
            self.all.push(match same {
                Some(at) => old.swap_remove(at),
                None => DataBreakpoint {
                    id: new_id(),
                    standing: match &wanted.fault {
                        Some(why) => Standing::Refused(why.clone()),
                        None => Standing::Pending("it to be watched".into()),
                    },
                    wanted,
                    hits: Arc::default(),
                    note: None,
                },
            });
        }
        self.all.iter().map(|breakpoint| breakpoint.id).collect()
    }

    /// The one of this number.
    #[must_use]
    pub fn get(&self, id: BreakpointId) -> Option<&DataBreakpoint> {
        self.all.iter().find(|breakpoint| breakpoint.id == id)
    }

    /// Says how one stands; gives it if that is news.
    pub fn settle(&mut self, id: BreakpointId, standing: Standing, note: Option<String>) -> Option<&DataBreakpoint> {
        let breakpoint = self.all.iter_mut().find(|breakpoint| breakpoint.id == id)?;
        let is_news = breakpoint.standing != standing;
        breakpoint.standing = standing;
        breakpoint.note = note;
        is_news.then_some(&*breakpoint)
    }

    /// All, in the client's order.
    pub fn iter(&self) -> impl Iterator<Item = &DataBreakpoint> {
        self.all.iter()
    }
}

/// How a change is told: `x: 1 -> 2`. None stands for a name without a value.
#[must_use]
pub fn change(what: &str, old: Option<&str>, new: Option<&str>) -> String {
    format!("{what}: {} -> {}", old.unwrap_or("not set"), new.unwrap_or("deleted"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(data_id: &str) -> Wanted {
        Wanted { data_id: data_id.into(), access: Access::Write, condition: None, hit_condition: None, fault: None }
    }

    #[test]
    fn sent_again_unchanged_it_keeps_its_id_hits_and_standing() {
        let mut all = DataBreakpoints::default();
        let mut last = 0;
        let mut next = || {
            last += 1;
            BreakpointId(last)
        };
        let first = all.replace(vec![wanted("a"), wanted("b")], &mut next);
        assert!(all.settle(first[1], Standing::Bound, None).is_some());
        assert!(all.settle(first[1], Standing::Bound, None).is_none(), "no news");
        all.get(first[1]).unwrap().hits.count();
        let conditional = Wanted { condition: Some("x".into()), ..wanted("a") };
        let second = all.replace(vec![wanted("b"), conditional], &mut next);
        assert_eq!((second[0], second[1]), (first[1], BreakpointId(3)));
        assert_eq!(all.get(second[0]).unwrap().hits.so_far(), 1);
        assert_eq!(all.get(second[0]).unwrap().standing, Standing::Bound);
        assert!(all.get(first[0]).is_none());
        let faulty = Wanted { fault: Some("no".into()), ..wanted("c") };
        let third = all.replace(vec![faulty], &mut next);
        assert_eq!(all.get(third[0]).unwrap().standing, Standing::Refused("no".into()));
    }

    #[test]
    fn a_change_is_one_line() {
        assert_eq!(change("x", Some("1"), Some("2")), "x: 1 -> 2");
        assert_eq!(change("x", None, Some("2")), "x: not set -> 2");
        assert_eq!(change("d['k']", Some("1"), None), "d['k']: 1 -> deleted");
    }

    #[test]
    fn modes_have_names() {
        assert_eq!(Kind::parse(None), Ok(Kind::Rebinding));
        assert_eq!(Kind::parse(Some(Kind::Mutation.mode())), Ok(Kind::Mutation));
        assert!(Kind::parse(Some("hardware")).is_err());
    }
}
