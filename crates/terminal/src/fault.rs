//! Why a command could not do what it was asked.
//!
//! Returned by every command and printed by the session. Invariant: printed, it is one line after `error: `.

use std::fmt;

use pausa_dap::RequestError;

/// Why a command could not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The text for the user.
    Text(String),
    /// The program went away while it was asked something; its end says it all.
    Gone,
    /// The user pressed Ctrl-C.
    Interrupted,
}

/// What a command gives.
pub type Outcome<T = ()> = Result<T, Fault>;

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => {
                let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
                f.write_str(lines.next().unwrap_or_default())?;
                lines.try_for_each(|line| write!(f, " {line}"))
            }
            Self::Gone => f.write_str("the program is gone"),
            Self::Interrupted => f.write_str("KeyboardInterrupt"),
        }
    }
}

impl From<String> for Fault {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Fault {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<RequestError> for Fault {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::Closed => Self::Gone,
            error => Self::Text(error.to_string()),
        }
    }
}
