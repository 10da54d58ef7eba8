//! The command: arguments, progress, printing, output directories, exit codes.

mod arguments;
mod backtest;
mod check;
mod command;
mod failure;
mod interrupt;
mod next;
mod observe;
mod output;
mod redraw;
mod run;
mod stress;
mod terminal;
mod write;

pub use command::main;
