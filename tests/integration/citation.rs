//! `CITATION.cff` is what the Citation File Format 1.2.0 asks for, and speaks of this version.

use std::fs;

use yaml_rust2::{Yaml, YamlLoader};

use crate::runs::repository;

fn citation() -> Yaml {
    let text = fs::read_to_string(repository().join("CITATION.cff")).unwrap();
    let mut documents = YamlLoader::load_from_str(&text).unwrap();
    assert_eq!(documents.len(), 1);
    documents.remove(0)
}

#[test]
fn the_citation_names_this_version() {
    let citation = citation();
    assert_eq!(citation["version"].as_str(), Some(env!("CARGO_PKG_VERSION")), "CITATION.cff and Cargo.toml differ");
    let licences: Vec<&str> = citation["license"].as_vec().unwrap().iter().map(|l| l.as_str().unwrap()).collect();
    assert_eq!(licences.join(" OR "), env!("CARGO_PKG_LICENSE"));
}

/// The keys that the schema of CFF 1.2.0 requires, and none that it does not know.
#[test]
fn the_citation_has_the_form_of_cff_1_2() {
    const KNOWN: [&str; 21] = [
        "abstract",
        "authors",
        "cff-version",
        "commit",
        "contact",
        "date-released",
        "doi",
        "identifiers",
        "keywords",
        "license",
        "license-url",
        "message",
        "preferred-citation",
        "references",
        "repository",
        "repository-artifact",
        "repository-code",
        "title",
        "type",
        "url",
        "version",
    ];
    let citation = citation();
    let keys: Vec<&str> = citation.as_hash().unwrap().keys().map(|key| key.as_str().unwrap()).collect();
    for required in ["cff-version", "message", "title", "authors"] {
        assert!(keys.contains(&required), "{required}");
    }
    for key in keys {
        assert!(KNOWN.contains(&key), "{key}");
    }
    assert_eq!(citation["cff-version"].as_str(), Some("1.2.0"));
    assert_eq!(citation["type"].as_str(), Some("software"));
    for list in [&citation["authors"], &citation["references"][0]["authors"]] {
        let authors = list.as_vec().unwrap();
        assert!(!authors.is_empty() && authors.iter().all(|author| author["name"].as_str().is_some()));
    }
    assert!(citation["references"].as_vec().unwrap().iter().all(|one| one["type"].as_str().is_some()));
}
