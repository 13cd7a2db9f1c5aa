//! Sets breakpoints: finds where they stand and arms the code that exists. Called by `inspection` for the session.
//!
//! Invariant: what is answered is the truth at that moment: a line of module code that has already run is pending until
//! the module is loaded again, not bound.

use std::collections::BTreeSet;
use std::rc::Rc;

use pausa_engine::breakpoints::{Breakpoint, BreakpointId, Known, Place, Standing, Wanted};
use pausa_engine::code::{CodeFacts, CodeKind};
use pausa_engine::function_breakpoints::FunctionPlace;
use pausa_engine::functions::FunctionName;
use pausa_engine::places::Part;
use pausa_engine::port::{BreakpointPlace, Line};
use pyo3::prelude::*;

use super::Debugger;
use crate::code::compiled::{self, Source};
use crate::code::registry::CodeKey;
use crate::code::{facts, places};
use crate::inspection::line_of_instruction;
use crate::named::Named;

impl Debugger {
    /// Replaces the breakpoints of a file, given by its real path.
    pub fn set_breakpoints(&self, py: Python<'_>, file: &str, wanted: Vec<Wanted>) -> Vec<Breakpoint> {
        self.look_for_code(py);
        let ids = self.state().breakpoints.replace_in_file(file, wanted);
        self.remember_text(file, &ids);
        let live = self.codes_of_file(py, file);
        self.put_on_lines(py, file, &ids, &live);
        self.breakpoints(&ids)
    }

