//! The processes of the program: one is looked at, the others run, or hold still until it is their turn.
//!
//! Part of the session. Invariant: what the session knows of breakpoints and threads is what the process looked at said of
//! them; that of the others is kept beside them. A process that stops waits until the one looked at runs on.

use std::mem;
use std::time::{Duration, Instant};

use pausa_dap::types::{StoppedEvent, StoppedEventReason};
use pausa_dap::{Event, events};

use super::welcome::{Recipe, Welcomed, ask_to_pause, run_on, tell, welcome};
use super::{Origin, Running, Session, Stop};
use crate::breakpoints::{Answers, Group};
use crate::commands;
use crate::debuggee::{Arrival, Ended, Fate};
use crate::fault::Outcome;
use crate::happenings::{Happening, Run};
use crate::threads::Threads;

use super::start::answer;

/// How long processes may take to end when the program has, until it is said that they run on.
const END_TOGETHER: Duration = Duration::from_millis(500);

/// A process that is not looked at.
pub struct Other {
    /// The process.
    pub running: Running,
    /// Where it holds still, as far as the user has seen it.
    pub stop: Option<Stop>,
    /// It has stopped, and waits to be looked at.
    pub waits: Option<StoppedEvent>,
    /// It is to hold still, or does, only because another one does.
    hold: Hold,
    threads: Threads,
    answers: Answers,
}

/// Whether a process is held because another one has stopped (`--hold-all`).
#[derive(Debug)]
enum Hold {
    /// It is not.
    No,
    /// It was asked to pause.
    Asked,
    /// It has: this is what it told.
    Held(StoppedEvent),
    /// It was asked to, and is to run on when it has.
    LetGo,
}

impl Other {
    /// A process that has just reported.
    fn new(running: Running, answers: Answers, hold: Hold) -> Self {
        let threads = Threads::default();
        Self { running, stop: None, waits: None, hold, threads, answers }
    }

    /// True if it holds still, whether the user has seen it or not.
    pub fn is_stopped(&self) -> bool {
        self.stop.is_some() || self.waits.is_some() || matches!(self.hold, Hold::Held(_))
    }

    /// True if it is none that the program's author has asked for, and has not stopped.
    fn is_silent(&self) -> bool {
        self.running.is_service() && !self.is_stopped()
    }

    /// Holds it, if it runs, because another one has stopped.
    fn be_held(&mut self) {
        if self.running.is_mute || self.is_stopped() {
            return;
        }
        if matches!(self.hold, Hold::No) {
            ask_to_pause(&self.running.client);
        }
        self.hold = Hold::Asked;
    }

    /// Lets it run on, if it was held.
    fn be_let_go(&mut self) {
        self.hold = match mem::replace(&mut self.hold, Hold::No) {
            Hold::Held(_) => {
                run_on(&self.running.client);
                Hold::No
            }
            Hold::Asked => Hold::LetGo,
            hold => hold,
        };
    }
}

impl Session {
    /// Opens the place where new processes report, once.
    pub(super) fn open_to_children(&mut self) -> Outcome {
        if self.settings.no_children || self.children.is_some() {
            return Ok(());
        }
        let (recipe, sender, current) = (self.recipe.clone(), self.happenings.sender(), self.current.clone());
        self.children = self.launcher.follow_children(Box::new(move |arrival: Arrival| {
            let newcomer = match arrival {
                Arrival::Debugged(newcomer) => newcomer,
                Arrival::Undebugged { pid, reason } => {
                    drop(sender.send(Happening::Undebugged(pid, reason)));
                    return;
                }
            };
            let told: Recipe = recipe.lock().clone();
            let process = newcomer.process.clone();
            current.add(process.clone());
            match welcome(newcomer, &told) {
                Ok(welcomed) => drop(sender.send(Happening::Child(Box::new(welcomed)))),
                // One that goes away meanwhile has nothing to say any more.
                Err(_) => current.remove(&*process),
            }
        }))?;
        Ok(())
    }

    /// What is to stop has changed: new processes are told so.
    pub(super) fn renew_recipe(&mut self) {
        if self.children.is_some() {
            let mut recipe = self.recipe.lock();
            recipe.version += 1;
            recipe.breakpoints = self.kept.breakpoints.clone();
            recipe.catches = self.kept.catches.clone();
        }
    }

