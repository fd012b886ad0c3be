//! What a receiver has and has asked for, block by block, and which blocks a connection asks for next.
//!
//! The rules of libtorrent 2.0.8 (`piece_picker.cpp`, `request_blocks.cpp`), with pieces of equal priority: fewer than
//! `random_first` pieces: blocks of pieces under way first, then pieces at random; afterwards the rarest piece first,
//! among equally rare ones those under way first, then by lot. A connection that is fast enough for whole pieces avoids
//! pieces that others are busy with as long as there is anything else, and takes whole contiguous ones.

use peerscape::random::Stream;
use peerscape::services::file_swarming::{PieceOrder, PiecesSpec};

/// Piece and block within it.
pub(super) type BlockId = (usize, usize);

/// Most blocks in partial pieces before new pieces have to wait (`piece_picker::pick_pieces`: 2048).
const MOST_PARTIAL_BLOCKS: usize = 2048;

#[derive(Debug, Clone, Default)]
pub(super) struct Block {
    pub(super) arrived: bool,
    /// Connections (the receiver's ends) on which it was asked for and has not come.
    pub(super) asked: Vec<usize>,
}

impl Block {
    fn is_free(&self) -> bool {
        !self.arrived && self.asked.is_empty()
    }
}

#[derive(Debug, Clone)]
pub(super) struct Download {
    pub(super) have: Vec<bool>,
    pub(super) have_count: usize,
    pub(super) blocks: Vec<Vec<Block>>,
    /// Copies among the neighbours, as far as their HAVEs have arrived.
    pub(super) copies: Vec<u32>,
    /// The lot among equally rare pieces, drawn anew whenever the number of copies changes.
    pub(super) lot: Vec<u64>,
}

/// One request for blocks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish<'a> {
    /// The receiver's end of the connection.
    pub(super) end: usize,
    /// What the sender has said that it has.
    pub(super) offers: &'a [bool],
    /// So many blocks.
    pub(super) count: usize,
    /// Contiguous blocks that the connection is fast enough for; 0: slow.
    pub(super) contiguous: usize,
    /// Connections of the receiver.
    pub(super) connections: usize,
}

impl Download {
    pub(super) fn new(blocks: impl Iterator<Item = usize>, complete: bool, dice: &mut Stream) -> Self {
        let blocks: Vec<Vec<Block>> = blocks.map(|count| vec![Block::default(); count]).collect();
        let pieces = blocks.len();
        Self {
            have: vec![complete; pieces],
            have_count: if complete { pieces } else { 0 },
            blocks,
            copies: vec![0; pieces],
            lot: (0..pieces).map(|_| dice.word()).collect(),
        }
    }

    pub(super) fn complete(&self) -> bool {
        self.have_count == self.have.len()
    }

    pub(super) fn under_way(&self, piece: usize) -> bool {
        !self.have[piece] && self.blocks[piece].iter().any(|block| !block.is_free())
    }

    /// Under way, and a block nobody was asked for.
    fn partial(&self, piece: usize) -> bool {
        self.under_way(piece) && self.blocks[piece].iter().any(Block::is_free)
    }

    /// Whether busy blocks may be asked for: everything missing is under way (`strict_end_game_mode`).
    pub(super) fn all_under_way(&self) -> bool {
        (0..self.have.len()).all(|piece| self.have[piece] || self.under_way(piece))
    }

    /// Blocks worth asking for, best first; beyond `count` only to fill whole pieces. The last may be a busy one.
    pub(super) fn pick(&self, wish: Wish<'_>, spec: &PiecesSpec, dice: &mut Stream) -> Vec<BlockId> {
        let mut wish = wish;
        let random = self.have_count < spec.random_first as usize || spec.order == PieceOrder::Random;
        let mut partials: Vec<usize> = (0..self.have.len()).filter(|piece| self.partial(*piece)).collect();
        let blocks_per_piece = self.blocks[0].len();
        let too_many =
            partials.len() > wish.connections * 3 / 2 || partials.len() * blocks_per_piece > MOST_PARTIAL_BLOCKS;
        if too_many {
            wish.contiguous = 0;
        }
        let partials_first = too_many || random;
        let mut list = List { count: wish.count, ..List::default() };
        let offered = |piece: &usize| wish.offers[*piece] && !self.have[*piece];
        if partials_first {
            partials.retain(offered);
            if !random {
                partials.sort_by_key(|piece| (self.copies[*piece], self.free_blocks(*piece)));
            }
            for piece in &partials {
                self.take_partial(*piece, &wish, &mut list);
            }
            list.append_backup();
        }
        if spec.strict_priority {
            self.take_begun(&wish, &mut list);
        }
        for piece in self.in_order(random, dice).into_iter().filter(offered) {
            if list.enough() {
                break;
            }
            if self.partial(piece) {
                if !partials_first && !list.holds(piece) {
                    self.take_partial(piece, &wish, &mut list);
                }
            } else if !self.under_way(piece) && !list.holds(piece) {
                self.take_new(piece, &wish, &mut list);
            }
        }
        list.append_backup();
        if !list.enough()
            && let Some(busy) = self.busy_block(&wish, dice)
        {
            list.blocks.push(busy);
        }
        list.blocks
    }

