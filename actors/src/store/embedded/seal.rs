//! A checksum over what is agreed on, so that a damaged byte is never taken for an agreement.
//!
//! SQLite notices damage to how a file is built, not to what stands in it. Entries carry a checksum in their own format;
//! cells, counts and news are sealed here.

/// An odd number without a pattern; multiplying by it loses nothing.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// The seal of a row, to be kept beside it. The same on every machine and for every version of the program.
///
/// Each step is a bijection of what came before, for any word, and of the word, for anything that came before: where a
/// single word differs the seals do too, and otherwise almost surely.
pub(super) fn seal(parts: &[&[u8]]) -> i64 {
    let mut state = FACTOR;
    let mut take = |word: u64| state = (state ^ word).rotate_left(29).wrapping_mul(FACTOR);
    for part in parts {
        // So that what moves from one part to the next is told too.
        take(part.len() as u64);
        for chunk in part.chunks(8) {
            let mut word = [0; 8];
            word.iter_mut().zip(chunk).for_each(|(to, from)| *to = *from);
            take(u64::from_le_bytes(word));
        }
    }
    state.cast_signed()
}

#[cfg(test)]
mod tests {
    use super::seal;

    #[test]
    fn any_damaged_byte_is_told() {
        let content: Vec<u8> = (0..100).collect();
        let whole = seal(&[b"name", &content]);
        for at in 0..content.len() {
            for bit in 0..8 {
                let mut damaged = content.clone();
                damaged[at] ^= 1 << bit;
                assert_ne!(seal(&[b"name", &damaged]), whole);
            }
        }
    }

    #[test]
    fn where_a_part_ends_is_sealed_too() {
        assert_ne!(seal(&[b"ab", b"c"]), seal(&[b"a", b"bc"]));
        assert_ne!(seal(&[b"", b"a"]), seal(&[b"a", b""]));
        assert_ne!(seal(&[b"a"]), seal(&[b"a\0"]));
    }
}
