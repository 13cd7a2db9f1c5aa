//! The secret that a client shows where more than this machine's users could be the client.
//!
//! Read by the `pausa` command from a file or the environment (never from arguments, which other users can see), checked
//! by `session`. Invariant: how long a comparison takes says nothing about the secret.

use std::path::Path;
use std::{env, fs};

/// The fewest characters that a secret has.
const SHORTEST: usize = 16;

/// A secret.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// Names the secret in our environment.
    pub const VARIABLE: &str = "PAUSA_TOKEN";

    /// The secret in `file`, else in the environment, if there is one.
    pub fn find(file: Option<&Path>) -> Result<Option<Self>, String> {
        let (text, place) = match file {
            Some(file) => {
                let text =
                    fs::read_to_string(file).map_err(|error| format!("no token in {}: {error}", file.display()))?;
                (text, file.display().to_string())
            }
            None => match env::var(Self::VARIABLE) {
                Ok(text) => (text, Self::VARIABLE.to_owned()),
                Err(_) => return Ok(None),
            },
        };
        let text = text.trim();
        if text.len() < SHORTEST {
            return Err(format!(
                "the token in {place} is too short to be a secret: make it {SHORTEST} characters or more"
            ));
        }
        Ok(Some(Self(text.to_owned())))
    }

    /// True if the client shows the same.
    pub(crate) fn is(&self, shown: Option<&str>) -> bool {
        let shown = shown.unwrap_or_default().as_bytes();
        let own = self.0.as_bytes();
        let differences = own.iter().zip(shown.iter().chain(std::iter::repeat(&0)));
        let differs = differences.fold(0, |differs, (own, shown)| differs | (own ^ shown));
        std::hint::black_box(differs) == 0 && own.len() == shown.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_text_is_the_token() {
        let token = Token("0123456789abcdef".into());
        assert!(token.is(Some("0123456789abcdef")));
        for wrong in [None, Some(""), Some("0123456789abcdeF"), Some("0123456789abcdef0"), Some("0123456789abcde")] {
            assert!(!token.is(wrong), "{wrong:?}");
        }
    }

    #[test]
    fn a_short_secret_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        fs::write(&file, "short\n").unwrap();
        assert!(Token::find(Some(&file)).err().unwrap().contains("too short"));
        fs::write(&file, "0123456789abcdef\n").unwrap();
        assert!(Token::find(Some(&file)).unwrap().unwrap().is(Some("0123456789abcdef")));
        assert!(Token::find(Some(&folder.path().join("none"))).is_err());
    }
}