    /// A piece that was begun comes before any other (Cohen 2003, 2.4.1): for everybody if nobody works on it any more, least
    /// missing first; for a slow connection also if others do.
    fn take_begun(&self, wish: &Wish<'_>, list: &mut List) {
        let asked = |piece: usize| self.blocks[piece].iter().any(|block| !block.arrived && !block.asked.is_empty());
        let begun = (0..self.have.len()).filter(|piece| wish.offers[*piece] && self.partial(*piece));
        let (shared, mut left): (Vec<usize>, Vec<usize>) = begun.partition(|piece| asked(*piece));
        left.sort_by_key(|piece| self.free_blocks(*piece));
        let slow = wish.contiguous == 0;
        for piece in left.into_iter().chain(shared.into_iter().filter(|_| slow)) {
            if !list.holds(piece) {
                self.take_partial(piece, wish, list);
            }
        }
    }

    fn in_order(&self, random: bool, dice: &mut Stream) -> Vec<usize> {
        let pieces = self.have.len();
        if random {
            let start = dice.below(pieces as u64) as usize;
            return (0..pieces).map(|piece| (start + piece) % pieces).collect();
        }
        let mut order: Vec<usize> = (0..pieces).filter(|piece| !self.have[*piece]).collect();
        order.sort_by_key(|piece| (self.copies[*piece], !self.partial(*piece), self.lot[*piece]));
        order
    }

    fn free_blocks(&self, piece: usize) -> usize {
        self.blocks[piece].iter().filter(|block| block.is_free()).count()
    }

    /// Free blocks of a piece under way; for a fast connection only as a last resort if others are busy with it.
    fn take_partial(&self, piece: usize, wish: &Wish<'_>, list: &mut List) {
        if list.enough() {
            return;
        }
        let blocks = &self.blocks[piece];
        let others = blocks.iter().any(|block| !block.arrived && block.asked.iter().any(|end| *end != wish.end));
        let run = blocks.split(|block| !block.is_free()).map(<[Block]>::len).max().unwrap_or(0);
        let last_resort = wish.contiguous > run && others;
        for (number, block) in blocks.iter().enumerate() {
            if !block.is_free() {
                continue;
            }
            if last_resort {
                list.backup.push((piece, number));
            } else if wish.contiguous > 0 || !list.enough() {
                list.blocks.push((piece, number));
            }
        }
    }

    /// A piece that nobody was asked for: as many blocks as wanted, or whole, with untouched neighbours in the file.
    fn take_new(&self, piece: usize, wish: &Wish<'_>, list: &mut List) {
        if wish.contiguous == 0 {
            let room = list.count - list.blocks.len();
            list.blocks.extend((0..self.blocks[piece].len().min(room)).map(|block| (piece, block)));
            return;
        }
        let whole = wish.contiguous.div_ceil(self.blocks[0].len());
        let untouched =
            |piece: usize| wish.offers[piece] && !self.have[piece] && !self.under_way(piece) && !list.holds(piece);
        let mut start = piece;
        while start > 0 && start + whole > piece + 1 && untouched(start - 1) {
            start -= 1;
        }
        let mut end = piece + 1;
        while end < self.have.len() && end < start + whole && untouched(end) {
            end += 1;
        }
        for piece in start..end {
            list.blocks.extend((0..self.blocks[piece].len()).map(|block| (piece, block)));
        }
    }

    /// A block that was asked for elsewhere, of a piece without free blocks.
    fn busy_block(&self, wish: &Wish<'_>, dice: &mut Stream) -> Option<BlockId> {
        let mut full: Vec<usize> = (0..self.have.len())
            .filter(|piece| wish.offers[*piece] && self.under_way(*piece) && self.free_blocks(*piece) == 0)
            .collect();
        dice.shuffle(&mut full);
        for piece in full {
            let busy: Vec<usize> = (0..self.blocks[piece].len())
                .filter(|block| {
                    let block = &self.blocks[piece][*block];
                    !block.arrived && !block.asked.contains(&wish.end)
                })
                .collect();
            if !busy.is_empty() {
                return Some((piece, busy[dice.below(busy.len() as u64) as usize]));
            }
        }
        None
    }
}

#[derive(Debug, Default)]
struct List {
    blocks: Vec<BlockId>,
    backup: Vec<BlockId>,
    count: usize,
}

impl List {
    fn enough(&self) -> bool {
        self.blocks.len() >= self.count
    }

    fn holds(&self, piece: usize) -> bool {
        self.blocks.iter().any(|block| block.0 == piece)
    }

    fn append_backup(&mut self) {
        let room = self.count.saturating_sub(self.blocks.len()).min(self.backup.len());
        self.blocks.extend(self.backup.drain(..room));
    }
}
