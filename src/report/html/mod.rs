//! One page for a result: `report.html`, whole in one file, and `report.md` for git.
//!
//! A [`Page`] is made from a result that implements [`Reported`], from its figures and from where it
//! comes from; the same page is set as HTML and as Markdown. Its tables are those of the text, as both
//! are told by the same code ([`super::Tell`]).

mod assumptions;
mod choices;
mod courses;
mod figure;
mod gather;
mod markdown;
mod methods;
mod page;
mod rankings;
mod render;
mod reported;
mod runs;
mod words;

#[cfg(test)]
mod tests;

pub use markdown::markdown;
pub use page::{Block, Cell, Drawing, Page, Rows, Section, Tile};
pub use render::html;
pub use reported::{Facts, Reported, Said, page};
