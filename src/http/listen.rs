//! Where the daemon listens: read from the command line, refused where others could come in without a token, and taken.

use crate::Outcome;
use crate::config::BadSetting;
use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use tokio::net::TcpListener;

/// An address and port to listen on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listen(SocketAddr);

impl Listen {
    /// Where the daemon listens unless told otherwise.
    pub const DEFAULT: &str = "127.0.0.1:8000";

    /// Reads `127.0.0.1:8000`, `[::1]:8000` or `localhost:8000`. Names but `localhost` are not looked up: what they lead
    /// to may change, and with it who can come in.
    ///
    /// # Errors
    /// Where it is neither.
    pub fn read(given: &str) -> Result<Self, BadSetting> {
        let local = || {
            let port = given.strip_prefix("localhost:")?.parse().ok()?;
            Some(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
        };
        let address = given.parse().ok().or_else(local);
        address.map(Self).ok_or_else(|| {
            BadSetting::new(
                "--listen",
                given,
                "an IP address and a port, such as 127.0.0.1:8000 or [::1]:8000",
            )
        })
    }

    /// Takes the port. Beyond loopback only `with_token`.
    pub(super) async fn open(self, with_token: bool) -> Result<TcpListener, NotHeard> {
        if !with_token && !is_loopback(self.0.ip()) {
            return Err(NotHeard {
                at: self.0,
                cause: Cause::NoToken,
            });
        }
        TcpListener::bind(self.0)
            .await
            .map_err(|error| NotHeard::new(self, error))
    }
}

/// Whether only this machine can reach an address.
pub(super) fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

/// The daemon can't, or may not, listen there. Says in one line what can be done.
#[derive(Debug)]
pub struct NotHeard {
    at: SocketAddr,
    cause: Cause,
}

#[derive(Debug)]
enum Cause {
    /// Others could come in without a token.
    NoToken,
    /// The system refused the port.
    Port(io::Error),
}

impl NotHeard {
    pub(super) fn new(listen: Listen, error: io::Error) -> Self {
        Self {
            at: listen.0,
            cause: Cause::Port(error),
        }
    }

    /// What the process's exit code says: a setting that is refused, or a machine on which it can't run.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match self.cause {
            Cause::NoToken => Outcome::Refused,
            Cause::Port(_) => Outcome::Broken,
        }
    }
}

impl fmt::Display for NotHeard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.at;
        match &self.cause {
            Cause::NoToken => write!(
                f,
                "--listen {at} lets in more than this machine, and there is no token: set MCP_AUTH_TOKEN_FILE or MCP_AUTH_TOKEN, or listen on 127.0.0.1"
            ),
            Cause::Port(error) => match error.kind() {
                io::ErrorKind::AddrInUse => write!(
                    f,
                    "{at} is taken by another process: end that, or choose another port with --listen"
                ),
                io::ErrorKind::PermissionDenied => write!(
                    f,
                    "this user may not listen on {at}: choose a port from 1024 up with --listen, or give the process CAP_NET_BIND_SERVICE"
                ),
                io::ErrorKind::AddrNotAvailable => write!(
                    f,
                    "{} is no address of this machine: choose one that is, such as 127.0.0.1, with --listen",
                    at.ip()
                ),
                _ => write!(
                    f,
                    "can't listen on {at} ({error}): choose another address or port with --listen"
                ),
            },
        }
    }
}

impl std::error::Error for NotHeard {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_a_name_is_not_looked_up() {
        for (given, read) in [
            ("127.0.0.1:8000", "127.0.0.1:8000"),
            ("[::1]:0", "[::1]:0"),
            ("0.0.0.0:80", "0.0.0.0:80"),
            ("localhost:8000", "127.0.0.1:8000"),
        ] {
            assert_eq!(Listen::read(given), Ok(Listen(read.parse().expect("an address"))));
        }
        for given in [
            "",
            "8000",
            "127.0.0.1",
            "::1:8000",
            "example.org:80",
            "localhost:",
            "127.0.0.1:70000",
            "\n",
        ] {
            let line = Listen::read(given).expect_err("refused").to_string();
            assert!(line.starts_with("--listen can't be ") && !line.contains('\n'), "{line}");
        }
    }

    #[tokio::test]
    async fn beyond_loopback_a_token_is_demanded_before_the_port_is_taken() {
        for given in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
            let refused = Listen::read(given)
                .expect("read")
                .open(false)
                .await
                .expect_err("refused");
            assert_eq!(refused.outcome(), Outcome::Refused);
            assert!(refused.to_string().contains("MCP_AUTH_TOKEN_FILE"), "{refused}");
        }
        for given in ["127.0.0.1:0", "127.8.8.8:0", "[::ffff:127.0.0.1]:0"] {
            assert!(Listen::read(given).expect("read").open(false).await.is_ok(), "{given}");
        }
        assert!(Listen::read("0.0.0.0:0").expect("read").open(true).await.is_ok());
    }

    #[tokio::test]
    async fn a_port_that_cannot_be_had_is_told_with_what_can_be_done() {
        let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let taken = Listen(
            taken
                .local_addr()
                .expect("an address")
                .to_string()
                .parse()
                .expect("read"),
        );
        let _held = std::net::TcpListener::bind(taken.0);
        let refused = taken.open(false).await.expect_err("taken");
        assert_eq!(refused.outcome(), Outcome::Broken);
        assert!(refused.to_string().contains("is taken by another process"), "{refused}");
        let denied = NotHeard::new(taken, io::ErrorKind::PermissionDenied.into());
        assert!(denied.to_string().contains("CAP_NET_BIND_SERVICE"), "{denied}");
        let foreign = Listen::read("192.0.2.1:0")
            .expect("read")
            .open(true)
            .await
            .expect_err("not ours");
        assert!(foreign.to_string().contains("no address of this machine"), "{foreign}");
    }
}
