//! The kinds of events, named as `sys.monitoring` names them, and sets of them. Used by `debugger` and the backends.
//!
//! Invariant: a set is pausa's own; the interpreter's numbers differ between versions and stay in the backend.

/// The events that pausa uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// A call begins.
    Start,
    /// A generator or coroutine goes on.
    Resume,
    /// An exception is thrown into a generator or coroutine.
    Throw,
    /// A new line.
    Line,
    /// An unconditional jump: a loop's end.
    Jump,
    /// A function returns.
    Return,
    /// A generator or coroutine is suspended.
    Yield,
    /// An exception enters a frame.
    Raise,
    /// An exception leaves a frame.
    Unwind,
    /// An exception goes on after `finally`, `with` or an `except` that did not match.
    Reraise,
    /// An instruction is about to run.
    Instruction,
}

impl EventKind {
    /// All of them, in the order of [`EventKind::index`].
    pub const ALL: [Self; 11] = [
        Self::Start,
        Self::Resume,
        Self::Throw,
        Self::Line,
        Self::Jump,
        Self::Return,
        Self::Yield,
        Self::Raise,
        Self::Unwind,
        Self::Reraise,
        Self::Instruction,
    ];

    /// Its name in `sys.monitoring.events`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Start => "PY_START",
            Self::Resume => "PY_RESUME",
            Self::Throw => "PY_THROW",
            Self::Line => "LINE",
            Self::Jump => "JUMP",
            Self::Return => "PY_RETURN",
            Self::Yield => "PY_YIELD",
            Self::Raise => "RAISE",
            Self::Unwind => "PY_UNWIND",
            Self::Reraise => "RERAISE",
            Self::Instruction => "INSTRUCTION",
        }
    }

    /// Its place in [`EventKind::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }
}

/// A set of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Events(u32);

impl Events {
    /// No event.
    pub const NONE: Self = Self(0);

    /// These events.
    pub const fn of(kinds: &[EventKind]) -> Self {
        let (mut bits, mut rest) = (0, kinds);
        while let [kind, others @ ..] = rest {
            bits |= 1 << *kind as u32;
            rest = others;
        }
        Self(bits)
    }

    /// True if it holds one of the others.
    #[inline]
    pub fn has_any_of(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }

    /// True if it holds none.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// True if it holds this one.
    #[inline]
    pub fn has(self, kind: EventKind) -> bool {
        self.0 & (1 << kind.index()) != 0
    }

    /// Its events, in the order of [`EventKind::index`].
    pub fn iter(self) -> impl Iterator<Item = EventKind> {
        EventKind::ALL.into_iter().filter(move |&kind| self.has(kind))
    }
}

impl std::ops::BitOrAssign for Events {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}
