//! The program: parse, configure, run; the outcome becomes the exit code.

use clap_complete::generate;
use clinical_trials_mcp::cli::{self, Command, Invocation};
use clinical_trials_mcp::config::Config;
use clinical_trials_mcp::{EXIT_WITHIN, Outcome, find, legacy, telemetry};
use std::fmt::Display;
use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::time::Instant;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let invocation = Invocation::from_arguments();
    if let Command::Completions { shell } = invocation.command {
        generate(
            shell,
            &mut cli::command(),
            env!("CARGO_PKG_NAME"),
            &mut std::io::stdout(),
        );
        return ExitCode::SUCCESS;
    }
    let config = match invocation.config() {
        Ok(config) => config,
        Err(bad_setting) => return complain(Outcome::Refused, &bad_setting),
    };
    for variable in &config.without_effect {
        tell(&format_args!("{variable} is set and has no effect yet"));
    }
    let runtime = match Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return complain(Outcome::Broken, &error),
    };
    let code = runtime.block_on(run(invocation.command, config));
    // A read of stdin that is still waiting must not hold up the exit.
    runtime.shutdown_background();
    code
}

async fn run(command: Command, config: Config) -> ExitCode {
    let guard = match telemetry::start(&config.telemetry, &config.log_filter) {
        Ok(guard) => guard,
        Err(error) => return complain(Outcome::Refused, &error),
    };
    let began = Instant::now();
    let (code, ended) = match command {
        Command::Serve | Command::Completions { .. } => {
            let transport = rmcp::transport::io::stdio_pipes();
            match clinical_trials_mcp::run(config, transport, told_to_stop()).await {
                Ok(ended) => (ExitCode::SUCCESS, ended),
                Err(broken) => (complain(Outcome::Broken, &broken), Instant::now()),
            }
        }
        Command::Legacy => {
            tell(&legacy::DEPRECATION);
            let transport = rmcp::transport::io::stdio_pipes();
            match legacy::run(config, transport, told_to_stop()).await {
                Ok(ended) => (ExitCode::SUCCESS, ended),
                Err(broken) => (complain(Outcome::Broken, &broken), Instant::now()),
            }
        }
        Command::Find(find) => (find::run(config, &find).await.into(), Instant::now()),
    };
    tracing::debug!(seconds = began.elapsed().as_secs(), "ended");
    const MARGIN: Duration = Duration::from_millis(100);
    guard
        .flush((EXIT_WITHIN - MARGIN).saturating_sub(ended.elapsed()))
        .await;
    code
}

/// Resolves on SIGTERM or SIGINT.
async fn told_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => return,
                Ok(()) = tokio::signal::ctrl_c() => return,
                else => {}
            }
        }
    }
    #[cfg(not(unix))]
    if tokio::signal::ctrl_c().await.is_ok() {
        return;
    }
    // Without signals, the end of stdin is the only end.
    std::future::pending().await
}

fn complain(outcome: Outcome, error: &impl Display) -> ExitCode {
    tell(&format_args!("error: {error}"));
    outcome.into()
}

/// One line on stderr. Where stderr is gone there is nobody to tell.
fn tell(line: &impl Display) {
    let _ = writeln!(std::io::stderr(), "{}: {line}", env!("CARGO_PKG_NAME"));
}
