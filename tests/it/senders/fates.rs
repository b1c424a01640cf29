//! What became of a number's code, as the service knows it and as the provider does, and whether the two agree.

use std::collections::HashMap;

use futures_util::stream::{self, StreamExt};
use watchword_domain::channel::leads_elsewhere;
use watchword_domain::{DeliveryState, FailureClass};

use crate::races::ground::Waiting;
use crate::support::House;

/// Numbers asked for at the provider at once.
const ABREAST: usize = 16;

/// A message as the service knows it.
struct Here {
    channel: String,
    state: DeliveryState,
    failure: Option<FailureClass>,
    /// When it was written, in milliseconds.
    at: i64,
}

/// A message that the provider took.
struct There {
    channel: String,
    status: String,
    code: String,
}

/// The messages by which one number's code went out.
pub struct Fate {
    phone: String,
    here: Vec<Here>,
    there: Vec<There>,
}

/// What became of these people's codes, in their order. A number gets one code here.
pub async fn fates(house: &House, people: &[Waiting]) -> Vec<Fate> {
    let columns = "recipient || ' ' || channel || ' ' || state || ' ' || CAST(created_at AS TEXT) || ' ' \
                   || COALESCE(failure_class, '')";
    let mut here: HashMap<String, Vec<Here>> = HashMap::new();
    for row in house.values(&format!("SELECT {columns} FROM messages")).await {
        let [phone, channel, state, at, class] = row.splitn(5, ' ').collect::<Vec<_>>().try_into().unwrap();
        here.entry(phone.to_owned()).or_default().push(Here {
            channel: channel.to_owned(),
            state: state.parse().unwrap(),
            failure: class.parse().ok(),
            at: at.parse().unwrap(),
        });
    }
    let each = stream::iter(people).map(|person| async move {
        let text = |message: &serde_json::Value, name: &str| message[name].as_str().unwrap().to_owned();
        let there = house.messages_to(&person.phone).await;
        let there = there.iter().map(|message| There {
            channel: text(message, "channel"),
            status: text(message, "status"),
            code: text(message, "code"),
        });
        (person.phone.clone(), there.collect())
    });
    let there: Vec<(String, Vec<There>)> = each.buffered(ABREAST).collect().await;
    let fate = |(phone, there)| Fate { here: here.remove(&phone).unwrap_or_default(), phone, there };
    there.into_iter().map(fate).collect()
}

impl Here {
    /// Whether this is how a message is known that ended like this at the provider. One that it refused or never got is
    /// nowhere; one that it keeps to itself is still on its way as far as anybody knows.
    fn fits(&self, there: Option<&There>) -> bool {
        match (self.state, there.map(|there| there.status.as_str())) {
            (DeliveryState::Failed | DeliveryState::Unknown, None)
            | (DeliveryState::Accepted, Some("delivered")) => true,
            (state, Some(status)) => state.as_str() == status,
            (_, None) => false,
        }
    }

    /// Whether an SMS has to follow this message, once that was waited for.
    fn calls_for_another(&self) -> bool {
        match self.state {
            DeliveryState::Failed => self.failure.is_none_or(leads_elsewhere),
            state => state != DeliveryState::Delivered,
        }
    }
}

impl Fate {
    /// The code on the person's phone.
    pub fn code(&self) -> Option<&str> {
        self.there.iter().find(|there| there.status == "delivered").map(|there| there.code.as_str())
    }

    /// Whether the service knows that it is there.
    pub fn is_known_to_have_arrived(&self) -> bool {
        self.here.iter().any(|here| here.state == DeliveryState::Delivered)
    }

    /// Messages that the service wrote.
    pub fn written(&self) -> usize {
        self.here.len()
    }

    /// Messages that the provider took.
    pub fn sent(&self) -> usize {
        self.there.len()
    }

    /// What is wrong with it, where an SMS was to step in after so many seconds without news.
    pub fn wrong(&self, patience: u32) -> Option<String> {
        let by = |channel: &str| self.here.iter().filter(|here| here.channel == channel).collect::<Vec<_>>();
        let (whatsapp, sms) = (by("whatsapp"), by("sms"));
        let why = match (whatsapp.as_slice(), sms.as_slice()) {
            ([first], []) if first.calls_for_another() => "nothing stepped in",
            ([_], []) => "",
            ([first], [second]) => {
                let was_unheard = second.at >= first.at + i64::from(patience) * 1000;
                if first.calls_for_another() || was_unheard { "" } else { "an SMS without cause" }
            }
            _ => "not one message a channel",
        };
        if !why.is_empty() {
            return Some(format!("{}: {why}: {}", self.phone, self.told()));
        }
        let fits = |here: &Here| {
            let there: Vec<&There> =
                self.there.iter().filter(|there| there.channel == here.channel).collect();
            there.len() < 2 && here.fits(there.first().copied())
        };
        let is_ours = |there: &There| self.here.iter().any(|here| here.channel == there.channel);
        let agree = self.here.iter().all(fits) && self.there.iter().all(is_ours);
        (!agree).then(|| format!("{}: not as at the provider: {}", self.phone, self.told()))
    }

    fn told(&self) -> String {
        let here = self.here.iter().map(|here| format!("{} {} here", here.channel, here.state.as_str()));
        let there = self.there.iter().map(|there| format!("{} {} there", there.channel, there.status));
        here.chain(there).collect::<Vec<_>>().join(", ")
    }
}
