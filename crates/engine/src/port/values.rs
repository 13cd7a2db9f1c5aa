//! Values as text, what can be opened below them, and the bytes of buffers.
//!
//! Made by `cpython::values` and `cpython::buffer`, told to the client by `session`. Invariant: a [`Handle`] dies when the
//! debuggee resumes, and is never used again.

/// Something whose children can be listed within the current stop. Never 0. Dies at resume.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Handle(pub i64);

/// A value as text, with what can be opened below it.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Value {
    /// Bounded in size; made without running any code of the program unless the user asked for `repr`.
    pub text: String,
    /// The type's qualified name.
    pub type_name: String,
    /// Where its children are, if it has any.
    pub handle: Option<Handle>,
    /// How many named children (attributes) it has.
    pub named: usize,
    /// How many indexed children (items) it has.
    pub indexed: usize,
    /// Where its bytes are, if it is a buffer.
    pub memory: Option<Handle>,
    /// What [`Inspector::definition`](super::Inspector::definition) finds the source of, for a function, class or module.
    pub definition: Option<Handle>,
    /// What kind of thing it is.
    pub role: Role,
}

/// What kind of thing a value is, or how it comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Role {
    /// Data.
    #[default]
    Data,
    /// A function or method.
    Method,
    /// A class.
    Class,
    /// Computed by code of the program when it is asked for: a property. Its handle has one child, the value.
    Computed,
    /// No value of the program: a part of the children of a large one.
    Portion,
}

/// Whom a name is for, as Python's conventions have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Visibility {
    /// Everybody.
    #[default]
    Public,
    /// `_name`: its own module or class and those derived from it.
    Protected,
    /// `__name`: its own class.
    Private,
    /// `__name__`: the interpreter.
    Internal,
}

/// How values are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Format {
    /// Whole numbers in base 16.
    pub hex: bool,
}

/// A named value below a scope or another value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// What to show as its name.
    pub name: String,
    /// An expression that gives it in the frame, where there is one.
    pub evaluate_name: Option<String>,
    /// Its value.
    pub value: Value,
    /// True for a parameter of the frame's function.
    pub is_argument: bool,
    /// True if it cannot be assigned.
    pub read_only: bool,
    /// Whom its name is for.
    pub visibility: Visibility,
}

/// Which of a value's children to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Page {
    /// Named only, indexed only, or both.
    pub filter: Filter,
    /// The first child wanted, from 0.
    pub start: usize,
    /// How many; 0 for all.
    pub count: usize,
}

/// See [`Page::filter`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Filter {
    /// All children.
    #[default]
    All,
    /// Attributes and variables.
    Named,
    /// Items.
    Indexed,
}

/// Bytes of a buffer.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Memory {
    /// Where in the process the first of them is.
    pub address: u64,
    /// Those that are there.
    pub bytes: Vec<u8>,
    /// How many of those asked for lie before the buffer, where there is nothing to be read.
    pub before: usize,
}
