//! Letting the program run, and waiting for what comes of it.
//!
//! Part of the session. Invariant: the first Ctrl-C asks the agent for a pause; the ones after it are the program's.

use std::mem;
use std::time::{Duration, Instant};

use pausa_dap::types::{StoppedEvent, StoppedEventReason};
use pausa_dap::{Event, events, requests, types};

use super::start::answer;
use super::welcome::{ask_to_pause, run_on};
use super::{Origin, Running, Session};
use crate::console::Keyboard;
use crate::debuggee::{Ended, Fate};
use crate::fault::Outcome;
use crate::happenings::{Happening, Run};
use crate::render;

/// How long to wait for the connection's end after the program's: what the program has started may hold it open.
const LAST_EVENTS: Duration = Duration::from_secs(2);

impl Session {
    /// Sends a request that lets the program run, and waits for the next stop or the end.
    pub fn resume<R: requests::Request>(&mut self, arguments: R::Arguments) -> Outcome {
        self.stopped()?;
        self.happenings.forget_interrupts();
        self.screen.flush();
        // Before the program runs: in the terminal's own mode two Ctrl-C would be two signals, which may become one.
        let keyboard = self.give_keyboard();
        self.client()?.request::<R>(arguments)?;
        self.stop = None;
        self.let_others_go();
        self.wait_with(keyboard)
    }

    /// Makes our keyboard the program's, if it has a terminal, until the result is dropped.
    pub(super) fn give_keyboard(&self) -> Option<Keyboard> {
        self.console.as_ref()?.attach()
    }

    /// Waits for the next stop or the end, and tells the user.
    pub(super) fn wait(&mut self) -> Outcome {
        let keyboard = self.give_keyboard();
        self.wait_with(keyboard)
    }

    /// The same, while the keyboard is the program's already.
    pub(super) fn wait_with(&mut self, mut keyboard: Option<Keyboard>) -> Outcome {
        self.screen.flush();
        let mut interrupts = 0;
        let stopped = loop {
            if self.running.is_none() || self.stop.is_some() {
                break None;
            }
            if let Some(event) = self.due.take().or_else(|| self.next_waiting()) {
                break Some(event);
            }
            match self.happenings.next() {
                None => break None,
                Some(Happening::Interrupt) => {
                    interrupts += 1;
                    let is_mute = self.running.as_ref().is_some_and(|running| running.is_mute);
                    self.interrupt(interrupts == 1 && !is_mute);
                }
                Some(Happening::Event(run, event)) if self.is_current(run) && event.is::<events::Stopped>() => {
                    let stopped = event.body_as::<events::Stopped>().ok();
                    if !self.passes_over(stopped.as_ref()) {
                        break stopped;
                    }
                }
                Some(happening) => {
                    // What is said then needs the terminal in its own mode.
                    let is_end = matches!(happening, Happening::Ended(..) | Happening::Closed(_) | Happening::Left(..));
                    drop(keyboard.take_if(|_| is_end));
                    self.take(happening)?;
                    if is_end {
                        keyboard = self.give_keyboard();
                    }
                }
            }
        };
        drop(keyboard);
        if let Some(console) = &self.console {
            console.drain_to_line_end();
        }
        match stopped {
            Some(event) => self.take_stop(event),
            // The process looked at has ended, and another one holds still.
            None if self.stop.is_some() => self.tell_again(),
            None => Ok(()),
        }
    }

    /// Lets the process looked at run on if this stop is the pause that it was asked for when another one was looked at.
    fn passes_over(&mut self, stopped: Option<&StoppedEvent>) -> bool {
        let is_passed_over = mem::take(&mut self.passes_pause)
            && stopped.is_some_and(|stopped| stopped.reason == StoppedEventReason::Pause);
        if is_passed_over && let Some(running) = &self.running {
            run_on(&running.client);
        }
        is_passed_over
    }

