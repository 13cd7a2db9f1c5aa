//! A stream to a peer, over TCP or a Unix socket, and the listening for one.
//!
//! Used by `adapter` and `served`. Invariant: small messages are sent at once; who comes over a Unix socket is our own
//! user; nobody listens beyond this machine without a token.

use std::fs::{self, DirBuilder};
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream, ToSocketAddrs};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::unistd::Uid;

use crate::linux;
use crate::{Address, ListenError};

/// A host that does not answer at all is waited for no longer.
const CONNECTS_WITHIN: Duration = Duration::from_secs(5);

/// A connected peer.
#[derive(Debug)]
pub enum Stream {
    /// Over the network, or the loopback.
    Tcp(TcpStream),
    /// On this machine.
    Unix(UnixStream),
}

impl Stream {
    /// Dials.
    pub fn connect(address: &Address) -> io::Result<Self> {
        match address {
            Address::Tcp(host, port) => Self::tcp(connect_soon(host, *port)?),
            Address::Unix(path) => Ok(Self::Unix(UnixStream::connect(path)?)),
        }
    }

    fn tcp(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self::Tcp(stream))
    }

    /// Another handle of the same stream.
    pub fn try_clone(&self) -> io::Result<Self> {
        match self {
            Self::Tcp(stream) => stream.try_clone().map(Self::Tcp),
            Self::Unix(stream) => stream.try_clone().map(Self::Unix),
        }
    }

    /// A writing half whose drop ends the stream in both directions, so that its reader ends too.
    pub fn ending(self) -> impl Write + Send + 'static {
        Ending(self)
    }

    /// Ends it in both directions, for all handles.
    pub fn end(&self) {
        // It fails if the peer was first.
        let _ = match self {
            Self::Tcp(stream) => stream.shutdown(Shutdown::Both),
            Self::Unix(stream) => stream.shutdown(Shutdown::Both),
        };
    }
}

