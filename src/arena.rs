//! The memory of one child's state: small blocks from pages that only its owner touches, larger ones from `malloc`.
//!
//! - A block of at most [`SMALL`] bytes lies in a page of blocks of one size. Pages are [`PAGE`] bytes long and start at
//!   multiples of that, so a block's address gives its page. A page is carved as it fills: what was never asked for is
//!   never touched.
//! - What a state asks for first comes from the nursery, a piece that all classes share, and then from a few pages that
//!   they share: most states stay so small that a page for each class would cost more than all they have. What is given
//!   back there stays with its class.
//! - A page with room stands in the list of its class, a full one in none; a block that is freed brings it back.
//! - A class that finds no page takes an empty one, be it another class's; only then a new chunk comes from `malloc`. The
//!   lists are searched for empty pages no more often than once in so many pages taken, so a page costs the same,
//!   whatever the size of the heap.
//! - No lock: a state has one owner at a time (Rule 1). When `malloc` has nothing more, neither has the arena (Rule 5).
//!
//! Lua tells how long a block is when it gives it back, so blocks have no headers.

use crate::shim::{FRESH_STATE, NEW_STATE_CRASHES};
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

/// The length of the nursery: room for what every state has, and little more.
const NURSERY: usize = FRESH_STATE;

/// How many pages of all classes there are before classes have pages of their own.
const MIXED: usize = 8;
/// What the blocks of such a page are long, as its head says.
const ANY: u16 = 0;

fn class_of(len: usize) -> usize {
    CLASSES[len.div_ceil(16)].into()
}

/// How many pages a chunk has: a fourth of all there are, within these bounds.
const SMALLEST_CHUNK: usize = 4;
const LARGEST_CHUNK: usize = 4096;

/// A block that is free: the next one, in the same page.
struct Block(*mut Block);

/// The head of a page, or of the blocks of one class in the nursery.
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
    len: usize,
}

/// A page without room: the one of a class that has none. Never written to.
struct Full(Page);

// SAFETY: It is only read.
unsafe impl Sync for Full {}

static FULL: Full = Full(Page::new(1, PAGE as u16, 0, true));

/// More than the nursery and the mixed pages have blocks: with so many in use, their heads never count as empty pages.
const NEVER_EMPTY: u16 = 0x4000;
const _: () = assert!((NURSERY + MIXED * PAGE) / 16 < NEVER_EMPTY as usize);

impl Page {
    const fn new(size: u16, carved: u16, used: u16, listed: bool) -> Self {
        Page { free: ptr::null_mut(), next: &raw const FULL.0 as *mut Page, used, carved, size, listed }
    }
}

fn full() -> *mut Page {
    (&raw const FULL.0).cast_mut()
}

