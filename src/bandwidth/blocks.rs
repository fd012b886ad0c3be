//! Many growing lists in one arena.

use super::identity::NONE;

/// Where one list lives in its [`Blocks`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    start: u32,
    len: u32,
    /// log2 of the room reserved; [`NO_ROOM`] before the first item.
    class: u8,
}

const NO_ROOM: u8 = u8::MAX;
/// Room of the smallest block, log2: four items, the slots of an ordinary sender.
const FIRST_CLASS: u8 = 2;

impl Block {
    pub(super) const EMPTY: Self = Self { start: 0, len: 0, class: NO_ROOM };

    /// How many items it holds.
    pub(super) const fn len(self) -> u32 {
        self.len
    }
}

/// Lists of `T`: one contiguous block of a power of two each.
///
/// Blocks that are outgrown go to a free list of their size, so what is in a steady state allocates nothing.
#[derive(Debug, Clone)]
pub(super) struct Blocks<T> {
    items: Vec<T>,
    free: [Vec<u32>; 32],
}

impl<T: Copy> Blocks<T> {
    pub(super) fn new() -> Self {
        Self { items: Vec::new(), free: [const { Vec::new() }; 32] }
    }

    /// The items of a list.
    pub(super) fn of(&self, block: Block) -> &[T] {
        &self.items[block.start as usize..(block.start + block.len) as usize]
    }

    /// The items of a list, to be changed in place.
    pub(super) fn of_mut(&mut self, block: Block) -> &mut [T] {
        &mut self.items[block.start as usize..(block.start + block.len) as usize]
    }

    /// Appends an item; returns its position.
    pub(super) fn push(&mut self, block: &mut Block, item: T) -> u32 {
        if block.class == NO_ROOM || block.len == 1 << block.class {
            self.grow(block, item);
        }
        self.items[(block.start + block.len) as usize] = item;
        block.len += 1;
        block.len - 1
    }

    /// Removes the last item.
    pub(super) fn pop(&mut self, block: &mut Block) -> Option<T> {
        block.len = block.len.checked_sub(1)?;
        Some(self.items[(block.start + block.len) as usize])
    }

    /// Removes the item at `position`; returns the item that takes its place, if any.
    pub(super) fn swap_remove(&mut self, block: &mut Block, position: u32) -> Option<T> {
        assert!(position < block.len, "an item leaves a list that does not hold it");
        let last = self.pop(block)?;
        if position == block.len {
            return None;
        }
        self.items[(block.start + position) as usize] = last;
        Some(last)
    }

    #[cold]
    fn grow(&mut self, block: &mut Block, filler: T) {
        let class = if block.class == NO_ROOM { FIRST_CLASS } else { block.class + 1 };
        let start = self.free[usize::from(class)].pop().unwrap_or_else(|| {
            let end = self.items.len();
            assert!(end + (1 << class) < NONE as usize, "more items than a u32 can number");
            self.items.resize(end + (1 << class), filler);
            end as u32
        });
        let old = block.start as usize..(block.start + block.len) as usize;
        self.items.copy_within(old, start as usize);
        if block.class != NO_ROOM {
            self.free[usize::from(block.class)].push(block.start);
        }
        block.start = start;
        block.class = class;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_keep_apart_and_rooms_are_reused() {
        let mut blocks = Blocks::new();
        let mut lists = [Block::EMPTY; 3];
        let mut plain = [const { Vec::new() }; 3];
        for n in 0..300_u32 {
            let i = (n % 7 % 3) as usize;
            assert_eq!(blocks.push(&mut lists[i], n), plain[i].len() as u32);
            plain[i].push(n);
            if n % 5 == 0 {
                let position = n % plain[i].len() as u32;
                plain[i].swap_remove(position as usize);
                assert_eq!(blocks.swap_remove(&mut lists[i], position), plain[i].get(position as usize).copied());
            }
            for (list, plain) in lists.iter().zip(&plain) {
                assert_eq!(blocks.of(*list), plain);
            }
        }
        let size = blocks.items.len();
        for _ in 0..100 {
            let mut short = Block::EMPTY;
            for n in 0..4 {
                blocks.push(&mut short, n);
            }
            while blocks.pop(&mut short).is_some() {}
            // A list that outgrows its room leaves it to the next.
            blocks.push(&mut short, 0);
            for n in 0..4 {
                blocks.push(&mut short, n);
            }
            assert_eq!(blocks.of(short), [0, 0, 1, 2, 3]);
            lists[0] = short;
            assert!(blocks.items.len() <= size + 100 * 8 + 4, "rooms of four are reused");
        }
    }
}
