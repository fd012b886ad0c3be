//! A mixture of strategies.

use std::sync::Arc;

use super::{Catalog, Group, Needs, Part, Rank, Requester, Strategy};

/// Several strategies with a weight each: the weighted mean of the places that they would give (Borda's count with
/// weights; Dwork, Kumar, Naor and Sivakumar 2001 on its use for aggregating rankings).
///
/// Ranks are compared, never added: hops, delays and capacities have no common unit. What is added are *places*: for each
/// part, candidates stand in its order, equal ones sharing the mean of their places; a candidate's value is the mean of its
/// places, weighted. Places are counted among all candidates; where a part tells single candidates apart, among those
/// drawn.
#[derive(Debug, Clone)]
pub struct Weighted {
    parts: Vec<Part>,
    needs: Needs,
}

/// The whole of a mixture, in millionths.
const WHOLE: f64 = 1e6;

impl Weighted {
    /// Reads `{ strategy = weight, … }`: at least two strategies of the catalog that take no parameters, with weights above
    /// zero. Weights are relative: 1 and 3 mean the same as 0.25 and 0.75.
    ///
    /// # Errors
    /// A sentence for people.
    pub fn read(table: &toml::Table, catalog: &Catalog) -> Result<Self, String> {
        if table.len() < 2 {
            return Err("a mixture needs at least two strategies with a weight each, such as `{ as-hops = 3, \
                        highest-bandwidth = 1 }`"
                .to_owned());
        }
        let mut weights = Vec::new();
        for (name, value) in table {
            let weight = match value {
                toml::Value::Integer(whole) => *whole as f64,
                toml::Value::Float(real) => *real,
                _ => return Err(format!("the weight of `{name}` is no number")),
            };
            if !(weight > 0.0 && weight.is_finite()) {
                return Err(format!("the weight of `{name}` is {weight}; expected a number above 0"));
            }
            weights.push(weight);
        }
        // The keys of a table are sorted: the order of the file does not matter.
        let total: f64 = weights.iter().sum();
        let mut parts = Vec::new();
        let mut needs = Needs::default();
        for (name, weight) in table.keys().zip(weights) {
            let (strategy, needed) = part(name, catalog)?;
            let millionths = (weight / total * WHOLE).round();
            if millionths < 1.0 {
                return Err(format!("the weight of `{name}` is below a millionth of all weights: leave it out"));
            }
            needs = needs.and(needed);
            parts.push(Part { name: name.clone(), strategy, millionths: millionths as u32 });
        }
        Ok(Self { parts, needs })
    }
}

fn part(name: &str, catalog: &Catalog) -> Result<(Arc<dyn Strategy>, Needs), String> {
    let entry = catalog.get(name).ok_or_else(|| {
        let names = || catalog.entries().iter().map(|entry| entry.name).filter(|name| *name != "weighted");
        let likely = names().map(|other| (strsim::damerau_levenshtein(name, other), other)).min();
        let advice = likely.filter(|(edits, _)| *edits <= 3).map(|(_, other)| format!("; did you mean `{other}`?"));
        let expected: Vec<String> = names().map(|name| format!("`{name}`")).collect();
        format!("unknown part `{name}`{}; expected some of {}", advice.unwrap_or_default(), expected.join(", "))
    })?;
    if name == "random" {
        return Err(
            "`random` prefers nobody, so that its weight would change nothing: leave it out (and see the OMS's \
                    key `unguided`)"
                .to_owned(),
        );
    }
    // A mixture would need its parameters; whatever else needs some says so itself.
    let strategy = if name == "weighted" {
        return Err("a mixture cannot be part of a mixture: give its parts their weights here".to_owned());
    } else {
        (entry.build)(&toml::Table::new(), catalog).map_err(|reason| format!("its part `{name}`: {reason}"))?
    };
    if strategy.limits_connections() {
        return Err(format!("`{name}` is about connections as well as lists and cannot be mixed"));
    }
    Ok((strategy, entry.needs))
}

impl Strategy for Weighted {
    /// A group alone has nobody to be compared with: places come from the parts.
    fn rank(&self, _requester: &Requester, _group: &Group) -> Rank {
        Rank(0)
    }

    fn scores(&self) -> bool {
        self.parts.iter().any(|part| part.strategy.scores())
    }

    fn parts(&self) -> &[Part] {
        &self.parts
    }

    fn parts_need(&self) -> Needs {
        self.needs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Weighted, String> {
        Weighted::read(&text.parse().unwrap(), &Catalog::standard())
    }

    #[test]
    fn weights_are_relative_and_the_order_of_keys_does_not_matter() {
        let shares =
            |text: &str| -> Vec<u32> { read(text).unwrap().parts.iter().map(|part| part.millionths).collect() };
        assert_eq!(shares("as-hops = 1\nhighest-bandwidth = 3"), [250_000, 750_000]);
        assert_eq!(shares("highest-bandwidth = 0.75\nas-hops = 0.25"), [250_000, 750_000]);
    }

    #[test]
    fn it_needs_what_its_parts_need() {
        let mixture = read("transit-cost = 1\nhighest-bandwidth = 1").unwrap();
        let needs = mixture.parts_need();
        assert!(needs.ways_out && needs.uplinks && !needs.delays && !needs.pieces);
        assert!(mixture.scores());
        assert!(!read("transit-cost = 1\nas-hops = 1").unwrap().scores());
    }

    #[test]
    fn nonsense_is_refused() {
        for (text, part_of_message) in [
            ("", "at least two"),
            ("as-hops = 1", "at least two"),
            ("as-hops = 1\nsame-as = 0", "`same-as` is 0"),
            ("as-hops = 1\nsame-as = -1.5", "`same-as` is -1.5"),
            ("as-hops = 1\nsame-as = nan", "above 0"),
            ("as-hops = 1\nsame-as = inf", "above 0"),
            ("as-hops = 1\nsame-as = \"2\"", "no number"),
            ("as-hops = 1\nsame-bs = 1", "unknown part `same-bs`; did you mean `same-as`?"),
            ("as-hops = 1\nrandom = 1", "`random` prefers nobody"),
            ("as-hops = 1\nbiased = 1", "`biased` is about connections"),
            ("as-hops = 1\nweighted = 1", "cannot be part"),
            ("as-hops = 1e9\nsame-as = 1", "below a millionth"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(part_of_message), "{text}: {error}");
        }
    }
}
