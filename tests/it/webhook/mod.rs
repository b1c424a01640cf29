mod disowned;
mod handshake;
mod sms;
mod whatsapp;