/// The allocator of a state. It stays where it is, as the state knows its address; the nursery comes right after it.
#[repr(align(16))]
pub struct Arena {
    /// The first page with room of each class, or [`FULL`], which also ends a list.
    lists: [*mut Page; SIZES.len()],
    /// The blocks of each class that were given back in the nursery and in mixed pages.
    nursed: [Page; SIZES.len()],
    nursery: *mut u8,
    /// The part of the nursery, or of a mixed page, that no block was carved from, and its length.
    fresh: *mut u8,
    fresh_len: usize,
    /// Mixed pages, and how many there are.
    mixed_pages: *mut Page,
    mixed: usize,
    /// Whether blocks of any length come from the nursery.
    opening: bool,
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
        // SAFETY: The memory is as long as an `Arena` and its nursery; the arena is written before it is read.
        unsafe {
            let arena = NonNull::new(memory::get(size_of::<Arena>() + NURSERY).cast::<Arena>())?;
            arena.write(Arena {
                lists: [full(); SIZES.len()],
                nursed: std::array::from_fn(|class| Page::new(SIZES[class], PAGE as u16, NEVER_EMPTY, false)),
                nursery: arena.add(1).cast().as_ptr(),
                fresh: arena.add(1).cast().as_ptr(),
                fresh_len: NURSERY,
                mixed_pages: ptr::null_mut(),
                mixed: 0,
                opening: NEW_STATE_CRASHES,
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

    /// The state is made. Up to here a Lua that would crash without memory is given what was got in advance.
    pub fn opened(&mut self) {
        // SAFETY: The arena is alive, and its owner is here.
        unsafe { self.0.as_mut().opening = false };
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
            let mut page = self.0.as_ref().mixed_pages;
            while !page.is_null() {
                let next = (*page).next;
                memory::give_back_page(page.cast());
                page = next;
            }
            memory::give_back(self.0.as_ptr().cast());
        }
    }
}

/// The `lua_Alloc`: resizes `block` from `old` bytes to `new`. Without a block a new one is made; 0 bytes free it.
/// Null when there is no memory; the block is then as it was.
///
/// # Safety
/// `context` is an [`Owned::context`], whose owner is the caller; `block` is null or came from here with `old` bytes, or
/// `old` is 0: there are C modules that keep memory of a state's allocator and don't tell.
pub unsafe extern "C" fn allocate(context: *mut c_void, block: *mut c_void, old: usize, new: usize) -> *mut c_void {
    let block = block.cast::<u8>();
    // SAFETY: As the caller says.
    unsafe {
        let arena = &mut *context.cast::<Arena>();
        match (block.is_null(), new) {
            (true, 0) => ptr::null_mut(),
            (true, _) => arena.get(new),
            (false, _) if old == 0 => arena.move_unknown(block, new),
            (false, 0) => {
                arena.give_back(block, old);
                ptr::null_mut()
            }
            (false, _) if old > SMALL && new > SMALL && !arena.nurses(block) => memory::resize(block, new),
            (false, _) if old <= SMALL && new <= SMALL && arena.stays(block, old, new) => block,
            (false, _) => arena.move_to(block, old, new),
        }
        .cast()
    }
}

/// The page that a block lies in, if it lies in one.
fn page_around(block: *mut u8) -> *mut Page {
    block.map_addr(|address| address & !(PAGE - 1)).cast()
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

impl Arena {
    /// Whether a block lies in the nursery.
    #[inline]
    fn nurses(&self, block: *mut u8) -> bool {
        block.addr().wrapping_sub(self.nursery.addr()) < NURSERY
    }

    fn get_large(&mut self, len: usize) -> *mut u8 {
        if self.opening && self.nurses(self.fresh) {
            let block = self.carve_fresh(len.next_multiple_of(16));
            if !block.is_null() {
                return block;
            }
        }
        memory::get(len)
    }

    /// A block of what is fresh, or null.
    #[inline]
    fn carve_fresh(&mut self, size: usize) -> *mut u8 {
        if size > self.fresh_len {
            return ptr::null_mut();
        }
        let block = self.fresh;
        // SAFETY: There is as much.
        self.fresh = unsafe { block.add(size) };
        self.fresh_len -= size;
        block
    }

    /// The head that a small block belongs to.
    #[inline]
    unsafe fn page_of(&mut self, block: *mut u8, len: usize) -> *mut Page {
        let page = page_around(block);
        // SAFETY: A small block that is not nursed lies in a page.
        if self.nurses(block) || unsafe { (*page).size } == ANY {
            return &raw mut self.nursed[class_of(len)];
        }
        page
    }

    /// Whether a small block is long enough for a new length, and not too long.
    unsafe fn stays(&mut self, block: *mut u8, old: usize, new: usize) -> bool {
        // SAFETY: The block is small, and its page alive.
        let size = unsafe { (*self.page_of(block, old)).size };
        class_of(new) == class_of(size.into())
    }

    #[inline]
    unsafe fn get(&mut self, len: usize) -> *mut u8 {
        if len > SMALL {
            return self.get_large(len);
        }
        let class = class_of(len);
        // SAFETY: A list's pages are alive, and free blocks of theirs in nobody's use.
        unsafe {
            let page = self.lists[class];
            let block = (*page).free;
            if !block.is_null() {
                (*page).free = (*block).0;
                (*page).used += 1;
                return block.cast();
            }
            let block = self.carve_fresh(SIZES[class].into());
            if !block.is_null() {
                return block;
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
                if !self.nurses(block) {
                    memory::give_back(block);
                }
                return;
            }
            let page = self.page_of(block, len);
            let block = block.cast::<Block>();
            block.write(Block((*page).free));
            (*page).free = block;
            (*page).used -= 1;
            if !(*page).listed {
                let class = class_of((*page).size.into());
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
            if self.mixed < MIXED && self.mix() {
                return self.carve_fresh(SIZES[class].into());
            }
            let Some(page) = self.page() else { return self.of_larger(class + 1) };
            page.write(Page::new(SIZES[class], HEAD as u16, 0, true));
            self.lists[class] = page.as_ptr();
            self.get(SIZES[class].into())
        }
    }

    /// Has a mixed page. Each is got by itself: a chunk would take more than most states still need.
    unsafe fn mix(&mut self) -> bool {
        // SAFETY: The page is as long as its layout says, and nobody else's.
        unsafe {
            let Some(page) = NonNull::new(memory::get_page().cast::<Page>()) else { return false };
            page.write(Page { next: self.mixed_pages, ..Page::new(ANY, PAGE as u16, NEVER_EMPTY, false) });
            self.mixed += 1;
            self.mixed_pages = page.as_ptr();
            self.fresh = page.cast::<u8>().as_ptr().add(HEAD);
            self.fresh_len = PAGE - HEAD;
        }
        true
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
        let mut pages = (self.pages / 4).clamp(SMALLEST_CHUNK, LARGEST_CHUNK);
        loop {
            // The page after the head, wherever that is.
            let len = size_of::<Chunk>() + (pages + 1) * PAGE;
            let chunk = memory::get(len);
            if !chunk.is_null() {
                // SAFETY: The memory is as long as asked for.
                unsafe {
                    let head = chunk.cast::<Chunk>();
                    head.write(Chunk { next: self.chunks, len });
                    self.chunks = head;
                    let after = chunk.add(size_of::<Chunk>());
                    self.rest = after.add(after.align_offset(PAGE));
                    // What came before the first page may leave room for one more at the end.
                    self.rest_pages = (chunk.addr() + len - self.rest.addr()) / PAGE;
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

    /// Whether a block lies in a page.
    fn has_page(&self, block: *mut u8) -> bool {
        let mut page = self.mixed_pages;
        while !page.is_null() {
            if page == page_around(block) {
                return true;
            }
            // SAFETY: The arena's pages are alive.
            page = unsafe { (*page).next };
        }
        let mut chunk = self.chunks;
        while !chunk.is_null() {
            // SAFETY: The arena's chunks are alive.
            let Chunk { next, len } = unsafe { chunk.read() };
            if block.addr().wrapping_sub(chunk.addr()) < len {
                return true;
            }
            chunk = next;
        }
        false
    }

    /// Resizes or frees a block whose length is not told.
    #[cold]
    unsafe fn move_unknown(&mut self, block: *mut u8, new: usize) -> *mut u8 {
        let (nursed, paged) = (self.nurses(block), self.has_page(block));
        // SAFETY: The block came from here: it is nursed, or has a page, or is one of `malloc`'s. It is at least as long
        // as what is copied, or ends with what it lies in.
        unsafe {
            if !nursed && !paged && new > SMALL {
                return memory::resize(block, new);
            }
            let other = if new == 0 { ptr::null_mut() } else { self.get(new) };
            if new != 0 && other.is_null() {
                return other;
            }
            let page = page_around(block);
            if nursed || paged && (*page).size == ANY {
                // Its class is not known: the state keeps it to its end.
                let end = if nursed { self.nursery.add(NURSERY) } else { page.cast::<u8>().add(PAGE) };
                ptr::copy(block, other, new.min(end.addr() - block.addr()));
            } else if paged {
                let size = usize::from((*page).size);
                ptr::copy_nonoverlapping(block, other, new.min(size));
                self.give_back(block, size);
            } else {
                ptr::copy_nonoverlapping(block, other, new);
                memory::give_back(block);
            }
            other
        }
    }

    #[cold]
    unsafe fn move_to(&mut self, block: *mut u8, old: usize, new: usize) -> *mut u8 {
        // SAFETY: Both blocks are as long as said, and not the same.
        unsafe {
            let other = self.get(new);
            if other.is_null() {
                // Lua expects that a block can always shrink: in a page it does, staying where it is.
                let fits = old <= SMALL && new <= (*self.page_of(block, old)).size.into();
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
    use super::PAGE;
    use std::alloc::{self, Layout};

    const ONE_PAGE: Layout = match Layout::from_size_align(PAGE, PAGE) {
        Ok(layout) => layout,
        Err(_) => unreachable!(),
    };

    /// A page, by itself.
    pub fn get_page() -> *mut u8 {
        #[cfg(test)]
        if !super::tests::may(PAGE) {
            return std::ptr::null_mut();
        }
        // SAFETY: A page has a length.
        unsafe { alloc::alloc(ONE_PAGE) }
    }

    /// # Safety
    /// `page` came from [`get_page`], and is in nobody's use.
    pub unsafe fn give_back_page(page: *mut u8) {
        // SAFETY: As the caller says.
        unsafe { alloc::dealloc(page, ONE_PAGE) };
    }

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
mod tests;
