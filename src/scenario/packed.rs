//! Data files as they lie on disk: plain, or packed by gzip or bzip2.
//!
//! How a file is packed is told by its first bytes, not by its name: files are renamed, and some programs unpack what
//! they fetch and keep the name. Unpacking stops at the same limit that plain files have, so that a small file cannot ask
//! for unbounded memory ("decompression bomb").

use std::io::{ErrorKind, Read};
use std::path::Path;

use bzip2::bufread::MultiBzDecoder;
use flate2::bufread::MultiGzDecoder;

use super::load::{ReadError, read_bytes, text_of};

/// First bytes of a gzip member (RFC 1952, 2.3.1) that is deflated, as all are.
const GZIP: &[u8] = &[0x1F, 0x8B, 0x08];
/// First bytes of a bzip2 stream; a digit from 1 to 9 follows.
const BZIP2: &[u8] = b"BZh";

/// Reads a UTF-8 file of at most `limit` bytes, before and after unpacking.
pub(super) fn read_data(path: &Path, limit: u64) -> Result<String, ReadError> {
    let bytes = read_bytes(path, limit)?;
    let name = path.to_string_lossy();
    let named = [".gz", ".bz2"].into_iter().find(|extension| name.ends_with(extension));
    match unpack(bytes, limit).map_err(ReadError::Invalid)? {
        Unpacked::Packed(text) => text_of(text),
        Unpacked::Plain(text) => text_of(text).map_err(|error| match (error, named) {
            (ReadError::Invalid(message), Some(extension)) => {
                ReadError::Invalid(format!("{message}; its name ends in `{extension}`, but it is not packed that way"))
            }
            (error, _) => error,
        }),
    }
}

/// What was in a file.
#[derive(Debug, PartialEq, Eq)]
enum Unpacked {
    /// It was not packed.
    Plain(Vec<u8>),
    /// It was; this is the content.
    Packed(Vec<u8>),
}

/// The content of a file; the second half of a sentence where it cannot be unpacked.
fn unpack(bytes: Vec<u8>, limit: u64) -> Result<Unpacked, String> {
    if bytes.starts_with(GZIP) {
        drain(MultiGzDecoder::new(bytes.as_slice()), "gzip", limit)
    } else if bytes.starts_with(BZIP2) && bytes.get(3).is_some_and(|level| (b'1'..=b'9').contains(level)) {
        drain(MultiBzDecoder::new(bytes.as_slice()), "bzip2", limit)
    } else {
        Ok(Unpacked::Plain(bytes))
    }
}

fn drain(unpacker: impl Read, format: &str, limit: u64) -> Result<Unpacked, String> {
    let mut content = Vec::new();
    unpacker.take(limit + 1).read_to_end(&mut content).map_err(|error| match error.kind() {
        ErrorKind::UnexpectedEof => format!("is {format} data that ends too early, as after a broken download"),
        _ => format!("is {format} data that cannot be unpacked: {error}"),
    })?;
    if content.len() as u64 > limit {
        return Err(format!("unpacks to more than {} MiB, the limit", limit >> 20));
    }
    Ok(Unpacked::Packed(content))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    const LIMIT: u64 = 1 << 20;

    fn gzip(content: &[u8]) -> Vec<u8> {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(content).unwrap();
        packer.finish().unwrap()
    }

    fn bzip2(content: &[u8]) -> Vec<u8> {
        let mut packer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
        packer.write_all(content).unwrap();
        packer.finish().unwrap()
    }

    #[test]
    fn content_comes_back_however_it_is_packed() {
        let content = b"1|2|-1\n2|3|0|bgp\n".repeat(100);
        assert_eq!(unpack(content.clone(), LIMIT), Ok(Unpacked::Plain(content.clone())));
        for pack in [gzip, bzip2] {
            assert_eq!(unpack(pack(&content), LIMIT), Ok(Unpacked::Packed(content.clone())));
            // Several members or streams one behind the other are one content (RFC 1952, 2.2).
            let twice = [pack(&content), pack(&content)].concat();
            assert_eq!(unpack(twice, LIMIT), Ok(Unpacked::Packed(content.repeat(2))));
            assert_eq!(unpack(pack(b""), LIMIT), Ok(Unpacked::Packed(Vec::new())));
        }
        assert_eq!(unpack(b"BZhx".to_vec(), LIMIT), Ok(Unpacked::Plain(b"BZhx".to_vec())));
    }

    #[test]
    fn bombs_broken_downloads_and_damage_are_refused() {
        let bomb = vec![b'\n'; 64 << 20];
        for (pack, format) in [(gzip as fn(&[u8]) -> Vec<u8>, "gzip"), (bzip2, "bzip2")] {
            let packed = pack(&bomb);
            assert!(packed.len() < 100_000, "{} bytes", packed.len());
            assert_eq!(unpack(packed, LIMIT), Err("unpacks to more than 1 MiB, the limit".to_owned()));
            let whole = pack(&[1, 2, 3, 4, 5, 6, 7, 8]);
            let early = unpack(whole[..whole.len() - 9].to_vec(), LIMIT);
            assert_eq!(early, Err(format!("is {format} data that ends too early, as after a broken download")));
            let mut damaged = pack(&b"1|2|-1\n".repeat(99));
            let middle = damaged.len() / 2;
            damaged[middle] ^= 0x55;
            let error = unpack(damaged, LIMIT).unwrap_err();
            assert!(error.starts_with(&format!("is {format} data that")), "{error}");
        }
    }

    #[test]
    fn names_do_not_decide() {
        let folder = tempfile::tempdir().unwrap();
        let read = |name: &str, bytes: &[u8]| {
            std::fs::write(folder.path().join(name), bytes).unwrap();
            match read_data(&folder.path().join(name), LIMIT) {
                Ok(text) => text,
                Err(ReadError::Invalid(message)) => format!("refused: {message}"),
                Err(ReadError::Unreadable(error)) => panic!("{error}"),
            }
        };
        assert_eq!(read("packed.txt", &gzip(b"1|2|0")), "1|2|0");
        assert_eq!(read("plain.txt.gz", b"1|2|0"), "1|2|0");
        assert_eq!(
            read("broken.txt.bz2", b"\xff\xfe"),
            "refused: is not UTF-8 text (byte 1, line 1); its name ends in `.bz2`, but it is not packed that way"
        );
    }
}
