mod handshake;
mod whatsapp;
