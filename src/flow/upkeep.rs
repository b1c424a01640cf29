//! What runs beside the requests: sending what waits in the outbox, and clearing what nobody needs any more.

mod outbox;
mod sweeping;
