//! Holds messages against the official schema of the Debug Adapter Protocol.
//!
//! Called by `editor` for all that arrives. The schema is not part of the project: `DAP_SCHEMA` names it, or it lies
//! beside the checkout. Invariant: stricter than the schema where that is open: a field that it does not name is a fault,
//! because a misspelt name is one that no client reads; a keyword that is not understood is a fault too.

use std::cmp::Ordering;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::{Result, binaries};

const BESIDE: &str = "../shared/data/debugAdapterProtocol.json";

/// Keywords that say nothing about whether a value is right.
const REMARKS: &[&str] = &["description", "title", "enumDescriptions", "_enum", "format", "deprecated"];

/// The official schema.
#[derive(Clone, Debug)]
pub struct Schema {
    definitions: Map<String, Value>,
}

impl Schema {
    /// The schema, where it is at hand. One that is asked for has to be there.
    pub fn find() -> Result<Option<Self>> {
        let beside = binaries::root().join(BESIDE);
        let path = match env::var_os("DAP_SCHEMA").map(PathBuf::from) {
            Some(path) => path,
            None if beside.exists() => beside,
            None => return Ok(None),
        };
        Self::read(&path).map(Some)
    }

    fn read(path: &Path) -> Result<Self> {
        let wrong = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        let text = fs::read_to_string(path).map_err(|error| wrong(&error))?;
        let mut schema: Value = serde_json::from_str(&text).map_err(|error| wrong(&error))?;
        let Value::Object(definitions) = schema["definitions"].take() else { return Err(wrong(&"no definitions")) };
        Ok(Self { definitions })
    }

    /// The names of a definition's fields, in order.
    pub fn fields(&self, definition: &str) -> Result<Vec<String>> {
        let fields = self.definitions.get(definition).and_then(|definition| definition["properties"].as_object());
        let fields = fields.ok_or_else(|| format!("the schema has no fields of {definition}"))?;
        Ok(fields.keys().cloned().collect())
    }

    /// Checks a message that pausa sent. `command` is that of the request which a response answers.
    pub fn check(&self, message: &Value) -> Result<()> {
        let name = match message["type"].as_str() {
            Some("event") => format!("{}Event", capital(&message["event"])?),
            Some("request") => format!("{}Request", capital(&message["command"])?),
            Some("response") if message["success"] == false => "ErrorResponse".to_owned(),
            // Requests of pausa's own are none of the specification's; their responses are responses.
            Some("response") if is_own(message) => "Response".to_owned(),
            Some("response") => format!("{}Response", capital(&message["command"])?),
            _ => return Err(format!("no kind of message: {message}")),
        };
        if !self.definitions.contains_key(&name) {
            return Err(format!("the specification has no {name}: {message}"));
        }
        let mut message = message.clone();
        if message["request_seq"] == 0 {
            // A client that counts from 0 gets its own number back.
            message["request_seq"] = 1.into();
        }
        let faults = self.faults(&self.definitions[&name], &message, "");
        if faults.is_empty() { Ok(()) } else { Err(format!("{name}: {}: {message}", faults.join("; "))) }
    }

    fn faults(&self, schema: &Value, value: &Value, at: &str) -> Vec<String> {
        let mut faults = Vec::new();
        let Some(schema) = schema.as_object() else { return vec![format!("{at}: the schema is no object")] };
        let mut fields = Fields::default();
        self.check_all(schema, value, at, &mut faults, &mut fields);
        if let Some(object) = value.as_object().filter(|_| fields.closed()) {
            let unknown = object.keys().filter(|name| !fields.known.contains(*name));
            faults.extend(unknown.map(|name| format!("{at}/{name} is not in the specification")));
        }
        faults
    }

