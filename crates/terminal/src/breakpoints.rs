//! The breakpoints as the user numbers them, and what must be sent of them.
//!
//! Owned by the session, changed by the breakpoint commands. Invariant: a number is never used twice, and survives a
//! restart; the agent's own ids do not.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::locations::{Data, Place};

/// The truth about a breakpoint, as the agent told it.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Standing {
    /// Not sent: it is disabled, or no program runs.
    #[default]
    Unsent,
    /// It will stop here.
    Bound,
    /// It waits for something.
    Pending(String),
    /// It can never stop.
    Refused(String),
}

/// One breakpoint.
#[derive(Clone, Debug)]
pub struct Breakpoint {
    /// The user's number of it.
    pub number: u32,
    /// Where it was asked for.
    pub place: Place,
    /// It stops only where this is true.
    pub condition: Option<String>,
    /// It goes away with its first stop.
    pub temporary: bool,
    /// A disabled one is kept here and not sent.
    pub enabled: bool,
    /// What runs when it stops.
    pub commands: Vec<String>,
    /// How many stops it made, and hits it ignored.
    pub hits: u64,
    /// Where it stands.
    pub standing: Standing,
    /// What more the agent said of it: in how many functions it stands, what is not as it was asked for.
    pub note: Option<String>,
    /// Where it is, once that is known.
    pub at: Option<(PathBuf, i64)>,
    /// The column of its line that it stands at, if it does not stand on the line as a whole.
    pub column: Option<i64>,
    /// The column after the end of what it stands at, if that ends on the same line.
    pub end_column: Option<i64>,
    ignore: Option<Ignore>,
    id: Option<i64>,
}

/// Hits to be ignored. The agent counts a breakpoint's hits from when it was sent in its present form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ignore {
    hits: u64,
    per_task: bool,
    over: bool,
}

impl Breakpoint {
    fn new(number: u32, place: Place) -> Self {
        let at = match &place {
            Place::Line(file, line) | Place::Column(file, line, _) => Some((file.clone(), *line)),
            Place::Function(_) | Place::Data(_) => None,
        };
        let column = match &place {
            Place::Column(_, _, column) => Some(*column),
            Place::Line(..) | Place::Function(_) | Place::Data(_) => None,
        };
        Self {
            number,
            place,
            condition: None,
            temporary: false,
            enabled: true,
            commands: Vec::new(),
            hits: 0,
            standing: Standing::Unsent,
            note: None,
            at,
            column,
            end_column: None,
            ignore: None,
            id: None,
        }
    }

    /// The hit condition to send, if hits are to be ignored.
    pub fn hit_condition(&self) -> Option<String> {
        let each = |ignore: Ignore| if ignore.per_task { " per task" } else { "" };
        self.ignore.map(|ignore| format!("> {}{}", ignore.hits, each(ignore)))
    }

    /// How many of the next hits it ignores, as far as is known here.
    pub fn ignores(&self) -> u64 {
        self.ignore.map_or(0, |ignore| if ignore.over { 0 } else { ignore.hits })
    }

    /// True if it ignores the first hits of each task.
    pub fn ignores_per_task(&self) -> bool {
        self.ignore.is_some_and(|ignore| ignore.per_task)
    }

    /// Ignores the next hits, of each task if `per_task`. The breakpoint thereby changes, so the agent counts them from
    /// nothing.
    pub fn set_ignore(&mut self, hits: u64, per_task: bool) {
        self.ignore = (hits > 0).then_some(Ignore { hits, per_task, over: false });
    }

    /// Changes the condition. The agent counts from nothing again, so hits that were ignored already must not be again.
    pub fn set_condition(&mut self, condition: Option<String>) {
        self.condition = condition;
        self.renewed();
    }

    /// To be called when the agent forgets this breakpoint: it will count from nothing.
    fn renewed(&mut self) {
        self.id = None;
        self.ignore = self.ignore.filter(|ignore| !ignore.over);
    }

    /// Counts a stop, and the ignored hits before it.
    fn stopped(&mut self) {
        self.hits += 1;
        if let Some(ignore) = &mut self.ignore
            && !ignore.over
            && !ignore.per_task
        {
            self.hits += ignore.hits;
            ignore.over = true;
        }
    }

