//! The memory of one child's state: small blocks from pages that only its owner touches, larger ones from `malloc`.
//!
//! - A block of at most [`SMALL`] bytes lies in a page of blocks of one size. Pages are [`PAGE`] bytes long and start at
//!   multiples of that, so a block's address gives its page. A page is carved as it fills: what was never asked for is
//!   never touched.
//! - A page with room stands in the list of its class, a full one in none; a block that is freed brings it back.
//! - A class that finds no page takes an empty one, be it another class's; only then a new chunk comes from `malloc`. The
//!   lists are searched for empty pages no more often than once in so many pages taken, so a page costs the same,
//!   whatever the size of the heap.
//! - No lock: a state has one owner at a time (Rule 1). When `malloc` has nothing more, neither has the arena (Rule 5).
//!
//! Lua tells how long a block is when it gives it back, so blocks have no headers.

use std::os::raw::c_void;
use std::ptr::{self, NonNull};

/// The longest block that lies in a page.
const SMALL: usize = 512;
/// The length of a page, and what its address is a multiple of.
const PAGE: usize = 2048;
/// Where a page's blocks begin.
const HEAD: usize = 32;
const _: () = assert!(size_of::<Page>() <= HEAD);

/// What blocks of a class are long: multiples of 16, chosen so that little of a page remains.
const SIZES: [u16; 20] = [16, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256, 288, 336, 400, 448, 496, 512];

/// The class of a length, by how many times 16 it is.
const CLASSES: [u8; SMALL / 16 + 1] = {
    let mut classes = [0; SMALL / 16 + 1];
    let (mut of, mut class) = (0, 0);
    while of < classes.len() {
        if of * 16 > SIZES[class] as usize {
            class += 1;
        }
        classes[of] = class as u8;
        of += 1;
    }
    classes
};

/// How many pages a chunk has: the first for what a state has when its libraries are open, later ones a fourth of all
/// there is, within bounds.
const FIRST_CHUNK: usize = 16;
const LARGEST_CHUNK: usize = 4096;

/// A block that is free: the next one, in the same page.
struct Block(*mut Block);

/// The head of a page.
struct Page {
    /// Blocks that were given back.
    free: *mut Block,
    /// The next in the list of the class, or of the empty pages.
    next: *mut Page,
    /// How many blocks are in use.
    used: u16,
    /// Where the part begins that no block was carved from.
    carved: u16,
    /// What its blocks are long.
    size: u16,
    /// Whether it stands in the list of its class.
    listed: bool,
}

/// The head of a chunk; its pages come after it.
struct Chunk {
    next: *mut Chunk,
}

/// A page without room: the one of a class that has none. Never written to.
struct Full(Page);

// SAFETY: It is only read.
unsafe impl Sync for Full {}

static FULL: Full =
    Full(Page { free: ptr::null_mut(), next: ptr::null_mut(), used: 0, carved: PAGE as u16, size: 1, listed: true });

fn full() -> *mut Page {
    (&raw const FULL.0).cast_mut()
}

/// The allocator of a state. It stays where it is, as the state knows its address.
pub struct Arena {
    /// The first page with room of each class, or [`FULL`], which also ends a list.
    lists: [*mut Page; SIZES.len()],
    /// Empty pages.
    empty: *mut Page,
    /// The part of the newest chunk that no page was made of.
    rest: *mut u8,
    rest_pages: usize,
    chunks: *mut Chunk,
    /// Pages of all chunks, and how many were taken since the lists were last searched.
    pages: usize,
    taken: usize,
}

/// An arena of one's own. Dropping it frees all small blocks; the larger ones belong to the state, which has freed them
/// when it was closed.
pub struct Owned(NonNull<Arena>);

// SAFETY: Nothing in it is bound to a thread, and there is one owner.
unsafe impl Send for Owned {}

impl Owned {
    /// An empty arena; `None` when there is no memory.
    pub fn new() -> Option<Self> {
        // SAFETY: The memory is as long as an `Arena`, which is written before it is read.
        unsafe {
            let arena = NonNull::new(memory::get(size_of::<Arena>()).cast::<Arena>())?;
            arena.write(Arena {
                lists: [full(); SIZES.len()],
                empty: ptr::null_mut(),
                rest: ptr::null_mut(),
                rest_pages: 0,
                chunks: ptr::null_mut(),
                pages: 0,
                taken: 0,
            });
            Some(Owned(arena))
        }
    }

    /// What `lua_newstate` is given along with [`allocate`].
    pub fn context(&self) -> *mut c_void {
        self.0.as_ptr().cast()
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        // SAFETY: Chunks and arena came from there, and nobody uses them any more.
        unsafe {
            let mut chunk = self.0.as_ref().chunks;
            while !chunk.is_null() {
                let next = (*chunk).next;
                memory::give_back(chunk.cast());
                chunk = next;
            }
            memory::give_back(self.0.as_ptr().cast());
        }
    }
}

