//! One trial in prose: what it is, why it is here, for whom, and where.

use super::text::{quoted, quoted_within, shortened};
use super::words::{capitalized, phases_in_words, sex_in_words, status_in_words};
use crate::answer::{NearSite, Quote, Trial};
use crate::matching::{Specificity, Stance};
use crate::question::Detail;
use crate::study::OverallStatus;
use std::fmt::Write as _;

/// One trial. Each line begins with words of ours; the first says what it is, the second why it is here.
pub(super) fn entry(trial: &Trial, number: usize, detail: Detail) -> String {
    let mut lines = vec![format!(
        "{number}. {} · {}",
        trial.nct_id,
        quoted_within(&trial.title, TITLE_MAX)
    )];
    let mut heading = format!("{}, {}", capitalized(&status_of(trial)), phases_in_words(&trial.phases));
    if detail != Detail::Brief
        && let Some(sponsor) = &trial.sponsor
    {
        let _ = write!(heading, ". Sponsor: {}", shortened(sponsor, FIELD_MAX));
    }
    lines.push(heading);
    lines.push(format!("{}.", reason(trial)));
    lines.extend(trial.evidence.iter().map(cited));
    lines.extend(
        trial
            .doubts
            .iter()
            .map(|doubt| format!("Look again: {}", shortened(doubt, PROSE_MAX))),
    );
    if detail != Detail::Brief {
        lines.extend(list("Conditions", &trial.conditions, detail));
        lines.extend(list("Given or done", &trial.interventions, detail));
        lines.extend(patients(trial));
    }
    if detail == Detail::Full {
        lines.extend(list(
            "Arms (whether one still enrols, the registry doesn't say)",
            &trial.arms,
            detail,
        ));
        let named = [
            ("Acronym", &trial.acronym),
            ("Official title", &trial.official_title),
            ("Summary", &trial.summary),
        ];
        lines.extend(named.into_iter().filter_map(|(name, text)| {
            text.as_ref()
                .map(|text| format!("{name}: {}", quoted_within(text, PROSE_MAX)))
        }));
        let start = trial.start.map(|date| format!("start {date}"));
        let updated = trial.updated.map(|date| format!("record renewed {date}"));
        let dates: Vec<String> = start.into_iter().chain(updated).collect();
        lines.extend((!dates.is_empty()).then(|| format!("Dates: {}", dates.join(", "))));
    }
    lines.push(sites(trial));
    lines.push(trial.nct_id.url());
    lines.join("\n   ")
}

/// Lengths, in characters, after which what is no quote is cut: a record can't push the others off the page.
pub(super) const TITLE_MAX: usize = 300;
pub(super) const FIELD_MAX: usize = 100;
const PROSE_MAX: usize = 1500;

fn status_of(trial: &Trial) -> String {
    let status = status_in_words(trial.status);
    match trial.last_known_status {
        Some(last) if trial.status == OverallStatus::Unknown => format!("{status}, last {}", status_in_words(last)),
        _ => status.to_owned(),
    }
}

fn reason(trial: &Trial) -> String {
    let stance = match trial.stance {
        Stance::Targets => "Targets: it enrols, in some cohort, because of this",
        Stance::Allows => "Allows: a patient with it may enrol, perhaps on a condition",
        Stance::Silent => return "Silent: the record does not decide".to_owned(),
        Stance::Excludes => "Excludes: a patient with it can't enrol",
    };
    let named = match trial.specificity {
        Specificity::Alteration => "the alteration itself is named",
        Specificity::Class => "a class of the gene's alterations that contains it is named",
        Specificity::Gene => "the gene as a whole is named",
        Specificity::Pathway => "a class of many genes is named",
        Specificity::None => return stance.to_owned(),
    };
    format!("{stance}; {named}")
}

pub(super) fn cited(quote: &Quote) -> String {
    let section = match quote.section {
        "inclusion" => "Inclusion criteria",
        "exclusion" => "Exclusion criteria",
        "eligibility" => "Eligibility criteria",
        "title" => "Title",
        "summary" => "Summary",
        "arm" => "Arm",
        "intervention" => "Intervention",
        "condition" => "Condition",
        "keyword" => "Keyword",
        other => other,
    };
    format!("{section}: {}", quoted(&quote.quote))
}

fn list(name: &str, items: &[String], detail: Detail) -> Option<String> {
    let most = if detail == Detail::Full { 40 } else { 6 };
    let shown: Vec<String> = items.iter().take(most).map(|item| shortened(item, FIELD_MAX)).collect();
    let more = match items.len().saturating_sub(most) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    (!shown.is_empty()).then(|| format!("{name}: {}{more}", shown.join("; ")))
}

fn patients(trial: &Trial) -> Option<String> {
    let ages = match (trial.minimum_age, trial.maximum_age) {
        (None, None) => None,
        (Some(least), None) => Some(format!("from {least}")),
        (None, Some(most)) => Some(format!("up to {most}")),
        (Some(least), Some(most)) => Some(format!("{least} to {most}")),
    };
    let sex = sex_in_words(trial.sex).map(|sex| format!("{sex} only"));
    let words: Vec<String> = ages.into_iter().chain(sex).collect();
    (!words.is_empty()).then(|| format!("Patients: {}", words.join(", ")))
}

fn sites(trial: &Trial) -> String {
    let (open, total) = (trial.sites_open, trial.sites_total);
    if total == 0 {
        return "Sites: none in the record; ask the sponsor".to_owned();
    }
    if open == 0 {
        return format!("Sites: none of {total} is open");
    }
    let shown: Vec<String> = trial.nearest.iter().map(site).collect();
    let name = if trial.nearest.iter().any(|site| site.km.is_some()) {
        "Nearest open sites"
    } else {
        "Open sites"
    };
    format!("{name} ({open} of {total} open): {}", shown.join("; "))
}

fn site(site: &NearSite) -> String {
    let names = [&site.facility, &site.city, &site.country].into_iter().flatten();
    let names: Vec<String> = names.map(|name| shortened(name, FIELD_MAX)).collect();
    let place = if names.is_empty() {
        "a place without a name".to_owned()
    } else {
        names.join(", ")
    };
    match site.km {
        Some(km) => format!("{place} ({km} km)"),
        None => place,
    }
}
