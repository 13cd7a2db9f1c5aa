//! Objects as text, as well as can be without asking them. Called by `render` for what has a `repr` of its own.
//!
//! Invariant: runs no code of the program. Classes of the standard library are known by identity, not by name.

use crate::named::Named;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyFloat, PyInt, PyList, PyModule, PyString, PyTuple, PyType};

use super::builtins::{Builtins, Kind};
use super::containers;
use super::facts::{
    class_attribute, class_name, derives, described_by, exact_text, instance_attribute, instance_dict, is_exact,
    named_entries, short_class_name, slot_of,
};
use super::render::Renderer;

/// Types of C whose `repr` looks at nothing that a program can define.
const SAFE: &[(&str, &str)] =
    &[("datetime", "date"), ("datetime", "timedelta"), ("datetime", "timezone"), ("decimal", "Decimal")];

/// Likewise, unless they hold a time zone that the program defines.
const SAFE_WITH_ZONE: &[(&str, &str)] = &[("datetime", "datetime"), ("datetime", "time")];

const PATHS: &[&str] = &["PosixPath", "WindowsPath", "PurePosixPath", "PureWindowsPath", "Path", "PurePath"];

/// What a descriptor of C gives for one of an object's fields.
pub fn field<'py>(value: &Bound<'py, PyAny>, name: &str) -> Option<Bound<'py, PyAny>> {
    let py = value.py();
    let descriptor = class_attribute(&value.get_type(), name)?;
    let builtins = Builtins::get(py);
    let native = is_exact(&descriptor, builtins.member.bind(py)) || is_exact(&descriptor, builtins.getset.bind(py));
    if native { described_by(&descriptor, value) } else { None }
}

/// An attribute of a module that is imported already.
pub fn imported<'py>(py: Python<'py>, module: &str, name: &str) -> Option<Bound<'py, PyAny>> {
    let modules = crate::modules::import(py, "sys").ok()?.named("modules").ok()?.cast_into::<PyDict>().ok()?;
    let module = modules.get_item(module).ok()??.cast_into::<PyModule>().ok()?;
    module.dict().get_item(name).ok()?
}

fn is_one_of(kind: &Bound<'_, PyType>, names: &[(&str, &str)]) -> bool {
    let name = short_class_name(kind);
    names
        .iter()
        .any(|(module, known)| *known == name && imported(kind.py(), module, known).is_some_and(|found| found.is(kind)))
}

fn derives_from(value: &Bound<'_, PyAny>, module: &str, name: &str) -> bool {
    let Some(base) = imported(value.py(), module, name).and_then(|base| base.cast_into::<PyType>().ok()) else {
        return false;
    };
    // SAFETY: both are type objects; this walks the MRO and asks no class.
    unsafe { ffi::PyType_IsSubtype(value.get_type().as_type_ptr(), base.as_type_ptr()) != 0 }
}

/// True for deques and their subclasses.
pub fn is_deque(value: &Bound<'_, PyAny>) -> bool {
    derives_from(value, "_collections", "deque")
}

/// The number of items of a deque.
pub fn deque_length(value: &Bound<'_, PyAny>) -> Option<usize> {
    let deque = is_deque(value).then(|| imported(value.py(), "_collections", "deque")).flatten()?;
    deque.call_named1("__len__", (value,)).ok()?.extract().ok()
}

/// An item of a deque.
pub fn deque_item<'py>(value: &Bound<'py, PyAny>, index: usize) -> Option<Bound<'py, PyAny>> {
    let deque = imported(value.py(), "_collections", "deque")?;
    deque.call_named1("__getitem__", (value, index)).ok()
}

/// The mapping behind a `mappingproxy`, if it is a dict.
pub fn proxied<'py>(value: &Bound<'py, PyAny>) -> Option<Bound<'py, PyDict>> {
    let referents = crate::modules::import(value.py(), "gc").ok()?.call_named1("get_referents", (value,)).ok()?;
    referents.cast::<PyList>().ok()?.get_item(0).ok()?.cast_into().ok()
}