    /// Finds out where breakpoints of a file stand, and arms its code.
    pub(super) fn put_on_lines(&self, py: Python<'_>, file: &str, ids: &[BreakpointId], live: &[Bound<'_, PyAny>]) {
        if !ids.is_empty() {
            self.resolve_lines(py, file, ids, live);
        }
        self.arm_all(live, file);
    }

    /// The lines from the first to the last of these at which a breakpoint of the file would stand without being moved.
    fn breakpoint_lines(&self, py: Python<'_>, file: &str, (first, last): (Line, Line)) -> Vec<Line> {
        self.look_for_code(py);
        let codes = match self.unseen(|| compiled::read(py, file, self.opcodes)) {
            Source::Codes(codes) => codes,
            Source::Missing | Source::Faulty(_) => {
                let live = self.codes_of_file(py, file);
                live.iter().filter_map(|code| facts::read(code, file, self.opcodes).ok()).collect()
            }
        };
        let lines: BTreeSet<Line> = codes.iter().flat_map(|code| code.lines.iter().copied()).collect();
        lines.into_iter().filter(|line| (first..=last).contains(line)).collect()
    }

    /// Replaces the breakpoints on instructions.
    pub fn set_instruction_breakpoints(&self, py: Python<'_>, wanted: Vec<Wanted>) -> Vec<Breakpoint> {
        let numbers = |places: &[Wanted]| -> BTreeSet<u32> {
            let number = |wanted: &Wanted| match wanted.place {
                Place::Instruction(code, _) => Some(code),
                _ => None,
            };
            places.iter().filter_map(number).collect()
        };
        let mut concerned = numbers(&wanted);
        let ids = {
            let mut state = self.state();
            let old: Vec<Wanted> = state
                .breakpoints
                .on_instructions()
                .iter()
                .filter_map(|&id| state.breakpoints.get(id))
                .map(|old| old.wanted.clone())
                .collect();
            concerned.extend(numbers(&old));
            state.breakpoints.replace_instructions(wanted)
        };
        for &id in &ids {
            self.put_on_instruction(py, id);
        }
        for number in concerned {
            if let Some((code, file)) = self.numbered_code(py, number) {
                self.arm(&code, &file, None);
            }
        }
        self.breakpoints(&ids)
    }

    fn put_on_instruction(&self, py: Python<'_>, id: BreakpointId) {
        let place = self.state().breakpoints.get(id).map(|breakpoint| breakpoint.wanted.place.clone());
        let Some(Place::Instruction(number, offset)) = place else { return };
        let at = match self.numbered_code(py, number) {
            Some((code, file)) => line_of_instruction(py, &code, offset).map(|line| (file, line)),
            None => Err("the code of that instruction is gone".to_owned()),
        };
        self.state().breakpoints.put_on_instruction(id, at);
    }

    /// The live code object of a number, and its file.
    fn numbered_code<'py>(&self, py: Python<'py>, number: u32) -> Option<(Bound<'py, PyAny>, String)> {
        let state = self.state();
        let key = state.registry.by_number(number)?;
        let file = state.registry.file(key)?.to_owned();
        // SAFETY: the number is taken away with the code object, and the GIL has been held since it was read.
        Some((unsafe { key.object(py) }, file))
    }

    /// The places from the first to the last of these lines at which a breakpoint can stand; of each the columns, where
    /// these are told.
    pub fn breakpoint_places(&self, py: Python<'_>, file: &str, lines: (Line, Line)) -> Vec<BreakpointPlace> {
        let whole = self.breakpoint_lines(py, file, lines);
        let (first, last) = lines;
        let told = self.unseen(|| places::of_file(py, file, self.opcodes)).unwrap_or_default();
        let told = told.into_iter().filter(|place| (first..=last).contains(&place.line)).collect::<Vec<_>>();
        let untold = whole.into_iter().filter(|line| !told.iter().any(|place| place.line == *line));
        let mut all: Vec<_> = untold.map(|line| BreakpointPlace { line, columns: None }).collect();
        all.extend(told.iter().map(|place| BreakpointPlace { line: place.line, columns: Some(place.columns) }));
        all.sort_by_key(|place| (place.line, place.columns.map(|columns| columns.start)));
        all
    }

    /// Finds out where on its line each of these breakpoints stands that was asked for a column.
    pub(super) fn locate(&self, py: Python<'_>, file: &str, ids: &[BreakpointId]) {
        if !self.state().breakpoints.want_columns(file) {
            return;
        }
        let places = self.unseen(|| places::of_file(py, file, self.opcodes));
        let mut state = self.state();
        for &id in ids {
            state.breakpoints.locate(id, places.as_deref().map_err(String::as_str));
        }
    }

    /// Those that stand within a line of code that exists.
    fn live_parts(&self, py: Python<'_>, file: &str, ids: &[BreakpointId]) -> Vec<BreakpointId> {
        let parts: Vec<_> = {
            let state = self.state();
            let part = |id: &BreakpointId| Some((*id, state.breakpoints.get(*id)?.part.as_ref()?.part.clone()));
            ids.iter().filter_map(part).collect()
        };
        if parts.is_empty() {
            return Vec::new();
        }
        let live = self.codes_of_file(py, file);
        let codes: Vec<_> = live.iter().filter_map(|code| places::Code::read(code, self.opcodes).ok()).collect();
        let has_code = |part: &Part| codes.iter().any(|code| !code.offsets(part).is_empty());
        parts.into_iter().filter(|(_, part)| has_code(part)).map(|(id, _)| id).collect()
    }

    /// Replaces the function breakpoints.
    pub fn set_function_breakpoints(&self, py: Python<'_>, wanted: Vec<Wanted>) -> Vec<Breakpoint> {
        self.look_for_code(py);
        let ids = self.state().breakpoints.replace_functions(wanted);
        let gone = self.receivers.borrow_mut().extract_if(|id, _| !ids.contains(id)).collect::<Vec<_>>();
        drop(gone);
        let live: Vec<(Bound<'_, PyAny>, String)> = {
            let state = self.state();
            let all = state.registry.all().map(|(code, file)| (code, file.to_owned()));
            // SAFETY: registered, and the GIL has been held since they were read.
            all.map(|(code, file)| (unsafe { code.object(py) }, file)).collect()
        };
        for &id in &ids {
            self.resolve_function(py, id, &live);
        }
        for (code, file) in &live {
            self.arm(code, file, None);
        }
        self.apply_global_if_running(py);
        self.breakpoints(&ids)
    }

    /// A stopped program gets what all code must tell when it runs on.
    fn apply_global_if_running(&self, py: Python<'_>) {
        if self.world.holder().is_none() {
            self.apply_global(py);
        }
    }

    pub(super) fn breakpoints(&self, ids: &[BreakpointId]) -> Vec<Breakpoint> {
        let state = self.state();
        ids.iter().filter_map(|&id| state.breakpoints.get(id).cloned()).collect()
    }

    fn codes_of_file<'py>(&self, py: Python<'py>, file: &str) -> Vec<Bound<'py, PyAny>> {
        let keys: Vec<CodeKey> = self.state().registry.codes_of(file);
        // SAFETY: registered, and the GIL has been held since they were read.
        keys.into_iter().map(|code| unsafe { code.object(py) }).collect()
    }

    fn arm_all(&self, codes: &[Bound<'_, PyAny>], file: &str) {
        for code in codes {
            self.arm(code, file, None);
        }
    }

    fn resolve_lines(&self, py: Python<'_>, file: &str, ids: &[BreakpointId], live: &[Bound<'_, PyAny>]) {
        let live: Vec<CodeFacts> = live.iter().filter_map(|code| facts::read(code, file, self.opcodes).ok()).collect();
        let source = self.unseen(|| compiled::read(py, file, self.opcodes));
        let shown = shown(file);
        let import = Standing::Pending(format!("{shown} to be imported"));
        let (codes, otherwise) = match source {
            Source::Codes(codes) => (codes, import),
            Source::Missing => {
                (live.clone(), Standing::Pending(format!("{shown}, which does not exist yet, to be imported")))
            }
            Source::Faulty(why) if live.is_empty() => (Vec::new(), Standing::Refused(format!("{shown}: {why}"))),
            Source::Faulty(_) => (live.clone(), import),
        };
        // The program itself is about to run: nothing has to happen first.
        let is_next = !self.state().started && program_file(py).as_deref() == Some(file);
        self.locate(py, file, ids);
        let with_part = self.live_parts(py, file, ids);
        let mut state = self.state();
        for &id in ids {
            state.breakpoints.resolve(id, &Known { codes: &codes, loaded: is_next, otherwise: otherwise.clone() });
            let at = state.breakpoints.get(id).and_then(|breakpoint| breakpoint.at.clone());
            let Some((_, line)) = at else { continue };
            let is_whole = state.breakpoints.get(id).is_some_and(|breakpoint| breakpoint.part.is_none());
            let has_line = || live.iter().any(|code| code.has_line(line));
            if with_part.contains(&id) || (is_whole && has_line()) {
                // The live code decides, even where the text on disk has changed since.
                let moved = Known { codes: &codes, loaded: true, otherwise: otherwise.clone() };
                state.breakpoints.resolve(id, &moved);
            } else if !live.is_empty() {
                state
                    .breakpoints
                    .wait_for(id, format!("{shown} to be loaded again, as line {line} has run and its code is gone"));
            }
        }
    }

    pub(super) fn resolve_function(&self, py: Python<'_>, id: BreakpointId, live: &[(Bound<'_, PyAny>, String)]) {
        let place = match self.state().breakpoints.get(id).map(|breakpoint| breakpoint.wanted.place.clone()) {
            Some(Place::Function(place)) => place,
            _ => return,
        };
        if self.resolve_in(id, &place.name, live) {
            return;
        }
        if let Some(found) = self.find_by_value(py, &place) {
            return match found {
                Ok((receiver, found)) => {
                    self.state().breakpoints.means(id, found);
                    let old = self.receivers.borrow_mut().insert(id, Rc::new(receiver));
                    drop(old);
                    self.resolve_in(id, &place.name, live);
                }
                Err(why) => self.state().breakpoints.refuse(id, why),
            };
        }
        let (codes, otherwise) = self.function_in_source(py, &place);
        let program = program_file(py);
        let is_next = !self.state().started && codes.iter().any(|code| Some(&code.file) == program.as_ref());
        self.state().breakpoints.resolve(id, &Known { codes: &codes, loaded: is_next, otherwise });
    }

    /// Looks for the function among the code that is alive; true if it is there.
    fn resolve_in(&self, id: BreakpointId, name: &FunctionName, live: &[(Bound<'_, PyAny>, String)]) -> bool {
        let found = self.state().breakpoints.get(id).and_then(|breakpoint| breakpoint.found.clone());
        let is_near = |code: &Bound<'_, PyAny>, file: &str| match &found {
            Some(found) => found.file == file,
            None => self.may_match(code, file, name),
        };
        let near = live.iter().filter(|(code, file)| is_near(code, file));
        let codes: Vec<CodeFacts> =
            near.filter_map(|(code, file)| facts::read(code, file, self.opcodes).ok()).collect();
        let known = Known { codes: &codes, loaded: true, otherwise: Standing::Pending(String::new()) };
        let mut state = self.state();
        state.breakpoints.resolve(id, &known);
        state.breakpoints.get(id).is_some_and(|breakpoint| breakpoint.standing == Standing::Bound)
    }

    /// A cheap look before the facts of a code object are read: the last part of its name, and whose code it is.
    fn may_match(&self, code: &Bound<'_, PyAny>, file: &str, name: &FunctionName) -> bool {
        let own = code.named("co_name").and_then(|own| own.extract::<String>());
        own.is_ok_and(|own| name.may_mean(&own)) && (name.is_wide() || self.state().scope.contains(file))
    }

    /// Looks for a function in the texts of files that are not imported yet: the program's own, a named file, a module
    /// found along `sys.path`.
    fn function_in_source(&self, py: Python<'_>, place: &FunctionPlace) -> (Vec<CodeFacts>, Standing) {
        let name = &place.name;
        let candidates = candidate_files(py, name);
        for file in &candidates {
            match self.unseen(|| compiled::read(py, file, self.opcodes)) {
                Source::Codes(codes) => {
                    let found: Vec<CodeFacts> = codes
                        .into_iter()
                        .filter(|code| code.kind == CodeKind::Function && name.matches(code))
                        .collect();
                    if !found.is_empty() {
                        return (found, Standing::Pending(format!("{} to be imported", shown(file))));
                    }
                }
                Source::Faulty(why) => return (Vec::new(), Standing::Refused(format!("{}: {why}", shown(file)))),
                Source::Missing => {}
            }
        }
        if name.is_pattern() {
            return (Vec::new(), Standing::Pending(format!("a function that '{}' matches", name.dotted)));
        }
        if let (Some((Some(module), _)), true) = (name.readings().last(), has_archive(py)) {
            return (Vec::new(), Standing::Pending(format!("module {module} to be imported")));
        }
        let looked = if candidates.is_empty() {
            "the modules imported so far".into()
        } else {
            candidates.iter().map(|file| shown(file)).collect::<Vec<_>>().join(", ")
        };
        let hint = match &name.file {
            Some(_) => "",
            None => "; use module.function for a module that is not imported yet",
        };
        (Vec::new(), Standing::Refused(format!("no function '{}' in {looked}{hint}", name.dotted)))
    }
}

