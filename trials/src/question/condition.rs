//! Conditions as patients, reports and records name them: by words, and by what tumours are.
//!
//! # Why words are not enough
//!
//! A patient with "NSCLC" belongs in a trial for "Carcinoma, Non-Small-Cell Lung", in one for "lung cancer", and in a
//! basket trial for "advanced solid tumors", but not in one for small-cell lung cancer, whose record says "lung cancer"
//! too. So both sides are read as tumours, which stand in a small tree: a trial is for the patient if it names their
//! tumour, a kind of it (they asked broadly), or something wider that takes it in.
//!
//! # What counts as naming
//!
//! The wider kind counts only where the record itself says so, in its conditions or titles. The registry adds to each
//! record the MeSH ancestors of its conditions, "Lung Neoplasms" to a small-cell trial; by these no record is widened.
//!
//! Other words beside a tumour (its stage, a receptor, "metastatic") narrow nothing: records seldom repeat them, and a
//! trial dropped for that would be lost. A text in which no tumour is known is compared by its words alone.

use super::fold::fold;
use super::tumour::{self, Tumour};
use crate::study::Study;
use std::collections::BTreeSet;

/// A condition asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    text: String,
    words: BTreeSet<String>,
    tumours: Vec<&'static Tumour>,
    is_other_solid_tumour: bool,
}

impl Condition {
    /// Reads what was asked for; none where it has no word.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        // In capitals and alone it is the leukemia; anywhere else it is a word.
        let words = words(if text.trim() == "ALL" {
            "acute lymphoblastic leukemia"
        } else {
            text
        });
        let tumours = tumour::read(&words);
        let is_other_solid_tumour = tumours.is_empty() && words.iter().any(|word| is_solid_tumour_word(word));
        (!words.is_empty()).then(|| Self {
            text: text.trim().to_owned(),
            words,
            tumours,
            is_other_solid_tumour,
        })
    }

    /// What was asked for.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether a study is for patients with this condition.
    #[must_use]
    pub fn is_of(&self, study: &Study) -> bool {
        let titles = || {
            [Some(&study.brief_title), study.official_title.as_ref()]
                .into_iter()
                .flatten()
        };
        // "Advanced Cancer" beside the one tumour of the title is a tag, and takes no other in.
        let is_of_named = titles().any(|title| !tumour::read(&words(title)).is_empty());
        let is_tag = |text: &str| is_of_named && tumour::is_cancer_alone(&words(text));
        let own = study.conditions.iter().filter(|text| !is_tag(text)).chain(titles());
        let added = study.keywords.iter().chain(&study.condition_terms);
        own.map(|text| (text, true))
            .chain(added.map(|text| (text, false)))
            .any(|(text, may_be_wider)| self.is_in(text, may_be_wider))
    }

    fn is_in(&self, text: &str, may_be_wider: bool) -> bool {
        let words = words(text);
        if self.words.is_subset(&words) {
            return true;
        }
        tumour::read(&words).into_iter().any(|named| {
            self.tumours.iter().any(|asked| named.is_within(asked))
                || may_be_wider && self.tumours.iter().any(|asked| asked.is_within(named))
                || may_be_wider && self.is_other_solid_tumour && tumour::SOLID.is_within(named)
        })
    }
}

