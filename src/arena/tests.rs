//! The arena under traffic, and at its ends.

use super::*;
use std::cell::Cell;
use std::collections::BTreeMap;

thread_local! {
    /// How many more times there is memory, in this thread.
    static LEFT: Cell<usize> = const { Cell::new(usize::MAX) };
}

pub fn may(_len: usize) -> bool {
    LEFT.with(|left| {
        let now = left.get();
        left.set(now.saturating_sub(usize::from(now != usize::MAX)));
        now > 0
    })
}

fn resize(arena: &Owned, block: *mut u8, old: usize, new: usize) -> *mut u8 {
    // SAFETY: The tests keep to what they were given.
    unsafe { allocate(arena.context(), block.cast(), old, new).cast() }
}

fn get(arena: &Owned, len: usize) -> *mut u8 {
    resize(arena, ptr::null_mut(), 0, len)
}

fn pages(arena: &Owned) -> usize {
    // SAFETY: The arena is alive.
    unsafe { arena.0.as_ref().pages }
}

/// An arena whose nursery is used up, and if `mixed`, mixed pages too.
fn without_nursery(mixed: bool) -> Owned {
    let arena = Owned::new().unwrap();
    // SAFETY: The arena is alive.
    while unsafe { arena.0.as_ref().fresh_len > 0 || mixed && arena.0.as_ref().mixed < MIXED } {
        get(&arena, 16);
    }
    arena
}

/// Pseudo-random numbers (xorshift64).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

#[test]
fn a_class_is_the_smallest_that_is_long_enough() {
    for len in 1..=SMALL {
        let class = class_of(len);
        assert!(len <= SIZES[class].into());
        assert!(class == 0 || len > SIZES[class - 1].into());
    }
}

#[test]
fn blocks_are_aligned_as_mallocs_are() {
    let arena = Owned::new().unwrap();
    for len in 1..=2 * SMALL {
        let block = get(&arena, len);
        assert_eq!(block.addr() % 16, 0);
        if len > SMALL {
            resize(&arena, block, len, 0); // malloc's, which the arena does not know of
        }
    }
}

/// Every block keeps its contents, and no two overlap, through `steps` of random traffic.
fn traffic(seed: u64, steps: usize, longest: usize, refusals: bool) {
    struct Live {
        block: *mut u8,
        len: usize,
        mark: u8,
    }
    let check = |it: &Live| {
        // SAFETY: The block is alive, and was filled when it was made.
        let bytes = unsafe { std::slice::from_raw_parts(it.block, it.len) };
        assert!(bytes.iter().all(|&byte| byte == it.mark), "seed {seed}: contents lost");
    };
    let mut random = Random(seed);
    let arena = Owned::new().unwrap();
    let mut live: Vec<Live> = Vec::new();
    let mut places = BTreeMap::new();
    for step in 0..steps {
        if refusals {
            LEFT.set(random.below(3));
        }
        // Mostly growing for a while, then mostly shrinking.
        let growing = step / 2000 % 2 == 0;
        let choice = random.below(10);
        let len = 1 + random.below(longest);
        if live.is_empty() || choice < if growing { 6 } else { 2 } {
            let block = get(&arena, len);
            if !block.is_null() {
                live.push(Live { block, len: 0, mark: 0 });
                places.insert(block.addr(), 0);
                let last = live.len() - 1;
                live.swap(random.below(last + 1), last);
            } else {
                assert!(refusals);
            }
        } else if choice < 8 {
            let it = live.swap_remove(random.below(live.len()));
            check(&it);
            places.remove(&it.block.addr());
            assert!(resize(&arena, it.block, it.len, 0).is_null());
        } else {
            let at = random.below(live.len());
            let it = &mut live[at];
            let block = resize(&arena, it.block, it.len, len);
            if block.is_null() {
                assert!(refusals && (len > it.len || it.len > SMALL), "a block must shrink");
                check(it);
                continue;
            }
            places.remove(&it.block.addr());
            let kept = it.len.min(len);
            check(&Live { block, len: kept, mark: it.mark });
            *it = Live { block, len: 0, mark: 0 };
            places.insert(block.addr(), 0);
        }
        // The one that has no length yet is new: fill it, and see whom it touches.
        let Some(new) = live.iter_mut().find(|it| it.len == 0) else { continue };
        new.len = len;
        new.mark = random.below(256) as u8;
        // SAFETY: The block is as long as it was asked for.
        unsafe { new.block.write_bytes(new.mark, len) };
        let from = new.block.addr();
        places.insert(from, len);
        let before = places.range(..from).next_back();
        assert!(before.is_none_or(|(start, len)| start + len <= from), "seed {seed}: overlap");
        let after = places.range(from + 1..).next();
        assert!(after.is_none_or(|(start, _)| from + len <= *start), "seed {seed}: overlap");
    }
    LEFT.set(usize::MAX);
    for it in live {
        check(&it);
        resize(&arena, it.block, it.len, 0);
    }
}