    /// Sends a group to the processes that are not looked at.
    pub(super) fn tell_others(&mut self, group: &Group) {
        for other in self.others.iter_mut().filter(|other| !other.running.is_mute) {
            if let Ok(answers) = tell(&other.running.client, &self.kept.breakpoints, group) {
                other.answers.take_in(answers);
            }
        }
    }

    /// Takes a new process in.
    pub(super) fn take_in(&mut self, welcomed: Welcomed) -> Outcome {
        let Welcomed { client, events, process, answers, version, is_held } = welcomed;
        let run = self.new_run();
        self.happenings.watch(run, events, None).map_err(|error| error.to_string())?;
        let (is_old, holds) = {
            let recipe = self.recipe.lock();
            (version != recipe.version, recipe.holds)
        };
        let hold = if is_held { Hold::Asked } else { Hold::No };
        let pid = process.pid();
        let known = self.others.iter().position(|other| other.running.process.pid() == Some(pid));
        if let Some(running) = self.running.as_mut().filter(|running| running.process.pid() == Some(pid)) {
            // The process looked at runs another program by now.
            (running.run, running.client, running.is_mute) = (run, client, false);
            running.is_undebugged = false;
            self.stop = None;
            self.threads = Threads::default();
            self.kept.breakpoints.load(&answers);
        } else if let Some(other) = known.and_then(|at| self.others.get_mut(at)) {
            other.running = Running { run, client, is_mute: false, is_undebugged: false, ..other.running.clone() };
            *other = Other::new(other.running.clone(), answers, hold);
        } else {
            self.last_number += 1;
            let python = process.service().map_or_else(|| process.command(), str::to_owned);
            let (number, process) = (self.last_number, Origin::Child(process));
            let running = Running { number, run, client, process, python, is_mute: false, is_undebugged: false };
            self.others.push(Other::new(running, answers, hold));
        }
        if holds != is_held {
            let change = if holds { Other::be_held } else { Other::be_let_go };
            self.other(run).into_iter().for_each(change);
        }
        if is_old {
            for group in self.kept.breakpoints.groups() {
                self.send_group(&group)?;
            }
            self.send_catches(None)?;
        }
        Ok(())
    }

    /// The process that has this connection, if it is not the one looked at.
    fn other(&mut self, run: Run) -> Option<&mut Other> {
        self.others.iter_mut().find(|other| other.running.run == run)
    }

    /// A process that is not looked at tells of something.
    pub(super) fn take_other_event(&mut self, run: Run, event: &Event) {
        if event.is::<events::Stopped>() {
            let Some(other) = self.other(run) else { return };
            let Ok(stopped) = event.body_as::<events::Stopped>() else { return };
            let is_pause = stopped.reason == StoppedEventReason::Pause;
            match mem::replace(&mut other.hold, Hold::No) {
                Hold::Asked if is_pause => other.hold = Hold::Held(stopped),
                Hold::LetGo if is_pause => run_on(&other.running.client),
                _ => other.waits = Some(stopped),
            }
        } else if event.is::<events::Output>() {
            let Some(number) = self.other(run).map(|other| other.running.number) else { return };
            if let Ok(body) = event.body_as::<events::Output>() {
                self.screen.text(&format!("[process {number}] {}", body.output));
            }
        } else if event.is::<events::Breakpoint>()
            && let Ok(body) = event.body_as::<events::Breakpoint>()
            && let Some(other) = self.other(run)
        {
            other.answers.changed(answer(body.breakpoint));
        }
    }

    /// The next process that waits to be looked at is the one looked at now; why it has stopped.
    pub(super) fn next_waiting(&mut self) -> Option<StoppedEvent> {
        let at = self.others.iter().position(|other| other.waits.is_some())?;
        self.look_at(at)
    }

    /// Looks at another process, by its place among the others. If it has stopped unseen, why it did.
    pub(super) fn look_at(&mut self, at: usize) -> Option<StoppedEvent> {
        if at >= self.others.len() {
            return None;
        }
        let mut next = self.others.remove(at);
        let passes_pause = mem::replace(&mut self.passes_pause, matches!(next.hold, Hold::LetGo));
        if let Some(running) = self.running.take() {
            let before = Other {
                running,
                stop: self.stop.take(),
                waits: None,
                hold: if passes_pause { Hold::LetGo } else { Hold::No },
                threads: mem::take(&mut self.threads),
                answers: self.kept.breakpoints.answers(),
            };
            let number = before.running.number;
            let at = self.others.iter().position(|other| other.running.number > number).unwrap_or(self.others.len());
            self.others.insert(at, before);
        }
        self.kept.breakpoints.load(&next.answers);
        self.stop = next.stop.take();
        self.threads = next.threads;
        self.running = Some(next.running);
        match next.hold {
            Hold::Held(stopped) => Some(stopped),
            Hold::No | Hold::Asked | Hold::LetGo => next.waits,
        }
    }

