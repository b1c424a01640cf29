mod disowned;
mod handshake;
mod whatsapp;
