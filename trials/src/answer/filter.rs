//! Whether a study passes the filters, and which one turned it away.

use crate::question::{Filters, StatusFilter};
use crate::study::{Site, Study};

/// The filters by the names that the funnel counts them under, in the order in which they are applied.
pub(super) const NAMES: [&str; 7] = ["status", "phase", "condition", "country", "near", "age", "sex"];

/// Passed: kilometres to the nearest site, where the question says where the patient is.
/// Else the first filter that turned it away.
pub(super) fn pass(filters: &Filters, study: &Study) -> Result<Option<f64>, &'static str> {
    let [status, phase, condition, country, near, age, sex] = NAMES;
    require(status, has_status(&filters.status, study))?;
    require(
        phase,
        filters.phases.is_empty() || study.phases.iter().any(|phase| filters.phases.contains(phase)),
    )?;
    require(
        condition,
        filters
            .condition
            .as_ref()
            .is_none_or(|condition| condition.is_of(study)),
    )?;
    require(
        country,
        filters.country.is_none_or(|country| {
            sites(study).any(|site| {
                site.place
                    .country
                    .as_deref()
                    .is_some_and(|name| country.is_called(name))
            })
        }),
    )?;
    let km = filters.near.map(|near| {
        let distances = sites(study)
            .filter_map(|site| site.place.point)
            .map(|point| near.point.km_to(point));
        distances.fold(f64::INFINITY, f64::min)
    });
    require(
        near,
        filters
            .near
            .is_none_or(|near| km.is_some_and(|km| km <= near.radius_km)),
    )?;
    require(
        age,
        filters.age.is_none_or(|age| {
            study.minimum_age.is_none_or(|least| least.days() <= age.days())
                && study.maximum_age.is_none_or(|most| most.is_not_passed_by(age))
        }),
    )?;
    require(sex, filters.sex.is_none_or(|sex| study.sex.takes(sex)))?;
    Ok(km)
}

fn require(filter: &'static str, holds: bool) -> Result<(), &'static str> {
    if holds { Ok(()) } else { Err(filter) }
}

fn has_status(filter: &StatusFilter, study: &Study) -> bool {
    match filter {
        StatusFilter::Open => study.status.is_open(),
        StatusFilter::All => true,
        StatusFilter::Only(statuses) => statuses.contains(&study.status),
    }
}

/// The sites that count for a place: of an open study those where a patient could go, of any other all it had.
fn sites(study: &Study) -> impl Iterator<Item = &Site> {
    study
        .sites
        .iter()
        .filter(|site| !study.status.is_open() || site.is_open(study.status))
}