    /// Says which process the user looks at, if it is another one than before.
    pub(super) fn tell_process(&mut self) {
        let Some(number) = self.running.as_ref().map(|running| running.number) else { return };
        if mem::replace(&mut self.told_number, number) != number {
            self.screen.line(&format!("[process {number}]"));
        }
    }

    /// Shows where the process looked at holds still, which has been told before.
    pub(super) fn tell_again(&mut self) -> Outcome {
        self.tell_process();
        commands::show_selected(self)
    }

    /// The connection of a process that is not looked at has ended.
    pub(super) fn other_is_gone(&mut self, run: Run) {
        let Some(at) = self.others.iter().position(|other| other.running.run == run) else { return };
        let Some(other) = self.others.get_mut(at) else { return };
        other.running.client.close();
        (other.stop, other.waits) = (None, None);
        other.running.is_mute = true;
        let number = other.running.number;
        match &other.running.process {
            Origin::Child(process) => match process.fate() {
                Fate::Ended(ended) => {
                    let told = end_of(number, &**process, ended);
                    self.current.remove(&**process);
                    self.others.remove(at);
                    self.screen.text(&told);
                }
                fate => {
                    other.running.is_undebugged = fate == Fate::Undebugged;
                    self.happenings.watch_end(run, process.clone());
                    self.tell_undebugged(number, fate);
                }
            },
            Origin::Ours(process, _) => {
                let fate = process.fate();
                other.running.is_undebugged = fate == Fate::Undebugged;
                self.tell_undebugged(number, fate);
            }
            Origin::Foreign => {}
        }
    }

    /// Tells of the others that have ended, and whose connections' ends are still to be heard of.
    pub(super) fn tell_ended_others(&mut self) {
        let others = self.others.iter().map(|other| &other.running);
        let ended: Vec<Run> =
            others.filter(|other| !other.is_mute && other.has_ended()).map(|other| other.run).collect();
        ended.into_iter().for_each(|run| self.other_is_gone(run));
    }

    /// A child that is not debugged any more has ended.
    pub(super) fn take_left(&mut self, run: Run, ended: Option<Ended>) {
        let Some(at) = self.others.iter().position(|other| other.running.run == run) else { return };
        let other = self.others.remove(at);
        if let Origin::Child(process) = &other.running.process {
            self.current.remove(&**process);
            self.screen.text(&end_of(other.running.number, &**process, ended));
        }
    }

    /// Says that a program does without us, if it does: what to stop at is not stopped at any more.
    pub(super) fn tell_undebugged(&mut self, number: usize, fate: Fate) {
        if fate == Fate::Undebugged {
            let rest = if self.settings.no_children { "" } else { "; what it starts is debugged" };
            self.screen.line(&format!(
                "Process {number} has closed pausa's connection, as daemons close all that they have open: it runs on \
                 undebugged{rest}."
            ));
        }
    }

    /// The connection of the process looked at has ended, and it is not one that we started: another one is looked at.
    pub(super) fn child_is_gone(&mut self) {
        let Some(mut running) = self.running.take() else { return };
        running.client.close();
        running.is_mute = true;
        self.stop = None;
        self.threads = Threads::default();
        if let Origin::Child(process) = &running.process {
            match process.fate() {
                Fate::Ended(ended) => {
                    self.current.remove(&**process);
                    self.screen.text(&end_of(running.number, &**process, ended));
                }
                fate => {
                    running.is_undebugged = fate == Fate::Undebugged;
                    self.happenings.watch_end(running.run, process.clone());
                    self.tell_undebugged(running.number, fate);
                    let answers = self.kept.breakpoints.answers();
                    self.others.push(Other::new(running, answers, Hold::No));
                    self.others.sort_by_key(|other| other.running.number);
                }
            }
        }
        self.look_at_any();
    }

