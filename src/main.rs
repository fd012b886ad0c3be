//! The `peerscape` program; everything it does is in the library's `cli`.

fn main() -> std::process::ExitCode {
    peerscape::cli::main()
}