    fn check_all(
        &self,
        schema: &Map<String, Value>,
        value: &Value,
        at: &str,
        faults: &mut Vec<String>,
        fields: &mut Fields,
    ) {
        for (keyword, rule) in schema {
            match keyword.as_str() {
                "$ref" => {
                    let name = rule.as_str().and_then(|path| path.strip_prefix("#/definitions/")).unwrap_or_default();
                    match self.definitions.get(name).and_then(Value::as_object) {
                        Some(schema) => self.check_all(schema, value, at, faults, fields),
                        None => faults.push(format!("{at}: no definition {name}")),
                    }
                }
                "allOf" => {
                    for part in rule.as_array().into_iter().flatten().filter_map(Value::as_object) {
                        self.check_all(part, value, at, faults, fields);
                    }
                }
                "oneOf" => {
                    let fits = |part: &&Value| self.faults(part, value, at).is_empty();
                    if rule.as_array().into_iter().flatten().filter(fits).count() != 1 {
                        faults.push(format!("{at}: {value} is none of the kinds"));
                    }
                    fields.open = true;
                }
                "type" => {
                    if !is_of_type(value, rule) {
                        faults.push(format!("{at}: {value} is no {rule}"));
                    }
                }
                "enum" => {
                    if !rule.as_array().is_some_and(|values| values.contains(value)) {
                        faults.push(format!("{at}: {value} is not one of {rule}"));
                    }
                }
                "minimum" | "maximum" => {
                    let order = value.as_f64().zip(rule.as_f64()).and_then(|(value, rule)| value.partial_cmp(&rule));
                    let wrong = if keyword == "minimum" { Ordering::Less } else { Ordering::Greater };
                    if order == Some(wrong) {
                        faults.push(format!("{at}: {value} is beyond the {keyword} of {rule}"));
                    }
                }
                "required" => {
                    let missing = rule.as_array().into_iter().flatten().filter_map(Value::as_str);
                    let missing = missing.filter(|name| value.is_object() && value.get(name).is_none());
                    faults.extend(missing.map(|name| format!("{at}/{name} is missing")));
                }
                "properties" => {
                    for (name, schema) in rule.as_object().into_iter().flatten() {
                        fields.known.push(name.clone());
                        if let Some(value) = value.get(name) {
                            faults.extend(self.faults(schema, value, &format!("{at}/{name}")));
                        }
                    }
                }
                "items" => {
                    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                        faults.extend(self.faults(rule, item, &format!("{at}/{index}")));
                    }
                }
                "additionalProperties" => {
                    fields.open = true;
                    if rule.is_object() {
                        for (name, value) in value.as_object().into_iter().flatten() {
                            faults.extend(self.faults(rule, value, &format!("{at}/{name}")));
                        }
                    }
                }
                remark if REMARKS.contains(&remark) => {}
                unknown => faults.push(format!("{at}: the schema's '{unknown}' is not understood")),
            }
        }
    }
}

/// What is known of an object's fields.
#[derive(Default)]
struct Fields {
    known: Vec<String>,
    open: bool,
}

impl Fields {
    /// True if the object has the fields that are named and no others.
    fn closed(&self) -> bool {
        !self.open && !self.known.is_empty()
    }
}

fn is_of_type(value: &Value, types: &Value) -> bool {
    match types {
        Value::Array(types) => types.iter().any(|one| is_of_type(value, one)),
        Value::String(name) => match name.as_str() {
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "array" => value.is_array(),
            "object" => value.is_object(),
            "null" => value.is_null(),
            _ => false,
        },
        _ => false,
    }
}

/// True for the response to a request that pausa adds to the protocol.
fn is_own(message: &Value) -> bool {
    message["command"].as_str().is_some_and(|command| command.starts_with("pausa/"))
}

fn capital(name: &Value) -> Result<String> {
    let name = name.as_str().ok_or_else(|| format!("{name} is no name"))?;
    let mut letters = name.chars();
    Ok(letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn faults_are_found_where_they_are() {
        let Some(schema) = Schema::find().unwrap() else {
            eprintln!("skipped: there is no schema at DAP_SCHEMA nor at {BESIDE}");
            return;
        };
        let event = |body: Value| json!({ "seq": 1, "type": "event", "event": "output", "body": body });
        schema.check(&event(json!({ "output": "x", "category": "stdout" }))).unwrap();
        for (body, fault) in [
            (json!({ "output": 1 }), "/body/output"),
            (json!({}), "/body/output is missing"),
            (json!({ "output": "x", "outptu": "y" }), "outptu is not in the specification"),
            (json!({ "output": "x", "group": "middle" }), "is not one of"),
        ] {
            let error = schema.check(&event(body)).unwrap_err();
            assert!(error.contains(fault), "{error}");
        }
        assert!(schema.check(&json!({ "seq": 1, "type": "event", "event": "pausaSecret" })).is_err());
    }
}
