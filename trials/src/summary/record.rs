//! A whole record in words for people: part by part, each text of the record between quotation marks and on a line that
//! begins with words or a number of ours.

use super::text::{quoted, shortened};
use super::words::{phases_in_words, sex_in_words, status_in_words};
use super::{CAUTION, Provenance, source, stale};
use crate::eligibility::{self, Section};
use crate::record::{Contact, FullRecord, Milestone, Part, Rank, Site, numbered};
use crate::study::{NctId, OverallStatus};
use std::fmt;

/// Sites told one by one; what is beyond stands in the structured content.
const SITES_MAX: usize = 40;
/// Secondary and other outcomes told one by one.
const OUTCOMES_MAX: usize = 25;
/// The longest piece of a record that stands without quotation marks, in characters: names, places, addresses.
const NAME_MAX: usize = 200;

/// The words for the parts of a record that were asked for.
#[derive(Clone, Copy, Debug)]
pub struct RecordSummary<'r> {
    /// The record.
    pub record: &'r FullRecord,
    /// The number it was asked for by.
    pub asked: NctId,
    /// What is told, in a record's order.
    pub parts: &'r [Part],
    /// Where it comes from and how old it is.
    pub provenance: Provenance<'r>,
}

impl fmt::Display for RecordSummary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let record = self.record;
        writeln!(f, "{}: {}", record.nct_id, quoted(&record.title.brief))?;
        if self.asked != record.nct_id {
            writeln!(
                f,
                "Asked for as {}: the registry gives the record under {}.",
                self.asked, record.nct_id
            )?;
        }
        writeln!(f, "{}", record.nct_id.url())?;
        for part in self.parts {
            writeln!(f)?;
            match part {
                Part::Title => titles(f, record)?,
                Part::Status => status(f, record)?,
                Part::Summary => summary(f, record)?,
                Part::Conditions => conditions(f, record)?,
                Part::Design => design(f, record)?,
                Part::Eligibility => eligibility(f, record)?,
                Part::Arms => arms(f, record)?,
                Part::Interventions => interventions(f, record)?,
                Part::Outcomes => outcomes(f, record)?,
                Part::Sites => sites(f, record)?,
                Part::Sponsor => sponsor(f, record)?,
            }
        }
        write!(f, "\n{}", source(&self.provenance))?;
        if self.provenance.stale {
            write!(f, " {}", stale(&self.provenance))?;
        }
        writeln!(f, "\n{CAUTION}")
    }
}

fn titles(f: &mut fmt::Formatter<'_>, record: &FullRecord) -> fmt::Result {
    let title = &record.title;
    match &title.official {
        Some(official) => writeln!(f, "Official title: {}", quoted(official))?,
        None => writeln!(f, "Official title: none in the record")?,
    }
    if let Some(acronym) = &title.acronym {
        writeln!(f, "Acronym: {}", name(acronym))?;
    }
    listed(f, "Also registered as", &title.former_numbers)?;
    listed(f, "Other numbers", &title.other_numbers)
}

fn status(f: &mut fmt::Formatter<'_>, record: &FullRecord) -> fmt::Result {
    let status = &record.status;
    let now = match (status.overall, status.last_known) {
        (None, _) => "not said".to_owned(),
        (Some(OverallStatus::Unknown), Some(last)) => {
            format!(
                "unknown, the record is no longer kept up; last it was {}",
                status_in_words(last)
            )
        }
        (Some(OverallStatus::Unknown), None) => "unknown, the record is no longer kept up".to_owned(),
        (Some(status), _) => status_in_words(status).to_owned(),
    };
    let is_open = status.overall.is_some_and(OverallStatus::is_open);
    let of_all = if is_open && record.arms.len() > 1 {
        " (the trial as a whole; which of its arms still enrol isn't in the record)"
    } else {
        ""
    };
    writeln!(f, "Status: {now}{of_all}")?;
    if let Some(why) = &status.why_stopped {
        writeln!(f, "Why it stopped: {}", quoted(why))?;
    }
    let milestone = |name: &str, milestone: Option<Milestone>| {
        let Milestone { date, is_actual } = milestone?;
        Some(match is_actual {
            Some(true) => format!("{name} {date}"),
            Some(false) => format!("{name} {date} (planned)"),
            None => format!("{name} {date} (planned or past, not said)"),
        })
    };
    let dates = [
        milestone("start", status.start),
        milestone("primary outcome known", status.primary_completion),
        milestone("end", status.completion),
        status.first_posted.map(|date| format!("record first posted {date}")),
        status.updated.map(|date| format!("renewed {date}")),
        status.verified.map(|date| format!("confirmed by the sponsor {date}")),
    ];
    let dates: Vec<String> = dates.into_iter().flatten().collect();
    writeln!(f, "Dates: {}", or_none(&dates.join("; ")))
}

