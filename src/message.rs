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
//! | `KEEP` | a place (1); then as `STRING`: the string will be met again |
//! | `KEPT` | a place (1): the string that was last kept there |
//! | `BORROWED` | length (8), address (8) |
//! | `TABLE` | its number if it is met again, else 0 (4), size of its sequence (4), count of its other pairs (4); the sequence's values; the pairs, key then value |
//! | `AGAIN` | the number of a table met before (4) |

use crate::os;
use crate::shim::*;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ffi::CStr;
use std::hash::{BuildHasherDefault, Hasher};
use std::os::raw::{c_int, c_void};
use std::ptr;

/// How deep tables may nest: the values of a call are at 1.
pub const MAX_DEPTH: c_int = 30;

/// Stack slots that taking and putting need beside the values themselves, for each level of nesting and in any case.
const LEVEL: c_int = 3;
const BASE: c_int = 12;

/// Slots for numbers out of a sequence: they are dropped together.
const BATCH: c_int = 16;

/// Strings from this length on are borrowed where that is allowed: below, a copy costs less than what it saves.
const LONG: usize = 1024;

/// Why values could not be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Tables nest deeper than [`MAX_DEPTH`].
    Depth,
    /// The value at this index, or something in it, can't be copied.
    Unsupported(c_int),
    /// So many values that the stack has no room to work on them.
    Stack,
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
    /// Whether strings are kept.
    keeps: bool,
    /// How deep tables nest.
    depth: c_int,
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
const KEEP: u8 = 11;
const KEPT: u8 = 12;

/// How many strings are kept at a time. Records are tables with the same few keys: those are found again by their
/// address here, and need not be hashed anew there.
const PLACES: usize = 32;

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

impl Message {
    /// How many values it holds.
    pub fn len(&self) -> c_int {
        self.values
    }

    /// How many bytes it takes, without what it borrows.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }
}

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