    /// The line it was asked for at; 0 for a function or data.
    pub fn line(&self) -> i64 {
        match &self.place {
            Place::Line(_, line) | Place::Column(_, line, _) => *line,
            Place::Function(_) | Place::Data(_) => 0,
        }
    }

    /// The column it was asked for at, if it was.
    pub fn wanted_column(&self) -> Option<i64> {
        match &self.place {
            Place::Column(_, _, column) => Some(*column),
            Place::Line(..) | Place::Function(_) | Place::Data(_) => None,
        }
    }

    /// The function it was asked for at; empty for a line or data.
    pub fn function(&self) -> &str {
        match &self.place {
            Place::Line(..) | Place::Column(..) | Place::Data(_) => "",
            Place::Function(name) => name,
        }
    }

    fn file(&self) -> Option<&Path> {
        match &self.place {
            Place::Line(file, _) | Place::Column(file, ..) => Some(file),
            Place::Function(_) | Place::Data(_) => None,
        }
    }

    /// What it watches, if it is a watchpoint.
    pub fn data(&self) -> Option<&Data> {
        match &self.place {
            Place::Data(data) => Some(data),
            Place::Line(..) | Place::Column(..) | Place::Function(_) => None,
        }
    }
}

/// What is sent as a whole: the breakpoints of a file, or those on functions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// All on lines of this file.
    File(PathBuf),
    /// All on functions.
    Functions,
    /// All on data.
    Data,
}

/// What the agent says of a breakpoint.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Answer {
    /// The agent's id of it.
    pub id: Option<i64>,
    /// Where it stands.
    pub standing: Standing,
    /// The file it is in.
    pub file: Option<PathBuf>,
    /// The line it is at.
    pub line: Option<i64>,
    /// The column it is at, if it does not stand on the line as a whole.
    pub column: Option<i64>,
    /// The column after the end of what it stands at, if that ends on the same line.
    pub end_column: Option<i64>,
    /// What more there is to say of one that stands.
    pub note: Option<String>,
}

/// What one process has said of the breakpoints, by their numbers.
#[derive(Clone, Debug, Default)]
pub struct Answers(BTreeMap<u32, Answer>);

impl Answers {
    /// It says something of some of them.
    pub fn take_in(&mut self, answers: Vec<(u32, Answer)>) {
        self.0.extend(answers);
    }

    /// It has news of one.
    pub fn changed(&mut self, news: Answer) {
        if let Some(answer) = self.0.values_mut().find(|answer| answer.id.is_some() && answer.id == news.id) {
            *answer = news;
        }
    }
}

/// All breakpoints of a session.
#[derive(Clone, Debug, Default)]
pub struct Breakpoints {
    all: Vec<Breakpoint>,
    last: u32,
}

impl Breakpoints {
    /// Adds one and gives it a number. It is not sent yet.
    pub fn add(&mut self, place: Place) -> &mut Breakpoint {
        self.last += 1;
        self.all.push(Breakpoint::new(self.last, place));
        let end = self.all.len() - 1;
        &mut self.all[end]
    }

    /// Takes back the one added last, so that a refused breakpoint uses up no number.
    pub fn take_back(&mut self, number: u32) {
        self.all.retain(|breakpoint| breakpoint.number != number);
        if number == self.last {
            self.last -= 1;
        }
    }

    /// Removes one.
    pub fn remove(&mut self, number: u32) -> Option<Breakpoint> {
        let index = self.all.iter().position(|breakpoint| breakpoint.number == number)?;
        Some(self.all.remove(index))
    }

    /// The one of this number.
    pub fn get(&self, number: u32) -> Option<&Breakpoint> {
        self.all.iter().find(|breakpoint| breakpoint.number == number)
    }

    /// The one of this number, to be changed.
    pub fn get_mut(&mut self, number: u32) -> Option<&mut Breakpoint> {
        self.all.iter_mut().find(|breakpoint| breakpoint.number == number)
    }

    /// All, by number.
    pub fn iter(&self) -> impl Iterator<Item = &Breakpoint> {
        self.all.iter()
    }

    /// The number of the newest one that still exists.
    pub fn newest(&self) -> Option<u32> {
        self.all.last().map(|breakpoint| breakpoint.number)
    }

    /// The group that one is sent with.
    pub fn group_of(&self, number: u32) -> Option<Group> {
        self.get(number).map(group)
    }

