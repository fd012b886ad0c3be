//! Rust text without what is not code.

/// `text` with comments, string and character literals blanked by spaces; line breaks stay.
pub(super) fn code_only(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = literal_or_comment_end(&chars, at);
        if end > at {
            out.extend(chars[at..end].iter().map(|&c| if c == '\n' { '\n' } else { ' ' }));
            at = end;
        } else {
            out.push(chars[at]);
            at += 1;
        }
    }
    out
}

/// Where the comment or literal that starts at `at` ends; `at` when none starts there.
fn literal_or_comment_end(chars: &[char], at: usize) -> usize {
    let next = |n: usize| chars.get(at + n).copied().unwrap_or('\0');
    match (chars[at], next(1)) {
        ('/', '/') => (at..chars.len()).find(|&i| chars[i] == '\n').unwrap_or(chars.len()),
        ('/', '*') => block_comment_end(chars, at),
        ('"', _) => string_end(chars, at + 1),
        ('r', '"' | '#') if !is_name(chars, at) => raw_string_end(chars, at + 1).unwrap_or(at),
        ('\'', '\\') => (at + 3..chars.len()).find(|&i| chars[i] == '\'').map_or(chars.len(), |i| i + 1),
        ('\'', _) if next(2) == '\'' => at + 3,
        _ => at,
    }
}

/// Whether the character before `at` belongs to a name, so that an `r` at `at` starts no raw string.
fn is_name(chars: &[char], at: usize) -> bool {
    at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_') && chars[at - 1] != 'b'
}

fn block_comment_end(chars: &[char], at: usize) -> usize {
    let (mut depth, mut i) = (0, at);
    while i + 1 < chars.len() {
        match (chars[i], chars[i + 1]) {
            ('/', '*') => (depth, i) = (depth + 1, i + 2),
            ('*', '/') => (depth, i) = (depth - 1, i + 2),
            _ => i += 1,
        }
        if depth == 0 {
            return i;
        }
    }
    chars.len()
}

fn string_end(chars: &[char], mut at: usize) -> usize {
    while at < chars.len() {
        match chars[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    chars.len()
}

/// The end of a raw string whose hashes begin at `at`; `None` when it is none (a raw identifier).
fn raw_string_end(chars: &[char], at: usize) -> Option<usize> {
    let hashes = chars[at..].iter().take_while(|&&c| c == '#').count();
    if chars.get(at + hashes) != Some(&'"') {
        return None;
    }
    let mut i = at + hashes + 1;
    while i < chars.len() {
        if chars[i] == '"' && chars[i + 1..].iter().take(hashes).filter(|&&c| c == '#').count() == hashes {
            return Some(i + 1 + hashes);
        }
        i += 1;
    }
    Some(chars.len())
}

/// `code` without the blocks of `#[cfg(test)]` modules and functions.
pub(super) fn without_tests(code: &str) -> String {
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(start) = rest.find("#[cfg(test)]") {
        out.push_str(&rest[..start]);
        let tail = &rest[start..];
        let (brace, semicolon) = (tail.find('{'), tail.find(';'));
        let end = match (brace, semicolon) {
            (Some(open), semicolon) if semicolon.is_none_or(|s| open < s) => block_end(tail, open),
            (_, Some(semicolon)) => semicolon + 1,
            _ => tail.len(),
        };
        rest = &tail[end..];
    }
    out + rest
}

fn block_end(text: &str, open: usize) -> usize {
    let mut depth = 0;
    for (i, c) in text[open..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return open + i + 1;
        }
    }
    text.len()
}

#[test]
fn comments_and_literals_are_blanked_and_code_stays() {
    let text = "a // b\nc /* d /* e */ f */ g \"h \\\" i\" j r#\"k \" l\"# 'm' '\\'' n<'o> r#type\n";
    let words: Vec<String> = code_only(text).split_whitespace().map(str::to_owned).collect();
    assert_eq!(words, ["a", "c", "g", "j", "n<'o>", "r#type"]);
    assert_eq!(code_only(text).matches('\n').count(), text.matches('\n').count());
}

#[test]
fn test_modules_are_left_out() {
    let code = "fn a() {}\n#[cfg(test)]\nmod tests { fn b() { {} } }\nfn c() {}\n#[cfg(test)]\nmod twin;\nfn d() {}";
    let left = without_tests(code);
    assert!(left.contains("fn a") && left.contains("fn c") && left.contains("fn d"));
    assert!(!left.contains("fn b") && !left.contains("twin"));
}
