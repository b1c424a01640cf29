//! The doors of Watchword: bytes in, bytes out

pub mod view;
