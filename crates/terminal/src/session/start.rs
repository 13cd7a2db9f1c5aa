//! The program's start: launch, handshake, breakpoints.
//!
//! Part of the session. Invariant: the program has not run a line before every breakpoint was answered.

use std::ffi::OsString;

use pausa_dap::extensions::{Attach, AttachArguments, Events};
use pausa_dap::{Client, events, requests, types};

use super::welcome::introduce;
use super::{Origin, Running, Session};
use crate::breakpoints::{Answer, Breakpoints, Group, Standing};
use crate::console::Console;
use crate::debuggee::Launched;
use crate::fault::{Fault, Outcome};
use crate::happenings::{Happening, Run};
use crate::locations::{Access, Place};
use crate::parse;
use crate::render;

impl Session {
    /// Starts the program for the first time, with the breakpoints of the command line.
    pub(super) fn first_start(&mut self) -> Outcome {
        self.connect(None)?;
        for text in std::mem::take(&mut self.settings.breakpoints) {
            self.set_breakpoint(&text, false)?;
        }
        self.show_surprises();
        self.configured()
    }

    /// Starts the program again.
    pub fn restart(&mut self, arguments: Option<Vec<OsString>>) -> Outcome {
        if !self.launcher.can_restart() {
            return Err("this program was not started by pausa, which therefore cannot start it again".into());
        }
        self.kill();
        self.connect(arguments)?;
        for group in self.kept.breakpoints.groups() {
            self.send_group(&group)?;
        }
        self.show_surprises();
        self.configured()
    }

    /// Prints where those breakpoints stand that do not simply stand where they were asked for.
    fn show_surprises(&mut self) {
        let surprising = self.kept.breakpoints.iter().filter(|breakpoint| match breakpoint.standing {
            Standing::Refused(_) | Standing::Pending(_) => true,
            Standing::Bound => render::breakpoints::moved(breakpoint).is_some(),
            Standing::Unsent => false,
        });
        for number in surprising.map(|breakpoint| breakpoint.number).collect::<Vec<_>>() {
            self.show_breakpoint(number);
        }
    }

    fn connect(&mut self, arguments: Option<Vec<OsString>>) -> Outcome {
        self.screen.flush();
        let Launched { reader, writer, process, python } = self.launcher.launch(arguments)?;
        let run = self.new_run();
        self.current.set(process.clone());
        self.console = process.as_ref().and_then(|process| Console::new(process, self.happenings.sender()));
        self.current.resize();
        let system = |error: std::io::Error| Fault::Text(format!("cannot talk to the program: {error}"));
        let (client, events) = Client::new(reader, writer).map_err(system)?;
        self.happenings.watch(run, events, process.clone()).map_err(system)?;
        self.ended = None;
        (self.last_number, self.told_number) = (1, 1);
        let process = process.map_or(Origin::Foreign, |process| Origin::Ours(process, run));
        self.running = Some(Running { number: 1, run, client, process, python, is_mute: false, is_undebugged: false });
        self.handshake()?;
        if self.settings.verbose {
            self.show_python()?;
        }
        Ok(())
    }

    /// Says what runs the program, and what tells pausa of it.
    fn show_python(&mut self) -> Outcome {
        let events = self.client()?.request::<Events>(())?;
        let Some(running) = &self.running else { return Ok(()) };
        self.screen.line(&format!("{}, events by sys.{}", running.python, events.backend));
        Ok(())
    }

    fn handshake(&mut self) -> Outcome {
        self.open_to_children()?;
        let arguments = AttachArguments {
            stop_on_entry: self.settings.stop_on_entry,
            just_my_code: !self.settings.all_code,
            children: self.children.clone(),
            ..Default::default()
        };
        self.recipe.lock().attach = AttachArguments { stop_on_entry: false, ..arguments.clone() };
        let client = self.client()?;
        introduce(&client)?;
        client.request::<Attach>(arguments)?;
        self.wait_for_initialized()
    }

    fn wait_for_initialized(&mut self) -> Outcome {
        loop {
            match self.happenings.next() {
                Some(Happening::Event(run, event)) if self.is_current(run) && event.is::<events::Initialized>() => {
                    return Ok(());
                }
                Some(Happening::Closed(run) | Happening::Ended(run, _)) if self.is_current(run) => {
                    return Err("the program ended before it could be debugged".into());
                }
                Some(Happening::Interrupt) => return Err(Fault::Interrupted),
                Some(_) => {}
                None => return Err(Fault::Gone),
            }
        }
    }

    fn configured(&mut self) -> Outcome {
        self.send_catches(None)?;
        let client = self.client()?;
        let keyboard = self.give_keyboard();
        client.request::<requests::ConfigurationDone>(Default::default())?;
        self.wait_with(keyboard)
    }

    /// Tells the agent at which exceptions to stop. If a number is given, what it refuses of that one is the error.
    pub fn send_catches(&mut self, number: Option<u32>) -> Outcome {
        let Some(running) = &self.running else { return Ok(()) };
        let wanted = self.kept.catches.to_send();
        let answers = running.client.request::<requests::SetExceptionBreakpoints>(wanted)?.breakpoints;
        let told = self.kept.catches.all().iter().zip(answers.unwrap_or_default());
        let refused = told.filter(|(catch, answer)| Some(catch.number) == number && !answer.verified);
        let why = refused.filter_map(|(_, answer)| answer.message).next();
        for other in self.others.iter().filter(|other| !other.running.is_mute) {
            // One that is about to end has nothing to say.
            drop(other.running.client.send::<requests::SetExceptionBreakpoints>(self.kept.catches.to_send()));
        }
        self.renew_recipe();
        why.map_or(Ok(()), |why| Err(why.into()))
    }

