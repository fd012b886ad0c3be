//! Tables for `docs/validation/block-twin.md`, printed, and written there on request.

use std::path::Path;

/// Set to write the tables of the document anew.
const WRITE: &str = "PEERSCAPE_WRITE_DOCUMENTATION";

/// Prints a table; with `PEERSCAPE_WRITE_DOCUMENTATION` set, puts it between its marks in the document.
pub(super) fn publish(name: &str, rows: &[String]) {
    let table = rows.join("\n");
    println!("{table}");
    if std::env::var_os(WRITE).is_none() {
        return;
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/validation/block-twin.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->"));
    let (before, rest) = text.split_once(&begin).unwrap();
    let (_, after) = rest.split_once(&end).unwrap();
    std::fs::write(&path, format!("{before}{begin}{table}\n{end}{after}")).unwrap();
}
