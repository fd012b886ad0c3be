//! The JSON Schema of scenario files: committed, kept current, and of one mind with the program.
//!
//! `PEERSCAPE_WRITE_DOCUMENTATION=1 cargo test --test integration schema` writes `scenarios/peerscape.schema.json`.

use std::fs;

use jsonschema::Validator;
use peerscape::cli;
use peerscape::scenario::{Overrides, ScenarioErrorKind, json_schema, load};
use peerscape::selection::Catalog;
use serde_json::{Value, json};

use crate::mutations::files_below;
use crate::runs::repository;

const FILE: &str = "scenarios/peerscape.schema.json";

/// The schema that the program gives now.
pub(crate) fn validator() -> Validator {
    jsonschema::draft202012::new(&json_schema(&Catalog::standard())).unwrap()
}

/// A scenario as the data that a schema speaks of.
pub(crate) fn data(toml: &str) -> Value {
    let table: toml::Table = toml.parse().unwrap();
    serde_json::to_value(table).unwrap()
}

fn complaints(validator: &Validator, data: &Value) -> Vec<String> {
    validator.iter_errors(data).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn the_committed_schema_is_the_one_that_the_program_prints() {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = cli::run_with(["peerscape", "schema"], &Catalog::standard(), &mut out, &mut err);
    assert_eq!((code, err.as_slice()), (0, &b""[..]));
    if std::env::var_os("PEERSCAPE_WRITE_DOCUMENTATION").is_some() {
        fs::write(repository().join(FILE), &out).unwrap();
    }
    let committed = fs::read(repository().join(FILE)).unwrap();
    assert!(
        committed == out,
        "{FILE} is out of date: PEERSCAPE_WRITE_DOCUMENTATION=1 cargo test --test integration schema"
    );
}

#[test]
fn the_schema_is_one_of_draft_2020_12() {
    let schema = json_schema(&Catalog::standard());
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert!(jsonschema::draft202012::meta::is_valid(&schema));
}

#[test]
fn every_scenario_names_the_schema_first_and_fits_it() {
    let validator = validator();
    let schema = repository().join(FILE).canonicalize().unwrap();
    let files = files_below(&repository().join("scenarios"), "toml");
    assert!(files.len() >= 21);
    for file in files {
        let shown = file.display();
        let text = fs::read_to_string(&file).unwrap();
        let named = text.lines().next().and_then(|line| line.strip_prefix("#:schema "));
        let named = named.unwrap_or_else(|| panic!("{shown}: the first line is `#:schema <path of {FILE}>`"));
        let path = file.parent().unwrap().join(named);
        assert!(path.canonicalize().is_ok_and(|path| path == schema), "{shown}: `{named}` is not {FILE}");
        assert_eq!(complaints(&validator, &data(&text)), [""; 0], "{shown}");

        let loaded = load(&file, &Overrides::default(), &Catalog::standard());
        if loaded.as_ref().is_err_and(|errors| errors.kind() == ScenarioErrorKind::InputMissing) {
            eprintln!(
                "SKIPPED every_scenario_names_the_schema_first_and_fits_it, {shown} resolved: ../shared/data is missing"
            );
            continue;
        }
        let resolved = loaded.unwrap_or_else(|e| panic!("{e}"));
        assert!(!resolved.preamble.iter().any(|line| line.contains("schema")), "{shown}: the line is for editors");
        assert_eq!(complaints(&validator, &data(&resolved.to_toml())), [""; 0], "{shown}, resolved");
    }
}

/// Every variant of `data` in which one key of one table is misspelt, with the misspelt name.
fn misspelt(data: &Value) -> Vec<(String, Value)> {
    let mut variants = Vec::new();
    match data {
        Value::Object(table) => {
            for (key, value) in table {
                let wrong = format!("{key}x");
                let mut variant = table.clone();
                let taken = variant.remove(key).unwrap();
                variant.insert(wrong.clone(), taken);
                variants.push((wrong, Value::Object(variant)));
                for (name, inner) in misspelt(value) {
                    let mut variant = table.clone();
                    variant.insert(key.clone(), inner);
                    variants.push((format!("{key}.{name}"), Value::Object(variant)));
                }
            }
        }
        Value::Array(items) => {
            for (position, item) in items.iter().enumerate() {
                for (name, inner) in misspelt(item) {
                    let mut variant = items.clone();
                    variant[position] = inner;
                    variants.push((format!("{position}.{name}"), Value::Array(variant)));
                }
            }
        }
        _ => {}
    }
    variants
}

#[test]
fn a_misspelt_key_anywhere_does_not_fit() {
    let validator = validator();
    let mut tried = 0;
    for file in files_below(&repository().join("scenarios"), "toml") {
        for (name, variant) in misspelt(&data(&fs::read_to_string(&file).unwrap())) {
            // A swept path is text to a schema; that the program refuses a misspelt one is tried with the sweeps.
            // So are the parameters of strategies.
            if name.contains(".order.") {
                continue;
            }
            if name.strip_prefix("sweep.").is_some_and(|path| !path.ends_with("labelx")) {
                continue;
            }
            tried += 1;
            assert!(!validator.is_valid(&variant), "{}: `{name}`", file.display());
        }
    }
    assert!(tried > 500, "{tried} keys");
}

#[test]
fn values_of_the_wrong_kind_do_not_fit() {
    let validator = validator();
    let minimal = data(&fs::read_to_string(repository().join("scenarios/minimal.toml")).unwrap());
    let wrong = [
        ("/population/peers", json!("30")),
        ("/population/peers", json!(0)),
        ("/population/peers", json!(2.5)),
        ("/population/seeds/up", json!(10)),
        ("/population/seeds/up", json!("10 Mbps")),
        ("/population/seeds/up", json!("fast")),
        ("/population/access", json!([])),
        ("/population/access/0/share", json!(1.5)),
        ("/population/arrivals", json!("flash-crowd")),
        ("/population/arrivals", json!({ "flash-crowd": { "decay": "30 s" }, "all-at-once": {} })),
        ("/population/arrivals", json!({})),
        ("/service/file-swarming/size", json!("8 Mb")),
        ("/arm/0/management", json!("nobody")),
        ("/arm/1/oms/order", json!(["same-ass"])),
        ("/arm/1/oms/order", json!("same-as")),
        ("/arm/1/oms/external/min", json!(-1)),
        ("/underlay", json!({})),
        ("/underlay", json!({ "tiered": {}, "as-relationships": { "file": "as-rel.txt" } })),
        ("/title", json!(" ")),
        ("/format", json!(2)),
    ];
    for (pointer, value) in wrong {
        let mut variant = minimal.clone();
        *variant.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = value.clone();
        assert!(!validator.is_valid(&variant), "{pointer} = {value}");
    }
}

#[test]
fn a_file_of_hosts_takes_the_place_of_what_it_says() {
    let validator = validator();
    let file = repository().join("scenarios/validation/theory/d17-guided-swarm.toml");
    let hosts = data(&fs::read_to_string(file).unwrap());
    assert!(hosts["population"]["hosts"].is_string());
    assert!(validator.is_valid(&hosts));
    let mut both = hosts.clone();
    both["population"]["peers"] = json!(4);
    assert!(!validator.is_valid(&both), "hosts and peers");
    let mut neither = hosts;
    neither["population"].as_object_mut().unwrap().remove("hosts");
    assert!(!validator.is_valid(&neither), "neither hosts nor peers");
}

#[test]
fn words_and_tables_fit_where_either_may_stand() {
    let validator = validator();
    let minimal = data(&fs::read_to_string(repository().join("scenarios/minimal.toml")).unwrap());
    for (path, value) in [
        ("bandwidth", json!("max-min")),
        ("bandwidth", json!({ "max-min": { "tolerance": 0.01 } })),
        ("discovery", json!({ "interval": "never" })),
        ("discovery", json!({ "interval": "1_0.5 min" })),
        ("reference", json!([{ "metric": "local_share", "low": 0.1, "source": "s", "label": "l" }])),
    ] {
        let mut variant = minimal.clone();
        variant[path] = value;
        assert_eq!(complaints(&validator, &variant), [""; 0], "{path}");
    }
}
