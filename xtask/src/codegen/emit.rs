//! Writes the Rust text of the protocol.
//!
//! Called by `codegen`; `rustfmt` lays out what it gives. Invariant: every field keeps its exact name in the protocol,
//! and every enumeration can hold a value that this schema does not know.

use super::names;
use super::schema::{Event, Field, Protocol, Request, Shape, Struct};

/// `types.rs`: the structures and enumerations.
pub fn types(protocol: &Protocol) -> String {
    let mut text = header(
        "The protocol's structures and enumerations.",
        "A structure's name is the schema's; the body of a response or of an event has the name of the message.",
    );
    text += "use std::collections::BTreeMap;\n\
             use serde::{Deserialize, Serialize};\n\
             use serde_json::Value;\n\
             use crate::values::{IntegerOrString, string_enum};\n\n";
    for (name, structure) in &protocol.structs {
        text += &emit_struct(name, structure);
    }
    for (name, values) in &protocol.enums {
        text += &emit_enum(name, values);
    }
    text
}

/// `requests.rs`: the requests, an uninhabited type each.
pub fn requests(protocol: &Protocol) -> String {
    let mut text = header(
        "The protocol's requests.",
        "Each is a type without values that says what the request and its answer carry.",
    );
    text += "use super::types;\npub use crate::typed::Request;\n\n";
    text += "/// The commands of all requests.\npub const COMMANDS: &[&str] = &[";
    for request in &protocol.requests {
        text += &format!("{:?},", request.command);
    }
    text += "];\n\n";
    protocol.requests.iter().fold(text, |text, request| text + &emit_request(request))
}

/// `events.rs`: the events, an uninhabited type each.
pub fn events(protocol: &Protocol) -> String {
    let mut text = header("The protocol's events.", "Each is a type without values that says what the event carries.");
    text += "use super::types;\npub use crate::typed::Event;\n\n";
    text += "/// The names of all events.\npub const EVENTS: &[&str] = &[";
    for event in &protocol.events {
        text += &format!("{:?},", event.event);
    }
    text += "];\n\n";
    protocol.events.iter().fold(text, |text, event| text + &emit_event(event))
}

fn header(what: &str, more: &str) -> String {
    format!(
        "//! {what}\n//!\n\
         //! Made by `cargo xtask codegen --schema debugAdapterProtocol.json`; do not edit.\n\
         //! {more}\n\
         //! Invariant: names on the wire are exactly the schema's.\n\n"
    )
}

fn emit_struct(name: &str, structure: &Struct) -> String {
    let mut text = format!(
        "/// `{name}`.\n\
         #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]\n\
         #[serde(rename_all = \"camelCase\")]\n\
         pub struct {name} {{\n"
    );
    for field in &structure.fields {
        text += &emit_field(field);
    }
    if structure.open {
        text += "/// What this debugger adds.\n#[serde(flatten)]\npub extra: BTreeMap<String, Value>,\n";
    }
    text + "}\n\n"
}

fn emit_field(field: &Field) -> String {
    let name = names::snake(&field.wire);
    let mut attributes = Vec::new();
    if names::camel(&name) != field.wire {
        attributes.push(format!("rename = {:?}", field.wire));
    }
    let mut rust = rust_type(&field.shape);
    if !field.required {
        attributes.push("default".into());
        attributes.push("skip_serializing_if = \"Option::is_none\"".into());
        if !matches!(field.shape, Shape::StringOrNull) {
            rust = format!("Option<{rust}>");
        }
    }
    let attribute =
        if attributes.is_empty() { String::new() } else { format!("#[serde({})]\n", attributes.join(", ")) };
    format!("/// `{}`\n{attribute}pub {name}: {rust},\n", field.wire)
}

fn emit_enum(name: &str, values: &[String]) -> String {
    let variants: String = values.iter().map(|value| format!("{} = {value:?},\n", names::pascal(value))).collect();
    format!("string_enum! {{\n/// `{name}`.\npub enum {name} {{\n{variants}}}\n}}\n\n")
}

fn emit_request(request: &Request) -> String {
    let Request { name, command, arguments, response } = request;
    format!(
        "/// `{command}`.\npub enum {name} {{}}\n\n\
         impl Request for {name} {{\n\
         type Arguments = {};\n\
         type Response = {};\n\
         const COMMAND: &'static str = {command:?};\n\
         }}\n\n",
        carried(arguments.as_ref()),
        carried(response.as_ref()),
    )
}

fn emit_event(event: &Event) -> String {
    let Event { name, event, body } = event;
    format!(
        "/// `{event}`.\npub enum {name} {{}}\n\n\
         impl Event for {name} {{\n\
         type Body = {};\n\
         const EVENT: &'static str = {event:?};\n\
         }}\n\n",
        carried(body.as_ref()),
    )
}

/// What a message carries, as named from `requests.rs` and `events.rs`.
fn carried(shape: Option<&Shape>) -> String {
    match shape {
        Some(Shape::Named(name)) => format!("types::{name}"),
        Some(shape) => rust_type(shape),
        None => "()".into(),
    }
}

fn rust_type(shape: &Shape) -> String {
    match shape {
        Shape::Boolean => "bool".into(),
        Shape::Integer => "i64".into(),
        Shape::Number => "f64".into(),
        Shape::String => "String".into(),
        Shape::StringOrNull => "Option<String>".into(),
        Shape::IntegerOrString => "IntegerOrString".into(),
        Shape::Any => "Value".into(),
        Shape::Object(values) => format!("BTreeMap<String, {}>", rust_type(values)),
        Shape::List(items) => format!("Vec<{}>", rust_type(items)),
        Shape::Named(name) => name.clone(),
    }
}
