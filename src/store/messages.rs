//! Messages: written into the outbox, and how they fare. What a worker does with them is in `outbox`.

pub(crate) mod channels;
mod outbox;
mod timeline;

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::SimpleExpr;
use sea_orm::{ActiveValue::Set, EntityTrait, ExprTrait, UpdateMany};
use watchword_domain::failures::Device;
use watchword_domain::ids::{ChallengeId, MessageId, PoolId, SenderId};
use watchword_domain::timeline::Price;
use watchword_domain::{Channel, DeliveryState, FailureClass, Phone, Timestamp};

use crate::access::{PoolTx, SystemTx};
use crate::entity::entity;
use crate::lookup::First;
use crate::{Result, StoreError};

entity! { row = "messages";
    key { pool_id: String, id: String }
    columns {
        challenge_id: String, channel: String, recipient: String, language: String,
        code_sealed: Option<String>, state: String, failure_class: Option<String>, failure_code: Option<i64>,
        provider_message_id: Option<String>, attempts: i64, due_at: i64, lease_until: Option<i64>,
        created_at: i64, expires_at: i64, accepted_at: Option<i64>, sent_at: Option<i64>,
        delivered_at: Option<i64>, read_at: Option<i64>, failed_at: Option<i64>, sending_at: Option<i64>,
        verified_at: Option<i64>, disowned_at: Option<i64>, billable: Option<i64>, price_category: Option<String>, sender_id: String,
        chosen: i64, fallback_at: Option<i64>, known_device: i64, identity_key_hash: Option<String>,
    }
}

pub use channels::AttemptRow;
pub use outbox::MessageRow;
pub use timeline::Disowned;

/// A message to be written into the outbox.
#[derive(Clone)]
pub struct NewMessage {
    /// Its id, also the correlation value at the provider.
    pub id: MessageId,
    /// The challenge whose code it carries.
    pub challenge_id: ChallengeId,
    /// The channel it takes.
    pub channel: Channel,
    /// Whether the person chose that channel: then no other steps in by itself.
    pub chosen: bool,
    /// What the number is to the browser that asked.
    pub device: Device,
    /// When another channel steps in by itself, unless it has arrived by then.
    pub fallback_at: Option<Timestamp>,
    /// The sender it leaves from.
    pub sender_id: SenderId,
    /// Where it goes.
    pub recipient: Phone,
    /// The template's language, as the provider writes it.
    pub language: String,
    /// The code under the master key.
    pub code_sealed: String,
    /// When it was written.
    pub created_at: Timestamp,
    /// When its code is dead: it is not sent after that.
    pub expires_at: Timestamp,
}

/// What a provider reported of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusReport {
    /// The state it reported.
    pub state: DeliveryState,
    /// When, as the provider says.
    pub at: Timestamp,
    /// Why it failed, and the provider's own code.
    pub failure: Option<(FailureClass, i64)>,
    /// What it costs, where that is told.
    pub price: Option<Price>,
    /// The account of WhatsApp that was behind the number, where that is told.
    pub identity_key_hash: Option<String>,
}

/// A message that something new is known of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advanced {
    /// The challenge whose code it carries.
    pub challenge_id: ChallengeId,
    /// The channel's name.
    pub channel: String,
    /// Where it goes.
    pub recipient: Phone,
    /// The pool it is sent for.
    pub pool_id: PoolId,
    /// When it was written.
    pub created_at: Timestamp,
    /// Why it failed, if it did.
    pub failure: Option<FailureClass>,
}

impl Advanced {
    /// Whether it failed for a reason of ours: then it may never have been sent.
    #[must_use]
    pub fn failed_by_us(&self) -> bool {
        self.failure.is_some_and(FailureClass::is_ours)
    }
}

fn unreadable<E>(_: E) -> StoreError {
    StoreError::Unreadable("message")
}

