//! The breakpoints a user has set, where each one stands, and which of them live in a given code object.
//!
//! Called by `cpython` when breakpoints are set and when code objects appear. Invariant: a breakpoint's standing says
//! the truth: bound to code that exists, pending on something named, or refused for a reason.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use crate::by_task::ByTask;
use crate::code::{CodeFacts, last_line_with_code, next_line_with_code};
use crate::function_breakpoints::{FoundIn, FunctionPlace, Moment};
use crate::hits::{HitCondition, Hits};
use crate::places;
use crate::port::Line;

/// A breakpoint's number, stable as long as the client sends the same breakpoint again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BreakpointId(pub i64);

/// Where the user wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A line of a file; the file by its real path.
    Line(String, Line),
    /// A column of a line, in UTF-16 code units from 1.
    Column(String, Line, u32),
    /// An instruction: the number of its code object, and where it is in that one, in bytes.
    Instruction(u32, u32),
    /// A moment of a function's calls.
    Function(FunctionPlace),
}

/// What a client sends of one breakpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Where.
    pub place: Place,
    /// Only when this expression is true.
    pub condition: Option<String>,
    /// Only in some tasks, or hits counted for each by itself.
    pub tasks: ByTask,
    /// Only at these hits.
    pub hit_condition: Option<HitCondition>,
    /// Print this instead of stopping.
    pub log_message: Option<String>,
    /// Set if the condition or the hit condition cannot be understood: refused with this text.
    pub fault: Option<String>,
}

/// The truth about a breakpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// In code that exists.
    Bound,
    /// In no code yet; the text says what it waits for.
    Pending(String),
    /// It can never stop; the text says why.
    Refused(String),
}

/// A breakpoint as it stands.
#[derive(Clone, Debug)]
pub struct Breakpoint {
    /// Its number.
    pub id: BreakpointId,
    /// What was asked for.
    pub wanted: Wanted,
    /// Hits so far, shared with the code it is armed in.
    pub hits: Arc<Hits>,
    /// Where it stands.
    pub standing: Standing,
    /// File and line of its place, once known: after moving to a line with code.
    pub at: Option<(String, Line)>,
    /// Set for one that was asked for by way of an object or an inheriting class: the function that this means.
    pub found: Option<FoundIn>,
    /// Of a pattern: in how many functions it stood when it was last resolved.
    pub functions: usize,
    /// Where on its line, if it was asked for a column and that is known.
    pub part: Option<places::Place>,
    /// Why it stands on the whole line although it was asked for a column.
    pub whole_line: Option<String>,
}

impl Breakpoint {
    /// The function place, if it is on functions.
    #[must_use]
    pub fn function(&self) -> Option<&FunctionPlace> {
        match &self.wanted.place {
            Place::Function(place) => Some(place),
            Place::Line(..) | Place::Column(..) | Place::Instruction(..) => None,
        }
    }

    /// True if it stands in this code by its name, or by what was found for it.
    fn means(&self, place: &FunctionPlace, code: &CodeFacts, in_scope: bool) -> bool {
        if self.wanted.fault.is_some() {
            return false;
        }
        if let Some(found) = &self.found {
            return found.is(code);
        }
        let is_meant = place.name.is_pattern() || self.at.as_ref().is_none_or(|(file, _)| *file == code.file);
        is_meant && (in_scope || place.name.is_wide()) && place.name.matches(code)
    }

    /// `stands in 3 functions`, for a pattern.
    #[must_use]
    pub fn spread(&self) -> Option<String> {
        let is_pattern = self.found.is_none() && self.function().is_some_and(|place| place.name.is_pattern());
        let noun = if self.functions == 1 { "function" } else { "functions" };
        (is_pattern && self.standing == Standing::Bound).then(|| format!("stands in {} {noun}", self.functions))
    }

    /// `moved from line 9, which has no code`, if it was.
    #[must_use]
    pub fn moved(&self) -> Option<String> {
        match (&self.wanted.place, &self.at) {
            (Place::Line(_, wanted) | Place::Column(_, wanted, _), Some((_, line))) if wanted != line => {
                Some(format!("moved from line {wanted}, which has no code"))
            }
            _ => None,
        }
    }
}

/// What is known of a place's code when a breakpoint is resolved.
#[derive(Debug)]
pub struct Known<'a> {
    /// The codes of the file, live or compiled from its text; empty if there is no such text yet.
    pub codes: &'a [CodeFacts],
    /// True if they are live.
    pub loaded: bool,
    /// What to say if nothing fits.
    pub otherwise: Standing,
}

