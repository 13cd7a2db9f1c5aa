//! Functions of the C API that the limited API lacks, looked up by name once. Called by `debugger` at start.
//!
//! Invariant: a name that is missing is an error at start, with the name in it, never a crash later.

use std::ffi::{CStr, c_char, c_int, c_void};

use pyo3::ffi::{Py_ssize_t, PyFrameObject, PyObject};

/// `PyCode_WatchCallback` (Include/cpython/code.h, 3.12): event, code.
pub type CodeWatcher = unsafe extern "C" fn(c_int, *mut PyObject) -> c_int;

/// `PY_CODE_EVENT_CREATE` of Include/cpython/code.h; the only other event is destroy, 1.
pub const CODE_CREATED: c_int = 0;

type AddWatcher = unsafe extern "C" fn(CodeWatcher) -> c_int;
type ClearWatcher = unsafe extern "C" fn(c_int) -> c_int;
type RequestExtra = unsafe extern "C" fn(unsafe extern "C" fn(*mut c_void)) -> Py_ssize_t;
type GetExtra = unsafe extern "C" fn(*mut PyObject, Py_ssize_t, *mut *mut c_void) -> c_int;
type SetExtra = unsafe extern "C" fn(*mut PyObject, Py_ssize_t, *mut c_void) -> c_int;
/// `PyDict_WatchCallback` (Include/cpython/dictobject.h, 3.12): event, dict, key, new value; the last two may be null.
pub type DictWatcher = unsafe extern "C" fn(c_int, *mut PyObject, *mut PyObject, *mut PyObject) -> c_int;
type AddDictWatcher = unsafe extern "C" fn(DictWatcher) -> c_int;
type WatchDict = unsafe extern "C" fn(c_int, *mut PyObject) -> c_int;
type GetVar = unsafe extern "C" fn(*mut PyFrameObject, *const c_char) -> *mut PyObject;

/// The functions found, each with one signature in all versions that have it.
#[derive(Clone, Copy)]
pub struct Symbols {
    /// `PyCode_AddWatcher` and `PyCode_ClearWatcher`, from 3.12 on.
    pub code_watcher: Option<(AddWatcher, ClearWatcher)>,
    /// From 3.12 on.
    pub dict_watchers: Option<DictWatchers>,
    pub request_code_extra: RequestExtra,
    pub get_code_extra: GetExtra,
    pub set_code_extra: SetExtra,
    /// `PyFrame_GetVarString`, from 3.12 on.
    pub frame_get_var: Option<GetVar>,
}

/// `PyDict_AddWatcher`, `PyDict_ClearWatcher`, `PyDict_Watch` and `PyDict_Unwatch`.
#[derive(Clone, Copy)]
pub struct DictWatchers {
    pub add: AddDictWatcher,
    pub clear: ClearWatcher,
    pub watch: WatchDict,
    pub unwatch: WatchDict,
}

impl Symbols {
    /// Looks all of them up in the running interpreter.
    pub fn find() -> Result<Self, String> {
        macro_rules! find {
            ($name:literal $(or $before:literal)? as $signature:ty) => {{
                let found = lookup($name)$(.or_else(|| lookup($before)))?;
                // SAFETY: the symbol is CPython's function of that name, whose signature in Include/cpython is the
                // field's type.
                found.map(|found| unsafe { std::mem::transmute::<*mut c_void, $signature>(found) })
            }};
        }
        let missing = |name: &str| format!("the interpreter has no {name}");
        let add = find!(c"PyCode_AddWatcher" as AddWatcher);
        let clear = find!(c"PyCode_ClearWatcher" as ClearWatcher);
        let dict_watchers = || {
            Some(DictWatchers {
                add: find!(c"PyDict_AddWatcher" as AddDictWatcher)?,
                clear: find!(c"PyDict_ClearWatcher" as ClearWatcher)?,
                watch: find!(c"PyDict_Watch" as WatchDict)?,
                unwatch: find!(c"PyDict_Unwatch" as WatchDict)?,
            })
        };
        Ok(Self {
            dict_watchers: dict_watchers(),
            code_watcher: add.zip(clear),
            request_code_extra:
                find!(c"PyUnstable_Eval_RequestCodeExtraIndex" or c"_PyEval_RequestCodeExtraIndex" as RequestExtra)
                    .ok_or_else(|| missing("PyUnstable_Eval_RequestCodeExtraIndex"))?,
            get_code_extra: find!(c"PyUnstable_Code_GetExtra" or c"_PyCode_GetExtra" as GetExtra)
                .ok_or_else(|| missing("PyUnstable_Code_GetExtra"))?,
            set_code_extra: find!(c"PyUnstable_Code_SetExtra" or c"_PyCode_SetExtra" as SetExtra)
                .ok_or_else(|| missing("PyUnstable_Code_SetExtra"))?,
            frame_get_var: find!(c"PyFrame_GetVarString" as GetVar),
        })
    }
}

/// The address of an exported name, if the process has it.
pub fn lookup(name: &CStr) -> Option<*mut c_void> {
    // SAFETY: `name` ends in NUL; RTLD_DEFAULT searches what is loaded and changes nothing.
    let found = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
    (!found.is_null()).then_some(found)
}
