//! Single endpoints, each by many connections at once that ask again as soon as they were answered.

use std::rc::Rc;

use crate::Outcome;
use crate::journey::Client;
use crate::load::Worker;
use crate::measure::Times;
use crate::wire::{Connection, between};

/// Asks the same again and again.
pub struct Asking {
    pub connection: Connection,
    pub request: Vec<u8>,
}

impl Worker for Asking {
    async fn once(&mut self, _: &mut [Times]) -> Outcome<()> {
        self.connection.ask(&self.request).await?.expect(200, "a request")?;
        Ok(())
    }
}

/// Asks for new tokens with the refresh token it got last.
pub struct Refreshing {
    pub connection: Connection,
    pub client: Rc<Client>,
    pub token: String,
}

impl Worker for Refreshing {
    async fn once(&mut self, _: &mut [Times]) -> Outcome<()> {
        let answer =
            self.connection.ask(&self.client.refresh(&self.token)).await?.expect(200, "a refresh")?;
        // A confidential client keeps the one it has.
        if let Ok(token) = answer.text("refresh_token") {
            self.token = token.to_owned();
        }
        Ok(())
    }
}

/// Asks for authorization codes as somebody who is signed in already, and keeps them.
pub struct Returning {
    pub connection: Connection,
    pub request: Vec<u8>,
    pub codes: Vec<String>,
}

impl Worker for Returning {
    async fn once(&mut self, _: &mut [Times]) -> Outcome<()> {
        let answer = self.connection.ask(&self.request).await?.expect(303, "somebody signed in")?;
        self.codes.push(between(answer.header("location")?, "code=", '&')?.to_owned());
        Ok(())
    }
}

/// Redeems codes that were collected before.
pub struct Redeeming {
    pub connection: Connection,
    pub client: Rc<Client>,
    pub codes: Vec<String>,
}

impl Worker for Redeeming {
    async fn once(&mut self, _: &mut [Times]) -> Outcome<()> {
        let code = self.codes.pop().ok_or("codes are redeemed faster than they were collected")?;
        self.connection.ask(&self.client.redeem(&code)).await?.expect(200, "a code")?;
        Ok(())
    }
}
