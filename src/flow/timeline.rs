//! What became of the messages to a number: for a developer whose user says that no code came.

use watchword_domain::Phone;
use watchword_domain::pool::Pool;
use watchword_domain::timeline::{Step, Timeline};

use crate::Watchword;
use crate::error::Fault;

/// Messages that are shown at most; a number gets ten a day.
const MOST: u64 = 50;

impl Watchword {
    /// The newest messages to a number with every step of their ways, newest first. They are kept for 30 days.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn messages_to(&self, pool: &Pool, phone: &Phone) -> Result<Vec<Timeline>, Fault> {
        Ok(self.store.read(&pool.id).list_timelines(phone, MOST).await?)
    }
}

/// Counts a step of a message for the funnel: by channel and country, never by number.
pub(crate) fn count(channel: &str, recipient: &Phone, step: Step) {
    let country = recipient.country().map_or_else(|| "unknown".to_owned(), |country| country.to_string());
    let labels = [("channel", channel.to_owned()), ("country", country), ("step", step.as_str().to_owned())];
    metrics::counter!("watchword_message_steps_total", &labels).increment(1);
}

#[cfg(test)]
mod tests {
    use metrics_exporter_prometheus::PrometheusBuilder;

    use super::*;

    #[test]
    fn the_funnel_knows_channel_and_country_and_no_number() {
        let recorder = PrometheusBuilder::new().build_recorder();
        let phone = Phone::from_e164("+5511987654321").unwrap();
        metrics::with_local_recorder(&recorder, || {
            count("whatsapp", &phone, Step::Delivered);
            count("whatsapp", &phone, Step::Delivered);
        });
        let told = recorder.handle().render();
        let line = "watchword_message_steps_total{channel=\"whatsapp\",country=\"BR\",step=\"delivered\"} 2";
        assert!(told.lines().any(|told| told == line), "{told}");
        assert!(!told.contains("987654321"), "{told}");
    }
}
