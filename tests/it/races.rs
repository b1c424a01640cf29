//! Whatever can be used once, fired at by many at the same time.
