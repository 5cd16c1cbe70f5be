//! Answers as a terminal shows them: aligned, wrapped to its width, colour only where it is one.

use crate::ask::{Answered, Batch};
use anstyle::{AnsiColor, Style};
use std::fmt::Write as _;
use std::io::{self, Write as _};
use trials::answer::{Funnel, NearSite, Quote, Trial};
use trials::matching::Stance;
use trials::question::Detail;
use trials::summary::{for_people, phases_in_words, status_in_words};

/// Columns where stdout is no terminal, or doesn't say.
const WIDTH_DEFAULT: usize = 100;
/// Longer lines are hard to read.
const WIDTH_MAX: usize = 120;
/// Narrower, nothing can be aligned.
const WIDTH_MIN: usize = 40;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// Prints every answer.
pub(super) fn people(batch: &Batch) -> io::Result<()> {
    let width = terminal_size::terminal_size().map_or(WIDTH_DEFAULT, |(width, _)| usize::from(width.0));
    let mut text = String::new();
    for (index, answered) in batch.results.iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        Page::new(&mut text, width).answer(answered);
    }
    // Colour goes where stdout is no terminal, and where NO_COLOR asks for none.
    let mut out = anstream::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// What is written so far, and how wide it may be.
struct Page<'t> {
    text: &'t mut String,
    width: usize,
}

impl<'t> Page<'t> {
    fn new(text: &'t mut String, width: usize) -> Self {
        Self {
            text,
            width: width.clamp(WIDTH_MIN, WIDTH_MAX),
        }
    }

    fn answer(&mut self, answered: &Answered) {
        let Answered {
            question,
            answer,
            provenance,
        } = answered;
        let name = question.mutation.to_string();
        let asked = match question.input.trim() {
            input if input == name => String::new(),
            input => format!("  (asked as {})", for_people(input)),
        };
        self.styled(BOLD, "", &format!("{name}{asked}"));
        let stances: Vec<&str> = question.filters.stances.iter().map(|stance| stance.as_str()).collect();
        let stances = stances.join(" or ");
        let first = question.filters.offset + 1;
        let found = match (answer.total, answer.trials.len()) {
            (0, _) => format!(
                "no trial found with stance {stances}; {} records were read, see below",
                answer.funnel.candidates
            ),
            (total, 0) => format!("{total} trials with stance {stances}; none from {first} on"),
            (total, shown) => format!(
                "{total} trials with stance {stances}; {first} to {} shown",
                question.filters.offset + shown
            ),
        };
        self.styled(Style::new(), "", &found);
        for (index, trial) in answer.trials.iter().enumerate() {
            self.text.push('\n');
            self.trial(first + index, trial, question.filters.detail);
        }
        if !answer.excluded.is_empty() {
            self.text.push('\n');
            self.styled(BOLD, "", "Shut out by this mutation, though one might expect them:");
            for trial in &answer.excluded {
                self.heading("   ", trial);
                self.styled(Style::new(), INDENT, &for_people(&trial.title));
                self.quotes(&trial.evidence);
            }
        }
        self.text.push('\n');
        self.funnel(&answer.funnel);
        let mut origin = format!(
            "Source: {}, {} s old",
            provenance.source.as_str(),
            provenance.age.as_secs()
        );
        if let Some(version) = &provenance.registry_version {
            let _ = write!(origin, ", registry version {}", for_people(version));
        }
        self.styled(DIM, "", &origin);
        if provenance.stale {
            let reason = provenance
                .reason
                .as_deref()
                .unwrap_or("the registry could not be asked");
            self.styled(
                warning(),
                "",
                &format!("This may be out of date: {}", for_people(reason)),
            );
        }
        if let Some(next) = answer.next_offset {
            self.styled(DIM, "", &format!("More: --offset {next}"));
        }
        self.styled(DIM, "", "A reading aid: a clinician decides, with the full record.");
    }

    fn trial(&mut self, number: usize, trial: &Trial, detail: Detail) {
        self.heading(&format!("{number:>3}"), trial);
        self.styled(BOLD, INDENT, &for_people(&trial.title));
        self.quotes(&trial.evidence);
        for doubt in &trial.doubts {
            self.styled(warning(), INDENT, &format!("doubt: {}", for_people(doubt)));
        }
        if detail != Detail::Brief {
            self.list("conditions", &trial.conditions);
            self.list("interventions", &trial.interventions);
            if let Some(sponsor) = &trial.sponsor {
                self.styled(Style::new(), INDENT, &format!("sponsor: {}", for_people(sponsor)));
            }
            if detail == Detail::Full {
                self.list("arms", &trial.arms);
                if let Some(summary) = &trial.summary {
                    self.styled(Style::new(), INDENT, &format!("summary: {}", for_people(summary)));
                }
            }
            self.sites(trial);
        }
        self.styled(DIM, INDENT, &trial.nct_id.url());
    }

