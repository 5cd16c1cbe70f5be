//! The tumours that people and records name, what they call them, and which is a kind of which.

use super::condition::words;
use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

/// A tumour, or a kind of tumours.
#[derive(Debug, PartialEq)]
pub(super) struct Tumour {
    /// Its first name; unique.
    name: &'static str,
    /// The first name of what it is a kind of; empty for cancer itself.
    kind_of: &'static str,
    /// Its other names. Order of words, plural, British spelling, and whether it is called cancer, carcinoma, neoplasm
    /// or tumor make no difference.
    others: &'static [&'static str],
}

/// Any cancer.
static CANCER: &Tumour = &TUMOURS[0];
/// Any solid tumour.
pub(super) static SOLID: &Tumour = &TUMOURS[1];

impl Tumour {
    /// Whether this is `wide` or a kind of it.
    pub(super) fn is_within(&'static self, wide: &Tumour) -> bool {
        std::iter::successors(Some(self), |tumour| by_name(tumour.kind_of)).any(|tumour| tumour == wide)
    }
}

/// The tumours that a text names, by its words. Of two names, one of which holds all words of the other, only the
/// longer is meant: "small cell lung cancer" doesn't say lung cancer.
pub(super) fn read(words: &BTreeSet<String>) -> Vec<&'static Tumour> {
    let named: Vec<&Name> = words
        .iter()
        .filter_map(|word| NAMES.get(word))
        .flatten()
        .filter(|name| name.words.is_subset(words))
        .collect();
    let mut tumours: Vec<&'static Tumour> = named
        .iter()
        .filter(|name| !named.iter().any(|longer| is_part(&name.words, &longer.words)))
        .map(|name| name.tumour)
        .collect();
    // "Cancer" is in the name of nearly all of them, so it stands for any only where nothing else is said.
    let says_no_more_than_cancer = words.contains("cancer") && words.iter().all(|word| is_cancer_or_its_stage(word));
    if says_no_more_than_cancer {
        tumours.push(CANCER);
    }
    tumours
}

fn is_part(part: &BTreeSet<String>, whole: &BTreeSet<String>) -> bool {
    part.len() < whole.len() && part.is_subset(whole)
}

fn is_cancer_or_its_stage(word: &str) -> bool {
    matches!(
        word,
        "cancer"
            | "advanced"
            | "metastatic"
            | "locally"
            | "recurrent"
            | "refractory"
            | "relapsed"
            | "unresectable"
            | "adult"
            | "stage"
            | "iii"
            | "iv"
            | "unspecified"
            | "site"
            | "human"
            | "progressive"
    )
}

struct Name {
    words: BTreeSet<String>,
    tumour: &'static Tumour,
}

/// Every name, by its first word but "cancer".
static NAMES: LazyLock<HashMap<String, Vec<Name>>> = LazyLock::new(|| {
    let mut names: HashMap<String, Vec<Name>> = HashMap::new();
    // Cancer itself is read apart.
    for tumour in TUMOURS.iter().skip(1) {
        for name in std::iter::once(&tumour.name).chain(tumour.others) {
            let words = words(name);
            if let Some(key) = words.iter().find(|word| *word != "cancer").cloned() {
                names.entry(key).or_default().push(Name { words, tumour });
            }
        }
    }
    names
});

fn by_name(name: &str) -> Option<&'static Tumour> {
    TUMOURS.iter().find(|tumour| tumour.name == name)
}

const fn tumour(name: &'static str, kind_of: &'static str, others: &'static [&'static str]) -> Tumour {
    Tumour { name, kind_of, others }
}

