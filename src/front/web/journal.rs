//! What the service says while it runs, a line each on stderr, where the system's journal takes it: codes and ids, never what
//! somebody typed. It says nothing to those at the desk. Start at [`speak`].

use std::io::stderr;

use tracing_subscriber::filter::{EnvFilter, FilterExt, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

/// From now on, once in a process. `RUST_LOG` says how much; without it, what somebody may want to look into. Of our own rooms
/// alone, whatever it says: the libraries below would write down headers, and with them cookies.
pub fn speak() {
    let asked = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    let ours = filter_fn(|line| line.target().starts_with("issuer"));
    // The journal has a clock of its own.
    let lines = fmt::layer().with_writer(stderr).with_ansi(false).without_time().with_target(false);
    let _ = tracing_subscriber::registry().with(lines.with_filter(asked.and(ours))).try_init();
}
