//! The tumours that people and records name, what they call them, and which is a kind of which.

use super::condition::words;
use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

/// A tumour, or a kind of tumours.
#[derive(Debug, PartialEq)]
pub(super) struct Tumour {
    /// Its first name; unique.
    name: &'static str,
    /// The first names of what it is a kind of, or, as an astrocytoma of any grade, may be; none for cancer itself.
    kind_of: &'static [&'static str],
    /// Its other names: true synonyms. A kind of it has a row of its own, lest it pass for its siblings. Order of words,
    /// plural, British spelling, and whether it is called cancer, carcinoma, neoplasm or tumor make no difference.
    others: &'static [&'static str],
}

/// Any cancer.
static CANCER: &Tumour = &TUMOURS[0];
/// Any solid tumour.
pub(super) static SOLID: &Tumour = &TUMOURS[1];

impl Tumour {
    /// Whether this is `wide` or a kind of it.
    pub(super) fn is_within(&'static self, wide: &Tumour) -> bool {
        self == wide
            || self
                .kind_of
                .iter()
                .filter_map(|name| by_name(name))
                .any(|wider| wider.is_within(wide))
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
    if is_cancer_alone(words) {
        tumours.push(CANCER);
    }
    tumours
}

/// Whether nothing more than "cancer" is said, at whatever stage.
pub(super) fn is_cancer_alone(words: &BTreeSet<String>) -> bool {
    words.contains("cancer") && words.iter().all(|word| is_cancer_or_its_stage(word))
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

const fn tumour(name: &'static str, kind_of: &'static [&'static str], others: &'static [&'static str]) -> Tumour {
    Tumour { name, kind_of, others }
}

/// After the NCI Thesaurus and MeSH, as far as records of trials by mutation name tumours.
#[rustfmt::skip]
static TUMOURS: &[Tumour] = &[
    tumour("cancer", &[], &[]),
    tumour("solid tumor", &["cancer"], &["solid cancer", "solid malignancy"]),
    tumour("hematologic cancer", &["cancer"], &["hematological cancer", "blood cancer", "hematopoietic neoplasm"]),

    tumour("lung cancer", &["solid tumor"], &["pulmonary neoplasm", "bronchial neoplasm", "bronchogenic carcinoma", "cancer of lung"]),
    tumour("non-small cell lung cancer", &["lung cancer"], &["NSCLC", "non-small cell carcinoma of lung"]),
    tumour("lung adenocarcinoma", &["nonsquamous non-small cell lung cancer"], &["adenocarcinoma of lung", "LUAD"]),
    tumour("squamous cell lung cancer", &["non-small cell lung cancer"], &["squamous non-small cell lung cancer", "squamous NSCLC", "lung squamous carcinoma", "LUSC"]),
    tumour("nonsquamous non-small cell lung cancer", &["non-small cell lung cancer"], &["non-squamous NSCLC"]),
    tumour("small cell lung cancer", &["lung cancer"], &["SCLC"]),
    tumour("mesothelioma", &["solid tumor"], &[]),
    tumour("thymic cancer", &["solid tumor"], &["thymus neoplasm", "thymic epithelial tumor"]),
    tumour("thymoma", &["thymic cancer"], &[]),

    tumour("breast cancer", &["solid tumor"], &["mammary carcinoma", "breast adenocarcinoma"]),
    tumour("triple negative breast cancer", &["breast cancer"], &["TNBC"]),

    tumour("gastrointestinal cancer", &["solid tumor"], &["digestive system neoplasm", "GI cancer"]),
    tumour("colorectal cancer", &["gastrointestinal cancer"], &["CRC", "mCRC", "bowel cancer", "colorectal adenocarcinoma"]),
    tumour("colon cancer", &["colorectal cancer"], &["colonic neoplasm", "colon adenocarcinoma"]),
    tumour("rectal cancer", &["colorectal cancer"], &["rectum cancer", "rectal adenocarcinoma"]),
    tumour("gastroesophageal cancer", &["gastrointestinal cancer"], &["esophagogastric cancer", "gastric esophageal cancer"]),
    tumour("gastroesophageal junction cancer", &["gastroesophageal cancer"], &["GEJ cancer", "GEJ adenocarcinoma", "gastroesophageal junction adenocarcinoma", "esophagogastric junction cancer"]),
    tumour("gastric cancer", &["gastroesophageal cancer"], &["stomach cancer", "gastric adenocarcinoma"]),
    tumour("esophageal cancer", &["gastroesophageal cancer"], &["esophagus cancer"]),
    tumour("esophageal adenocarcinoma", &["esophageal cancer"], &["adenocarcinoma of esophagus"]),
    tumour("esophageal squamous cell carcinoma", &["esophageal cancer"], &["ESCC", "esophageal squamous"]),
    tumour("pancreatic cancer", &["gastrointestinal cancer"], &["pancreas cancer", "pancreatic adenocarcinoma"]),
    tumour("pancreatic ductal adenocarcinoma", &["pancreatic cancer"], &["PDAC", "pancreatic ductal carcinoma"]),
    tumour("pancreatic neuroendocrine tumor", &["pancreatic cancer", "neuroendocrine tumor"], &[]),
    tumour("liver cancer", &["gastrointestinal cancer"], &["hepatic neoplasm"]),
    tumour("hepatocellular carcinoma", &["liver cancer"], &["HCC", "hepatoma"]),
    tumour("biliary tract cancer", &["gastrointestinal cancer"], &["BTC", "biliary cancer"]),
    tumour("cholangiocarcinoma", &["biliary tract cancer"], &["bile duct cancer", "CCA"]),
    tumour("intrahepatic cholangiocarcinoma", &["cholangiocarcinoma"], &["iCCA", "intrahepatic bile duct cancer"]),
    tumour("extrahepatic cholangiocarcinoma", &["cholangiocarcinoma"], &["eCCA", "extrahepatic bile duct cancer"]),
    tumour("gallbladder cancer", &["biliary tract cancer"], &["gall bladder cancer"]),
    tumour("gastrointestinal stromal tumor", &["sarcoma"], &["GIST", "gastrointestinal stromal"]),
    tumour("anal cancer", &["gastrointestinal cancer"], &["anal canal cancer", "anus neoplasm"]),
    tumour("small intestine cancer", &["gastrointestinal cancer"], &["small bowel cancer", "small intestinal cancer"]),
    tumour("duodenal cancer", &["small intestine cancer"], &["duodenum cancer"]),
    tumour("appendix cancer", &["gastrointestinal cancer"], &["appendiceal cancer"]),

    tumour("genitourinary cancer", &["solid tumor"], &["urogenital neoplasm", "urologic neoplasm", "urologic cancer"]),
    tumour("prostate cancer", &["genitourinary cancer"], &["prostatic neoplasm", "prostate adenocarcinoma"]),
    tumour("castration-resistant prostate cancer", &["prostate cancer"], &["CRPC", "mCRPC", "castration-resistant prostate", "castrate-resistant prostate", "hormone-refractory prostate"]),
    tumour("hormone-sensitive prostate cancer", &["prostate cancer"], &["mHSPC", "mCSPC", "hormone-sensitive prostate", "castration-sensitive prostate"]),
    tumour("urothelial cancer", &["genitourinary cancer"], &["transitional cell carcinoma"]),
    tumour("upper tract urothelial carcinoma", &["urothelial cancer"], &["UTUC"]),
    tumour("bladder cancer", &["urothelial cancer"], &["urinary bladder neoplasm"]),
    tumour("muscle-invasive bladder cancer", &["bladder cancer"], &["MIBC"]),
    tumour("non-muscle-invasive bladder cancer", &["bladder cancer"], &["NMIBC"]),
    tumour("kidney cancer", &["genitourinary cancer"], &["renal cancer"]),
    tumour("renal cell carcinoma", &["kidney cancer"], &["RCC"]),
    tumour("clear cell renal cell carcinoma", &["renal cell carcinoma"], &["ccRCC", "clear cell kidney cancer"]),
    tumour("papillary renal cell carcinoma", &["renal cell carcinoma"], &["pRCC", "papillary kidney cancer"]),
    tumour("germ cell tumor", &["solid tumor"], &[]),
    tumour("testicular cancer", &["germ cell tumor", "genitourinary cancer"], &["testis cancer"]),
    tumour("Wilms tumor", &["kidney cancer"], &["nephroblastoma"]),

    tumour("gynecologic cancer", &["solid tumor"], &["gynecological cancer", "genital neoplasm female"]),
    tumour("ovarian cancer", &["gynecologic cancer"], &["ovary cancer", "ovarian epithelial cancer"]),
    tumour("fallopian tube cancer", &["ovarian cancer"], &[]),
    tumour("primary peritoneal cancer", &["ovarian cancer"], &["peritoneal carcinoma"]),
    tumour("uterine cancer", &["gynecologic cancer"], &["uterus neoplasm"]),
    tumour("endometrial cancer", &["uterine cancer"], &["endometrium cancer"]),
    tumour("cervical cancer", &["gynecologic cancer"], &["uterine cervical neoplasm", "cervix cancer"]),

    tumour("head and neck cancer", &["solid tumor"], &[]),
    tumour("head and neck squamous cell carcinoma", &["head and neck cancer"], &["HNSCC", "SCCHN"]),
    tumour("oral cancer", &["head and neck squamous cell carcinoma"], &["mouth cancer", "oral cavity cancer", "OSCC"]),
    tumour("oropharyngeal cancer", &["head and neck squamous cell carcinoma"], &["oropharynx cancer", "OPSCC"]),
    tumour("hypopharyngeal cancer", &["head and neck squamous cell carcinoma"], &["hypopharynx cancer"]),
    tumour("laryngeal cancer", &["head and neck squamous cell carcinoma"], &["larynx cancer"]),
    tumour("nasopharyngeal cancer", &["head and neck cancer"], &["NPC nasopharyngeal"]),
    tumour("salivary gland cancer", &["head and neck cancer"], &[]),
    tumour("salivary duct carcinoma", &["salivary gland cancer"], &[]),
    tumour("adenoid cystic carcinoma", &["salivary gland cancer"], &[]),
    tumour("thyroid cancer", &["solid tumor"], &["thyroid carcinoma", "thyroid gland carcinoma"]),
    tumour("papillary thyroid cancer", &["thyroid cancer"], &[]),
    tumour("medullary thyroid cancer", &["thyroid cancer"], &["MTC thyroid"]),
    tumour("anaplastic thyroid cancer", &["thyroid cancer"], &[]),

    tumour("skin cancer", &["solid tumor"], &["skin neoplasm", "cutaneous carcinoma"]),
    tumour("melanoma", &["skin cancer"], &[]),
    tumour("cutaneous melanoma", &["melanoma"], &["skin melanoma"]),
    tumour("mucosal melanoma", &["melanoma"], &[]),
    tumour("uveal melanoma", &["melanoma"], &["ocular melanoma", "choroidal melanoma"]),
    tumour("basal cell carcinoma", &["skin cancer"], &[]),
    tumour("cutaneous squamous cell carcinoma", &["skin cancer"], &["CSCC"]),
    tumour("Merkel cell carcinoma", &["skin cancer"], &[]),

    tumour("brain tumor", &["solid tumor"], &["CNS tumor", "central nervous system tumor", "central nervous system neoplasm", "intracranial tumor"]),
    tumour("glioma", &["brain tumor"], &[]),
    tumour("astrocytoma", &["low grade glioma", "high grade glioma"], &["astrocytic tumor"]),
    tumour("oligodendroglioma", &["low grade glioma", "high grade glioma"], &["oligodendroglial tumor"]),
    tumour("oligoastrocytoma", &["astrocytoma", "oligodendroglioma"], &[]),
    tumour("ependymoma", &["glioma"], &["ependymal tumor"]),
    tumour("low grade glioma", &["glioma"], &["LGG"]),
    tumour("pediatric low grade glioma", &["low grade glioma"], &["pLGG"]),
    tumour("high grade glioma", &["glioma"], &["HGG"]),
    tumour("diffuse midline glioma", &["high grade glioma"], &["DMG glioma"]),
    tumour("diffuse intrinsic pontine glioma", &["diffuse midline glioma"], &["DIPG"]),
    tumour("glioblastoma", &["high grade glioma"], &["GBM", "glioblastoma multiforme"]),
    tumour("gliosarcoma", &["glioblastoma"], &[]),
    tumour("medulloblastoma", &["brain tumor"], &[]),
    tumour("meningioma", &["brain tumor"], &[]),
    tumour("neuroblastoma", &["solid tumor"], &[]),
    tumour("neuroendocrine tumor", &["solid tumor"], &["neuroendocrine carcinoma", "NEC neuroendocrine"]),
    tumour("carcinoid tumor", &["neuroendocrine tumor"], &["carcinoid"]),
    tumour("pheochromocytoma and paraganglioma", &["neuroendocrine tumor"], &["PPGL"]),
    tumour("pheochromocytoma", &["pheochromocytoma and paraganglioma"], &[]),
    tumour("paraganglioma", &["pheochromocytoma and paraganglioma"], &[]),
    tumour("adrenocortical carcinoma", &["solid tumor"], &["adrenal cortex neoplasm"]),

    tumour("sarcoma", &["solid tumor"], &[]),
    tumour("soft tissue sarcoma", &["sarcoma"], &["STS sarcoma"]),
    tumour("liposarcoma", &["soft tissue sarcoma"], &[]),
    tumour("leiomyosarcoma", &["soft tissue sarcoma"], &[]),
    tumour("rhabdomyosarcoma", &["soft tissue sarcoma"], &[]),
    tumour("synovial sarcoma", &["soft tissue sarcoma"], &[]),
    tumour("fibrosarcoma", &["soft tissue sarcoma"], &[]),
    tumour("myxofibrosarcoma", &["soft tissue sarcoma"], &[]),
    tumour("angiosarcoma", &["soft tissue sarcoma"], &["hemangiosarcoma"]),
    tumour("undifferentiated pleomorphic sarcoma", &["soft tissue sarcoma"], &["malignant fibrous histiocytoma"]),
    tumour("malignant peripheral nerve sheath tumor", &["soft tissue sarcoma"], &["MPNST"]),
    tumour("epithelioid sarcoma", &["soft tissue sarcoma"], &[]),
    tumour("alveolar soft part sarcoma", &["soft tissue sarcoma"], &["ASPS"]),
    tumour("bone sarcoma", &["sarcoma"], &["sarcoma of bone"]),
    tumour("osteosarcoma", &["bone sarcoma"], &["osteogenic sarcoma"]),
    tumour("chondrosarcoma", &["bone sarcoma"], &[]),
    tumour("Ewing sarcoma", &["bone sarcoma", "soft tissue sarcoma"], &["Ewing tumor"]),
    tumour("chordoma", &["sarcoma"], &[]),
    tumour("desmoid tumor", &["sarcoma"], &["desmoid", "aggressive fibromatosis"]),

    tumour("leukemia", &["hematologic cancer"], &[]),
    tumour("acute leukemia", &["leukemia"], &[]),
    tumour("acute myeloid leukemia", &["acute leukemia"], &["AML", "acute myelogenous leukemia", "acute myeloblastic leukemia"]),
    tumour("acute lymphoblastic leukemia", &["acute leukemia"], &["ALL leukemia", "acute lymphocytic leukemia", "precursor cell lymphoblastic leukemia lymphoma"]),
    tumour("B-cell acute lymphoblastic leukemia", &["acute lymphoblastic leukemia"], &["B-ALL", "B acute lymphoblastic leukemia", "precursor B-cell lymphoblastic leukemia lymphoma"]),
    tumour("T-cell acute lymphoblastic leukemia", &["acute lymphoblastic leukemia"], &["T-ALL", "T acute lymphoblastic leukemia", "precursor T-cell lymphoblastic leukemia lymphoma"]),
    tumour("chronic lymphocytic leukemia", &["leukemia", "non-Hodgkin lymphoma"], &["CLL", "small lymphocytic lymphoma", "SLL"]),
    tumour("chronic myeloid leukemia", &["leukemia"], &["CML", "chronic myelogenous leukemia"]),
    tumour("chronic myelomonocytic leukemia", &["leukemia"], &["CMML"]),
    tumour("hairy cell leukemia", &["leukemia"], &[]),
    tumour("myelodysplastic syndrome", &["hematologic cancer"], &["MDS", "myelodysplasia"]),
    tumour("myeloproliferative neoplasm", &["hematologic cancer"], &["MPN", "myeloproliferative disorder"]),
    tumour("myelofibrosis", &["myeloproliferative neoplasm"], &[]),
    tumour("polycythemia vera", &["myeloproliferative neoplasm"], &[]),
    tumour("essential thrombocythemia", &["myeloproliferative neoplasm"], &["primary thrombocythemia"]),
    tumour("mastocytosis", &["hematologic cancer"], &[]),
    tumour("systemic mastocytosis", &["mastocytosis"], &[]),
    tumour("lymphoma", &["hematologic cancer"], &[]),
    tumour("non-Hodgkin lymphoma", &["lymphoma"], &["NHL"]),
    tumour("Hodgkin lymphoma", &["lymphoma"], &["Hodgkin disease"]),
    tumour("diffuse large B-cell lymphoma", &["non-Hodgkin lymphoma"], &["DLBCL", "large B-cell lymphoma"]),
    tumour("follicular lymphoma", &["non-Hodgkin lymphoma"], &[]),
    tumour("mantle cell lymphoma", &["non-Hodgkin lymphoma"], &["MCL lymphoma"]),
    tumour("T-cell lymphoma", &["non-Hodgkin lymphoma"], &["T-cell non-Hodgkin lymphoma"]),
    tumour("peripheral T-cell lymphoma", &["T-cell lymphoma"], &["PTCL", "peripheral T-cell non-Hodgkin lymphoma"]),
    tumour("anaplastic large cell lymphoma", &["peripheral T-cell lymphoma"], &["ALCL"]),
    tumour("cutaneous T-cell lymphoma", &["T-cell lymphoma"], &["CTCL", "cutaneous T-cell non-Hodgkin lymphoma"]),
    tumour("mycosis fungoides", &["cutaneous T-cell lymphoma"], &[]),
    tumour("Sézary syndrome", &["cutaneous T-cell lymphoma"], &[]),
    tumour("Waldenström macroglobulinemia", &["non-Hodgkin lymphoma"], &["lymphoplasmacytic lymphoma"]),
    tumour("multiple myeloma", &["hematologic cancer"], &["myeloma", "plasma cell myeloma"]),
    tumour("histiocytosis", &["hematologic cancer"], &["histiocytic neoplasm"]),
    tumour("Langerhans cell histiocytosis", &["histiocytosis"], &[]),
    tumour("non-Langerhans cell histiocytosis", &["histiocytosis"], &[]),
    tumour("Erdheim-Chester disease", &["non-Langerhans cell histiocytosis"], &["Erdheim-Chester"]),
    tumour("Rosai-Dorfman disease", &["non-Langerhans cell histiocytosis"], &["Rosai-Dorfman"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tumour_is_a_kind_of_cancer_and_has_a_name_of_its_own() {
        for tumour in TUMOURS {
            assert!(tumour.is_within(CANCER), "{}", tumour.name);
            assert!(
                tumour.kind_of.iter().all(|name| by_name(name).is_some()),
                "{}",
                tumour.name
            );
            assert_eq!(by_name(tumour.name), Some(tumour), "{}", tumour.name);
            assert!(
                tumour.name == "cancer" || read(&words(tumour.name)).contains(&tumour),
                "{}",
                tumour.name
            );
        }
        assert_eq!((CANCER.name, SOLID.name), ("cancer", "solid tumor"));
    }

    #[test]
    fn no_name_is_that_of_two_tumours() {
        let mut known: HashMap<BTreeSet<String>, &str> = HashMap::new();
        for tumour in TUMOURS {
            for name in std::iter::once(&tumour.name).chain(tumour.others) {
                let other = known.insert(words(name), tumour.name);
                assert!(
                    other.is_none_or(|other| other == tumour.name),
                    "{name} is {other:?} too"
                );
            }
        }
    }
}
