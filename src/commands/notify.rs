//! Tells the service manager how the service fares, by the protocol of sd_notify(3). Without one, nothing is told.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

/// The service answers.
pub const READY: &str = "READY=1";
/// The service finishes what is in flight.
pub const STOPPING: &str = "STOPPING=1";

/// Tells the manager that started this process, if one did.
pub fn tell(state: &str) {
    if let Some(socket) = std::env::var_os("NOTIFY_SOCKET").filter(|socket| !socket.is_empty())
        && let Err(error) = send(&socket, state)
    {
        tracing::warn!("the service manager could not be told {state}: {error}");
    }
}

/// An address that begins with `@` is a name without a file.
fn send(socket: &OsString, state: &str) -> io::Result<()> {
    let address = match socket.as_bytes().strip_prefix(b"@") {
        Some(name) => SocketAddr::from_abstract_name(name)?,
        None => SocketAddr::from_pathname(OsStr::new(socket))?,
    };
    UnixDatagram::unbound()?.send_to_addr(state.as_bytes(), &address).map(drop)
}

#[cfg(test)]
mod tests {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::{SocketAddr, UnixDatagram};

    use super::{READY, send};

    #[test]
    fn a_manager_is_told_by_a_file_and_by_a_name_without_one() {
        let stage = tempfile::tempdir().expect("a directory");
        let path = stage.path().join("notify");
        let name = format!("lawgate-test-{}", std::process::id());
        let by_file = UnixDatagram::bind(&path).expect("bound");
        let by_name = UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(&name).expect("a name")).expect("bound");
        for (socket, address) in [(by_file, path.into_os_string()), (by_name, format!("@{name}").into())] {
            send(&address, READY).expect("sent");
            let mut buffer = [0_u8; 64];
            let count = socket.recv(&mut buffer).expect("received");
            assert_eq!(&buffer[..count], b"READY=1");
        }
        assert!(send(&"/nowhere/notify".into(), READY).is_err());
    }
}
