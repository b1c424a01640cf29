//! Registering a pool's clients, giving them new secrets, and taking them out again.

use watchword_domain::client::{Client, ClientKind, UriRefusal, check_redirect_uri};
use watchword_domain::ids::{ClientId, PoolId, SecretId, opaque_token};
use watchword_domain::{Secret, Timestamp};
use watchword_store::{ClientSecretRow, PoolTx, StoreError};

use crate::Watchword;
use crate::directory::secret_purpose;
use crate::error::{Error, Fault, Outcome};

/// Longest name of a client, or of a project, in characters.
const LONGEST_NAME: usize = 128;

/// What a new client is to be.
pub struct NewClient {
    /// Its name, shown to people.
    pub name: String,
    /// What sort of application it is.
    pub kind: ClientKind,
    /// Where its people come back to.
    pub redirect_uris: Vec<String>,
    /// Where they may go after sign-out.
    pub post_logout_redirect_uris: Vec<String>,
}

/// A client as registered. The secret is shown this once.
pub struct RegisteredClient {
    /// The client.
    pub client: Client,
    /// Its secret, for kinds that have one.
    pub secret: Option<Secret<String>>,
}

/// Why a client cannot be registered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientRegistrationRefusal {
    /// No name, or one longer than 128 characters.
    #[error("a name has 1 to 128 characters")]
    Name,
    /// A client that people sign in to has nowhere to send them back to.
    #[error("name at least one callback URL")]
    NoRedirectUri,
    /// A URI cannot be registered.
    #[error("{uri}: {refusal}")]
    Uri {
        /// The URI.
        uri: String,
        /// What is wrong with it.
        refusal: UriRefusal,
    },
}

/// Why a client gets no new secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NewSecretRefusal {
    /// The pool has no such client.
    #[error("the project has no such client")]
    UnknownClient,
    /// Its kind keeps none (RFC 6749, section 2.1).
    #[error("a client of its kind keeps no secret")]
    PublicClient,
}

/// Whether a client or a project can be called so.
pub(crate) fn is_name(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= LONGEST_NAME
}

impl NewClient {
    /// Everything about it that cannot be registered with a provider that `is_local`, or is not.
    pub fn refusals(&self, is_local: bool) -> Vec<ClientRegistrationRefusal> {
        let name = (!is_name(&self.name)).then_some(ClientRegistrationRefusal::Name);
        let nowhere = self.redirect_uris.is_empty() && self.kind != ClientKind::Machine;
        let nowhere = nowhere.then_some(ClientRegistrationRefusal::NoRedirectUri);
        let uris = self.redirect_uris.iter().chain(&self.post_logout_redirect_uris).filter_map(|uri| {
            let refusal = check_redirect_uri(self.kind, uri, is_local).err()?;
            Some(ClientRegistrationRefusal::Uri { uri: uri.clone(), refusal })
        });
        name.into_iter().chain(nowhere).chain(uris).collect()
    }
}

/// A client about to be registered, with its secret for whoever asked and for the database.
pub(crate) struct Registration {
    pub(crate) client: Client,
    secret: Option<(Secret<String>, ClientSecretRow)>,
}

impl Registration {
    /// Registers it.
    pub(crate) async fn insert(&self, tx: &PoolTx, now: Timestamp) -> Result<(), StoreError> {
        tx.insert_client(&self.client, now).await?;
        if let Some((_, sealed)) = &self.secret {
            tx.insert_client_secret(&self.client.id, sealed, now).await?;
        }
        Ok(())
    }

    /// What whoever asked is told, once it is registered for good.
    pub(crate) fn done(self) -> RegisteredClient {
        RegisteredClient { client: self.client, secret: self.secret.map(|(secret, _)| secret) }
    }
}

impl Watchword {
    /// Registers a client.
    ///
    /// # Errors
    /// When something about it cannot be used; when the database fails.
    pub async fn create_client(
        &self,
        pool: &PoolId,
        new: NewClient,
    ) -> Outcome<RegisteredClient, ClientRegistrationRefusal> {
        if let Some(refusal) = new.refusals(self.settings.public_url.is_local()).into_iter().next() {
            return Err(Error::Refused(refusal));
        }
        let registration = self.registration(pool, new)?;
        let tx = self.store.begin(pool).await?;
        registration.insert(&tx, self.clock.now()).await?;
        tx.commit().await?;
        Ok(registration.done())
    }

    /// A pool's clients, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_clients(&self, pool: &PoolId) -> Result<Vec<Client>, Fault> {
        Ok(self.store.read(pool).list_clients().await?)
    }

    /// Gives a client a new secret. The one before stays good beside it until the next time, so that its servers can change
    /// over one by one; or, `at_once`, no other is good any more.
    ///
    /// # Errors
    /// When there is no such client or it keeps no secret; when the database fails.
    pub async fn rotate_client_secret(
        &self,
        pool: &PoolId,
        id: &ClientId,
        at_once: bool,
    ) -> Outcome<Secret<String>, NewSecretRefusal> {
        let now = self.clock.now();
        let tx = self.store.begin(pool).await?;
        let client = tx.lock_client(id).await?.ok_or(Error::Refused(NewSecretRefusal::UnknownClient))?;
        if !client.is_confidential() {
            return Err(Error::Refused(NewSecretRefusal::PublicClient));
        }
        let stays = usize::from(!at_once);
        for old in tx.list_client_secrets(id).await?.iter().skip(stays) {
            tx.claim_client_secret(&old.id, now).await?;
        }
        let (secret, sealed) = self.new_secret(pool, id)?;
        tx.insert_client_secret(id, &sealed, now).await?;
        tx.commit().await?;
        self.directory.forget_client(pool, id);
        Ok(secret)
    }

    /// Takes a client out: nobody signs in to it any more, and what it was given stops working here. Gives whether there was
    /// one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_client(&self, pool: &PoolId, id: &ClientId) -> Result<bool, Fault> {
        let tx = self.store.begin(pool).await?;
        let was_there = tx.claim_client(id, self.clock.now()).await?;
        tx.commit().await?;
        self.directory.forget_client(pool, id);
        Ok(was_there)
    }

    /// A client with an id and, where its kind keeps one, a secret.
    pub(crate) fn registration(&self, pool: &PoolId, new: NewClient) -> Result<Registration, Fault> {
        let client = Client {
            pool_id: pool.clone(),
            id: ClientId::random(&*self.random),
            name: new.name.trim().to_owned(),
            kind: new.kind,
            redirect_uris: new.redirect_uris,
            post_logout_redirect_uris: new.post_logout_redirect_uris,
        };
        let secret = client.is_confidential().then(|| self.new_secret(pool, &client.id)).transpose()?;
        Ok(Registration { client, secret })
    }

    /// A secret, for the client and for the database.
    fn new_secret(
        &self,
        pool: &PoolId,
        client: &ClientId,
    ) -> Result<(Secret<String>, ClientSecretRow), Fault> {
        let secret = Secret::new(opaque_token(&*self.random));
        let id = SecretId::random(&*self.random);
        let purpose = secret_purpose(pool, client, id.as_str());
        let sealed = self.master.seal(&*self.random, &purpose, secret.expose())?;
        Ok((secret, ClientSecretRow { id, sealed }))
    }
}
