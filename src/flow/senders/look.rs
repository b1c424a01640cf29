//! Looking from time to time whether what is sent can be: news of templates may never have been heard, and nothing says that
//! a sender was ever fit to send. Reads a page or two per sender and writes down what was read.

use std::collections::HashSet;
use std::sync::Arc;

use watchword_domain::template::{is_stopped, none_is_sendable};
use watchword_messaging::whatsapp::{Unread, errors};

use super::Wire;
use super::alerts::SenderAlert;
use super::health::{Examined, Heard, Names, OWN, SHARED};
use super::templates::in_all_languages;
use crate::Watchword;
use crate::error::Fault;

/// Projects' senders taken from the database at once.
const PAGE: u64 = 100;

impl Watchword {
    /// One look at the templates of every live sender. Gives how many senders have none that can be sent.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn look_at_templates(&self) -> Result<usize, Fault> {
        let mut round = Round::default();
        if let Some(shared) = &self.settings.whatsapp {
            self.look_at_sender(&shared.wire, SHARED, &mut round).await?;
        }
        let mut after = None;
        loop {
            let page = self.store.read_system().list_live_senders(after.as_ref(), PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.sender.id.clone());
            for row in &page {
                let wire = self.wire_of(row)?;
                self.look_at_sender(&wire, OWN, &mut round).await?;
                if round.is_unreachable {
                    // Neither can the others be asked, and each would be waited for.
                    return Ok(round.without);
                }
            }
        }
        Ok(round.without)
    }

    async fn look_at_sender(&self, wire: &Arc<Wire>, names: Names, round: &mut Round) -> Result<(), Fault> {
        for name in &wire.templates {
            // Senders of one account share its templates.
            if round.read.contains(&(wire.waba_id.clone(), name.clone())) {
                continue;
            }
            let asked_at = self.clock.now();
            match wire.account.templates(name).await {
                Ok(templates) => {
                    round.read.insert((wire.waba_id.clone(), name.clone()));
                    let read = in_all_languages(name, templates);
                    self.learn_states(wire, &read, asked_at).await?;
                }
                Err(unread) => {
                    round.is_unreachable |= matches!(unread, Unread::NoConnection(_));
                    return self.tell_unread(wire, &unread).await;
                }
            }
        }
        self.judge_known(wire, names, round).await
    }

    /// Tells what is known now: of each template that was stopped, or that there is none that can be sent.
    async fn judge_known(&self, wire: &Arc<Wire>, names: Names, round: &mut Round) -> Result<(), Fault> {
        let known = self.store.read_system().list_template_states(&wire.waba_id).await?;
        let of_sender = known.iter().filter(|state| wire.templates.contains(&state.name));
        for state in of_sender.clone().filter(|state| is_stopped(&state.status)) {
            let (name, language) = (state.name.clone(), state.language.clone());
            let alert = SenderAlert::TemplateStopped(name, language, state.status.clone());
            self.tell_of_sender(&wire.id, &alert).await?;
        }
        if none_is_sendable(&known, &wire.templates) {
            round.without += 1;
            let finding = self.why_none(wire, names).await;
            self.tell_of_sender(&wire.id, &SenderAlert::NoTemplate(finding)).await?;
        }
        Ok(())
    }

    /// What is wrong with a sender's templates, and what to do about it. Asked again, which happens seldom enough.
    async fn why_none(&self, wire: &Wire, names: Names) -> String {
        let examined = Examined {
            wire,
            names,
            api_url: self.settings.graph.address(),
            lifetimes: &self.settings.lifetimes,
            heard: Heard::default(),
        };
        let mut said = Vec::new();
        for (position, name) in wire.templates.iter().enumerate() {
            let (finding, _) = examined.template(name, position > 0).await;
            let troubles = finding.troubles.into_iter();
            said.extend(troubles.map(|it| format!("{} {}. {}", it.what, it.wrong, it.mend)));
        }
        said.join(" ")
    }

    async fn tell_unread(&self, wire: &Wire, unread: &Unread) -> Result<(), Fault> {
        tracing::warn!(sender = %wire.id, why = %unread, "the templates of a sender could not be read");
        match unread {
            Unread::Refused { code, .. } if errors::stops_sender(*code) => {
                let meaning = errors::known(*code).map_or("", |known| known.meaning);
                self.tell_of_sender(&wire.id, &SenderAlert::OutOfOrder(*code, meaning)).await
            }
            _ => Ok(()),
        }
    }
}

/// What one look found so far.
#[derive(Default)]
struct Round {
    /// Accounts and templates that were read.
    read: HashSet<(String, String)>,
    /// Senders that have no template that can be sent.
    without: usize,
    /// Whether Meta cannot be reached.
    is_unreachable: bool,
}