#[test]
fn random_traffic_of_small_blocks() {
    for seed in 1..=10 {
        traffic(seed * 0x9e37_79b9, 20_000, 160, false);
    }
}

#[test]
fn random_traffic_of_blocks_of_all_lengths() {
    for seed in 1..=10 {
        traffic(seed * 0x85eb_ca6b, 20_000, 1500, false);
    }
}

#[test]
fn random_traffic_with_memory_refused_at_times() {
    for seed in 1..=10 {
        traffic(seed * 0xc2b2_ae35, 20_000, 600, true);
    }
}

#[test]
fn what_one_class_no_longer_needs_serves_another() {
    let arena = Owned::new().unwrap();
    let mut most = 0;
    for round in 0..40 {
        let len = 16 + 24 * (round % 20);
        let blocks: Vec<_> = (0..4_000_000 / len).map(|_| get(&arena, len)).collect();
        assert!(blocks.iter().all(|block| !block.is_null()));
        for block in blocks {
            resize(&arena, block, len, 0);
        }
        most = most.max(pages(&arena));
    }
    // 4 MB are 1985 pages of 2016 bytes each; for 512 bytes, of which a page holds three, 2605.
    assert!(most < 3600, "{most} pages");
}

#[test]
fn a_small_state_needs_no_page() {
    let arena = Owned::new().unwrap();
    for len in [32, 48, 64, 400] {
        for _ in 0..NURSERY / 4 / len {
            get(&arena, len);
        }
    }
    assert_eq!(pages(&arena), 0);
}

#[test]
fn without_memory_there_is_null_and_later_there_is_memory_again() {
    let arena = without_nursery(true);
    LEFT.set(0);
    assert!(get(&arena, 24).is_null());
    assert!(get(&arena, 2400).is_null());
    LEFT.set(usize::MAX);
    let block = get(&arena, 2400);
    assert!(!block.is_null() && !get(&arena, 24).is_null());
    LEFT.set(0);
    assert!(resize(&arena, block, 2400, 4800).is_null());
    LEFT.set(usize::MAX);
    assert!(resize(&arena, block, 2400, 0).is_null());
}

#[test]
fn a_block_whose_length_is_not_told_is_found_by_its_address() {
    for arena in [Owned::new().unwrap(), without_nursery(false), without_nursery(true)] {
        for len in [1, 24, 100, 512, 513, 5000] {
            for new in [0, 8, 200, 512, 600, 9000] {
                let block = get(&arena, len);
                // SAFETY: The blocks are as long as they were asked for.
                unsafe {
                    block.write_bytes(7, len);
                    let moved = resize(&arena, block, 0, new);
                    assert_eq!(moved.is_null(), new == 0);
                    let kept =
                        std::slice::from_raw_parts(if new == 0 { [7].as_ptr() } else { moved }, len.min(new).max(1));
                    assert!(kept.iter().all(|&byte| byte == 7), "{len} to {new}");
                    resize(&arena, moved, 0, 0);
                }
            }
        }
        // All is in order after that.
        let blocks: Vec<_> = (0..1000).map(|_| get(&arena, 24)).collect();
        let distinct: std::collections::BTreeSet<_> = blocks.iter().collect();
        assert_eq!(distinct.len(), blocks.len());
    }
}

#[test]
fn a_block_of_a_larger_class_is_the_last_resort() {
    let arena = without_nursery(true);
    let (large, _in_the_same_page) = (get(&arena, 400), get(&arena, 400));
    // All pages for one class, all of them full.
    LEFT.set(0);
    while !get(&arena, 512).is_null() {}
    while !get(&arena, 400).is_null() {}
    resize(&arena, large, 400, 0);
    let small = get(&arena, 16);
    assert_eq!(small, large);
    assert_eq!(resize(&arena, small, 16, 300), small); // it is as long as that
    resize(&arena, small, 300, 0);
    assert_eq!(get(&arena, 400), large);
    LEFT.set(usize::MAX);
}