    /// Nothing is looked at any more: something else is, one that holds still if there is one.
    pub(super) fn look_at_any(&mut self) {
        self.passes_pause = false;
        let lives = |other: &Other| !other.running.is_mute || other.running.process.ours().is_some();
        let is_wanted = |other: &Other| lives(other) && !other.is_silent();
        let stopped = self.others.iter().position(|other| other.stop.is_some());
        if let Some(at) = stopped.or_else(|| self.others.iter().position(is_wanted)) {
            self.due = self.look_at(at);
        } else if self.others.iter().any(lives) {
            self.let_others_end();
            // Those that stay because something else still needs them run on, and end, without us.
            let services = self.others.extract_if(.., |other| other.is_silent());
            services.for_each(|service| {
                service.running.client.close();
                if let Origin::Child(process) = &service.running.process {
                    self.current.remove(&**process);
                }
            });
            if !self.others.is_empty() {
                self.look_at_any();
            }
        }
    }

    /// The program has ended: those that end with it get a moment to do so, if nothing holds still.
    pub(super) fn let_others_end(&mut self) {
        let deadline = Instant::now() + END_TOGETHER;
        while self.stop.is_none()
            && self.others.iter().any(|other| !other.running.is_mute)
            && !self.others.iter().any(Other::is_stopped)
        {
            match self.happenings.next_until(deadline) {
                Some(Happening::Event(run, event)) if self.is_current(run) && event.is::<events::Stopped>() => {
                    return self.happenings.keep(Happening::Event(run, event));
                }
                Some(Happening::Interrupt) => return self.happenings.keep(Happening::Interrupt),
                Some(happening) => {
                    if let Err(fault) = self.take(happening) {
                        self.screen.error(&fault);
                    }
                }
                None => return,
            }
        }
    }

    /// A process stops: the others are held as well, if the user wants that.
    pub(super) fn hold_others(&mut self) {
        if !self.settings.hold_all {
            return;
        }
        self.recipe.lock().holds = true;
        self.others.iter_mut().for_each(Other::be_held);
    }

    /// The process looked at runs on, and so do those that were held because of it.
    pub(super) fn let_others_go(&mut self) {
        self.recipe.lock().holds = false;
        self.others.iter_mut().for_each(Other::be_let_go);
    }

    /// A child cannot be debugged. Said once for each reason: a program may start one such child after another.
    pub(super) fn tell_unfit(&mut self, pid: i32, reason: String) {
        let line = format!("A child runs undebugged, pid {pid}: {reason}.");
        if self.told_unfit.insert(reason) {
            self.screen.line(&line);
        }
    }

    /// How many processes are debugged and have not ended, but for those that nobody has asked for.
    pub(super) fn living(&self) -> usize {
        let current = self.running.iter().filter(|running| !running.has_ended());
        current.count() + self.others.iter().filter(|other| !other.running.is_mute && !other.is_silent()).count()
    }

    /// Looks at the process of this number, which is paused if it runs.
    pub fn look_at_process(&mut self, number: usize) -> Outcome {
        let at = self.others.iter().position(|other| other.running.number == number);
        let at = at.ok_or_else(|| format!("there is no process {number}: see `processes`"))?;
        if let Some(running) = self.others.get(at).map(|other| &other.running).filter(|running| running.is_mute) {
            let why = match running.is_undebugged {
                true => "has closed pausa's connection and runs undebugged, but what it starts is debugged",
                false => "runs another program, or is about to end",
            };
            return Err(format!("process {number} {why}").into());
        }
        if let Some(event) = self.look_at(at) {
            return self.take_stop(event);
        }
        if self.stop.is_some() {
            return self.tell_again();
        }
        if !mem::take(&mut self.passes_pause) {
            ask_to_pause(&self.client()?);
        }
        self.wait()
    }

    pub(super) fn new_run(&mut self) -> Run {
        self.last_run.0 += 1;
        self.last_run
    }
}

/// What is said of a process that has ended: nothing, if it did as most do.
fn end_of(number: usize, process: &dyn crate::debuggee::Relative, ended: Option<Ended>) -> String {
    match ended {
        None | Some(Ended::Code(0)) => String::new(),
        // It has said itself what is wrong.
        Some(Ended::Code(_)) if process.service().is_some() => String::new(),
        Some(ended) => format!("Process {number} {}.\n", process.describe(ended)),
    }
}