/// The files in which a function of this name could be defined.
fn candidate_files(py: Python<'_>, name: &FunctionName) -> Vec<String> {
    let program = program_file(py);
    let mut folders: Vec<String> = program.iter().filter_map(|file| parent(file)).collect();
    folders.extend(std::env::current_dir().map(|cwd| cwd.to_string_lossy().into_owned()));
    let path = crate::modules::import(py, "sys")
        .and_then(|sys| sys.named("path"))
        .and_then(|path| path.extract::<Vec<String>>());
    folders.extend(path.unwrap_or_default().into_iter().filter(|folder| !folder.is_empty()));
    let mut found = Vec::new();
    let mut consider = |path: String| {
        let path = crate::code::registry::real_path(&path);
        if std::path::Path::new(&path).is_file() && !found.contains(&path) {
            found.push(path);
        }
    };
    if let Some(file) = &name.file {
        consider(file.clone());
        for folder in &folders {
            consider(format!("{folder}/{file}"));
        }
        return found;
    }
    if let Some(program) = program {
        consider(program);
    }
    for (module, _) in name.readings() {
        let Some(relative) = module.map(|module| module.replace('.', "/")) else { continue };
        for folder in &folders {
            consider(format!("{folder}/{relative}.py"));
            consider(format!("{folder}/{relative}/__init__.py"));
        }
    }
    found
}

