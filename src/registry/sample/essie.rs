//! The part of Essie, the registry's search language, that this project's client speaks.
//!
//! Words, quoted phrases, `AND` `OR` `NOT`, parentheses, `AREA[…]`, `EXPANSION[…]`, `MISSING`. `NOT` and the brackets
//! bind closest, then `AND` (also unwritten, between neighbours), then `OR`. Operator words are operators in capitals
//! only; a backslash makes them words. Operators beyond these are refused.
//!
//! A phrase matches where its words stand in a row within one string of the area, blind to case, punctuation and the
//! accents of Latin letters. There are no synonyms: every phrase is asked for as with `EXPANSION[None]`.

use super::corpus::{Area, Document};
use std::iter::Peekable;
use std::vec::IntoIter;

/// How deep parentheses, `NOT` and brackets may nest: each level is a frame of the stack.
const DEPTH_MAX: usize = 64;

/// What a hit is worth at most, however often the phrase occurs in the area.
const OCCURRENCES_MAX: usize = 5;

/// What a phrase is worth beyond that in a record that has it in its brief title.
const TITLE_WORTH: usize = 10;

/// An expression that was read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Expression {
    /// A phrase between spaces, as [`normalised`] text has it; blank where it held no word, and then it matches nothing.
    Phrase(String),
    /// The area holds no text.
    Missing,
    All(Vec<Expression>),
    Any(Vec<Expression>),
    Not(Box<Expression>),
    Within(Area, Box<Expression>),
}

impl Expression {
    /// Reads an expression; the error is what the registry would say after the parameter's name.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut parser = Parser {
            tokens: tokens(text)?.into_iter().peekable(),
            depth: 0,
        };
        let expression = parser.any()?;
        match parser.tokens.next() {
            None => Ok(expression),
            Some(token) => Err(format!("unexpected {}", token.shown())),
        }
    }

    /// How well the document matches in `area`, or in those that the expression names; `None` where it doesn't.
    pub(super) fn relevance(&self, document: &Document, area: Area) -> Option<usize> {
        match self {
            Self::Phrase(phrase) => {
                let occurrences = document.text(area).matches(phrase.as_str()).count();
                let in_title = document.text(Area::BRIEF_TITLE).contains(phrase.as_str());
                let worth = occurrences.min(OCCURRENCES_MAX) + if in_title { TITLE_WORTH } else { 0 };
                (occurrences > 0 && !phrase.trim().is_empty()).then_some(worth)
            }
            Self::Missing => document.text(area).trim().is_empty().then_some(0),
            Self::All(parts) => parts.iter().map(|part| part.relevance(document, area)).sum(),
            Self::Any(parts) => parts
                .iter()
                .filter_map(|part| part.relevance(document, area))
                .reduce(|a, b| a + b),
            Self::Not(inner) => inner.relevance(document, area).is_none().then_some(0),
            Self::Within(named, inner) => inner.relevance(document, *named),
        }
    }
}

/// The words of a text in lower case, each between single spaces: that a phrase occurs is that this contains it.
pub(super) fn normalised(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push(' ');
    for character in text.chars().flat_map(char::to_lowercase) {
        if character.is_alphanumeric() {
            out.push(unaccented(character));
        } else if !is_combining(character) && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    if !out.ends_with(' ') {
        out.push(' ');
    }
    out
}

/// Latin letters without their accent, so that "Turkiye" finds "Türkiye".
fn unaccented(letter: char) -> char {
    match letter {
        'à'..='å' => 'a',
        'ç' => 'c',
        'è'..='ë' => 'e',
        'ì'..='ï' | 'ı' => 'i',
        'ñ' => 'n',
        'ò'..='ö' => 'o',
        'ù'..='ü' => 'u',
        'ý' | 'ÿ' => 'y',
        other => other,
    }
}

fn is_combining(character: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&character)
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    And,
    Or,
    Not,
    Area(String),
    /// Synonyms are never used, so which were asked for makes no difference.
    Expansion,
    Missing,
    Text(String),
}

