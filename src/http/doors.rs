//! What every door shares, and the list of them all.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use ipnet::IpNet;
use tokio::sync::{Semaphore, watch};
use tower_http::compression::CompressionLayer;
use watchword_flow::Watchword;

use crate::host::{one_host, with_pool_hosts};
use crate::oauth::discovery::Documents;
use crate::observe::{RequestIds, observe};
use crate::pages::assets::AssetShelf;
use crate::places::{ConnectionLimits, Places};
use crate::view::{Pages, PagesFault};
use crate::webhook::{sms, whatsapp};
use crate::{api, health, oauth, pages, paths};

/// What the doors need to know of the installation.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Proxies whose `X-Forwarded-For` is believed; everybody else's is ignored.
    pub trusted_proxies: Vec<IpNet>,
    /// Where the landing page sends people who want to know more.
    pub docs_url: String,
    /// What whoever connects is granted.
    pub connections: ConnectionLimits,
}

/// What every door shares.
#[derive(Clone)]
pub struct Doors {
    pub(crate) flow: Arc<Watchword>,
    pub(crate) pages: Arc<Pages>,
    pub(crate) assets: Arc<AssetShelf>,
    pub(crate) documents: Arc<Documents>,
    pub(crate) request_ids: Arc<RequestIds>,
    pub(crate) settings: Arc<Settings>,
    /// Places for large webhooks that are being read.
    pub(crate) webhooks: Arc<Places>,
    /// Places for event streams.
    pub(crate) streams: Arc<Semaphore>,
    /// Turns true when no more requests are taken: whatever would go on for ever must end.
    pub(crate) closing: watch::Sender<bool>,
}

impl Doors {
    /// The doors of this service.
    ///
    /// # Errors
    /// When a template or a language file is broken.
    pub fn new(flow: Arc<Watchword>, settings: Settings) -> Result<Self, PagesFault> {
        Ok(Self {
            flow,
            pages: Arc::new(Pages::load()?),
            assets: Arc::new(AssetShelf::load()),
            documents: Arc::new(Documents::default()),
            request_ids: Arc::new(RequestIds::new()),
            settings: Arc::new(settings),
            webhooks: Arc::new(whatsapp::places()),
            streams: Arc::new(Semaphore::new(MOST_STREAMS)),
            closing: watch::Sender::new(false),
        })
    }
}

/// Pages that follow their message live at once; whoever comes later asks every few seconds instead.
const MOST_STREAMS: usize = 2000;

/// No form of ours comes near this.
const FORM_LIMIT: usize = 64 * 1024;

/// Every URL, on one screen.
pub fn router(doors: Doors) -> Router {
    let pool = Router::new()
        .route(paths::OPENID_CONFIGURATION, get(oauth::discovery::get).options(oauth::discovery::options))
        .route(paths::AUTHORIZATION_SERVER, get(oauth::discovery::get).options(oauth::discovery::options))
        .route(paths::JWKS, get(oauth::jwks::get).options(oauth::jwks::options))
        .route(paths::JWKS_ALIAS, get(oauth::jwks::get).options(oauth::jwks::options))
        .route(paths::AUTHORIZE, get(oauth::authorize::get).post(oauth::authorize::post))
        .route(paths::TOKEN, post(oauth::token::post).options(oauth::token::options))
        .route(
            paths::USERINFO,
            get(oauth::userinfo::get).post(oauth::userinfo::post).options(oauth::userinfo::options),
        )
        .route(paths::INTROSPECT, post(oauth::introspect::post))
        .route(paths::REVOKE, post(oauth::revoke::post).options(oauth::revoke::options))
        .route(paths::END_SESSION, get(oauth::end_session::get).post(oauth::end_session::post))
        .route(paths::MESSAGES, post(api::messages::post))
        .route(paths::PHONE, get(pages::phone::get).post(pages::phone::post))
        .route(paths::CODE, get(pages::code::get).post(pages::code::post))
        .route(paths::NEW_CODE, post(pages::new_code::post))
        .route(paths::OTHER_CHANNEL, post(pages::other_channel::post))
        .route(paths::EVENTS, get(pages::events::get));
    let all = Router::new()
        .route(paths::LANDING, get(pages::landing::get))
        .route(paths::HEALTHZ, get(health::healthz))
        .route(paths::READYZ, get(health::readyz))
        // Nothing secret is in them; pages stay as they are, because their size would tell of what is.
        .route(paths::ASSETS, get(pages::assets::get).layer(CompressionLayer::new()))
        .route(
            paths::AUTHORIZATION_SERVER_INSERTED,
            get(oauth::discovery::get).options(oauth::discovery::options),
        )
        .nest("/{domain}", pool)
        .layer(DefaultBodyLimit::max(FORM_LIMIT))
        .route(paths::WHATSAPP_WEBHOOK, get(whatsapp::get).post(whatsapp::post))
        .route(paths::SMS_WEBHOOK, post(sms::post))
        .fallback(pages::lost::not_found)
        .method_not_allowed_fallback(pages::lost::method_not_allowed)
        .layer(from_fn(one_host))
        .layer(from_fn_with_state(doors.clone(), observe))
        .with_state(doors.clone());
    with_pool_hosts(all, doors)
}
