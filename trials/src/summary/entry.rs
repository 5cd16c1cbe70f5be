//! One trial in words: what it is, why it is here, for whom, and where.

use super::text::{criterion, quoted, quoted_within, shortened};
use super::words::{capitalized, kilometres, phases_in_words, sex_in_words, status_in_words};
use crate::answer::{NearSite, Quote, Trial};
use crate::matching::{Specificity, Stance};
use crate::mutation::Mutation;
use crate::question::{Detail, Question};
use crate::study::{NctId, OverallStatus};
use std::fmt;

/// One trial in words. Its `Display` is the trial as prose, without a line break at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the whole list, from 1; none where it isn't part of it.
    pub number: Option<usize>,
    /// Its ClinicalTrials.gov number.
    pub nct_id: NctId,
    /// Brief title.
    pub title: String,
    /// Stance.
    pub stance: Stance,
    /// Status and phase: `recruiting, phase 1/2`.
    pub state: String,
    /// Why it is here, for whom and where, in the order in which it is read.
    pub lines: Vec<Line>,
}

/// One thing said of a trial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What kind of thing it is, for those who colour.
    pub kind: Kind,
    /// What it is about: `Inclusion`, `Sites`.
    pub label: &'static str,
    /// What is said.
    pub text: String,
}

/// What kind of thing a line says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Why the trial has its stance.
    Reason,
    /// The record's own words, which decide.
    Quote,
    /// What a careful reader looks at again.
    Doubt,
    /// Anything else.
    Fact,
}

/// Lengths, in characters, after which what is no quote is cut: a record can't push the others off the page.
pub(super) const TITLE_MAX: usize = 300;
pub(super) const FIELD_MAX: usize = 100;
const PROSE_MAX: usize = 1500;

impl Entry {
    /// A trial of the page.
    pub(super) fn listed(trial: &Trial, number: usize, question: &Question) -> Self {
        let detail = question.filters.detail;
        let mut lines = vec![Line {
            kind: Kind::Reason,
            label: stance_in_words(trial.stance),
            text: reason(trial, &question.mutation),
        }];
        lines.extend(trial.evidence.iter().map(cited));
        lines.extend(trial.doubts.iter().map(|doubt| Line {
            kind: Kind::Doubt,
            label: "Look again",
            text: shortened(doubt, PROSE_MAX),
        }));
        if detail != Detail::Brief {
            lines.extend(list("Conditions", &trial.conditions, detail));
            lines.extend(list("Given or done", &trial.interventions, detail));
            lines.extend(patients(trial));
        }
        if detail == Detail::Full {
            // Whether an arm still enrols, the registry doesn't say.
            lines.extend(list("Arms", &trial.arms, detail));
            let named = [
                ("Acronym", &trial.acronym),
                ("Official title", &trial.official_title),
                ("Summary", &trial.summary),
            ];
            lines.extend(
                named
                    .into_iter()
                    .filter_map(|(label, text)| Some(fact(label, quoted_within(text.as_deref()?, PROSE_MAX)))),
            );
        }
        lines.push(fact("Sites", sites(trial)));
        if detail != Detail::Brief {
            let sponsor = trial.sponsor.as_ref();
            lines.extend(sponsor.map(|sponsor| fact("Sponsor", shortened(sponsor, FIELD_MAX))));
            lines.extend(dates(trial));
        }
        Self {
            number: Some(number),
            ..Self::bare(trial, lines)
        }
    }

    /// A trial that shuts the patient out: no more than the words that do.
    pub(super) fn shut_out(trial: &Trial) -> Self {
        // The first piece of evidence is the one that decides, wherever it stands.
        Self::bare(trial, trial.evidence.first().map(cited).into_iter().collect())
    }

    fn bare(trial: &Trial, lines: Vec<Line>) -> Self {
        Self {
            number: None,
            nct_id: trial.nct_id,
            title: shortened(&trial.title, TITLE_MAX),
            stance: trial.stance,
            state: format!("{}, {}", status_of(trial), phases_in_words(&trial.phases)),
            lines,
        }
    }
}

/// Each line begins with words of ours.
impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(number) = self.number else {
            write!(f, "- {} · “{}”", self.nct_id, self.title)?;
            return self.lines.iter().try_for_each(|line| write!(f, "\n  {line}"));
        };
        write!(
            f,
            "{number}. {} · “{}”\n   - {}",
            self.nct_id,
            self.title,
            capitalized(&self.state)
        )?;
        self.lines.iter().try_for_each(|line| write!(f, "\n   - {line}"))?;
        write!(f, "\n   - {}", self.nct_id.url())
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.label, self.text)
    }
}

fn fact(label: &'static str, text: String) -> Line {
    Line {
        kind: Kind::Fact,
        label,
        text,
    }
}

fn status_of(trial: &Trial) -> String {
    let status = status_in_words(trial.status);
    match trial.last_known_status {
        Some(last) if trial.status == OverallStatus::Unknown => format!("{status}, last {}", status_in_words(last)),
        _ => status.to_owned(),
    }
}

