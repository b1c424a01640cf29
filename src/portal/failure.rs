//! Everything that can keep a person from signing in, and what they are told.
//!
//! Owns the words and the status of every failure page. The words never repeat anything that came with the
//! request: no token, number or text of the provider, only the short reason code a developer can look up
//! here.

use axum::http::StatusCode;
use serde::Serialize;

/// A reason to show a failure page instead of what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The provider does not answer, or answers 5xx.
    ProviderAway,
    /// The provider answers something this portal cannot use; the reason names the conversation that broke.
    ProviderUnusable(&'static str),
    /// The person said no (`error=access_denied`).
    Declined,
    /// Another `error` of the authorization response (RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6).
    ProviderRefused(&'static str),
    /// The way back lacks a code, or has a parameter twice.
    AnswerIncomplete,
    /// No sign-in of this browser has that `state`.
    StateUnknown,
    /// No sign-in of this browser has that `state` any more: another tab has signed the person in.
    SignedInAlready,
    /// The answer's `iss` is missing or another provider's (RFC 9207 §2.4).
    ForeignIssuer,
    /// The token endpoint did not take the code.
    CodeRefused,
    /// The ID token did not pass; the reason is the claim or part that failed (OpenID Connect Core §3.1.3.7).
    IdTokenRefused(&'static str),
    /// `/userinfo` speaks of somebody else (OpenID Connect Core §5.3.2).
    OtherSubject,
    /// The portal's own session has ended.
    SessionOver,
    /// The refresh token is spent, expired or withdrawn.
    RefreshRefused,
    /// There is no refresh token: `offline_access` was not granted.
    NothingToRefresh,
    /// `/userinfo` no longer takes the access token.
    AccessTokenRefused,
    /// A form came without its token, or with another session's.
    FormRefused,
    /// No such page.
    NotFound,
}

/// What a failure page says.
#[derive(Serialize)]
pub struct Words {
    /// Headline.
    pub title: &'static str,
    /// What happened.
    pub happened: &'static str,
    /// What to do about it.
    pub advice: &'static str,
    /// The label of the one button.
    pub action: &'static str,
    /// Where the button leads.
    pub href: &'static str,
}

const AWAY: Words = Words {
    title: "The sign-in service does not answer",
    happened: "We asked and heard nothing we could use. Nothing of yours is lost.",
    advice: "It may be starting, or restarting. Wait a moment and try again.",
    action: "Try again",
    href: "/sign-in",
};

const REFUSED_US: Words = Words {
    title: "The sign-in service refused us",
    happened: "Its answer does not fit how this shop is set up. You did nothing wrong.",
    advice: "Try once more. If it stays like this, the shop has to look at its settings.",
    action: "Try again",
    href: "/sign-in",
};

const DECLINED: Words = Words {
    title: "You did not sign in",
    happened: "You, or the sign-in page, ended the sign-in before it was complete.",
    advice: "Nothing was shared with us. You can start again whenever you like.",
    action: "Sign in",
    href: "/sign-in",
};

const NOT_OPEN: Words = Words {
    title: "This sign-in is no longer open",
    happened: "It took too long, was finished before, or began in another browser.",
    advice: "Start a new one here.",
    action: "Sign in again",
    href: "/sign-in",
};

const IN_ALREADY: Words = Words {
    title: "You are signed in already",
    happened: "Another tab was quicker, or this page was used before. Nothing is left to do here.",
    advice: "To sign in with another number, sign out first.",
    action: "Go to your account",
    href: "/",
};

const NOT_SURE: Words = Words {
    title: "We could not be sure it was you",
    happened: "The answer of the sign-in service did not pass our checks, so we did not use it.",
    advice: "Sign in again. If it happens twice, tell the shop and mention the reason below.",
    action: "Sign in again",
    href: "/sign-in",
};

const OVER: Words = Words {
    title: "You have been signed out",
    happened: "Your time here has ended, or access was withdrawn.",
    advice: "Sign in again to go on.",
    action: "Sign in again",
    href: "/sign-in",
};

const NO_REFRESH: Words = Words {
    title: "There is nothing to refresh with",
    happened: "The sign-in service gave no refresh token, so these tokens simply end.",
    advice: "Ask for the scope offline_access, and allow it for this client.",
    action: "Back to your account",
    href: "/",
};

const NO_ACCESS: Words = Words {
    title: "The access token is no longer taken",
    happened: "It has ended, or access was withdrawn.",
    advice: "Refresh the tokens and call again, or sign in anew.",
    action: "Back to your account",
    href: "/",
};

const OLD_FORM: Words = Words {
    title: "That button belonged to an older page",
    happened: "The form did not carry this session’s token, so we did nothing.",
    advice: "Load your account again and press it once more.",
    action: "Back to your account",
    href: "/",
};

const NO_PAGE: Words = Words {
    title: "Nothing is sold here",
    happened: "This address has no page.",
    advice: "The market is one step away.",
    action: "Back to the market",
    href: "/",
};

impl Failure {
    /// An `error` parameter in words we know. What we do not know is never repeated: it may be anybody's
    /// text.
    pub fn from_error_parameter(code: &str) -> Self {
        const KNOWN: [&str; 9] = [
            "account_selection_required",
            "consent_required",
            "interaction_required",
            "invalid_request",
            "invalid_scope",
            "login_required",
            "server_error",
            "unauthorized_client",
            "unsupported_response_type",
        ];
        match code {
            "access_denied" => Self::Declined,
            "temporarily_unavailable" => Self::ProviderAway,
            _ => Self::ProviderRefused(
                KNOWN.into_iter().find(|known| *known == code).unwrap_or("unknown_error"),
            ),
        }
    }

    /// The status of the page.
    pub fn status(self) -> StatusCode {
        match self {
            Self::ProviderAway => StatusCode::SERVICE_UNAVAILABLE,
            Self::ProviderUnusable(_)
            | Self::ProviderRefused(_)
            | Self::CodeRefused
            | Self::IdTokenRefused(_)
            | Self::OtherSubject
            | Self::AccessTokenRefused => StatusCode::BAD_GATEWAY,
            Self::Declined | Self::FormRefused => StatusCode::FORBIDDEN,
            Self::AnswerIncomplete | Self::StateUnknown | Self::ForeignIssuer => StatusCode::BAD_REQUEST,
            Self::SessionOver | Self::RefreshRefused => StatusCode::UNAUTHORIZED,
            Self::NothingToRefresh | Self::SignedInAlready => StatusCode::CONFLICT,
            Self::NotFound => StatusCode::NOT_FOUND,
        }
    }

    /// A stable code for developers, safe to show and to log: `what` or `what: which part`.
    pub fn reason(self) -> String {
        match self {
            Self::ProviderAway => "provider_away".into(),
            Self::ProviderUnusable(part) => format!("provider_unusable: {part}"),
            Self::Declined => "access_denied".into(),
            Self::ProviderRefused(code) => code.into(),
            Self::AnswerIncomplete => "answer_incomplete".into(),
            Self::StateUnknown => "state_unknown".into(),
            Self::SignedInAlready => "signed_in_already".into(),
            Self::ForeignIssuer => "foreign_issuer".into(),
            Self::CodeRefused => "code_refused".into(),
            Self::IdTokenRefused(part) => format!("id_token_refused: {part}"),
            Self::OtherSubject => "other_subject".into(),
            Self::SessionOver => "session_over".into(),
            Self::RefreshRefused => "refresh_refused".into(),
            Self::NothingToRefresh => "nothing_to_refresh".into(),
            Self::AccessTokenRefused => "access_token_refused".into(),
            Self::FormRefused => "form_refused".into(),
            Self::NotFound => "not_found".into(),
        }
    }

    /// What the page says.
    pub fn words(self) -> &'static Words {
        match self {
            Self::ProviderAway => &AWAY,
            Self::ProviderUnusable(_) | Self::ProviderRefused(_) => &REFUSED_US,
            Self::Declined => &DECLINED,
            Self::AnswerIncomplete | Self::StateUnknown => &NOT_OPEN,
            Self::SignedInAlready => &IN_ALREADY,
            Self::ForeignIssuer | Self::CodeRefused | Self::IdTokenRefused(_) | Self::OtherSubject => {
                &NOT_SURE
            }
            Self::SessionOver | Self::RefreshRefused => &OVER,
            Self::NothingToRefresh => &NO_REFRESH,
            Self::AccessTokenRefused => &NO_ACCESS,
            Self::FormRefused => &OLD_FORM,
            Self::NotFound => &NO_PAGE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Failure;

    #[test]
    fn an_unknown_error_code_is_not_repeated() {
        let failure = Failure::from_error_parameter("<script>call 555</script>");
        assert_eq!(failure, Failure::ProviderRefused("unknown_error"));
    }

    #[test]
    fn saying_no_is_not_an_error_of_the_shop() {
        assert_eq!(Failure::from_error_parameter("access_denied"), Failure::Declined);
    }
}
