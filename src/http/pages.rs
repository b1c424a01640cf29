//! The hosted pages, one page a file.

pub mod assets;
pub mod code;
pub mod events;
pub mod landing;
pub mod lost;
pub mod new_code;
pub mod other_channel;
pub mod phone;