    /// Takes in what happened, but for what is waited for.
    pub(super) fn take(&mut self, happening: Happening) -> Outcome {
        match happening {
            Happening::Event(run, event) if self.is_current(run) => self.take_event(&event),
            Happening::Event(run, event) => self.take_other_event(run, &event),
            Happening::Closed(run) if self.is_current(run) => self.take_closed(),
            Happening::Closed(run) => self.other_is_gone(run),
            Happening::Ended(run, ended) => self.take_end(run, ended),
            Happening::Left(run, ended) => self.take_left(run, ended),
            Happening::Undebugged(pid, reason) => self.tell_unfit(pid, reason),
            Happening::Child(welcomed) => return self.take_in(*welcomed),
            Happening::Interrupt => {}
        }
        Ok(())
    }

    /// The agent of the process looked at is gone.
    fn take_closed(&mut self) {
        let Some(running) = &mut self.running else { return };
        match running.process {
            // Its end follows, or what it becomes.
            Origin::Ours(ref process, _) if !running.is_mute => {
                let fate = process.fate();
                (running.is_mute, running.is_undebugged) = (true, fate == Fate::Undebugged);
                let number = running.number;
                self.tell_undebugged(number, fate);
            }
            // We have let it go.
            Origin::Ours(..) => {}
            Origin::Child(_) => self.child_is_gone(),
            Origin::Foreign => self.finish(None),
        }
    }

    /// The program that we started has ended.
    fn take_end(&mut self, run: Run, ended: Ended) {
        let is_it = |running: &Running| matches!(running.process, Origin::Ours(_, own) if own == run);
        if let Some(running) = self.running.as_ref().filter(|running| is_it(running)) {
            if !running.is_mute {
                self.take_last_events();
            }
            self.finish(Some(ended));
        } else if let Some(at) = self.others.iter().position(|other| is_it(&other.running)) {
            let other = self.others.remove(at);
            other.running.client.close();
            self.ended = Some(ended);
            self.tell_end(&other.running.process, ended);
        }
    }

    fn interrupt(&mut self, pause: bool) {
        let Some(running) = &self.running else { return };
        if self.settings.connected {
            // The terminal has sent it to the program too.
        } else if pause && mem::take(&mut self.passes_pause) {
            // It was asked already.
        } else if pause {
            ask_to_pause(&running.client);
        } else if let Some(console) = &self.console {
            console.interrupt();
        } else if let Some(process) = running.process.ours() {
            process.interrupt();
        }
    }

    /// Looks at what happened while the prompt was shown or a command ran.
    pub fn notice(&mut self) {
        let mut later = Vec::new();
        while let Some(happening) = self.happenings.poll() {
            match happening {
                Happening::Event(run, event) if self.is_current(run) && event.is::<events::Stopped>() => {
                    later.push(Happening::Event(run, event));
                }
                Happening::Closed(run) if self.is_current(run) => {
                    self.take_closed();
                    if self.running.as_ref().is_some_and(|running| running.is_mute) {
                        self.wait_for_end();
                    } else if self.stop.is_some() {
                        self.tell_again().unwrap_or_else(|fault| self.screen.error(&fault));
                    }
                }
                happening => {
                    if let Err(fault) = self.take(happening) {
                        self.screen.error(&fault);
                    }
                }
            }
        }
        for happening in later {
            self.happenings.keep(happening);
        }
    }

    /// The agent is gone; the program's end must follow, and is all that is waited for.
    pub(super) fn wait_for_end(&mut self) {
        self.stop = None;
        if let Err(fault) = self.wait() {
            self.screen.error(&fault);
        }
    }

    /// The program has ended: takes what its agent told before, which comes by another thread than the end itself.
    fn take_last_events(&mut self) {
        let deadline = Instant::now() + LAST_EVENTS;
        while let Some(happening) = self.happenings.next_until(deadline) {
            match happening {
                Happening::Event(run, event) if self.is_current(run) => self.take_event(&event),
                Happening::Closed(run) if self.is_current(run) => return,
                _ => {}
            }
        }
    }

    fn take_event(&mut self, event: &Event) {
        if event.is::<events::Output>() {
            if let Ok(body) = event.body_as::<events::Output>() {
                self.screen.text(&body.output);
            }
        } else if event.is::<events::Breakpoint>()
            && let Ok(body) = event.body_as::<events::Breakpoint>()
        {
            self.take_breakpoint(body.breakpoint);
        }
    }

