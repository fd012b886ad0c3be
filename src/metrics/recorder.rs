//! The write-only notebook of a run.

use std::collections::BTreeMap;

use super::rows::MessageRow;
use super::{FactKind, Fingerprint};
use crate::units::{SimDuration, SimTime};

/// Counts of one kind of message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MessageCount {
    /// Messages sent.
    pub messages: u64,
    /// Bytes sent.
    pub bytes: u64,
    /// Messages nobody took up.
    pub lost: u64,
    /// Messages taken up.
    pub delivered: u64,
    /// Sum of nanoseconds between sending and being taken up.
    pub delay_nanos: u128,
}

/// Collects facts and counts. There is no getter: what was written comes out only when the run is over, by
/// [`Recorder::finish`].
#[derive(Debug, Default)]
pub struct Recorder {
    fingerprint: Fingerprint,
    messages: BTreeMap<(&'static str, &'static str, &'static str), MessageCount>,
    lists: u64,
    list_entries: u64,
    list_external: u64,
    contacts: u64,
    contacts_refused: u64,
    contacts_timed_out: u64,
    guidance_uses: u64,
    guidance_age_nanos: u128,
    report_uses: u64,
    report_age_nanos: u128,
    /// Bit by bit: the pieces that some peer has verified.
    pieces_copied: Vec<u64>,
    first_copies: u32,
    last_first_copy: Option<SimTime>,
}

/// What a closed [`Recorder`] holds.
#[derive(Debug, Clone, Default)]
pub struct Recorded {
    /// The run's fingerprint.
    pub fingerprint: u64,
    /// Rows of `messages.csv`, without arm and replication.
    pub messages: Vec<MessageRow>,
    /// Lists answered.
    pub lists: u64,
    /// Entries on these lists.
    pub list_entries: u64,
    /// Entries in another ISP than the requester.
    pub list_external: u64,
    /// Contact attempts.
    pub contacts: u64,
    /// Contact attempts refused.
    pub contacts_refused: u64,
    /// Contact attempts timed out.
    pub contacts_timed_out: u64,
    /// Mean age of the guidance used, in seconds.
    pub guidance_age_mean_s: Option<f64>,
    /// Mean age of the peers' own reports that list entries were chosen by, in seconds.
    pub report_age_mean_s: Option<f64>,
    /// Pieces that some peer verified: different ones.
    pub first_copies: u32,
    /// When a piece was last verified that no peer had verified before.
    pub last_first_copy: Option<SimTime>,
}

impl Recorder {
    /// A fact for the fingerprint.
    pub fn fact(&mut self, now: SimTime, kind: FactKind, entity: u32, object: u32) {
        self.fingerprint.fact(now, kind, entity, object);
        if kind == FactKind::PieceVerified {
            self.piece_copied(now, object);
        }
    }

    fn piece_copied(&mut self, now: SimTime, piece: u32) {
        let (word, bit) = (piece as usize / 64, 1 << (piece % 64));
        if self.pieces_copied.len() <= word {
            self.pieces_copied.resize(word + 1, 0);
        }
        if self.pieces_copied[word] & bit == 0 {
            self.pieces_copied[word] |= bit;
            self.first_copies += 1;
            self.last_first_copy = Some(now);
        }
    }

    /// `count` messages of one type were sent, `bytes` in all.
    pub fn sent(&mut self, from: &'static str, to: &'static str, message: &'static str, count: u64, bytes: u64) {
        let entry = self.messages.entry((from, to, message)).or_default();
        entry.messages += count;
        entry.bytes += bytes;
    }

    /// A message was taken up by its receiver `delay` after it was sent.
    pub fn delivered(&mut self, from: &'static str, to: &'static str, message: &'static str, delay: SimDuration) {
        let entry = self.messages.entry((from, to, message)).or_default();
        entry.delivered += 1;
        entry.delay_nanos += u128::from(delay.as_nanos());
    }

    /// A message found nobody.
    pub fn lost(&mut self, from: &'static str, to: &'static str, message: &'static str) {
        self.messages.entry((from, to, message)).or_default().lost += 1;
    }

    /// A list was answered.
    pub fn list(&mut self, entries: u64) {
        self.lists += 1;
        self.list_entries += entries;
    }

    /// Entries of an answered list that lie in another ISP than the requester. `world` adds it: it alone knows the
    /// truth about places.
    pub fn list_external(&mut self, entries: u64) {
        self.list_external += entries;
    }

    /// A list was built from guidance of this age.
    pub fn guidance_age(&mut self, age: SimDuration) {
        self.guidance_uses += 1;
        self.guidance_age_nanos += u128::from(age.as_nanos());
    }

    /// A list entry was chosen by what its peer had reported so long ago.
    pub fn report_age(&mut self, age: SimDuration) {
        self.report_uses += 1;
        self.report_age_nanos += u128::from(age.as_nanos());
    }

    /// A contact attempt began.
    pub fn contact(&mut self) {
        self.contacts += 1;
    }

    /// A contact attempt was refused.
    pub fn contact_refused(&mut self) {
        self.contacts_refused += 1;
    }

    /// A contact attempt timed out.
    pub fn contact_timed_out(&mut self) {
        self.contacts_timed_out += 1;
    }

    /// Closes the notebook.
    pub fn finish(self) -> Recorded {
        let messages = self.messages.into_iter().map(|((from, to, message), count)| MessageRow {
            from: from.to_owned(),
            to: to.to_owned(),
            message: message.to_owned(),
            messages: count.messages,
            bytes: count.bytes,
            lost: count.lost,
            delay_mean_s: (count.delivered > 0).then(|| count.delay_nanos as f64 / count.delivered as f64 / 1e9),
            ..MessageRow::default()
        });
        Recorded {
            fingerprint: self.fingerprint.finish(),
            messages: messages.collect(),
            lists: self.lists,
            list_entries: self.list_entries,
            list_external: self.list_external,
            contacts: self.contacts,
            contacts_refused: self.contacts_refused,
            contacts_timed_out: self.contacts_timed_out,
            guidance_age_mean_s: (self.guidance_uses > 0)
                .then(|| self.guidance_age_nanos as f64 / self.guidance_uses as f64 / 1e9),
            report_age_mean_s: (self.report_uses > 0)
                .then(|| self.report_age_nanos as f64 / self.report_uses as f64 / 1e9),
            first_copies: self.first_copies,
            last_first_copy: self.last_first_copy,
        }
    }
}