fn summary(f: &mut fmt::Formatter<'_>, record: &FullRecord) -> fmt::Result {
    prose(f, "Summary", record.brief_summary.as_deref())?;
    if record.detailed_description.is_some() {
        prose(f, "Description", record.detailed_description.as_deref())?;
    }
    Ok(())
}

fn conditions(f: &mut fmt::Formatter<'_>, record: &FullRecord) -> fmt::Result {
    writeln!(f, "Conditions: {}", or_none(&names(&record.conditions)))?;
    listed(f, "Keywords", &record.keywords)
}

fn design(f: &mut fmt::Formatter<'_>, record: &FullRecord) -> fmt::Result {
    let design = &record.design;
    let mut facts = Vec::new();
    facts.extend(design.study_type.as_deref().map(lowered));
    facts.push(phases_in_words(&design.phases));
    // They say that there is nothing to choose between, or nothing at all.
    let value = |label: &str, value: &Option<Box<str>>| {
        let value = value.as_deref().filter(|value| !matches!(*value, "NA" | "OTHER"))?;
        Some(format!("{label} {}", lowered(value)))
    };
    facts.extend(value("allocation", &design.allocation));
    facts.extend(value("model", &design.model));
    facts.extend(value("time", &design.time_perspective));
    facts.extend(value("purpose", &design.purpose));
    facts.extend(value("masking", &design.masking));
    facts.extend(design.enrollment.map(|count| match design.is_enrollment_actual {
        Some(true) => format!("{count} took part"),
        Some(false) => format!("{count} participants planned"),
        None => format!("{count} participants"),
    }));
    writeln!(f, "Design: {}", facts.join("; "))
}

fn eligibility(f: &mut fmt::Formatter<'_>, record: &FullRecord) -> fmt::Result {
    let eligibility = &record.eligibility;
    let age = |text: &Option<Box<str>>| text.as_deref().map(|age| lowered(age).replace("n/a", "no limit"));
    let ages = match (age(&eligibility.minimum_age), age(&eligibility.maximum_age)) {
        (None, None) => "any age".to_owned(),
        (Some(least), None) => format!("from {least}"),
        (None, Some(most)) => format!("up to {most}"),
        (Some(least), Some(most)) => format!("{least} to {most}"),
    };
    let sex = match eligibility.sex {
        None => "sex not said".to_owned(),
        Some(sex) => sex_in_words(sex).map_or_else(|| "any sex".to_owned(), |sex| format!("{sex} only")),
    };
    let healthy = match eligibility.healthy_volunteers {
        Some(true) => "; healthy volunteers too",
        Some(false) => "; no healthy volunteers",
        None => "",
    };
    writeln!(f, "Who can take part: {ages}; {sex}{healthy}")?;
    if let Some(population) = &eligibility.population {
        prose(f, "Who is observed", Some(population))?;
    }
    let criteria = numbered(&eligibility.criteria);
    if criteria.is_empty() {
        return writeln!(f, "Criteria: none in the record; ask the sponsor");
    }
    let mut section = None;
    for criterion in criteria {
        if section != Some(criterion.section) {
            section = Some(criterion.section);
            writeln!(
                f,
                "{}",
                match criterion.section {
                    Section::Inclusion => "Inclusion:",
                    Section::Exclusion => "Exclusion:",
                    Section::Neither => "Criteria under no heading that says which:",
                }
            )?;
        }
        let indent = "  ".repeat(criterion.depth + 1);
        match criterion.number {
            // What ours above says already.
            None if is_bare_heading(criterion.text) => {}
            None => writeln!(f, "{indent}Under {}", quoted(criterion.text))?,
            Some(number) => writeln!(f, "{indent}{number}  {}", super::text::criterion(criterion.text))?,
        }
    }
    Ok(())
}

