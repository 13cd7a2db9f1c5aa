//! An attribute that is a value in its object: found once for a class, then read in place. Used on the hot path.
//!
//! Invariant: what [`Layout::attribute`] gives is what `getattr` would, and nothing runs to find it. A [`Known`] place holds
//! for a class as it was: every change of it or of one of its bases takes its version away, as the interpreter's own
//! specialised instructions rely on (`LOAD_ATTR_INSTANCE_VALUE`, `LOAD_ATTR_SLOT` in Python/bytecodes.c).

use std::ffi::c_void;
use std::ptr::NonNull;

use pyo3::ffi;
use pyo3::prelude::*;

use super::Layout;
use crate::symbols::lookup;

/// `PyTypeObject` (Include/cpython/object.h), the same in 3.12 to 3.15.
const BASICSIZE: usize = 32;
const GETATTRO: usize = 144;
const FLAGS: usize = 168;
const DESCR_SET: usize = 280;
const VERSION_TAG: usize = 384;
/// `Py_TPFLAGS_INLINE_VALUES` (3.13), `Py_TPFLAGS_MANAGED_DICT` and `Py_TPFLAGS_HEAPTYPE` (Include/object.h).
const INLINE_VALUES: usize = 1 << 2;
const MANAGED_DICT: usize = 1 << 4;
const HEAP_TYPE: usize = 1 << 9;
/// `MANAGED_DICT_OFFSET` (Include/internal/pycore_object.h) with a GIL: there is a pointer to the object's dict or, in 3.12,
/// to the byte before its values.
const DICT_BEFORE: usize = 24;
/// `struct _dictvalues` (Include/internal/pycore_dict.h, 3.13 and later): true while the object's values are in it.
const VALID: usize = 3;
const VALUES: usize = 8;
/// `struct _dictkeysobject`: how many bytes its index has, as a power of two, the kind of keys, and how many there are.
/// The entries come after the index: key and value, where all keys are exact strings.
const INDEX_BYTES: usize = 9;
const KIND: usize = 10;
const COUNT: usize = 24;
const INDEX: usize = 32;
const ENTRY: usize = 16;
/// `DICT_KEYS_GENERAL`: keys of any type, whose comparison may run code.
const GENERAL: u8 = 0;
/// `PyDictObject` (Include/cpython/dictobject.h).
const DICT_KEYS: usize = 32;
/// `PyMemberDescrObject` (Include/cpython/descrobject.h) and `PyMemberDef` (Include/descrobject.h): a name in `__slots__`
/// is one of kind `Py_T_OBJECT_EX`.
const MEMBER: usize = 40;
const MEMBER_KIND: usize = 8;
const MEMBER_OFFSET: usize = 16;
const OBJECT_EX: i32 = 16;

/// `_PyType_Lookup`: what the classes of an object have under a name, borrowed.
type TypeLookup = unsafe extern "C" fn(*mut ffi::PyTypeObject, *mut ffi::PyObject) -> *mut ffi::PyObject;

/// What reading attributes needs of this interpreter.
#[derive(Clone, Copy)]
pub struct Attributes {
    type_lookup: TypeLookup,
    generic_getattr: *mut c_void,
    member_type: *mut ffi::PyTypeObject,
    /// In a class made by Python code: the names of its objects' values.
    cached_keys: usize,
    /// 3.12: values are apart from their object.
    is_apart: bool,
}

/// Where objects of one class have an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    class: *mut ffi::PyTypeObject,
    version: u32,
    place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// At an offset in the object.
    Slot(usize),
    /// In the object, as long as its values are valid: offsets of the values and of this one.
    Inline { values: usize, value: usize },
    /// 3.12: at an offset in the object's values.
    Apart(usize),
    /// In the object's dict.
    Dict,
}

