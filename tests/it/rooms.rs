//! The rooms of a layer do not lean on one another: what two of them need lies in the layer's shared files.

use std::path::{Path, PathBuf};

/// The folders whose files are rooms: one endpoint, one page each.
const ROOMS: [&str; 6] = [
    "src/http/api",
    "src/http/oauth",
    "src/http/pages",
    "src/http/webhook",
    "src/portal/routes",
    "src/flow/token",
];

/// What the rooms of a folder share by design: the steps that every grant takes.
const SHARED: [(&str, &[&str]); 1] = [("src/flow/token", &["access", "claims", "mint"])];

fn rooms(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

fn name(room: &Path) -> &str {
    room.file_stem().unwrap().to_str().unwrap()
}

/// The paths of a file's `use` lines, each on one line as rustfmt writes them.
fn uses(source: &str) -> impl Iterator<Item = &str> {
    source.lines().filter_map(|line| line.trim().strip_prefix("use "))
}

/// Whether a path leads into this sibling of the room.
fn leads_into(path: &str, folder: &str, sibling: &str) -> bool {
    let module = folder.rsplit('/').next().unwrap();
    [format!("super::{sibling}"), format!("crate::{module}::{sibling}")]
        .iter()
        .any(|start| path.strip_prefix(start.as_str()).is_some_and(|rest| rest.starts_with([':', ';'])))
}

#[test]
fn rooms_do_not_import_their_siblings() {
    let mut looked_at = 0;
    for folder in ROOMS {
        let rooms = rooms(folder);
        let shared = SHARED.iter().find(|(of, _)| *of == folder).map_or(&[][..], |(_, shared)| shared);
        let names: Vec<&str> = rooms.iter().map(|room| name(room)).collect();
        let private = names.iter().filter(|name| !shared.contains(name));
        for room in &rooms {
            let source = std::fs::read_to_string(room).unwrap();
            for path in uses(&source) {
                looked_at += 1;
                let sibling = private.clone().find(|sibling| leads_into(path, folder, sibling));
                assert_eq!(sibling, None, "{}: use {path}", room.display());
            }
        }
    }
    assert!(looked_at > 100, "the rooms are read: {looked_at} lines");
}
