//! Instances, referrers, sizes.
//!
//! Invariant: as many are told as were asked for, and how many there are is said.

use pausa_dap::extensions::{InstancesResponse, ReferrersResponse, SizeResponse};

/// How many are asked for.
pub const LISTED: i64 = 20;

/// A word that may stand before the expression, and the expression.
#[must_use]
pub fn option<'a>(arguments: &'a str, word: &str) -> (bool, &'a str) {
    let arguments = arguments.trim();
    match arguments.split_once(char::is_whitespace) {
        Some((first, rest)) if first == word && !rest.trim().is_empty() => (true, rest.trim()),
        _ => (false, arguments),
    }
}

/// The instances of a class.
#[must_use]
pub fn instances(found: &InstancesResponse) -> Vec<String> {
    let noun = if found.total == 1 { "instance" } else { "instances" };
    let mut lines = vec![format!("{} {noun}", found.total)];
    lines.extend(found.instances.iter().map(|object| format!("  {}", object.value)));
    lines.extend(more(found.total, found.instances.len()));
    lines
}

/// What refers to an object.
#[must_use]
pub fn referrers(found: &ReferrersResponse) -> Vec<String> {
    let noun = if found.total == 1 { "referrer" } else { "referrers" };
    let mut lines = vec![format!("{} {noun}", found.total)];
    lines.extend(found.referrers.iter().map(|own| match &own.holder {
        Some(holder) => format!("  {} {}", own.how, holder.value),
        None => format!("  {}", own.how),
    }));
    lines.extend(more(found.total, found.referrers.len()));
    lines
}

/// How many bytes an object takes.
#[must_use]
pub fn size(found: &SizeResponse) -> String {
    match found.reachable {
        Some(reachable) => {
            format!("{} bytes; with what it holds {reachable} bytes in {} objects", found.own, found.objects)
        }
        None => format!("{} bytes", found.own),
    }
}

fn more(total: i64, listed: usize) -> Option<String> {
    let left = total.saturating_sub(i64::try_from(listed).unwrap_or(i64::MAX));
    (left > 0).then(|| format!("  … and {left} more"))
}

#[cfg(test)]
mod tests {
    use super::option;

    #[test]
    fn an_option_stands_before_an_expression_only() {
        assert_eq!(option(" only  Node ", "only"), (true, "Node"));
        assert_eq!(option("only", "only"), (false, "only"));
        assert_eq!(option("only.attribute", "only"), (false, "only.attribute"));
    }
}
