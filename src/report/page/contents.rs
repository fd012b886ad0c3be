//! The list of contents, made from the sections that a page came to have.

use std::fmt::Write as _;

/// Where the list goes.
pub(super) const PLACE: &str = "<nav id=\"contents\"></nav>";

/// Fills [`PLACE`] with a link to every section, in the words of its heading.
pub(super) fn with_contents(page: &str) -> String {
    let mut links = String::new();
    for part in page.split("<section id=\"").skip(1) {
        let heading = part.split_once("<h2>").and_then(|(_, rest)| rest.split_once("</h2>"));
        let (Some((id, _)), Some((heading, _))) = (part.split_once('"'), heading) else { continue };
        // What follows a colon explains the heading, and is too long here.
        let short = heading.split(':').next().unwrap_or(heading);
        let _ = writeln!(links, "<a href=\"#{id}\">{short}</a>");
    }
    page.replacen(PLACE, &format!("<nav id=\"contents\" aria-label=\"Contents\">\n{links}</nav>"), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_is_linked() {
        let page = format!("{PLACE}<section id=\"a\">\n<h2>One: more</h2></section><section id=\"b\"><h2>Two</h2>");
        let filled = with_contents(&page);
        assert!(filled.contains("<a href=\"#a\">One</a>\n<a href=\"#b\">Two</a>"), "{filled}");
    }
}
