//! The expressions of a code object as its instructions show them, and when each has got its value.
//!
//! Made by `cpython` for a step from expression to expression. Invariant: an expression has its value when the stack is one deeper
//! than before it began and what comes next is not part of it, or takes that value away; a value is told once. What is only
//! loaded (names, constants) is none, nor is what is called.
//!
//! ```text
//!     f(1) + 2    LOAD f, LOAD 1, CALL            then LOAD 2, which is not of `f(1)`: its value is on top
//!     if x > 3:   LOAD x, LOAD 3, COMPARE_OP      then POP_JUMP_IF_FALSE, of `x > 3` itself, which takes it
//!     a.b or c    LOAD a, LOAD_ATTR b, COPY, …    a jump leads out of it: what is on top then is the value of it all
//! ```

use crate::places::Span;

/// What an instruction does to the value on top of the stack, as far as expressions care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Makes the value of an expression out of what lies there.
    Gives,
    /// The same by a call, which the interpreter also does for what nobody wrote: decorators, the end of a `with`.
    Calls,
    /// The same by a comparison, as a pattern does too.
    Compares,
    /// Gives a value away, and gets what is sent in.
    Yields,
    /// Decides if what lies there is the value of `and` or `or`.
    Chooses,
    /// Uses it for something that is no expression.
    Takes,
    /// Loads a constant.
    Loads,
    /// Keeps a variable's value on the stack while a comprehension uses its name.
    Keeps,
    /// Begins the body of a class.
    Defines,
    /// Nothing that matters here.
    Other,
}

impl Effect {
    fn gives(self) -> bool {
        matches!(self, Self::Gives | Self::Calls | Self::Compares | Self::Yields | Self::Chooses)
    }

    fn takes(self) -> bool {
        matches!(self, Self::Takes | Self::Chooses)
    }
}

/// An instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// Where it is, in bytes.
    pub offset: u32,
    /// The text it was made for.
    pub span: Option<Span>,
    /// How deep the stack is before it; None if no path leads there.
    pub depth: Option<usize>,
    /// What it does.
    pub effect: Effect,
    /// True if exceptions lead to it.
    pub is_handler: bool,
}

/// An expression, where the compiler has put it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expression {
    /// Its text.
    pub span: Span,
    /// An instruction that was made for all of it, by where that is.
    pub offset: u32,
    /// Its first and last instruction.
    range: (usize, usize),
    /// How deep the stack is before it.
    base: usize,
    /// How many values of variables may still lie below its own.
    kept: usize,
    /// It is made by a call.
    is_call: bool,
}

/// Those of a code object.
#[derive(Clone, Debug, Default)]
pub struct Expressions {
    instructions: Vec<Instruction>,
    /// Outer ones before inner ones.
    found: Vec<Expression>,
}

/// Which expressions of a frame have been begun whose values are not told yet.
#[derive(Clone, Debug, Default)]
pub struct Begun(Vec<bool>);

impl Expressions {
    /// Finds them in the instructions of a code object, in order.
    #[must_use]
    pub fn of(mut instructions: Vec<Instruction>) -> Self {
        for at in 0..instructions.len() {
            let effect = effect_in(&instructions, at);
            if let Some(instruction) = instructions.get_mut(at) {
                instruction.effect = effect;
            }
        }
        let mut found: Vec<Expression> = (0..instructions.len()).filter_map(|at| at_of(&instructions, at)).collect();
        found.sort_by_key(|it| (it.range.0, it.span.start, std::cmp::Reverse(it.span.end), !it.is_call));
        found.dedup_by_key(|it| (it.range.0, it.span));
        let called: Vec<Expression> = found.iter().filter_map(|call| callee(&found, call)).collect();
        found.retain(|it| !called.contains(it));
        Self { instructions, found }
    }

    /// The instruction at an offset, by its place among them.
    #[must_use]
    pub fn index(&self, offset: u32) -> Option<usize> {
        self.instructions.partition_point(|it| it.offset <= offset).checked_sub(1)
    }

    /// How deep the stack is below the expression that is under way where this instruction begins; None if none is.
    #[must_use]
    pub fn base_around(&self, offset: u32) -> Option<usize> {
        let at = self.index(offset)?;
        let own = self.instructions.get(at)?;
        self.found.iter().filter(|it| it.range.0 < at && it.has(at, own)).map(|it| it.base).min()
    }

    /// How deep the stack is before an instruction.
    #[must_use]
    pub fn depth(&self, at: usize) -> Option<usize> {
        self.instructions.get(at)?.depth
    }