/// True if modules may come from an archive, into which we do not look ahead.
fn has_archive(py: Python<'_>) -> bool {
    let path = crate::modules::import(py, "sys")
        .and_then(|sys| sys.named("path"))
        .and_then(|path| path.extract::<Vec<String>>());
    let mut places = path.unwrap_or_default();
    places.extend(program_file(py));
    let standard = |place: &str| place.ends_with(".py") || (place.contains("/python3") && place.ends_with(".zip"));
    places.iter().any(|place| !standard(place) && std::path::Path::new(place).is_file())
}

/// A path as the user would write it: relative where it is below the working directory.
fn shown(file: &str) -> String {
    let relative = std::env::current_dir().ok().and_then(|cwd| {
        std::path::Path::new(file).strip_prefix(cwd).ok().map(|path| path.to_string_lossy().into_owned())
    });
    relative.unwrap_or_else(|| file.to_owned())
}

fn parent(file: &str) -> Option<String> {
    Some(std::path::Path::new(file).parent()?.to_string_lossy().into_owned())
}

/// The file of the program, if it is one.
fn program_file(py: Python<'_>) -> Option<String> {
    let arguments = crate::modules::import(py, "sys").ok()?.named("argv").ok()?.extract::<Vec<String>>().ok()?;
    let first = arguments.first().filter(|first| !first.is_empty() && *first != "-m" && *first != "-c")?;
    let real = crate::code::registry::real_path(first);
    let main = format!("{real}/__main__.py");
    Some(if std::path::Path::new(&main).is_file() { main } else { real })
}
