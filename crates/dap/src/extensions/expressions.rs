//! Steps from expression to expression, and what they were told. Part of `extensions`.

use serde::{Deserialize, Serialize};

use crate::requests::Request;

/// `pausa/stepExpression`: like `next`, but also to where an expression of the line has got its value.
pub enum StepExpression {}

impl Request for StepExpression {
    type Arguments = StepExpressionArguments;
    type Response = ();
    const COMMAND: &'static str = "pausa/stepExpression";
}

/// The arguments of [`StepExpression`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StepExpressionArguments {
    /// The thread that runs on.
    pub thread_id: i64,
}

/// `pausa/computed`: what the step that led to this stop was told the values of.
pub enum Computed {}

impl Request for Computed {
    type Arguments = ();
    type Response = ComputedResponse;
    const COMMAND: &'static str = "pausa/computed";
}

/// The answer to [`Computed`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ComputedResponse {
    /// Inner expressions first.
    pub values: Vec<ComputedValue>,
}

/// An expression and its value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ComputedValue {
    /// Its text, on one line.
    pub expression: String,
    /// The value.
    pub value: String,
    /// The value's type.
    pub r#type: String,
    /// Where its children are, 0 for none.
    pub variables_reference: i64,
    /// The line that it begins on.
    pub line: i64,
    /// Where on it, if its file is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<i64>,
    /// The line that it ends on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_line: Option<i64>,
    /// The column after its last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_column: Option<i64>,
}
