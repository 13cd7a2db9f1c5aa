//! What the commands do that both the prompt and the consoles of editors have.
//!
//! Invariant: a command is known by its first name, and takes what its usage says.

/// A command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Help {
    /// How it is called.
    pub name: &'static str,
    /// What it takes.
    pub usage: &'static str,
    /// What it does.
    pub text: &'static str,
}

/// `locks`.
pub const LOCKS: Help = Help {
    name: "locks",
    usage: "",
    text: "Lists the locks that are waited for or known to be held: who holds, who waits, and which threads are deadlocked. \
        Python records the owner of an RLock and of an import; whoever is in a `with` of a Lock is found by that, and who \
        has called its acquire() is unknown.",
};

/// `instances`.
pub const INSTANCES: Help = Help {
    name: "instances",
    usage: "[only] CLASS",
    text: "Lists the instances of a class, and of those that derive from it unless only its own are wanted.",
};

/// `referrers`.
pub const REFERRERS: Help = Help {
    name: "referrers",
    usage: "EXPRESSION",
    text: "Lists what refers to an object: variables, attributes, items.",
};

/// `sizeof`.
pub const SIZEOF: Help = Help {
    name: "sizeof",
    usage: "[deep] EXPRESSION",
    text: "Says how many bytes an object takes. With `deep` also what can be reached from it, each once, without \
        classes, functions and modules.",
};

/// `reload`.
pub const RELOAD: Help = Help {
    name: "reload",
    usage: "[FILE | MODULE]",
    text: "Puts the functions of an edited file in place of those that the program has, for calls to come: the current file \
        unless another one is named. Breakpoints move with their lines; new functions, classes and methods are defined. What \
        runs goes on in the old code. Statements outside functions are not run again, nor are decorators and computed default \
        values of functions that exist. All of the file is reloaded, or nothing, with the reasons.",
};

/// `force_return`.
pub const FORCE_RETURN: Help = Help {
    name: "force_return",
    usage: "[EXPRESSION]",
    text: "Has this function return at once, the value of EXPRESSION or None, and stops in its caller. Refused within \
        `with` and `finally`, whose ends would not run.",
};

/// `throw`.
pub const THROW: Help = Help {
    name: "throw",
    usage: "EXCEPTION",
    text: "Raises an exception, given as a class or an instance, at this line, and stops where the thread comes to next: \
        handlers, `finally` and `with` run as for any other.",
};

/// `stepe`.
pub const STEPE: Help = Help {
    name: "stepe",
    usage: "",
    text: "Runs to where the next expression of the line has got its value, and shows both; over what it calls, and on to \
        the next line.",
};

/// All of them.
pub const ALL: [Help; 8] = [LOCKS, INSTANCES, REFERRERS, SIZEOF, RELOAD, FORCE_RETURN, THROW, STEPE];
