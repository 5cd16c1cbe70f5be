//! A line on stderr that says how long the registry has been asked; only where someone sees it.

use std::io::{IsTerminal as _, Write as _, stderr};
use std::time::Duration;
use tokio::time::{Instant, interval};

/// A shorter wait needs no words.
const SILENT_FOR: Duration = Duration::from_millis(400);

/// How often the line is renewed.
const RENEWED_EVERY: Duration = Duration::from_millis(200);

/// Waits for `work`, and says so on stderr where that is a terminal.
pub(super) async fn shown_on_stderr<T>(work: impl Future<Output = T>) -> T {
    if !stderr().is_terminal() {
        return work.await;
    }
    let began = Instant::now();
    let mut renewal = interval(RENEWED_EVERY);
    let mut is_shown = false;
    tokio::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => {
                if is_shown {
                    // Back to the line's start, and wipe it.
                    write("\r\x1b[2K");
                }
                return done;
            }
            _ = renewal.tick() => {
                let waited = began.elapsed();
                if waited >= SILENT_FOR {
                    is_shown = true;
                    write(&format!("\r\x1b[2Kasking the registry … {} s", waited.as_secs()));
                }
            }
        }
    }
}

fn write(text: &str) {
    let mut err = stderr();
    let _ = err.write_all(text.as_bytes());
    let _ = err.flush();
}
