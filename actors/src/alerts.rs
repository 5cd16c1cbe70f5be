//! Alerts: what a person should look at, told once when it begins and once when it is over.
//!
//! A state machine of its arguments: it is given figures and the time, and reads neither by itself. So that nothing
//! flaps, each alert has a limit at which it fires and a milder one below which it clears, a figure must be past the
//! limit for a while before it fires and within the milder one for a while before it clears, and figures of questions
//! count only where there are enough questions. Alerts say what to look at; how the server is doing is said by its
//! components, which change at once.

use crate::report::AlertReport;
use std::time::Duration;
use tokio::time::Instant;

/// How often the figures are looked at.
pub(crate) const LOOK_EVERY: Duration = Duration::from_secs(5);
/// How long a figure must be well before its alert clears: longer than a breaker's pause, so that a registry which fails
/// each probe is one outage and not ten.
const WELL_FOR: Duration = Duration::from_secs(60);
/// Questions in five minutes below which one bad answer says little: one in twenty is 5 %.
const QUESTIONS_MIN: u64 = 20;
/// Questions in an hour below which a hit rate says how new the server is and not how well its cache works.
const QUESTIONS_FOR_HITS_MIN: u64 = 100;

/// What the alerts are about, as figures at one moment.
#[derive(Clone, Debug, Default)]
pub(crate) struct Vitals {
    /// Questions of the last five minutes.
    pub(crate) questions: u64,
    /// Those of them that were refused or failed.
    pub(crate) errors: u64,
    /// Within which time 95 of 100 answers of the last five minutes were given.
    pub(crate) answered_within: Option<Duration>,
    /// Questions of the last hour.
    pub(crate) hour_questions: u64,
    /// Those of them that were answered without the registry.
    pub(crate) hour_hits: u64,
    /// Whether the registry is left alone.
    pub(crate) breaker_is_open: bool,
    /// Whether a store that is set can't be used.
    pub(crate) store_is_lost: bool,
    /// Tokens left of the rate budget, where there is one.
    pub(crate) tokens: Option<f64>,
    /// Whether the last look-up of the registry's version failed.
    pub(crate) version_is_unknown: bool,
}

/// Every alert, each in its state. Outlives the metrics actor, in its ledger.
#[derive(Debug)]
pub(crate) struct Alerts([Alert; RULES.len()]);

#[derive(Clone, Copy, Debug)]
struct Alert {
    rule: &'static Rule,
    phase: Phase,
    figure: Option<f64>,
    times_fired: u64,
    /// Since when the condition of an alert that is about how long something lasts has held.
    held_since: Option<Instant>,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    Quiet,
    /// Past the limit since then, not yet for long enough.
    Rising {
        since: Instant,
    },
    /// Told. Within the milder limit since then, where it is.
    Firing {
        since: Instant,
        well_since: Option<Instant>,
    },
}

#[derive(Debug)]
struct Rule {
    name: &'static str,
    figure: Figure,
    /// What the figure is counted in.
    unit: &'static str,
    worse: Worse,
    fires_at: f64,
    clears_at: f64,
    /// How long it must be past the limit before it fires. What lasts is its own measure.
    hold: Duration,
    meaning: &'static str,
    remedy: &'static str,
}

#[derive(Debug)]
enum Figure {
    /// None where there is too little to tell.
    Of(fn(&Vitals) -> Option<f64>),
    /// How many seconds this has lasted.
    Lasting(fn(&Vitals) -> bool),
}

#[derive(Clone, Copy, Debug)]
enum Worse {
    Above,
    Below,
}

