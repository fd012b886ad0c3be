//! Where messages go.

use std::io::{ErrorKind, Write};

use super::Exit;

/// The two streams, and what is known of them.
pub(super) struct Console<'a> {
    /// What was asked for.
    pub(super) out: &'a mut (dyn Write + Send),
    /// Everything else.
    pub(super) err: &'a mut (dyn Write + Send),
    /// Whether `out` shows colours.
    pub(super) out_color: bool,
    /// Whether `err` shows colours.
    pub(super) err_color: bool,
    /// Whether `err` is the process's terminal, on which a bar can be drawn.
    pub(super) bar: bool,
}

impl Console<'_> {
    /// Writes what was asked for. A reader that went away (`| head`) has what it wanted.
    pub(super) fn say(&mut self, text: &str) -> Result<(), Exit> {
        let written = self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush());
        match written {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                self.complain(&format!("error: cannot write to standard output: {error}\n"));
                Err(Exit::CannotWrite)
            }
            _ => Ok(()),
        }
    }

    /// Writes a message about what happens. Where even that fails there is nobody left to tell.
    pub(super) fn complain(&mut self, text: &str) {
        let _ = self.err.write_all(text.as_bytes()).and_then(|()| self.err.flush());
    }

    /// Writes `error: message`, with control characters (of paths, of names) made visible.
    pub(super) fn error(&mut self, message: &str) {
        self.complain(&format!("error: {}\n", printable(message)));
    }
}

/// `text` with control characters other than line breaks written out: names and paths come from outside.
pub(super) fn printable(text: &str) -> String {
    let visible = |c: char| match c {
        '\n' => vec![c],
        c if c.is_control() => c.escape_default().collect(),
        c => vec![c],
    };
    text.chars().flat_map(visible).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Broken(ErrorKind);
    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(self.0.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_went_away_is_no_error_and_a_full_disk_is() {
        let say = |kind| {
            let mut err = Vec::new();
            let mut out = Broken(kind);
            let mut console = Console { out: &mut out, err: &mut err, out_color: false, err_color: false, bar: false };
            (console.say("x"), String::from_utf8(err).unwrap())
        };
        assert_eq!(say(ErrorKind::BrokenPipe), (Ok(()), String::new()));
        let (refused, message) = say(ErrorKind::StorageFull);
        assert_eq!(refused, Err(Exit::CannotWrite));
        assert!(message.contains("standard output"), "{message}");
    }

    #[test]
    fn control_characters_are_made_visible() {
        assert_eq!(printable("a\u{1b}[2Jb\nc"), "a\\u{1b}[2Jb\nc");
    }
}
