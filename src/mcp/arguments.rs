//! A tool's arguments, taken out one by one.
//!
//! Models send what people would: a number as an age, one phase or several, `null` for what they leave out. That is
//! taken. What can't be meant is refused in one line that names the parameter and what is allowed; so is a parameter
//! that doesn't exist, because a filter that is silently ignored gives a wrong answer.

use super::Complaint;
use crate::ask;
use rmcp::model::JsonObject;
use serde_json::Value;
use trials::NctId;
use trials::mutation::Mutation;
use trials::question::{Filters, RawFilters, mutations_among, mutations_of};
use trials::record::Part;

/// The arguments that have not been taken yet.
pub(crate) struct Arguments {
    left: JsonObject,
    /// The parameters asked for so far, for the line that refuses others.
    known: Vec<&'static str>,
}

/// The most words in one list, such as `status`: more than there are.
pub(super) const WORDS_MAX: usize = 20;

impl Arguments {
    pub(crate) fn new(arguments: JsonObject) -> Self {
        Self {
            left: arguments,
            known: Vec::new(),
        }
    }

    /// The one mutation of `mutation`.
    pub(crate) fn mutation(&mut self) -> Result<String, Complaint> {
        let text = self.text("mutation")?.filter(|text| !text.trim().is_empty());
        let text = text.ok_or_else(|| Complaint::new("mutation is missing: give one such as \"EGFR L858R\""))?;
        within(&text, "mutation", Mutation::TEXT_MAX)?;
        Ok(text)
    }

    /// The trial's number of `nct_id`.
    pub(crate) fn nct_id(&mut self) -> Result<NctId, Complaint> {
        const FORM: &str = "NCT and eight digits, such as NCT01234567";
        let text = self.text("nct_id")?.filter(|text| !text.trim().is_empty());
        let text = text.ok_or_else(|| Complaint::new(format!("nct_id is missing: give {FORM}")))?;
        let number = text.trim().parse();
        number.map_err(|_| wrong("nct_id", FORM, &Value::String(text)))
    }

    /// The parts of `sections`, each once and in a record's order; all of them where none is named.
    pub(crate) fn sections(&mut self) -> Result<Vec<Part>, Complaint> {
        let words = self.words("sections")?;
        let mut parts = Vec::new();
        for word in words.iter().flat_map(|words| words.split(',')) {
            match Part::named(word) {
                Some(part) => parts.push(part),
                None => {
                    let allowed: Vec<&str> = Part::ALL.iter().map(|part| part.as_str()).collect();
                    return Err(wrong("sections", &allowed.join(", "), &Value::String(word.to_owned())));
                }
            }
        }
        if parts.is_empty() {
            return Ok(Part::ALL.to_vec());
        }
        parts.sort_unstable();
        parts.dedup();
        Ok(parts)
    }

    /// The mutations of `mutations`: an array, or one string with commas between; none where it isn't given.
    pub(crate) fn mutations(&mut self) -> Result<Option<Vec<String>>, Complaint> {
        const NAME: &str = "mutations";
        const ALLOWED: &str = "an array of strings, or one string with commas between";
        // A string is bounded before it is taken apart.
        const LIST_MAX: usize = Filters::MUTATIONS_MAX * (Mutation::TEXT_MAX + 2);
        match self.take(NAME) {
            None => Ok(None),
            Some(Value::String(list)) => {
                within(&list, NAME, LIST_MAX)?;
                Ok(Some(mutations_of(&list)?))
            }
            Some(Value::Array(items)) => {
                let items: Vec<&str> = items
                    .iter()
                    .map(|item| item.as_str().ok_or_else(|| wrong(NAME, ALLOWED, item)))
                    .collect::<Result<_, _>>()?;
                Ok(Some(mutations_among(items)?))
            }
            Some(other) => Err(wrong(NAME, ALLOWED, &other)),
        }
    }

    /// All filters, checked.
    pub(crate) fn filters(&mut self) -> Result<Filters, Complaint> {
        let raw = RawFilters {
            condition: self.text("condition")?,
            status: self.words("status")?,
            phase: self.words("phase")?,
            country: self.text("country")?,
            near: self.near()?,
            age: self.text_or_number("age")?,
            sex: self.text("sex")?,
            limit: self.whole("limit")?,
            offset: self.whole("offset")?,
            detail: self.text("detail")?,
            stances: self.words("stances")?,
        };
        Ok(raw.check()?)
    }

