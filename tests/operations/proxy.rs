//! A network between the service and its database that can be made to swallow everything, or to break at a commit.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What the network does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Mode {
    /// It forwards.
    Forward,
    /// It accepts everything and forwards nothing, ever again for connections that were open or are opened now.
    Hole,
    /// It breaks when a COMMIT comes by, which the server does not get.
    BreakBeforeCommit,
    /// It breaks when the answer to a COMMIT comes by, which the service does not get.
    BreakAfterCommit,
}

pub struct Proxy {
    address: SocketAddr,
    mode: Arc<AtomicU8>,
    held: Arc<Mutex<Vec<(TcpStream, UnixStream)>>>,
}

impl Proxy {
    /// Listens on loopback and forwards to the server's socket.
    pub fn to(socket_dir: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let mode = Arc::new(AtomicU8::new(Mode::Forward as u8));
        let held = Arc::new(Mutex::new(Vec::new()));
        let (socket, seen, keep) = (socket_dir.join(".s.PGSQL.5432"), Arc::clone(&mode), Arc::clone(&held));
        thread::spawn(move || accept(&listener, &socket, &seen, &keep));
        Self { address, mode, held }
    }

    pub fn set(&self, mode: Mode) {
        self.mode.store(mode as u8, Ordering::SeqCst);
    }

    /// Forwards again, for new connections; those that were caught in a hole stay there.
    pub fn url(&self, role: &str) -> String {
        format!("postgres://{role}@{}/lawgate", self.address)
    }

    /// Connections that were ever made.
    pub fn connections(&self) -> usize {
        self.held.lock().expect("no panic").len()
    }
}

fn accept(listener: &TcpListener, socket: &PathBuf, mode: &Arc<AtomicU8>, held: &Arc<Mutex<Vec<(TcpStream, UnixStream)>>>) {
    for client in listener.incoming().flatten() {
        let Ok(server) = UnixStream::connect(socket) else { continue };
        held.lock().expect("no panic").push((client.try_clone().expect("a socket"), server.try_clone().expect("a socket")));
        let ends = || (client.try_clone().expect("a socket"), server.try_clone().expect("a socket"));
        let ((client_in, server_out), (client_out, server_in)) = (ends(), ends());
        let committed = Arc::new(AtomicU8::new(0));
        let (mode_up, mode_down, committed_down) = (Arc::clone(mode), Arc::clone(mode), Arc::clone(&committed));
        thread::spawn(move || upwards(client_in, server_out, &mode_up, &committed));
        thread::spawn(move || downwards(server_in, client_out, &mode_down, &committed_down));
    }
}

fn is(mode: &AtomicU8, wanted: Mode) -> bool {
    mode.load(Ordering::SeqCst) == wanted as u8
}

/// What the service says. Everything that comes in a hole is read, as a network that acknowledges it would.
fn upwards(mut client: TcpStream, mut server: UnixStream, mode: &AtomicU8, committed: &AtomicU8) {
    let (mut buffer, mut lost) = ([0_u8; 65536], false);
    while let Ok(count) = client.read(&mut buffer) {
        if count == 0 {
            break;
        }
        lost |= is(mode, Mode::Hole);
        if lost {
            continue;
        }
        let commits = buffer[..count].windows(6).any(|six| six == b"COMMIT");
        if commits && is(mode, Mode::BreakBeforeCommit) {
            break;
        }
        if commits && is(mode, Mode::BreakAfterCommit) {
            committed.store(1, Ordering::SeqCst);
        }
        if server.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    let _ = (client.shutdown(Shutdown::Both), server.shutdown(Shutdown::Both));
}

/// What the server says.
fn downwards(mut server: UnixStream, mut client: TcpStream, mode: &AtomicU8, committed: &AtomicU8) {
    let (mut buffer, mut lost) = ([0_u8; 65536], false);
    while let Ok(count) = server.read(&mut buffer) {
        if count == 0 || committed.load(Ordering::SeqCst) == 1 {
            break;
        }
        lost |= is(mode, Mode::Hole);
        if lost {
            // The service is not told that the server is gone either.
            thread::sleep(Duration::from_millis(1));
            continue;
        }
        if client.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    if !lost {
        let _ = (client.shutdown(Shutdown::Both), server.shutdown(Shutdown::Both));
    }
}
