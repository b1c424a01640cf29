//! The authorization endpoint's decision: refuse, answer from the session, or ask the person (RFC 6749, section 4.1.1;
//! OpenID Connect Core 1.0, section 3.1.2).

mod answer;
mod carried;
mod checks;
mod params;

pub use answer::{AuthorizationError, AuthorizationResponse, ErrorCode};
pub use carried::Carried;
pub use params::{ParamRefusal, Params};

use watchword_domain::ids::GrantId;
use watchword_domain::limits::window_start;
use watchword_domain::pool::Pool;
use watchword_domain::request::{AuthorizationRequest, Prompt};
use watchword_domain::session::{ANSWERS_PER_SESSION, ANSWERS_WINDOW, Session};
use watchword_domain::{Secret, Timestamp};
use watchword_store::{CodeRow, PoolTx};

use crate::Watchword;
use crate::crypto::token_hash;
use crate::error::{Fault, Outcome};

/// What an authorization request leads to.
pub enum Decision {
    /// Back to the client, with a code or an error it may know of.
    Respond(AuthorizationResponse),
    /// The person must prove who they are.
    Ask(AuthorizationRequest),
}

/// Why a request is refused on a page: nobody to send the answer to could be trusted (RFC 6749, section 4.1.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PageRefusal {
    /// No client of this pool has this id, or none was given.
    #[error("the client is unknown")]
    UnknownClient,
    /// `client_id` or `redirect_uri` was given more than once.
    #[error("a parameter is repeated")]
    Repeated,
    /// The redirect URI is missing or not registered for this client.
    #[error("the redirect URI is not registered")]
    RedirectUri,
}

/// How long a session's last use may lie back before a use is written down again.
const USE_PRECISION: std::time::Duration = std::time::Duration::from_secs(600);

impl Watchword {
    /// Decides an authorization request of a browser with this session cookie.
    ///
    /// # Errors
    /// When the request must be refused on a page; when the database fails.
    pub async fn authorize(
        &self,
        pool: &Pool,
        params: &Params,
        session_cookie: Option<&str>,
    ) -> Outcome<Decision, PageRefusal> {
        let client = self.identify_client(pool, params).await?;
        let target = checks::target(pool, &client, params)?;
        let keys = self.keys(&pool.id).await?;
        let request = match checks::check(pool, &client, &keys, params, &target) {
            Ok(request) => request,
            Err(error) => return Ok(Decision::Respond(target.refuse(error))),
        };
        let session = self.session(pool, session_cookie).await?;
        let is_known = session.is_some_and(|session| session.satisfies(&request, self.clock.now()));
        // A session alone answers nobody whose place another program on the device might have taken: there a person has to
        // be seen each time (RFC 8252, section 8.6).
        let is_assured = client.client.is_assured_at(&request.redirect_uri);
        if is_known && is_assured {
            let answer = self.answer_from_session(pool, session_cookie, &request).await?;
            if let Some(answer) = answer {
                let answer = answer.unwrap_or_else(|error| target.refuse(error));
                return Ok(Decision::Respond(answer));
            }
        }
        if request.prompt != Prompt::Nothing {
            return Ok(Decision::Ask(request));
        }
        let error = match is_known && !is_assured {
            true => AuthorizationError::new(
                ErrorCode::InteractionRequired,
                "the person must sign in each time, since other programs of the device could pass for this application",
            ),
            false => AuthorizationError::new(ErrorCode::LoginRequired, "the person must sign in"),
        };
        Ok(Decision::Respond(target.refuse(error)))
    }

    /// The answer from a session that is enough for a request; nothing when it ended meanwhile.
    async fn answer_from_session(
        &self,
        pool: &Pool,
        session_cookie: Option<&str>,
        request: &AuthorizationRequest,
    ) -> Result<Option<Result<AuthorizationResponse, AuthorizationError>>, Fault> {
        let now = self.clock.now();
        let tx = self.store.begin(&pool.id).await?;
        let session = self.session_in(&tx, pool, session_cookie).await?;
        let Some(session) = session.filter(|session| session.satisfies(request, now)) else {
            return Ok(None);
        };
        let answers = format!("answers of session {}", session.id);
        if tx.count(&answers, window_start(ANSWERS_WINDOW, now)).await? > ANSWERS_PER_SESSION {
            return Ok(Some(Err(AuthorizationError::new(
                ErrorCode::TemporarilyUnavailable,
                "this browser was answered too often within an hour; is the application asking in a loop?",
            ))));
        }
        let code = self.issue_code(&tx, &session, request, now).await?;
        if now.since(session.used_at) > USE_PRECISION {
            tx.save_session_use(&session.id, now).await?;
        }
        tx.commit().await?;
        Ok(Some(Ok(AuthorizationResponse::code(pool, request, &code))))
    }

    /// Issues an authorization code for what a session's user answered to a request.
    pub(crate) async fn issue_code(
        &self,
        tx: &PoolTx,
        session: &Session,
        request: &AuthorizationRequest,
        now: Timestamp,
    ) -> Result<Secret<String>, Fault> {
        let code = watchword_domain::ids::opaque_token(&*self.random);
        let row = CodeRow {
            grant_id: GrantId::random(&*self.random),
            client_id: request.client_id.clone(),
            user_id: session.user_id.clone(),
            session_id: session.id.clone(),
            request: request.clone(),
            assurance: session.assurance.clone(),
            created_at: now,
            expires_at: now + self.settings.lifetimes.authorization_code(),
            claimed_at: None,
        };
        tx.insert_authorization_code(&row, token_hash(&code)).await?;
        Ok(Secret::new(code))
    }
}
