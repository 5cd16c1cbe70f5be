//! The embedded studies, and the search areas over them.

use super::essie::normalised;
use super::fields::{self, strings_at};
use serde_json::Value;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{LazyLock, OnceLock};

/// The studies, a JSON array a tumour group.
const FILES: &[(&str, &str)] = &[
    ("lung", include_str!("studies/lung.json")),
    ("digestive", include_str!("studies/digestive.json")),
    ("breast", include_str!("studies/breast.json")),
    ("skin_thyroid", include_str!("studies/skin_thyroid.json")),
    ("blood", include_str!("studies/blood.json")),
    ("brain", include_str!("studies/brain.json")),
    ("sarcoma", include_str!("studies/sarcoma.json")),
    ("urological", include_str!("studies/urological.json")),
    ("gynaecological", include_str!("studies/gynaecological.json")),
    ("paediatric", include_str!("studies/paediatric.json")),
    ("any_tumour", include_str!("studies/any_tumour.json")),
];

/// Every embedded study, read on first use, in the order of the files.
pub(super) fn embedded() -> &'static [Document] {
    static DOCUMENTS: LazyLock<Vec<Document>> = LazyLock::new(|| {
        FILES
            .iter()
            .flat_map(|(_, text)| read(text))
            .map(Document::new)
            .collect()
    });
    &DOCUMENTS
}

/// Tells these studies from those of another build.
pub(super) fn fingerprint() -> u64 {
    let mut hasher = DefaultHasher::new();
    FILES.hash(&mut hasher);
    hasher.finish()
}

#[expect(
    clippy::expect_used,
    reason = "the files are part of the binary, and a test reads each"
)]
fn read(text: &str) -> Vec<Value> {
    serde_json::from_str(text).expect("an embedded file is an array of studies")
}

/// A study, and the text of each search area of it, made when it is first asked for.
#[derive(Debug)]
pub(super) struct Document {
    study: Value,
    texts: Vec<OnceLock<String>>,
}

impl Document {
    pub(super) fn new(study: Value) -> Self {
        let texts = std::iter::repeat_with(OnceLock::new).take(Area::count()).collect();
        Self { study, texts }
    }

    /// The record as the registry serves it.
    pub(super) fn study(&self) -> &Value {
        &self.study
    }

    /// Its NCT number.
    pub(super) fn nct_id(&self) -> &str {
        strings_at(&self.study, "protocolSection.identificationModule.nctId")
            .first()
            .copied()
            .unwrap_or_default()
    }

    /// The area's words, with a bar between strings so that no phrase reaches from one into the next.
    pub(super) fn text(&self, area: Area) -> &str {
        let make = || {
            let paths = area.paths();
            let strings = paths.iter().flat_map(|path| strings_at(&self.study, path));
            strings.map(normalised).collect::<Vec<_>>().join("|")
        };
        // An area comes from `Area::named` or is a constant that a test looks up: its place exists.
        self.texts.get(area.0).map_or("", |text| text.get_or_init(make))
    }
}

/// A part of a record that can be searched by its name: a field, or one of the registry's groups of fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Area(usize);

/// The registry's groups of fields, as far as they matter here; each field is an area too, under its own name.
/// Basic search, where an expression looks unless it says otherwise, holds neither the eligibility text nor the
/// detailed description.
const GROUPS: &[(&str, &[&str])] = &[
    (
        "BasicSearch",
        &[
            "protocolSection.identificationModule",
            "protocolSection.conditionsModule",
            "protocolSection.armsInterventionsModule",
            "protocolSection.descriptionModule.briefSummary",
            "protocolSection.sponsorCollaboratorsModule",
            "protocolSection.outcomesModule.primaryOutcomes",
            "protocolSection.designModule.studyType",
        ],
    ),
    (
        "ConditionSearch",
        &[
            "protocolSection.conditionsModule",
            "protocolSection.identificationModule.briefTitle",
            "derivedSection.conditionBrowseModule",
        ],
    ),
    ("InterventionSearch", &["protocolSection.armsInterventionsModule"]),
    (
        "TitleSearch",
        &[
            "protocolSection.identificationModule.briefTitle",
            "protocolSection.identificationModule.officialTitle",
            "protocolSection.identificationModule.acronym",
        ],
    ),
    (
        "EligibilitySearch",
        &["protocolSection.eligibilityModule.eligibilityCriteria"],
    ),
    ("LocationSearch", &["protocolSection.contactsLocationsModule.locations"]),
    ("BriefTitle", &["protocolSection.identificationModule.briefTitle"]),
];

impl Area {
    pub(super) const BASIC_SEARCH: Self = Self(0);
    pub(super) const CONDITION_SEARCH: Self = Self(1);
    pub(super) const INTERVENTION_SEARCH: Self = Self(2);
    pub(super) const TITLE_SEARCH: Self = Self(3);
    pub(super) const BRIEF_TITLE: Self = Self(6);

    /// The area of that name, blind to case.
    pub(super) fn named(name: &str) -> Option<Self> {
        let groups = GROUPS.iter().map(|(group, _)| *group);
        let fields = fields::PIECES.iter().map(|(piece, _)| *piece);
        groups
            .chain(fields)
            .position(|known| known.eq_ignore_ascii_case(name))
            .map(Self)
    }

    fn count() -> usize {
        GROUPS.len() + fields::PIECES.len()
    }

    fn paths(self) -> &'static [&'static str] {
        match GROUPS.get(self.0) {
            Some((_, paths)) => paths,
            None => {
                let piece = self.0.checked_sub(GROUPS.len()).and_then(|at| fields::PIECES.get(at));
                piece.map_or(&[], |(_, path)| std::slice::from_ref(path))
            }
        }
    }
}

#[cfg(test)]
pub(super) fn files() -> impl Iterator<Item = (&'static str, Vec<Value>)> {
    FILES.iter().map(|(name, text)| (*name, read(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constant_areas_are_the_ones_they_are_named_for() {
        for (area, name) in [
            (Area::BASIC_SEARCH, "BasicSearch"),
            (Area::CONDITION_SEARCH, "ConditionSearch"),
            (Area::INTERVENTION_SEARCH, "InterventionSearch"),
            (Area::TITLE_SEARCH, "TitleSearch"),
            (Area::BRIEF_TITLE, "BriefTitle"),
        ] {
            assert_eq!(Area::named(name), Some(area), "{name}");
        }
    }

    #[test]
    fn a_phrase_does_not_reach_from_one_string_into_the_next() {
        let document = Document::new(serde_json::json!({
            "protocolSection": {"conditionsModule": {"conditions": ["Breast", "Cancer"]}}
        }));
        let area = Area::named("Condition").unwrap();
        assert_eq!(document.text(area), " breast | cancer ");
    }
}
