//! Making a project: a pool with its keys, one client, its secret.

use watchword_domain::Secret;
use watchword_domain::client::{Client, ClientKind};
use watchword_domain::ids::PoolId;
use watchword_domain::label::{LabelRefusal, check_label};
use watchword_domain::pool::{Pool, PoolSettings};
use watchword_store::StoreError;

use crate::Watchword;
use crate::clients::{ClientRegistrationRefusal, NewClient, RegisteredClient, is_name};
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
    /// Its first client cannot be registered.
    #[error(transparent)]
    Client(#[from] ClientRegistrationRefusal),
}

impl NewProject {
    /// Everything about it that cannot be used, as far as that shows without the database; with a provider that `is_local`,
    /// or is not.
    pub fn refusals(&self, is_local: bool) -> Vec<ProjectRefusal> {
        let name = (!is_name(&self.name)).then_some(ProjectRefusal::Name);
        let domain = check_label(&self.domain).err().map(ProjectRefusal::Domain);
        let country = self.settings.countries.is_empty().then_some(ProjectRefusal::NoCountry);
        // The client is called like the project: one bad name is one refusal.
        let client = self.client().refusals(is_local).into_iter();
        let client = client.filter(|refusal| *refusal != ClientRegistrationRefusal::Name);
        [name, domain, country].into_iter().flatten().chain(client.map(ProjectRefusal::Client)).collect()
    }

    /// The first client, called like the project.
    fn client(&self) -> NewClient {
        NewClient {
            name: self.name.clone(),
            kind: self.kind,
            redirect_uris: self.redirect_uris.clone(),
            post_logout_redirect_uris: self.post_logout_redirect_uris.clone(),
        }
    }
}

impl Watchword {
    /// Makes a project.
    ///
    /// # Errors
    /// When something about it cannot be used or is taken; when the database fails.
    pub async fn create_project(&self, new: NewProject) -> Outcome<Project, ProjectRefusal> {
        if let Some(refusal) = new.refusals(self.settings.public_url.is_local()).into_iter().next() {
            return Err(Error::Refused(refusal));
        }
        let now = self.clock.now();
        let id = PoolId::random(&self.settings.region, &*self.random);
        let registration = self.registration(&id, new.client())?;
        let pool = Pool {
            id,
            issuer: self.settings.public_url.issuer(&new.domain),
            name: new.name.trim().to_owned(),
            domain: new.domain,
            settings: new.settings,
            created_at: now,
        };
        let keys = self.make_keys(&pool.id, TokenKind::ALL).await?;
        let tx = self.store.begin(&pool.id).await?;
        tx.insert_pool(&pool).await.map_err(|error| match error {
            StoreError::Taken(_) => Error::Refused(ProjectRefusal::DomainTaken(pool.domain.clone())),
            error => error.into(),
        })?;
        for key in &keys {
            tx.insert_signing_key(key).await?;
        }
        registration.insert(&tx, now).await?;
        tx.commit().await?;
        let RegisteredClient { client, secret: client_secret } = registration.done();
        Ok(Project { pool, client, client_secret })
    }

    /// Gives a pool another name.
    ///
    /// # Errors
    /// When nobody could read it; when the database fails.
    pub async fn rename(&self, pool: &Pool, name: &str) -> Outcome<Pool, ProjectRefusal> {
        if !is_name(name) {
            return Err(Error::Refused(ProjectRefusal::Name));
        }
        let name = name.trim();
        let tx = self.store.begin(&pool.id).await?;
        tx.save_pool_name(name).await?;
        tx.commit().await?;
        self.directory.forget_pool(pool);
        Ok(Pool { name: name.to_owned(), ..pool.clone() })
    }

    /// Every project's pool, by domain: for an operator's commands.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_pools(&self) -> Result<Vec<Pool>, Fault> {
        Ok(self.store.read_system().list_pools().await?)
    }
}