/// All breakpoints of a debuggee.
#[derive(Debug, Default)]
pub struct Breakpoints {
    all: HashMap<BreakpointId, Breakpoint, BuildHasherDefault<Spread>>,
    by_file: HashMap<String, Vec<BreakpointId>>,
    /// Those that have a line, by it: each code object of the file asks for its own.
    by_line: HashMap<String, Vec<(Line, BreakpointId)>>,
    functions: Vec<BreakpointId>,
    instructions: Vec<BreakpointId>,
    last_id: i64,
}

/// Spreads ids over a table. They are ours, a row of small numbers: nobody chooses them to collide.
#[derive(Debug, Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_i64(i64::from(*byte)));
    }

    fn write_i64(&mut self, id: i64) {
        // An odd number near 2^64 divided by the golden ratio.
        self.0 = (self.0 ^ id.cast_unsigned()).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

impl Breakpoints {
    /// Puts these in place of all breakpoints of a file. One that was there before, unchanged, keeps its id and hits.
    pub fn replace_in_file(&mut self, file: &str, wanted: Vec<Wanted>) -> Vec<BreakpointId> {
        let old = self.by_file.remove(file).unwrap_or_default();
        let ids = self.replace(old, wanted);
        self.by_line.remove(file);
        if !ids.is_empty() {
            self.by_file.insert(file.to_owned(), ids.clone());
        }
        for &id in &ids {
            let at = self.all.get(&id).and_then(|breakpoint| breakpoint.at.clone());
            self.move_line(id, None, at.as_ref());
        }
        ids
    }

    /// Keeps the order by lines when a breakpoint on a line moves.
    fn move_line(&mut self, id: BreakpointId, from: Option<&(String, Line)>, to: Option<&(String, Line)>) {
        if let Some((file, line)) = from
            && let Some(lines) = self.by_line.get_mut(file)
            && let Ok(at) = lines.binary_search(&(*line, id))
        {
            lines.remove(at);
        }
        if let Some((file, line)) = to {
            let lines = self.by_line.entry(file.clone()).or_default();
            if let Err(at) = lines.binary_search(&(*line, id)) {
                lines.insert(at, (*line, id));
            }
        }
    }

    /// Puts these in place of all function breakpoints.
    pub fn replace_functions(&mut self, wanted: Vec<Wanted>) -> Vec<BreakpointId> {
        let old = std::mem::take(&mut self.functions);
        self.functions = self.replace(old, wanted);
        self.functions.clone()
    }

    /// Puts these in place of all breakpoints on instructions.
    pub fn replace_instructions(&mut self, wanted: Vec<Wanted>) -> Vec<BreakpointId> {
        let old = std::mem::take(&mut self.instructions);
        self.instructions = self.replace(old, wanted);
        self.instructions.clone()
    }

    fn replace(&mut self, mut old: Vec<BreakpointId>, wanted: Vec<Wanted>) -> Vec<BreakpointId> {
        let ids = wanted
            .into_iter()
            .map(|wanted| {
                let same = old.iter().position(|id| self.all.get(id).is_some_and(|b| b.wanted == wanted));
                match same {
                    Some(at) => old.swap_remove(at),
                    None => self.add(wanted),
                }
            })
            .collect();
        for id in old {
            self.all.remove(&id);
        }
        ids
    }

    /// A number that no breakpoint of any kind has had.
    pub fn new_id(&mut self) -> BreakpointId {
        self.last_id += 1;
        BreakpointId(self.last_id)
    }

    fn add(&mut self, wanted: Wanted) -> BreakpointId {
        let id = self.new_id();
        let standing = match &wanted.fault {
            Some(why) => Standing::Refused(why.clone()),
            None => Standing::Pending("it to be resolved".into()),
        };
        let breakpoint = Breakpoint {
            id,
            wanted,
            hits: Arc::default(),
            standing,
            at: None,
            found: None,
            functions: 0,
            part: None,
            whole_line: None,
        };
        self.all.insert(id, breakpoint);
        id
    }

    /// The breakpoint of this number.
    #[must_use]
    pub fn get(&self, id: BreakpointId) -> Option<&Breakpoint> {
        self.all.get(&id)
    }

    /// True if there is any breakpoint in this file, or one on a function.
    #[must_use]
    pub fn concern(&self, file: &str) -> bool {
        !self.functions.is_empty() || self.by_file.contains_key(file)
    }

    /// True if there is no breakpoint at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The breakpoints on lines of this file.
    #[must_use]
    pub fn in_file(&self, file: &str) -> &[BreakpointId] {
        self.by_file.get(file).map_or(&[], Vec::as_slice)
    }

    /// The function breakpoints.
    #[must_use]
    pub fn on_functions(&self) -> &[BreakpointId] {
        &self.functions
    }

    /// The breakpoints on instructions.
    #[must_use]
    pub fn on_instructions(&self) -> &[BreakpointId] {
        &self.instructions
    }

    /// True if a breakpoint of this file was asked for a column.
    #[must_use]
    pub fn want_columns(&self, file: &str) -> bool {
        let is_column = |id| self.all.get(id).is_some_and(|b| matches!(b.wanted.place, Place::Column(..)));
        self.in_file(file).iter().any(is_column)
    }

    /// Finds out where on its line a breakpoint stands that was asked for a column: at one of the places of its file, or
    /// on the whole line, for a reason.
    pub fn locate(&mut self, id: BreakpointId, places: Result<&[places::Place], &str>) {
        let Some(breakpoint) = self.all.get_mut(&id) else { return };
        let Place::Column(_, line, column) = breakpoint.wanted.place else { return };
        breakpoint.part = places.ok().and_then(|places| places::at_column(places, line, column)).cloned();
        breakpoint.whole_line = places.err().map(str::to_owned);
    }

    /// Says of a breakpoint on an instruction where that is, or why there is none.
    pub fn put_on_instruction(&mut self, id: BreakpointId, at: Result<(String, Line), String>) {
        let Some(breakpoint) = self.all.get_mut(&id).filter(|breakpoint| breakpoint.wanted.fault.is_none()) else {
            return;
        };
        (breakpoint.standing, breakpoint.at) = match at {
            Ok(at) => (Standing::Bound, Some(at)),
            Err(why) => (Standing::Refused(why), None),
        };
    }

    /// The breakpoints that may live in a code object but not on one of its lines as a whole, with their parts.
    #[must_use]
    pub fn parts_in(&self, code: &CodeFacts) -> Vec<(places::Part, BreakpointId)> {
        let (first, last) = code.span;
        let here = |breakpoint: &&Breakpoint| !matches!(breakpoint.standing, Standing::Refused(_));
        let all = self.in_file(&code.file).iter().filter_map(|id| self.all.get(id)).filter(here);
        all.filter_map(|breakpoint| Some((breakpoint.part.as_ref()?.part.clone(), breakpoint.id)))
            .filter(|(part, _)| first <= part.span.end.0 && part.span.start.0 <= last)
            .collect()
    }

    /// The breakpoints on instructions of the code object of this number, with where they are in it.
    #[must_use]
    pub fn instructions_of(&self, code: u32) -> Vec<(u32, BreakpointId)> {
        let all = self.instructions.iter().filter_map(|id| self.all.get(id));
        all.filter_map(|breakpoint| match breakpoint.wanted.place {
            Place::Instruction(of, offset) if of == code && breakpoint.standing == Standing::Bound => {
                Some((offset, breakpoint.id))
            }
            _ => None,
        })
        .collect()
    }

    /// The files with breakpoints on lines.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.by_file.keys().map(String::as_str)
    }

    /// A breakpoint on a line is wanted at another one, as the text has changed.
    pub fn carry(&mut self, id: BreakpointId, to: Line) {
        let place = self.all.get_mut(&id).map(|breakpoint| &mut breakpoint.wanted.place);
        if let Some(Place::Line(_, line) | Place::Column(_, line, _)) = place {
            *line = to;
        }
    }

    /// Finds a breakpoint's place among the codes known; true if that changed where it stands.
    pub fn resolve(&mut self, id: BreakpointId, known: &Known<'_>) -> bool {
        let Some(breakpoint) = self.all.get_mut(&id) else { return false };
        if breakpoint.wanted.fault.is_some() {
            return false;
        }
        let before = (breakpoint.standing.clone(), breakpoint.at.clone());
        let found = match &breakpoint.wanted.place {
            Place::Line(file, line) => resolve_line(file, *line, known).map(Some),
            Place::Column(file, line, _) => match &breakpoint.part {
                Some(place) => Ok(Some((file.clone(), place.line))),
                None => resolve_line(file, *line, known).map(Some),
            },
            Place::Instruction(..) => return false,
            Place::Function(place) if place.name.is_pattern() && breakpoint.found.is_none() => {
                breakpoint.functions = known.codes.iter().filter(|code| place.name.matches(code)).count();
                if breakpoint.functions > 0 { Ok(None) } else { Err(known.otherwise.clone()) }
            }
            Place::Function(place) => resolve_function(place, breakpoint.found.as_ref(), known).map(Some),
        };
        (breakpoint.standing, breakpoint.at) = match found {
            Ok(at) if known.loaded => (Standing::Bound, at),
            Ok(at) => (known.otherwise.clone(), at),
            Err(standing) => (standing, breakpoint.at.clone()),
        };
        let at = breakpoint.at.clone();
        let has_changed = before != (breakpoint.standing.clone(), at.clone());
        let is_of_file = matches!(breakpoint.wanted.place, Place::Line(..) | Place::Column(..));
        if before.1 != at && is_of_file {
            self.move_line(id, before.1.as_ref(), at.as_ref());
        }
        has_changed
    }

    /// A function breakpoint means this function, though it was asked for by another name.
    pub fn means(&mut self, id: BreakpointId, found: FoundIn) {
        if let Some(breakpoint) = self.all.get_mut(&id) {
            breakpoint.found = Some(found);
        }
    }

    /// Refuses all breakpoints that wait for code, and gives them back.
    pub fn refuse_pending(&mut self, why: &str) -> Vec<Breakpoint> {
        let pending = self.all.values_mut().filter(|breakpoint| matches!(breakpoint.standing, Standing::Pending(_)));
        let refused = pending.map(|breakpoint| {
            breakpoint.standing = Standing::Refused(why.to_owned());
            breakpoint.clone()
        });
        refused.collect()
    }

    /// Refuses a breakpoint.
    pub fn refuse(&mut self, id: BreakpointId, why: String) {
        if let Some(breakpoint) = self.all.get_mut(&id) {
            breakpoint.standing = Standing::Refused(why);
        }
    }

    /// Makes a breakpoint pending, its place known.
    pub fn wait_for(&mut self, id: BreakpointId, what: String) {
        if let Some(breakpoint) = self.all.get_mut(&id) {
            breakpoint.standing = Standing::Pending(what);
        }
    }

    /// The breakpoints that live in a code object, with the line each is armed at.
    #[must_use]
    pub fn sites(&self, code: &CodeFacts, in_scope: bool) -> Vec<(Line, BreakpointId)> {
        let mut sites = Vec::new();
        let lines = self.by_line.get(&code.file).map_or(&[][..], Vec::as_slice);
        if let (Some(&first), Some(&last)) = (code.lines.first(), code.lines.last()) {
            let near = lines.iter().skip(lines.partition_point(|&(line, _)| line < first));
            let own = near.take_while(|&&(line, _)| line <= last).filter(|&&(line, _)| code.has_line(line));
            let is_refused = |breakpoint: &Breakpoint| matches!(breakpoint.standing, Standing::Refused(_));
            let is_here = |breakpoint: &Breakpoint| breakpoint.part.is_none() && !is_refused(breakpoint);
            sites.extend(own.filter(|(_, id)| self.all.get(id).is_some_and(is_here)));
        }
        for (breakpoint, _) in self.in_code(code, in_scope).filter(|(_, place)| place.moment == Moment::Entry) {
            sites.extend(code.entry.map(|line| (line, breakpoint.id)));
        }
        sites.sort_unstable();
        sites
    }

    /// The breakpoints that wait for calls of a code object to end, and for how they end.
    #[must_use]
    pub fn endings(&self, code: &CodeFacts, in_scope: bool) -> Vec<(Moment, BreakpointId)> {
        let all = self.in_code(code, in_scope).filter(|(_, place)| place.moment != Moment::Entry);
        all.map(|(breakpoint, place)| (place.moment, breakpoint.id)).collect()
    }

    /// True if any breakpoint waits for an exception to leave a function.
    #[must_use]
    pub fn wait_for_raise(&self) -> bool {
        let all = self.functions.iter().filter_map(|id| self.all.get(id));
        all.filter_map(Breakpoint::function).any(|place| place.moment == Moment::Raise)
    }

    fn in_code<'a>(
        &'a self,
        code: &'a CodeFacts,
        in_scope: bool,
    ) -> impl Iterator<Item = (&'a Breakpoint, &'a FunctionPlace)> {
        let all = self.functions.iter().filter_map(|id| self.all.get(id));
        let places = all.filter_map(|breakpoint| Some((breakpoint, breakpoint.function()?)));
        places.filter(move |(breakpoint, place)| breakpoint.means(place, code, in_scope))
    }
}

