//! What runs beside the requests: sending what waits in the outbox, clearing what nobody needs any more, and giving
//! signing keys their successors.

mod fallbacks;
mod outbox;
mod rotation;
mod sweeping;