impl Attributes {
    /// Those of this interpreter, not yet checked. None before 3.12, whose line events cost several times what is saved.
    pub fn of(py: Python<'_>) -> Option<Self> {
        let minor = crate::version::minor(py);
        let cached_keys = match minor {
            12..=14 => 880,
            15 => 888,
            _ => return None,
        };
        Some(Self {
            // SAFETY: CPython's function of that name, the same in all of these versions.
            type_lookup: unsafe { std::mem::transmute::<*mut c_void, TypeLookup>(lookup(c"_PyType_Lookup")?) },
            generic_getattr: lookup(c"PyObject_GenericGetAttr")?,
            member_type: lookup(c"PyMemberDescr_Type")?.cast(),
            cached_keys,
            is_apart: minor == 12,
        })
    }
}

impl Layout {
    /// The attribute of an object, borrowed, if it is where it is known to be.
    ///
    /// # Safety
    /// The object is alive, the name is the interned one that the place was found for, and the GIL is held.
    #[inline]
    pub unsafe fn attribute(
        &self,
        object: NonNull<ffi::PyObject>,
        name: *mut ffi::PyObject,
        known: &Known,
    ) -> Option<NonNull<ffi::PyObject>> {
        let object = object.as_ptr();
        // SAFETY: by the contract; a class of this version has its values where `known` says.
        unsafe {
            let class = ffi::Py_TYPE(object);
            if class != known.class || read::<u32>(class.cast(), VERSION_TAG) != known.version {
                return None;
            }
            match known.place {
                Place::Slot(offset) => NonNull::new(read(object, offset)),
                Place::Inline { values, value } if read::<u8>(object, values + VALID) != 0 => {
                    NonNull::new(read(object, value))
                }
                Place::Apart(offset) if are_values(dict_or_values(object)) => {
                    NonNull::new(read(dict_or_values(object).byte_add(1), offset))
                }
                Place::Apart(_) => in_dict(object, name),
                Place::Inline { .. } | Place::Dict => in_dict(object, name),
            }
        }
    }

    /// Where objects of this one's class have an attribute, if it is a value in them. To be asked only after `getattr` has
    /// found it: then the interpreter has what it has to look up at hand.
    ///
    /// # Safety
    /// As [`Layout::attribute`].
    #[cold]
    pub unsafe fn place(&self, object: NonNull<ffi::PyObject>, name: *mut ffi::PyObject) -> Option<Known> {
        let attributes = self.attributes.as_ref()?;
        let object = object.as_ptr();
        // SAFETY: by the contract; a class is an object of at least the size of `PyTypeObject`, and one with managed dicts is
        // a heap type.
        unsafe {
            let class = ffi::Py_TYPE(object);
            let version: u32 = read(class.cast(), VERSION_TAG);
            let getattr: *mut c_void = read(class.cast(), GETATTRO);
            if version == 0 || getattr != attributes.generic_getattr {
                return None;
            }
            let place = match NonNull::new((attributes.type_lookup)(class, name)) {
                Some(found) => attributes.of_descriptor(found.as_ptr()).or_else(|| {
                    // A value of the class's own: that of the object goes first.
                    is_plain(found.as_ptr()).then(|| attributes.of_instance(object, class, name))?
                }),
                None => attributes.of_instance(object, class, name),
            };
            Some(Known { class, version, place: place? })
        }
    }
}

impl Attributes {
    /// The place of a name in `__slots__`.
    ///
    /// # Safety
    /// A live object.
    unsafe fn of_descriptor(&self, found: *mut ffi::PyObject) -> Option<Place> {
        // SAFETY: by the contract; a member descriptor points to a definition that lives as long as its class.
        unsafe {
            if ffi::Py_TYPE(found) != self.member_type {
                return None;
            }
            let member: *mut ffi::PyObject = read(found, MEMBER);
            let offset: ffi::Py_ssize_t = read(member, MEMBER_OFFSET);
            (read::<i32>(member, MEMBER_KIND) == OBJECT_EX).then_some(Place::Slot(usize::try_from(offset).ok()?))
        }
    }

