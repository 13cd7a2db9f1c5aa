//! Frames, the modules and sources that they come from, and where values are defined.

use pausa_dap::events;
use pausa_dap::extensions::AttachArguments;
use pausa_dap::requests::{LoadedSources, Locations, Modules, SetFunctionBreakpoints, Source, StackTrace};
use pausa_dap::types::{
    self, LocationsArguments, ModulesArguments, SourceArguments, StackFrameFormat, StackTraceArguments,
    StackTraceResponse,
};
use pausa_testkit::Result;
use pausa_testkit::pythons::Python;

use crate::debuggee::Debuggee;
use crate::{Stopped, check, everything, on_each_python, refusal, same};

fn at(python: &Python, markers: &[(&str, &str, &str)]) -> Result<Stopped> {
    let debuggee = Debuggee::start_as(everything(), AttachArguments::default(), python, "data", &["frames"])?;
    debuggee.set_breakpoints("frames.py", markers)?;
    Stopped::of(debuggee)
}

fn stack(stopped: &Stopped, start: i64, levels: i64, format: StackFrameFormat) -> Result<StackTraceResponse> {
    stopped.ask::<StackTrace>(StackTraceArguments {
        thread_id: stopped.stop.thread,
        start_frame: Some(start),
        levels: Some(levels),
        format: Some(format),
    })
}

/// A deep stack is told by the page, with the number of all frames.
#[test]
fn stacks_come_in_pages() -> Result<()> {
    on_each_python(|python| {
        let stopped = at(python, &[("bottom", "len(__import__('inspect').stack()) > 500", "")])?;
        let all = stopped.frames()?;
        check(all.len() > 900, || format!("{} frames", all.len()))?;
        let page = stack(&stopped, 10, 5, StackFrameFormat::default())?;
        same(page.total_frames, i64::try_from(all.len()).ok())?;
        let ids = |frames: &[types::StackFrame]| frames.iter().map(|frame| frame.id).collect::<Vec<_>>();
        same(ids(&page.stack_frames), ids(&all[10..15]))?;
        same(stack(&stopped, 5_000, 5, StackFrameFormat::default())?.stack_frames.len(), 0)?;
        let refused = refusal(stack(&stopped, -1, 5, StackFrameFormat::default()))?;
        check(refused.contains("startFrame"), || refused.clone())
    })
}

#[test]
fn frames_are_named_as_asked() -> Result<()> {
    on_each_python(|python| {
        let stopped = at(python, &[("bottom", "", "")])?;
        let yes = Some(true);
        let name = |format| Ok::<_, String>(stack(&stopped, 0, 1, format)?.stack_frames[0].name.clone());
        same(name(StackFrameFormat::default())?, "deep".into())?;
        same(name(StackFrameFormat { parameters: yes, ..Default::default() })?, "deep(depth)".into())?;
        let full = StackFrameFormat {
            parameters: yes,
            parameter_names: yes,
            parameter_types: yes,
            parameter_values: yes,
            module: yes,
            line: yes,
            ..Default::default()
        };
        same(name(full)?, format!("__main__.deep(depth: int=0):{}", stopped.debuggee.line("bottom")?))
    })
}

/// From 3.11 on a caller's frame says which call on its line it waits for, in UTF-16 code units.
#[test]
fn frames_have_columns() -> Result<()> {
    on_each_python(|python| {
        let mut stopped = at(python, &[("bottom", "", "")])?;
        check(stopped.go_on()?, || "no second stop".into())?;
        let frame = stopped.frames()?.into_iter().find(|frame| frame.name == "called_with").ok_or("no caller")?;
        let known = (frame.column, frame.end_line, frame.end_column);
        same(frame.module_id, Some(pausa_dap::IntegerOrString::String("__main__".into())))?;
        if python.minor == "3.10" {
            return same(known, (1, None, None));
        }
        same(known, (21, Some(stopped.debuggee.line("columns")?), Some(33)))
    })
}

/// Frames of libraries are there, and marked as what they are.
#[test]
fn frames_of_libraries_are_subtle() -> Result<()> {
    on_each_python(|python| {
        let stopped = at(python, &[("hook", "", "")])?;
        let frames = stopped.frames()?;
        let library = frames.iter().find(|frame| frame.name == "loads").ok_or("no loads")?;
        same(library.presentation_hint.as_ref().map(|hint| hint.as_str()), Some("subtle"))?;
        let source = library.source.as_ref().ok_or("no source")?;
        same(source.presentation_hint.as_ref().map(|hint| hint.as_str()), Some("deemphasize"))?;
        same(frames[0].presentation_hint.clone(), None)
    })
}