fn further(row: row::Model) -> Result<Advanced> {
    let class: Option<FailureClass> =
        row.failure_class.map(|class| class.parse()).transpose().map_err(unreadable)?;
    Ok(Advanced {
        failure: class.filter(|_| row.state == DeliveryState::Failed.as_str()),
        challenge_id: row.challenge_id.into(),
        channel: row.channel,
        recipient: Phone::from_e164(&row.recipient).map_err(unreadable)?,
        pool_id: row.pool_id.into(),
        created_at: Timestamp::from_millis(row.created_at),
    })
}

/// The message of a sender that a report names: a sender's word counts for its own messages only.
fn reported_of(sender: &SenderId, (ours, theirs): (Option<&MessageId>, &str)) -> SimpleExpr {
    let of = match ours {
        Some(ours) => row::Column::Id.eq(ours.as_str()),
        None => row::Column::ProviderMessageId.eq(theirs),
    };
    of.and(row::Column::SenderId.eq(sender.as_str()))
}

/// The states that news of `to` changes: the rule is the domain's, the condition is the statement's.
fn gives_way_to(to: DeliveryState) -> Vec<&'static str> {
    DeliveryState::ALL
        .into_iter()
        .filter(|from| from.advance(to).is_some())
        .map(DeliveryState::as_str)
        .collect()
}

/// The state after news of `to`.
fn advanced(to: DeliveryState) -> SimpleExpr {
    let news = Expr::col(row::Column::State).is_in(gives_way_to(to));
    Expr::case(news, Expr::value(to.as_str())).finally(Expr::col(row::Column::State)).into()
}

/// Takes back what still waits to be sent for a challenge.
fn withdrawal(pool: &PoolId, challenge: &ChallengeId) -> UpdateMany<row::Entity> {
    row::Entity::update_many()
        .col_expr(row::Column::State, Expr::value(DeliveryState::Expired.as_str()))
        .col_expr(row::Column::CodeSealed, Expr::value(Option::<String>::None))
        .filter(row::Column::PoolId.eq(pool.as_str()))
        .filter(row::Column::ChallengeId.eq(challenge.as_str()))
        .filter(row::Column::State.eq(DeliveryState::Queued.as_str()))
}

fn moment_of(state: DeliveryState) -> Option<row::Column> {
    match state {
        DeliveryState::Accepted => Some(row::Column::AcceptedAt),
        DeliveryState::Sent => Some(row::Column::SentAt),
        DeliveryState::Delivered => Some(row::Column::DeliveredAt),
        DeliveryState::Read => Some(row::Column::ReadAt),
        DeliveryState::Failed => Some(row::Column::FailedAt),
        DeliveryState::Queued | DeliveryState::Sending | DeliveryState::Unknown | DeliveryState::Expired => {
            None
        }
    }
}

impl PoolTx {
    /// Writes a message into the outbox, in the transaction that justifies it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_message(&self, message: &NewMessage) -> Result<()> {
        self.write(row::Entity::insert(self.new_row(message))).await
    }

    fn new_row(&self, message: &NewMessage) -> row::ActiveModel {
        row::ActiveModel {
            pool_id: Set(self.pool_text()),
            id: Set(message.id.as_str().to_owned()),
            challenge_id: Set(message.challenge_id.as_str().to_owned()),
            channel: Set(message.channel.as_str().to_owned()),
            chosen: Set(i64::from(message.chosen)),
            known_device: Set(i64::from(message.device == Device::Known)),
            fallback_at: Set(message.fallback_at.map(Timestamp::millis)),
            sender_id: Set(message.sender_id.as_str().to_owned()),
            recipient: Set(message.recipient.as_e164().to_owned()),
            language: Set(message.language.clone()),
            code_sealed: Set(Some(message.code_sealed.clone())),
            state: Set(DeliveryState::Queued.as_str().to_owned()),
            attempts: Set(0),
            due_at: Set(message.created_at.millis()),
            created_at: Set(message.created_at.millis()),
            expires_at: Set(message.expires_at.millis()),
            ..Default::default()
        }
    }
}

impl PoolTx {
    /// Takes back what still waits to be sent for a challenge that was replaced: a dead code is not worth a message.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn withdraw_messages(&self, challenge: &ChallengeId) -> Result<bool> {
        Ok(withdrawal(self.pool(), challenge).exec(&self.db()).await?.rows_affected > 0)
    }
}