    /// The place of a value of the object's own.
    ///
    /// # Safety
    /// A live object of this class, and the GIL is held.
    unsafe fn of_instance(
        &self,
        object: *mut ffi::PyObject,
        class: *mut ffi::PyTypeObject,
        name: *mut ffi::PyObject,
    ) -> Option<Place> {
        // SAFETY: by the contract, as for `place`.
        unsafe {
            let flags: usize = read(class.cast(), FLAGS);
            if flags & MANAGED_DICT == 0 {
                return None;
            }
            let has_values = match self.is_apart {
                true => are_values(dict_or_values(object)),
                false => flags & INLINE_VALUES != 0,
            };
            let index = has_values.then(|| index_of(read(class.cast(), self.cached_keys), name)).flatten();
            Some(match index {
                Some(index) if self.is_apart => Place::Apart(index * size_of::<usize>()),
                Some(index) => {
                    let values: usize = read(class.cast(), BASICSIZE);
                    Place::Inline { values, value: values + VALUES + index * size_of::<usize>() }
                }
                None => Place::Dict,
            })
        }
    }
}

/// Which of the names that a class's objects share this one is.
///
/// # Safety
/// The keys are null or those of a class, and the GIL is held.
unsafe fn index_of(keys: *mut ffi::PyObject, name: *mut ffi::PyObject) -> Option<usize> {
    if keys.is_null() {
        return None;
    }
    // SAFETY: by the contract; shared keys have entries of strings only.
    unsafe {
        let count: usize = read(keys, COUNT);
        let entries = INDEX + (1_usize << read::<u8>(keys, INDEX_BYTES));
        (0..count).find(|index| read::<*mut ffi::PyObject>(keys, entries + index * ENTRY) == name)
    }
}

/// A value in the dict that an object has, if looking for it runs nothing.
///
/// # Safety
/// A live object of a class with managed dicts, a name that is an exact string, and the GIL is held.
#[inline]
unsafe fn in_dict(object: *mut ffi::PyObject, name: *mut ffi::PyObject) -> Option<NonNull<ffi::PyObject>> {
    // SAFETY: by the contract; the field is null or a dict, as values are told apart before. Among exact strings a name is
    // found without an error.
    unsafe {
        let dict = dict_or_values(object);
        if dict.is_null() || are_values(dict) || ffi::Py_TYPE(dict) != &raw mut ffi::PyDict_Type {
            return None;
        }
        let keys: *mut ffi::PyObject = read(dict, DICT_KEYS);
        if read::<u8>(keys, KIND) == GENERAL {
            return None;
        }
        NonNull::new(ffi::PyDict_GetItemWithError(dict, name))
    }
}

/// # Safety
/// A live object of a class with managed dicts.
#[inline]
unsafe fn dict_or_values(object: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: by the contract.
    unsafe { read(object.byte_sub(DICT_BEFORE), 0) }
}

/// True in 3.12 if what stands before an object is the address of its values less one, and not of a dict.
#[inline]
fn are_values(found: *mut ffi::PyObject) -> bool {
    found.addr() & 1 != 0
}

/// True for what no object of the program can be, so that it stays so: an object of a type in C that is no data descriptor.
///
/// # Safety
/// A live object.
unsafe fn is_plain(found: *mut ffi::PyObject) -> bool {
    // SAFETY: by the contract.
    unsafe {
        let class = ffi::Py_TYPE(found).cast();
        read::<usize>(class, FLAGS) & HEAP_TYPE == 0 && read::<*mut c_void>(class, DESCR_SET).is_null()
    }
}

#[inline]
unsafe fn read<T: Copy>(base: *mut ffi::PyObject, offset: usize) -> T {
    // SAFETY: by the callers' contracts the field is there and of that type.
    unsafe { base.byte_add(offset).cast::<T>().read() }
}