impl Token {
    fn shown(&self) -> String {
        match self {
            Self::Open => "'('".to_owned(),
            Self::Close => "')'".to_owned(),
            Self::And => "'AND'".to_owned(),
            Self::Or => "'OR'".to_owned(),
            Self::Not => "'NOT'".to_owned(),
            Self::Area(name) => format!("'AREA[{name}]'"),
            Self::Expansion => "'EXPANSION'".to_owned(),
            Self::Missing => "'MISSING'".to_owned(),
            Self::Text(text) => format!("'{text}'"),
        }
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, after) = match first {
            '(' => (Token::Open, rest.get(1..)),
            ')' => (Token::Close, rest.get(1..)),
            '"' => {
                let (phrase, after) = quoted(rest).ok_or("missing closing quote")?;
                (Token::Text(phrase), Some(after))
            }
            _ => {
                let end = rest.find(|c: char| c.is_whitespace() || "()\"".contains(c));
                let word = end.and_then(|end| rest.get(..end)).unwrap_or(rest);
                match bracketed(rest) {
                    Some((name, argument, after)) => (operator(name, argument)?, Some(after)),
                    None => (word_or_operator(word), rest.get(word.len()..)),
                }
            }
        };
        tokens.push(token);
        rest = after.unwrap_or_default().trim_start();
    }
    Ok(tokens)
}

/// A quoted phrase and what follows it; a backslash takes the next character as it is.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut phrase = String::new();
    let mut characters = text.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((phrase, text.get(at + 1..)?)),
            '\\' => phrase.push(characters.next()?.1),
            other => phrase.push(other),
        }
    }
    None
}

/// `NAME[argument]` at the start of the text: the name in capitals, the argument, and what follows.
fn bracketed(text: &str) -> Option<(&str, &str, &str)> {
    let (name, rest) = text.split_once('[')?;
    if name.is_empty() || !name.bytes().all(|b| b.is_ascii_uppercase()) {
        return None;
    }
    let (argument, after) = rest.split_once(']')?;
    Some((name, argument, after))
}

fn operator(name: &str, argument: &str) -> Result<Token, String> {
    match name {
        "AREA" => Ok(Token::Area(argument.trim().to_owned())),
        "EXPANSION" => Ok(Token::Expansion),
        other => Err(format!("the sample registry does not implement {other}[…]")),
    }
}

fn word_or_operator(word: &str) -> Token {
    match word {
        "AND" => Token::And,
        "OR" => Token::Or,
        "NOT" => Token::Not,
        "MISSING" => Token::Missing,
        other => Token::Text(other.replace('\\', "")),
    }
}

struct Parser {
    tokens: Peekable<IntoIter<Token>>,
    depth: usize,
}

impl Parser {
    fn any(&mut self) -> Result<Expression, String> {
        let mut parts = vec![self.all()?];
        while self.tokens.next_if_eq(&Token::Or).is_some() {
            parts.push(self.all()?);
        }
        Ok(alone_or(parts, Expression::Any))
    }

    fn all(&mut self) -> Result<Expression, String> {
        let mut parts = vec![self.one()?];
        loop {
            let written = self.tokens.next_if_eq(&Token::And).is_some();
            match self.tokens.peek() {
                None | Some(Token::Or | Token::Close) if !written => break,
                _ => parts.push(self.one()?),
            }
        }
        Ok(alone_or(parts, Expression::All))
    }

    fn one(&mut self) -> Result<Expression, String> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(format!("nested deeper than {DEPTH_MAX}"));
        }
        let expression = match self.tokens.next() {
            None => return Err("unexpected end of query".to_owned()),
            Some(Token::Not) => Expression::Not(Box::new(self.one()?)),
            Some(Token::Area(name)) => {
                let area = Area::named(&name).ok_or_else(|| format!("Unknown area name: '{name}'"))?;
                Expression::Within(area, Box::new(self.one()?))
            }
            Some(Token::Expansion) => self.one()?,
            Some(Token::Missing) => Expression::Missing,
            Some(Token::Text(text)) => Expression::Phrase(normalised(&text)),
            Some(Token::Open) => {
                let inner = self.any()?;
                if self.tokens.next() != Some(Token::Close) {
                    return Err("missing closing parenthesis".to_owned());
                }
                inner
            }
            Some(token) => return Err(format!("unexpected {}", token.shown())),
        };
        self.depth -= 1;
        Ok(expression)
    }
}

