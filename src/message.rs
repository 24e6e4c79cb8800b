//! Values on their way between states: a flat, owned copy of what one state has and another is to get.
//!
//! - [`take`] reads a state and raises nothing; [`put`] fills a state and may raise. No call touches two states.
//! - A message can move to any thread. If it borrows strings, it is put before the state it was taken from is run or
//!   closed; whoever moves the one moves the other.
//! - Nothing here ends the process when there is no memory: taking fails with [`Stop::Memory`], putting raises.
//!
//! The bytes of a message are its values one after the other. A value is a tag and what the tag says:
//!
//! | tag | followed by |
//! |---|---|
//! | `NIL` `FALSE` `TRUE` | |
//! | `INTEGER` `FLOAT` `LIGHT` `FUNCTION` | 8 bytes |
//! | `STRING` | length (8), the bytes |
//! | `BORROWED` | length (8), address (8) |
//! | `TABLE` | its number if it is met again, else 0 (4), size of its sequence (4), count of its other pairs (4); the sequence's values; the pairs, key then value |
//! | `AGAIN` | the number of a table met before (4) |

use crate::os;
use crate::shim::*;
use std::collections::HashMap;
use std::ffi::CStr;
use std::hash::{BuildHasherDefault, Hasher};
use std::os::raw::{c_int, c_void};
use std::ptr;

/// How deep tables may nest: the values of a call are at 1.
pub const MAX_DEPTH: c_int = 30;

/// Stack slots that taking and putting need beside the values themselves.
pub const SLOTS: c_int = 3 * MAX_DEPTH + 10;

/// Strings from this length on are borrowed where that is allowed: below, a copy costs less than what it saves.
const LONG: usize = 1024;

/// Why values could not be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Tables nest deeper than [`MAX_DEPTH`].
    Depth,
    /// The value at this index, or something in it, can't be copied.
    Unsupported(c_int),
    /// No memory.
    Memory,
}

/// What becomes of values that can't be copied.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Strictness {
    /// Nothing is taken.
    Refuse,
    /// They become a string that names them.
    Describe,
}

/// Whether the message may point into the state it is taken from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Strings {
    Copy,
    Borrow,
}

/// Values taken out of a state.
pub struct Message {
    bytes: Vec<u8>,
    values: c_int,
    /// How many tables are met more than once.
    shared: u32,
}

const NIL: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const INTEGER: u8 = 3;
const FLOAT: u8 = 4;
const LIGHT: u8 = 5;
const FUNCTION: u8 = 6;
const STRING: u8 = 7;
const BORROWED: u8 = 8;
const TABLE: u8 = 9;
const AGAIN: u8 = 10;

/// Takes the values from `first` to `last` out of `L`, and leaves them there.
///
/// # Safety
/// The indices are absolute and valid; [`SLOTS`] stack slots are free; [`learn_functions`] ran in `L`.
pub unsafe fn take(
    L: *mut lua_State,
    first: c_int,
    last: c_int,
    strictness: Strictness,
    strings: Strings,
) -> Result<Message, Stop> {
    let mut taker = Taker { L, strictness, strings, bytes: Vec::new(), tables: HashMap::default(), shared: 0 };
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
    Ok(Message { bytes: taker.bytes, values: (last - first + 1).max(0), shared: taker.shared })
}

struct Taker {
    L: *mut lua_State,
    strictness: Strictness,
    strings: Strings,
    bytes: Vec<u8>,
    /// Where the number of each table stands.
    tables: HashMap<*const c_void, usize, BuildHasherDefault<AddressHasher>>,
    shared: u32,
}

