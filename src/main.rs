//! The command.

fn main() -> std::process::ExitCode {
    keruen::cli::main()
}
