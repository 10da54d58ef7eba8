//! The command: arguments, progress, printing, output directories, exit codes.

mod arguments;
mod backtest;
mod check;
mod command;
mod exact;
mod examples;
mod explain;
mod failure;
mod fit;
mod interrupt;
mod next;
mod observe;
mod output;
mod rank;
mod redraw;
mod run;
mod stress;
mod terminal;
mod worst;
mod write;

pub use command::main;