/// The words of a text, each in one spelling: American, singular, with one word for what a cancer is called.
pub(super) fn words(text: &str) -> BTreeSet<String> {
    let mut folded = fold(text);
    for (several, one) in [
        ("non small cell", "nonsmallcell"),
        ("nonsmall cell", "nonsmallcell"),
        ("small cell", "smallcell"),
        ("non squamous", "nonsquamous"),
        ("non hodgkin", "nonhodgkin"),
        ("non langerhans", "nonlangerhans"),
        ("non muscle invasive", "nonmuscleinvasive"),
        ("nonmuscle invasive", "nonmuscleinvasive"),
        ("muscle invasive", "muscleinvasive"),
        // What came from elsewhere is no tumour of the place.
        ("brain metasta", "brainmetasta"),
        ("bone metasta", "bonemetasta"),
        ("liver metasta", "livermetasta"),
        ("lung metasta", "lungmetasta"),
        ("peritoneal metasta", "peritonealmetasta"),
    ] {
        if folded.contains(several) {
            folded = folded.replace(several, one);
        }
    }
    let mut words = BTreeSet::new();
    for word in folded.split(' ').filter(|word| !word.is_empty() && !is_filler(word)) {
        let word = american(word);
        let word = match word.strip_suffix('s') {
            Some(singular) if singular.len() > 3 && !singular.ends_with(['s', 'u', 'i']) => singular.to_owned(),
            _ => word,
        };
        match word.as_str() {
            "carcinoma" | "neoplasm" | "tumor" | "malignancy" | "malignancie" | "malignant" | "neoplastic" => {
                words.insert("cancer".to_owned());
            }
            // Whoever asks for cancer means this too; whoever asks for this doesn't mean every cancer.
            "adenocarcinoma" => {
                words.insert("cancer".to_owned());
                words.insert(word);
            }
            _ => {
                words.insert(word);
            }
        }
    }
    words
}

fn is_filler(word: &str) -> bool {
    matches!(word, "of" | "the" | "and" | "or" | "with" | "in" | "a" | "an" | "any")
}

/// The American spelling, which the registry mostly has.
fn american(word: &str) -> String {
    [
        ("tumour", "tumor"),
        ("leukaemia", "leukemia"),
        ("oesophag", "esophag"),
        ("haemat", "hemat"),
        ("haem", "hem"),
        ("gynaec", "gynec"),
        ("paediatric", "pediatric"),
        ("anaemia", "anemia"),
        ("coeliac", "celiac"),
    ]
    .into_iter()
    .fold(word.to_owned(), |word, (british, american)| {
        if word.contains(british) {
            word.replace(british, american)
        } else {
            word
        }
    })
}

