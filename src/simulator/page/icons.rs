//! The few drawings of the page, inline so that nothing else is fetched.

pub(super) const BACK: &str =
    r#"<svg class="turn" viewBox="0 0 24 24" aria-hidden="true"><path d="M15 5l-7 7 7 7"/></svg>"#;
pub(super) const SEND: &str =
    r#"<svg class="turn" viewBox="0 0 24 24" aria-hidden="true"><path d="M4 12l16-8-5 16-3.5-6.5z"/></svg>"#;
pub(super) const COPY: &str = r#"<svg viewBox="0 0 24 24" aria-hidden="true"><rect x="9" y="9" width="11" height="11" rx="2"/><path d="M15 9V6a2 2 0 0 0-2-2H6a2 2 0 0 0-2 2v7a2 2 0 0 0 2 2h3"/></svg>"#;
pub(super) const REPLY: &str = r#"<svg class="turn" viewBox="0 0 24 24" aria-hidden="true"><path d="M9 7l-5 5 5 5"/><path d="M4 12h10a6 6 0 0 1 6 6"/></svg>"#;
pub(super) const LINK: &str = r#"<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M14 4h6v6"/><path d="M20 4l-9 9"/><path d="M18 14v5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h5"/></svg>"#;
pub(super) const FAULT: &str =
    r#"<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M13 3L5 14h6l-1 7 8-11h-6z"/></svg>"#;
pub(super) const CHAT: &str =
    r#"<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M4 20l1.4-4.2A8 8 0 1 1 8.6 19z"/></svg>"#;

/// Not sent yet.
pub(super) const CLOCK: &str = r#"<svg class="tick" viewBox="0 0 18 12" aria-hidden="true"><circle cx="9" cy="6" r="4.5"/><path d="M9 3.8V6l1.6 1"/></svg>"#;
/// Sent.
pub(super) const ONE_TICK: &str =
    r#"<svg class="tick" viewBox="0 0 18 12" aria-hidden="true"><path d="M4 6.5l3.2 3L14 2.5"/></svg>"#;
/// Delivered, and in another colour read.
pub(super) const TWO_TICKS: &str = r#"<svg class="tick" viewBox="0 0 18 12" aria-hidden="true"><path d="M1 6.5l3.2 3L11 2.5"/><path d="M8.4 8.8l.8.7L16 2.5"/></svg>"#;
