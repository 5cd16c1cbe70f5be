//! The schemas of what tools take and give.
//!
//! Input schemas are written by hand, with the bounds that the domain names, because the reading in `arguments` is more
//! generous than a derived type could say. Output schemas come from the types of [`crate::json`].

use rmcp::model::JsonObject;
use schemars::generate::SchemaSettings;
use schemars::transform::transform_subschemas;
use schemars::{JsonSchema, Schema};
use serde_json::{Value, json};
use std::sync::Arc;
use trials::matching::Stance;
use trials::mutation::Mutation;
use trials::question::{Filters, Near};
use trials::record::Part;
use trials::study::OverallStatus;

/// The schema of an object with these properties and no others.
pub(super) fn input(properties: Value, required: &[&str]) -> Arc<JsonObject> {
    object(json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false}))
}

/// The schema of what is serialised from a type.
pub(super) fn output<T: JsonSchema>() -> Arc<JsonObject> {
    let mut settings = SchemaSettings::draft2020_12().for_serialize();
    // The protocol's own dialect needs no naming.
    settings.meta_schema = None;
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    terse(&mut schema);
    object(schema.into())
}

/// The schema of a tool that gives what another gives: every client reads the whole list, so nothing stands in it twice.
pub(super) fn output_as_of(tool: &str) -> Arc<JsonObject> {
    object(json!({"type": "object", "description": format!("The same as the output of {tool}.")}))
}

/// Takes out what says nothing to whoever reads the list of tools: how wide a number is here, that a count isn't
/// negative, and of a shared shape the description that stands at its use as well.
fn terse(schema: &mut Schema) {
    fn thin(schema: &mut Schema) {
        if schema.get("type").is_some_and(|kind| {
            kind == "integer"
                || kind
                    .as_array()
                    .is_some_and(|kinds| kinds.contains(&Value::from("integer")))
        }) || schema.get("format").is_some()
        {
            schema.remove("format");
            schema.remove("minimum");
        }
        transform_subschemas(&mut thin, schema);
    }
    thin(schema);
    if let Some(Value::Object(shared)) = schema.get_mut("$defs") {
        for shape in shared.values_mut().filter_map(Value::as_object_mut) {
            shape.remove("description");
        }
    }
}

/// One mutation.
pub(super) fn mutation() -> Value {
    json!({
        "type": "string", "minLength": 1, "maxLength": Mutation::TEXT_MAX,
        "description": "One alteration as the tumour report spells it: \"EGFR L858R\", \"EGFR p.Leu858Arg\", \"EGFR exon 19 deletion\", \
            \"EML4::ALK\", \"HER2 amplification\", \"BRAF V600\", \"BRCA1 mutation\", \"MSI-H\", \"NTRK fusion\". Gene and alteration, not the disease.",
    })
}

/// The number of a trial.
pub(super) fn nct_id() -> Value {
    json!({
        "type": "string", "pattern": "^\\s*[Nn][Cc][Tt][0-9]{8}\\s*$",
        "description": "The trial's ClinicalTrials.gov number: NCT and eight digits, such as \"NCT01234567\".",
    })
}

/// Parts of a record.
pub(super) fn sections() -> Value {
    let sections: Vec<&str> = Part::ALL.iter().map(|part| part.as_str()).collect();
    one_or_more(
        json!({"type": "string", "enum": sections}),
        Value::Null,
        "Sections of the record. Left out: all.",
    )
}

/// Several mutations.
pub(super) fn mutations() -> Value {
    json!({
        "description": format!("1 to {} alterations, each as in \"EGFR L858R\": an array, or one string with commas between.", Filters::MUTATIONS_MAX),
        "anyOf": [
            {"type": "array", "minItems": 1, "maxItems": Filters::MUTATIONS_MAX,
             "items": {"type": "string", "minLength": 1, "maxLength": Mutation::TEXT_MAX}},
            {"type": "string", "minLength": 1, "maxLength": Filters::MUTATIONS_MAX * (Mutation::TEXT_MAX + 2)},
        ],
    })
}