/// Whether a heading says no more than which section it opens.
fn is_bare_heading(text: &str) -> bool {
    let words: String = text
        .chars()
        .filter(|letter| letter.is_alphabetic() || *letter == ' ')
        .collect();
    matches!(
        words.trim().to_ascii_lowercase().as_str(),
        "inclusion criteria"
            | "exclusion criteria"
            | "inclusion"
            | "exclusion"
            | "key inclusion criteria"
            | "key exclusion criteria"
            | "main inclusion criteria"
            | "main exclusion criteria"
            | "eligibility criteria"
    )
}

fn arms(f: &mut fmt::Formatter<'_>, record: &FullRecord) -> fmt::Result {
    writeln!(f, "Arms: {}", count(record.arms.len()))?;
    for (arm, number) in record.arms.iter().zip(1..) {
        let kind = arm
            .kind
            .as_deref()
            .map_or_else(String::new, |kind| format!("{}: ", lowered(kind)));
        write!(f, "  {number}  {kind}{}", quoted(&arm.label))?;
        if !arm.interventions.is_empty() {
            write!(f, "; gets {}", names(&arm.interventions))?;
        }
        writeln!(f)?;
        indented(f, arm.description.as_deref())?;
    }
    Ok(())
}

fn interventions(f: &mut fmt::Formatter<'_>, record: &FullRecord) -> fmt::Result {
    writeln!(f, "Interventions: {}", count(record.interventions.len()))?;
    for (intervention, number) in record.interventions.iter().zip(1..) {
        let kind = intervention
            .kind
            .as_deref()
            .map_or_else(String::new, |kind| format!("{}: ", lowered(kind)));
        write!(f, "  {number}  {kind}{}", quoted(&intervention.name))?;
        if !intervention.other_names.is_empty() {
            write!(f, "; also {}", names(&intervention.other_names))?;
        }
        if !intervention.arms.is_empty() && intervention.arms.len() < record.arms.len() {
            write!(f, "; in {}", names(&intervention.arms))?;
        }
        writeln!(f)?;
        indented(f, intervention.description.as_deref())?;
    }
    Ok(())
}

fn outcomes(f: &mut fmt::Formatter<'_>, record: &FullRecord) -> fmt::Result {
    if record.outcomes.is_empty() {
        return writeln!(f, "Outcomes: none in the record");
    }
    for (rank, label) in [
        (Rank::Primary, "Primary outcomes"),
        (Rank::Secondary, "Secondary outcomes"),
        (Rank::Other, "Other outcomes"),
    ] {
        let outcomes: Vec<_> = record.outcomes.iter().filter(|outcome| outcome.rank == rank).collect();
        if outcomes.is_empty() {
            continue;
        }
        writeln!(f, "{label}: {}", outcomes.len())?;
        let most = if rank == Rank::Primary {
            usize::MAX
        } else {
            OUTCOMES_MAX
        };
        for (outcome, number) in outcomes.iter().zip(1..).take(most) {
            write!(f, "  {number}  {}", quoted(&outcome.measure))?;
            if let Some(when) = &outcome.time_frame {
                write!(f, "; when: {}", quoted(when))?;
            }
            writeln!(f)?;
            if rank == Rank::Primary {
                indented(f, outcome.description.as_deref())?;
            }
        }
        more(f, outcomes.len().saturating_sub(most))?;
    }
    Ok(())
}

fn sites(f: &mut fmt::Formatter<'_>, record: &FullRecord) -> fmt::Result {
    for person in &record.contacts {
        writeln!(f, "Contact for the trial: {}", contact(person))?;
    }
    let sites = record.sites_open_first();
    let open = sites.iter().filter(|(_, is_open)| *is_open).count();
    match sites.len() {
        0 => return writeln!(f, "Sites: none in the record; ask the sponsor"),
        total if open == total => writeln!(f, "Sites: {total}, all open or about to be")?,
        total if open == 0 => writeln!(f, "Sites: {total}, none of them open")?,
        total => writeln!(f, "Sites: {total}, of which {open} open or about to be; those first")?,
    }
    for (site, is_open) in sites.iter().take(SITES_MAX) {
        write!(f, "  {}: {}", site_status(record, site, *is_open), place(site))?;
        for person in &site.contacts {
            write!(f, "; contact {}", contact(person))?;
        }
        writeln!(f)?;
    }
    more(f, sites.len().saturating_sub(SITES_MAX))
}

