//! Where races are run: the use cases and their rows, without doors and without a provider. Messages stay in the outbox,
//! and the test reads their codes there.

use std::collections::HashMap;
use std::future::Future;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use sea_orm::{ConnectionTrait, QueryResult, Statement};
use tokio::task::JoinSet;
use watchword_domain::client::{Client, ClientKind};
use watchword_domain::ids::{ClientId, SenderId, SignInId};
use watchword_domain::lifetimes::Lifetimes;
use watchword_domain::limits::Limits;
use watchword_domain::pool::{Pool, PoolSettings};
use watchword_domain::request::{AuthorizationRequest, Prompt, ResponseMode};
use watchword_domain::scope::Scopes;
use watchword_domain::sender::Sender;
use watchword_domain::{Clock, Language, Secret, Timestamp};
use watchword_flow::browser::Browser;
use watchword_flow::client_auth::{ClientProof, Credentials};
use watchword_flow::crypto::MasterKey;
use watchword_flow::error::Outcome;
use watchword_flow::projects::NewProject;
use watchword_flow::seams::SystemRandom;
use watchword_flow::sign_in::{Finished, GuessRefusal, SendRefusal, Start, Typed};
use watchword_flow::token::{CodeGrant, Grant, IssuedTokens, TokenRefusal};
use watchword_flow::{Settings, Watchword};
use watchword_store::{SenderRow, Store};

use super::ABREAST;
use crate::support::{
    CALLBACK, Database, TurnedClock, VERIFIER, challenge_of, graph, outside, random_phone, shared_sender,
};

/// An installation with one project and nobody around it.
pub struct Ground {
    pub flow: Watchword,
    pub store: Store,
    pub clock: Arc<TurnedClock>,
    pub pool: Pool,
    pub client: Client,
    client_secret: Option<String>,
    master: MasterKey,
    pub database: Database,
}

/// A sign-in that waits for its code.
pub struct Waiting {
    pub browser: Browser,
    pub sign_in: SignInId,
    pub phone: String,
}

/// A waiting sign-in and its code.
pub struct Ready {
    pub waiting: Waiting,
    pub code: String,
}

impl Ground {
    pub async fn new(database: Database, kind: ClientKind, limits: Limits) -> Arc<Self> {
        Self::with_free_starts(database, kind, limits, 100_000_000).await
    }

    /// The same, where only so many starts take no proof of work.
    pub async fn with_free_starts(
        database: Database,
        kind: ClientKind,
        limits: Limits,
        starts_before_proof: u32,
    ) -> Arc<Self> {
        let store = Store::open(&database.settings).await.unwrap();
        let clock = Arc::new(TurnedClock::default());
        let master = MasterKey::parse(MasterKey::generate(&SystemRandom).expose()).unwrap();
        let graph = graph("http://127.0.0.1:9");
        let settings = Settings {
            public_url: "https://id.example.com".parse().unwrap(),
            region: "local".into(),
            limits: Limits {
                starts_per_address: 100_000_000,
                starts_before_proof,
                messages_per_pool_hour: 1_000_000,
                messages_per_pool_day: 1_000_000,
                probation_days: 0,
                ..limits
            },
            lifetimes: Lifetimes::default(),
            // Nobody listens there: nothing is ever taken out of the outbox here but by the test.
            graph: graph.clone(),
            messages_per_second: 80,
            whatsapp: Some(shared_sender(&graph)),
            sms: None,
            email: None,
        };
        let random = Arc::new(SystemRandom);
        let flow =
            Watchword::open(store.clone(), master.clone(), clock.clone(), random, settings).await.unwrap();
        let project = flow.create_project(NewProject {
            name: "Acme Market".into(),
            domain: "acme".into(),
            kind,
            redirect_uris: vec![CALLBACK.into()],
            post_logout_redirect_uris: vec![],
            settings: PoolSettings { countries: vec!["US".parse().unwrap()], ..PoolSettings::default() },
        });
        let project = project.await.unwrap_or_else(|_| panic!("a project"));
        let client_secret = project.client_secret.map(|secret| secret.expose().clone());
        let (pool, client) = (project.pool, project.client);
        Arc::new(Self { flow, store, clock, pool, client, client_secret, master, database })
    }

