//! `GET /studies`: what its parameters mean, which studies they choose, in which order, page by page.

use super::corpus::{Area, Document};
use super::essie::Expression;
use super::fields::{Selection, strings_at};
use super::{Parameters, Refused};
use serde_json::{Map, Value, json};
use std::cmp::Reverse;
use trials::study::OverallStatus;

/// Page size where none is asked for, or 0.
const PAGE_SIZE_DEFAULT: usize = 10;

/// Larger pages are cut to this without a word.
const PAGE_SIZE_MAX: usize = 1000;

/// How many sort keys a request may give.
const SORT_KEYS_MAX: usize = 2;

/// The answer to a search, in the registry's shape.
pub(super) fn answer(documents: &[Document], parameters: &Parameters) -> Result<Value, Refused> {
    let search = Search::parse(parameters)?;
    let chosen = search.choose(documents);
    let page: Vec<Value> = chosen
        .iter()
        .skip(search.offset)
        .take(search.page_size)
        .map(|document| search.selection.project(document.study()))
        .collect();

    let mut answer = Map::new();
    if search.count_total && search.offset == 0 {
        answer.insert("totalCount".to_owned(), json!(chosen.len()));
    }
    // The registry hands on a token after each full page, also where nothing follows.
    if page.len() == search.page_size {
        let token = PageToken(search.offset.saturating_add(page.len()));
        answer.insert("nextPageToken".to_owned(), json!(token.to_string()));
    }
    answer.insert("studies".to_owned(), Value::Array(page));
    Ok(Value::Object(answer))
}

#[derive(Debug)]
struct Search {
    expressions: Vec<(Area, Expression)>,
    /// Empty: any.
    statuses: Vec<OverallStatus>,
    selection: Selection,
    /// Empty: the order of the files.
    sort: Vec<Sort>,
    page_size: usize,
    offset: usize,
    count_total: bool,
}

impl Search {
    fn parse(parameters: &Parameters) -> Result<Self, Refused> {
        let mut search = Self {
            expressions: Vec::new(),
            statuses: Vec::new(),
            selection: Selection::default(),
            sort: Vec::new(),
            page_size: PAGE_SIZE_DEFAULT,
            offset: 0,
            count_total: false,
        };
        for (name, value) in parameters {
            match name.as_str() {
                "query.term" => search.require(Area::BASIC_SEARCH, "Other terms", value)?,
                "query.cond" => search.require(Area::CONDITION_SEARCH, "Condition or disease", value)?,
                "query.intr" => search.require(Area::INTERVENTION_SEARCH, "Intervention/treatment", value)?,
                "query.titles" => search.require(Area::TITLE_SEARCH, "Title / Acronym", value)?,
                "filter.advanced" => search.require(Area::BASIC_SEARCH, "advanced filter", value)?,
                "filter.overallStatus" => search.statuses = statuses(value)?,
                "fields" => search.selection = Selection::parse(value)?,
                "sort" => search.sort = sort_keys(value)?,
                "pageSize" => search.page_size = page_size(value)?,
                "pageToken" => search.offset = PageToken::parse(value)?.0,
                "countTotal" => search.count_total = value == "true",
                "format" if value == "json" => {}
                _ => return Err(Refused::unknown_parameter(name)),
            }
        }
        Ok(search)
    }

    fn require(&mut self, area: Area, shown: &str, text: &str) -> Result<(), Refused> {
        if text.trim().is_empty() {
            return Ok(());
        }
        let expression = Expression::parse(text)
            .map_err(|error| Refused::bad_request(format!("Error parsing query in {shown}: {error}")))?;
        self.expressions.push((area, expression));
        Ok(())
    }