fn sponsor(f: &mut fmt::Formatter<'_>, record: &FullRecord) -> fmt::Result {
    let sponsor = &record.sponsor;
    let kind = sponsor.kind.as_deref().map_or_else(String::new, |kind| match kind {
        "OTHER" | "UNKNOWN" => String::new(),
        "NIH" | "FED" => format!(" ({kind})"),
        kind => format!(" ({})", lowered(kind)),
    });
    let lead = sponsor.lead.as_deref().map(name);
    writeln!(f, "Sponsor: {}{kind}", lead.as_deref().unwrap_or("none in the record"))?;
    listed(f, "With", &sponsor.collaborators)?;
    listed(f, "Officials", &sponsor.officials)
}

/// What the record says of a site, or what follows for it from the trial.
fn site_status(record: &FullRecord, site: &Site, is_open: bool) -> String {
    match (site.status, record.status.overall) {
        // An abandoned record still says of its sites what they were.
        (Some(status), _) if status.is_open() && !is_open => {
            format!("{} by the record, but the trial is not open", status_in_words(status))
        }
        (Some(status), _) => status_in_words(status).to_owned(),
        (None, Some(status)) => format!("{}, as the trial", status_in_words(status)),
        (None, None) => "status not said".to_owned(),
    }
}

fn place(site: &Site) -> String {
    let mut parts: Vec<String> = [&site.facility, &site.city, &site.state, &site.country]
        .into_iter()
        .flatten()
        .map(|part| name(part))
        .collect();
    parts.dedup();
    if parts.is_empty() {
        "a place without a name".to_owned()
    } else {
        parts.join(", ")
    }
}

fn contact(contact: &Contact) -> String {
    let parts: Vec<String> = [&contact.name, &contact.phone, &contact.email]
        .into_iter()
        .flatten()
        .map(|part| name(part))
        .collect();
    let role = contact
        .role
        .as_deref()
        .filter(|role| *role != "CONTACT")
        .map_or_else(String::new, |role| format!(" ({})", lowered(role)));
    format!("{}{role}", or_none(&parts.join(", ")))
}

/// A text of several paragraphs, each quoted on a line of its own where there are several.
fn prose(f: &mut fmt::Formatter<'_>, label: &str, text: Option<&str>) -> fmt::Result {
    let text = text.unwrap_or_default();
    let pieces = eligibility::Eligibility::read(text);
    match pieces.criteria() {
        [] => writeln!(f, "{label}: none in the record"),
        [one] => writeln!(f, "{label}: {}", quoted(one.span.of(text))),
        several => {
            writeln!(f, "{label}:")?;
            several
                .iter()
                .try_for_each(|piece| writeln!(f, "  - {}", super::text::criterion(piece.span.of(text))))
        }
    }
}

/// The same under an item of a list.
fn indented(f: &mut fmt::Formatter<'_>, text: Option<&str>) -> fmt::Result {
    let text = text.unwrap_or_default();
    eligibility::Eligibility::read(text)
        .criteria()
        .iter()
        .try_for_each(|piece| writeln!(f, "     - {}", super::text::criterion(piece.span.of(text))))
}

fn listed(f: &mut fmt::Formatter<'_>, label: &str, items: &[Box<str>]) -> fmt::Result {
    if items.is_empty() {
        return Ok(());
    }
    writeln!(f, "{label}: {}", names(items))
}

fn names(items: &[Box<str>]) -> String {
    items.iter().map(|item| name(item)).collect::<Vec<_>>().join("; ")
}

fn name(text: &str) -> String {
    shortened(text, NAME_MAX)
}

/// A value of the registry's as people write it: `NON_RANDOMIZED` is non randomized.
fn lowered(value: &str) -> String {
    shortened(value, NAME_MAX).replace('_', " ").to_lowercase()
}

fn count(items: usize) -> String {
    if items == 0 {
        "none in the record".to_owned()
    } else {
        items.to_string()
    }
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "none in the record" } else { text }
}

