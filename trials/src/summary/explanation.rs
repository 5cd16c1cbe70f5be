//! How a mutation is read, in words that a clinician checks in ten seconds.

use super::text::{quoted_within, shortened};
use crate::explanation::Explanation;
use crate::gene::Gene;
use crate::mutation::{Alteration, ExonEvent, Mutation, Signature};
use std::fmt;

/// As prose; ends with a line break.
impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.mutation.to_string();
        if self.input.trim() == name {
            writeln!(f, "{name}: {}.", meaning(&self.mutation))?;
        } else {
            writeln!(
                f,
                "{} is read as {name}: {}.",
                quoted_within(&self.input, 200),
                meaning(&self.mutation)
            )?;
        }
        for gene in &self.genes {
            genes(f, *gene)?;
        }
        let classes = &self.classes;
        if classes.contain.is_empty() {
            writeln!(f, "Classes that contain it: none that trials are known to ask for.")?;
        } else {
            let contain = classes.contain.join("; ");
            writeln!(f, "A trial that asks for one of these takes it: {contain}.")?;
        }
        if !classes.may_contain.is_empty() {
            let may = classes.may_contain.join("; ");
            writeln!(f, "These may mean it, the record has to be read: {may}.")?;
        }
        if !self.spellings.is_empty() {
            writeln!(f, "Other spellings read as the same: {}.", self.spellings.join("; "))?;
        }
        let queries: Vec<&str> = self.queries.iter().map(|query| query.as_str()).collect();
        match queries.as_slice() {
            [one] => writeln!(f, "Asked of the registry (nothing was sent now): {one}"),
            several => {
                writeln!(f, "Asked of the registry, one by one (nothing was sent now):")?;
                several.iter().try_for_each(|query| writeln!(f, "  {query}"))
            }
        }
    }
}

fn genes(f: &mut fmt::Formatter<'_>, gene: Gene) -> fmt::Result {
    let others: Vec<&str> = gene.names().skip(1).collect();
    if others.is_empty() {
        writeln!(f, "Gene: {gene}; records are searched for no other name.")
    } else {
        writeln!(f, "Gene: {gene}; records also call it {}.", others.join(", "))
    }
}

/// What the alteration is, in plain words.
fn meaning(mutation: &Mutation) -> String {
    match mutation {
        Mutation::OfGene { gene, alteration } => of_gene(gene.symbol(), alteration),
        Mutation::Fusion {
            five_prime,
            three_prime,
            gene,
        } => format!("a fusion of {five_prime} (5′) with {three_prime} (3′), filed under {gene}"),
        Mutation::OfFamily { family, alteration } => {
            let members: Vec<String> = family.members().iter().map(ToString::to_string).collect();
            let what = match alteration {
                Alteration::Fusion => "a fusion",
                _ => "a mutation",
            };
            format!("{what} of any of {}", members.join(", "))
        }
        Mutation::Signature(signature) => match signature {
            Signature::MsiHigh => "a signature of the whole tumour, high microsatellite instability",
            Signature::MismatchRepairDeficient => "a signature of the whole tumour, deficient mismatch repair",
            Signature::TmbHigh => "a signature of the whole tumour, high tumour mutational burden",
            Signature::Hrd => "a signature of the whole tumour, homologous recombination deficiency",
            Signature::Codeletion1p19q => "the loss of the chromosome arms 1p and 19q together",
            Signature::Trisomy12 => "a third chromosome 12",
        }
        .to_owned(),
    }
}

