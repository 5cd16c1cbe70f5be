//! Families of genes and signatures of the whole tumour: their names and members.

use super::{Family, Signature};
use crate::class::groups;
use crate::gene::Gene;
use std::fmt;

impl Family {
    /// Every family.
    pub const ALL: [Self; 5] = [Self::Ntrk, Self::Ras, Self::Brca, Self::Fgfr, Self::Idh];

    /// The genes of the family.
    #[must_use]
    pub fn members(self) -> Vec<Gene> {
        let symbols = groups::named(self.name()).map_or(&[][..], |group| &group.genes);
        symbols.iter().filter_map(|symbol| Gene::named(symbol)).collect()
    }

    /// The name of the family, as in `NTRK fusion`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ntrk => "NTRK",
            Self::Ras => "RAS",
            Self::Brca => "BRCA",
            Self::Fgfr => "FGFR",
            Self::Idh => "IDH",
        }
    }

    /// The family that a name as written stands for: `NTRK1/2/3`, `TRK`, `BRCA1/2`, `KRAS/NRAS/HRAS`.
    pub(super) fn named(name: &str) -> Option<Self> {
        let key = letters_and_digits(name);
        match key.as_str() {
            "NTRK" | "NTRK123" | "NTRK13" | "NTRK1NTRK2NTRK3" | "NTRK1NTRK2ORNTRK3" | "TRK" | "PANTRK" => {
                Some(Self::Ntrk)
            }
            "RAS" | "KRASNRAS" | "KRASNRASHRAS" | "KNRAS" | "PANRAS" => Some(Self::Ras),
            "BRCA" | "BRCA12" | "BRCA1ANDORBRCA2" | "BRCA1ANDBRCA2" | "BRCA1BRCA2" | "BRCA1ORBRCA2" | "BRCA1OR2" => {
                Some(Self::Brca)
            }
            "FGFR" | "FGFR123" | "FGFR1234" | "FGFR13" | "FGFR14" => Some(Self::Fgfr),
            "IDH" | "IDH12" | "IDH1IDH2" | "IDH1ORIDH2" | "IDH1OR2" => Some(Self::Idh),
            _ => None,
        }
    }
}

impl Signature {
    /// Every signature.
    pub const ALL: [Self; 6] = [
        Self::MsiHigh,
        Self::MismatchRepairDeficient,
        Self::TmbHigh,
        Self::Hrd,
        Self::Codeletion1p19q,
        Self::Trisomy12,
    ];