    pub(super) fn is_current(&self, run: Run) -> bool {
        self.running.as_ref().is_some_and(|running| running.run == run)
    }

    /// Sets a breakpoint at a place, with a condition if one is given there. A refused one is forgotten.
    pub fn set_breakpoint(&mut self, text: &str, temporary: bool) -> Outcome {
        let (location, condition) = parse::split_task(text)?;
        let place = self.surroundings().place(location)?;
        self.add_breakpoint(place, condition, temporary)
    }

    /// Sets a breakpoint at a place. A refused one is forgotten.
    pub fn add_breakpoint(&mut self, place: Place, condition: Option<String>, temporary: bool) -> Outcome {
        let breakpoint = self.kept.breakpoints.add(place);
        let number = breakpoint.number;
        breakpoint.temporary = temporary;
        breakpoint.set_condition(condition);
        let sent = self.send_breakpoint(number);
        let refusal = self.kept.breakpoints.get(number).and_then(|breakpoint| match &breakpoint.standing {
            Standing::Refused(why) => Some(why.clone()),
            _ => None,
        });
        if let Err(fault) = sent.and(refusal.map_or(Ok(()), |why| Err(why.into()))) {
            let group = self.kept.breakpoints.group_of(number);
            self.kept.breakpoints.take_back(number);
            if let Some(group) = group {
                // What matters is the first fault.
                let _ = self.send_group(&group);
            }
            return Err(fault);
        }
        Ok(())
    }

    /// Prints where a breakpoint stands.
    pub fn show_breakpoint(&mut self, number: u32) {
        if let Some(breakpoint) = self.kept.breakpoints.get(number) {
            let line = render::breakpoints::set(&self.screen.look, breakpoint);
            self.screen.line(&line);
        }
    }

    /// Takes in where breakpoints stand now, without a word.
    pub fn take_standings(&mut self, said: Vec<types::Breakpoint>) {
        for breakpoint in said {
            let _ = self.kept.breakpoints.changed(answer(breakpoint));
        }
    }

    /// Sends the group that a breakpoint belongs to.
    pub fn send_breakpoint(&mut self, number: u32) -> Outcome {
        match self.kept.breakpoints.group_of(number) {
            Some(group) => self.send_group(&group),
            None => Ok(()),
        }
    }

    /// Sends a group of breakpoints, and takes in what the agent says of them. Without a program, they wait for one.
    pub fn send_group(&mut self, group: &Group) -> Outcome {
        let Some(running) = &self.running else { return Ok(()) };
        let answers = send(&running.client, &self.kept.breakpoints, group)?;
        self.kept.breakpoints.answered(group, answers.into_iter().map(answer).collect());
        self.tell_others(group);
        self.renew_recipe();
        Ok(())
    }
}

/// Sends a group of breakpoints to a process.
pub(super) fn send(client: &Client, breakpoints: &Breakpoints, group: &Group) -> Outcome<Vec<types::Breakpoint>> {
    let wanted = breakpoints.to_send(group);
    Ok(match group {
        Group::File(path) => {
            let breakpoints = wanted.iter().map(|breakpoint| types::SourceBreakpoint {
                line: breakpoint.line(),
                column: breakpoint.wanted_column(),
                condition: breakpoint.condition.clone(),
                hit_condition: breakpoint.hit_condition(),
                ..Default::default()
            });
            let arguments = types::SetBreakpointsArguments {
                source: types::Source { path: Some(path.display().to_string()), ..Default::default() },
                breakpoints: Some(breakpoints.collect()),
                ..Default::default()
            };
            client.request::<requests::SetBreakpoints>(arguments)?.breakpoints
        }
        Group::Data => {
            let breakpoints = wanted.iter().filter_map(|breakpoint| {
                let data = breakpoint.data()?;
                Some(types::DataBreakpoint {
                    data_id: data.id.clone(),
                    access_type: Some(access_type(data.access)),
                    condition: breakpoint.condition.clone(),
                    hit_condition: breakpoint.hit_condition(),
                })
            });
            let arguments = types::SetDataBreakpointsArguments { breakpoints: breakpoints.collect() };
            client.request::<requests::SetDataBreakpoints>(arguments)?.breakpoints
        }
        Group::Functions => {
            let breakpoints = wanted.iter().map(|breakpoint| types::FunctionBreakpoint {
                name: breakpoint.function().to_owned(),
                condition: breakpoint.condition.clone(),
                hit_condition: breakpoint.hit_condition(),
            });
            let arguments = types::SetFunctionBreakpointsArguments { breakpoints: breakpoints.collect() };
            client.request::<requests::SetFunctionBreakpoints>(arguments)?.breakpoints
        }
    })
}

/// What the agent says of a breakpoint, in our words.
pub(super) fn answer(said: types::Breakpoint) -> Answer {
    let note = said.message.clone().filter(|_| said.verified);
    let why = said.message.unwrap_or_else(|| "the program does not say why".into());
    let standing = match said.reason {
        _ if said.verified => Standing::Bound,
        Some(types::BreakpointReason::Failed) => Standing::Refused(why),
        _ => Standing::Pending(why),
    };
    let file = said.source.and_then(|source| source.path).map(Into::into);
    let end_column = said.end_column.filter(|_| said.end_line == said.line);
    Answer { id: said.id, standing, file, line: said.line, column: said.column, end_column, note }
}

fn access_type(access: Access) -> types::DataBreakpointAccessType {
    match access {
        Access::Changes => types::DataBreakpointAccessType::Write,
        Access::Reads => types::DataBreakpointAccessType::Read,
        Access::Both => types::DataBreakpointAccessType::ReadWrite,
    }
}