fn stance_in_words(stance: Stance) -> &'static str {
    match stance {
        Stance::Targets => "Targets",
        Stance::Allows => "Allows",
        Stance::Silent => "Silent",
        Stance::Excludes => "Excludes",
    }
}

fn reason(trial: &Trial, mutation: &Mutation) -> String {
    let stance = match trial.stance {
        Stance::Targets => "it enrols, in some cohort, because of this",
        Stance::Allows => "a patient with it may enrol, perhaps on a condition",
        Stance::Silent => return "the record does not decide".to_owned(),
        Stance::Excludes => "a patient with it can't enrol",
    };
    let named = match trial.specificity {
        // A signature has no gene and no variants.
        Specificity::Alteration | Specificity::Class | Specificity::Gene
            if matches!(mutation, Mutation::Signature(_)) =>
        {
            "it is named itself"
        }
        Specificity::Alteration => "the alteration itself is named",
        Specificity::Class => "a class of the gene's alterations that contains it is named",
        Specificity::Gene => "the gene as a whole is named",
        Specificity::Pathway => "a class of many genes is named",
        Specificity::None => return stance.to_owned(),
    };
    format!("{stance}; {named}")
}

fn cited(quote: &Quote) -> Line {
    let (label, text) = match quote.section {
        "inclusion" => ("Inclusion", criterion(&quote.quote)),
        "exclusion" => ("Exclusion", criterion(&quote.quote)),
        "eligibility" => ("Eligibility", criterion(&quote.quote)),
        "title" => ("Title", quoted(&quote.quote)),
        "summary" => ("Summary", quoted(&quote.quote)),
        "arm" => ("Arm", quoted(&quote.quote)),
        "intervention" => ("Intervention", quoted(&quote.quote)),
        "condition" => ("Condition", quoted(&quote.quote)),
        "keyword" => ("Keyword", quoted(&quote.quote)),
        other => (other, quoted(&quote.quote)),
    };
    Line {
        kind: Kind::Quote,
        label,
        text,
    }
}

fn list(label: &'static str, items: &[String], detail: Detail) -> Option<Line> {
    let most = if detail == Detail::Full { 40 } else { 6 };
    let shown: Vec<String> = items.iter().take(most).map(|item| shortened(item, FIELD_MAX)).collect();
    let more = match items.len().saturating_sub(most) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    (!shown.is_empty()).then(|| fact(label, format!("{}{more}", shown.join("; "))))
}

fn patients(trial: &Trial) -> Option<Line> {
    let ages = match (trial.minimum_age, trial.maximum_age) {
        (None, None) => None,
        (Some(least), None) => Some(format!("from {least}")),
        (None, Some(most)) => Some(format!("up to {most}")),
        (Some(least), Some(most)) => Some(format!("{least} to {most}")),
    };
    let sex = sex_in_words(trial.sex).map(|sex| format!("{sex} only"));
    let words: Vec<String> = ages.into_iter().chain(sex).collect();
    (!words.is_empty()).then(|| fact("Patients", words.join(", ")))
}

fn dates(trial: &Trial) -> Option<Line> {
    let started = trial.start.map(|date| format!("start {date}"));
    let renewed = trial.updated.map(|date| format!("renewed {date}"));
    let dates: Vec<String> = started.into_iter().chain(renewed).collect();
    (!dates.is_empty()).then(|| fact("Record", dates.join(", ")))
}

fn sites(trial: &Trial) -> String {
    let (open, total) = (trial.sites_open, trial.sites_total);
    if total == 0 {
        return "none in the record; ask the sponsor".to_owned();
    }
    if open == 0 {
        return format!("none of {total} is open");
    }
    let open = if open == total {
        format!("{open} open")
    } else {
        format!("{open} of {total} open")
    };
    let order = if trial.nearest.iter().any(|site| site.km.is_some()) {
        "; nearest first: "
    } else {
        ": "
    };
    let shown: Vec<String> = trial.nearest.iter().map(site).collect();
    format!("{open}{order}{}", shown.join("; "))
}

fn site(site: &NearSite) -> String {
    let mut names: Vec<String> = [&site.facility, &site.city, &site.country]
        .into_iter()
        .flatten()
        .map(|name| shortened(name, FIELD_MAX))
        .collect();
    // Singapore, Singapore.
    names.dedup();
    let place = if names.is_empty() {
        "a place without a name".to_owned()
    } else {
        names.join(", ")
    };
    match site.km {
        Some(km) => format!("{place} ({})", kilometres(km)),
        None => place,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_says_what_is_known_of_it_and_nothing_twice() {
        let place = |city: &str, country: &str, km| {
            site(&NearSite {
                facility: None,
                city: Some(city.to_owned()),
                country: Some(country.to_owned()),
                km,
            })
        };
        assert_eq!(place("Munich", "Germany", Some(3.06)), "Munich, Germany (3 km)");
        assert_eq!(place("Munich", "Germany", Some(0.0)), "Munich, Germany (under 1 km)");
        assert_eq!(place("Singapore", "Singapore", None), "Singapore");
    }
}
