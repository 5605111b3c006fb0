//! The command line. No logic: it reads settings, calls the library, and turns errors into an exit status.

fn main() {}
