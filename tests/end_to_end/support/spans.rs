//! The spans that a test's own thread makes, with all that was recorded on them.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};

/// A span's name, and its fields as text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recorded {
    pub(crate) name: &'static str,
    pub(crate) fields: BTreeMap<&'static str, String>,
}

/// Every span since [`Spans::listen`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Spans(Arc<Mutex<BTreeMap<u64, Recorded>>>);

impl Spans {
    /// Listens on this thread until the guard is dropped.
    pub(crate) fn listen() -> (Self, tracing::subscriber::DefaultGuard) {
        let spans = Self::default();
        let listening = tracing::subscriber::set_default(tracing_subscriber::registry().with(spans.clone()));
        (spans, listening)
    }

    /// Those of this name, in the order of their ids.
    pub(crate) fn named(&self, name: &str) -> Vec<Recorded> {
        let spans = self.0.lock().unwrap();
        spans.values().filter(|span| span.name == name).cloned().collect()
    }
}

impl<S: tracing::Subscriber> Layer<S> for Spans {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, _: Context<'_, S>) {
        let mut span = Recorded {
            name: attributes.metadata().name(),
            ..Recorded::default()
        };
        attributes.record(&mut span);
        self.0.lock().unwrap().insert(id.into_u64(), span);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        if let Some(span) = self.0.lock().unwrap().get_mut(&id.into_u64()) {
            values.record(span);
        }
    }
}

impl Visit for Recorded {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.fields.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.fields.insert(field.name(), value.to_owned());
    }
}
