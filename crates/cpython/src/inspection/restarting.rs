//! Running a function once more from its first line, and ending threads. Called by `commands`.
//!
//! A frame is restarted by the interpreter's own jump, which unwinds loops and handlers of the frame and nothing else. Invariant:
//! what is refused changes nothing; a block whose end would have to run (`with`, `finally`) is never left so.

use pausa_engine::port::{FrameId, Refusal, ThreadId};
use pyo3::ffi;
use pyo3::prelude::*;

use super::Inspection;
use crate::code::facts;
use crate::frames;
use crate::named::Named;

impl Inspection<'_> {
    pub(super) fn restart_frame(&mut self, frame: FrameId) -> Result<ThreadId, Refusal> {
        let refuse = |why: &str| Err(Refusal(why.to_owned()));
        let wanted = self.frame(frame)?;
        let Some(thread) = self.stopped else { return refuse("the program is not stopped") };
        if !self.innermost(thread)?.is(&wanted) {
            return refuse(
                "only the newest frame can be restarted: the others wait for a call, whose rest would be lost; step out to \
                 it first",
            );
        }
        let code = frames::code(&wanted).ok_or_else(|| Refusal("the frame has no code".into()))?;
        let file = frames::file_name(&wanted);
        let facts = facts::read(&code, &file, self.debugger.opcodes).map_err(|error| self.refuse(error))?;
        // 3.10 has no instruction of its own for the beginning of a call.
        let minor = crate::version::minor(self.py);
        let call_line = if minor == 10 { facts.span.0 } else { facts.start_line };
        let Some(entry) = facts.entry.filter(|entry| *entry != call_line) else {
            return refuse("the function stands on one line with its `def`, to which Python cannot go back");
        };
        if facts.kind != pausa_engine::code::CodeKind::Function {
            return refuse(
                "only functions are restarted: what a module or class has defined stays; `run` starts the program again",
            );
        }
        let offset = frames::instruction(&wanted).unwrap_or(0) as usize;
        if let Some(block) = self.debugger.block_to_end(&code, offset) {
            return Err(Refusal(format!(
                "the frame is within a `{block}`, whose end would not run: step out of it first, or jump to line {entry} yourself"
            )));
        }
        if !facts::is_at_one_place(&code, entry).map_err(|error| self.refuse(error))? {
            return Err(Refusal(format!(
                "the function begins with a loop or a `with` on line {entry}, and Python would go on in it instead of \
                 beginning it"
            )));
        }
        self.jump(thread, entry)?;
        Ok(thread)
    }

    pub(super) fn terminate_thread(&mut self, thread: ThreadId) -> Result<(), Refusal> {
        let identity = self.debugger.state().threads.identity(thread);
        let identity = identity.ok_or_else(|| Refusal(format!("there is no thread {}", thread.0)))?;
        if main_identity(self.py).is_none_or(|main| main == identity) {
            return Err(Refusal(
                "the main thread is not ended by itself, as the program ends with it: use terminate".into(),
            ));
        }
        // SAFETY: the GIL is held; the type is alive, and the interpreter takes a reference of its own. The number is what
        // `threading.get_ident()` gives in that thread, which is of this type.
        let found = unsafe { ffi::PyThreadState_SetAsyncExc(identity as std::ffi::c_long, ffi::PyExc_SystemExit) };
        if found == 0 {
            return Err(Refusal(format!("thread {} has ended already", thread.0)));
        }
        Ok(())
    }
}

/// The identity of the main thread, as `threading` has it without its being asked.
fn main_identity(py: Python<'_>) -> Option<u64> {
    let modules = crate::modules::import(py, "sys").ok()?.named("modules").ok()?;
    let threading = modules.get_item("threading").ok()?;
    let main = threading.named("_main_thread").ok()?;
    crate::values::instance_dict(&main)?.get_item("_ident").ok()??.extract().ok()
}
