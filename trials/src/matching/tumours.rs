//! Tumours by what conditions and criteria call them: enough to tell whether a criterion speaks for some of those that a
//! trial takes, or for all.

use super::pairs;

/// The bit of trials in tumours of any kind, the first line of the table.
pub(super) const ANY: u16 = 1;

/// Tumours by what conditions and criteria call them, a line a tumour.
const TUMOURS: [&[&str]; 12] = [
    // Any: a criterion for one tumour is then for some.
    &[
        "solid tumo",
        "solid cancer",
        "solid malignan",
        "advanced cancer",
        "metastatic cancer",
    ],
    &["nsclc", "non-small", "non small", "lung"],
    &["crc", "colorectal", "colon ", "rectal"],
    &["melanoma"],
    &[
        "breast",
        "tnbc",
        "triple-negative",
        "triple negative",
        "hr+/her2",
        "er+/her2",
        "hr+, her2",
    ],
    &["gastric", "gastroesophageal", "stomach", "gej"],
    &["ovarian", "fallopian", "peritoneal"],
    &["pancrea"],
    &["prostate", "crpc"],
    &["thyroid"],
    &["biliary", "cholangio"],
    &["glioma", "glioblastoma", "astrocytoma"],
];

/// Which lines of the table of tumours `text`, in lower case, names: a bit a line.
pub(super) fn named(text: &str) -> u16 {
    pairs::which(&TUMOURS, text)
}