static RULES: [Rule; 7] = [
    Rule {
        name: "error_rate",
        figure: Figure::Of(|v| share(v.errors, v.questions, QUESTIONS_MIN)),
        unit: "of questions",
        worse: Worse::Above,
        // One in ten is more than misspellings, which are refused before they are questions, and single time-outs.
        fires_at: 0.10,
        clears_at: 0.05,
        hold: Duration::from_secs(60),
        meaning: "questions of the last five minutes that were refused or failed",
        remedy: "see which component of the health status is not healthy, and the refusals in the log",
    },
    Rule {
        name: "latency",
        figure: Figure::Of(|v| {
            let is_enough = v.questions >= QUESTIONS_MIN;
            v.answered_within
                .filter(|_| is_enough)
                .map(|within| within.as_secs_f64())
        }),
        unit: "s",
        worse: Worse::Above,
        // A cold question takes one to three seconds, a warm one milliseconds: when one in twenty takes longer than this,
        // the registry is slow or the budget is short.
        fires_at: 5.0,
        clears_at: 2.5,
        hold: Duration::from_secs(60),
        meaning: "within which 95 of 100 answers of the last five minutes were given",
        remedy: "look at the registry's component and at the tokens left of REGISTRY_RATE_LIMIT; warm what is asked most (warm_cache)",
    },
    Rule {
        name: "hit_rate",
        figure: Figure::Of(|v| share(v.hour_hits, v.hour_questions, QUESTIONS_FOR_HITS_MIN)),
        unit: "of questions",
        worse: Worse::Below,
        // With the common mutations warm nine in ten need no registry; at half of that something drives entries out.
        fires_at: 0.5,
        clears_at: 0.7,
        // A fresh start, and a morning on which the registry has renewed its data, look so for some minutes.
        hold: Duration::from_secs(600),
        meaning: "questions of the last hour that were answered without the registry",
        remedy: "see evictions and bytes held in get_cache_report; raise CACHE_MEMORY_MAX, mend the store, or turn CACHE_WARMING on",
    },
    Rule {
        name: "breaker_open",
        figure: Figure::Lasting(|v| v.breaker_is_open),
        unit: "s",
        worse: Worse::Above,
        // The first pause is shorter: a registry that is back by then is nobody's business.
        fires_at: 30.0,
        clears_at: 1.0,
        hold: Duration::ZERO,
        meaning: "for which the registry has been left alone because it fails",
        remedy: "check the network, the proxy and the registry; it is tried again by itself, and what is held is served",
    },
    Rule {
        name: "store_lost",
        figure: Figure::Lasting(|v| v.store_is_lost),
        unit: "s",
        worse: Worse::Above,
        // A restart of Redis is over by then.
        fires_at: 30.0,
        clears_at: 1.0,
        hold: Duration::ZERO,
        meaning: "for which a store that is set could not be used",
        remedy: "see the store's component in the health status; until it is back each process keeps to itself",
    },
    Rule {
        name: "budget_spent",
        figure: Figure::Of(|v| v.tokens),
        unit: "requests",
        worse: Worse::Below,
        // Below one the next question waits, and warming stands still below half of the burst.
        fires_at: 1.0,
        clears_at: 5.0,
        hold: Duration::from_secs(60),
        meaning: "that may go to the registry now",
        remedy: "more is asked cold than REGISTRY_RATE_LIMIT allows: share a store between instances, hold more in memory, or raise the limit with the registry's consent",
    },
    Rule {
        name: "version_too_old",
        figure: Figure::Lasting(|v| v.version_is_unknown),
        unit: "s",
        worse: Worse::Above,
        // Data change once a day; a quarter of an hour without knowing is still within any CACHE_TTL that is usual.
        fires_at: 900.0,
        clears_at: 1.0,
        hold: Duration::ZERO,
        meaning: "for which the registry's version could not be had, so that CACHE_TTL decides what is fresh",
        remedy: "check that <REGISTRY>/version answers with a dataTimestamp; until then answers may be older than the registry's data",
    },
];

impl Alerts {
    /// All quiet.
    pub(crate) fn new() -> Self {
        Self(std::array::from_fn(|place| Alert {
            rule: &RULES[place],
            phase: Phase::Quiet,
            figure: None,
            times_fired: 0,
            held_since: None,
        }))
    }

    /// Looks at the figures; what fires and what clears is logged.
    pub(crate) fn look(&mut self, vitals: &Vitals, now: Instant) {
        for alert in &mut self.0 {
            match alert.look(vitals, now) {
                Some(Change::Fired) => {
                    let (alert, about, remedy) = (alert.rule.name, alert.told(now), alert.rule.remedy);
                    tracing::warn!(alert, about, remedy, "an alert fires");
                }
                Some(Change::Cleared { after }) => {
                    tracing::info!(alert = alert.rule.name, after_s = after.as_secs(), "an alert is over");
                }
                None => {}
            }
        }
    }

    /// As operators read them, firing or not.
    pub(crate) fn report(&self, now: Instant) -> Vec<AlertReport> {
        self.0.iter().map(|alert| alert.report(now)).collect()
    }
}

