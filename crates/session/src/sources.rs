//! Requests about sources, modules and definitions. Called by `Session::handle`.
//!
//! Invariant: a source that is a file is known by its path alone; any other has a reference that is the same in the whole
//! session.

use std::collections::BTreeSet;

use pausa_dap::server::{ErrorBody, Incoming, Outgoing};
use pausa_dap::{IntegerOrString, events, requests, types};
use pausa_engine::port::{Commands, Handle, Module, SourceFile};

use crate::client::count;
use crate::{REFUSED, Session, Shared, refused};

/// The path of a source that a client names: by it, by our reference, or by a name that is one.
pub(crate) fn path_of(source: types::Source, shared: &Shared) -> Result<String, ErrorBody> {
    let referred = || shared.source_path(source.source_reference?);
    let path = source.path.or_else(referred).or(source.name).filter(|path| !path.is_empty());
    path.ok_or_else(|| {
        ErrorBody::new(ErrorBody::INVALID, "the source has neither a path nor a reference of this session")
    })
}

impl Session {
    pub(crate) fn source(&self, request: &Incoming) {
        self.ask::<requests::Source>(request, |commands, arguments, shared| {
            let given = arguments.source.as_ref();
            let reference = given.and_then(|source| source.source_reference).filter(|&reference| reference > 0);
            let path = shared.source_path(reference.unwrap_or(arguments.source_reference));
            let path = path.or(arguments.source.and_then(|source| source.path));
            let path = path.ok_or_else(|| ErrorBody::new(REFUSED, "there is no such source"))?;
            let content = commands.source(&path).map_err(refused)?;
            Ok(types::SourceResponse { content, mime_type: Some("text/x-python".into()) })
        });
    }

    pub(crate) fn loaded_sources(&self, request: &Incoming) {
        self.ask::<requests::LoadedSources>(request, |commands, _, shared| {
            let paths = commands.loaded_sources();
            let sources = paths.iter().map(|path| source(commands.source_file(path), shared)).collect();
            shared.known().sources = Some(paths);
            Ok(types::LoadedSourcesResponse { sources })
        });
    }

    pub(crate) fn locations(&self, request: &Incoming) {
        self.ask::<requests::Locations>(request, |commands, arguments, shared| {
            let found = commands.definition(Handle(arguments.location_reference)).map_err(refused)?;
            let line = shared.client.line(found.line);
            Ok(types::LocationsResponse { line, source: source(found.source, shared), ..Default::default() })
        });
    }

    pub(crate) fn modules(&self, request: &Incoming) {
        self.ask::<requests::Modules>(request, |commands, arguments, shared| {
            let start = count("startModule", arguments.start_module)?;
            let wanted = count("moduleCount", arguments.module_count)?;
            let modules = commands.modules();
            shared.known().modules = Some(modules.iter().map(|module| module.name.clone()).collect());
            let total = i64::try_from(modules.len()).ok();
            let wanted = if wanted == 0 { modules.len() } else { wanted };
            let modules = modules.into_iter().skip(start).take(wanted).map(module).collect();
            Ok(types::ModulesResponse { modules, total_modules: total })
        });
    }
}

/// What a client has asked for, and so is told of when it changes.
#[derive(Default)]
pub(crate) struct Known {
    /// The modules, by name.
    modules: Option<BTreeSet<String>>,
    /// The sources, by path.
    sources: Option<BTreeSet<String>>,
}

/// Tells the client which modules and sources have come and gone since it asked.
pub(crate) fn tell_of_changes(commands: &mut dyn Commands, outgoing: &Outgoing, shared: &Shared) {
    let modules = shared.known().modules.clone();
    if let Some(known) = modules {
        shared.known().modules = Some(tell_of_modules(&known, commands, outgoing));
    }
    let sources = shared.known().sources.clone();
    if let Some(known) = sources {
        shared.known().sources = Some(tell_of_sources(&known, commands, outgoing, shared));
    }
}

/// Tells who has listed the sources that this one is another now.
pub(crate) fn tell_of_change(path: &str, commands: &mut dyn Commands, outgoing: &Outgoing, shared: &Shared) {
    if shared.known().sources.is_some() {
        let source = source(commands.source_file(path), shared);
        let body = types::LoadedSourceEvent { reason: "changed".into(), source };
        outgoing.event::<events::LoadedSource>(body);
    }
}

fn tell_of_modules(known: &BTreeSet<String>, commands: &mut dyn Commands, outgoing: &Outgoing) -> BTreeSet<String> {
    let names: BTreeSet<String> = commands.module_names().into_iter().collect();
    if names == *known {
        return names;
    }
    let tell = |reason: &str, module| {
        outgoing.event::<events::Module>(types::ModuleEvent { reason: reason.into(), module });
    };
    for gone in known.difference(&names) {
        let id = IntegerOrString::String(gone.clone());
        tell("removed", types::Module { id, name: gone.clone(), ..Default::default() });
    }
    for new in commands.modules().into_iter().filter(|module| !known.contains(&module.name)) {
        tell("new", module(new));
    }
    names
}

fn tell_of_sources(
    known: &BTreeSet<String>,
    commands: &mut dyn Commands,
    outgoing: &Outgoing,
    shared: &Shared,
) -> BTreeSet<String> {
    let paths = commands.loaded_sources();
    let mut tell = |reason: &str, path: &str| {
        let source = source(commands.source_file(path), shared);
        let body = types::LoadedSourceEvent { reason: reason.into(), source };
        outgoing.event::<events::LoadedSource>(body);
    };
    known.difference(&paths).for_each(|gone| tell("removed", gone));
    paths.difference(known).for_each(|new| tell("new", new));
    paths
}

fn module(module: Module) -> types::Module {
    types::Module {
        id: IntegerOrString::String(module.name.clone()),
        name: module.name,
        path: module.path,
        version: module.version,
        is_user_code: Some(module.in_scope),
        ..Default::default()
    }
}

/// A source as the protocol has it.
pub(crate) fn source(file: SourceFile, shared: &Shared) -> types::Source {
    let reference = if file.on_disk { None } else { Some(shared.source_reference(&file.path)) };
    types::Source {
        name: file.path.rsplit('/').next().map(str::to_owned),
        source_reference: reference,
        presentation_hint: (!file.in_scope).then(|| "deemphasize".into()),
        path: Some(file.path),
        ..Default::default()
    }
}
