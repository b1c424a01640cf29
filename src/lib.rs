//! Watchword.
