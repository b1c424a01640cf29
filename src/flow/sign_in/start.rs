//! Beginning a sign-in with the number typed; or going on with an earlier one of the same browser.

use std::net::IpAddr;

use watchword_domain::failures::Device;
use watchword_domain::ids::{ChallengeId, SignInId};
use watchword_domain::pool::Pool;
use watchword_domain::request::AuthorizationRequest;
use watchword_domain::sign_in::{Door, SignIn};
use watchword_domain::timeline::Step;
use watchword_domain::{Channel, Phone};
use watchword_store::AlertRow;

use super::Asker;
use super::budget::first_of;
use super::refusal::SendRefusal;
use super::route::number_of;
use super::starts::{StartCount, Starter};
use super::typed::Typed;
use crate::Watchword;
use crate::alerts::tell;
use crate::browser::Browser;
use crate::error::{Error, Fault, Outcome};
use crate::timeline;

/// How a sign-in is started.
pub struct Start {
    /// The client's request.
    pub request: AuthorizationRequest,
    /// From where. Counted; of it the wide network is kept with the code, and nothing with the sign-in.
    pub address: IpAddr,
    /// The sign-in this browser began last, as far as it knows.
    pub pending: Option<SignInId>,
}

impl Watchword {
    /// Begins a sign-in with the number typed, and sends the first code. Where this browser holds a code for the number
    /// that still works, its sign-in goes on with this request instead: whoever went back and started again needs no
    /// second message.
    ///
    /// # Errors
    /// When the number cannot be used or a limit bites: then nothing is sent, and nothing stored but that it was tried.
    pub async fn start_sign_in(
        &self,
        pool: &Pool,
        browser: &Browser,
        start: Start,
        typed: &Typed<'_>,
    ) -> Outcome<SignInId, SendRefusal> {
        let phone = self.read_phone(pool, typed)?;
        if let Some(pending) = self.resume(pool, browser, &start, &phone).await? {
            return Ok(pending);
        }
        let begun = self.begin(pool, browser, start, &phone, typed).await;
        self.note(pool, &phone, &begun).await?;
        begun
    }

    async fn begin(
        &self,
        pool: &Pool,
        browser: &Browser,
        start: Start,
        phone: &Phone,
        typed: &Typed<'_>,
    ) -> Outcome<SignInId, SendRefusal> {
        let now = self.clock.now();
        let device = self.device(&self.store.read(&pool.id), browser, phone).await?;
        let asker = Asker { browser, address: start.address, proof: typed.proof };
        let count = self.start_count(pool, &Starter { asker, phone, device }).await?;
        let sign_in = SignIn {
            id: SignInId::random(&*self.random),
            client_id: start.request.client_id.clone(),
            door: Door::Browser,
            browser: browser.hash(),
            request: start.request,
            language: typed.language,
            phone: Some(phone.clone()),
            challenge: Some(ChallengeId::random(&*self.random)),
            proofs: Vec::new(),
            created_at: now,
            expires_at: now + self.settings.lifetimes.sign_in(),
            finished_at: None,
            disowned_at: None,
        };
        let begun = self.write_start(pool, &sign_in, device, &count).await;
        self.count_refused(pool, &count, &begun).await?;
        let (alerts, channel) = begun?;
        alerts.iter().for_each(|alert| tell(pool, alert));
        timeline::count(channel.as_str(), phone, Step::Queued);
        self.delivery.wake_outbox();
        Ok(sign_in.id)
    }

    async fn write_start(
        &self,
        pool: &Pool,
        sign_in: &SignIn,
        device: Device,
        count: &StartCount,
    ) -> Outcome<(Vec<AlertRow>, Channel), SendRefusal> {
        let route = self.route(pool, (number_of(sign_in)?, device), None, &count.doubt).await?;
        let method = self.method(pool, sign_in, device).await?;
        let network = count.doubt.network.as_str();
        let tx = self.store.begin(&pool.id).await?;
        self.count_start(&tx, count, sign_in.created_at).await?;
        method.map_err(Error::Refused)?;
        let asked = (device, route.channel);
        let history = self.allowed_history(&tx, pool, sign_in, asked, sign_in.created_at).await?;
        tx.insert_sign_in(sign_in).await?;
        let sent =
            self.write_code(&tx, pool, (sign_in, &route, network), &history, sign_in.created_at).await?;
        let alerts = self.spend(&tx, pool, &first_of(&sent, network), sign_in.created_at).await?;
        tx.commit().await?;
        Ok((alerts, sent.channel))
    }

    /// The sign-in this browser began before, if it waits for a code to this number that still works. From then on it
    /// answers the newer request.
    async fn resume(
        &self,
        pool: &Pool,
        browser: &Browser,
        start: &Start,
        phone: &Phone,
    ) -> Result<Option<SignInId>, Fault> {
        let Some(pending) = &start.pending else { return Ok(None) };
        let current = match self.sign_in(pool, browser, pending).await {
            Ok(current) => current,
            Err(Error::Refused(_)) => return Ok(None),
            Err(Error::Fault(fault)) => return Err(fault),
        };
        if current.sign_in.phone.as_ref() != Some(phone) || !self.has_open_code(pool, &current).await? {
            return Ok(None);
        }
        let tx = self.store.begin(&pool.id).await?;
        let goes_on = tx.save_sign_in_request(pending, &start.request).await?;
        tx.commit().await?;
        Ok(goes_on.then(|| pending.clone()))
    }
}
