//! Whatever is in a file: specs or errors, never a panic.

use super::fixtures::{FULL, SHORT};
use super::load_text;

/// A generator for mutations: quality is of no concern here.
struct Dice(u64);
impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n.max(1)
    }
}

fn mutate(bytes: &mut Vec<u8>, other: &[u8], dice: &mut Dice) {
    const TOKENS: [&str; 24] = [
        "[",
        "]",
        "{",
        "}",
        "\"",
        "=",
        "\n",
        ".",
        "[[arm]]\n",
        "-1",
        "0",
        "18446744073709551616",
        "nan",
        "\"never\"",
        "\"0 s\"",
        "\"1 Tbit/s\"",
        "{}",
        "[]",
        "true",
        "'''",
        "é",
        "\u{0}",
        "1979-05-27",
        "9223372036854775807",
    ];
    let at = dice.below(bytes.len());
    let until = (at + dice.below(12)).min(bytes.len());
    match dice.below(8) {
        6 | 7 => {
            // Another digit: the mutation that most often leaves a valid file.
            let digit = bytes.iter().skip(at).position(u8::is_ascii_digit).map(|n| at + n);
            if let Some(byte) = digit.and_then(|n| bytes.get_mut(n)) {
                *byte = b'0' + dice.below(10) as u8;
            }
        }
        0 => drop(bytes.drain(at..until)),
        1 => drop(bytes.splice(at..until, TOKENS[dice.below(TOKENS.len())].bytes())),
        2 => {
            let token = TOKENS[dice.below(TOKENS.len())].as_bytes().to_vec();
            drop(bytes.splice(at..at, token));
        }
        3 => {
            // A whole value: from the next `=` to the end of its line.
            let from = bytes[at..].iter().position(|b| *b == b'=').map_or(at, |n| at + n + 1);
            let to = bytes[from..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |n| from + n);
            let token = TOKENS[dice.below(TOKENS.len())].as_bytes().to_vec();
            drop(bytes.splice(from..to, token));
        }
        4 => {
            let from = dice.below(other.len());
            let piece = other[from..(from + 60).min(other.len())].to_vec();
            drop(bytes.splice(at..at, piece));
        }
        _ => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = dice.below(256) as u8;
            }
        }
    }
}

#[test]
fn mutated_files_never_panic() {
    let mut dice = Dice(1);
    let (mut accepted, mut refused) = (0, 0);
    for round in 0..6_000 {
        let (base, other) = if round % 3 == 0 { (SHORT, FULL) } else { (FULL, SHORT) };
        let mut bytes = base.as_bytes().to_vec();
        for _ in 0..=dice.below(3) {
            mutate(&mut bytes, other.as_bytes(), &mut dice);
        }
        match load_text(&String::from_utf8_lossy(&bytes)) {
            Ok(resolved) => {
                accepted += 1;
                let once = resolved.to_toml();
                let again = load_text(&once).unwrap_or_else(|e| panic!("{e}\n{once}"));
                assert_eq!(again.to_toml(), once);
            }
            Err(errors) => {
                refused += 1;
                assert!(errors.count() > 0);
                assert!(!errors.render(round % 2 == 0).is_empty());
                assert!(errors.to_json()["errors"].is_array());
            }
        }
    }
    assert!(accepted > 100 && refused > 2_000, "mutations reach both outcomes: {accepted} accepted, {refused} refused");
}
