//! Places that many studies share, each held once.
//!
//! A site of a large hospital appears in hundreds of records. The table here knows every place that some study holds,
//! for the whole process, and keeps none of them alive itself: when the last study lets go of a place, so does the
//! process, and its row goes at the next sweep.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};
use trials::study::{Place, Point};

/// Every place that a study of this process holds.
pub static PLACES: LazyLock<Places> = LazyLock::new(Places::default);

/// A place as a page spells it, before it is known whether it is held already.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spelled<'a> {
    /// Facility.
    pub facility: Option<&'a str>,
    /// City.
    pub city: Option<&'a str>,
    /// State or region.
    pub state: Option<&'a str>,
    /// Country, by the registry's own name.
    pub country: Option<&'a str>,
    /// Where it is.
    pub point: Option<Point>,
}

/// A table of shared places.
#[derive(Debug, Default)]
pub struct Places {
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    hasher: RandomState,
    /// By hash. Of two places with one hash the later one has the row; the earlier one is then merely not shared.
    rows: HashMap<u64, Weak<Place>>,
    /// How many rows the last sweep left.
    live: usize,
}

/// Below this many rows nothing is swept: a row and the shell of its place take under 200 bytes.
const ROWS_UNSWEPT: usize = 4096;

impl Places {
    /// The shared place for each spelling, in their order.
    pub fn share<'a>(&self, spelled: impl Iterator<Item = Spelled<'a>>) -> Vec<Arc<Place>> {
        // A panic while the lock was held can't have left more behind than a missing row.
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        let shared = spelled.map(|spelled| table.share(spelled)).collect();
        if table.rows.len() > ROWS_UNSWEPT.max(table.live * 2) {
            table.rows.retain(|_, place| place.strong_count() > 0);
            table.live = table.rows.len();
        }
        shared
    }

    #[cfg(test)]
    fn rows(&self) -> usize {
        self.table.lock().unwrap().rows.len()
    }
}

impl Table {
    fn share(&mut self, spelled: Spelled<'_>) -> Arc<Place> {
        let hash = spelled.hash(&self.hasher);
        if let Some(held) = self.rows.get(&hash).and_then(Weak::upgrade)
            && spelled == Spelled::of(&held)
        {
            return held;
        }
        let place = Arc::new(spelled.to_place());
        self.rows.insert(hash, Arc::downgrade(&place));
        place
    }
}

impl<'a> Spelled<'a> {
    fn of(place: &'a Place) -> Self {
        Self {
            facility: place.facility.as_deref(),
            city: place.city.as_deref(),
            state: place.state.as_deref(),
            country: place.country.as_deref(),
            point: place.point,
        }
    }

    fn to_place(self) -> Place {
        Place {
            facility: self.facility.map(Box::from),
            city: self.city.map(Box::from),
            state: self.state.map(Box::from),
            country: self.country.map(Box::from),
            point: self.point,
        }
    }

    fn hash(&self, hasher: &RandomState) -> u64 {
        let point = self.point.map(|p| (p.latitude.to_bits(), p.longitude.to_bits()));
        hasher.hash_one((self.facility, self.city, self.state, self.country, point))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clinic(facility: &str) -> Spelled<'_> {
        Spelled {
            facility: Some(facility),
            city: Some("Lyon"),
            state: None,
            country: Some("France"),
            point: Some(Point {
                latitude: 45.76,
                longitude: 4.84,
            }),
        }
    }

    #[test]
    fn one_place_is_held_once_and_differing_ones_apart() {
        let places = Places::default();
        let first = places.share([clinic("North"), clinic("South"), clinic("North")].into_iter());
        let second = places.share([clinic("South")].into_iter());
        assert!(Arc::ptr_eq(&first[0], &first[2]));
        assert!(Arc::ptr_eq(&first[1], &second[0]));
        assert!(!Arc::ptr_eq(&first[0], &first[1]));
        assert_eq!(first[0].facility.as_deref(), Some("North"));
    }

    #[test]
    fn places_that_nobody_holds_are_let_go_of() {
        let places = Places::default();
        let kept = places.share([clinic("kept")].into_iter());
        for n in 0..4 * ROWS_UNSWEPT {
            places.share([clinic(&n.to_string())].into_iter());
        }
        assert!(places.rows() <= ROWS_UNSWEPT + 1, "{} rows", places.rows());
        assert!(Arc::ptr_eq(&kept[0], &places.share([clinic("kept")].into_iter())[0]));
    }
}
