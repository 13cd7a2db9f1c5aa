//! Reads the official schema into what there is to generate.
//!
//! Called by `codegen`. Invariant: a construct of the schema that is not understood is an error that names the place,
//! never a silent guess, so that a newer schema cannot lose a field unseen.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::names;

/// All there is to generate, in the order of names.
#[derive(Default)]
pub struct Protocol {
    /// Structures by their names.
    pub structs: BTreeMap<String, Struct>,
    /// String enumerations: the values by the type's name.
    pub enums: BTreeMap<String, Vec<String>>,
    /// Requests.
    pub requests: Vec<Request>,
    /// Events.
    pub events: Vec<Event>,
}

/// A structure.
pub struct Struct {
    /// Its fields, in the order of their names.
    pub fields: Vec<Field>,
    /// Whether further fields belong to the implementation and are to be kept.
    pub open: bool,
}

/// A field of a structure.
pub struct Field {
    /// Its name in the protocol.
    pub wire: String,
    /// Its type.
    pub shape: Shape,
    /// Whether it has to be there.
    pub required: bool,
}

/// A type.
pub enum Shape {
    /// `bool`
    Boolean,
    /// `i64`
    Integer,
    /// `f64`
    Number,
    /// `String`
    String,
    /// `Option<String>`
    StringOrNull,
    /// An identifier of either kind.
    IntegerOrString,
    /// Any JSON.
    Any,
    /// An object with values of one type.
    Object(Box<Shape>),
    /// A list.
    List(Box<Shape>),
    /// A generated type.
    Named(String),
}

/// A request: its type's name, its command and its two types.
pub struct Request {
    /// `SetBreakpoints`
    pub name: String,
    /// `setBreakpoints`
    pub command: String,
    /// What it carries.
    pub arguments: Option<Shape>,
    /// What the answer carries.
    pub response: Option<Shape>,
}

/// An event: its type's name, its name in the protocol and its type.
pub struct Event {
    /// `Stopped`
    pub name: String,
    /// `stopped`
    pub event: String,
    /// What it carries.
    pub body: Option<Shape>,
}

/// The envelopes are written by hand, in `message.rs`.
const ENVELOPES: [&str; 4] = ["ProtocolMessage", "Request", "Response", "Event"];

/// Their arguments belong to the debugger; the schema names only what is common to all.
const OPEN: [&str; 2] = ["LaunchRequestArguments", "AttachRequestArguments"];

/// Reads the whole schema.
pub fn read(schema: &Value) -> Result<Protocol, String> {
    let definitions = schema.get("definitions").and_then(Value::as_object).ok_or("it has no definitions")?;
    let mut reader = Reader { definitions, protocol: Protocol::default() };
    for (name, definition) in definitions {
        if !ENVELOPES.contains(&name.as_str()) {
            reader.definition(name, definition)?;
        }
    }
    Ok(reader.protocol)
}

struct Reader<'a> {
    definitions: &'a Map<String, Value>,
    protocol: Protocol,
}

