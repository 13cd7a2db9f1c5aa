//! Places within a line: the statements, calls, lambdas and elements of comprehensions that a breakpoint can tell apart.
//!
//! Called by `breakpoints` and by the fence, which reads a source text's syntax tree and code objects' positions.
//! Invariant: a place begins where no other place of its text does, so that line and column name it.

use std::sync::Arc;

use crate::port::{Columns, Line};

/// A stretch of source text: lines from 1, columns in bytes of UTF-8 from 0, as code objects have them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The line and the column of its first character.
    pub start: (Line, u32),
    /// The line and the column after its last one.
    pub end: (Line, u32),
}

impl Span {
    /// True if the other one lies within this one, or is the same.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

/// What a place is the beginning of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PartKind {
    /// A statement, the body of a lambda or the element of a comprehension: reached before any of it has run.
    Whole,
    /// A call whose callee ends here: reached when callee and arguments are known and nothing is left but to call.
    Call((Line, u32)),
}

/// What of a source text becomes a code object of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    /// `co_name`.
    pub name: String,
    /// `co_firstlineno`; 0 for a module.
    pub first_line: Line,
    /// Its text, of what has no name of its own to be told apart by.
    pub inside: Option<Span>,
    /// The texts of those within it.
    pub nested: Vec<Span>,
}

impl Home {
    /// True if this is the code object that is made of it.
    #[must_use]
    pub fn is_of(&self, name: &str, first_line: Line, code: &[Instruction]) -> bool {
        if self.name != name || (self.first_line != first_line && self.first_line != 0) {
            return false;
        }
        let Some(inside) = &self.inside else { return true };
        // What the interpreter adds at the start of a call has a place, but no extent.
        let told = code.iter().filter_map(|instruction| instruction.span).filter(|span| span.start < span.end);
        told.clone().all(|span| inside.contains(&span))
            && !self.nested.iter().any(|nested| told.clone().all(|span| nested.contains(&span)))
    }
}

/// A part of a source text at which a thread can stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Whose code it is.
    pub home: Arc<Home>,
    /// What it is.
    pub kind: PartKind,
    /// Its text.
    pub span: Span,
    /// Where it is shown: line and column in bytes. Of a call the name that is called.
    pub at: (Line, u32),
}

impl Part {
    /// True if an instruction of this span makes the call, or belongs to the part.
    fn covers(&self, span: &Span) -> bool {
        match self.kind {
            PartKind::Whole => self.span.contains(span),
            // A method's call begins at the method's name where its object is on another line. A generator expression that
            // is an argument is called too, and ends at the same parenthesis.
            PartKind::Call(callee_end) => {
                span.end == self.span.end && self.span.start <= span.start && span.start < callee_end
            }
        }
    }
}

/// A part, and where a client sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The part.
    pub part: Part,
    /// The line it begins at.
    pub line: Line,
    /// Its columns.
    pub columns: Columns,
}

/// An instruction of a code object, as far as places care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// Where it is, in bytes.
    pub offset: u32,
    /// Its number in this interpreter.
    pub opcode: u8,
    /// Its argument's low byte.
    pub argument: u8,
    /// True if it calls something.
    pub is_call: bool,
    /// The text it was made for.
    pub span: Option<Span>,
}

impl Instruction {
    fn is_copy_of(&self, other: &Self) -> bool {
        (self.opcode, self.argument, self.span) == (other.opcode, other.argument, other.span)
    }
}

/// Where a part begins in a code object: more than once where the compiler has copied it (`finally`, a loop's test).
#[must_use]
pub fn offsets(part: &Part, code: &[Instruction]) -> Vec<u32> {
    let is_of = |instruction: &Instruction| instruction.span.is_some_and(|span| part.covers(&span));
    let is_call = matches!(part.kind, PartKind::Call(_));
    let Some(first) = code.iter().position(|it| is_of(it) && (it.is_call || !is_call)) else { return Vec::new() };
    let before = |at: usize| at.checked_sub(1).and_then(|at| code.get(at));
    let is_copy = |at: usize, it: &Instruction| {
        let same_way = match (before(at), before(first)) {
            // What `with` calls at its end has the span of its beginning.
            (Some(one), Some(other)) if is_call => one.is_copy_of(other),
            _ => true,
        };
        code.get(first).is_some_and(|first| it.is_copy_of(first)) && same_way
    };
    code.iter().enumerate().filter(|&(at, it)| is_copy(at, it)).map(|(_, it)| it.offset).collect()
}

