//! Studies, findings and questions for unit tests.

use crate::matching::{Finding, Specificity, Stance};
use crate::mutation::{Mutation, Signature};
use crate::question::{Filters, Question, RawFilters};
use crate::study::{Date, NctId, OverallStatus, Phase, Place, Point, Site, Study};
use std::sync::Arc;

pub(crate) fn study(number: u32) -> Study {
    Study {
        status: OverallStatus::Recruiting,
        updated: Date::from_registry("2026-11-01"),
        phases: vec![Phase::Phase2],
        conditions: vec!["Melanoma".into()],
        ..Study::bare(nct_id(number), format!("Study {number}").into())
    }
}

pub(crate) fn finding(stance: Stance) -> Finding {
    Finding {
        stance,
        specificity: Specificity::Gene,
        evidence: Box::default(),
        doubts: Box::default(),
    }
}

pub(crate) fn site(city: &str, country: &str, latitude: f64, longitude: f64, status: Option<OverallStatus>) -> Site {
    let point = Some(Point { latitude, longitude });
    let (city, country) = (Some(city.into()), Some(country.into()));
    let place = Arc::new(Place {
        facility: None,
        city,
        state: None,
        country,
        point,
    });
    Site { place, status }
}

pub(crate) fn question(raw: &RawFilters) -> Question {
    ask(raw.check().unwrap())
}

pub(crate) fn ask(filters: Filters) -> Question {
    Question {
        input: "msi high".to_owned(),
        mutation: Mutation::Signature(Signature::MsiHigh),
        filters,
    }
}

pub(crate) fn nct_id(number: u32) -> NctId {
    format!("NCT{number:08}").parse().unwrap()
}
