//! What is measured, in which order. Rounds go through all of it, so that a noisy moment of the machine falls on one
//! figure of several and not on all figures of one load.

use std::rc::Rc;
use std::time::Duration;

use crate::Outcome;
use crate::endpoints::{Asking, Redeeming, Refreshing, Returning};
use crate::house::House;
use crate::journey::{Client, Numbers, PARTS, People, SignedIn};
use crate::load::{Load, Watched, Worker, load};
use crate::measure::Times;
use crate::options::Options;
use crate::wire::{Connection, get};

/// What is measured, as the table names it.
pub const LOADS: [&str; 9] = [
    "complete sign-ins",
    "authorize, number page",
    "authorize, signed in already",
    "token, authorization code",
    "token, refresh (confidential)",
    "token, refresh (public, rotating)",
    "userinfo",
    "JWKS",
    "discovery",
];

/// Everything a load needs.
pub struct Plan<'a> {
    options: &'a Options,
    house: &'a House,
    watched: Watched,
    web: Rc<Client>,
    spa: Rc<Client>,
    numbers: Numbers,
    /// People of the confidential and of the public client who signed in, one for each connection.
    signed_in: (Vec<SignedIn>, Vec<SignedIn>),
    /// Codes that wait to be redeemed.
    codes: Vec<Vec<String>>,
}

impl<'a> Plan<'a> {
    /// Signs enough people in.
    pub async fn new(options: &'a Options, house: &'a House, clients: [Rc<Client>; 2]) -> Outcome<Self> {
        let (provider, simulator) = house.processes()?;
        let watched = Watched { provider, simulator };
        let [web, spa] = clients;
        let (numbers, signed_in, codes) = (Numbers::default(), (Vec::new(), Vec::new()), Vec::new());
        let mut plan = Self { options, house, watched, web, spa, numbers, signed_in, codes };
        plan.signed_in = (plan.sign_in(&plan.web).await?, plan.sign_in(&plan.spa).await?);
        Ok(plan)
    }

    async fn sign_in(&self, client: &Rc<Client>) -> Outcome<Vec<SignedIn>> {
        let mut people = People::new(self.house, client, &self.numbers).await?;
        let mut signed_in = Vec::new();
        for _ in 0..self.options.people {
            people.once(&mut []).await?;
            signed_in.push(people.last.clone());
        }
        Ok(signed_in)
    }

    /// Measures one load.
    pub async fn measure(&mut self, name: &str) -> Outcome<Load> {
        match name {
            "complete sign-ins" => self.people().await,
            "authorize, number page" => self.asking(self.web.authorize.clone()).await,
            "authorize, signed in already" => self.returning().await,
            "token, authorization code" => self.redeeming().await,
            "token, refresh (confidential)" => self.refreshing(false).await,
            "token, refresh (public, rotating)" => self.refreshing(true).await,
            "userinfo" => {
                let somebody = self.signed_in.0.first().ok_or("nobody is signed in")?;
                self.asking(self.web.userinfo(&somebody.access_token)).await
            }
            "JWKS" => self.asking(get(&format!("{}/jwks", self.web.base), "")).await,
            "discovery" => {
                self.asking(get(&format!("{}/.well-known/openid-configuration", self.web.base), "")).await
            }
            _ => Err(format!("there is no load {name}").into()),
        }
    }

    async fn people(&self) -> Outcome<Load> {
        let mut people = Vec::new();
        for _ in 0..self.options.people {
            people.push(People::new(self.house, &self.web, &self.numbers).await?);
        }
        Ok(self.load(people, PARTS.len(), self.options.span).await?.0)
    }

    async fn asking(&self, request: Vec<u8>) -> Outcome<Load> {
        let mut asking = Vec::new();
        for connection in self.connections().await? {
            asking.push(Asking { connection, request: request.clone() });
        }
        Ok(self.load(asking, 0, self.options.span).await?.0)
    }

    async fn returning(&mut self) -> Outcome<Load> {
        let connections = self.connections().await?.into_iter();
        let returning = connections.zip(&self.signed_in.0).map(|(connection, somebody)| Returning {
            connection,
            request: self.web.authorize_with(&somebody.cookies),
            codes: Vec::new(),
        });
        let (load, returning) = self.load(returning.collect(), 0, self.options.span).await?;
        self.codes = returning.into_iter().map(|person| person.codes).collect();
        Ok(load)
    }

    /// For half as long as codes were collected: they must not run out, nor grow older than a minute.
    async fn redeeming(&mut self) -> Outcome<Load> {
        if self.codes.is_empty() {
            self.returning().await?;
        }
        let codes = std::mem::take(&mut self.codes);
        let redeeming = self.connections().await?.into_iter().zip(codes).map(|(connection, codes)| {
            let client = self.web.clone();
            Redeeming { connection, client, codes }
        });
        Ok(self.load(redeeming.collect(), 0, self.options.span / 2).await?.0)
    }

    async fn refreshing(&mut self, rotating: bool) -> Outcome<Load> {
        let connections = self.connections().await?.into_iter();
        let (client, people) =
            if rotating { (&self.spa, &self.signed_in.1) } else { (&self.web, &self.signed_in.0) };
        let refreshing = connections.zip(people).map(|(connection, person)| Refreshing {
            connection,
            client: client.clone(),
            token: person.refresh_token.clone(),
        });
        let (load, refreshed) = self.load(refreshing.collect(), 0, self.options.span).await?;
        let people = if rotating { &mut self.signed_in.1 } else { &mut self.signed_in.0 };
        for (person, refreshed) in people.iter_mut().zip(refreshed) {
            person.refresh_token = refreshed.token;
        }
        Ok(load)
    }

    async fn connections(&self) -> Outcome<Vec<Connection>> {
        let mut connections = Vec::new();
        for _ in 0..self.options.people {
            connections.push(Connection::open(self.house.provider).await?);
        }
        Ok(connections)
    }

    async fn load<W: Worker>(
        &self,
        workers: Vec<W>,
        parts: usize,
        span: Duration,
    ) -> Outcome<(Load, Vec<W>)> {
        load(workers, parts, span, self.watched).await
    }
}

/// Times of the parts of a sign-in, over all rounds.
pub fn parts_of(loads: &[Load]) -> Vec<Times> {
    let mut all = vec![Times::default(); PARTS.len()];
    for load in loads {
        all.iter_mut().zip(&load.parts).for_each(|(all, its)| all.merge(its));
    }
    all
}
