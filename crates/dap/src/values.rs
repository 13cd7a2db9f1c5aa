//! The two kinds of value that the generated types are made of and JSON has no type for.
//!
//! Used by `generated::types`. Invariant: reading never fails on a string that the schema does not know, because peers
//! are newer, older and laxer than it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An identifier that may be of either type.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum IntegerOrString {
    /// A number.
    Integer(i64),
    /// A text.
    String(String),
}

impl Default for IntegerOrString {
    fn default() -> Self {
        Self::Integer(0)
    }
}

impl fmt::Display for IntegerOrString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(number) => number.fmt(f),
            Self::String(text) => text.fmt(f),
        }
    }
}

/// An enumeration of strings with a variant `Other` for all that it does not list.
///
/// The default is the empty string, as for a `String`, so that structures with such a field have a default too.
macro_rules! string_enum {
    ($(#[$meta:meta])* pub enum $name:ident { $($variant:ident = $text:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $(#[doc = concat!("`", $text, "`")] $variant,)*
            /// A value that the schema does not list.
            Other(String),
        }

        impl $name {
            /// The value as it is sent.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Other(text) => text,
                }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)*
                    _ => Self::Other(text.to_owned()),
                }
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::Other(String::new())
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <::std::borrow::Cow<'de, str> as ::serde::Deserialize>::deserialize(deserializer)?;
                Ok(Self::from(text.as_ref()))
            }
        }
    };
}
pub(crate) use string_enum;

#[cfg(test)]
mod tests {
    use crate::types::{StoppedEventReason, Thread};

    #[test]
    fn a_known_and_an_unknown_value_survive_a_round_trip() {
        for (text, value) in [
            ("\"function breakpoint\"", StoppedEventReason::FunctionBreakpoint),
            ("\"solar flare\"", StoppedEventReason::Other("solar flare".into())),
        ] {
            assert_eq!(serde_json::from_str::<StoppedEventReason>(text).unwrap(), value);
            assert_eq!(serde_json::to_string(&value).unwrap(), text);
        }
    }

    #[test]
    fn the_default_of_a_required_field_is_empty() {
        assert_eq!(Thread::default(), Thread { id: 0, name: String::new() });
        assert_eq!(StoppedEventReason::default().as_str(), "");
    }
}
