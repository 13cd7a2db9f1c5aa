//! Where a client finds us: `[HOST:]PORT` or `unix:PATH`.
//!
//! Read from command lines and from what editors send, used by `stream`. Invariant: an address without a host is on this
//! machine only.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// The host that is meant if none is named.
const LOOPBACK: &str = "127.0.0.1";

/// A place to listen at or to dial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A host's name or number, and a port; port 0 is any free one.
    Tcp(String, u16),
    /// A socket in the file system.
    Unix(PathBuf),
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("unix:") {
            return if path.is_empty() { Err(refusal(text)) } else { Ok(Self::Unix(path.into())) };
        }
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) => (host.trim_start_matches('[').trim_end_matches(']'), port),
            None => (LOOPBACK, text),
        };
        let port = port.parse().map_err(|_| refusal(text))?;
        Ok(Self::Tcp(if host.is_empty() { LOOPBACK } else { host }.to_owned(), port))
    }
}

fn refusal(text: &str) -> String {
    format!("'{text}' is no address: write PORT, HOST:PORT or unix:PATH")
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(host, port) if host.contains(':') => write!(f, "[{host}]:{port}"),
            Self::Tcp(host, port) => write!(f, "{host}:{port}"),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_alone_is_on_this_machine() {
        let read = |text: &str| text.parse::<Address>().map(|address| address.to_string());
        assert_eq!(read("5678").unwrap(), "127.0.0.1:5678");
        assert_eq!(read(":5678").unwrap(), "127.0.0.1:5678");
        assert_eq!(read("0.0.0.0:0").unwrap(), "0.0.0.0:0");
        assert_eq!(read("[::1]:80").unwrap(), "[::1]:80");
        assert_eq!(read("unix:/a b").unwrap(), "unix:/a b");
        for wrong in ["", "host", "host:", "1:99999", "unix:", "a:b"] {
            assert!(read(wrong).unwrap_err().contains("no address"), "{wrong}");
        }
    }
}
