//! What a message costs its pool: counted with the message, last of all, since every message of the pool waits for these
//! rows. A budget that cannot bear it takes back the whole transaction, its own count included.

use watchword_domain::budgets::{Budget, Counted, FULL};
use watchword_domain::conversion::{TRAFFIC_WINDOW, subjects};
use watchword_domain::limits::window_start;
use watchword_domain::monitor::Monitor;
use watchword_domain::pool::Pool;
use watchword_domain::{Channel, Phone, Timestamp};
use watchword_store::{AlertRow, Counter, NewMessage, PoolTx};

use super::refusal::SendRefusal;
use crate::Watchword;
use crate::error::{Error, Outcome};

/// The counter of a budget.
pub(crate) fn counter_of(pool: &Pool, budget: &Budget) -> String {
    format!("{} of {}", budget.name(), pool.id)
}

/// What is told when a budget is used up.
pub(super) fn used_up(budget: &Budget, now: Timestamp) -> AlertRow {
    let most = budget.most.unwrap_or_default();
    alert(budget, FULL, most, now)
}

fn alert(budget: &Budget, percent: u8, amount: u64, now: Timestamp) -> AlertRow {
    AlertRow {
        kind: budget.name().to_owned(),
        subject: String::new(),
        window: budget.start(now),
        percent,
        amount,
        most: budget.most.unwrap_or_default(),
        raised_at: now,
    }
}

/// A message that goes out, as it is counted.
pub(super) struct Outgoing<'a> {
    pub(super) phone: &'a Phone,
    pub(super) channel: Channel,
    /// The wide network it was asked for from.
    pub(super) network: Option<&'a str>,
    /// When its code was made, where this message is the first that carries it. A code that goes out once more by another
    /// channel costs once more, and can come back only once.
    pub(super) new_code: Option<Timestamp>,
}

/// The first message of a code that was asked for from this network, as it is counted.
pub(super) fn first_of<'a>(message: &'a NewMessage, network: &'a str) -> Outgoing<'a> {
    let (phone, channel) = (&message.recipient, message.channel);
    Outgoing { phone, channel, network: Some(network), new_code: Some(message.created_at) }
}

impl Watchword {
    /// Counts a message against the pool's budgets, and its code for all it is judged by. Gives what is to be told once it
    /// is committed.
    ///
    /// # Errors
    /// When a budget does not bear it, naming the one that is whole again last; when the database fails.
    pub(super) async fn spend(
        &self,
        tx: &PoolTx,
        pool: &Pool,
        outgoing: &Outgoing<'_>,
        now: Timestamp,
    ) -> Outcome<Vec<AlertRow>, SendRefusal> {
        let (limits, phone) = (pool.limits(&self.settings.limits), outgoing.phone);
        if let Some(made_at) = outgoing.new_code.filter(|_| limits.monitor != Monitor::Off) {
            let subjects = subjects(phone, outgoing.network);
            tx.count_sent(&subjects, window_start(TRAFFIC_WINDOW, made_at)).await?;
        }
        let price = limits.prices.of(phone.country(), outgoing.channel.as_str()).micros();
        let mut budgets = pool.budgets(&self.settings.limits, now);
        budgets.retain(|budget| budget.covers(outgoing.channel));
        let counter = |budget: &Budget| Counter {
            name: counter_of(pool, budget),
            window: budget.start(now),
            add: if budget.counted == Counted::Money { price } else { 1 },
        };
        let counters: Vec<Counter> = budgets.iter().map(counter).collect();
        let amounts = tx.count_all(&counters).await?;
        let counted = || budgets.iter().zip(&counters).zip(amounts.iter().copied());
        let over = counted().filter(|((budget, _), amount)| !budget.bears(*amount));
        if let Some(((budget, _), _)) = over.max_by_key(|((budget, _), _)| budget.end(now)) {
            return Err(Error::Refused(SendRefusal::Budget { budget: *budget, until: budget.end(now) }));
        }
        let mut alerts = Vec::new();
        for ((budget, counter), amount) in counted() {
            for percent in budget.reached(amount.saturating_sub(counter.add), amount) {
                let alert = alert(budget, percent, amount, now);
                if tx.claim_alert(&alert).await? {
                    alerts.push(alert);
                }
            }
        }
        Ok(alerts)
    }
}
