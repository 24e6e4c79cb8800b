//! The array part of a table. No API function tells where it ends.

use super::*;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Where in a table the size of its array part stands; 0 if that is not known.
static ARRAY_SIZE_AT: AtomicUsize = AtomicUsize::new(0);

/// LuaJIT has a slot for the index 0 there, before the others.
const NO_INDEX: u32 = if cfg!(feature = "luajit") { 1 } else { 0 };

/// The size of the array part of the table at `idx`, if it stands at `place`.
unsafe fn array_size(L: *mut lua_State, idx: c_int, place: usize) -> u32 {
    // SAFETY: `place` is in the table and aligned, as `learn_tables` sees to.
    unsafe { lua_topointer(L, idx).cast::<u8>().add(place).cast::<u32>().read() }
}

/// Notes for [`array_part`] where a table keeps the size of its array part, if it is where this Lua's sources have it:
/// no API function tells, and only what is in there is met by `lua_next` first and in order. Raises.
///
/// # Safety
/// Called from a C function; two stack slots are free.
pub unsafe fn learn_tables(L: *mut lua_State) {
    const WORD: usize = size_of::<usize>();
    const PLACES: &[usize] = if cfg!(feature = "luajit") {
        &[24, 48] // 32 bit links, then 64 bit: the former's tables end before the latter's place
    } else if cfg!(feature = "lua51") {
        &[7 * WORD]
    } else {
        &[WORD + 4]
    };
    // SAFETY: The caller lets it raise, and nothing here has a destructor. Tables are longer than that.
    unsafe {
        let shows = |place: usize| {
            [0, 3, 37, 1000].into_iter().all(|size: u32| {
                lua_createtable(L, size as c_int, 37);
                let mut shows = array_size(L, -1, place) == if size == 0 { 0 } else { size + NO_INDEX };
                if size == 3 {
                    for i in 1..=100 {
                        lua_pushboolean(L, 1);
                        lua_rawseti(L, -2, i);
                    }
                    shows &= (64..=128 + NO_INDEX).contains(&array_size(L, -1, place));
                }
                lua_pop(L, 1);
                shows
            })
        };
        let place = PLACES.iter().copied().find(|&place| shows(place)).unwrap_or(0);
        ARRAY_SIZE_AT.store(place, Ordering::Relaxed);
    }
}

/// How many indices of the table at `idx`, from 1 on, are in its array part for sure, so that `lua_next` gives those
/// with a value first and in order.
///
/// # Safety
/// `idx` is absolute and the value there a table; a stack slot is free.
pub unsafe fn array_part(L: *mut lua_State, idx: c_int) -> u32 {
    let place = ARRAY_SIZE_AT.load(Ordering::Relaxed);
    if place == 0 {
        return 0;
    }
    // SAFETY: As the caller says.
    unsafe {
        let size = array_size(L, idx, place).saturating_sub(NO_INDEX);
        if NO_INDEX != 0 && size != 0 {
            lua_rawgeti(L, idx, 0);
            let comes_first = lua_isnil(L, -1) == 0;
            lua_pop(L, 1);
            if comes_first {
                return 0;
            }
        }
        size
    }
}

#[cfg(all(test, feature = "vendored"))]
mod tests {
    use super::*;

    #[test]
    fn the_array_part_is_found() {
        // SAFETY: A state of its own; nothing here raises while there is memory.
        unsafe {
            let L = luaL_newstate();
            learn_tables(L);
            lua_createtable(L, 50, 0);
            assert_eq!(array_part(L, 1), 50);
            lua_createtable(L, 0, 50);
            assert_eq!(array_part(L, 2), 0);
            lua_close(L);
        }
    }
}
