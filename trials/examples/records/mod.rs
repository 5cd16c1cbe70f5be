//! Records of the registry as the measuring tools read them: names and words only, no dates, sites or statuses.

use flate2::read::GzDecoder;
use serde_json::Value;
use std::fs::File;
use std::io::Read;
use trials::NctId;
use trials::study::{Arm, Intervention, Study};

/// What a file holds, unpacked where its name ends with `.gz`.
pub(crate) fn text(path: &str) -> String {
    let file = File::open(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut text = String::new();
    let read = if path.ends_with(".gz") {
        GzDecoder::new(file).read_to_string(&mut text)
    } else {
        (&file).read_to_string(&mut text)
    };
    read.unwrap_or_else(|error| panic!("{path}: {error}"));
    text
}

/// The study in a record's `protocolSection`.
pub(crate) fn study(protocol: &Value) -> Study {
    let text = |value: &Value| value.as_str().map(Box::from);
    let list = |value: &Value| -> Vec<Value> { value.as_array().cloned().unwrap_or_default() };
    let texts = |value: &Value| -> Vec<Box<str>> { list(value).iter().filter_map(text).collect() };
    let id = &protocol["identificationModule"];
    let arms = &protocol["armsInterventionsModule"];
    Study {
        official_title: text(&id["officialTitle"]),
        acronym: text(&id["acronym"]),
        conditions: texts(&protocol["conditionsModule"]["conditions"]),
        keywords: texts(&protocol["conditionsModule"]["keywords"]),
        arms: list(&arms["armGroups"])
            .iter()
            .map(|a| Arm {
                label: text(&a["label"]).unwrap_or_default(),
                description: text(&a["description"]),
            })
            .collect(),
        interventions: list(&arms["interventions"])
            .iter()
            .map(|i| Intervention {
                name: text(&i["name"]).unwrap_or_default(),
                other_names: texts(&i["otherNames"]),
            })
            .collect(),
        summary: text(&protocol["descriptionModule"]["briefSummary"]),
        ..Study::bare(
            id["nctId"].as_str().unwrap().parse::<NctId>().unwrap(),
            text(&id["briefTitle"]).unwrap_or_default(),
        )
    }
}
