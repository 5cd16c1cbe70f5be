//! The bearer token: never shown, and compared in a time that tells nothing of it.

use std::fmt;
use std::sync::Arc;
use subtle::ConstantTimeEq as _;

/// The secret that a caller has to bring.
#[derive(Clone)]
pub struct Token(Arc<str>);

impl Token {
    /// Shorter ones can be guessed.
    const BYTES_MIN: usize = 16;

    /// What can be a token, in words.
    pub(crate) const ALLOWED: &str = "at least 16 visible ASCII characters, without spaces";

    /// Reads a token as it is set; none where it can't be one.
    pub(crate) fn read(given: &str) -> Option<Self> {
        let usable = given.len() >= Self::BYTES_MIN && given.bytes().all(|byte| byte.is_ascii_graphic());
        usable.then(|| Self(given.into()))
    }

    /// Whether this is it. How much of it is right can't be told from the time that this takes; its length can.
    pub(super) fn is(&self, given: &[u8]) -> bool {
        self.0.as_bytes().ct_eq(given).into()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(not shown)")
    }
}