    /// A sender of the pool, with this number.
    pub async fn sender(&self, number: usize) -> SenderId {
        let row = SenderRow {
            access_token_sealed: "x".into(),
            app_secrets_sealed: vec!["y".into()],
            sender: Sender {
                id: format!("sender {number}").as_str().into(),
                pool_id: self.pool.id.clone(),
                name: "Ours".into(),
                phone_number_id: number.to_string(),
                waba_id: "78".into(),
                template: "code".into(),
                standby_template: None,
                is_live: false,
                created_at: self.now(),
                changed_at: self.now(),
            },
        };
        let tx = self.store.begin(&self.pool.id).await.unwrap();
        tx.insert_sender(&row, format!("hash {number}")).await.unwrap();
        tx.commit().await.unwrap();
        row.sender.id
    }

    /// The same ground, once its project decided otherwise.
    pub fn with_pool(self: Arc<Self>, pool: Pool) -> Arc<Self> {
        let Ok(ground) = Arc::try_unwrap(self) else { panic!("somebody else stands on this ground") };
        Arc::new(Self { pool, ..ground })
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn credentials(&self) -> Credentials {
        let secret = self.client_secret.clone().map(Secret::new);
        Credentials {
            client_id: self.client.id.clone(),
            proof: secret.map_or(ClientProof::None, ClientProof::Basic),
        }
    }

    /// Types a number in a fresh browser.
    pub async fn start(&self, phone: &str) -> Outcome<Waiting, SendRefusal> {
        start(&self.flow, &self.pool, &self.client.id, phone).await
    }

    /// A sign-in for each of these numbers, and the code that was written for it.
    pub async fn ready(self: &Arc<Self>, phones: &[String]) -> Vec<Ready> {
        let started = stream::iter(phones).map(|phone| async move {
            self.start(phone).await.unwrap_or_else(|_| panic!("no code for {phone}"))
        });
        let started: Vec<Waiting> = started.buffer_unordered(ABREAST).collect().await;
        let mut codes = self.written_codes().await;
        let ready = |waiting: Waiting| Ready { code: codes.remove(&waiting.phone).unwrap(), waiting };
        started.into_iter().map(ready).collect()
    }

    /// A ready sign-in for every round, each of a number of its own.
    pub async fn rounds(self: &Arc<Self>, rounds: usize) -> Vec<Ready> {
        let phones: Vec<String> = (0..rounds).map(|_| random_phone()).collect();
        self.ready(&phones).await
    }

    /// Takes everything out of the outbox, and gives the codes by the number they were meant for.
    pub async fn written_codes(&self) -> HashMap<String, String> {
        let (mut codes, hour) = (HashMap::new(), Duration::from_secs(3600));
        let tx = self.store.begin_system().await.unwrap();
        for message in tx.claim_due_messages(self.now(), self.now() + hour, 10_000, None).await.unwrap() {
            let purpose = format!("code of message {} of {}", message.id, message.pool_id);
            let code = self.master.open(&purpose, &message.code_sealed).unwrap();
            codes.insert(message.recipient.as_e164().to_owned(), code.expose().clone());
        }
        tx.commit().await.unwrap();
        codes
    }

    /// Types a code, as the code page does.
    pub async fn answer(&self, waiting: &Waiting, code: &str) -> Outcome<Finished, GuessRefusal> {
        let current = self.flow.sign_in(&self.pool, &waiting.browser, &waiting.sign_in).await;
        let current = current.unwrap_or_else(|_| panic!("the sign-in is there"));
        self.flow.answer_code(&self.pool, &waiting.browser, current, code, None).await
    }

    /// As if Meta had taken the message to this number; gives Meta's id of it.
    pub async fn accepted(&self, phone: &str) -> String {
        let id = self.texts(&format!("id FROM messages WHERE recipient = '{phone}'")).await.remove(0);
        let provider_id = format!("wamid.{id}");
        let tx = self.store.begin_system().await.unwrap();
        tx.save_accepted(&id.as_str().into(), (&provider_id, "en_US"), self.now()).await.unwrap();
        tx.commit().await.unwrap();
        provider_id
    }

    /// The message to this number, for which another channel is to step in.
    pub async fn falling_back(&self, phone: &str) -> String {
        let id = self.texts(&format!("id FROM messages WHERE recipient = '{phone}'")).await.remove(0);
        let outside = outside(&self.database.settings.url).await;
        let due = format!("UPDATE messages SET fallback_at = 1 WHERE id = '{id}'");
        outside.execute_unprepared(&due).await.unwrap();
        outside.close().await.unwrap();
        id
    }

    /// Redeems an authorization code, as the token endpoint does.
    pub async fn redeem(&self, code: &str) -> Outcome<IssuedTokens, TokenRefusal> {
        let given = CodeGrant {
            code: Secret::new(code.to_owned()),
            redirect_uri: Some(CALLBACK.into()),
            code_verifier: Some(Secret::new(VERIFIER.into())),
        };
        self.flow.redeem(&self.pool, &self.credentials(), &Grant::AuthorizationCode(given)).await
    }

    /// The one number that a query counts, seen from outside.
    pub async fn count(&self, query: &str) -> i64 {
        self.rows(query).await[0].try_get_by_index(0).unwrap()
    }

    /// The texts that a query selects, seen from outside.
    pub async fn texts(&self, query: &str) -> Vec<String> {
        self.rows(query).await.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
    }

    async fn rows(&self, query: &str) -> Vec<QueryResult> {
        let outside = outside(&self.database.settings.url).await;
        let query = Statement::from_string(outside.get_database_backend(), format!("SELECT {query}"));
        let rows = outside.query_all_raw(query).await.unwrap();
        outside.close().await.unwrap();
        rows
    }

    /// No connection stays behind in a transaction that nobody remembers.
    pub async fn forgot_no_transaction(&self) {
        if self.database.settings.url.starts_with("postgres") {
            let open = "COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in %'";
            for _ in 0..200 {
                // A connection is cleaned up when it comes back, a moment after its owner left.
                if self.count(open).await == 0 {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            panic!("a connection is in a transaction that nobody will end");
        }
    }
}

/// Types a number in a fresh browser that a node serves.
pub async fn start(
    node: &Watchword,
    pool: &Pool,
    client: &ClientId,
    phone: &str,
) -> Outcome<Waiting, SendRefusal> {
    let request = request_of(client);
    let browser = node.new_browser();
    let start = Start { request, address: IpAddr::V4(Ipv4Addr::LOCALHOST), pending: None };
    let typed = Typed { phone, country: None, language: Language::En, proof: None };
    let sign_in = node.start_sign_in(pool, &browser, start, &typed).await?;
    Ok(Waiting { browser, sign_in, phone: phone.to_owned() })
}

/// An ordinary request of this client.
pub fn request_of(client: &ClientId) -> AuthorizationRequest {
    AuthorizationRequest {
        client_id: client.clone(),
        redirect_uri: CALLBACK.into(),
        response_mode: ResponseMode::Query,
        scopes: Scopes::parse("openid phone offline_access"),
        state: Some("s".into()),
        nonce: Some("n".into()),
        code_challenge: Some(challenge_of(VERIFIER)),
        prompt: Prompt::Auto,
        max_age: None,
        login_hint: None,
        ui_locales: None,
        expected_sub: None,
    }
}

/// The authorization code of a finished sign-in.
pub fn code_of(finished: &Finished) -> String {
    let code = finished.response.params.iter().find(|(name, _)| *name == "code");
    code.expect("a code for the client").1.clone()
}

/// Starts all of them at the same moment, on all threads, and gives what each came to.
pub async fn at_once<T: Send + 'static>(
    racers: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let racers: Vec<_> = racers.into_iter().collect();
    let line = Arc::new(tokio::sync::Barrier::new(racers.len()));
    let mut running = JoinSet::new();
    for racer in racers {
        let line = line.clone();
        running.spawn(async move {
            line.wait().await;
            racer.await
        });
    }
    running.join_all().await
}

/// Runs the rounds, some abreast.
pub async fn run<R: Send + 'static, F: Future<Output = ()> + Send + 'static>(
    rounds: impl IntoIterator<Item = R>,
    round: impl Fn(R) -> F,
) {
    let running = stream::iter(rounds).map(|prepared| tokio::spawn(round(prepared)));
    running.buffer_unordered(ABREAST).for_each(|ended| async { ended.unwrap() }).await;
}

/// Runs a race on SQLite, and on PostgreSQL where the suite was given one.
macro_rules! on_both {
    ($($(#[$doc:meta])* fn $name:ident($database:ident) $body:block)*) => {$(
        $(#[$doc])*
        mod $name {
            use super::*;

            async fn race($database: $crate::support::Database) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                race($crate::support::Database::sqlite()).await;
            }

            #[cfg(feature = "test-postgres")]
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                race($crate::support::Database::postgres().await).await;
            }
        }
    )*};
}

pub(super) use on_both;