#[test]
fn modules_come_and_go() -> Result<()> {
    on_each_python(|python| {
        let mut stopped = at(python, &[("module", "", ""), ("loaded", "", ""), ("end", "", "")])?;
        let all = stopped.ask::<Modules>(ModulesArguments::default())?;
        same(all.total_modules, i64::try_from(all.modules.len()).ok())?;
        let main = all.modules.iter().find(|module| module.name == "__main__").ok_or("no __main__")?;
        same(main.is_user_code, Some(true))?;
        check(main.path.as_deref().is_some_and(|path| path.ends_with("frames.py")), || format!("{main:?}"))?;
        let json = all.modules.iter().find(|module| module.name == "json").ok_or("no json")?;
        same(json.is_user_code, Some(false))?;
        let versioned = all.modules.iter().find(|module| module.name == "versioned").ok_or("no versioned")?;
        same((versioned.is_user_code, versioned.version.as_deref()), (Some(true), Some("1.2")))?;
        let page = ModulesArguments { start_module: Some(3), module_count: Some(2) };
        same(stopped.ask::<Modules>(page)?.modules, all.modules[3..5].to_vec())?;
        let told = |stopped: &Stopped, reason: &str| -> Result<()> {
            loop {
                let event = stopped.debuggee.until::<events::Module>()?.ok_or("no event")?;
                let event = event.body_as::<events::Module>().map_err(|error| error.to_string())?;
                if event.module.name == "colorsys" {
                    return same(event.reason.as_str(), reason);
                }
            }
        };
        stopped.ask::<LoadedSources>(Default::default())?;
        check(stopped.go_on()?, || "no second stop".into())?;
        told(&stopped, "new")?;
        let event = stopped.debuggee.until::<events::LoadedSource>()?.ok_or("no source")?;
        let event = event.body_as::<events::LoadedSource>().map_err(|error| error.to_string())?;
        same((event.reason.as_str(), event.source.name.as_deref()), ("new", Some("colorsys.py")))?;
        check(stopped.go_on()?, || "no third stop".into())?;
        told(&stopped, "removed")
    })
}

/// Code that has no file has a source all the same, under a reference that stays.
#[test]
fn code_without_a_file_has_a_source() -> Result<()> {
    on_each_python(|python| {
        let debuggee = Debuggee::start_as(everything(), AttachArguments::default(), python, "data", &["frames"])?;
        let breakpoints = vec![types::FunctionBreakpoint { name: "made".into(), ..Default::default() }];
        debuggee.request::<SetFunctionBreakpoints>(types::SetFunctionBreakpointsArguments { breakpoints })?;
        let stopped = Stopped::of(debuggee)?;
        let frame = stopped.frames()?.swap_remove(0);
        same(frame.name.as_str(), "made")?;
        let source = frame.source.ok_or("no source")?;
        let reference = source.source_reference.ok_or("no reference")?;
        check(reference > 0, || format!("{source:?}"))?;
        let arguments = SourceArguments { source: Some(source.clone()), source_reference: reference };
        check(stopped.ask::<Source>(arguments)?.content.contains("return value + 1"), || "another text".into())?;
        let loaded = stopped.ask::<LoadedSources>(Default::default())?.sources;
        check(loaded.contains(&source), || format!("{source:?} is not among the sources"))?;
        check(
            loaded.iter().any(|source| source.path.as_deref().is_some_and(|path| path.ends_with("frames.py"))),
            || "frames.py is not among the sources".into(),
        )
    })
}

/// Functions, classes and modules say where they are defined.
#[test]
fn values_know_where_they_are_defined() -> Result<()> {
    on_each_python(|python| {
        let stopped = at(python, &[("end", "", "")])?;
        let source = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/frames.py"))
            .map_err(|error| error.to_string())?;
        let places = [
            ("function", "def function("),
            ("Outer", "class Outer"),
            ("Outer.Inner", "class Inner"),
            ("(lambda: 0)", ""),
            ("Outer().method.__wrapped__", "@functools.cache"),
        ];
        for (expression, text) in places {
            let value = stopped.evaluate_in("watch", expression)?;
            let reference = value.value_location_reference.ok_or_else(|| format!("{expression} has no place"))?;
            let found = stopped.ask::<Locations>(LocationsArguments { location_reference: reference })?;
            let line = source.lines().position(|line| !text.is_empty() && line.trim_start().starts_with(text));
            if let Some(line) = line {
                same(
                    (expression, found.line),
                    (expression, i64::try_from(line + 1).map_err(|error| error.to_string())?),
                )?;
            }
        }
        same(stopped.evaluate_in("watch", "len")?.value_location_reference, None)?;
        same(stopped.evaluate_in("watch", "int")?.value_location_reference, None)?;
        check(stopped.ask::<Locations>(LocationsArguments { location_reference: 1 }).is_err(), || "found".into())
    })
}
