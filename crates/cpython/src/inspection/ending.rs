//! Ending a function at once: with a value, or by an exception. Called by the port's implementation in `commands.rs`.
//!
//! A function is left by its own `return` instruction: the interpreter's jump takes what is under way off the frame's stack, then
//! the value is put there and the frame goes on at that instruction. Invariant: what is refused changes nothing; a block whose end
//! would have to run (`with`, `finally`) is never left so.

use pausa_engine::code::CodeKind;
use pausa_engine::port::{Refusal, ThreadId};
use pausa_engine::stepping::{Granularity, StepKind};
use pyo3::exceptions::PyBaseException;
use pyo3::prelude::*;
use pyo3::types::{PyFloat, PyInt, PyString, PyType};

use super::{Inspection, moving};
use crate::code::facts::{self, Bytecode};
use crate::code::opcodes::ABSENT;
use crate::code::stack_depth;
use crate::frames;
use crate::layout::{Frame, Layout};
use crate::named::Named;

/// `CO_ASYNC_GENERATOR`: it can return nothing.
const ASYNC_GENERATOR: u32 = 0x200;

impl<'py> Inspection<'py> {
    pub(super) fn force_return(&mut self, thread: ThreadId, expression: &str) -> Result<(), Refusal> {
        self.may_end(thread)?;
        let frame = self.innermost(thread)?;
        let code = frames::code(&frame).ok_or_else(|| Refusal("the frame has no code".into()))?;
        self.may_return(&frame, &code)?;
        let (layout, own) = self.own_frame_at_event(&frame, &code)?;
        let value = self.given_by(&frame, expression)?;
        let target = self.place_of_return(&code, &value)?;
        let variables = stack_depth::variables(&code).unwrap_or(0);
        self.empty_stack(&layout, own, &frame, &code)?;
        let (offset, takes_value) = target;
        let value = takes_value.then(|| value.into_ptr());
        // SAFETY: the frame is this thread's innermost, at a line event, with an empty stack; the instruction returns the value
        // that is put there, or one of the code's own.
        unsafe { layout.go_on_at(own, variables, offset, value) };
        self.step_from_here(thread, StepKind::Out)
    }

    pub(super) fn throw(&mut self, thread: ThreadId, expression: &str) -> Result<(), Refusal> {
        self.may_end(thread)?;
        let frame = self.innermost(thread)?;
        let value = self.given_by(&frame, expression)?;
        let is_class =
            value.cast::<PyType>().is_ok_and(|kind| kind.is_subclass_of::<PyBaseException>().unwrap_or(false));
        let exception =
            if is_class { self.asked(|| value.call0()).map_err(|error| self.refuse(error))? } else { value };
        if !exception.is_instance_of::<PyBaseException>() {
            let kind = crate::values::type_name(&exception);
            return Err(Refusal(format!("'{expression}' is no exception but of type {kind}")));
        }
        self.debugger.throw_after_stop(exception.unbind());
        self.step_from_here(thread, StepKind::Over)
    }

    fn may_end(&self, thread: ThreadId) -> Result<(), Refusal> {
        self.may_move(thread)?;
        match self.debugger.is_at_line_event() {
            true => Ok(()),
            false => {
                Err(Refusal("Python ends a function so only at the beginning of a line: `next` goes to one".into()))
            }
        }
    }

    fn may_return(&self, frame: &Bound<'py, PyAny>, code: &Bound<'py, PyAny>) -> Result<(), Refusal> {
        let refuse = |why: String| Err(Refusal(why));
        let facts = facts::read(code, &frames::file_name(frame), self.debugger.opcodes);
        let facts = facts.map_err(|error| self.refuse(error))?;
        if facts.kind != CodeKind::Function {
            return refuse("only functions return: this is the code of a module, a class or a comprehension".into());
        }
        let flags: u32 = code.named("co_flags").and_then(|flags| flags.extract()).unwrap_or(0);
        if flags & ASYNC_GENERATOR != 0 {
            return refuse(
                "an asynchronous generator returns no value: `jump` to its end, or `throw` an exception".into(),
            );
        }
        let offset = frames::instruction(frame).unwrap_or(0) as usize;
        if let Some(block) = self.debugger.block_to_end(code, offset) {
            return refuse(format!(
                "the frame is within a `{block}`, whose end would not run: step out of it first, or `throw` an exception, \
                 for which it does"
            ));
        }
        Ok(())
    }