    /// `  1 TARGETS   NCT01234567  phase 3, recruiting`
    fn heading(&mut self, number: &str, trial: &Trial) {
        let stance = stance(trial.stance);
        let word = trial.stance.as_str().to_uppercase();
        let _ = writeln!(
            self.text,
            "{number} {stance}{word:<8}{stance:#}  {}  {}, {}",
            trial.nct_id,
            phases_in_words(&trial.phases),
            status_in_words(trial.status),
        );
    }

    fn quotes(&mut self, quotes: &[Quote]) {
        for Quote { section, quote } in quotes {
            self.styled(
                Style::new().italic(),
                INDENT,
                &format!("{section}: “{}”", for_people(quote)),
            );
        }
    }

    fn list(&mut self, what: &str, items: &[String]) {
        if !items.is_empty() {
            let items: Vec<_> = items.iter().map(|item| for_people(item)).collect();
            self.styled(Style::new(), INDENT, &format!("{what}: {}", items.join("; ")));
        }
    }

    fn sites(&mut self, trial: &Trial) {
        if trial.sites_total == 0 {
            self.styled(Style::new(), INDENT, "sites: none in the record");
            return;
        }
        self.styled(
            Style::new(),
            INDENT,
            &format!("sites: {}, {} of them open", trial.sites_total, trial.sites_open),
        );
        for site in &trial.nearest {
            self.styled(Style::new(), "        ", &place(site));
        }
    }

    fn funnel(&mut self, funnel: &Funnel) {
        let mut line = format!(
            "Read: {} records; {} target it, {} allow it, {} exclude it, {} do not decide",
            funnel.candidates, funnel.targets, funnel.allows, funnel.excludes, funnel.silent
        );
        for (filter, number) in funnel.filtered.iter().filter(|(_, number)| **number > 0) {
            let _ = write!(line, "; {number} left out by {filter}");
        }
        if funnel.unreadable > 0 {
            let _ = write!(line, "; {} could not be decoded", funnel.unreadable);
        }
        self.styled(DIM, "", &line);
        if funnel.capped {
            self.styled(
                warning(),
                "",
                "The registry has more records than were read (CANDIDATES_MAX): some trials may be missing.",
            );
        }
    }

    /// A paragraph, wrapped; the style begins and ends on each line, so that a pager can cut anywhere.
    fn styled(&mut self, style: Style, indent: &str, paragraph: &str) {
        let options = textwrap::Options::new(self.width)
            .initial_indent(indent)
            .subsequent_indent(indent)
            .break_words(false);
        for line in textwrap::wrap(paragraph, options) {
            let _ = writeln!(self.text, "{style}{line}{style:#}");
        }
    }
}

/// Under the stance of a heading.
const INDENT: &str = "    ";

fn stance(stance: Stance) -> Style {
    let color = match stance {
        Stance::Targets => AnsiColor::Green,
        Stance::Allows => AnsiColor::Cyan,
        Stance::Silent => AnsiColor::White,
        Stance::Excludes => AnsiColor::Red,
    };
    Style::new().bold().fg_color(Some(color.into()))
}

fn warning() -> Style {
    Style::new().fg_color(Some(AnsiColor::Yellow.into()))
}

fn place(site: &NearSite) -> String {
    let parts = [&site.facility, &site.city, &site.country];
    let mut place = parts
        .into_iter()
        .flatten()
        .map(|part| for_people(part))
        .collect::<Vec<_>>()
        .join(", ");
    if let Some(km) = site.km {
        let _ = write!(place, " ({km:.1} km)");
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_keep_to_the_width_and_their_indent() {
        let mut text = String::new();
        Page::new(&mut text, 40).styled(Style::new(), INDENT, &"word ".repeat(30));
        assert!(
            text.lines().all(|line| line.len() <= 40 && line.starts_with(INDENT)),
            "{text}"
        );
    }

    #[test]
    fn foreign_text_can_not_move_the_cursor() {
        assert!(!for_people("EGFR\u{1b}[2J\r\nL858R").contains(['\u{1b}', '\r', '\n']));
    }

    #[test]
    fn a_place_says_what_is_known_of_it() {
        let site = NearSite {
            facility: None,
            city: Some("Munich".to_owned()),
            country: Some("Germany".to_owned()),
            km: Some(3.06),
        };
        assert_eq!(place(&site), "Munich, Germany (3.1 km)");
    }
}