/// `first` and all filters.
pub(super) fn with_filters(first: &str, schema: Value) -> Value {
    let statuses: Vec<&str> = ["open", "all"]
        .into_iter()
        .chain(OverallStatus::ALL.iter().map(|status| status.as_str()))
        .collect();
    let stances: Vec<&str> = Stance::ALL.iter().map(|stance| stance.as_str()).collect();
    let mut properties = json!({
        "condition": {"type": "string", "maxLength": Filters::TEXT_MAX,
            "description": "Words of the disease, such as \"lung cancer\"; leave it out to see basket trials of other diseases too."},
        "status": one_or_more(json!({"type": "string", "enum": statuses}), "open",
            "Recruitment status: open (recruiting, not yet recruiting, by invitation), all, or the registry's own values."),
        "phase": one_or_more(json!({"type": "string", "maxLength": 20}), Value::Null,
            "Phases, any of: \"1\", \"2\", \"3\", \"4\", \"1/2\", \"early\", \"NA\", or the registry's own values such as PHASE2. Left out: all."),
        "country": {"type": "string", "maxLength": Filters::TEXT_MAX, "description": "Only trials with an open site in this country, such as \"Germany\"."},
        "near": {"type": "object", "additionalProperties": false, "required": ["lat", "lon"],
            "description": "Only trials with an open site near this place; sites are then sorted by distance.",
            "properties": {
                "lat": {"type": "number", "minimum": -90, "maximum": 90, "description": "Degrees north."},
                "lon": {"type": "number", "minimum": -180, "maximum": 180, "description": "Degrees east."},
                "radius_km": {"type": "number", "exclusiveMinimum": 0, "maximum": Near::RADIUS_KM_MAX, "default": Near::RADIUS_KM_DEFAULT,
                    "description": "Kilometres."},
            }},
        "age": {"description": "The patient's age in years, or with a unit: \"6 months\".",
            "anyOf": [{"type": "number", "minimum": 0, "maximum": Filters::AGE_YEARS_MAX}, {"type": "string", "maxLength": 20}]},
        "sex": {"type": "string", "enum": ["female", "male", "all"], "description": "The patient's sex."},
        "limit": {"type": "integer", "minimum": 1, "maximum": Filters::LIMIT_MAX, "default": Filters::LIMIT_DEFAULT,
            "description": "Trials on a page."},
        "offset": {"type": "integer", "minimum": 0, "maximum": Filters::OFFSET_MAX, "default": 0,
            "description": "Trials to pass over: give next_offset of the page before."},
        "detail": {"type": "string", "enum": ["brief", "standard", "full"], "default": "standard",
            "description": "How much the text says of each trial."},
        "stances": one_or_more(json!({"type": "string", "enum": stances}), json!(["targets", "allows"]),
            "Which stances are listed: targets (it enrols because of this alteration), allows (a patient with it may enrol), \
             silent (the record does not decide), excludes (a patient with it can't enrol)."),
    });
    if let Some(properties) = properties.as_object_mut() {
        properties.insert(first.to_owned(), schema);
    }
    properties
}

/// One value, or an array of them.
fn one_or_more(item: Value, default: impl Into<Value>, description: &str) -> Value {
    let mut schema = json!({
        "description": description,
        "anyOf": [item.clone(), {"type": "array", "items": item, "maxItems": super::arguments::WORDS_MAX}],
    });
    let default = default.into();
    if let (Some(schema), false) = (schema.as_object_mut(), default.is_null()) {
        schema.insert("default".to_owned(), default);
    }
    schema
}

/// Every schema here is an object; were one not, it would say nothing rather than end the process.
fn object(schema: Value) -> Arc<JsonObject> {
    match schema {
        Value::Object(object) => Arc::new(object),
        _ => Arc::new(JsonObject::new()),
    }
}
