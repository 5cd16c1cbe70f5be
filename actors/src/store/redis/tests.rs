//! Against a real server, on a port of its own; left out where there is none.
