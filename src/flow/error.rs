//! What a use case answers when it does not succeed: the caller's fault or ours.

use watchword_store::StoreError;

/// Why a use case did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum Error<R> {
    /// The caller's fault: a fact, for the door to put into the form its specification prescribes.
    #[error("refused")]
    Refused(R),
    /// Ours.
    #[error(transparent)]
    Fault(Fault),
}

/// A fault of the installation. Logged where the response is made; the caller learns no detail.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The database failed.
    #[error("the database failed")]
    Store(#[from] StoreError),
    /// Something sealed cannot be opened, or a key cannot be used.
    #[error("a key or a sealed value cannot be used: {0}")]
    Crypto(&'static str),
    /// What should always be there is not.
    #[error("{0} is missing")]
    Missing(&'static str),
}

impl Fault {
    /// Whether the database is the one that does not answer: worth another try in a moment.
    pub fn is_outage(&self) -> bool {
        matches!(
            self,
            Self::Store(StoreError::Database(_) | StoreError::NotCommitted | StoreError::File { .. })
        )
    }
}

impl<R> Error<R> {
    /// The same, where the refusal is one of several an outer use case may answer with.
    pub(crate) fn lift<S: From<R>>(self) -> Error<S> {
        match self {
            Self::Refused(refusal) => Error::Refused(refusal.into()),
            Self::Fault(fault) => Error::Fault(fault),
        }
    }
}

impl<R> From<Fault> for Error<R> {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl<R> From<StoreError> for Error<R> {
    fn from(error: StoreError) -> Self {
        Self::Fault(Fault::Store(error))
    }
}

/// A use case's result.
pub type Outcome<T, R> = Result<T, Error<R>>;
