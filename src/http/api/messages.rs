//! `/messages`: what became of the messages to a number, for a server of the project. The number comes in the body: an address
//! is written down everywhere.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use watchword_flow::authorize::ParamRefusal;
use watchword_flow::client_auth::{ClientProof, Credentials};
use watchword_flow::error::Error;
use watchword_flow::timeline::MessagesRefusal;

use crate::Doors;
use crate::extract::client_credentials::ClientForm;
use crate::extract::tenant::Tenant;
use crate::respond::oauth::{OauthError, private_json};

/// Why there is no answer.
enum MessagesError {
    /// `phone` is repeated or too long.
    Param(ParamRefusal),
    /// `phone` is missing.
    Missing,
    /// The use case did not succeed.
    Flow(Error<MessagesRefusal>),
}

/// Tells a machine client of the messages to `phone` within the last 30 days, newest first.
pub async fn post(
    State(doors): State<Doors>,
    Tenant(pool): Tenant,
    form: Result<ClientForm, OauthError>,
) -> Response {
    let ClientForm { credentials, params } = match form {
        Ok(form) => form,
        Err(error) => return error.into_response(),
    };
    let told = async {
        let phone = params.one("phone").map_err(MessagesError::Param)?.ok_or(MessagesError::Missing)?;
        doors.flow.read_messages(&pool, &credentials, phone).await.map_err(MessagesError::Flow)
    };
    match told.await {
        Ok(messages) => private_json(&messages),
        Err(error) => error.face(&credentials).into_response(),
    }
}

impl MessagesError {
    fn face(self, credentials: &Credentials) -> OauthError {
        match self {
            Self::Param(refusal) => refusal.into(),
            Self::Missing => OauthError::missing("phone"),
            Self::Flow(Error::Fault(fault)) => OauthError::fault(&fault),
            Self::Flow(Error::Refused(MessagesRefusal::Client(_))) => {
                OauthError::invalid_client(matches!(credentials.proof, ClientProof::Basic(_)))
            }
            Self::Flow(Error::Refused(refusal @ MessagesRefusal::NotAMachine)) => {
                OauthError::new("unauthorized_client", refusal.to_string())
            }
            Self::Flow(Error::Refused(refusal @ MessagesRefusal::Number(_))) => {
                OauthError::invalid_request(refusal.to_string())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use watchword_domain::PhoneRefusal;

    use super::*;

    #[test]
    fn refusals_are_told_in_the_characters_of_the_rfc() {
        let credentials = Credentials { client_id: "erp".into(), proof: ClientProof::None };
        for refusal in [MessagesRefusal::NotAMachine, MessagesRefusal::Number(PhoneRefusal::NotValid(None))] {
            let face = MessagesError::Flow(Error::Refused(refusal)).face(&credentials);
            assert!(face.keeps_to_the_rfc(), "{face:?}");
        }
    }
}
