//! Reads of an attribute: the instructions of the user's code that load an attribute of its name tell, and the object that they
//! load it from lies on top of the frame's stack. Called by `arming` and by `events::instruction`.
//!
//! Invariant: only code that names the attribute tells, and of that only those instructions; who reads by `getattr`, `vars` or
//! from C is not seen, which is said when the data breakpoint is set.

use std::rc::Rc;

use pyo3::prelude::*;

use super::Watch;
use super::events::Change;
use super::place::Store;
use crate::code::facts::Bytecode;
use crate::code::opcodes::{ABSENT, Opcodes};
use crate::code::record::Record;
use crate::code::stack_depth;
use crate::debugger::{Debugger, Where};
use crate::named::Named;
use crate::{call_site, frames, values};

/// Where a code object loads attributes that are watched for reads.
pub struct Reads {
    /// How many variables lie below a frame's stack.
    variables: usize,
    /// By where they are, ascending.
    sites: Vec<Site>,
}

struct Site {
    offset: u32,
    name: String,
    /// How deep the stack is there, where frames do not say.
    depth: Option<usize>,
}

impl Reads {
    /// Those of a code object; None if it has none.
    pub fn of(code: &Bound<'_, PyAny>, wanted: &[String], opcodes: &Opcodes) -> Option<Self> {
        let names: Vec<String> = code.named("co_names").ok()?.extract().ok()?;
        if !names.iter().any(|name| wanted.contains(name)) {
            return None;
        }
        let bytecode = Bytecode::without_lines(code).ok()?;
        let depths = match crate::version::minor(code.py()) {
            ..14 => Some(stack_depth::of(code, opcodes)?),
            _ => None,
        };
        let (mut sites, mut extended) = (Vec::new(), 0);
        for (offset, opcode, argument) in bytecode.units() {
            let whole = (extended << 8) | usize::from(argument);
            extended = if opcode == opcodes.extended_arg { whole } else { 0 };
            let index = match opcode {
                ABSENT => continue,
                own if own == opcodes.load_attr => whole >> opcodes.attr_shift,
                own if own == opcodes.load_method => whole,
                _ => continue,
            };
            if let Some(name) = names.get(index).filter(|name| wanted.contains(name)) {
                let depth = depths.as_ref().and_then(|depths| *depths.get(offset / 2)?);
                sites.push(Site { offset: u32::try_from(offset).ok()?, name: name.clone(), depth });
            }
        }
        (!sites.is_empty()).then_some(Self { variables: stack_depth::variables(code)?, sites })
    }

    /// True if one is at this instruction.
    pub fn has(&self, offset: u32) -> bool {
        self.at(offset).is_some()
    }

    fn at(&self, offset: u32) -> Option<&Site> {
        let at = self.sites.binary_search_by_key(&offset, |site| site.offset).ok()?;
        self.sites.get(at)
    }
}

impl Debugger {
    /// True if the innermost frame is about to load a watched attribute, perhaps from the object that is watched.
    #[inline]
    pub fn may_read(&self, record: &Record, offset: u32) -> bool {
        let Some(reads) = record.reads() else { return false };
        let Some(site) = reads.at(offset) else { return false };
        let address = self.address_on_top(&reads, site);
        address.is_none_or(|address| self.watches.read.borrow().iter().any(|(own, _)| *own == address))
    }

    /// Stops if the innermost frame is about to load a watched attribute from the object that is watched. True if it did.
    pub fn tell_reads(&self, py: Python<'_>, record: &Record, offset: u32) -> bool {
        let Some(reads) = record.reads() else { return false };
        let (Some(site), Some(frame)) = (reads.at(offset), frames::current(py)) else { return false };
        let Some(address) = self.address_on_top(&reads, site) else { return false };
        let read: Vec<Rc<Watch>> = {
            let all = self.watches.read.borrow();
            all.iter().filter(|(own, _)| *own == address).map(|(_, watch)| watch.clone()).collect()
        };
        let change = |watch: Rc<Watch>| {
            let (object, name) = attribute(py, &watch)?;
            if object.as_ptr().addr() != address || name != site.name {
                return None;
            }
            let value = watch.place.read(py, self)?.value(py);
            let shown = value.as_ref().map(|value| values::describe(value.bind(py), &values::PANE));
            let text = format!("{} is read: {}", watch.place.name, shown.as_deref().unwrap_or("not set"));
            let old = value.as_ref().map(|value| value.clone_ref(py));
            Some(Change { watch, text, old, new: value, gone: None })
        };
        let changes: Vec<_> = read.into_iter().filter_map(change).collect();
        !changes.is_empty() && self.stop_for(py, &frame, changes, Default::default(), Where::WithinLine)
    }

    fn address_on_top(&self, reads: &Reads, site: &Site) -> Option<usize> {
        // SAFETY: called at an instruction's event of the innermost frame, with the GIL held; the depth is that of its code there.
        unsafe {
            let py = Python::assume_attached();
            if crate::version::minor(py) < 12 {
                return Some(call_site::top(&frames::current(py)?)?.as_ptr().addr());
            }
            let layout = self.layout.as_ref()?;
            Some(layout.top(layout.current()?, reads.variables, site.depth)?.as_ptr().addr())
        }
    }

    /// Has the code tell that loads attributes which are watched for reads, and no other.
    pub(super) fn arm_reads(&self, py: Python<'_>) {
        let read: Vec<_> = self
            .watches
            .all()
            .into_iter()
            .filter(|watch| watch.access.reads())
            .filter_map(|watch| Some((attribute(py, &watch)?.0.as_ptr().addr(), watch)))
            .collect();
        let had_any = !self.watches.read.borrow().is_empty();
        let is_any = !read.is_empty();
        let old = self.watches.read.replace(read);
        drop(old);
        if !had_any && !is_any {
            return;
        }
        for code in self.registered_codes(py) {
            self.arm_reads_in(&code);
        }
    }

    /// The same for one code object.
    pub(super) fn arm_reads_in(&self, code: &Bound<'_, PyAny>) {
        let py = code.py();
        let wanted: Vec<String> = {
            let all = self.watches.read.borrow();
            all.iter().filter_map(|(_, watch)| Some(attribute(py, watch)?.1)).collect()
        };
        let key = crate::code::registry::CodeKey::of(code);
        let reads = match wanted.is_empty() || !self.is_code_in_scope(key) {
            true => None,
            false => Reads::of(code, &wanted, self.opcodes),
        };
        let record = match reads.is_some() {
            true => self.record_for(code),
            false => self.records.get(code.as_ptr()).filter(|record| record.reads().is_some()),
        };
        if let Some(record) = record {
            record.set_reads(reads.map(Rc::new));
            self.rearm(code, record);
        }
    }
}

/// The object and the name of an attribute that is watched, if it is one of an instance that lives.
pub fn attribute<'py>(py: Python<'py>, watch: &Watch) -> Option<(Bound<'py, PyAny>, String)> {
    of_place(py, &watch.place.store)
}

/// The same of a place.
pub fn of_place<'py>(py: Python<'py>, store: &Store) -> Option<(Bound<'py, PyAny>, String)> {
    match store {
        Store::Entry(holder, key) => Some((holder.instance_owner(py)?, values::exact_text(key.bind(py))?)),
        Store::Member(object, descriptor) => {
            let name = descriptor.bind(py).named("__name__").ok()?;
            Some((object.bind(py).clone(), values::exact_text(&name)?))
        }
        _ => None,
    }
}
