//! The way out of a state.

use super::*;
use crate::os;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasherDefault, Hasher};
use std::ptr;

/// Makes room on the stack for taking the values from `first` to `last`. Raises.
///
/// # Safety
/// Called where raising is allowed; the indices are absolute and valid.
pub unsafe fn make_room(L: *mut lua_State, first: c_int, last: c_int, message: &CStr) {
    // SAFETY: As the caller says.
    unsafe {
        // A state's stack never shrinks below what it once was in some Luas: no more than is needed.
        let tables = (first..=last).any(|idx| lua_type(L, idx) == LUA_TTABLE);
        luaL_checkstack(L, BASE + if tables { LEVEL * MAX_DEPTH + BATCH } else { 0 }, message.as_ptr());
    }
}

/// Takes the values from `first` to `last` out of `L`, and leaves them there.
///
/// # Safety
/// The indices are absolute and valid; [`make_room`] was called; [`learn_functions`] ran in `L`.
pub unsafe fn take(
    L: *mut lua_State,
    first: c_int,
    last: c_int,
    strictness: Strictness,
    strings: Strings,
) -> Result<Message, Stop> {
    let mut taker = Taker {
        L,
        strictness,
        strings,
        bytes: Vec::new(),
        tables: HashMap::default(),
        shared: 0,
        recent: [(ptr::null(), false); PLACES],
        keeps: false,
        depth: 0,
    };
    for idx in first..=last {
        // SAFETY: As the caller says; at most three slots for each of `MAX_DEPTH` tables are used.
        unsafe {
            let top = lua_gettop(L);
            taker.value(idx, 1).map_err(|stop| {
                lua_settop(L, top); // the keys of the tables it stopped in
                match stop {
                    Stop::Unsupported(_) => Stop::Unsupported(idx),
                    other => other,
                }
            })?;
        }
    }
    Ok(Message {
        bytes: taker.bytes,
        values: (last - first + 1).max(0),
        shared: taker.shared,
        keeps: taker.keeps,
        depth: taker.depth,
    })
}

struct Taker {
    L: *mut lua_State,
    strictness: Strictness,
    strings: Strings,
    bytes: Vec<u8>,
    /// Where the number of each table stands.
    tables: HashMap<*const c_void, usize, BuildHasherDefault<AddressHasher>>,
    shared: u32,
    /// By place: the string that was last met there, and whether it is kept.
    recent: [(*const u8, bool); PLACES],
    keeps: bool,
    depth: c_int,
}

impl Taker {
    /// Makes room for `len` more bytes.
    fn reserve(&mut self, len: usize) -> Result<(), Stop> {
        if self.bytes.capacity() - self.bytes.len() < len {
            return self.grow(len);
        }
        Ok(())
    }

    #[cold]
    fn grow(&mut self, len: usize) -> Result<(), Stop> {
        self.bytes.try_reserve(len).map_err(|_| Stop::Memory)
    }

    fn tagged<const N: usize>(&mut self, tag: u8, payload: [u8; N]) -> Result<(), Stop> {
        self.reserve(1 + N)?;
        // SAFETY: There is room for as many bytes.
        unsafe {
            let end = self.bytes.as_mut_ptr().add(self.bytes.len());
            end.write(tag);
            end.add(1).cast::<[u8; N]>().write(payload);
            self.bytes.set_len(self.bytes.len() + 1 + N);
        }
        Ok(())
    }

    /// A string of the state, which stays where it is.
    fn string(&mut self, text: &[u8]) -> Result<(), Stop> {
        let address = text.as_ptr();
        let place = (address.addr() >> 4 ^ address.addr() >> 9) % PLACES;
        match self.recent[place] {
            (recent, true) if recent == address => return self.tagged(KEPT, [place as u8]),
            (recent, false) if recent == address => {
                self.recent[place].1 = true;
                self.keeps = true;
                self.tagged(KEEP, [place as u8])?;
            }
            _ => self.recent[place] = (address, false),
        }
        self.text(text)
    }

    fn text(&mut self, text: &[u8]) -> Result<(), Stop> {
        self.reserve(1 + 8 + text.len())?;
        self.tagged(STRING, (text.len() as u64).to_ne_bytes())?;
        self.bytes.extend_from_slice(text);
        Ok(())
    }

    fn number_at(&self, at: usize) -> u32 {
        u32::from_ne_bytes([self.bytes[at], self.bytes[at + 1], self.bytes[at + 2], self.bytes[at + 3]])
    }

    fn set_number(&mut self, at: usize, number: u32) {
        self.bytes[at..at + 4].copy_from_slice(&number.to_ne_bytes());
    }

    /// `idx` may be relative to the top.
    unsafe fn value(&mut self, idx: c_int, depth: c_int) -> Result<(), Stop> {
        // SAFETY: As the caller says.
        unsafe { self.value_of(lua_type(self.L, idx), idx, depth) }
    }