    /// A frame has run one instruction and is at another: the expressions whose value is on top of its stack now, inner ones
    /// first.
    pub fn passed(&self, from: usize, to: usize, begun: &mut Begun) -> Vec<Expression> {
        begun.0.resize(self.found.len(), false);
        let (Some(last), Some(next)) = (self.instructions.get(from), self.instructions.get(to)) else {
            return Vec::new();
        };
        if next.is_handler {
            begun.0.clear();
            return Vec::new();
        }
        let mut told = Vec::new();
        for (it, is_begun) in self.found.iter().zip(&mut begun.0) {
            if !it.has(from, last) {
                continue;
            }
            *is_begun |= last.effect != Effect::Takes;
            let is_left = next.span.is_some() && !it.has(to, next);
            let is_taken = last.span == Some(it.span)
                && last.effect.gives()
                && (next.span.is_none() || next.effect.takes() || next.effect == Effect::Yields);
            let is_on_top = next.depth.is_some_and(|depth| (it.base + 1..=it.base + 1 + it.kept).contains(&depth));
            if *is_begun && (is_left || is_taken) && is_on_top {
                *is_begun = false;
                told.push(*it);
            }
        }
        told.reverse();
        told
    }
}

impl Expression {
    /// True if an instruction is part of it.
    fn has(&self, at: usize, instruction: &Instruction) -> bool {
        (self.range.0..=self.range.1).contains(&at) && instruction.span.is_none_or(|span| self.span.contains(&span))
    }
}

/// What an instruction does where it stands: what the interpreter only does by the way gives no expression its value.
fn effect_in(all: &[Instruction], at: usize) -> Effect {
    let Some(own) = all.get(at) else { return Effect::Other };
    let before = at.checked_sub(1).and_then(|before| all.get(before)).filter(|before| before.span == own.span);
    match own.effect {
        // A pattern is loaded as a whole; the operands of a comparison are parts of it.
        Effect::Compares if before.is_some_and(|before| before.effect != Effect::Takes) => Effect::Other,
        // An element of a generator expression, or the inside of an `await`.
        Effect::Yields if before.is_some() => Effect::Takes,
        // The end of a `with` is called with three times None.
        Effect::Calls if all.get(..at).is_some_and(|all| constants(all, own.span) > 1) => Effect::Other,
        effect => effect,
    }
}

/// How many constants the last instructions load that were made for this text.
fn constants(all: &[Instruction], span: Option<Span>) -> usize {
    all.iter().rev().take_while(|it| it.span == span).filter(|it| it.effect == Effect::Loads).count()
}

/// The expression that an instruction gives its value, if it does.
fn at_of(all: &[Instruction], at: usize) -> Option<Expression> {
    let own = all.get(at)?;
    let span = own.span.filter(|_| own.effect.gives())?;
    let is_part = |it: &Instruction| it.span.is_none_or(|inner| span.contains(&inner));
    let first = all.get(..at)?.iter().rposition(|it| !is_part(it)).map_or(0, |outside| outside + 1);
    // What belongs to no text before it, such as the beginning of a generator, is no part of it.
    let first = first + all.get(first..=at)?.iter().position(|it| it.span.is_some())?;
    let last = all.get(at..)?.iter().position(|it| !is_part(it)).map_or(all.len(), |outside| at + outside) - 1;
    let parts = || all.get(first..=last).unwrap_or_default().iter().enumerate().filter(|(_, it)| it.span.is_some());
    if parts().any(|(_, it)| it.effect == Effect::Defines && it.span == Some(span)) {
        return None;
    }
    // What calls without anything that is called in its text was not written.
    if own.effect == Effect::Calls && !parts().any(|(place, it)| first + place < at && it.span != Some(span)) {
        return None;
    }
    let after = |(place, it): (usize, &Instruction)| {
        let depth = match it.effect {
            Effect::Chooses => it.depth,
            effect if effect.gives() => all.get(first + place + 1)?.depth,
            _ => None,
        };
        depth?.checked_sub(1).filter(|_| it.span == Some(span))
    };
    let base = parts().filter_map(|(_, it)| it.depth).chain(parts().filter_map(after)).min()?;
    let kept = parts().filter(|(_, it)| it.effect == Effect::Keeps && it.span == Some(span)).count();
    let is_call = own.effect == Effect::Calls;
    Some(Expression { span, offset: own.offset, range: (first, last), base, kept, is_call })
}