    /// A text; none where it isn't given.
    pub(crate) fn text(&mut self, name: &'static str) -> Result<Option<String>, Complaint> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(wrong(name, "a string", &other)),
        }
    }

    /// Refuses whatever is left.
    pub(crate) fn finish(self) -> Result<(), Complaint> {
        match self.left.keys().next() {
            None => Ok(()),
            Some(unknown) if self.known.is_empty() => Err(Complaint::new(format!(
                "there is no parameter {}: this tool takes none",
                ask::shortened(unknown)
            ))),
            Some(unknown) => Err(Complaint::new(format!(
                "there is no parameter {}: allowed are {}",
                ask::shortened(unknown),
                self.known.join(", ")
            ))),
        }
    }

    fn take(&mut self, name: &'static str) -> Option<Value> {
        self.known.push(name);
        self.left.remove(name).filter(|value| !value.is_null())
    }

    fn words(&mut self, name: &'static str) -> Result<Vec<String>, Complaint> {
        const ALLOWED: &str = "a string, or an array of strings";
        match self.take(name) {
            None => Ok(Vec::new()),
            Some(Value::String(text)) => {
                within(&text, name, Filters::TEXT_MAX)?;
                // Whole: a status may have a comma of its own, and the filters know how to split a list.
                Ok(vec![text])
            }
            Some(Value::Array(items)) if items.len() > WORDS_MAX => Err(Complaint::new(format!(
                "{name} can't be {} values: allowed are at most {WORDS_MAX}",
                items.len()
            ))),
            Some(Value::Array(items)) => items
                .into_iter()
                .map(|item| match item {
                    Value::String(text) => Ok(text),
                    // A phase is often sent as a number.
                    Value::Number(number) => Ok(number.to_string()),
                    other => Err(wrong(name, ALLOWED, &other)),
                })
                .collect(),
            Some(Value::Number(number)) => Ok(vec![number.to_string()]),
            Some(other) => Err(wrong(name, ALLOWED, &other)),
        }
    }

    fn text_or_number(&mut self, name: &'static str) -> Result<Option<String>, Complaint> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(other) => Err(wrong(
                name,
                "a number of years, or a string such as \"6 months\"",
                &other,
            )),
        }
    }

    fn whole(&mut self, name: &'static str) -> Result<Option<i64>, Complaint> {
        match self.take(name) {
            None => Ok(None),
            Some(value) => match value.as_i64() {
                Some(number) => Ok(Some(number)),
                None => Err(wrong(name, "a whole number", &value)),
            },
        }
    }

    fn near(&mut self) -> Result<Option<(f64, f64, Option<f64>)>, Complaint> {
        const ALLOWED: &str = "an object such as {\"lat\": 48.14, \"lon\": 11.58, \"radius_km\": 100}";
        let Some(value) = self.take("near") else {
            return Ok(None);
        };
        let Value::Object(mut near) = value else {
            return Err(wrong("near", ALLOWED, &value));
        };
        let mut number = |name: &str| match near.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => value.as_f64().map(Some).ok_or_else(|| wrong("near", ALLOWED, &value)),
        };
        let (latitude, longitude, radius_km) = (number("lat")?, number("lon")?, number("radius_km")?);
        match (latitude, longitude, near.keys().next()) {
            (Some(latitude), Some(longitude), None) => Ok(Some((latitude, longitude, radius_km))),
            _ => Err(wrong("near", ALLOWED, &Value::Object(near))),
        }
    }
}

/// Refuses a value of the wrong kind without repeating more than a little of it.
fn wrong(name: &str, allowed: &str, given: &Value) -> Complaint {
    let given = match given {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => format!("{:?}", ask::shortened(text)),
        Value::Array(_) => "this array".to_owned(),
        Value::Object(_) => "this object".to_owned(),
    };
    Complaint::new(format!("{name} can't be {given}: allowed is {allowed}"))
}