impl Reader<'_> {
    fn definition(&mut self, name: &str, definition: &Value) -> Result<(), String> {
        let Some((base, own)) = inherits(definition) else {
            return match values(definition) {
                Some(values) => self.add_enum(name, values),
                None => self.add_struct(name, &[definition]),
            };
        };
        match base {
            "Request" => self.request(name, own),
            "Event" => self.event(name, own),
            "Response" => self.message_body(name, own).map(drop),
            _ => {
                let base = self.definitions.get(base).ok_or_else(|| format!("{name}: no definition {base}"))?;
                self.add_struct(name, &[base, own])
            }
        }
    }

    fn request(&mut self, name: &str, own: &Value) -> Result<(), String> {
        let stem = name.strip_suffix("Request").ok_or_else(|| format!("{name}: not named a request"))?;
        let arguments = match property(own, "arguments") {
            Some(shape) => Some(self.shape(name, "arguments", shape)?),
            None => None,
        };
        let response_name = format!("{stem}Response");
        let (_, response) = self
            .definitions
            .get(&response_name)
            .and_then(inherits)
            .ok_or_else(|| format!("{name}: no definition {response_name}"))?;
        let response = property(response, "body").map(|body| body_shape(&response_name, body));
        let command = constant(own, "command").ok_or_else(|| format!("{name}: no command"))?;
        self.protocol.requests.push(Request { name: stem.into(), command, arguments, response });
        Ok(())
    }

    fn event(&mut self, name: &str, own: &Value) -> Result<(), String> {
        let stem = name.strip_suffix("Event").ok_or_else(|| format!("{name}: not named an event"))?;
        let body = self.message_body(name, own)?;
        let event = constant(own, "event").ok_or_else(|| format!("{name}: no event name"))?;
        self.protocol.events.push(Event { name: stem.into(), event, body });
        Ok(())
    }

    /// A message's body becomes a structure with the message's name, unless it is a named type already.
    fn message_body(&mut self, name: &str, own: &Value) -> Result<Option<Shape>, String> {
        let Some(body) = property(own, "body") else { return Ok(None) };
        if body.get("properties").is_some() {
            self.add_struct(name, &[body])?;
        }
        Ok(Some(body_shape(name, body)))
    }

    fn add_struct(&mut self, name: &str, parts: &[&Value]) -> Result<(), String> {
        let mut fields = BTreeMap::new();
        for part in parts {
            let required = part.get("required").and_then(Value::as_array);
            for (wire, property) in part.get("properties").and_then(Value::as_object).into_iter().flatten() {
                let required = required.is_some_and(|names| names.iter().any(|name| name == wire));
                let shape = self.shape(name, wire, property)?;
                fields.insert(wire.clone(), Field { wire: wire.clone(), shape, required });
            }
        }
        let fields = fields.into_values().collect();
        self.unique(name)?;
        self.protocol.structs.insert(name.into(), Struct { fields, open: OPEN.contains(&name) });
        Ok(())
    }

    fn add_enum(&mut self, name: &str, values: Vec<String>) -> Result<(), String> {
        self.unique(name)?;
        self.protocol.enums.insert(name.into(), values);
        Ok(())
    }

    fn unique(&self, name: &str) -> Result<(), String> {
        let taken = self.protocol.structs.contains_key(name) || self.protocol.enums.contains_key(name);
        if taken { Err(format!("two types would be called {name}")) } else { Ok(()) }
    }

    fn shape(&mut self, owner: &str, field: &str, schema: &Value) -> Result<Shape, String> {
        let place = || format!("{owner}.{field}");
        if let Some(name) = reference(schema) {
            return Ok(Shape::Named(name.into()));
        }
        if let Some(values) = values(schema) {
            let name = format!("{owner}{}", names::pascal(field));
            self.add_enum(&name, values)?;
            return Ok(Shape::Named(name));
        }
        if schema.get("oneOf").is_some() {
            return Ok(Shape::Any);
        }
        match &types(schema).ok_or_else(|| format!("{}: no type", place()))?[..] {
            ["boolean"] => Ok(Shape::Boolean),
            ["integer"] => Ok(Shape::Integer),
            ["number"] => Ok(Shape::Number),
            ["string"] => Ok(Shape::String),
            ["string", "null"] => Ok(Shape::StringOrNull),
            ["integer", "string"] => Ok(Shape::IntegerOrString),
            ["array"] => {
                let items = schema.get("items").ok_or_else(|| format!("{}: a list of what?", place()))?;
                Ok(Shape::List(Box::new(self.shape(owner, names::singular(field), items)?)))
            }
            ["object"] => match schema.get("additionalProperties") {
                Some(Value::Bool(true)) => Ok(Shape::Object(Box::new(Shape::Any))),
                Some(values) => Ok(Shape::Object(Box::new(self.shape(owner, field, values)?))),
                None => Err(format!("{}: an object within an object", place())),
            },
            all if all.len() == 7 => Ok(Shape::Any),
            other => Err(format!("{}: unknown type {other:?}", place())),
        }
    }
}

fn body_shape(message: &str, body: &Value) -> Shape {
    Shape::Named(reference(body).unwrap_or(message).into())
}

/// The name of what a definition is derived from, and its own part.
fn inherits(definition: &Value) -> Option<(&str, &Value)> {
    match definition.get("allOf")?.as_array()?.as_slice() {
        [base, own] => Some((reference(base)?, own)),
        _ => None,
    }
}

fn reference(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix("#/definitions/")
}

fn property<'a>(definition: &'a Value, name: &str) -> Option<&'a Value> {
    definition.get("properties")?.get(name)
}

/// The values of an enumeration, whether closed (`enum`) or open (`_enum`).
fn values(schema: &Value) -> Option<Vec<String>> {
    let values = schema.get("enum").or_else(|| schema.get("_enum"))?.as_array()?;
    values.iter().map(|value| value.as_str().map(str::to_owned)).collect()
}

fn constant(own: &Value, name: &str) -> Option<String> {
    values(property(own, name)?)?.into_iter().next()
}

fn types(schema: &Value) -> Option<Vec<&str>> {
    match schema.get("type")? {
        Value::String(one) => Some(vec![one]),
        Value::Array(many) => many.iter().map(Value::as_str).collect(),
        _ => None,
    }
}