enum Change {
    Fired,
    Cleared { after: Duration },
}

impl Alert {
    fn look(&mut self, vitals: &Vitals, now: Instant) -> Option<Change> {
        self.figure = match self.rule.figure {
            Figure::Of(figure) => figure(vitals),
            Figure::Lasting(holds) => {
                self.held_since = holds(vitals).then(|| self.held_since.unwrap_or(now));
                Some(self.held_since.map_or(0.0, |since| elapsed(since, now).as_secs_f64()))
            }
        };
        let (is_past, is_well) = match (self.figure, self.rule.worse) {
            // Too little to tell is nothing to be woken for.
            (None, _) => (false, true),
            (Some(figure), Worse::Above) => (figure >= self.rule.fires_at, figure < self.rule.clears_at),
            (Some(figure), Worse::Below) => (figure < self.rule.fires_at, figure >= self.rule.clears_at),
        };
        match (&mut self.phase, is_past) {
            (Phase::Quiet, true) => self.phase = Phase::Rising { since: now },
            (Phase::Rising { .. }, false) => self.phase = Phase::Quiet,
            _ => {}
        }
        match &mut self.phase {
            Phase::Rising { since } if elapsed(*since, now) >= self.rule.hold => {
                self.phase = Phase::Firing {
                    since: self.held_since.unwrap_or(*since),
                    well_since: None,
                };
                self.times_fired += 1;
                Some(Change::Fired)
            }
            Phase::Firing { since, well_since } => {
                *well_since = is_well.then(|| well_since.unwrap_or(now));
                let is_over = well_since.is_some_and(|well| elapsed(well, now) >= WELL_FOR);
                let after = elapsed(*since, now);
                is_over.then(|| {
                    self.phase = Phase::Quiet;
                    Change::Cleared { after }
                })
            }
            _ => None,
        }
    }

    fn report(&self, now: Instant) -> AlertReport {
        let firing_since = match self.phase {
            Phase::Firing { since, .. } => Some(elapsed(since, now)),
            _ => None,
        };
        AlertReport {
            name: self.rule.name,
            firing_for: firing_since,
            figure: self.figure,
            fires_at: self.rule.fires_at,
            clears_at: self.rule.clears_at,
            unit: self.rule.unit,
            told: self.told(now),
            remedy: self.rule.remedy,
            times_fired: self.times_fired,
        }
    }

    /// The figure and its limit in words.
    fn told(&self, now: Instant) -> String {
        let rule = self.rule;
        let side = match rule.worse {
            Worse::Above => "or more",
            Worse::Below => "or less",
        };
        let figure = match (self.held_since, self.figure) {
            (Some(since), _) => format!("{} s", elapsed(since, now).as_secs()),
            (None, Some(figure)) => shown(figure, rule.unit),
            (None, None) => "too little to tell".to_owned(),
        };
        let limit = shown(rule.fires_at, rule.unit);
        format!("{figure} {}; it fires at {limit} {side}", rule.meaning)
    }
}

fn shown(figure: f64, unit: &str) -> String {
    match unit {
        "of questions" => format!("{:.0} % of", figure * 100.0),
        "s" => format!("{figure:.1} s"),
        unit => format!("{figure:.0} {unit}"),
    }
}

fn elapsed(since: Instant, now: Instant) -> Duration {
    now.saturating_duration_since(since)
}

