//! The command: arguments, progress, printing, output directories, exit codes.

mod alternatives;
mod arguments;
mod backtest;
mod check;
mod command;
mod compare;
mod curve;
mod exact;
mod examples;
mod explain;
mod export;
mod failure;
mod fit;
mod interrupt;
mod look;
mod next;
mod observe;
mod optimise;
mod origin;
mod output;
mod rank;
mod redraw;
mod run;
mod sensitivity;
mod shared;
mod stress;
mod terminal;
mod worst;
mod write;

pub use command::main;
