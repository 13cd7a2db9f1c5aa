//! `pausa/instances`, `pausa/referrers`, `pausa/size`: objects beyond their values.
//!
//! Used by `session` and by the terminal. Invariant: but for the expression, no code of the program runs.

use serde::{Deserialize, Serialize};

use crate::requests::Request;

/// `pausa/instances`: the instances of a class.
pub enum Instances {}

impl Request for Instances {
    type Arguments = ObjectsArguments;
    type Response = InstancesResponse;
    const COMMAND: &'static str = "pausa/instances";
}

/// `pausa/referrers`: what refers to an object.
pub enum Referrers {}

impl Request for Referrers {
    type Arguments = ObjectsArguments;
    type Response = ReferrersResponse;
    const COMMAND: &'static str = "pausa/referrers";
}

/// `pausa/size`: how many bytes an object takes.
pub enum Size {}

impl Request for Size {
    type Arguments = SizeArguments;
    type Response = SizeResponse;
    const COMMAND: &'static str = "pausa/size";
}

/// The arguments of [`Instances`] and [`Referrers`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ObjectsArguments {
    /// The frame in which the expression is evaluated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frame_id: Option<i64>,
    /// The class, or the object.
    pub expression: String,
    /// Instances: of this class only, not of those that derive from it.
    pub only: bool,
    /// The first one wanted, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<i64>,
    /// How many; without it, all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<i64>,
}

/// An object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Object {
    /// Its text.
    pub value: String,
    /// Its type.
    pub r#type: String,
    /// Where its children are, or 0.
    pub variables_reference: i64,
}

/// The answer to [`Instances`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InstancesResponse {
    /// Those that were asked for, the oldest first.
    pub instances: Vec<Object>,
    /// How many there are.
    pub total: i64,
}

/// Something that refers to an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Referrer {
    /// In which way.
    pub how: String,
    /// What refers to it, unless that is a frame or a module.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holder: Option<Object>,
}

/// The answer to [`Referrers`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReferrersResponse {
    /// Those that were asked for.
    pub referrers: Vec<Referrer>,
    /// How many there are.
    pub total: i64,
}

/// The arguments of [`Size`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SizeArguments {
    /// The frame in which the expression is evaluated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frame_id: Option<i64>,
    /// The object.
    pub expression: String,
    /// Also what can be reached from it.
    pub deep: bool,
}

/// The answer to [`Size`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SizeResponse {
    /// The object itself, in bytes.
    pub own: i64,
    /// It and what can be reached from it, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reachable: Option<i64>,
    /// How many objects those are.
    pub objects: i64,
}