impl Renderer<'_> {
    /// Writes a value of a type that the interpreter itself prints.
    pub(super) fn known(&mut self, kind: Kind, value: &Bound<'_, PyAny>) -> PyResult<()> {
        match kind {
            Kind::Object if self.made_by_decorator(value)? => Ok(()),
            Kind::Object => {
                self.object(value);
                Ok(())
            }
            Kind::MappingProxy => self.proxy(value),
            Kind::Range | Kind::Slice => self.bounds(value),
            Kind::Method => self.method(value),
            Kind::Module => {
                self.module(value);
                Ok(())
            }
            Kind::Class => {
                self.class(value);
                Ok(())
            }
            Kind::Exception => self.exception(value),
            Kind::SimpleNamespace => {
                let attributes = instance_dict(value).map(|dict| named_entries(&dict)).unwrap_or_default();
                self.fields("namespace", value, attributes)
            }
            _ => self.native(value),
        }
    }

    /// Writes a value whose class has a `repr` of its own.
    pub(super) fn unknown(&mut self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let kind = value.get_type();
        if derives(&kind, ffi::Py_TPFLAGS_TYPE_SUBCLASS) {
            self.class(value);
            return Ok(());
        }
        if self.made_by_decorator(value)? || self.collection(value)? || self.of_standard_library(value)? {
            return Ok(());
        }
        if derives(&kind, ffi::Py_TPFLAGS_BASE_EXC_SUBCLASS) {
            return self.exception(value);
        }
        if !self.subclass(value)? {
            self.object(value);
        }
        Ok(())
    }

    /// Enums, named tuples, data classes: their form is known.
    fn made_by_decorator(&mut self, value: &Bound<'_, PyAny>) -> PyResult<bool> {
        let kind = value.get_type();
        if class_attribute(&kind, "_member_map_").is_some() {
            let name = instance_attribute(value, "_name_").and_then(|name| exact_text(&name));
            if let (Some(name), Some(inner)) = (name, instance_attribute(value, "_value_")) {
                self.out.push(&format!("<{}.{name}: ", short_class_name(&kind)));
                self.within(value, ("", ">"), |this| this.value(&inner))?;
                return Ok(true);
            }
        }
        if derives(&kind, ffi::Py_TPFLAGS_TUPLE_SUBCLASS) {
            let names = class_attribute(&kind, "_fields").and_then(|names| names.cast_into_exact::<PyTuple>().ok());
            if let Some(names) = names.filter(|names| Some(names.len()) == containers::length(value)) {
                let items = names
                    .iter()
                    .enumerate()
                    .filter_map(|(index, name)| Some((exact_text(&name)?, containers::item(value, index)?)));
                let items: Vec<_> = items.collect();
                self.fields(&short_class_name(&kind), value, items)?;
                return Ok(true);
            }
        }
        let declared =
            class_attribute(&kind, "__dataclass_fields__").and_then(|fields| fields.cast_into_exact::<PyDict>().ok());
        let Some(declared) = declared else { return Ok(false) };
        let is_shown = |field: &Bound<'_, PyAny>| {
            let wanted = instance_attribute(field, "repr").is_none_or(|wanted| wanted.is_truthy().unwrap_or(true));
            let ordinary = instance_attribute(field, "_field_type").and_then(|kind| instance_attribute(&kind, "name"));
            wanted && ordinary.and_then(|name| exact_text(&name)).is_none_or(|name| name == "_FIELD")
        };
        let names = named_entries(&declared).into_iter().filter(|(_, field)| is_shown(field)).map(|(name, _)| name);
        let fields = names.filter_map(|name| Some((name.clone(), instance_attribute(value, &name)?))).collect();
        self.fields(&short_class_name(&kind), value, fields)?;
        Ok(true)
    }

    /// `collections`: deque, defaultdict, OrderedDict, Counter.
    pub(super) fn collection(&mut self, value: &Bound<'_, PyAny>) -> PyResult<bool> {
        let name = short_class_name(&value.get_type());
        if is_deque(value) {
            let maximum = field(value, "maxlen").filter(|maximum| !maximum.is_none());
            self.within(value, (&format!("{name}(["), "]"), |this| {
                let mut index = 0;
                while let Some(item) = deque_item(value, index) {
                    if !this.next_item(index) {
                        break;
                    }
                    this.value(&item)?;
                    index += 1;
                }
                Ok(())
            })?;
            if let Some(maximum) = maximum {
                self.out.push(", maxlen=");
                self.value(&maximum)?;
            }
            self.out.push(")");
            return Ok(true);
        }
        if !value.is_instance_of::<PyDict>() {
            return Ok(false);
        }
        let is_default = derives_from(value, "_collections", "defaultdict");
        if !is_default && containers::length(value) == Some(0) {
            self.out.push(&format!("{name}()"));
            return Ok(true);
        }
        self.out.push(&format!("{name}("));
        if let Some(factory) = field(value, "default_factory").filter(|_| is_default) {
            self.value(&factory)?;
            self.out.push(", ");
        }
        if derives_from(value, "collections", "OrderedDict") && crate::version::minor(value.py()) < 12 {
            self.pairs(value)?;
        } else {
            self.dict(value)?;
        }
        self.out.push(")");
        Ok(true)
    }

    fn of_standard_library(&mut self, value: &Bound<'_, PyAny>) -> PyResult<bool> {
        let py = value.py();
        let kind = value.get_type();
        if is_one_of(&kind, SAFE) {
            self.native(value)?;
            return Ok(true);
        }
        if is_one_of(&kind, SAFE_WITH_ZONE) {
            let zone = field(value, "tzinfo").filter(|zone| !zone.is_none());
            if zone.is_none_or(|zone| is_one_of(&zone.get_type(), SAFE)) {
                self.native(value)?;
                return Ok(true);
            }
        }
        let name = short_class_name(&kind);
        let is_path =
            PATHS.contains(&name.as_str()) && imported(py, "pathlib", &name).is_some_and(|found| found.is(&kind));
        if let Some(path) = is_path.then(|| path_text(value)).flatten() {
            self.out.push(&format!("{name}("));
            self.string(PyString::new(py, &path).as_any())?;
            self.out.push(")");
            return Ok(true);
        }
        if is_one_of(&kind, &[("uuid", "UUID")])
            && let Some(number) = instance_attribute(value, "int").and_then(|number| number.extract::<u128>().ok())
        {
            let text = format!("{number:032x}");
            self.out.push(&format!(
                "UUID('{}-{}-{}-{}-{}')",
                &text[..8],
                &text[8..12],
                &text[12..16],
                &text[16..20],
                &text[20..]
            ));
            return Ok(true);
        }
        Ok(false)
    }

    /// Subclasses of plain types with a `repr` of their own: the class and the plain value.
    fn subclass(&mut self, value: &Bound<'_, PyAny>) -> PyResult<bool> {
        let opening = format!("{}(", short_class_name(&value.get_type()));
        let push = |this: &mut Self, write: fn(&mut Self, &Bound<'_, PyAny>) -> PyResult<()>| {
            this.out.push(&opening);
            write(this, value)?;
            this.out.push(")");
            Ok(true)
        };
        if containers::is_set(value) {
            return self.set(value).map(|()| true);
        }
        if value.is_instance_of::<PyList>() {
            push(self, Self::list)
        } else if value.is_instance_of::<PyTuple>() {
            push(self, Self::tuple)
        } else if value.is_instance_of::<PyString>() {
            push(self, Self::string)
        } else if value.is_instance_of::<PyBytes>() {
            push(self, Self::bytes)
        } else if value.is_instance_of::<PyInt>() {
            push(self, Self::int)
        } else if value.is_instance_of::<PyFloat>() {
            push(self, |this, value| {
                // SAFETY: it is a float or of a subclass, whose storage is read.
                let number = unsafe { ffi::PyFloat_AsDouble(value.as_ptr()) };
                this.native(PyFloat::new(value.py(), number).as_any())
            })
        } else {
            Ok(false)
        }
    }

    /// Writes `name(field=value, …)`.
    fn fields(
        &mut self,
        name: &str,
        value: &Bound<'_, PyAny>,
        fields: Vec<(String, Bound<'_, PyAny>)>,
    ) -> PyResult<()> {
        self.within(value, (&format!("{name}("), ")"), |this| {
            for (index, (name, value)) in fields.iter().enumerate() {
                if !this.next_item(index) {
                    break;
                }
                this.out.push(&format!("{name}="));
                this.value(value)?;
            }
            Ok(())
        })
    }

    fn class(&mut self, value: &Bound<'_, PyAny>) {
        if let Ok(kind) = value.cast::<PyType>() {
            self.out.push(&format!("<class '{}'>", class_name(kind)));
        }
    }

    fn module(&mut self, value: &Bound<'_, PyAny>) {
        let text = |name| value.cast::<PyModule>().ok()?.dict().get_item(name).ok()?.and_then(|text| exact_text(&text));
        let name = text("__name__").unwrap_or_else(|| "?".to_owned());
        match text("__file__") {
            Some(file) => self.out.push(&format!("<module '{name}' from '{file}'>")),
            None => self.out.push(&format!("<module '{name}'>")),
        }
    }

    fn method(&mut self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let function = field(value, "__func__");
        let name = function.and_then(|function| field(&function, "__qualname__")).and_then(|name| exact_text(&name));
        self.out.push(&format!("<bound method {} of ", name.as_deref().unwrap_or("?")));
        let Some(owner) = field(value, "__self__") else { return Ok(()) };
        self.within(value, ("", ">"), |this| this.value(&owner))
    }

    fn exception(&mut self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let name = short_class_name(&value.get_type());
        let Some(arguments) = field(value, "args") else {
            self.object(value);
            return Ok(());
        };
        self.within(value, (&format!("{name}("), ")"), |this| {
            let mut index = 0;
            while let Some(item) = containers::item(&arguments, index) {
                if !this.next_item(index) {
                    break;
                }
                this.value(&item)?;
                index += 1;
            }
            Ok(())
        })
    }

    fn bounds(&mut self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let step = field(value, "step");
        let is_range = short_class_name(&value.get_type()) == "range";
        let is_one = step.as_ref().is_some_and(|step| is_range && step.extract::<i64>().is_ok_and(|step| step == 1));
        let parts = [field(value, "start"), field(value, "stop"), step.filter(|_| !is_one)];
        self.within(value, (if is_range { "range(" } else { "slice(" }, ")"), |this| {
            for (index, part) in parts.iter().flatten().enumerate() {
                if !this.next_item(index) {
                    break;
                }
                this.value(part)?;
            }
            Ok(())
        })
    }

    fn proxy(&mut self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let Some(dict) = proxied(value) else {
            self.object(value);
            return Ok(());
        };
        self.within(value, ("mappingproxy(", ")"), |this| {
            if slot_of(&dict.get_type(), ffi::Py_tp_repr) == slot_of(&value.py().get_type::<PyDict>(), ffi::Py_tp_repr)
            {
                this.dict(dict.as_any())
            } else {
                this.collection(dict.as_any()).map(|_| ())
            }
        })
    }
}

/// A path's text: kept by the path, or put together as `pathlib` would.
fn path_text(path: &Bound<'_, PyAny>) -> Option<String> {
    if let Some(text) = instance_attribute(path, "_str").and_then(|text| exact_text(&text)) {
        return Some(text);
    }
    // Until 3.11 the parts, the first one with the root, since 3.12 what the path was made of.
    let parts = instance_attribute(path, "_raw_paths").or_else(|| instance_attribute(path, "_parts"))?;
    let parts = parts.cast_into_exact::<PyList>().ok()?;
    let mut text = String::new();
    for part in parts.iter().filter_map(|part| exact_text(&part)) {
        if part.starts_with('/') || text.is_empty() {
            text = part;
        } else {
            text = format!("{}/{part}", text.trim_end_matches('/'));
        }
    }
    let root = if text.starts_with('/') { "/" } else { "" };
    let kept: Vec<&str> = text.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    let text = format!("{root}{}", kept.join("/"));
    Some(if text.is_empty() { ".".to_owned() } else { text })
}