fn alone_or(mut parts: Vec<Expression>, combine: fn(Vec<Expression>) -> Expression) -> Expression {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            combine(parts)
        }
        None => combine(parts),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn record() -> Document {
        Document::new(json!({
            "protocolSection": {
                "identificationModule": {"nctId": "NCT99000001", "briefTitle": "Zeranib in EGFR-mutated Lung Cancer"},
                "statusModule": {"overallStatus": "RECRUITING"},
                "conditionsModule": {"conditions": ["Lung Cancer", "Non-Small Cell"], "keywords": ["NSCLC"]},
                "eligibilityModule": {"eligibilityCriteria": "* EGFR p.L858R or exon 19\n  deletion\n* no ALK\\-fusion"},
                "contactsLocationsModule": {"locations": [{"city": "Ankara", "country": "Turkey (Türkiye)"}]}
            }
        }))
    }

    fn matches(expression: &str) -> bool {
        let expression = Expression::parse(expression).unwrap();
        expression.relevance(&record(), Area::BASIC_SEARCH).is_some()
    }

    #[test]
    fn expressions_match_as_the_registry_matches() {
        for expression in [
            "EGFR",
            "egfr",
            "lung AND egfr",
            "lung egfr",
            "melanoma OR lung",
            "\"lung cancer\"",
            "NOT melanoma",
            "lung NOT melanoma",
            "AREA[EligibilityCriteria]\"exon 19 deletion\"",
            "AREA[eligibilitycriteria]EXPANSION[None]\"EGFR p.L858R\"",
            "AREA[EligibilityCriteria](L858R OR T790M)",
            "AREA[EligibilityCriteria]\"ALK fusion\"",
            "EXPANSION[None](melanoma OR nsclc) AND lung",
            "AREA[LocationCountry]\"Turkey (Turkiye)\"",
            "AREA[Acronym]MISSING",
            "AREA[OverallStatus]RECRUITING",
            "melanoma OR lung AND egfr",
            "\"say \\\"lung\\\" cancer\" OR zeranib",
        ] {
            assert!(matches(expression), "{expression}");
        }
        for expression in [
            "L858R",
            "lung AND melanoma",
            "lung melanoma",
            "\"cancer lung\"",
            "\"lung cancer non small\"",
            "lung NOT egfr",
            "lung and egfr",
            "lung \\AND egfr",
            "EGF",
            "\"\"",
            "AREA[BriefTitle]MISSING",
            "AREA[Condition]EGFR",
            "(melanoma OR lung) AND breast",
        ] {
            assert!(!matches(expression), "{expression}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused_and_named() {
        let deep = format!("{}lung{}", "(".repeat(100_000), ")".repeat(100_000));
        for (expression, told) in [
            ("", "unexpected end of query"),
            ("lung AND", "unexpected end of query"),
            ("(lung", "missing closing parenthesis"),
            ("lung)", "unexpected ')'"),
            ("AND lung", "unexpected 'AND'"),
            ("lung AND OR egfr", "unexpected 'OR'"),
            ("\"lung", "missing closing quote"),
            ("AREA[X]lung", "Unknown area name: 'X'"),
            ("AREA[StartDate]RANGE[MIN,MAX]", "does not implement RANGE"),
            (&deep, "nested deeper than 64"),
            (&"NOT ".repeat(100_000), "nested deeper than 64"),
        ] {
            let error = Expression::parse(expression).unwrap_err();
            assert!(error.contains(told), "{error}");
        }
    }

    #[test]
    fn a_hit_in_the_title_is_worth_more() {
        let relevance = |text| {
            Expression::parse(text)
                .unwrap()
                .relevance(&record(), Area::BASIC_SEARCH)
        };
        assert!(relevance("zeranib") > relevance("nsclc"));
        assert_eq!(relevance("melanoma"), None);
    }
}
