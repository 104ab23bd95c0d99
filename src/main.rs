//! The binary: one command line in, one exit code out. What it does is in `front/cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    issuer::front::cli::run(std::env::args_os())
}