    /// A value of this type.
    unsafe fn value_of(&mut self, its_type: c_int, idx: c_int, depth: c_int) -> Result<(), Stop> {
        if depth > MAX_DEPTH {
            return Err(Stop::Depth);
        }
        let L = self.L;
        // SAFETY: `idx` is valid. None of the calls raises on a value of the type it is made for.
        unsafe {
            match its_type {
                LUA_TNIL => self.tagged(NIL, []),
                LUA_TBOOLEAN => self.tagged(if lua_toboolean(L, idx) != 0 { TRUE } else { FALSE }, []),
                LUA_TNUMBER => self.number(idx),
                LUA_TSTRING => {
                    let text = bytes(L, idx);
                    if self.strings == Strings::Borrow && text.len() >= LONG {
                        let mut payload = [0; 16];
                        payload[..8].copy_from_slice(&(text.len() as u64).to_ne_bytes());
                        payload[8..].copy_from_slice(&(text.as_ptr() as u64).to_ne_bytes());
                        self.tagged(BORROWED, payload)
                    } else {
                        self.string(text)
                    }
                }
                LUA_TLIGHTUSERDATA => self.tagged(LIGHT, (lua_touserdata(L, idx) as u64).to_ne_bytes()),
                LUA_TTABLE => self.table(lua_absindex(L, idx), depth),
                LUA_TFUNCTION => match plain_function(L, lua_absindex(L, idx)) {
                    Some(function) => {
                        os::pin(function as *const c_void);
                        self.tagged(FUNCTION, (function as usize as u64).to_ne_bytes())
                    }
                    None => self.unsupported(idx),
                },
                _ => self.unsupported(idx),
            }
        }
    }

    #[inline]
    unsafe fn number(&mut self, idx: c_int) -> Result<(), Stop> {
        // SAFETY: The value at `idx` is a number.
        match unsafe { number(self.L, idx) } {
            Number::Integer(integer) => self.tagged(INTEGER, integer.to_ne_bytes()),
            Number::Float(float) => self.tagged(FLOAT, float.to_ne_bytes()),
        }
    }

    unsafe fn unsupported(&mut self, idx: c_int) -> Result<(), Stop> {
        if self.strictness == Strictness::Refuse {
            return Err(Stop::Unsupported(idx));
        }
        // SAFETY: Type names are static strings.
        let (name, address) = unsafe {
            let name = CStr::from_ptr(lua_typename(self.L, lua_type(self.L, idx)));
            (name.to_bytes(), lua_topointer(self.L, idx) as usize)
        };
        let mut room = [0; 64];
        let before = room.len();
        let rest = {
            use std::io::Write;
            let mut rest = &mut room[..];
            let _ = rest.write_all(b"Un-supported value: ");
            let _ = rest.write_all(name);
            let _ = write!(rest, ": 0x{address:0digits$x}", digits = address_digits(address));
            rest.len()
        };
        self.text(&room[..before - rest])
    }

    unsafe fn table(&mut self, idx: c_int, depth: c_int) -> Result<(), Stop> {
        const KEY: c_int = -2;
        const VALUE: c_int = -1;
        let L = self.L;
        // SAFETY: As in `value`; `lua_next` raises nothing on a key that it gave itself, or one in the array
        // part, in a table left unchanged.
        unsafe {
            self.tables.try_reserve(1).map_err(|_| Stop::Memory)?;
            match self.tables.entry(lua_topointer(L, idx)) {
                Entry::Vacant(new) => new.insert(self.bytes.len() + 1),
                Entry::Occupied(known) => {
                    let at = *known.get();
                    if self.number_at(at) == 0 {
                        self.shared += 1;
                        self.set_number(at, self.shared);
                    }
                    return self.tagged(AGAIN, self.number_at(at).to_ne_bytes());
                }
            };
            self.tagged(TABLE, [0; 12])?;
            self.depth = self.depth.max(depth);
            let (sequence_at, pairs_at) = (self.bytes.len() - 8, self.bytes.len() - 4);
            // As long as the keys come as 1, 2, 3 .. only the values are noted.
            let (mut sequence, mut pairs): (u32, u32) = (self.array(idx, depth)?, 0);
            if sequence == 0 {
                lua_pushnil(L);
            } else {
                lua_pushinteger(L, sequence.into());
            }
            let key = lua_gettop(L);
            while lua_next(L, idx) != 0 {
                if pairs == 0 && is_index(L, KEY, sequence + 1) {
                    sequence += 1;
                } else {
                    self.value(KEY, depth + 1)?;
                    pairs += 1;
                }
                self.value(VALUE, depth + 1)?;
                lua_settop(L, key);
            }
            self.set_number(sequence_at, sequence);
            self.set_number(pairs_at, pairs);
        }
        Ok(())
    }

    /// The values at 1, 2, 3 .. as far as they are in the array part of the table at `idx`: how many.
    unsafe fn array(&mut self, idx: c_int, depth: c_int) -> Result<u32, Stop> {
        const VALUE: c_int = -1;
        let L = self.L;
        // SAFETY: As in `table`; the stack has room for `BATCH` values more, which are numbers.
        unsafe {
            let top = lua_gettop(L);
            let size = if depth < MAX_DEPTH { array_part(L, idx) } else { 0 };
            let (mut count, mut numbers) = (0, 0);
            while count < size {
                match lua_rawgeti(L, idx, (count + 1).into()) {
                    LUA_TNIL => break,
                    LUA_TNUMBER => {
                        self.number(VALUE)?;
                        numbers += 1;
                        if numbers == BATCH {
                            lua_settop(L, top);
                            numbers = 0;
                        }
                    }
                    its_type => {
                        if numbers != 0 {
                            lua_replace(L, top + 1);
                            lua_settop(L, top + 1);
                            numbers = 0;
                        }
                        self.value_of(its_type, VALUE, depth + 1)?;
                        lua_settop(L, top);
                    }
                }
                count += 1;
            }
            lua_settop(L, top);
            Ok(count)
        }
    }
}

/// Addresses are good hashes once their high bits are mixed in: no need for a keyed hash, nor for its random seed.
#[derive(Default)]
struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_usize(byte.into());
        }
    }

    fn write_usize(&mut self, n: usize) {
        let mixed = (self.0 ^ n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 32);
    }
}