/// The `lua_Alloc`: resizes `block` from `old` bytes to `new`. Without a block a new one is made; 0 bytes free it.
/// Null when there is no memory; the block is then as it was.
///
/// # Safety
/// `context` is an [`Owned::context`], whose owner is the caller; `block` is null or came from here with `old` bytes.
pub unsafe extern "C" fn allocate(context: *mut c_void, block: *mut c_void, old: usize, new: usize) -> *mut c_void {
    let block = block.cast::<u8>();
    // SAFETY: As the caller says.
    unsafe {
        let arena = &mut *context.cast::<Arena>();
        match (block.is_null(), new) {
            (true, 0) => ptr::null_mut(),
            (true, _) => arena.get(new),
            (false, 0) => {
                arena.give_back(block, old);
                ptr::null_mut()
            }
            (false, _) if old > SMALL && new > SMALL => memory::resize(block, new),
            (false, _) if old <= SMALL && new <= usize::from((*page_of(block)).size) && !wasteful(block, new) => block,
            (false, _) => arena.move_to(block, old, new),
        }
        .cast()
    }
}

/// Whether a small block would better move to a smaller class.
unsafe fn wasteful(block: *mut u8, new: usize) -> bool {
    // SAFETY: The block is in a page.
    usize::from(CLASSES[new.div_ceil(16)]) < usize::from(CLASSES[usize::from(unsafe { (*page_of(block)).size }) / 16])
}

/// A block of what no block of the page was carved from yet.
#[inline]
unsafe fn carve(page: *mut Page, size: u16) -> Option<NonNull<u8>> {
    // SAFETY: The page is alive, and `FULL` is not written to; what is carved lies between the page's head and its end.
    unsafe {
        if usize::from((*page).carved) + usize::from(size) > PAGE {
            return None;
        }
        let block = page.byte_add((*page).carved.into()).cast();
        (*page).carved += size;
        (*page).used += 1;
        NonNull::new(block)
    }
}

/// The page of a small block.
fn page_of(block: *mut u8) -> *mut Page {
    block.map_addr(|address| address & !(PAGE - 1)).cast()
}

impl Arena {
    #[inline]
    unsafe fn get(&mut self, len: usize) -> *mut u8 {
        if len > SMALL {
            return memory::get(len);
        }
        let class = usize::from(CLASSES[len.div_ceil(16)]);
        // SAFETY: A list's pages are alive, and free blocks of theirs in nobody's use.
        unsafe {
            let page = self.lists[class];
            let block = (*page).free;
            if !block.is_null() {
                (*page).free = (*block).0;
                (*page).used += 1;
                return block.cast();
            }
            match carve(page, SIZES[class]) {
                Some(block) => block.as_ptr(),
                None => self.of_other_page(class),
            }
        }
    }

    #[inline]
    unsafe fn give_back(&mut self, block: *mut u8, len: usize) {
        // SAFETY: The block is the caller's to give, and long enough for a link.
        unsafe {
            if len > SMALL {
                return memory::give_back(block);
            }
            let page = page_of(block);
            let block = block.cast::<Block>();
            block.write(Block((*page).free));
            (*page).free = block;
            (*page).used -= 1;
            if !(*page).listed {
                let class = usize::from(CLASSES[usize::from((*page).size) / 16]);
                (*page).listed = true;
                (*page).next = self.lists[class];
                self.lists[class] = page;
            }
        }
    }

    /// A block of a class whose first page is full.
    #[cold]
    unsafe fn of_other_page(&mut self, class: usize) -> *mut u8 {
        // SAFETY: As in `get`.
        unsafe {
            while self.lists[class] != full() {
                let page = self.lists[class];
                if !(*page).free.is_null() {
                    return self.get(SIZES[class].into());
                }
                if let Some(block) = carve(page, SIZES[class]) {
                    return block.as_ptr();
                }
                // It comes back when a block of it does.
                (*page).listed = false;
                self.lists[class] = (*page).next;
            }
            let Some(page) = self.page() else { return self.of_larger(class + 1) };
            page.write(Page {
                free: ptr::null_mut(),
                next: full(),
                used: 0,
                carved: HEAD as u16,
                size: SIZES[class],
                listed: true,
            });
            self.lists[class] = page.as_ptr();
            self.get(SIZES[class].into())
        }
    }

    /// A block from whichever class from this on has one: the last resort.
    unsafe fn of_larger(&mut self, class: usize) -> *mut u8 {
        let roomy = (class..SIZES.len()).find(|&class| {
            // SAFETY: As in `get`.
            let page = unsafe { &*self.lists[class] };
            !page.free.is_null() || usize::from(page.carved) + usize::from(SIZES[class]) <= PAGE
        });
        // SAFETY: As in `get`.
        roomy.map_or(ptr::null_mut(), |class| unsafe { self.get(SIZES[class].into()) })
    }