    /// All groups.
    pub fn groups(&self) -> BTreeSet<Group> {
        self.all.iter().map(group).collect()
    }

    /// The breakpoints of a group that are to be sent, in order.
    pub fn to_send(&self, of: &Group) -> Vec<&Breakpoint> {
        self.all.iter().filter(|breakpoint| breakpoint.enabled && group(breakpoint) == *of).collect()
    }

    /// Takes in the agent's answers to a group that was sent, in the order of [`Self::to_send`].
    pub fn answered(&mut self, of: &Group, answers: Vec<Answer>) {
        let mut answers = answers.into_iter();
        for breakpoint in self.all.iter_mut().filter(|breakpoint| group(breakpoint) == *of) {
            if !breakpoint.enabled {
                breakpoint.standing = Standing::Unsent;
                breakpoint.renewed();
            } else if let Some(answer) = answers.next() {
                settle(breakpoint, answer);
            }
        }
    }

    /// Takes in news of one, and gives its number if it is one of ours and the news is news.
    pub fn changed(&mut self, answer: Answer) -> Option<u32> {
        let breakpoint = self.all.iter_mut().find(|b| b.id.is_some() && b.id == answer.id)?;
        let before = (breakpoint.standing.clone(), breakpoint.at.clone());
        settle(breakpoint, answer);
        (before != (breakpoint.standing.clone(), breakpoint.at.clone())).then_some(breakpoint.number)
    }

    /// One has moved with its line, as its file was edited and reloaded.
    pub fn carry(&mut self, id: i64, to: i64) {
        let own = self.all.iter_mut().find(|breakpoint| breakpoint.id == Some(id));
        if let Some(Place::Line(_, line) | Place::Column(_, line, _)) = own.map(|own| &mut own.place) {
            *line = to;
        }
    }

    /// What the present process has said of them.
    pub fn answers(&self) -> Answers {
        let said = |breakpoint: &Breakpoint| Answer {
            id: breakpoint.id,
            standing: breakpoint.standing.clone(),
            file: breakpoint.at.as_ref().map(|(file, _)| file.clone()),
            line: breakpoint.at.as_ref().map(|(_, line)| *line),
            column: breakpoint.column,
            end_column: breakpoint.end_column,
            note: breakpoint.note.clone(),
        };
        Answers(self.all.iter().map(|breakpoint| (breakpoint.number, said(breakpoint))).collect())
    }

    /// Another process is the present one, which has said this.
    pub fn load(&mut self, answers: &Answers) {
        for breakpoint in &mut self.all {
            breakpoint.id = None;
            breakpoint.standing = Standing::Unsent;
            if let Some(answer) = answers.0.get(&breakpoint.number) {
                settle(breakpoint, answer.clone());
            }
        }
    }

    /// Counts a stop at those with these ids of the agent, and gives their numbers.
    pub fn stopped(&mut self, ids: &[i64]) -> Vec<u32> {
        let hit = self.all.iter_mut().filter(|breakpoint| breakpoint.id.is_some_and(|id| ids.contains(&id)));
        hit.map(|breakpoint| {
            breakpoint.stopped();
            breakpoint.number
        })
        .collect()
    }

    /// The program is gone: nothing is sent any more, and the agent of the next one counts from nothing. What watched the
    /// objects of this one is gone with it.
    pub fn forget_agent(&mut self) {
        self.all.retain(|breakpoint| breakpoint.data().is_none_or(|data| data.lasts));
        for breakpoint in &mut self.all {
            breakpoint.renewed();
            breakpoint.standing = Standing::Unsent;
        }
    }

    /// The lines of a file that have a breakpoint.
    pub fn lines_in(&self, file: &Path) -> BTreeSet<i64> {
        let at = self.all.iter().filter(|breakpoint| !matches!(breakpoint.standing, Standing::Refused(_)));
        at.filter_map(|breakpoint| breakpoint.at.as_ref())
            .filter(|(path, _)| path == file)
            .map(|(_, line)| *line)
            .collect()
    }

