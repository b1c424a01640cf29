//! What `project channels` says, and what may be decided.

use std::str::FromStr;

use clap::Args;
use serde_json::json;
use watchword_domain::channel::{CountryPolicy, DeliveryPolicy, Fallback, UnknownFallback};
use watchword_domain::pool::Pool;
use watchword_domain::{Channel, Country};
use watchword_flow::Watchword;

use crate::commands::output;
use crate::config::problem::Problem;

/// New decisions about channels. Whatever is not named stays as it is.
#[derive(Args)]
pub struct Change {
    /// The channels codes take, the first one first: whatsapp, sms, email; with commas. By mail go only codes of users who
    /// have a mailbox here, asked for in a browser they signed in with before.
    #[arg(long, value_name = "CHANNEL", value_delimiter = ',')]
    channel: Vec<Channel>,
    /// The channels of one country, such as BR=sms,whatsapp, and if it is to be otherwise there who decides and after how many
    /// seconds: BR=sms,whatsapp:automatic:40; or BR=default for what holds elsewhere; several times.
    #[arg(long = "for", value_name = "COUNTRY=CHANNELS")]
    of_country: Vec<OfCountry>,
    /// Who decides that the next channel steps in: on-request (the person who waits) or automatic.
    #[arg(long, value_name = "WHO")]
    fallback: Option<Fallback>,
    /// Seconds after which a message that is not known to have arrived may be followed by the next channel.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(5..=120))]
    fallback_after: Option<u32>,
}

/// What one country has of its own; none for what holds elsewhere.
#[derive(Debug, Clone)]
struct OfCountry(Country, Option<CountryPolicy>);

impl FromStr for OfCountry {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (country, channels) = text.split_once('=').ok_or("write a country, = and its channels")?;
        let country = country.parse::<Country>().map_err(|error| error.to_string())?;
        if channels == "default" {
            return Ok(Self(country, None));
        }
        let mut parts = channels.split(':');
        let channels: Result<Vec<Channel>, _> =
            parts.next().unwrap_or_default().split(',').map(str::parse).collect();
        let fallback: Option<Fallback> =
            parts.next().map(str::parse).transpose().map_err(|error: UnknownFallback| error.to_string())?;
        let seconds = parts.next().map(str::parse::<u32>).transpose().map_err(|error| error.to_string())?;
        if parts.next().is_some() || seconds.is_some_and(|seconds| !(5..=120).contains(&seconds)) {
            return Err("after the channels come automatic or on-request, and 5 to 120 seconds".to_owned());
        }
        let channels = channels.map_err(|error| error.to_string())?;
        Ok(Self(country, Some(CountryPolicy { channels, fallback, fallback_after_seconds: seconds })))
    }
}

impl Change {
    pub(super) fn is_any(&self) -> bool {
        !self.channel.is_empty()
            || !self.of_country.is_empty()
            || self.fallback.is_some()
            || self.fallback_after.is_some()
    }

    /// Whether it means something here.
    pub(super) fn check(&self, flow: &Watchword) -> Result<(), Problem> {
        let of_countries = self.of_country.iter().filter_map(|of_country| of_country.1.as_ref());
        let of_countries = of_countries.flat_map(|own| &own.channels);
        let named: Vec<&Channel> = self.channel.iter().chain(of_countries).collect();
        let settings = flow.settings();
        for (channel, is_there, section) in [
            (Channel::Sms, settings.sms.is_some(), "[sms]"),
            (Channel::Email, settings.email.is_some(), "[smtp]"),
        ] {
            if !is_there && named.contains(&&channel) {
                let mend = format!("Set up {section} first; docs/configuration.md names its settings.");
                return Err(Problem::new(channel.as_str(), "is no channel of this installation", mend));
            }
        }
        Ok(())
    }

    pub(super) fn apply(&self, policy: &mut DeliveryPolicy) {
        if !self.channel.is_empty() {
            policy.channels.clone_from(&self.channel);
        }
        for OfCountry(country, channels) in &self.of_country {
            match channels {
                Some(own) => policy.by_country.insert(*country, own.clone()),
                None => policy.by_country.remove(country),
            };
        }
        policy.fallback = self.fallback.unwrap_or(policy.fallback);
        policy.fallback_after_seconds = self.fallback_after.unwrap_or(policy.fallback_after_seconds);
    }
}

fn described(own: &CountryPolicy) -> String {
    let who = match own.fallback {
        Some(Fallback::Automatic) => " by itself",
        Some(Fallback::OnRequest) => " when asked for",
        None => "",
    };
    let after = own.fallback_after_seconds.map(|seconds| format!(" after {seconds} s")).unwrap_or_default();
    format!("{}{who}{after}", listed(&own.channels))
}

fn listed(channels: &[Channel]) -> String {
    channels.iter().map(|channel| channel.as_str()).collect::<Vec<_>>().join(", then ")
}

pub(super) fn said(pool: &Pool, is_json: bool) -> String {
    let policy = &pool.settings.delivery;
    if is_json {
        return json!({
            "channels": policy.channels,
            "by_country": policy.by_country,
            "fallback": policy.fallback,
            "fallback_after_seconds": policy.fallback_after_seconds,
        })
        .to_string();
    }
    let seconds = policy.fallback_after_seconds;
    let who = match policy.fallback {
        Fallback::OnRequest => format!("offered after {seconds} s, or at once when a message failed"),
        Fallback::Automatic => format!("by itself after {seconds} s, or at once when a message failed"),
    };
    let mut rows = vec![("Codes go by".to_owned(), listed(&policy.channels))];
    rows.extend(policy.by_country.iter().map(|(country, own)| (format!("in {country} by"), described(own))));
    rows.push(("The next one is".to_owned(), who));
    let rows: Vec<(&str, &str)> = rows.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    format!("Channels of {}:\n\n{}", pool.domain, output::aligned(&rows))
}
