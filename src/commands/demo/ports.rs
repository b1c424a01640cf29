//! The demo's three ports: asked for, remembered, or taken by somebody else.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

use super::Arguments;
use crate::commands::listen;
use crate::config::problem::{Problem, Problems};

/// The ports of a demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ports {
    /// The provider's.
    pub provider: u16,
    /// The simulator's.
    pub simulator: u16,
    /// The portal's.
    pub portal: u16,
}

const USUAL: Ports = Ports { provider: 8080, simulator: 8081, portal: 8082 };

/// What the demo listens on.
pub(super) struct Listeners {
    pub(super) provider: TcpListener,
    pub(super) simulator: TcpListener,
    pub(super) portal: TcpListener,
}

impl Listeners {
    /// Takes all three ports before anything is made. Says everything that stands in the way.
    pub(super) async fn bind(asked: &Arguments, kept: Option<Ports>) -> Result<Self, Problems> {
        let provider =
            Wish::of("--provider-port", asked.provider_port, kept.map(|kept| kept.provider), USUAL.provider);
        let portal = Wish::of("--portal-port", asked.portal_port, kept.map(|kept| kept.portal), USUAL.portal);
        // Nothing that is kept depends on the simulator's port: it may change.
        let moved = asked.simulator_port.filter(|port| *port != 0);
        let simulator = Wish {
            port: moved
                .or(kept.map(|kept| kept.simulator))
                .or(asked.simulator_port)
                .unwrap_or(USUAL.simulator),
            kept: kept.map(|kept| kept.simulator),
            may_move: true,
            ..Wish::of("--simulator-port", None, None, USUAL.simulator)
        };
        let fixed = [provider.against(asked), portal.against(asked)];
        let refused: Vec<Problem> = fixed.into_iter().flatten().collect();
        if !refused.is_empty() {
            return Err(Problems(refused));
        }
        match (provider.bind().await, simulator.bind().await, portal.bind().await) {
            (Ok(provider), Ok(simulator), Ok(portal)) => Ok(Self { provider, simulator, portal }),
            (provider, simulator, portal) => {
                let problems = [provider.err(), simulator.err(), portal.err()];
                Err(Problems(problems.into_iter().flatten().collect()))
            }
        }
    }

    /// The ports that were taken in the end.
    pub(super) fn ports(&self) -> Result<Ports, Problem> {
        let port = |listener| listen::address_of(listener).map(|address| address.port());
        Ok(Ports {
            provider: port(&self.provider)?,
            simulator: port(&self.simulator)?,
            portal: port(&self.portal)?,
        })
    }
}

/// One port: what it should be, and how to ask for another.
struct Wish {
    flag: &'static str,
    port: u16,
    kept: Option<u16>,
    asked: Option<u16>,
    /// Whether a demo may go on with another.
    may_move: bool,
}

impl Wish {
    /// A remembered port comes before the usual one, and is as good as any when any will do.
    fn of(flag: &'static str, asked: Option<u16>, kept: Option<u16>, usual: u16) -> Self {
        Self { flag, port: kept.or(asked).unwrap_or(usual), kept, asked, may_move: false }
    }

    /// Refuses another port than the one this demo was made with.
    fn against(&self, arguments: &Arguments) -> Option<Problem> {
        let (kept, asked) = (self.kept?, self.asked.filter(|port| *port != 0)?);
        (kept != asked).then(|| {
            Problem::new(
                format!("{} {asked}", self.flag),
                format!("is not {kept}, with which the demo in {} was made", arguments.dir.display()),
                format!(
                    "Its issuer and its client's addresses hold the port. Leave {} out, or start a second demo: --dir \
                     watchword-demo-{asked} {} {asked}.",
                    self.flag, self.flag,
                ),
            )
        })
    }

    async fn bind(&self) -> Result<TcpListener, Problem> {
        let instead = match (self.kept, self.may_move) {
            (None, _) => format!("Choose another with {}; 0 takes any that is free.", self.flag),
            (Some(_), true) => format!(
                "Perhaps this demo runs already. If not, stop that program, or choose another with {}; 0 takes any that \
                 is free.",
                self.flag
            ),
            (Some(_), false) => {
                "Perhaps this demo runs already. If not, stop that program, or start a second demo: --dir \
                        watchword-demo-2 --provider-port 0 --simulator-port 0 --portal-port 0."
                    .to_owned()
            }
        };
        listen::bind(SocketAddr::from(([127, 0, 0, 1], self.port)), &instead).await
    }
}
