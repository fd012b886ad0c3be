//! Arguments, progress, messages, one file per subcommand.
