//! The program: parse, configure, run; the outcome becomes the exit code.

use clap_complete::generate;
use clinical_trials_mcp::cli::{self, Command, Invocation};
use clinical_trials_mcp::config::Config;
use clinical_trials_mcp::http::{Daemon, Listen};
use clinical_trials_mcp::{Broken, EXIT_WITHIN, Outcome, doctor, find, legacy, telemetry};
use std::fmt::Display;
use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::time::Instant;

#[cfg(unix)]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    // Where the system gives huge pages to everybody, an idle server would hold 10 MiB that it never touches.
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
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
    let (code, gone_by) = match command {
        Command::Serve | Command::Completions { .. } => {
            let transport = rmcp::transport::io::stdio_pipes();
            ended(clinical_trials_mcp::run(config, transport, Signals::take().told_to_stop()).await)
        }
        Command::Daemon { listen } => daemon(config, &listen).await,
        Command::Legacy => {
            tell(&legacy::DEPRECATION);
            let transport = rmcp::transport::io::stdio_pipes();
            ended(legacy::run(config, transport, Signals::take().told_to_stop()).await)
        }
        Command::Doctor => (doctor::run(config).await.into(), Instant::now() + EXIT_WITHIN),
        Command::Find(find) => (find::run(config, &find).await.into(), Instant::now() + EXIT_WITHIN),
    };
    tracing::debug!(seconds = began.elapsed().as_secs(), "ended");
    const MARGIN: Duration = Duration::from_millis(100);
    guard
        .flush(gone_by.saturating_duration_since(Instant::now() + MARGIN))
        .await;
    code
}

/// How a conversation ended, and when the process has to be gone.
fn ended(outcome: Result<Instant, Broken>) -> (ExitCode, Instant) {
    match outcome {
        Ok(ended) => (ExitCode::SUCCESS, ended + EXIT_WITHIN),
        Err(broken) => (complain(Outcome::Broken, &broken), Instant::now() + EXIT_WITHIN),
    }
}

async fn daemon(config: Config, listen: &str) -> (ExitCode, Instant) {
    let refused = |code| (code, Instant::now() + EXIT_WITHIN);
    let listen = match Listen::read(listen) {
        Ok(listen) => listen,
        Err(bad_setting) => return refused(complain(Outcome::Refused, &bad_setting)),
    };
    let mut signals = Signals::take();
    let daemon = match Daemon::start(config, listen).await {
        Ok(daemon) => daemon,
        Err(error) => return refused(complain(error.outcome(), &error)),
    };
    match daemon.run(async || signals.told_to_stop().await).await {
        Ok(gone_by) => (ExitCode::SUCCESS, gone_by),
        Err(broken) => refused(complain(Outcome::Broken, &broken)),
    }
}

/// The signals that tell the process to stop. From when they are taken, none ends it by itself, and a second one is
/// heard as well.
#[cfg(unix)]
struct Signals(Option<[tokio::signal::unix::Signal; 2]>);

#[cfg(unix)]
impl Signals {
    fn take() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        let taken = |kind| signal(kind).ok();
        Self(
            taken(SignalKind::terminate())
                .zip(taken(SignalKind::interrupt()))
                .map(<[_; 2]>::from),
        )
    }

    /// Resolves on SIGTERM or SIGINT; without signals never: the end of stdin is then the only end.
    async fn told_to_stop(&mut self) {
        match &mut self.0 {
            Some([terminate, interrupt]) => {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
            }
            None => std::future::pending().await,
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn take() -> Self {
        Self
    }

    /// Resolves on Ctrl-C; where it can't be heard, never.
    async fn told_to_stop(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    }
}

fn complain(outcome: Outcome, error: &impl Display) -> ExitCode {
    tell(&format_args!("error: {error}"));
    outcome.into()
}

/// One line on stderr. Where stderr is gone there is nobody to tell.
fn tell(line: &impl Display) {
    let _ = writeln!(std::io::stderr(), "{}: {line}", env!("CARGO_PKG_NAME"));
}
