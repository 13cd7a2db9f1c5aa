//! Source texts: from the disk, or from the program where they are not on it.
//!
//! Part of the session. Invariant: a file is read anew after each stop, since the user may edit while debugging.

use std::collections::HashMap;
use std::rc::Rc;

use pausa_dap::types::StackFrame;
use pausa_dap::{requests, types};

use super::Session;
use crate::render::path_of;
use crate::render::source::Text;

/// The texts that were looked at during a stop.
#[derive(Clone, Debug, Default)]
pub struct Sources(HashMap<String, Rc<Text>>);

impl Session {
    /// The text of a frame's file; an empty one if there is none to be had.
    pub fn text_of(&mut self, frame: &StackFrame) -> Rc<Text> {
        let path = path_of(frame).to_owned();
        if let Some(text) = self.stop.as_ref().and_then(|stop| stop.sources.0.get(&path)) {
            return text.clone();
        }
        let content = std::fs::read(&path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let content = content.ok().or_else(|| self.ask_for_source(frame)).unwrap_or_default();
        let text = Rc::new(Text::new(&content, &self.screen.look));
        if let Some(stop) = &mut self.stop {
            stop.sources.0.insert(path, text.clone());
        }
        text
    }

    fn ask_for_source(&self, frame: &StackFrame) -> Option<String> {
        let source = frame.source.clone()?;
        let source_reference = source.source_reference.unwrap_or(0);
        let arguments = types::SourceArguments { source: Some(source), source_reference };
        let answer = self.running.as_ref()?.client.request::<requests::Source>(arguments);
        answer.ok().map(|answer| answer.content)
    }
}
