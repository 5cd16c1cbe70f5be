//! What the processes agree on: cells, counts, news. Each row carries a seal; one that doesn't fit it counts as none.

use super::file::Book;
use super::seal::seal;
use crate::store::backend::{NEWS_KEPT, NewsMark, PERIODS_KEPT};
use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};
use std::collections::HashMap;
use std::time::Duration;

/// The file of the agreements.
pub(super) static AGREEMENTS: Book = Book {
    name: "agreements",
    format: super::FORMAT,
    // "ctmg"
    application_id: 0x6374_6d67,
    // The origin tells the news of this file from those of one before it, whose numbers were the same.
    schema: "
        CREATE TABLE cells (
            name TEXT PRIMARY KEY, content BLOB NOT NULL, since INTEGER NOT NULL, runs_out INTEGER NOT NULL,
            seal INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE counts (
            period INTEGER, what TEXT, times INTEGER NOT NULL, seal INTEGER NOT NULL, PRIMARY KEY (period, what)
        ) WITHOUT ROWID;
        CREATE TABLE news (id INTEGER PRIMARY KEY AUTOINCREMENT, news TEXT NOT NULL, seal INTEGER NOT NULL);
        CREATE TABLE origin (id INTEGER PRIMARY KEY, number INTEGER NOT NULL);
        INSERT INTO origin (id, number) VALUES (1, abs(random() / 2));
    ",
};

/// Names counted in one period; what is new beyond them is not counted.
const NAMES_MAX: usize = 20_000;
/// How much later than now a cell may have been put: clocks are set back by a little all the time. One that was put
/// later than that was put before the clock was set back, and would run out who knows when.
const SET_BACK_MAX: Duration = Duration::from_secs(2);

/// What a cell holds at a moment, in milliseconds since 1970.
pub(super) fn held(agreements: &Connection, cell: &str, at: i64) -> rusqlite::Result<Option<Vec<u8>>> {
    let found: Option<(Vec<u8>, i64, i64, i64)> = agreements
        .prepare_cached("SELECT content, since, runs_out, seal FROM cells WHERE name = ?1")?
        .query_row([cell], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
        .optional()?;
    Ok(found.and_then(|(content, since, runs_out, sealed)| {
        let is_ours = sealed == of_cell(cell, &content, since, runs_out);
        (is_ours && since <= at.saturating_add(millis(SET_BACK_MAX)) && at < runs_out).then_some(content)
    }))
}

/// Puts `now` into a cell if it holds exactly `was`.
pub(super) fn swap(
    agreements: &mut Connection,
    cell: &str,
    was: Option<&[u8]>,
    now: Option<&[u8]>,
    keep_for: Duration,
    at: i64,
) -> rusqlite::Result<bool> {
    // Begun as a writer's: between the look and the change no other process changes anything.
    let work = agreements.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if held(&work, cell, at)?.as_deref() != was {
        return Ok(false);
    }
    match now {
        Some(content) => {
            let runs_out = at.saturating_add(millis(keep_for));
            work.prepare_cached(
                "INSERT OR REPLACE INTO cells (name, content, since, runs_out, seal) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                cell,
                content,
                at,
                runs_out,
                of_cell(cell, content, at, runs_out)
            ])?
        }
        None => work
            .prepare_cached("DELETE FROM cells WHERE name = ?1")?
            .execute([cell])?,
    };
    work.commit()?;
    Ok(true)
}

/// Adds to the counts of a period; drops what has run out.
pub(super) fn count(
    agreements: &mut Connection,
    period: u64,
    counts: &[(String, u64)],
    at: i64,
) -> rusqlite::Result<()> {
    let work = agreements.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let counted = |row: &Row<'_>| count_of(row).map(|count| count.map(|(_, what, times)| (what, times)));
    let so_far: HashMap<String, u64> = work
        .prepare_cached("SELECT period, what, times, seal FROM counts WHERE period = ?1")?
        .query_map([whole(period)], counted)?
        .flat_map(Result::transpose)
        .collect::<rusqlite::Result<_>>()?;
    let mut names = so_far.len();
    let mut sums: HashMap<&str, u64> = HashMap::new();
    for (what, times) in counts {
        let sum = sums
            .entry(what)
            .or_insert_with(|| so_far.get(what).copied().unwrap_or(0));
        *sum = sum.saturating_add(*times);
    }
    for (what, sum) in sums {
        if !so_far.contains_key(what) {
            if names >= NAMES_MAX {
                continue;
            }
            names += 1;
        }
        work.prepare_cached("INSERT OR REPLACE INTO counts (period, what, times, seal) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![
                whole(period),
                what,
                whole(sum),
                of_count(whole(period), what, whole(sum))
            ])?;
    }
    let oldest = whole(period.saturating_sub(PERIODS_KEPT));
    work.execute("DELETE FROM counts WHERE period < ?1", [oldest])?;
    work.execute("DELETE FROM cells WHERE runs_out <= ?1", [at])?;
    work.commit()
}

