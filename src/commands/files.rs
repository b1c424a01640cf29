//! Files that only their owner may read.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{Result, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

/// Makes a directory, and those above it, that nobody else can look into. One that is there stays as it is.
pub(super) fn make_directory(path: &Path) -> Result<()> {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Writes a new file, and returns when it would survive a power cut.
///
/// # Errors
/// `AlreadyExists` when there is one: nothing is ever written over.
pub(super) fn write_new(path: &Path, text: &str) -> Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(directory)?.sync_all()
}