    /// The signature that the first words of a text stand for, and what follows them.
    pub(super) fn at_the_start_of(text: &str) -> Option<(Self, &str)> {
        let is_between = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '/' | '+' | '(' | '&');
        text.match_indices(is_between).rev().find_map(|(at, _)| {
            let (first, rest) = text.split_at(at);
            let rest = rest.trim_start_matches(is_between);
            // `MSI` alone names the signature, `MSI unknown` and `HRD score` the test.
            let of_a_test = |rest: &str| {
                rest.starts_with(|c: char| c.is_ascii_digit())
                    || rest.starts_with("score")
                    || rest.starts_with("status")
            };
            let is_test = match first.trim().to_ascii_uppercase().as_str() {
                "MSI" | "MSI STATUS" | "HRD STATUS" => true,
                "HRD" => of_a_test(&rest.to_ascii_lowercase()),
                _ => false,
            };
            if is_test {
                return None;
            }
            Some((Self::named(first)?, rest))
        })
    }

    /// The signature that a whole text stands for.
    pub(super) fn named(text: &str) -> Option<Self> {
        let words = words_of_a_signature(text);
        let named = |words: &[String]| Self::keyed(&words.concat());
        // `MSI status: MSI-H`, `homologous recombination deficiency (HRD)`: said twice.
        named(&words).or_else(|| {
            (1..words.len()).find_map(|at| {
                let (first, again) = words.split_at(at);
                named(first).filter(|signature| named(again) == Some(*signature))
            })
        })
    }

    /// The signature that capitals and digits stand for.
    fn keyed(key: &str) -> Option<Self> {
        if ["MSISTATUS", "HRDSTATUS", "GIS", "GISSTATUS"].contains(&key) {
            return None;
        }
        if [
            "GISPOSITIVE",
            "GISHIGH",
            "GENOMICINSTABILITYSCOREPOSITIVE",
            "GENOMICINSTABILITYSCOREHIGH",
        ]
        .contains(&key)
        {
            return Some(Self::Hrd);
        }
        let mut key = key.to_owned();
        for filler in [
            "STATUS",
            "TUMOUR",
            "TUMOR",
            "TUMORS",
            "TUMOURS",
            "POSITIVE",
            "PHENOTYPE",
        ] {
            if let Some(shorter) = key.strip_suffix(filler) {
                key.truncate(shorter.len());
            }
        }
        match key.as_str() {
            // Deficient repair leaves unstable microsatellites: one finding by two tests, which drug labels name together
            // (pembrolizumab 2017, dostarlimab 2021), and no two alterations.
            "MSIHDMMR" | "MSIHIGHDMMR" | "MSIHORDMMR" | "MSIHIGHORDMMR" | "DMMRMSIH" | "DMMRMSIHIGH" | "DMMRORMSIH"
            | "DMMRORMSIHIGH" | "MSIHANDDMMR" | "DMMRANDMSIH" => Some(Self::MsiHigh),
            "MSIH"
            | "MSIHIGH"
            | "MSI"
            | "HIGHMSI"
            | "MICROSATELLITEINSTABILITY"
            | "MICROSATELLITEINSTABILITYHIGH"
            | "HIGHMICROSATELLITEINSTABILITY"
            | "MICROSATELLITEINSTABLE"
            | "MICROSATELLITEINSTABILITYHIGHMSIH"
            | "MICROSATELLITEUNSTABLE"
            | "MICROSATELLITEINSTABILITYH"
            | "MICROSATELLITEHIGH"
            | "MICROSATELLITEMSIH"
            | "MICROSATELLITEMSIHIGH"
            | "MSIINSTABLE"
            | "MSIUNSTABLE"
            | "MSINSTABLE"
            | "HIGHLEVELMICROSATELLITEINSTABILITY"
            | "HIGHLEVELMSI"
            | "HIGHFREQUENCYMICROSATELLITEINSTABILITY"
            | "HIGHFREQUENCYMSI" => Some(Self::MsiHigh),
            "DMMR"
            | "MMRD"
            | "MMRDEFICIENT"
            | "MMRDEFICIENCY"
            | "DEFICIENTMMR"
            | "MISMATCHREPAIRDEFICIENT"
            | "MISMATCHREPAIRDEFICIENCY"
            | "DEFICIENTMISMATCHREPAIR"
            | "DEFICIENTDNAMISMATCHREPAIR"
            | "DNAMISMATCHREPAIRDEFICIENT"
            | "DNAMISMATCHREPAIRDEFICIENCY"
            | "MISMATCHREPAIRDEFICIENTDMMR"
            | "DEFECTIVEMISMATCHREPAIR"
            | "DEFECTIVEDNAMISMATCHREPAIR"
            | "DEFECTIVEMMR"
            | "ABNORMALMMR"
            | "MMRABNORMAL"
            | "MMRLOSS"
            | "LOSSOFMMR"
            | "MMRDEFECT"
            | "MISMATCHREPAIRLOSS"
            | "LOSSOFMISMATCHREPAIR" => Some(Self::MismatchRepairDeficient),
            "TMBH"
            | "TMBHIGH"
            | "HIGHTMB"
            | "TUMORMUTATIONALBURDENHIGH"
            | "TUMOURMUTATIONALBURDENHIGH"
            | "HIGHTUMORMUTATIONALBURDEN"
            | "HIGHTUMOURMUTATIONALBURDEN"
            | "TUMORMUTATIONBURDENHIGH"
            | "TUMOURMUTATIONBURDENHIGH"
            | "HIGHTUMORMUTATIONBURDEN"
            | "HIGHTUMOURMUTATIONBURDEN"
            | "HIGHTUMORMUTATIONALLOAD"
            | "HIGHTUMOURMUTATIONALLOAD"
            | "HIGHTUMORMUTATIONLOAD"
            | "HIGHTUMOURMUTATIONLOAD"
            | "HIGHMUTATIONALBURDEN"
            | "HTMB" => Some(Self::TmbHigh),
            "HRD"
            | "HRDEFICIENT"
            | "HRDEFICIENCY"
            | "HOMOLOGOUSRECOMBINATIONDEFICIENCY"
            | "HOMOLOGOUSRECOMBINATIONDEFICIENT"
            | "HOMOLOGOUSRECOMBINATIONREPAIRDEFICIENCY"
            | "HOMOLOGOUSRECOMBINATIONREPAIRDEFICIENT"
            | "HRRDEFICIENT"
            | "HRDHIGH"
            | "HIGHHRD"
            | "HRDPOS"
            | "HRDSIGNATURE"
            | "HRDSCOREHIGH" => Some(Self::Hrd),
            "1P19QCODELETION"
            | "1P19QCODELETED"
            | "1P19QCODEL"
            | "1PAND19QCODELETION"
            | "CODELETION1P19Q"
            | "CODELETIONOF1P19Q"
            | "CODELETIONOF1PAND19Q"
            | "CODELETED1P19Q"
            | "1P19QLOSS"
            | "1P19QDELETION" => Some(Self::Codeletion1p19q),
            "TRISOMY12" | "TRISOMYOF12" | "TRISOMYOFCHROMOSOME12" | "TRISOMYCHROMOSOME12" | "CHROMOSOME12TRISOMY" => {
                Some(Self::Trisomy12)
            }
            _ => None,
        }
    }
}

