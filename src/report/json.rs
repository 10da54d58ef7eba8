//! Results as JSON.

use std::io;

use serde::Serialize;

/// Writes a result as indented JSON that ends with a newline. What is undefined is `null`.
///
/// # Errors
/// Those of `out`.
pub fn json(result: &impl Serialize, out: &mut dyn io::Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, result)?;
    writeln!(out)
}