impl SystemTx {
    /// Applies what was learned of a message: the state never goes back, and each step is taken in once. Gives the
    /// message it was news of.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_status(&self, id: &MessageId, report: &StatusReport) -> Result<Option<Advanced>> {
        self.apply(report, row::Column::Id.eq(id.as_str()), None).await
    }

    /// As [`save_status`](Self::save_status), for what a provider reports of a message that left from this sender: by our
    /// id, or by its own when it does not name ours. A sender's word counts for its own messages only.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_reported_status(
        &self,
        sender: &SenderId,
        (ours, theirs): (Option<&MessageId>, &str),
        report: &StatusReport,
    ) -> Result<Option<Advanced>> {
        self.apply(report, reported_of(sender, (ours, theirs)), Some(theirs)).await
    }

    /// The message that left from this sender and has this id of ours, or of the provider's when it does not name ours.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_message_of(
        &self,
        sender: &SenderId,
        (ours, theirs): (Option<&MessageId>, &str),
    ) -> Result<Option<MessageId>> {
        let found = row::Entity::find().filter(reported_of(sender, (ours, theirs))).first(&self.db()).await?;
        Ok(found.map(|row| row.id.into()))
    }

    async fn apply(
        &self,
        report: &StatusReport,
        of: SimpleExpr,
        provider_id: Option<&str>,
    ) -> Result<Option<Advanced>> {
        if let Some(price) = &report.price {
            self.save_price(price, of.clone()).await?;
        }
        let mut update =
            row::Entity::update_many().col_expr(row::Column::State, advanced(report.state)).filter(of);
        if let Some(provider_id) = provider_id {
            // Whoever's answer was lost is named by the first report: from then on what people tap is about it.
            let known = Expr::col(row::Column::ProviderMessageId).if_null(provider_id);
            update = update.col_expr(row::Column::ProviderMessageId, known);
        }
        // Who would have got what failed is not who got it.
        if let Some(identity) =
            report.identity_key_hash.as_ref().filter(|_| report.state != DeliveryState::Failed)
        {
            update = update.col_expr(row::Column::IdentityKeyHash, Expr::value(identity.as_str()));
        }
        let moment = moment_of(report.state);
        if let Some(moment) = moment {
            update = update.col_expr(moment, Expr::value(report.at.millis()));
        }
        // A step that is told late is no news of the state, and one of the way all the same. A failure told late is none:
        // some providers report a failed attempt after the one that arrived.
        update = update.filter(match moment.filter(|_| report.state != DeliveryState::Failed) {
            Some(moment) => moment.is_null(),
            None => row::Column::State.is_in(gives_way_to(report.state)),
        });
        if let Some((class, code)) = report.failure {
            update = update
                .col_expr(row::Column::FailureClass, Expr::value(class.as_str()))
                .col_expr(row::Column::FailureCode, Expr::value(code));
        }
        if matches!(report.state, DeliveryState::Delivered | DeliveryState::Read | DeliveryState::Expired) {
            update = update
                .col_expr(row::Column::CodeSealed, Expr::value(Option::<String>::None))
                .col_expr(row::Column::FallbackAt, Expr::value(Option::<i64>::None));
        }
        if report.state == DeliveryState::Failed {
            update = update.col_expr(row::Column::FallbackAt, channels::hurried(report.failure));
        }
        let changed = update.exec_with_returning(&self.db()).await?;
        changed.into_iter().next().map(further).transpose()
    }

    /// The price comes with some reports of a message, in any order; the first that tells it counts.
    async fn save_price(&self, price: &Price, of: SimpleExpr) -> Result<()> {
        let update = row::Entity::update_many()
            .col_expr(row::Column::Billable, Expr::value(price.billable.map(i64::from)))
            .col_expr(row::Column::PriceCategory, Expr::value(price.category.clone()))
            .filter(of)
            .filter(row::Column::Billable.is_null())
            .filter(row::Column::PriceCategory.is_null());
        self.write(update).await
    }
}
