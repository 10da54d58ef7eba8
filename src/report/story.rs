use crate::results::Story;
use std::io::{self, Write};
/// x
pub fn story_text(_story: &Story, _width: u16, _out: &mut dyn Write) -> io::Result<()> {
    Ok(())
}
