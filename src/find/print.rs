//! Answers as a terminal shows them: aligned, wrapped to its width, colour only where it is one.
//!
//! The words are those of [`Summary`]; here is only where they stand and how they look.

use crate::ask::Batch;
use anstyle::{AnsiColor, Style};
use std::fmt::Write as _;
use std::io::{self, Write as _};
use textwrap::WordSplitter;
use trials::matching::Stance;
use trials::summary::{CAUTION, Entry, Kind, Line, Summary};

/// Columns where stdout is no terminal, or doesn't say.
const WIDTH_DEFAULT: usize = 100;
/// Longer lines are hard to read.
const WIDTH_MAX: usize = 120;
/// Narrower, nothing can be aligned.
const WIDTH_MIN: usize = 50;
/// From here on there is room for a column of labels.
const WIDTH_OF_COLUMNS: usize = 80;

/// What stands under a heading begins where its stance does.
const INDENT: usize = 4;
/// The column of labels, the gap behind it included.
const LABELS: usize = 15;

const PLAIN: Style = Style::new();
const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const ITALIC: Style = Style::new().italic();
const WARNING: Style = Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Yellow)));

/// Prints every answer.
pub(super) fn people(batch: &Batch) -> io::Result<()> {
    let width = terminal_size::terminal_size().map_or(WIDTH_DEFAULT, |(width, _)| usize::from(width.0));
    let mut text = String::new();
    for (index, answered) in batch.results.iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        Page::new(&mut text, width).answer(&answered.summary());
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

    fn answer(&mut self, summary: &Summary) {
        self.paragraph(BOLD, &summary.asked);
        self.paragraph(PLAIN, &summary.found);
        self.paragraph(DIM, &summary.filters);
        for trial in &summary.trials {
            self.text.push('\n');
            self.trial(trial);
        }
        for reason in summary.why_none.iter() {
            self.text.push('\n');
            self.paragraph(PLAIN, reason);
        }
        for shut_out in summary.shut_out.iter() {
            self.text.push('\n');
            self.paragraph(BOLD, &shut_out.heading);
            for trial in &shut_out.trials {
                let number = trial.nct_id.to_string();
                self.hanging(INDENT, stance(trial.stance), &number, PLAIN, &trial.title);
                self.lines(trial);
            }
        }
        self.text.push('\n');
        for others in summary.left_out.iter() {
            self.paragraph(DIM, others);
        }
        self.paragraph(DIM, &summary.source);
        for warning in summary.stale.iter() {
            self.paragraph(WARNING, warning);
        }
        self.paragraph(DIM, CAUTION);
    }

    /// `  1 TARGETS   NCT01234567  recruiting, phase 3`, and under it what the trial says.
    fn trial(&mut self, trial: &Entry) {
        let (number, style) = (trial.number.unwrap_or_default(), stance(trial.stance));
        let word = trial.stance.as_str().to_uppercase();
        let _ = writeln!(
            self.text,
            "{number:>3} {style}{word:<8}{style:#}  {}  {}",
            trial.nct_id, trial.state,
        );
        self.wrapped(INDENT, BOLD, &trial.title);
        self.lines(trial);
        self.wrapped(INDENT, DIM, &trial.nct_id.url());
    }

    fn lines(&mut self, trial: &Entry) {
        for Line { kind, label, text } in &trial.lines {
            let (label, style) = match kind {
                // The stance stands in the heading.
                Kind::Reason => ("Why", PLAIN),
                Kind::Quote => (*label, ITALIC),
                Kind::Doubt => (*label, WARNING),
                Kind::Fact => (*label, PLAIN),
            };
            self.hanging(INDENT, DIM, label, style, text);
        }
    }

    fn paragraph(&mut self, style: Style, text: &str) {
        self.wrapped(0, style, text);
    }

    /// A label with its text beside it; where that is too narrow, the text goes on under the label.
    fn hanging(&mut self, indent: usize, label_style: Style, label: &str, style: Style, text: &str) {
        let (gap, column) = if self.width < WIDTH_OF_COLUMNS {
            (2, indent + 2)
        } else {
            (LABELS.saturating_sub(label.len()).max(1), indent + LABELS)
        };
        let _ = write!(
            self.text,
            "{:indent$}{label_style}{label}{label_style:#}{:gap$}",
            "", ""
        );
        // What is written already takes its room from the first line.
        let taken = " ".repeat((indent + label.len() + gap).saturating_sub(column));
        let options = self.options().width(self.width - column).initial_indent(&taken);
        for (index, line) in textwrap::wrap(text, options).iter().enumerate() {
            let (margin, line) = match index {
                0 => (0, line.get(taken.len()..).unwrap_or_default()),
                _ => (column, line.as_ref()),
            };
            let _ = writeln!(self.text, "{:margin$}{style}{line}{style:#}", "");
        }
    }

    fn wrapped(&mut self, indent: usize, style: Style, text: &str) {
        let width = self.width - indent;
        for line in textwrap::wrap(text, self.options().width(width)) {
            let _ = writeln!(self.text, "{:indent$}{style}{line}{style:#}", "");
        }
    }

    fn options<'a>(&self) -> textwrap::Options<'a> {
        textwrap::Options::new(self.width)
            .break_words(false)
            // "non-" at a line's end reads as another word.
            .word_splitter(WordSplitter::NoHyphenation)
    }
}

fn stance(stance: Stance) -> Style {
    let color = match stance {
        Stance::Targets => AnsiColor::Green,
        Stance::Allows => AnsiColor::Cyan,
        Stance::Silent => AnsiColor::White,
        Stance::Excludes => AnsiColor::Red,
    };
    BOLD.fg_color(Some(color.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(width: usize) -> String {
        let line = |kind, label, text: &str| Line {
            kind,
            label,
            text: text.to_owned(),
        };
        let trial = Entry {
            number: Some(1),
            nct_id: "NCT00000001".parse().expect("a number"),
            title: "A Study of Something in Non-small Cell Lung Cancer ".repeat(3),
            stance: Stance::Targets,
            state: "recruiting, phase 1/2".to_owned(),
            lines: vec![
                line(Kind::Reason, "Targets", "the alteration itself is named"),
                line(Kind::Quote, "Inclusion", &"“EGFR L858R or exon 19 deletion” ".repeat(6)),
                line(Kind::Fact, "Sites", "none in the record"),
            ],
        };
        let mut text = String::new();
        Page::new(&mut text, width).trial(&trial);
        anstream::adapter::strip_str(&text).to_string()
    }

    #[test]
    fn lines_keep_to_the_width_at_every_width() {
        for width in [50, 60, 79, 80, 100, 200] {
            for line in shown(width).lines().filter(|line| !line.contains("https://")) {
                assert!(line.chars().count() <= width.min(WIDTH_MAX), "{width}: {line}");
            }
        }
    }

    #[test]
    fn a_wide_terminal_has_a_column_of_labels_and_a_narrow_one_none() {
        let wide = shown(100);
        assert!(
            wide.contains("\n    Why            the alteration itself is named\n"),
            "{wide}"
        );
        assert!(wide.contains("\n    Inclusion      “EGFR L858R"), "{wide}");
        assert!(
            wide.contains("\n                   exon 19 deletion") || wide.contains("\n                   “EGFR"),
            "{wide}"
        );
        let narrow = shown(60);
        assert!(
            narrow.contains("\n    Why  the alteration itself is named\n"),
            "{narrow}"
        );
        assert!(narrow.contains("\n      "), "{narrow}");
    }
}
