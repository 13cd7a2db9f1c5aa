//! `envFile`: lines of `NAME=VALUE`, as dotenv files have them.
//!
//! Read by `plan`. Invariant: what is no such line is named by its number and never guessed at.

/// The variables of a file. `known` says what a `${NAME}` in it means that the file itself does not define.
pub(crate) fn parse(text: &str, known: impl Fn(&str) -> Option<String>) -> Result<Vec<(String, String)>, String> {
    let mut variables: Vec<(String, String)> = Vec::new();
    for (at, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let line = line.strip_prefix("export ").unwrap_or(line);
        let wrong = || format!("line {} is not NAME=VALUE", at + 1);
        let (name, value) = line.split_once('=').ok_or_else(wrong)?;
        let name = name.trim();
        if name.is_empty() || name.contains(char::is_whitespace) {
            return Err(wrong());
        }
        let lookup = |name: &str| {
            let own = variables.iter().rev().find(|(own, _)| own == name).map(|(_, value)| value.clone());
            own.or_else(|| known(name)).unwrap_or_default()
        };
        let value = value.trim();
        let value = match value.chars().next().filter(|quote| matches!(quote, '"' | '\'')) {
            Some(quote) => {
                let (quoted, _) = value.get(1..).and_then(|rest| rest.rsplit_once(quote)).ok_or_else(wrong)?;
                if quote == '\'' { quoted.to_owned() } else { substitute(&quoted.replace("\\n", "\n"), lookup) }
            }
            None => substitute(value.split(" #").next().unwrap_or_default().trim_end(), lookup),
        };
        variables.push((name.to_owned(), value));
    }
    Ok(variables)
}

/// Each `${NAME}` replaced.
fn substitute(text: &str, lookup: impl Fn(&str) -> String) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        result += before;
        match after.split_once('}') {
            Some((name, after)) => {
                result += &lookup(name);
                rest = after;
            }
            None => {
                result += "${";
                rest = after;
            }
        }
    }
    result + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_quotes_comments_and_references() {
        let text = "# c\n\nA=1\nexport B = two words # not this\nC='${A} #'\nD=\"x\\ny${A}${HOME}\"\nE=\nF=a=b\n";
        let variables = parse(text, |name| (name == "HOME").then(|| "/h".to_owned())).unwrap();
        let value = |name: &str| variables.iter().find(|(own, _)| own == name).unwrap().1.as_str();
        assert_eq!(["A", "B", "C", "D", "E", "F"].map(value), ["1", "two words", "${A} #", "x\ny1/h", "", "a=b"]);
    }

    #[test]
    fn a_wrong_line_is_named() {
        for wrong in ["A=1\nnonsense", "A=1\n=2", "A=1\nB='x", "A=1\nB C=2"] {
            assert_eq!(parse(wrong, |_| None).unwrap_err(), "line 2 is not NAME=VALUE", "{wrong}");
        }
    }
}