fn within(text: &str, name: &str, bytes_max: usize) -> Result<(), Complaint> {
    if text.len() <= bytes_max {
        return Ok(());
    }
    Err(Complaint::new(format!(
        "{name} can't be {} bytes long: allowed are at most {bytes_max}",
        text.len()
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn arguments(value: Value) -> Arguments {
        match value {
            Value::Object(map) => Arguments::new(map),
            other => panic!("{other} is no object"),
        }
    }

    fn refusal<T: std::fmt::Debug>(outcome: Result<T, Complaint>) -> String {
        outcome.expect_err("refused").words().to_owned()
    }

    #[test]
    fn one_value_or_several_are_the_same_and_null_is_not_given() {
        assert_eq!(arguments(json!({"phase": "2"})).words("phase").expect("read"), ["2"]);
        assert_eq!(
            arguments(json!({"phase": ["2", 3]})).words("phase").expect("read"),
            ["2", "3"]
        );
        assert_eq!(arguments(json!({"phase": 2})).words("phase").expect("read"), ["2"]);
        assert_eq!(
            arguments(json!({"status": "active, not recruiting"}))
                .words("status")
                .expect("read"),
            ["active, not recruiting"],
            "split where it is known which values have a comma of their own"
        );
        assert!(
            arguments(json!({"phase": null}))
                .words("phase")
                .expect("read")
                .is_empty()
        );
    }

    #[test]
    fn mutations_are_an_array_or_a_string_with_commas() {
        let both = [
            json!({"mutations": "EGFR L858R, MSI-H,"}),
            json!({"mutations": ["EGFR L858R", "MSI-H"]}),
        ];
        for given in both {
            let mutations = arguments(given).mutations().expect("read").expect("given");
            assert_eq!(mutations, ["EGFR L858R", "MSI-H"]);
        }
        assert_eq!(arguments(json!({})).mutations().expect("read"), None);
    }

    #[test]
    fn bounds_are_named_in_one_line() {
        let many = vec!["EGFR"; 51];
        assert_eq!(
            refusal(arguments(json!({"mutations": many})).mutations()),
            "mutations can't be a list of more than 50: allowed is 1 to 50 mutations, such as EGFR L858R, KRAS G12C"
        );
        assert_eq!(
            refusal(arguments(json!({"mutation": "x".repeat(201)})).mutation()),
            "mutation can't be 201 bytes long: allowed are at most 200"
        );
        assert_eq!(
            refusal(arguments(json!({"status": vec!["all"; 21]})).words("status")),
            "status can't be 21 values: allowed are at most 20"
        );
        assert!(refusal(arguments(json!({"mutations": "x,".repeat(10_000)})).mutations()).contains("at most 10100"));
    }

    #[test]
    fn values_of_the_wrong_kind_are_refused_by_name() {
        assert_eq!(
            refusal(arguments(json!({"mutation": 5})).mutation()),
            "mutation can't be 5: allowed is a string"
        );
        assert_eq!(
            refusal(arguments(json!({"limit": 1.5})).whole("limit")),
            "limit can't be 1.5: allowed is a whole number"
        );
        assert!(
            refusal(arguments(json!({"near": [1, 2]})).near())
                .starts_with("near can't be this array: allowed is an object")
        );
        assert!(refusal(arguments(json!({"near": {"lat": 1}})).near()).starts_with("near can't be this object"));
        assert!(refusal(arguments(json!({"near": {"lat": 1, "lon": 2, "km": 3}})).near()).starts_with("near can't be"));
    }

    #[test]
    fn a_place_may_lack_its_radius() {
        let near = arguments(json!({"near": {"lat": 48.1, "lon": 11}}))
            .near()
            .expect("read");
        assert_eq!(near, Some((48.1, 11.0, None)));
    }

    #[test]
    fn an_unknown_parameter_is_refused_with_those_that_exist() {
        let mut some = arguments(json!({"mutation": "EGFR L858R", "max_results\n": 5}));
        some.mutation().expect("given");
        assert_eq!(
            refusal(some.finish()),
            "there is no parameter max_results: allowed are mutation"
        );
        assert_eq!(
            refusal(arguments(json!({"verbose": true})).finish()),
            "there is no parameter verbose: this tool takes none"
        );
    }

    #[test]
    fn a_missing_mutation_is_said_with_an_example() {
        for given in [json!({}), json!({"mutation": "  "}), json!({"mutation": null})] {
            assert_eq!(
                refusal(arguments(given).mutation()),
                "mutation is missing: give one such as \"EGFR L858R\""
            );
        }
    }
}