fn of_gene(gene: &str, alteration: &Alteration) -> String {
    match alteration {
        Alteration::Substitution { from, position, to } if *to == '*' => {
            format!(
                "a stop; codon {position} of {gene}, {}, ends the protein",
                amino_acid(*from)
            )
        }
        Alteration::Substitution { from, position, to } => format!(
            "a substitution; at codon {position} of {gene}, {} becomes {}",
            amino_acid(*from),
            amino_acid(*to)
        ),
        Alteration::Frameshift { from, position } => {
            format!(
                "a frameshift; from codon {position} of {gene} on, {}, the protein is another",
                amino_acid(*from)
            )
        }
        Alteration::Codon { from, position } => {
            format!(
                "any change of codon {position} of {gene}, which is {} by nature",
                amino_acid(*from)
            )
        }
        Alteration::InFrame { start, end, event, .. } => {
            let what = match event {
                ExonEvent::Deletion => "an in-frame deletion",
                ExonEvent::Insertion => "an in-frame insertion or duplication",
                ExonEvent::Mutation | ExonEvent::Skipping => "an in-frame change",
            };
            if start == end {
                format!("{what} at codon {start} of {gene}")
            } else {
                format!("{what} at codons {start} to {end} of {gene}")
            }
        }
        Alteration::CodingDna(change) => format!(
            "a change of the coding DNA of {gene}, {}, for which no table here has the change of the protein",
            shortened(change, 100)
        ),
        Alteration::Exon { exon, event } => match event {
            ExonEvent::Deletion => format!("a deletion within exon {exon} of {gene}"),
            ExonEvent::Insertion => format!("an insertion or duplication within exon {exon} of {gene}"),
            ExonEvent::Mutation => format!("any mutation in exon {exon} of {gene}"),
            ExonEvent::Skipping => format!("exon {exon} of {gene} is skipped, whatever change brings it about"),
        },
        Alteration::Amplification => format!("more copies of {gene}; more protein alone is told apart from it"),
        Alteration::Loss => format!("the gene {gene} or its function is lost, by deletion or otherwise"),
        Alteration::Overexpression => format!("more of the protein of {gene}, which is not the same as more copies"),
        Alteration::Fusion => format!("a fusion or rearrangement of {gene} with any partner"),
        Alteration::InternalTandemDuplication => format!("an internal tandem duplication in {gene}"),
        Alteration::TyrosineKinaseDomain => format!("any change in the tyrosine-kinase domain of {gene}"),
        Alteration::Promoter => format!("a change in the promoter of {gene}"),
        Alteration::PromoterMethylation => format!("the promoter of {gene} is methylated, which silences the gene"),
        Alteration::Class(class) => format!("a class of alterations of {gene}: {class}"),
        Alteration::Truncating => format!("any change that cuts the protein of {gene} short"),
        Alteration::Splice => format!("a change that disrupts the splicing of {gene}"),
        Alteration::Any => format!("any mutation of {gene}; it isn't said which"),
    }
}

fn amino_acid(letter: char) -> String {
    let name = match letter {
        'A' => "alanine",
        'R' => "arginine",
        'N' => "asparagine",
        'D' => "aspartate",
        'C' => "cysteine",
        'Q' => "glutamine",
        'E' => "glutamate",
        'G' => "glycine",
        'H' => "histidine",
        'I' => "isoleucine",
        'L' => "leucine",
        'K' => "lysine",
        'M' => "methionine",
        'F' => "phenylalanine",
        'P' => "proline",
        'S' => "serine",
        'T' => "threonine",
        'W' => "tryptophan",
        'Y' => "tyrosine",
        'V' => "valine",
        'U' => "selenocysteine",
        other => return other.to_string(),
    };
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mutation_is_explained_from_its_reading_to_what_is_asked() {
        let mutation = Mutation::read("EGFR p.Leu858Arg").expect("a mutation");
        let text = Explanation::of("EGFR p.Leu858Arg", mutation).to_string();
        for line in [
            "“EGFR p.Leu858Arg” is read as EGFR L858R: a substitution; at codon 858 of EGFR, leucine becomes arginine.\n",
            "Gene: EGFR; records also call it HER1",
            "A trial that asks for one of these takes it: EGFR common mutation;",
            "Other spellings read as the same: EGFR p.Leu858Arg;",
            "Asked of the registry (nothing was sent now): (",
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
    }

    #[test]
    fn what_was_typed_cannot_leave_its_place() {
        let mutation = Mutation::read("MSI-H").expect("a mutation");
        let text = Explanation::of("MSI-H” \n# heading `x`\u{202e}", mutation).to_string();
        assert!(text.starts_with("“MSI-H\" # heading 'x'” is read as MSI-H: "), "{text}");
    }
}
