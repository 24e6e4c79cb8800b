//! The way into a state.

use super::*;
use std::ptr;

/// Pushes the values of a message onto `L`. Raises.
///
/// # Safety
/// Called where raising is allowed. What the message borrows is still there.
pub unsafe fn put(L: *mut lua_State, message: &Message) {
    // SAFETY: The bytes were written by `take`: every tag is followed by what the table above says.
    unsafe {
        // What is met again stands below the values, which take its place in the end.
        let helpers = if message.shared != 0 || message.keeps { 1 + PLACES as c_int } else { 0 };
        let slots = BASE + LEVEL * message.depth + helpers;
        luaL_checkstack(L, message.values.saturating_add(slots), c"too many values".as_ptr());
        let base = lua_gettop(L) + 1;
        let mut putter = Putter { L, next: message.bytes.as_ptr(), tables: base, kept: base + 1 };
        if helpers != 0 {
            lua_createtable(L, c_int::try_from(message.shared).unwrap_or(0), 0);
            lua_settop(L, base + PLACES as c_int);
        }
        for _ in 0..message.values {
            putter.value();
        }
        remove(L, base, helpers);
    }
}

struct Putter {
    L: *mut lua_State,
    next: *const u8,
    /// Where the table of the shared tables is on the stack.
    tables: c_int,
    /// Where the first of the places for strings is.
    kept: c_int,
}

/// Removes `count` values from `idx` on.
unsafe fn remove(L: *mut lua_State, idx: c_int, count: c_int) {
    // SAFETY: The values are there. None of the calls raises.
    unsafe {
        let top = lua_gettop(L);
        if count != 0 {
            for from in idx + count..=top {
                lua_pushvalue(L, from);
                lua_replace(L, from - count);
            }
            lua_settop(L, top - count);
        }
    }
}

impl Putter {
    unsafe fn read<const N: usize>(&mut self) -> [u8; N] {
        // SAFETY: `take` wrote as many bytes here.
        unsafe {
            let bytes = self.next.cast::<[u8; N]>().read();
            self.next = self.next.add(N);
            bytes
        }
    }

    unsafe fn size(&mut self) -> u32 {
        // SAFETY: As for `read`.
        u32::from_ne_bytes(unsafe { self.read() })
    }

    unsafe fn word(&mut self) -> usize {
        // SAFETY: As for `read`.
        u64::from_ne_bytes(unsafe { self.read() }) as usize
    }

    unsafe fn value(&mut self) {
        let L = self.L;
        // SAFETY: As for `put`; nothing here has a destructor.
        unsafe {
            match self.read::<1>()[0] {
                NIL => lua_pushnil(L),
                FALSE => lua_pushboolean(L, 0),
                TRUE => lua_pushboolean(L, 1),
                INTEGER => lua_pushinteger(L, i64::from_ne_bytes(self.read()) as lua_Integer),
                FLOAT => lua_pushnumber(L, f64::from_ne_bytes(self.read())),
                LIGHT => lua_pushlightuserdata(L, self.word() as *mut c_void),
                FUNCTION => {
                    let function = std::mem::transmute::<usize, lua_CFunction>(self.word());
                    lua_pushcfunction(L, function);
                }
                STRING => {
                    let len = self.word();
                    lua_pushlstring(L, self.next.cast(), len);
                    self.next = self.next.add(len);
                }
                BORROWED => {
                    let len = self.word();
                    let text = ptr::with_exposed_provenance::<u8>(self.word());
                    lua_pushlstring(L, text.cast(), len);
                }
                KEEP => {
                    let place = self.kept + c_int::from(self.read::<1>()[0]);
                    self.value();
                    lua_pushvalue(L, -1);
                    lua_replace(L, place);
                }
                KEPT => {
                    let place = self.kept + c_int::from(self.read::<1>()[0]);
                    lua_pushvalue(L, place);
                }
                TABLE => self.table(),
                _ => {
                    let number = self.size();
                    lua_rawgeti(L, self.tables, number.into());
                }
            }
        }
    }

    unsafe fn table(&mut self) {
        let L = self.L;
        // SAFETY: As for `put`; the stack has room for three values at each depth.
        unsafe {
            let (number, sequence, pairs) = (self.size(), self.size(), self.size());
            lua_createtable(L, c_int::try_from(sequence).unwrap_or(0), c_int::try_from(pairs).unwrap_or(0));
            if number != 0 {
                lua_pushvalue(L, -1);
                lua_rawseti(L, self.tables, number.into());
            }
            for place in 1..=sequence {
                self.value();
                lua_rawseti(L, -2, place.into());
            }
            for _ in 0..pairs {
                self.value();
                self.value();
                lua_rawset(L, -3);
            }
        }
    }
}
