//! The order in which a reader sees trials: total, stable, and the same for every spelling.
