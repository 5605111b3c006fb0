//! How the running cluster is reached: the socket, the roles, and the URL of a database.
//! Opens no connection.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::socket;

/// The roles of the private cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Made by initdb; for roles, databases and backup of the whole cluster only.
    Superuser,
    /// Owns the database and everything in it; migrates.
    Owner,
    /// The service at run time; owns nothing.
    App,
}

impl Role {
    /// The role's name in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Superuser => "lawgate_superuser",
            Self::Owner => "lawgate_owner",
            Self::App => "lawgate_app",
        }
    }
}

/// Where a running cluster listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    socket_dir: PathBuf,
    major: u32,
}

impl Endpoint {
    pub(super) fn new(socket_dir: PathBuf, major: u32) -> Self {
        Self { socket_dir, major }
    }

    /// The directory of the Unix socket; closed to every other account but root.
    #[must_use]
    pub fn socket_dir(&self) -> &Path {
        &self.socket_dir
    }

    /// The server's major version, such as 15.
    #[must_use]
    pub fn major(&self) -> u32 {
        self.major
    }

    /// The connection URL of `database` for `role`, as libpq and tokio-postgres read it.
    ///
    /// The socket's directory stands in the place of the host. The other known form,
    /// `…@localhost/…?host=/directory`, names *two* hosts to tokio-postgres, which then asks whatever listens on
    /// localhost first.
    #[must_use]
    pub fn url(&self, role: Role, database: &str) -> String {
        format!(
            "postgres://{}@{}:{}/{}",
            role.name(),
            percent_encode(self.socket_dir.as_os_str().as_bytes()),
            socket::PORT,
            percent_encode(database.as_bytes()),
        )
    }
}

/// Encodes everything but the unreserved characters of RFC 3986, so that no byte can end the part it stands in.
fn percent_encode(bytes: &[u8]) -> String {
    let mut encoded = String::with_capacity(bytes.len());
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tokio_postgres::Config;
    use tokio_postgres::config::Host;

    use super::*;

    #[test]
    fn the_url_names_one_host_and_that_is_the_socket() {
        let endpoint = Endpoint::new(PathBuf::from("/srv/法制 数据,\"1\"/postgres-socket"), 15);
        let url = endpoint.url(Role::App, "lawgate");
        let config: Config = url.parse().expect("a valid URL");
        assert_eq!(config.get_hosts(), [Host::Unix(endpoint.socket_dir().to_path_buf())]);
        assert_eq!(config.get_ports(), [5432]);
        assert_eq!(config.get_user(), Some("lawgate_app"));
        assert_eq!(config.get_dbname(), Some("lawgate"));
    }

    proptest! {
        #[test]
        fn every_directory_and_database_survives_the_url(directory in "/[^\0]{1,40}", database in "[^\0]{1,20}") {
            let endpoint = Endpoint::new(PathBuf::from(&directory), 15);
            let config: Config = endpoint.url(Role::Owner, &database).parse().expect("a valid URL");
            prop_assert_eq!(config.get_hosts(), [Host::Unix(PathBuf::from(&directory))]);
            prop_assert_eq!(config.get_dbname(), Some(database.as_str()));
        }
    }
}
