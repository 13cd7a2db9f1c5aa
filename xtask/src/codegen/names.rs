//! From the protocol's names to Rust's.
//!
//! Called by `schema` and `emit`. Invariant: what [`snake`] and [`pascal`] give is a valid identifier.

const KEYWORDS: [&str; 6] = ["type", "enum", "struct", "mod", "fn", "use"];

/// `supportsANSIStyling` gives `supports_ansi_styling`, `__restart` gives `restart`.
pub fn snake(wire: &str) -> String {
    let letters: Vec<char> = wire.trim_start_matches('_').chars().collect();
    let mut name = String::new();
    for (index, letter) in letters.iter().enumerate() {
        let after_lower = index > 0 && letters.get(index - 1).is_some_and(|before| !before.is_uppercase());
        let before_lower = letters.get(index + 1).is_some_and(|next| next.is_lowercase());
        if letter.is_uppercase() && index > 0 && (after_lower || before_lower) {
            name.push('_');
        }
        name.extend(letter.to_lowercase());
    }
    if KEYWORDS.contains(&name.as_str()) { format!("r#{name}") } else { name }
}

/// `function breakpoint` gives `FunctionBreakpoint`.
pub fn pascal(wire: &str) -> String {
    wire.split([' ', '-', '_']).map(capitalized).collect()
}

/// What serde's `rename_all = "camelCase"` makes of a field's Rust name.
pub fn camel(snake: &str) -> String {
    let name = pascal(snake.trim_start_matches("r#"));
    let mut letters = name.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

/// The name of one of many: `attributes` gives `attribute`.
pub fn singular(name: &str) -> &str {
    name.strip_suffix('s').unwrap_or(name)
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_fields() {
        assert_eq!(snake("supportsANSIStyling"), "supports_ansi_styling");
        assert_eq!(snake("columnsStartAt1"), "columns_start_at1");
        assert_eq!(snake("__restart"), "restart");
        assert_eq!(snake("type"), "r#type");
        assert_eq!(camel("r#type"), "type");
        assert_eq!(camel("columns_start_at1"), "columnsStartAt1");
    }

    #[test]
    fn names_of_variants() {
        assert_eq!(pascal("function breakpoint"), "FunctionBreakpoint");
        assert_eq!(pascal("MD5"), "MD5");
        assert_eq!(pascal("unixTimestampUTC"), "UnixTimestampUTC");
    }
}
