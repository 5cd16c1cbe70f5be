//! The deprecated synchronous server.

use crate::Broken;
use crate::config::Config;
use rmcp::RoleServer;
use rmcp::transport::IntoTransport;
use std::error::Error;

/// Runs it.
#[allow(clippy::missing_errors_doc)]
pub async fn run<T, E, A>(_config: Config, _transport: T, _shutdown: impl Future<Output = ()>) -> Result<(), Broken>
where
    T: IntoTransport<RoleServer, E, A>,
    E: Error + Send + Sync + 'static,
{
    Ok(())
}
