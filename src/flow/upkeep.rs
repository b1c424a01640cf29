//! What runs beside the requests: sending what waits in the outbox, clearing what nobody needs any more, giving signing
//! keys their successors, and looking whether templates can still be sent.

mod fallbacks;
mod outbox;
mod rotation;
mod sweeping;
mod templates;
