//! `docs/standards.md` names files and tests: they must be there.

use std::path::Path;

/// What stands between backticks.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Whether some test of this name stands in one of these files.
fn has_test(files: &[&str], name: &str) -> bool {
    files.iter().any(|file| read(file).contains(&format!("fn {name}(")))
}

/// The rows of the page's tables: the cells that name files, and those that name tests.
fn rows(page: &str) -> Vec<(&str, &str)> {
    let cells = page.lines().map(|line| line.split(" | ").collect::<Vec<_>>());
    cells
        .filter(|cells| cells.len() == 4 && cells[2].contains('`'))
        .map(|cells| (cells[2], cells[3]))
        .collect()
}

#[test]
fn every_file_and_test_that_the_page_of_standards_names_is_there() {
    let page = read("docs/standards.md");
    let rows = rows(&page);
    assert!(rows.len() > 50, "the tables are read as they are written: {}", rows.len());
    for (files, tests) in rows {
        let files: Vec<String> = quoted(files).iter().map(|file| format!("src/{file}")).collect();
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        files.iter().for_each(|file| drop(read(file)));
        let (units, suite) = tests.split_once("it: ").unwrap_or((tests, ""));
        for name in quoted(units) {
            assert!(has_test(&files, name), "no {name} in {files:?}");
        }
        let mut room = String::new();
        for name in quoted(suite) {
            if name.ends_with(".rs") {
                room = format!("tests/it/{name}");
            } else {
                assert!(has_test(&[&room], name), "no {name} in {room}");
            }
        }
    }
}
