//! A response's body: received packed, bounded, and unpacked only where it is decoded.
//!
//! The HTTP library would unpack on the threads that serve everybody; ten megabytes of studies hold one up for tens of
//! milliseconds. Here a page stays packed, a fifth of its size, until a thread that may block has time for it.

use flate2::read::MultiGzDecoder;
use reqwest::Response;
use reqwest::header::CONTENT_ENCODING;
use std::io::{self, Read};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// How long the words of an error are waited for.
const WORDS_WAIT_MAX: Duration = Duration::from_secs(1);

/// A body as it came over the wire.
pub(super) struct Packed {
    bytes: Vec<u8>,
    encoding: Encoding,
}

/// How a body is packed.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Encoding {
    Identity,
    Gzip,
    /// One that was not offered.
    Other(String),
}

/// Why a body could not be received.
#[derive(Debug)]
pub(super) enum NotReceived {
    /// It is larger than the bound; the rest was not read.
    TooLarge,
    /// The transfer failed.
    Failed(reqwest::Error),
}

/// Why a body could not be unpacked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NotUnpacked {
    /// Unpacked it is larger than the bound; the rest was not unpacked.
    TooLarge,
    /// The packed data end in the middle.
    CutOff,
    /// The data are not packed as the header says.
    Garbled,
    /// It is packed in a way that was not offered.
    Foreign(String),
}

impl Packed {
    /// Receives the body, and stops where it grows beyond `max` bytes.
    pub(super) async fn receive(mut response: Response, max: usize) -> Result<Self, NotReceived> {
        let announced = response.content_length().unwrap_or(0);
        if announced > max as u64 {
            return Err(NotReceived::TooLarge);
        }
        let encoding = Encoding::of(&response);
        let mut bytes = Vec::with_capacity(usize::try_from(announced).unwrap_or(0));
        while let Some(chunk) = response.chunk().await.map_err(NotReceived::Failed)? {
            if bytes.len() + chunk.len() > max {
                return Err(NotReceived::TooLarge);
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Self { bytes, encoding })
    }

    /// Receives what comes of the body soon, at most `max` bytes, for its first words: the status has told the fault, and
    /// a body that stalls must not delay the telling.
    pub(super) async fn receive_some(mut response: Response, max: usize) -> Self {
        let encoding = Encoding::of(&response);
        let until = Instant::now() + WORDS_WAIT_MAX;
        let mut bytes = Vec::new();
        while bytes.len() < max
            && let Ok(Ok(Some(chunk))) = timeout_at(until, response.chunk()).await
        {
            bytes.extend_from_slice(&chunk);
        }
        bytes.truncate(max);
        Self { bytes, encoding }
    }

    /// The body's size on the wire, in bytes.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Unpacks the body, and stops where it grows beyond `max` bytes. Takes its time: not for async threads.
    pub(super) fn unpack(self, max: usize) -> Result<Vec<u8>, NotUnpacked> {
        match self.encoding {
            Encoding::Identity => Ok(self.bytes),
            Encoding::Other(name) => Err(NotUnpacked::Foreign(name)),
            Encoding::Gzip => {
                let mut unpacked = Vec::with_capacity(self.bytes.len().saturating_mul(5).min(max));
                let mut bounded = MultiGzDecoder::new(self.bytes.as_slice()).take(max as u64 + 1);
                match bounded.read_to_end(&mut unpacked) {
                    Ok(_) if unpacked.len() > max => Err(NotUnpacked::TooLarge),
                    Ok(_) => Ok(unpacked),
                    Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(NotUnpacked::CutOff),
                    Err(_) => Err(NotUnpacked::Garbled),
                }
            }
        }
    }

    /// What can be read of the body's first `max` bytes. Short enough for an async thread.
    pub(super) fn first_words(self, max: usize) -> String {
        let mut bytes = Vec::new();
        match self.encoding {
            Encoding::Identity => bytes = self.bytes,
            Encoding::Other(_) => {}
            Encoding::Gzip => {
                // What was unpacked before the data end or go wrong stands.
                let _ = MultiGzDecoder::new(self.bytes.as_slice())
                    .take(max as u64)
                    .read_to_end(&mut bytes);
            }
        }
        bytes.truncate(max);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Encoding {
    fn of(response: &Response) -> Self {
        let named = response
            .headers()
            .get(CONTENT_ENCODING)
            .map(|value| value.as_bytes().to_ascii_lowercase());
        match named.as_deref() {
            None | Some(b"" | b"identity") => Self::Identity,
            Some(b"gzip" | b"x-gzip") => Self::Gzip,
            Some(other) => Self::Other(String::from_utf8_lossy(other).into_owned()),
        }
    }
}