fn resolve_line(file: &str, wanted: Line, known: &Known<'_>) -> Result<(String, Line), Standing> {
    if known.codes.is_empty() {
        return Err(known.otherwise.clone());
    }
    next_line_with_code(known.codes, wanted).map(|line| (file.to_owned(), line)).ok_or_else(|| {
        let last = last_line_with_code(known.codes).unwrap_or(0);
        Standing::Refused(format!("line {wanted} is past the last line with code, {last}"))
    })
}

fn resolve_function(
    place: &FunctionPlace,
    found: Option<&FoundIn>,
    known: &Known<'_>,
) -> Result<(String, Line), Standing> {
    let is_meant = |code: &&CodeFacts| found.map_or_else(|| place.name.matches(code), |found| found.is(code));
    let found = known.codes.iter().filter(is_meant).min_by_key(|code| code.span);
    found.and_then(|code| code.entry.map(|line| (code.file.clone(), line))).ok_or_else(|| known.otherwise.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::CodeKind;

    fn line(line: Line) -> Wanted {
        Wanted {
            place: Place::Line("/a.py".into(), line),
            condition: None,
            tasks: ByTask::default(),
            hit_condition: None,
            log_message: None,
            fault: None,
        }
    }

    fn code(lines: &[Line]) -> CodeFacts {
        CodeFacts {
            file: "/a.py".into(),
            qualname: "f".into(),
            kind: CodeKind::Function,
            lines: lines.into(),
            entry: lines.first().copied(),
            start_line: 1,
            span: (1, 9),
        }
    }

    fn known(codes: &[CodeFacts]) -> Known<'_> {
        Known { codes, loaded: true, otherwise: Standing::Pending("/a.py to be imported".into()) }
    }

    #[test]
    fn sent_again_it_keeps_its_id_and_hits_and_several_share_a_line() {
        let mut all = Breakpoints::default();
        let with_condition = Wanted { condition: Some("x".into()), ..line(2) };
        let first = all.replace_in_file("/a.py", vec![line(2), with_condition.clone()]);
        all.get(first[0]).unwrap().hits.count();
        let second = all.replace_in_file("/a.py", vec![line(5), with_condition, line(2)]);
        assert_eq!((second[1], second[2]), (first[1], first[0]));
        assert_eq!(all.get(second[2]).unwrap().hits.so_far(), 1);
        assert!(all.replace_in_file("/a.py", vec![]).is_empty());
        assert!(all.is_empty() && !all.concern("/a.py"));
    }

    #[test]
    fn a_line_without_code_moves_down_and_past_the_end_is_refused() {
        let mut all = Breakpoints::default();
        let ids = all.replace_in_file("/a.py", vec![line(3), line(7)]);
        let codes = [code(&[2, 4]), code(&[6])];
        for &id in &ids {
            all.resolve(id, &known(&codes));
        }
        let moved = all.get(ids[0]).unwrap();
        assert_eq!((moved.at.clone(), &moved.standing), (Some(("/a.py".into(), 4)), &Standing::Bound));
        assert_eq!(moved.moved().unwrap(), "moved from line 3, which has no code");
        assert!(matches!(&all.get(ids[1]).unwrap().standing, Standing::Refused(why) if why.contains("past the last")));
        assert_eq!(all.sites(&codes[0], true), [(4, ids[0])]);
        assert_eq!(all.sites(&codes[1], true), []);
    }

    #[test]
    fn a_function_is_pending_until_its_code_is_there() {
        let mut all = Breakpoints::default();
        let place = Place::Function(FunctionPlace::parse("f").unwrap());
        let ids = all.replace_functions(vec![Wanted { place, ..line(0) }]);
        assert!(all.resolve(ids[0], &known(&[])));
        assert!(matches!(all.get(ids[0]).unwrap().standing, Standing::Pending(_)));
        assert!(all.resolve(ids[0], &known(&[code(&[2, 4])])));
        assert_eq!(all.sites(&code(&[2, 4]), true), [(2, ids[0])]);
        assert_eq!(all.sites(&code(&[2, 4]), false), [], "a bare name stays in the user's code");
    }

    #[test]
    fn a_pattern_stands_in_many_and_endings_are_no_lines() {
        let mut all = Breakpoints::default();
        let place = |text: &str| Wanted { place: Place::Function(FunctionPlace::parse(text).unwrap()), ..line(0) };
        let ids = all.replace_functions(vec![place("f*"), place("f return"), place("f raise")]);
        let codes = [code(&[2, 4]), CodeFacts { qualname: "f2".into(), file: "/b.py".into(), ..code(&[7]) }];
        for &id in &ids {
            all.resolve(id, &known(&codes));
        }
        assert_eq!(all.get(ids[0]).unwrap().spread().unwrap(), "stands in 2 functions");
        assert_eq!(all.sites(&codes[0], true), [(2, ids[0])]);
        assert_eq!(all.sites(&codes[1], true), [(7, ids[0])]);
        assert_eq!(all.endings(&codes[0], true), [(Moment::Return, ids[1]), (Moment::Raise, ids[2])]);
        assert!(all.endings(&codes[1], true).is_empty() && all.wait_for_raise());
    }
}