/// The counts from a period on.
pub(super) fn counts(agreements: &Connection, from: u64) -> rusqlite::Result<Vec<(u64, String, u64)>> {
    agreements
        .prepare_cached("SELECT period, what, times, seal FROM counts WHERE period >= ?1")?
        .query_map([whole(from)], count_of)?
        .flat_map(Result::transpose)
        .collect()
}

/// Tells every process.
pub(super) fn tell(agreements: &mut Connection, news: &str) -> rusqlite::Result<()> {
    let work = agreements.transaction_with_behavior(TransactionBehavior::Immediate)?;
    work.execute(
        "INSERT INTO news (news, seal) VALUES (?1, ?2)",
        params![news, seal(&[news.as_bytes()])],
    )?;
    let kept = i64::try_from(NEWS_KEPT).unwrap_or(i64::MAX);
    work.execute("DELETE FROM news WHERE id <= ?1", [work.last_insert_rowid() - kept])?;
    work.commit()
}

/// What was told after a mark. One from a file before this is before all that this one holds.
pub(super) fn news(agreements: &Connection, last: Option<&NewsMark>) -> rusqlite::Result<(NewsMark, Vec<String>)> {
    let (origin, newest): (i64, i64) = agreements
        .prepare_cached("SELECT number, (SELECT coalesce(max(id), 0) FROM news) FROM origin WHERE id = 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mark = NewsMark(format!("{origin}:{newest}"));
    let Some(last) = last else {
        return Ok((mark, Vec::new()));
    };
    if *last == mark {
        return Ok((mark, Vec::new()));
    }
    let last = match last
        .0
        .split_once(':')
        .map(|(origin, id)| (origin.parse::<i64>(), id.parse::<i64>()))
    {
        Some((Ok(of), Ok(id))) if of == origin => id,
        _ => 0,
    };
    let told = |row: &Row<'_>| {
        let (news, sealed): (String, i64) = (row.get(0)?, row.get(1)?);
        Ok((sealed == seal(&[news.as_bytes()])).then_some(news))
    };
    let news = agreements
        .prepare_cached("SELECT news, seal FROM news WHERE id > ?1 AND id <= ?2 ORDER BY id")?
        .query_map([last, newest], told)?
        .flat_map(Result::transpose)
        .collect::<rusqlite::Result<_>>()?;
    Ok((mark, news))
}

fn count_of(row: &Row<'_>) -> rusqlite::Result<Option<(u64, String, u64)>> {
    let (period, what, times, sealed): (i64, String, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
    let is_ours = sealed == of_count(period, &what, times);
    Ok(is_ours.then(|| (period.unsigned_abs(), what, times.unsigned_abs())))
}

fn of_cell(name: &str, content: &[u8], since: i64, runs_out: i64) -> i64 {
    seal(&[name.as_bytes(), content, &since.to_le_bytes(), &runs_out.to_le_bytes()])
}

fn of_count(period: i64, what: &str, times: i64) -> i64 {
    seal(&[&period.to_le_bytes(), what.as_bytes(), &times.to_le_bytes()])
}

fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