/// Whether a word says that a tumour is meant, and a solid one.
fn is_solid_tumour_word(word: &str) -> bool {
    let blood = ["leukemia", "lymphoma", "myeloma", "plasmacytoma"];
    matches!(word, "cancer" | "adenocarcinoma")
        || (word.ends_with("oma") && word.len() > 4 && !blood.iter().any(|name| word.ends_with(name)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::samples::study;

    #[test]
    fn a_trial_is_for_the_patient_if_it_names_their_tumour_a_kind_of_it_or_something_wider() {
        for (asked, named) in [
            ("NSCLC", "Carcinoma, Non-Small-Cell Lung"),
            ("NSCLC", "nonsmall cell lung cancer"),
            ("NSCLC", "Lung Non-Small Cell Carcinoma"),
            ("non-small cell lung cancer", "NSCLC"),
            ("lung cancer", "NSCLC"),
            ("lung cancer", "Small Cell Lung Cancer"),
            ("NSCLC", "Lung Cancer"),
            ("lung adenocarcinoma", "Non-Small Cell Lung Cancer"),
            ("stage IV NSCLC", "Lung Neoplasms"),
            ("CRC", "Colorectal Neoplasms"),
            ("colon cancer", "Metastatic Colorectal Cancer"),
            ("bile duct cancer", "Cholangiocarcinoma"),
            ("bowel cancer", "Rectal Cancer"),
            ("GIST", "Gastrointestinal Stromal Tumors"),
            ("AML", "Leukemia, Myeloid, Acute"),
            (
                "acute myeloid leukaemia",
                "adult acute myeloid leukemia with 11q23 (mll) abnormalities",
            ),
            ("leukemia", "AML"),
            ("melanoma", "Advanced Solid Tumors"),
            ("tumour of the breast", "breast neoplasms"),
            ("thymic carcinoma", "Thymic Cancer"),
            ("thymic carcinoma", "Any Solid Tumor"),
            ("oesophageal cancer", "Esophageal Cancer"),
            ("AML", "Hematologic Malignancies"),
            ("melanoma", "Cancer"),
            ("AML", "Advanced cancer"),
            ("solid tumours", "Triple Negative Breast Cancer"),
            ("cancer", "Melanoma"),
            ("breast cancer", "TNBC"),
            ("Lynch syndrome", "Lynch Syndrome"),
            ("haemophilia", "Hemophilia A"),
        ] {
            assert!(is_named(asked, named), "{asked:?} in {named:?}");
        }
    }

    #[test]
    fn a_trial_for_another_tumour_is_not_for_the_patient() {
        for (asked, named) in [
            ("NSCLC", "Small Cell Lung Cancer"),
            ("small cell lung cancer", "Non-Small Cell Lung Cancer"),
            ("AML", "Advanced Solid Tumors"),
            ("leukemia", "Solid Tumor, Adult"),
            ("melanoma", "Breast Cancer"),
            ("AML", "Acute Lymphoblastic Leukemia"),
            ("thymic carcinoma", "Breast Carcinoma"),
            ("melanoma", "Depression"),
            ("GIST", "Gastrointestinal Cancer of the pancreas"),
            ("colon cancer", "Rectal Cancer"),
        ] {
            assert!(!is_named(asked, named), "{asked:?} in {named:?}");
        }
    }

    #[test]
    fn a_sibling_is_another_tumour_and_what_both_are_kinds_of_takes_them_in() {
        let all = |kind, siblings: &[&'static str]| (kind, siblings.to_vec());
        for (kind, siblings) in [
            all(
                "soft tissue sarcoma",
                &[
                    "liposarcoma",
                    "leiomyosarcoma",
                    "rhabdomyosarcoma",
                    "synovial sarcoma",
                    "angiosarcoma",
                ],
            ),
            all("bone sarcoma", &["osteosarcoma", "Ewing Sarcoma", "chondrosarcoma"]),
            all(
                "myeloproliferative neoplasms",
                &["myelofibrosis", "polycythaemia vera", "essential thrombocythemia"],
            ),
            all("glioma", &["astrocytoma", "ependymoma", "oligodendroglioma"]),
            all("high grade glioma", &["glioblastoma", "oligodendroglioma", "DIPG"]),
            all(
                "head and neck cancer",
                &["oral cancer", "laryngeal cancer", "oropharyngeal carcinoma"],
            ),
            all(
                "HNSCC",
                &["oral cavity carcinoma", "larynx cancer", "hypopharyngeal cancer"],
            ),
            all("T-cell lymphoma", &["PTCL", "cutaneous T-cell lymphoma"]),
            all(
                "histiocytosis",
                &[
                    "Langerhans cell histiocytosis",
                    "Erdheim-Chester disease",
                    "Rosai-Dorfman disease",
                ],
            ),
            all(
                "melanoma",
                &["cutaneous melanoma", "uveal melanoma", "mucosal melanoma"],
            ),
            all("bladder cancer", &["MIBC", "non-muscle-invasive bladder cancer"]),
            all("prostate cancer", &["mCRPC", "mHSPC"]),
            all("renal cell carcinoma", &["ccRCC", "papillary renal cell carcinoma"]),
            all("esophageal cancer", &["ESCC", "esophageal adenocarcinoma"]),
            all(
                "acute lymphoblastic leukemia",
                &["B-ALL", "T-cell acute lymphoblastic leukemia"],
            ),
            all("NSCLC", &["lung adenocarcinoma", "squamous NSCLC"]),
            all("PPGL", &["pheochromocytoma", "paraganglioma"]),
        ] {
            for asked in &siblings {
                assert!(is_named(asked, asked), "{asked:?}");
                assert!(is_named(asked, kind), "{asked:?} in {kind:?}");
                assert!(is_named(kind, asked), "{kind:?} in {asked:?}");
                for named in siblings.iter().filter(|named| *named != asked) {
                    assert!(!is_named(asked, named), "{asked:?} in {named:?}");
                }
            }
        }
        for (asked, named) in [
            ("liposarcoma", "Advanced Solid Tumors"),
            ("liposarcoma", "Sarcoma"),
            ("uterine leiomyosarcoma", "Sarcoma, Soft Tissue"),
            ("astrocytoma", "Low Grade Glioma"),
            ("oligodendroglioma", "High Grade Glioma"),
            ("lung adenocarcinoma", "Non-Squamous Non-Small Cell Lung Cancer"),
            ("LUSC", "Squamous or Non-Squamous Non-Small-Cell Lung Cancer"),
            ("MIBC", "Non-Muscle-Invasive or Muscle-Invasive Bladder Cancer"),
            ("anaplastic large cell lymphoma", "Peripheral T-Cell Lymphoma"),
            ("SLL", "Non-Hodgkin Lymphoma"),
            ("pheochromocytoma", "Pheochromocytoma and Paraganglioma"),
        ] {
            assert!(is_named(asked, named), "{asked:?} in {named:?}");
        }
        for (asked, named) in [
            ("Langerhans cell histiocytosis", "Non-Langerhans-Cell Histiocytosis"),
            ("liposarcoma", "Bone Sarcoma"),
            ("glioblastoma", "Low Grade Glioma"),
            ("PTCL", "Stage IV Cutaneous T-Cell Non-Hodgkin Lymphoma"),
            ("low grade glioma", "Glioblastoma"),
            ("chronic lymphocytic leukemia", "Acute Leukemia"),
        ] {
            assert!(!is_named(asked, named), "{asked:?} in {named:?}");
        }
    }

    #[test]
    fn the_ancestors_which_the_registry_adds_do_not_widen_a_record() {
        let mut small_cell = study(1);
        small_cell.conditions = vec!["Small Cell Lung Cancer".into()];
        small_cell.condition_terms = vec!["Lung Neoplasms".into(), "Neoplasms".into()];
        assert!(!condition("NSCLC").is_of(&small_cell));
        assert!(condition("lung cancer").is_of(&small_cell));
    }

    #[test]
    fn a_basket_trial_says_so_in_its_title_too() {
        let mut basket = study(1);
        basket.brief_title = "A Study of X in Advanced Solid Tumors With a KRAS Mutation".into();
        basket.conditions = vec!["Lung Cancer".into()];
        assert!(condition("cholangiocarcinoma").is_of(&basket));
        assert!(!condition("AML").is_of(&basket));
    }

    #[test]
    fn cancer_beside_the_one_tumour_of_a_title_is_a_tag() {
        let mut lung = study(1);
        lung.brief_title = "X in Patients With Non-Small Cell Lung Cancer and a KRAS Mutation".into();
        lung.conditions = vec!["Advanced Cancer".into(), "Malignant Neoplasm of Lung".into()];
        assert!(!condition("colorectal cancer").is_of(&lung));
        assert!(condition("NSCLC").is_of(&lung));
        lung.brief_title = "X in Patients With a KRAS Mutation".into();
        assert!(condition("colorectal cancer").is_of(&lung));
    }

    #[test]
    fn what_came_from_elsewhere_is_no_tumour_of_the_place() {
        assert!(!is_named("glioma", "Brain Metastases"));
        assert!(!is_named("hepatocellular carcinoma", "Cancer With Liver Metastases"));
        assert!(is_named("brain metastases", "Brain Metastases, Adult"));
        assert!(is_named("colorectal cancer", "Liver Metastases of Colorectal Cancer"));
    }

    fn is_named(asked: &str, named: &str) -> bool {
        let mut study = study(1);
        study.brief_title = "A study".into();
        study.conditions = vec![named.into()];
        condition(asked).is_of(&study)
    }

    fn condition(text: &str) -> Condition {
        Condition::read(text).unwrap()
    }
}