    fn choose<'a>(&self, documents: &'a [Document]) -> Vec<&'a Document> {
        let mut chosen: Vec<(usize, &Document)> = documents
            .iter()
            .filter(|document| self.statuses.is_empty() || self.statuses.iter().any(|s| has_status(document, *s)))
            .filter_map(|document| Some((self.relevance(document)?, document)))
            .collect();
        if !self.sort.is_empty() {
            chosen.sort_by(|(left, a), (right, b)| {
                let by_keys = self.sort.iter().map(|sort| match sort {
                    Sort::Relevance => right.cmp(left),
                    Sort::Ascending(path) => sort_value(a, path).cmp(&sort_value(b, path)),
                    Sort::Descending(path) => sort_value(b, path).cmp(&sort_value(a, path)),
                });
                let ties = Reverse(a.nct_id()).cmp(&Reverse(b.nct_id()));
                by_keys
                    .fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
                    .then(ties)
            });
        }
        chosen.into_iter().map(|(_, document)| document).collect()
    }

    fn relevance(&self, document: &Document) -> Option<usize> {
        let parts = self.expressions.iter();
        parts
            .map(|(area, expression)| expression.relevance(document, *area))
            .sum()
    }
}

fn has_status(document: &Document, status: OverallStatus) -> bool {
    strings_at(document.study(), "protocolSection.statusModule.overallStatus") == [status.as_str()]
}

fn statuses(text: &str) -> Result<Vec<OverallStatus>, Refused> {
    let values = text.split([',', '|']).map(str::trim).filter(|value| !value.is_empty());
    let read = |value| {
        OverallStatus::from_registry(value).ok_or_else(|| {
            Refused::bad_request(format!("Invalid value in `filter.overallStatus` parameter: '{value}'"))
        })
    };
    values.map(read).collect()
}

fn page_size(text: &str) -> Result<usize, Refused> {
    match text.parse() {
        Ok(0) => Ok(PAGE_SIZE_DEFAULT),
        Ok(size) => Ok(usize::min(size, PAGE_SIZE_MAX)),
        Err(_) => Err(Refused::bad_request(format!(
            "Invalid value in `pageSize` parameter: '{text}'"
        ))),
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Sort {
    Relevance,
    Ascending(&'static str),
    Descending(&'static str),
}

/// The fields to sort by: dates, which compare as text. Where the date is missing the study comes first.
const SORTED_BY: &[(&str, &str)] = &[
    ("StartDate", "protocolSection.statusModule.startDateStruct.date"),
    (
        "PrimaryCompletionDate",
        "protocolSection.statusModule.primaryCompletionDateStruct.date",
    ),
    (
        "CompletionDate",
        "protocolSection.statusModule.completionDateStruct.date",
    ),
    (
        "StudyFirstPostDate",
        "protocolSection.statusModule.studyFirstPostDateStruct.date",
    ),
    (
        "LastUpdatePostDate",
        "protocolSection.statusModule.lastUpdatePostDateStruct.date",
    ),
];

fn sort_keys(text: &str) -> Result<Vec<Sort>, Refused> {
    let keys: Vec<&str> = text
        .split([',', '|'])
        .map(str::trim)
        .filter(|key| !key.is_empty())
        .collect();
    if keys.len() > SORT_KEYS_MAX {
        return Err(Refused::bad_request(format!(
            "Too many sort fields, at most {SORT_KEYS_MAX}"
        )));
    }
    keys.into_iter().map(sort_key).collect()
}

fn sort_key(key: &str) -> Result<Sort, Refused> {
    if key == "@relevance" {
        return Ok(Sort::Relevance);
    }
    let (field, direction) = key.split_once(':').unwrap_or((key, "desc"));
    let Some((_, path)) = SORTED_BY.iter().find(|(name, _)| *name == field) else {
        let why = if Area::named(field).is_some() {
            "type: text"
        } else {
            "name"
        };
        return Err(Refused::bad_request(format!("Unsupported sort field {why}")));
    };
    match direction {
        "asc" => Ok(Sort::Ascending(path)),
        "desc" => Ok(Sort::Descending(path)),
        other => Err(Refused::bad_request(format!("Invalid sort direction: '{other}'"))),
    }
}

fn sort_value<'a>(document: &'a Document, path: &str) -> Option<&'a str> {
    strings_at(document.study(), path).first().copied()
}

/// How many studies came before the page, dressed so that nobody computes with it.
struct PageToken(usize);

impl PageToken {
    fn parse(text: &str) -> Result<Self, Refused> {
        let hexadecimal = text.strip_prefix('p').unwrap_or_default();
        usize::from_str_radix(hexadecimal, 16)
            .map(Self)
            .map_err(|_| Refused::bad_request("Invalid value in `pageToken` parameter"))
    }
}

impl std::fmt::Display for PageToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "p{:08x}", self.0)
    }
}