/// Gives each part a place of its own, in the order of the text. A call at the beginning of its statement goes to its
/// parenthesis, or away if nothing can happen between the two.
#[must_use]
pub fn apart(mut parts: Vec<Part>) -> Vec<Part> {
    let wholes: Vec<(Line, u32)> =
        parts.iter().filter(|part| part.kind == PartKind::Whole).map(|part| part.at).collect();
    let calls: Vec<Span> = parts.iter().filter(|part| part.kind != PartKind::Whole).map(|part| part.span).collect();
    parts.retain_mut(|part| {
        let PartKind::Call(callee_end) = part.kind else { return true };
        if !wholes.contains(&part.at) {
            return true;
        }
        part.at = callee_end;
        calls.iter().any(|call| *call != part.span && part.span.contains(call))
    });
    // The outer one first, and it stays.
    parts.sort_by_key(|part| (part.at, std::cmp::Reverse(part.span.end)));
    parts.dedup_by_key(|part| part.at);
    parts
}

/// The place that a column of a line means: the last that begins at or before it, else the first after it.
#[must_use]
pub fn at_column(places: &[Place], line: Line, column: u32) -> Option<&Place> {
    let mut on_line = places.iter().filter(|place| place.line == line);
    let before = on_line.clone().rfind(|place| place.columns.start <= column);
    before.or_else(|| on_line.next())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: u32, end: u32) -> Span {
        Span { start: (1, start), end: (1, end) }
    }

    fn home() -> Arc<Home> {
        Arc::new(Home { name: "f".into(), first_line: 1, inside: None, nested: Vec::new() })
    }

    fn whole(start: u32, end: u32) -> Part {
        Part { home: home(), kind: PartKind::Whole, span: span(start, end), at: (1, start) }
    }

    fn call(start: u32, callee_end: u32, end: u32) -> Part {
        Part { home: home(), kind: PartKind::Call((1, callee_end)), span: span(start, end), at: (1, start) }
    }

    fn instruction(offset: u32, opcode: u8, span: Span) -> Instruction {
        Instruction { offset, opcode, argument: 0, is_call: opcode == 9, span: Some(span) }
    }

    #[test]
    fn each_place_has_a_column_of_its_own() {
        // f(g(1)); h()
        let parts = apart(vec![whole(0, 7), call(0, 1, 7), call(2, 3, 6), whole(9, 12), call(9, 10, 12)]);
        let columns: Vec<_> = parts.iter().map(|part| part.at.1).collect();
        assert_eq!(columns, [0, 1, 2, 9]);
    }

    #[test]
    fn a_lambda_is_known_from_the_one_in_it() {
        let inside = Some(span(8, 17));
        let outer = Home { name: "<lambda>".into(), first_line: 1, inside, nested: vec![span(16, 17)] };
        assert!(outer.is_of("<lambda>", 1, &[instruction(0, 1, span(8, 17))]));
        assert!(!outer.is_of("<lambda>", 1, &[instruction(0, 1, span(16, 17))]));
        assert!(!outer.is_of("<lambda>", 1, &[instruction(0, 1, span(20, 21))]));
        assert!(!outer.is_of("g", 1, &[]));
    }

    #[test]
    fn a_part_is_found_in_each_of_its_copies() {
        let body = [
            instruction(0, 1, span(0, 1)),
            instruction(2, 9, span(0, 7)),
            instruction(4, 3, span(0, 1)),
            instruction(6, 9, span(0, 7)),
            instruction(8, 1, span(0, 1)),
            instruction(10, 9, span(0, 7)),
        ];
        assert_eq!(offsets(&call(0, 1, 7), &body), [2, 10], "not the one that something else leads to");
        assert_eq!(offsets(&whole(0, 7), &body), [0, 8]);
        assert_eq!(offsets(&call(9, 10, 12), &body), [0_u32; 0]);
    }

    #[test]
    fn a_column_means_the_place_it_lies_in() {
        let place = |start: u32| Place {
            part: whole(start, start + 2),
            line: 1,
            columns: Columns { start: start + 1, end_line: 1, end: start + 3 },
        };
        let places = [place(4), place(9)];
        let found = |column| at_column(&places, 1, column).map(|place| place.columns.start);
        assert_eq!([found(1), found(5), found(8), found(10), found(99)], [5, 5, 5, 10, 10].map(Some));
        assert_eq!(at_column(&places, 2, 1), None);
    }
}