/// After the NCI Thesaurus and MeSH, as far as records of trials by mutation name tumours.
#[rustfmt::skip]
static TUMOURS: &[Tumour] = &[
    tumour("cancer", "", &[]),
    tumour("solid tumor", "cancer", &["solid cancer", "solid malignancy"]),
    tumour("hematologic cancer", "cancer", &["hematological cancer", "blood cancer", "hematopoietic neoplasm"]),

    tumour("lung cancer", "solid tumor", &["pulmonary neoplasm", "bronchial neoplasm", "bronchogenic carcinoma", "cancer of lung"]),
    tumour("non-small cell lung cancer", "lung cancer", &["NSCLC", "non-small cell carcinoma of lung"]),
    tumour("lung adenocarcinoma", "non-small cell lung cancer", &["adenocarcinoma of lung", "LUAD"]),
    tumour("squamous cell lung cancer", "non-small cell lung cancer", &["squamous non-small cell lung cancer", "squamous NSCLC", "lung squamous carcinoma", "LUSC"]),
    tumour("nonsquamous non-small cell lung cancer", "non-small cell lung cancer", &["non-squamous NSCLC", "non-squamous non-small cell lung cancer"]),
    tumour("small cell lung cancer", "lung cancer", &["SCLC"]),
    tumour("mesothelioma", "solid tumor", &[]),
    tumour("thymoma", "solid tumor", &["thymic carcinoma", "thymus neoplasm"]),

    tumour("breast cancer", "solid tumor", &["mammary carcinoma", "breast adenocarcinoma"]),
    tumour("triple negative breast cancer", "breast cancer", &["TNBC"]),

    tumour("gastrointestinal cancer", "solid tumor", &["digestive system neoplasm", "GI cancer"]),
    tumour("colorectal cancer", "gastrointestinal cancer", &["CRC", "mCRC", "bowel cancer", "colorectal adenocarcinoma"]),
    tumour("colon cancer", "colorectal cancer", &["colonic neoplasm", "colon adenocarcinoma"]),
    tumour("rectal cancer", "colorectal cancer", &["rectum cancer", "rectal adenocarcinoma"]),
    tumour("gastroesophageal cancer", "gastrointestinal cancer", &["esophagogastric cancer", "gastric esophageal cancer"]),
    tumour("gastroesophageal junction cancer", "gastroesophageal cancer", &["GEJ cancer", "GEJ adenocarcinoma", "gastroesophageal junction adenocarcinoma", "esophagogastric junction cancer"]),
    tumour("gastric cancer", "gastroesophageal cancer", &["stomach cancer", "gastric adenocarcinoma"]),
    tumour("esophageal cancer", "gastroesophageal cancer", &["esophagus cancer", "esophageal adenocarcinoma", "ESCC", "esophageal squamous"]),
    tumour("pancreatic cancer", "gastrointestinal cancer", &["pancreas cancer", "pancreatic adenocarcinoma"]),
    tumour("pancreatic ductal adenocarcinoma", "pancreatic cancer", &["PDAC", "pancreatic ductal carcinoma"]),
    tumour("liver cancer", "gastrointestinal cancer", &["hepatic neoplasm"]),
    tumour("hepatocellular carcinoma", "liver cancer", &["HCC", "hepatoma"]),
    tumour("biliary tract cancer", "gastrointestinal cancer", &["BTC", "biliary cancer"]),
    tumour("cholangiocarcinoma", "biliary tract cancer", &["bile duct cancer", "CCA", "intrahepatic cholangiocarcinoma", "iCCA"]),
    tumour("gallbladder cancer", "biliary tract cancer", &["gall bladder cancer"]),
    tumour("gastrointestinal stromal tumor", "sarcoma", &["GIST", "gastrointestinal stromal"]),
    tumour("anal cancer", "gastrointestinal cancer", &["anal canal cancer", "anus neoplasm"]),
    tumour("small intestine cancer", "gastrointestinal cancer", &["small bowel adenocarcinoma", "small bowel cancer", "duodenal cancer"]),
    tumour("appendix cancer", "gastrointestinal cancer", &["appendiceal cancer"]),

    tumour("genitourinary cancer", "solid tumor", &["urogenital neoplasm", "urologic neoplasm", "urologic cancer"]),
    tumour("prostate cancer", "genitourinary cancer", &["prostatic neoplasm", "prostate adenocarcinoma", "CRPC", "mCRPC", "mHSPC", "castration-resistant prostate"]),
    tumour("urothelial cancer", "genitourinary cancer", &["transitional cell carcinoma", "upper tract urothelial carcinoma", "UTUC"]),
    tumour("bladder cancer", "urothelial cancer", &["urinary bladder neoplasm", "NMIBC", "MIBC"]),
    tumour("kidney cancer", "genitourinary cancer", &["renal cancer"]),
    tumour("renal cell carcinoma", "kidney cancer", &["RCC", "ccRCC", "clear cell renal cell carcinoma"]),
    tumour("germ cell tumor", "solid tumor", &["testicular cancer"]),
    tumour("Wilms tumor", "kidney cancer", &["nephroblastoma"]),

    tumour("gynecologic cancer", "solid tumor", &["gynecological cancer", "genital neoplasm female"]),
    tumour("ovarian cancer", "gynecologic cancer", &["ovary cancer", "ovarian epithelial cancer"]),
    tumour("fallopian tube cancer", "ovarian cancer", &[]),
    tumour("primary peritoneal cancer", "ovarian cancer", &["peritoneal carcinoma"]),
    tumour("endometrial cancer", "gynecologic cancer", &["uterine cancer", "uterus neoplasm", "endometrium cancer"]),
    tumour("cervical cancer", "gynecologic cancer", &["uterine cervical neoplasm", "cervix cancer"]),

    tumour("head and neck cancer", "solid tumor", &["oral cancer", "oropharyngeal cancer", "laryngeal cancer"]),
    tumour("head and neck squamous cell carcinoma", "head and neck cancer", &["HNSCC", "SCCHN"]),
    tumour("nasopharyngeal cancer", "head and neck cancer", &["NPC nasopharyngeal"]),
    tumour("salivary gland cancer", "head and neck cancer", &["salivary duct carcinoma", "adenoid cystic carcinoma"]),
    tumour("thyroid cancer", "solid tumor", &["thyroid carcinoma", "thyroid gland carcinoma"]),
    tumour("papillary thyroid cancer", "thyroid cancer", &[]),
    tumour("medullary thyroid cancer", "thyroid cancer", &["MTC thyroid"]),
    tumour("anaplastic thyroid cancer", "thyroid cancer", &[]),

    tumour("skin cancer", "solid tumor", &["skin neoplasm", "cutaneous carcinoma"]),
    tumour("melanoma", "skin cancer", &[]),
    tumour("uveal melanoma", "melanoma", &["ocular melanoma", "choroidal melanoma"]),
    tumour("basal cell carcinoma", "skin cancer", &[]),
    tumour("cutaneous squamous cell carcinoma", "skin cancer", &["CSCC"]),
    tumour("Merkel cell carcinoma", "skin cancer", &[]),

    tumour("brain tumor", "solid tumor", &["CNS tumor", "central nervous system tumor", "central nervous system neoplasm", "intracranial tumor"]),
    tumour("glioma", "brain tumor", &["astrocytoma", "oligodendroglioma", "ependymoma"]),
    tumour("low grade glioma", "glioma", &["pediatric low grade glioma", "pLGG", "LGG"]),
    tumour("high grade glioma", "glioma", &["HGG", "DIPG", "diffuse intrinsic pontine glioma", "diffuse midline glioma"]),
    tumour("glioblastoma", "high grade glioma", &["GBM", "glioblastoma multiforme"]),
    tumour("medulloblastoma", "brain tumor", &[]),
    tumour("meningioma", "brain tumor", &[]),
    tumour("neuroblastoma", "solid tumor", &[]),
    tumour("neuroendocrine tumor", "solid tumor", &["neuroendocrine carcinoma", "NEC neuroendocrine", "carcinoid"]),
    tumour("pheochromocytoma", "neuroendocrine tumor", &["paraganglioma"]),
    tumour("adrenocortical carcinoma", "solid tumor", &["adrenal cortex neoplasm"]),

    tumour("sarcoma", "solid tumor", &[]),
    tumour("soft tissue sarcoma", "sarcoma", &["STS sarcoma", "rhabdomyosarcoma", "liposarcoma", "leiomyosarcoma", "synovial sarcoma", "fibrosarcoma", "angiosarcoma"]),
    tumour("osteosarcoma", "sarcoma", &["bone sarcoma"]),
    tumour("Ewing sarcoma", "sarcoma", &[]),
    tumour("chordoma", "sarcoma", &[]),
    tumour("desmoid tumor", "sarcoma", &["desmoid", "aggressive fibromatosis"]),

    tumour("leukemia", "hematologic cancer", &[]),
    tumour("acute leukemia", "leukemia", &[]),
    tumour("acute myeloid leukemia", "acute leukemia", &["AML", "acute myelogenous leukemia", "acute myeloblastic leukemia"]),
    tumour("acute lymphoblastic leukemia", "acute leukemia", &["ALL leukemia", "acute lymphocytic leukemia", "precursor cell lymphoblastic leukemia lymphoma", "B-ALL", "T-ALL"]),
    tumour("chronic lymphocytic leukemia", "leukemia", &["CLL", "small lymphocytic lymphoma", "SLL"]),
    tumour("chronic myeloid leukemia", "leukemia", &["CML", "chronic myelogenous leukemia"]),
    tumour("chronic myelomonocytic leukemia", "leukemia", &["CMML"]),
    tumour("hairy cell leukemia", "leukemia", &[]),
    tumour("myelodysplastic syndrome", "hematologic cancer", &["MDS", "myelodysplasia"]),
    tumour("myeloproliferative neoplasm", "hematologic cancer", &["MPN", "myelofibrosis", "polycythemia vera", "essential thrombocythemia"]),
    tumour("systemic mastocytosis", "hematologic cancer", &["mastocytosis"]),
    tumour("lymphoma", "hematologic cancer", &[]),
    tumour("non-Hodgkin lymphoma", "lymphoma", &["NHL"]),
    tumour("Hodgkin lymphoma", "lymphoma", &["Hodgkin disease"]),
    tumour("diffuse large B-cell lymphoma", "non-Hodgkin lymphoma", &["DLBCL", "large B-cell lymphoma"]),
    tumour("follicular lymphoma", "non-Hodgkin lymphoma", &[]),
    tumour("mantle cell lymphoma", "non-Hodgkin lymphoma", &["MCL lymphoma"]),
    tumour("T-cell lymphoma", "non-Hodgkin lymphoma", &["PTCL", "CTCL"]),
    tumour("Waldenström macroglobulinemia", "non-Hodgkin lymphoma", &["lymphoplasmacytic lymphoma"]),
    tumour("multiple myeloma", "hematologic cancer", &["myeloma", "plasma cell myeloma"]),
    tumour("histiocytosis", "hematologic cancer", &["Langerhans cell histiocytosis", "Erdheim-Chester disease", "histiocytic neoplasm"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tumour_is_a_kind_of_cancer_and_has_a_name_of_its_own() {
        for tumour in TUMOURS {
            assert!(tumour.is_within(CANCER), "{}", tumour.name);
            assert_eq!(by_name(tumour.name), Some(tumour), "{}", tumour.name);
            assert!(
                tumour.name == "cancer" || read(&words(tumour.name)).contains(&tumour),
                "{}",
                tumour.name
            );
        }
        assert_eq!(SOLID.name, "solid tumor");
    }
}
