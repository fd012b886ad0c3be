//! Refusals of `[[tariff]]` and `[billing]`: file, line, what stands there, what may stand there, the nearest name.

use crate::refusals::{SOUND, refused_one_by_one};

/// Two ISPs with a transit link, a third one that peers with the second; a price by the percentile and one between peers.
const MONEY: &str = r#"
[[tariff]]
name = "list"
links = "transit"
[tariff.terms.percentile]
price = "2 EUR per Mbit/s"
commit = "10 Mbit/s"
overage = "3 EUR per Mbit/s"

[[tariff]]
name = "paid"
links = "peering"
seller = "south"
buyer = "west"
[tariff.terms]
flat = "500 EUR"

[billing.month]
days = 30
hour = 20
daily-profile = [1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 2, 1]
"#;

fn sound() -> String {
    let links = "provider = 64501\ncustomer = 64502\n[[underlay.isps.isp]]\nname = \"west\"\nases = [64503]\n\
                 [[underlay.isps.link]]\npeers = [64502, 64503]";
    format!("{}{MONEY}", SOUND.replacen("peers = [64501, 64502]", links, 1))
}

/// The messages for the sound scenario with `from` replaced by `to`, case by case.
#[track_caller]
fn refused(cases: &[(&str, &str)]) -> String {
    refused_one_by_one(&sound(), cases)
}

#[test]
fn the_scenario_that_is_spoilt_is_sound() {
    crate::runs::resolved(&sound().replace("same-as", "as-hops"), &[]);
}

#[test]
fn of_prices() {
    insta::assert_snapshot!(refused(&[
        ("price = \"2 EUR per Mbit/s\"", "price = \"2 Eur per Mbit/s\""),
        ("price = \"2 EUR per Mbit/s\"", "price = \"2 per Mbit/s\""),
        ("price = \"2 EUR per Mbit/s\"", "price = \"-2 EUR per Mbit/s\""),
        ("price = \"2 EUR per Mbit/s\"", "price = \"2 EUR per GB\""),
        ("price = \"2 EUR per Mbit/s\"", "price = \"2 EUR per Mbit/s and month\""),
        ("price = \"2 EUR per Mbit/s\"", "price = 2"),
        ("price = \"2 EUR per Mbit/s\"", "price = \"0.0000001 EUR per Mbit/s\""),
        ("overage = \"3 EUR per Mbit/s\"", "overage = \"3 USD per Mbit/s\""),
        ("flat = \"500 EUR\"", "flat = \"500 USD\""),
        ("flat = \"500 EUR\"", "flat = \"500 EUR per Mbit/s\""),
        ("flat = \"500 EUR\"", "flat = \"-1 EUR\""),
        ("commit = \"10 Mbit/s\"", "commit = \"10 MB\""),
        ("commit = \"10 Mbit/s\"", "comit = \"10 Mbit/s\""),
        ("commit = \"10 Mbit/s\"", "direction = \"highest\""),
        (
            "[tariff.terms.percentile]\nprice = \"2 EUR per Mbit/s\"",
            "[tariff.terms.percentil]\nprice = \"2 EUR per Mbit/s\""
        ),
        ("[tariff.terms]\nflat = \"500 EUR\"", "[tariff.terms]\nper-volume = { price = \"5 EUR per Mbit/s\" }"),
    ]));
}

#[test]
fn of_the_parties() {
    insta::assert_snapshot!(refused(&[
        ("links = \"transit\"", "links = \"tranist\""),
        ("links = \"transit\"", "links = \"transit\"\nseller = \"north\""),
        ("seller = \"south\"", "seller = \"sout\""),
        ("buyer = \"west\"", "buyer = \"wets\""),
        ("buyer = \"west\"", "buyer = \"south\""),
        ("buyer = \"west\"", "buyer = \"north\""),
        ("seller = \"south\"\n", ""),
        ("buyer = \"west\"\n", ""),
        ("seller = \"south\"\nbuyer = \"west\"\n", ""),
        (
            "links = \"peering\"\nseller = \"south\"\nbuyer = \"west\"",
            "links = \"transit\"\nseller = \"south\"\nbuyer = \"north\""
        ),
        ("links = \"peering\"\nseller = \"south\"\nbuyer = \"west\"", "links = \"transit\"\nseller = \"west\""),
        // Equally precise: nobody could say which holds.
        ("links = \"peering\"\nseller = \"south\"\nbuyer = \"west\"", "links = \"transit\""),
        (
            "[billing.month]",
            "[[tariff]]\nname = \"back\"\nlinks = \"peering\"\nseller = \"west\"\nbuyer = \"south\"\nterms = \"settlement-free\"\n[billing.month]"
        ),
        ("name = \"paid\"", "name = \"list\""),
        ("name = \"paid\"\n", ""),
    ]));
}

#[test]
fn of_the_month() {
    insta::assert_snapshot!(refused(&[
        ("hour = 20", "hour = 24"),
        ("hour = 20\n", ""),
        ("days = 30", "days = 0"),
        ("3, 3, 3, 3, 2, 1]", "3, 3, 3, 3, 2]"),
        ("3, 3, 3, 3, 2, 1]", "3, 3, -3, 3, 2, 1]"),
        ("3, 3, 3, 3, 2, 1]", "3, 3, 0, 3, 2, 1]"),
        ("3, 3, 3, 3, 2, 1]", "3, 3, 3, 3, 2, 0.0000001]"),
        ("daily-profile", "daily-profil"),
        ("[billing.month]", "[biling.month]"),
        (
            "[[tariff]]\nname = \"list\"\nlinks = \"transit\"\n[tariff.terms.percentile]\nprice = \"2 EUR per Mbit/s\"\ncommit = \"10 Mbit/s\"\noverage = \"3 EUR per Mbit/s\"\n\n[[tariff]]\nname = \"paid\"\nlinks = \"peering\"\nseller = \"south\"\nbuyer = \"west\"\n[tariff.terms]\nflat = \"500 EUR\"\n",
            ""
        ),
    ]));
}
