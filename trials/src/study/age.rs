//! Ages as the registry and people write them.

use std::fmt;
use std::str::FromStr;

/// An age as the registry and people write it, `18 years`; compared in days.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Age {
    number: f64,
    unit: AgeUnit,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum AgeUnit {
    Year,
    Month,
    Week,
    Day,
    Hour,
    Minute,
}

/// An age in a unit that the registry knows is `18`, `18 years`, `6 months`, `3 weeks`, `2 days`, `5 hours`, `30 minutes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnAge;

impl Age {
    /// An age in whole years.
    #[must_use]
    pub fn years(years: u32) -> Self {
        Self {
            number: f64::from(years),
            unit: AgeUnit::Year,
        }
    }

    /// The age in days; months and years are those of the Gregorian mean.
    #[must_use]
    pub fn days(self) -> f64 {
        self.number * self.unit.days()
    }

    /// Whether someone of age `patient` is not yet too old where this is the oldest eligible age.
    ///
    /// A limit of 75 years holds until the 76th birthday, one of 18 months until the 19th month: a limit ends with the
    /// unit in which it is written.
    #[must_use]
    pub fn is_not_passed_by(self, patient: Self) -> bool {
        patient.days() < self.days() + self.unit.days()
    }
}

impl AgeUnit {
    fn days(self) -> f64 {
        match self {
            Self::Year => 365.2425,
            Self::Month => 365.2425 / 12.0,
            Self::Week => 7.0,
            Self::Day => 1.0,
            Self::Hour => 1.0 / 24.0,
            Self::Minute => 1.0 / (24.0 * 60.0),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Month => "month",
            Self::Week => "week",
            Self::Day => "day",
            Self::Hour => "hour",
            Self::Minute => "minute",
        }
    }
}

impl FromStr for Age {
    type Err = NotAnAge;

    /// Reads `18 Years`, `6 months`, and a bare number as years.
    fn from_str(text: &str) -> Result<Self, NotAnAge> {
        let text = text.trim();
        let digits = text
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(text.len());
        let (number, unit) = text.split_at(digits);
        let number: f64 = number.parse().map_err(|_| NotAnAge)?;
        let unit = unit.trim().to_ascii_lowercase();
        let unit = match unit.strip_suffix('s').unwrap_or(&unit) {
            "" | "year" | "yr" | "y" => AgeUnit::Year,
            "month" => AgeUnit::Month,
            "week" => AgeUnit::Week,
            "day" => AgeUnit::Day,
            "hour" => AgeUnit::Hour,
            "minute" => AgeUnit::Minute,
            _ => return Err(NotAnAge),
        };
        Ok(Self { number, unit })
    }
}

/// `18 years`, `1 month`.
impl fmt::Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.number == 1.0 { "" } else { "s" };
        write!(f, "{} {}{plural}", self.number, self.unit.name())
    }
}

impl fmt::Display for NotAnAge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an age is a number of years, or a number with years, months, weeks, days, hours or minutes")
    }
}

impl std::error::Error for NotAnAge {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_read_in_every_unit_of_the_registry() {
        for (text, shown) in [
            ("18", "18 years"),
            ("18 Years", "18 years"),
            ("1 Year", "1 year"),
            ("65y", "65 years"),
            ("6 Months", "6 months"),
            ("30 Minutes", "30 minutes"),
            ("2.5 years", "2.5 years"),
        ] {
            assert_eq!(
                text.parse::<Age>().map(|age| age.to_string()),
                Ok(shown.into()),
                "{text}"
            );
        }
        for text in ["", "years", "-3", "1.2.3", "18 parsecs", "18 years old", "NaN", "1e3"] {
            assert_eq!(text.parse::<Age>(), Err(NotAnAge), "{text}");
        }
    }

    #[test]
    fn an_upper_age_holds_until_its_unit_is_over() {
        let limit: Age = "75 Years".parse().unwrap();
        assert!(limit.is_not_passed_by("75".parse().unwrap()));
        assert!(limit.is_not_passed_by("910 months".parse().unwrap()));
        assert!(!limit.is_not_passed_by("76".parse().unwrap()));
    }
}
