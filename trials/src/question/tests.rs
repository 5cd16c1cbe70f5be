//! What filters take, what they refuse, and in which words.

use super::*;

#[test]
fn without_filters_the_defaults_of_the_contract_hold() {
    let filters = RawFilters::default().check().unwrap();
    assert_eq!(filters.status, StatusFilter::Open);
    assert_eq!(filters.reach(), Reach::Open);
    assert_eq!(filters.stances, [Stance::Targets, Stance::Allows]);
    assert_eq!(
        (filters.limit, filters.offset, filters.detail),
        (10, 0, Detail::Standard)
    );
    assert!(filters.phases.is_empty() && filters.condition.is_none() && filters.country.is_none());
    assert!(filters.near.is_none() && filters.age.is_none() && filters.sex.is_none());
}

#[test]
fn each_refusal_is_one_line_that_names_parameter_value_and_bound() {
    let long = "x".repeat(201);
    let text = |value: &str| Some(value.to_owned());
    let raw = RawFilters::default;
    for (filters, message) in [
        (
            RawFilters {
                limit: Some(0),
                ..raw()
            },
            "limit can't be 0: allowed is 1 to 50",
        ),
        (
            RawFilters {
                limit: Some(51),
                ..raw()
            },
            "limit can't be 51: allowed is 1 to 50",
        ),
        (
            RawFilters {
                offset: Some(-1),
                ..raw()
            },
            "offset can't be -1: allowed is 0 to 100000",
        ),
        (
            RawFilters {
                offset: Some(100_001),
                ..raw()
            },
            "offset can't be 100001: allowed is 0 to 100000",
        ),
        (
            RawFilters {
                near: Some((91.0, 0.0, None)),
                ..raw()
            },
            "near can't be latitude 91: allowed is a latitude of -90 to 90 degrees",
        ),
        (
            RawFilters {
                near: Some((f64::NAN, 0.0, None)),
                ..raw()
            },
            "near can't be latitude NaN: allowed is a latitude of -90 to 90 degrees",
        ),
        (
            RawFilters {
                near: Some((0.0, -180.5, None)),
                ..raw()
            },
            "near can't be longitude -180.5: allowed is a longitude of -180 to 180 degrees",
        ),
        (
            RawFilters {
                near: Some((0.0, 0.0, Some(0.0))),
                ..raw()
            },
            "near can't be radius 0: allowed is a radius above 0 and up to 20038 km",
        ),
        (
            RawFilters {
                near: Some((0.0, 0.0, Some(f64::INFINITY))),
                ..raw()
            },
            "near can't be radius inf: allowed is a radius above 0 and up to 20038 km",
        ),
        (
            RawFilters {
                age: text("131"),
                ..raw()
            },
            "age can't be \"131\": allowed is 0 to 130 years, such as 65, 65 years or 6 months",
        ),
        (
            RawFilters {
                age: text("-1"),
                ..raw()
            },
            "age can't be \"-1\": allowed is 0 to 130 years, such as 65, 65 years or 6 months",
        ),
        (
            RawFilters {
                sex: text("x"),
                ..raw()
            },
            "sex can't be \"x\": allowed is female, male or all",
        ),
        (
            RawFilters {
                detail: text("huge"),
                ..raw()
            },
            "detail can't be \"huge\": allowed is brief, standard or full",
        ),
        (
            RawFilters {
                stances: vec!["maybe".into()],
                ..raw()
            },
            "stances can't be \"maybe\": allowed is any of targets, allows, silent, excludes",
        ),
        (
            RawFilters {
                phase: vec!["5".into()],
                ..raw()
            },
            "phase can't be \"5\": allowed is any of 1, 2, 3, 4, 1/2, 2/3, early phase 1, NA",
        ),
        (
            RawFilters {
                country: text("Germny"),
                ..raw()
            },
            "country can't be \"Germny\": allowed is a country's name or ISO code; the nearest is Germany",
        ),
        (
            RawFilters {
                country: text(""),
                ..raw()
            },
            "country can't be empty: allowed is a country's name or ISO code, such as Germany or DE",
        ),
        (
            RawFilters {
                condition: text(" -- "),
                ..raw()
            },
            "condition can't be \"--\": allowed is words that name a condition, at most 200 bytes",
        ),
    ] {
        assert_eq!(filters.check().unwrap_err().to_string(), message);
    }
    for bad in [
        RawFilters {
            condition: Some(long.clone()),
            ..raw()
        },
        RawFilters {
            country: Some(long),
            ..raw()
        },
        RawFilters {
            near: Some((f64::MAX, 0.0, None)),
            ..raw()
        },
        RawFilters {
            status: vec!["op\u{1b}[2Jen\nx\u{202e}".into()],
            ..raw()
        },
    ] {
        let message = bad.check().unwrap_err().to_string();
        assert!(
            message.len() < 400 && !message.contains(['\n', '\u{1b}', '\u{202e}']),
            "{message}"
        );
    }
}

#[test]
fn bounds_themselves_are_allowed() {
    let raw = RawFilters {
        near: Some((-90.0, 180.0, Some(Near::RADIUS_KM_MAX))),
        age: Some("130 years".into()),
        limit: Some(50),
        offset: Some(100_000),
        ..RawFilters::default()
    };
    assert!(raw.check().is_ok());
    for age in ["0", "6 months", "65 years old", " 65 "] {
        assert!(
            RawFilters {
                age: Some(age.into()),
                ..RawFilters::default()
            }
            .check()
            .is_ok(),
            "{age}"
        );
    }
}

#[test]
fn what_was_given_is_shown_harmless_between_marks_that_it_cannot_close() {
    for (given, shown) in [
        ("a\u{202e}b\u{200b}c", "\"abc\""),
        ("x\u{1b}[2J\ny", "\"x y\""),
        ("say \"hi\" or “hi”", "\"say 'hi' or 'hi'\""),
        (" \u{200b}\n", "empty"),
    ] {
        assert_eq!(quoted(given), shown);
    }
    assert_eq!(quoted(&"é".repeat(100)), format!("\"{}…\"", "é".repeat(60)));
}

#[test]
fn filters_reach_no_farther_than_they_must() {
    use OverallStatus::{Completed, Recruiting};
    let reach = |status| {
        Filters {
            status,
            ..RawFilters::default().check().unwrap()
        }
        .reach()
    };
    assert_eq!(reach(StatusFilter::Only(vec![Recruiting])), Reach::Open);
    assert_eq!(reach(StatusFilter::Only(vec![Completed])), Reach::Closed);
    assert_eq!(reach(StatusFilter::Only(vec![Completed, Recruiting])), Reach::All);
    assert_eq!(reach(StatusFilter::All), Reach::All);
}