    /// Those asked for at, or standing at, this place.
    pub fn at_place(&self, place: &Place) -> Vec<u32> {
        let same = |breakpoint: &&Breakpoint| match place {
            Place::Line(file, line) => {
                breakpoint.place == *place || breakpoint.at.as_ref().is_some_and(|at| at.0 == *file && at.1 == *line)
            }
            Place::Column(file, line, column) => {
                let at = (breakpoint.at.as_ref(), breakpoint.column);
                breakpoint.place == *place || at == (Some(&(file.clone(), *line)), Some(*column))
            }
            Place::Function(_) | Place::Data(_) => breakpoint.place == *place,
        };
        self.all.iter().filter(same).map(|breakpoint| breakpoint.number).collect()
    }
}

fn group(breakpoint: &Breakpoint) -> Group {
    match &breakpoint.place {
        Place::Line(file, _) | Place::Column(file, ..) => Group::File(file.clone()),
        Place::Function(_) => Group::Functions,
        Place::Data(_) => Group::Data,
    }
}

fn settle(breakpoint: &mut Breakpoint, answer: Answer) {
    breakpoint.id = answer.id.or(breakpoint.id);
    breakpoint.standing = answer.standing;
    breakpoint.note = answer.note;
    let file = answer.file.or_else(|| breakpoint.file().map(Path::to_path_buf));
    if let (Some(file), Some(line)) = (file, answer.line) {
        breakpoint.at = Some((file, line));
        breakpoint.column = answer.column;
        breakpoint.end_column = answer.end_column;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bound(id: i64, line: i64) -> Answer {
        Answer { id: Some(id), standing: Standing::Bound, line: Some(line), ..Answer::default() }
    }

    fn place(line: i64) -> Place {
        Place::Line("/a.py".into(), line)
    }

    fn table(lines: &[i64]) -> (Breakpoints, Group) {
        let mut table = Breakpoints::default();
        for &line in lines {
            table.add(place(line));
        }
        (table, Group::File("/a.py".into()))
    }

    #[test]
    fn answers_are_matched_in_order_and_disabled_ones_left_out() {
        let (mut table, group) = table(&[3, 5, 7]);
        table.get_mut(2).unwrap().enabled = false;
        assert_eq!(table.to_send(&group).iter().map(|b| b.number).collect::<Vec<_>>(), [1, 3]);
        table.answered(&group, vec![bound(11, 3), bound(12, 8)]);
        assert_eq!(table.get(3).unwrap().at, Some(("/a.py".into(), 8)));
        assert_eq!(table.get(2).unwrap().standing, Standing::Unsent);
        assert_eq!(table.stopped(&[12, 99]), [3]);
        assert_eq!(table.at_place(&place(8)), [3]);
        assert_eq!(table.at_place(&place(7)), [3]);
    }

    #[test]
    fn ignored_hits_are_counted_once_and_never_ignored_again() {
        let (mut table, group) = table(&[3]);
        table.answered(&group, vec![bound(1, 3)]);
        table.stopped(&[1]);
        table.get_mut(1).unwrap().set_ignore(4, false);
        assert_eq!(table.get(1).unwrap().hit_condition().as_deref(), Some("> 4"));
        table.answered(&group, vec![bound(2, 3)]);
        table.stopped(&[2]);
        table.stopped(&[2]);
        let one = table.get(1).unwrap();
        assert_eq!((one.hits, one.ignores()), (7, 0));
        assert_eq!(one.hit_condition().as_deref(), Some("> 4"), "unchanged, or the agent would count anew");
        table.get_mut(1).unwrap().set_condition(Some("x".into()));
        assert_eq!(table.get(1).unwrap().hit_condition(), None);
    }

    #[test]
    fn numbers_are_not_used_twice_unless_the_breakpoint_never_was() {
        let (mut table, _) = table(&[3, 5]);
        table.remove(2);
        assert_eq!(table.add(place(6)).number, 3);
        table.take_back(3);
        assert_eq!(table.add(place(6)).number, 3);
        assert_eq!(table.newest(), Some(3));
    }

    #[test]
    fn a_pending_one_is_announced_only_when_something_changed() {
        let (mut table, group) = table(&[3]);
        let waiting = Answer { id: Some(5), standing: Standing::Pending("a.py".into()), ..Answer::default() };
        table.answered(&group, vec![waiting.clone()]);
        assert_eq!(table.changed(waiting), None);
        assert_eq!(table.changed(bound(5, 4)), Some(1));
        assert_eq!(table.changed(bound(6, 4)), None);
        table.forget_agent();
        assert_eq!(table.stopped(&[5]), [0_u32; 0]);
    }
}
