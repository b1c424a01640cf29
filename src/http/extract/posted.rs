//! A form of ours that came back: from the browser it was shown to, with the token it was shown with.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::Response;
use watchword_flow::authorize::Params;
use watchword_flow::proof_of_work::ProofAnswer;
use watchword_flow::sign_in::Asker;

use crate::Doors;
use crate::extract::form::{self, FormRefusal};
use crate::extract::visitor::Visitor;
use crate::respond::page::{error_page, failed};
use crate::view::{ErrorKind, ErrorView};

/// A form of ours and whose it is.
pub struct Posted {
    /// Who posted it.
    pub visitor: Visitor,
    /// What is in it.
    pub fields: Params,
}

impl Posted {
    /// A field's value; empty when it is missing or repeated, which no form of ours does.
    pub fn field(&self, name: &'static str) -> &str {
        self.fields.one(name).ok().flatten().unwrap_or_default()
    }
}

impl Posted {
    /// What the browser worked out, where it was asked to.
    pub fn proof(&self) -> Option<ProofAnswer<'_>> {
        let answer = ProofAnswer { challenge: self.field("challenge"), nonces: self.field("nonce") };
        Some(answer).filter(|answer| !answer.nonces.is_empty())
    }

    /// Who posted it, as a message is asked for.
    pub fn asker(&self) -> Asker<'_> {
        Asker { browser: &self.visitor.browser, address: self.visitor.address, proof: self.proof() }
    }

    /// The sealed request: ours, and as long as what the client sent asks for.
    pub fn sealed(&self) -> &str {
        self.fields.whole("sealed").unwrap_or_default()
    }
}

impl FromRequest<Doors> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, doors: &Doors) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, doors).await?;
        let language = visitor.language(None);
        let refuse = |visitor: &Visitor, kind| {
            let view = ErrorView { kind, technical: None, restart_url: None, again: false };
            error_page(doors, visitor, language, &view)
        };
        let fields = match form::read(Request::from_parts(parts, body)).await {
            Ok(fields) => fields,
            Err(FormRefusal::TooLarge) => return Err(refuse(&visitor, ErrorKind::TooLarge)),
            Err(FormRefusal::ContentType) => return Err(refuse(&visitor, ErrorKind::WrongContentType)),
            Err(_) => return Err(refuse(&visitor, ErrorKind::InvalidRequest)),
        };
        let token = fields.one("csrf").ok().flatten().unwrap_or_default();
        match doors.flow.is_form_token(&visitor.pool.id, &visitor.browser, token) {
            Ok(true) => Ok(Self { visitor, fields }),
            Ok(false) => Err(refuse(&visitor, ErrorKind::StaleForm)),
            Err(fault) => Err(failed(doors, &visitor, language, &fault)),
        }
    }
}
