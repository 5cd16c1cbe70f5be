//! A registry that does as it is told and counts what it is asked.

use crate::registry::{Page, PageRequest, Registry, RegistryError, RegistryVersion};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use trials::NctId;
use trials::mutation::Subject;
use trials::query::Essie;
use trials::record::{Design, Eligibility, FullRecord, Sponsor, Status, Title};
use trials::study::{OverallStatus, Study};

/// Genes to ask for where any will do.
pub(super) const GENES: [&str; 24] = [
    "EGFR L858R",
    "ALK fusion",
    "KRAS G12C",
    "BRAF V600E",
    "MET amplification",
    "RET fusion",
    "ROS1 fusion",
    "ERBB2 amplification",
    "NRAS Q61R",
    "KIT D816V",
    "IDH1 R132H",
    "IDH2 R140Q",
    "ATM mutation",
    "PTEN loss",
    "TP53 mutation",
    "FGFR2 fusion",
    "BRCA1 mutation",
    "BRCA2 mutation",
    "PIK3CA H1047R",
    "ESR1 D538G",
    "AKT1 E17K",
    "STK11 mutation",
    "NF1 loss",
    "TERT mutation",
];

/// The version of its data, unless it is told otherwise.
pub(super) const VERSION: &str = "2026-11-20T09:00:05";

/// What the registry does with a request.
#[derive(Clone)]
pub(super) enum Step {
    Fail(RegistryError),
    Hang,
    Panic,
}

/// A registry that does as it is told; untold, it answers three studies that name whatever is asked for.
pub(super) struct Told {
    latency: Duration,
    requests: AtomicUsize,
    lookups: AtomicUsize,
    version: Mutex<Option<String>>,
    next: Mutex<VecDeque<Step>>,
    always: Mutex<Option<Step>>,
    of: Mutex<Vec<(Essie, Step)>>,
}

impl Told {
    pub(super) fn new(latency: Duration) -> Self {
        Self {
            latency,
            requests: AtomicUsize::new(0),
            lookups: AtomicUsize::new(0),
            version: Mutex::new(Some(VERSION.into())),
            next: Mutex::default(),
            always: Mutex::default(),
            of: Mutex::default(),
        }
    }

    /// Requests so far, look-ups of its version left out.
    pub(super) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    /// Look-ups of its version so far.
    pub(super) fn lookups(&self) -> usize {
        self.lookups.load(Ordering::SeqCst)
    }

    /// Which version of its data it has from now on; none: it won't say.
    pub(super) fn has_version(&self, version: Option<&str>) {
        *self.version.lock().unwrap() = version.map(str::to_owned);
    }

    /// What it does next, once each.
    pub(super) fn then(&self, steps: impl IntoIterator<Item = Step>) {
        self.next.lock().unwrap().extend(steps);
    }

    /// What it does from now on.
    pub(super) fn always(&self, step: Option<Step>) {
        *self.always.lock().unwrap() = step;
    }

    /// What it does whenever it is asked for this subject.
    pub(super) fn of(&self, subject: Subject, step: Step) {
        self.of.lock().unwrap().push((Essie::candidates(subject), step));
    }

    /// What it does with a request for an expression, or for a record.
    fn step(&self, asked: Option<&Essie>) -> Option<Step> {
        self.requests.fetch_add(1, Ordering::SeqCst);
        let next = self.next.lock().unwrap().pop_front();
        let of = self.of.lock().unwrap();
        let of = of
            .iter()
            .find(|(expression, _)| Some(expression) == asked)
            .map(|(_, step)| step.clone());
        next.or(of).or_else(|| self.always.lock().unwrap().clone())
    }
}

impl Registry for Told {
    fn page(&self, request: PageRequest) -> BoxFuture<'_, Result<Page, RegistryError>> {
        let step = self.step(Some(&request.expression));
        async move {
            tokio::time::sleep(self.latency).await;
            match step {
                None => Ok(Page {
                    studies: (1..=3).map(study).collect(),
                    unreadable: 0,
                    next: None,
                }),
                Some(Step::Fail(error)) => Err(error),
                Some(Step::Hang) => std::future::pending().await,
                Some(Step::Panic) => panic!("told to"),
            }
        }
        .boxed()
    }

    fn version(&self) -> BoxFuture<'_, Result<RegistryVersion, RegistryError>> {
        self.lookups.fetch_add(1, Ordering::SeqCst);
        let version = self.version.lock().unwrap().clone();
        let step = self.always.lock().unwrap().clone();
        async move {
            tokio::time::sleep(self.latency).await;
            match step {
                Some(Step::Hang) => std::future::pending().await,
                Some(Step::Fail(error)) => Err(error),
                _ => version
                    .and_then(|version| RegistryVersion::read(&version))
                    .ok_or_else(super::unavailable),
            }
        }
        .boxed()
    }

    /// It knows every number but those from NCT99999900.
    fn record(&self, nct_id: NctId) -> BoxFuture<'_, Result<Option<FullRecord>, RegistryError>> {
        let step = self.step(None);
        async move {
            tokio::time::sleep(self.latency).await;
            match step {
                None => Ok((!nct_id.to_string().starts_with("NCT999999")).then(|| whole(nct_id))),
                Some(Step::Fail(error)) => Err(error),
                Some(Step::Hang) => std::future::pending().await,
                Some(Step::Panic) => panic!("told to"),
            }
        }
        .boxed()
    }
}

/// A record that says little.
fn whole(nct_id: NctId) -> FullRecord {
    FullRecord {
        nct_id,
        title: Title {
            brief: "A study".into(),
            official: None,
            acronym: None,
            former_numbers: vec![],
            other_numbers: vec![],
        },
        status: Status::default(),
        brief_summary: None,
        detailed_description: Some("x".repeat(1000).into()),
        conditions: vec![],
        keywords: vec![],
        design: Design::default(),
        eligibility: Eligibility::default(),
        arms: vec![],
        interventions: vec![],
        outcomes: vec![],
        contacts: vec![],
        sites: vec![],
        sponsor: Sponsor::default(),
    }
}

/// A study that names every gene of [`GENES`], in context, and MSI-H.
fn study(n: u32) -> (Study, String) {
    let names = GENES.map(|name| format!("* {name} or any other {name} mutation-positive tumour"));
    let study = Study {
        status: OverallStatus::Recruiting,
        conditions: GENES
            .iter()
            .map(|name| name.split(' ').next().unwrap_or(name).into())
            .collect(),
        keywords: vec!["MSI-H".into(), "EML4".into()],
        ..Study::bare(
            format!("NCT9900{n:04}").parse().unwrap(),
            "MSI-H, EML4-ALK fusion and mutation-positive tumours".into(),
        )
    };
    (study, format!("Inclusion Criteria:\n\n* MSI-H\n{}", names.join("\n")))
}
