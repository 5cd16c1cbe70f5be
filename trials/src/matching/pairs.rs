//! Looks for many cues in one text: which pairs of letters stand in it is noted once, and a cue of which a pair is
//! missing isn't looked for.
//!
//! Looking for a cue takes a pass over the text, and a sentence is asked for hundreds, of which it holds two or three.

/// How many cues are looked for without noting the pairs first.
const FEW: usize = 4;

/// Whether one of `cues` stands in `text`, which is in lower case.
pub(super) fn any(cues: &[&str], text: &str) -> bool {
    if cues.len() <= FEW {
        return cues.iter().any(|cue| text.contains(cue));
    }
    !text.is_empty() && Pairs::of(text).any(cues)
}

/// Of which of `tables` a cue stands in `text`, which is in lower case: a bit a table.
pub(super) fn which<const TABLES: usize>(tables: &[&[&str]; TABLES], text: &str) -> u16 {
    const { assert!(TABLES <= u16::BITS as usize, "a bit a table") };
    if text.is_empty() {
        return 0;
    }
    let pairs = Pairs::of(text);
    let named = tables.iter().rev().map(|cues| u16::from(pairs.any(cues)));
    named.fold(0, |set, bit| set << 1 | bit)
}

/// The pairs of neighbours in a text, each of two letters by five bits a letter. It may hold a pair that the text doesn't,
/// and lacks none that it does.
struct Pairs<'t> {
    text: &'t str,
    stands: [bool; 1 << (2 * BITS)],
}

impl<'t> Pairs<'t> {
    fn of(text: &'t str) -> Self {
        let mut stands = [false; 1 << (2 * BITS)];
        for pair in numbers(text) {
            if let Some(stands) = stands.get_mut(pair) {
                *stands = true;
            }
        }
        Self { text, stands }
    }

    /// Whether one of `cues` stands in the text.
    fn any(&self, cues: &[&str]) -> bool {
        cues.iter().any(|cue| self.may_hold(cue) && self.text.contains(cue))
    }

    fn may_hold(&self, cue: &str) -> bool {
        numbers(cue).all(|pair| self.stands.get(pair).is_none_or(|stands| *stands))
    }
}

/// How many bits tell one small letter from another.
const BITS: u32 = 5;

/// The pairs of neighbours in `text`, each a number below 1,024.
fn numbers(text: &str) -> impl Iterator<Item = usize> {
    let letter = |byte: &u8| usize::from(byte & ((1 << BITS) - 1));
    let bytes = text.as_bytes();
    let next = bytes.get(1..).unwrap_or(&[]);
    bytes
        .iter()
        .zip(next)
        .map(move |(one, other)| letter(one) << BITS | letter(other))
}

#[cfg(test)]
mod tests {
    use super::{Pairs, any};
    use proptest::prelude::{prop, prop_assert_eq, proptest};

    proptest! {
        #[test]
        fn what_stands_in_a_text_is_found_in_it(
            text in "[ -~é]{0,200}",
            cues in prop::collection::vec("[a-e ]{1,4}", 0..12),
            (from, length) in (0_usize..200, 1_usize..12),
        ) {
            let cues: Vec<&str> = cues.iter().map(String::as_str).chain(text.get(from..from + length)).collect();
            let stands = cues.iter().any(|cue| text.contains(cue));
            prop_assert_eq!(any(&cues, &text), stands);
            prop_assert_eq!(Pairs::of(&text).any(&cues), stands);
        }
    }
}