    /// A page for whatever class; what is in it does not matter.
    unsafe fn page(&mut self) -> Option<NonNull<Page>> {
        // SAFETY: Empty pages are in nobody's use; the rest of a chunk is memory of its own.
        unsafe {
            if self.empty.is_null() && self.rest_pages == 0 && !(self.taken > self.pages / 4 && self.gather()) {
                self.chunk().or_else(|| self.gather().then_some(()))?;
            }
            self.taken += 1;
            if let Some(page) = NonNull::new(self.empty) {
                self.empty = page.as_ref().next;
                return Some(page);
            }
            let page = self.rest;
            self.rest = page.add(PAGE);
            self.rest_pages -= 1;
            NonNull::new(page.cast())
        }
    }

    /// Collects the pages that are empty. Whether there are any.
    unsafe fn gather(&mut self) -> bool {
        self.taken = 0;
        for list in &mut self.lists {
            let mut link: *mut *mut Page = list;
            // SAFETY: The list ends with `FULL`; links are where their pages say.
            unsafe {
                while *link != full() {
                    let page = *link;
                    if (*page).used == 0 {
                        *link = (*page).next;
                        (*page).next = self.empty;
                        self.empty = page;
                    } else {
                        link = &raw mut (*page).next;
                    }
                }
            }
        }
        !self.empty.is_null()
    }

    /// Has a new chunk.
    unsafe fn chunk(&mut self) -> Option<()> {
        let mut pages = (self.pages / 4).clamp(FIRST_CHUNK, LARGEST_CHUNK);
        loop {
            // The page after the head, wherever that is.
            let chunk = memory::get(size_of::<Chunk>() + (pages + 1) * PAGE);
            if !chunk.is_null() {
                // SAFETY: The memory is as long as asked for.
                unsafe {
                    let head = chunk.cast::<Chunk>();
                    head.write(Chunk { next: self.chunks });
                    self.chunks = head;
                    let after = chunk.add(size_of::<Chunk>());
                    self.rest = after.add(after.align_offset(PAGE));
                    // What came before the first page may leave room for one more at the end.
                    self.rest_pages =
                        (chunk.addr() + size_of::<Chunk>() + (pages + 1) * PAGE - self.rest.addr()) / PAGE;
                }
                self.pages += self.rest_pages;
                return Some(());
            }
            if pages == 1 {
                return None;
            }
            pages /= 2;
        }
    }

    #[cold]
    unsafe fn move_to(&mut self, block: *mut u8, old: usize, new: usize) -> *mut u8 {
        // SAFETY: Both blocks are as long as said, and not the same.
        unsafe {
            let other = self.get(new);
            if other.is_null() {
                // Lua expects that a block can always shrink: in a page it does, staying where it is.
                let fits = old <= SMALL && new <= (*page_of(block)).size.into();
                return if fits { block } else { other };
            }
            ptr::copy_nonoverlapping(block, other, old.min(new));
            self.give_back(block, old);
            other
        }
    }
}

/// Where the arena has its memory from.
mod memory {
    pub fn get(len: usize) -> *mut u8 {
        #[cfg(test)]
        if !super::tests::may(len) {
            return std::ptr::null_mut();
        }
        // SAFETY: No preconditions.
        unsafe { libc::malloc(len).cast() }
    }

    /// # Safety
    /// `block` came from here.
    pub unsafe fn resize(block: *mut u8, len: usize) -> *mut u8 {
        #[cfg(test)]
        if !super::tests::may(len) {
            return std::ptr::null_mut();
        }
        // SAFETY: As the caller says.
        unsafe { libc::realloc(block.cast(), len).cast() }
    }

    /// # Safety
    /// `block` came from here, and is in nobody's use.
    pub unsafe fn give_back(block: *mut u8) {
        // SAFETY: As the caller says.
        unsafe { libc::free(block.cast()) };
    }
}

#[cfg(test)]
mod tests {
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
            let class = usize::from(CLASSES[len.div_ceil(16)]);
            assert!(len <= SIZES[class].into());
            assert!(class == 0 || len > SIZES[class - 1].into());
        }
    }

    #[test]
    fn blocks_are_aligned_as_mallocs_are() {
        let arena = Owned::new().unwrap();
        for len in 1..=2 * SMALL {
            assert_eq!(get(&arena, len).addr() % 16, 0);
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
    fn a_new_state_costs_one_chunk() {
        let arena = Owned::new().unwrap();
        for len in [32, 40, 48, 56, 64, 200, 384] {
            for _ in 0..40_000 / 7 / len / 2 {
                get(&arena, len);
            }
        }
        assert!(pages(&arena) <= FIRST_CHUNK + 1);
    }

    #[test]
    fn without_memory_there_is_null_and_later_there_is_memory_again() {
        let arena = Owned::new().unwrap();
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
    fn a_block_of_a_larger_class_is_the_last_resort() {
        let arena = Owned::new().unwrap();
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
}