fn more(f: &mut fmt::Formatter<'_>, left: usize) -> fmt::Result {
    if left == 0 {
        return Ok(());
    }
    writeln!(f, "  and {left} more, in the structured content")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::samples;
    use proptest::prelude::*;
    use std::time::Duration;

    fn told(record: &FullRecord, parts: &[Part]) -> String {
        let provenance = Provenance {
            source: "registry",
            age: Duration::ZERO,
            stale: false,
            reason: None,
            registry_version: None,
        };
        RecordSummary {
            record,
            asked: record.nct_id,
            parts,
            provenance,
        }
        .to_string()
    }

    #[test]
    fn criteria_are_told_numbered_nested_and_without_escapes() {
        let text = told(&samples::record(), &[Part::Eligibility]);
        let expected = "Who can take part: from 18 years; any sex\nInclusion:\n  1  “EGFR L858R”\n  2  “One of:”\n    \
                        2.1  “stage >= III”\n    2.2  “metastatic”\nExclusion:\n  1  “Prior fictinib”\n";
        assert!(text.contains(expected), "{text}");
    }

    #[test]
    fn only_what_was_asked_for_is_told_and_the_number_always() {
        let record = samples::record();
        let text = told(&record, &[Part::Status]);
        assert!(
            text.starts_with("NCT99000001: “Fictinib in Lung Cancer”\nhttps://"),
            "{text}"
        );
        assert!(text.contains("\nStatus: recruiting"), "{text}");
        assert!(!text.contains("Sites:") && !text.contains("Arms:"), "{text}");
        let all = told(&record, &Part::ALL);
        for part in [
            "Official title:",
            "Status:",
            "Summary:",
            "Conditions:",
            "Design:",
            "Inclusion:",
            "Arms: 1",
            "Interventions: 1",
            "Primary outcomes: 1",
            "Sites: 3, of which 2",
            "Sponsor: Nobody",
        ] {
            assert!(all.contains(part), "{part} in {all}");
        }
    }

    #[test]
    fn a_former_number_is_said() {
        let record = samples::record();
        let summary = RecordSummary {
            asked: crate::answer::samples::nct_id(7),
            ..RecordSummary {
                record: &record,
                asked: record.nct_id,
                parts: &[],
                provenance: Provenance {
                    source: "memory",
                    age: Duration::from_secs(300),
                    stale: true,
                    reason: None,
                    registry_version: None,
                },
            }
        };
        let text = summary.to_string();
        assert!(text.contains("Asked for as NCT00000007: the registry gives"), "{text}");
        assert!(text.contains("It may be out of date"), "{text}");
    }

    proptest! {
        #[test]
        fn nothing_of_a_record_begins_a_line_or_leaves_its_quotation_marks(evil in "[\"“”\n#`<>\\[\\]()a-z\u{202e}\u{1b}*: -]{1,60}") {
            let mut record = samples::record();
            let said = || Some(Box::from(&*evil));
            record.title.brief = evil.as_str().into();
            record.title.official = said();
            record.status.why_stopped = said();
            record.brief_summary = said();
            record.detailed_description = said();
            record.conditions = vec![evil.as_str().into()];
            record.design.allocation = said();
            record.eligibility.criteria = evil.as_str().into();
            record.eligibility.minimum_age = said();
            record.arms[0].label = evil.as_str().into();
            record.arms[0].description = said();
            record.interventions[0].description = said();
            record.outcomes[0].measure = evil.as_str().into();
            record.sites[0].facility = said();
            record.contacts[0].name = said();
            record.sponsor.lead = said();
            let clean = told(&samples::record(), &Part::ALL);
            for line in told(&record, &Part::ALL).lines() {
                let begin = line.trim_start();
                let ours = begin.is_empty()
                    || begin.starts_with(|c: char| c.is_ascii_digit())
                    || ["- “", "Under “", "NCT", "https://clinicaltrials.gov/", "Inclusion:", "Exclusion:", "Criteria"]
                        .iter().any(|start| begin.starts_with(start))
                    || clean.lines().any(|known| {
                        let label = known.split(':').next().unwrap_or_default();
                        begin.starts_with(label.trim_start())
                    })
                    || begin.split("  ").next().is_some_and(|number| number.chars().all(|c| c.is_ascii_alphanumeric() || c == '.'))
                    || begin.starts_with("Description:") || begin.starts_with("Why it stopped");
                prop_assert!(ours, "{line}");
                prop_assert!(!line.contains(super::super::text::moves_or_hides) && !line.contains('`'));
                prop_assert_eq!(line.matches('“').count(), line.matches('”').count());
            }
        }
    }
}
