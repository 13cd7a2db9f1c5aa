//! Letting the program run, and waiting for what comes of it.
//!
//! Part of the session. Invariant: the first Ctrl-C asks the agent for a pause; the ones after it are the program's.

use std::time::{Duration, Instant};

use pausa_dap::{Event, events, requests, types};

use super::Session;
use super::start::answer;
use crate::console::Keyboard;
use crate::debuggee::Ended;
use crate::fault::Outcome;
use crate::happenings::Happening;
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
        self.wait_with(keyboard)
    }

    /// Makes our keyboard the program's, if it has a terminal, until the result is dropped.
    pub(super) fn give_keyboard(&self) -> Option<Keyboard> {
        self.running.as_ref()?.console.as_ref()?.attach()
    }

    /// Waits for the next stop or the end, and tells the user.
    pub(super) fn wait(&mut self) -> Outcome {
        let keyboard = self.give_keyboard();
        self.wait_with(keyboard)
    }

    /// The same, while the keyboard is the program's already.
    pub(super) fn wait_with(&mut self, keyboard: Option<Keyboard>) -> Outcome {
        self.screen.flush();
        let console = self.running.as_ref().and_then(|running| running.console.clone());
        let mut interrupts = 0;
        let mut closed = false;
        let result = loop {
            let Some(happening) = self.happenings.next() else { break None };
            match happening {
                Happening::Event(run, event) if self.is_current(run) => {
                    if event.is::<events::Stopped>() {
                        break event.body_as::<events::Stopped>().ok();
                    }
                    self.take_event(&event);
                }
                Happening::Closed(run) if self.is_current(run) => {
                    closed = true;
                    if self.running.as_ref().is_some_and(|running| running.process.is_none()) {
                        drop(keyboard);
                        self.finish(None);
                        return Ok(());
                    }
                }
                Happening::Ended(run, ended) if self.is_current(run) => {
                    drop(keyboard);
                    if !closed {
                        self.take_last_events();
                    }
                    self.finish(Some(ended));
                    return Ok(());
                }
                Happening::Interrupt => {
                    interrupts += 1;
                    self.interrupt(interrupts == 1 && !closed);
                }
                _ => {}
            }
        };
        drop(keyboard);
        if let Some(console) = console {
            console.drain_to_line_end();
        }
        result.map_or(Ok(()), |body| self.take_stop(body))
    }

    fn interrupt(&mut self, pause: bool) {
        let Some(running) = &self.running else { return };
        if self.settings.connected {
            // The terminal has sent it to the program too.
        } else if pause {
            // The stop is the answer that counts.
            drop(running.client.send::<requests::Pause>(types::PauseArguments { thread_id: 0 }));
        } else if let Some(console) = &running.console {
            console.interrupt();
        } else if let Some(process) = &running.process {
            process.interrupt();
        }
    }

    /// Looks at what happened while the prompt was shown or a command ran.
    pub(super) fn notice(&mut self) {
        let mut later = Vec::new();
        while let Some(happening) = self.happenings.poll() {
            match happening {
                Happening::Event(run, event) if self.is_current(run) => {
                    if event.is::<events::Stopped>() {
                        later.push(Happening::Event(run, event));
                    } else {
                        self.take_event(&event);
                    }
                }
                Happening::Closed(run) if self.is_current(run) => {
                    self.happenings.keep(Happening::Closed(run));
                    self.wait_for_end();
                }
                Happening::Ended(run, ended) if self.is_current(run) => {
                    self.take_last_events();
                    self.finish(Some(ended));
                }
                _ => {}
            }
        }
        for happening in later {
            self.happenings.keep(happening);
        }
    }

    /// The agent is gone; the program's end must follow, and is all that is waited for.
    pub(super) fn wait_for_end(&mut self) {
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

    /// The program is over.
    fn finish(&mut self, ended: Option<Ended>) {
        let Some(running) = self.running.take() else { return };
        if let Some(console) = &running.console {
            console.drain_to_line_end();
        }
        self.current.set(None);
        self.stop = None;
        self.ended = ended;
        self.threads = Default::default();
        self.tell_over(&[]);
        self.kept.breakpoints.forget_agent();
        match (ended, &running.process) {
            (Some(ended), Some(process)) => {
                let line = format!("The program {}.", process.describe(ended));
                self.screen.line(&line);
            }
            // It was only connected: its end is its own business, and there is nothing left to do here.
            _ => {
                if self.settings.attached {
                    self.screen.line("The program has ended.");
                }
                self.leaving = Some(0);
            }
        }
    }

    /// Leaves the program, which runs on as if pausa had never been there.
    pub fn detach(&mut self) -> Outcome {
        let Some(running) = &self.running else { return Err("the program does not run".into()) };
        running.client.request::<requests::Disconnect>(types::DisconnectArguments {
            terminate_debuggee: Some(false),
            ..Default::default()
        })?;
        self.stop = None;
        if running.process.is_some() {
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

    /// Ends the program without a word, if it runs.
    pub fn kill(&mut self) {
        let Some(running) = self.running.take() else { return };
        match &running.process {
            Some(process) => {
                process.kill();
                process.wait();
            }
            None => drop(running.client.request::<requests::Terminate>(Default::default())),
        }
        running.client.close();
        self.current.set(None);
        self.stop = None;
        self.threads = Default::default();
        self.kept.breakpoints.forget_agent();
    }
}