impl Taker {
    fn write(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        self.bytes.try_reserve(bytes.len()).map_err(|_| Stop::Memory)?;
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn tagged<const N: usize>(&mut self, tag: u8, payload: [u8; N]) -> Result<(), Stop> {
        self.bytes.try_reserve(1 + N).map_err(|_| Stop::Memory)?;
        self.bytes.push(tag);
        self.bytes.extend_from_slice(&payload);
        Ok(())
    }

    fn string(&mut self, text: &[u8]) -> Result<(), Stop> {
        self.tagged(STRING, (text.len() as u64).to_ne_bytes())?;
        self.write(text)
    }

    fn number_at(&self, at: usize) -> u32 {
        u32::from_ne_bytes([self.bytes[at], self.bytes[at + 1], self.bytes[at + 2], self.bytes[at + 3]])
    }

    fn set_number(&mut self, at: usize, number: u32) {
        self.bytes[at..at + 4].copy_from_slice(&number.to_ne_bytes());
    }

    unsafe fn value(&mut self, idx: c_int, depth: c_int) -> Result<(), Stop> {
        if depth > MAX_DEPTH {
            return Err(Stop::Depth);
        }
        let L = self.L;
        // SAFETY: `idx` is absolute and valid. None of the calls raises on a value of the type it is made for.
        unsafe {
            match lua_type(L, idx) {
                LUA_TNIL => self.tagged(NIL, []),
                LUA_TBOOLEAN => self.tagged(if lua_toboolean(L, idx) != 0 { TRUE } else { FALSE }, []),
                LUA_TNUMBER => match number(L, idx) {
                    Number::Integer(integer) => self.tagged(INTEGER, integer.to_ne_bytes()),
                    Number::Float(float) => self.tagged(FLOAT, float.to_ne_bytes()),
                },
                LUA_TSTRING => {
                    let text = bytes(L, idx);
                    if self.strings == Strings::Borrow && text.len() >= LONG {
                        self.tagged(BORROWED, (text.len() as u64).to_ne_bytes())?;
                        self.write(&(text.as_ptr() as u64).to_ne_bytes())
                    } else {
                        self.string(text)
                    }
                }
                LUA_TLIGHTUSERDATA => self.tagged(LIGHT, (lua_touserdata(L, idx) as u64).to_ne_bytes()),
                LUA_TTABLE => self.table(idx, depth),
                LUA_TFUNCTION => match plain_function(L, idx) {
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
        self.string(&room[..before - rest])
    }

    unsafe fn table(&mut self, idx: c_int, depth: c_int) -> Result<(), Stop> {
        let L = self.L;
        // SAFETY: As in `value`; `lua_next` raises nothing on a key that it gave itself in a table left unchanged.
        unsafe {
            let address = lua_topointer(L, idx);
            if let Some(&at) = self.tables.get(&address) {
                if self.number_at(at) == 0 {
                    self.shared += 1;
                    self.set_number(at, self.shared);
                }
                return self.tagged(AGAIN, self.number_at(at).to_ne_bytes());
            }
            self.tables.try_reserve(1).map_err(|_| Stop::Memory)?;
            self.tables.insert(address, self.bytes.len() + 1);
            self.tagged(TABLE, [0; 12])?;
            let (sequence_at, pairs_at) = (self.bytes.len() - 8, self.bytes.len() - 4);
            let (mut sequence, mut pairs): (u32, u32) = (0, 0);
            let key = lua_gettop(L) + 1;
            lua_pushnil(L);
            while lua_next(L, idx) != 0 {
                // As long as the keys come as 1, 2, 3 .. only the values are noted.
                if pairs == 0 && lua_type(L, key) == LUA_TNUMBER && lua_tonumber(L, key) == f64::from(sequence) + 1.0 {
                    sequence += 1;
                } else {
                    self.value(key, depth + 1)?;
                    pairs += 1;
                }
                self.value(key + 1, depth + 1)?;
                lua_settop(L, key);
            }
            self.set_number(sequence_at, sequence);
            self.set_number(pairs_at, pairs);
        }
        Ok(())
    }
}

impl Message {
    /// How many values it holds.
    pub fn len(&self) -> c_int {
        self.values
    }
}

/// Pushes the values of a message onto `L`. Raises.
///
/// # Safety
/// Called where raising is allowed. What the message borrows is still there.
pub unsafe fn put(L: *mut lua_State, message: &Message) {
    // SAFETY: The bytes were written by `take`: every tag is followed by what the table above says.
    unsafe {
        luaL_checkstack(L, message.values.saturating_add(SLOTS), c"too many values".as_ptr());
        let base = lua_gettop(L) + 1;
        let mut putter = Putter { L, next: message.bytes.as_ptr(), tables: base };
        if message.shared != 0 {
            lua_createtable(L, c_int::try_from(message.shared).unwrap_or(0), 0);
        }
        for _ in 0..message.values {
            putter.value();
        }
        if message.shared != 0 {
            lua_remove(L, base);
        }
    }
}

struct Putter {
    L: *mut lua_State,
    next: *const u8,
    /// Where the table of the shared tables is on the stack.
    tables: c_int,
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
