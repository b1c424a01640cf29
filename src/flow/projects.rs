//! Making a project: a pool with its keys, one client, its secret.

use watchword_domain::Secret;
use watchword_domain::client::{Client, ClientKind, UriRefusal, check_redirect_uri};
use watchword_domain::ids::{ClientId, PoolId, SecretId, opaque_token};
use watchword_domain::label::{LabelRefusal, check_label};
use watchword_domain::pool::{Pool, PoolSettings};
use watchword_store::{ClientSecretRow, StoreError};

use crate::Watchword;
use crate::directory::secret_purpose;
use crate::error::{Error, Fault, Outcome};
use crate::keys::TokenKind;

/// What a new project is to be.
pub struct NewProject {
    /// Its name.
    pub name: String,
    /// Its pool's domain.
    pub domain: String,
    /// The first client's kind.
    pub kind: ClientKind,
    /// Where that client's people come back to.
    pub redirect_uris: Vec<String>,
    /// Where they may go after sign-out.
    pub post_logout_redirect_uris: Vec<String>,
    /// The pool's settings.
    pub settings: PoolSettings,
}

/// A project as made. The secret is shown this once.
pub struct Project {
    /// The pool.
    pub pool: Pool,
    /// The client.
    pub client: Client,
    /// The client's secret, for kinds that have one.
    pub client_secret: Option<Secret<String>>,
}

/// Why a project cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProjectRefusal {
    /// No name, or one longer than 128 characters.
    #[error("a project's name has 1 to 128 characters")]
    Name,
    /// The domain cannot be used.
    #[error(transparent)]
    Domain(#[from] LabelRefusal),
    /// Another pool has the domain.
    #[error("the domain `{0}` is taken by another project of this installation")]
    DomainTaken(String),
    /// No country whose numbers may sign in.
    #[error("name at least one country whose numbers may sign in")]
    NoCountry,
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

impl NewProject {
    /// Everything about it that cannot be used, as far as that shows without the database.
    pub fn refusals(&self) -> Vec<ProjectRefusal> {
        let name = self.name.trim().is_empty() || self.name.chars().count() > 128;
        let domain = check_label(&self.domain).err().map(ProjectRefusal::Domain);
        let country = self.settings.countries.is_empty().then_some(ProjectRefusal::NoCountry);
        let nowhere = self.redirect_uris.is_empty() && self.kind != ClientKind::Machine;
        let uris = self.redirect_uris.iter().chain(&self.post_logout_redirect_uris).filter_map(|uri| {
            let refusal = check_redirect_uri(self.kind, uri).err()?;
            Some(ProjectRefusal::Uri { uri: uri.clone(), refusal })
        });
        let first = [name.then_some(ProjectRefusal::Name), domain, country];
        let nowhere = nowhere.then_some(ProjectRefusal::NoRedirectUri);
        first.into_iter().chain([nowhere]).flatten().chain(uris).collect()
    }
}

impl Watchword {
    /// Makes a project.
    ///
    /// # Errors
    /// When something about it cannot be used or is taken; when the database fails.
    pub async fn create_project(&self, new: NewProject) -> Outcome<Project, ProjectRefusal> {
        if let Some(refusal) = new.refusals().into_iter().next() {
            return Err(Error::Refused(refusal));
        }
        let now = self.clock.now();
        let pool = Pool {
            id: PoolId::random(&self.settings.region, &*self.random),
            issuer: self.settings.public_url.issuer(&new.domain),
            name: new.name.trim().to_owned(),
            domain: new.domain,
            settings: new.settings,
        };
        let client = Client {
            pool_id: pool.id.clone(),
            id: ClientId::random(&*self.random),
            name: pool.name.clone(),
            kind: new.kind,
            redirect_uris: new.redirect_uris,
            post_logout_redirect_uris: new.post_logout_redirect_uris,
        };
        let client_secret = client.is_confidential().then(|| Secret::new(opaque_token(&*self.random)));
        let keys = self.make_keys(&pool.id, TokenKind::ALL).await?;
        let tx = self.store.begin(&pool.id).await?;
        tx.insert_pool(&pool, now).await.map_err(|error| match error {
            StoreError::Taken(_) => Error::Refused(ProjectRefusal::DomainTaken(pool.domain.clone())),
            error => error.into(),
        })?;
        for key in &keys {
            tx.insert_signing_key(key).await?;
        }
        tx.insert_client(&client, now).await?;
        if let Some(secret) = &client_secret {
            tx.insert_client_secret(&client.id, &self.seal_secret(&client, secret)?, now).await?;
        }
        tx.commit().await?;
        Ok(Project { pool, client, client_secret })
    }

    /// Every project's pool, by domain: for an operator's commands.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_pools(&self) -> Result<Vec<Pool>, Fault> {
        Ok(self.store.read_system().list_pools().await?)
    }

    fn seal_secret(&self, client: &Client, secret: &Secret<String>) -> Result<ClientSecretRow, Fault> {
        let id = SecretId::random(&*self.random);
        let purpose = secret_purpose(&client.pool_id, &client.id, id.as_str());
        Ok(ClientSecretRow { sealed: self.master.seal(&*self.random, &purpose, secret.expose())?, id })
    }
}
