//! The registry's JSON as serde sees it, and nothing that isn't read: a mirror of the v2 API's shapes, kept out of the
//! domain so that the registry's quirks don't become ours.
//!
//! Everything in a record may be missing or null; what that means is decided where it is read.

use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// The leaf fields asked for, by the registry's piece names: what is read below and nothing else, because whole records
/// are three to twenty times as large.
pub(super) const FIELDS: &str = "NCTId|BriefTitle|OfficialTitle|Acronym|OverallStatus|LastKnownStatus|StartDate|\
    LastUpdatePostDate|Phase|Condition|Keyword|ConditionMeshTerm|ConditionAncestorTerm|ArmGroupLabel|\
    ArmGroupDescription|InterventionName|InterventionOtherName|BriefSummary|EligibilityCriteria|Sex|MinimumAge|\
    MaximumAge|LeadSponsorName|LocationFacility|LocationStatus|LocationCity|LocationState|LocationCountry|\
    LocationGeoPoint";

/// Text read for its meaning and not kept: borrowed from the page where it has no escapes.
#[derive(Deserialize)]
pub(super) struct Text<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageWire<'a> {
    /// Must be there: a body without it is no empty page.
    #[serde(borrow)]
    pub(super) studies: Vec<&'a RawValue>,
    pub(super) next_page_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RecordWire<'a> {
    #[serde(borrow)]
    pub(super) protocol_section: Option<ProtocolWire<'a>>,
    pub(super) derived_section: Option<DerivedWire>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ProtocolWire<'a> {
    #[serde(borrow)]
    pub(super) identification_module: Option<IdentificationWire<'a>>,
    #[serde(borrow)]
    pub(super) status_module: Option<StatusWire<'a>>,
    pub(super) sponsor_collaborators_module: Option<SponsorsWire>,
    pub(super) description_module: Option<DescriptionWire>,
    pub(super) conditions_module: Option<ConditionsWire>,
    #[serde(borrow)]
    pub(super) design_module: Option<DesignWire<'a>>,
    pub(super) arms_interventions_module: Option<ArmsWire>,
    #[serde(borrow)]
    pub(super) eligibility_module: Option<EligibilityWire<'a>>,
    #[serde(borrow)]
    pub(super) contacts_locations_module: Option<LocationsWire<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct IdentificationWire<'a> {
    #[serde(borrow)]
    pub(super) nct_id: Option<Text<'a>>,
    pub(super) brief_title: Option<Box<str>>,
    pub(super) official_title: Option<Box<str>>,
    pub(super) acronym: Option<Box<str>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StatusWire<'a> {
    #[serde(borrow)]
    pub(super) overall_status: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) last_known_status: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) start_date_struct: Option<DateWire<'a>>,
    #[serde(borrow)]
    pub(super) last_update_post_date_struct: Option<DateWire<'a>>,
}

#[derive(Deserialize)]
pub(super) struct DateWire<'a> {
    #[serde(borrow)]
    pub(super) date: Option<Text<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SponsorsWire {
    pub(super) lead_sponsor: Option<SponsorWire>,
}

#[derive(Deserialize)]
pub(super) struct SponsorWire {
    pub(super) name: Option<Box<str>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DescriptionWire {
    pub(super) brief_summary: Option<Box<str>>,
}

#[derive(Default, Deserialize)]
pub(super) struct ConditionsWire {
    pub(super) conditions: Option<Vec<Box<str>>>,
    pub(super) keywords: Option<Vec<Box<str>>>,
}

#[derive(Default, Deserialize)]
pub(super) struct DesignWire<'a> {
    #[serde(borrow)]
    pub(super) phases: Option<Vec<Cow<'a, str>>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ArmsWire {
    pub(super) arm_groups: Option<Vec<ArmWire>>,
    pub(super) interventions: Option<Vec<InterventionWire>>,
}

#[derive(Deserialize)]
pub(super) struct ArmWire {
    pub(super) label: Option<Box<str>>,
    pub(super) description: Option<Box<str>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct InterventionWire {
    pub(super) name: Option<Box<str>>,
    pub(super) other_names: Option<Vec<Box<str>>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EligibilityWire<'a> {
    pub(super) eligibility_criteria: Option<String>,
    #[serde(borrow)]
    pub(super) sex: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) minimum_age: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) maximum_age: Option<Text<'a>>,
}

#[derive(Deserialize)]
pub(super) struct LocationsWire<'a> {
    #[serde(borrow)]
    pub(super) locations: Option<Vec<LocationWire<'a>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LocationWire<'a> {
    #[serde(borrow)]
    pub(super) facility: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) status: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) city: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) state: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) country: Option<Text<'a>>,
    pub(super) geo_point: Option<PointWire>,
}

#[derive(Deserialize)]
pub(super) struct PointWire {
    pub(super) lat: Option<f64>,
    pub(super) lon: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DerivedWire {
    pub(super) condition_browse_module: Option<TermsWire>,
}

#[derive(Default, Deserialize)]
pub(super) struct TermsWire {
    pub(super) meshes: Option<Vec<MeshWire>>,
    pub(super) ancestors: Option<Vec<MeshWire>>,
}

#[derive(Deserialize)]
pub(super) struct MeshWire {
    pub(super) term: Option<Box<str>>,
}