/// The words of a text in capitals, without how the signature was measured, and without the figure where a word says
/// what it comes to: `TMB-High (14 mut/Mb)`.
fn words_of_a_signature(text: &str) -> Vec<String> {
    let words = || {
        text.split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_ascii_uppercase)
    };
    let is_number = |word: &str| word.bytes().all(|b| b.is_ascii_digit());
    let has = |names: &[&str]| words().any(|word| names.contains(&word.as_str()));
    let is_measured = (has(&["MB", "MEGABASE"]) || text.contains(['(', '≥', '>', '=']))
        && has(&["TMB", "TMBH", "BURDEN", "LOAD", "HRD"]);
    // Which protein of the repair is lost, beside that the repair is deficient.
    let of_repair = has(&["DMMR", "MMRD"])
        && has(&["MLH1", "MSH2", "MSH6", "PMS2"])
        && has(&["LOSS", "LOST", "DEFICIENT", "ABSENT"]);
    let counts = words().count();
    words()
        .filter(|word| {
            let word = word.as_str();
            let how = matches!(
                word,
                "BY" | "NGS" | "PCR" | "IHC" | "DETECTED" | "PRESENT" | "PROTEIN" | "PROTEINS" | "RESULT"
            );
            let figure = is_measured
                && (is_number(word)
                    || matches!(
                        word,
                        "MUT" | "MUTS" | "MUTATIONS" | "M" | "PER" | "MB" | "MEGABASE" | "GIS"
                    ));
            let protein = of_repair
                && matches!(
                    word,
                    "MLH1"
                        | "MSH2"
                        | "MSH6"
                        | "PMS2"
                        | "LOSS"
                        | "LOST"
                        | "OF"
                        | "AND"
                        | "DEFICIENT"
                        | "ABSENT"
                        | "EXPRESSION"
                );
            let status = word == "STATUS" && counts > 2;
            !(how || figure || protein || status)
        })
        .collect()
}

/// What a text that is no signature says of one all the same.
pub(super) enum NoSignature {
    /// The tumour doesn't have it: `MSS`.
    Absent,
    /// It was measured: `TMB 12 mut/Mb`.
    Measured(Signature),
}

impl NoSignature {
    /// Reads a text that names a signature which the tumour doesn't have or of which it says a figure. Without this `MSS`
    /// is a gene: an alias of SIL1.
    pub(super) fn named(text: &str) -> Option<Self> {
        let key = letters_and_digits(text);
        let absent = [
            "MSS",
            "MSSTABLE",
            "MICROSATELLITEMSSTABLE",
            "MICROSATELLITESTATUSSTABLE",
            "MICROSATELLITESTATUSMSSTABLE",
            "MICROSATELLITESTATUSMSS",
            "MSIL",
            "MSILOW",
            "MSISTABLE",
            "MSINEGATIVE",
            "MICROSATELLITESTABLE",
            "MICROSATELLITESTABILITY",
            "PMMR",
            "MMRP",
            "MMRPROFICIENT",
            "MMRPROFICIENCY",
            "PROFICIENTMMR",
            "MISMATCHREPAIRPROFICIENT",
            "TMBL",
            "TMBLOW",
            "LOWTMB",
            "HRP",
            "HRPROFICIENT",
            "HRDNEGATIVE",
            "PMMRMSS",
            "1P19QINTACT",
            "1P19QNONCODELETED",
            "1P19QNONCODELETION",
            "NON1P19QCODELETED",
            "MSSPMMR",
        ];
        let measured = [
            ("MSI", Signature::MsiHigh),
            ("TMB", Signature::TmbHigh),
            ("TUMORMUTATIONALBURDEN", Signature::TmbHigh),
            ("TUMOURMUTATIONALBURDEN", Signature::TmbHigh),
            ("TUMORMUTATIONBURDEN", Signature::TmbHigh),
            ("TUMOURMUTATIONBURDEN", Signature::TmbHigh),
            ("MMR", Signature::MismatchRepairDeficient),
            ("MISMATCHREPAIR", Signature::MismatchRepairDeficient),
            ("LYNCH", Signature::MismatchRepairDeficient),
            ("HRR", Signature::Hrd),
            ("HRD", Signature::Hrd),
            // The genomic instability score of the myChoice test.
            ("GIS", Signature::Hrd),
        ];
        if absent.contains(&key.as_str()) {
            return Some(Self::Absent);
        }
        let first = letters_and_digits(text.split_whitespace().next()?);
        measured
            .iter()
            .find(|(name, _)| first == *name || key == *name || name.len() > 12 && key.starts_with(name))
            .map(|(_, signature)| Self::Measured(*signature))
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// `MSI-H`, `dMMR`, `TMB-H`, `HRD`, `1p/19q codeletion`, `trisomy 12`.
impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MsiHigh => "MSI-H",
            Self::MismatchRepairDeficient => "dMMR",
            Self::TmbHigh => "TMB-H",
            Self::Hrd => "HRD",
            Self::Codeletion1p19q => "1p/19q codeletion",
            Self::Trisomy12 => "trisomy 12",
        })
    }
}

fn letters_and_digits(text: &str) -> String {
    text.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect()
}
