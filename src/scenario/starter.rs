//! The files that `keruen init` writes.

/// Names and texts of a small, commented scenario that runs, and of a strategy for it.
#[must_use]
pub fn starter() -> &'static [(&'static str, &'static str)] {
    &[
        ("scenario.toml", include_str!("starter/scenario.toml")),
        ("bigger-tank.toml", include_str!("starter/bigger-tank.toml")),
    ]
}