impl AsFd for Stream {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Tcp(stream) => stream.as_fd(),
            Self::Unix(stream) => stream.as_fd(),
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.read(buffer),
            Self::Unix(stream) => stream.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.write(bytes),
            Self::Unix(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// See [`Stream::ending`].
struct Ending(Stream);

impl Write for Ending {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// Tries a host's addresses in turn.
fn connect_soon(host: &str, port: u16) -> io::Result<TcpStream> {
    let mut failed = io::Error::from(io::ErrorKind::NotFound);
    for address in (host, port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, CONNECTS_WITHIN) {
            Ok(stream) => return Ok(stream),
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

/// A place where peers may come.
#[derive(Debug)]
pub struct Listener {
    socket: Socket,
    address: Address,
}

#[derive(Debug)]
enum Socket {
    Tcp(TcpListener),
    Unix(UnixListener),
}

impl Listener {
    /// Listens at `address`: beyond this machine only if those who come must show a token.
    pub fn bind(address: &Address, has_token: bool) -> Result<Self, ListenError> {
        let failed = |source| ListenError::Bind { address: address.clone(), source };
        match address {
            Address::Tcp(host, port) => {
                let listener = TcpListener::bind((host.as_str(), *port)).map_err(failed)?;
                let bound = listener.local_addr().map_err(failed)?;
                if !bound.ip().is_loopback() && !has_token {
                    return Err(ListenError::Open(address.clone()));
                }
                let address = Address::Tcp(bound.ip().to_string(), bound.port());
                Ok(Self { socket: Socket::Tcp(listener), address })
            }
            Address::Unix(path) => {
                make_private_folder(path)?;
                remove_left_over(path);
                let listener = UnixListener::bind(path).map_err(failed)?;
                fs::set_permissions(path, fs::Permissions::from_mode(0o600)).map_err(failed)?;
                Ok(Self { socket: Socket::Unix(listener), address: address.clone() })
            }
        }
    }

    /// Where it really listens: a port of 0 has become one.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Waits for the next peer. Those of another user are turned away.
    pub fn accept(&self) -> io::Result<Stream> {
        loop {
            let accepted = match &self.socket {
                Socket::Tcp(listener) => listener.accept().and_then(|(stream, _)| Stream::tcp(stream)).map(Some),
                Socket::Unix(listener) => {
                    listener.accept().map(|(stream, _)| linux::is_own_user(&stream).then_some(Stream::Unix(stream)))
                }
            };
            match accepted {
                Ok(Some(stream)) => return Ok(stream),
                Ok(None) => {}
                Err(error) if is_the_peers_fault(&error) => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl AsFd for Listener {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match &self.socket {
            Socket::Tcp(listener) => listener.as_fd(),
            Socket::Unix(listener) => listener.as_fd(),
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Address::Unix(path) = &self.address {
            // Somebody may have removed it already.
            let _ = fs::remove_file(path);
        }
    }
}

fn is_the_peers_fault(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionReset | Interrupted)
}

/// The folder of a socket is ours alone: it is made so, or must be so.
fn make_private_folder(socket: &Path) -> Result<(), ListenError> {
    let folder = match socket.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    // It may be there already; what counts is what is found below.
    let _ = DirBuilder::new().mode(0o700).create(&folder);
    let found = fs::metadata(&folder).map_err(|source| ListenError::Folder { folder: folder.clone(), source })?;
    if found.uid() != Uid::effective().as_raw() || found.mode() & 0o077 != 0 {
        return Err(ListenError::Public(folder));
    }
    Ok(())
}

/// A socket at which nobody listens any more is in the way.
fn remove_left_over(path: &Path) {
    use std::os::unix::fs::FileTypeExt;
    let is_socket = fs::symlink_metadata(path).is_ok_and(|data| data.file_type().is_socket());
    if is_socket && UnixStream::connect(path).is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused) {
        let _ = fs::remove_file(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_this_machine_only_with_a_token() {
        let everywhere = Address::Tcp("0.0.0.0".into(), 0);
        let error = Listener::bind(&everywhere, false).unwrap_err();
        assert!(error.to_string().contains("token"), "{error}");
        assert!(Listener::bind(&everywhere, true).is_ok());
        let here = Listener::bind(&"0".parse().unwrap(), false).unwrap();
        assert!(matches!(here.address(), Address::Tcp(host, port) if host == "127.0.0.1" && *port != 0));
    }

    /// With Nagle's algorithm an answer waits for the peer's delayed acknowledgement: 40 ms.
    #[test]
    fn nothing_small_waits_for_more_to_send() {
        let listener = Listener::bind(&"0".parse().unwrap(), false).unwrap();
        let (dialled, accepted) = (Stream::connect(listener.address()).unwrap(), listener.accept().unwrap());
        for end in [dialled, accepted] {
            assert!(matches!(end, Stream::Tcp(stream) if stream.nodelay().unwrap()));
        }
    }

    #[test]
    fn a_socket_needs_a_folder_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("private/socket");
        let listener = Listener::bind(&Address::Unix(path.clone()), false).unwrap();
        assert_eq!(fs::metadata(path.parent().unwrap()).unwrap().mode() & 0o777, 0o700);
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        let (_dialled, accepted) = (Stream::connect(listener.address()).unwrap(), listener.accept().unwrap());
        assert!(matches!(accepted, Stream::Unix(_)));
        drop(listener);
        assert!(!path.exists());

        fs::set_permissions(path.parent().unwrap(), fs::Permissions::from_mode(0o755)).unwrap();
        let error = Listener::bind(&Address::Unix(path), false).unwrap_err();
        assert!(error.to_string().contains("chmod 700"), "{error}");
    }

    #[test]
    fn a_left_over_socket_is_replaced_and_a_live_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let address = Address::Unix(folder.path().join("private/socket"));
        DirBuilder::new().mode(0o700).create(folder.path().join("private")).unwrap();
        let Address::Unix(path) = &address else { unreachable!() };
        drop(UnixListener::bind(path).unwrap());
        let _listener = Listener::bind(&address, false).unwrap();
        assert!(Listener::bind(&address, false).is_err());
    }
}
