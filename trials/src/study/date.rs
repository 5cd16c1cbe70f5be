//! Dates as the registry gives them.

use std::fmt;

/// A calendar date as the registry gives it, `yyyy-MM` or `yyyy-MM-dd`. Ordered; a month comes before its first day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date {
    year: u16,
    month: u8,
    /// 0 where the registry gives none, so that none is ever invented.
    day: u8,
}

impl Date {
    /// Reads `yyyy-MM` or `yyyy-MM-dd`; anything else is no date.
    #[must_use]
    pub fn from_registry(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let year = parts.next()?.parse().ok()?;
        let month = parts.next()?.parse().ok().filter(|m| (1..=12).contains(m))?;
        let day = match parts.next() {
            None => 0,
            Some(day) => day.parse().ok().filter(|d| (1..=31).contains(d))?,
        };
        parts.next().is_none().then_some(Self { year, month, day })
    }

    /// Days on a calendar of equal months: right for ordering, not for counting.
    #[must_use]
    pub fn ordinal(self) -> u32 {
        (u32::from(self.year) * 12 + u32::from(self.month)) * 32 + u32::from(self.day)
    }
}

/// As the registry writes it.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)?;
        match self.day {
            0 => Ok(()),
            day => write!(f, "-{day:02}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_ordered_and_invent_no_day() {
        let (month, day) = (
            Date::from_registry("2026-08").unwrap(),
            Date::from_registry("2026-08-31").unwrap(),
        );
        let next = Date::from_registry("2026-09").unwrap();
        assert!(month < day && day < next);
        assert!(month.ordinal() < day.ordinal() && day.ordinal() < next.ordinal());
        assert_eq!(
            (month.to_string(), day.to_string()),
            ("2026-08".into(), "2026-08-31".into())
        );
        for text in [
            "",
            "2026",
            "2026-13",
            "2026-00-01",
            "2026-01-32",
            "2026-01-01-01",
            "soon",
        ] {
            assert_eq!(Date::from_registry(text), None, "{text}");
        }
    }
}