    /// Where the code has an instruction that returns this value, and whether it takes it from the stack.
    fn place_of_return(&self, code: &Bound<'py, PyAny>, value: &Bound<'py, PyAny>) -> Result<(usize, bool), Refusal> {
        let bytecode = Bytecode::without_lines(code).map_err(|error| self.refuse(error))?;
        let [returns, returns_constant] = self.debugger.opcodes.returns;
        let of = |wanted: u8| bytecode.units().filter(move |(_, opcode, _)| *opcode == wanted && wanted != ABSENT);
        if let Some((offset, ..)) = of(returns).next() {
            return Ok((offset, true));
        }
        let constants = code.named("co_consts").map_err(|error| self.refuse(error))?;
        let is_value = |argument: u8| {
            let same =
                |own: &Bound<'py, PyAny>| own.is(value) || (is_plain(own) && is_plain(value) && equal(own, value));
            crate::values::item(&constants, argument.into()).is_some_and(|own| same(&own))
        };
        let found = of(returns_constant).find(|(_, _, argument)| is_value(*argument));
        found.map(|(offset, ..)| (offset, false)).ok_or_else(|| {
            Refusal(
                "in Python 3.12 and 3.13 a function without a `return EXPRESSION` can return only the constants that its \
                 text has: `throw` an exception, or return one of those"
                    .into(),
            )
        })
    }

    /// The frame as the interpreter has it, if its words mean what they are taken for.
    fn own_frame_at_event(
        &self,
        frame: &Bound<'py, PyAny>,
        code: &Bound<'py, PyAny>,
    ) -> Result<(Layout, Frame), Refusal> {
        let unknown = || {
            Refusal(
                "in this build of Python frames are laid out in a way that pausa does not know: `jump` to a `return`, or \
                 `throw` an exception"
                    .into(),
            )
        };
        let layout = self.debugger.layout.ok_or_else(unknown)?;
        // SAFETY: a live frame object, of this thread's innermost frame, which is at a line event.
        let own = unsafe { layout.frame_of(frame.as_ptr()) }.ok_or_else(unknown)?;
        // SAFETY: as above.
        let agrees = unsafe {
            let offset = frames::instruction(frame).map(|offset| offset as usize);
            layout.code(own) == code.as_ptr() && offset.is_some() && layout.offset(own) == offset
        };
        if agrees { Ok((layout, own)) } else { Err(unknown()) }
    }

    /// Takes what is under way off the stack of a frame, by a jump to a line where nothing is.
    fn empty_stack(
        &self,
        layout: &Layout,
        own: Frame,
        frame: &Bound<'py, PyAny>,
        code: &Bound<'py, PyAny>,
    ) -> Result<(), Refusal> {
        let variables = stack_depth::variables(code).unwrap_or(0);
        // SAFETY: the frame is this thread's innermost, at a line event.
        let is_empty = || unsafe { layout.has_empty_stack(own, variables) };
        if is_empty() {
            return Ok(());
        }
        let line = frames::line(frame);
        let facts = facts::read(code, &frames::file_name(frame), self.debugger.opcodes);
        let lines = facts.map(|facts| facts.lines).map_err(|error| self.refuse(error))?;
        let mut why = "each of its lines is within a loop or another block".to_owned();
        for other in lines {
            match moving::move_to(self.debugger, frame, other) {
                Ok(()) if is_empty() => return Ok(()),
                Ok(()) => {}
                Err(refused) => why = refused,
            }
        }
        let _ = moving::move_to(self.debugger, frame, line);
        Err(Refusal(format!("what is under way in the function cannot be taken away ({why}): `throw` an exception")))
    }

    fn given_by(&self, frame: &Bound<'py, PyAny>, expression: &str) -> Result<Bound<'py, PyAny>, Refusal> {
        let py = self.py;
        let value = self.debugger.evaluating(py, || crate::evaluate::expression(py, frame, expression));
        value.map_err(|raised| Refusal(raised.text))
    }

    fn step_from_here(&mut self, thread: ThreadId, kind: StepKind) -> Result<(), Refusal> {
        pausa_engine::port::Commands::step(self, thread, kind, Granularity::Line)
    }
}

/// True for numbers and texts of the interpreter's own types.
fn is_plain(value: &Bound<'_, PyAny>) -> bool {
    value.is_exact_instance_of::<PyInt>()
        || value.is_exact_instance_of::<PyString>()
        || value.is_exact_instance_of::<PyFloat>()
}

fn equal(one: &Bound<'_, PyAny>, other: &Bound<'_, PyAny>) -> bool {
    one.get_type().is(other.get_type()) && one.eq(other).unwrap_or(false)
}