/// What a call calls, where that is an attribute or an item: its value says nothing that the call does not.
fn callee(found: &[Expression], call: &Expression) -> Option<Expression> {
    let begins_it = |it: &&Expression| {
        let is_inside = call.range.0 <= it.range.0 && it.range.1 <= call.range.1;
        is_inside && it.span.start == call.span.start && it.span.end < call.span.end
    };
    let largest = found.iter().filter(begins_it).max_by_key(|it| it.span.end).filter(|_| call.is_call)?;
    (!largest.is_call).then_some(*largest)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Instructions on one line: columns, depth, effect.
    fn code(told: &[(u32, u32, usize, Effect)]) -> Expressions {
        let instruction = |(at, &(start, end, depth, effect)): (usize, &(u32, u32, usize, Effect))| Instruction {
            offset: 2 * at as u32,
            span: (end > 0).then_some(Span { start: (1, start), end: (1, end) }),
            depth: Some(depth),
            effect,
            is_handler: false,
        };
        Expressions::of(told.iter().enumerate().map(instruction).collect())
    }

    /// The columns of what is told on a way through the instructions.
    fn told(code: &Expressions, way: &[usize]) -> Vec<(u32, u32)> {
        let mut begun = Begun::default();
        let pairs = way.iter().zip(way.iter().skip(1));
        let found = pairs.flat_map(|(&from, &to)| code.passed(from, to, &mut begun));
        found.map(|it| (it.span.start.1, it.span.end.1)).collect()
    }

    #[test]
    fn a_value_is_told_when_what_follows_is_of_something_else() {
        // x = f(1) + 2
        let code = code(&[
            (4, 5, 0, Effect::Other),
            (6, 7, 1, Effect::Other),
            (4, 8, 2, Effect::Calls),
            (11, 12, 1, Effect::Other),
            (4, 12, 2, Effect::Gives),
            (0, 1, 1, Effect::Takes),
        ]);
        assert_eq!(told(&code, &[0, 1, 2, 3, 4, 5]), [(4, 8), (4, 12)]);
    }

    #[test]
    fn or_has_the_value_of_its_last_part() {
        // x = a.b or c.d
        let code = code(&[
            (4, 5, 0, Effect::Other),
            (4, 7, 1, Effect::Gives),
            (4, 14, 1, Effect::Chooses),
            (4, 14, 2, Effect::Takes),
            (4, 14, 1, Effect::Takes),
            (11, 12, 0, Effect::Other),
            (11, 14, 1, Effect::Gives),
            (0, 1, 1, Effect::Takes),
        ]);
        assert_eq!(told(&code, &[0, 1, 2, 3, 7]), [(4, 7), (4, 14)]);
        assert_eq!(told(&code, &[0, 1, 2, 3, 4, 5, 6, 7]), [(4, 7), (11, 14), (4, 14)]);
    }

    #[test]
    fn a_test_is_told_before_it_is_taken_away_and_once() {
        // if x > 3: pass
        let code = code(&[
            (3, 4, 0, Effect::Other),
            (7, 8, 1, Effect::Other),
            (3, 8, 2, Effect::Compares),
            (3, 8, 1, Effect::Takes),
            (10, 14, 0, Effect::Takes),
        ]);
        assert_eq!(told(&code, &[0, 1, 2, 3, 4]), [(3, 8)]);
    }

    #[test]
    fn what_nobody_wrote_is_no_expression() {
        // A decorator is called, a pattern compared, and a class made.
        let decorator = [(1, 6, 0, Effect::Other), (8, 20, 1, Effect::Other), (1, 6, 2, Effect::Calls)];
        let pattern = [(5, 6, 1, Effect::Other), (5, 6, 2, Effect::Compares), (5, 6, 1, Effect::Takes)];
        let class =
            [(0, 9, 0, Effect::Defines), (6, 7, 1, Effect::Other), (0, 9, 2, Effect::Calls), (0, 9, 1, Effect::Takes)];
        let end_of_with = [
            (0, 30, 1, Effect::Loads),
            (0, 30, 2, Effect::Loads),
            (0, 30, 3, Effect::Loads),
            (0, 30, 4, Effect::Calls),
            (0, 30, 2, Effect::Takes),
        ];
        for told_of in [&decorator[..], &pattern, &class, &end_of_with] {
            assert_eq!(code(told_of).found, []);
        }
    }

    #[test]
    fn an_exception_gives_no_value() {
        let mut code = code(&[
            (0, 1, 0, Effect::Other),
            (2, 3, 1, Effect::Other),
            (0, 4, 2, Effect::Calls),
            (5, 6, 1, Effect::Other),
        ]);
        code.instructions[3].is_handler = true;
        assert_eq!(told(&code, &[0, 1, 2, 3]), []);
    }
}
