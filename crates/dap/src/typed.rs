//! What ties a message's name to the types that it carries, and the reading of those types.
//!
//! The generated requests and events implement these traits, and so do our [`crate::extensions`]; both ends are
//! generic over them. Invariant: an absent body, `null` and `{}` are one and the same to a reader, because peers
//! differ in which of them they send when there is nothing to say.

use serde::Serialize;
use serde::de::{DeserializeOwned, Unexpected};
use serde_json::{Map, Value};

/// A request: a type without values, used as a parameter only.
pub trait Request {
    /// What it carries.
    type Arguments: Serialize + DeserializeOwned;
    /// What its answer carries.
    type Response: Serialize + DeserializeOwned;
    /// Its name.
    const COMMAND: &'static str;
}

/// An event: a type without values, used as a parameter only.
pub trait Event {
    /// What it carries.
    type Body: Serialize + DeserializeOwned;
    /// Its name.
    const EVENT: &'static str;
}

/// Reads what a message carried.
///
/// # Errors
/// If it is not of that type, or a list: a structure would take its items for fields in their order.
pub fn read<T: DeserializeOwned>(value: Value) -> Result<T, serde_json::Error> {
    if value.is_array() {
        return Err(serde::de::Error::invalid_type(Unexpected::Seq, &"an object"));
    }
    if !is_empty(&value) {
        return serde_json::from_value(value);
    }
    // `()` reads from null only and a structure from an object only; the error of the latter names what is missing.
    serde_json::from_value(Value::Null).or_else(|_| serde_json::from_value(Value::Object(Map::new())))
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_object().is_some_and(Map::is_empty)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::types::{ConfigurationDoneArguments, NextArguments, TerminatedEvent};

    #[test]
    fn nothing_may_be_written_in_three_ways() {
        for nothing in [Value::Null, json!({})] {
            assert!(read::<()>(nothing.clone()).is_ok());
            assert_eq!(read::<ConfigurationDoneArguments>(nothing.clone()).unwrap(), Default::default());
            assert_eq!(read::<TerminatedEvent>(nothing.clone()).unwrap(), Default::default());
            assert_eq!(read::<Option<i64>>(nothing).unwrap(), None);
        }
    }

    #[test]
    fn a_list_is_no_structure() {
        let error = read::<TerminatedEvent>(json!([])).unwrap_err();
        assert!(error.to_string().contains("expected an object"), "{error}");
    }

    #[test]
    fn a_missing_field_is_named() {
        let error = read::<NextArguments>(Value::Null).unwrap_err();
        assert!(error.to_string().contains("threadId"), "{error}");
    }
}
