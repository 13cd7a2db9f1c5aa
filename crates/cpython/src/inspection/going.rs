//! Moving a thread to another line of its innermost frame: where it can go, and why not where it cannot. Called by the
//! port's implementation in `mod.rs`.
//!
//! Invariant: the interpreter is asked to move a frame only at a line event of that very frame, as it fails badly
//! elsewhere (a caller's frame, the end of a loop).

use pausa_engine::places::PartKind;
use pausa_engine::port::{Line, Refusal, ThreadId};
use pausa_engine::targets::{Address, GotoTarget};
use pyo3::prelude::*;

use super::{Inspection, moving};
use crate::code::facts::Bytecode;
use crate::code::places;
use crate::code::registry::{CodeKey, real_path};
use crate::code::{expressions, stack_depth};
use crate::debugger::Where;
use crate::frames;
use crate::named::Named;

impl Inspection<'_> {
    pub(super) fn goto_targets(&mut self, path: &str, line: Line) -> Vec<GotoTarget> {
        let Some(frame) = self.stopped.and_then(|thread| self.innermost(thread).ok()) else { return Vec::new() };
        let Some(code) = frames::code(&frame) else { return Vec::new() };
        let file = frames::file_name(&frame);
        if real_path(&file) != path && file != path {
            return Vec::new();
        }
        let Some(offset) = Bytecode::read(&code).ok().and_then(|code| code.first_of(line)) else { return Vec::new() };
        let told = places::of_file(self.py, path, self.debugger.opcodes).unwrap_or_default();
        let first = told.iter().find(|place| place.line == line && place.part.kind == PartKind::Whole);
        let number = self.debugger.state().registry.number(CodeKey::of(&code));
        self.lines.insert(line);
        let address = number.map(|code| Address { code, offset });
        vec![GotoTarget { id: line.into(), line, columns: first.map(|place| place.columns), address }]
    }

    pub(super) fn goto(&mut self, thread: ThreadId, target: i64) -> Result<(), Refusal> {
        let line = u32::try_from(target).ok().filter(|line| self.lines.contains(line));
        let line = line.ok_or_else(|| Refusal(format!("there is no line {target} at this stop to go to")))?;
        self.jump(thread, line)
    }

    /// Moves the stopped thread's innermost frame to a line.
    pub(super) fn jump(&mut self, thread: ThreadId, line: Line) -> Result<(), Refusal> {
        self.may_move(thread)?;
        let frame = self.innermost(thread)?;
        if let Some(why) = frames::code(&frame).and_then(|code| self.crash(&frame, &code, line)) {
            return Err(Refusal(why.into()));
        }
        moving::move_to(self.debugger, &frame, line).map_err(|why| Refusal(explained(&why)))?;
        self.debugger.expect_line_again(&frame, line);
        Ok(())
    }

    /// Why not, where the interpreter would go and crash.
    fn crash(&self, frame: &Bound<'_, PyAny>, code: &Bound<'_, PyAny>, line: Line) -> Option<&'static str> {
        let name: String = code.named("co_name").and_then(|name| name.extract()).unwrap_or_default();
        if ["<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"].contains(&name.as_str()) {
            return Some("can't jump within a comprehension, which is one expression: `return` from it first");
        }
        let opcodes = self.debugger.opcodes;
        let bytecode = Bytecode::read(code).ok()?;
        let body = bytecode.body(opcodes);
        if bytecode.beginnings(line).any(|beginning| beginning < body) {
            return Some(
                "can't jump to where the call begins, which sets up the frame a second time: `restart_frame` begins anew",
            );
        }
        let depths = stack_depth::of(code, opcodes)?;
        let depth = |offset: usize| depths.get(offset / 2).copied().flatten();
        let at = frames::instruction(frame)?;
        // What lies on the stack in an expression is taken for what lies there elsewhere: the interpreter looks at kinds of values
        // only, and of comprehensions not even that.
        let expressions = expressions::of(code, opcodes).unwrap_or_default();
        let is_inside = |beginning: usize| expressions.base_around(u32::try_from(beginning).unwrap_or(0)).is_some();
        if bytecode.beginnings(line).any(is_inside) {
            return Some("can't jump into the middle of an expression: go to the line that it begins on");
        }
        let base = expressions.base_around(at);
        if base.is_some() && bytecode.beginnings(line).any(|beginning| depth(beginning) > base) {
            return Some("can't jump there from the middle of an expression: `next` to where it is over first");
        }
        None
    }

    pub(super) fn may_move(&self, thread: ThreadId) -> Result<(), Refusal> {
        let why = match self.place {
            _ if Some(thread) != self.stopped => "only the thread that stopped can be moved, in its innermost frame",
            Where::Line => return Ok(()),
            Where::WithinLine => {
                "Python moves a thread only from the beginning of a line, and this stop is within one: `next` goes to one"
            }
            Where::Elsewhere => "only a thread that stopped at a line can be moved, in its innermost frame",
        };
        Err(Refusal(why.into()))
    }
}

/// What the interpreter says, and the rule behind it.
fn explained(why: &str) -> String {
    let rules = [
        ("body of a for loop", "the loop has no iterator yet: go to the line of its `for`"),
        ("body of a with", "nothing has been entered: go to the line of its `with`"),
        ("into an 'except'", "there is no exception to handle"),
        ("into the middle of a block", "what the block needs is set up where it begins: go to its first line"),
        ("incompatible stacks", "what is under way here, such as a loop or a `with`, is not under way there"),
        ("unreachable", "nothing leads there"),
    ];
    match rules.iter().find(|(part, _)| why.contains(part)) {
        Some((_, rule)) => format!("{why}: {rule}"),
        None => why.to_owned(),
    }
}
