//! Finds names in a text in whatever case, the leftmost first and there the longest, as an automaton over the whole text
//! would, in a third of the time.
//!
//! An automaton takes its next step when the last one is done, for every byte of a text that holds names in a few places.
//! So each place is asked first whether some name has its first three letters, which takes no state from place to place;
//! the automaton is begun anew only where one has.

use aho_corasick::{AhoCorasick, AhoCorasickKind, Anchored, Input, Match, MatchKind, StartKind};

/// Names, made ready for finding them in many texts.
pub(super) struct Finder {
    /// Begins where it is told to.
    automaton: AhoCorasick,
    starts: Starts,
}

impl Finder {
    /// Makes ready to find `names`; none where they are more than an automaton takes.
    pub(super) fn new<'n>(names: impl Iterator<Item = &'n str> + Clone) -> Option<Self> {
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::LeftmostLongest)
            .start_kind(StartKind::Anchored)
            // A table for every state would be made in twice the time, and this one is begun too seldom to be slower.
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(names.clone())
            .ok()?;
        let starts = Starts::of(names);
        Some(Self { automaton, starts })
    }

    /// Every name in `text`, in order; none within another.
    pub(super) fn find_iter(&self, text: &str) -> impl Iterator<Item = Match> {
        let mut from = 0;
        std::iter::from_fn(move || {
            loop {
                let at = self.starts.next(text, from)?;
                if let Some(found) = self.begins_at(text, at) {
                    from = found.end().max(at + 1);
                    return Some(found);
                }
                from = at + 1;
            }
        })
    }

    fn begins_at(&self, text: &str, at: usize) -> Option<Match> {
        let input = Input::new(text).range(at..).anchored(Anchored::Yes);
        self.automaton.try_find(input).ok().flatten()
    }
}

/// How many threes of letters there are, of each letter the five bits that it has in common with its capital and no other
/// letter has.
const THREES: usize = 1 << 15;
/// These bits.
const LETTER: u8 = 0x1f;

/// The first three letters of names, a place for each three. It may hold a beginning that is none, and lacks none that is
/// one.
struct Starts(Box<[bool; THREES]>);

impl Starts {
    fn of<'n>(names: impl Iterator<Item = &'n str>) -> Self {
        let mut starts = Box::new([false; THREES]);
        for name in names {
            let mut letters = name.bytes();
            let [first, second, third] = [(); 3].map(|()| letters.next());
            // Behind a name of two letters stands any third.
            let any = |letter: Option<u8>| letter.map_or(0..=LETTER, |letter| letter..=letter);
            for first in any(first) {
                for second in any(second) {
                    for third in any(third) {
                        if let Some(start) = starts.get_mut(number([first, second, third])) {
                            *start = true;
                        }
                    }
                }
            }
        }
        Self(starts)
    }

    /// The first place at or after `from` where a name may begin.
    fn next(&self, text: &str, from: usize) -> Option<usize> {
        let bytes = text.as_bytes();
        let mut at = from;
        while bytes
            .get(at..)?
            .first_chunk()
            .is_some_and(|eight| !self.begins_in(*eight))
        {
            at += TOGETHER;
        }
        let rest = bytes.get(at..)?;
        let three = |three: &[u8]| matches!(three, [a, b, c] if self.begins(number([*a, *b, *c])));
        let two = || match rest {
            [.., a, b] if self.begins(number([*a, *b, 0])) => Some(rest.len() - 2),
            _ => None,
        };
        let found = rest.windows(3).position(three).or_else(two);
        found.map(|found| at + found)
    }

    /// Whether a name may begin at one of the first [`TOGETHER`] of eight bytes.
    fn begins_in(&self, eight: [u8; 8]) -> bool {
        // The letters' bits side by side, first those of two neighbours, then of four, then of eight: forty bits.
        let one = u64::from_le_bytes(eight) & 0x1f1f_1f1f_1f1f_1f1f;
        let two = one & 0x001f_001f_001f_001f | one >> 3 & 0x03e0_03e0_03e0_03e0;
        let four = two & 0x0000_03ff_0000_03ff | two >> 6 & 0x000f_fc00_000f_fc00;
        let all = four & 0x000f_ffff | four >> 12 & 0x00ff_fff0_0000;
        let three = |place| usize::try_from(all >> (5 * place) & 0x7fff).unwrap_or(0);
        (0..TOGETHER).fold(false, |found, place| found | self.begins(three(place)))
    }

    fn begins(&self, number: usize) -> bool {
        self.0.get(number).is_some_and(|begins| *begins)
    }
}

/// How many places are looked at together: eight bytes hold so many threes.
const TOGETHER: usize = 6;

/// The place of three letters in [`Starts`].
fn number(letters: [u8; 3]) -> usize {
    letters
        .iter()
        .rev()
        .fold(0, |number, letter| number << 5 | usize::from(letter & LETTER))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_same_names_are_found_as_by_an_automaton_over_the_whole_text(
            names in prop::collection::vec("[A-Ca-c1 -]{2,7}|[βé]a{1,3}", 0..12),
            text in "[A-Ca-c1βé \n-]{0,120}",
        ) {
            let whole = AhoCorasick::builder()
                .ascii_case_insensitive(true)
                .match_kind(MatchKind::LeftmostLongest)
                .build(&names)
                .unwrap();
            let finder = Finder::new(names.iter().map(String::as_str)).unwrap();
            let found: Vec<Match> = finder.find_iter(&text).collect();
            prop_assert_eq!(found, whole.find_iter(&text).collect::<Vec<_>>());
        }
    }
}