    /// A pending breakpoint came to stand somewhere, or never will. The former is only said if it is another line.
    fn take_breakpoint(&mut self, breakpoint: types::Breakpoint) {
        let Some(number) = self.kept.breakpoints.changed(answer(breakpoint)) else { return };
        let Some(breakpoint) = self.kept.breakpoints.get(number) else { return };
        if breakpoint.data().is_some() {
            // With the next stop, which may be about it.
            self.over.push(number);
            return;
        }
        use crate::breakpoints::Standing;
        let worth_saying = match breakpoint.standing {
            Standing::Refused(_) => true,
            Standing::Bound => render::breakpoints::moved(breakpoint).is_some(),
            Standing::Pending(_) | Standing::Unsent => false,
        };
        if worth_saying {
            self.show_breakpoint(number);
        }
    }

    /// Forgets watchpoints that are over, and tells of those that the present stop is not about.
    pub(super) fn tell_over(&mut self, told: &[u32]) {
        for number in std::mem::take(&mut self.over) {
            if !told.contains(&number) {
                self.show_breakpoint(number);
            }
            self.kept.breakpoints.remove(number);
        }
    }

    /// The process looked at is over, and with it the program, unless it has left others.
    fn finish(&mut self, ended: Option<Ended>) {
        let Some(running) = self.running.take() else { return };
        running.client.close();
        if let Some(console) = &self.console {
            console.drain_to_line_end();
        }
        self.stop = None;
        self.threads = Default::default();
        match ended {
            Some(ended) => {
                self.ended = Some(ended);
                self.tell_over(&[]);
                self.tell_end(&running.process, ended);
            }
            // It was only connected: its end is its own business, and there is nothing left to do here.
            None => {
                if self.settings.attached {
                    self.screen.line("The program has ended.");
                }
                self.leaving = Some(0);
            }
        }
        self.look_at_any();
        if self.running.is_none() {
            self.forget_program();
        }
    }

    /// No process is left.
    pub(super) fn forget_program(&mut self) {
        self.current.set(None);
        self.console = None;
        self.others.clear();
        self.due = None;
        self.recipe.lock().holds = false;
        self.tell_over(&[]);
        self.kept.breakpoints.forget_agent();
    }

    fn tell_end(&mut self, process: &Origin, ended: Ended) {
        let Some(process) = process.ours() else { return };
        self.tell_ended_others();
        self.let_others_end();
        let rest = match self.living() {
            0 => String::new(),
            1 => "; a process of it runs on".into(),
            more => format!("; {more} processes of it run on"),
        };
        self.screen.line(&format!("The program {}{rest}.", process.describe(ended)));
    }

    /// Leaves the program, which runs on as if pausa had never been there.
    pub fn detach(&mut self) -> Outcome {
        let Some(running) = &mut self.running else { return Err("the program does not run".into()) };
        running.client.request::<requests::Disconnect>(types::DisconnectArguments {
            terminate_debuggee: Some(false),
            ..Default::default()
        })?;
        running.is_mute = true;
        self.stop = None;
        let is_ours = running.process.ours().is_some();
        for other in std::mem::take(&mut self.others) {
            other.running.client.close();
        }
        if is_ours {
            self.screen.line("The program runs on without pausa, which waits for its end.");
            return self.wait();
        }
        self.let_go();
        self.screen.line("Detached: the program runs on without pausa.");
        self.leaving = Some(0);
        Ok(())
    }

    /// Forgets a program that is not ours, whose agent leaves it when our end of the stream is gone.
    pub(super) fn let_go(&mut self) {
        if let Some(running) = self.running.take() {
            running.client.close();
        }
        self.current.set(None);
        self.stop = None;
    }

    /// Ends the program and its processes without a word, if they run.
    pub fn kill(&mut self) {
        let others = std::mem::take(&mut self.others).into_iter().map(|other| other.running);
        let all: Vec<Running> = self.running.take().into_iter().chain(others).collect();
        if all.is_empty() {
            return;
        }
        for running in all {
            match &running.process {
                Origin::Ours(process, _) => {
                    process.kill();
                    process.wait();
                }
                Origin::Child(process) => process.kill(),
                Origin::Foreign => drop(running.client.request::<requests::Terminate>(Default::default())),
            }
            running.client.close();
        }
        self.stop = None;
        self.threads = Default::default();
        self.over.clear();
        self.forget_program();
    }
}