#[expect(clippy::cast_precision_loss, reason = "a share of questions is shown to a hundredth")]
fn share(part: u64, whole: u64, whole_min: u64) -> Option<f64> {
    (whole >= whole_min && whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An hour of looks; gives how often each alert fired and whether it fires at the end.
    async fn watch(alerts: &mut Alerts, looks: u32, vitals: impl Fn(u32) -> Vitals) {
        for look in 0..looks {
            alerts.look(&vitals(look), Instant::now());
            tokio::time::advance(LOOK_EVERY).await;
        }
    }

    fn alert(alerts: &Alerts, name: &str) -> AlertReport {
        let mut reports = alerts.report(Instant::now()).into_iter();
        reports.find(|alert| alert.name == name).unwrap()
    }

    fn failing(errors: u64) -> Vitals {
        Vitals {
            questions: 100,
            errors,
            ..Vitals::default()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn it_fires_when_it_has_lasted_and_says_since_when_its_figure_and_its_limit() {
        let mut alerts = Alerts::new();
        watch(&mut alerts, 12, |_| failing(20)).await;
        assert_eq!(alert(&alerts, "error_rate").firing_for, None, "not yet for a minute");
        watch(&mut alerts, 1, |_| failing(20)).await;
        let told = alert(&alerts, "error_rate");
        assert!(told.firing_for >= Some(Duration::from_secs(60)), "{told:?}");
        assert_eq!((told.figure, told.times_fired), (Some(0.2), 1));
        assert!(
            told.told.contains("20 % of questions") && told.told.contains("10 %"),
            "{told:?}"
        );
        assert!(!told.remedy.is_empty());
        let others = alerts
            .report(Instant::now())
            .into_iter()
            .filter(|alert| alert.firing_for.is_some());
        assert_eq!(others.count(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_figure_that_goes_to_and_fro_about_its_limit_fires_once() {
        let mut alerts = Alerts::new();
        watch(&mut alerts, 720, |look| {
            failing(if look < 13 || look % 2 == 0 { 11 } else { 9 })
        })
        .await;
        let told = alert(&alerts, "error_rate");
        assert!(told.firing_for.is_some() && told.times_fired == 1, "{told:?}");
        // Now and then well is not over, either.
        watch(&mut alerts, 720, |look| failing(if look % 10 == 0 { 11 } else { 0 })).await;
        let told = alert(&alerts, "error_rate");
        assert!(told.firing_for.is_some() && told.times_fired == 1, "{told:?}");
        watch(&mut alerts, 14, |_| failing(0)).await;
        assert_eq!(alert(&alerts, "error_rate").firing_for, None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_figure_that_never_stays_past_its_limit_never_fires() {
        let mut alerts = Alerts::new();
        watch(&mut alerts, 720, |look| failing(if look % 12 == 0 { 0 } else { 50 })).await;
        assert_eq!(alert(&alerts, "error_rate").times_fired, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn few_questions_fire_nothing() {
        let mut alerts = Alerts::new();
        let few = Vitals {
            questions: QUESTIONS_MIN - 1,
            errors: QUESTIONS_MIN - 1,
            answered_within: Some(Duration::from_secs(60)),
            hour_questions: QUESTIONS_FOR_HITS_MIN - 1,
            ..Vitals::default()
        };
        watch(&mut alerts, 720, |_| few.clone()).await;
        assert!(alerts.report(Instant::now()).iter().all(|alert| alert.times_fired == 0));
    }

    #[tokio::test(start_paused = true)]
    async fn each_alert_fires_and_clears() {
        let bad = Vitals {
            questions: 100,
            errors: 50,
            answered_within: Some(Duration::from_secs(10)),
            hour_questions: 1000,
            hour_hits: 100,
            breaker_is_open: true,
            store_is_lost: true,
            tokens: Some(0.2),
            version_is_unknown: true,
        };
        let good = Vitals {
            questions: 100,
            hour_questions: 1000,
            hour_hits: 900,
            tokens: Some(20.0),
            ..Vitals::default()
        };
        let mut alerts = Alerts::new();
        watch(&mut alerts, 200, |_| bad.clone()).await;
        for alert in alerts.report(Instant::now()) {
            assert!(alert.firing_for.is_some(), "{alert:?}");
        }
        watch(&mut alerts, 20, |_| good.clone()).await;
        for alert in alerts.report(Instant::now()) {
            assert!(alert.firing_for.is_none() && alert.times_fired == 1, "{alert:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_breaker_that_probes_in_vain_is_one_alert() {
        let mut alerts = Alerts::new();
        // Closed for a moment after each probe that went well, and open again.
        watch(&mut alerts, 720, |look| Vitals {
            breaker_is_open: look < 10 || look % 8 != 0,
            ..Vitals::default()
        })
        .await;
        let told = alert(&alerts, "breaker_open");
        assert!(told.firing_for.is_some() && told.times_fired == 1, "{told:?}");
    }

    #[test]
    fn every_rule_clears_on_the_mild_side_of_where_it_fires() {
        for rule in &RULES {
            match rule.worse {
                Worse::Above => assert!(rule.clears_at < rule.fires_at, "{}", rule.name),
                Worse::Below => assert!(rule.clears_at > rule.fires_at, "{}", rule.name),
            }
        }
    }
}
