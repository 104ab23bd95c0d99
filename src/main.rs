//! The binary: one command line in, one exit code out. What it does is in `front/cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    if issuer::back::encoder::libnfc::is_child(std::env::args_os()) {
        return issuer::back::encoder::libnfc::run_child();
    }
    issuer::back::process::leaves_nothing();
    issuer::back::process::gives_back();
    issuer::front::cli::run(std::env::args_os())
}
