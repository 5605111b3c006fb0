//! Where log lines go: standard error, one line each. Lines that it does not take are counted and lost; nothing waits for them.

use std::io::{self, Write};

use tracing_subscriber::EnvFilter;

use super::Failure;
use crate::base::said::Said;
use crate::metrics;
use crate::settings::{LogFormat, Settings};

/// Starts writing log lines. A second call in one process changes nothing.
///
/// # Errors
/// Where the filter of the settings is none, which reading them refuses already.
pub fn start(settings: &Settings) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(&settings.log)
        .map_err(|error| Failure::because(&Said::fixed("设置项 `log` 不可用", "the setting `log` is no filter"), &error))?;
    let ansi = io::IsTerminal::is_terminal(&io::stderr());
    // The subscriber would complain of a line that cannot be written to the same standard error, and panic when that fails.
    let builder =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(|| Lines(io::stderr())).with_ansi(ansi).log_internal_errors(false);
    // An error means that a subscriber is there already, which is as good.
    let _ = match settings.log_format {
        LogFormat::Json => builder.json().try_init(),
        LogFormat::Text => builder.try_init(),
    };
    Ok(())
}

/// Takes every line, also where standard error does not: a full disk under the log is no reason to answer nobody.
struct Lines<W>(W);

impl<W: Write> Write for Lines<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.0.write_all(line).is_err() {
            metrics::log_line_lost();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};

    use super::Lines;

    struct Full;

    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Err(io::ErrorKind::StorageFull.into())
        }
    }

    #[test]
    fn a_line_that_cannot_be_written_is_lost_and_nobody_fails_for_it() {
        let mut lines = Lines(Full);
        assert!(lines.write_all(b"a line\n").is_ok() && lines.flush().is_ok());
        let mut lines = Lines(Vec::new());
        lines.write_all(b"a line\n").expect("written");
        assert_eq!(lines.0, b"a line\n");
    }
}
